use super::{code, full, maced};
use crate::apdu::exactly;
use crate::session::{Authenticated, Plain, Session};
use crate::{Error, KeyNo, KeySettings};
use satchel_hazmat::{AesKey, crc32};
use zeroize::Zeroizing;

/// Marks, outside every application, the new key as an AES key.
const AES_KEY: u8 = 0x80;

/// A key to be changed that is not the session's own.
#[derive(Clone, Copy)]
pub struct KeyChange<'k> {
    /// Which.
    pub key_no: KeyNo,
    /// What it is now.
    pub old: &'k AesKey,
    /// What it is to be.
    pub new: &'k AesKey,
    /// The new key's version.
    pub version: u8,
}

impl Session<'_, Plain> {
    /// A key's version byte (GetKeyVersion).
    pub fn get_key_version(&mut self, key: KeyNo) -> Result<u8, Error> {
        let [version] = exactly(&self.ask(code::GET_KEY_VERSION, &[key.get()])?)?;
        Ok(version)
    }

    /// The key settings of what is selected (GetKeySettings), where they let anybody read them.
    pub fn get_key_settings(&mut self) -> Result<KeySettings, Error> {
        KeySettings::parse(&self.ask(code::GET_KEY_SETTINGS, &[])?)
    }
}

impl<'t> Session<'t, Authenticated> {
    /// A key's version byte (GetKeyVersion, CommMode.MAC).
    pub fn get_key_version(self, key: KeyNo) -> Result<(Self, u8), Error> {
        let (session, answer) = self.call(&maced(code::GET_KEY_VERSION, &[key.get()]))?;
        let [version] = exactly(&answer)?;
        Ok((session, version))
    }

    /// The key settings of what is selected (GetKeySettings, CommMode.MAC).
    pub fn get_key_settings(self) -> Result<(Self, KeySettings), Error> {
        let (session, answer) = self.call(&maced(code::GET_KEY_SETTINGS, &[]))?;
        Ok((session, KeySettings::parse(&answer)?))
    }

    /// Changes the key settings of what is selected (ChangeKeySettings, CommMode.Full); with its master key.
    pub fn change_key_settings(self, settings: u8) -> Result<Self, Error> {
        self.tell(&full(code::CHANGE_KEY_SETTINGS, &[], &[settings]))
    }

    /// Changes a key that is not the session's own (ChangeKey, CommMode.Full, MF2DL(H)x0 §11.6.1 case 1).
    pub fn change_key(self, change: KeyChange<'_>) -> Result<Self, Error> {
        if change.key_no == self.state.key {
            return Err(Error::Invalid("a session's own key is changed in another way, which ends the session"));
        }
        let data = another_key(&change);
        self.tell(&full(code::CHANGE_KEY, &[change.key_no.get()], &*data))
    }

    /// Changes the session's own key (ChangeKey, CommMode.Full, case 2). The answer carries no MAC and the session is
    /// over.
    pub fn change_own_key(mut self, new: &AesKey, version: u8) -> Result<Session<'t, Plain>, Error> {
        let kind = if self.link.selected.is_picc() { AES_KEY } else { 0 };
        let data = own_key(new, version);
        let Authenticated { channel, key } = self.state;
        channel.run_last(&mut self.link, &full(code::CHANGE_KEY, &[kind | key.get()], &*data))?;
        Ok(Session::of(self.link))
    }
}

/// (new XOR old) ‖ version ‖ CRC-32 of the new key.
pub(crate) fn another_key(change: &KeyChange<'_>) -> Zeroizing<[u8; 21]> {
    let mut data = Zeroizing::new([0; 21]);
    let (new, old) = (change.new.expose(), change.old.expose());
    data.iter_mut().zip(new).zip(old).for_each(|((mixed, new), old)| *mixed = new ^ old);
    data[16] = change.version;
    data[17..].copy_from_slice(&crc32(&[new]).to_le_bytes());
    data
}

/// new ‖ version.
pub(crate) fn own_key(new: &AesKey, version: u8) -> Zeroizing<[u8; 17]> {
    let mut data = Zeroizing::new([version; 17]);
    data[..16].copy_from_slice(new.expose());
    data
}
