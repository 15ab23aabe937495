//! The same on SQLite and on PostgreSQL.

#![allow(clippy::unwrap_used, reason = "a test")]

use satchel_store::testing::each;
use satchel_store::{Chain, Database, DatabaseSpec, Link, StoreError, Value};
use satchel_values::Timestamp;

fn link(who: &str) -> Link {
    Link {
        sequence: 0,
        at: Timestamp::from_ms(1_795_510_800_000),
        who: who.to_owned(),
        action: "card.blocked".to_owned(),
        subject: "card 1".to_owned(),
        before: None,
        after: Some("lost".to_owned()),
        hash: [0; 32],
    }
}

#[test]
fn what_is_written_is_read_and_a_work_that_fails_leaves_nothing() {
    each(|database| {
        let set = |value: &str, fails: bool| {
            database.write(|work| {
                work.run("INSERT INTO settings VALUES ($1, $2, 1)", &["name".into(), value.into()])?;
                if fails { Err(StoreError::Changed) } else { Ok(()) }
            })
        };
        assert!(matches!(set("first", true), Err(StoreError::Changed)));
        set("second", false).unwrap();
        assert!(matches!(set("third", false), Err(StoreError::Duplicate(_))));
        let row = database.read(|work| work.row("SELECT value, revision FROM settings", &[])).unwrap().unwrap();
        assert_eq!((row.text(0).unwrap(), row.int(1).unwrap()), ("second".to_owned(), 1));
        assert!(matches!(row.int(0), Err(StoreError::Damaged(_))));
    });
}

#[test]
fn the_second_to_change_the_same_thing_is_told() {
    each(|database| {
        database.write(|work| work.run("INSERT INTO settings VALUES ('name', 'first', 1)", &[]).map(|_| ())).unwrap();
        let change = |value: &str| {
            database.write(|work| {
                work.change(
                    "UPDATE settings SET value = $1, revision = revision + 1 WHERE name = 'name' AND revision = $2",
                    &[value.into(), 1_i64.into()],
                )
            })
        };
        change("second").unwrap();
        assert!(matches!(change("third"), Err(StoreError::Changed)));
    });
}

#[test]
fn entries_written_at_once_are_one_chain() {
    each(|database| {
        std::thread::scope(|threads| {
            for who in ["ada", "ben", "cy", "dee"] {
                threads.spawn(move || {
                    for _ in 0..25 {
                        database.write(|work| Chain::Audit.append(work, &link(who))).unwrap();
                    }
                });
            }
        });
        assert_eq!(database.read(|work| Chain::Audit.verify(work)).unwrap(), Ok(100));
        assert_eq!(database.read(|work| Chain::Cards.verify(work)).unwrap(), Ok(0));
        let newest = database.read(|work| Chain::Audit.newest(work, i64::MAX, 3)).unwrap();
        assert_eq!(newest.iter().map(|link| link.sequence).collect::<Vec<_>>(), [100, 99, 98]);
        assert_eq!(database.read(|work| Chain::Audit.about(work, "card 1", 1_000)).unwrap().len(), 100);
    });
}

#[test]
fn entries_cannot_be_changed_or_removed_and_a_hand_in_the_file_is_found() {
    each(|database| {
        for _ in 0..5 {
            database.write(|work| Chain::Cards.append(work, &link("ada"))).unwrap();
        }
        for statement in ["UPDATE card_records SET who = 'eve'", "DELETE FROM card_records"] {
            let refused = database.write(|work| work.run(statement, &[]));
            assert!(matches!(&refused, Err(StoreError::Refused(why)) if why.contains("never")), "{refused:?}");
        }
        forge(database, "UPDATE card_records SET became = 'nothing' WHERE sequence = 3");
        let fault = database.read(|work| Chain::Cards.verify(work)).unwrap().unwrap_err();
        assert_eq!(fault.sequence, 3);
        forge(database, "UPDATE card_records SET became = 'lost' WHERE sequence = 3");
        assert_eq!(database.read(|work| Chain::Cards.verify(work)).unwrap(), Ok(5));
        forge(database, "DELETE FROM card_records WHERE sequence = 5");
        assert_eq!(database.read(|work| Chain::Cards.verify(work)).unwrap().unwrap_err().sequence, 5);
    });
}

