//! One record of the member card's history file. The newest record *is* the card's state.

use crate::CardError;
use satchel_journal::{CARD_RECORD, Operation};
use satchel_values::{Arithmetic, Date, Money, Points, SaleId, Sequence, TerminalId, Tier, Timestamp};

/// Where each field lies. Numbers are big-endian.
mod field {
    use std::ops::Range;
    /// Layout version in the high half, kind of movement in the low half.
    pub const VERSION_KIND: usize = 0;
    pub const FLAGS: usize = 1;
    pub const TIER: usize = 2;
    pub const EXPIRY: Range<usize> = 3..5;
    pub const TERMINAL: Range<usize> = 5..9;
    pub const SEQUENCE: Range<usize> = 9..13;
    pub const TIME: Range<usize> = 13..17;
    pub const AMOUNT: Range<usize> = 17..21;
    pub const BALANCE: Range<usize> = 21..25;
    pub const POINTS: Range<usize> = 25..29;
    /// Low half of the transaction's own counter.
    pub const TMC: Range<usize> = 29..31;
}

const LAYOUT: u8 = 1;
const FLAG_BLOCKED: u8 = 0x01;
const FLAG_NOT_ACTIVATED: u8 = 0x02;
const FLAGS_KNOWN: u8 = FLAG_BLOCKED | FLAG_NOT_ACTIVATED;

/// Whether a card may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// In a member's hands and good.
    Active,
    /// Pre-issued, waiting for a member.
    NotActivated,
    /// Blocked; only head office can clear it.
    Blocked,
}

/// A history record: what happened, and how the card stood afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryRecord {
    /// What happened.
    pub operation: Operation,
    /// Whether the card may be used from then on.
    pub standing: Standing,
    /// The member's tier.
    pub tier: Tier,
    /// The card's last day; day 0 for none.
    pub expiry: Date,
    /// Which movement of which terminal.
    pub id: SaleId,
    /// When, by the terminal's clock, to the second.
    pub at: Timestamp,
    /// What it did to the purse, signed.
    pub amount: Money,
    /// The purse afterwards.
    pub balance: Money,
    /// The points afterwards.
    pub points: Points,
    /// The low half of the transaction MAC counter that this movement's commit brings.
    pub tmc_low: u16,
}

impl HistoryRecord {
    /// Reads a record as the card gave it.
    pub fn parse(bytes: &[u8; CARD_RECORD]) -> Result<Self, CardError> {
        let version = bytes[field::VERSION_KIND] >> 4;
        if version > LAYOUT {
            return Err(CardError::NewerLayout(version));
        }
        let flags = bytes[field::FLAGS];
        if version != LAYOUT || flags & !FLAGS_KNOWN != 0 {
            return Err(CardError::Damaged("history"));
        }
        let signed = |range| i32::from_be_bytes(quad(bytes, range));
        let unsigned = |range| u32::from_be_bytes(quad(bytes, range));
        Ok(Self {
            operation: operation(bytes[field::VERSION_KIND] & 0x0F).ok_or(CardError::Damaged("history"))?,
            standing: standing(flags),
            tier: Tier::new(bytes[field::TIER]),
            expiry: Date::from_days(u16::from_be_bytes(pair(bytes, field::EXPIRY))),
            id: SaleId {
                terminal: TerminalId::new(unsigned(field::TERMINAL)),
                sequence: Sequence::new(unsigned(field::SEQUENCE)),
            },
            at: Timestamp::from_card(unsigned(field::TIME)),
            amount: Money::from_card(signed(field::AMOUNT)),
            balance: Money::from_card(signed(field::BALANCE)),
            points: Points::from_card(signed(field::POINTS)),
            tmc_low: u16::from_be_bytes(pair(bytes, field::TMC)),
        })
    }

    /// The record as the card will hold it. [`Arithmetic`] if an amount or the time does not fit.
    pub fn emit(&self) -> Result<[u8; CARD_RECORD], Arithmetic> {
        let mut bytes = [0; CARD_RECORD];
        bytes[field::VERSION_KIND] = LAYOUT << 4 | kind(self.operation);
        bytes[field::FLAGS] = flags(self.standing);
        bytes[field::TIER] = self.tier.get();
        bytes[field::EXPIRY].copy_from_slice(&self.expiry.days().to_be_bytes());
        bytes[field::TERMINAL].copy_from_slice(&self.id.terminal.get().to_be_bytes());
        bytes[field::SEQUENCE].copy_from_slice(&self.id.sequence.get().to_be_bytes());
        bytes[field::TIME].copy_from_slice(&self.at.to_card()?.to_be_bytes());
        bytes[field::AMOUNT].copy_from_slice(&self.amount.to_card()?.to_be_bytes());
        bytes[field::BALANCE].copy_from_slice(&self.balance.to_card()?.to_be_bytes());
        bytes[field::POINTS].copy_from_slice(&self.points.to_card()?.to_be_bytes());
        bytes[field::TMC].copy_from_slice(&self.tmc_low.to_be_bytes());
        Ok(bytes)
    }

