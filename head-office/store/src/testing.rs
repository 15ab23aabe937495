//! A database of each kind, for tests.

use crate::{Database, DatabaseSpec};
use std::sync::atomic::{AtomicU32, Ordering};

static MADE: AtomicU32 = AtomicU32::new(0);

/// Runs a test on SQLite, and on the PostgreSQL server that `SATCHEL_POSTGRES` names, whose databases may be made and
/// dropped; without it only SQLite is asked, and that is said.
///
/// # Panics
/// A database cannot be made.
pub fn each(test: impl Fn(&Database)) {
    let folder = tempfile::tempdir().expect("a folder");
    test(&Database::open(&DatabaseSpec::Sqlite(folder.path().join("office.db"))).expect("a new file"));
    let Ok(server) = std::env::var("SATCHEL_POSTGRES") else {
        eprintln!("SATCHEL_POSTGRES is not set: only SQLite was asked");
        return;
    };
    let name = format!("satchel_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
    let mut admin = postgres::Client::connect(&format!("{server}/postgres"), postgres::NoTls).expect("a server");
    admin.batch_execute(&format!("CREATE DATABASE {name}")).expect("a new database");
    let spec = DatabaseSpec::Postgres(format!("{server}/{name}"));
    let database = Database::open(&spec).expect("a new database opens");
    test(&database);
    drop(database);
    admin.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).expect("it is ours");
}
