//! The commands, one file a subject. In a plain session they take `&mut self`; in an authenticated one they consume
//! the session and give it back.

mod application;
mod card;
pub(crate) mod code;
mod data;
mod file;
pub(crate) mod key;
mod record;
pub(crate) mod transaction;
mod value;

pub use application::NewApplication;
pub use file::{TmacKey, ValueFile};
pub use key::KeyChange;
pub use record::Records;
pub use transaction::Tmac;

use crate::CommMode;
use crate::secure::Command;

/// A command in CommMode.MAC that is header only.
pub(crate) const fn maced(ins: u8, header: &[u8]) -> Command<'_> {
    Command { ins, header, data: &[], mode: CommMode::Mac }
}

/// A command in CommMode.Full.
pub(crate) const fn full<'c>(ins: u8, header: &'c [u8], data: &'c [u8]) -> Command<'c> {
    Command { ins, header, data, mode: CommMode::Full }
}