    /// The flags as the card holds them.
    pub const fn flags(&self) -> u8 {
        flags(self.standing)
    }

    /// What flags say; `None` if one of them is unknown.
    pub fn standing_of(flags: u8) -> Option<Standing> {
        (flags & !FLAGS_KNOWN == 0).then(|| standing(flags))
    }

    /// Whether the card is past its last day on `today`.
    pub fn expired_on(&self, today: Date) -> bool {
        self.expiry != Date::default() && self.expiry < today
    }
}

const KINDS: [(Operation, u8); 9] = [
    (Operation::Issue, 1),
    (Operation::Sale, 2),
    (Operation::TopUp, 3),
    (Operation::UndoSale, 4),
    (Operation::UndoTopUp, 5),
    (Operation::Refund, 6),
    (Operation::Block, 7),
    (Operation::Activate, 8),
    (Operation::Correct, 9),
];

fn operation(kind: u8) -> Option<Operation> {
    KINDS.iter().find(|(_, number)| *number == kind).map(|(operation, _)| *operation)
}

fn kind(operation: Operation) -> u8 {
    KINDS.iter().find(|(known, _)| *known == operation).map_or(0, |(_, number)| *number)
}

const fn standing(flags: u8) -> Standing {
    if flags & FLAG_BLOCKED != 0 {
        Standing::Blocked
    } else if flags & FLAG_NOT_ACTIVATED != 0 {
        Standing::NotActivated
    } else {
        Standing::Active
    }
}

const fn flags(standing: Standing) -> u8 {
    match standing {
        Standing::Active => 0,
        Standing::NotActivated => FLAG_NOT_ACTIVATED,
        Standing::Blocked => FLAG_BLOCKED,
    }
}

fn quad(bytes: &[u8; CARD_RECORD], range: std::ops::Range<usize>) -> [u8; 4] {
    bytes[range].try_into().expect("the named fields of four bytes are four bytes long")
}

fn pair(bytes: &[u8; CARD_RECORD], range: std::ops::Range<usize>) -> [u8; 2] {
    bytes[range].try_into().expect("the named fields of two bytes are two bytes long")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn example() -> HistoryRecord {
        HistoryRecord {
            operation: Operation::Sale,
            standing: Standing::Active,
            tier: Tier::new(2),
            expiry: Date::from_days(21_000),
            id: SaleId { terminal: TerminalId::new(7), sequence: Sequence::new(1_234) },
            at: Timestamp::from_card(1_795_518_415),
            amount: Money::new(-1_250),
            balance: Money::new(8_750),
            points: Points::new(37),
            tmc_low: 42,
        }
    }

    #[test]
    fn a_record_lies_on_the_card_as_documented() {
        let bytes = example().emit().expect("the example fits");
        assert_eq!(
            hex::encode_upper(bytes),
            concat!(
                "12", "00", "02", "5208", "00000007", "000004D2", "6B056FCF", "FFFFFB1E", "0000222E", "00000025",
                "002A"
            )
        );
        assert_eq!(HistoryRecord::parse(&bytes).expect("its own bytes parse"), example());
    }

    #[test]
    fn a_newer_layout_is_named_and_an_unknown_flag_is_damage() {
        let mut bytes = example().emit().expect("the example fits");
        bytes[0] = 0x22;
        assert!(matches!(HistoryRecord::parse(&bytes), Err(CardError::NewerLayout(2))));
        let mut bytes = example().emit().expect("the example fits");
        bytes[1] = 0x80;
        assert!(matches!(HistoryRecord::parse(&bytes), Err(CardError::Damaged("history"))));
    }

    proptest! {
        #[test]
        fn any_bytes_parse_to_themselves_or_to_a_named_error(bytes: [u8; CARD_RECORD]) {
            if let Ok(record) = HistoryRecord::parse(&bytes) {
                let again = HistoryRecord::parse(&record.emit().expect("what was parsed fits"));
                prop_assert_eq!(again.expect("its own bytes parse"), record);
            }
        }
    }
}
