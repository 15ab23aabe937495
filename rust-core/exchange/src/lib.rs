//! What terminals and head office send each other, whatever carries it.
//!
//! Upwards: [`Bundle`]s of a journal's entries, signed by the terminal and sealed to head office. A plain sale costs some eighty bytes,
//! because what head office can work out is left out, and every byte of an entry still comes out of it: its hash is checked.
//! Downwards: [`Receipt`]s. Both travel whole, or as [`Piece`]s of any size that come in any order and as often as they like.
//! `docs/exchange-format.md` specifies the bytes.

#![deny(missing_docs)]

mod archive;
mod bundle;
pub mod card;
mod error;
mod items;
pub mod line;
mod pieces;
mod receipt;

pub use archive::{Archive, ArchivedJournal};
pub use bundle::{BUNDLE_ENTRIES, Bundle, Followed, Sealed};
pub use error::ExchangeError;
pub use pieces::{Assembly, PIECES_MOST, Piece, pieces};
pub use receipt::{Receipt, SignedReceipt};
