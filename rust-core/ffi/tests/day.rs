//! From signing on to the Z report, as the app drives it.

mod common;

use common::{CASHIER, MANAGER, PINS, Shop, done, hold, plain, shared};
use satchel::{
    Authority, BasketLine, CardMark, ClockStatus, Consent, Depth, JournalLine, JournalQuery, JournalScope, Level,
    LineKind, MemberDetails, MovementState, Operation, Order, PackageState, Progress, ProgressFault, ReceiptKind,
    Redeem, Standing, Tender, Trouble,
};
use satchel_training::field::blank_card;
use std::sync::{Arc, Mutex};

const EVERYTHING: JournalQuery = JournalQuery {
    scope: JournalScope::Everything,
    number: None,
    amount_minor: None,
    card: None,
    from_ms: None,
    until_ms: None,
};

#[test]
fn a_day_from_sign_on_to_z_report() {
    let mut shop = Shop::new();
    let till = shop.till();
    let morning = till.status().expect("a status");
    assert_eq!((morning.terminal, morning.store, morning.training), (7, Some(5), false));
    assert_eq!((morning.operator, morning.shift), (None, None));
    assert_eq!(morning.clock, ClockStatus::Right);
    assert!(morning.packages.iter().all(|package| package.state == PackageState::Good), "{:?}", morning.packages);

    assert_eq!(till.open_shift(50_00), Err(Trouble::SignOnFirst));
    let duty = shop.sign_on(&till, MANAGER).expect("the manager signs on");
    assert_eq!(
        (duty.person.name.as_deref(), duty.level, duty.discount_percent),
        (Some("Ines"), Level::StoreManager, 50)
    );
    assert!(duty.authorities.contains(&Authority::Refund));
    assert_eq!(till.sell(shop.member(), plain(10_00), None), Err(Trouble::OpenShiftFirst));
    assert_eq!(till.open_shift(50_00), Ok(1));

    let sale = done(till.sell(shop.member(), plain(23_45), None));
    assert_eq!((sale.kind, sale.state, sale.duplicate), (ReceiptKind::Sale, MovementState::Done, false));
    assert_eq!((sale.amount_minor, sale.purse_minor, sale.balance_minor), (23_45, -23_45, Some(76_55)));
    assert_eq!((sale.points_earned, sale.points_redeemed, sale.points_balance), (23, 0, Some(523)));
    assert_eq!(sale.head.entries, sale.id.sequence);

    let top_up = done(till.top_up(shop.member(), 40_00, None));
    assert_eq!((top_up.cash_minor, top_up.purse_minor, top_up.bonus_minor), (40_00, 42_00, 2_00));
    let undone = done(till.undo_top_up(shop.member(), None));
    assert_eq!((undone.cash_minor, undone.undoes), (-40_00, Some(top_up.id)));
    let refund = done(till.refund(shop.member(), sale.id.sequence, 3_45, None));
    assert_eq!((refund.purse_minor, refund.balance_minor, refund.points_earned), (3_45, Some(80_00), -3));
    let cash = till.sell_for_cash(plain(5_00), None).expect("a cash sale");
    assert_eq!((cash.kind, cash.cash_minor, cash.card), (ReceiptKind::CashSale, 5_00, None));
    let out = till.pay_out(20_00, None).expect("takings are carried off");
    assert_eq!((out.kind, out.cash_minor, out.amount_minor), (ReceiptKind::PayOut, -20_00, 20_00));
    assert_eq!(till.pay_in(1_00, None).expect("change is brought").cash_minor, 1_00);

    let x = till.x_report().expect("a shift is open");
    assert_eq!((x.expected_minor, x.totals.sales, x.totals.spent_minor), (50_00 + 5_00 - 20_00 + 1_00, 2, 23_45));
    let z = till.close_shift(35_50).expect("the shift closes");
    assert_eq!((z.number, z.expected_minor, z.counted_minor, z.difference_minor), (1, 36_00, 35_50, -50));
    assert_eq!(z.shift, x.totals);
    assert_eq!(z.perpetual, z.shift);
    assert_eq!(z.opening.as_ref().map(|opening| opening.float_minor), Some(50_00));
    assert_eq!((z.head.entries, z.head_hash.len()), (z.sequence - 1, 64));
    assert!(z.head_hash.starts_with(&z.head.hash));
    assert_eq!(till.x_report(), Err(Trouble::OpenShiftFirst));

    drop(till);
    let again = shop.open().expect("the till opens").z_report(z.sequence).expect("the report is kept");
    assert_eq!(again, satchel::ZReport { duplicate: true, ..z });
}

