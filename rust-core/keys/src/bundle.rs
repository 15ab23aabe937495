//! Key bundles: the masters a terminal's profile needs, for the operators who may use it.
//!
//! The masters are encrypted under a random bundle key; one slot per operator holds that key, under what only the
//! operator's card (after its PIN) and the terminal's secret give together. A stolen terminal alone opens nothing.

use crate::derive::RoleMaster;
use crate::operator::OperatorShare;
use crate::ring::{self, KeyRing};
use crate::seal::{AgreementPublic, AgreementSecret, decrypt, encrypt};
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::KeyInit;
use hkdf::Hkdf;
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use satchel_values::{Date, OperatorId, TerminalId, Timestamp};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Operators in one bundle at most.
pub const SLOTS_MOST: usize = 256;

/// A terminal's masters, encrypted, and the slots that open them.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct KeyBundle {
    /// The terminal it is for.
    #[n(0)]
    pub terminal: TerminalId,
    /// Its version at that terminal, rising.
    #[n(1)]
    pub version: u32,
    /// When it was made.
    #[n(2)]
    pub issued: Timestamp,
    /// The masters under the bundle key.
    #[cbor(n(3), with = "minicbor::bytes")]
    sealed: Vec<u8>,
    /// The operators' slots.
    #[n(4)]
    slots: Vec<Slot>,
}

/// The bundle key for one operator.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Slot {
    /// Whose.
    #[n(0)]
    pub operator: OperatorId,
    /// Its last day.
    #[n(1)]
    pub expires: Date,
    /// The sender's half of the key agreement.
    #[n(2)]
    ephemeral: ByteArray<32>,
    /// The bundle key under the agreed key.
    #[cbor(n(3), with = "minicbor::bytes")]
    sealed: Vec<u8>,
}

/// What goes into a bundle.
#[derive(Debug)]
pub struct BundleContents<'m> {
    /// The terminal it is for.
    pub terminal: TerminalId,
    /// Its version.
    pub version: u32,
    /// When it is made.
    pub issued: Timestamp,
    /// The masters.
    pub masters: &'m [&'m RoleMaster],
}

/// A slot to make.
#[derive(Debug)]
pub struct SlotFor<'s> {
    /// For whom.
    pub operator: OperatorId,
    /// What their card will give.
    pub share: &'s OperatorShare,
    /// The slot's last day.
    pub expires: Date,
}

/// Why a bundle was not made or not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// The operator has no slot.
    #[error("the key bundle has no slot for operator {0}: fetch a new bundle from head office")]
    NoSlot(OperatorId),
    /// The operator's slot is past its last day.
    #[error("the operator's keys expired on {0}: fetch a new bundle from head office")]
    Expired(Date),
    /// The slot does not open: another terminal's bundle, another card's share, or damage.
    #[error("the key bundle does not open with this card at this terminal")]
    DoesNotOpen,
    /// Too many operators, or too much to encrypt.
    #[error("a bundle holds {SLOTS_MOST} operators at most")]
    TooLarge,
}

