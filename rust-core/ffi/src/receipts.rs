//! What became of a movement, and its receipt.

use crate::names::same_variants;
use crate::{BasketLine, CardMark, Currency, HeadMark, MovementId, Person, Stage, Trouble};
use satchel_journal::{Basket, Cash, CashKind, Intent, Operation, Record};
use satchel_packages::Profile;
use satchel_terminal::{Found, Refusal, Terminal};
use satchel_values::{OperatorId, SaleId, Sequence};

/// What became of a movement of a card.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Outcome {
    /// The card did it, and proved it.
    Done {
        /// Its receipt.
        receipt: Receipt,
    },
    /// The card certainly did not do it. It may be tried again.
    NotApplied {
        /// Which movement.
        id: MovementId,
        /// How that is known.
        why: NotAppliedWhy,
    },
    /// Nobody knows yet. "Hold the same card again", or park it.
    Indeterminate {
        /// Which movement.
        id: MovementId,
        /// Which card.
        card: CardMark,
    },
}

/// What holding a card at the terminal settled.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Settled {
    /// Nothing of this card waits here. If something waits, it is another card's: "present the same card".
    OtherCard {
        /// The cards that are waited for.
        waiting: Vec<CardMark>,
    },
    /// It told what became of each open movement of this card.
    Done {
        /// What became of them, oldest first.
        settlements: Vec<Settlement>,
    },
}

/// What became of one open movement.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Settlement {
    /// It happened: do not charge again.
    Confirmed {
        /// Its receipt.
        receipt: Receipt,
    },
    /// It did not happen: charge again.
    NotApplied {
        /// Which movement.
        id: MovementId,
    },
    /// The card contradicts the journal: head office decides; do not charge again.
    Held {
        /// Which movement.
        id: MovementId,
        /// How it contradicts it.
        why: Contradiction,
    },
}

same_variants! {
    /// How it is known that the card did not do it.
    NotAppliedWhy from satchel_journal::NotAppliedWhy {
        /// It was given up before the commit was sent.
        BeforeCommit,
        /// The card refused the commit.
        CardRefused,
        /// The card came back unchanged.
        CardUnchanged,
    }
}

same_variants! {
    /// How a card contradicts the journal.
    Contradiction from satchel_journal::Contradiction {
        /// The card's record of this movement differs from the one the journal wrote.
        OtherRecord,
        /// The history no longer reaches back to tell.
        HistoryTooShort,
        /// The card's counter went backwards.
        CounterWentBack,
        /// The counter moved although the newest record is the one from before.
        CounterWithoutRecord,
    }
}

/// What stands on a receipt, a reprint, or the slip of a movement that is not settled.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Receipt {
    /// What for.
    pub kind: ReceiptKind,
    /// Whether it happened.
    pub state: MovementState,
    /// Its number.
    pub id: MovementId,
    /// When, by the terminal's clock.
    pub at_ms: i64,
    /// The store or van.
    pub store: Option<u32>,
    /// Who made it.
    pub operator: Person,
    /// Who approved it, if somebody else had to.
    pub approver: Option<Person>,
    /// The card; none where cash moved alone.
    pub card: Option<CardMark>,
    /// The lines of a basket; none for a plain amount.
    pub lines: Vec<BasketLine>,
    /// The sum of the lines, or the plain amount; 0 where nothing was sold.
    pub gross_minor: i64,
    /// What was taken off.
    pub discount_minor: i64,
    /// What redeemed points paid for.
    pub points_value_minor: i64,
    /// What it is about: what was to be paid, loaded, given back, paid in or out. Never negative.
    pub amount_minor: i64,
    /// What it did to the purse, signed.
    pub purse_minor: i64,
    /// Cash that changed hands: positive into the drawer, negative out of it.
    pub cash_minor: i64,
    /// The part of `purse_minor` that is a bonus (not negative).
    pub bonus_minor: i64,
    /// The purse afterwards; none where there is no card, or it is not known.
    pub balance_minor: Option<i64>,
    /// Points earned; negative where they were taken back.
    pub points_earned: i64,
    /// Points redeemed; negative where they were given back.
    pub points_redeemed: i64,
    /// The points afterwards; none where there is no card, or it is not known.
    pub points_balance: Option<i64>,
    /// The movement that this one takes back or refunds.
    pub undoes: Option<MovementId>,
    /// Its place in the journal's chain.
    pub head: HeadMark,
    /// The currency.
    pub currency: Option<Currency>,
    /// Whether it is worth nothing because it was practice.
    pub training: bool,
    /// Whether it was printed before: DUPLICATE.
    pub duplicate: bool,
}

