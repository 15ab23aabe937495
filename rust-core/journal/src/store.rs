//! The journal on disk.

use crate::chain::{self, Link};
use crate::follow::{Follower, Written};
use crate::record::{Checkpoint, Record};
use crate::{Books, Head, JournalError, JournalKey, JournalPublicKey, schema};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};
use satchel_values::{Sequence, TerminalId, Timestamp, Uid};
use std::io::Write;
use std::path::Path;

/// Entries between two checkpoints at most: what opening a journal has to read again.
pub const CHECKPOINT_EVERY: u32 = 256;

/// Write-ahead pages after which SQLite copies them into the file of its own accord. [`Journal::tidy`] does it
/// earlier, between two customers.
const WAL_PAGES: u32 = 4_096;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub sequence: Sequence,
    /// When, by the terminal's clock.
    pub at: Timestamp,
    /// What happened.
    pub record: Record,
    /// Its hash, over the one before it.
    pub hash: [u8; 32],
}

/// How much of a write is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Synchronous {
    /// Until it is on the disk. The only choice for money.
    #[default]
    Full,
    /// Not at all. For measuring what is not the disk's.
    Off,
}

/// How a journal is opened.
#[derive(Debug, Clone, Copy, Default)]
pub struct OpenOptions<'o> {
    /// How much of a write is waited for.
    pub synchronous: Synchronous,
    /// A named SQLite file system instead of the machine's own; fault injection uses it.
    pub vfs: Option<&'o str>,
}

/// What a full check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Entries checked.
    pub entries: u64,
    /// Signed checkpoints among them.
    pub checkpoints: u64,
    /// The end of the chain.
    pub head: Head,
}

/// A terminal's journal.
#[derive(Debug)]
pub struct Journal {
    connection: Connection,
    terminal: TerminalId,
    key: JournalKey,
    head: Head,
    last_at: Option<Timestamp>,
    last_checkpoint: Sequence,
    books: Books,
    synchronous: Synchronous,
}

impl Journal {
    /// Opens a journal, or begins one. Everything after the last signed checkpoint is checked, so it takes the same
    /// time however long the journal is; [`Journal::verify`] checks it all.
    pub fn open(path: &Path, terminal: TerminalId, key: JournalKey) -> Result<Self, JournalError> {
        Self::open_with(path, terminal, key, OpenOptions::default())
    }

    /// Opens a journal in another way than a terminal does.
    pub fn open_with(
        path: &Path,
        terminal: TerminalId,
        key: JournalKey,
        options: OpenOptions<'_>,
    ) -> Result<Self, JournalError> {
        let mut connection = connect(path, options)?;
        schema::migrate(&mut connection)?;
        check_owner(&connection, terminal, &key.public())?;
        let head = Head { sequence: Sequence::new(0), hash: chain::beginning(terminal, &key.public()) };
        let mut journal = Self {
            connection,
            terminal,
            key,
            head,
            last_at: None,
            last_checkpoint: Sequence::new(0),
            books: Books::default(),
            synchronous: options.synchronous,
        };
        match journal.catch_up() {
            Ok(()) => Ok(journal),
            // Found since the last checkpoint; the first bad entry of all may lie before it.
            Err(damaged @ JournalError::Damaged { .. }) => Err(journal.replay(&mut |_| {}).err().unwrap_or(damaged)),
            Err(error) => Err(error),
        }
    }

    /// The terminal it belongs to.
    pub const fn terminal(&self) -> TerminalId {
        self.terminal
    }

    /// The key that checks its signatures.
    pub fn public_key(&self) -> JournalPublicKey {
        self.key.public()
    }

    /// The key that it is signed with, for signing what is sent of it.
    pub const fn key(&self) -> &JournalKey {
        &self.key
    }

    /// The end of the chain.
    pub const fn head(&self) -> Head {
        self.head
    }

    /// What the entries add up to.
    pub const fn books(&self) -> &Books {
        &self.books
    }

    /// The number the next entry will have.
    pub fn next_sequence(&self) -> Result<Sequence, JournalError> {
        self.head.sequence.next().ok_or(JournalError::Exhausted)
    }

    /// The time of the last entry.
    pub const fn last_entry_at(&self) -> Option<Timestamp> {
        self.last_at
    }

    /// Appends an entry. When this returns, it is on the disk.
    pub fn append(&mut self, at: Timestamp, record: Record) -> Result<Entry, JournalError> {
        let mut entries = self.append_all(at, vec![record])?;
        Ok(entries.swap_remove(0))
    }

