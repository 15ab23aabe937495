use satchel_desfire as desfire;
use satchel_keys::Role;

/// Why a dialogue with a card ended early. Nothing it had pending is on the card.
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    /// No application of ours, a key that is not derived for this card, or a copy on another chip.
    #[error("not one of our cards")]
    NotOurs,
    /// The card's layout is newer than this software.
    #[error("the card has layout version {0}, which this version does not know: install the new version")]
    NewerLayout(u8),
    /// The card's content makes no sense although its keys are right.
    #[error("the card's {0} is damaged: send the card to head office")]
    Damaged(&'static str),
    /// This terminal or desk does not hold the key the movement needs.
    #[error("this terminal does not hold the {0:?} key")]
    KeyNotHeld(Role),
    /// The card carries key versions that this terminal does not hold.
    #[error("the card's {role:?} key has version {version}, which is not held here: fetch new keys from head office")]
    KeyVersionNotHeld {
        /// The key's role.
        role: Role,
        /// The version in the card.
        version: u8,
    },
    /// The purse has less than is to be taken, or no room for what is to be added.
    #[error("the purse's limit refuses this amount")]
    PurseLimit,
    /// No PIN tries are left.
    #[error("the PIN is blocked: head office can unblock it")]
    PinBlocked,
    /// The PIN is wrong.
    #[error("wrong PIN, {tries_left} tries left")]
    WrongPin {
        /// Tries left before the card blocks itself.
        tries_left: u8,
    },
    /// The card has not enough memory for our application.
    #[error("the card has not enough free memory: use a card of at least 2 KB")]
    OutOfMemory,
    /// The card is finished, by another issue than this one.
    #[error("the card is already issued")]
    AlreadyIssued,
    /// The card or the line failed.
    #[error(transparent)]
    Card(#[from] desfire::Error),
}

impl CardError {
    /// Whether the card left the field or the reader failed, so that holding it again may help.
    pub const fn is_transport(&self) -> bool {
        matches!(self, Self::Card(desfire::Error::Transport(_)))
    }

    /// The status word the card answered, where that is why.
    pub fn status(&self) -> Option<desfire::Status> {
        match self {
            Self::Card(error) => error.status(),
            _ => None,
        }
    }
}
