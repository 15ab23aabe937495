use minicbor::{Decode, Encode};
use satchel_values::{Arithmetic, Date, Money, Points, Tier};

/// What members get, and for what.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct Program {
    /// Points earned; every rule that fits adds its own.
    #[n(0)]
    pub earn: Vec<EarnRule>,
    /// What points are worth; none where they cannot be redeemed.
    #[n(1)]
    pub redeem: Option<RedeemRule>,
    /// What a top-up brings besides; the best rule that fits counts.
    #[n(2)]
    pub top_up_bonus: Vec<BonusRule>,
}

/// So many points for every full step of money paid.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct EarnRule {
    /// Only for this tier; for all, if none.
    #[n(0)]
    pub tier: Option<Tier>,
    /// The step, greater than zero.
    #[n(1)]
    pub per: Money,
    /// Points for each full step.
    #[n(2)]
    pub points: Points,
    /// The first day; day 0 for none.
    #[n(3)]
    pub from: Date,
    /// The last day; day 0 for none.
    #[n(4)]
    pub until: Date,
}

/// What points are worth.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct RedeemRule {
    /// So many points …
    #[n(0)]
    pub points: Points,
    /// … are worth so much.
    #[n(1)]
    pub worth: Money,
    /// The fewest points that can be redeemed at a time.
    #[n(2)]
    pub least: Points,
    /// The largest part of a sale that points may pay, in percent.
    #[n(3)]
    pub share_percent: u8,
}

/// What a top-up brings besides.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct BonusRule {
    /// From this amount on.
    #[n(0)]
    pub least: Money,
    /// Money besides.
    #[n(1)]
    pub money: Money,
    /// Points besides.
    #[n(2)]
    pub points: Points,
}

/// A top-up's bonus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bonus {
    /// Money besides.
    pub money: Money,
    /// Points besides.
    pub points: Points,
}

impl Program {
    /// Points earned by paying `paid` (money and cash, not points) on a day.
    pub fn earn(&self, paid: Money, tier: Tier, today: Date) -> Result<Points, Arithmetic> {
        let fitting = self.earn.iter().filter(|rule| rule.fits(tier, today));
        fitting.map(|rule| rule.points_for(paid)).try_fold(Points::ZERO, |sum, points| sum.plus(points?))
    }

    /// What so many points are worth; a part of a minor unit is worth nothing.
    pub fn redeem_value(&self, points: Points) -> Result<Money, Arithmetic> {
        let Some(rule) = self.redeem.as_ref().filter(|rule| rule.points.is_positive()) else {
            return if points.is_zero() { Ok(Money::ZERO) } else { Err(Arithmetic) };
        };
        let worth = i128::from(points.get()) * i128::from(rule.worth.get()) / i128::from(rule.points.get());
        i64::try_from(worth).map(Money::new).map_err(|_| Arithmetic)
    }

    /// The most points that a card with `balance` can redeem on a sale of `due`: no more than it has, than the sale's
    /// share, or than buys whole minor units; nothing below the rule's least.
    pub fn max_redeemable(&self, due: Money, balance: Points) -> Result<Points, Arithmetic> {
        let Some(rule) = self.redeem.as_ref().filter(|rule| rule.points.is_positive() && rule.worth.is_positive())
        else {
            return Ok(Points::ZERO);
        };
        let share = i128::from(due.get().max(0)) * i128::from(rule.share_percent.min(100)) / 100;
        let affordable = share * i128::from(rule.points.get()) / i128::from(rule.worth.get());
        let most = affordable.min(i128::from(balance.get().max(0)));
        // Only as many as the worth of them needs: the rest of a minor unit is kept.
        let worth = most * i128::from(rule.worth.get()) / i128::from(rule.points.get());
        let needed = (worth * i128::from(rule.points.get())).div_euclid(i128::from(rule.worth.get()));
        let exact = needed + i128::from(needed * i128::from(rule.worth.get()) / i128::from(rule.points.get()) < worth);
        if exact < i128::from(rule.least.get()) || worth == 0 {
            return Ok(Points::ZERO);
        }
        i64::try_from(exact).map(Points::new).map_err(|_| Arithmetic)
    }

    /// What a top-up of `amount` brings besides: the rule with the highest `least` that it reaches.
    pub fn top_up_bonus(&self, amount: Money, _today: Date) -> Result<Bonus, Arithmetic> {
        let best = self.top_up_bonus.iter().filter(|rule| rule.least <= amount).max_by_key(|rule| rule.least);
        Ok(best.map_or(Bonus::default(), |rule| Bonus { money: rule.money, points: rule.points }))
    }

