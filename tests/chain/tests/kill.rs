//! A terminal's process killed 200 times at random instants, selling to a card that lives in a file.
//!
//! The child is this same program. It says what it has acknowledged, line by line, and the parent kills it (SIGKILL)
//! somewhere behind a line of its choice.

use rand_core::Rng;
use satchel_card_simulator::Card;
use satchel_cards::issue::MemberIssued;
use satchel_cards::record::Standing;
use satchel_chain::day;
use satchel_chain::field::{Field, blank_config};
use satchel_chain::office::{Hire, Office, Post, opening_time};
use satchel_chain::reading::read_state;
use satchel_chain::scene::{EVERY_TERMINAL_ROLE, FLOAT, Scene, Told, euros};
use satchel_chain::store::{Store, seeded, sign_on};
use satchel_chain::{Audit, HandClock};
use satchel_journal::{OpenOptions, Operation, Record};
use satchel_packages::Level;
use satchel_terminal::{Order, Outcome, Settled, Settlement, Terminal};
use satchel_values::{Money, Sequence, StoreId, TerminalId};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const KILLS: u32 = 200;
/// Where the child finds its files; set only for the child.
const FOLDER: &str = "SATCHEL_KILL_FOLDER";

#[test]
fn two_hundred_kills_lose_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let issued = issue_card(folder.path());
    let mut rng = seeded(0x4B11);
    let mut acknowledged = BTreeSet::new();
    let mut behind_a_line = 0;
    for _ in 0..KILLS {
        let mut child = Killable::spawn(folder.path());
        behind_a_line += u32::from(child.hear(rng.next_u32() % 6));
        std::thread::sleep(Duration::from_micros(u64::from(rng.next_u32() % 8_000)));
        acknowledged.extend(child.kill());
        check_journal(folder.path(), &acknowledged);
    }
    let found = conclude(folder.path(), &issued);
    assert!(behind_a_line > KILLS / 2, "the child was killed while it sold: {behind_a_line}");
    println!("{KILLS} kills: {} movements acknowledged, {found:?}", acknowledged.len());
}

/// A child that sells until it is killed.
struct Killable {
    process: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
    heard: Vec<Sequence>,
}

impl Killable {
    fn spawn(folder: &Path) -> Self {
        let program = std::env::current_exe().expect("a program knows where it lies");
        let mut process = Command::new(program)
            .args(["--exact", "sells_until_it_is_killed", "--nocapture", "--include-ignored"])
            .env(FOLDER, folder)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the child starts");
        let lines = BufReader::new(process.stdout.take().expect("its output is piped")).lines();
        Self { process, lines, heard: Vec::new() }
    }

    /// Waits for so many lines. Whether they came; a child that found nothing to sell for has none.
    fn hear(&mut self, lines: u32) -> bool {
        while u32::try_from(self.heard.len()).is_ok_and(|heard| heard < lines) {
            if !self.hear_one() {
                return false;
            }
        }
        lines > 0
    }

    fn hear_one(&mut self) -> bool {
        let Some(Ok(line)) = self.lines.next() else { return false };
        if let Some(number) = line.strip_prefix("acknowledged ") {
            self.heard.push(Sequence::new(number.parse().expect("a number")));
        }
        true
    }

    /// Kills it; what it has acknowledged by then.
    fn kill(mut self) -> Vec<Sequence> {
        self.process.kill().expect("it can be killed");
        while self.hear_one() {}
        let status = self.process.wait().expect("it ends");
        assert!(!status.success() && status.code().is_none(), "it was killed and did not fail: {status}");
        self.heard
    }
}

/// The journal opens, its chain verifies, and everything acknowledged is in it.
fn check_journal(folder: &Path, acknowledged: &BTreeSet<Sequence>) {
    let world = World::new(folder);
    let journal = world.store.open_journal(OpenOptions::default()).expect("the journal opens");
    journal.verify(&mut |_, _| {}).expect("the chain is whole");
    for sequence in acknowledged {
        let outcome = journal.outcome_of(*sequence).expect("the journal can be read");
        assert!(matches!(outcome, Some(Record::Confirmed(_))), "{sequence}: {outcome:?}");
    }
}

