use crate::desk::{Desk, masters_of};
use crate::safe::{Contents, Cost, Entrusted, Safe};
use crate::token::{Token, TokenAddress};
use crate::{KeyHouseError, desk};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use satchel_keys::{ControlKey, EnterpriseId, KeyRing, KeyVersion, Role, RoleMaster};
use satchel_packages::OfficeKey;
use std::path::Path;
use zeroize::Zeroizing;

/// Masters that stay in a security module if there is one: terminals never get them.
pub(crate) const OFFICE_ROLES: [Role; 5] =
    [Role::Master, Role::Picc, Role::OperatorOffice, Role::Change, Role::CollectionOffice];
/// Masters that terminals get some of.
pub(crate) const TERMINAL_ROLES: [Role; 7] = [
    Role::Inquiry,
    Role::Sale,
    Role::Load,
    Role::Reversal,
    Role::OperatorTerminal,
    Role::OperatorPin,
    Role::CollectionTerminal,
];

/// What the keys are kept in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Backend {
    /// The safe's file alone.
    File,
    /// A security module for the control key and the masters of [`Role::Master`], [`Role::Picc`],
    /// [`Role::OperatorOffice`] and [`Role::Change`]; the safe holds its PINs and everything else.
    Token(TokenAddress, TokenPins),
}

/// The PINs of a security module's two tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenPins {
    /// Of the token with the masters.
    pub desk: Zeroizing<String>,
    /// Of the token with the control key.
    pub control: Zeroizing<String>,
}

/// The enterprise's keys at head office. One officer opens the [`Desk`]; two together change or use the control key.
pub struct KeyStore {
    safe: Safe,
}

/// What the desk's compartment holds.
#[derive(Encode, Decode)]
pub(crate) struct DeskContents {
    #[n(0)]
    pub enterprise: ByteVec,
    #[n(1)]
    pub signer: ByteVec,
    /// A [`KeyRing`].
    #[n(2)]
    pub ring: ByteVec,
    #[n(3)]
    pub token: Option<TokenAddress>,
    #[n(4)]
    pub pin: Option<String>,
}

/// What the control compartment holds.
#[derive(Encode, Decode)]
struct ControlContents {
    /// Version and key, where no security module keeps them.
    #[n(0)]
    keys: Vec<(u8, ByteVec)>,
    #[n(1)]
    pin: Option<String>,
}

impl Drop for DeskContents {
    fn drop(&mut self) {
        use zeroize::Zeroize;
        self.signer.zeroize();
        self.ring.zeroize();
        self.pin.zeroize();
    }
}

impl Drop for ControlContents {
    fn drop(&mut self) {
        use zeroize::Zeroize;
        self.keys.iter_mut().for_each(|(_, key)| key.zeroize());
        self.pin.zeroize();
    }
}

/// Both compartments, opened by two officers. Dropping it closes them.
pub struct ControlKeys<'s> {
    store: &'s mut KeyStore,
    desk: DeskContents,
    control: ControlContents,
}

/// What installing a control key leaves for the verifier, which is another store: the transaction MAC's master.
pub struct Opened {
    /// The check value of the control key.
    pub kcv: [u8; 3],
    /// For the verifier alone.
    pub tmac: RoleMaster,
}

impl KeyStore {
    /// Founds one, with a signature key and no control key yet.
    ///
    /// # Errors
    /// There is one already, too few officers, or a security module that does not answer.
    pub fn found(
        path: &Path,
        enterprise: EnterpriseId,
        backend: &Backend,
        officers: &[Entrusted],
        cost: Cost,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, KeyHouseError> {
        let (token, pins) = match backend {
            Backend::File => (None, None),
            Backend::Token(address, pins) => {
                Token::open(address, &address.desk, &pins.desk)?;
                Token::open(address, &address.control, &pins.control)?;
                (Some(address.clone()), Some(pins))
            }
        };
        let signer = OfficeKey::generate(rng);
        let desk = DeskContents {
            enterprise: enterprise.bytes().to_vec().into(),
            signer: signer.expose().to_vec().into(),
            ring: KeyRing::new().to_bytes().to_vec().into(),
            token,
            pin: pins.map(|pins| (*pins.desk).clone()),
        };
        let control = ControlContents { keys: Vec::new(), pin: pins.map(|pins| (*pins.control).clone()) };
        let safe = Safe::make(path, officers, cost, &contents(&desk, &control), rng)?;
        Ok(Self { safe })
    }

    /// Opens the file; what is in it stays closed.
    ///
    /// # Errors
    /// There is none, or it is damaged.
    pub fn open(path: &Path) -> Result<Self, KeyHouseError> {
        Ok(Self { safe: Safe::open(path)? })
    }

    /// Its officers, who may be admitted and dismissed.
    pub const fn safe(&mut self) -> &mut Safe {
        &mut self.safe
    }

    /// One officer signs on.
    ///
    /// # Errors
    /// The password is wrong, or a security module does not answer.
    pub fn sign_on(&self, officer: &Entrusted) -> Result<Desk, KeyHouseError> {
        let bytes = self.safe.desk(officer)?;
        let contents: DeskContents = decoded(&bytes, "the desk's compartment")?;
        desk::opened(&contents)
    }

    /// Two officers sign on.
    ///
    /// # Errors
    /// A password is wrong, or both are the same.
    pub fn sign_on_two(&mut self, one: &Entrusted, other: &Entrusted) -> Result<ControlKeys<'_>, KeyHouseError> {
        let Contents { desk, control } = self.safe.both(one, other)?;
        let desk = decoded(&desk, "the desk's compartment")?;
        let control = decoded(&control, "the control compartment")?;
        Ok(ControlKeys { store: self, desk, control })
    }
}

