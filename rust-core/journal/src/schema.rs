//! The journal's tables, and how an older file becomes one of today.

use crate::JournalError;
use rusqlite::Connection;
use satchel_values::Sequence;

/// Version 1.
///
/// `terminal`: one row, who the journal belongs to.
/// - `id`: the terminal's number.
/// - `public_key`: 32 bytes, Ed25519; signs checkpoints.
///
/// `entry`: what happened. Append-only: triggers refuse UPDATE and DELETE.
/// - `sequence`: 1 for the first, no gaps.
/// - `at_ms`: the terminal's clock, milliseconds since 1970-01-01 UTC. Evidence, never an order.
/// - `kind`: which variant of `Record` the body is, for finding entries.
/// - `card`: seven bytes, the card the entry is about; NULL if none. Derived from the body.
/// - `about`: the number of the intent that the entry is an outcome of; NULL if it is none. Derived from the body.
/// - `body`: the record as CBOR.
/// - `hash`: 32 bytes, SHA-256 over terminal, the hash before, sequence, time, kind and body.
///
/// `probe`: one row that is written before a card is touched, so that a full or read-only disk shows in time. Not
/// part of the chain.
const V1: &str = "
    CREATE TABLE terminal (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        id INTEGER NOT NULL,
        public_key BLOB NOT NULL CHECK (length(public_key) = 32)
    ) STRICT;
    CREATE TABLE entry (
        sequence INTEGER PRIMARY KEY CHECK (sequence > 0),
        at_ms INTEGER NOT NULL,
        kind INTEGER NOT NULL,
        card BLOB CHECK (card IS NULL OR length(card) = 7),
        about INTEGER,
        body BLOB NOT NULL,
        hash BLOB NOT NULL CHECK (length(hash) = 32)
    ) STRICT;
    CREATE INDEX entry_card ON entry (card, sequence) WHERE card IS NOT NULL;
    CREATE INDEX entry_about ON entry (about) WHERE about IS NOT NULL;
    CREATE INDEX entry_checkpoint ON entry (sequence) WHERE kind = 0;
    CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
    CREATE TRIGGER entry_is_never_removed BEFORE DELETE ON entry
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
    CREATE TABLE probe (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        written INTEGER NOT NULL
    ) STRICT;
    INSERT INTO probe VALUES (1, 0);
";

/// Every version's step, in order; the file's `user_version` says how many it has taken.
const STEPS: [&str; 1] = [V1];

/// Brings the file to today's version.
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), JournalError> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let taken = usize::try_from(version).map_err(|_| JournalError::NewerSchema(version))?;
    let Some(missing) = STEPS.get(taken..) else { return Err(JournalError::NewerSchema(version)) };
    if missing.is_empty() {
        return Ok(());
    }
    let transaction = connection.transaction()?;
    for step in missing {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", i64::try_from(STEPS.len()).unwrap_or(i64::MAX))?;
    transaction.commit()?;
    Ok(())
}

/// Checks what the chain does not vouch for: that tables, indices and triggers are defined as they should be, and that
/// every index says what its table says.
pub(crate) fn check(connection: &Connection) -> Result<(), JournalError> {
    let mut today = Connection::open_in_memory()?;
    migrate(&mut today)?;
    if definitions(connection)? != definitions(&today)? {
        return Err(JournalError::damaged(Sequence::new(0), "its tables are not defined as they should be"));
    }
    let found: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if found == "ok" { Ok(()) } else { Err(JournalError::damaged(Sequence::new(0), found)) }
}

/// How every table, index and trigger is defined.
fn definitions(connection: &Connection) -> Result<Vec<[String; 4]>, JournalError> {
    let mut statement = connection.prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name")?;
    let rows = statement.query_map([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
