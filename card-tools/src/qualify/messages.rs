//! What protects a session: every command's MAC, and that the first refusal ends it.

use super::disturbed::{Heard, disturbed, refusal, wrong_mac};
use super::fault::{Fault, ensure, is_success};
use super::lab::Lab;
use super::subject::Subject;
use satchel_cards::member::file;
use satchel_desfire::{self as desfire, CommMode, Status};

/// How cards refuse a command with a wrong MAC, in whatever order they look at it.
const REFUSED: [[u8; 2]; 4] = [[0x91, 0x1E], [0x91, 0x7E], [0x91, 0x9D], [0x91, 0xAE]];

/// A command with a wrong MAC is refused, and the right one comes too late then.
pub(super) fn macs_are_checked(lab: &mut Lab<'_>, subject: &mut Subject) -> Result<(), Fault> {
    lab.step("a command with a wrong MAC is refused", |lab, _| {
        let heard = disturbed(lab, subject, (wrong_mac, "Debit"), |session| {
            session.debit(file::PURSE, CommMode::Full, 1).map(drop)
        })?;
        ensure(REFUSED.iter().any(|words| heard.disturbance == words), || {
            format!(
                "the card does not check the MAC of a command: it answers {}",
                hex::encode_upper(&heard.disturbance)
            )
        })?;
        must_be_over(heard)
    })
}

/// After a refusal the session is over, though the command had no MAC at all.
pub(super) fn a_refusal_ends_the_session(lab: &mut Lab<'_>, subject: &mut Subject) -> Result<(), Fault> {
    lab.step("a refusal ends the session", |lab, _| {
        let heard = disturbed(lab, subject, (refusal, "GetValue"), |session| {
            session.get_value(file::PURSE, CommMode::Full).map(drop)
        })?;
        ensure(!is_success(&heard.disturbance), || "the card answers for a file that it does not have".to_owned())?;
        must_be_over(heard)
    })
}

/// 917E is what cards say; the others are what they say who look at the rights first. 911E would mean that the card
/// still has the session's keys.
fn must_be_over(heard: Heard) -> Result<(), Fault> {
    match heard.session {
        Err(desfire::Error::Card(Status::LengthError | Status::AuthenticationError | Status::PermissionDenied)) => {
            Ok(())
        }
        Err(desfire::Error::Transport(error)) => Err(error.into()),
        Err(error) => Err(Fault::Unfit(format!("the session outlives a refusal: {error}"))),
        Ok(()) => Err(Fault::unfit("the session outlives a refusal")),
    }
}
