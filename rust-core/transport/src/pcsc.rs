use crate::{APDU_MOST, Transport, TransportError};
use std::ffi::CString;

/// A contactless reader that the system's PC/SC service knows.
pub struct Pcsc {
    card: pcsc::Card,
}

impl Pcsc {
    /// Connects to the card in the first reader whose name contains `part`; in the first of all if there is none.
    pub fn connect(part: Option<&str>) -> Result<Self, TransportError> {
        let context = pcsc::Context::establish(pcsc::Scope::User).map_err(failed)?;
        let readers = context.list_readers_owned().map_err(failed)?;
        let reader = choose(&readers, part)?;
        let card = context.connect(reader, pcsc::ShareMode::Exclusive, pcsc::Protocols::T1 | pcsc::Protocols::T0);
        Ok(Self { card: card.map_err(failed)? })
    }
}

impl Transport for Pcsc {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let mut buffer = [0; APDU_MOST];
        self.card.transmit(command, &mut buffer).map(<[u8]>::to_vec).map_err(failed)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.card
            .reconnect(
                pcsc::ShareMode::Exclusive,
                pcsc::Protocols::T1 | pcsc::Protocols::T0,
                pcsc::Disposition::UnpowerCard,
            )
            .map_err(failed)
    }
}

fn choose<'r>(readers: &'r [CString], part: Option<&str>) -> Result<&'r CString, TransportError> {
    let wanted = |reader: &&CString| part.is_none_or(|part| reader.to_string_lossy().contains(part));
    readers.iter().find(wanted).ok_or_else(|| {
        let known: Vec<_> = readers.iter().map(|reader| reader.to_string_lossy()).collect();
        TransportError::Reader(format!("no such reader; there are: {}", known.join(", ")))
    })
}

fn failed(error: pcsc::Error) -> TransportError {
    match error {
        pcsc::Error::RemovedCard | pcsc::Error::ResetCard | pcsc::Error::NoSmartcard | pcsc::Error::UnpoweredCard => {
            TransportError::CardGone
        }
        other => TransportError::Reader(other.to_string()),
    }
}
