use minicbor::{Decode, Encode};
use std::fmt;

/// The arithmetic that failed: a sum or difference outside the range of its type.
///
/// Nothing has been changed when this is returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("amount out of range")]
pub struct Arithmetic;

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Encode, Decode)]
        #[cbor(transparent)]
        pub struct $name(#[n(0)] i64);

        impl $name {
            /// None at all.
            pub const ZERO: Self = Self(0);

            /// From a whole number of the unit.
            pub const fn new(units: i64) -> Self {
                Self(units)
            }

            /// The whole number of the unit.
            pub const fn get(self) -> i64 {
                self.0
            }

            /// `self + other`, or [`Arithmetic`] past the end of the range.
            pub fn plus(self, other: Self) -> Result<Self, Arithmetic> {
                self.0.checked_add(other.0).map(Self).ok_or(Arithmetic)
            }

            /// `self - other`, or [`Arithmetic`] past the end of the range. The result may be negative.
            pub fn minus(self, other: Self) -> Result<Self, Arithmetic> {
                self.0.checked_sub(other.0).map(Self).ok_or(Arithmetic)
            }

            /// `self × count`, or [`Arithmetic`] past the end of the range.
            pub fn times(self, count: i64) -> Result<Self, Arithmetic> {
                self.0.checked_mul(count).map(Self).ok_or(Arithmetic)
            }

            /// The same amount with the other sign, or [`Arithmetic`] for the lowest number there is.
            pub fn negated(self) -> Result<Self, Arithmetic> {
                self.0.checked_neg().map(Self).ok_or(Arithmetic)
            }

            /// Whether this is less than nothing.
            pub const fn is_negative(self) -> bool {
                self.0 < 0
            }

            /// Whether this is more than nothing.
            pub const fn is_positive(self) -> bool {
                self.0 > 0
            }

            /// Whether this is nothing.
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }

            /// As a DESFire value file holds it: a signed 32-bit number. [`Arithmetic`] if it does not fit.
            pub fn to_card(self) -> Result<i32, Arithmetic> {
                i32::try_from(self.0).map_err(|_| Arithmetic)
            }

            /// From a DESFire value file's signed 32-bit number.
            pub const fn from_card(value: i32) -> Self {
                Self(value as i64)
            }
        }
    };
}

quantity! {
    /// An amount of money in minor units (cents, fen, paise) of the enterprise's one currency.
    Money
}

quantity! {
    /// A number of points. Never money: what a point is worth is a rule of the sales program.
    Points
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// An ISO 4217 currency: its alphabetic code and the number of digits after the decimal sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency {
    code: [u8; 3],
    exponent: u8,
}

/// Why a currency was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CurrencyError {
    /// The code is not three capital letters.
    #[error("'{0}' is not a currency code: three capital letters are needed, such as EUR")]
    Code(String),
    /// No ISO 4217 currency has this many digits after the decimal sign.
    #[error("a currency has 0 to 4 digits after the decimal sign, not {0}")]
    Exponent(u8),
}

impl Currency {
    /// A currency from its ISO 4217 alphabetic code and minor-unit exponent (2 for EUR, 0 for JPY, 3 for KWD).
    pub fn new(code: &str, exponent: u8) -> Result<Self, CurrencyError> {
        let letters: [u8; 3] = code.as_bytes().try_into().map_err(|_| CurrencyError::Code(code.into()))?;
        if !letters.iter().all(u8::is_ascii_uppercase) {
            return Err(CurrencyError::Code(code.into()));
        }
        if exponent > 4 {
            return Err(CurrencyError::Exponent(exponent));
        }
        Ok(Self { code: letters, exponent })
    }

    /// The three letters, as stored on the card.
    pub const fn code(self) -> [u8; 3] {
        self.code
    }

    /// Digits after the decimal sign.
    pub const fn exponent(self) -> u8 {
        self.exponent
    }

    /// The amount in figures with a point and the code, for logs and plain-text reports: `-12.05 EUR`.
    pub fn format(self, amount: Money) -> String {
        let scale = 10_u64.pow(u32::from(self.exponent));
        let sign = if amount.is_negative() { "-" } else { "" };
        let units = amount.get().unsigned_abs();
        let code: String = self.code.iter().map(|&letter| char::from(letter)).collect();
        if self.exponent == 0 {
            return format!("{sign}{units} {code}");
        }
        let width = usize::from(self.exponent);
        format!("{sign}{}.{:0width$} {code}", units / scale, units % scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_past_the_range_are_refused_not_wrapped() {
        assert_eq!(Money::new(i64::MAX).plus(Money::new(1)), Err(Arithmetic));
        assert_eq!(Money::new(i64::MIN).minus(Money::new(1)), Err(Arithmetic));
        assert_eq!(Money::new(i64::MIN).negated(), Err(Arithmetic));
        assert_eq!(Points::new(i64::MAX).times(2), Err(Arithmetic));
        assert_eq!(Money::new(i64::from(i32::MAX) + 1).to_card(), Err(Arithmetic));
    }

    #[test]
    fn amounts_print_in_the_currency_s_own_digits() {
        let euro = Currency::new("EUR", 2).expect("EUR is a currency");
        let yen = Currency::new("JPY", 0).expect("JPY is a currency");
        let dinar = Currency::new("KWD", 3).expect("KWD is a currency");
        assert_eq!(euro.format(Money::new(-1205)), "-12.05 EUR");
        assert_eq!(yen.format(Money::new(500)), "500 JPY");
        assert_eq!(dinar.format(Money::new(7)), "0.007 KWD");
    }

    #[test]
    fn a_currency_that_is_none_is_refused_with_the_reason() {
        assert_eq!(Currency::new("eur", 2), Err(CurrencyError::Code("eur".into())));
        assert_eq!(Currency::new("EUR", 9), Err(CurrencyError::Exponent(9)));
    }
}
