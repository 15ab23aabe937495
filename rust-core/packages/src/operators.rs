use minicbor::{Decode, Encode};
use satchel_values::{Arithmetic, Date, Money, OperatorId, StoreId, Uid};
use std::fmt;

/// Everybody who may sign on somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct Operators {
    /// The operators.
    #[n(0)]
    pub operators: Vec<Operator>,
}

/// One operator, as head office sees them. Their card says only who they are; this says what they may do.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Operator {
    /// Their number.
    #[n(0)]
    pub id: OperatorId,
    /// Their name, for the screen.
    #[n(1)]
    pub name: String,
    /// Their level.
    #[n(2)]
    pub level: Level,
    /// Their present card.
    #[n(3)]
    pub card_uid: Uid,
    /// What they may do.
    #[n(4)]
    pub authorities: Authorities,
    /// Their last day.
    #[n(5)]
    pub valid_until: Date,
    /// Where they work; everywhere, if empty.
    #[n(6)]
    pub scope: Vec<StoreId>,
}

/// The level of an operator card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Level {
    /// Sets terminals up.
    #[n(0)]
    Administrator,
    /// Runs a store.
    #[n(1)]
    StoreManager,
    /// Works at a counter.
    #[n(2)]
    Cashier,
    /// Sells from door to door.
    #[n(3)]
    Seller,
}

/// Something an operator may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Authority {
    /// Sell.
    Sell,
    /// Top cards up.
    TopUp,
    /// Take back the last movement.
    Undo,
    /// Refund.
    Refund,
    /// Give discounts, as far as their percentage goes.
    Discount,
    /// Block cards.
    Block,
    /// Open shifts.
    OpenShift,
    /// Close shifts.
    CloseShift,
    /// Bring cash to the drawer and carry it off.
    PayInOut,
    /// Register members.
    Register,
}

impl Authority {
    /// Every one of them.
    pub const ALL: [Self; 10] = [
        Self::Sell,
        Self::TopUp,
        Self::Undo,
        Self::Refund,
        Self::Discount,
        Self::Block,
        Self::OpenShift,
        Self::CloseShift,
        Self::PayInOut,
        Self::Register,
    ];

    const fn bit(self) -> u32 {
        1 << match self {
            Self::Sell => 0,
            Self::TopUp => 1,
            Self::Undo => 2,
            Self::Refund => 3,
            Self::Discount => 4,
            Self::Block => 5,
            Self::OpenShift => 6,
            Self::CloseShift => 7,
            Self::PayInOut => 8,
            Self::Register => 9,
        }
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sell => "sell",
            Self::TopUp => "top cards up",
            Self::Undo => "take movements back",
            Self::Refund => "refund",
            Self::Discount => "give this discount",
            Self::Block => "block cards",
            Self::OpenShift => "open shifts",
            Self::CloseShift => "close shifts",
            Self::PayInOut => "move cash in and out of the drawer",
            Self::Register => "register members",
        })
    }
}

/// A set of authorities, and how far discounts go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
pub struct Authorities {
    #[n(0)]
    bits: u32,
    #[n(1)]
    discount_percent: u8,
}

impl Authorities {
    /// These, and no discounts.
    pub fn of(authorities: &[Authority]) -> Self {
        Self { bits: authorities.iter().fold(0, |bits, authority| bits | authority.bit()), discount_percent: 0 }
    }

    /// The same, with discounts up to a percentage.
    #[must_use]
    pub fn with_discounts(self, percent: u8) -> Self {
        Self { bits: self.bits | Authority::Discount.bit(), discount_percent: percent.min(100) }
    }

    /// They, one by one.
    pub fn iter(self) -> impl Iterator<Item = Authority> {
        Authority::ALL.into_iter().filter(move |authority| self.allows(*authority))
    }

    /// How far discounts go, in percent; 0 if none may be given.
    pub const fn discount_percent(self) -> u8 {
        if self.allows(Authority::Discount) { self.discount_percent } else { 0 }
    }

    /// Whether this is among them.
    pub const fn allows(self, authority: Authority) -> bool {
        self.bits & authority.bit() != 0
    }
}

impl Operators {
    /// The operator with this number.
    pub fn find(&self, id: OperatorId) -> Option<&Operator> {
        self.operators.iter().find(|operator| operator.id == id)
    }
}

impl Operator {
    /// Whether they work at a store.
    pub fn works_at(&self, store: StoreId) -> bool {
        self.scope.is_empty() || self.scope.contains(&store)
    }

    /// Whether they may take `discount` off `gross`.
    pub fn may_discount(&self, gross: Money, discount: Money) -> Result<bool, Arithmetic> {
        let most = gross.times(i64::from(self.authorities.discount_percent))?;
        Ok(self.authorities.allows(Authority::Discount) && discount.times(100)? <= most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_may_what_is_not_listed() {
        let authorities = Authorities::of(&[Authority::Sell, Authority::Register]);
        assert!(authorities.allows(Authority::Sell) && authorities.allows(Authority::Register));
        assert!(!authorities.allows(Authority::TopUp) && !authorities.allows(Authority::Discount));
    }

    #[test]
    fn a_set_tells_what_is_in_it() {
        let some = [Authority::Sell, Authority::Refund, Authority::Register];
        assert_eq!(Authorities::of(&some).iter().collect::<Vec<_>>(), some);
        assert_eq!(Authorities::of(&Authority::ALL).iter().collect::<Vec<_>>(), Authority::ALL);
        assert_eq!(Authorities::of(&some).discount_percent(), 0);
        assert_eq!(Authorities::of(&some).with_discounts(7).discount_percent(), 7);
    }

    #[test]
    fn discounts_go_as_far_as_the_percentage() {
        let operator = Operator {
            id: OperatorId::new(1),
            name: "A".to_owned(),
            level: Level::Cashier,
            card_uid: Uid::new([4; 7]),
            authorities: Authorities::of(&[Authority::Sell]).with_discounts(10),
            valid_until: Date::from_days(1),
            scope: vec![StoreId::new(1)],
        };
        assert_eq!(operator.may_discount(Money::new(999), Money::new(99)), Ok(true));
        assert_eq!(operator.may_discount(Money::new(999), Money::new(100)), Ok(false));
        assert!(operator.works_at(StoreId::new(1)) && !operator.works_at(StoreId::new(2)));
    }
}
