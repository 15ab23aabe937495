//! Cards that contradict the journal: head office decides, and nobody charges again meanwhile.

use satchel_card_simulator::Card;
use satchel_cards::{CardKeys, member};
use satchel_chain::field::Field;
use satchel_chain::scene::{Errand, Scene};
use satchel_chain::store::seeded;
use satchel_desfire::Session;
use satchel_journal::Contradiction;
use satchel_keys::Role;
use satchel_terminal::{Order, Outcome, Refusal, Settled, Settlement};
use satchel_transport::Cut;
use satchel_values::{Money, SaleId};

/// The commit is the last of nine exchanges.
const COMMIT: u32 = 8;

/// A sale whose commit was sent and not answered.
fn torn(scene: &mut Scene, cut: Cut) -> SaleId {
    match scene.run(Errand::Sale, Some(cut)).0 {
        Ok(Outcome::Indeterminate { id, .. }) => id,
        other => panic!("{other:?}"),
    }
}

/// Asserts that the card is held for this reason, that the terminal then refuses it by name, and that no sum moved.
fn held(scene: &mut Scene, id: SaleId, why: Contradiction) {
    let before = scene.terminals[0].books().perpetual().clone();
    let settled = scene.settle(0).expect("the card answers");
    assert_eq!(settled, Settled::Settled(vec![Settlement::Held(id, why)]));
    let again = scene.settle(0).expect("the card answers");
    assert_eq!(again, Settled::OtherCard { waiting: Vec::new() }, "nothing is waited for any more");
    let sold = scene.terminals[0].sell(&mut Field::new(&mut scene.card), &Order::plain(Money::new(1_00)), None);
    assert!(matches!(sold, Err(Refusal::HeldForOffice(held)) if held == id), "{sold:?}");
    assert_eq!(scene.terminals[0].books().perpetual(), &before);
    assert_eq!(scene.terminals[0].books().unsettled().len(), 1, "it stays on every Z report");
}

fn sell_elsewhere(scene: &mut Scene, times: u32) {
    for _ in 0..times {
        let sold = scene.terminals[1].sell(&mut Field::new(&mut scene.card), &Order::plain(Money::new(1_00)), None);
        assert!(matches!(sold, Ok(Outcome::Done(_))), "{sold:?}");
    }
}

#[test]
fn ten_movements_later_the_card_still_tells() {
    for cut in [Cut::BeforeCard(COMMIT), Cut::AfterCard(COMMIT)] {
        let mut scene = Scene::for_errand(Errand::Sale);
        let id = torn(&mut scene, cut);
        sell_elsewhere(&mut scene, 9);
        let settled = scene.settle(0).expect("the card answers");
        match (cut, settled) {
            (Cut::BeforeCard(_), Settled::Settled(settled)) => assert_eq!(settled, [Settlement::NotApplied(id)]),
            (Cut::AfterCard(_), Settled::Settled(settled)) => {
                assert!(matches!(&settled[..], [Settlement::Confirmed(receipt)] if receipt.id == id), "{settled:?}");
            }
            (_, other) => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_card_whose_history_went_on_too_far() {
    for cut in [Cut::BeforeCard(COMMIT), Cut::AfterCard(COMMIT)] {
        let mut scene = Scene::for_errand(Errand::Sale);
        let id = torn(&mut scene, cut);
        sell_elsewhere(&mut scene, 11);
        held(&mut scene, id, Contradiction::HistoryTooShort);
    }
}

#[test]
fn a_card_set_back_to_an_earlier_day() {
    let mut scene = Scene::for_errand(Errand::Sale);
    let earlier = scene.card.save();
    sell_elsewhere(&mut scene, 2);
    let id = torn(&mut scene, Cut::AfterCard(COMMIT));
    scene.card = Card::load(&earlier).expect("its own image");
    held(&mut scene, id, Contradiction::CounterWentBack);
}

#[test]
fn a_counter_that_moved_without_a_record() {
    let mut scene = Scene::for_errand(Errand::Sale);
    let id = torn(&mut scene, Cut::BeforeCard(COMMIT));
    commit_without_record(&mut scene);
    held(&mut scene, id, Contradiction::CounterWithoutRecord);
}

/// Somebody with the sale key commits a reader id and nothing else.
fn commit_without_record(scene: &mut Scene) {
    let mut field = Field::new(&mut scene.card);
    let identity = satchel_desfire::identify(&mut field).expect("a card answers");
    let keys = CardKeys::new(scene.office.ring(), identity.uid, *member::AID.bytes());
    let key = keys.key(Role::Sale, scene.office.newest_version()).expect("the office holds it");
    let mut session = Session::new(&mut field, identity.frame);
    session.select_application(member::AID).expect("our application");
    let session = session
        .authenticate_ev2_first(member::key::SALE, &key, &mut *seeded(3))
        .unwrap_or_else(|refused| panic!("{}", refused.error));
    let (session, _) = session.commit_reader_id(&[0x55; 16]).expect("a reader id");
    session.commit_transaction_with_tmac().expect("a commit");
}

#[test]
fn a_record_of_ours_that_we_did_not_write() {
    let mut scene = Scene::for_errand(Errand::Sale);
    let id = torn(&mut scene, Cut::BeforeCard(COMMIT));
    let earlier = scene.card.save();
    let other_till_with_our_number = rewritten_elsewhere(&mut scene, id);
    assert_eq!(other_till_with_our_number, id);
    assert_ne!(earlier, scene.card.save());
    held(&mut scene, id, Contradiction::OtherRecord);
}

/// A copy of the terminal, restored from a backup, sells something else under the same number.
fn rewritten_elsewhere(scene: &mut Scene, id: SaleId) -> SaleId {
    let mut copy = Scene::for_errand(Errand::Sale);
    std::mem::swap(&mut copy.card, &mut scene.card);
    let mut card = std::mem::replace(&mut copy.card, satchel_chain::field::blank_card(0));
    let sold = copy.terminals[0].sell(&mut Field::new(&mut card), &Order::plain(Money::new(7_00)), None);
    scene.card = card;
    match sold {
        Ok(Outcome::Done(receipt)) => receipt.id,
        other => panic!("{id}: {other:?}"),
    }
}
