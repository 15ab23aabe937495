//! One member's card and two terminals: where a single movement is looked at closely.

use crate::audit::{Audit, Verdicts};
use crate::clock::HandClock;
use crate::day;
use crate::field::{Field, blank_card};
use crate::office::{Hire, Office, Post, opening_time};
use crate::reading::{CardState, read_state};
use crate::store::{Store, seeded, sign_on};
use rand_core::CryptoRng;
use satchel_card_simulator::Card;
use satchel_cards::issue::{MemberIssued, MemberPlan};
use satchel_cards::record::Standing;
use satchel_journal::{Journal, JournalKey, OpenOptions, Operation, Record, Synchronous, Written};
use satchel_keys::Role;
use satchel_packages::Level;
use satchel_terminal::{MemberDetails, Order, Outcome, Redeem, Refusal, Settled, Terminal};
use satchel_transport::{Cut, Transport};
use satchel_values::{Money, Points, Sequence, StoreId, TerminalId};
use tempfile::TempDir;

/// The change money in each drawer.
pub const FLOAT: Money = Money::new(50_00);

/// The key roles of a terminal that does everything.
pub const EVERY_TERMINAL_ROLE: [Role; 4] = [Role::Inquiry, Role::Sale, Role::Load, Role::Reversal];

/// A movement of a card that a terminal makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errand {
    /// A sale that earns points.
    Sale,
    /// A sale partly paid with points.
    Redemption,
    /// A sale paid from the card and in cash.
    Split,
    /// A top-up without bonus.
    TopUp,
    /// A top-up with a bonus in money and points.
    TopUpWithBonus,
    /// The last sale taken back.
    UndoSale,
    /// The last top-up taken back.
    UndoTopUp,
    /// Part of a sale given back.
    Refund,
    /// The card blocked by its own record.
    Block,
    /// A member registered on a pre-issued card.
    Activate,
}

impl Errand {
    /// Every one of them.
    pub const ALL: [Self; 10] = [
        Self::Sale,
        Self::Redemption,
        Self::Split,
        Self::TopUp,
        Self::TopUpWithBonus,
        Self::UndoSale,
        Self::UndoTopUp,
        Self::Refund,
        Self::Block,
        Self::Activate,
    ];
}

/// The stage: an office, a card, two terminals with somebody on duty and a shift open.
pub struct Scene {
    /// Where the terminals keep their files.
    pub folder: TempDir,
    /// The time.
    pub clock: HandClock,
    /// Head office.
    pub office: Office,
    /// The terminals' files and enrolments.
    pub stores: Vec<Store>,
    /// The running terminals.
    pub terminals: Vec<Terminal>,
    /// The member's card.
    pub card: Card,
    /// How it was issued.
    pub issued: MemberIssued,
    /// Randomness of what is not a terminal.
    pub rng: Box<dyn CryptoRng + Send>,
}

impl Scene {
    /// The stage for an errand: a card with 100.00 and 500 points, and whatever must have happened before it.
    pub fn for_errand(errand: Errand) -> Self {
        let standing = if errand == Errand::Activate { Standing::NotActivated } else { Standing::Active };
        let mut scene = Self::with_card(standing);
        match errand {
            Errand::UndoSale | Errand::Refund => scene.expect_done(|scene, field| scene.sell(field, 12_34)),
            Errand::UndoTopUp => scene.expect_done(|scene, field| scene.terminals[0].top_up(field, euros(40), None)),
            _ => {}
        }
        scene
    }

    /// The stage with a card of this standing.
    pub fn with_card(standing: Standing) -> Self {
        let mut rng = seeded(7);
        let clock = HandClock::new(opening_time());
        let mut office = Office::found(&mut *rng, day::limits(), day::program());
        let hire = Hire {
            name: "Ines",
            pin: "731504",
            level: Level::Administrator,
            authorities: day::everything().with_discounts(100),
            stores: Vec::new(),
        };
        office.employ(hire, opening_time(), &mut *rng).expect("an operator card can be made");
        let mut card = blank_card(1);
        let plan = Self::plan(&mut office, standing);
        let issued =
            office.issue(&mut Field::new(&mut card), &plan, &mut *rng, &mut |_| {}).expect("a blank card is issued");
        let folder = tempfile::tempdir().expect("a folder");
        let mut scene = Self { folder, clock, office, stores: Vec::new(), terminals: Vec::new(), card, issued, rng };
        for number in [1, 2] {
            scene.enrol(number);
        }
        scene
    }