impl ControlKeys<'_> {
    /// The enterprise.
    ///
    /// # Errors
    /// The store is damaged.
    pub fn enterprise(&self) -> Result<EnterpriseId, KeyHouseError> {
        desk::enterprise(&self.desk)
    }

    /// Takes in a control key, and makes every master of its version.
    ///
    /// # Errors
    /// There is one of this version, or the store cannot be written; nothing was changed then.
    pub fn install(&mut self, key: &ControlKey, rng: &mut dyn CryptoRng) -> Result<Opened, KeyHouseError> {
        let enterprise = self.enterprise()?;
        let mut ring = ring(&self.desk)?;
        if !ring.versions(Role::Sale).iter().all(|version| *version != key.version()) {
            return Err(KeyHouseError::VersionTaken(key.version().get()));
        }
        masters_of(key, &enterprise, &TERMINAL_ROLES).for_each(|master| ring.insert(master));
        if let Some(address) = &self.desk.token {
            let control = self.control_token(address)?;
            control.keep_control(key)?;
            let desk = Token::open(address, &address.desk, self.desk.pin.as_deref().unwrap_or_default())?;
            for master in masters_of(key, &enterprise, &OFFICE_ROLES) {
                desk.keep_master(&master)?;
            }
        } else {
            masters_of(key, &enterprise, &OFFICE_ROLES).for_each(|master| ring.insert(master));
            self.control.keys.push((key.version().get(), key.expose().to_vec().into()));
        }
        self.desk.ring = ring.to_bytes().to_vec().into();
        self.write(rng)?;
        Ok(Opened { kcv: key.kcv(), tmac: key.role_master(Role::Tmac, &enterprise) })
    }

    /// Forgets every master of a version: cards that still carry it can be used at head office no more. Operators' PIN keys
    /// come from the first master there was, which is kept.
    ///
    /// # Errors
    /// There is none of this version, or the store cannot be written.
    pub fn retire(&mut self, version: KeyVersion, rng: &mut dyn CryptoRng) -> Result<(), KeyHouseError> {
        let held = ring(&self.desk)?;
        if !held.versions(Role::Sale).contains(&version) {
            return Err(KeyHouseError::NotHeld { role: Role::Sale, version: version.get() });
        }
        let mut kept = KeyRing::new();
        for role in Role::ALL {
            let versions = held.versions(role);
            let first = versions.last().copied().filter(|_| role == Role::OperatorPin);
            for other in versions.into_iter().filter(|other| *other != version || Some(*other) == first) {
                if let Some(master) = held.master(role, other) {
                    kept.insert(RoleMaster::take(role, other, &mut Zeroizing::new(*master.key().expose())));
                }
            }
        }
        if let Some(address) = &self.desk.token {
            let desk = Token::open(address, &address.desk, self.desk.pin.as_deref().unwrap_or_default())?;
            OFFICE_ROLES.iter().try_for_each(|role| desk.forget_master(*role, version))?;
        }
        self.desk.ring = kept.to_bytes().to_vec().into();
        self.write(rng)
    }

    /// The transaction MAC's master of a version again, for a verifier that was lost.
    ///
    /// # Errors
    /// The control key of this version is not here.
    pub fn tmac_master(&self, version: KeyVersion) -> Result<RoleMaster, KeyHouseError> {
        let enterprise = self.enterprise()?;
        if let Some(address) = &self.desk.token {
            let input = Role::Tmac.master_input(version, &enterprise);
            let mut derived = self.control_token(address)?.mac_by_control(version, &input)?;
            return Ok(RoleMaster::take(Role::Tmac, version, &mut derived));
        }
        let missing = KeyHouseError::NotHeld { role: Role::Tmac, version: version.get() };
        let held = self.control.keys.iter().find(|(held, _)| *held == version.get()).ok_or(missing)?;
        let mut bytes = Zeroizing::new([0; 16]);
        if held.1.len() != bytes.len() {
            return Err(KeyHouseError::Damaged("the control compartment"));
        }
        bytes.copy_from_slice(&held.1);
        Ok(ControlKey::take(version, &mut bytes).role_master(Role::Tmac, &enterprise))
    }

    fn control_token(&self, address: &TokenAddress) -> Result<Token, KeyHouseError> {
        Token::open(address, &address.control, self.control.pin.as_deref().unwrap_or_default())
    }

    fn write(&mut self, rng: &mut dyn CryptoRng) -> Result<(), KeyHouseError> {
        self.store.safe.fill(&contents(&self.desk, &self.control), rng)
    }
}

pub(crate) fn ring(desk: &DeskContents) -> Result<KeyRing, KeyHouseError> {
    KeyRing::from_bytes(&desk.ring).map_err(|_| KeyHouseError::Damaged("the masters"))
}

fn contents(desk: &DeskContents, control: &ControlContents) -> Contents {
    Contents { desk: encoded(desk), control: encoded(control) }
}

fn encoded<T: Encode<()>>(contents: &T) -> Zeroizing<Vec<u8>> {
    // Room for all from the start: a vector that grows leaves unwiped copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(64 * 1024));
    minicbor::encode(contents, &mut *bytes).expect("encoding into memory cannot fail");
    bytes
}

fn decoded<'b, T: Decode<'b, ()>>(bytes: &'b [u8], what: &'static str) -> Result<T, KeyHouseError> {
    minicbor::decode(bytes).map_err(|_| KeyHouseError::Damaged(what))
}
