//! No room left, or nothing writable, before a movement and at every write of one.

mod stage;

use satchel_chain::reading::CardState;
use satchel_chain::scene::{Errand, FLOAT};
use satchel_faulty_disk::{Disk, Fault, When};
use satchel_journal::{Journal, JournalError, JournalKey, OpenOptions};
use satchel_terminal::{Outcome, Refusal};
use satchel_values::TerminalId;
use stage::{Power, Stage};
use std::path::Path;

/// What a terminal does with a card, and how it goes on when the disk is mended.
const ERRANDS: [Errand; 4] = [Errand::Sale, Errand::Split, Errand::TopUpWithBonus, Errand::UndoSale];

/// How a terminal goes on when there is room again.
#[derive(Debug, Clone, Copy)]
enum Return {
    /// It has run all the time.
    Running,
    /// It was started again.
    Restarted,
}

#[test]
fn a_full_disk_refuses_every_movement_before_the_card_is_touched() {
    for errand in Errand::ALL {
        let mut stage = Stage::set(errand);
        stage.disk.leave_room(0);
        refuses_untouched(&mut stage, errand, |refusal| matches!(refusal, Refusal::Journal(JournalError::DiskFull)));
        stage.disk.mend();
        goes_on(&mut stage, errand);
    }
}

#[test]
fn a_disk_turned_read_only_refuses_every_movement_before_the_card_is_touched() {
    for errand in Errand::ALL {
        let mut stage = Stage::set(errand);
        stage.disk.fail(Fault::ReadOnly, When::From(0));
        refuses_untouched(&mut stage, errand, |refusal| matches!(refusal, Refusal::Journal(JournalError::ReadOnly)));
        stage.disk.mend();
        goes_on(&mut stage, errand);
    }
}

/// Registering asks the card who it is first, which changes nothing; no other movement speaks to the card at all.
fn refuses_untouched(stage: &mut Stage, errand: Errand, right: impl Fn(&Refusal) -> bool) {
    let before = stage.scene.card_state();
    let head = stage.scene.terminals[0].journal().head();
    for _ in 0..2 {
        let (outcome, exchanges) = stage.run(errand, Power::OfDisk);
        assert!(outcome.as_ref().is_err_and(&right), "{errand:?}: {outcome:?}");
        assert!(exchanges == 0 || errand == Errand::Activate, "{errand:?}: {exchanges} exchanges with the card");
    }
    assert_eq!(stage.scene.card_state(), before, "{errand:?}");
    assert_eq!(stage.scene.terminals[0].journal().head(), head, "{errand:?}");
}

fn goes_on(stage: &mut Stage, errand: Errand) {
    let outcome = stage.run(errand, Power::OfDisk).0;
    assert!(matches!(outcome, Ok(Outcome::Done(_))), "{errand:?}: {outcome:?}");
    stage.agree("there is room again");
    stage.prove("there is room again");
}

#[derive(Debug, Default)]
struct Tally {
    tries: u32,
    done: u32,
    refused: u32,
    not_applied: u32,
    indeterminate: u32,
}

#[test]
fn a_disk_that_fills_up_at_any_write_loses_and_doubles_nothing() {
    let mut tally = Tally::default();
    for errand in ERRANDS {
        let mut stage = Stage::set(errand);
        let growth = growth(&mut stage, errand);
        for room in (0..growth).step_by(1_024) {
            for back in [Return::Running, Return::Restarted] {
                stage.reset();
                stage.disk.leave_room(room);
                attempt(&mut stage, errand, back, &format!("{errand:?}, room for {room} bytes, {back:?}"), &mut tally);
            }
        }
    }
    println!("filling up: {tally:?}");
    assert!(tally.tries >= 200 && tally.refused > 0 && tally.indeterminate > 0, "{tally:?}");
}

#[test]
fn a_write_that_fails_anywhere_loses_and_doubles_nothing() {
    let mut tally = Tally::default();
    for errand in ERRANDS {
        let mut stage = Stage::set(errand);
        let changes = changes(&mut stage, errand);
        for change in 0..changes {
            for fault in [Fault::Full, Fault::ReadOnly, Fault::Unsynced] {
                for when in [When::From(change), When::Only(change)] {
                    for back in [Return::Running, Return::Restarted] {
                        stage.reset();
                        stage.disk.fail(fault, when);
                        let context = format!("{errand:?}, {fault:?} {when:?} of {changes}, {back:?}");
                        attempt(&mut stage, errand, back, &context, &mut tally);
                    }
                }
            }
        }
    }
    println!("failing writes: {tally:?}");
    assert!(tally.tries >= 400 && tally.done > 0 && tally.refused > 0, "{tally:?}");
    assert!(tally.indeterminate > 0, "{tally:?}");
}

fn attempt(stage: &mut Stage, errand: Errand, back: Return, context: &str, tally: &mut Tally) {
    let before = stage.scene.card_state();
    let outcome = stage.run(errand, Power::OfDisk).0;
    let after = stage.scene.card_state();
    tally.count(&outcome, before != after, context);
    if let Return::Restarted = back {
        stage.stop();
        stage.disk.mend();
        stage.start().unwrap_or_else(|refusal| panic!("{context}: not started: {refusal}"));
    }
    stage.disk.mend();
    stage.settle(context);
    check_that_the_card_decided(stage, &before, &after, context);
    let next = if before == after { errand } else { Errand::Sale };
    let outcome = stage.run(next, Power::OfDisk).0;
    assert!(matches!(outcome, Ok(Outcome::Done(_))), "{context}: again: {outcome:?}");
    stage.agree(context);
    stage.prove(context);
}

