use crate::batches::subject;
use crate::office::charter;
use crate::{Actor, Office, OfficeError, Permission};
use satchel_print::{CardFace, Fonts};
use satchel_store::Row;

impl Office {
    /// What a card printer needs, as a table (CSV): number, name and the text of the code, a line a card.
    ///
    /// # Errors
    /// Not allowed, or the database fails.
    pub fn print_table(&self, actor: &Actor, batch: i64) -> Result<String, OfficeError> {
        let mut table = csv::Writer::from_writer(Vec::new());
        let broken = |error: csv::Error| OfficeError::State(error.to_string());
        table.write_record(["number", "name", "qr"]).map_err(broken)?;
        for face in self.faces(actor, batch)? {
            table.write_record([face.number, crate::cell(&face.name), face.code]).map_err(broken)?;
        }
        let bytes = table.into_inner().map_err(|error| OfficeError::State(error.to_string()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The faces of a batch's cards, as a card printer takes them (PDF): a page of a card's size each.
    ///
    /// # Errors
    /// Not allowed, the database fails, or this machine has no font for the letters of a name.
    pub fn print_pages(&self, actor: &Actor, batch: i64) -> Result<Vec<u8>, OfficeError> {
        let faces = self.faces(actor, batch)?;
        let fonts = Fonts::of_system();
        let printed = fonts.and_then(|mut fonts| satchel_print::card_faces(&faces, &mut fonts));
        printed.map_err(|error| OfficeError::State(error.to_string()))
    }

    fn faces(&self, actor: &Actor, batch: i64) -> Result<Vec<CardFace>, OfficeError> {
        self.allow(actor, Permission::Issue, &subject(batch))?;
        self.database.read(|work| {
            let chain = charter(work)?.chain;
            let rows = work.rows(
                "SELECT number, name FROM cards LEFT JOIN members ON members.id = member \
                 WHERE batch = $1 AND state <> 'spoiled' ORDER BY number",
                &[batch.into()],
            )?;
            rows.iter().map(|row| face(&chain, row)).collect()
        })
    }
}

fn face(chain: &str, row: &Row) -> Result<CardFace, OfficeError> {
    let digits = format!("{:012}", row.int(0)?);
    let number = digits.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ");
    let name = row.maybe_text(1)?.unwrap_or_default();
    Ok(CardFace { chain: chain.to_owned(), number, name, code: format!("SATCHEL:{digits}") })
}