    /// Appends entries, all or none. When this returns, they are on the disk.
    pub fn append_all(&mut self, at: Timestamp, records: Vec<Record>) -> Result<Vec<Entry>, JournalError> {
        self.write(at, records, Sign::WhenDue)
    }

    /// Appends an entry and signs the books after it, both or neither: the end of a shift. When this returns, they are
    /// on the disk.
    pub fn append_signed(&mut self, at: Timestamp, record: Record) -> Result<Entry, JournalError> {
        let mut entries = self.write(at, vec![record], Sign::Now)?;
        Ok(entries.swap_remove(0))
    }

    /// Appends an entry without waiting for the disk. It survives a kill; a loss of power may take it, until the next
    /// [`Journal::append`] has returned.
    pub fn note(&mut self, at: Timestamp, record: Record) -> Result<(), JournalError> {
        if self.synchronous == Synchronous::Off {
            return self.write(at, vec![record], Sign::WhenDue).map(drop);
        }
        set_synchronous(&self.connection, "NORMAL")?;
        let written = self.write(at, vec![record], Sign::WhenDue);
        set_synchronous(&self.connection, "FULL")?;
        written.map(drop)
    }

    /// Signs the books now: for a bundle, for a backup.
    pub fn checkpoint(&mut self, at: Timestamp) -> Result<Entry, JournalError> {
        let record = self.checkpoint_after(self.head, &self.books)?;
        self.append(at, record)
    }

    /// Shows whether the disk can be written, before a card is touched. Not waited for, and no entry.
    pub fn probe(&mut self) -> Result<(), JournalError> {
        if self.synchronous == Synchronous::Full {
            set_synchronous(&self.connection, "NORMAL")?;
        }
        let probed = self.connection.prepare_cached("UPDATE probe SET written = written + 1")?.execute([]);
        if self.synchronous == Synchronous::Full {
            set_synchronous(&self.connection, "FULL")?;
        }
        match probed? {
            1 => Ok(()),
            _ => Err(JournalError::damaged(Sequence::new(0), "there is nothing to probe with")),
        }
    }

    /// Copies the write-ahead log into the file; for the time between two customers.
    pub fn tidy(&mut self) -> Result<(), JournalError> {
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    /// One entry.
    pub fn entry(&self, sequence: Sequence) -> Result<Option<Entry>, JournalError> {
        self.rows("WHERE sequence = ?1", params![sequence.get()]).map(|mut entries| entries.pop())
    }

    /// Entries from a number on, at most so many.
    pub fn entries(&self, from: Sequence, most: usize) -> Result<Vec<Entry>, JournalError> {
        self.rows("WHERE sequence >= ?1 ORDER BY sequence LIMIT ?2", params![from.get(), limit(most)])
    }

    /// Entries from a number on as they were written, at most so many: for whoever passes them on byte for byte.
    pub fn written(&self, from: Sequence, most: usize) -> Result<Vec<Written>, JournalError> {
        let mut statement =
            self.connection.prepare_cached(&select("WHERE sequence >= ?1 ORDER BY sequence LIMIT ?2"))?;
        let mut rows = statement.query(params![from.get(), limit(most)])?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            let Raw { sequence, at, body, hash, .. } = Raw::read(row)?;
            entries.push(Written { sequence, at, body, hash });
        }
        Ok(entries)
    }

    /// Entries before a number, newest first, of these kinds ([`Record::kind_code`]) and between these times, at most
    /// so many.
    pub fn entries_before(
        &self,
        before: Sequence,
        kinds: &[u8],
        from: Option<Timestamp>,
        until: Option<Timestamp>,
        most: usize,
    ) -> Result<Vec<Entry>, JournalError> {
        let kinds: Vec<String> = kinds.iter().map(u8::to_string).collect();
        let from = from.map_or(i64::MIN, Timestamp::ms);
        let until = until.map_or(i64::MAX, Timestamp::ms);
        self.rows(
            &format!(
                "WHERE sequence < ?1 AND at_ms BETWEEN ?2 AND ?3 AND kind IN ({}) ORDER BY sequence DESC LIMIT ?4",
                kinds.join(", ")
            ),
            params![before.get(), from, until, limit(most)],
        )
    }

    /// Entries about a card, newest first, not older than `since`, at most so many.
    pub fn entries_of_card(&self, card: &Uid, since: Timestamp, most: usize) -> Result<Vec<Entry>, JournalError> {
        self.rows(
            "WHERE card = ?1 AND at_ms >= ?2 ORDER BY sequence DESC LIMIT ?3",
            params![card.bytes(), since.ms(), limit(most)],
        )
    }