impl KeyBundle {
    /// Makes a bundle.
    pub fn make(
        contents: &BundleContents<'_>,
        terminal: &AgreementPublic,
        operators: &[SlotFor<'_>],
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, BundleError> {
        if operators.len() > SLOTS_MOST {
            return Err(BundleError::TooLarge);
        }
        let mut bundle_key = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *bundle_key);
        let cipher = XChaCha20Poly1305::new((&*bundle_key).into());
        let aad = bundle_aad(contents.terminal, contents.version);
        let sealed = encrypt(&cipher, &aad, &ring::encode(contents.masters), rng).ok_or(BundleError::TooLarge)?;
        let slots: Result<_, _> =
            operators.iter().map(|slot| Slot::make(contents.terminal, slot, terminal, &bundle_key, rng)).collect();
        Ok(Self {
            terminal: contents.terminal,
            version: contents.version,
            issued: contents.issued,
            sealed,
            slots: slots?,
        })
    }

    /// Opens the bundle for an operator whose card gave `share`.
    pub fn open(
        &self,
        operator: OperatorId,
        share: &OperatorShare,
        secret: &AgreementSecret,
        today: Date,
    ) -> Result<KeyRing, BundleError> {
        let slot = self.slots.iter().find(|slot| slot.operator == operator).ok_or(BundleError::NoSlot(operator))?;
        if slot.expires < today {
            return Err(BundleError::Expired(slot.expires));
        }
        let cipher = slot.cipher(self.terminal, &secret.agree(&slot.ephemeral), share);
        let bundle_key = decrypt(&cipher, &slot.aad(self.terminal), &slot.sealed).ok_or(BundleError::DoesNotOpen)?;
        let cipher = XChaCha20Poly1305::new_from_slice(&bundle_key).map_err(|_| BundleError::DoesNotOpen)?;
        let masters =
            decrypt(&cipher, &bundle_aad(self.terminal, self.version), &self.sealed).ok_or(BundleError::DoesNotOpen)?;
        KeyRing::from_bytes(&masters).map_err(|_| BundleError::DoesNotOpen)
    }

    /// The bundle without an operator's slot: they are revoked here.
    #[must_use]
    pub fn without_slot(mut self, operator: OperatorId) -> Self {
        self.slots.retain(|slot| slot.operator != operator);
        self
    }
}

impl Slot {
    fn make(
        terminal: TerminalId,
        slot: &SlotFor<'_>,
        public: &AgreementPublic,
        bundle_key: &Zeroizing<[u8; 32]>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, BundleError> {
        let ephemeral = AgreementSecret::generate(&mut *rng);
        let mut made = Self {
            operator: slot.operator,
            expires: slot.expires,
            ephemeral: ephemeral.public().0.into(),
            sealed: Vec::new(),
        };
        let cipher = made.cipher(terminal, &ephemeral.agree(&public.0), slot.share);
        made.sealed = encrypt(&cipher, &made.aad(terminal), &**bundle_key, rng).ok_or(BundleError::TooLarge)?;
        Ok(made)
    }

    fn cipher(&self, terminal: TerminalId, agreed: &Zeroizing<[u8; 32]>, share: &OperatorShare) -> XChaCha20Poly1305 {
        let input = Zeroizing::new([agreed.as_slice(), share.expose()].concat());
        let mut key = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(Some(b"satchel slot 1"), &input)
            .expand(&self.aad(terminal), &mut *key)
            .expect("32 bytes are within HKDF's range");
        XChaCha20Poly1305::new((&*key).into())
    }

    /// Terminal, operator, last day and the sender's half, so that none can be exchanged.
    fn aad(&self, terminal: TerminalId) -> Vec<u8> {
        let head = [terminal.get().to_be_bytes(), self.operator.get().to_be_bytes()].concat();
        [head.as_slice(), &self.expires.days().to_be_bytes(), self.ephemeral.as_slice()].concat()
    }
}

fn bundle_aad(terminal: TerminalId, version: u32) -> Vec<u8> {
    [b"satchel bundle 1".as_slice(), &terminal.get().to_be_bytes(), &version.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ControlKey, EnterpriseId, KeyVersion, Role};
    use rand_core::SeedableRng;

    struct Made {
        bundle: KeyBundle,
        secret: AgreementSecret,
        share: OperatorShare,
    }

    const TODAY: Date = Date::from_days(20_781);

    fn made() -> Made {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(2);
        let control = ControlKey::generate(KeyVersion::new(1).expect("not zero"), &mut rng);
        let sale = control.role_master(Role::Sale, &EnterpriseId::new([0; 8]));
        let secret = AgreementSecret::generate(&mut rng);
        let share = OperatorShare::generate(&mut rng);
        let contents = BundleContents {
            terminal: TerminalId::new(7),
            version: 3,
            issued: Timestamp::default(),
            masters: &[&sale],
        };
        let slot = SlotFor { operator: OperatorId::new(9), share: &share, expires: TODAY };
        let bundle = KeyBundle::make(&contents, &secret.public(), &[slot], &mut rng).expect("a small bundle");
        Made { bundle, secret, share }
    }

    #[test]
    fn card_and_terminal_together_open_it() {
        let Made { bundle, secret, share } = made();
        let ring = bundle.open(OperatorId::new(9), &share, &secret, TODAY).expect("the right card and terminal");
        assert!(ring.holds(Role::Sale));
        assert!(!ring.holds(Role::Load));
    }

    #[test]
    fn neither_alone_nor_late_nor_after_revocation() {
        let Made { bundle, secret, share } = made();
        let me = OperatorId::new(9);
        let open = |bundle: &KeyBundle, operator, share: &OperatorShare, secret: &AgreementSecret, day| {
            bundle.open(operator, share, secret, day).map(drop)
        };
        assert_eq!(
            open(&bundle, me, &OperatorShare::take(&mut [0; 16]), &secret, TODAY),
            Err(BundleError::DoesNotOpen)
        );
        let other = AgreementSecret::take(&mut [1; 32]);
        assert_eq!(open(&bundle, me, &share, &other, TODAY), Err(BundleError::DoesNotOpen));
        assert_eq!(
            open(&bundle, OperatorId::new(8), &share, &secret, TODAY),
            Err(BundleError::NoSlot(OperatorId::new(8)))
        );
        assert_eq!(open(&bundle, me, &share, &secret, TODAY.later_by_days(1)), Err(BundleError::Expired(TODAY)));
        assert_eq!(open(&bundle.without_slot(me), me, &share, &secret, TODAY), Err(BundleError::NoSlot(me)));
    }

    #[test]
    fn any_flipped_bit_keeps_it_shut() {
        let Made { bundle, secret, share } = made();
        let bytes = minicbor::to_vec(&bundle).expect("encoding into memory cannot fail");
        for place in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[place] ^= 1;
            let Ok(damaged) = minicbor::decode::<KeyBundle>(&damaged) else { continue };
            let opened = damaged.open(OperatorId::new(9), &share, &secret, TODAY);
            assert!(opened.is_err() || damaged.issued != bundle.issued, "byte {place}");
        }
    }
}
