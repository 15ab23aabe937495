//! Everything a terminal refuses: by its name, with the card and the sums as they were before.

use satchel_card_simulator::{Card, CardConfig};
use satchel_cards::CardError;
use satchel_cards::record::Standing;
use satchel_chain::day::{limits, program};
use satchel_chain::field::{Field, blank_card, blank_config};
use satchel_chain::office::{Hire, Office, Post, opening_time};
use satchel_chain::scene::{Errand, FLOAT, Scene, euros, somebody};
use satchel_chain::store::{Store, seeded, sign_on};
use satchel_desfire::{Aid, KeyNo, Session};
use satchel_journal::Line;
use satchel_keys::{BundleError, KeyVersion, Pin, Role};
use satchel_packages::{Authorities, Authority, Kind, Level, PackageError};
use satchel_programs::{LimitReached, Limits};
use satchel_terminal::{OperatorFault, Order, Outcome, Redeem, Refusal, Settled, Tender, Terminal};
use satchel_transport::Cut;
use satchel_values::{Date, Money, Points, SaleId, Sequence, StoreId, TerminalId, Uid};

/// As long in an image as the scene card's.
const ANOTHER_CHIP: [u8; 7] = [0x04, 0x5B, 0, 0, 0, 2, 0x81];
const DAY_MS: i64 = 86_400_000;

/// Asserts that an expression is this refusal, and that the scene's card and sums have not changed.
macro_rules! refuses {
    ($scene:ident, $attempt:expr, $refusal:pat $(if $guard:expr)?) => {{
        let before = (snapshot(&mut $scene), $scene.terminals[0].books().perpetual().clone());
        let refused = $attempt;
        assert!(matches!(&refused, Err($refusal) $(if $guard)?), "{refused:?}");
        let text = refused.err().expect("a refusal").to_string();
        assert!(text.len() > 10 && !text.contains("CardError"), "a clerk can read it: {text}");
        assert_eq!(before, (snapshot(&mut $scene), $scene.terminals[0].books().perpetual().clone()));
    }};
}

/// The card as it is with the field off.
fn snapshot(scene: &mut Scene) -> Vec<u8> {
    scene.card.field_off();
    let state = scene.card_state();
    format!("{state:?}").into_bytes()
}

fn sell(scene: &mut Scene, minor: i64) -> Result<Outcome, Refusal> {
    order(scene, &Order::plain(Money::new(minor)))
}

fn order(scene: &mut Scene, order: &Order) -> Result<Outcome, Refusal> {
    scene.terminals[0].sell(&mut Field::new(&mut scene.card), order, None)
}

fn top_up(scene: &mut Scene, amount: Money) -> Result<Outcome, Refusal> {
    scene.terminals[0].top_up(&mut Field::new(&mut scene.card), amount, None)
}

fn present(scene: &mut Scene, card: &mut Card) -> Result<Outcome, Refusal> {
    scene.terminals[0].sell(&mut Field::new(card), &Order::plain(Money::new(1_00)), None)
}

#[test]
fn without_an_operator_or_a_shift() {
    let mut scene = Scene::for_errand(Errand::Sale);
    scene.terminals[0].close_shift(FLOAT).expect("the shift closes");
    refuses!(scene, sell(&mut scene, 1_00), Refusal::NoShift);
    scene.terminals[0].open_shift(FLOAT).expect("a shift opens");
    refuses!(scene, scene.terminals[0].open_shift(FLOAT), Refusal::ShiftOpen);
    scene.terminals[0].sign_off().expect("signed off");
    refuses!(scene, sell(&mut scene, 1_00), Refusal::NotSignedOn);
    refuses!(scene, scene.settle(0), Refusal::NotSignedOn);
}

