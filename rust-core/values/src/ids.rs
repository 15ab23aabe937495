use minicbor::{Decode, Encode};
use std::fmt;

macro_rules! number {
    ($(#[$doc:meta])* $name:ident($inner:ty), $format:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Encode, Decode)]
        #[cbor(transparent)]
        pub struct $name(#[n(0)] $inner);

        impl $name {
            /// From its number.
            pub const fn new(number: $inner) -> Self {
                Self(number)
            }

            /// Its number.
            pub const fn get(self) -> $inner {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, $format, self.0)
            }
        }
    };
}

number! {
    /// A member of the chain, as head office numbers them.
    MemberId(u64), "M{}"
}
number! {
    /// A terminal, as head office numbers them at enrolment.
    TerminalId(u32), "T{}"
}
number! {
    /// An operator: a person who signs on at terminals.
    OperatorId(u32), "O{}"
}
number! {
    /// A store, a van or a distribution centre.
    StoreId(u32), "S{}"
}
number! {
    /// The number of an entry in one terminal's journal: 1 for the first, no gaps.
    Sequence(u32), "{}"
}
number! {
    /// A member's tier: 0 is the lowest.
    Tier(u8), "tier {}"
}

impl TerminalId {
    /// The first number of the range that training terminals have. Head office enrols none from there on, so that a
    /// training journal, receipt or card record can never be taken for a real one.
    pub const FIRST_TRAINING: Self = Self(4_000_000_000);

    /// Whether this is a training terminal.
    pub const fn is_training(self) -> bool {
        self.0 >= Self::FIRST_TRAINING.0
    }
}

impl Sequence {
    /// The number of the entry after this one; `None` at the end of the range.
    pub fn next(self) -> Option<Self> {
        self.0.checked_add(1).map(Self)
    }
}

/// What identifies a sale, a top-up or any other movement of a card, everywhere and for ever: the terminal that
/// journaled it and the number of its intent in that terminal's journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Encode, Decode)]
pub struct SaleId {
    /// The terminal that made it.
    #[n(0)]
    pub terminal: TerminalId,
    /// The number of its intent in that terminal's journal.
    #[n(1)]
    pub sequence: Sequence,
}

impl fmt::Display for SaleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.terminal, self.sequence)
    }
}

/// The fixed seven-byte identifier of a card's chip (ISO/IEC 14443-3, double-size UID).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Uid(#[cbor(n(0), with = "minicbor::bytes")] [u8; 7]);

impl Uid {
    /// From the seven bytes as the reader gives them.
    pub const fn new(bytes: [u8; 7]) -> Self {
        Self(bytes)
    }

    /// The seven bytes.
    pub const fn bytes(&self) -> &[u8; 7] {
        &self.0
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

/// Cut short, because log lines must not name a person's card whole: `04…5F3A`.
impl fmt::Debug for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02X}…{:02X}{:02X}", self.0[0], self.0[5], self.0[6])
    }
}

/// The number printed on a member card: digits, the last a Luhn check digit (ISO/IEC 7812-1 annex B).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct CardNumber(#[n(0)] u64);

/// Why a card number was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CardNumberError {
    /// Something other than digits, or too many or too few of them.
    #[error("a card number is 8 to 16 digits")]
    NotDigits,
    /// The last digit does not fit the others: a digit was mistyped.
    #[error("the card number's check digit does not fit: please compare it with the card again")]
    CheckDigit,
    /// The number without its check digit is too long to carry one.
    #[error("no card number can be made from this: it has more than 15 digits")]
    Exhausted,
}

impl CardNumber {
    const MOST: u64 = 9_999_999_999_999_999;

    /// Appends the check digit to a number head office chose.
    pub fn from_payload(payload: u64) -> Result<Self, CardNumberError> {
        let shifted = payload.checked_mul(10).ok_or(CardNumberError::Exhausted)?;
        if shifted > Self::MOST {
            return Err(CardNumberError::Exhausted);
        }
        Ok(Self(shifted + (10 - luhn_sum(shifted) % 10) % 10))
    }

    /// From the number itself, such as the card's identity file holds it.
    pub fn from_number(number: u64) -> Result<Self, CardNumberError> {
        if number > Self::MOST {
            return Err(CardNumberError::NotDigits);
        }
        if !luhn_sum(number).is_multiple_of(10) {
            return Err(CardNumberError::CheckDigit);
        }
        Ok(Self(number))
    }

    /// From what a person typed or a scanner read; blanks and hyphens are passed over.
    pub fn parse(text: &str) -> Result<Self, CardNumberError> {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        if !(8..=16).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(CardNumberError::NotDigits);
        }
        Self::from_number(digits.parse().map_err(|_| CardNumberError::NotDigits)?)
    }

    /// The number with its check digit.
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// Sum of the Luhn algorithm over all digits of `number`, the rightmost counted once.
fn luhn_sum(mut number: u64) -> u64 {
    let mut sum = 0;
    let mut doubled = false;
    while number > 0 {
        let digit = number % 10;
        sum += match (doubled, digit) {
            (false, digit) => digit,
            (true, digit) if digit > 4 => digit * 2 - 9,
            (true, digit) => digit * 2,
        };
        doubled = !doubled;
        number /= 10;
    }
    sum
}

/// Twelve digits at least, in groups of four: `1000 0000 0012`.
impl fmt::Display for CardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:012}", self.0);
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(4) {
                f.write_str(" ")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

/// Cut short, because log lines must not name a person's card whole: `…0012`.
impl fmt::Debug for CardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "…{:04}", self.0 % 10_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_number_carries_its_check_digit() {
        let number = CardNumber::from_payload(7_992_739_871).expect("eleven digits make a number");
        assert_eq!(number.get(), 79_927_398_713, "the textbook example of the Luhn algorithm");
        assert_eq!(CardNumber::parse("7992 7398 713"), Ok(number));
        assert_eq!(CardNumber::parse("7992 7398 718"), Err(CardNumberError::CheckDigit));
        assert_eq!(CardNumber::parse("seventy"), Err(CardNumberError::NotDigits));
        assert_eq!(CardNumber::from_payload(u64::MAX / 10), Err(CardNumberError::Exhausted));
    }

    #[test]
    fn every_single_mistyped_digit_is_noticed() {
        let right = CardNumber::from_payload(10_000_000_042).expect("eleven digits make a number").get();
        let digits = right.to_string();
        for place in 0..digits.len() {
            for other in b'0'..=b'9' {
                let mut typed = digits.clone().into_bytes();
                if typed[place] != other {
                    typed[place] = other;
                    let typed = String::from_utf8(typed).expect("digits are text");
                    assert_eq!(CardNumber::parse(&typed), Err(CardNumberError::CheckDigit), "{typed}");
                }
            }
        }
    }

    #[test]
    fn what_logs_show_is_cut_short() {
        let uid = Uid::new([4, 0x78, 0x2E, 0x21, 0x80, 0x1D, 0x80]);
        assert_eq!(format!("{uid:?}"), "04…1D80");
        assert_eq!(uid.to_string(), "04782E21801D80");
        let number = CardNumber::from_payload(10_000_000_042).expect("eleven digits make a number");
        assert!(!format!("{number:?}").contains("1000"));
    }
}
