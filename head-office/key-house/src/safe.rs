use crate::KeyHouseError;
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use sha2::{Digest, Sha256};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::{Zeroize, Zeroizing};

const NONCE: usize = 24;
/// Bytes of a safe at most: far more than all keys of all versions need.
const FILE_MOST: u64 = 1024 * 1024;
/// Officers of a safe at most.
const OFFICERS_MOST: usize = 64;

/// A file with two compartments. Each of its officers opens the *desk* by their password alone; the *control* compartment
/// opens for two of them together, since its key is split among all, two of which give it.
///
/// Passwords are stretched by Argon2id. Each officer has a key pair of their own (X25519), its secret half under their
/// password: so an officer is admitted or dismissed by two others, without anybody else's password.
pub struct Safe {
    path: PathBuf,
    file: SafeFile,
}

/// An officer of a safe, and what opens it for them.
pub struct Entrusted {
    /// Their login.
    pub login: String,
    /// Their password.
    pub password: Zeroizing<String>,
}

/// How hard trying passwords is made: Argon2id's memory and passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Cost {
    #[n(0)]
    memory_kib: u32,
    #[n(1)]
    passes: u32,
}

impl Cost {
    /// For service: 256 MiB and three passes, about a second.
    pub const SERVICE: Self = Self { memory_kib: 256 * 1024, passes: 3 };
    /// For tests, which open hundreds.
    pub const TEST: Self = Self { memory_kib: 8, passes: 1 };
}

#[derive(Clone, Encode, Decode)]
struct SafeFile {
    #[n(0)]
    cost: Cost,
    #[n(1)]
    slots: Vec<Slot>,
    #[n(2)]
    desk: ByteVec,
    #[n(3)]
    control: ByteVec,
}

/// An officer's own part of the file.
#[derive(Clone, Encode, Decode)]
struct Slot {
    #[n(0)]
    login: String,
    #[n(1)]
    salt: ByteVec,
    #[n(2)]
    public: ByteVec,
    #[n(3)]
    secret: ByteVec,
    /// The desk's key, sealed to `public`.
    #[n(4)]
    desk: ByteVec,
    /// A share of the control compartment's key, sealed to `public`.
    #[n(5)]
    share: ByteVec,
}

/// What is in both compartments.
pub(crate) struct Contents {
    pub desk: Zeroizing<Vec<u8>>,
    pub control: Zeroizing<Vec<u8>>,
}