    /// Whether every rule makes sense; head office refuses to publish, and a terminal to install, one that does not.
    pub fn is_sound(&self) -> bool {
        let earn = self.earn.iter().all(|rule| rule.per.is_positive() && !rule.points.is_negative());
        let redeem = self
            .redeem
            .as_ref()
            .is_none_or(|rule| rule.points.is_positive() && rule.worth.is_positive() && rule.share_percent <= 100);
        let bonus = self
            .top_up_bonus
            .iter()
            .all(|rule| !rule.least.is_negative() && !rule.money.is_negative() && !rule.points.is_negative());
        earn && redeem && bonus
    }
}

impl EarnRule {
    fn fits(&self, tier: Tier, today: Date) -> bool {
        let none = Date::default();
        self.tier.is_none_or(|only| only == tier)
            && (self.from == none || self.from <= today)
            && (self.until == none || today <= self.until)
    }

    fn points_for(&self, paid: Money) -> Result<Points, Arithmetic> {
        if !self.per.is_positive() || !paid.is_positive() {
            return Ok(Points::ZERO);
        }
        self.points.times(paid.get() / self.per.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn program(points: i64, worth: i64) -> Program {
        Program {
            earn: vec![
                EarnRule {
                    tier: None,
                    per: Money::new(100),
                    points: Points::new(1),
                    from: Date::default(),
                    until: Date::default(),
                },
                EarnRule {
                    tier: Some(Tier::new(2)),
                    per: Money::new(100),
                    points: Points::new(1),
                    from: Date::from_days(10),
                    until: Date::from_days(20),
                },
            ],
            redeem: Some(RedeemRule {
                points: Points::new(points),
                worth: Money::new(worth),
                least: Points::new(5),
                share_percent: 50,
            }),
            top_up_bonus: vec![
                BonusRule { least: Money::new(5_000), money: Money::new(200), points: Points::ZERO },
                BonusRule { least: Money::new(10_000), money: Money::new(500), points: Points::new(10) },
            ],
        }
    }

    #[test]
    fn every_fitting_rule_earns_for_full_steps_only() {
        let program = program(10, 100);
        let earn = |paid, tier, day| program.earn(Money::new(paid), Tier::new(tier), Date::from_days(day));
        assert_eq!(earn(299, 0, 15), Ok(Points::new(2)));
        assert_eq!(earn(299, 2, 15), Ok(Points::new(4)));
        assert_eq!(earn(299, 2, 21), Ok(Points::new(2)));
        assert_eq!(earn(99, 0, 15), Ok(Points::ZERO));
        assert_eq!(earn(-500, 0, 15), Ok(Points::ZERO));
    }

    #[test]
    fn the_highest_bonus_step_reached_counts() {
        let program = program(10, 100);
        let bonus = |amount| program.top_up_bonus(Money::new(amount), Date::default()).expect("in range");
        assert_eq!(bonus(4_999), Bonus::default());
        assert_eq!(bonus(9_999).money, Money::new(200));
        assert_eq!(bonus(10_000), Bonus { money: Money::new(500), points: Points::new(10) });
    }

    #[test]
    fn without_a_rule_points_are_worth_nothing() {
        let program = Program::default();
        assert_eq!(program.max_redeemable(Money::new(1_000), Points::new(1_000)), Ok(Points::ZERO));
        assert_eq!(program.redeem_value(Points::new(1)), Err(Arithmetic));
        assert_eq!(program.redeem_value(Points::ZERO), Ok(Money::ZERO));
    }

    proptest! {
        #[test]
        fn redeeming_never_pays_more_than_the_share_or_the_card_has(
            points in 1_i64..1_000, worth in 1_i64..1_000, due in 0_i64..1_000_000, balance in 0_i64..1_000_000,
        ) {
            let program = program(points, worth);
            let most = program.max_redeemable(Money::new(due), Points::new(balance)).expect("in range");
            let value = program.redeem_value(most).expect("in range");
            prop_assert!(most.get() <= balance);
            prop_assert!(value.get() * 2 <= due);
            prop_assert!(most.is_zero() || most.get() >= 5);
            // Not one point is taken that buys nothing.
            if most.is_positive() {
                let fewer = program.redeem_value(Points::new(most.get() - 1)).expect("in range");
                prop_assert!(fewer < value);
            }
        }
    }
}
