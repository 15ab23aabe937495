//! The journal of a terminal: what it did, in an order nobody can change, kept through every loss of power.
//!
//! An entry is appended, never changed or removed; each hashes the one before it, and the terminal signs the chain at
//! checkpoints. [`Books`] is the fold of all entries. Personal data stands apart, in [`Members`].

#![deny(missing_docs)]

mod books;
mod chain;
mod error;
mod follow;
mod members;
mod record;
mod schema;
mod store;

pub use books::{Books, BooksError, Shift, Stage, Totals, UNSETTLED_MOST, Unsettled};
pub use chain::{Head, JournalKey, JournalPublicKey};
pub use error::JournalError;
pub use follow::{BOOKS_LAYOUT, Follower, Written};
pub use members::{Consent, Member, MemberDraft, Members, MembersError};
pub use record::*;
pub use store::{CHECKPOINT_EVERY, Entry, Journal, OpenOptions, Synchronous, Verified};