    /// The last outcome that was written for an intent.
    pub fn outcome_of(&self, intent: Sequence) -> Result<Option<Record>, JournalError> {
        let mut entries = self.rows("WHERE about = ?1 ORDER BY sequence DESC LIMIT 1", params![intent.get()])?;
        Ok(entries.pop().map(|entry| entry.record))
    }

    /// Whether the chain once ended here: a head printed on a Z report or acknowledged by head office that is not in
    /// the chain shows that its tail was cut off.
    pub fn contains_head(&self, head: &Head) -> Result<bool, JournalError> {
        if head.sequence.get() == 0 {
            return Ok(head.hash == chain::beginning(self.terminal, &self.key.public()));
        }
        Ok(self.entry(head.sequence)?.is_some_and(|entry| entry.hash == head.hash))
    }

    /// Checks every entry: numbers, hashes, signatures, and the books at every checkpoint; then the tables' definitions
    /// and indices. `progress` is told how many of how many entries are done.
    pub fn verify(&self, progress: &mut dyn FnMut(u64, u64)) -> Result<Verified, JournalError> {
        let total = u64::from(self.head.sequence.get());
        let replay = self.replay(&mut |done| progress(done, total))?;
        progress(total, total);
        let follower = &replay.follower;
        if follower.head() != self.head || *follower.books() != self.books {
            return Err(JournalError::damaged(follower.head().sequence, "it ends before its head"));
        }
        schema::check(&self.connection)?;
        Ok(Verified { entries: total, checkpoints: follower.checkpoints(), head: follower.head() })
    }

    /// Writes every entry that can still be read as a line of text: number, time, kind, hash, body in hex. Works on a
    /// damaged file. Returns how many, and the first number that cannot be read.
    pub fn export(path: &Path, to: &mut dyn Write) -> Result<(u64, Option<Sequence>), JournalError> {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let mut statement = connection.prepare(&select("ORDER BY sequence"))?;
        let mut rows = statement.query([])?;
        let mut count = 0;
        loop {
            let next = Sequence::new(u32::try_from(count + 1).unwrap_or(u32::MAX));
            match rows.next() {
                Ok(None) => return Ok((count, None)),
                Ok(Some(row)) => match Raw::read(row) {
                    Ok(raw) => write_line(to, &raw)?,
                    Err(_) => return Ok((count, Some(next))),
                },
                Err(_) => return Ok((count, Some(next))),
            }
            count += 1;
        }
    }

    /// Reads the last checkpoint and everything after it.
    fn catch_up(&mut self) -> Result<(), JournalError> {
        let start = self.last_signed()?;
        let mut replay = Replay::new(self.terminal, self.key.public());
        if let Some((checkpoint, before)) = start {
            replay.start_at(&checkpoint, before)?;
        }
        let mut statement = self.connection.prepare(&select("WHERE sequence > ?1 ORDER BY sequence"))?;
        let mut rows = statement.query(params![replay.follower.head().sequence.get()])?;
        let from = replay.follower.head().sequence.get();
        while let Some(row) = next_row(&mut rows, &replay)? {
            replay.take(&row)?;
            let sequence = replay.follower.head().sequence;
            if sequence.get() - from > 2 * CHECKPOINT_EVERY {
                return Err(JournalError::damaged(sequence, "checkpoints are missing"));
            }
        }
        drop(rows);
        drop(statement);
        self.head = replay.follower.head();
        self.last_checkpoint = replay.follower.last_checkpoint();
        self.books = replay.follower.into_books();
        self.last_at = replay.last_at;
        Ok(())
    }

