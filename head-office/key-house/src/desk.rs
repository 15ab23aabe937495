use crate::store::{DeskContents, OFFICE_ROLES, ring};
use crate::token::Token;
use crate::{Checked, KeyHouseError, Told, VerifierClient};
use hkdf::Hkdf;
use rand_core::CryptoRng;
use satchel_cards::KeySource;
use satchel_hazmat::{AesKey, wipe_stack};
use satchel_keys::{
    AgreementSecret, ControlKey, EnterpriseId, KeyRing, KeySeal, KeyVersion, Pin, PinCost, Role, RoleMaster,
    SoftwareSeal, operator_pin_key,
};
use satchel_packages::OfficeKey;
use satchel_values::Uid;
use sha2::Sha256;
use std::cell::RefCell;
use std::sync::{Mutex, PoisonError};
use zeroize::Zeroizing;

/// The keys that one officer works with: for issuing cards, signing packages, making key bundles. Dropping it signs off, and
/// wipes them.
pub struct Desk {
    enterprise: EnterpriseId,
    signer: OfficeKey,
    ring: KeyRing,
    /// A session serves one at a time.
    token: Option<Mutex<Token>>,
}

impl Drop for Desk {
    fn drop(&mut self) {
        wipe_stack();
    }
}

pub(crate) fn opened(contents: &DeskContents) -> Result<Desk, KeyHouseError> {
    let token = match &contents.token {
        None => None,
        Some(address) => Some(Token::open(address, &address.desk, contents.pin.as_deref().unwrap_or_default())?.into()),
    };
    let mut seed = Zeroizing::new([0; 32]);
    if contents.signer.len() != seed.len() {
        return Err(KeyHouseError::Damaged("the signature key"));
    }
    seed.copy_from_slice(&contents.signer);
    Ok(Desk { enterprise: enterprise(contents)?, signer: OfficeKey::take(&mut seed), ring: ring(contents)?, token })
}

pub(crate) fn enterprise(contents: &DeskContents) -> Result<EnterpriseId, KeyHouseError> {
    let bytes = <[u8; 8]>::try_from(contents.enterprise.as_slice());
    bytes.map(EnterpriseId::new).map_err(|_| KeyHouseError::Damaged("the enterprise"))
}

pub(crate) fn masters_of<'k>(
    key: &'k ControlKey,
    enterprise: &'k EnterpriseId,
    roles: &'k [Role],
) -> impl Iterator<Item = RoleMaster> + 'k {
    roles.iter().map(move |role| key.role_master(*role, enterprise))
}

impl Desk {
    /// The enterprise.
    pub const fn enterprise(&self) -> EnterpriseId {
        self.enterprise
    }

    /// The key that packages are signed with.
    pub const fn signer(&self) -> &OfficeKey {
        &self.signer
    }

    /// The versions held, newest first.
    pub fn versions(&self) -> Vec<KeyVersion> {
        self.ring.versions(Role::Sale)
    }

    /// The masters that a terminal may get, every version of these roles.
    pub fn masters(&self, roles: &[Role]) -> Vec<&RoleMaster> {
        let of = |role: &Role| {
            let role = *role;
            self.ring.versions(role).into_iter().filter_map(move |version| self.ring.master(role, version))
        };
        roles.iter().filter(|role| !OFFICE_ROLES.contains(role)).flat_map(of).collect()
    }

    /// A ring with these roles, every version, for a terminal's sign-on.
    pub fn ring(&self, roles: &[Role]) -> KeyRing {
        let mut ring = KeyRing::new();
        for master in self.masters(roles) {
            let mut bytes = Zeroizing::new(*master.key().expose());
            ring.insert(RoleMaster::take(master.role(), master.version(), &mut bytes));
        }
        ring
    }

    /// The PIN key of an operator's card, from the first master there was: PIN keys have no others.
    ///
    /// # Errors
    /// There is no such master.
    pub fn pin_key(&self, uid: &Uid, pin: &Pin, cost: PinCost) -> Result<AesKey, KeyHouseError> {
        let version = self.ring.versions(Role::OperatorPin).last().copied();
        let master = version.and_then(|version| self.ring.master(Role::OperatorPin, version));
        let master = master.ok_or(KeyHouseError::NotHeld { role: Role::OperatorPin, version: 1 })?;
        let mut card_master = satchel_hazmat::cmac(master.key(), &[&Role::OperatorPin.card_master_input(uid)]);
        Ok(operator_pin_key(&AesKey::take(&mut card_master), uid, pin, cost))
    }

    /// Encrypts what head office keeps for itself, such as operators' shares, under a key of this store.
    pub fn seal(&self, secret: &[u8], rng: &mut dyn CryptoRng) -> Vec<u8> {
        self.sealing().seal(secret, rng).expect("a seal in software seals whatever it is given")
    }

