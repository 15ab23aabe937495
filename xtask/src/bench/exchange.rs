//! What terminals send: bytes of a sale, and how long head office takes to check and book it, beside bare inserts of the same rows.

use super::report::{Figure, Goal, Line, Table};
use super::rounds::Rounds;
use super::{Measured, Sizes};
use crate::headquarters::{self, Headquarters};
use rusqlite::types::Value;
use satchel_chain::day::{self, Narrator};
use satchel_chain::scene::plain_sales;
use satchel_exchange::{BUNDLE_ENTRIES, Bundle};
use satchel_key_house::{DeskSource, Told, Verdict};
use satchel_keys::AgreementSecret;
use satchel_office::{Actor, Duty, Office};
use satchel_store::{Database, DatabaseSpec};
use satchel_values::{Clock, Timestamp};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Steps for a progress bar.
pub const COUNT: u64 = 3;

const SEED: u64 = 2026;
/// Bytes of a plain sale at most, everything shared out.
const SALE_MOST: usize = 100;
/// Tables that taking in a day fills.
const TABLES: [&str; 3] = ["entries", "movements", "postings"];

struct Silent;

impl Narrator for Silent {
    fn begins(&mut self, _: &str, _: u32) {}
    fn step(&mut self) {}
}

struct Standing(Timestamp);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// Measures it; `done` is told after each step.
pub fn measure(sizes: &Sizes, folder: &Path, done: &mut dyn FnMut()) -> Measured<Table> {
    let mut lines = [10, 50, 500].into_iter().map(bytes).collect::<Measured<Vec<Line>>>()?;
    done();
    let folder = folder.join("exchange");
    let (mut head, morning) = headquarters::prepare(&folder, SEED, &mut Silent)?;
    let senders = headquarters::senders(&morning);
    {
        let keys = DeskSource::new(&head.desk, &mut head.verifier);
        day::live_on(morning, &keys, SEED, &folder, &mut Silent)?;
    }
    let (sealed, last) = head.sealed(senders, &folder, BUNDLE_ENTRIES)?;
    lines.push(taking_in(&mut head, (&sealed, last), sizes, &folder)?);
    done();
    lines.push(verifying(&head, sizes)?);
    done();
    Ok(Table {
        key: "exchange",
        title: "What terminals send".to_owned(),
        remarks: vec![
            "a sale: a plain amount, its share of signature and seal included; its proof alone takes 40 bytes"
                .to_owned(),
            "taking in: a day of two terminals, a bundle each, opened, followed, every MAC checked, put in order, booked".to_owned(),
            "bare: the same rows of entries, movements and postings, in one transaction of prepared inserts".to_owned(),
        ],
        lines,
    })
}

fn bytes(sales: usize) -> Measured<Line> {
    let (entries, terminal, key) = plain_sales(sales);
    let made = entries.last().map_or(Timestamp::from_ms(0), |entry| entry.at);
    let to = AgreementSecret::take(&mut [9; 32]).public();
    let mut rng = satchel_chain::store::seeded(1);
    let bundle = Bundle::make(terminal, &key, &entries, made)?.seal(&to, &mut *rng)?.to_bytes();
    let a_sale = bundle.len().div_ceil(sales);
    Ok(Line {
        key: format!("sales_{sales}"),
        what: format!("{sales} plain sales in a bundle"),
        figures: vec![
            Figure::count("bytes", u64::try_from(bundle.len())?),
            Figure::count("bytes_a_sale", u64::try_from(a_sale)?),
        ],
        goals: vec![Goal::budget(format!("≤ {SALE_MOST} bytes"), a_sale <= SALE_MOST)],
    })
}