#[test]
fn an_idle_operator_is_signed_off() {
    let mut scene = Scene::for_errand(Errand::Sale);
    scene.clock.advance_ms(299_000);
    assert!(!scene.terminals[0].sign_off_if_idle().expect("the journal takes it"));
    scene.clock.advance_ms(2_000);
    assert!(scene.terminals[0].sign_off_if_idle().expect("the journal takes it"));
    refuses!(scene, sell(&mut scene, 1_00), Refusal::NotSignedOn);
}

#[test]
fn cards_that_are_not_ours() {
    let mut scene = Scene::for_errand(Errand::Sale);
    let mut blank = blank_card(5);
    refuses!(scene, present(&mut scene, &mut blank), Refusal::NotOurs);

    let mut foreign = blank_card(6);
    let mut other = Office::found(&mut *seeded(99), limits(), program());
    let plan = other.plan(euros(100), Standing::Active, opening_time());
    other.issue(&mut Field::new(&mut foreign), &plan, &mut *seeded(98), &mut |_| {}).expect("their own desk");
    refuses!(scene, present(&mut scene, &mut foreign), Refusal::NotOurs);

    let mut copy = on_another_chip(&scene.card, ANOTHER_CHIP);
    refuses!(scene, present(&mut scene, &mut copy), Refusal::NotOurs);
    let journaled = scene.terminals[0].journal().entries_of_card(&Uid::new(ANOTHER_CHIP), opening_time(), 10);
    assert_eq!(journaled.expect("readable").len(), 1, "head office hears of the copy");
}

/// Everything the card holds, keys included, in a chip with another identifier.
fn on_another_chip(card: &Card, uid: [u8; 7]) -> Card {
    let mut image = card.save();
    let original = *card.uid();
    let mut found = 0;
    let [original, uid] = [original, uid].map(|uid| minicbor::to_vec(uid).expect("into memory"));
    assert_eq!(original.len(), uid.len(), "the image keeps its length");
    for start in 0..image.len() - original.len() {
        if image[start..start + original.len()] == original {
            image[start..start + original.len()].copy_from_slice(&uid);
            found += 1;
        }
    }
    assert!(found > 0, "the image holds its identifier as it is");
    Card::load(&image).expect("an image with another identifier")
}

#[test]
fn a_card_that_hides_its_identifier() {
    let mut scene = Scene::for_errand(Errand::Sale);
    let key = scene.office.ring().card_key(
        Role::Picc,
        KeyVersion::new(1).expect("a version"),
        &Uid::new(*scene.card.uid()),
        *Aid::PICC.bytes(),
    );
    {
        let mut field = Field::new(&mut scene.card);
        let identity = satchel_desfire::identify(&mut field).expect("a card answers");
        let mut session = Session::new(&mut field, identity.frame);
        session.select_application(Aid::PICC).expect("the card itself");
        let mut rng = seeded(5);
        let session = session
            .authenticate_ev2_first(KeyNo::new(0), &key.expect("the office holds it"), &mut *rng)
            .unwrap_or_else(|refused| panic!("{}", refused.error));
        session.set_configuration(0, &[0x02]).expect("random identifiers are switched on");
    }
    let refused = sell(&mut scene, 1_00);
    assert!(matches!(refused, Err(Refusal::RandomUid)), "{refused:?}");
}

#[test]
fn cards_that_are_blocked_expired_or_waiting() {
    let mut scene = Scene::for_errand(Errand::Activate);
    refuses!(scene, sell(&mut scene, 1_00), Refusal::NotActivated);
    scene.expect_done(|scene, field| scene.errand(Errand::Activate, field));
    refuses!(
        scene,
        scene.terminals[0].register(&mut Field::new(&mut scene.card), &somebody()),
        Refusal::AlreadyActivated
    );
    let expiry = scene.card_state().newest.expiry;
    let days = i64::from(expiry.days()) - i64::from(opening_time().date().expect("a date").days());
    keep_packages_fresh(&mut scene, days + 1);
    refuses!(scene, sell(&mut scene, 1_00), Refusal::Expired(on) if *on == expiry);

    let mut scene = Scene::for_errand(Errand::Sale);
    scene.expect_done(|scene, field| scene.errand(Errand::Block, field));
    refuses!(scene, sell(&mut scene, 1_00), Refusal::Blocked);
    refuses!(scene, top_up(&mut scene, euros(10)), Refusal::Blocked);
}