impl Safe {
    /// Makes one for at least two officers. There must be no file.
    pub(crate) fn make(
        path: &Path,
        officers: &[Entrusted],
        cost: Cost,
        contents: &Contents,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, KeyHouseError> {
        if path.exists() {
            return Err(file_error(path, io::ErrorKind::AlreadyExists.into()));
        }
        for (place, officer) in officers.iter().enumerate() {
            if officers[..place].iter().any(|other| other.login == officer.login) {
                return Err(KeyHouseError::SameOfficer(officer.login.clone()));
            }
        }
        if officers.len() < 2 {
            return Err(KeyHouseError::TwoNeeded);
        }
        let slots = officers.iter().map(|officer| Slot::of(officer, cost, rng)).collect();
        let file = SafeFile { cost, slots, desk: Vec::new().into(), control: Vec::new().into() };
        let mut safe = Self { path: path.to_owned(), file };
        safe.fill(contents, rng)?;
        Ok(safe)
    }

    /// Reads one.
    ///
    /// # Errors
    /// There is none, or it is damaged.
    pub fn open(path: &Path) -> Result<Self, KeyHouseError> {
        let length = fs::metadata(path).map_err(|error| file_error(path, error))?.len();
        if length > FILE_MOST {
            return Err(KeyHouseError::Damaged("it is too large"));
        }
        let bytes = fs::read(path).map_err(|error| file_error(path, error))?;
        let file: SafeFile = minicbor::decode(&bytes).map_err(|_| KeyHouseError::Damaged("its form"))?;
        if file.slots.len() < 2 || file.slots.len() > OFFICERS_MOST {
            return Err(KeyHouseError::Damaged("its officers"));
        }
        Ok(Self { path: path.to_owned(), file })
    }

    /// Who its officers are.
    pub fn officers(&self) -> impl Iterator<Item = &str> {
        self.file.slots.iter().map(|slot| slot.login.as_str())
    }

    /// What the desk's compartment holds.
    pub(crate) fn desk(&self, officer: &Entrusted) -> Result<Zeroizing<Vec<u8>>, KeyHouseError> {
        let (slot, secret) = self.unlocked(officer)?;
        let key = opened_from(&secret, &slot.desk, b"desk").ok_or(KeyHouseError::Damaged("an officer's slot"))?;
        let label = self.file.label(b"desk");
        decrypted(&key, &label, &self.file.desk).ok_or(KeyHouseError::Damaged("the desk's compartment"))
    }

    /// What both compartments hold, for two officers.
    pub(crate) fn both(&self, one: &Entrusted, other: &Entrusted) -> Result<Contents, KeyHouseError> {
        if one.login == other.login {
            return Err(KeyHouseError::SameOfficer(one.login.clone()));
        }
        let desk = self.desk(one)?;
        let mut parts = Vec::new();
        for officer in [one, other] {
            let (slot, secret) = self.unlocked(officer)?;
            let part =
                opened_from(&secret, &slot.share, b"share").ok_or(KeyHouseError::Damaged("an officer's slot"))?;
            parts.push(part.to_vec());
        }
        let key = vsss_rs::Gf256::combine_bytes(&parts).map(Zeroizing::new);
        parts.iter_mut().for_each(Zeroize::zeroize);
        let key = key.map_err(|_| KeyHouseError::Damaged("the officers' shares"))?;
        let control = decrypted(&key, &self.file.label(b"control"), &self.file.control);
        Ok(Contents { desk, control: control.ok_or(KeyHouseError::Damaged("the control compartment"))? })
    }

    /// Puts something else into both compartments, under new keys.
    pub(crate) fn fill(&mut self, contents: &Contents, rng: &mut dyn CryptoRng) -> Result<(), KeyHouseError> {
        let mut file = self.file.clone();
        let mut keys = Zeroizing::new([[0_u8; 32]; 2]);
        keys.iter_mut().for_each(|key| rng.fill_bytes(key));
        file.desk = encrypted(&keys[0], &file.label(b"desk"), &contents.desk, rng).into();
        file.control = encrypted(&keys[1], &file.label(b"control"), &contents.control, rng).into();
        let shares = vsss_rs::Gf256::split_bytes(2, file.slots.len(), keys[1], crate::ceremony::Borrowed(rng));
        let shares = shares.map_err(|_| KeyHouseError::Damaged("its officers"))?;
        for (slot, share) in file.slots.iter_mut().zip(shares) {
            let share = Zeroizing::new(share);
            slot.desk = sealed_to(&slot.public, b"desk", &keys[0], rng)?.into();
            slot.share = sealed_to(&slot.public, b"share", &share, rng)?.into();
        }
        write(&self.path, &minicbor::to_vec(&file).expect("encoding into memory cannot fail"))?;
        self.file = file;
        Ok(())
    }

    /// Two officers admit a third; one with the same login is replaced, as for a forgotten password.
    ///
    /// # Errors
    /// As for whatever two do together.
    pub fn admit(
        &mut self,
        by: (&Entrusted, &Entrusted),
        newcomer: &Entrusted,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), KeyHouseError> {
        let contents = self.both(by.0, by.1)?;
        let before = self.file.clone();
        self.file.slots.retain(|slot| slot.login != newcomer.login);
        self.file.slots.push(Slot::of(newcomer, self.file.cost, rng));
        if self.file.slots.len() > OFFICERS_MOST {
            self.file = before;
            return Err(KeyHouseError::Damaged("its officers"));
        }
        self.fill(&contents, rng).inspect_err(|_| self.file = before)
    }

    /// Two officers dismiss one. Two must stay.
    ///
    /// # Errors
    /// As for whatever two do together; there is no such officer; or fewer than two would stay.
    pub fn dismiss(
        &mut self,
        by: (&Entrusted, &Entrusted),
        login: &str,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), KeyHouseError> {
        let contents = self.both(by.0, by.1)?;
        let before = self.file.clone();
        self.file.slots.retain(|slot| slot.login != login);
        if self.file.slots.len() == before.slots.len() {
            return Err(KeyHouseError::NotOpened(login.to_owned()));
        }
        if self.file.slots.len() < 2 {
            self.file = before;
            return Err(KeyHouseError::TwoNeeded);
        }
        self.fill(&contents, rng).inspect_err(|_| self.file = before)
    }

    /// The officer's slot and the secret half of their key.
    fn unlocked(&self, officer: &Entrusted) -> Result<(&Slot, StaticSecret), KeyHouseError> {
        let wrong = || KeyHouseError::NotOpened(officer.login.clone());
        let slot = self.file.slots.iter().find(|slot| slot.login == officer.login).ok_or_else(wrong)?;
        let key = stretched(&officer.password, &slot.salt, self.file.cost)?;
        let secret = decrypted(&*key, officer.login.as_bytes(), &slot.secret).ok_or_else(wrong)?;
        let mut bytes = Zeroizing::new([0; 32]);
        if secret.len() != bytes.len() {
            return Err(KeyHouseError::Damaged("an officer's slot"));
        }
        bytes.copy_from_slice(&secret);
        Ok((slot, StaticSecret::from(*bytes)))
    }
}

impl SafeFile {
    /// Binds a compartment to the list of officers: nobody puts a key of their own into it unseen.
    fn label(&self, compartment: &[u8]) -> Vec<u8> {
        let mut officers = Sha256::new();
        for slot in &self.slots {
            officers.update((slot.login.len() as u64).to_be_bytes());
            officers.update(&slot.login);
            officers.update((slot.public.len() as u64).to_be_bytes());
            officers.update(&*slot.public);
        }
        [compartment, &officers.finalize()].concat()
    }
}

impl Slot {
    fn of(officer: &Entrusted, cost: Cost, rng: &mut dyn CryptoRng) -> Self {
        let mut salt = vec![0; 16];
        rng.fill_bytes(&mut salt);
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *bytes);
        let secret = StaticSecret::from(*bytes);
        let key = stretched(&officer.password, &salt, cost).expect("the costs offered are within Argon2's range");
        Self {
            login: officer.login.clone(),
            public: PublicKey::from(&secret).to_bytes().to_vec().into(),
            secret: encrypted(&key, officer.login.as_bytes(), &*bytes, rng).into(),
            salt: salt.into(),
            desk: Vec::new().into(),
            share: Vec::new().into(),
        }
    }
}

