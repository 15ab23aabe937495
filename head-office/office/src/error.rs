use crate::Permission;
use satchel_cards::CardError;
use satchel_key_house::KeyHouseError;
use satchel_store::{AsStoreError, StoreError};

/// Why something was not done. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key house.
    #[error(transparent)]
    Keys(#[from] KeyHouseError),
    /// A card on the reader.
    #[error(transparent)]
    Card(#[from] CardError),
    /// What was sent.
    #[error(transparent)]
    Sent(#[from] satchel_exchange::ExchangeError),
    /// The role does not allow it.
    #[error("{login} may not {}: ask somebody who may, or an administrator", .permission.words())]
    NotAllowed {
        /// Who tried.
        login: String,
        /// What it takes.
        permission: Permission,
    },
    /// Wrong login, password or code; which of them is not said.
    #[error("the login, the password or the code is wrong")]
    WrongLogin,
    /// Too many wrong tries.
    #[error("too many wrong tries: wait {seconds} seconds")]
    Wait {
        /// How long.
        seconds: i64,
    },
    /// There is none.
    #[error("there is no {what} {which}")]
    NotFound {
        /// A word for it.
        what: &'static str,
        /// Which was asked for.
        which: String,
    },
    /// Something typed cannot be.
    #[error("{field}: {why}")]
    Invalid {
        /// Which field.
        field: &'static str,
        /// What is wrong, and what it should be.
        why: String,
    },
    /// It is not in the state for this.
    #[error("{0}")]
    State(String),
    /// The policy asks for the officer's own card.
    #[error("cards are issued here with your own card on the reader: hold it, and type its PIN")]
    OwnCardMissing,
    /// Two people are needed.
    #[error("whoever made this cannot also approve it: ask another officer")]
    FourEyes,
}

impl OfficeError {
    pub(crate) fn invalid(field: &'static str, why: impl Into<String>) -> Self {
        Self::Invalid { field, why: why.into() }
    }

    #[expect(clippy::needless_pass_by_value, reason = "whatever can be written is taken")]
    pub(crate) fn not_found(what: &'static str, which: impl ToString) -> Self {
        Self::NotFound { what, which: which.to_string() }
    }
}

impl AsStoreError for OfficeError {
    fn as_store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}
