//! Head office with a million cards: what a page and a search take on each database, and what a card costs that is made.

use super::report::{Figure, Goal, Line, Table, grouped};
use super::rounds::Rounds;
use super::{Measured, Sizes};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use satchel_key_house::{Backend, Cost, Desk, Entrusted, Gathering, KeyStore, TmacMasters, Verifier};
use satchel_keys::{EnterpriseId, KeyVersion};
use satchel_office::{Actor, BatchDraft, CardsQuery, Charter, Duty, Issuer, Made, Office, PlannedCard, folded_words};
use satchel_store::{Database, DatabaseSpec};
use satchel_training::field::{Field, blank_card};
use satchel_transport::{Rate, Tally, Timing};
use satchel_values::{CardNumber, Clock, Currency, Date, Money, Points, Timestamp};
use std::fmt::Write;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Steps for a progress bar.
pub const COUNT: u64 = 3;

/// What a card's page may take, and a search.
const PAGE_MOST: Duration = Duration::from_millis(50);
const SEARCH_MOST: Duration = Duration::from_millis(100);
/// Rows of one statement while the database is filled.
const AT_ONCE: u64 = 500;
/// Cards whose making is counted.
const MADE: u32 = 20;
const NOW: Timestamp = Timestamp::from_ms(1_795_510_800_000);

const FIRST: [&str; 12] =
    ["Ada", "Ben", "Chidi", "Dolores", "Emre", "Fatima", "Grete", "Hui", "Ines", "Jo", "Kofi", "Leïla"];
const LAST: [&str; 10] =
    ["Brown", "Okafor", "García", "Müller", "Yılmaz", "Hassan", "Nowak", "Silva", "Tanaka", "Wang"];

struct StandingClock;

impl Clock for StandingClock {
    fn now(&self) -> Timestamp {
        NOW
    }
}

/// Measures it; `done` is told after each step.
pub fn measure(sizes: &Sizes, folder: &Path, done: &mut dyn FnMut()) -> Measured<Table> {
    let mut lines = vec![making(folder)?];
    done();
    let sqlite = DatabaseSpec::Sqlite(folder.join("office.db"));
    lines.extend(searches("SQLite", &sqlite, sizes)?);
    done();
    let mut remarks = vec![
        "the reference is one row by its primary key, on the same database".to_owned(),
        "making: every exchange of a blank card, modelled on air and card; the office's own time is its processor's"
            .to_owned(),
    ];
    match std::env::var("SATCHEL_POSTGRES") {
        Ok(server) => lines.extend(on_postgres(&server, sizes)?),
        Err(_) => remarks.push("SATCHEL_POSTGRES is not set: PostgreSQL was not asked".to_owned()),
    }
    done();
    let title = format!("Head office with {} cards", grouped(sizes.office_cards));
    Ok(Table { key: "office", title, remarks, lines })
}

fn on_postgres(server: &str, sizes: &Sizes) -> Measured<Vec<Line>> {
    let name = format!("satchel_bench_{}", std::process::id());
    let mut admin = postgres::Client::connect(&format!("{server}/postgres"), postgres::NoTls)?;
    admin.batch_execute(&format!("CREATE DATABASE {name}"))?;
    let lines = searches("PostgreSQL", &DatabaseSpec::Postgres(format!("{server}/{name}")), sizes);
    admin.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)"))?;
    lines
}

fn office(spec: &DatabaseSpec) -> Measured<Office> {
    let office = Office::new(Database::open(spec)?, Arc::new(StandingClock));
    office.found(&Charter {
        chain: "Bench".to_owned(),
        enterprise: EnterpriseId::new(*b"BENCH001"),
        currency: Currency::new("EUR", 2)?,
        card_prefix: 27,
        purse_max: Money::new(500_00),
    })?;
    Ok(office)
}

fn actor(duty: Duty) -> Actor {
    Actor { login: duty.name().to_owned(), duty }
}

fn number(index: u64) -> CardNumber {
    CardNumber::from_payload(27_000_000_000 + index).expect("eleven digits make a number")
}