/// Goes so many days on, and brings new packages.
fn keep_packages_fresh(scene: &mut Scene, days: i64) {
    scene.clock.advance_ms(days * DAY_MS);
    let now = satchel_values::Timestamp::from_ms(opening_time().ms() + days * DAY_MS);
    let office = &mut scene.office;
    let program = office.program.clone();
    let packages = [
        office.operator_list(now),
        office.profile_of(StoreId::new(1), now),
        office.sign(Kind::Program, now, &program),
        office.block_list(now, []),
    ];
    for package in &packages {
        scene.terminals[0].install(package).expect("a newer package");
    }
}

#[test]
fn a_listed_card_is_blocked_at_the_tap() {
    let mut scene = Scene::for_errand(Errand::Sale);
    let listed = scene.office.block_list(opening_time(), [Uid::new(*scene.card.uid())]);
    scene.terminals[0].install(&listed).expect("a newer list");
    let refused = sell(&mut scene, 1_00);
    assert!(matches!(refused, Err(Refusal::Listed)), "{refused:?}");
    assert_eq!(scene.card_state().newest.standing, Standing::Blocked);
    let elsewhere = scene.terminals[1].sell(&mut Field::new(&mut scene.card), &Order::plain(Money::new(1_00)), None);
    assert!(matches!(elsewhere, Err(Refusal::Blocked)), "another terminal without the list: {elsewhere:?}");
}

#[test]
fn more_than_the_purse_holds_or_the_limits_allow() {
    let mut scene = Scene::for_errand(Errand::Sale);
    scene.office.limits =
        Limits { purse_max: euros(300), per_card_day_max: euros(60), offline_total_max: euros(70), ..limits() };
    let profile = scene.office.profile_of(StoreId::new(1), opening_time());
    scene.terminals[0].install(&profile).expect("a newer profile");

    refuses!(scene, sell(&mut scene, 100_01), Refusal::Funds { .. });
    refuses!(scene, sell(&mut scene, 60_01), Refusal::Limit(LimitReached::PerCardDay(_)));
    scene.expect_done(|scene, field| scene.sell(field, 40_00));
    refuses!(scene, sell(&mut scene, 20_01), Refusal::Limit(LimitReached::PerCardDay(_)));
    scene.stores[0].keep(profile);
    scene.restart(0);
    refuses!(scene, sell(&mut scene, 20_01), Refusal::Limit(LimitReached::PerCardDay(_)));
    scene.clock.advance_ms(DAY_MS);
    refuses!(scene, sell(&mut scene, 30_01), Refusal::Limit(LimitReached::OfflineTotal(_)));
    scene.expect_done(|scene, field| scene.sell(field, 30_00));
    let newer = scene.office.profile_of(StoreId::new(1), opening_time());
    scene.terminals[0].install(&newer).expect("a newer profile");
    refuses!(scene, sell(&mut scene, 1), Refusal::Limit(LimitReached::OfflineTotal(_)));

    refuses!(scene, top_up(&mut scene, Money::new(4_99)), Refusal::Limit(LimitReached::TopUpMin(_)));
    refuses!(scene, top_up(&mut scene, Money::new(200_01)), Refusal::Limit(LimitReached::TopUpMax(_)));
    scene.expect_done(|scene, field| scene.terminals[0].top_up(field, euros(200), None));
    refuses!(scene, top_up(&mut scene, euros(100)), Refusal::Limit(LimitReached::Purse(_)));
}

