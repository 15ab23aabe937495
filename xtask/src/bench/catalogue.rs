//! A chain's catalogue at the till: taking it in, from a scan to a line, from words to a list; each beside bare `SQLite`.

use super::memory;
use super::report::{Figure, Goal, Line, Table, grouped};
use super::rounds::Rounds;
use super::{Measured, Sizes};
use rand_core::{Rng, SeedableRng};
use rusqlite::{Connection, params};
use satchel_counter::Catalogue;
use std::fmt::Write;
use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Steps for a progress bar.
pub const COUNT: u64 = 4;

/// What a scan or a search may take in the core.
const MOST: Duration = Duration::from_millis(100);
/// Items on the list that a search shows.
const LISTED: usize = 50;
/// Scans in a round, and searches.
const SCANS: usize = 1_000;
const SEARCHES: usize = 100;

const KINDS: [&str; 16] = [
    "bread",
    "milk",
    "tea",
    "coffee",
    "rice",
    "soap",
    "shampoo",
    "socks",
    "shirt",
    "pencil",
    "notebook",
    "lamp",
    "battery",
    "chocolate",
    "juice",
    "honey",
];
const SORTS: [&str; 12] =
    ["whole", "dark", "green", "organic", "large", "small", "family", "fresh", "classic", "light", "double", "mild"];
const MAKERS: [&str; 10] = ["Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel", "Ivy", "Juniper"];

/// Measures it; `done` is told after each step.
pub fn measure(sizes: &Sizes, folder: &Path, done: &mut dyn FnMut()) -> Measured<Table> {
    let goods = Goods::make(sizes.items);
    let kept = folder.join("catalogue.db");
    let import = import(&goods, sizes, folder)?;
    done();
    let mut catalogue = Catalogue::open(&kept)?;
    take_in(&mut catalogue, &goods)?;
    let bare = Bare::filled(&folder.join("bare.db"), &goods)?;
    let scan = scan(&catalogue, &bare, &goods, sizes)?;
    done();
    let search = search(&catalogue, &bare, sizes)?;
    done();
    let held = held(&catalogue)?;
    drop(catalogue);
    let weight = memory::added("--weigh-catalogue", &kept, None)?;
    done();
    Ok(Table {
        key: "catalogue",
        title: format!("A catalogue of {} items", grouped(u64::from(sizes.items))),
        remarks: vec!["a search shows the first 50; the reference looks for its words anywhere in a name".to_owned()],
        lines: vec![import, scan, search, held, weight],
    })
}

/// Opens a catalogue, and prints what that weighs.
pub fn weigh(catalogue: &Path) -> Measured<ExitCode> {
    memory::weigh(|| Ok(Catalogue::open(catalogue)?))
}

/// What a chain sells.
struct Goods {
    items: Vec<(String, String, String, i64, String)>,
    /// The same as head office writes it.
    table: String,
}

impl Goods {
    fn make(count: u32) -> Self {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(8);
        let mut pick =
            |words: &[&str]| words[usize::try_from(rng.next_u32()).unwrap_or_default() % words.len()].to_owned();
        let items: Vec<_> = (0..count)
            .map(|number| {
                let kind = pick(&KINDS);
                let name = format!("{} {} {kind} {}", pick(&MAKERS), pick(&SORTS), number % 997);
                (
                    format!("A{number:06}"),
                    name,
                    kind,
                    i64::from(number % 5_000) + 5,
                    format!("{:013}", 4_000_000_000_000_u64 + u64::from(number)),
                )
            })
            .collect();
        let mut table = String::from("code,name,category,price_minor,unit,barcodes\n");
        for (code, name, category, price, barcode) in &items {
            writeln!(table, "{code},{name},{category},{price},piece,{barcode}")
                .expect("a String takes what is written");
        }
        Self { items, table }
    }
}

fn take_in(catalogue: &mut Catalogue, goods: &Goods) -> Measured<()> {
    let bytes = u64::try_from(goods.table.len())?;
    catalogue.import(&mut goods.table.as_bytes(), bytes, &mut |_, _| {})?;
    Ok(())
}

/// The same goods in a table with an index, and nothing else.
struct Bare(Connection);

impl Bare {
    fn filled(file: &Path, goods: &Goods) -> Measured<Self> {
        let mut connection = Connection::open(file)?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL;
             CREATE TABLE item (code TEXT PRIMARY KEY, name TEXT, category TEXT, price INTEGER, barcode TEXT UNIQUE);",
        )?;
        let transaction = connection.transaction()?;
        {
            let mut insert = transaction.prepare("INSERT INTO item VALUES (?1, ?2, ?3, ?4, ?5)")?;
            for (code, name, category, price, barcode) in &goods.items {
                insert.execute(params![code, name, category, price, barcode])?;
            }
        }
        transaction.commit()?;
        Ok(Self(connection))
    }

    fn scanned(&self, barcode: &str) -> Measured<i64> {
        let mut statement = self.0.prepare_cached("SELECT name, price FROM item WHERE barcode = ?1")?;
        Ok(statement.query_row([barcode], |row| row.get(1))?)
    }

    fn search(&self, words: &str) -> Measured<usize> {
        let mut statement =
            self.0.prepare_cached("SELECT name FROM item WHERE name LIKE ?1 AND name LIKE ?2 LIMIT ?3")?;
        let (first, second) = words.split_once(' ').unwrap_or((words, ""));
        let found = statement
            .query_map(params![format!("%{first}%"), format!("%{second}%"), i64::try_from(LISTED)?], |row| {
                row.get::<_, String>(0)
            })?;
        Ok(found.count())
    }
}