/// Both begin with the same database as it was in the morning.
fn taking_in(
    head: &mut Headquarters,
    (sealed, last): (&[Vec<u8>], Timestamp),
    sizes: &Sizes,
    folder: &Path,
) -> Measured<Line> {
    let whole = folder.join("office.db");
    let mut copies = 0_u32;
    let mut copy = || -> Measured<PathBuf> {
        copies += 1;
        let path = folder.join(format!("copy-{copies}.db"));
        let to = path.to_str().ok_or("a folder's name that is no text")?;
        rusqlite::Connection::open(&whole)?.execute("VACUUM INTO ?1", [to])?;
        Ok(path)
    };
    let mut take = |path: &Path| -> Measured<Duration> {
        let database = Database::open(&DatabaseSpec::Sqlite(path.to_owned()))?;
        let office = Office::new(database, Arc::new(Standing(last)));
        for bundle in sealed {
            office.receive(bundle)?;
        }
        let began = Instant::now();
        office.collect(&headquarters::settlement(), &head.desk, &mut head.verifier)?;
        Ok(began.elapsed())
    };
    let taken = copy()?;
    take(&taken)?;
    let rows = TABLES.map(|table| rows(&taken, table)).into_iter().collect::<Measured<Vec<_>>>()?;
    let count: usize = rows.iter().map(Vec::len).sum();
    let (paths, mut ours, mut theirs) =
        (std::iter::repeat_with(&mut copy).take(2 * (sizes.rounds + 1)).collect::<Measured<Vec<_>>>()?, 0, 0);
    let (odd, even) = paths.split_at(paths.len() / 2);
    let rounds = Rounds::run(
        sizes.rounds,
        || {
            ours += 1;
            take(&odd[ours - 1])
        },
        || {
            theirs += 1;
            bare(&even[theirs - 1], &rows)
        },
    )?;
    let seconds = rounds.ours_ns() / 1e9;
    let movements = f64::from(u32::try_from(rows[1].len())?);
    Ok(Line {
        key: "taking_in".to_owned(),
        what: "taking in a day, on SQLite".to_owned(),
        figures: vec![
            Figure::count("rows", u64::try_from(count)?),
            Figure::measured("movements_per_s", movements / seconds, 0),
            Figure::measured("ours_ms", rounds.ours_ns() / 1e6, 1),
            Figure::measured("bare_ms", rounds.reference_ns() / 1e6, 1),
            Figure::measured("ratio", rounds.times_as_fast(), 2),
        ],
        goals: vec![Goal::aim("≥ 0.5", rounds.times_as_fast() >= 0.5)],
    })
}

fn rows(path: &Path, table: &str) -> Measured<Vec<Vec<Value>>> {
    let connection = rusqlite::Connection::open(path)?;
    let mut statement = connection.prepare(&format!("SELECT * FROM {table}"))?;
    let columns = statement.column_count();
    let read = statement.query_map([], |row| (0..columns).map(|column| row.get(column)).collect())?;
    Ok(read.collect::<Result<_, _>>()?)
}

fn bare(path: &Path, rows: &[Vec<Vec<Value>>]) -> Measured<Duration> {
    let mut connection = rusqlite::Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    let began = Instant::now();
    let transaction = connection.transaction()?;
    for (table, rows) in TABLES.iter().zip(rows) {
        let Some(columns) = rows.first().map(Vec::len) else { continue };
        let places = vec!["?"; columns].join(", ");
        let mut insert = transaction.prepare(&format!("INSERT OR IGNORE INTO {table} VALUES ({places})"))?;
        for row in rows {
            insert.execute(rusqlite::params_from_iter(row))?;
        }
    }
    transaction.commit()?;
    Ok(began.elapsed())
}

/// The first transactions of the day's cards, checked over and over on one core.
fn verifying(head: &Headquarters, sizes: &Sizes) -> Measured<Line> {
    let auditor = Actor { login: "auditor".to_owned(), duty: Duty::Auditor };
    let cards = head.office.find_cards(&auditor, &satchel_office::CardsQuery::Newest)?;
    let mut told = Vec::new();
    for found in cards.iter().filter(|found| found.card.uid.is_some()) {
        let issued = head.office.issue_record(&auditor, found.card.number)?;
        let movement = Told { id: issued.id, intent: issued.intent, enc_tmri: None, proof: issued.proof };
        told.push((issued.tmac_version, movement));
    }
    let began = Instant::now();
    let mut right = 0_u32;
    for _ in 0..sizes.taps {
        for (version, movement) in &told {
            right += u32::from(head.verifier.movement(*version, movement).verdict == Verdict::True);
        }
    }
    let per_second = f64::from(right) / began.elapsed().as_secs_f64();
    Ok(Line {
        key: "verifying".to_owned(),
        what: "checking MACs alone, on one core".to_owned(),
        figures: vec![Figure::measured("movements_per_s", per_second, 0)],
        goals: Vec::new(),
    })
}
