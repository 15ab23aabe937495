//! EV2 secure messaging as the card does it.

use crate::crypto::{self, Direction};
use crate::file::CommMode;
use crate::status::Status;
use minicbor::{Decode, Encode};

/// A session: which key, and what it secures messages with.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Session {
    #[n(0)]
    pub key_number: u8,
    #[n(1)]
    pub channel: Channel,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) enum Channel {
    /// AuthenticateEV2First or NonFirst.
    #[n(0)]
    Ev2(#[n(0)] Ev2),
    /// The native DES authentication (0A): messages are plain but for keys.
    #[n(1)]
    D40(#[n(0)] [u8; 16]),
    /// The ISO DES authentication (1A).
    #[n(2)]
    IsoDes(#[n(0)] IsoDes),
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Ev2 {
    #[n(0)]
    pub enc_key: [u8; 16],
    #[n(1)]
    pub mac_key: [u8; 16],
    #[n(2)]
    pub ti: [u8; 4],
    #[n(3)]
    pub counter: u16,
}

/// The secure messaging of DESFire EV1 as far as a card's master key needs it: every command and every answer moves the
/// IV on, and plain answers carry it as their MAC.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct IsoDes {
    #[n(0)]
    pub key: [u8; 16],
    #[n(1)]
    pub iv: [u8; 8],
}

impl IsoDes {
    /// A session that begins: the authentication's own IV is not carried over.
    pub(crate) const fn new(key: [u8; 16]) -> Self {
        Self { key, iv: [0; 8] }
    }

    /// Moves the IV on by a command that came in clear.
    pub(crate) fn note(&mut self, code: u8, raw: &[u8]) {
        self.iv = crypto::des_cmac(&self.key, &self.iv, &[&[code], raw].concat());
    }

    /// A plain answer's data with its MAC behind.
    pub(crate) fn wrap(&mut self, data: &[u8]) -> Vec<u8> {
        self.iv = crypto::des_cmac(&self.key, &self.iv, &[data, &[Status::Ok as u8]].concat());
        [data, &self.iv].concat()
    }
}

impl Ev2 {
    /// Takes the MAC off a command and checks it. `raw` is header ‖ data as they came, then the MAC.
    fn check_mac<'r>(&self, code: u8, raw: &'r [u8]) -> Result<&'r [u8], Status> {
        let (message, mac) = raw.split_last_chunk::<8>().ok_or(Status::LengthError)?;
        let expected = crypto::mac_t(&self.mac_key, &self.mac_input(code, self.counter, message));
        if subtle::ConstantTimeEq::ct_eq(expected.as_slice(), mac).into() {
            Ok(message)
        } else {
            Err(Status::IntegrityError)
        }
    }

    fn mac_input(&self, code: u8, counter: u16, message: &[u8]) -> Vec<u8> {
        [&[code], counter.to_le_bytes().as_slice(), &self.ti, message].concat()
    }

    /// A command's header and plain data.
    pub(crate) fn open(
        &self,
        code: u8,
        raw: &[u8],
        header: usize,
        mode: CommMode,
    ) -> Result<(Vec<u8>, Vec<u8>), Status> {
        if self.counter == u16::MAX {
            return Err(Status::CommandAborted);
        }
        let message = match mode {
            CommMode::Plain => raw,
            CommMode::Mac | CommMode::Full => self.check_mac(code, raw)?,
        };
        let (header, data) = message.split_at_checked(header).ok_or(Status::LengthError)?;
        let data = match mode {
            CommMode::Full if !data.is_empty() => self.decipher(data)?,
            _ => data.to_vec(),
        };
        Ok((header.to_vec(), data))
    }

    fn decipher(&self, data: &[u8]) -> Result<Vec<u8>, Status> {
        if !data.len().is_multiple_of(16) {
            return Err(Status::LengthError);
        }
        let iv = crypto::message_iv(&self.enc_key, Direction::Command, &self.ti, self.counter);
        let padded = crypto::decrypt(&self.enc_key, &iv, data);
        crypto::unpad(&padded).map(<[u8]>::to_vec).ok_or(Status::IntegrityError)
    }

    /// A response's data as it goes on the wire; the counter goes on by one.
    pub(crate) fn wrap(&mut self, data: &[u8], mode: CommMode) -> Vec<u8> {
        self.counter += 1;
        let mut out = match mode {
            CommMode::Plain => return data.to_vec(),
            CommMode::Full if !data.is_empty() => {
                let iv = crypto::message_iv(&self.enc_key, Direction::Response, &self.ti, self.counter);
                crypto::encrypt(&self.enc_key, &iv, &crypto::pad(data))
            }
            CommMode::Mac | CommMode::Full => data.to_vec(),
        };
        let mac = crypto::mac_t(&self.mac_key, &self.mac_input(Status::Ok as u8, self.counter, &out));
        out.extend(mac);
        out
    }
}
