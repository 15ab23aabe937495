//! What is to be sold, and what it would come to.

use crate::OrderFault;
use crate::Trouble;
use satchel_journal::{Basket, Line};
use satchel_values::{Money, Points, Tier};

/// What a customer wants to buy, before the card is known.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Order {
    /// The sum of the lines, or the plain amount.
    pub gross_minor: i64,
    /// What the operator takes off.
    pub discount_minor: i64,
    /// The lines; none for a plain amount.
    pub lines: Vec<BasketLine>,
    /// Points to pay with.
    pub redeem: Redeem,
    /// How the rest is paid.
    pub tender: Tender,
}

/// One line of a basket.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct BasketLine {
    /// The item's code in the catalogue.
    pub item: String,
    /// What the receipt calls it.
    pub text: String,
    /// How many, in thousandths of the item's unit.
    pub quantity_milli: i64,
    /// What the line costs.
    pub amount_minor: i64,
}

/// Points to pay with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Redeem {
    /// None.
    Nothing,
    /// This many.
    Points {
        /// How many.
        points: i64,
    },
    /// As many as the program lets the card redeem on this sale.
    Most,
}

/// How a sale is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Tender {
    /// All from the card.
    Card,
    /// This much in cash, the rest from the card.
    CashPart {
        /// How much.
        cash_minor: i64,
    },
    /// What the card has, and the rest in cash.
    CardThenCash,
}

/// What a card has, as an inquiry told it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct CardMeans {
    /// The purse.
    pub balance_minor: i64,
    /// The points.
    pub points: i64,
    /// The member's tier.
    pub tier: u8,
}

/// What an order would come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Preview {
    /// To be taken from the purse.
    pub purse_minor: i64,
    /// To be taken in cash.
    pub cash_minor: i64,
    /// Points earned.
    pub earned: i64,
    /// Points redeemed.
    pub redeemed: i64,
    /// What they pay for.
    pub points_value_minor: i64,
    /// The most points that could be redeemed.
    pub redeemable: i64,
    /// What they are worth.
    pub redeemable_value_minor: i64,
}

/// What a top-up would bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct TopUpPreview {
    /// To be credited to the purse, bonus and all.
    pub credited_minor: i64,
    /// The bonus in it.
    pub bonus_minor: i64,
    /// Points besides.
    pub bonus_points: i64,
}

impl From<Order> for satchel_terminal::Order {
    fn from(order: Order) -> Self {
        Self {
            gross: Money::new(order.gross_minor),
            discount: Money::new(order.discount_minor),
            lines: order.lines.into_iter().map(Line::from).collect(),
            redeem: order.redeem.into(),
            tender: order.tender.into(),
        }
    }
}

impl Order {
    /// What is sold for cash alone.
    pub(crate) fn into_cash_basket(self) -> Result<Basket, Trouble> {
        match (self.redeem, self.tender) {
            (Redeem::Nothing, Tender::Card) => {}
            _ => return Err(Trouble::OrderWrong { why: OrderFault::CashAlone }),
        }
        Ok(Basket {
            gross: Money::new(self.gross_minor),
            discount: Money::new(self.discount_minor),
            points_value: Money::ZERO,
            lines: self.lines.into_iter().map(Line::from).collect(),
        })
    }
}

impl From<BasketLine> for Line {
    fn from(line: BasketLine) -> Self {
        let BasketLine { item, text, quantity_milli, amount_minor } = line;
        Self { item, text, quantity_milli, amount: Money::new(amount_minor) }
    }
}

impl From<Line> for BasketLine {
    fn from(line: Line) -> Self {
        let Line { item, text, quantity_milli, amount } = line;
        Self { item, text, quantity_milli, amount_minor: amount.get() }
    }
}

impl From<Redeem> for satchel_terminal::Redeem {
    fn from(redeem: Redeem) -> Self {
        match redeem {
            Redeem::Nothing => Self::Nothing,
            Redeem::Points { points } => Self::Points(Points::new(points)),
            Redeem::Most => Self::Most,
        }
    }
}

impl From<Tender> for satchel_terminal::Tender {
    fn from(tender: Tender) -> Self {
        match tender {
            Tender::Card => Self::Card,
            Tender::CashPart { cash_minor } => Self::CashPart(Money::new(cash_minor)),
            Tender::CardThenCash => Self::CardThenCash,
        }
    }
}

impl From<CardMeans> for satchel_terminal::CardMeans {
    fn from(means: CardMeans) -> Self {
        Self {
            balance: Money::new(means.balance_minor),
            points: Points::new(means.points),
            tier: Tier::new(means.tier),
        }
    }
}

impl From<satchel_terminal::Preview> for Preview {
    fn from(preview: satchel_terminal::Preview) -> Self {
        let satchel_terminal::Preview { charge, redeemable, redeemable_value } = preview;
        Self {
            purse_minor: charge.purse.get(),
            cash_minor: charge.cash.get(),
            earned: charge.earned.get(),
            redeemed: charge.redeemed.get(),
            points_value_minor: charge.points_value.get(),
            redeemable: redeemable.get(),
            redeemable_value_minor: redeemable_value.get(),
        }
    }
}
