use crate::apdu::Link;
use crate::session::Session;
use crate::{Error, FrameSize};
use satchel_transport::Transport;
use satchel_values::Uid;

/// PC/SC part 3 §3.2.2.1.3: the card's identifier.
const GET_UID: [u8; 5] = [0xFF, 0xCA, 0x00, 0x00, 0x00];
/// PC/SC part 3 §3.2.2.1.3: the card's answer to select.
const GET_ATS: [u8; 5] = [0xFF, 0xCA, 0x01, 0x00, 0x00];
/// What a random identifier begins with (ISO/IEC 14443-3 §6.5.4).
const RANDOM: u8 = 0x08;

/// What a card tells of itself to anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Its fixed number.
    pub uid: Uid,
    /// Its answer to select, where the reader gives it.
    pub ats: Option<Vec<u8>>,
    /// How large its frames are.
    pub frame: FrameSize,
}

/// Asks the reader for the card's number and frame size, and the card itself where the reader does not say. Two
/// exchanges, or five.
///
/// # Errors
/// [`Error::RandomUid`] if the card hides its number; it can then not be one of ours, whose keys come from it.
pub fn identify(transport: &mut dyn Transport) -> Result<Identity, Error> {
    let mut link = Link::new(&mut *transport, FrameSize::default());
    let shown = link.ask_reader(&GET_UID)?.filter(|shown| !shown.is_empty());
    let ats = link.ask_reader(&GET_ATS)?.filter(|ats| !ats.is_empty());
    let frame = ats.as_deref().map(FrameSize::from_ats).unwrap_or_default();
    let uid = match shown {
        Some(shown) => fixed(&shown)?,
        None => asked(transport, frame)?,
    };
    log::debug!("card {uid:?}, {} command bytes a frame", frame.command_data());
    Ok(Identity { uid, ats, frame })
}

fn fixed(shown: &[u8]) -> Result<Uid, Error> {
    match shown {
        [RANDOM, _, _, _] => Err(Error::RandomUid),
        _ => shown.try_into().map(Uid::new).map_err(|_| Error::NotSevenByteUid(shown.len())),
    }
}

fn asked(transport: &mut dyn Transport, frame: FrameSize) -> Result<Uid, Error> {
    match Session::new(transport, frame).get_version()?.uid {
        [0, 0, 0, 0, 0, 0, 0] => Err(Error::RandomUid),
        uid => Ok(Uid::new(uid)),
    }
}
