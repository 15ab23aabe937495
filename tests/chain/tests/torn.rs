//! Every exchange of every movement, cut both ways, with the card presented again in three ways.

use satchel_chain::field::{Field, blank_card};
use satchel_chain::reading::CardState;
use satchel_chain::scene::{Errand, Scene, euros};
use satchel_terminal::{Order, Outcome, Refusal, Settled, Settlement};
use satchel_transport::Cut;
use satchel_values::Money;

/// How the card comes back.
#[derive(Debug, Clone, Copy)]
enum Return {
    /// To the same terminal.
    Same,
    /// To the same terminal, whose software was killed meanwhile.
    Restarted,
    /// To another terminal first, where something is bought.
    Other,
}

const RETURNS: [Return; 3] = [Return::Same, Return::Restarted, Return::Other];

macro_rules! every_cut {
    ($($name:ident: $errand:expr;)*) => {$(
        #[test]
        fn $name() {
            every_cut_of($errand);
        }
    )*};
}

every_cut! {
    cuts_of_a_sale: Errand::Sale;
    cuts_of_a_redemption: Errand::Redemption;
    cuts_of_a_split_sale: Errand::Split;
    cuts_of_a_top_up: Errand::TopUp;
    cuts_of_a_top_up_with_bonus: Errand::TopUpWithBonus;
    cuts_of_an_undone_sale: Errand::UndoSale;
    cuts_of_an_undone_top_up: Errand::UndoTopUp;
    cuts_of_a_refund: Errand::Refund;
    cuts_of_a_block: Errand::Block;
    cuts_of_a_registration: Errand::Activate;
}

fn every_cut_of(errand: Errand) {
    let exchanges = uncut(errand);
    let mut tally = Tally::default();
    for back in RETURNS {
        for exchange in 0..exchanges {
            for cut in [Cut::BeforeCard(exchange), Cut::AfterCard(exchange)] {
                cut_at(errand, cut, back, &mut tally);
            }
        }
    }
    assert_eq!(tally.cuts, exchanges * 2 * 3, "every exchange, both kinds, three ways back");
    assert!(tally.confirmed > 0 && tally.not_applied > 0, "cuts on both sides of the commit: {tally:?}");
    println!("{errand:?}: {exchanges} exchanges, {tally:?}");
}

#[derive(Debug, Default)]
struct Tally {
    cuts: u32,
    refused: u32,
    not_applied: u32,
    indeterminate: u32,
    confirmed: u32,
}

/// The number of exchanges of the errand with nothing torn.
fn uncut(errand: Errand) -> u32 {
    let mut scene = Scene::for_errand(errand);
    let (outcome, presentation) = scene.run(errand, None);
    assert!(matches!(outcome, Ok(Outcome::Done(_))), "{errand:?}: {outcome:?}");
    agree(&mut scene, "uncut");
    presentation.exchanges
}

fn cut_at(errand: Errand, cut: Cut, back: Return, tally: &mut Tally) {
    let mut scene = Scene::for_errand(errand);
    let before = scene.card_state();
    let context = format!("{errand:?} {cut:?} {back:?}");
    let (outcome, presentation) = scene.run(errand, Some(cut));
    assert!(presentation.torn, "{context}: the card is torn away");
    tally.cuts += 1;
    let after = scene.card_state();
    check_what_the_clerk_is_told(&outcome, &before, &after, &context);
    tally.count(&outcome);
    let open = matches!(outcome, Ok(Outcome::Indeterminate { .. }));
    if open {
        let refused = scene.run(Errand::Sale, None).0;
        assert!(matches!(refused, Err(Refusal::SettleFirst(_))), "{context}: {refused:?}");
    }
    match back {
        Return::Same => {}
        Return::Restarted => scene.restart(0),
        Return::Other => buy_elsewhere(&mut scene, &context),
    }
    let settled = scene.settle(0).unwrap_or_else(|refusal| panic!("{context}: {refusal}"));
    check_settled(&settled, open, &before, &after, &context, tally);
    agree(&mut scene, &context);
    try_again(&mut scene, errand, after != before, &context);
    agree(&mut scene, &context);
}

impl Tally {
    fn count(&mut self, outcome: &Result<Outcome, Refusal>) {
        match outcome {
            Ok(Outcome::Done(_)) => unreachable!("a torn movement has no verified answer"),
            Ok(Outcome::NotApplied { .. }) => self.not_applied += 1,
            Ok(Outcome::Indeterminate { .. }) => self.indeterminate += 1,
            Err(_) => self.refused += 1,
        }
    }
}

/// Neither failure nor success is told unless it is certain.
fn check_what_the_clerk_is_told(
    outcome: &Result<Outcome, Refusal>,
    before: &CardState,
    after: &CardState,
    context: &str,
) {
    match outcome {
        Ok(Outcome::Done(_)) => panic!("{context}: success was told of a torn card"),
        Ok(Outcome::NotApplied { .. }) | Err(Refusal::CardGone) => {
            assert_eq!(before, after, "{context}: failure was told, and the card has changed");
        }
        Ok(Outcome::Indeterminate { .. }) => {}
        Err(refusal) => panic!("{context}: {refusal}"),
    }
}

