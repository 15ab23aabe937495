use crate::operator::{Pin, PinCost, stretch};
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use satchel_hazmat::{AesKey, cmac, cmac_any};
use satchel_values::Uid;
use std::fmt;
use zeroize::Zeroizing;

/// What a key is for. Each role has a master of its own, so that a terminal can be given some and not others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Role {
    /// Member card, key 0: settings, keys, identity.
    #[n(0)]
    Master,
    /// Member card, key 1: reads.
    #[n(1)]
    Inquiry,
    /// Member card, key 2: debits, moves points, writes history.
    #[n(2)]
    Sale,
    /// Member card, key 3: credits.
    #[n(3)]
    Load,
    /// Member card, key 4: gives back the last debit.
    #[n(4)]
    Reversal,
    /// Member card, key 5: changes keys 1 to 4.
    #[n(5)]
    Change,
    /// Member card: the transaction MAC.
    #[n(6)]
    Tmac,
    /// The card's own master key, whatever card.
    #[n(7)]
    Picc,
    /// Operator card, key 0.
    #[n(8)]
    OperatorOffice,
    /// Operator card, key 1.
    #[n(9)]
    OperatorTerminal,
    /// Operator card, key 2, together with the PIN.
    #[n(10)]
    OperatorPin,
    /// Collection card, key 0: settings, identity, what head office sends.
    #[n(11)]
    CollectionOffice,
    /// Collection card, key 1: reads all, writes what terminals send.
    #[n(12)]
    CollectionTerminal,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 13] = [
        Self::Master,
        Self::Inquiry,
        Self::Sale,
        Self::Load,
        Self::Reversal,
        Self::Change,
        Self::Tmac,
        Self::Picc,
        Self::OperatorOffice,
        Self::OperatorTerminal,
        Self::OperatorPin,
        Self::CollectionOffice,
        Self::CollectionTerminal,
    ];

    /// What a security module computes AES-CMAC over, with the control key, for this role's master: NIST SP 800-108r1
    /// §4.1 in one block.
    pub fn master_input(self, version: KeyVersion, enterprise: &EnterpriseId) -> Vec<u8> {
        let context = [enterprise.0.as_slice(), &[version.0]].concat();
        kdf_input(self.label(), &context)
    }

    /// What a security module computes AES-CMAC over, with this role's master, for the key of one card's application.
    /// The diversification input has 19 to 26 bytes, so AN10922's padding is CMAC's own.
    pub fn card_key_input(self, uid: &Uid, aid: [u8; 3]) -> Vec<u8> {
        [&[0x01], uid.bytes().as_slice(), &aid, self.label()].concat()
    }

    /// The same for what the PIN keys of one operator card come from.
    pub fn card_master_input(self, uid: &Uid) -> Vec<u8> {
        [&[0x01], uid.bytes().as_slice(), self.label()].concat()
    }

    /// The label in both derivations. For ever: changing one changes every key of the role.
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Master => b"member master",
            Self::Inquiry => b"member inquiry",
            Self::Sale => b"member sale",
            Self::Load => b"member load",
            Self::Reversal => b"member reversal",
            Self::Change => b"member change",
            Self::Tmac => b"member tmac",
            Self::Picc => b"picc master",
            Self::OperatorOffice => b"operator office",
            Self::OperatorTerminal => b"operator term",
            Self::OperatorPin => b"operator pin",
            Self::CollectionOffice => b"collect office",
            Self::CollectionTerminal => b"collect term",
        }
    }
}

/// The enterprise, as keys and identity files carry it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnterpriseId([u8; 8]);

impl EnterpriseId {
    /// From its eight bytes.
    pub const fn new(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }

    /// The eight bytes.
    pub const fn bytes(&self) -> &[u8; 8] {
        &self.0
    }
}

/// The version of a control key and of everything derived from it: 1 to 255, as it stands in a card's key version
/// byte. 0 is the factory's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct KeyVersion(#[n(0)] u8);

impl KeyVersion {
    /// From the version byte; `None` for the factory's 0.
    pub const fn new(version: u8) -> Option<Self> {
        if version == 0 { None } else { Some(Self(version)) }
    }

    /// The version byte.
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// The enterprise control key in one version.
pub struct ControlKey {
    version: KeyVersion,
    key: AesKey,
}

impl ControlKey {
    /// A new one, from the system's randomness.
    pub fn generate(version: KeyVersion, rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        Self { version, key: AesKey::random(rng) }
    }

    /// Takes over sixteen bytes; the caller's copy is wiped.
    pub fn take(version: KeyVersion, bytes: &mut [u8; 16]) -> Self {
        Self { version, key: AesKey::take(bytes) }
    }

    /// The check value.
    pub fn kcv(&self) -> [u8; 3] {
        self.key.kcv()
    }

    /// The version.
    pub const fn version(&self) -> KeyVersion {
        self.version
    }

    /// The sixteen bytes, for splitting and for a key store.
    pub const fn expose(&self) -> &[u8; 16] {
        self.key.expose()
    }

