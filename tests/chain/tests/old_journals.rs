//! Journals that earlier versions wrote still open, verify, and say what they said. `tests/journals/README.md` tells
//! how one is made.

use satchel_chain::office::{Post, opening_time};
use satchel_chain::scene::{EVERY_TERMINAL_ROLE, FLOAT, euros};
use satchel_chain::store::sign_on;
use satchel_chain::{Errand, Field, Scene, Store};
use satchel_journal::{Journal, JournalError, JournalKey, Stage};
use satchel_terminal::{Order, Outcome, Redeem, Terminal};
use satchel_transport::Cut;
use satchel_values::{Money, Points, StoreId, TerminalId};
use std::path::{Path, PathBuf};

/// The terminal that wrote them, and what it signed with. For nothing else.
const TERMINAL: TerminalId = TerminalId::new(3);
const KEY: [u8; 32] = *b"a test key for old journals only";

/// A version's journal, and what it must still say.
struct Old {
    version: u32,
    entries: u32,
    checkpoints: u64,
    said: Said,
}

/// What a journal adds up to.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    last_z: u32,
    open_shift: Option<u32>,
    sales: u32,
    gross: Money,
    spent: Money,
    top_ups: u32,
    loaded: Money,
    bonuses: Money,
    undone_sales: u32,
    points_earned: Points,
    points_redeemed: Points,
    cash: Money,
    unsettled: Vec<Stage>,
}

fn every_version() -> Vec<Old> {
    vec![Old {
        version: 1,
        entries: 36,
        checkpoints: 1,
        said: Said {
            last_z: 1,
            open_shift: Some(2),
            sales: 5,
            gross: Money::new(48_61),
            spent: Money::new(43_49),
            top_ups: 1,
            loaded: Money::new(40_00),
            bonuses: Money::new(2_00),
            undone_sales: 1,
            points_earned: Points::new(43),
            points_redeemed: Points::new(512),
            cash: Money::new(40_00),
            unsettled: vec![Stage::Parked],
        },
    }]
}

#[test]
fn every_version_s_journal_opens_and_says_what_it_said() {
    let kept = std::fs::read_dir(folder()).expect("the journals are kept");
    let kept = kept.filter(|entry| entry.as_ref().is_ok_and(|entry| entry.path().is_dir())).count();
    assert_eq!(kept, every_version().len(), "each has its line here");
    for old in every_version() {
        let place = tempfile::tempdir().expect("a folder");
        let path = place.path().join("journal.db");
        std::fs::copy(folder().join(format!("v{}", old.version)).join("journal.db"), &path).expect("a journal");
        let mut journal = open(&path, KEY).unwrap_or_else(|error| panic!("version {}: {error}", old.version));
        assert_eq!(journal.head().sequence.get(), old.entries, "version {}", old.version);
        assert_eq!(said(&journal), old.said, "version {}", old.version);
        let verified =
            journal.verify(&mut |_, _| {}).unwrap_or_else(|error| panic!("version {}: {error}", old.version));
        assert_eq!(verified.checkpoints, old.checkpoints, "version {}", old.version);

        let at = journal.last_entry_at().expect("it has entries");
        journal.checkpoint(at).expect("and it goes on");
        journal.verify(&mut |_, _| {}).expect("as one chain");
        drop(journal);
        let stranger = open(&path, [7; 32]);
        assert!(matches!(stranger, Err(JournalError::OtherKey)), "version {}: {stranger:?}", old.version);
    }
}

/// Makes the journal of today's version anew. The figures for [`every_version`] are printed.
#[test]
#[ignore = "writes a file of the repository; run it by name when the journal's schema has a new version"]
fn make_today_s_journal() {
    let place = tempfile::tempdir().expect("a folder");
    let path = live_a_little(place.path());
    let mut journal = open(&path, KEY).expect("the journal opens");
    journal.tidy().expect("everything is in one file");
    let checkpoints = journal.verify(&mut |_, _| {}).expect("the chain is whole").checkpoints;
    println!("{} entries, {checkpoints} checkpoints, {:#?}", journal.head().sequence, said(&journal));
    drop(journal);
    let to = folder().join(format!("v{}", schema_version(&path)));
    std::fs::create_dir_all(&to).expect("a folder");
    std::fs::copy(&path, to.join("journal.db")).expect("the journal is kept");
}

