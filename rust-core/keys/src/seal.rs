use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use rand_core::CryptoRng;
use sha2::Sha256;
use std::fmt;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::{Zeroize, Zeroizing};

/// Bytes in an XChaCha20-Poly1305 nonce.
const NONCE: usize = 24;

/// A secret half of key agreements (X25519): a terminal's, to which its key bundles are sealed, or head office's, to which
/// terminals seal what they send. Wiped when dropped, never printed.
pub struct AgreementSecret(StaticSecret);

/// The public half of an [`AgreementSecret`]: others seal to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgreementPublic(pub [u8; 32]);

/// Why something sealed could not be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sealed secret cannot be opened here: it is damaged, or was sealed by another device")]
pub struct SealError;

/// Keeps a terminal's secrets at rest. On a phone the Android Keystore does it; elsewhere [`SoftwareSeal`].
pub trait KeySeal {
    /// Encrypts a secret for storage.
    fn seal(&self, secret: &[u8], rng: &mut dyn CryptoRng) -> Result<Vec<u8>, SealError>;

    /// Decrypts what [`KeySeal::seal`] made.
    fn unseal(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError>;
}

impl AgreementSecret {
    /// A new one.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        Self::take(&mut bytes)
    }

    /// Takes over 32 bytes; the caller's copy is wiped.
    pub fn take(bytes: &mut [u8; 32]) -> Self {
        let secret = Self(StaticSecret::from(*bytes));
        bytes.zeroize();
        secret
    }

    /// The public half.
    pub fn public(&self) -> AgreementPublic {
        AgreementPublic(PublicKey::from(&self.0).to_bytes())
    }

    /// The secret itself, for whoever keeps it sealed.
    pub fn exposed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The secret sealed for storage.
    pub fn sealed(&self, seal: &dyn KeySeal, rng: &mut dyn CryptoRng) -> Result<Vec<u8>, SealError> {
        seal.seal(&*Zeroizing::new(self.0.to_bytes()), rng)
    }

    /// The secret from storage.
    pub fn unsealed(seal: &dyn KeySeal, sealed: &[u8]) -> Result<Self, SealError> {
        let mut bytes = seal.unseal(sealed)?;
        <&mut [u8; 32]>::try_from(bytes.as_mut_slice()).map(Self::take).map_err(|_| SealError)
    }

    /// Opens what [`AgreementPublic::seal`] made for the same purpose.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (ephemeral, sealed) = sealed.split_first_chunk::<32>().ok_or(SealError)?;
        let cipher = agreed(&self.agree(ephemeral), ephemeral, &self.public());
        decrypt(&cipher, purpose.as_bytes(), sealed).ok_or(SealError)
    }

    pub(crate) fn agree(&self, other: &[u8; 32]) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.diffie_hellman(&PublicKey::from(*other)).to_bytes())
    }
}

impl AgreementPublic {
    /// Seals something to whoever has the secret half: the sender's half ‖ nonce ‖ ciphertext ‖ tag. Only its [`AgreementSecret`] opens it, and
    /// only for the same purpose. It says nothing of who sealed it: whoever has to know signs it.
    pub fn seal(&self, purpose: &str, secret: &[u8], rng: &mut dyn CryptoRng) -> Result<Vec<u8>, SealError> {
        let mine = AgreementSecret::generate(&mut *rng);
        let ephemeral = mine.public().0;
        let cipher = agreed(&mine.agree(&self.0), &ephemeral, self);
        let sealed = encrypt(&cipher, purpose.as_bytes(), secret, rng).ok_or(SealError)?;
        Ok([ephemeral.as_slice(), &sealed].concat())
    }
}

/// The key of one sealing: both halves go into it, so that neither can be exchanged.
fn agreed(agreed: &Zeroizing<[u8; 32]>, ephemeral: &[u8; 32], public: &AgreementPublic) -> XChaCha20Poly1305 {
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(b"satchel sealed 1"), agreed.as_slice())
        .expand(&[ephemeral.as_slice(), &public.0].concat(), &mut *key)
        .expect("32 bytes are within HKDF's range");
    XChaCha20Poly1305::new((&*key).into())
}

impl fmt::Debug for AgreementSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AgreementSecret(hidden)")
    }
}

/// Seals under a key in software: XChaCha20-Poly1305 with a random nonce in front.
pub struct SoftwareSeal(XChaCha20Poly1305);

impl SoftwareSeal {
    /// Takes over a 32-byte key; the caller's copy is wiped.
    pub fn take(key: &mut [u8; 32]) -> Self {
        let seal = Self(XChaCha20Poly1305::new((&*key).into()));
        key.zeroize();
        seal
    }
}

impl KeySeal for SoftwareSeal {
    fn seal(&self, secret: &[u8], rng: &mut dyn CryptoRng) -> Result<Vec<u8>, SealError> {
        encrypt(&self.0, b"satchel seal 1", secret, rng).ok_or(SealError)
    }

    fn unseal(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        decrypt(&self.0, b"satchel seal 1", sealed).ok_or(SealError)
    }
}

/// Nonce ‖ ciphertext ‖ tag.
pub(crate) fn encrypt(
    cipher: &XChaCha20Poly1305,
    aad: &[u8],
    secret: &[u8],
    rng: &mut dyn CryptoRng,
) -> Option<Vec<u8>> {
    let mut nonce = [0; NONCE];
    rng.fill_bytes(&mut nonce);
    let sealed = cipher.encrypt(&XNonce::from(nonce), Payload { msg: secret, aad }).ok()?;
    Some([nonce.as_slice(), &sealed].concat())
}

pub(crate) fn decrypt(cipher: &XChaCha20Poly1305, aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
    cipher.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad }).ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::SeedableRng;

    #[test]
    fn what_is_sealed_to_a_terminal_opens_there_alone_and_for_its_purpose_alone() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(2);
        let (mine, other) = (AgreementSecret::generate(&mut rng), AgreementSecret::generate(&mut rng));
        let sealed = mine.public().seal("a purpose", b"secret", &mut rng).expect("sealed");
        assert_eq!(mine.open("a purpose", &sealed).expect("opened").as_slice(), b"secret");
        assert!(mine.open("another purpose", &sealed).is_err() && other.open("a purpose", &sealed).is_err());
        for place in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[place] ^= 1;
            assert!(mine.open("a purpose", &damaged).is_err(), "byte {place}");
            assert!(mine.open("a purpose", &sealed[..place]).is_err(), "cut at {place}");
        }
    }

    #[test]
    fn a_secret_survives_its_seal_and_no_other() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        let secret = AgreementSecret::generate(&mut rng);
        let seal = SoftwareSeal::take(&mut [5; 32]);
        let sealed = secret.sealed(&seal, &mut rng).expect("software seals always work");
        let again = AgreementSecret::unsealed(&seal, &sealed).expect("its own seal");
        assert_eq!(again.public(), secret.public());
        assert!(AgreementSecret::unsealed(&SoftwareSeal::take(&mut [6; 32]), &sealed).is_err());
        for place in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[place] ^= 1;
            assert!(AgreementSecret::unsealed(&seal, &damaged).is_err(), "byte {place}");
        }
    }
}