fn check_settled(
    settled: &Settled,
    open: bool,
    before: &CardState,
    after: &CardState,
    context: &str,
    tally: &mut Tally,
) {
    match settled {
        Settled::OtherCard { waiting } => {
            assert!(!open && waiting.is_empty(), "{context}: something is open and was not settled");
        }
        Settled::Settled(settlements) => {
            assert!(open, "{context}: something was settled that was not open");
            match settlements.as_slice() {
                [Settlement::Confirmed(_)] => {
                    assert_ne!(before, after, "{context}: made up");
                    tally.confirmed += 1;
                }
                [Settlement::NotApplied(_)] => {
                    assert_eq!(before, after, "{context}: lost");
                    tally.not_applied += 1;
                }
                other => panic!("{context}: {other:?}"),
            }
        }
    }
}

/// The other terminal knows nothing of what happened and sells what the card allows.
fn buy_elsewhere(scene: &mut Scene, context: &str) {
    let order = Order::plain(Money::new(1_11));
    let outcome = scene.terminals[1].sell(&mut Field::new(&mut scene.card), &order, None);
    match outcome {
        Ok(Outcome::Done(_)) | Err(Refusal::Blocked | Refusal::NotActivated) => {}
        other => panic!("{context}: elsewhere: {other:?}"),
    }
}

/// The clerk does what the outcome asks for: the errand again if it came to nothing, something else if it happened.
fn try_again(scene: &mut Scene, errand: Errand, happened: bool, context: &str) {
    let next = if happened { Errand::Sale } else { errand };
    let outcome = scene.run(next, None).0;
    match (&outcome, next) {
        (Ok(Outcome::Done(_)), _) => {}
        // Somebody bought something elsewhere in between, so there is no last movement to take back.
        (Err(Refusal::NotTheLast), Errand::UndoSale | Errand::UndoTopUp) => {}
        (Err(Refusal::Blocked), _) if errand == Errand::Block => {}
        _ => panic!("{context}: again: {outcome:?}"),
    }
}

/// Card, journals and totals agree, and head office can prove every movement.
fn agree(scene: &mut Scene, context: &str) {
    let (told, card) = (scene.told(), scene.card_state());
    assert_eq!(told.movements, card.movements, "{context}: movements");
    assert_eq!((told.purse, told.points), (card.purse, card.points), "{context}: purse and points");
    assert_eq!((card.newest.balance, card.newest.points), (card.purse, card.points), "{context}: newest record");
    let mut changed = scene.issued.intent.purse;
    for terminal in &scene.terminals {
        assert!(terminal.books().unsettled().is_empty(), "{context}: unsettled");
        let change = terminal.books().perpetual().purse_change().expect("in range");
        changed = changed.plus(change).expect("in range");
    }
    assert_eq!(changed, card.purse, "{context}: totals");
    let verdicts = scene.audit();
    assert!(verdicts.balanced(), "{context}: {verdicts:?}");
    assert_eq!((verdicts.verified, verdicts.settled_by_card), (told.movements, 0), "{context}: {verdicts:?}");
}

/// Personalisation, cut at every exchange, both ways; resumed, and at no time a card with money and a default key.
#[test]
fn cuts_of_a_personalisation() {
    let mut scene = Scene::with_card(satchel_cards::record::Standing::Active);
    let plan = Scene::plan(&mut scene.office, satchel_cards::record::Standing::Active);
    let exchanges = {
        let mut card = blank_card(2);
        let mut field = Field::new(&mut card);
        scene.office.issue(&mut field, &plan, &mut *scene.rng, &mut |_| {}).expect("issued");
        field.exchanges()
    };
    let mut cuts = 0;
    for exchange in 0..exchanges {
        for cut in [Cut::BeforeCard(exchange), Cut::AfterCard(exchange)] {
            let mut card = blank_card(2);
            let torn = scene.office.issue(&mut Field::torn(&mut card, Some(cut)), &plan, &mut *scene.rng, &mut |_| {});
            assert!(torn.is_err(), "{cut:?}");
            attacker::finds_no_money_behind_a_default_key(&mut card, &mut *scene.rng, cut);
            let issued = scene.office.issue(&mut Field::new(&mut card), &plan, &mut *scene.rng, &mut |_| {});
            scene.issued = issued.unwrap_or_else(|error| panic!("{cut:?}: not resumed: {error}"));
            scene.card = card;
            agree(&mut scene, &format!("personalisation {cut:?}"));
            let card = scene.card_state();
            assert_eq!((card.movements, card.purse), (1, euros(100)), "{cut:?}: issued once");
            cuts += 1;
        }
    }
    assert_eq!(cuts, exchanges * 2);
    println!("personalisation: {exchanges} exchanges, {cuts} cuts");
}

/// Somebody who finds a half-made card and knows the factory's keys.
mod attacker {
    use super::{Card, CryptoRng, Cut, Field};
    use satchel_cards::member;
    use satchel_desfire::{CommMode, KeyNo, Session};
    use satchel_hazmat::AesKey;

    pub(super) fn finds_no_money_behind_a_default_key(card: &mut Card, rng: &mut dyn CryptoRng, cut: Cut) {
        for number in 0..6 {
            let mut field = Field::new(card);
            let identity = satchel_desfire::identify(&mut field).expect("a card answers");
            let mut session = Session::new(&mut field, identity.frame);
            if session.select_application(member::AID).is_err() {
                return;
            }
            let Ok(session) = session.authenticate_ev2_first(KeyNo::new(number), &AesKey::zeros(), rng) else {
                continue;
            };
            match session.get_value(member::file::PURSE, CommMode::Full) {
                Ok((_, money)) => assert_eq!(money, 0, "{cut:?}: money behind key {number} of zeros"),
                Err(error) => assert!(error.status().is_some(), "{cut:?}: {error}"),
            }
        }
    }
}

use rand_core::CryptoRng;
use satchel_card_simulator::Card;
