use crate::BooksError;
use crate::members::MembersError;
use rusqlite::ErrorCode;
use rusqlite::ffi::{SQLITE_IOERR_DIR_FSYNC, SQLITE_IOERR_FSYNC, SQLITE_IOERR_TRUNCATE, SQLITE_IOERR_WRITE};
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
        if let Some(why) = damage(&error) {
            return Self::damaged(Sequence::new(0), why);
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Self::ReadOnly,
            Some(ErrorCode::SystemIoFailure) if is_refused_write(&error) => Self::ReadOnly,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            _ => Self::Storage(error),
        }
    }
}

/// Whether a write was refused under an open file: what SQLite is told when a system makes a failing file system
/// read-only.
fn is_refused_write(error: &rusqlite::Error) -> bool {
    let extended = error.sqlite_error().map(|error| error.extended_code);
    matches!(extended, Some(SQLITE_IOERR_WRITE | SQLITE_IOERR_FSYNC | SQLITE_IOERR_DIR_FSYNC | SQLITE_IOERR_TRUNCATE))
}

/// What is wrong, if the file is not what our statements are written for. They never change, so it is the file that
/// did.
fn damage(error: &rusqlite::Error) -> Option<String> {
    match error {
        rusqlite::Error::SqlInputError { msg, .. } => Some(msg.clone()),
        rusqlite::Error::Utf8Error(..)
        | rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::IntegralValueOutOfRange(..)
        | rusqlite::Error::FromSqlConversionFailure(..) => Some(error.to_string()),
        _ => match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown) => Some(error.to_string()),
            _ => None,
        },
    }
}
