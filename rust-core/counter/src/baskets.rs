use minicbor::{Decode, Encode};
use rusqlite::{Connection, OptionalExtension, Row, params};
use satchel_journal::{BASKET_LINES, Line};
use satchel_values::{Arithmetic, Money, OperatorId, Timestamp};
use std::path::Path;

/// Baskets that may wait at one time.
const HELD_MOST: usize = 50;
/// Characters in a title at most.
const TITLE_MOST: usize = 60;

/// Version 1.
///
/// `basket`: a basket that waits for its customer; removed when it is recalled.
/// - `id`: ascending.
/// - `at_ms`: when it was put aside, milliseconds since 1970-01-01 UTC.
/// - `operator`: who did.
/// - `title`: what the list shows of it.
/// - `draft`: the basket as CBOR.
const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS basket (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at_ms INTEGER NOT NULL,
        operator INTEGER NOT NULL,
        title TEXT NOT NULL,
        draft BLOB NOT NULL
    ) STRICT;
";

/// A basket that is not paid.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct BasketDraft {
    /// What is in it.
    #[n(0)]
    pub lines: Vec<Line>,
    /// What the operator takes off.
    #[n(1)]
    pub discount: Money,
}

impl BasketDraft {
    /// The sum of the lines.
    pub fn gross(&self) -> Result<Money, Arithmetic> {
        self.lines.iter().try_fold(Money::ZERO, |sum, line| sum.plus(line.amount))
    }
}

/// Which held basket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct BasketId(pub i64);

/// A basket that waits, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldBasket {
    /// Which.
    pub id: BasketId,
    /// Since when.
    pub at: Timestamp,
    /// Who put it aside.
    pub operator: OperatorId,
    /// What it is called.
    pub title: String,
    /// What is in it.
    pub draft: BasketDraft,
}

/// Why a basket was not put aside or recalled.
#[derive(Debug, thiserror::Error)]
pub enum BasketsError {
    /// Nothing in it.
    #[error("the basket is empty: there is nothing to put aside")]
    Empty,
    /// Too much in it.
    #[error("a basket has at most {BASKET_LINES} lines: split it in two")]
    TooManyLines,
    /// The title is too long, or not one line.
    #[error("a basket's name is one line of at most {TITLE_MOST} characters")]
    Title,
    /// Too many wait.
    #[error("{HELD_MOST} baskets wait already: recall or clear some")]
    TooMany,
    /// Somebody else has recalled it.
    #[error("this basket does not wait any more")]
    Gone,
    /// It cannot be read.
    #[error("this basket cannot be read: ring it up again")]
    Damaged,
    /// The file.
    #[error("the held baskets: {0}")]
    Storage(#[from] rusqlite::Error),
}

/// Baskets that wait for their customers, in a file of their own.
#[derive(Debug)]
pub struct Baskets(Connection);

impl Baskets {
    /// Opens the file, or begins one.
    pub fn open(path: &Path) -> Result<Self, BasketsError> {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self(connection))
    }

    /// Puts a basket aside. When this returns, it survives a loss of power.
    pub fn hold(
        &mut self,
        title: &str,
        draft: &BasketDraft,
        operator: OperatorId,
        at: Timestamp,
    ) -> Result<BasketId, BasketsError> {
        if draft.lines.is_empty() {
            return Err(BasketsError::Empty);
        }
        if draft.lines.len() > BASKET_LINES {
            return Err(BasketsError::TooManyLines);
        }
        if title.chars().count() > TITLE_MOST || title.chars().any(char::is_control) {
            return Err(BasketsError::Title);
        }
        let waiting: i64 = self.0.query_row("SELECT count(*) FROM basket", [], |row| row.get(0))?;
        if usize::try_from(waiting).is_ok_and(|waiting| waiting >= HELD_MOST) {
            return Err(BasketsError::TooMany);
        }
        let draft = minicbor::to_vec(draft).expect("encoding into memory cannot fail");
        let insert = "INSERT INTO basket (at_ms, operator, title, draft) VALUES (?1, ?2, ?3, ?4)";
        self.0.execute(insert, params![at.ms(), operator.get(), title, draft])?;
        Ok(BasketId(self.0.last_insert_rowid()))
    }

