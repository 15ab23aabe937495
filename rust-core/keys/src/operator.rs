use argon2::{Algorithm, Argon2, Params, Version};
use minicbor::decode::{Decoder, Error as DecodeError};
use minicbor::encode::{Encoder, Error as EncodeError, Write};
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use satchel_values::Uid;
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// An operator's PIN: 6 to 12 digits. Wiped when dropped, never printed.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Pin(String);

/// Why a PIN was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    /// Too short or too long.
    #[error("a PIN has 6 to 12 digits")]
    Length,
    /// Something other than digits.
    #[error("a PIN has digits only")]
    NotDigits,
}

impl Pin {
    /// From what was typed.
    pub fn parse(typed: &str) -> Result<Self, PinError> {
        if !(6..=12).contains(&typed.chars().count()) {
            return Err(PinError::Length);
        }
        if !typed.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PinError::NotDigits);
        }
        Ok(Self(typed.to_owned()))
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(hidden)")
    }
}

/// How hard deriving a key from a PIN is made (Argon2id, RFC 9106). Part of the key: cards are issued with one cost
/// and must be used with the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinCost {
    memory_kib: u32,
    passes: u32,
}

impl PinCost {
    /// For service: 19 MiB and two passes, below a second on a cheap phone.
    pub const SERVICE: Self = Self { memory_kib: 19 * 1024, passes: 2 };
    /// For tests and training cards, where thousands are made: next to nothing.
    pub const TEST: Self = Self { memory_kib: 8, passes: 1 };

    /// Costs that Argon2id takes and a phone can bear: 8 KiB to 1 GiB, one to sixteen passes. `None` for others.
    pub const fn new(memory_kib: u32, passes: u32) -> Option<Self> {
        if memory_kib < 8 || memory_kib > 1024 * 1024 || passes < 1 || passes > 16 {
            return None;
        }
        Some(Self { memory_kib, passes })
    }
}

impl<C> Encode<C> for PinCost {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
        encoder.array(2)?.u32(self.memory_kib)?.u32(self.passes)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for PinCost {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, DecodeError> {
        match decoder.array()? {
            Some(2) => {
                Self::new(decoder.u32()?, decoder.u32()?).ok_or_else(|| DecodeError::message("no cost of a PIN"))
            }
            _ => Err(DecodeError::message("no cost of a PIN")),
        }
    }
}

/// The PIN stretched, salted with the card's UID.
pub(crate) fn stretch(pin: &Pin, uid: &Uid, cost: PinCost) -> Zeroizing<[u8; 32]> {
    let params = Params::new(cost.memory_kib, cost.passes, 1, Some(32)).expect("both costs are within Argon2's range");
    let salt = [b"satchel pin ".as_slice(), uid.bytes()].concat();
    let mut stretched = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(pin.0.as_bytes(), &salt, &mut *stretched)
        .expect("the lengths are within Argon2's range");
    stretched
}

/// What an operator card gives a terminal once its PIN was right: 128 random bits, the operator's part of opening the
/// terminal's key bundle.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct OperatorShare([u8; 16]);

impl OperatorShare {
    /// A new one.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut share = Self([0; 16]);
        rng.fill_bytes(&mut share.0);
        share
    }

    /// Takes over sixteen bytes; the caller's copy is wiped.
    pub fn take(bytes: &mut [u8; 16]) -> Self {
        let share = Self(*bytes);
        bytes.zeroize();
        share
    }

    /// The bytes, for the card's file and for derivations.
    pub const fn expose(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for OperatorShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OperatorShare(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ControlKey, EnterpriseId, KeyVersion, Role};

    #[test]
    fn pins_are_six_to_twelve_digits() {
        assert_eq!(Pin::parse("12345").err(), Some(PinError::Length));
        assert_eq!(Pin::parse("1234567890123").err(), Some(PinError::Length));
        assert_eq!(Pin::parse("12345a").err(), Some(PinError::NotDigits));
        assert_eq!(format!("{:?}", Pin::parse("123456").expect("six digits")), "Pin(hidden)");
    }

    #[test]
    fn a_cost_survives_encoding_and_one_that_argon2_refuses_is_none() {
        let bytes = minicbor::to_vec(PinCost::SERVICE).expect("encoding into memory cannot fail");
        assert_eq!(minicbor::decode::<PinCost>(&bytes).expect("its own bytes"), PinCost::SERVICE);
        for (memory_kib, passes) in [(7, 1), (1024 * 1024 + 1, 1), (8, 0), (8, 17)] {
            assert_eq!(PinCost::new(memory_kib, passes), None);
            let bytes = minicbor::to_vec([memory_kib, passes]).expect("encoding into memory cannot fail");
            assert!(minicbor::decode::<PinCost>(&bytes).is_err());
        }
    }

    #[test]
    fn the_pin_key_depends_on_pin_card_and_cost() {
        let control = ControlKey::take(KeyVersion::new(1).expect("not zero"), &mut [3; 16]);
        let master = control.role_master(Role::OperatorPin, &EnterpriseId::new([1; 8]));
        let pin = |digits| Pin::parse(digits).expect("six digits");
        let uid = |last| Uid::new([4, 1, 2, 3, 4, 5, last]);
        let key = master.operator_pin_key(&uid(1), &pin("123456"), PinCost::TEST);
        assert!(key.same_as(&master.operator_pin_key(&uid(1), &pin("123456"), PinCost::TEST)));
        assert!(!key.same_as(&master.operator_pin_key(&uid(1), &pin("123457"), PinCost::TEST)));
        assert!(!key.same_as(&master.operator_pin_key(&uid(2), &pin("123456"), PinCost::TEST)));
        assert!(!key.same_as(&master.operator_pin_key(&uid(1), &pin("123456"), PinCost::SERVICE)));
    }
}