#[test]
fn a_single_sale_a_terminal_s_allowance_and_the_points_have_limits_too() {
    let mut scene = Scene::for_errand(Errand::Sale);
    scene.office.limits =
        Limits { per_sale_max: euros(20), top_up_allowance: euros(30), points_max: Points::new(510), ..limits() };
    let profile = scene.office.profile_of(StoreId::new(1), opening_time());
    scene.terminals[0].install(&profile).expect("a newer profile");
    refuses!(scene, sell(&mut scene, 20_01), Refusal::Limit(LimitReached::PerSale(_)));
    refuses!(scene, sell(&mut scene, 11_00), Refusal::Limit(LimitReached::Points(_)));
    refuses!(scene, top_up(&mut scene, euros(31)), Refusal::Limit(LimitReached::Allowance(_)));
    scene.expect_done(|scene, field| scene.terminals[0].top_up(field, euros(20), None));
    refuses!(scene, top_up(&mut scene, euros(11)), Refusal::Limit(LimitReached::Allowance(_)));
}

#[test]
fn a_purse_at_the_limit_that_the_card_itself_keeps() {
    let mut scene = Scene::for_errand(Errand::Sale);
    scene.office.limits = Limits { purse_max: euros(900), ..limits() };
    let profile = scene.office.profile_of(StoreId::new(1), opening_time());
    scene.terminals[0].install(&profile).expect("a profile that allows more than the card");
    scene.expect_done(|scene, field| scene.terminals[0].top_up(field, euros(200), None));
    scene.expect_done(|scene, field| scene.terminals[0].top_up(field, euros(150), None));
    refuses!(scene, top_up(&mut scene, euros(150)), Refusal::Card(CardError::PurseLimit));
    refuses!(scene, top_up(&mut scene, euros(150)), Refusal::Card(CardError::PurseLimit));
}

#[test]
fn orders_that_contradict_themselves() {
    let mut scene = Scene::for_errand(Errand::Sale);
    let plain = || Order::plain(euros(10));
    for wrong in [
        Order::plain(Money::ZERO),
        Order::plain(Money::new(-1)),
        Order { discount: euros(11), ..plain() },
        Order { discount: Money::new(-1), ..plain() },
        Order { tender: Tender::CashPart(euros(11)), ..plain() },
        Order { tender: Tender::CashPart(Money::new(-1)), ..plain() },
        Order { redeem: Redeem::Points(Points::new(-1)), ..plain() },
        Order { redeem: Redeem::Points(Points::new(501)), ..plain() },
    ] {
        refuses!(scene, order(&mut scene, &wrong), Refusal::Order(_));
    }
    let line = |text: String| Line { item: String::new(), text, quantity_milli: 1_000, amount: euros(10) };
    for lines in [vec![line("x".repeat(70_000))], vec![line("Tea".to_owned()); 201], vec![line("Tea".to_owned()); 2]] {
        refuses!(scene, order(&mut scene, &Order { lines, ..plain() }), Refusal::Order(_));
    }
    refuses!(scene, top_up(&mut scene, Money::ZERO), Refusal::Order(_));
}

#[test]
fn undos_and_refunds_of_something_else() {
    let mut scene = Scene::for_errand(Errand::Sale);
    let undo = |scene: &mut Scene| scene.terminals[0].undo_sale(&mut Field::new(&mut scene.card), None);
    let refund = |scene: &mut Scene, sale, amount| {
        scene.terminals[0].refund(&mut Field::new(&mut scene.card), sale, amount, None)
    };
    refuses!(scene, undo(&mut scene), Refusal::NotTheLast);
    let Ok(Outcome::Done(receipt)) = sell(&mut scene, 12_00) else { panic!("a sale") };
    let sale = receipt.id.sequence;
    refuses!(scene, refund(&mut scene, Sequence::new(1), euros(1)), Refusal::NoSuchSale(_));
    refuses!(scene, refund(&mut scene, Sequence::new(9_999), euros(1)), Refusal::NoSuchSale(_));
    refuses!(scene, refund(&mut scene, sale, Money::new(12_01)), Refusal::RefundTooHigh { .. });
    scene.expect_done(|scene, field| scene.terminals[0].refund(field, sale, euros(8), None));
    refuses!(scene, refund(&mut scene, sale, Money::new(4_01)), Refusal::RefundTooHigh { .. });
    refuses!(scene, undo(&mut scene), Refusal::NotTheLast);
    refuses!(scene, scene.terminals[0].undo_top_up(&mut Field::new(&mut scene.card), None), Refusal::NotTheLast);
}