/// What a receipt is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum ReceiptKind {
    /// A sale to a card, alone or split with cash.
    Sale,
    /// A sale for cash alone.
    CashSale,
    /// A top-up.
    TopUp,
    /// A sale taken back.
    UndoSale,
    /// A top-up taken back.
    UndoTopUp,
    /// A refund to a card.
    Refund,
    /// A refund in cash.
    CashRefund,
    /// A card blocked.
    Block,
    /// A card activated.
    Activate,
    /// Change money brought to the drawer.
    PayIn,
    /// Takings carried off.
    PayOut,
}

/// Whether a movement happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum MovementState {
    /// It did.
    Done,
    /// Nobody knows yet: it is printed as a slip.
    Open {
        /// Where it stands.
        stage: Stage,
    },
    /// It did not.
    NotApplied {
        /// How that is known.
        why: NotAppliedWhy,
    },
}

/// Whether a receipt comes out of the printer for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Printing {
    First,
    Again,
}

impl Outcome {
    pub(crate) fn of(terminal: &Terminal, outcome: satchel_terminal::Outcome) -> Result<Self, Trouble> {
        Ok(match outcome {
            satchel_terminal::Outcome::Done(done) => {
                Self::Done { receipt: Receipt::of(terminal, done.id.sequence, Printing::First)? }
            }
            satchel_terminal::Outcome::NotApplied { id, why } => Self::NotApplied { id: id.into(), why: why.into() },
            satchel_terminal::Outcome::Indeterminate { id, card } => {
                Self::Indeterminate { id: id.into(), card: CardMark::of(terminal, &card)? }
            }
        })
    }
}

impl Settled {
    pub(crate) fn of(terminal: &Terminal, settled: satchel_terminal::Settled) -> Result<Self, Trouble> {
        Ok(match settled {
            satchel_terminal::Settled::OtherCard { waiting } => {
                let waiting = waiting.iter().map(|card| CardMark::of(terminal, card)).collect::<Result<_, _>>()?;
                Self::OtherCard { waiting }
            }
            satchel_terminal::Settled::Settled(settlements) => {
                let settlements =
                    settlements.into_iter().map(|one| Settlement::of(terminal, one)).collect::<Result<_, _>>()?;
                Self::Done { settlements }
            }
        })
    }
}

impl Settlement {
    fn of(terminal: &Terminal, settlement: satchel_terminal::Settlement) -> Result<Self, Trouble> {
        Ok(match settlement {
            satchel_terminal::Settlement::Confirmed(done) => {
                Self::Confirmed { receipt: Receipt::of(terminal, done.id.sequence, Printing::First)? }
            }
            satchel_terminal::Settlement::NotApplied(id) => Self::NotApplied { id: id.into() },
            satchel_terminal::Settlement::Held(id, why) => Self::Held { id: id.into(), why: why.into() },
        })
    }
}

impl Receipt {
    /// The receipt of the movement with this number, as the journal has it.
    pub(crate) fn of(terminal: &Terminal, sequence: Sequence, printing: Printing) -> Result<Self, Trouble> {
        let found = terminal.movement(sequence)?;
        match &found.entry.record {
            Record::Intent(intent) => Self::of_card(terminal, &found, intent, printing),
            Record::Cash(cash) => Self::of_cash(terminal, &found, cash, printing),
            _ => Err(Trouble::NoSuchSale { sequence: sequence.get() }),
        }
    }

