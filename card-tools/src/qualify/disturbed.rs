//! A line on which something happens between two commands of a session, of which the session knows nothing.

use super::fault::Fault;
use super::lab::Lab;
use super::subject::Subject;
use rand_core::CryptoRng;
use satchel_cards::member;
use satchel_desfire::{self as desfire, Authenticated, FrameSize, Session};
use satchel_hazmat::AesKey;
use satchel_keys::Role;
use satchel_transport::{Transport, TransportError, command_name};

/// GetFileSettings of a file that is not there.
const ASKS_FOR_NOTHING: [u8; 7] = [0x90, 0xF5, 0x00, 0x00, 0x01, 0x1F, 0x00];

/// What happens before the command that is given, and what the card answers to it.
pub(super) type Disturbance = fn(&mut dyn Transport, &[u8]) -> Result<Vec<u8>, TransportError>;

/// The command comes once before, with a bit of its MAC turned over.
pub(super) fn wrong_mac(field: &mut dyn Transport, command: &[u8]) -> Result<Vec<u8>, TransportError> {
    let mut spoilt = command.to_vec();
    // The last byte is Le; the MAC ends before it.
    if let Some(byte) = spoilt.iter_mut().nth_back(1) {
        *byte ^= 1;
    }
    field.transceive(&spoilt)
}

/// The card is asked for something that it must refuse.
pub(super) fn refusal(field: &mut dyn Transport, _: &[u8]) -> Result<Vec<u8>, TransportError> {
    field.transceive(&ASKS_FOR_NOTHING)
}

/// The field goes off and on, to which the card answers nothing.
pub(super) fn field_lost(field: &mut dyn Transport, _: &[u8]) -> Result<Vec<u8>, TransportError> {
    field.reset().map(|()| Vec::new())
}

/// The application is selected again.
pub(super) fn selection(field: &mut dyn Transport, _: &[u8]) -> Result<Vec<u8>, TransportError> {
    let [low, middle, high] = *member::AID.bytes();
    field.transceive(&[0x90, 0x5A, 0x00, 0x00, 0x03, low, middle, high, 0x00])
}

/// What the card answered to a disturbance, and to the session that knew nothing of it.
pub(super) struct Heard {
    pub disturbance: Vec<u8>,
    pub session: Result<(), desfire::Error>,
}

/// Does something in a session of the sale key, disturbed before the first command of a name.
pub(super) fn disturbed(
    lab: &mut Lab<'_>,
    subject: &Subject,
    (disturbance, before): (Disturbance, &'static str),
    act: impl FnOnce(Session<'_, Authenticated>) -> Result<(), desfire::Error>,
) -> Result<Heard, Fault> {
    let key = lab.key(&subject.identity.uid, Role::Sale);
    let (field, rng) = lab.reach();
    let mut line = Line { field, disturbance, before, heard: None };
    let session = act(as_sale(&mut line, rng, subject.identity.frame, &key)?);
    let heard = line.heard;
    lab.reset()?;
    match heard {
        Some(disturbance) => Ok(Heard { disturbance, session }),
        None => Err(session.map_or_else(Fault::from, |()| Fault::Unfit(format!("no {before} was sent")))),
    }
}

/// A new session of the sale key.
pub(super) fn as_sale<'s>(
    field: &'s mut dyn Transport,
    rng: &mut dyn CryptoRng,
    frame: FrameSize,
    key: &AesKey,
) -> Result<Session<'s, Authenticated>, Fault> {
    let mut session = Session::new(field, frame);
    session.select_application(member::AID)?;
    Ok(session.authenticate_ev2_first(member::key::SALE, key, rng)?)
}

struct Line<'t> {
    field: &'t mut dyn Transport,
    disturbance: Disturbance,
    before: &'static str,
    /// What the card answered to the disturbance, once it has happened.
    heard: Option<Vec<u8>>,
}

impl Transport for Line<'_> {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        if self.heard.is_none() && command_name(command) == self.before {
            self.heard = Some((self.disturbance)(&mut *self.field, command)?);
        }
        self.field.transceive(command)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.field.reset()
    }
}
