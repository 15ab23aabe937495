//! A journal's files damaged: at every byte, cut off, exchanged, rewritten by somebody who knows SQLite.

mod stage;

use rand_core::Rng;
use rusqlite::Connection;
use satchel_chain::scene::{Errand, FLOAT, Scene};
use satchel_chain::store::{Store, seeded};
use satchel_faulty_disk::{Disk, Files};
use satchel_journal::{Books, Entry, Head, Journal, JournalError, OpenOptions, Record, SignedOff};
use satchel_terminal::Outcome;
use satchel_values::{OperatorId, Sequence, Timestamp, Uid};
use stage::{Power, Stage};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Bytes in a page of the file.
const PAGE: usize = 4_096;
/// Threads that damage files.
const HANDS: usize = 2;
/// Files with several bytes damaged at once.
const BLOWS: usize = 2_000;

/// A terminal's journal as it was stopped, and everything that can be asked of it.
struct Whole {
    scene: Scene,
    bytes: Vec<u8>,
    answers: Answers,
    lines: Vec<String>,
}

/// What a journal answers.
#[derive(Debug, PartialEq)]
struct Answers {
    head: Head,
    books: Books,
    entries: Vec<Entry>,
    outcomes: Vec<Option<Record>>,
    of_card: Vec<Entry>,
}

impl Whole {
    /// Two shifts of all kinds of movements, each with a checkpoint, and a sale after the second.
    fn journal() -> Self {
        let mut scene = Scene::for_errand(Errand::Refund);
        for errand in [Errand::Refund, Errand::Sale, Errand::TopUp, Errand::Redemption] {
            done(&mut scene, errand);
        }
        scene.terminals[0].close_shift(FLOAT).expect("the shift closes");
        scene.terminals[0].open_shift(FLOAT).expect("a shift opens");
        for errand in [Errand::Split, Errand::Sale, Errand::UndoSale, Errand::TopUpWithBonus] {
            done(&mut scene, errand);
        }
        scene.terminals[0].checkpoint().expect("the books are signed");
        done(&mut scene, Errand::Sale);
        drop(scene.terminals.remove(0));
        let path = scene.stores[0].journal_path();
        let bytes = std::fs::read(&path).expect("a stopped terminal leaves one whole file");
        let journal = scene.stores[0].open_journal(OpenOptions::default()).expect("it is whole");
        let verified = journal.verify(&mut |_, _| {}).expect("it is whole");
        assert!(verified.entries >= 36 && verified.checkpoints == 2, "{verified:?}");
        let answers = Answers::of(&journal, &scene.issued.intent.card).expect("it is whole");
        drop(journal);
        let lines = lines(&path).expect("it is whole");
        assert_eq!(lines.len() as u64, verified.entries);
        Self { scene, bytes, answers, lines }
    }

    /// Two pairs of hands share the work.
    fn in_every_hand(&self, jobs: usize, job: impl Fn(&Hand<'_>, usize) + Sync) {
        let next = AtomicUsize::new(0);
        let (store, card) = (&self.scene.stores[0], self.scene.issued.intent.card);
        let (answers, lines) = (&self.answers, &self.lines[..]);
        thread::scope(|scope| {
            for _ in 0..HANDS {
                scope.spawn(|| {
                    let hand = Hand { store, card, answers, lines, disk: Disk::new(), tray: Tray::new() };
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= jobs {
                            break;
                        }
                        job(&hand, number);
                    }
                });
            }
        });
    }
}

fn done(scene: &mut Scene, errand: Errand) {
    let outcome = scene.run(errand, None).0;
    assert!(matches!(outcome, Ok(Outcome::Done(_))), "{errand:?}: {outcome:?}");
}

impl Answers {
    fn of(journal: &Journal, card: &Uid) -> Result<Self, JournalError> {
        let entries = journal.entries(Sequence::new(1), usize::MAX)?;
        let outcomes = entries.iter().map(|entry| journal.outcome_of(entry.sequence)).collect::<Result<_, _>>()?;
        let of_card = journal.entries_of_card(card, Timestamp::default(), usize::MAX)?;
        Ok(Self { head: journal.head(), books: journal.books().clone(), entries, outcomes, of_card })
    }
}

