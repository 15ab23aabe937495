//! Where the enterprise's keys are made, kept and used.
//!
//! ```text
//! custodians' entropy ─→ ceremony ─→ control key ─┬→ shares on paper, M of N
//!                                                 └→ key store: file or PKCS#11 token
//!                                                      ├→ desk: role masters, the office's signature key (one officer)
//!                                                      └→ control: the control key itself (two officers)
//! TMAC masters ─→ the verifier, a store and a process of its own
//! ```

#![deny(missing_docs)]

mod ceremony;
mod components;
mod desk;
mod error;
mod safe;
mod share;
mod sheet;
mod store;
#[cfg(all(feature = "testing", target_os = "linux"))]
pub mod testing;
mod token;
mod verifier;

pub use ceremony::{Ceremony, Gathering, recover};
pub use components::{Component, assemble};
pub use desk::{Desk, DeskSource, TmacKeys};
pub use error::KeyHouseError;
pub use safe::{Cost, Entrusted, Safe};
pub use share::{Commitment, Share, ShareError};
pub use sheet::{Sheet, sheet};
pub use store::{Backend, ControlKeys, KeyStore, Opened, TokenPins};
pub use token::TokenAddress;
pub use verifier::{Checked, TmacMasters, Told, Verdict, Verifier, VerifierClient};