#[test]
fn what_an_order_comes_to_is_told_before_the_tap_and_is_what_the_tap_does() {
    let mut shop = Shop::new();
    let till = shop.open_till();
    let order = Order {
        redeem: Redeem::Most,
        tender: Tender::CashPart { cash_minor: 5_00 },
        lines: vec![line("0042", "Tea", 12_00), line("0043", "Cup", 18_00)],
        discount_minor: 3_00,
        ..plain(30_00)
    };
    let blind = till.preview(order.clone(), None).expect("a preview");
    assert_eq!((blind.redeemable, blind.redeemable_value_minor), (1_350, 13_50), "half of the sale, whatever the card");
    let face = till.inquire(shop.member(), Depth::State).expect("the card is ours");
    let told = till.preview(order.clone(), Some(face.means)).expect("a preview");
    assert_eq!((told.redeemed, told.points_value_minor), (500, 5_00));
    assert_eq!((told.purse_minor, told.cash_minor, told.earned), (17_00, 5_00, 22));
    let sold = done(till.sell(shop.member(), order, None));
    assert_eq!((-sold.purse_minor, sold.cash_minor), (told.purse_minor, told.cash_minor));
    assert_eq!((sold.points_earned, sold.points_redeemed), (told.earned, told.redeemed));
    assert_eq!(sold.lines[1], line("0043", "Cup", 18_00));
    let undone = done(till.undo_sale(shop.member(), None));
    assert_eq!((undone.points_earned, undone.points_redeemed), (-told.earned, -told.redeemed));
    assert_eq!((undone.balance_minor, undone.points_balance), (Some(100_00), Some(500)));

    let top_up = till.preview_top_up(40_00).expect("a preview");
    assert_eq!((top_up.credited_minor, top_up.bonus_minor, top_up.bonus_points), (42_00, 2_00, 5));
}

#[test]
fn a_card_tells_of_itself_and_of_its_last_movements() {
    let mut shop = Shop::new();
    let till = shop.open_till();
    let sale = done(till.sell(shop.member(), plain(10_00), None));
    let card = till.inquire(shop.member(), Depth::History).expect("the card is ours");
    assert_eq!((card.standing, card.means.balance_minor, card.means.points), (Standing::Active, 90_00, 510));
    assert_eq!(card.currency, satchel::Currency { code: "EUR".to_owned(), exponent: 2 });
    assert_eq!(card.number.replace(' ', "").len(), 12);
    assert!(card.expiry_day.is_some_and(|expiry| expiry > card.issued_day));
    let (newest, first) = (&card.history[0], &card.history[1]);
    assert_eq!((newest.id, newest.operation, newest.amount_minor), (sale.id, Operation::Sale, -10_00));
    assert_eq!((first.operation, first.balance_minor), (Operation::Issue, 100_00));
    assert_eq!(till.inquire(shop.member(), Depth::State).expect("the card is ours").history.len(), 1);
}

#[test]
fn somebody_else_approves_and_does_not_take_over() {
    let mut shop = Shop::new();
    let till = shop.till();
    shop.sign_on(&till, CASHIER).expect("the cashier signs on");
    till.open_shift(0).expect("a shift opens");
    let sale = done(till.sell(shop.member(), plain(10_00), None));
    let refused = till.undo_sale(shop.member(), None);
    assert_eq!(refused, Err(Trouble::AskSomebodyWhoMay { authority: Authority::Undo }));
    let discount = || Order { discount_minor: 2_00, ..plain(10_00) };
    let refused = till.sell(shop.member(), discount(), None);
    assert_eq!(refused, Err(Trouble::AskSomebodyWhoMay { authority: Authority::Discount }));

    let approval = till.approve(shop.operator(MANAGER), PINS[MANAGER].as_bytes().to_vec()).expect("they agree");
    assert_eq!(approval.by().name.as_deref(), Some("Ines"));
    let undone = done(till.undo_sale(shop.member(), Some(approval.clone())));
    assert_eq!(undone.undoes, Some(sale.id));
    assert_eq!(undone.operator.name.as_deref(), Some("Chidi"));
    assert_eq!(undone.approver, Some(approval.by()));
    assert_eq!(done(till.sell(shop.member(), discount(), Some(approval))).discount_minor, 2_00);
    let on_duty = till.status().expect("a status").operator.expect("somebody");
    assert_eq!(on_duty.person.name.as_deref(), Some("Chidi"));
}

