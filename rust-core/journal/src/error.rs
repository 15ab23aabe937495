use crate::BooksError;
use crate::members::MembersError;
use rusqlite::ErrorCode;
use satchel_values::{Sequence, TerminalId};

/// Why the journal could not be opened, read or written. An entry whose append failed is not in it.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The journal is damaged.
    #[error("the journal is damaged from entry {first_bad} on ({why}): export it and call head office")]
    Damaged {
        /// The first entry that cannot be trusted.
        first_bad: Sequence,
        /// What is wrong with it.
        why: String,
    },
    /// No room left.
    #[error("the device's storage is full: free some space, then go on")]
    DiskFull,
    /// The storage cannot be written.
    #[error("the device's storage cannot be written: no sale is possible until it can")]
    ReadOnly,
    /// Another process has the journal open.
    #[error("the journal is in use by another program: close that first")]
    Locked,
    /// The journal is another terminal's.
    #[error("this is the journal of terminal {0}")]
    OtherTerminal(TerminalId),
    /// The journal was begun with another signature key.
    #[error("this journal was begun with another signature key")]
    OtherKey,
    /// The journal is of a later version.
    #[error("the journal has schema {0}, which this version does not know: install the new version")]
    NewerSchema(i64),
    /// The entry does not fit the ones before it.
    #[error(transparent)]
    Books(#[from] BooksError),
    /// The journal has as many entries as it can number.
    #[error("the journal is full: enrol the terminal again")]
    Exhausted,
    /// Writing was interrupted within this program; the journal must be opened again.
    #[error("writing the journal was interrupted: start the app again")]
    Interrupted,
    /// The members' file.
    #[error(transparent)]
    Members(#[from] MembersError),
    /// Anything else that SQLite reports.
    #[error("the journal: {0}")]
    Storage(rusqlite::Error),
}

impl JournalError {
    pub(crate) fn damaged(first_bad: Sequence, why: impl Into<String>) -> Self {
        Self::Damaged { first_bad, why: why.into() }
    }
}

impl From<rusqlite::Error> for JournalError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Self::ReadOnly,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::damaged(Sequence::new(0), error.to_string())
            }
            _ => Self::Storage(error),
        }
    }
}
