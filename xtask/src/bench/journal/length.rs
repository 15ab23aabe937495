//! What a journal's length costs: opening, appending, checking it all, and starting a terminal on a long day.

use super::super::report::{Figure, Goal, Line, Table, grouped};
use super::super::rounds::Rounds;
use super::super::{Measured, Sizes};
use super::{Sale, bare, fill, open};
use rusqlite::Connection;
use satchel_cards::record::Standing;
use satchel_chain::office::opening_time;
use satchel_chain::scene::Scene;
use satchel_journal::{CHECKPOINT_EVERY, Journal, OpenOptions, Synchronous};
use sha2::{Digest, Sha256};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const BUILD_STEPS: u32 = 100;
/// Steps for a progress bar.
pub const COUNT: u64 = BUILD_STEPS as u64 + 5;

/// Sales after the last checkpoint, alike in both journals: what opening has to read again, nearly at its most.
const TAIL_SALES: u32 = (CHECKPOINT_EVERY - 10) / 3;
/// Sales appended in a round.
const APPENDED: u32 = 100;
/// Bytes of a write-ahead log that is nearly long enough to be folded in: 4,000 frames of 4,120 bytes.
const WAL_BYTES: u64 = 4_000 * 4_120;
/// Full checks compared: each reads every entry.
const VERIFY_ROUNDS: usize = 3;

/// How much longer the long journal may take than the short one.
const LENGTH_MOST: f64 = 2.0;
/// How long a terminal may take to start on a busy day, in milliseconds.
const START_MOST_MS: f64 = 1_000.0;

/// Builds both journals and compares them; `done` is told of each step.
pub fn measure(sizes: &Sizes, folder: &Path, done: &mut dyn FnMut()) -> Measured<Table> {
    let sale = Sale::sample()?;
    let short = build(&folder.join("short.db"), &sale, sizes.short_entries, &mut || ())?;
    let long = build(&folder.join("long.db"), &sale, sizes.long_entries, done)?;
    let opened = opening(&short, &long, sizes)?;
    done();
    let killed = opening_after_kill(&short, &sale, sizes, folder)?;
    done();
    let appended = appending(&short, &long, &sale, sizes)?;
    done();
    let verified = verifying(&long)?;
    done();
    let day = starting(sizes, &sale)?;
    done();
    Ok(Table {
        key: "journal_length",
        title: format!(
            "A journal of {} entries beside one of {}",
            grouped(sizes.long_entries.into()),
            grouped(sizes.short_entries.into())
        ),
        remarks: vec![
            format!(
                "built in {:.1} s with synchronous=OFF; {} MB, {:.0} bytes an entry",
                long.took.as_secs_f64(),
                long.bytes / 1_000_000,
                bytes_per_entry(&long)
            ),
            format!(
                "both end in {} entries after their last signed checkpoint; files are in the page cache",
                TAIL_SALES * 3
            ),
        ],
        lines: vec![built(&long), opened, killed, appended, verified, day],
    })
}

/// A journal on disk.
struct Built {
    path: PathBuf,
    entries: u32,
    took: Duration,
    bytes: u64,
}

fn build(path: &Path, sale: &Sale, entries: u32, done: &mut dyn FnMut()) -> Measured<Built> {
    let started = Instant::now();
    let mut journal = open(path, Synchronous::Off)?;
    let mut steps = 0;
    fill(&mut journal, sale, entries.saturating_sub(3 * TAIL_SALES), &mut |reached| {
        let reached = u32::try_from(u64::from(reached) * u64::from(BUILD_STEPS) / u64::from(entries)).unwrap_or(steps);
        (steps..reached).for_each(|_| done());
        steps = steps.max(reached);
    })?;
    append(&mut journal, sale, TAIL_SALES)?;
    (steps..BUILD_STEPS).for_each(|_| done());
    let entries = journal.head().sequence.get();
    drop(journal);
    Ok(Built { path: path.to_owned(), entries, took: started.elapsed(), bytes: std::fs::metadata(path)?.len() })
}