#[test]
fn members_are_registered_found_and_reported_lost() {
    let mut shop = Shop::with_member(satchel_cards::record::Standing::NotActivated);
    let till = shop.open_till();
    assert_eq!(till.sell(shop.member(), plain(1_00), None), Err(Trouble::RegisterFirst));
    let details = |name: &str| MemberDetails {
        name: name.to_owned(),
        contact: "ada@example.org".to_owned(),
        consent: Consent::Given,
    };
    let nobody = till.register(shop.member(), details(" "));
    assert!(matches!(nobody, Err(Trouble::MemberTextWrong { .. })), "{nobody:?}");
    let registered = till.register(shop.member(), details("Ada Example")).expect("she is registered");
    let receipt = done(Ok(registered.outcome));
    assert_eq!(receipt.kind, ReceiptKind::Activate);
    let again = till.register(shop.member(), details("Ada Example"));
    assert_eq!(again, Err(Trouble::AlreadyRegistered));

    for text in ["ada", "EXAMPLE", registered.number.as_str()] {
        let found = till.find_members(text).expect("a search");
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!((found[0].name.as_str(), &found[0].number), ("Ada Example", &registered.number));
    }
    let face = till.inquire(shop.member(), Depth::State).expect("the card is ours").registered.expect("known here");
    assert_eq!((face.name.as_str(), face.consent), ("Ada Example", Consent::Given));
    till.report_lost(&registered.number).expect("the report is taken");
    assert!(matches!(till.report_lost("1000 0000 0013"), Err(Trouble::CardNumberWrong { .. })));
    till.sign_off().expect("signed off");
    assert_eq!(till.find_members("ada"), Err(Trouble::SignOnFirst), "personal data is for people on duty");
    let lost = lines(&till, EVERYTHING).into_iter().find(|line| matches!(line.kind, LineKind::ReportedLost { .. }));
    assert_eq!(lost.map(|line| line.kind), Some(LineKind::ReportedLost { number: registered.number }));
}

#[test]
fn the_journal_is_paged_and_searched() {
    let mut shop = Shop::new();
    let till = shop.open_till();
    let sales: Vec<_> = (1..=12).map(|euros| done(till.sell(shop.member(), plain(euros * 1_00), None))).collect();
    shop.clock.advance_ms(86_400_000);
    till.sell_for_cash(plain(7_00), None).expect("a cash sale");

    let movements = JournalQuery { scope: JournalScope::Movements, ..EVERYTHING };
    let all = lines(&till, movements.clone());
    assert_eq!(all.len(), 13);
    let mut paged = Vec::new();
    loop {
        let before = paged.last().map(|line: &JournalLine| line.sequence);
        let page = till.journal_lines(movements.clone(), before, 5).expect("a page");
        if page.is_empty() {
            break;
        }
        paged.extend(page);
    }
    assert_eq!(paged, all);
    assert!(lines(&till, EVERYTHING).iter().any(|line| line.kind == LineKind::SignedOn));

    let by_number = lines(&till, JournalQuery { number: Some(sales[3].id.sequence), ..movements.clone() });
    assert_eq!(by_number.iter().map(|line| line.sequence).collect::<Vec<_>>(), [sales[3].id.sequence]);
    assert_eq!((by_number[0].amount_minor, by_number[0].state), (Some(4_00), Some(MovementState::Done)));
    let by_amount = lines(&till, JournalQuery { amount_minor: Some(7_00), ..movements.clone() });
    let kinds: Vec<_> = by_amount.iter().map(|line| line.kind.clone()).collect();
    let movement = |receipt| LineKind::Movement { receipt };
    assert_eq!(kinds, [movement(ReceiptKind::CashSale), movement(ReceiptKind::Sale)]);
    let yesterday = lines(&till, JournalQuery { until_ms: Some(sales[11].at_ms), ..movements.clone() });
    assert_eq!(yesterday.len(), 12);
    let CardMark { tail, number } = sales[0].card.clone().expect("a card");
    assert_eq!(number, None, "nobody has told the number yet");
    assert_eq!(lines(&till, JournalQuery { card: Some(tail), ..movements.clone() }).len(), 12);

    till.inquire(shop.member(), Depth::State).expect("the card is ours");
    let known = lines(&till, JournalQuery { number: Some(sales[0].id.sequence), ..movements.clone() });
    let digits = known[0].card.clone().and_then(|card| card.number).expect("the inquiry told it");
    let by_card = lines(&till, JournalQuery { card: Some(digits.replace('…', "")), ..movements.clone() });
    assert_eq!(by_card.len(), 12);
    assert_eq!(lines(&till, JournalQuery { card: Some("9999".to_owned()), ..movements }).len(), 0);
}