    /// The plan of a card with 100.00 and 500 points.
    pub fn plan(office: &mut Office, standing: Standing) -> MemberPlan {
        let plan = office.plan(euros(100), standing, opening_time());
        MemberPlan { points: Points::new(500), ..plan }
    }

    /// One more terminal, with every version of the keys that there is by now, and somebody on duty.
    pub fn enrol(&mut self, number: u32) {
        let post = Post { store: StoreId::new(number), roles: EVERY_TERMINAL_ROLE.to_vec(), listed: Vec::new() };
        let enrolment = self.office.enrol(TerminalId::new(number), &post, opening_time(), &mut *self.rng);
        let folder = self.folder.path().join(number.to_string());
        std::fs::create_dir(&folder).expect("a folder");
        let mut store = Store::new(&folder, enrolment, u64::from(number));
        let mut terminal = start(&mut store, &self.clock);
        sign_on(&mut terminal, &mut self.office.operators[0]).expect("the operator signs on");
        terminal.open_shift(FLOAT).expect("a shift opens");
        self.stores.push(store);
        self.terminals.push(terminal);
    }

    /// Kills a terminal's software and starts it again, with somebody on duty.
    pub fn restart(&mut self, terminal: usize) {
        drop(self.terminals.remove(terminal));
        let mut started = start(&mut self.stores[terminal], &self.clock);
        sign_on(&mut started, &mut self.office.operators[0]).expect("the operator signs on");
        self.terminals.insert(terminal, started);
    }

    /// Runs an errand at the first terminal with the card torn away at the cut.
    pub fn run(&mut self, errand: Errand, cut: Option<Cut>) -> (Result<Outcome, Refusal>, Presentation) {
        let mut card = std::mem::replace(&mut self.card, blank_card(0));
        let mut field = Field::torn(&mut card, cut);
        let outcome = self.errand(errand, &mut field);
        let presentation = Presentation { exchanges: field.exchanges(), torn: field.is_gone() };
        drop(field);
        self.card = card;
        (outcome, presentation)
    }

    /// Runs an errand at the first terminal through any transport.
    pub fn errand(&mut self, errand: Errand, field: &mut dyn Transport) -> Result<Outcome, Refusal> {
        let refunded = self.last_sale();
        let terminal = &mut self.terminals[0];
        match errand {
            Errand::Sale => self.sell(field, 23_45),
            Errand::Redemption => {
                terminal.sell(field, &Order { redeem: Redeem::Most, ..Order::plain(Money::new(23_45)) }, None)
            }
            Errand::Split => {
                let tender = satchel_terminal::Tender::CashPart(euros(5));
                terminal.sell(field, &Order { tender, ..Order::plain(Money::new(23_45)) }, None)
            }
            Errand::TopUp => terminal.top_up(field, euros(20), None),
            Errand::TopUpWithBonus => terminal.top_up(field, euros(40), None),
            Errand::UndoSale => terminal.undo_sale(field, None),
            Errand::UndoTopUp => terminal.undo_top_up(field, None),
            Errand::Refund => terminal.refund(field, refunded, euros(5), None),
            Errand::Block => terminal.block(field, None),
            Errand::Activate => terminal.register(field, &somebody()).map(|(_, outcome)| outcome),
        }
    }

    /// Sells at the first terminal, in minor units.
    pub fn sell(&mut self, field: &mut dyn Transport, minor: i64) -> Result<Outcome, Refusal> {
        self.terminals[0].sell(field, &Order::plain(Money::new(minor)), None)
    }

    /// "Hold the same card again."
    pub fn settle(&mut self, terminal: usize) -> Result<Settled, Refusal> {
        self.terminals[terminal].settle(&mut Field::new(&mut self.card))
    }

    /// Does something with the card in the field that must succeed.
    pub fn expect_done(&mut self, movement: impl FnOnce(&mut Self, &mut dyn Transport) -> Result<Outcome, Refusal>) {
        let mut card = std::mem::replace(&mut self.card, blank_card(0));
        let outcome = movement(self, &mut Field::new(&mut card)).expect("it is not refused");
        self.card = card;
        assert!(matches!(outcome, Outcome::Done(_)), "{outcome:?}");
    }

    /// What the card says of itself, asked with head office's keys.
    pub fn card_state(&mut self) -> CardState {
        let mut field = Field::new(&mut self.card);
        read_state(self.office.ring(), &mut field, &mut *self.rng).expect("the card can be read")
    }

