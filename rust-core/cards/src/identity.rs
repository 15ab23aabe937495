//! The identity files of member, operator and collection cards: written once, read by whoever holds the inquiry key.

use crate::CardError;
use satchel_keys::EnterpriseId;
use satchel_values::{CardNumber, Currency, Date, MemberId, OperatorId};

/// Bytes in an identity file.
pub const IDENTITY_FILE: usize = 32;

const LAYOUT: u8 = 1;

/// Where each field of a member card's identity lies. Numbers are big-endian.
mod member_field {
    use std::ops::Range;
    pub const LAYOUT: usize = 0;
    pub const MEMBER: Range<usize> = 1..9;
    pub const NUMBER: Range<usize> = 9..17;
    pub const ISSUED: Range<usize> = 17..19;
    pub const CURRENCY: Range<usize> = 19..22;
    pub const EXPONENT: usize = 22;
    pub const ENTERPRISE: Range<usize> = 23..31;
}

/// Where each field of an operator or collection card's identity lies. Numbers are big-endian.
mod holder_field {
    use std::ops::Range;
    pub const LAYOUT: usize = 0;
    pub const NUMBER: Range<usize> = 1..5;
    pub const ISSUED: Range<usize> = 5..7;
    pub const EXPIRY: Range<usize> = 7..9;
    pub const ENTERPRISE: Range<usize> = 9..17;
}

/// Who a member card belongs to, and in which money it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberIdentity {
    /// The member's number.
    pub member: MemberId,
    /// The number printed on the card.
    pub number: CardNumber,
    /// The day it was issued.
    pub issued: Date,
    /// The currency of its purse.
    pub currency: Currency,
    /// The enterprise that issued it.
    pub enterprise: EnterpriseId,
}

impl MemberIdentity {
    /// The file's content.
    pub fn emit(&self) -> [u8; IDENTITY_FILE] {
        let mut bytes = [0; IDENTITY_FILE];
        bytes[member_field::LAYOUT] = LAYOUT;
        bytes[member_field::MEMBER].copy_from_slice(&self.member.get().to_be_bytes());
        bytes[member_field::NUMBER].copy_from_slice(&self.number.get().to_be_bytes());
        bytes[member_field::ISSUED].copy_from_slice(&self.issued.days().to_be_bytes());
        bytes[member_field::CURRENCY].copy_from_slice(&self.currency.code());
        bytes[member_field::EXPONENT] = self.currency.exponent();
        bytes[member_field::ENTERPRISE].copy_from_slice(self.enterprise.bytes());
        bytes
    }

    /// Reads the file's content.
    pub fn parse(bytes: &[u8]) -> Result<Self, CardError> {
        let bytes = whole_file(bytes)?;
        let damaged = CardError::Damaged("identity");
        let code = std::str::from_utf8(&bytes[member_field::CURRENCY]).unwrap_or_default();
        let (Ok(number), Ok(currency)) = (
            CardNumber::from_number(u64::from_be_bytes(take(bytes, member_field::NUMBER))),
            Currency::new(code, bytes[member_field::EXPONENT]),
        ) else {
            return Err(damaged);
        };
        Ok(Self {
            member: MemberId::new(u64::from_be_bytes(take(bytes, member_field::MEMBER))),
            number,
            issued: Date::from_days(u16::from_be_bytes(take(bytes, member_field::ISSUED))),
            currency,
            enterprise: EnterpriseId::new(take(bytes, member_field::ENTERPRISE)),
        })
    }
}

/// Who an operator card belongs to. What they may do stands in the signed operators package, never here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorIdentity {
    /// The operator's number.
    pub operator: OperatorId,
    /// The day it was issued.
    pub issued: Date,
    /// The card's last day; day 0 for none.
    pub expiry: Date,
    /// The enterprise that issued it.
    pub enterprise: EnterpriseId,
}

impl OperatorIdentity {
    /// The file's content.
    pub fn emit(&self) -> [u8; IDENTITY_FILE] {
        holder(self.operator.get(), self.issued, self.expiry, self.enterprise)
    }

    /// Reads the file's content.
    pub fn parse(bytes: &[u8]) -> Result<Self, CardError> {
        let (number, issued, expiry, enterprise) = read_holder(bytes)?;
        Ok(Self { operator: OperatorId::new(number), issued, expiry, enterprise })
    }
}