#[test]
fn cash_refunds_of_more_than_was_paid() {
    let mut scene = Scene::for_errand(Errand::Sale);
    let split = Order { tender: Tender::CashPart(euros(5)), ..Order::plain(euros(20)) };
    let Ok(Outcome::Done(receipt)) = order(&mut scene, &split) else { panic!("a sale") };
    let in_cash = |scene: &mut Scene, sale, amount| scene.terminals[0].refund_in_cash(sale, amount, None);
    let never = SaleId { sequence: Sequence::new(9_999), ..receipt.id };
    refuses!(scene, in_cash(&mut scene, never, euros(1)), Refusal::NoSuchSale(_));
    refuses!(scene, in_cash(&mut scene, receipt.id, Money::new(20_01)), Refusal::RefundTooHigh { .. });
    in_cash(&mut scene, receipt.id, euros(8)).expect("a part in cash");
    scene.expect_done(|scene, field| scene.terminals[0].refund(field, receipt.id.sequence, euros(10), None));
    refuses!(scene, in_cash(&mut scene, receipt.id, Money::new(2_01)), Refusal::RefundTooHigh { .. });
    let to_card = |scene: &mut Scene, amount| {
        scene.terminals[0].refund(&mut Field::new(&mut scene.card), receipt.id.sequence, amount, None)
    };
    refuses!(scene, to_card(&mut scene, Money::new(2_01)), Refusal::RefundTooHigh { .. });
    in_cash(&mut scene, receipt.id, euros(2)).expect("the rest");

    let elsewhere = SaleId { terminal: TerminalId::new(2), sequence: Sequence::new(7) };
    let most = limits().per_sale_max;
    refuses!(
        scene,
        in_cash(&mut scene, elsewhere, most.plus(Money::new(1)).expect("in range")),
        Refusal::Limit(LimitReached::PerSale(_))
    );
    in_cash(&mut scene, elsewhere, euros(3)).expect("another till's sale, within what one sale may take");
}

#[test]
fn open_sales_count_against_the_offline_total() {
    let mut scene = Scene::for_errand(Errand::Sale);
    scene.office.limits = Limits { offline_total_max: euros(30), ..limits() };
    let profile = scene.office.profile_of(StoreId::new(1), opening_time());
    scene.terminals[0].install(&profile).expect("a newer profile");
    let mut other = blank_card(3);
    let plan = Scene::plan(&mut scene.office, Standing::Active);
    scene.office.issue(&mut Field::new(&mut other), &plan, &mut *scene.rng, &mut |_| {}).expect("issued");
    let torn = scene.run(Errand::Sale, Some(Cut::AfterCard(8))).0;
    assert!(matches!(torn, Ok(Outcome::Indeterminate { .. })), "23.45, perhaps: {torn:?}");
    let mut sell = |minor| scene.terminals[0].sell(&mut Field::new(&mut other), &Order::plain(Money::new(minor)), None);
    let refused = sell(6_56);
    assert!(matches!(refused, Err(Refusal::Limit(LimitReached::OfflineTotal(_)))), "{refused:?}");
    let sold = sell(6_55);
    assert!(matches!(sold, Ok(Outcome::Done(_))), "{sold:?}");
}