fn append(journal: &mut Journal, sale: &Sale, sales: u32) -> Measured<()> {
    for _ in 0..sales {
        for record in sale.records(journal.next_sequence()?) {
            journal.append(opening_time(), record)?;
        }
    }
    Ok(())
}

fn built(long: &Built) -> Line {
    Line {
        key: "built".to_owned(),
        what: "the long journal".to_owned(),
        figures: vec![
            Figure::count("entries", long.entries.into()),
            Figure::count("bytes", long.bytes),
            Figure::measured("build_s", long.took.as_secs_f64(), 1),
        ],
        goals: Vec::new(),
    }
}

fn opening(short: &Built, long: &Built, sizes: &Sizes) -> Measured<Line> {
    let rounds = Rounds::run(sizes.rounds, || opened(&long.path), || opened(&short.path))?;
    Ok(compared("open", "opening it", &rounds, 1e6, ["long_ms", "short_ms"]))
}

/// Opening what a kill left: a write-ahead log as long as it gets before SQLite folds it in, beside none.
fn opening_after_kill(short: &Built, sale: &Sale, sizes: &Sizes, folder: &Path) -> Measured<Line> {
    let place = TempDir::new_in(folder)?;
    let left = place.path().join("left.db");
    std::fs::copy(&short.path, &left)?;
    let mut journal = open(&left, Synchronous::Off)?;
    let mut wal_bytes = 0;
    while wal_bytes < WAL_BYTES {
        append(&mut journal, sale, 1)?;
        wal_bytes = std::fs::metadata(beside(&left))?.len();
    }
    let found = place.path().join("found.db");
    let killed = || {
        std::fs::copy(&left, &found)?;
        std::fs::copy(beside(&left), beside(&found))?;
        opened(&found)
    };
    let rounds = Rounds::run(sizes.rounds, killed, || opened(&short.path))?;
    Ok(Line {
        key: "open_after_kill".to_owned(),
        what: "opening it after a kill".to_owned(),
        figures: vec![
            Figure::measured("killed_ms", rounds.ours_ns() / 1e6, 2),
            Figure::measured("closed_ms", rounds.reference_ns() / 1e6, 2),
            Figure::count("log_bytes", wal_bytes),
        ],
        goals: Vec::new(),
    })
}

/// The write-ahead log of a file.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

fn opened(path: &Path) -> Measured<Duration> {
    let started = Instant::now();
    let journal = open(path, Synchronous::Full)?;
    let took = started.elapsed();
    black_box(journal.head());
    Ok(took)
}

fn appending(short: &Built, long: &Built, sale: &Sale, sizes: &Sizes) -> Measured<Line> {
    let (mut long, mut short) = (open(&long.path, Synchronous::Off)?, open(&short.path, Synchronous::Off)?);
    let timed = |journal: &mut Journal| {
        let started = Instant::now();
        append(journal, sale, APPENDED)?;
        Ok(started.elapsed() / (3 * APPENDED))
    };
    let rounds = Rounds::run(sizes.rounds, || timed(&mut long), || timed(&mut short))?;
    Ok(compared("append", "appending to it, synchronous=OFF", &rounds, 1e3, ["long_us", "short_us"]))
}

