use crate::Status;
use satchel_transport::TransportError;

/// Why a command brought no result. Inside an authenticated session it has ended the session.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The card or the reader gave no answer. Whether the card acted is unknown.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The card answered that it refuses.
    #[error("the card refused: {0}")]
    Card(Status),
    /// The card answered a status word that no DESFire document names.
    #[error("the card answered the unknown status {0:02X}{1:02X}: it is no DESFire card, or of a kind not known here")]
    UnknownStatus(u8, u8),
    /// The answer is not what the card with our keys would have sent. Whether the card acted is unknown.
    #[error("the answer is not to be trusted, present the card again: {0}")]
    Integrity(#[from] Integrity),
    /// The answer is longer or shorter than the command's answer is.
    #[error("the card's answer has {got} bytes where {expected} belong")]
    Length {
        /// How many bytes the document names.
        expected: usize,
        /// How many came.
        got: usize,
    },
    /// The answer has the right length and makes no sense.
    #[error("the card's answer makes no sense: {0}")]
    Malformed(&'static str),
    /// The card went on announcing frames beyond every limit.
    #[error("the card's answer does not end: more than {0} frames")]
    TooManyFrames(usize),
    /// The card accepted the key it was shown, yet cannot prove that it holds the same.
    #[error("the card cannot prove that it holds the key")]
    WrongKey,
    /// The card shows a random identifier, so its keys cannot be derived.
    #[error("the card hides its number (random UID): issue it with its fixed number")]
    RandomUid,
    /// The card has an identifier that is not seven bytes long.
    #[error("the card's number has {0} bytes, a DESFire card's has 7: it is another kind of card")]
    NotSevenByteUid(usize),
    /// The card speaks the LRP secure messaging, which is another command flow.
    #[error("the card is set to LRP secure messaging, which is not supported: use a card with AES secure messaging")]
    LrpNotSupported,
    /// The command was not sent: it cannot be expressed.
    #[error("the command cannot be sent: {0}")]
    Invalid(&'static str),
    /// The command was not sent: the session has counted as far as it can.
    #[error("the session has used up its 65535 commands: authenticate again")]
    CounterExhausted,
}

/// What is wrong with an answer's protection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Integrity {
    /// No room for a MAC.
    #[error("it carries no MAC")]
    MissingMac,
    /// Another MAC than this session's.
    #[error("its MAC is wrong")]
    WrongMac,
    /// Enciphered data that is not whole blocks, or not padded with 80 00….
    #[error("its padding is wrong")]
    Padding,
}

impl Error {
    /// The status word's meaning, where the card answered one.
    pub const fn status(&self) -> Option<Status> {
        match self {
            Self::Card(status) => Some(*status),
            _ => None,
        }
    }

    /// Whether the command has certainly changed nothing: the card said so, or it was never sent.
    ///
    /// A status word carries no MAC, so against an attacker on the line "certainly" means "as certain as any word".
    pub const fn refused(&self) -> bool {
        match self {
            Self::Card(status) => status.leaves_card_unchanged(),
            Self::Invalid(_) | Self::CounterExhausted => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_refusal_or_a_command_never_sent_is_certain() {
        assert!(Error::Card(Status::BoundaryError).refused());
        assert!(Error::Invalid("too long").refused());
        assert!(Error::CounterExhausted.refused());
        assert!(!Error::Card(Status::EepromError).refused());
        assert!(!Error::Transport(TransportError::CardGone).refused());
        assert!(!Error::Integrity(Integrity::WrongMac).refused());
        assert!(!Error::UnknownStatus(0x6F, 0).refused());
        assert_eq!(Error::Card(Status::BoundaryError).status(), Some(Status::BoundaryError));
        assert_eq!(Error::WrongKey.status(), None);
    }
}
