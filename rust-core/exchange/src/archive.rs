use crate::ExchangeError;
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use satchel_journal::{Follower, Head, JournalPublicKey};
use satchel_values::{Sequence, TerminalId, Timestamp};

const FORMAT: u8 = 1;

/// Journals as head office has them, for an auditor: every entry as its terminal wrote it, and the terminals' keys. Whoever has it
/// checks all of it with nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Archive {
    #[n(0)]
    format: u8,
    /// When it was made.
    #[n(1)]
    pub made: Timestamp,
    #[n(2)]
    journals: Vec<Archived>,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
struct Archived {
    #[n(0)]
    terminal: TerminalId,
    #[n(1)]
    key: ByteArray<32>,
    #[n(2)]
    entries: Vec<ArchivedEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
struct ArchivedEntry {
    #[n(0)]
    at: Timestamp,
    #[cbor(n(1), with = "minicbor::bytes")]
    body: Vec<u8>,
}

/// A journal of an archive that was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchivedJournal {
    /// Whose.
    pub terminal: TerminalId,
    /// The key that its checkpoints are signed with: to be compared with what the terminal itself says it is.
    pub key: JournalPublicKey,
    /// Its last entry: to be compared with what a Z report says.
    pub head: Head,
    /// The last entry that is signed for; what comes after it is bound to it, and not signed yet.
    pub signed_to: Sequence,
}

impl Archive {
    /// An archive without journals.
    pub const fn new(made: Timestamp) -> Self {
        Self { format: FORMAT, made, journals: Vec::new() }
    }

    /// Adds a journal from its first entry on: times and bodies.
    pub fn add(&mut self, terminal: TerminalId, key: JournalPublicKey, entries: Vec<(Timestamp, Vec<u8>)>) {
        let entries = entries.into_iter().map(|(at, body)| ArchivedEntry { at, body }).collect();
        self.journals.push(Archived { terminal, key: key.0.into(), entries });
    }

    /// For a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        minicbor::to_vec(self).expect("encoding into memory cannot fail")
    }

    /// From a file.
    ///
    /// # Errors
    /// It is no archive, or a newer one.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ExchangeError> {
        let archive: Self = minicbor::decode(bytes).map_err(|_| ExchangeError::Unreadable("archive"))?;
        if archive.format == FORMAT { Ok(archive) } else { Err(ExchangeError::Newer(archive.format)) }
    }

    /// Checks every entry of every journal: numbers, hashes, signatures, and the sums at every checkpoint and Z report.
    ///
    /// # Errors
    /// The first entry that does not follow the ones before it, by its terminal.
    pub fn verify(&self) -> Result<Vec<ArchivedJournal>, (TerminalId, ExchangeError)> {
        self.journals.iter().map(|journal| journal.verify().map_err(|error| (journal.terminal, error))).collect()
    }
}

impl Archived {
    fn verify(&self) -> Result<ArchivedJournal, ExchangeError> {
        let key = JournalPublicKey(*self.key);
        let mut follower = Follower::new(self.terminal, key);
        for entry in &self.entries {
            follower.follow(entry.at, &entry.body)?;
        }
        let (head, signed_to) = (follower.head(), follower.last_checkpoint());
        Ok(ArchivedJournal { terminal: self.terminal, key, head, signed_to })
    }
}