/// What a damaged file turned out to be.
#[derive(Debug)]
enum Found {
    /// Refused by name when it was opened.
    Unopened,
    /// Opened, and found out by the full check.
    Unverified,
    /// Everything that can be asked of it is as it was, and it can be written.
    Unharmed,
}

/// A pair of hands that damage files.
struct Hand<'w> {
    store: &'w Store,
    card: Uid,
    answers: &'w Answers,
    lines: &'w [String],
    disk: Disk,
    tray: Tray,
}

impl Hand<'_> {
    /// Opens and checks a damaged file; if that finds nothing, asks it everything and writes to it.
    fn examine(&self, bytes: &[u8], context: &str) -> Found {
        let path = self.store.journal_path();
        self.disk.load(&Files::from([(plain(&path), bytes.to_owned())]));
        let options = OpenOptions { vfs: Some(self.disk.vfs()), ..OpenOptions::default() };
        let mut journal = match self.store.open_journal(options) {
            Ok(journal) => journal,
            Err(error) => {
                self.check_error(bytes, &error, context);
                return Found::Unopened;
            }
        };
        if let Err(error) = journal.verify(&mut |_, _| {}) {
            self.check_error(bytes, &error, context);
            return Found::Unverified;
        }
        let answers = Answers::of(&journal, &self.card).unwrap_or_else(|error| panic!("{context}: {error}"));
        assert!(answers == *self.answers, "{context}: verified, and not what it was");
        match journal.probe() {
            Ok(()) => {
                journal.append(Timestamp::default(), goodbye()).unwrap_or_else(|error| panic!("{context}: {error}"));
                Found::Unharmed
            }
            Err(error) => {
                self.check_error(bytes, &error, context);
                Found::Unverified
            }
        }
    }

    /// The error says what is wrong, and every entry before the first bad one can be exported.
    fn check_error(&self, bytes: &[u8], error: &JournalError, context: &str) {
        let exported = self.tray.export(bytes).map_err(|error| named(&error, context)).unwrap_or_default();
        named(error, context);
        if let JournalError::Damaged { first_bad, .. } = error {
            let good = usize::try_from(first_bad.get().saturating_sub(1)).expect("a few dozen");
            assert!(exported.len() >= good, "{context}: bad from {first_bad} on, {} lines exported", exported.len());
            assert_eq!(exported[..good], self.lines[..good], "{context}: bad from {first_bad} on");
        }
    }
}

/// Only a few errors are names for damage.
fn named(error: &JournalError, context: &str) {
    match error {
        JournalError::Damaged { .. }
        | JournalError::NewerSchema(_)
        | JournalError::OtherTerminal(_)
        | JournalError::OtherKey
        | JournalError::ReadOnly => {}
        other => panic!("{context}: not a name for damage: {other:?}"),
    }
}

fn goodbye() -> Record {
    Record::SignedOff(SignedOff { operator: OperatorId::new(1) })
}

/// A folder where a damaged file lies for export.
struct Tray(tempfile::TempDir);

impl Tray {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn put(&self, bytes: &[u8]) -> std::path::PathBuf {
        for beside in ["journal.db-wal", "journal.db-shm"] {
            // Not there, as a rule.
            drop(std::fs::remove_file(self.0.path().join(beside)));
        }
        let path = self.0.path().join("journal.db");
        std::fs::write(&path, bytes).expect("the folder is ours");
        path
    }

    fn export(&self, bytes: &[u8]) -> Result<Vec<String>, JournalError> {
        lines(&self.put(bytes))
    }
}

