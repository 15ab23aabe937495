//! The training mode: its cards, what is torn, and that it can never be mistaken for service.

mod common;

use common::{HandClock, Shop, done, hold, plain, shared};
use satchel::{
    CardTransport, Currency, Depth, JournalQuery, JournalScope, MovementState, Outcome, Practice, PracticeCard,
    PracticeKind, PracticeTear, PracticeTexts, Settled, Settlement, Till, Trouble, forget_practice, is_set_up,
};
use satchel_device::{Folder, Mode};
use satchel_packages::Authority;
use satchel_training::office::opening_time;
use satchel_values::TerminalId;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use tempfile::TempDir;

struct Lesson {
    folder: TempDir,
    clock: Arc<HandClock>,
}

impl Lesson {
    fn new() -> Self {
        let clock = Arc::new(HandClock::new(AtomicI64::new(opening_time().ms())));
        Self { folder: tempfile::tempdir().expect("a folder"), clock }
    }

    fn path(&self) -> String {
        self.folder.path().join("practice").display().to_string()
    }

    fn open(&self) -> Arc<Practice> {
        let texts = PracticeTexts {
            manager: "Übungsleitung".to_owned(),
            cashier: "Übungskasse".to_owned(),
            currency: Currency { code: "CNY".to_owned(), exponent: 2 },
        };
        Practice::open(self.path(), self.clock.clone(), texts).expect("training begins")
    }
}

fn card(practice: &Practice, kind: PracticeKind) -> PracticeCard {
    practice.cards().into_iter().find(|card| card.kind == kind).expect("there is one of each kind")
}

fn present(practice: &Practice, kind: PracticeKind) -> Arc<dyn CardTransport> {
    practice.card(card(practice, kind).index, None).expect("there is one of each kind")
}

fn sign_on(practice: &Practice, kind: PracticeKind) -> Arc<Till> {
    let till = practice.till();
    let pin = card(practice, kind).pin.expect("an operator's card has a PIN");
    till.sign_on(present(practice, kind), pin.into_bytes()).expect("they sign on");
    till
}

#[test]
fn somebody_practises_from_sign_on_to_z_report_and_goes_on_the_next_day() {
    let lesson = Lesson::new();
    let practice = lesson.open();
    let till = sign_on(&practice, PracticeKind::Manager);
    let status = till.status().expect("a status");
    assert!(status.training && TerminalId::new(status.terminal).is_training());
    assert_eq!(status.operator.expect("somebody").person.name.as_deref(), Some("Übungsleitung"));
    assert_eq!(status.currency.expect("a currency").code, "CNY");
    till.open_shift(100_00).expect("a shift opens");
    let sale = done(till.sell(present(&practice, PracticeKind::Member), plain(12_00), None));
    assert!(sale.training, "it is marked");
    assert_eq!((sale.balance_minor, sale.points_balance), (Some(38_00), Some(132)));
    let z = till.close_shift(100_00).expect("the shift closes");
    assert!(z.training);
    drop((till, practice));

    lesson.clock.advance_ms(400 * 86_400_000);
    let practice = lesson.open();
    let till = sign_on(&practice, PracticeKind::Cashier);
    till.open_shift(0).expect("packages do not age in training");
    let face = till.inquire(present(&practice, PracticeKind::Member), Depth::State).expect("the card is there");
    assert_eq!(face.means.balance_minor, 38_00, "cards keep what happened to them");
    done(till.top_up(present(&practice, PracticeKind::MemberLittleLeft), 50_00, None));
}

#[test]
fn every_card_teaches_what_it_is_for() {
    let lesson = Lesson::new();
    let practice = lesson.open();
    let till = sign_on(&practice, PracticeKind::Cashier);
    till.open_shift(0).expect("a shift opens");
    let sell = |kind| till.sell(present(&practice, kind), plain(5_00), None);
    let not_enough = Trouble::NotEnough { balance_minor: 2_00, needed_minor: 5_00 };
    assert_eq!(sell(PracticeKind::MemberLittleLeft), Err(not_enough));
    assert_eq!(sell(PracticeKind::NotActivated), Err(Trouble::RegisterFirst));
    assert_eq!(sell(PracticeKind::Blocked), Err(Trouble::CardBlocked));
    assert!(matches!(sell(PracticeKind::Expired), Err(Trouble::CardExpired { .. })));
    assert_eq!(sell(PracticeKind::Listed), Err(Trouble::CardListed));
    assert_eq!(sell(PracticeKind::Foreign), Err(Trouble::NotOurCard));
    done(sell(PracticeKind::Member));
    let undo = till.undo_sale(present(&practice, PracticeKind::Member), None);
    assert_eq!(undo, Err(Trouble::AskSomebodyWhoMay { authority: Authority::Undo.into() }));
    let manager = card(&practice, PracticeKind::Manager);
    let pin = manager.pin.expect("a PIN").into_bytes();
    let approval = till.approve(present(&practice, PracticeKind::Manager), pin).expect("they agree");
    done(till.undo_sale(present(&practice, PracticeKind::Member), Some(approval)));
}

