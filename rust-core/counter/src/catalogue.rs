use crate::import::{self, ImportError};
use crate::search::Search;
use rusqlite::{Connection, OptionalExtension, Row, params};
use satchel_values::Money;
use std::io::Read;
use std::path::Path;

/// Version 1.
///
/// `item`: something that is sold.
/// - `row`: the order in which they were imported.
/// - `code`: the item's own code, unique; what journals keep.
/// - `name`, `category`: as shown.
/// - `price_minor`: what one unit costs, minor units of the currency.
/// - `unit`: 0 by the piece, 1 by measure (quantities in thousandths).
///
/// `barcode`: every barcode leads to one item.
const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS item (
        row INTEGER PRIMARY KEY,
        code TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        category TEXT NOT NULL,
        price_minor INTEGER NOT NULL CHECK (price_minor >= 0),
        unit INTEGER NOT NULL CHECK (unit IN (0, 1))
    ) STRICT;
    CREATE INDEX IF NOT EXISTS item_category ON item (category, row);
    CREATE TABLE IF NOT EXISTS barcode (
        barcode TEXT PRIMARY KEY,
        item INTEGER NOT NULL REFERENCES item (row)
    ) STRICT, WITHOUT ROWID;
";

const ITEM: &str = "SELECT code, name, category, price_minor, unit FROM item";

/// Something that is sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its own code; what journals keep.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// Where it is listed; empty for nowhere in particular.
    pub category: String,
    /// What one unit costs.
    pub price: Money,
    /// How it is counted.
    pub unit: Unit,
}

/// How an item is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// By the piece.
    Piece,
    /// By weight, length or volume, in thousandths.
    Measure,
}

/// A category and how many items it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// What it is called.
    pub name: String,
    /// How many items it has.
    pub items: u32,
}

/// Why the catalogue could not be opened, read or replaced. What was there before still is.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The new catalogue has a mistake.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The file.
    #[error("the catalogue: {0}")]
    Storage(#[from] rusqlite::Error),
}

/// The items that a terminal sells.
#[derive(Debug)]
pub struct Catalogue {
    connection: Connection,
    search: Search,
}

impl Catalogue {
    /// Opens the catalogue's file, or begins an empty one.
    pub fn open(path: &Path) -> Result<Self, CatalogueError> {
        let connection = Connection::open(path)?;
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0))?;
        connection.execute_batch(SCHEMA)?;
        let search = names(&connection)?;
        Ok(Self { connection, search })
    }

    /// Replaces the catalogue by a table of comma-separated values; all of it or, if there is a mistake, nothing.
    /// Its first line names the columns: [`COLUMNS`](crate::COLUMNS). `progress` is told how many of how many bytes
    /// are read.
    pub fn import(
        &mut self,
        table: &mut dyn Read,
        bytes: u64,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<u32, CatalogueError> {
        let transaction = self.connection.transaction()?;
        transaction.execute_batch("DELETE FROM barcode; DELETE FROM item")?;
        let items =
            import::read(table, bytes, progress, &mut |row, item, barcodes| insert(&transaction, row, item, barcodes))?;
        transaction.commit()?;
        self.search = names(&self.connection)?;
        log::info!("a catalogue of {items} items is in force");
        Ok(items)
    }

    /// The item with this code.
    pub fn item(&self, code: &str) -> Result<Option<Item>, CatalogueError> {
        self.one("WHERE code = ?1", code)
    }

    /// The item with this barcode, or with this code: what a scanner reads.
    pub fn scanned(&self, read: &str) -> Result<Option<Item>, CatalogueError> {
        let read = read.trim();
        match self.one("WHERE row = (SELECT item FROM barcode WHERE barcode = ?1)", read)? {
            Some(item) => Ok(Some(item)),
            None => self.item(read),
        }
    }

    /// Items whose name or code has every word, in any script, marks and capitals aside; all, if there is no word.
    pub fn search(&self, words: &str, most: usize) -> Result<Vec<Item>, CatalogueError> {
        let mut statement = self.connection.prepare_cached(&format!("{ITEM} WHERE row = ?1"))?;
        let rows = self.search.find(words, most);
        Ok(rows.iter().map(|row| statement.query_row([row], item)).collect::<Result<_, _>>()?)
    }

    /// Items of a category, from the one at `skip` on.
    pub fn in_category(&self, category: &str, skip: u32, most: u32) -> Result<Vec<Item>, CatalogueError> {
        let of_category = format!("{ITEM} WHERE category = ?1 ORDER BY row LIMIT ?2 OFFSET ?3");
        let mut statement = self.connection.prepare_cached(&of_category)?;
        let items = statement.query_map(params![category, most, skip], item)?;
        Ok(items.collect::<Result<_, _>>()?)
    }

    /// The categories, in the order in which they first appear.
    pub fn categories(&self) -> Result<Vec<Category>, CatalogueError> {
        let counted = "SELECT category, count(*) FROM item GROUP BY category ORDER BY min(row)";
        let mut statement = self.connection.prepare_cached(counted)?;
        let categories = statement.query_map([], |row| Ok(Category { name: row.get(0)?, items: row.get(1)? }))?;
        Ok(categories.collect::<Result<_, _>>()?)
    }

    /// How many items there are.
    pub fn len(&self) -> Result<u32, CatalogueError> {
        Ok(self.connection.query_row("SELECT count(*) FROM item", [], |row| row.get(0))?)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> Result<bool, CatalogueError> {
        Ok(self.len()? == 0)
    }

    /// Bytes that searching keeps in memory.
    pub fn memory_bytes(&self) -> usize {
        self.search.bytes()
    }

    fn one(&self, condition: &str, value: &str) -> Result<Option<Item>, CatalogueError> {
        let mut statement = self.connection.prepare_cached(&format!("{ITEM} {condition}"))?;
        Ok(statement.query_row([value], item).optional()?)
    }
}

fn item(row: &Row<'_>) -> Result<Item, rusqlite::Error> {
    let unit: u8 = row.get(4)?;
    Ok(Item {
        code: row.get(0)?,
        name: row.get(1)?,
        category: row.get(2)?,
        price: Money::new(row.get(3)?),
        unit: if unit == 0 { Unit::Piece } else { Unit::Measure },
    })
}

fn names(connection: &Connection) -> Result<Search, rusqlite::Error> {
    let mut search = Search::default();
    let mut statement = connection.prepare("SELECT row, name, code FROM item ORDER BY row")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        search.add(row.get(0)?, row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_str()?);
    }
    Ok(search)
}

