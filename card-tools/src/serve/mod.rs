//! A simulated card for other programs: behind pipes, sockets, and the system's PC/SC service.

mod lines;
mod tcp;
mod vpcd;

pub use lines::stdio;
pub use tcp::{TcpOptions, tcp};
pub use vpcd::{VpcdOptions, vpcd};

use satchel_card_simulator::ImageError;
use std::io;

/// Why a card is no longer served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The card's file cannot be used.
    #[error(transparent)]
    Card(#[from] ImageError),
    /// The address cannot be listened at or reached.
    #[error("{address}: {error}")]
    Address {
        /// The address as it was given.
        address: String,
        /// Why not.
        error: io::Error,
    },
    /// The line broke.
    #[error("the line broke: {0}")]
    Line(#[from] io::Error),
    /// The other side does not speak vpcd's protocol.
    #[error("this is no virtual reader: {0}")]
    NoVirtualReader(&'static str),
}