    /// The baskets that wait, the oldest first.
    pub fn held(&self) -> Result<Vec<HeldBasket>, BasketsError> {
        let mut statement = self.0.prepare("SELECT id, at_ms, operator, title, draft FROM basket ORDER BY id")?;
        let mut rows = statement.query([])?;
        let mut held = Vec::new();
        while let Some(row) = rows.next()? {
            held.push(basket(row)?);
        }
        Ok(held)
    }

    /// Takes a basket back; it does not wait any more.
    pub fn recall(&mut self, id: BasketId) -> Result<HeldBasket, BasketsError> {
        let transaction = self.0.transaction()?;
        let wanted = "SELECT id, at_ms, operator, title, draft FROM basket WHERE id = ?1";
        let found = transaction.query_row(wanted, [id.0], |row| Ok(basket(row))).optional()?;
        let found = found.ok_or(BasketsError::Gone)??;
        transaction.execute("DELETE FROM basket WHERE id = ?1", [id.0])?;
        transaction.commit()?;
        Ok(found)
    }
}

fn basket(row: &Row<'_>) -> Result<HeldBasket, BasketsError> {
    let draft: Vec<u8> = row.get(4)?;
    Ok(HeldBasket {
        id: BasketId(row.get(0)?),
        at: Timestamp::from_ms(row.get(1)?),
        operator: OperatorId::new(row.get(2)?),
        title: row.get(3)?,
        draft: minicbor::decode(&draft).map_err(|_| BasketsError::Damaged)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHO: OperatorId = OperatorId::new(7);

    fn draft(lines: usize) -> BasketDraft {
        let line =
            Line { item: "T1".to_owned(), quantity_milli: 2_000, amount: Money::new(6_40), text: "Tea".to_owned() };
        BasketDraft { lines: vec![line; lines], discount: Money::new(40) }
    }

    fn baskets(folder: &tempfile::TempDir) -> Baskets {
        Baskets::open(&folder.path().join("baskets.db")).expect("a file")
    }

    #[test]
    fn a_basket_waits_through_a_restart_and_is_recalled_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = Timestamp::from_ms(5);
        let id = baskets(&folder).hold("Blue jacket", &draft(2), WHO, at).expect("put aside");
        let mut baskets = baskets(&folder);
        let wanted = HeldBasket { id, at, operator: WHO, title: "Blue jacket".to_owned(), draft: draft(2) };
        assert_eq!(baskets.held().expect("readable"), std::slice::from_ref(&wanted));
        assert_eq!(baskets.recall(id).expect("it waits"), wanted);
        assert!(matches!(baskets.recall(id), Err(BasketsError::Gone)));
        assert_eq!(wanted.draft.gross(), Ok(Money::new(12_80)));
    }

    #[test]
    fn what_cannot_wait_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut baskets = baskets(&folder);
        let at = Timestamp::default();
        assert!(matches!(baskets.hold("", &draft(0), WHO, at), Err(BasketsError::Empty)));
        assert!(matches!(baskets.hold("", &draft(201), WHO, at), Err(BasketsError::TooManyLines)));
        assert!(matches!(baskets.hold(&"x".repeat(61), &draft(1), WHO, at), Err(BasketsError::Title)));
        baskets.0.pragma_update(None, "synchronous", "OFF").expect("a pragma");
        for _ in 0..HELD_MOST {
            baskets.hold("", &draft(1), WHO, at).expect("put aside");
        }
        assert!(matches!(baskets.hold("", &draft(1), WHO, at), Err(BasketsError::TooMany)));
    }
}
