use crate::KeyHouseError;
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use minicbor::{Decode, Encode};
use satchel_keys::{ControlKey, KeyVersion, Role, RoleMaster};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};
use zeroize::Zeroizing;

/// A security module, and which of its tokens.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct TokenAddress {
    /// The module's library.
    #[n(0)]
    pub module: String,
    /// The label of the token with the masters.
    #[n(1)]
    pub desk: String,
    /// The label of the token with the control key.
    #[n(2)]
    pub control: String,
}

/// A session with one token. The keys in it are sensitive and cannot be extracted; it is asked for CMACs alone.
pub struct Token(Session);

impl Token {
    pub fn open(address: &TokenAddress, label: &str, pin: &str) -> Result<Self, KeyHouseError> {
        let module = module(&address.module)?;
        let slots = module.get_slots_with_token().map_err(fault)?;
        let slot = slots
            .into_iter()
            .find(|slot| module.get_token_info(*slot).is_ok_and(|token| token.label().trim_end() == label));
        let slot = slot.ok_or_else(|| KeyHouseError::Token(format!("there is no token \"{label}\"")))?;
        let session = module.open_rw_session(slot).map_err(fault)?;
        match session.login(UserType::User, Some(&AuthPin::new(pin.to_owned().into()))) {
            Ok(()) | Err(cryptoki::error::Error::Pkcs11(cryptoki::error::RvError::UserAlreadyLoggedIn, _)) => {}
            Err(error) => return Err(fault(error)),
        }
        Ok(Self(session))
    }

    /// Keeps a control key.
    pub fn keep_control(&self, key: &ControlKey) -> Result<(), KeyHouseError> {
        self.keep(&control_label(key.version()), key.expose())
    }

    /// Keeps a master.
    pub fn keep_master(&self, master: &RoleMaster) -> Result<(), KeyHouseError> {
        self.keep(&master_label(master.role(), master.version()), master.key().expose())
    }

    /// Deletes a master.
    pub fn forget_master(&self, role: Role, version: KeyVersion) -> Result<(), KeyHouseError> {
        let key = self.find(&master_label(role, version))?;
        key.map_or(Ok(()), |key| self.0.destroy_object(key).map_err(fault))
    }

    /// AES-CMAC with a control key.
    pub fn mac_by_control(&self, version: KeyVersion, message: &[u8]) -> Result<Zeroizing<[u8; 16]>, KeyHouseError> {
        self.mac(&control_label(version), message)
    }

    /// AES-CMAC with a master.
    pub fn mac_by_master(
        &self,
        role: Role,
        version: KeyVersion,
        message: &[u8],
    ) -> Result<Zeroizing<[u8; 16]>, KeyHouseError> {
        self.mac(&master_label(role, version), message)
    }

    /// A key that an earlier try left behind is replaced: it may have been torn before its store was written.
    fn keep(&self, label: &str, key: &[u8; 16]) -> Result<(), KeyHouseError> {
        if let Some(before) = self.find(label)? {
            self.0.destroy_object(before).map_err(fault)?;
        }
        self.0
            .create_object(&[
                Attribute::Class(ObjectClass::SECRET_KEY),
                Attribute::KeyType(KeyType::AES),
                Attribute::Token(true),
                Attribute::Private(true),
                Attribute::Sensitive(true),
                Attribute::Extractable(false),
                Attribute::Modifiable(false),
                Attribute::Sign(true),
                Attribute::Label(label.into()),
                Attribute::Value(key.to_vec()),
            ])
            .map(|_| ())
            .map_err(fault)
    }

    fn find(&self, label: &str) -> Result<Option<ObjectHandle>, KeyHouseError> {
        let wanted = [Attribute::Class(ObjectClass::SECRET_KEY), Attribute::Label(label.into())];
        Ok(self.0.find_objects(&wanted).map_err(fault)?.into_iter().next())
    }

    fn mac(&self, label: &str, message: &[u8]) -> Result<Zeroizing<[u8; 16]>, KeyHouseError> {
        let key = self.find(label)?.ok_or_else(|| KeyHouseError::Token(format!("it holds no key \"{label}\"")))?;
        let mac = Zeroizing::new(self.0.sign(&Mechanism::AesCMac, key, message).map_err(fault)?);
        let mut whole = Zeroizing::new([0; 16]);
        if mac.len() != whole.len() {
            return Err(KeyHouseError::Token(format!("its MAC has {} bytes", mac.len())));
        }
        whole.copy_from_slice(&mac);
        Ok(whole)
    }
}

fn control_label(version: KeyVersion) -> String {
    format!("satchel control v{}", version.get())
}

fn master_label(role: Role, version: KeyVersion) -> String {
    format!("satchel {role:?} v{}", version.get())
}

/// A module is started once in a process.
fn module(path: &str) -> Result<Pkcs11, KeyHouseError> {
    static STARTED: OnceLock<Mutex<HashMap<PathBuf, Pkcs11>>> = OnceLock::new();
    let mut started = STARTED.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(module) = started.get(&PathBuf::from(path)) {
        return Ok(module.clone());
    }
    let module = Pkcs11::new(path).map_err(fault)?;
    module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)).map_err(fault)?;
    started.insert(path.into(), module.clone());
    Ok(module)
}

#[expect(clippy::needless_pass_by_value, reason = "as map_err gives it")]
fn fault(error: cryptoki::error::Error) -> KeyHouseError {
    KeyHouseError::Token(error.to_string())
}
