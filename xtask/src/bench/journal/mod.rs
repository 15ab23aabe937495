//! The journal: appending beside bare SQLite, opening and checking beside its length.

mod append;
mod length;
mod syncs;

pub use append::{COUNT as APPENDS, measure as appends};
pub use length::{COUNT as LENGTHS, measure as lengths};

use super::Measured;
use rusqlite::{Connection, OpenFlags};
use satchel_chain::field::{Field, blank_card};
use satchel_chain::office::opening_time;
use satchel_chain::scene::{Errand, Scene};
use satchel_journal::{CommitSent, Confirmed, Intent, Journal, JournalKey, OpenOptions, Record, Synchronous};
use satchel_values::{Sequence, TerminalId, Uid};
use std::path::Path;

const TERMINAL: TerminalId = TerminalId::new(1);
/// Cards that take turns buying.
const CUSTOMERS: u32 = 5_000;

/// The entries of one sale, as a terminal wrote them; later ones differ in card and number.
#[derive(Debug, Clone)]
struct Sale {
    intent: Intent,
    sent: CommitSent,
    confirmed: Confirmed,
}

impl Sale {
    /// A real one, made by a terminal with a card.
    fn sample() -> Measured<Self> {
        let mut scene = Scene::for_errand(Errand::Sale);
        let mut card = std::mem::replace(&mut scene.card, blank_card(0));
        scene.errand(Errand::Sale, &mut Field::new(&mut card))?;
        let entries = scene.terminals[0].journal().entries(Sequence::new(1), usize::MAX)?;
        let (mut intent, mut sent, mut confirmed) = (None, None, None);
        for entry in entries {
            match entry.record {
                Record::Intent(one) => intent = Some(*one),
                Record::CommitSent(one) => sent = Some(one),
                Record::Confirmed(one) => confirmed = Some(one),
                _ => {}
            }
        }
        let missing = "a sale left no entry";
        Ok(Self { intent: intent.ok_or(missing)?, sent: sent.ok_or(missing)?, confirmed: confirmed.ok_or(missing)? })
    }

    /// The entries of the sale whose intent has this number.
    fn records(&self, sequence: Sequence) -> [Record; 3] {
        let [a, b, c, d] = (sequence.get().wrapping_mul(0x9E37_79B1) % CUSTOMERS).to_be_bytes();
        let intent = Intent { card: Uid::new([0x04, 0x5A, a, b, c, d, 0x80]), ..self.intent.clone() };
        [
            Record::Intent(Box::new(intent)),
            Record::CommitSent(CommitSent { intent: sequence, ..self.sent.clone() }),
            Record::Confirmed(Confirmed { intent: sequence, ..self.confirmed.clone() }),
        ]
    }
}

fn open(path: &Path, synchronous: Synchronous) -> Measured<Journal> {
    let options = OpenOptions { synchronous, ..OpenOptions::default() };
    Ok(Journal::open_with(path, TERMINAL, JournalKey::take(&mut [7; 32]), options)?)
}

/// Sales appended in batches, each with a checkpoint, until the journal has so many entries.
fn fill(journal: &mut Journal, sale: &Sale, entries: u32, progress: &mut dyn FnMut(u32)) -> Measured<()> {
    /// Sales in a batch: just more entries than two checkpoints may have between them.
    const BATCH: u32 = satchel_journal::CHECKPOINT_EVERY / 3 + 1;
    while journal.head().sequence.get() < entries {
        let first = journal.next_sequence()?.get();
        let batch = (0..BATCH).flat_map(|number| sale.records(Sequence::new(first + 3 * number))).collect();
        journal.append_all(opening_time(), batch)?;
        progress(journal.head().sequence.get().min(entries));
    }
    Ok(())
}

/// SQLite without our journal, opened the way the journal opens it.
fn bare(path: &Path, synchronous: Synchronous) -> Measured<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0))?;
    connection.pragma_update(None, "wal_autocheckpoint", 4_096)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "synchronous", if synchronous == Synchronous::Full { "FULL" } else { "OFF" })?;
    Ok(connection)
}
