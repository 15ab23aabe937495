//! Power lost at every write, sync and deletion of a journal's file, with whatever may be left of what was not synced.

mod stage;

use satchel_chain::scene::{Errand, FLOAT};
use satchel_faulty_disk::{Disk, Fault, Files, Survival, When, Wreck};
use satchel_journal::{
    Entry, Head, Intent, Journal, JournalError, JournalKey, OpenOptions, Record, SignedOff, Stage as Step,
};
use satchel_terminal::{Outcome, Refusal};
use satchel_values::{OperatorId, Sequence, TerminalId, Timestamp};
use stage::{Power, Stage};
use std::path::Path;

/// What is left of the unsynced changes, in the order in which it is tried.
const SURVIVALS: [Survival; 16] = [
    Survival::Nothing,
    Survival::Everything,
    Survival::Subset(1),
    Survival::Subset(2),
    Survival::Subset(3),
    Survival::Subset(4),
    Survival::Subset(5),
    Survival::Subset(6),
    Survival::Torn(1),
    Survival::Torn(2),
    Survival::Torn(3),
    Survival::Torn(4),
    Survival::Torn(5),
    Survival::Torn(6),
    Survival::Torn(7),
    Survival::Torn(8),
];

#[test]
fn power_lost_in_a_sale() {
    Tally::of("sale", |tally| every_change(Work::Card(Errand::Sale), tally)).expect_at_least(12);
}

#[test]
fn power_lost_in_a_top_up() {
    Tally::of("top-up", |tally| every_change(Work::Card(Errand::TopUp), tally)).expect_at_least(12);
}

#[test]
fn power_lost_in_a_shift_close_and_the_stop_after_it() {
    Tally::of("shift close, stop", |tally| every_change(Work::CloseAndStop, tally)).expect_at_least(10);
}

#[test]
fn power_lost_while_starting_after_a_loss_of_power() {
    Tally::of("start after a torn sale", |tally| every_change(Work::StartAgain, tally)).expect_at_least(6);
}

#[test]
fn power_lost_at_every_exchange_of_a_sale() {
    Tally::of("exchanges of a sale", every_exchange).expect_at_least(2 * 9);
}

#[test]
fn power_lost_while_a_journal_is_begun() {
    Tally::of("creation", |tally| every_change_of_a_journal(&Files::new(), tally)).expect_at_least(50);
}

#[test]
fn power_lost_while_a_journal_is_tidied() {
    let disk = Disk::new();
    let mut acknowledged = Vec::new();
    tidied(&disk, &mut acknowledged).expect("nothing fails yet");
    let older = disk.files();
    Tally::of("tidying", |tally| every_change_of_a_journal(&older, tally)).expect_at_least(30);
}

#[derive(Debug, Default)]
struct Tally {
    points: u64,
    tries: u64,
    unsynced: usize,
    /// Movements that the card had made and the terminal had not acknowledged.
    confirmed_by_the_card: u64,
}

impl Tally {
    fn of(what: &str, work: impl FnOnce(&mut Self)) -> Self {
        let mut tally = Self::default();
        work(&mut tally);
        println!("{what}: {} points × {} = {} wrecks; {tally:?}", tally.points, SURVIVALS.len(), tally.tries);
        tally
    }

    fn expect_at_least(&self, points: u64) {
        assert!(self.points >= points, "every change was tried: {self:?}");
        assert_eq!(self.tries, self.points * SURVIVALS.len() as u64, "in every way");
        assert!(self.unsynced > 0, "something was on its way: {self:?}");
    }
}

/// What a terminal is doing when the power goes.
#[derive(Debug, Clone, Copy)]
enum Work {
    Card(Errand),
    CloseAndStop,
    StartAgain,
}

impl Work {
    /// What the stage is set for.
    const fn errand(self) -> Errand {
        match self {
            Self::Card(errand) => errand,
            Self::CloseAndStop | Self::StartAgain => Errand::Sale,
        }
    }
}

/// What a terminal had said when the power went.
#[derive(Debug)]
enum Said {
    Outcome(Result<Outcome, Refusal>),
    /// The shift is closed, by the report of this number; the journal ends there.
    Closed(Option<(u32, Head)>),
    Started,
}

fn every_change(work: Work, tally: &mut Tally) {
    let mut stage = Stage::set(work.errand());
    let changes = uninterrupted(&mut stage, work);
    for change in 0..changes {
        again(&mut stage, work);
        let attempt = lose_power_at(&mut stage, work, change);
        let context = format!("{work:?}, change {change} of {changes}");
        assert!(stage.disk.is_off(), "{context}: the power is gone");
        tally.points += 1;
        recover_from(&mut stage, &attempt, &context, tally);
    }
}