#[test]
fn a_practice_card_is_torn_where_the_lesson_wants_it() {
    let lesson = Lesson::new();
    let practice = lesson.open();
    let till = sign_on(&practice, PracticeKind::Manager);
    till.open_shift(0).expect("a shift opens");
    let index = card(&practice, PracticeKind::Member).index;
    let torn = |tear| practice.card(index, Some(tear)).expect("a card");
    let early = till.sell(torn(PracticeTear::BeforeCard { exchange: 2 }), plain(1_00), None);
    assert_eq!(early, Err(Trouble::HoldSameCardAgain));
    let late = till.sell(torn(PracticeTear::AfterCard { exchange: 8 }), plain(1_00), None);
    let Ok(Outcome::Indeterminate { id, .. }) = late else { panic!("{late:?}") };
    let settled = till.settle(present(&practice, PracticeKind::Member)).expect("the card tells");
    let Settled::Done { settlements } = settled else { panic!("{settled:?}") };
    assert!(matches!(&settlements[..], [Settlement::Confirmed { receipt }] if receipt.id == id && receipt.training));
    assert_eq!(till.receipt(id.sequence).expect("kept").state, MovementState::Done);
    assert!(matches!(practice.card(99, None).err(), Some(Trouble::Internal { .. })));
}

#[test]
fn service_and_training_refuse_each_other_s_cards() {
    let lesson = Lesson::new();
    let practice = lesson.open();
    let training = sign_on(&practice, PracticeKind::Manager);
    training.open_shift(0).expect("a shift opens");
    let mut shop = Shop::new();
    let service = shop.open_till();
    assert_eq!(training.sell(shop.member(), plain(1_00), None), Err(Trouble::NotOurCard));
    assert_eq!(training.inquire(shop.member(), Depth::State).err(), Some(Trouble::NotOurCard));
    assert_eq!(training.sign_on(shop.operator(0), common::PINS[0].into()).err(), Some(Trouble::NotOurCard));
    let of_training = |kind| present(&practice, kind);
    assert_eq!(service.sell(of_training(PracticeKind::Member), plain(1_00), None), Err(Trouble::NotOurCard));
    assert_eq!(
        service.sign_on(of_training(PracticeKind::Manager), b"111111".to_vec()).err(),
        Some(Trouble::NotOurCard)
    );
}

#[test]
fn training_lies_apart_and_is_never_taken_for_service() {
    let lesson = Lesson::new();
    let practice = lesson.open();
    let till = sign_on(&practice, PracticeKind::Manager);
    till.open_shift(0).expect("a shift opens");
    done(till.sell(present(&practice, PracticeKind::Member), plain(1_00), None));
    drop((till, practice));

    let mut shop = Shop::new();
    assert!(is_set_up(&lesson.path()), "something is set up there");
    let opened = Till::open(lesson.path(), shop.seal.clone(), lesson.clock.clone());
    assert_eq!(opened.err(), Some(Trouble::TrainingOnly), "but nothing for service");
    let training = shop.enrolment(TerminalId::FIRST_TRAINING.get());
    let (file, code) = shop.file(&training);
    assert_eq!(shop.set_up(&file, &code).err(), Some(Trouble::TrainingOnly));
    let service = shop.enrolment(7);
    let folder = Folder::new(shop.folder.path().join("practice"), Mode::Training);
    let seal = satchel_keys::SoftwareSeal::take(&mut [1; 32]);
    assert!(folder.set_up(&service, &seal, &mut shop.rng).is_err(), "no real terminal in a training folder");
}

#[test]
fn training_is_forgotten_when_told_and_nothing_else_is() {
    let lesson = Lesson::new();
    let practice = lesson.open();
    let till = sign_on(&practice, PracticeKind::Manager);
    till.open_shift(0).expect("a shift opens");
    done(till.block(present(&practice, PracticeKind::Member), None));
    drop((till, practice));
    forget_practice(&lesson.path()).expect("forgotten");
    let practice = lesson.open();
    let till = sign_on(&practice, PracticeKind::Manager);
    till.open_shift(0).expect("a shift opens");
    done(till.sell(present(&practice, PracticeKind::Member), plain(1_00), None));

    let mut shop = Shop::new();
    drop(shop.till());
    assert_eq!(forget_practice(&shop.path()), Err(Trouble::TrainingOnly));
    shop.open().expect("a real till is not forgotten");
}

#[test]
fn a_beginning_that_was_cut_short_begins_again() {
    let lesson = Lesson::new();
    drop(lesson.open());
    fs::remove_file(lesson.folder.path().join("practice").join("practice.cbor")).expect("not written yet");
    fs::remove_file(lesson.folder.path().join("practice").join("journal.db")).expect("nor this");
    let practice = lesson.open();
    let till = sign_on(&practice, PracticeKind::Manager);
    let query = JournalQuery {
        scope: JournalScope::Movements,
        number: None,
        amount_minor: None,
        card: None,
        from_ms: None,
        until_ms: None,
    };
    assert_eq!(till.journal_lines(query, None, 10), Ok(Vec::new()));
    drop((till, practice));

    let elsewhere = lesson.folder.path().join("photos");
    fs::create_dir(&elsewhere).expect("a folder");
    fs::write(elsewhere.join("cat.jpg"), b"a cat").expect("a file");
    let texts = PracticeTexts {
        manager: String::new(),
        cashier: String::new(),
        currency: Currency { code: "EUR".to_owned(), exponent: 2 },
    };
    let opened = Practice::open(elsewhere.display().to_string(), lesson.clock.clone(), texts);
    assert_eq!(opened.err(), Some(Trouble::TrainingOnly));
    assert!(elsewhere.join("cat.jpg").exists(), "somebody's own files stay");
}

#[test]
fn a_foreign_card_in_the_field_of_training_is_only_a_stranger() {
    let lesson = Lesson::new();
    let practice = lesson.open();
    let till = sign_on(&practice, PracticeKind::Manager);
    till.open_shift(0).expect("a shift opens");
    let blank = shared(satchel_training::field::blank_card(5));
    assert_eq!(till.sell(hold(&blank), plain(1_00), None), Err(Trouble::NotOurCard));
}
