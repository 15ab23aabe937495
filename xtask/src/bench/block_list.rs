//! The block list: what it weighs, and how long a look-up takes, beside the standard library's set.

use super::memory;
use super::report::{Figure, Goal, Line, Table, grouped};
use super::rounds::Rounds;
use super::{Measured, Sizes};
use rand_core::{Rng, SeedableRng};
use satchel_chain::office::opening_time;
use satchel_packages::{BlockList, Kind, OfficeKey, OfficePublicKey, Shelf, Signed};
use satchel_values::Uid;
use std::collections::HashSet;
use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

/// Steps for a progress bar.
pub const COUNT: u64 = 4;

/// Bytes that a list of a million cards may take.
const BYTES_MOST: u64 = 8_000_000;
/// What a look-up may take, in nanoseconds.
const LOOKUP_MOST_NS: f64 = 1_000.0;
const PUBLIC_KEY: usize = 32;

/// Measures the list; `done` is told after each step.
pub fn measure(sizes: &Sizes, folder: &Path, done: &mut dyn FnMut()) -> Measured<Table> {
    let cards = Cards::make(sizes);
    let list = BlockList::from_uids(cards.listed.iter().copied());
    let package = folder.join("block-list");
    let key = OfficeKey::generate(&mut rand_chacha::ChaCha8Rng::seed_from_u64(5));
    let signed = Signed::make(&key, Kind::BlockList, 1, opening_time(), &list).to_bytes();
    std::fs::write(&package, [key.public().0.as_slice(), &signed].concat())?;
    done();
    let lookup = lookup(&cards, &list, sizes)?;
    done();
    let install = install(&signed, &key.public(), sizes)?;
    done();
    let weight = memory::added("--weigh", &package, Some(BYTES_MOST))?;
    done();
    Ok(Table {
        key: "block_list",
        title: format!("A block list of {} cards", grouped(sizes.blocked)),
        remarks: vec![
            "memory is that of a process of its own, before and after it put the package to use; program code not counted".to_owned(),
        ],
        lines: vec![held(&list), answers(&cards, &list), lookup, install, weight],
    })
}

/// Cards on the list, and cards that are not.
struct Cards {
    listed: Vec<Uid>,
    /// Cards to ask for, half of them listed, in no order.
    asked: Vec<Uid>,
    /// Which of `asked` are listed.
    set: HashSet<Uid>,
}

impl Cards {
    fn make(sizes: &Sizes) -> Self {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(6);
        let mut set = HashSet::new();
        let mut listed = Vec::new();
        while u64::try_from(listed.len()).unwrap_or(u64::MAX) < sizes.blocked {
            let uid = random_uid(&mut rng);
            if set.insert(uid) {
                listed.push(uid);
            }
        }
        let strangers = (0..).map(|_| random_uid(&mut rng));
        let mut pick = rand_chacha::ChaCha8Rng::seed_from_u64(7);
        let mut asked = Vec::new();
        for (number, stranger) in (0..sizes.lookups).zip(strangers) {
            let place = usize::try_from(pick.next_u64() % sizes.blocked).unwrap_or_default();
            asked.push(if number.is_multiple_of(2) { listed[place] } else { stranger });
        }
        Self { listed, asked, set }
    }
}

fn random_uid(rng: &mut impl Rng) -> Uid {
    let mut bytes = [0x04; 7];
    rng.fill_bytes(&mut bytes[1..]);
    Uid::new(bytes)
}

fn held(list: &BlockList) -> Line {
    let bytes = u64::try_from(list.memory_bytes() + size_of::<BlockList>()).unwrap_or(u64::MAX);
    Line {
        key: "list".to_owned(),
        what: "the list itself".to_owned(),
        figures: vec![
            Figure::count("cards", u64::try_from(list.len()).unwrap_or(u64::MAX)),
            Figure::count("bytes", bytes),
        ],
        goals: vec![Goal::budget(format!("≤ {} MB", BYTES_MOST / 1_000_000), bytes <= BYTES_MOST)],
    }
}

/// Asks for every listed card, and for as many others.
fn answers(cards: &Cards, list: &BlockList) -> Line {
    let missed = cards.listed.iter().filter(|uid| !list.contains(uid)).count();
    let wrong = cards.asked.iter().filter(|uid| list.contains(uid) != cards.set.contains(uid)).count();
    let asked = cards.listed.len() + cards.asked.len();
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    Line {
        key: "answers".to_owned(),
        what: "answers".to_owned(),
        figures: vec![Figure::count("asked", count(asked)), Figure::count("false", count(missed + wrong))],
        goals: vec![Goal::budget("none false", missed + wrong == 0)],
    }
}

fn lookup(cards: &Cards, list: &BlockList, sizes: &Sizes) -> Measured<Line> {
    let timed = |contains: &dyn Fn(&Uid) -> bool| {
        let started = Instant::now();
        let found = cards.asked.iter().filter(|uid| contains(uid)).count();
        black_box(found);
        Ok(started.elapsed())
    };
    let rounds =
        Rounds::run(sizes.rounds, || timed(&|uid| list.contains(uid)), || timed(&|uid| cards.set.contains(uid)))?;
    let each = |ns: f64| ns / f64::from(u32::try_from(sizes.lookups).unwrap_or(u32::MAX));
    let ours_ns = each(rounds.ours_ns());
    Ok(Line {
        key: "lookup".to_owned(),
        what: "a look-up, beside HashSet's".to_owned(),
        figures: vec![
            Figure::measured("ours_ns", ours_ns, 0),
            Figure::measured("hash_set_ns", each(rounds.reference_ns()), 0),
            Figure::measured("times_as_long", rounds.times_as_long(), 2),
        ],
        goals: vec![Goal::aim(format!("≤ {LOOKUP_MOST_NS} ns"), ours_ns <= LOOKUP_MOST_NS)],
    })
}

/// From a carrier's bytes to a list in force, beside hashing those bytes once, as any signature must.
fn install(signed: &[u8], office: &OfficePublicKey, sizes: &Sizes) -> Measured<Line> {
    let ours = || {
        let started = Instant::now();
        let mut shelf = Shelf::new(office.clone());
        shelf.install(&Signed::from_bytes(signed)?, None)?;
        black_box(shelf.block_list());
        Ok(started.elapsed())
    };
    let hash = || {
        use sha2::Digest;
        let started = Instant::now();
        black_box(sha2::Sha512::digest(signed));
        Ok(started.elapsed())
    };
    let rounds = Rounds::run(sizes.rounds.min(5), ours, hash)?;
    Ok(Line {
        key: "install".to_owned(),
        what: "its signed package put to use, beside SHA-512".to_owned(),
        figures: vec![
            Figure::count("package_bytes", u64::try_from(signed.len()).unwrap_or(u64::MAX)),
            Figure::measured("ours_ms", rounds.ours_ns() / 1e6, 1),
            Figure::measured("sha512_ms", rounds.reference_ns() / 1e6, 1),
        ],
        goals: Vec::new(),
    })
}

/// Puts the package to use, and prints what that weighs.
pub fn weigh(package: &Path) -> Measured<ExitCode> {
    memory::weigh(|| put_to_use(package))
}

fn put_to_use(package: &Path) -> Measured<Shelf> {
    let bytes = std::fs::read(package)?;
    let (key, signed) = bytes.split_first_chunk::<PUBLIC_KEY>().ok_or("no package")?;
    let mut shelf = Shelf::new(OfficePublicKey(*key));
    shelf.install(&Signed::from_bytes(signed)?, None)?;
    Ok(shelf)
}
