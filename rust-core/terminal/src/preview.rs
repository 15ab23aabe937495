//! What an order or a top-up would come to, told before a card is held to the reader.

use crate::order::Means;
use crate::{Charge, Order, Refusal, Terminal};
use satchel_programs::Bonus;
use satchel_values::{Money, Points, Tier};

/// What a card has, as an inquiry told it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardMeans {
    /// The purse.
    pub balance: Money,
    /// The points.
    pub points: Points,
    /// The member's tier.
    pub tier: Tier,
}

impl CardMeans {
    /// A card of the lowest tier that has enough of everything: what can be said of a card nobody has seen yet.
    const ENOUGH: Self = Self { balance: Money::new(i64::MAX), points: Points::new(i64::MAX), tier: Tier::new(0) };
}

/// What an order would come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// What would be taken and given.
    pub charge: Charge,
    /// The most points that could be redeemed on it.
    pub redeemable: Points,
    /// What they are worth.
    pub redeemable_value: Money,
}

impl Terminal {
    /// What an order would come to on a card with these means; without them, on one of the lowest tier that has
    /// enough. Limits are looked at when the card is there.
    pub fn preview(&self, order: &Order, card: Option<CardMeans>) -> Result<Preview, Refusal> {
        order.check()?;
        let CardMeans { balance, points, tier } = card.unwrap_or(CardMeans::ENOUGH);
        let program = self.program()?;
        let means = Means { balance, points, tier, today: self.now().date()? };
        let charge = order.charge(program, means)?;
        let redeemable = program.max_redeemable(order.gross.minus(order.discount)?, points)?;
        Ok(Preview { charge, redeemable, redeemable_value: program.redeem_value(redeemable)? })
    }

    /// What a top-up of this amount would bring besides.
    pub fn preview_top_up(&self, amount: Money) -> Result<Bonus, Refusal> {
        Ok(self.program()?.top_up_bonus(amount, self.now().date()?)?)
    }
}
