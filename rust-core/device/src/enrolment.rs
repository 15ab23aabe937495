//! Enrolment without any line between the two: codes that one screen shows and the other's camera reads.
//!
//! ```text
//! head office                                        device
//! Invitation (terminal, place, head office's key) ─→ makes its secrets, keeps them under its seal
//!                                                 ←─ Answer (public keys, signed)
//! Admission (masters for signing on, packages;
//!            sealed to the device, signed)        ─→ set up
//! ```
//!
//! The device's secrets never leave it, so nothing that travels is worth stealing. Both sides show [`Answer::check`]: whoever
//! carries an answer by post or telephone sees that it is the one that was sent.

use crate::setup::{office_key, secret_bytes};
use crate::{DeviceError, Secrets, SetUp, base45};
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use satchel_journal::JournalPublicKey;
use satchel_keys::{AgreementPublic, KeyRing, PinCost};
use satchel_packages::{OfficeKey, OfficePublicKey, Signed};
use satchel_values::TerminalId;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// What the texts of the codes begin with.
const INVITATION_MARK: &str = "SATCHEL-INVITATION1:";
const ANSWER_MARK: &str = "SATCHEL-ANSWER1:";
const ADMISSION_MARK: &str = "SATCHEL-ADMISSION1:";
/// What an admission as a file begins with.
const ADMISSION_FILE: &[u8] = b"satchel admission 1\n";
/// Purposes of signatures and seals.
const ANSWERING: &str = "enrolment answer 1";
const ADMITTING: &str = "enrolment admission 1";
/// Bytes of an invitation or an answer at most, and of an admission.
const CODE_MOST: usize = 1_024;
const ADMISSION_MOST: usize = 64 * 1024 * 1024;
/// Bytes of an admission that still fit a QR code as text.
const QR_ADMISSION_MOST: usize = 2_840;
/// Letters of a name at most.
const NAME_MOST: usize = 60;

/// Head office asks a device to become a terminal. Holds nothing secret.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Invitation {
    /// The terminal it is to be.
    #[n(0)]
    pub terminal: TerminalId,
    /// Tells this invitation from every other.
    #[n(1)]
    nonce: ByteArray<16>,
    /// Head office's signature key: what admits the device is signed with it.
    #[cbor(n(2), with = "office_key")]
    pub office: OfficePublicKey,
    /// The chain, the place and the profile, as the person is to see them.
    #[n(3)]
    pub chain: String,
    /// Where it is to stand.
    #[n(4)]
    pub place: String,
    /// What it is to do.
    #[n(5)]
    pub profile: String,
}

/// Whom an invitation is for, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// The chain.
    pub chain: String,
    /// The place.
    pub place: String,
    /// The profile.
    pub profile: String,
}

/// A device's public keys, signed with one of them.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Answer {
    /// The terminal it is to be.
    #[n(0)]
    pub terminal: TerminalId,
    #[n(1)]
    nonce: ByteArray<16>,
    #[n(2)]
    bundle: ByteArray<32>,
    #[n(3)]
    journal: ByteArray<32>,
    #[n(4)]
    signature: ByteArray<64>,
}

/// What head office admits a device with.
#[derive(Debug, Encode, Decode)]
pub struct Admitted {
    /// The masters that signing on needs, as a [`KeyRing`] writes them.
    #[cbor(n(0), with = "minicbor::bytes")]
    sign_on: Vec<u8>,
    /// How hard deriving a key from a PIN is made.
    #[n(1)]
    pin_cost: PinCost,
    /// The packages, signed.
    #[n(2)]
    packages: Vec<Signed>,
    /// The catalogue, where there is one.
    #[cbor(n(3), with = "minicbor::bytes")]
    catalogue: Option<Vec<u8>>,
}

/// An admission as it travels.
#[derive(Encode, Decode)]
struct Admission {
    #[n(0)]
    terminal: TerminalId,
    #[n(1)]
    nonce: ByteArray<16>,
    #[cbor(n(2), with = "minicbor::bytes")]
    sealed: Vec<u8>,
    #[n(3)]
    signature: ByteArray<64>,
}

