//! A chain's day: two terminals, their people, a few dozen members, and everything that goes wrong with cards.

use crate::audit::{Audit, Verdicts};
use crate::clock::HandClock;
use crate::field::{Field, blank_card};
use crate::office::{Hire, Office, Post, opening_time};
use crate::store::{Store, seeded};
use rand_core::CryptoRng;
use satchel_card_simulator::Card;
use satchel_cards::issue::MemberIssued;
use satchel_cards::record::Standing;
use satchel_cards::{CardError, KeySource};
use satchel_device::SetUp;
use satchel_journal::{Consent, JournalError, Operation, Record, ZReport};
use satchel_keys::{Pin, Role};
use satchel_packages::{Authorities, Authority, Level};
use satchel_programs::{BonusRule, EarnRule, Limits, Program, RedeemRule};
use satchel_terminal::{
    MemberDetails, Order, Outcome, Receipt, Redeem, Refusal, Settled, Settlement, Tender, Terminal,
};
use satchel_transport::Cut;
use satchel_values::{Money, Points, StoreId, TerminalId, Uid};
use std::path::Path;

/// Members whose cards are issued in the morning.
pub const MEMBERS: u32 = 48;
/// Movements tried during the day.
const VISITS: u32 = 1_200;
/// The card that is on the block list.
pub const LISTED: usize = 0;
/// The card that waits for its member.
pub const PRE_ISSUED: usize = 1;
/// The exchange in which a sale with points is committed, counted from 0.
const COMMIT_OF_A_SALE: u32 = 8;
/// Change money in each drawer.
const FLOAT: Money = Money::new(100_00);

/// Told what the day is doing, for a progress bar.
pub trait Narrator {
    /// A part of the day begins, with so many steps.
    fn begins(&mut self, what: &str, steps: u32);
    /// A step of it is done.
    fn step(&mut self);
}

/// What the day came to.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Members' cards made.
    pub issued: u32,
    /// Sales done.
    pub sales: u32,
    /// Of them, with points redeemed.
    pub redemptions: u32,
    /// Of them, partly paid in cash.
    pub split: u32,
    /// Top-ups done.
    pub top_ups: u32,
    /// Sales and top-ups taken back.
    pub undos: u32,
    /// Refunds done.
    pub refunds: u32,
    /// Cards torn away.
    pub torn: u32,
    /// Of them, settled when the card was held again, or harmless.
    pub recovered: u32,
    /// Cards torn away whose owner left.
    pub abandoned: u32,
    /// Movements that wait for head office at the end of the day.
    pub held: u32,
    /// Cards and people refused.
    pub refused: u32,
    /// The Z reports.
    pub z_reports: Vec<(TerminalId, ZReport)>,
    /// Entries in all journals.
    pub entries: u32,
    /// What head office found.
    pub verdicts: Verdicts,
}