#[test]
fn an_approval_holds_for_one_customer() {
    let mut scene = Scene::for_errand(Errand::Sale);
    let seller = Hire {
        name: "Mei",
        pin: "918253",
        level: Level::Seller,
        authorities: Authorities::of(&[Authority::Sell, Authority::OpenShift]),
        stores: Vec::new(),
    };
    scene.office.employ(seller, opening_time(), &mut *scene.rng).expect("employed");
    let (_folder, mut terminal) = till(&mut scene, 3, &[Role::Inquiry, Role::Sale, Role::Load]);
    sign_on(&mut terminal, &mut scene.office.operators[1]).expect("the seller signs on");
    let manager = &mut scene.office.operators[0];
    let pin = manager.pin();
    let approval = terminal.approve(&mut Field::new(&mut manager.card), &pin).expect("the manager agrees");
    scene.clock.advance_ms(119_000);
    let mut field = Field::new(&mut scene.card);
    let loaded = terminal.top_up(&mut field, euros(10), Some(&approval));
    assert!(matches!(loaded, Ok(Outcome::Done(_))), "{loaded:?}");
    scene.clock.advance_ms(2_000);
    let refused = terminal.top_up(&mut field, euros(10), Some(&approval));
    assert!(matches!(refused, Err(Refusal::NotAllowed(Authority::TopUp))), "{refused:?}");
}

#[test]
fn another_card_while_one_waits() {
    let mut scene = Scene::for_errand(Errand::Sale);
    let mut other = blank_card(3);
    let plan = Scene::plan(&mut scene.office, Standing::Active);
    scene.office.issue(&mut Field::new(&mut other), &plan, &mut *scene.rng, &mut |_| {}).expect("issued");
    let torn = scene.run(Errand::Sale, Some(Cut::AfterCard(8))).0;
    assert!(matches!(torn, Ok(Outcome::Indeterminate { .. })), "{torn:?}");
    let settled = scene.terminals[0].settle(&mut Field::new(&mut other)).expect("the other card answers");
    assert_eq!(settled, Settled::OtherCard { waiting: vec![Uid::new(*scene.card.uid())] });
    let sold = present(&mut scene, &mut other);
    assert!(matches!(sold, Ok(Outcome::Done(_))), "other cards are served meanwhile: {sold:?}");
    let before = snapshot(&mut scene);
    let refused = sell(&mut scene, 1_00);
    assert!(matches!(refused, Err(Refusal::SettleFirst(_))), "{refused:?}");
    assert_eq!(before, snapshot(&mut scene));
}

#[test]
fn packages_that_are_missing_old_forged_or_stale() {
    let mut scene = Scene::for_errand(Errand::Sale);
    let stale = scene.office.profile_of(StoreId::new(1), opening_time());
    let newer = scene.office.profile_of(StoreId::new(1), opening_time());
    scene.terminals[0].install(&newer).expect("a newer profile");
    scene.stores[0].keep(newer);
    scene.restart(0);
    refuses!(scene, scene.terminals[0].install(&stale), Refusal::Package(PackageError::NotNewer { .. }));
    let mut forger = Office::found(&mut *seeded(99), limits(), program());
    let forged = forger.profile_of(StoreId::new(1), opening_time());
    refuses!(scene, scene.terminals[0].install(&forged), Refusal::Package(PackageError::Signature(_)));
    scene.clock.advance_ms(8 * DAY_MS);
    refuses!(scene, top_up(&mut scene, euros(10)), Refusal::PackageTooOld { limit: 7, .. });
    scene.expect_done(|scene, field| scene.sell(field, 1_00));
    scene.clock.advance_ms(23 * DAY_MS);
    refuses!(scene, sell(&mut scene, 1_00), Refusal::PackageTooOld { limit: 30, .. });
}

