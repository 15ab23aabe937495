//! What protects a session: every command's MAC, and that the first refusal ends it all.

use super::fault::Fault;
use super::lab::Lab;
use super::subject::Subject;
use satchel_cards::member::{self, file};
use satchel_desfire::{self as desfire, Authenticated, CommMode, Session};
use satchel_keys::Role;
use satchel_transport::{Transport, TransportError};

const DEBIT: u8 = 0xDC;
const COMMIT: u8 = 0xC7;
/// GetFileSettings of a file that is not there.
const ASKS_FOR_NOTHING: [u8; 7] = [0x90, 0xF5, 0x00, 0x00, 0x01, 0x1F, 0x00];

/// A command with a wrong MAC is refused.
pub(super) fn macs_are_checked(lab: &mut Lab<'_>, subject: &mut Subject) -> Result<(), Fault> {
    lab.step("a command with a wrong MAC is refused", |lab, _| {
        let outcome = as_sale(lab, subject, Meddling::SpoilsMac, |session| {
            session.debit(file::PURSE, CommMode::Full, 1).map(drop)
        })?;
        must_be_refused(outcome, "the card does not check the MAC of a command")
    })
}

/// After a refusal neither the session nor what was pending is there any more.
pub(super) fn a_refusal_ends_all(lab: &mut Lab<'_>, subject: &mut Subject) -> Result<(), Fault> {
    lab.step("a refusal ends the session and what is pending", |lab, _| {
        let outcome = as_sale(lab, subject, Meddling::DrawsRefusal, |session| {
            let session = session.debit(file::PURSE, CommMode::Full, 1)?;
            let (session, _) = session.commit_reader_id(&[0; 16])?;
            session.commit_transaction_with_tmac().map(drop)
        })?;
        must_be_refused(outcome, "the card commits what was pending before a refusal")
    })
}

fn must_be_refused(outcome: Result<(), desfire::Error>, otherwise: &str) -> Result<(), Fault> {
    match outcome {
        Ok(()) => Err(Fault::unfit(otherwise)),
        Err(desfire::Error::Card(_) | desfire::Error::UnknownStatus(..)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Does something in a session of the sale key while somebody meddles with the line.
fn as_sale(
    lab: &mut Lab<'_>,
    subject: &Subject,
    meddling: Meddling,
    act: impl FnOnce(Session<'_, Authenticated>) -> Result<(), desfire::Error>,
) -> Result<Result<(), desfire::Error>, Fault> {
    let key = lab.key(&subject.identity.uid, Role::Sale);
    let (field, rng) = lab.reach();
    let mut line = Meddled { field, meddling };
    let mut session = Session::new(&mut line, subject.identity.frame);
    session.select_application(member::AID)?;
    let outcome = act(session.authenticate_ev2_first(member::key::SALE, &key, rng)?);
    lab.reset()?;
    Ok(outcome)
}

/// What is done to a line.
#[derive(Clone, Copy)]
enum Meddling {
    /// A bit of a Debit's MAC is turned over.
    SpoilsMac,
    /// A command that must be refused comes in between, before the commit.
    DrawsRefusal,
}

struct Meddled<'t> {
    field: &'t mut dyn Transport,
    meddling: Meddling,
}

impl Transport for Meddled<'_> {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        match (self.meddling, command) {
            (Meddling::SpoilsMac, [_, DEBIT, ..]) => {
                let mut spoilt = command.to_vec();
                // The last byte is Le; the MAC ends before it.
                if let Some(byte) = spoilt.iter_mut().nth_back(1) {
                    *byte ^= 1;
                }
                self.field.transceive(&spoilt)
            }
            (Meddling::DrawsRefusal, [_, COMMIT, ..]) => {
                self.field.transceive(&ASKS_FOR_NOTHING)?;
                self.field.transceive(command)
            }
            _ => self.field.transceive(command),
        }
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.field.reset()
    }
}
