use minicbor::{Decode, Encode};
use satchel_values::{Money, Points};

/// How much a terminal may do. Part of its profile.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Limits {
    /// The most a purse may hold.
    #[n(0)]
    pub purse_max: Money,
    /// The most one sale may take from a purse.
    #[n(1)]
    pub per_sale_max: Money,
    /// The most one card may spend at this terminal in one day.
    #[n(2)]
    pub per_card_day_max: Money,
    /// The most this terminal may take from purses before head office has heard of it.
    #[n(3)]
    pub offline_total_max: Money,
    /// The least one top-up may bring.
    #[n(4)]
    pub top_up_min: Money,
    /// The most one top-up may bring.
    #[n(5)]
    pub top_up_max: Money,
    /// All that this terminal may ever have loaded, counted from its first day; head office raises it as it receives
    /// the cash.
    #[n(6)]
    pub top_up_allowance: Money,
    /// The most points a card may hold.
    #[n(7)]
    pub points_max: Points,
}

/// Which limit was reached. Amounts in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LimitReached {
    /// One sale.
    #[error("one sale may take at most {} from the card", .0.get())]
    PerSale(Money),
    /// One card in one day.
    #[error("one card may spend at most {} a day here", .0.get())]
    PerCardDay(Money),
    /// Everything sold since head office last heard.
    #[error("this terminal may sell for at most {} before it reports to head office: exchange data first", .0.get())]
    OfflineTotal(Money),
    /// A top-up that is too small.
    #[error("the smallest top-up is {}", .0.get())]
    TopUpMin(Money),
    /// A top-up that is too large.
    #[error("the largest top-up is {}", .0.get())]
    TopUpMax(Money),
    /// The terminal's allowance.
    #[error("this terminal's allowance for top-ups is used up ({}): hand in the cash at head office", .0.get())]
    Allowance(Money),
    /// A purse that would hold too much.
    #[error("the card may hold at most {}", .0.get())]
    Purse(Money),
    /// Too many points.
    #[error("the card may hold at most {} points", .0.get())]
    Points(Points),
}

impl Limits {
    /// One sale that takes `amount` from a purse, and what the card's day and the terminal come to with it.
    pub fn check_sale(&self, amount: Money, card_today: Money, offline: Money) -> Result<(), LimitReached> {
        if amount > self.per_sale_max {
            Err(LimitReached::PerSale(self.per_sale_max))
        } else if card_today > self.per_card_day_max {
            Err(LimitReached::PerCardDay(self.per_card_day_max))
        } else if offline > self.offline_total_max {
            Err(LimitReached::OfflineTotal(self.offline_total_max))
        } else {
            Ok(())
        }
    }

    /// A top-up of `amount`, and all that the terminal has ever loaded with it.
    pub fn check_top_up(&self, amount: Money, loaded: Money) -> Result<(), LimitReached> {
        if amount < self.top_up_min {
            Err(LimitReached::TopUpMin(self.top_up_min))
        } else if amount > self.top_up_max {
            Err(LimitReached::TopUpMax(self.top_up_max))
        } else if loaded > self.top_up_allowance {
            Err(LimitReached::Allowance(self.top_up_allowance))
        } else {
            Ok(())
        }
    }

    /// What a purse would hold.
    pub fn check_purse(&self, balance: Money) -> Result<(), LimitReached> {
        if balance > self.purse_max { Err(LimitReached::Purse(self.purse_max)) } else { Ok(()) }
    }

    /// The points a card would hold.
    pub fn check_points(&self, points: Points) -> Result<(), LimitReached> {
        if points > self.points_max { Err(LimitReached::Points(self.points_max)) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits {
            purse_max: Money::new(500),
            per_sale_max: Money::new(100),
            per_card_day_max: Money::new(150),
            offline_total_max: Money::new(1_000),
            top_up_min: Money::new(5),
            top_up_max: Money::new(200),
            top_up_allowance: Money::new(900),
            points_max: Points::new(50),
        }
    }

    #[test]
    fn each_limit_is_reached_at_its_figure_and_named_past_it() {
        let money = Money::new;
        let limits = limits();
        assert_eq!(limits.check_sale(money(100), money(150), money(1_000)), Ok(()));
        assert_eq!(limits.check_sale(money(101), money(0), money(0)), Err(LimitReached::PerSale(money(100))));
        assert_eq!(limits.check_sale(money(1), money(151), money(0)), Err(LimitReached::PerCardDay(money(150))));
        assert_eq!(limits.check_sale(money(1), money(1), money(1_001)), Err(LimitReached::OfflineTotal(money(1_000))));
        assert_eq!(limits.check_top_up(money(200), money(900)), Ok(()));
        assert_eq!(limits.check_top_up(money(4), money(0)), Err(LimitReached::TopUpMin(money(5))));
        assert_eq!(limits.check_top_up(money(201), money(0)), Err(LimitReached::TopUpMax(money(200))));
        assert_eq!(limits.check_top_up(money(5), money(901)), Err(LimitReached::Allowance(money(900))));
        assert_eq!(limits.check_purse(money(501)), Err(LimitReached::Purse(money(500))));
        assert_eq!(limits.check_points(Points::new(51)), Err(LimitReached::Points(Points::new(50))));
    }
}
