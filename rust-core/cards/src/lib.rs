//! What our cards hold, and the dialogues that make and use them.
//!
//! [`member`] is the stored-value card, [`operator`] the card a person signs on with, [`collection`] the one that carries
//! data. Layouts are in [`record`] and
//! [`identity`], with every offset named once. Nothing here decides whether a sale is allowed: that is the
//! terminal's.

#![deny(missing_docs)]

pub mod collection;
mod error;
pub mod identity;
pub mod issue;
mod keys;
pub mod member;
pub mod operator;
pub mod proof;
pub mod record;
pub mod rollover;

pub use error::CardError;
pub use keys::{CardKeys, KeySource};