    /// Takes in every entry from the beginning. `progress` is told how many are done.
    fn replay(&self, progress: &mut dyn FnMut(u64)) -> Result<Replay, JournalError> {
        let mut replay = Replay::new(self.terminal, self.key.public());
        let mut statement = self.connection.prepare(&select("ORDER BY sequence"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = next_row(&mut rows, &replay)? {
            replay.take(&row)?;
            let done = u64::from(replay.follower.head().sequence.get());
            if done.is_multiple_of(10_000) {
                progress(done);
            }
        }
        Ok(replay)
    }

    /// The last checkpoint, and the hash of the entry before it.
    fn last_signed(&self) -> Result<Option<(Raw, [u8; 32])>, JournalError> {
        let last = "WHERE kind = 0 ORDER BY sequence DESC LIMIT 1";
        let raw = self.connection.query_row(&select(last), [], |row| Ok(Raw::read(row))).optional()?;
        let Some(raw) = raw.transpose()? else { return Ok(None) };
        let Some(number) = raw.sequence.get().checked_sub(1) else {
            return Err(JournalError::damaged(raw.sequence, "entries begin at 1"));
        };
        let before = "SELECT hash FROM entry WHERE sequence = ?1";
        let before = self.connection.query_row(before, [number], |row| row.get(0)).optional()?;
        match before {
            Some(before) => Ok(Some((raw, before))),
            None if number == 0 => Ok(Some((raw, self.head.hash))),
            None => Err(JournalError::damaged(Sequence::new(number), "it is missing")),
        }
    }

    fn write(&mut self, at: Timestamp, records: Vec<Record>, sign: Sign) -> Result<Vec<Entry>, JournalError> {
        let mut books = self.books.clone();
        let mut head = self.head;
        let mut entries = Vec::with_capacity(records.len() + 1);
        for record in records {
            entries.push(self.link(&mut head, &mut books, at, record)?);
        }
        let mut last_checkpoint = self.last_checkpoint;
        let asked = entries.len();
        if (sign == Sign::Now || head.sequence.get() - last_checkpoint.get() >= CHECKPOINT_EVERY)
            && !matches!(entries.last().map(|(entry, _)| &entry.record), Some(Record::Checkpoint(_)))
        {
            let checkpoint = self.checkpoint_after(head, &books)?;
            entries.push(self.link(&mut head, &mut books, at, checkpoint)?);
        }
        let transaction = self.connection.unchecked_transaction()?;
        {
            let mut insert = self.connection.prepare_cached(
                "INSERT INTO entry (sequence, at_ms, kind, card, about, body, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?;
            for (entry, body) in &entries {
                let card = entry.record.card();
                insert.execute(params![
                    entry.sequence.get(),
                    entry.at.ms(),
                    entry.record.kind_code(),
                    card.as_ref().map(Uid::bytes),
                    entry.record.about().map(Sequence::get),
                    body,
                    entry.hash,
                ])?;
                if let Record::Checkpoint(_) = entry.record {
                    last_checkpoint = entry.sequence;
                }
            }
        }
        transaction.commit()?;
        self.books = books;
        self.head = head;
        self.last_at = Some(at);
        self.last_checkpoint = last_checkpoint;
        Ok(entries.into_iter().take(asked).map(|(entry, _)| entry).collect())
    }

    /// The next entry of a chain, and its body.
    fn link(
        &self,
        head: &mut Head,
        books: &mut Books,
        at: Timestamp,
        record: Record,
    ) -> Result<(Entry, Vec<u8>), JournalError> {
        let sequence = head.sequence.next().ok_or(JournalError::Exhausted)?;
        books.apply(sequence, at, &record)?;
        let body = minicbor::to_vec(&record).expect("encoding into memory cannot fail");
        let link =
            Link { terminal: self.terminal, before: &head.hash, sequence, at, kind: record.kind_code(), body: &body };
        let hash = link.hash();
        *head = Head { sequence, hash };
        Ok((Entry { sequence, at, record, hash }, body))
    }

    fn checkpoint_after(&self, head: Head, books: &Books) -> Result<Record, JournalError> {
        let sequence = head.sequence.next().ok_or(JournalError::Exhausted)?;
        let books = minicbor::to_vec(books).expect("encoding into memory cannot fail");
        let message = chain::checkpoint_message(self.terminal, sequence, &head.hash, &books);
        Ok(Record::Checkpoint(Checkpoint { books, signature: self.key.sign(&message).into() }))
    }

    fn rows(&self, condition: &str, params: impl rusqlite::Params) -> Result<Vec<Entry>, JournalError> {
        let mut statement = self.connection.prepare_cached(&select(condition))?;
        let mut rows = statement.query(params)?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            entries.push(Raw::read(row)?.into_entry()?);
        }
        Ok(entries)
    }
}

/// When the books are signed with what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// If the last checkpoint is [`CHECKPOINT_EVERY`] entries back.
    WhenDue,
    /// At once.
    Now,
}

/// An entry as it lies in the table.
struct Raw {
    sequence: Sequence,
    at: Timestamp,
    kind: u8,
    card: Option<Vec<u8>>,
    about: Option<u32>,
    body: Vec<u8>,
    hash: [u8; 32],
}

impl Raw {
    fn read(row: &Row<'_>) -> Result<Self, JournalError> {
        let sequence: u32 = row.get(0)?;
        let sequence = Sequence::new(sequence);
        let read = || -> Result<Self, rusqlite::Error> {
            Ok(Self {
                sequence,
                at: Timestamp::from_ms(row.get(1)?),
                kind: row.get(2)?,
                card: row.get(3)?,
                about: row.get(4)?,
                body: row.get(5)?,
                hash: row.get(6)?,
            })
        };
        read().map_err(|error| JournalError::damaged(sequence, error.to_string()))
    }