fn compared(key: &str, what: &str, rounds: &Rounds, unit_ns: f64, names: [&'static str; 2]) -> Line {
    let times = rounds.times_as_long();
    Line {
        key: key.to_owned(),
        what: what.to_owned(),
        figures: vec![
            Figure::measured(names[0], rounds.ours_ns() / unit_ns, 2),
            Figure::measured(names[1], rounds.reference_ns() / unit_ns, 2),
            Figure::measured("times_as_long", times, 2),
        ],
        goals: vec![Goal::aim(format!("independent of its length: ≤ {LENGTH_MOST} times"), times <= LENGTH_MOST)],
    }
}

/// Every entry checked, beside reading every row and hashing its bytes.
fn verifying(long: &Built) -> Measured<Line> {
    let mut entries = 0;
    let ours = || {
        let journal = open(&long.path, Synchronous::Full)?;
        let started = Instant::now();
        entries = journal.verify(&mut |_, _| ())?.entries;
        Ok(started.elapsed())
    };
    let floor = || {
        let connection = bare(&long.path, Synchronous::Full)?;
        let started = Instant::now();
        black_box(hash_all(&connection)?);
        Ok(started.elapsed())
    };
    let rounds = Rounds::run(VERIFY_ROUNDS, ours, floor)?;
    let per_second = |ns: f64| f64::from(u32::try_from(entries).unwrap_or(u32::MAX)) * 1e9 / ns.max(1.0);
    Ok(Line {
        key: "verify".to_owned(),
        what: "checking all of it, beside SHA-256 and rows".to_owned(),
        figures: vec![
            Figure::measured("ours_per_s", per_second(rounds.ours_ns()), 0),
            Figure::measured("floor_per_s", per_second(rounds.reference_ns()), 0),
            Figure::measured("ratio", rounds.times_as_fast(), 2),
        ],
        goals: Vec::new(),
    })
}

/// Reads every row and hashes what the chain hashes of it, in one go each.
fn hash_all(connection: &Connection) -> Measured<[u8; 32]> {
    let mut select =
        connection.prepare("SELECT sequence, at_ms, kind, card, about, body, hash FROM entry ORDER BY sequence")?;
    let mut rows = select.query([])?;
    let mut before = [0; 32];
    while let Some(row) = rows.next()? {
        let (sequence, at_ms, kind): (u32, i64, u8) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let body = row.get_ref(5)?.as_blob()?;
        before = Sha256::new()
            .chain_update(b"satchel entry 1")
            .chain_update([0; 4])
            .chain_update(before)
            .chain_update(sequence.to_be_bytes())
            .chain_update(at_ms.to_be_bytes())
            .chain_update([kind])
            .chain_update(u32::try_from(body.len())?.to_be_bytes())
            .chain_update(body)
            .finalize()
            .into();
    }
    Ok(before)
}

/// A terminal's start after a busy day, whose sales it gathers for the limit per card, beside one after a quiet day.
fn starting(sizes: &Sizes, sale: &Sale) -> Measured<Line> {
    let (mut busy, mut quiet) = (Scene::with_card(Standing::Active), Scene::with_card(Standing::Active));
    busy.terminals.clear();
    quiet.terminals.clear();
    let mut journal = busy.stores[0].open_journal(unwaited())?;
    let entries = journal.head().sequence.get() + 3 * sizes.day_sales;
    fill(&mut journal, sale, entries, &mut |_| ())?;
    drop(journal);
    let rounds = Rounds::run(sizes.rounds.min(5), || start(&mut busy), || start(&mut quiet))?;
    let busy_ms = rounds.ours_ns() / 1e6;
    Ok(Line {
        key: "start".to_owned(),
        what: format!("starting a terminal, {} sales that day", grouped(sizes.day_sales.into())),
        figures: vec![
            Figure::measured("busy_ms", busy_ms, 1),
            Figure::measured("quiet_ms", rounds.reference_ns() / 1e6, 1),
        ],
        goals: vec![Goal::aim(format!("≤ {START_MOST_MS} ms"), busy_ms <= START_MOST_MS)],
    })
}

fn start(scene: &mut Scene) -> Measured<Duration> {
    let clock = Box::new(scene.clock.clone());
    let started = Instant::now();
    let journal = scene.stores[0].open_journal(unwaited())?;
    let terminal = scene.stores[0].start_with(journal, clock)?;
    let took = started.elapsed();
    drop(terminal);
    Ok(took)
}

fn unwaited() -> OpenOptions<'static> {
    OpenOptions { synchronous: Synchronous::Off, ..OpenOptions::default() }
}

fn bytes_per_entry(built: &Built) -> f64 {
    f64::from(u32::try_from(built.bytes / 1_000).unwrap_or(u32::MAX)) * 1e3 / f64::from(built.entries.max(1))
}