/// As somebody would who has the database itself in hand.
fn forge(database: &Database, statement: &str) {
    let off = |work: &mut satchel_store::Work<'_>| -> Result<Vec<&'static str>, StoreError> {
        if format!("{database:?}").contains("SQLite") {
            work.run("DROP TRIGGER card_records_stay", &[])?;
            work.run("DROP TRIGGER card_records_are_kept", &[])?;
            Ok(vec![
                "CREATE TRIGGER card_records_stay BEFORE UPDATE ON card_records BEGIN SELECT RAISE(ABORT, 'never'); END",
                "CREATE TRIGGER card_records_are_kept BEFORE DELETE ON card_records BEGIN SELECT RAISE(ABORT, 'never'); END",
            ])
        } else {
            work.run("ALTER TABLE card_records DISABLE TRIGGER ALL", &[])?;
            Ok(vec!["ALTER TABLE card_records ENABLE TRIGGER ALL"])
        }
    };
    database
        .write(|work| {
            let on = off(work)?;
            work.run(statement, &[])?;
            on.into_iter().try_for_each(|statement| work.run(statement, &[]).map(|_| ()))
        })
        .unwrap();
}

#[test]
fn it_opens_again_and_again_and_holds_what_it_held() {
    let folder = tempfile::tempdir().unwrap();
    let spec = DatabaseSpec::Sqlite(folder.path().join("office.db"));
    let open = || Database::open(&spec).unwrap();
    open().write(|work| work.run("INSERT INTO settings VALUES ('a', 'b', 1)", &[]).map(|_| ())).unwrap();
    let row = open().read(|work| work.row("SELECT value FROM settings", &[])).unwrap().unwrap();
    assert_eq!(row.text(0).unwrap(), "b");
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let spec = "postgres://nobody@127.0.0.1:1/none".parse().unwrap();
    assert!(matches!(Database::open(&spec), Err(StoreError::Unreachable(_))));
    assert_eq!(format!("{spec:?}"), "Postgres(…)");
}

#[test]
fn values_are_what_they_were_made_of() {
    assert_eq!(Value::from(None::<i64>), Value::Null);
    assert_eq!(Value::from(true), Value::Int(1));
    assert_eq!(Value::from([1_u8, 2]), Value::Bytes(vec![1, 2]));
}

/// Writes two rows, and loses its connection between them, as often as it is told.
fn write_and_lose(database: &Database, admin: &mut postgres::Client, losses: u32) -> Result<(), StoreError> {
    let mut left = losses;
    database.write(|work| {
        work.run("INSERT INTO settings VALUES ('first', 'a', 1)", &[])?;
        if left > 0 {
            left -= 1;
            let mine = work.row("SELECT CAST(pg_backend_pid() AS BIGINT)", &[])?.unwrap().int(0)?;
            admin.execute("SELECT pg_terminate_backend($1)", &[&i32::try_from(mine).unwrap()]).unwrap();
        }
        work.run("INSERT INTO settings VALUES ('second', 'b', 1)", &[]).map(|_| ())
    })
}

#[test]
fn a_database_that_goes_away_in_the_middle_leaves_nothing_half_done() {
    let Ok(server) = std::env::var("SATCHEL_POSTGRES") else {
        eprintln!("SATCHEL_POSTGRES is not set: there is no server to lose");
        return;
    };
    each(|database| {
        if format!("{database:?}").contains("SQLite") {
            return;
        }
        let mut admin = postgres::Client::connect(&format!("{server}/postgres"), postgres::NoTls).unwrap();
        let lost = write_and_lose(database, &mut admin, 1);
        assert!(matches!(lost, Err(StoreError::Unreachable(_))), "{lost:?}");
        let rows = || database.read(|work| work.rows("SELECT name FROM settings", &[])).unwrap().len();
        assert_eq!(rows(), 0, "nothing of it is there, and the database is used again");
        write_and_lose(database, &mut admin, 0).unwrap();
        assert_eq!(rows(), 2);
    });
}

#[test]
fn whoever_reads_does_not_wait_for_whoever_writes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("office.db");
    let database = Database::open(&DatabaseSpec::Sqlite(path.clone())).unwrap();
    // Another process holds the file for longer than anybody waits.
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE; INSERT INTO settings VALUES ('theirs', 'x', 1);").unwrap();
    let refused = std::thread::scope(|threads| {
        let waits = threads.spawn(|| database.read(|work| work.rows("SELECT name FROM settings", &[])));
        waits.join().unwrap()
    });
    assert_eq!(refused.unwrap().len(), 0, "whoever reads does not wait");
    other.execute_batch("ROLLBACK").unwrap();
    database.write(|work| work.run("INSERT INTO settings VALUES ('ours', 'y', 1)", &[]).map(|_| ())).unwrap();
    assert_eq!(database.read(|work| work.rows("SELECT name FROM settings", &[])).unwrap().len(), 1);
}