    fn record(&self) -> Result<Record, JournalError> {
        let damaged = |why: &str| JournalError::damaged(self.sequence, why);
        let record: Record =
            minicbor::decode(&self.body).map_err(|error| JournalError::damaged(self.sequence, error.to_string()))?;
        let derived = record.kind_code() == self.kind
            && record.card().as_ref().map(|card| card.bytes().as_slice()) == self.card.as_deref()
            && record.about().map(Sequence::get) == self.about;
        if derived { Ok(record) } else { Err(damaged("its columns contradict its body")) }
    }

    fn into_entry(self) -> Result<Entry, JournalError> {
        let record = self.record()?;
        Ok(Entry { sequence: self.sequence, at: self.at, record, hash: self.hash })
    }
}

/// Entries taken in again from the file, each checked against the one before it and its own columns.
struct Replay {
    follower: Follower,
    last_at: Option<Timestamp>,
}

impl Replay {
    fn new(terminal: TerminalId, key: JournalPublicKey) -> Self {
        Self { follower: Follower::new(terminal, key), last_at: None }
    }

    /// Begins at a checkpoint instead of at the beginning: its signature stands for everything before it.
    fn start_at(&mut self, raw: &Raw, before: [u8; 32]) -> Result<(), JournalError> {
        let Record::Checkpoint(checkpoint) = raw.record()? else {
            return Err(JournalError::damaged(raw.sequence, "its columns contradict its body"));
        };
        self.follower.start_at(raw.sequence, before, &checkpoint)?;
        self.take(raw)
    }

    fn take(&mut self, raw: &Raw) -> Result<(), JournalError> {
        let (expected, hash) = self.follower.next(raw.at, raw.kind, &raw.body)?;
        if raw.sequence != expected {
            return Err(JournalError::damaged(expected, "it is missing"));
        }
        if hash != raw.hash {
            return Err(JournalError::damaged(raw.sequence, "its hash does not fit"));
        }
        self.follower.accept(raw.at, raw.record()?, hash)?;
        self.last_at = Some(raw.at);
        Ok(())
    }
}

fn connect(path: &Path, options: OpenOptions<'_>) -> Result<Connection, JournalError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = match options.vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs)?,
        None => Connection::open_with_flags(path, flags)?,
    };
    // Exclusive before the first access: one process at a time, and no shared memory file beside the journal.
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0))?;
    connection.pragma_update(None, "wal_autocheckpoint", WAL_PAGES)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    let synchronous = if options.synchronous == Synchronous::Full { "FULL" } else { "OFF" };
    set_synchronous(&connection, synchronous)?;
    Ok(connection)
}

fn set_synchronous(connection: &Connection, level: &str) -> Result<(), JournalError> {
    connection.pragma_update(None, "synchronous", level)?;
    Ok(())
}

/// The journal's owner, written down when it is begun and compared ever after.
fn check_owner(connection: &Connection, terminal: TerminalId, key: &JournalPublicKey) -> Result<(), JournalError> {
    let owner = connection
        .query_row("SELECT id, public_key FROM terminal", [], |row| Ok((row.get(0)?, row.get::<_, [u8; 32]>(1)?)))
        .optional()?;
    match owner {
        None => {
            connection.execute("INSERT INTO terminal VALUES (1, ?1, ?2)", params![terminal.get(), key.0])?;
            Ok(())
        }
        Some((id, _)) if id != terminal.get() => Err(JournalError::OtherTerminal(TerminalId::new(id))),
        Some((_, public)) if public != key.0 => Err(JournalError::OtherKey),
        Some(_) => Ok(()),
    }
}

fn select(condition: &str) -> String {
    format!("SELECT sequence, at_ms, kind, card, about, body, hash FROM entry {condition}")
}

/// The next row, or where the file stops being readable.
fn next_row(rows: &mut rusqlite::Rows<'_>, replay: &Replay) -> Result<Option<Raw>, JournalError> {
    let next = Sequence::new(replay.follower.head().sequence.get().saturating_add(1));
    match rows.next() {
        Ok(None) => Ok(None),
        Ok(Some(row)) => Raw::read(row).map(Some).map_err(|error| JournalError::damaged(next, error.to_string())),
        Err(error) => Err(JournalError::damaged(next, error.to_string())),
    }
}

fn write_line(to: &mut dyn Write, raw: &Raw) -> Result<(), JournalError> {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    writeln!(to, "{} {} {} {} {}", raw.sequence, raw.at, raw.kind, hex(&raw.hash), hex(&raw.body))
        .map_err(|_| JournalError::DiskFull)
}

fn limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}
