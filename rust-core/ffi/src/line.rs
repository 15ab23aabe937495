use crate::{CardTransport, TransportFault};
use satchel_transport::{APDU_MOST, Transport, TransportError};
use std::sync::Arc;

/// PC/SC part 3 §3.2.2.1.3: the card's identifier, which the app knows from anticollision.
const GET_UID: [u8; 5] = [0xFF, 0xCA, 0x00, 0x00, 0x00];
/// A pseudo-APDU that is not answered here, such as the one for the answer to select.
const NOT_SUPPORTED: [u8; 2] = [0x6A, 0x81];
const GRANTED: [u8; 2] = [0x90, 0x00];
/// Bytes of a status word.
const STATUS: usize = 2;

/// The app's way to the card as the core knows one.
pub(crate) struct Line(Arc<dyn CardTransport>);

impl Line {
    pub(crate) fn new(card: Arc<dyn CardTransport>) -> Self {
        Self(card)
    }

    fn uid(&self) -> Result<Vec<u8>, TransportError> {
        let mut shown = self.0.uid()?;
        if shown.is_empty() {
            return Ok(NOT_SUPPORTED.to_vec());
        }
        shown.extend(GRANTED);
        Ok(shown)
    }
}

impl Transport for Line {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        if command == GET_UID {
            return self.uid();
        }
        if satchel_transport::is_pseudo_apdu(command) {
            return Ok(NOT_SUPPORTED.to_vec());
        }
        let response = self.0.transceive(command.to_vec())?;
        if (STATUS..=APDU_MOST).contains(&response.len()) {
            return Ok(response);
        }
        Err(TransportError::Reader(format!("an answer of {} bytes", response.len())))
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        Err(TransportError::Reader("a card is held to the device again by a person".to_owned()))
    }
}

impl From<TransportFault> for TransportError {
    fn from(fault: TransportFault) -> Self {
        match fault {
            TransportFault::CardGone => Self::CardGone,
            TransportFault::Failed { detail } => Self::Reader(detail),
        }
    }
}

impl From<TransportError> for TransportFault {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::CardGone => Self::CardGone,
            other => Self::Failed { detail: other.to_string() },
        }
    }
}
