//! The set-up file: all that a device needs to become a terminal.
//!
//! CBOR with numbered fields. Outside: a mark, a version, a salt, a checksum and the sealed inside, so that damage and a
//! wrong code can be told apart. Inside: the terminal's number, its secrets and the signed packages.

use crate::{DeviceError, SetUpCode, base45};
use chacha20poly1305::XNonce;
use chacha20poly1305::aead::{Aead, Payload};
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use satchel_journal::JournalKey;
use satchel_keys::{AgreementSecret, KeyRing, PinCost};
use satchel_packages::{OfficePublicKey, Signed};
use satchel_values::TerminalId;
use sha2::{Digest, Sha256};
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Bytes of a file that still fit a QR code: as Base45 with its mark they are the 4,296 characters of the largest one.
pub const QR_BYTES_MOST: usize = 2_850;

/// Bytes of a file at most: a catalogue and a block list of a million cards, with room to spare.
const FILE_MOST: usize = 64 * 1024 * 1024;
const FILE: &str = "the set-up file";
const MARK: &str = "satchel set-up";
const VERSION: u8 = 1;
/// What a QR code's text begins with.
const QR_MARK: &str = "SATCHEL1:";
const NONCE: usize = 24;

/// All that a device needs to become a terminal.
#[derive(Debug, Encode, Decode)]
pub struct SetUp {
    /// The terminal's number.
    #[n(0)]
    pub terminal: TerminalId,
    /// Its secrets.
    #[n(1)]
    pub secrets: Secrets,
    /// Head office's signature key.
    #[cbor(n(2), with = "office_key")]
    pub office: OfficePublicKey,
    /// How hard deriving a key from a PIN is made; operators' cards were made with the same.
    #[n(3)]
    pub pin_cost: PinCost,
    /// The packages, signed.
    #[n(4)]
    pub packages: Vec<Signed>,
    /// The catalogue as its own crate writes it, where there is one.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub catalogue: Option<Vec<u8>>,
}

/// A terminal's secrets. Wiped when dropped, never printed.
#[derive(Encode, Decode, Zeroize, ZeroizeOnDrop)]
pub struct Secrets {
    /// What key bundles are sealed to.
    #[cbor(n(0), with = "minicbor::bytes")]
    bundle: [u8; 32],
    /// What the journal is signed with.
    #[cbor(n(1), with = "minicbor::bytes")]
    journal: [u8; 32],
    /// The masters that signing on needs, as a [`KeyRing`] writes them.
    #[cbor(n(2), with = "minicbor::bytes")]
    sign_on: Vec<u8>,
}

impl Secrets {
    /// New ones, for a terminal that gets these masters for signing on.
    pub fn generate(sign_on: &KeyRing, rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut secrets = Self { bundle: [0; 32], journal: [0; 32], sign_on: sign_on.to_bytes().to_vec() };
        rng.fill_bytes(&mut secrets.bundle);
        rng.fill_bytes(&mut secrets.journal);
        secrets
    }

    /// The same with the masters that signing on needs, as a [`KeyRing`] writes them.
    pub(crate) fn with_sign_on(&self, ring: &[u8]) -> Self {
        Self { bundle: self.bundle, journal: self.journal, sign_on: ring.to_vec() }
    }

    /// A copy, for a seal to take.
    pub(crate) fn copied(&self) -> Self {
        Self { bundle: self.bundle, journal: self.journal, sign_on: self.sign_on.clone() }
    }

    /// What key bundles are sealed to.
    pub fn bundle(&self) -> AgreementSecret {
        AgreementSecret::take(&mut { self.bundle })
    }

    /// What the journal is signed with.
    pub fn journal(&self) -> JournalKey {
        JournalKey::take(&mut { self.journal })
    }

    /// The masters that signing on needs.
    pub fn sign_on(&self) -> Result<KeyRing, DeviceError> {
        KeyRing::from_bytes(&self.sign_on)
            .map_err(|error| DeviceError::damaged("the terminal's secrets", error.to_string()))
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(hidden)")
    }
}

/// The outside.
#[derive(Encode, Decode)]
struct File<'b> {
    #[n(0)]
    mark: &'b str,
    #[n(1)]
    version: u8,
    #[n(2)]
    salt: ByteArray<16>,
    /// Nonce ‖ ciphertext ‖ tag.
    #[cbor(n(3), with = "minicbor::bytes")]
    sealed: &'b [u8],
    /// The first bytes of the SHA-256 of everything before it.
    #[n(4)]
    checksum: ByteArray<8>,
}

/// What is read before anything else, of any version.
#[derive(Decode)]
struct Beginning<'b> {
    #[n(0)]
    mark: &'b str,
    #[n(1)]
    version: u8,
}

