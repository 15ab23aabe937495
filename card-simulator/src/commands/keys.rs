use super::Message;
use super::applications::FREE_LISTING;
use crate::application::{Cipher, Key};
use crate::card::{Answer, Card};
use crate::crypto;
use crate::file::CommMode;
use crate::secure::Channel;
use crate::status::Status;

/// Settings bit: the master key may be changed.
const MASTER_CHANGEABLE: u8 = 0x01;
/// Settings bit: the settings may be changed.
const SETTINGS_CHANGEABLE: u8 = 0x08;

impl Card {
    /// 45: the settings, and how many keys of which cipher.
    pub(crate) fn get_key_settings(&self, message: &Message) -> Result<Answer, Status> {
        message.exactly::<0>()?;
        let (settings, keys) = self.settings()?;
        if settings & FREE_LISTING == 0 {
            self.need_master()?;
        }
        Ok(Answer::Data(vec![settings, keys], CommMode::Mac))
    }

    /// 64: free for all.
    pub(crate) fn get_key_version(&self, message: &Message) -> Result<Answer, Status> {
        let [number] = message.exactly()?;
        let version = if self.on_picc_level() {
            if number != 0 {
                return Err(Status::NoSuchKey);
            }
            self.picc.master.version
        } else {
            self.application()?.key(number)?.version
        };
        Ok(Answer::Data(vec![version], CommMode::Mac))
    }

    /// 54: by the master key, while the settings themselves allow it.
    pub(crate) fn change_key_settings(&mut self, message: &Message) -> Result<Answer, Status> {
        self.need_master()?;
        let [settings] = message.exactly()?;
        if self.settings()?.0 & SETTINGS_CHANGEABLE == 0 {
            return Err(Status::PermissionDenied);
        }
        if self.on_picc_level() {
            self.picc.settings = settings;
        } else {
            self.application_mut()?.settings = settings;
        }
        Ok(message.done())
    }

    /// C4 in an EV2 session.
    pub(crate) fn change_key(&mut self, message: &Message) -> Result<Answer, Status> {
        let [number] = message.header.as_slice() else { return Err(Status::LengthError) };
        let session_key = self.ev2_session().ok_or(Status::AuthenticationError)?.key_number;
        if self.on_picc_level() {
            self.may_change_picc_key(*number)?;
            let (key, cipher) = own_key(*number, &message.data)?;
            return Ok(self.set_picc_key(key, cipher));
        }
        let target = number & 0x3F;
        self.may_change(target, session_key)?;
        let old = self.application()?.key(target)?.clone();
        let own = target == session_key;
        let new = if own {
            let data: &[u8; 17] = message.data.as_slice().try_into().map_err(|_| Status::LengthError)?;
            key_and_version(data)
        } else {
            other_key(&old.bytes, &message.data)?
        };
        let application = self.application_mut()?;
        application.keys[usize::from(target)] = new;
        if own {
            self.drop_session();
            return Ok(Answer::Bare(Vec::new(), Status::Ok));
        }
        Ok(message.done())
    }

    /// C4 in a DES session: the card's master key, enciphered under the session key with a checksum.
    pub(crate) fn change_key_in_des_session(&mut self, raw: &[u8]) -> Result<Answer, Status> {
        let (number, sent) = raw.split_first().ok_or(Status::LengthError)?;
        self.may_change_picc_key(*number)?;
        if sent.len() != 24 {
            return Err(Status::LengthError);
        }
        let session = self.volatile.session.as_ref().ok_or(Status::AuthenticationError)?;
        let aes = number & 0xC0 == 0x80;
        let length = if aes { 17 } else { 16 };
        let key = match &session.channel {
            Channel::D40(key) => {
                let plain = crypto::d40_receive(key, sent);
                let (data, rest) = plain.split_at(length);
                checked(data, rest, &crypto::crc16(data).to_le_bytes())?
            }
            Channel::IsoDes(iso) => {
                let plain = crypto::des_decrypt(&iso.key, &iso.iv, sent);
                let (data, rest) = plain.split_at(length);
                let message = [&[0xC4, *number], data].concat();
                checked(data, rest, &crypto::crc32(&message).to_le_bytes())?
            }
            Channel::Ev2(_) => return Err(Status::IllegalCommand),
        };
        Ok(self.set_picc_key(key, if aes { Cipher::Aes } else { Cipher::Des }))
    }