#[test]
fn a_terminal_without_its_packages() {
    let mut scene = Scene::for_errand(Errand::Sale);
    let post = Post { store: StoreId::new(1), roles: vec![Role::Sale], listed: Vec::new() };
    let mut enrolment = scene.office.enrol(TerminalId::new(3), &post, opening_time(), &mut *scene.rng);
    enrolment.packages.retain(|package| package.kind() == Kind::Operators);
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = Store::new(folder.path(), enrolment, 3);
    let mut terminal = store.start(Box::new(scene.clock.clone())).expect("the terminal starts");
    let refused = sign_on(&mut terminal, &mut scene.office.operators[0]);
    assert!(matches!(refused, Err(Refusal::PackageMissing(Kind::Profile))), "{refused:?}");
}

#[test]
fn a_terminal_without_the_load_key() {
    let mut scene = Scene::for_errand(Errand::Sale);
    let (_folder, mut terminal) = till(&mut scene, 3, &[Role::Inquiry, Role::Sale, Role::Reversal]);
    let refused = terminal.top_up(&mut Field::new(&mut scene.card), euros(10), None);
    assert!(matches!(refused, Err(Refusal::KeyNotHeld(Role::Load))), "{refused:?}");
    let sold = terminal.sell(&mut Field::new(&mut scene.card), &Order::plain(euros(1)), None);
    assert!(matches!(sold, Ok(Outcome::Done(_))), "{sold:?}");
}

/// Another terminal with these masters, with the first operator on duty and a shift open.
fn till(scene: &mut Scene, number: u32, roles: &[Role]) -> (tempfile::TempDir, Terminal) {
    let post = Post { store: StoreId::new(number), roles: roles.to_vec(), listed: Vec::new() };
    let enrolment = scene.office.enrol(TerminalId::new(number), &post, opening_time(), &mut *scene.rng);
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = Store::new(folder.path(), enrolment, u64::from(number));
    let mut terminal = store.start(Box::new(scene.clock.clone())).expect("the terminal starts");
    sign_on(&mut terminal, &mut scene.office.operators[0]).expect("the operator signs on");
    terminal.open_shift(FLOAT).expect("a shift opens");
    (folder, terminal)
}

#[test]
fn a_clock_that_was_set_back() {
    let mut scene = Scene::for_errand(Errand::Sale);
    scene.expect_done(|scene, field| scene.sell(field, 1_00));
    scene.clock.advance_ms(-3_600_000);
    refuses!(scene, sell(&mut scene, 1_00), Refusal::Clock(_));
    scene.restart(0);
    refuses!(scene, sell(&mut scene, 1_00), Refusal::Clock(_));
    scene.clock.advance_ms(3_600_000);
    scene.expect_done(|scene, field| scene.sell(field, 1_00));
}

#[test]
fn wrong_pins_until_the_card_blocks_itself() {
    let mut scene = Scene::for_errand(Errand::Sale);
    let (_folder, mut terminal) = till(&mut scene, 3, &[Role::Sale]);
    terminal.sign_off().expect("signed off");
    let wrong = Pin::parse("000000").expect("six digits");
    let mut tries = Vec::new();
    for _ in 0..12 {
        let operator = &mut scene.office.operators[0];
        match terminal.sign_on(&mut Field::new(&mut operator.card), &wrong) {
            Err(Refusal::Card(CardError::WrongPin { tries_left })) => tries.push(tries_left),
            Err(Refusal::Card(CardError::PinBlocked)) => break,
            other => panic!("{other:?}"),
        }
    }
    assert!(tries.len() >= 2 && tries.windows(2).all(|pair| pair[1] + 1 == pair[0]), "{tries:?}");
    let refused = sign_on(&mut terminal, &mut scene.office.operators[0]);
    assert!(matches!(refused, Err(Refusal::Card(CardError::PinBlocked))), "the right PIN no longer helps: {refused:?}");
}

