use crate::KeyHouseError;
use crate::desk::TmacKeys;
use crate::safe::{Contents, Cost, Entrusted, Safe};
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use satchel_cards::{member, proof};
use satchel_hazmat::{AesKey, wipe_stack};
use satchel_journal::{Intent, Proof};
use satchel_keys::{KeyRing, KeyVersion, Role, RoleMaster};
use satchel_values::{SaleId, Uid};
use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use zeroize::{Zeroize, Zeroizing};

/// Bytes of a question or an answer at most.
const FRAME_MOST: u32 = 64 * 1024;

/// The transaction MAC's masters, in a store of their own. Nobody but the verifier's process opens it.
pub struct TmacMasters {
    safe: Safe,
}

impl TmacMasters {
    /// Makes the store.
    ///
    /// # Errors
    /// There is one, or too few officers.
    pub fn found(
        path: &Path,
        officers: &[Entrusted],
        cost: Cost,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, KeyHouseError> {
        let contents = Contents { desk: KeyRing::new().to_bytes(), control: Vec::new().into() };
        Ok(Self { safe: Safe::make(path, officers, cost, &contents, rng)? })
    }

    /// Opens the file; what is in it stays closed.
    ///
    /// # Errors
    /// There is none, or it is damaged.
    pub fn open(path: &Path) -> Result<Self, KeyHouseError> {
        Ok(Self { safe: Safe::open(path)? })
    }

    /// Two officers hand in a master.
    ///
    /// # Errors
    /// A password is wrong, or the file cannot be written.
    pub fn hand_in(
        &mut self,
        by: (&Entrusted, &Entrusted),
        master: RoleMaster,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), KeyHouseError> {
        let Contents { desk, control } = self.safe.both(by.0, by.1)?;
        let mut ring = KeyRing::from_bytes(&desk).map_err(|_| KeyHouseError::Damaged("the masters"))?;
        ring.insert(master);
        self.safe.fill(&Contents { desk: ring.to_bytes(), control }, rng)
    }

    /// Opened for service.
    ///
    /// # Errors
    /// The password is wrong.
    pub fn sign_on(&self, officer: &Entrusted) -> Result<Verifier, KeyHouseError> {
        let ring = KeyRing::from_bytes(&self.safe.desk(officer)?).map_err(|_| KeyHouseError::Damaged("the masters"))?;
        Ok(Verifier { ring })
    }
}

/// What the verifier says of a movement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Verdict {
    /// The card itself made it.
    #[n(0)]
    True,
    /// No card of ours made it.
    #[n(1)]
    False,
    /// There is no master of the version that is named.
    #[n(2)]
    NoKey,
}

/// What the verifier found of a movement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Checked {
    /// Whether the card itself made it.
    #[n(0)]
    pub verdict: Verdict,
    /// The reader id of the card's movement before it, which the card vouches for too; zeros before its first. Only if it is true.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub previous: Option<[u8; 16]>,
}

