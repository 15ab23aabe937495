use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use satchel_values::Timestamp;
use std::fmt;
use zeroize::Zeroize;

/// Bytes in a package at most: a block list of a million cards with room to spare.
const PACKAGE_MOST: usize = 16 * 1024 * 1024;

/// What a package holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Kind {
    /// Who may do what.
    #[n(1)]
    Operators,
    /// Where the terminal stands and how much it may do.
    #[n(2)]
    Profile,
    /// Points and bonuses.
    #[n(3)]
    Program,
    /// Cards that are not accepted.
    #[n(4)]
    BlockList,
    /// The terminal's keys.
    #[n(5)]
    KeyBundle,
}

impl Kind {
    /// The number under which journals know it.
    pub const fn code(self) -> u8 {
        match self {
            Self::Operators => 1,
            Self::Profile => 2,
            Self::Program => 3,
            Self::BlockList => 4,
            Self::KeyBundle => 5,
        }
    }

    /// The kind that journals know under a number; `None` for one of a later version.
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::Operators),
            2 => Some(Self::Profile),
            3 => Some(Self::Program),
            4 => Some(Self::BlockList),
            5 => Some(Self::KeyBundle),
            _ => None,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Operators => "list of operators",
            Self::Profile => "profile",
            Self::Program => "sales program",
            Self::BlockList => "block list",
            Self::KeyBundle => "key bundle",
        })
    }
}

/// Head office's signature key (Ed25519). Wiped when dropped, never printed.
pub struct OfficeKey(SigningKey);

/// What terminals check packages with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficePublicKey(pub [u8; 32]);

/// A package with its signature.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Signed {
    #[n(0)]
    kind: Kind,
    #[n(1)]
    version: u32,
    #[n(2)]
    issued: Timestamp,
    #[cbor(n(3), with = "minicbor::bytes")]
    body: Vec<u8>,
    #[n(4)]
    signature: ByteArray<64>,
}

/// Why a package is not put to use. The one before it stays in force.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackageError {
    /// Another signature than head office's.
    #[error("the {0} is not signed by head office: it is not put to use")]
    Signature(Kind),
    /// Not newer than the one in force.
    #[error("the {kind} has version {offered}, and version {in_force} is in force: it is not put to use")]
    NotNewer {
        /// Which.
        kind: Kind,
        /// The one that was offered.
        offered: u32,
        /// The one in force.
        in_force: u32,
    },
    /// Not what its kind holds.
    #[error("the {kind} cannot be read ({why}): fetch it again")]
    Damaged {
        /// Which.
        kind: Kind,
        /// What is wrong with it.
        why: String,
    },
    /// No package at all.
    #[error("this is no package of head office ({0}): fetch it again")]
    NoPackage(String),
}

impl OfficeKey {
    /// A new one.
    pub fn generate(rng: &mut (impl rand_core::CryptoRng + ?Sized)) -> Self {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        Self::take(&mut bytes)
    }

    /// Takes over 32 bytes; the caller's copy is wiped.
    pub fn take(bytes: &mut [u8; 32]) -> Self {
        let key = Self(SigningKey::from_bytes(bytes));
        bytes.zeroize();
        key
    }

    /// The 32 bytes, for a key store.
    pub fn expose(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// What terminals check packages with.
    pub fn public(&self) -> OfficePublicKey {
        OfficePublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs something else than a package. `purpose` keeps signatures of one kind from being taken for another's.
    pub fn attest(&self, purpose: &str, message: &[u8]) -> [u8; 64] {
        self.0.sign(&attested(purpose, message)).to_bytes()
    }
}

impl OfficePublicKey {
    /// Whether head office signed a message for a purpose: see [`OfficeKey::attest`].
    pub fn attests(&self, purpose: &str, message: &[u8], signature: &[u8; 64]) -> bool {
        let signature = Signature::from_bytes(signature);
        VerifyingKey::from_bytes(&self.0)
            .is_ok_and(|key| key.verify_strict(&attested(purpose, message), &signature).is_ok())
    }
}

impl fmt::Debug for OfficeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OfficeKey(hidden)")
    }
}

impl Signed {
    /// Signs a body.
    pub fn make<B: Encode<()>>(key: &OfficeKey, kind: Kind, version: u32, issued: Timestamp, body: &B) -> Self {
        let body = minicbor::to_vec(body).expect("encoding into memory cannot fail");
        let signature = key.0.sign(&message(kind, version, issued, &body)).to_bytes().into();
        Self { kind, version, issued, body, signature }
    }

    /// A package from a carrier's bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PackageError> {
        if bytes.len() > PACKAGE_MOST {
            return Err(PackageError::NoPackage("it is too large".to_owned()));
        }
        minicbor::decode(bytes).map_err(|error| PackageError::NoPackage(error.to_string()))
    }

    /// The package for a carrier.
    pub fn to_bytes(&self) -> Vec<u8> {
        minicbor::to_vec(self).expect("encoding into memory cannot fail")
    }

    /// What it says it holds.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Its version.
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// When it was signed.
    pub const fn issued(&self) -> Timestamp {
        self.issued
    }

    /// The body, if the signature is head office's.
    pub(crate) fn open<'b, B: Decode<'b, ()>>(&'b self, key: &OfficePublicKey) -> Result<B, PackageError> {
        let signature = Signature::from_bytes(&self.signature);
        let signed = message(self.kind, self.version, self.issued, &self.body);
        VerifyingKey::from_bytes(&key.0)
            .and_then(|key| key.verify_strict(&signed, &signature))
            .map_err(|_| PackageError::Signature(self.kind))?;
        minicbor::decode(&self.body).map_err(|error| PackageError::Damaged { kind: self.kind, why: error.to_string() })
    }
}

fn attested(purpose: &str, message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(purpose.len()).unwrap_or(u32::MAX).to_be_bytes();
    [b"satchel office 1".as_slice(), &length, purpose.as_bytes(), message].concat()
}

fn message(kind: Kind, version: u32, issued: Timestamp, body: &[u8]) -> Vec<u8> {
    [b"satchel package 1".as_slice(), &[kind.code()], &version.to_be_bytes(), &issued.ms().to_be_bytes(), body].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_known_by_its_number_and_a_later_one_is_not() {
        for kind in [Kind::Operators, Kind::Profile, Kind::Program, Kind::BlockList, Kind::KeyBundle] {
            assert_eq!(Kind::from_code(kind.code()), Some(kind));
        }
        assert_eq!((Kind::from_code(0), Kind::from_code(6)), (None, None));
    }
}
