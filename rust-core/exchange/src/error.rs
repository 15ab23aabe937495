use satchel_journal::JournalError;
use satchel_values::{Sequence, TerminalId};

/// Why something that was sent is not taken.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// It is nothing of ours, or damaged.
    #[error("this is no {0} of ours, or it is damaged: send it again")]
    Unreadable(&'static str),
    /// A newer version wrote it.
    #[error("this was written by a newer version ({0}): update head office first")]
    Newer(u8),
    /// It does not open here.
    #[error("this was sealed to another head office, or it is damaged")]
    NotForUs,
    /// It says another terminal than it is signed by.
    #[error("it is not signed by terminal {0}")]
    NotSignedBy(TerminalId),
    /// It would be too large.
    #[error("it would be more than {0} bytes")]
    TooLarge(usize),
    /// There is nothing to send.
    #[error("there are no entries to send")]
    Empty,
    /// It begins after what is known.
    #[error("entries {first} to {last} are missing before it", first = .missing.0, last = .missing.1)]
    Gap {
        /// The first and the last entry that are not here yet.
        missing: (Sequence, Sequence),
    },
    /// Its entries are not those that it was signed over.
    #[error(
        "entry {0} differs from the one that was received before: two devices, or a journal restored from a backup"
    )]
    Forked(Sequence),
    /// An entry does not follow the ones before it.
    #[error(transparent)]
    Journal(#[from] JournalError),
}
