use satchel_cards::CardError;
use satchel_desfire::{self as desfire, NotAuthenticated};
use satchel_transport::TransportError;

/// Why a step did not end well.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// The card does something else than the design relies on.
    #[error("{0}")]
    Unfit(String),
    /// The card is in use; it was not touched.
    #[error("the card is not blank: {0}")]
    NotBlank(String),
    /// The card refuses a command, which [`Lab`](super::lab::Lab) names.
    #[error("{0}")]
    Refused(desfire::Error),
    /// The card left the field, or the reader failed.
    #[error(transparent)]
    Reader(TransportError),
}

impl Fault {
    /// The card is not what it should be.
    pub(super) fn unfit(why: impl Into<String>) -> Self {
        Self::Unfit(why.into())
    }
}

impl From<TransportError> for Fault {
    fn from(error: TransportError) -> Self {
        Self::Reader(error)
    }
}

impl From<desfire::Error> for Fault {
    fn from(error: desfire::Error) -> Self {
        match error {
            desfire::Error::Transport(error) => Self::Reader(error),
            desfire::Error::Card(_) | desfire::Error::UnknownStatus(..) => Self::Refused(error),
            other => Self::Unfit(other.to_string()),
        }
    }
}

impl From<NotAuthenticated<'_>> for Fault {
    fn from(refused: NotAuthenticated<'_>) -> Self {
        refused.error.into()
    }
}

impl From<CardError> for Fault {
    fn from(error: CardError) -> Self {
        match error {
            CardError::Card(error) => error.into(),
            CardError::NotOurs => Self::unfit("the card does not accept, or cannot prove, a key that it was given"),
            other => Self::Unfit(other.to_string()),
        }
    }
}

/// An error with a reason unless the condition holds.
pub(super) fn ensure(condition: bool, why: impl FnOnce() -> String) -> Result<(), Fault> {
    if condition { Ok(()) } else { Err(Fault::Unfit(why())) }
}

/// What an optional command brought; `None` if the card refuses it in whatever words.
pub(super) fn offered<R>(result: Result<R, desfire::Error>) -> Result<Option<R>, Fault> {
    match result {
        Ok(result) => Ok(Some(result)),
        Err(error) if is_refusal(&error) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

/// Whether the card answered no, in whatever words.
pub(super) const fn is_refusal(error: &desfire::Error) -> bool {
    match error {
        desfire::Error::Card(_) => true,
        desfire::Error::UnknownStatus(first, second) => !is_success(&[*first, *second]),
        _ => false,
    }
}

/// Whether an answer ends in a status word that says yes: DESFire's own, or one of ISO 7816's.
pub(super) const fn is_success(answer: &[u8]) -> bool {
    matches!(answer, [.., 0x91, 0x00] | [.., 0x90, 0x00] | [.., 0x61, _])
}