fn insert(connection: &Connection, row: u32, item: &Item, barcodes: &[&str]) -> Result<(), ImportError> {
    let known = |error: rusqlite::Error, what: &str| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::ConstraintViolation) => ImportError::Twice { what: what.to_owned() },
        _ => ImportError::Storage(error),
    };
    let unit = u8::from(item.unit == Unit::Measure);
    connection
        .prepare_cached("INSERT INTO item VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
        .and_then(|mut insert| {
            insert.execute(params![row, item.code, item.name, item.category, item.price.get(), unit])
        })
        .map_err(|error| known(error, &item.code))?;
    for barcode in barcodes {
        connection
            .prepare_cached("INSERT INTO barcode VALUES (?1, ?2)")
            .and_then(|mut insert| insert.execute(params![barcode, row]))
            .map_err(|error| known(error, barcode))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
        code,name,category,price_minor,unit,barcodes\n\
        T1,Green tea,Drinks,320,piece,4006381333931 4006381333948\n\
        T2,\"Käse, jung\",Fresh,1590,measure,\n\
        T3,Black tea,Drinks,280,piece,\n";

    fn catalogue(folder: &tempfile::TempDir) -> Catalogue {
        Catalogue::open(&folder.path().join("catalogue.db")).expect("a catalogue")
    }

    fn import(catalogue: &mut Catalogue, table: &str) -> Result<u32, CatalogueError> {
        let bytes = u64::try_from(table.len()).expect("a small table");
        catalogue.import(&mut table.as_bytes(), bytes, &mut |_, _| {})
    }

    fn codes(items: &[Item]) -> Vec<&str> {
        items.iter().map(|item| item.code.as_str()).collect()
    }

    #[test]
    fn items_are_found_by_scan_name_and_category_and_survive_a_restart() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(import(&mut catalogue(&folder), TABLE).expect("a good table"), 3);
        let catalogue = catalogue(&folder);
        let scanned = catalogue.scanned(" 4006381333948 ").expect("readable").expect("it is known");
        assert_eq!((scanned.code.as_str(), scanned.price, scanned.unit), ("T1", Money::new(3_20), Unit::Piece));
        assert_eq!(catalogue.scanned("T2").expect("readable").map(|item| item.unit), Some(Unit::Measure));
        assert_eq!(catalogue.scanned("nothing").expect("readable"), None);
        assert_eq!(codes(&catalogue.search("tea", 9).expect("readable")), ["T1", "T3"]);
        assert_eq!(codes(&catalogue.search("kase", 9).expect("readable")), ["T2"]);
        assert_eq!(codes(&catalogue.in_category("Drinks", 1, 9).expect("readable")), ["T3"]);
        let categories = catalogue.categories().expect("readable");
        assert_eq!(categories[0], Category { name: "Drinks".to_owned(), items: 2 });
    }

    #[test]
    fn a_table_with_a_mistake_changes_nothing_and_names_its_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut catalogue = catalogue(&folder);
        import(&mut catalogue, TABLE).expect("a good table");
        let header = "code,name,category,price_minor,unit,barcodes\n";
        for (rows, wanted) in [
            ("A,Tea,,x,piece,\n", "line 2"),
            ("A,Tea,,1,piece,\nB,Tea,,-1,piece,\n", "line 3"),
            ("A,Tea,,1,dozen,\n", "dozen"),
            (",Tea,,1,piece,\n", "code"),
            ("A,,,1,piece,\n", "name"),
            ("A,Tea,,1,piece,\nA,Tea,,1,piece,\n", "A"),
            ("A,Tea,,1,piece,77\nB,Tea,,1,piece,77\n", "77"),
            ("A,Tea\n", "line 2"),
        ] {
            let refused = import(&mut catalogue, &format!("{header}{rows}")).expect_err(rows).to_string();
            assert!(refused.contains(wanted), "{refused}");
            assert_eq!(catalogue.len().expect("readable"), 3);
            assert_eq!(codes(&catalogue.search("tea", 9).expect("readable")), ["T1", "T3"]);
        }
        let refused = import(&mut catalogue, "code,price\n").expect_err("columns are missing").to_string();
        assert!(refused.contains("name"), "{refused}");
    }
}
