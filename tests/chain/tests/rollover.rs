//! Cards move to new keys while they are in use. Old ones, new ones and those torn away in the middle all sell meanwhile; a
//! terminal whose keys are too old is told so.

use satchel_card_simulator::Card;
use satchel_cards::CardError;
use satchel_cards::issue::Desk;
use satchel_cards::record::Standing;
use satchel_cards::rollover::{Moved, move_keys};
use satchel_chain::field::{Field, blank_card};
use satchel_chain::{Errand, Scene};
use satchel_terminal::{Order, Outcome, Refusal};
use satchel_transport::Cut;
use satchel_values::Money;

/// Every key of a member card that has a version: six of the application, one of the card itself.
const KEYS: u8 = 7;

fn moved(scene: &mut Scene, card: &mut Card, cut: Option<Cut>) -> (Result<Moved, CardError>, u32) {
    let mut field = Field::torn(card, cut);
    let identity = match satchel_desfire::identify(&mut field) {
        Ok(identity) => identity,
        Err(error) => return (Err(error.into()), field.exchanges()),
    };
    let mut desk =
        Desk { transport: &mut field, keys: scene.office.ring(), rng: &mut *scene.rng, progress: &mut |_| {} };
    let outcome = move_keys(&mut desk, &identity);
    (outcome, field.exchanges())
}

/// The scene after a rollover: terminals 0 and 1 have the old keys alone, terminal 2 old and new ones.
fn rolled_over() -> Scene {
    let mut scene = Scene::with_card(Standing::Active);
    scene.office.roll_over(&mut *scene.rng);
    scene.enrol(3);
    scene
}

fn sells(scene: &mut Scene, terminal: usize, card: &mut Card) -> Result<Outcome, Refusal> {
    scene.terminals[terminal].sell(&mut Field::new(card), &Order::plain(Money::new(1_00)), None)
}

#[test]
fn old_new_and_half_moved_cards_sell_top_up_and_undo() {
    let mut scene = rolled_over();
    let mut card = std::mem::replace(&mut scene.card, blank_card(0));
    let (_, exchanges) = {
        let mut probe = rolled_over();
        let mut card = std::mem::replace(&mut probe.card, blank_card(0));
        moved(&mut probe, &mut card, None)
    };
    assert!(matches!(sells(&mut scene, 2, &mut card), Ok(Outcome::Done(_))), "an old card");
    let cuts = (0..exchanges).flat_map(|at| [Cut::BeforeCard(at), Cut::AfterCard(at)]);
    let mut half_moved = 0;
    for cut in cuts {
        let mut scene = rolled_over();
        let mut card = std::mem::replace(&mut scene.card, blank_card(0));
        half_moved += u32::from(moved(&mut scene, &mut card, Some(cut)).0.is_err());
        for errand in [Errand::Sale, Errand::TopUp] {
            scene.card = std::mem::replace(&mut card, blank_card(0));
            // The terminal with both versions is the one in front.
            scene.terminals.swap(0, 2);
            let (outcome, _) = scene.run(errand, None);
            scene.terminals.swap(0, 2);
            assert!(matches!(outcome, Ok(Outcome::Done(_))), "{cut:?} {errand:?}: {outcome:?}");
            card = std::mem::replace(&mut scene.card, blank_card(0));
        }
        let (finished, _) = moved(&mut scene, &mut card, None);
        assert!(finished.is_ok(), "{cut:?}: {finished:?}");
        assert!(matches!(sells(&mut scene, 2, &mut card), Ok(Outcome::Done(_))), "{cut:?}: moved");
        assert_eq!(moved(&mut scene, &mut card, None).0.map(|moved| moved.changed).ok(), Some(0), "{cut:?}");
    }
    assert!(half_moved > exchanges / 2, "{half_moved} of {exchanges} exchanges");
    println!(
        "{exchanges} exchanges, torn before and after each: {half_moved} cards left half moved, all sold and finished"
    );
}

#[test]
fn every_key_moves_once() {
    let mut scene = rolled_over();
    let mut card = std::mem::replace(&mut scene.card, blank_card(0));
    let (outcome, _) = moved(&mut scene, &mut card, None);
    let outcome = outcome.expect("the card moves");
    assert_eq!((outcome.changed, outcome.to), (KEYS, scene.office.newest_version()));
    assert!(matches!(sells(&mut scene, 2, &mut card), Ok(Outcome::Done(_))));
}

#[test]
fn a_terminal_whose_keys_are_too_old_is_told_so() {
    let mut scene = rolled_over();
    let mut card = std::mem::replace(&mut scene.card, blank_card(0));
    moved(&mut scene, &mut card, None).0.expect("the card moves");
    let told = |scene: &mut Scene, card: &mut Card, terminal| match sells(scene, terminal, card) {
        Err(Refusal::Card(CardError::KeyVersionNotHeld { version, .. })) => version,
        other => panic!("{other:?}"),
    };
    assert_eq!(told(&mut scene, &mut card, 0), 2, "one version behind");
    scene.office.roll_over(&mut *scene.rng);
    moved(&mut scene, &mut card, None).0.expect("the card moves again");
    assert_eq!(told(&mut scene, &mut card, 0), 3, "two versions behind");
    assert_eq!(told(&mut scene, &mut card, 2), 3, "the other one is behind too by now");
    scene.enrol(4);
    assert!(matches!(sells(&mut scene, 3, &mut card), Ok(Outcome::Done(_))), "with new keys it sells");
}

#[test]
fn a_stranger_s_card_is_still_none_of_ours() {
    let mut scene = rolled_over();
    let mut stranger = blank_card(77);
    assert!(matches!(sells(&mut scene, 2, &mut stranger), Err(Refusal::NotOurs)));
    assert!(matches!(moved(&mut scene, &mut stranger, None).0, Err(CardError::NotOurs)));
}
