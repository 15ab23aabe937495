//! Cards torn away, and the app killed meanwhile.

mod common;

use common::{CASHIER, MANAGER, Shop, done, hold, plain, torn};
use satchel::{CardMark, Depth, MovementState, Outcome, Settled, Settlement, Stage, Till, Trouble};
use satchel_transport::Cut;
use std::sync::Arc;

/// What happens between the tear and the card's return.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Meanwhile {
    /// Nothing.
    Nothing,
    /// The app is killed and started again.
    Killed,
}

#[test]
fn a_sale_torn_at_every_exchange_ends_as_the_card_says() {
    torn_everywhere(Meanwhile::Nothing);
}

#[test]
fn a_sale_torn_at_every_exchange_with_the_app_killed_ends_as_the_card_says() {
    torn_everywhere(Meanwhile::Killed);
}

fn torn_everywhere(meanwhile: Meanwhile) {
    let exchanges = {
        let mut shop = Shop::new();
        let till = shop.open_till();
        let tag = torn(&shop.member, None);
        done(till.sell(tag.clone(), plain(10_00), None));
        tag.exchanges()
    };
    let (mut confirmed, mut not_applied) = (0, 0);
    for exchange in 0..exchanges {
        for cut in [Cut::BeforeCard(exchange), Cut::AfterCard(exchange)] {
            match torn_at(cut, meanwhile) {
                Ended::Sold => confirmed += 1,
                Ended::NotSold => not_applied += 1,
            }
        }
    }
    assert_eq!(confirmed, 1, "only a cut behind the commit leaves a sale");
    assert_eq!(not_applied, exchanges * 2 - 1);
}

enum Ended {
    Sold,
    NotSold,
}

fn torn_at(cut: Cut, meanwhile: Meanwhile) -> Ended {
    let mut shop = Shop::new();
    let mut till = shop.open_till();
    let tag = torn(&shop.member, Some(cut));
    let told = till.sell(tag.clone(), plain(10_00), None);
    assert!(tag.is_gone(), "{cut:?}");
    if meanwhile == Meanwhile::Killed {
        till = killed(&shop, till);
    }
    let ended = match told {
        Ok(Outcome::Indeterminate { id, card }) => {
            let waiting = &till.status().expect("a status").unsettled[0];
            assert_eq!((waiting.id, &waiting.card, waiting.stage), (id, &card, Stage::Indeterminate), "{cut:?}");
            assert_eq!(till.sell(shop.member(), plain(1_00), None), Err(Trouble::SettleFirst { id }), "{cut:?}");
            settled(&shop, &till, cut)
        }
        Ok(Outcome::NotApplied { .. }) | Err(Trouble::HoldSameCardAgain) => Ended::NotSold,
        other => panic!("{cut:?}: {other:?}"),
    };
    let balance = till.inquire(shop.member(), Depth::State).expect("the card is ours").means.balance_minor;
    let spent = till.x_report().expect("a shift is open").totals.spent_minor;
    let expected = if matches!(ended, Ended::Sold) { 10_00 } else { 0 };
    assert_eq!((100_00 - balance, spent), (expected, expected), "{cut:?}: card and books agree");
    assert_eq!(till.status().expect("a status").unsettled, [], "{cut:?}");
    done(till.sell(shop.member(), plain(1_00), None));
    ended
}

fn settled(shop: &Shop, till: &Till, cut: Cut) -> Ended {
    match till.settle(shop.member()) {
        Ok(Settled::Done { settlements }) => match settlements.as_slice() {
            [Settlement::Confirmed { receipt }] => {
                assert_eq!((receipt.amount_minor, receipt.balance_minor), (10_00, Some(90_00)), "{cut:?}");
                Ended::Sold
            }
            [Settlement::NotApplied { .. }] => Ended::NotSold,
            other => panic!("{cut:?}: {other:?}"),
        },
        other => panic!("{cut:?}: {other:?}"),
    }
}

/// The process ends without a word, and the app is opened again by the same people.
fn killed(shop: &Shop, till: Arc<Till>) -> Arc<Till> {
    drop(till);
    let till = shop.open().expect("the till opens");
    assert_eq!(till.x_report().expect("the shift is still open").shift, 1);
    assert_eq!(till.settle(shop.member()), Err(Trouble::SignOnFirst));
    shop.sign_on(&till, MANAGER).expect("the manager signs on");
    till
}

#[test]
fn another_card_is_told_apart_and_a_parked_sale_stays_a_slip() {
    let mut shop = Shop::new();
    let till = shop.open_till();
    let commit = 8;
    let sold = till.sell(torn(&shop.member, Some(Cut::AfterCard(commit))), plain(10_00), None);
    let Ok(Outcome::Indeterminate { id, card }) = sold else { panic!("{sold:?}") };
    let other = till.settle(shop.operator(CASHIER));
    assert_eq!(other, Ok(Settled::OtherCard { waiting: vec![card] }));

    let slip = till.park(id.sequence).expect("the customer left");
    assert_eq!((slip.state, slip.balance_minor), (MovementState::Open { stage: Stage::Parked }, None));
    assert_eq!(till.park(9_999), Err(Trouble::NotWaiting { sequence: 9_999 }));
    let z = till.close_shift(50_00).expect("the shift closes");
    assert_eq!((z.unsettled, z.difference_minor, z.shift.sales), (vec![id], 0, 0));

    till.open_shift(50_00).expect("the next day");
    shop.clock.advance_ms(86_400_000);
    let waiting = till.status().expect("a status").unsettled;
    assert_eq!((waiting[0].age_ms, waiting[0].purse_minor), (86_400_000, -10_00));
    let back = till.settle(hold(&shop.member)).expect("the card comes back");
    assert!(
        matches!(&back, Settled::Done { settlements } if matches!(settlements[..], [Settlement::Confirmed { .. }]))
    );
    assert_eq!(till.receipt(id.sequence).expect("it is kept").state, MovementState::Done);
    assert_eq!(till.park(id.sequence), Err(Trouble::NotWaiting { sequence: id.sequence }));
}

#[test]
fn a_card_is_named_by_its_end() {
    let mut shop = Shop::new();
    let till = shop.open_till();
    let uid = shop.member.lock().expect("nobody panicked").uid().to_vec();
    let receipt = done(till.sell(shop.member(), plain(1_00), None));
    let tail = format!("{:02X}{:02X}", uid[5], uid[6]);
    assert_eq!(receipt.card, Some(CardMark { tail, number: None }));
}