    /// Decrypts what [`Desk::seal`] encrypted.
    ///
    /// # Errors
    /// It was encrypted by another store, or is damaged.
    pub fn unseal(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyHouseError> {
        self.sealing().unseal(sealed).map_err(|_| KeyHouseError::Damaged("what it has sealed"))
    }

    /// What terminals seal their bundles to, from the same secret as the signatures that they trust.
    pub fn exchange(&self) -> AgreementSecret {
        let mut key = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(Some(b"satchel office exchange 1"), self.signer.expose())
            .expand(b"bundles", &mut *key)
            .expect("32 bytes are within HKDF's range");
        AgreementSecret::take(&mut key)
    }

    fn sealing(&self) -> SoftwareSeal {
        let mut key = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(Some(b"satchel office seal 1"), self.signer.expose())
            .expand(b"shares", &mut *key)
            .expect("32 bytes are within HKDF's range");
        SoftwareSeal::take(&mut key)
    }

    fn card_key(
        &self,
        role: Role,
        version: KeyVersion,
        uid: &Uid,
        aid: [u8; 3],
    ) -> Result<Option<AesKey>, KeyHouseError> {
        if let Some(token) = self.token.as_ref().filter(|_| OFFICE_ROLES.contains(&role)) {
            let token = token.lock().unwrap_or_else(PoisonError::into_inner);
            let mut key = token.mac_by_master(role, version, &role.card_key_input(uid, aid))?;
            return Ok(Some(AesKey::take(&mut key)));
        }
        Ok(self.ring.card_key(role, version, uid, aid))
    }
}

/// Where issuing takes a card's keys from: the desk, and for the transaction MAC the verifier. What goes wrong there is
/// kept, since a [`KeySource`] can only say that it has no key.
pub struct DeskSource<'d> {
    desk: &'d Desk,
    verifier: RefCell<&'d mut dyn TmacKeys>,
    fault: RefCell<Option<KeyHouseError>>,
}

/// Who has the transaction MAC's keys.
pub trait TmacKeys {
    /// The versions held, newest first.
    ///
    /// # Errors
    /// It cannot be asked.
    fn versions(&mut self) -> Result<Vec<KeyVersion>, KeyHouseError>;

    /// The key of one card.
    ///
    /// # Errors
    /// It cannot be asked, or has no such version.
    fn card_key(&mut self, version: KeyVersion, uid: &Uid) -> Result<AesKey, KeyHouseError>;

    /// Whether the card itself made a movement, and which it made before.
    ///
    /// # Errors
    /// It cannot be asked.
    fn movement(&mut self, version: KeyVersion, told: &Told) -> Result<Checked, KeyHouseError>;
}

impl TmacKeys for VerifierClient {
    fn versions(&mut self) -> Result<Vec<KeyVersion>, KeyHouseError> {
        Self::versions(self)
    }

    fn card_key(&mut self, version: KeyVersion, uid: &Uid) -> Result<AesKey, KeyHouseError> {
        Self::card_key(self, version, uid)
    }

    fn movement(&mut self, version: KeyVersion, told: &Told) -> Result<Checked, KeyHouseError> {
        Self::movement(self, version, told)
    }
}

impl<'d> DeskSource<'d> {
    /// A source of all keys of a card.
    pub fn new(desk: &'d Desk, verifier: &'d mut dyn TmacKeys) -> Self {
        Self { desk, verifier: RefCell::new(verifier), fault: RefCell::new(None) }
    }

    /// What went wrong behind a key that was not there.
    pub fn fault(&self) -> Option<KeyHouseError> {
        self.fault.borrow_mut().take()
    }

    fn kept<T>(&self, answer: Result<T, KeyHouseError>) -> Option<T> {
        answer.map_err(|fault| *self.fault.borrow_mut() = Some(fault)).ok()
    }
}

impl KeySource for DeskSource<'_> {
    fn card_key(&self, role: Role, version: KeyVersion, uid: &Uid, aid: [u8; 3]) -> Option<AesKey> {
        if role == Role::Tmac {
            return self.kept(self.verifier.borrow_mut().card_key(version, uid));
        }
        self.kept(self.desk.card_key(role, version, uid, aid)).flatten()
    }

    fn versions(&self, role: Role) -> Vec<KeyVersion> {
        match role {
            Role::Tmac => self.kept(self.verifier.borrow_mut().versions()).unwrap_or_default(),
            // Every role has the versions of the ones terminals get; a token is asked for nothing it was not given.
            _ => self.desk.versions(),
        }
    }
}
