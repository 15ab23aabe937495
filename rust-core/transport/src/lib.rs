//! One command APDU out, one response APDU back: the line between our software and a card.
//!
//! Wrappers (`trace`, `record`, `replay`, `tear`, `timing`) take a transport and are one; backends (`sim`, `exec`,
//! `tcp`, `pcsc`) reach a card. [`ReaderSpec`] names a backend in the same words everywhere.

#![deny(missing_docs)]

mod dialogue;
mod exec;
mod line;
mod names;
#[cfg(feature = "pcsc")]
mod pcsc;
#[cfg(feature = "sim")]
mod sim;
mod spec;
mod tcp;
mod tear;
mod timing;
mod trace;

pub use dialogue::{Record, Replay};
pub use exec::Exec;
pub use names::command_name;
#[cfg(feature = "pcsc")]
pub use pcsc::Pcsc;
#[cfg(feature = "sim")]
pub use sim::Sim;
pub use spec::{ReaderSpec, SpecError};
pub use tcp::Tcp;
pub use tear::{Cut, Tear};
pub use timing::{Rate, Tally, Timing};
pub use trace::Trace;

/// Bytes in one APDU at most, either way: a short APDU's 255 data bytes with header, length and status.
pub const APDU_MOST: usize = 261;

/// Whether a command is the reader's own (PC/SC part 3, class FF) and no exchange with the card.
pub fn is_pseudo_apdu(command: &[u8]) -> bool {
    command.first() == Some(&0xFF)
}

/// Why an exchange brought no response.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The card left the field. Whether it acted on the last command is unknown.
    #[error("the card left the field")]
    CardGone,
    /// The reader gave no answer in time. Whether the card acted on the last command is unknown.
    #[error("the reader did not answer within {waited_ms} ms")]
    TimedOut {
        /// How long was waited.
        waited_ms: u64,
    },
    /// The reader itself failed: unplugged, closed, or speaking something else than its protocol.
    #[error("reader: {0}")]
    Reader(String),
}

/// A way to a card.
///
/// Besides the card's commands a transport answers the PC/SC pseudo-APDUs `FFCA000000` (UID) and `FFCA010000` (ATS)
/// where it can, and any error status word where it cannot.
pub trait Transport {
    /// Sends one command APDU and returns the response APDU: data and the two status bytes.
    ///
    /// An error says nothing about whether the card acted.
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError>;

    /// The field is lost and found again: the card forgets its session and whatever is not committed.
    fn reset(&mut self) -> Result<(), TransportError>;
}

impl<T: Transport + ?Sized> Transport for &mut T {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        (**self).transceive(command)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        (**self).reset()
    }
}

impl<T: Transport + ?Sized> Transport for Box<T> {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        (**self).transceive(command)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        (**self).reset()
    }
}
