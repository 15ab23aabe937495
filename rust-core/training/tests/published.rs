//! Training is one enterprise everywhere: its keys are published.

use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use satchel_keys::Pin;
use satchel_terminal::{Order, Outcome, Terminal};
use satchel_training::office::opening_time;
use satchel_training::{Practice, PracticeKind, PracticeTexts};
use satchel_values::{Clock, Currency, Money, Timestamp};
use std::path::Path;

struct Opening;

impl Clock for Opening {
    fn now(&self) -> Timestamp {
        opening_time()
    }
}

fn practice(folder: &Path) -> Practice {
    let currency = Currency::new("JPY", 0).expect("JPY is a currency");
    let texts = PracticeTexts { manager: "M".to_owned(), cashier: "C".to_owned(), currency };
    Practice::open(folder, &texts, opening_time()).expect("training begins")
}

fn place(practice: &Practice, kind: PracticeKind) -> usize {
    practice.cards().position(|card| card.kind == kind).expect("one of each kind")
}

fn on_duty(practice: &Practice) -> Terminal {
    let rng = Box::new(ChaCha8Rng::seed_from_u64(1));
    let mut terminal = practice.start(Box::new(Opening), rng).expect("the terminal starts");
    let manager = place(practice, PracticeKind::Manager);
    let pin = practice.cards().nth(manager).and_then(|card| card.pin).expect("a PIN");
    let mut hold = practice.hold(manager, None).expect("a card");
    terminal.sign_on(&mut hold, &Pin::parse(pin).expect("a PIN")).expect("the manager signs on");
    terminal.open_shift(Money::ZERO).expect("a shift opens");
    terminal
}

#[test]
fn a_training_card_of_one_device_is_good_at_another() {
    let folders = [tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder")];
    let [here, there] = folders.each_ref().map(|folder| practice(&folder.path().join("practice")));
    let mut terminal = on_duty(&here);
    let mut foreign = there.hold(place(&there, PracticeKind::Member), None).expect("a card");
    let sold = terminal.sell(&mut foreign, &Order::plain(Money::new(7)), None).expect("not refused");
    assert!(matches!(&sold, Outcome::Done(receipt) if receipt.balance == Money::new(43)), "{sold:?}");
}

#[test]
fn what_a_card_holds_fits_the_currency() {
    let folder = tempfile::tempdir().expect("a folder");
    let practice = practice(&folder.path().join("practice"));
    let mut terminal = on_duty(&practice);
    let mut hold = practice.hold(place(&practice, PracticeKind::Member), None).expect("a card");
    let card = terminal.inquire(&mut hold, satchel_terminal::Depth::State).expect("ours");
    assert_eq!((card.newest.balance, card.identity.currency.exponent()), (Money::new(50), 0));
}
