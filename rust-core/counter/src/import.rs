//! A catalogue from a table of comma-separated values.

use crate::{Item, Unit};
use satchel_values::Money;
use std::io::Read;

/// The columns of the table, in any order. `unit` is `piece` or `measure`; barcodes are separated by blanks; category
/// and barcodes may be empty.
pub const COLUMNS: [&str; 6] = ["code", "name", "category", "price_minor", "unit", "barcodes"];

/// Items in one catalogue at most.
const ITEMS_MOST: u32 = 1_000_000;
/// Characters in one field at most.
const FIELD_MOST: usize = 200;
/// Rows between two reports of progress.
const REPORT_EVERY: u32 = 1_000;

/// What is wrong with a table.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A column is missing.
    #[error(
        "the catalogue has no column '{0}': its first line must name the columns code, name, category, price_minor, unit and barcodes"
    )]
    Column(&'static str),
    /// A row has a mistake.
    #[error("line {line} of the catalogue: {why}")]
    Row {
        /// Which, counted from 1.
        line: u64,
        /// What is wrong with it.
        why: String,
    },
    /// A code or barcode that stands there already.
    #[error("'{what}' stands in the catalogue twice")]
    Twice {
        /// Which.
        what: String,
    },
    /// Too many items.
    #[error("a catalogue has at most {ITEMS_MOST} items")]
    TooMany,
    /// The database.
    #[error("the catalogue: {0}")]
    Storage(rusqlite::Error),
}

/// Takes an item with its number and barcodes.
type Take<'t> = dyn FnMut(u32, &Item, &[&str]) -> Result<(), ImportError> + 't;

/// Reads the rows. Returns how many there were.
pub(crate) fn read(
    table: &mut dyn Read,
    bytes: u64,
    progress: &mut dyn FnMut(u64, u64),
    take: &mut Take<'_>,
) -> Result<u32, ImportError> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(table);
    let columns = Columns::of(reader.headers().map_err(|error| unreadable(&error))?)?;
    let mut row = csv::StringRecord::new();
    let mut items = 0;
    while reader.read_record(&mut row).map_err(|error| unreadable(&error))? {
        if items == ITEMS_MOST {
            return Err(ImportError::TooMany);
        }
        items += 1;
        let line = row.position().map_or(0, csv::Position::line);
        let at_line = |why: String| ImportError::Row { line, why };
        let item = columns.item(&row).map_err(at_line)?;
        let barcodes: Vec<&str> = columns.barcodes(&row).split_whitespace().collect();
        take(items, &item, &barcodes).map_err(|error| match error {
            ImportError::Twice { what } => at_line(format!("'{what}' stands in the catalogue twice")),
            other => other,
        })?;
        if items.is_multiple_of(REPORT_EVERY) {
            progress(row.position().map_or(0, csv::Position::byte), bytes);
        }
    }
    progress(bytes, bytes);
    Ok(items)
}

/// Where each column stands.
struct Columns([usize; COLUMNS.len()]);

impl Columns {
    fn of(header: &csv::StringRecord) -> Result<Self, ImportError> {
        let mut places = [0; COLUMNS.len()];
        for (place, column) in places.iter_mut().zip(COLUMNS) {
            let found = header.iter().position(|name| name.trim_start_matches('\u{FEFF}').eq_ignore_ascii_case(column));
            *place = found.ok_or(ImportError::Column(column))?;
        }
        Ok(Self(places))
    }

    fn item(&self, row: &csv::StringRecord) -> Result<Item, String> {
        let [code, name, category, price, unit, _] = self.0.map(|place| row.get(place).unwrap_or_default());
        for (field, column) in [code, name, category].iter().zip(COLUMNS) {
            if field.chars().count() > FIELD_MOST || field.chars().any(char::is_control) {
                return Err(format!("{column} is one line of at most {FIELD_MOST} characters"));
            }
        }
        if code.is_empty() {
            return Err("the code is missing".to_owned());
        }
        if name.is_empty() {
            return Err("the name is missing".to_owned());
        }
        let price: i64 = price
            .parse()
            .map_err(|_| format!("'{price}' is no price: a whole number of minor units is needed, such as 1250"))?;
        if price < 0 {
            return Err("the price is negative".to_owned());
        }
        let unit = match unit {
            "piece" => Unit::Piece,
            "measure" => Unit::Measure,
            other => return Err(format!("'{other}' is no unit: use piece or measure")),
        };
        Ok(Item {
            code: code.to_owned(),
            name: name.to_owned(),
            category: category.to_owned(),
            price: Money::new(price),
            unit,
        })
    }

    fn barcodes<'r>(&self, row: &'r csv::StringRecord) -> &'r str {
        row.get(self.0[5]).unwrap_or_default()
    }
}

fn unreadable(error: &csv::Error) -> ImportError {
    let line = error.position().map_or(0, csv::Position::line);
    ImportError::Row { line, why: error.to_string() }
}