    fn settings(&self) -> Result<(u8, u8), Status> {
        if self.on_picc_level() {
            let keys = if self.picc.cipher == Cipher::Aes { 0x81 } else { 0x01 };
            return Ok((self.picc.settings, keys));
        }
        let application = self.application()?;
        let count = u8::try_from(application.keys.len()).unwrap_or(14);
        let iso = if application.iso_files { 0x20 } else { 0x00 };
        Ok((application.settings, 0x80 | iso | count))
    }

    fn may_change_picc_key(&self, number: u8) -> Result<(), Status> {
        self.need_picc_master()?;
        match number & 0x3F {
            0 if self.picc.settings & MASTER_CHANGEABLE != 0 => Ok(()),
            0 => Err(Status::PermissionDenied),
            _ => Err(Status::NoSuchKey),
        }
    }

    /// The master key and the key that changes others are changed with the master key; E: every key with itself; F:
    /// none.
    fn may_change(&self, target: u8, session_key: u8) -> Result<(), Status> {
        let application = self.application()?;
        application.key(target)?;
        let changer = application.settings >> 4;
        let allowed = match (target, changer) {
            (0, _) => session_key == 0 && application.settings & MASTER_CHANGEABLE != 0,
            (_, 0x0F) => false,
            (_, 0x0E) => session_key == target,
            (_, changer) if changer == target => session_key == 0,
            (_, changer) => session_key == changer,
        };
        if allowed { Ok(()) } else { Err(Status::PermissionDenied) }
    }

    fn set_picc_key(&mut self, key: Key, cipher: Cipher) -> Answer {
        self.picc.master = key;
        self.picc.cipher = cipher;
        self.drop_session();
        Answer::Bare(Vec::new(), Status::Ok)
    }
}

/// The session's own key: the new one and its version, or a DES key alone.
fn own_key(number: u8, data: &[u8]) -> Result<(Key, Cipher), Status> {
    if let Ok(data) = <&[u8; 17]>::try_from(data) {
        return Ok((key_and_version(data), Cipher::Aes));
    }
    let bytes = data.try_into().map_err(|_| Status::LengthError)?;
    if number & 0xC0 != 0 {
        return Err(Status::LengthError);
    }
    Ok((Key { bytes, version: 0 }, Cipher::Des))
}

/// Another key: new XOR old, version, checksum of the new one.
fn other_key(old: &[u8; 16], data: &[u8]) -> Result<Key, Status> {
    let data: &[u8; 21] = data.try_into().map_err(|_| Status::LengthError)?;
    let mut bytes = *old;
    bytes.iter_mut().zip(data).for_each(|(byte, xor)| *byte ^= xor);
    if crypto::crc32(&bytes).to_le_bytes() != data[17..] {
        return Err(Status::IntegrityError);
    }
    Ok(Key { bytes, version: data[16] })
}

fn key_and_version(data: &[u8; 17]) -> Key {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&data[..16]);
    Key { bytes, version: data[16] }
}

/// The key in `data` (with a version, if it is AES) if the checksum and the zeros after it are right.
fn checked(data: &[u8], rest: &[u8], checksum: &[u8]) -> Result<Key, Status> {
    let (sum, padding) = rest.split_at_checked(checksum.len()).ok_or(Status::LengthError)?;
    if sum != checksum || padding.iter().any(|byte| *byte != 0) {
        return Err(Status::IntegrityError);
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&data[..16]);
    Ok(Key { bytes, version: data.get(16).copied().unwrap_or_default() })
}
