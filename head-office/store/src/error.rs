/// What can go wrong with the database. Whoever gets one knows that the piece of work was not done.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database does not answer.
    #[error("the database cannot be reached ({0}): nothing was changed, try again when it is there")]
    Unreachable(String),
    /// Others changed the same rows again and again.
    #[error("others are changing the same things at this moment: nothing was changed, try again")]
    Busy,
    /// There is one already.
    #[error("there is one like it already ({0})")]
    Duplicate(String),
    /// Somebody else changed it since it was read.
    #[error("somebody else has changed this meanwhile: look at it again, then repeat your change")]
    Changed,
    /// A row is not what this version writes.
    #[error("the database holds something this version does not understand ({0})")]
    Damaged(String),
    /// The schema is of a later version.
    #[error("the database could not be brought up to date: {0}")]
    Schema(String),
    /// A statement was refused.
    #[error("the database refused a statement: {0}")]
    Refused(String),
}

impl StoreError {
    /// Whether the same work may succeed if it is done again from its beginning.
    pub(crate) const fn is_passing(&self) -> bool {
        matches!(self, Self::Busy)
    }
}

impl From<r2d2::Error> for StoreError {
    fn from(error: r2d2::Error) -> Self {
        Self::Unreachable(error.to_string())
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::ConstraintViolation) => constraint(error.to_string()),
            Some(ErrorCode::CannotOpen | ErrorCode::DiskFull | ErrorCode::SystemIoFailure | ErrorCode::ReadOnly) => {
                Self::Unreachable(error.to_string())
            }
            _ => Self::Refused(error.to_string()),
        }
    }
}

impl From<postgres::Error> for StoreError {
    fn from(error: postgres::Error) -> Self {
        use postgres::error::SqlState;
        let Some(refusal) = error.as_db_error() else { return Self::Unreachable(error.to_string()) };
        match *refusal.code() {
            SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => Self::Busy,
            SqlState::UNIQUE_VIOLATION => Self::Duplicate(refusal.constraint().unwrap_or(refusal.message()).to_owned()),
            SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN | SqlState::CANNOT_CONNECT_NOW => {
                Self::Unreachable(refusal.message().to_owned())
            }
            _ => Self::Refused(refusal.message().to_owned()),
        }
    }
}

/// SQLite has one code for every constraint; its text tells them apart.
fn constraint(text: String) -> StoreError {
    if text.contains("UNIQUE") { StoreError::Duplicate(text) } else { StoreError::Refused(text) }
}
