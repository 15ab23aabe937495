use crate::{OrderFault, Refusal};
use satchel_journal::{BASKET_BYTES, BASKET_LINES, Basket, Line};
use satchel_programs::Program;
use satchel_values::{Date, Money, Points, Tier};

/// What a customer wants to buy, before the card is known.
#[derive(Debug, Clone, Default)]
pub struct Order {
    /// The sum of the lines, or the plain amount.
    pub gross: Money,
    /// What the operator takes off.
    pub discount: Money,
    /// The lines; none for a plain amount.
    pub lines: Vec<Line>,
    /// Points to pay with.
    pub redeem: Redeem,
    /// How the rest is paid.
    pub tender: Tender,
}

/// Points to pay with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Redeem {
    /// None.
    #[default]
    Nothing,
    /// This many.
    Points(Points),
    /// As many as the program lets the card redeem on this sale.
    Most,
}

/// How a sale is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tender {
    /// All from the card.
    #[default]
    Card,
    /// This much in cash, the rest from the card.
    CashPart(Money),
    /// What the card has, and the rest in cash.
    CardThenCash,
}

/// An order worked out for one card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// To take from the purse.
    pub purse: Money,
    /// To take in cash.
    pub cash: Money,
    /// Points earned.
    pub earned: Points,
    /// Points redeemed.
    pub redeemed: Points,
    /// What they pay for.
    pub points_value: Money,
}

/// What a card has, as far as an order depends on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Means {
    pub balance: Money,
    pub points: Points,
    pub tier: Tier,
    pub today: Date,
}

impl Order {
    /// A plain amount, all from the card.
    pub fn plain(amount: Money) -> Self {
        Self { gross: amount, ..Self::default() }
    }

    /// Refused if the order contradicts itself. Called before the card is looked for.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        check_sold(self.gross, self.discount, &self.lines)?;
        match self.tender {
            Tender::CashPart(cash) if cash.is_negative() => Err(OrderFault::CashPartNegative.into()),
            _ => Ok(()),
        }
    }

    /// What it comes to on a card with these means.
    pub(crate) fn charge(&self, program: &Program, means: Means) -> Result<Charge, Refusal> {
        let due = self.gross.minus(self.discount)?;
        let redeemed = self.redeemed(program, due, means)?;
        let points_value = program.redeem_value(redeemed)?;
        let rest = due.minus(points_value)?;
        let (purse, cash) = match self.tender {
            Tender::Card => (rest, Money::ZERO),
            Tender::CashPart(cash) if cash > rest => {
                return Err(OrderFault::CashPartTooHigh.into());
            }
            Tender::CashPart(cash) => (rest.minus(cash)?, cash),
            Tender::CardThenCash => {
                let purse = rest.min(means.balance);
                (purse, rest.minus(purse)?)
            }
        };
        if purse > means.balance {
            return Err(Refusal::Funds { balance: means.balance, needed: purse });
        }
        let earned = program.earn(rest, means.tier, means.today)?;
        assert_eq!(purse.plus(cash)?.plus(points_value)?, due, "what is paid is what is due");
        Ok(Charge { purse, cash, earned, redeemed, points_value })
    }

    /// The basket as the journal keeps it.
    pub(crate) fn basket(&self, points_value: Money) -> Basket {
        Basket { gross: self.gross, discount: self.discount, points_value, lines: self.lines.clone() }
    }

    fn redeemed(&self, program: &Program, due: Money, means: Means) -> Result<Points, Refusal> {
        let most = program.max_redeemable(due, means.points)?;
        match self.redeem {
            Redeem::Nothing => Ok(Points::ZERO),
            Redeem::Most => Ok(most),
            Redeem::Points(points) if points.is_negative() => Err(OrderFault::PointsNegative.into()),
            Redeem::Points(points) if points > most => Err(OrderFault::TooManyPoints.into()),
            Redeem::Points(points) => Ok(points),
        }
    }
}

/// Refused if what is to be sold contradicts itself.
pub(crate) fn check_sold(gross: Money, discount: Money, lines: &[Line]) -> Result<(), Refusal> {
    if !gross.is_positive() {
        return Err(OrderFault::NoAmount.into());
    }
    if discount.is_negative() || discount > gross {
        return Err(OrderFault::Discount.into());
    }
    let bytes: usize = lines.iter().map(|line| line.item.len() + line.text.len()).sum();
    if lines.len() > BASKET_LINES || bytes > BASKET_BYTES {
        return Err(OrderFault::TooManyLines.into());
    }
    let sum = lines.iter().try_fold(Money::ZERO, |sum, line| sum.plus(line.amount))?;
    if !lines.is_empty() && sum != gross {
        return Err(OrderFault::LinesDoNotAddUp.into());
    }
    Ok(())
}