/// Which collection card this is. Where it is good stands in head office's database; a lost one is on the block list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionIdentity {
    /// Its number.
    pub number: u32,
    /// The day it was issued.
    pub issued: Date,
    /// Its last day; day 0 for none.
    pub expiry: Date,
    /// The enterprise that issued it.
    pub enterprise: EnterpriseId,
}

impl CollectionIdentity {
    /// The file's content.
    pub fn emit(&self) -> [u8; IDENTITY_FILE] {
        holder(self.number, self.issued, self.expiry, self.enterprise)
    }

    /// Reads the file's content.
    pub fn parse(bytes: &[u8]) -> Result<Self, CardError> {
        let (number, issued, expiry, enterprise) = read_holder(bytes)?;
        Ok(Self { number, issued, expiry, enterprise })
    }
}

fn holder(number: u32, issued: Date, expiry: Date, enterprise: EnterpriseId) -> [u8; IDENTITY_FILE] {
    let mut bytes = [0; IDENTITY_FILE];
    bytes[holder_field::LAYOUT] = LAYOUT;
    bytes[holder_field::NUMBER].copy_from_slice(&number.to_be_bytes());
    bytes[holder_field::ISSUED].copy_from_slice(&issued.days().to_be_bytes());
    bytes[holder_field::EXPIRY].copy_from_slice(&expiry.days().to_be_bytes());
    bytes[holder_field::ENTERPRISE].copy_from_slice(enterprise.bytes());
    bytes
}

fn read_holder(bytes: &[u8]) -> Result<(u32, Date, Date, EnterpriseId), CardError> {
    let bytes = whole_file(bytes)?;
    Ok((
        u32::from_be_bytes(take(bytes, holder_field::NUMBER)),
        Date::from_days(u16::from_be_bytes(take(bytes, holder_field::ISSUED))),
        Date::from_days(u16::from_be_bytes(take(bytes, holder_field::EXPIRY))),
        EnterpriseId::new(take(bytes, holder_field::ENTERPRISE)),
    ))
}

/// The file if it is whole and of a layout this version knows.
fn whole_file(bytes: &[u8]) -> Result<&[u8; IDENTITY_FILE], CardError> {
    let bytes: &[u8; IDENTITY_FILE] = bytes.try_into().map_err(|_| CardError::Damaged("identity"))?;
    match bytes[0] {
        LAYOUT => Ok(bytes),
        0 => Err(CardError::Damaged("identity")),
        newer => Err(CardError::NewerLayout(newer)),
    }
}

fn take<const N: usize>(bytes: &[u8; IDENTITY_FILE], range: std::ops::Range<usize>) -> [u8; N] {
    bytes[range].try_into().expect("each named field is as long as its type")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn member() -> MemberIdentity {
        MemberIdentity {
            member: MemberId::new(77),
            number: CardNumber::from_payload(10_000_000_042).expect("eleven digits make a number"),
            issued: Date::from_days(20_781),
            currency: Currency::new("EUR", 2).expect("EUR is a currency"),
            enterprise: EnterpriseId::new(*b"SATCHEL1"),
        }
    }

    #[test]
    fn identities_survive_their_files() {
        assert_eq!(MemberIdentity::parse(&member().emit()).expect("its own bytes parse"), member());
        let operator = OperatorIdentity {
            operator: OperatorId::new(9),
            issued: Date::from_days(20_781),
            expiry: Date::from_days(21_146),
            enterprise: EnterpriseId::new(*b"SATCHEL1"),
        };
        assert_eq!(OperatorIdentity::parse(&operator.emit()).expect("its own bytes parse"), operator);
    }

    #[test]
    fn a_torn_identity_is_named_not_believed() {
        assert!(matches!(MemberIdentity::parse(&[0; IDENTITY_FILE]), Err(CardError::Damaged("identity"))));
        assert!(matches!(MemberIdentity::parse(&member().emit()[..31]), Err(CardError::Damaged("identity"))));
        let mut newer = member().emit();
        newer[0] = 9;
        assert!(matches!(MemberIdentity::parse(&newer), Err(CardError::NewerLayout(9))));
    }

    proptest! {
        #[test]
        fn any_bytes_parse_or_are_refused_by_name(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = MemberIdentity::parse(&bytes);
            let _ = OperatorIdentity::parse(&bytes);
        }
    }
}