impl SetUp {
    /// The file, encrypted under a code.
    pub fn to_file(&self, code: &SetUpCode, rng: &mut (impl CryptoRng + ?Sized)) -> Vec<u8> {
        let mut salt = [0; 16];
        rng.fill_bytes(&mut salt);
        let mut nonce = [0; NONCE];
        rng.fill_bytes(&mut nonce);
        let inside = secret_bytes(self);
        let sealed = code
            .cipher(&salt)
            .encrypt(&XNonce::from(nonce), Payload { msg: &inside, aad: MARK.as_bytes() })
            .expect("a few megabytes can be encrypted");
        let sealed = [nonce.as_slice(), &sealed].concat();
        let checksum = checksum(VERSION, &salt, &sealed).into();
        let file = File { mark: MARK, version: VERSION, salt: salt.into(), sealed: &sealed, checksum };
        minicbor::to_vec(&file).expect("encoding into memory cannot fail")
    }

    /// Reads a file, or the text of a QR code, with the code that belongs to it. Takes long on purpose.
    pub fn from_file(file: &[u8], code: &SetUpCode) -> Result<Self, DeviceError> {
        match file.strip_prefix(QR_MARK.as_bytes()) {
            Some(text) => Self::from_bytes_of_file(&scanned(text)?, code),
            None => Self::from_bytes_of_file(file, code),
        }
    }

    /// The text for a QR code that holds a file; `None` if the file is too large for one.
    pub fn qr_text(file: &[u8]) -> Option<String> {
        (file.len() <= QR_BYTES_MOST).then(|| format!("{QR_MARK}{}", base45::encode(file)))
    }

    fn from_bytes_of_file(file: &[u8], code: &SetUpCode) -> Result<Self, DeviceError> {
        if file.len() > FILE_MOST {
            return Err(DeviceError::damaged(FILE, "it is too large"));
        }
        let beginning: Beginning<'_> =
            minicbor::decode(file).map_err(|error| DeviceError::damaged(FILE, error.to_string()))?;
        if beginning.mark != MARK {
            return Err(DeviceError::damaged(FILE, "it is another kind of file"));
        }
        if beginning.version != VERSION {
            return Err(DeviceError::NewerVersion { what: FILE, version: beginning.version });
        }
        let file = whole(file)?;
        let (nonce, sealed) =
            file.sealed.split_first_chunk::<NONCE>().ok_or_else(|| DeviceError::damaged(FILE, "it is cut short"))?;
        let inside = code
            .cipher(&file.salt)
            .decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: MARK.as_bytes() })
            .map(Zeroizing::new)
            .map_err(|_| DeviceError::WrongCode)?;
        minicbor::decode(&inside).map_err(|error| DeviceError::damaged(FILE, error.to_string()))
    }
}

/// Something secret as bytes. There is room for all from the start: a vector that grows leaves unwiped copies behind.
pub(crate) fn secret_bytes(secret: &impl Encode<()>) -> Zeroizing<Vec<u8>> {
    let mut length = Length(0);
    minicbor::encode(secret, &mut length).expect("counting cannot fail");
    let mut bytes = Zeroizing::new(Vec::with_capacity(length.0));
    minicbor::encode(secret, &mut *bytes).expect("encoding into memory cannot fail");
    bytes
}

/// The file, if nothing of it is missing, changed or left over.
fn whole(bytes: &[u8]) -> Result<File<'_>, DeviceError> {
    let file: File<'_> = minicbor::decode(bytes).map_err(|error| DeviceError::damaged(FILE, error.to_string()))?;
    let exact = minicbor::to_vec(&file).is_ok_and(|again| again == bytes);
    if exact && *file.checksum == checksum(file.version, &file.salt, file.sealed) {
        return Ok(file);
    }
    Err(DeviceError::damaged(FILE, "its checksum does not fit"))
}

fn scanned(text: &[u8]) -> Result<Vec<u8>, DeviceError> {
    std::str::from_utf8(text)
        .ok()
        .and_then(base45::decode)
        .ok_or_else(|| DeviceError::damaged("the QR code", "it was not read whole"))
}

fn checksum(version: u8, salt: &[u8; 16], sealed: &[u8]) -> [u8; 8] {
    let digest: [u8; 32] = Sha256::new()
        .chain_update(MARK)
        .chain_update([version])
        .chain_update(salt)
        .chain_update(sealed)
        .finalize()
        .into();
    *digest.first_chunk().expect("eight of thirty-two bytes")
}

/// Counts what is written.
struct Length(usize);

impl minicbor::encode::Write for Length {
    type Error = std::convert::Infallible;

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), Self::Error> {
        self.0 += bytes.len();
        Ok(())
    }
}

/// A signature key as CBOR bytes.
pub(crate) mod office_key {
    use super::OfficePublicKey;
    use minicbor::decode::{Decoder, Error as DecodeError};
    use minicbor::encode::{Encoder, Error as EncodeError, Write};

    pub(crate) fn encode<C, W: Write>(
        key: &OfficePublicKey,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), EncodeError<W::Error>> {
        encoder.bytes(&key.0)?.ok()
    }

    pub(crate) fn decode<C>(decoder: &mut Decoder<'_>, _: &mut C) -> Result<OfficePublicKey, DecodeError> {
        let bytes = decoder.bytes()?.try_into().map_err(|_| DecodeError::message("no signature key"))?;
        Ok(OfficePublicKey(bytes))
    }
}
