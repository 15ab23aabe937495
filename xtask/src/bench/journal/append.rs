//! A sale's entries as the terminal writes them, beside bare SQLite writing the same rows into the same tables.

use super::super::report::{Figure, Goal, Line, Table};
use super::super::rounds::Rounds;
use super::super::{Measured, Sizes};
use super::{Sale, bare, open, syncs};
use rusqlite::{Connection, params};
use satchel_chain::office::opening_time;
use satchel_journal::{Journal, Record, Synchronous};
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Steps for a progress bar.
pub const COUNT: u64 = 3;

/// Ours beside bare SQLite at least, where the disk is waited for and where it is not.
const GOAL_FULL: f64 = 0.8;
const GOAL_OFF: f64 = 0.5;

/// Counts a sale's syncs, and times its entries with and without waiting for the disk; `done` is told after each.
pub fn measure(sizes: &Sizes, folder: &Path, done: &mut dyn FnMut()) -> Measured<Table> {
    let syncs = syncs::of_a_sale(sizes)?;
    done();
    let full = compare(Synchronous::Full, sizes.sales_synced, sizes.rounds, folder)?;
    done();
    let off = compare(Synchronous::Off, sizes.sales_unsynced, sizes.rounds, folder)?;
    done();
    Ok(Table {
        key: "journal",
        title: "The journal beside bare SQLite".to_owned(),
        remarks: vec![
            "a sale: intent (waited for), commit sent (not waited for), confirmed (waited for); a checkpoint every 256 entries"
                .to_owned(),
            "bare: the same rows, bytes made before, into the same tables and indices with the same pragmas".to_owned(),
        ],
        lines: vec![
            syncs,
            line("appends_full", "appends, synchronous=FULL", &full, sizes.sales_synced, GOAL_FULL),
            line("appends_off", "appends, synchronous=OFF", &off, sizes.sales_unsynced, GOAL_OFF),
        ],
    })
}

fn line(key: &str, what: &str, rounds: &Rounds, sales: u32, goal: f64) -> Line {
    let per_second = |ns: f64| f64::from(3 * sales) * 1e9 / ns.max(1.0);
    let ratio = rounds.times_as_fast();
    Line {
        key: key.to_owned(),
        what: what.to_owned(),
        figures: vec![
            Figure::measured("ours_per_s", per_second(rounds.ours_ns()), 0),
            Figure::measured("bare_per_s", per_second(rounds.reference_ns()), 0),
            Figure::measured("ratio", ratio, 2),
        ],
        goals: vec![Goal::aim(format!("≥ {goal}"), ratio >= goal)],
    }
}

/// Whether a write is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Write {
    Append,
    Note,
}

/// What a terminal asks of its journal, and the rows that came of it.
struct Script {
    writes: Vec<(Write, Record)>,
    /// The rows of each write: one, or two where a checkpoint came with it.
    rows: Vec<Vec<Row>>,
    /// Tables, indices and triggers.
    schema: String,
}

/// One row as it lies in the journal's table.
struct Row {
    sequence: u32,
    at_ms: i64,
    kind: u8,
    card: Option<Vec<u8>>,
    about: Option<u32>,
    body: Vec<u8>,
    hash: Vec<u8>,
}

fn compare(synchronous: Synchronous, sales: u32, rounds: usize, folder: &Path) -> Measured<Rounds> {
    let script = Script::write(sales, folder)?;
    Rounds::run(rounds, || script.ours(synchronous, folder), || script.bare(synchronous, folder))
}

impl Script {
    /// Writes the sales once, and takes down what was asked and what came of it.
    fn write(sales: u32, folder: &Path) -> Measured<Self> {
        let place = TempDir::new_in(folder)?;
        let path = place.path().join("journal.db");
        let sale = Sale::sample()?;
        let mut journal = open(&path, Synchronous::Off)?;
        let (mut writes, mut ends) = (Vec::new(), Vec::new());
        for _ in 0..sales {
            let records = sale.records(journal.next_sequence()?);
            for (write, record) in [Write::Append, Write::Note, Write::Append].into_iter().zip(records) {
                write.run(&mut journal, record.clone())?;
                writes.push((write, record));
                ends.push(journal.head().sequence.get());
            }
        }
        drop(journal);
        let connection = bare(&path, Synchronous::Off)?;
        Ok(Self { writes, rows: rows(&connection, &ends)?, schema: schema(&connection)? })
    }

    fn ours(&self, synchronous: Synchronous, folder: &Path) -> Measured<Duration> {
        let place = TempDir::new_in(folder)?;
        let mut journal = open(&place.path().join("journal.db"), synchronous)?;
        let writes = self.writes.clone();
        let started = Instant::now();
        for (write, record) in writes {
            write.run(&mut journal, record)?;
        }
        Ok(started.elapsed())
    }

    fn bare(&self, synchronous: Synchronous, folder: &Path) -> Measured<Duration> {
        let place = TempDir::new_in(folder)?;
        let connection = bare(&place.path().join("bare.db"), synchronous)?;
        connection.execute_batch(&self.schema)?;
        let started = Instant::now();
        for ((write, _), rows) in self.writes.iter().zip(&self.rows) {
            let unwaited = *write == Write::Note && synchronous == Synchronous::Full;
            if unwaited {
                connection.pragma_update(None, "synchronous", "NORMAL")?;
            }
            insert(&connection, rows)?;
            if unwaited {
                connection.pragma_update(None, "synchronous", "FULL")?;
            }
        }
        Ok(started.elapsed())
    }
}

impl Write {
    fn run(self, journal: &mut Journal, record: Record) -> Measured<()> {
        match self {
            Self::Append => journal.append(opening_time(), record).map(drop)?,
            Self::Note => journal.note(opening_time(), record)?,
        }
        Ok(())
    }
}

/// One write's rows: a single one commits by itself.
fn insert(connection: &Connection, rows: &[Row]) -> Measured<()> {
    if let [row] = rows {
        return insert_one(connection, row);
    }
    let transaction = connection.unchecked_transaction()?;
    rows.iter().try_for_each(|row| insert_one(connection, row))?;
    Ok(transaction.commit()?)
}

fn insert_one(connection: &Connection, row: &Row) -> Measured<()> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO entry (sequence, at_ms, kind, card, about, body, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    insert.execute(params![row.sequence, row.at_ms, row.kind, row.card, row.about, row.body, row.hash])?;
    Ok(())
}

/// The journal's rows by write; `ends` are the last numbers of each write.
fn rows(connection: &Connection, ends: &[u32]) -> Measured<Vec<Vec<Row>>> {
    let mut select =
        connection.prepare("SELECT sequence, at_ms, kind, card, about, body, hash FROM entry ORDER BY sequence")?;
    let mut read = select.query_map([], |row| {
        Ok(Row {
            sequence: row.get(0)?,
            at_ms: row.get(1)?,
            kind: row.get(2)?,
            card: row.get(3)?,
            about: row.get(4)?,
            body: row.get(5)?,
            hash: row.get(6)?,
        })
    })?;
    let mut writes = Vec::with_capacity(ends.len());
    let mut before = 0;
    for end in ends {
        let count = usize::try_from(end - before)?;
        writes.push(read.by_ref().take(count).collect::<Result<Vec<_>, _>>()?);
        before = *end;
    }
    Ok(writes)
}

fn schema(connection: &Connection) -> Measured<String> {
    let mut select = connection.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")?;
    let statements = select.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    Ok(statements.join(";\n"))
}