/// The version of a journal's schema, which names the folder it is kept in.
fn schema_version(path: &Path) -> i64 {
    let file = rusqlite::Connection::open(path).expect("a journal is an SQLite file");
    file.pragma_query_value(None, "user_version", |row| row.get(0)).expect("it has a version")
}

/// A shift with a sale, a redemption, a top-up with a bonus, an undo and a torn sale that is settled; then a second one
/// that is open, with a sale that is torn and parked.
fn live_a_little(folder: &Path) -> PathBuf {
    let mut scene = Scene::for_errand(Errand::Sale);
    let post = Post { store: StoreId::new(3), roles: EVERY_TERMINAL_ROLE.to_vec(), listed: Vec::new() };
    let enrolment = scene.office.enrol(TERMINAL, &post, opening_time(), &mut *scene.rng);
    let mut store = Store::new(folder, enrolment, 3);
    let journal = open(&store.journal_path(), KEY).expect("a new journal");
    let mut terminal = store.start_with(journal, Box::new(scene.clock.clone())).expect("the terminal starts");
    sign_on(&mut terminal, &mut scene.office.operators[0]).expect("the operator signs on");

    terminal.open_shift(FLOAT).expect("a shift opens");
    sell(&mut terminal, &mut scene, &Order::plain(Money::new(12_34)), None);
    sell(&mut terminal, &mut scene, &Order { redeem: Redeem::Most, ..Order::plain(Money::new(20_00)) }, None);
    done(&terminal.top_up(&mut Field::new(&mut scene.card), euros(40), None));
    sell(&mut terminal, &mut scene, &Order::plain(Money::new(3_00)), None);
    done(&terminal.undo_sale(&mut Field::new(&mut scene.card), None));
    sell(&mut terminal, &mut scene, &Order::plain(Money::new(5_50)), Some(COMMIT_UNANSWERED));
    terminal.settle(&mut Field::new(&mut scene.card)).expect("the card tells");
    let expected = terminal.x_report().expect("a shift is open").expected;
    terminal.close_shift(expected).expect("the shift closes");

    terminal.open_shift(FLOAT).expect("a shift opens");
    sell(&mut terminal, &mut scene, &Order::plain(Money::new(7_77)), None);
    sell(&mut terminal, &mut scene, &Order::plain(Money::new(1_11)), Some(COMMIT_UNANSWERED));
    let torn = terminal.books().unsettled().first().expect("the torn sale").sequence;
    terminal.park(torn).expect("parked");
    store.journal_path()
}

/// The commit of a sale with points is its ninth exchange, counted from 0 by the reader's two questions.
const COMMIT_UNANSWERED: Cut = Cut::AfterCard(8);

fn sell(terminal: &mut Terminal, scene: &mut Scene, order: &Order, cut: Option<Cut>) {
    scene.clock.advance_ms(60_000);
    let outcome = terminal.sell(&mut Field::torn(&mut scene.card, cut), order, None).expect("it is not refused");
    match cut {
        None => assert!(matches!(outcome, Outcome::Done(_)), "{outcome:?}"),
        Some(_) => assert!(matches!(outcome, Outcome::Indeterminate { .. }), "{outcome:?}"),
    }
}

fn done<E: std::fmt::Debug>(outcome: &Result<Outcome, E>) {
    assert!(matches!(outcome, Ok(Outcome::Done(_))), "{outcome:?}");
}

fn said(journal: &Journal) -> Said {
    let (books, totals) = (journal.books(), journal.books().perpetual());
    Said {
        last_z: books.last_z(),
        open_shift: books.shift().map(|shift| shift.number),
        sales: totals.sales,
        gross: totals.gross,
        spent: totals.spent,
        top_ups: totals.top_ups,
        loaded: totals.loaded,
        bonuses: totals.bonuses,
        undone_sales: totals.undone_sales,
        points_earned: totals.points_earned,
        points_redeemed: totals.points_redeemed,
        cash: totals.cash,
        unsettled: books.unsettled().iter().map(|open| open.stage).collect(),
    }
}

fn open(path: &Path, key: [u8; 32]) -> Result<Journal, JournalError> {
    Journal::open(path, TERMINAL, JournalKey::take(&mut { key }))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../journals")
}