    /// Head office's whole audit of the card and both terminals.
    pub fn audit(&mut self) -> Verdicts {
        let mut audit = Audit::new(self.office.ring());
        audit.issued(&self.issued);
        for terminal in &self.terminals {
            audit.journal(terminal.journal()).expect("the chain is whole");
        }
        audit.conclude(std::slice::from_mut(&mut self.card), &mut *self.rng).expect("the card can be read")
    }

    /// What both journals say happened to the card since it was issued.
    pub fn told(&self) -> Told {
        let mut told = Told::by_issue(&self.issued);
        for terminal in &self.terminals {
            told.add(terminal.journal());
        }
        told
    }

    /// The newest confirmed sale of the first terminal, or 0.
    fn last_sale(&self) -> Sequence {
        let journal = self.terminals[0].journal();
        let entries =
            journal.entries_of_card(&self.issued.intent.card, opening_time(), 100).expect("the journal can be read");
        let sale = entries
            .iter()
            .find(|entry| matches!(&entry.record, Record::Intent(intent) if intent.operation == Operation::Sale));
        sale.map_or(Sequence::new(0), |entry| entry.sequence)
    }
}

/// How a card was in the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Presentation {
    /// Exchanges with it.
    pub exchanges: u32,
    /// Whether it was torn away.
    pub torn: bool,
}

/// What journals say happened to a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Confirmed movements, the issue included.
    pub movements: u32,
    /// The sum of what they did to the purse.
    pub purse: Money,
    /// The sum of what they did to the points.
    pub points: Points,
}

impl Told {
    /// What the desk says.
    pub fn by_issue(issued: &MemberIssued) -> Self {
        Self { movements: 1, purse: issued.intent.purse, points: issued.intent.points }
    }

    /// Adds the confirmed movements of a journal, all of which are of the one card.
    pub fn add(&mut self, journal: &Journal) {
        let entries = journal.entries(Sequence::new(1), usize::MAX).expect("the journal can be read");
        for entry in &entries {
            let Record::Intent(intent) = &entry.record else { continue };
            if let Some(Record::Confirmed(_)) = journal.outcome_of(entry.sequence).expect("the journal can be read") {
                self.movements += 1;
                self.purse = self.purse.plus(intent.purse).expect("in range");
                self.points = self.points.plus(intent.points).expect("in range");
            }
        }
    }
}

/// Whole euros.
pub const fn euros(whole: i64) -> Money {
    Money::new(whole * 100)
}

/// A member to be.
pub fn somebody() -> MemberDetails {
    MemberDetails {
        name: "Ada Example".to_owned(),
        contact: "ada@example.org".to_owned(),
        consent: satchel_journal::Consent::Given,
    }
}

/// The entries of sales of plain amounts to different cards, one after another, and nothing else; and whose they are.
///
/// # Panics
/// A sale is refused.
pub fn plain_sales(count: usize) -> (Vec<Written>, TerminalId, JournalKey) {
    let mut scene = Scene::with_card(Standing::Active);
    let before = scene.terminals[0].journal().head().sequence;
    for number in 0..count {
        let plan = Scene::plan(&mut scene.office, Standing::Active);
        let mut card = blank_card(10_000 + u32::try_from(number).expect("few") * 7_919);
        scene.office.issue(&mut Field::new(&mut card), &plan, &mut *scene.rng, &mut |_| {}).expect("issued");
        scene.clock.advance_ms(40_000 + 1_000 * i64::try_from(number % 90).expect("few"));
        let amount = Money::new(2_50 + i64::try_from(number * 37 % 3_000).expect("small"));
        let sold = scene.terminals[0].sell(&mut Field::new(&mut card), &Order::plain(amount), None);
        assert!(matches!(sold, Ok(Outcome::Done(_))), "{sold:?}");
    }
    drop(scene.terminals.remove(0));
    let journal = scene.stores[0].open_journal(OpenOptions::default()).expect("it opens");
    let entries = journal.written(Sequence::new(before.get() + 1), usize::MAX >> 1).expect("read");
    (entries, journal.terminal(), scene.stores[0].journal_key())
}

/// Starts a terminal whose writes are not waited for: tests kill it, not the machine's power.
fn start(store: &mut Store, clock: &HandClock) -> Terminal {
    let options = OpenOptions { synchronous: Synchronous::Off, ..OpenOptions::default() };
    let journal = store.open_journal(options).expect("the journal opens");
    store.start_with(journal, Box::new(clock.clone())).expect("the terminal starts")
}