/// What head office handed out, told by how it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handed {
    /// To be answered.
    Invitation,
    /// The answer to an answer.
    Admission,
    /// Whatever else: a file that needs its code, or none at all.
    SetUp,
}

/// What a code's or a file's bytes are.
pub fn handed(bytes: &[u8]) -> Handed {
    if bytes.starts_with(INVITATION_MARK.as_bytes()) {
        Handed::Invitation
    } else if bytes.starts_with(ADMISSION_MARK.as_bytes()) || bytes.starts_with(ADMISSION_FILE) {
        Handed::Admission
    } else {
        Handed::SetUp
    }
}

impl Invitation {
    /// A new one.
    pub fn new(
        terminal: TerminalId,
        office: OfficePublicKey,
        invited: Invited,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Self {
        let mut nonce = [0; 16];
        rng.fill_bytes(&mut nonce);
        let short = |name: String| name.chars().take(NAME_MOST).collect();
        let (chain, place, profile) = (short(invited.chain), short(invited.place), short(invited.profile));
        Self { terminal, nonce: nonce.into(), office, chain, place, profile }
    }

    /// The text of its code.
    pub fn to_text(&self) -> String {
        text(INVITATION_MARK, self)
    }

    /// From the text of a code.
    ///
    /// # Errors
    /// It is none, or was not read whole.
    pub fn from_text(typed: &str) -> Result<Self, DeviceError> {
        from_text(typed, INVITATION_MARK, "the invitation")
    }

    /// What the device says to it.
    pub(crate) fn answer(&self, secrets: &Secrets) -> Answer {
        let journal = secrets.journal();
        let mut answer = Answer {
            terminal: self.terminal,
            nonce: self.nonce,
            bundle: secrets.bundle().public().0.into(),
            journal: journal.public().0.into(),
            signature: [0; 64].into(),
        };
        answer.signature = journal.attest(ANSWERING, &answer.signed()).into();
        answer
    }
}

impl Answer {
    /// The text of its code.
    pub fn to_text(&self) -> String {
        text(ANSWER_MARK, self)
    }

    /// From the text of a code, if it answers this invitation and is signed with the key it names.
    ///
    /// # Errors
    /// It is none, answers another invitation, or was changed on its way.
    pub fn from_text(typed: &str, invitation: &Invitation) -> Result<Self, DeviceError> {
        let answer: Self = from_text(typed, ANSWER_MARK, "the answer")?;
        if (answer.terminal, answer.nonce) != (invitation.terminal, invitation.nonce) {
            return Err(DeviceError::OtherInvitation(answer.terminal));
        }
        if !answer.journal_key().attests(ANSWERING, &answer.signed(), &answer.signature) {
            return Err(DeviceError::damaged("the answer", "its signature does not fit"));
        }
        Ok(answer)
    }

    /// What key bundles and the admission are sealed to.
    pub fn bundle_key(&self) -> AgreementPublic {
        AgreementPublic(*self.bundle)
    }

    /// What the journal will be signed with.
    pub fn journal_key(&self) -> JournalPublicKey {
        JournalPublicKey(*self.journal)
    }

    /// Six digits that both sides show.
    pub fn check(&self) -> String {
        let digest = Sha256::new().chain_update(b"satchel check 1").chain_update(self.signed()).finalize();
        let number = digest.iter().take(4).fold(0_u32, |number, byte| number << 8 | u32::from(*byte)) % 1_000_000;
        format!("{:03} {:03}", number / 1_000, number % 1_000)
    }

    fn signed(&self) -> Vec<u8> {
        [&self.terminal.get().to_be_bytes(), self.nonce.as_slice(), self.bundle.as_slice(), self.journal.as_slice()]
            .concat()
    }
}

impl Admitted {
    /// What a terminal is to have.
    pub fn new(sign_on: &KeyRing, pin_cost: PinCost, packages: Vec<Signed>, catalogue: Option<Vec<u8>>) -> Self {
        Self { sign_on: sign_on.to_bytes().to_vec(), pin_cost, packages, catalogue }
    }

