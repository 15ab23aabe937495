use crate::office::Entry;
use crate::setup::{DraftKind, insert, subject};
use crate::{Actor, Office, OfficeError, Permission};
use calamine::{Data, Reader, Xlsx};
use satchel_counter::{Catalogue, CatalogueError};
use satchel_store::Chain;
use std::io::Cursor;
use std::path::Path;

/// Bytes of a table at most.
const TABLE_MOST: usize = 16 * 1024 * 1024;
/// What a workbook begins with: it is a ZIP archive.
const WORKBOOK: [u8; 4] = *b"PK\x03\x04";
/// Rows and columns of a sheet at most.
const ROWS_MOST: usize = 200_000;
const COLUMNS_MOST: usize = 50;

impl Office {
    /// Drafts a catalogue with its prices from a table: comma-separated values, or the first sheet of an XLSX workbook. Its
    /// first line names the columns: code, name, category, price_minor, unit, barcodes. Gives the draft and how many items it has.
    ///
    /// # Errors
    /// Not allowed; or the table has a mistake, which is named with its line.
    pub fn draft_catalogue(&self, actor: &Actor, file: &[u8]) -> Result<(i64, u32), OfficeError> {
        self.allow(actor, Permission::SetUp, "draft")?;
        let table = table_of(file)?;
        let items = counted(&table)?;
        let body = serde_json::json!({ "count": items, "table": table }).to_string();
        self.database.write(|work| {
            let id = insert(work, (DraftKind::Catalogue, &body), &actor.login, self.now())?;
            let entry =
                Entry::new(&actor.login, "draft.written", subject(id)).after(format!("catalogue of {items} items"));
            entry.write(work, Chain::Audit, self.now())?;
            Ok((id, items))
        })
    }

    /// The catalogue in force, as a terminal takes it in.
    pub(crate) fn catalogue(&self) -> Result<Option<Vec<u8>>, OfficeError> {
        let body = self.published(DraftKind::Catalogue)?;
        Ok(body.and_then(|body| body["table"].as_str().map(|table| table.as_bytes().to_vec())))
    }
}

/// The table as comma-separated values.
fn table_of(file: &[u8]) -> Result<String, OfficeError> {
    if file.len() > TABLE_MOST {
        return Err(OfficeError::invalid("catalogue", "the table is larger than 16 MB"));
    }
    if file.starts_with(&WORKBOOK) {
        return of_workbook(file);
    }
    let bytes = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file);
    let text = std::str::from_utf8(bytes);
    Ok(text
        .map_err(|_| OfficeError::invalid("catalogue", "this is not UTF-8: save the table as \"CSV UTF-8\""))?
        .to_owned())
}

fn of_workbook(file: &[u8]) -> Result<String, OfficeError> {
    let broken =
        |why: &dyn std::fmt::Display| OfficeError::invalid("catalogue", format!("the workbook cannot be read: {why}"));
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(file)).map_err(|error| broken(&error))?;
    let first = workbook.worksheet_range_at(0).ok_or_else(|| broken(&"it has no sheet"))?;
    let sheet = first.map_err(|error| broken(&error))?;
    if sheet.height() > ROWS_MOST || sheet.width() > COLUMNS_MOST {
        return Err(broken(&format!("it has more than {ROWS_MOST} rows or {COLUMNS_MOST} columns")));
    }
    let mut table = csv::Writer::from_writer(Vec::new());
    for row in sheet.rows() {
        table.write_record(row.iter().map(cell)).map_err(|error| broken(&error))?;
    }
    let bytes = table.into_inner().map_err(|error| broken(&error))?;
    String::from_utf8(bytes).map_err(|error| broken(&error))
}

/// A cell as one would type it. Spreadsheets keep every number as a fraction; barcodes and prices are whole ones.
fn cell(cell: &Data) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "whole numbers below 2^53 are exact")]
    match cell {
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => (*number as i64).to_string(),
        Data::Empty => String::new(),
        other => other.to_string(),
    }
}

/// How many items the table has, if a till can take it in.
fn counted(table: &str) -> Result<u32, OfficeError> {
    let bytes = u64::try_from(table.len()).unwrap_or(u64::MAX);
    let mut tried = Catalogue::open(Path::new(":memory:")).map_err(|error| OfficeError::State(error.to_string()))?;
    tried.import(&mut table.as_bytes(), bytes, &mut |_, _| {}).map_err(|error| match error {
        CatalogueError::Import(mistake) => OfficeError::invalid("catalogue", mistake.to_string()),
        other => OfficeError::State(other.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADINGS: &str = "code,name,category,price_minor,unit,barcodes";

    #[test]
    fn a_table_is_counted_and_a_mistake_is_named_with_its_line() {
        let good =
            format!("\u{feff}{HEADINGS}\nTEA,Green tea,Drinks,320,piece,4006381333931\nRICE,Rice,,299,measure,\n");
        assert_eq!(counted(&table_of(good.as_bytes()).expect("text")).expect("right"), 2);
        let wrong = format!("{HEADINGS}\nTEA,Green tea,Drinks,320,piece,\nRICE,Rice,,dear,measure,\n");
        let refused = counted(&wrong).expect_err("a price is no number").to_string();
        assert!(refused.contains("line 3"), "{refused}");
        assert!(counted("name\nTea\n").is_err() && table_of(b"code\n\xFF").is_err());
        assert!(table_of(b"PK\x03\x04 and nothing else").is_err());
    }

    #[test]
    fn whole_numbers_of_a_spreadsheet_are_written_whole() {
        assert_eq!(cell(&Data::Float(4_006_381_333_931.0)), "4006381333931");
        assert_eq!(cell(&Data::Float(1.5)), "1.5");
        assert_eq!(cell(&Data::String("TEA".to_owned())), "TEA");
        assert_eq!(cell(&Data::Empty), "");
    }
}