/// Everything that can still be read, as lines.
fn lines(path: &Path) -> Result<Vec<String>, JournalError> {
    let mut text = Vec::new();
    let (count, _) = Journal::export(path, &mut text)?;
    let lines: Vec<_> = String::from_utf8(text).expect("it is text").lines().map(str::to_owned).collect();
    assert_eq!(lines.len() as u64, count);
    Ok(lines)
}

fn plain(path: &Path) -> String {
    path.to_str().expect("temporary folders have plain names").to_owned()
}

#[derive(Debug, Default)]
struct Tally {
    unopened: AtomicUsize,
    unverified: AtomicUsize,
    unharmed: AtomicUsize,
}

impl Tally {
    fn count(&self, found: &Found) {
        let counter = match found {
            Found::Unopened => &self.unopened,
            Found::Unverified => &self.unverified,
            Found::Unharmed => &self.unharmed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    fn sum(&self) -> usize {
        [&self.unopened, &self.unverified, &self.unharmed].iter().map(|counter| counter.load(Ordering::Relaxed)).sum()
    }
}

#[test]
fn a_bit_flipped_in_any_byte_is_named_or_harmless() {
    let whole = Whole::journal();
    let places = places(&whole.bytes);
    let tally = Tally::default();
    whole.in_every_hand(places.len(), |hand, job| {
        let byte = places[job];
        let bit = seeded(byte as u64).next_u32() % 8;
        let mut bytes = whole.bytes.clone();
        bytes[byte] ^= 1 << bit;
        tally.count(&hand.examine(&bytes, &format!("byte {byte}, bit {bit}")));
    });
    let (bytes, entries) = (whole.bytes.len(), whole.lines.len());
    println!("{entries} entries in {bytes} bytes, one bit of {} each: {tally:?}", places.len());
    assert_eq!(tally.sum(), places.len());
    assert!(tally.unopened.load(Ordering::Relaxed) > 500 && tally.unverified.load(Ordering::Relaxed) > 500);
}

/// Every byte with something in it or less than sixteen bytes away; of empty space between, every eighth.
fn places(bytes: &[u8]) -> Vec<usize> {
    let is_used = |place: usize| {
        let around = place.saturating_sub(15)..(place + 16).min(bytes.len());
        bytes[around].iter().any(|byte| *byte != 0)
    };
    (0..bytes.len()).filter(|place| place % 8 == 0 || is_used(*place)).collect()
}

#[test]
fn many_bytes_at_once_are_named_or_harmless() {
    let whole = Whole::journal();
    let tally = Tally::default();
    whole.in_every_hand(BLOWS, |hand, blow| {
        let mut rng = seeded(blow as u64);
        let mut bytes = whole.bytes.clone();
        let mut below = |limit: usize| usize::try_from(rng.next_u32()).unwrap_or(0) % limit;
        if blow % 2 == 0 {
            for _ in 0..=below(16) {
                bytes[below(whole.bytes.len())] = below(256).to_le_bytes()[0];
            }
        } else {
            let start = below(whole.bytes.len() / 512) * 512;
            let end = (start + 512).min(bytes.len());
            rng.fill_bytes(&mut bytes[start..end]);
        }
        tally.count(&hand.examine(&bytes, &format!("blow {blow}")));
    });
    println!("{BLOWS} blows: {tally:?}");
    assert_eq!(tally.sum(), BLOWS);
}

#[test]
fn a_file_cut_off_anywhere_is_named_or_harmless() {
    let whole = Whole::journal();
    let pages = whole.bytes.len() / PAGE;
    let lengths: Vec<_> = (1..=pages)
        .flat_map(|page| [page * PAGE - PAGE + 1, page * PAGE - 512, page * PAGE - 1, page * PAGE])
        .collect();
    let lengths = &lengths[..lengths.len() - 1];
    let tally = Tally::default();
    whole.in_every_hand(lengths.len(), |hand, job| {
        let length = lengths[job];
        let found = hand.examine(&whole.bytes[..length], &format!("{length} bytes left"));
        assert!(length.div_ceil(PAGE) == pages || !matches!(found, Found::Unharmed), "{length} bytes left");
        tally.count(&found);
    });
    println!("{} lengths: {tally:?}", lengths.len());
}

#[test]
fn what_is_no_journal_is_named() {
    let whole = Whole::journal();
    let head = whole.answers.head;
    let path = whole.scene.stores[0].journal_path();
    let open = || whole.scene.stores[0].open_journal(OpenOptions::default());
    std::fs::write(&path, "Dear diary,\n".repeat(400)).expect("the folder is ours");
    assert!(matches!(open(), Err(JournalError::Damaged { .. })), "a text");
    assert!(matches!(lines(&path), Err(JournalError::Damaged { .. })), "a text");
    std::fs::write(&path, [0; 3 * PAGE]).expect("the folder is ours");
    assert!(matches!(open(), Err(JournalError::Damaged { .. })), "zeros");
    std::fs::write(&path, "").expect("the folder is ours");
    let journal = open().expect("an empty file is a journal not begun");
    assert_eq!(journal.head().sequence.get(), 0);
    assert!(!journal.contains_head(&head).expect("readable"), "the head on the Z report shows it");
    drop(journal);
    std::fs::remove_file(&path).expect("the folder is ours");
    std::fs::create_dir(&path).expect("the folder is ours");
    assert!(matches!(open(), Err(JournalError::ReadOnly)), "a folder");
}

/// A rewritten file, and what the journal says of it.
type Rewriting = (&'static str, fn(&JournalError) -> bool);

macro_rules! first_bad {
    ($number:literal) => {
        |error| matches!(error, JournalError::Damaged { first_bad, .. } if first_bad.get() == $number)
    };
}

/// With the triggers taken away before and put back afterwards.
const REWRITINGS: [Rewriting; 18] = [
    ("DELETE FROM entry WHERE sequence = 20", first_bad!(20)),
    ("DELETE FROM entry WHERE sequence <= 3", first_bad!(1)),
    ("DELETE FROM entry WHERE kind = 0 AND sequence < 30", |error| matches!(error, JournalError::Damaged { .. })),
    ("UPDATE entry SET at_ms = at_ms + 1 WHERE sequence = 12", first_bad!(12)),
    ("UPDATE entry SET kind = kind + 1 WHERE sequence = 12", first_bad!(12)),
    ("UPDATE entry SET about = 9 WHERE sequence = 12", first_bad!(12)),
    ("UPDATE entry SET card = x'04000000000001' WHERE sequence = 12", first_bad!(12)),
    ("UPDATE entry SET body = (SELECT body FROM entry WHERE sequence = 13) WHERE sequence = 12", first_bad!(12)),
    ("UPDATE entry SET hash = (SELECT hash FROM entry WHERE sequence = 13) WHERE sequence = 12", first_bad!(12)),
    (
        "UPDATE entry SET sequence = 1000 - sequence WHERE sequence IN (12, 13);
      UPDATE entry SET sequence = sequence - 975 WHERE sequence > 900",
        first_bad!(12),
    ),
    ("UPDATE entry SET sequence = sequence + 100 WHERE sequence = (SELECT max(sequence) FROM entry)", |error| {
        matches!(error, JournalError::Damaged { .. })
    }),
    ("INSERT INTO entry SELECT 900, at_ms, kind, card, about, body, hash FROM entry WHERE sequence = 12", |error| {
        matches!(error, JournalError::Damaged { .. })
    }),
    (
        "PRAGMA ignore_check_constraints = 1; DELETE FROM entry WHERE kind = 0 AND sequence < 30;
      UPDATE entry SET sequence = 0 WHERE kind = 0",
        |error| matches!(error, JournalError::Damaged { .. }),
    ),
    ("UPDATE terminal SET id = 7", |error| matches!(error, JournalError::OtherTerminal(id) if id.get() == 7)),
    ("UPDATE terminal SET public_key = randomblob(32)", |error| matches!(error, JournalError::OtherKey)),
    ("PRAGMA user_version = 9", |error| matches!(error, JournalError::NewerSchema(9))),
    ("PRAGMA user_version = 0", |error| matches!(error, JournalError::Damaged { .. })),
    ("DROP INDEX entry_about; CREATE INDEX entry_about ON entry (about) WHERE about > 20", |error| {
        matches!(error, JournalError::Damaged { .. })
    }),
];

#[test]
fn what_somebody_rewrites_is_named() {
    let whole = Whole::journal();
    for (sql, expected) in REWRITINGS {
        rewrite(&whole, sql);
        let refused = open_and_verify(&whole).map(|journal| journal.head()).expect_err(sql);
        assert!(expected(&refused), "{sql}: {refused:?}");
    }
    println!("{} rewritings named", REWRITINGS.len());
}

#[test]
fn a_tail_cut_off_shows_at_the_head_on_the_z_report() {
    let whole = Whole::journal();
    let last = whole.answers.head.sequence.get();
    for kept in 0..last {
        rewrite(&whole, &format!("DELETE FROM entry WHERE sequence > {kept}"));
        let journal = open_and_verify(&whole).unwrap_or_else(|error| panic!("{kept} kept: {error}"));
        assert_eq!(journal.head().sequence.get(), kept, "what is left is whole");
        assert!(!journal.contains_head(&whole.answers.head).expect("readable"), "{kept} kept");
    }
    rewrite(&whole, "SELECT 1");
    let journal = open_and_verify(&whole).expect("nothing was changed");
    assert!(journal.contains_head(&whole.answers.head).expect("readable"));
}

#[test]
fn entries_are_neither_changed_nor_removed_by_accident() {
    let whole = Whole::journal();
    let connection = Connection::open(whole.scene.stores[0].journal_path()).expect("it is SQLite's");
    for sql in ["UPDATE entry SET at_ms = 0", "DELETE FROM entry WHERE sequence = 1"] {
        let refused = connection.execute_batch(sql).expect_err(sql).to_string();
        assert!(refused.contains("append-only"), "{sql}: {refused}");
    }
}

/// Puts the whole file back and rewrites it, past the triggers that stand in the way.
fn rewrite(whole: &Whole, sql: &str) {
    let path = whole.scene.stores[0].journal_path();
    std::fs::write(&path, &whole.bytes).expect("the folder is ours");
    let connection = Connection::open(&path).expect("it is SQLite's");
    let triggers: Vec<(String, String)> = connection
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        .and_then(|mut select| select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
        .expect("it is whole");
    for (name, _) in &triggers {
        connection.execute_batch(&format!("DROP TRIGGER {name}")).expect("it is there");
    }
    connection.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    for (_, create) in &triggers {
        connection.execute_batch(create).expect("it is SQLite's own text");
    }
}

fn open_and_verify(whole: &Whole) -> Result<Journal, JournalError> {
    let journal = whole.scene.stores[0].open_journal(OpenOptions::default())?;
    journal.verify(&mut |_, _| {})?;
    Ok(journal)
}

/// A terminal that runs: its file, and the log beside it.
struct Running {
    stage: Stage,
    file: String,
    files: Files,
    head: Head,
    entries: Vec<Entry>,
}

impl Running {
    fn terminal() -> Self {
        let mut stage = Stage::set(Errand::Sale);
        for errand in [Errand::Sale, Errand::TopUp, Errand::Sale] {
            let outcome = stage.run(errand, Power::OfDisk).0;
            assert!(matches!(outcome, Ok(Outcome::Done(_))), "{errand:?}: {outcome:?}");
        }
        let journal = stage.scene.terminals[0].journal();
        let (head, entries) = (journal.head(), journal.entries(Sequence::new(1), usize::MAX).expect("readable"));
        let file = plain(&stage.scene.stores[0].journal_path());
        let files = stage.disk.files();
        assert!(files[&log_of(&file)].len() > 10 * PAGE, "it has a log");
        stage.stop();
        Self { stage, file, files, head, entries }
    }

    /// Opens the file with another log beside it. Whatever is found is a beginning of what was written, and if it is
    /// not all, the head on the Z report shows it.
    fn with_log(&self, log: Option<Vec<u8>>, context: &str) -> Result<usize, JournalError> {
        let mut files = self.files.clone();
        files.remove(&log_of(&self.file));
        files.extend(log.map(|log| (log_of(&self.file), log)));
        self.with(&files, context)
    }

    fn with(&self, files: &Files, context: &str) -> Result<usize, JournalError> {
        self.stage.disk.load(files);
        let journal = self.stage.open()?;
        journal.verify(&mut |_, _| {})?;
        let found = journal.entries(Sequence::new(1), usize::MAX)?;
        assert_eq!(found[..], self.entries[..found.len()], "{context}");
        let whole = found.len() == self.entries.len();
        assert_eq!(journal.contains_head(&self.head).expect("readable"), whole, "{context}");
        Ok(found.len())
    }

    fn log(&self) -> &Vec<u8> {
        &self.files[&log_of(&self.file)]
    }
}

fn log_of(file: &str) -> String {
    format!("{file}-wal")
}

#[test]
fn a_damaged_log_leaves_a_beginning_that_the_head_shows() {
    let running = Running::terminal();
    let all = running.entries.len();
    assert_eq!(running.with_log(Some(running.log().clone()), "as it was").expect("it is whole"), all);
    let mut shorter = 0;
    // A log's header has 32 bytes, each frame's 24 and a page follows: every byte of the headers, every 64th of a page.
    let places =
        (0..running.log().len()).filter(|place| *place < 32 || (place - 32) % (24 + PAGE) < 24 || place % 64 == 0);
    for place in places {
        let mut log = running.log().clone();
        log[place] ^= 1 << (place % 8);
        let context = format!("byte {place} of the log");
        let found = running.with_log(Some(log), &context).unwrap_or_else(|error| panic!("{context}: {error}"));
        assert!(found < all, "{context}: every byte is under a checksum");
        shorter += 1;
    }
    println!("a log of {} bytes damaged: {shorter} times shorter, and shown", running.log().len());
    assert!(shorter > 500);
}

#[test]
fn a_log_exchanged_is_named_or_shown() {
    let mut running = Running::terminal();
    let all = running.entries.len();
    let found = running.with_log(None, "no log").expect("the file alone is whole");
    assert!(found < all);
    for length in (0..running.log().len()).step_by(1_024) {
        let cut = running.log()[..length].to_vec();
        running.with_log(Some(cut), &format!("{length} bytes of log")).expect("a beginning is whole");
    }
    let mut garbage = vec![0; 5 * PAGE];
    seeded(1).fill_bytes(&mut garbage);
    assert_eq!(running.with_log(Some(garbage), "garbage").expect("it is not taken for a log"), found);
    let other = running.stage.scene.stores[1].journal_path();
    let other = std::fs::read(log_of(&plain(&other))).expect("the other terminal runs");
    let named = running.with_log(Some(other), "another terminal's log").expect_err("it is not ours");
    assert!(matches!(named, JournalError::OtherTerminal(_) | JournalError::Damaged { .. }), "{named:?}");
    let tidied = tidied(&mut running);
    let older =
        Files::from([(running.file.clone(), tidied), (log_of(&running.file), running.log()[..20 * PAGE].to_vec())]);
    match running.with(&older, "an older log beside a newer file") {
        Ok(found) => assert!(found < all, "the head shows it"),
        Err(named) => assert!(matches!(named, JournalError::Damaged { .. }), "{named:?}"),
    }
}

/// The file with everything in it, as a terminal that is stopped leaves it.
fn tidied(running: &mut Running) -> Vec<u8> {
    running.stage.disk.load(&running.files);
    drop(running.stage.open().expect("it is whole"));
    running.stage.disk.files().remove(&running.file).expect("the file is there")
}
