//! What head office signs and terminals put to use: operators, profile, program, block list, key bundle.
//!
//! A package is as good as its signature and its version: a [`Shelf`] takes only newer ones, whichever way they came.

#![deny(missing_docs)]

mod block_list;
mod operators;
mod profile;
mod shelf;
mod signed;

pub use block_list::{BlockList, BlockListError};
pub use operators::{Authorities, Authority, Level, Operator, Operators};
pub use profile::{AgeLimits, Profile, Text};
pub use shelf::{PutToUse, Shelf};
pub use signed::{Kind, OfficeKey, OfficePublicKey, PackageError, Signed};