/// After the last kill: the card settles what is open, and card, journal and head office agree.
fn conclude(folder: &Path, issued: &MemberIssued) -> Told {
    let mut world = World::new(folder);
    let mut terminal = world.start();
    let mut card = durable_card(folder);
    settle(&mut terminal, &mut card);
    assert!(terminal.books().unsettled().is_empty());
    let mut told = Told::by_issue(issued);
    told.add(terminal.journal());
    let state =
        read_state(world.office.ring(), &mut Field::new(&mut card), &mut *seeded(1)).expect("the card can be read");
    assert_eq!((told.movements, told.purse, told.points), (state.movements, state.purse, state.points));
    assert_eq!((state.newest.balance, state.newest.points), (state.purse, state.points));
    let change = terminal.books().perpetual().purse_change().expect("in range");
    assert_eq!(issued.intent.purse.plus(change), Ok(state.purse));
    let mut audit = Audit::new(world.office.ring());
    audit.issued(issued);
    audit.journal(terminal.journal()).expect("the chain is whole");
    let verdicts = audit.conclude(std::slice::from_mut(&mut card), &mut *seeded(2)).expect("the card can be read");
    assert!(verdicts.balanced() && verdicts.settled_by_card == 0, "{verdicts:?}");
    assert_eq!(verdicts.verified, told.movements);
    told
}

#[test]
#[ignore = "runs as a child of the test above"]
fn sells_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let mut world = World::new(&folder);
    let mut terminal = world.start();
    let mut card = durable_card(&folder);
    if terminal.books().shift().is_none() {
        terminal.open_shift(FLOAT).expect("a shift opens");
    }
    settle(&mut terminal, &mut card);
    for turn in 0_u32.. {
        let outcome = match turn % 5 {
            3 => terminal.top_up(&mut Field::new(&mut card), euros(5), None),
            4 => terminal.undo_top_up(&mut Field::new(&mut card), None),
            2 => terminal.undo_sale(&mut Field::new(&mut card), None),
            _ => terminal.sell(&mut Field::new(&mut card), &Order::plain(Money::new(5)), None),
        };
        match outcome.expect("the card has enough for all of it") {
            Outcome::Done(receipt) => acknowledge(receipt.id.sequence),
            other => panic!("{other:?}"),
        }
    }
}

fn acknowledge(sequence: Sequence) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "acknowledged {sequence}").and_then(|()| out.flush()).expect("the parent listens");
}

fn settle(terminal: &mut Terminal, card: &mut Card) {
    if terminal.books().unsettled().is_empty() {
        return;
    }
    let settled = terminal.settle(&mut Field::new(card)).expect("the card answers");
    let Settled::Settled(settlements) = settled else { panic!("{settled:?}") };
    for settlement in settlements {
        match settlement {
            Settlement::Confirmed(receipt) => {
                assert_ne!(receipt.operation, Operation::Issue);
                acknowledge(receipt.id.sequence);
            }
            Settlement::NotApplied(_) => {}
            Settlement::Held(id, contradiction) => panic!("{id}: {contradiction:?}"),
        }
    }
}

/// Head office and the terminal, the same in every process because a seed repeats them.
struct World {
    office: Office,
    store: Store,
}

impl World {
    fn new(folder: &Path) -> Self {
        let mut rng = seeded(7);
        let mut limits = day::limits();
        limits.top_up_allowance = Money::new(i64::from(u32::MAX));
        limits.per_card_day_max = Money::new(i64::from(u32::MAX));
        let mut office = Office::found(&mut *rng, limits, day::program());
        let hire = Hire {
            name: "Ines",
            pin: "731504",
            level: Level::Administrator,
            authorities: day::everything(),
            stores: Vec::new(),
        };
        office.employ(hire, opening_time(), &mut *rng).expect("an operator card can be made");
        let post = Post { store: StoreId::new(1), roles: EVERY_TERMINAL_ROLE.to_vec(), listed: Vec::new() };
        let enrolment = office.enrol(TerminalId::new(1), &post, opening_time(), &mut *rng);
        let store = Store::new(folder, enrolment, u64::from(std::process::id()));
        Self { office, store }
    }

    fn start(&mut self) -> Terminal {
        let mut terminal = self.store.start(Box::new(HandClock::new(opening_time()))).expect("the terminal starts");
        sign_on(&mut terminal, &mut self.office.operators[0]).expect("the operator signs on");
        terminal
    }
}

fn issue_card(folder: &Path) -> MemberIssued {
    let mut office = World::new(folder).office;
    let plan = Scene::plan(&mut office, Standing::Active);
    let mut card = durable_card(folder);
    office.issue(&mut Field::new(&mut card), &plan, &mut *seeded(3), &mut |_| {}).expect("a blank card is issued")
}

fn durable_card(folder: &Path) -> Card {
    Card::open_durable(&folder.join("card.image"), blank_config(1)).expect("the card's file is whole")
}