    /// The master of a role: NIST SP 800-108r1 §4.1, counter mode with CMAC; 8-bit counter, label = role, context =
    /// enterprise ‖ version, 16-bit length.
    pub fn role_master(&self, role: Role, enterprise: &EnterpriseId) -> RoleMaster {
        let mut derived = cmac(&self.key, &[&role.master_input(self.version, enterprise)]);
        RoleMaster::take(role, self.version, &mut derived)
    }
}

impl fmt::Debug for ControlKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ControlKey").field("version", &self.version.0).field("key", &self.key).finish()
    }
}

/// The master key of one role in one version.
pub struct RoleMaster {
    role: Role,
    version: KeyVersion,
    key: AesKey,
}

impl RoleMaster {
    /// Takes over sixteen bytes, as [`Role::master_input`] gave them; the caller's copy is wiped.
    pub fn take(role: Role, version: KeyVersion, bytes: &mut [u8; 16]) -> Self {
        Self { role, version, key: AesKey::take(bytes) }
    }

    /// The key itself, for a key store.
    pub const fn key(&self) -> &AesKey {
        &self.key
    }

    /// The role.
    pub const fn role(&self) -> Role {
        self.role
    }

    /// The version.
    pub const fn version(&self) -> KeyVersion {
        self.version
    }

    /// The check value.
    pub fn kcv(&self) -> [u8; 3] {
        self.key.kcv()
    }

    /// The key of one card's application: AN10922 over UID ‖ AID ‖ role.
    pub fn card_key(&self, uid: &Uid, aid: [u8; 3]) -> AesKey {
        let input = [uid.bytes().as_slice(), &aid, self.role.label()].concat();
        diversified(&self.key, &input)
    }

    /// The PIN key of one operator card: the stretched PIN, keyed by this master's key for that card. Takes long on
    /// purpose.
    pub fn operator_pin_key(&self, uid: &Uid, pin: &Pin, cost: PinCost) -> AesKey {
        let card_master = diversified(&self.key, &[uid.bytes().as_slice(), self.role.label()].concat());
        operator_pin_key(&card_master, uid, pin, cost)
    }
}

/// The PIN key of one operator card from what [`Role::card_master_input`] gave. Takes long on purpose.
pub fn operator_pin_key(card_master: &AesKey, uid: &Uid, pin: &Pin, cost: PinCost) -> AesKey {
    let stretched = stretch(pin, uid, cost);
    let input = Zeroizing::new(kdf_input(b"operator pin key", &*stretched));
    let mut derived = cmac(card_master, &[&input]);
    AesKey::take(&mut derived)
}

impl fmt::Debug for RoleMaster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RoleMaster")
            .field("role", &self.role)
            .field("version", &self.version.0)
            .field("key", &self.key)
            .finish()
    }
}

/// AN10922 §2.2 to 2.4: a key of the master's length (16, 24 or 32 bytes) for a diversification input of 1 to 31
/// bytes; `None` for other lengths.
pub fn diversify(master: &[u8], input: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let constants: &[u8] = match master.len() {
        16 => &[0x01],
        24 => &[0x11, 0x12],
        32 => &[0x41, 0x42],
        _ => return None,
    };
    let mut blocks = Vec::with_capacity(constants.len());
    for constant in constants {
        blocks.push(Zeroizing::new(padded_cmac(master, *constant, input)?));
    }
    let mut key = Zeroizing::new(Vec::with_capacity(master.len()));
    match (master.len(), blocks.as_slice()) {
        (24, [one, two]) => {
            key.extend_from_slice(&one[..8]);
            key.extend(one[8..].iter().zip(&two[..8]).map(|(one, two)| one ^ two));
            key.extend_from_slice(&two[8..]);
        }
        (_, blocks) => blocks.iter().for_each(|block| key.extend_from_slice(&**block)),
    }
    Some(key)
}

/// CMAC over constant ‖ input padded to 32 bytes with 80 00…, always with subkey K2 where padding was needed.
///
/// For 31 bytes of input the message is two whole blocks and CMAC's own rule (K1) applies; for 16 to 30 bytes its own
/// padding gives the same two blocks and K2. Only shorter inputs differ from plain CMAC: there AN10922 still takes two
/// blocks, which is plain CMAC over the padded message with K1 exchanged for K2 in its last block.
fn padded_cmac(master: &[u8], constant: u8, input: &[u8]) -> Option<[u8; 16]> {
    if input.is_empty() || input.len() > 31 {
        return None;
    }
    if input.len() >= 16 {
        return cmac_any(master, &[&[constant], input]);
    }
    let mut message = Zeroizing::new([0; 32]);
    message[0] = constant;
    message[1..=input.len()].copy_from_slice(input);
    message[1 + input.len()] = 0x80;
    let [k1, k2] = subkeys_any(master)?;
    for ((byte, one), two) in message[16..].iter_mut().zip(k1).zip(k2) {
        *byte ^= one ^ two;
    }
    cmac_any(master, &[&*message])
}

/// CMAC's subkeys K1 and K2 (RFC 4493 §2.3) for a key of any length.
fn subkeys_any(master: &[u8]) -> Option<[[u8; 16]; 2]> {
    let k0 = satchel_hazmat::encrypt_zeros_any(master)?;
    let k1 = doubled(k0);
    Some([k1, doubled(k1)])
}