fn import(goods: &Goods, sizes: &Sizes, folder: &Path) -> Measured<Line> {
    let number = std::cell::Cell::new(0_u32);
    let fresh = |name: &str| {
        number.set(number.get() + 1);
        folder.join(format!("{name}-{}.db", number.get()))
    };
    let ours = || {
        let mut catalogue = Catalogue::open(&fresh("ours"))?;
        let started = Instant::now();
        take_in(&mut catalogue, goods)?;
        Ok(started.elapsed())
    };
    let bare = || {
        let started = Instant::now();
        Bare::filled(&fresh("inserts"), goods)?;
        Ok(started.elapsed())
    };
    let rounds = Rounds::run(sizes.rounds.min(3), ours, bare)?;
    Ok(beside("import", "taking it in, checked and indexed, beside bare inserts", &rounds, 1, Vec::new()))
}

fn scan(catalogue: &Catalogue, bare: &Bare, goods: &Goods, sizes: &Sizes) -> Measured<Line> {
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(9);
    let scanned: Vec<&str> = (0..SCANS)
        .map(|_| goods.items[usize::try_from(rng.next_u32()).unwrap_or_default() % goods.items.len()].4.as_str())
        .collect();
    let slowest = std::cell::Cell::new(Duration::ZERO);
    let ours = || {
        let started = Instant::now();
        for barcode in &scanned {
            let one = Instant::now();
            black_box(catalogue.scanned(barcode)?.ok_or("a barcode that is not found")?);
            slowest.set(slowest.get().max(one.elapsed()));
        }
        Ok(started.elapsed())
    };
    let reference = || {
        let started = Instant::now();
        for barcode in &scanned {
            black_box(bare.scanned(barcode)?);
        }
        Ok(started.elapsed())
    };
    let rounds = Rounds::run(sizes.rounds, ours, reference)?;
    Ok(beside("scan", "from a scan to its item, beside an indexed SELECT", &rounds, SCANS, vec![within(slowest.get())]))
}

fn search(catalogue: &Catalogue, bare: &Bare, sizes: &Sizes) -> Measured<Line> {
    let asked: Vec<String> = (0..SEARCHES)
        .map(|number| match number % 4 {
            0 => KINDS[number % KINDS.len()][..2].to_owned(),
            1 => format!("{} {}", SORTS[number % SORTS.len()], KINDS[number % KINDS.len()]),
            2 => format!("{} {}", MAKERS[number % MAKERS.len()].to_lowercase(), number),
            _ => "nothing of the kind".to_owned(),
        })
        .collect();
    let slowest = std::cell::Cell::new(Duration::ZERO);
    let ours = || {
        let started = Instant::now();
        for words in &asked {
            let one = Instant::now();
            black_box(catalogue.search(words, LISTED)?);
            slowest.set(slowest.get().max(one.elapsed()));
        }
        Ok(started.elapsed())
    };
    let reference = || {
        let started = Instant::now();
        for words in &asked {
            black_box(bare.search(words)?);
        }
        Ok(started.elapsed())
    };
    let rounds = Rounds::run(sizes.rounds, ours, reference)?;
    Ok(beside("search", "from words to a list, beside LIKE", &rounds, SEARCHES, vec![within(slowest.get())]))
}

/// One of them, of as many as there are in a round.
fn beside(key: &str, what: &str, rounds: &Rounds, in_a_round: usize, goals: Vec<Goal>) -> Line {
    let per = f64::from(u32::try_from(in_a_round).unwrap_or(u32::MAX));
    Line {
        key: key.to_owned(),
        what: what.to_owned(),
        figures: vec![
            Figure::measured("ours_us", rounds.ours_ns() / per / 1e3, 1),
            Figure::measured("reference_us", rounds.reference_ns() / per / 1e3, 1),
            Figure::measured("times_as_long", rounds.times_as_long(), 2),
        ],
        goals,
    }
}

fn within(slowest: Duration) -> Goal {
    let shown = slowest.as_secs_f64() * 1e3;
    Goal::aim(format!("the slowest of all, {shown:.1} ms, ≤ {} ms", MOST.as_millis()), slowest <= MOST)
}

fn held(catalogue: &Catalogue) -> Measured<Line> {
    Ok(Line {
        key: "index".to_owned(),
        what: "the index that a search goes by".to_owned(),
        figures: vec![
            Figure::count("items", u64::from(catalogue.len()?)),
            Figure::count("bytes", u64::try_from(catalogue.memory_bytes())?),
        ],
        goals: Vec::new(),
    })
}