    fn of_card(terminal: &Terminal, found: &Found, intent: &Intent, printing: Printing) -> Result<Self, Trouble> {
        let no_receipt = || Trouble::NoSuchSale { sequence: found.entry.sequence.get() };
        let kind = ReceiptKind::of_operation(intent.operation).ok_or_else(no_receipt)?;
        let id = SaleId { terminal: terminal.journal().terminal(), sequence: found.entry.sequence };
        let movement = satchel_terminal::Receipt::of(id, found.entry.at, intent).map_err(Trouble::from)?;
        let blank = Self::blank(terminal, found, kind, intent.operator, printing);
        let known = blank.state == MovementState::Done;
        Ok(Self {
            approver: movement.approver.map(|approver| Person::of(terminal, approver)),
            card: Some(CardMark::of(terminal, &movement.card)?),
            purse_minor: movement.purse.get(),
            cash_minor: movement.cash.get(),
            bonus_minor: movement.bonus.get(),
            balance_minor: known.then(|| movement.balance.get()),
            points_earned: movement.points_earned().map_err(Refusal::from)?.get(),
            points_redeemed: movement.points_redeemed().map_err(Refusal::from)?.get(),
            points_balance: known.then(|| movement.points_balance.get()),
            undoes: movement.undoes.map(MovementId::from),
            ..blank.with_basket(movement.basket)
        })
    }

    fn of_cash(terminal: &Terminal, found: &Found, cash: &Cash, printing: Printing) -> Result<Self, Trouble> {
        let blank = Self::blank(terminal, found, cash.kind.into(), cash.operator, printing);
        Ok(Self {
            approver: cash.approver.map(|approver| Person::of(terminal, approver)),
            cash_minor: cash.to_drawer().map_err(Refusal::from)?.get(),
            undoes: cash.refunds.map(MovementId::from),
            ..blank.with_basket(cash.basket.clone())
        })
    }

    /// What every receipt has, and nothing of a card or a basket.
    fn blank(terminal: &Terminal, found: &Found, kind: ReceiptKind, operator: OperatorId, printing: Printing) -> Self {
        let number = terminal.journal().terminal();
        let profile = terminal.shelf().profile();
        Self {
            kind,
            state: found.state.map_or(MovementState::Done, MovementState::from),
            id: SaleId { terminal: number, sequence: found.entry.sequence }.into(),
            at_ms: found.entry.at.ms(),
            store: profile.map(|profile| profile.store.get()),
            operator: Person::of(terminal, operator),
            approver: None,
            card: None,
            lines: Vec::new(),
            gross_minor: 0,
            discount_minor: 0,
            points_value_minor: 0,
            amount_minor: found.amount.unwrap_or_default().get(),
            purse_minor: 0,
            cash_minor: 0,
            bonus_minor: 0,
            balance_minor: None,
            points_earned: 0,
            points_redeemed: 0,
            points_balance: None,
            undoes: None,
            head: HeadMark::new(found.entry.sequence.get(), &found.entry.hash),
            currency: profile.and_then(Profile::currency).map(Currency::from),
            training: number.is_training(),
            duplicate: printing == Printing::Again,
        }
    }

    fn with_basket(self, basket: Option<Basket>) -> Self {
        let Some(Basket { gross, discount, points_value, lines }) = basket else { return self };
        Self {
            gross_minor: gross.get(),
            discount_minor: discount.get(),
            points_value_minor: points_value.get(),
            lines: lines.into_iter().map(BasketLine::from).collect(),
            ..self
        }
    }
}

impl ReceiptKind {
    /// What a card's movement is receipted as; `None` for what no terminal does: a card's issue, a correction.
    pub(crate) const fn of_operation(operation: Operation) -> Option<Self> {
        Some(match operation {
            Operation::Issue | Operation::Correct => return None,
            Operation::Sale => Self::Sale,
            Operation::TopUp => Self::TopUp,
            Operation::UndoSale => Self::UndoSale,
            Operation::UndoTopUp => Self::UndoTopUp,
            Operation::Refund => Self::Refund,
            Operation::Block => Self::Block,
            Operation::Activate => Self::Activate,
        })
    }
}

impl From<CashKind> for ReceiptKind {
    fn from(kind: CashKind) -> Self {
        match kind {
            CashKind::Sale => Self::CashSale,
            CashKind::Refund => Self::CashRefund,
            CashKind::PayIn => Self::PayIn,
            CashKind::PayOut => Self::PayOut,
        }
    }
}

impl From<satchel_terminal::MovementState> for MovementState {
    fn from(state: satchel_terminal::MovementState) -> Self {
        match state {
            satchel_terminal::MovementState::Done => Self::Done,
            satchel_terminal::MovementState::Open(stage) => Self::Open { stage: stage.into() },
            satchel_terminal::MovementState::NotApplied(why) => Self::NotApplied { why: why.into() },
        }
    }
}
