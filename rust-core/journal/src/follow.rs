//! A journal followed from its entries alone, by whoever has none of its keys: opening it again, and head office.

use crate::chain::{self, Link};
use crate::record::{Checkpoint, Record};
use crate::store::Entry;
use crate::{Books, Head, JournalError, JournalPublicKey};
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use satchel_values::{Sequence, TerminalId, Timestamp};

/// The layout of [`Books`] as this version encodes them; it stands in what is exchanged, because a checkpoint's books are not sent
/// but added up again.
pub const BOOKS_LAYOUT: u8 = 1;

/// An entry as it was written, to be passed on byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its number.
    pub sequence: Sequence,
    /// When, by the terminal's clock.
    pub at: Timestamp,
    /// The [`Record`] as CBOR.
    pub body: Vec<u8>,
    /// Its hash, over the one before it.
    pub hash: [u8; 32],
}

/// Follows a journal entry by entry: numbers, hashes, signatures, and the books at every checkpoint.
#[derive(Debug, Clone)]
pub struct Follower {
    terminal: TerminalId,
    key: JournalPublicKey,
    head: Head,
    books: Books,
    last_checkpoint: Sequence,
    checkpoints: u64,
}

/// Where a journal was followed to, as it is kept.
#[derive(Encode, Decode)]
struct State {
    #[n(0)]
    sequence: Sequence,
    #[n(1)]
    hash: ByteArray<32>,
    #[n(2)]
    books: Books,
    #[n(3)]
    last_checkpoint: Sequence,
}

impl Follower {
    /// At the beginning of a terminal's journal.
    pub fn new(terminal: TerminalId, key: JournalPublicKey) -> Self {
        let zero = Sequence::new(0);
        let head = Head { sequence: zero, hash: chain::beginning(terminal, &key) };
        Self { terminal, key, head, books: Books::default(), last_checkpoint: zero, checkpoints: 0 }
    }

    /// Where [`Follower::to_bytes`] left off.
    ///
    /// # Errors
    /// They are none of its bytes.
    pub fn from_bytes(terminal: TerminalId, key: JournalPublicKey, bytes: &[u8]) -> Result<Self, JournalError> {
        let state: State = minicbor::decode(bytes)
            .map_err(|error| JournalError::damaged(Sequence::new(0), format!("what was followed: {error}")))?;
        let head = Head { sequence: state.sequence, hash: *state.hash };
        let State { books, last_checkpoint, .. } = state;
        Ok(Self { terminal, key, head, books, last_checkpoint, checkpoints: 0 })
    }

    /// All that going on takes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let state = State {
            sequence: self.head.sequence,
            hash: self.head.hash.into(),
            books: self.books.clone(),
            last_checkpoint: self.last_checkpoint,
        };
        minicbor::to_vec(state).expect("encoding into memory cannot fail")
    }

    /// The last entry that was followed.
    pub const fn head(&self) -> Head {
        self.head
    }

    /// What the entries so far add up to.
    pub const fn books(&self) -> &Books {
        &self.books
    }

    /// The last signed entry so far; 0 for none.
    pub const fn last_checkpoint(&self) -> Sequence {
        self.last_checkpoint
    }

    /// The next entry, by its time and its bytes.
    ///
    /// # Errors
    /// It does not follow the ones before it: its number is named. What was followed so far stands.
    pub fn follow(&mut self, at: Timestamp, body: &[u8]) -> Result<Entry, JournalError> {
        let next = self.head.sequence.next().ok_or(JournalError::Exhausted)?;
        let record: Record = minicbor::decode(body).map_err(|error| JournalError::damaged(next, error.to_string()))?;
        let (_, hash) = self.next(at, record.kind_code(), body)?;
        self.accept(at, record, hash)
    }

    pub(crate) fn into_books(self) -> Books {
        self.books
    }

    pub(crate) const fn checkpoints(&self) -> u64 {
        self.checkpoints
    }

    /// Begins before a checkpoint, whose signature stands for everything before it.
    pub(crate) fn start_at(
        &mut self,
        sequence: Sequence,
        before: [u8; 32],
        checkpoint: &Checkpoint,
    ) -> Result<(), JournalError> {
        self.books =
            minicbor::decode(&checkpoint.books).map_err(|error| JournalError::damaged(sequence, error.to_string()))?;
        self.head = Head { sequence: Sequence::new(sequence.get() - 1), hash: before };
        Ok(())
    }

    /// The next entry's number, and its hash.
    pub(crate) fn next(&self, at: Timestamp, kind: u8, body: &[u8]) -> Result<(Sequence, [u8; 32]), JournalError> {
        let sequence = self.head.sequence.next().ok_or(JournalError::Exhausted)?;
        let link = Link { terminal: self.terminal, before: &self.head.hash, sequence, at, kind, body };
        Ok((sequence, link.hash()))
    }

    /// Takes in the next entry, whose hash is known.
    pub(crate) fn accept(&mut self, at: Timestamp, record: Record, hash: [u8; 32]) -> Result<Entry, JournalError> {
        let sequence = self.head.sequence.next().ok_or(JournalError::Exhausted)?;
        if let Record::Checkpoint(checkpoint) = &record {
            self.check_signature(sequence, checkpoint)?;
        }
        self.books.apply(sequence, at, &record).map_err(|error| JournalError::damaged(sequence, error.to_string()))?;
        self.head = Head { sequence, hash };
        Ok(Entry { sequence, at, record, hash })
    }

    fn check_signature(&mut self, sequence: Sequence, checkpoint: &Checkpoint) -> Result<(), JournalError> {
        let message = chain::checkpoint_message(self.terminal, sequence, &self.head.hash, &checkpoint.books);
        if !self.key.verifies(&message, &checkpoint.signature) {
            return Err(JournalError::damaged(sequence, "its signature is not this terminal's"));
        }
        let books = minicbor::to_vec(&self.books).expect("encoding into memory cannot fail");
        if books != checkpoint.books {
            return Err(JournalError::damaged(sequence, "its books are not what the entries add up to"));
        }
        self.last_checkpoint = sequence;
        self.checkpoints += 1;
        Ok(())
    }
}