#[test]
fn operators_who_may_not() {
    let mut scene = Scene::for_errand(Errand::Sale);
    let seller = Hire {
        name: "Mei",
        pin: "918253",
        level: Level::Seller,
        authorities: Authorities::of(&[Authority::Sell, Authority::OpenShift]).with_discounts(5),
        stores: vec![StoreId::new(1), StoreId::new(3), StoreId::new(4)],
    };
    scene.office.employ(seller, opening_time(), &mut *scene.rng).expect("employed");
    let elsewhere = sign_on(&mut scene.terminals[1], &mut scene.office.operators[1]);
    assert!(matches!(elsewhere, Err(Refusal::Operator(_))), "not listed yet: {elsewhere:?}");
    let list = scene.office.operator_list(opening_time());
    for terminal in &mut scene.terminals {
        terminal.install(&list).expect("a newer list");
    }
    let elsewhere = sign_on(&mut scene.terminals[1], &mut scene.office.operators[1]);
    assert!(matches!(elsewhere, Err(Refusal::Operator(OperatorFault::OtherStore))), "{elsewhere:?}");
    let without_slot = sign_on(&mut scene.terminals[0], &mut scene.office.operators[1]);
    assert!(matches!(without_slot, Err(Refusal::Bundle(BundleError::NoSlot(_)))), "{without_slot:?}");

    let (_folder, mut terminal) = till(&mut scene, 3, &[Role::Inquiry, Role::Sale, Role::Load]);
    sign_on(&mut terminal, &mut scene.office.operators[1]).expect("the seller signs on");
    let mut field = Field::new(&mut scene.card);
    let refused = terminal.top_up(&mut field, euros(10), None);
    assert!(matches!(refused, Err(Refusal::NotAllowed(Authority::TopUp))), "{refused:?}");
    let generous = Order { discount: euros(1), ..Order::plain(euros(10)) };
    let refused = terminal.sell(&mut field, &generous, None);
    assert!(matches!(refused, Err(Refusal::NotAllowed(Authority::Discount))), "{refused:?}");
    drop(field);
    let manager = &mut scene.office.operators[0];
    let pin = manager.pin();
    let approval = terminal.approve(&mut Field::new(&mut manager.card), &pin).expect("the manager agrees");
    let mut field = Field::new(&mut scene.card);
    let sold = terminal.sell(&mut field, &generous, Some(&approval));
    assert!(matches!(sold, Ok(Outcome::Done(_))), "{sold:?}");
    let loaded = terminal.top_up(&mut field, euros(10), Some(&approval));
    assert!(matches!(loaded, Ok(Outcome::Done(_))), "{loaded:?}");
}

#[test]
fn an_operator_s_keys_run_out() {
    let mut scene = Scene::for_errand(Errand::Sale);
    scene.terminals[0].sign_off().expect("signed off");
    scene.clock.advance_ms(31 * DAY_MS);
    let refused = sign_on(&mut scene.terminals[0], &mut scene.office.operators[0]);
    assert!(matches!(refused, Err(Refusal::Bundle(BundleError::Expired(_)))), "{refused:?}");
    scene.clock.advance_ms(400 * DAY_MS);
    let refused = sign_on(&mut scene.terminals[0], &mut scene.office.operators[0]);
    assert!(matches!(refused, Err(Refusal::Operator(OperatorFault::TimeOver))), "{refused:?}");
}

#[test]
fn a_card_without_room_and_one_that_is_issued_already() {
    let mut scene = Scene::for_errand(Errand::Sale);
    let plan = Scene::plan(&mut scene.office, Standing::Active);
    let mut small = Card::new(CardConfig { memory_bytes: 640, ..blank_config(9) });
    let refused = scene.office.issue(&mut Field::new(&mut small), &plan, &mut *scene.rng, &mut |_| {});
    assert!(matches!(refused, Err(CardError::OutOfMemory)), "{refused:?}");
    let refused = scene.office.issue(&mut Field::new(&mut scene.card), &plan, &mut *scene.rng, &mut |_| {});
    assert!(matches!(refused, Err(CardError::AlreadyIssued)), "{refused:?}");
    assert_ne!(scene.card_state().newest.expiry, Date::default());
}
