//! The reader's side of MIFARE DESFire EV2 and EV3: from typed commands to APDUs, and strictly back.
//!
//! [`identify`] asks who the card is. A [`Session`] then speaks to it, and its type says what has been proved:
//! [`Plain`] nothing, [`Authenticated`] that both sides hold the same AES key, [`Legacy`] the DES session of a
//! factory-fresh card, which can do one thing only, move that key to AES. Every command of an authenticated session
//! consumes it and gives it back on success. So after an error, a wrong MAC or a lost card there is no session left to
//! go on with by mistake, which is what the card thinks too.
//!
//! The crate does no I/O: bytes go through a [`Transport`](satchel_transport::Transport), randomness is passed in.
//! What the card's transaction MAC covers is told again by [`tmac`], for whoever verifies it.

#![deny(missing_docs)]

mod apdu;
mod auth;
mod commands;
mod error;
mod fields;
mod identify;
mod ids;
mod legacy;
mod rights;
mod secure;
mod session;
mod settings;
mod status;
pub mod tmac;
#[cfg(any(test, feature = "vectors"))]
pub mod vectors;
mod version;

pub use apdu::FrameSize;
pub use commands::{KeyChange, NewApplication, Records, Tmac, TmacKey, ValueFile};
pub use error::{Error, Integrity};
pub use identify::{Identity, identify};
pub use ids::{Aid, FileNo, KeyNo};
pub use rights::{Access, CommMode, Rights};
pub use session::{Authenticated, Legacy, NotAuthenticated, Plain, Session};
pub use settings::{FileKind, FileSettings, KeySettings, KeyType, RecordSettings};
pub use status::Status;
pub use version::{Component, Version};