#[derive(Encode, Decode)]
enum Question {
    #[n(0)]
    Versions,
    #[n(1)]
    CardKey(#[n(0)] KeyVersion, #[n(1)] Uid),
    #[n(2)]
    Movement(#[n(0)] KeyVersion, #[n(1)] Box<Told>),
}

/// A movement as it was written down: all that its transaction MAC is checked by.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Told {
    /// Which movement.
    #[n(0)]
    pub id: SaleId,
    /// What the card was to do.
    #[n(1)]
    pub intent: Intent,
    /// What the card enciphered the reader before to; none for a card's first movement, which had none before it.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub enc_tmri: Option<[u8; 16]>,
    /// What the card answered.
    #[n(3)]
    pub proof: Proof,
}

#[derive(Encode, Decode)]
enum Answer {
    #[n(0)]
    Versions(#[n(0)] Vec<KeyVersion>),
    #[n(1)]
    CardKey(#[cbor(n(0), with = "minicbor::bytes")] Vec<u8>),
    #[n(2)]
    Checked(#[n(0)] Checked),
    #[n(3)]
    NotHeld,
}

/// Checks what cards vouch for. Its keys make any movement look true, so it runs as a process of its own, which the web
/// server cannot reach.
pub struct Verifier {
    ring: KeyRing,
}

impl Drop for Verifier {
    fn drop(&mut self) {
        wipe_stack();
    }
}

impl Verifier {
    /// Whether the card itself made a movement, and which it made before.
    pub fn movement(&self, version: KeyVersion, told: &Told) -> Checked {
        let Told { id, intent, enc_tmri, proof: done } = told;
        let Some(key) = self.key(version, &intent.card) else {
            return Checked { verdict: Verdict::NoKey, previous: None };
        };
        let nothing_before = || proof::enciphered_reader_id(&key, intent, done.tmc, &[0; 16]);
        let enc_tmri = enc_tmri.unwrap_or_else(nothing_before);
        if !proof::verify(&key, *id, intent, &enc_tmri, done) {
            return Checked { verdict: Verdict::False, previous: None };
        }
        let previous = proof::previous_reader_id(&key, intent, done.tmc, &enc_tmri);
        Checked { verdict: Verdict::True, previous: Some(previous) }
    }

    fn key(&self, version: KeyVersion, uid: &Uid) -> Option<AesKey> {
        self.ring.card_key(Role::Tmac, version, uid, *member::AID.bytes())
    }

    /// Answers at a socket that only its own user reaches, one line after another, until the process ends.
    ///
    /// # Errors
    /// The socket cannot be made.
    pub fn serve(&self, socket: &Path) -> io::Result<()> {
        match fs::remove_file(socket) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(socket)?;
        fs::set_permissions(socket, fs::Permissions::from_mode(0o600))?;
        std::thread::scope(|threads| {
            for line in listener.incoming() {
                let line = line?;
                threads.spawn(move || {
                    if let Err(error) = self.converse(line) {
                        log::warn!("a line to the verifier broke off: {error}");
                    }
                });
            }
            Ok(())
        })
    }

    fn converse(&self, mut line: UnixStream) -> io::Result<()> {
        while let Some(asked) = read_frame(&mut line)? {
            let question = minicbor::decode(&asked).map_err(io::Error::other)?;
            let mut answer = encoded(&self.answer(question));
            let written = write_frame(&mut line, &answer);
            answer.zeroize();
            written?;
        }
        Ok(())
    }

    fn answer(&self, question: Question) -> Answer {
        match question {
            Question::Versions => Answer::Versions(self.ring.versions(Role::Tmac)),
            Question::CardKey(version, uid) => {
                let key = self.key(version, &uid);
                log::info!("the key of card {uid} was given to the issuing desk");
                key.map_or(Answer::NotHeld, |key| Answer::CardKey(key.expose().to_vec()))
            }
            Question::Movement(version, told) => Answer::Checked(self.movement(version, &told)),
        }
    }
}

/// In the same process, for a demo and for tests.
impl TmacKeys for Verifier {
    fn versions(&mut self) -> Result<Vec<KeyVersion>, KeyHouseError> {
        Ok(self.ring.versions(Role::Tmac))
    }

    fn card_key(&mut self, version: KeyVersion, uid: &Uid) -> Result<AesKey, KeyHouseError> {
        self.key(version, uid).ok_or(KeyHouseError::NotHeld { role: Role::Tmac, version: version.get() })
    }

    fn movement(&mut self, version: KeyVersion, told: &Told) -> Result<Checked, KeyHouseError> {
        Ok(Self::movement(self, version, told))
    }
}

/// The line to a verifier in another process.
pub struct VerifierClient(UnixStream);

impl VerifierClient {
    /// Reaches it.
    ///
    /// # Errors
    /// It is not there.
    pub fn connect(socket: &Path) -> Result<Self, KeyHouseError> {
        UnixStream::connect(socket).map(Self).map_err(|error| KeyHouseError::Verifier(error.to_string()))
    }

    /// The versions it holds, newest first.
    ///
    /// # Errors
    /// It does not answer.
    pub fn versions(&mut self) -> Result<Vec<KeyVersion>, KeyHouseError> {
        match self.ask(&Question::Versions)? {
            Answer::Versions(versions) => Ok(versions),
            _ => Err(strange()),
        }
    }

    /// The key of a card that is being issued.
    ///
    /// # Errors
    /// It does not answer, or has no such version.
    pub fn card_key(&mut self, version: KeyVersion, uid: &Uid) -> Result<AesKey, KeyHouseError> {
        match self.ask(&Question::CardKey(version, *uid))? {
            Answer::CardKey(bytes) => {
                let bytes = Zeroizing::new(bytes);
                let mut key = Zeroizing::new([0; 16]);
                if bytes.len() != key.len() {
                    return Err(strange());
                }
                key.copy_from_slice(&bytes);
                Ok(AesKey::take(&mut key))
            }
            _ => Err(KeyHouseError::NotHeld { role: Role::Tmac, version: version.get() }),
        }
    }

    /// Whether the card itself made a movement.
    ///
    /// # Errors
    /// It does not answer.
    pub fn movement(&mut self, version: KeyVersion, told: &Told) -> Result<Checked, KeyHouseError> {
        match self.ask(&Question::Movement(version, Box::new(told.clone())))? {
            Answer::Checked(checked) => Ok(checked),
            _ => Err(strange()),
        }
    }

    fn ask(&mut self, question: &Question) -> Result<Answer, KeyHouseError> {
        let broken = |error: io::Error| KeyHouseError::Verifier(error.to_string());
        write_frame(&mut self.0, &encoded(question)).map_err(broken)?;
        let answer =
            read_frame(&mut self.0).map_err(broken)?.ok_or_else(|| broken(io::ErrorKind::UnexpectedEof.into()))?;
        minicbor::decode(&answer).map_err(|_| strange())
    }
}

fn strange() -> KeyHouseError {
    KeyHouseError::Verifier("its answer is of another version".to_owned())
}

fn encoded<T: Encode<()>>(message: &T) -> Vec<u8> {
    minicbor::to_vec(message).expect("encoding into memory cannot fail")
}

fn write_frame(line: &mut UnixStream, message: &[u8]) -> io::Result<()> {
    let length = u32::try_from(message.len()).map_err(io::Error::other)?;
    line.write_all(&length.to_be_bytes())?;
    line.write_all(message)
}

/// None at the end of the line.
fn read_frame(line: &mut UnixStream) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let mut length = [0; 4];
    match line.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let length = u32::from_be_bytes(length);
    if length > FRAME_MOST {
        return Err(io::Error::other(format!("a message of {length} bytes")));
    }
    let mut message = Zeroizing::new(vec![0; length as usize]);
    line.read_exact(&mut message)?;
    Ok(Some(message))
}
