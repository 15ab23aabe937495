use crate::StoreError;
use refinery::{Migration, Runner};

/// Every version of the schema, oldest first. One that was released is never changed again: a change is a new file.
const VERSIONS: [(&str, &str); 1] = [("V1__head_office", include_str!("../migrations/V1__head_office.sql"))];

/// What the two databases call things.
struct Words {
    int: &'static str,
    bytes: &'static str,
    /// After the last column of a table.
    table_end: &'static str,
    /// Lines that begin with this are of the other database.
    not_for_it: &'static str,
    /// Lines that begin with this are its own.
    own: &'static str,
}

const SQLITE: Words =
    Words { int: "INTEGER", bytes: "BLOB", table_end: "STRICT", not_for_it: "@postgres ", own: "@sqlite " };
const POSTGRES: Words =
    Words { int: "BIGINT", bytes: "BYTEA", table_end: "", not_for_it: "@sqlite ", own: "@postgres " };

pub fn bring_up_to_date_sqlite(connection: &mut rusqlite::Connection) -> Result<(), StoreError> {
    runner(&SQLITE)?.run(connection).map(|_| ()).map_err(|error| StoreError::Schema(error.to_string()))
}

pub fn bring_up_to_date_postgres(client: &mut postgres::Client) -> Result<(), StoreError> {
    runner(&POSTGRES)?.run(client).map(|_| ()).map_err(|error| StoreError::Schema(error.to_string()))
}

fn runner(words: &Words) -> Result<Runner, StoreError> {
    let migrations = VERSIONS
        .iter()
        .map(|(name, sql)| Migration::unapplied(name, &words.of(sql)))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| StoreError::Schema(error.to_string()))?;
    Ok(Runner::new(&migrations).set_abort_divergent(true).set_abort_missing(true))
}

impl Words {
    fn of(&self, sql: &str) -> String {
        let lines = sql.lines().filter(|line| !line.starts_with(self.not_for_it));
        let lines = lines.map(|line| line.strip_prefix(self.own).unwrap_or(line));
        let text = lines.collect::<Vec<_>>().join("\n");
        text.replace("INT8", self.int).replace("BYTES", self.bytes).replace("TABLE_END", self.table_end)
    }
}