fn stretched(password: &str, salt: &[u8], cost: Cost) -> Result<Zeroizing<[u8; 32]>, KeyHouseError> {
    let damaged = |_| KeyHouseError::Damaged("its cost");
    let params =
        Params::new(cost.memory_kib.min(4 * 1024 * 1024), cost.passes.min(64), 1, Some(32)).map_err(damaged)?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.as_bytes(), salt, &mut *key)
        .map_err(damaged)?;
    Ok(key)
}

/// Nonce ‖ ciphertext ‖ tag.
fn encrypted(key: &[u8; 32], what: &[u8], secret: &[u8], rng: &mut dyn CryptoRng) -> Vec<u8> {
    let mut nonce = [0; NONCE];
    rng.fill_bytes(&mut nonce);
    let sealed = XChaCha20Poly1305::new(key.into())
        .encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: &labelled(what) })
        .expect("what a safe holds is far below the cipher's limit");
    [nonce.as_slice(), &sealed].concat()
}

fn decrypted(key: &[u8], what: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let key = <&[u8; 32]>::try_from(key).ok()?;
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
    let payload = Payload { msg: sealed, aad: &labelled(what) };
    XChaCha20Poly1305::new(key.into()).decrypt(&XNonce::from(*nonce), payload).ok().map(Zeroizing::new)
}

fn labelled(what: &[u8]) -> Vec<u8> {
    [b"satchel safe 1 ".as_slice(), what].concat()
}

/// Ephemeral public key ‖ what [`encrypted`] gives under the agreed key.
fn sealed_to(public: &[u8], what: &[u8], secret: &[u8], rng: &mut dyn CryptoRng) -> Result<Vec<u8>, KeyHouseError> {
    let public = <[u8; 32]>::try_from(public).map_err(|_| KeyHouseError::Damaged("an officer's slot"))?;
    let mut bytes = Zeroizing::new([0; 32]);
    rng.fill_bytes(&mut *bytes);
    let ephemeral = StaticSecret::from(*bytes);
    let mine = PublicKey::from(&ephemeral).to_bytes();
    let key = agreed(&ephemeral, &public, &mine);
    Ok([mine.as_slice(), &encrypted(&key, what, secret, rng)].concat())
}

fn opened_from(secret: &StaticSecret, sealed: &[u8], what: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (theirs, sealed) = sealed.split_first_chunk::<32>()?;
    decrypted(&*agreed(secret, theirs, theirs), what, sealed)
}

fn agreed(secret: &StaticSecret, public: &[u8; 32], ephemeral: &[u8; 32]) -> Zeroizing<[u8; 32]> {
    let shared = Zeroizing::new(secret.diffie_hellman(&PublicKey::from(*public)).to_bytes());
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(b"satchel safe 1"), &*shared)
        .expand(ephemeral, &mut *key)
        .expect("32 bytes are within HKDF's range");
    key
}

/// Whole or not at all: beside the old file, then in its place.
fn write(path: &Path, bytes: &[u8]) -> Result<(), KeyHouseError> {
    let failed = |error| file_error(path, error);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
}