#[test]
fn a_reprint_is_the_same_receipt_marked_as_a_duplicate() {
    let mut shop = Shop::new();
    let till = shop.open_till();
    let sale = done(till.sell(shop.member(), Order { tender: Tender::CardThenCash, ..plain(99_00) }, None));
    let reprint = till.receipt(sale.id.sequence).expect("it is kept");
    assert_eq!(reprint, satchel::Receipt { duplicate: true, ..sale.clone() });
    assert_eq!(till.receipt(9_999), Err(Trouble::NoSuchSale { sequence: 9_999 }));
    let signed_on = till.receipt(sale.id.sequence - 2);
    assert!(matches!(signed_on, Err(Trouble::NoSuchSale { .. })), "{signed_on:?}");
}

#[test]
fn the_whole_journal_is_checked_with_progress() {
    #[derive(Default)]
    struct Heard(Mutex<Vec<(u64, u64)>>);
    impl Progress for Heard {
        fn step(&self, done: u64, total: u64) -> Result<(), ProgressFault> {
            self.0.lock().expect("nobody panicked").push((done, total));
            Err(ProgressFault::Failed { detail: "the bar is gone".to_owned() })
        }
    }
    let mut shop = Shop::new();
    let till = shop.open_till();
    done(till.sell(shop.member(), plain(1_00), None));
    till.checkpoint().expect("signed");
    till.tidy().expect("tidied");
    let heard = Arc::new(Heard::default());
    let verified = till.verify_journal(heard.clone()).expect("the chain is whole");
    assert_eq!(verified.head, till.status().expect("a status").head);
    assert!(verified.checkpoints > 0);
    assert_eq!(heard.0.lock().expect("nobody panicked").last(), Some(&(verified.entries, verified.entries)));
}

#[test]
fn idle_operators_are_signed_off_and_a_touch_keeps_them() {
    let mut shop = Shop::new();
    let till = shop.open_till();
    let idle_ms = till.status().expect("a status").idle_ms;
    shop.clock.advance_ms(idle_ms - 1);
    assert_eq!(till.sign_off_if_idle(), Ok(false));
    till.touch().expect("touched");
    shop.clock.advance_ms(idle_ms - 1);
    assert_eq!(till.sign_off_if_idle(), Ok(false));
    shop.clock.advance_ms(1);
    assert_eq!(till.sign_off_if_idle(), Ok(true));
    assert_eq!(till.sell(shop.member(), plain(1_00), None), Err(Trouble::SignOnFirst));
}

#[test]
fn cards_that_are_none_of_ours_are_named() {
    let mut shop = Shop::new();
    let till = shop.open_till();
    let blank = shared(blank_card(77));
    assert_eq!(till.sell(hold(&blank), plain(1_00), None), Err(Trouble::NotOurCard));
    assert_eq!(till.sell(shop.operator(CASHIER), plain(1_00), None), Err(Trouble::NotOurCard));
    assert_eq!(shop_pin(&till, &shop, "000000"), Err(Trouble::WrongPin { tries_left: 4 }));
    assert_eq!(shop_pin(&till, &shop, "0000"), Err(Trouble::PinMalformed));
    for tries_left in [3, 2, 1] {
        assert_eq!(shop_pin(&till, &shop, "000000"), Err(Trouble::WrongPin { tries_left }));
    }
    assert_eq!(shop_pin(&till, &shop, "000000"), Err(Trouble::PinBlocked));
    assert_eq!(shop_pin(&till, &shop, PINS[CASHIER]), Err(Trouble::PinBlocked));
}

fn shop_pin(till: &satchel::Till, shop: &Shop, pin: &str) -> Result<(), Trouble> {
    till.sign_on(shop.operator(CASHIER), pin.as_bytes().to_vec()).map(drop)
}

fn lines(till: &satchel::Till, query: JournalQuery) -> Vec<JournalLine> {
    till.journal_lines(query, None, 500).expect("the journal can be read")
}

fn line(item: &str, text: &str, amount_minor: i64) -> BasketLine {
    BasketLine { item: item.to_owned(), text: text.to_owned(), quantity_milli: 1_000, amount_minor }
}