    /// The file for the device that answered, sealed to it and signed.
    ///
    /// # Errors
    /// It is too much to seal.
    pub fn to_file(&self, answer: &Answer, key: &OfficeKey, rng: &mut dyn CryptoRng) -> Result<Vec<u8>, DeviceError> {
        let sealed = answer.bundle_key().seal(ADMITTING, &secret_bytes(self), rng)?;
        let mut admission =
            Admission { terminal: answer.terminal, nonce: answer.nonce, sealed, signature: [0; 64].into() };
        admission.signature = key.attest(ADMITTING, &admission.signed()).into();
        let body = minicbor::to_vec(&admission).expect("encoding into memory cannot fail");
        Ok([ADMISSION_FILE, &body].concat())
    }

    /// The text of a QR code that holds an admission's file; `None` if it is too large for one.
    pub fn qr_text(file: &[u8]) -> Option<String> {
        let body = file.strip_prefix(ADMISSION_FILE)?;
        (body.len() <= QR_ADMISSION_MOST).then(|| format!("{ADMISSION_MARK}{}", base45::encode(body)))
    }

    /// The set-up of the device with these secrets that was invited like this.
    pub(crate) fn set_up(file: &[u8], invitation: &Invitation, secrets: &Secrets) -> Result<SetUp, DeviceError> {
        const WHAT: &str = "head office's admission";
        if file.len() > ADMISSION_MOST {
            return Err(DeviceError::damaged(WHAT, "it is too large"));
        }
        let body = match file.strip_prefix(ADMISSION_FILE) {
            Some(body) => body.to_vec(),
            None => std::str::from_utf8(file)
                .ok()
                .and_then(|text| base45::decode(text.strip_prefix(ADMISSION_MARK)?))
                .ok_or_else(|| DeviceError::damaged(WHAT, "it was not read whole"))?,
        };
        let unreadable = |error: minicbor::decode::Error| DeviceError::damaged(WHAT, error.to_string());
        let admission: Admission = minicbor::decode(&body).map_err(unreadable)?;
        if (admission.terminal, admission.nonce) != (invitation.terminal, invitation.nonce) {
            return Err(DeviceError::OtherInvitation(admission.terminal));
        }
        if !invitation.office.attests(ADMITTING, &admission.signed(), &admission.signature) {
            return Err(DeviceError::damaged(WHAT, "it is not signed by the head office that invited this device"));
        }
        let inside = secrets.bundle().open(ADMITTING, &admission.sealed)?;
        let admitted: Self = minicbor::decode(&inside).map_err(unreadable)?;
        let sign_on = Zeroizing::new(admitted.sign_on);
        Ok(SetUp {
            terminal: invitation.terminal,
            secrets: secrets.with_sign_on(&sign_on),
            office: invitation.office.clone(),
            pin_cost: admitted.pin_cost,
            packages: admitted.packages,
            catalogue: admitted.catalogue,
        })
    }
}

impl Admission {
    fn signed(&self) -> Vec<u8> {
        [&self.terminal.get().to_be_bytes(), self.nonce.as_slice(), &self.sealed].concat()
    }
}

fn text(mark: &str, body: &impl Encode<()>) -> String {
    let body = minicbor::to_vec(body).expect("encoding into memory cannot fail");
    format!("{mark}{}", base45::encode(&body))
}

fn from_text<T: for<'b> Decode<'b, ()>>(typed: &str, mark: &str, what: &'static str) -> Result<T, DeviceError> {
    let body = typed.trim().strip_prefix(mark).filter(|rest| rest.len() <= CODE_MOST * 3 / 2);
    let body = body.ok_or_else(|| DeviceError::damaged(what, "it is another kind of code"))?;
    let bytes = base45::decode(body).ok_or_else(|| DeviceError::damaged(what, "it was not read whole"))?;
    let mut decoder = minicbor::Decoder::new(&bytes);
    let read = decoder.decode().map_err(|error| DeviceError::damaged(what, error.to_string()))?;
    if decoder.position() == bytes.len() { Ok(read) } else { Err(DeviceError::damaged(what, "something is left over")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha8Rng;
    use rand_core::SeedableRng;

    fn invitation(rng: &mut ChaCha8Rng) -> (OfficeKey, Invitation) {
        let key = OfficeKey::generate(rng);
        let words = Invited { chain: "Corner".to_owned(), place: "Harbour".to_owned(), profile: "Till".to_owned() };
        let invitation = Invitation::new(TerminalId::new(7), key.public(), words, rng);
        (key, invitation)
    }

    #[test]
    fn an_answer_is_read_back_and_one_changed_or_to_another_invitation_is_named() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let (_, invitation) = invitation(&mut rng);
        assert_eq!(Invitation::from_text(&invitation.to_text()).expect("read"), invitation);
        let answer = invitation.answer(&Secrets::generate(&KeyRing::new(), &mut rng));
        let sent = answer.to_text();
        assert!(sent.len() < 400, "a code any camera reads: {}", sent.len());
        assert_eq!(Answer::from_text(&sent, &invitation).expect("read").check(), answer.check());
        let (_, other) = self::invitation(&mut rng);
        assert!(matches!(Answer::from_text(&sent, &other), Err(DeviceError::OtherInvitation(_))));
        let body = base45::decode(&sent[ANSWER_MARK.len()..]).expect("base45");
        for place in 0..body.len() {
            let mut changed = body.clone();
            changed[place] ^= 1;
            let changed = format!("{ANSWER_MARK}{}", base45::encode(&changed));
            assert!(Answer::from_text(&changed, &invitation).is_err(), "byte {place}");
            let cut = format!("{ANSWER_MARK}{}", base45::encode(&body[..place]));
            assert!(Answer::from_text(&cut, &invitation).is_err(), "cut at {place}");
        }
        for text in ["", "SATCHEL1:AB", "https://example.org"] {
            assert!(Invitation::from_text(text).is_err() && Answer::from_text(text, &invitation).is_err(), "{text}");
        }
    }

    #[test]
    fn an_admission_serves_the_device_that_answered_alone_whole_and_signed_by_who_invited_it() {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let (key, invitation) = invitation(&mut rng);
        let secrets = Secrets::generate(&KeyRing::new(), &mut rng);
        let answer = invitation.answer(&secrets);
        let admitted = Admitted::new(&KeyRing::new(), PinCost::TEST, Vec::new(), Some(b"code,name".to_vec()));
        let file = admitted.to_file(&answer, &key, &mut rng).expect("sealed");
        let scanned = Admitted::qr_text(&file).expect("it fits");
        for carried in [file.as_slice(), scanned.as_bytes()] {
            assert_eq!(handed(carried), Handed::Admission);
            let set_up = Admitted::set_up(carried, &invitation, &secrets).expect("its own");
            assert_eq!((set_up.terminal, set_up.catalogue.as_deref()), (invitation.terminal, Some(&b"code,name"[..])));
        }
        let another = Secrets::generate(&KeyRing::new(), &mut rng);
        assert!(Admitted::set_up(&file, &invitation, &another).is_err(), "another device's secrets");
        let stranger = admitted.to_file(&answer, &OfficeKey::generate(&mut rng), &mut rng).expect("sealed");
        assert!(Admitted::set_up(&stranger, &invitation, &secrets).is_err(), "another head office's signature");
        for place in 0..file.len() {
            let mut changed = file.clone();
            changed[place] ^= 1;
            assert!(Admitted::set_up(&changed, &invitation, &secrets).is_err(), "byte {place}");
            assert!(Admitted::set_up(&file[..place], &invitation, &secrets).is_err(), "cut at {place}");
        }
    }
}