pub(crate) fn file_error(path: &Path, error: io::Error) -> KeyHouseError {
    KeyHouseError::File { path: path.display().to_string(), error }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    fn officer(login: &str) -> Entrusted {
        Entrusted { login: login.to_owned(), password: format!("{login}'s own password").into() }
    }

    fn contents() -> Contents {
        Contents { desk: b"masters".to_vec().into(), control: b"control key".to_vec().into() }
    }

    fn made(folder: &Path) -> (Safe, ChaCha20Rng) {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let officers = [officer("ada"), officer("ben"), officer("cy")];
        let path = folder.join("keys.safe");
        let safe = Safe::make(&path, &officers, Cost::TEST, &contents(), &mut rng).expect("made");
        (safe, rng)
    }

    #[test]
    fn one_opens_the_desk_and_any_two_the_control_compartment() {
        let folder = tempfile::tempdir().expect("a folder");
        made(folder.path());
        let safe = Safe::open(&folder.path().join("keys.safe")).expect("it is there");
        for login in ["ada", "ben", "cy"] {
            assert_eq!(*safe.desk(&officer(login)).expect("an officer"), b"masters");
        }
        for (one, other) in [("ada", "ben"), ("cy", "ada"), ("ben", "cy")] {
            let both = safe.both(&officer(one), &officer(other)).expect("two officers");
            assert_eq!(*both.control, b"control key");
        }
        let alone = safe.both(&officer("ada"), &officer("ada"));
        assert!(matches!(alone, Err(KeyHouseError::SameOfficer(_))));
        let wrong = Entrusted { login: "ada".to_owned(), password: "guessed".to_owned().into() };
        assert!(matches!(safe.desk(&wrong), Err(KeyHouseError::NotOpened(login)) if login == "ada"));
        assert!(matches!(safe.both(&officer("ben"), &wrong), Err(KeyHouseError::NotOpened(_))));
        assert!(matches!(safe.desk(&officer("eve")), Err(KeyHouseError::NotOpened(_))));
    }

    #[test]
    fn two_admit_and_dismiss_without_the_others_passwords() {
        let folder = tempfile::tempdir().expect("a folder");
        let (mut safe, mut rng) = made(folder.path());
        safe.admit((&officer("ada"), &officer("ben")), &officer("dee"), &mut rng).expect("two officers");
        assert!(safe.both(&officer("dee"), &officer("cy")).is_ok());
        safe.dismiss((&officer("dee"), &officer("cy")), "ada", &mut rng).expect("two officers");
        assert!(safe.desk(&officer("ada")).is_err());
        assert!(safe.both(&officer("ben"), &officer("dee")).is_ok());
        safe.dismiss((&officer("dee"), &officer("cy")), "ben", &mut rng).expect("two officers");
        let last = safe.dismiss((&officer("dee"), &officer("cy")), "cy", &mut rng);
        assert!(matches!(last, Err(KeyHouseError::TwoNeeded)));
        assert_eq!(safe.officers().collect::<Vec<_>>(), ["cy", "dee"]);
        assert_eq!(Safe::open(&folder.path().join("keys.safe")).expect("written").officers().count(), 2);
    }

    #[test]
    fn any_flipped_byte_is_found_and_nothing_panics() {
        let folder = tempfile::tempdir().expect("a folder");
        made(folder.path());
        let path = folder.path().join("keys.safe");
        let bytes = fs::read(&path).expect("written");
        for place in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[place] ^= 1;
            fs::write(&path, &damaged).expect("written");
            let Ok(safe) = Safe::open(&path) else { continue };
            let all = ["ada", "ben", "cy"].map(|login| safe.desk(&officer(login)).is_ok());
            let pairs = [("ada", "ben"), ("ada", "cy"), ("ben", "cy")]
                .map(|(one, other)| safe.both(&officer(one), &officer(other)).is_ok());
            assert!(!all.iter().chain(&pairs).all(|opened| *opened), "byte {place}");
        }
        for length in 0..bytes.len() {
            fs::write(&path, &bytes[..length]).expect("written");
            assert!(Safe::open(&path).is_err(), "length {length}");
        }
    }

    #[test]
    fn one_officer_twice_or_alone_is_no_safe_and_one_that_is_there_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let mut make = |name: &str, officers: &[Entrusted]| {
            Safe::make(&folder.path().join(name), officers, Cost::TEST, &contents(), &mut rng).map(|_| ())
        };
        assert!(matches!(make("a", &[officer("ada")]), Err(KeyHouseError::TwoNeeded)));
        assert!(matches!(make("b", &[officer("ada"), officer("ada")]), Err(KeyHouseError::SameOfficer(_))));
        make("c", &[officer("ada"), officer("ben")]).expect("two");
        assert!(matches!(make("c", &[officer("ada"), officer("ben")]), Err(KeyHouseError::File { .. })));
    }
}
