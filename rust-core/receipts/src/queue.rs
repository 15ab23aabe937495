//! Documents that wait for the printer. A file of its own, so that what was sold before the battery died is printed
//! after it.

use crate::{Document, ReceiptError};
use rusqlite::{Connection, OptionalExtension, Row, params};
use satchel_values::Timestamp;
use std::path::Path;

/// Documents that may wait at one time.
const WAITING_MOST: usize = 500;

/// Version 1.
///
/// `job`: a document that waits for the printer; removed once it is printed or given up.
/// - `id`: ascending; the order of printing.
/// - `at_ms`: when it was queued, milliseconds since 1970-01-01 UTC.
/// - `title`: what the list shows of it.
/// - `document`: the document as CBOR.
/// - `attempts`: how often it failed.
/// - `failure`: why it failed last; NULL if it never did.
const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS job (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at_ms INTEGER NOT NULL,
        title TEXT NOT NULL,
        document BLOB NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        failure TEXT
    ) STRICT;
";

/// Which print job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct JobId(pub i64);

/// A print job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Which.
    pub id: JobId,
    /// What to print.
    pub document: Document,
}

/// A print job as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Which.
    pub id: JobId,
    /// When it was queued.
    pub at: Timestamp,
    /// What it is.
    pub title: String,
    /// How often it failed.
    pub attempts: u32,
    /// Why it failed last.
    pub failure: Option<String>,
}

/// The print queue.
#[derive(Debug)]
pub struct Queue(Connection);

impl Queue {
    /// Opens the queue's file, or begins one.
    pub fn open(path: &Path) -> Result<Self, ReceiptError> {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self(connection))
    }

    /// Queues a document. When this returns, it survives a loss of power.
    pub fn push(&mut self, title: &str, document: &Document, at: Timestamp) -> Result<JobId, ReceiptError> {
        document.check()?;
        let waiting: i64 = self.0.query_row("SELECT count(*) FROM job", [], |row| row.get(0))?;
        if usize::try_from(waiting).is_ok_and(|waiting| waiting >= WAITING_MOST) {
            return Err(ReceiptError::QueueFull(WAITING_MOST));
        }
        let document = minicbor::to_vec(document).expect("encoding into memory cannot fail");
        self.0.execute(
            "INSERT INTO job (at_ms, title, document) VALUES (?1, ?2, ?3)",
            params![at.ms(), title, document],
        )?;
        Ok(JobId(self.0.last_insert_rowid()))
    }

    /// The oldest job.
    pub fn next(&self) -> Result<Option<Job>, ReceiptError> {
        let oldest = "SELECT id, document FROM job ORDER BY id LIMIT 1";
        let row = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?));
        let Some((id, document)) = self.0.query_row(oldest, [], row).optional()? else { return Ok(None) };
        let document = minicbor::decode(&document).map_err(|_| ReceiptError::Damaged(id))?;
        Ok(Some(Job { id: JobId(id), document }))
    }

    /// Takes a job off the queue: it is on paper, or given up.
    pub fn remove(&mut self, id: JobId) -> Result<(), ReceiptError> {
        self.touched(id, self.0.execute("DELETE FROM job WHERE id = ?1", params![id.0])?)
    }

    /// Keeps a job for another try.
    pub fn failed(&mut self, id: JobId, why: &str) -> Result<(), ReceiptError> {
        let failed = "UPDATE job SET attempts = attempts + 1, failure = ?2 WHERE id = ?1";
        self.touched(id, self.0.execute(failed, params![id.0, why])?)
    }

    /// Every job, oldest first.
    pub fn waiting(&self) -> Result<Vec<Waiting>, ReceiptError> {
        let mut statement = self.0.prepare("SELECT id, at_ms, title, attempts, failure FROM job ORDER BY id")?;
        let jobs = statement.query_map([], |row| {
            Ok(Waiting {
                id: JobId(row.get(0)?),
                at: Timestamp::from_ms(row.get(1)?),
                title: row.get(2)?,
                attempts: row.get(3)?,
                failure: row.get(4)?,
            })
        })?;
        Ok(jobs.collect::<Result<_, _>>()?)
    }

    fn touched(&self, id: JobId, rows: usize) -> Result<(), ReceiptError> {
        if rows == 0 { Err(ReceiptError::NoSuchJob(id.0)) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Block, Direction};

    fn document(text: &str) -> Document {
        let block = Block::Code { data: text.to_owned() };
        Document { direction: Direction::LeftToRight, blocks: vec![block] }
    }

    #[test]
    fn jobs_survive_a_restart_in_their_order() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("print.db");
        let mut queue = Queue::open(&path).expect("a queue");
        let at = Timestamp::from_ms(5);
        let first = queue.push("Receipt 1", &document("1"), at).expect("queued");
        let second = queue.push("Receipt 2", &document("2"), at).expect("queued");
        queue.failed(first, "no paper").expect("it is there");
        drop(queue);

        let mut queue = Queue::open(&path).expect("the same queue");
        assert_eq!(queue.next().expect("readable"), Some(Job { id: first, document: document("1") }));
        let waiting = queue.waiting().expect("readable");
        assert_eq!(waiting[0].failure.as_deref(), Some("no paper"));
        assert_eq!((waiting[0].attempts, waiting[1].attempts, waiting[1].at), (1, 0, at));
        queue.remove(first).expect("printed");
        assert_eq!(queue.next().expect("readable").map(|job| job.id), Some(second));
        assert!(matches!(queue.remove(first), Err(ReceiptError::NoSuchJob(_))));
        queue.remove(second).expect("given up");
        assert_eq!(queue.next().expect("readable"), None);
    }

    #[test]
    fn a_printer_that_is_away_for_long_does_not_fill_the_device() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut queue = Queue::open(&folder.path().join("print.db")).expect("a queue");
        queue.0.pragma_update(None, "synchronous", "OFF").expect("a pragma");
        for _ in 0..WAITING_MOST {
            queue.push("Receipt", &document("x"), Timestamp::default()).expect("queued");
        }
        let refused = queue.push("Receipt", &document("x"), Timestamp::default());
        assert!(matches!(refused, Err(ReceiptError::QueueFull(WAITING_MOST))));
    }

    #[test]
    fn what_is_no_receipt_is_not_queued() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut queue = Queue::open(&folder.path().join("print.db")).expect("a queue");
        let refused = queue.push("Receipt", &document(&"x".repeat(501)), Timestamp::default());
        assert!(matches!(refused, Err(ReceiptError::TooLong(_))));
    }
}