/// Between two changes of the disk lie exchanges with the card: the power goes at each of them too.
fn every_exchange(tally: &mut Tally) {
    let mut stage = Stage::set(Errand::Sale);
    let exchanges = stage.run(Errand::Sale, Power::OfDisk).1;
    for exchange in 0..exchanges {
        for power in [Power::UntilBefore(exchange), Power::UntilAfter(exchange)] {
            stage.reset();
            let before = stage.scene.terminals[0].journal().head();
            let outcome = stage.run(Errand::Sale, power).0;
            let context = format!("{power:?} of {exchanges}");
            assert!(stage.disk.is_off(), "{context}: the power is gone");
            let attempt = Attempt::after(&mut stage, before, Said::Outcome(outcome));
            tally.points += 1;
            recover_from(&mut stage, &attempt, &context, tally);
        }
    }
}

/// The number of changes of the work with nothing failing.
fn uninterrupted(stage: &mut Stage, work: Work) -> u64 {
    again(stage, work);
    stage.disk.mend();
    let said = perform(stage, work);
    assert!(!matches!(said, Said::Outcome(Err(_)) | Said::Closed(None)), "{said:?}");
    let changes = stage.disk.changes();
    println!("{work:?}: {changes} changes, {} syncs since the start", stage.disk.syncs());
    changes
}

/// The stage as it is when the work begins.
fn again(stage: &mut Stage, work: Work) {
    stage.reset();
    if let Work::StartAgain = work {
        leave_a_sale_open(stage);
    }
}

/// The card has made the sale, the intent is on the disk, and nothing else is.
fn leave_a_sale_open(stage: &mut Stage) {
    let last = stage.run(Errand::Sale, Power::OfDisk).1 - 1;
    stage.reset();
    let outcome = stage.run(Errand::Sale, Power::UntilAfter(last)).0;
    assert!(matches!(outcome, Ok(Outcome::Indeterminate { .. })), "{outcome:?}");
    stage.stop();
    let wreck = stage.disk.wreck();
    stage.disk.load(&wreck.survivors(Survival::Nothing));
}

fn perform(stage: &mut Stage, work: Work) -> Said {
    match work {
        Work::Card(errand) => Said::Outcome(stage.run(errand, Power::OfDisk).0),
        Work::CloseAndStop => {
            let terminal = &mut stage.scene.terminals[0];
            let report = terminal.close_shift(FLOAT).ok();
            let closed = report.map(|report| (report.number, terminal.journal().head()));
            stage.stop();
            Said::Closed(closed)
        }
        Work::StartAgain => {
            // Refused when the power goes.
            drop(stage.start());
            Said::Started
        }
    }
}

/// What was certain when the power went.
struct Attempt {
    said: Said,
    /// The last entry that may not be lost.
    kept: Head,
    /// An intent whose append had returned, and its number.
    intent: Option<(Sequence, Intent)>,
    card: Vec<u8>,
    wreck: Wreck,
}

impl Attempt {
    /// Looks at what the terminal knows, and ends it.
    fn after(stage: &mut Stage, before: Head, said: Said) -> Self {
        let mut kept = before;
        let mut intent = None;
        if stage.scene.terminals.len() == 2 {
            let terminal = &stage.scene.terminals[0];
            let open = terminal.books().unsettled().last();
            intent = open.map(|open| (open.sequence, open.intent.clone()));
            // `CommitSent` alone is not waited for: if it is the last entry, the power may take it.
            if open.is_none_or(|open| open.stage != Step::CommitSent) {
                kept = terminal.journal().head();
            }
        }
        stage.stop();
        Self { said, kept, intent, card: stage.scene.card.save(), wreck: stage.disk.wreck() }
    }
}

fn lose_power_at(stage: &mut Stage, work: Work, change: u64) -> Attempt {
    let before = match stage.scene.terminals.first() {
        Some(terminal) if stage.scene.terminals.len() == 2 => terminal.journal().head(),
        _ => Head { sequence: Sequence::new(0), hash: [0; 32] },
    };
    stage.disk.fail(Fault::PowerLoss, When::From(change));
    let said = perform(stage, work);
    Attempt::after(stage, before, said)
}

/// The power comes back, with every kind of wreck.
fn recover_from(stage: &mut Stage, attempt: &Attempt, context: &str, tally: &mut Tally) {
    tally.unsynced += attempt.wreck.unsynced();
    for survival in SURVIVALS {
        let context = format!("{context}, {survival:?}");
        stage.stop();
        stage.disk.load(&attempt.wreck.survivors(survival));
        stage.scene.card = satchel_card_simulator::Card::load(&attempt.card).expect("its own image");
        let journal = stage.open().unwrap_or_else(|error| panic!("{context}: not opened: {error}"));
        check_journal(&journal, attempt, &context);
        stage.start_on(journal).unwrap_or_else(|refusal| panic!("{context}: not started: {refusal}"));
        let open = stage.scene.terminals[0].books().unsettled().len();
        let sums = stage.scene.terminals[0].books().perpetual().clone();
        stage.settle(&context);
        if open > 0 && *stage.scene.terminals[0].books().perpetual() != sums {
            tally.confirmed_by_the_card += 1;
        }
        go_on(stage, &context);
        tally.tries += 1;
    }
}

