use crate::CodeError;
use satchel_journal::{JournalError, MembersError};
use satchel_keys::SealError;
use satchel_terminal::Refusal;
use satchel_values::TerminalId;
use std::io;

/// Why a terminal was not set up or not started. What lay in its folder before still does.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// Nothing in the folder.
    #[error("this device is not set up: scan the QR code or open the file that head office made for it")]
    NotSetUp,
    /// Another terminal in the folder.
    #[error("this device is terminal {0} already, and its journal is kept here")]
    AlreadySetUp(TerminalId),
    /// What was typed is no code.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// A code, but another file's.
    #[error("this is not the code that belongs to this file")]
    WrongCode,
    /// A file that is none, or not whole.
    #[error("{what} cannot be read ({why}): set the device up again")]
    Damaged {
        /// Which.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// A file of a later version.
    #[error("{what} has version {version}, which is not known here: install the new version of the app")]
    NewerVersion {
        /// Which.
        what: &'static str,
        /// Its version.
        version: u8,
    },
    /// An answer or an admission that belongs to another invitation.
    #[error("this belongs to another invitation, of terminal {0}: begin with the newest one")]
    OtherInvitation(TerminalId),
    /// An admission where no invitation was answered.
    #[error("this device has not answered an invitation: scan head office's invitation first")]
    NotInvited,
    /// A training terminal where a real one belongs, or the other way round.
    #[error("{0} is a training terminal's number or not, as this folder is not: training is kept apart")]
    OtherMode(TerminalId),
    /// The device's key store.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The device's storage.
    #[error("the device's storage: {0}")]
    Storage(#[from] io::Error),
    /// The journal, or the terminal itself.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl DeviceError {
    pub(crate) fn damaged(what: &'static str, why: impl Into<String>) -> Self {
        Self::Damaged { what, why: why.into() }
    }
}

impl From<JournalError> for DeviceError {
    fn from(error: JournalError) -> Self {
        Self::Refused(error.into())
    }
}

impl From<MembersError> for DeviceError {
    fn from(error: MembersError) -> Self {
        Self::Refused(error.into())
    }
}