impl Tally {
    /// Every outcome is one of those that the clerk is told, and none of them is a lie.
    fn count(&mut self, outcome: &Result<Outcome, Refusal>, happened: bool, context: &str) {
        self.tries += 1;
        match outcome {
            Ok(Outcome::Done(_)) => {
                assert!(happened, "{context}: success was told, and the card has not changed");
                self.done += 1;
            }
            Ok(Outcome::NotApplied { .. }) => {
                assert!(!happened, "{context}: failure was told, and the card has changed");
                self.not_applied += 1;
            }
            Ok(Outcome::Indeterminate { .. }) => self.indeterminate += 1,
            Err(Refusal::Journal(JournalError::DiskFull | JournalError::ReadOnly)) => {
                assert!(!happened, "{context}: refused, and the card has changed");
                self.refused += 1;
            }
            Err(refusal) => panic!("{context}: {refusal:?}"),
        }
    }
}

fn check_that_the_card_decided(stage: &mut Stage, before: &CardState, after: &CardState, context: &str) {
    let told = stage.scene.told().movements;
    let happened = u32::from(before != after);
    assert_eq!(told, before.movements + happened, "{context}: lost or doubled");
}

/// Bytes that the errand adds to the files.
fn growth(stage: &mut Stage, errand: Errand) -> usize {
    let used = |stage: &Stage| stage.disk.files().values().map(Vec::len).sum::<usize>();
    let before = used(stage);
    goes_on(stage, errand);
    used(stage) - before
}

fn changes(stage: &mut Stage, errand: Errand) -> u64 {
    stage.disk.mend();
    let outcome = stage.run(errand, Power::OfDisk).0;
    assert!(matches!(outcome, Ok(Outcome::Done(_))), "{outcome:?}");
    stage.disk.changes()
}

#[test]
fn a_shift_closes_whole_or_not_at_all() {
    let mut stage = Stage::set(Errand::Sale);
    stage.disk.mend();
    stage.scene.terminals[0].close_shift(FLOAT).expect("nothing fails");
    let changes = stage.disk.changes();
    let mut refused = 0;
    for change in 0..changes {
        stage.reset();
        stage.disk.fail(Fault::Full, When::From(change));
        let head = stage.scene.terminals[0].journal().head();
        let closed = stage.scene.terminals[0].close_shift(FLOAT);
        stage.disk.mend();
        if let Err(refusal) = &closed {
            assert!(matches!(refusal, Refusal::Journal(JournalError::DiskFull)), "change {change}: {refusal:?}");
            assert_eq!(stage.scene.terminals[0].journal().head(), head, "change {change}: refused, and written");
            stage.scene.terminals[0].close_shift(FLOAT).expect("there is room again");
            refused += 1;
        }
        assert_eq!(stage.scene.terminals[0].books().last_z(), 1, "change {change}");
        stage.agree(&format!("change {change}"));
    }
    assert!(refused > 0, "of {changes} changes one at least cannot do without room");
    println!("shift close: {refused} of {changes} changes refused it");
}

#[test]
fn a_full_disk_begins_no_journal_and_opens_one_that_is_there() {
    let disk = Disk::new();
    disk.fail(Fault::Full, When::From(0));
    assert!(matches!(open(&disk), Err(JournalError::DiskFull | JournalError::ReadOnly)));
    for room in (0..100_000).step_by(2_048) {
        disk.load(&Default::default());
        disk.leave_room(room);
        match open(&disk) {
            Ok(journal) => assert_eq!(journal.head().sequence.get(), 0),
            Err(error) => assert!(matches!(error, JournalError::DiskFull), "room for {room} bytes: {error:?}"),
        }
        disk.mend();
        drop(open(&disk).unwrap_or_else(|error| panic!("half begun, room for {room} bytes: {error}")));
    }
    disk.leave_room(0);
    open(&disk).expect("reading needs no room");
}

#[test]
fn a_read_only_disk_is_named() {
    let disk = Disk::new();
    disk.fail(Fault::ReadOnly, When::From(0));
    assert!(matches!(open(&disk), Err(JournalError::ReadOnly)), "nothing there yet");
    disk.mend();
    drop(open(&disk).expect("a journal is begun"));
    disk.fail(Fault::ReadOnly, When::From(0));
    let refused = open(&disk);
    assert!(matches!(refused, Err(JournalError::ReadOnly)), "a journal is there: {refused:?}");
    disk.mend();
    open(&disk).expect("nothing happened to it");
    // Not even the superuser makes a file here.
    let refused = Journal::open(Path::new("/proc/satchel-journal.db"), TERMINAL, key());
    assert!(matches!(refused, Err(JournalError::ReadOnly)), "{refused:?}");
}

const TERMINAL: TerminalId = TerminalId::new(1);

fn key() -> JournalKey {
    JournalKey::take(&mut [7; 32])
}

fn open(disk: &Disk) -> Result<Journal, JournalError> {
    let options = OpenOptions { vfs: Some(disk.vfs()), ..OpenOptions::default() };
    Journal::open_with(Path::new("/journal.db"), TERMINAL, key(), options)
}