/// It verifies, and has everything that was acknowledged.
fn check_journal(journal: &Journal, attempt: &Attempt, context: &str) {
    journal.verify(&mut |_, _| {}).unwrap_or_else(|error| panic!("{context}: {error}"));
    if attempt.kept.sequence.get() > 0 {
        assert!(journal.contains_head(&attempt.kept).expect("readable"), "{context}: an entry is gone");
    }
    if let Some((sequence, intent)) = &attempt.intent {
        let found = journal.entry(*sequence).expect("readable").map(|entry| entry.record);
        assert_eq!(found, Some(Record::Intent(Box::new(intent.clone()))), "{context}: an intent is gone");
    }
    match &attempt.said {
        Said::Outcome(Ok(Outcome::Done(receipt))) => {
            let outcome = journal.outcome_of(receipt.id.sequence).expect("readable");
            assert!(matches!(outcome, Some(Record::Confirmed(_))), "{context}: {outcome:?}");
        }
        Said::Outcome(Ok(Outcome::NotApplied { .. } | Outcome::Indeterminate { .. }) | Err(_)) | Said::Started => {}
        Said::Closed(Some((number, head))) => {
            assert_eq!(journal.books().last_z(), *number, "{context}");
            assert!(journal.contains_head(head).expect("readable"), "{context}: the signature is gone");
        }
        Said::Closed(None) => {}
    }
}

/// Business goes on: a shift if none is open, and a sale.
fn go_on(stage: &mut Stage, context: &str) {
    if stage.scene.terminals[0].books().shift().is_none() {
        stage.scene.terminals[0].open_shift(FLOAT).unwrap_or_else(|refusal| panic!("{context}: {refusal}"));
    }
    let outcome = stage.run(Errand::Sale, Power::OfDisk).0;
    assert!(matches!(outcome, Ok(Outcome::Done(_))), "{context}: {outcome:?}");
    stage.agree(context);
    stage.prove(context);
}

const TERMINAL: TerminalId = TerminalId::new(1);
const PATH: &str = "/journal.db";

/// A journal without a terminal: begun or opened, written, tidied, written, closed, with the power lost at every
/// change of it.
fn every_change_of_a_journal(files: &Files, tally: &mut Tally) {
    let disk = Disk::new();
    disk.load(files);
    let mut acknowledged = Vec::new();
    tidied(&disk, &mut acknowledged).expect("nothing fails");
    let changes = disk.changes();
    for change in 0..changes {
        disk.load(files);
        disk.fail(Fault::PowerLoss, When::From(change));
        let mut acknowledged = Vec::new();
        // Once the power is gone there is an error, unless only the closing was left to do.
        drop(tidied(&disk, &mut acknowledged));
        assert!(disk.is_off(), "the power is gone at change {change}");
        let wreck = disk.wreck();
        tally.points += 1;
        tally.unsynced += wreck.unsynced();
        for survival in SURVIVALS {
            disk.load(&wreck.survivors(survival));
            check_entries(&disk, &acknowledged, &format!("change {change} of {changes}, {survival:?}"));
            tally.tries += 1;
        }
    }
}

/// Opens a journal, and appends, copies the write-ahead log, appends, signs and closes.
fn tidied(disk: &Disk, acknowledged: &mut Vec<Entry>) -> Result<(), JournalError> {
    let mut journal = open(disk)?;
    for number in 0..3 {
        acknowledged.push(journal.append(at(number), entry(number))?);
    }
    journal.tidy()?;
    for number in 3..6 {
        acknowledged.push(journal.append(at(number), entry(number))?);
    }
    acknowledged.push(journal.checkpoint(at(6))?);
    Ok(())
}

fn check_entries(disk: &Disk, acknowledged: &[Entry], context: &str) {
    let mut journal = open(disk).unwrap_or_else(|error| panic!("{context}: not opened: {error}"));
    journal.verify(&mut |_, _| {}).unwrap_or_else(|error| panic!("{context}: {error}"));
    for entry in acknowledged {
        let found = journal.entry(entry.sequence).expect("readable");
        assert_eq!(found.as_ref(), Some(entry), "{context}: an entry is gone");
    }
    journal.append(at(9), entry(9)).unwrap_or_else(|error| panic!("{context}: {error}"));
}

fn open(disk: &Disk) -> Result<Journal, JournalError> {
    let options = OpenOptions { vfs: Some(disk.vfs()), ..OpenOptions::default() };
    Journal::open_with(Path::new(PATH), TERMINAL, JournalKey::take(&mut [7; 32]), options)
}

fn entry(number: u32) -> Record {
    Record::SignedOff(SignedOff { operator: OperatorId::new(number) })
}

fn at(number: u32) -> Timestamp {
    Timestamp::from_ms(1_795_510_800_000 + i64::from(number))
}