fn name(index: u64) -> String {
    let pick = |words: &[&'static str], index: u64| words[usize::try_from(index).unwrap_or_default() % words.len()];
    format!("{} {} {}", pick(&FIRST, index), pick(&LAST, index / 12), index / 120)
}

/// A member and a card each, over three years.
fn fill(office: &Office, cards: u64) -> Measured<()> {
    for first in (0..cards).step_by(usize::try_from(AT_ONCE)?) {
        let (mut members, mut words, mut rows, mut records) =
            (String::new(), String::new(), String::new(), String::new());
        for index in first..(first + AT_ONCE).min(cards) {
            let comma = if index == first { "" } else { "," };
            let name = name(index);
            let day = index * 1_095 / cards;
            let issued = NOW.ms() - 94_608_000_000 + i64::try_from(day)? * 86_400_000 + i64::try_from(index % 1_000)?;
            write!(members, "{comma}({index}, '{name}', '', NULL, NULL, NULL, 0, 1)")?;
            for (place, word) in folded_words(&name).iter().enumerate() {
                write!(words, "{}('{word}', {index})", if place == 0 { comma } else { "," })?;
            }
            let number = number(index).get();
            let uid = blob(office, &format!("04{index:012X}"));
            write!(
                rows,
                "{comma}({number}, {uid}, {index}, 'active', 0, 1000, 0, 21000, 1, 1, {issued}, NULL, NULL, NULL, 1)"
            )?;
            let hash = blob(office, &"00".repeat(32));
            write!(
                records,
                "{comma}({}, {issued}, 'issuer', 'card.issued', 'card {number}', NULL, NULL, {hash})",
                index + 1
            )?;
        }
        office.database().write(|work| {
            work.run(&format!("INSERT INTO members VALUES {members}"), &[])?;
            work.run(&format!("INSERT INTO member_words VALUES {words}"), &[])?;
            work.run(&format!("INSERT INTO cards VALUES {rows}"), &[])?;
            work.run(&format!("INSERT INTO card_records VALUES {records}"), &[])
        })?;
    }
    office.database().write(|work| work.run("ANALYZE", &[]))?;
    Ok(())
}

/// Bytes, as each database writes them.
fn blob(office: &Office, hex: &str) -> String {
    let database = format!("{:?}", office.database());
    if database.contains("SQLite") { format!("x'{hex}'") } else { format!("'\\x{hex}'") }
}

fn searches(which: &'static str, spec: &DatabaseSpec, sizes: &Sizes) -> Measured<Vec<Line>> {
    let office = office(spec)?;
    fill(&office, sizes.office_cards)?;
    let clerk = actor(Duty::MemberService);
    let middle = sizes.office_cards / 2;
    let day = Date::from_days(NOW.date().unwrap_or_default().days() - 500);
    let page = |round: u64| -> Measured<()> {
        let card = office.card(&clerk, number((round * 7_919) % sizes.office_cards))?;
        black_box((office.time_line(&clerk, card.number)?, office.charter()?));
        Ok(())
    };
    let find = |query: CardsQuery| -> Measured<()> {
        let found = office.find_cards(&clerk, &query)?;
        if black_box(found).is_empty() { Err("nothing was found".into()) } else { Ok(()) }
    };
    let whole = number(middle).to_string();
    let part = format!("leil nowa {}", name(middle).rsplit(' ').next().unwrap_or_default());
    let part = if office.find_cards(&clerk, &CardsQuery::Name(part.clone()))?.is_empty() { name(middle) } else { part };
    Ok(vec![
        line(which, &office, "a card's page", "page", PAGE_MOST, sizes, &mut |round| page(round))?,
        line(which, &office, "a search by number", "number", SEARCH_MOST, sizes, &mut |_| {
            find(CardsQuery::Number(whole.clone()))
        })?,
        line(which, &office, "a search by parts of a name", "name", SEARCH_MOST, sizes, &mut |_| {
            find(CardsQuery::Name(part.clone()))
        })?,
        line(which, &office, "a search by a name of thousands", "common", SEARCH_MOST, sizes, &mut |_| {
            find(CardsQuery::Name("gar".to_owned()))
        })?,
        line(which, &office, "a search by day", "day", SEARCH_MOST, sizes, &mut |_| {
            find(CardsQuery::Issued(day, day))
        })?,
    ])
}

fn line(
    which: &str,
    office: &Office,
    what: &str,
    key: &str,
    most: Duration,
    sizes: &Sizes,
    ours: &mut dyn FnMut(u64) -> Measured<()>,
) -> Measured<Line> {
    let mut slowest = Duration::ZERO;
    let mut count = 0;
    let times = Rounds::run(
        sizes.rounds * 5,
        || {
            count += 1;
            let begun = Instant::now();
            ours(count)?;
            let took = begun.elapsed();
            // The first finds nothing prepared.
            slowest = if count > 1 { slowest.max(took) } else { slowest };
            Ok(took)
        },
        || {
            let begun = Instant::now();
            let sql = "SELECT state FROM cards WHERE number = $1";
            let row = office
                .database()
                .read(|work| work.row(sql, &[i64::try_from(number(7).get()).unwrap_or_default().into()]))?;
            black_box(row);
            Ok(begun.elapsed())
        },
    )?;
    let limit = format!("the slowest of all, {:.1} ms, ≤ {} ms", slowest.as_secs_f64() * 1e3, most.as_millis());
    Ok(Line {
        key: format!("{}_{key}", which.to_lowercase()),
        what: format!("{which}: {what}"),
        figures: vec![
            Figure::measured("ours us", times.ours_ns() / 1e3, 1),
            Figure::measured("one row us", times.reference_ns() / 1e3, 1),
            Figure::measured("times as long", times.times_as_long(), 1),
        ],
        goals: vec![Goal::aim(limit, slowest <= most)],
    })
}

/// What a member card costs from blank to finished.
fn making(folder: &Path) -> Measured<Line> {
    let office = office(&DatabaseSpec::Sqlite(folder.join("making.db")))?;
    let (desk, mut verifier, mut rng) = key_house(folder)?;
    let issuer = actor(Duty::Issuer);
    let planned = PlannedCard {
        member: None,
        amount: Money::new(10_00),
        points: Points::ZERO,
        tier: 0,
        expiry: Date::from_days(0),
    };
    let cards = vec![planned; usize::try_from(MADE)?];
    let batch = office.order(&issuer, &BatchDraft { name: "bench".to_owned(), cards })?;
    let desk = Issuer::new(&office, &issuer, &desk)?;
    let (mut tally, mut took) = (Tally::default(), Duration::ZERO);
    for chip in 0..MADE {
        let mut chip = blank_card(chip);
        let mut reader = Timing::new(Field::new(&mut chip));
        let begun = Instant::now();
        let made = desk.make(batch, &mut reader, &mut verifier, &mut rng, &mut |_| {})?;
        took += begun.elapsed();
        if !matches!(made, Made::New(_)) {
            return Err(format!("{made:?}").into());
        }
        tally = reader.tally();
    }
    let seconds = |rate| f64::from(u32::try_from(tally.total_us(rate)).unwrap_or(u32::MAX)) / 1e6;
    Ok(Line {
        key: "making".to_owned(),
        what: "a card made, with simulated card and SQLite".to_owned(),
        figures: vec![
            Figure::count("exchanges", tally.exchanges),
            Figure::count("bytes", tally.budget_bytes()),
            Figure::measured("s at 106", seconds(Rate::Kbit106), 2),
            Figure::measured("s at 848", seconds(Rate::Kbit848), 2),
            Figure::measured("office ms", took.as_secs_f64() * 1e3 / f64::from(MADE), 2),
        ],
        goals: vec![Goal::budget("≤ 75 exchanges", tally.exchanges <= 75)],
    })
}

fn key_house(folder: &Path) -> Measured<(Desk, Verifier, ChaCha20Rng)> {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let officer = |login: &str| Entrusted { login: login.to_owned(), password: login.repeat(5).into() };
    let officers = || [officer("ada"), officer("ben")];
    let enterprise = EnterpriseId::new(*b"BENCH001");
    let mut store =
        KeyStore::found(&folder.join("keys"), enterprise, &Backend::File, &officers(), Cost::TEST, &mut rng)?;
    let mut masters = TmacMasters::found(&folder.join("tmac"), &officers(), Cost::TEST, &mut rng)?;
    let mut gathering = Gathering::new();
    for name in ["ada", "ben"] {
        gathering.contribute(name, name.repeat(10).into_bytes().into())?;
    }
    let first = KeyVersion::new(1).ok_or("no version")?;
    let key = gathering.make(first, 2, &mut rng)?.key;
    let (ada, ben) = (officer("ada"), officer("ben"));
    let opened = store.sign_on_two(&ada, &ben)?.install(&key, &mut rng)?;
    masters.hand_in((&ada, &ben), opened.tmac, &mut rng)?;
    Ok((store.sign_on(&ada)?, masters.sign_on(&ben)?, rng))
}