/// Why a day could not be lived to its end.
#[derive(Debug, thiserror::Error)]
pub enum DayError {
    /// At the issuing desk, or in the audit.
    #[error("head office: {0}")]
    Office(#[from] CardError),
    /// At a terminal.
    #[error("terminal: {0}")]
    Terminal(#[from] Refusal),
    /// In a journal.
    #[error("journal: {0}")]
    Journal(#[from] JournalError),
    /// With a file or folder.
    #[error("{0}")]
    Folder(#[from] std::io::Error),
}

/// What a day begins with, whichever head office made it.
pub struct Morning {
    /// The members' cards, [`MEMBERS`] of them. That at [`LISTED`] is on the block list, that at [`PRE_ISSUED`] waits for
    /// its member.
    pub cards: Vec<Card>,
    /// Their first transactions.
    pub issued: Vec<MemberIssued>,
    /// As [`staff`] lists them.
    pub staff: Vec<Staff>,
    /// The terminals of both stores.
    pub enrolments: Vec<SetUp>,
}

/// Somebody who works at terminals.
pub struct Staff {
    /// Their card.
    pub card: Card,
    /// Their PIN.
    pub pin: Pin,
}

/// Lives a day with this seed, under a head office in miniature. The journals are left in `folder`.
pub fn live(seed: u64, folder: &Path, narrator: &mut dyn Narrator) -> Result<Summary, DayError> {
    let mut rng = seeded(seed);
    let mut office = Office::found(&mut *rng, limits(), program());
    let morning = in_miniature(&mut office, &mut *rng, narrator)?;
    live_on(morning, office.ring(), seed, folder, narrator)
}

/// Lives a day that some head office has prepared. `keys` gives every key of every card, that of the transaction MAC too.
pub fn live_on(
    morning: Morning,
    keys: &dyn KeySource,
    seed: u64,
    folder: &Path,
    narrator: &mut dyn Narrator,
) -> Result<Summary, DayError> {
    let mut day = Day::dawn(morning, seed, folder)?;
    day.trade(narrator)?;
    day.dusk(keys, narrator)
}

struct Day {
    rng: Box<dyn CryptoRng + Send>,
    clock: HandClock,
    cards: Vec<Card>,
    issued: Vec<MemberIssued>,
    strangers: Vec<Card>,
    stores: Vec<Store>,
    terminals: Vec<Terminal>,
    summary: Summary,
}

impl Day {
    /// The terminals open.
    fn dawn(morning: Morning, seed: u64, folder: &Path) -> Result<Self, DayError> {
        let mut rng = seeded(seed ^ 0xDA4);
        let strangers = vec![counterfeit(&mut *rng)?, blank_card(0xBBBB_BBBB)];
        let mut day = Self {
            rng,
            clock: HandClock::new(opening_time()),
            cards: morning.cards,
            issued: morning.issued,
            strangers,
            stores: Vec::new(),
            terminals: Vec::new(),
            summary: Summary { issued: MEMBERS, ..Summary::default() },
        };
        // The administrator comes first in the list, then who works at each store.
        let at_tills = morning.staff.into_iter().skip(1);
        for (number, (enrolment, mut staff)) in (1_u64..).zip(morning.enrolments.into_iter().zip(at_tills)) {
            day.open_store(enrolment, &mut staff, folder, seed ^ number)?;
        }
        Ok(day)
    }

    fn open_store(&mut self, enrolment: SetUp, staff: &mut Staff, folder: &Path, seed: u64) -> Result<(), DayError> {
        let folder = folder.join(enrolment.terminal.to_string());
        std::fs::create_dir_all(&folder)?;
        let mut store = Store::new(&folder, enrolment, seed);
        let mut terminal = store.start(Box::new(self.clock.clone()))?;
        terminal.sign_on(&mut Field::new(&mut staff.card), &staff.pin)?;
        terminal.open_shift(FLOAT)?;
        self.stores.push(store);
        self.terminals.push(terminal);
        Ok(())
    }

    fn trade(&mut self, narrator: &mut dyn Narrator) -> Result<(), DayError> {
        narrator.begins("selling", VISITS);
        self.strangers_come()?;
        for visit in 0..VISITS {
            let pause_ms = 30_000 + i64::from(self.below(30_000));
            self.clock.advance_ms(pause_ms);
            self.visit(visit)?;
            narrator.step();
        }
        Ok(())
    }

    /// Cards and people that must be refused.
    fn strangers_come(&mut self) -> Result<(), DayError> {
        let order = Order::plain(Money::new(1_00));
        for place in 0..self.strangers.len() {
            let refused = self.terminals[0].sell(&mut Field::new(&mut self.strangers[place]), &order, None);
            self.expect_refused(refused);
        }
        for terminal in [0, 1] {
            let refused = self.terminals[terminal].sell(&mut Field::new(&mut self.cards[LISTED]), &order, None);
            self.expect_refused(refused);
        }
        let refused = self.terminals[0].sell(&mut Field::new(&mut self.cards[PRE_ISSUED]), &order, None);
        self.expect_refused(refused);
        let member = MemberDetails {
            name: "Ada Example".to_owned(),
            contact: "ada@example.org".to_owned(),
            consent: Consent::Given,
        };
        self.terminals[0].register(&mut Field::new(&mut self.cards[PRE_ISSUED]), &member)?;
        Ok(())
    }

    fn expect_refused(&mut self, result: Result<Outcome, Refusal>) {
        match result {
            Err(refusal) => {
                log::info!("refused: {refusal}");
                self.summary.refused += 1;
            }
            Ok(outcome) => log::error!("a card that must be refused was taken: {outcome:?}"),
        }
    }

    /// One member comes to one till.
    fn visit(&mut self, number: u32) -> Result<(), DayError> {
        let member = 1 + usize::try_from(self.below(MEMBERS - 1)).unwrap_or_default();
        let terminal = usize::try_from(self.below(2)).unwrap_or_default();
        let cut = self.perhaps_torn();
        let errand = self.errand();
        let result = self.run_errand(&errand, terminal, member, cut);
        self.after(result, terminal, member)?;
        if number.is_multiple_of(97) {
            self.clock.advance_ms(60_000);
            self.terminals[terminal].checkpoint()?;
        }
        Ok(())
    }

    fn errand(&mut self) -> Errand {
        let amount = Money::new(i64::from(50 + self.below(9_00)));
        match self.below(100) {
            0..=13 => Errand::TopUp(Money::new(i64::from(5 + self.below(46)) * 1_00)),
            14..=24 => Errand::Sell(Order { redeem: Redeem::Most, ..Order::plain(amount) }),
            25..=31 => Errand::Sell(Order { tender: Tender::CardThenCash, ..Order::plain(amount) }),
            32..=35 => Errand::UndoSale,
            36..=37 => Errand::UndoTopUp,
            _ => Errand::Sell(Order::plain(amount)),
        }
    }

    fn run_errand(
        &mut self,
        errand: &Errand,
        terminal: usize,
        member: usize,
        cut: Option<Cut>,
    ) -> Result<Outcome, Refusal> {
        let mut field = Field::torn(&mut self.cards[member], cut);
        let terminal = &mut self.terminals[terminal];
        match errand {
            Errand::Sell(order) => terminal.sell(&mut field, order, None),
            Errand::TopUp(amount) => terminal.top_up(&mut field, *amount, None),
            Errand::UndoSale => terminal.undo_sale(&mut field, None),
            Errand::UndoTopUp => terminal.undo_top_up(&mut field, None),
        }
    }

    /// What clerk and customer do next.
    fn after(&mut self, result: Result<Outcome, Refusal>, terminal: usize, member: usize) -> Result<(), DayError> {
        match result {
            Ok(Outcome::Done(receipt)) => self.count(&receipt),
            Ok(Outcome::NotApplied { .. }) => {
                self.summary.torn += 1;
                self.summary.recovered += 1;
            }
            Err(Refusal::CardGone) => {
                self.summary.torn += 1;
                self.summary.recovered += 1;
            }
            Ok(Outcome::Indeterminate { id, .. }) => {
                self.summary.torn += 1;
                if self.below(4) == 0 {
                    self.summary.abandoned += 1;
                    self.terminals[terminal].park(id.sequence)?;
                } else {
                    self.hold_again(terminal, member)?;
                }
            }
            Err(Refusal::SettleFirst(_)) => self.hold_again(terminal, member)?,
            Err(refusal) => {
                log::debug!("refused: {refusal}");
                self.summary.refused += 1;
            }
        }
        Ok(())
    }

    /// "Hold the same card again."
    fn hold_again(&mut self, terminal: usize, member: usize) -> Result<(), DayError> {
        let mut field = Field::new(&mut self.cards[member]);
        let Settled::Settled(settlements) = self.terminals[terminal].settle(&mut field)? else { return Ok(()) };
        drop(field);
        for settlement in settlements {
            match settlement {
                Settlement::Confirmed(receipt) => {
                    self.summary.recovered += 1;
                    self.count(&receipt);
                }
                Settlement::NotApplied(_) => self.summary.recovered += 1,
                Settlement::Held(id, contradiction) => log::error!("{id} is held: {contradiction:?}"),
            }
        }
        Ok(())
    }

    fn count(&mut self, receipt: &Receipt) {
        match receipt.operation {
            Operation::Sale => {
                let redeemed = receipt.basket.as_ref().is_some_and(|basket| basket.points_value.is_positive());
                self.summary.redemptions += u32::from(redeemed);
                self.summary.split += u32::from(receipt.cash.is_positive());
            }
            Operation::TopUp => self.summary.top_ups += 1,
            Operation::UndoSale | Operation::UndoTopUp => self.summary.undos += 1,
            _ => {}
        }
    }

    /// Shifts are closed, journals verified, cards read.
    fn dusk(mut self, keys: &dyn KeySource, narrator: &mut dyn Narrator) -> Result<Summary, DayError> {
        narrator.begins("closing", 3);
        self.refund_one()?;
        for terminal in &mut self.terminals {
            let expected = terminal.x_report()?.expected;
            let report = terminal.close_shift(expected)?;
            self.summary.sales += report.shift.sales;
            self.summary.held += u32::try_from(report.unsettled.len()).unwrap_or(u32::MAX);
            self.summary.entries += terminal.journal().head().sequence.get();
            self.summary.z_reports.push((terminal.journal().terminal(), report));
            terminal.sign_off()?;
        }
        narrator.step();
        let mut audit = Audit::new(keys);
        for issued in &self.issued {
            audit.issued(issued);
        }
        for terminal in &self.terminals {
            audit.journal(terminal.journal())?;
        }
        narrator.step();
        self.summary.verdicts = audit.conclude(&mut self.cards, &mut *self.rng)?;
        narrator.step();
        Ok(self.summary)
    }

    /// Somebody brings something back that was bought hours ago.
    fn refund_one(&mut self) -> Result<(), DayError> {
        for member in PRE_ISSUED..self.cards.len() {
            let card = Uid::new(*self.cards[member].uid());
            let sale = self.terminals[1].journal().entries_of_card(&card, opening_time(), usize::MAX)?;
            let sale = sale.iter().rev().find(|entry| {
                matches!(&entry.record, Record::Intent(intent)
                if intent.operation == Operation::Sale && intent.purse <= Money::new(-1_00))
            });
            let Some(sale) = sale.map(|entry| entry.sequence) else { continue };
            let mut field = Field::new(&mut self.cards[member]);
            match self.terminals[1].refund(&mut field, sale, Money::new(50), None) {
                Ok(Outcome::Done(_)) => {
                    self.summary.refunds += 1;
                    return Ok(());
                }
                other => log::info!("no refund for this one: {other:?}"),
            }
        }
        Ok(())
    }

    /// One presentation in nine is torn, anywhere from the first exchange to the last; one in forty where it hurts
    /// most, at the commit of a sale.
    fn perhaps_torn(&mut self) -> Option<Cut> {
        match self.below(40) {
            0 => Some(Cut::AfterCard(COMMIT_OF_A_SALE)),
            _ => Cut::seeded(&mut *self.rng, 9, 10),
        }
    }

    fn below(&mut self, bound: u32) -> u32 {
        self.rng.next_u32() % bound.max(1)
    }
}

/// What a member comes for.
enum Errand {
    Sell(Order),
    TopUp(Money),
    UndoSale,
    UndoTopUp,
}

/// Keys, people, members and terminals of a head office in miniature.
/// What a day begins with, made by a head office in miniature.
pub fn in_miniature(
    office: &mut Office,
    rng: &mut dyn CryptoRng,
    narrator: &mut dyn Narrator,
) -> Result<Morning, DayError> {
    narrator.begins("making operators' cards", 4);
    for hire in staff() {
        office.employ(hire, opening_time(), rng)?;
        narrator.step();
    }
    let (cards, issued) = issue_members(office, rng, narrator)?;
    let listed = vec![Uid::new(*cards[LISTED].uid())];
    let enrolments = [1, 2].map(|number| {
        let roles = vec![Role::Inquiry, Role::Sale, Role::Load, Role::Reversal];
        let post = Post { store: StoreId::new(number), roles, listed: listed.clone() };
        office.enrol(TerminalId::new(number), &post, opening_time(), rng)
    });
    let staff = office.operators.drain(..).map(|operator| Staff { pin: operator.pin(), card: operator.card }).collect();
    Ok(Morning { cards, issued, staff, enrolments: enrolments.into() })
}

fn issue_members(
    office: &mut Office,
    rng: &mut dyn CryptoRng,
    narrator: &mut dyn Narrator,
) -> Result<(Vec<Card>, Vec<MemberIssued>), DayError> {
    narrator.begins("issuing members' cards", MEMBERS);
    let (mut cards, mut issued) = (Vec::new(), Vec::new());
    for number in 0..MEMBERS {
        let mut card = blank_card(number);
        let pre_issued = usize::try_from(number).is_ok_and(|number| number == PRE_ISSUED);
        let (amount, standing) = if pre_issued {
            (Money::ZERO, Standing::NotActivated)
        } else {
            (Money::new(i64::from(number % 6) * 10_00), Standing::Active)
        };
        let plan = office.plan(amount, standing, opening_time());
        issued.push(office.issue(&mut Field::new(&mut card), &plan, rng, &mut |_| {})?);
        cards.push(card);
        narrator.step();
    }
    Ok((cards, issued))
}

/// A card with our application and somebody else's keys.
fn counterfeit(rng: &mut dyn CryptoRng) -> Result<Card, DayError> {
    let mut forger = Office::found(rng, limits(), program());
    let mut card = blank_card(0xAAAA_AAAA);
    let plan = forger.plan(Money::new(100_00), Standing::Active, opening_time());
    forger.issue(&mut Field::new(&mut card), &plan, rng, &mut |_| {})?;
    Ok(card)
}

/// An administrator, who works at each store, and a manager of both.
pub fn staff() -> Vec<Hire<'static>> {
    let everything = everything();
    let hire = |name, pin, level, authorities, stores: &[u32]| Hire {
        name,
        pin,
        level,
        authorities,
        stores: stores.iter().copied().map(StoreId::new).collect(),
    };
    vec![
        hire("Ines, administrator", "731504", Level::Administrator, everything.with_discounts(100), &[]),
        hire("Chidi, cashier", "402817", Level::Cashier, everything.with_discounts(5), &[1]),
        hire("Mei, seller", "918253", Level::Seller, everything.with_discounts(5), &[2]),
        hire("Omar, store manager", "650912", Level::StoreManager, everything.with_discounts(30), &[1, 2]),
    ]
}

/// Every authority there is; no discounts.
pub fn everything() -> Authorities {
    Authorities::of(&[
        Authority::Sell,
        Authority::TopUp,
        Authority::Undo,
        Authority::Refund,
        Authority::Block,
        Authority::OpenShift,
        Authority::CloseShift,
        Authority::PayInOut,
        Authority::Register,
    ])
}

/// The limits of the demo's profiles.
pub fn limits() -> Limits {
    Limits {
        purse_max: Money::new(500_00),
        per_sale_max: Money::new(100_00),
        per_card_day_max: Money::new(400_00),
        offline_total_max: Money::new(20_000_00),
        top_up_min: Money::new(5_00),
        top_up_max: Money::new(200_00),
        top_up_allowance: Money::new(20_000_00),
        points_max: Points::new(100_000),
    }
}

/// The demo's sales program: a point a euro, ten points are worth ten cents, a bonus from 40 euros on.
pub fn program() -> Program {
    Program {
        earn: vec![EarnRule {
            tier: None,
            per: Money::new(1_00),
            points: Points::new(1),
            from: satchel_values::Date::default(),
            until: satchel_values::Date::default(),
        }],
        redeem: Some(RedeemRule {
            points: Points::new(10),
            worth: Money::new(10),
            least: Points::new(10),
            share_percent: 50,
        }),
        top_up_bonus: vec![BonusRule { least: Money::new(40_00), money: Money::new(2_00), points: Points::new(5) }],
    }
}