/// Doubling in GF(2^128) (RFC 4493 §2.3).
fn doubled(block: [u8; 16]) -> [u8; 16] {
    let carry = if block[0] & 0x80 == 0 { 0 } else { 0x87 };
    let shifted = u128::from_be_bytes(block) << 1;
    (shifted ^ carry).to_be_bytes()
}

fn diversified(master: &AesKey, input: &[u8]) -> AesKey {
    let mut key = diversify(master.expose(), input).expect("inputs are 8 to 31 bytes, keys 16");
    let bytes = <&mut [u8; 16]>::try_from(key.as_mut_slice()).expect("a 16-byte master gives a 16-byte key");
    AesKey::take(bytes)
}

/// NIST SP 800-108r1 §4.1, counter mode with CMAC; one block: counter, label, 0, context, length.
fn kdf_input(label: &[u8], context: &[u8]) -> Vec<u8> {
    [&[1], label, &[0], context, &128_u16.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn control() -> ControlKey {
        ControlKey::take(KeyVersion(1), &mut [0x11; 16])
    }

    #[test]
    fn an10922_s_published_keys_come_out() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/vectors/desfire.json")).expect("the vectors are JSON");
        let mut checked = 0;
        for vector in vectors.as_array().expect("a list") {
            if !vector["kind"].as_str().is_some_and(|kind| kind.starts_with("an10922")) {
                continue;
            }
            let hex = |value: &serde_json::Value| hex::decode(value.as_str().expect("hex")).expect("hex");
            let key = diversify(&hex(&vector["inputs"]["master_key"]), &hex(&vector["inputs"]["div_input"]));
            assert_eq!(
                *key.expect("the lengths are right"),
                hex(&vector["expected"]["diversified"]),
                "{}",
                vector["id"]
            );
            checked += 1;
        }
        assert_eq!(checked, 6);
    }

    #[test]
    fn every_role_version_card_and_application_has_a_key_of_its_own() {
        let uid = |last| Uid::new([4, 1, 2, 3, 4, 5, last]);
        let enterprise = EnterpriseId::new(*b"SATCHEL1");
        let sale = control().role_master(Role::Sale, &enterprise);
        let mut kcvs = vec![
            sale.card_key(&uid(1), [1, 2, 3]).kcv(),
            sale.card_key(&uid(2), [1, 2, 3]).kcv(),
            sale.card_key(&uid(1), [1, 2, 4]).kcv(),
            control().role_master(Role::Load, &enterprise).card_key(&uid(1), [1, 2, 3]).kcv(),
            control().role_master(Role::Sale, &EnterpriseId::new(*b"SATCHEL2")).card_key(&uid(1), [1, 2, 3]).kcv(),
            ControlKey::take(KeyVersion(2), &mut [0x11; 16])
                .role_master(Role::Sale, &enterprise)
                .card_key(&uid(1), [1, 2, 3])
                .kcv(),
        ];
        kcvs.sort_unstable();
        kcvs.dedup();
        assert_eq!(kcvs.len(), 6);
    }

    #[test]
    fn derived_keys_stay_what_they_are() {
        let enterprise = EnterpriseId::new(*b"SATCHEL1");
        let kcvs: Vec<String> = [Role::Master, Role::Sale, Role::Tmac, Role::Picc, Role::OperatorPin]
            .into_iter()
            .map(|role| hex::encode(control().role_master(role, &enterprise).kcv()))
            .collect();
        assert_eq!(kcvs, ["c45b46", "5308d6", "f887a8", "4769aa", "bdcd2e"]);
    }

    #[test]
    fn a_module_that_computes_cmac_alone_comes_to_the_same_keys() {
        let enterprise = EnterpriseId::new(*b"SATCHEL1");
        let (uid, aid) = (Uid::new([4, 1, 2, 3, 4, 5, 6]), [1, 2, 3]);
        for role in Role::ALL {
            let master = control().role_master(role, &enterprise);
            let input = role.master_input(KeyVersion(1), &enterprise);
            assert_eq!(cmac(&AesKey::take(&mut [0x11; 16]), &[&input]), *master.key().expose());
            let card_key = cmac(master.key(), &[&role.card_key_input(&uid, aid)]);
            assert_eq!(card_key, *master.card_key(&uid, aid).expose(), "{role:?}");
        }
        let master = control().role_master(Role::OperatorPin, &enterprise);
        let mut card_master = cmac(master.key(), &[&Role::OperatorPin.card_master_input(&uid)]);
        let pin = Pin::parse("123456").expect("six digits");
        let key = operator_pin_key(&AesKey::take(&mut card_master), &uid, &pin, PinCost::TEST);
        assert!(key.same_as(&master.operator_pin_key(&uid, &pin, PinCost::TEST)));
    }

    #[test]
    fn nothing_prints_a_key() {
        let printed = format!("{:?} {:?}", control(), control().role_master(Role::Sale, &EnterpriseId::new([0; 8])));
        assert!(!printed.contains("1111111111"), "{printed}");
        assert!(printed.contains("kcv"));
    }
}
