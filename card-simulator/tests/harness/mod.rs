//! A card on trial: every command it gets is checked for what must hold of any command at all.
//!
//! It brings a reader's side of its own, enough to open a session and to protect a message, so that made-up commands
//! get past the card's first checks.
#![allow(dead_code, reason = "each user takes its part")]

use satchel_card_simulator::crypto::{self, Direction};
use satchel_card_simulator::{Card, CardConfig, FactoryKey};
use std::sync::OnceLock;

/// The application of the card on trial. Its keys, like the card's own, are zeros.
pub const AID: [u8; 3] = [0x01, 0x54, 0x53];
const KEY: [u8; 16] = [0; 16];
const RND_A: [u8; 16] = *b"the reader's die";
const ZERO_IV: [u8; 16] = [0; 16];

/// The shortest and the longest response APDU.
const RESPONSE: std::ops::RangeInclusive<usize> = 2..=261;
/// Frames that are fetched of one answer at most.
const FRAMES_MOST: usize = 1_024;

/// How a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Plain,
    Mac,
    Full,
}

/// A native command before its protection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    pub code: u8,
    pub mode: Mode,
    /// What always travels in clear.
    pub header: Vec<u8>,
    /// What is enciphered in [`Mode::Full`].
    pub data: Vec<u8>,
}

impl Command {
    pub fn new(code: u8, mode: Mode, header: &[u8], data: &[u8]) -> Self {
        Self { code, mode, header: header.to_vec(), data: data.to_vec() }
    }
}

/// Something done to the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// These bytes, whatever they are.
    Raw(Vec<u8>),
    /// A native command as it is, in ISO 7816 wrapping, in frames if it is long.
    Bare(Command),
    /// The same with the open session's protection; as it is where none is open.
    Protected(Command),
    /// A session with this key in the application on trial.
    Authenticate(u8),
    /// Selects the application, or with `None` the card itself.
    Select(Option<[u8; 3]>),
    /// The field is lost and found again.
    FieldOff,
}

/// A card, and the session that is open with it.
pub struct Trial {
    card: Card,
    /// The card as it would be without the field, after the last command.
    kept: Vec<u8>,
    session: Option<Session>,
    /// The second status byte of the last response.
    status: u8,
}

/// The reader's side of an EV2 session.
struct Session {
    enc_key: [u8; 16],
    mac_key: [u8; 16],
    ti: [u8; 4],
    counter: u16,
}

impl Trial {
    /// A card fresh from the factory.
    pub fn blank() -> Self {
        Self::of(Card::new(CardConfig::default()))
    }

    /// A card with an application of every kind of file: 1 to 5 for anybody, 6 to 10 for key 0 in every mode, and 15,
    /// the transaction MAC.
    pub fn made() -> Self {
        static MADE: OnceLock<Vec<u8>> = OnceLock::new();
        Self::of(Card::load(MADE.get_or_init(Self::make)).expect("a card's own image"))
    }

    fn make() -> Vec<u8> {
        let card = Card::new(CardConfig { picc_key: FactoryKey::AesZeros, ..CardConfig::default() });
        let mut trial = Self::of(card);
        trial.must(&Command::new(0xCA, Mode::Plain, &[&AID[..], &[0x0F, 0x83]].concat(), &[]));
        trial.select(Some(AID));
        for (first, rights, modes) in [(1, [0xEE, 0xEE], [0, 0, 0, 0, 0]), (6, [0x00, 0x00], [0, 1, 3, 1, 3])] {
            let limits = [0_i32, 1_000, 100].map(i32::to_le_bytes).concat();
            let kinds: [(u8, &[u8]); 5] = [
                (0xCD, &[64, 0, 0]),
                (0xCB, &[64, 0, 0]),
                (0xCC, &[&limits[..], &[0x01]].concat()),
                (0xC1, &[16, 0, 0, 4, 0, 0]),
                (0xC0, &[16, 0, 0, 4, 0, 0]),
            ];
            for (number, ((code, rest), mode)) in (first..).zip(kinds.into_iter().zip(modes)) {
                let header = [&[number, mode][..], &rights, rest].concat();
                trial.must(&Command::new(code, Mode::Plain, &header, &[]));
            }
        }
        trial.authenticate(0).expect("the key is zeros");
        trial.must(&Command::new(0xCE, Mode::Full, &[15, 1, 0x00, 0x0F, 0x02], &[7; 17]));
        trial.kept
    }

    fn of(card: Card) -> Self {
        Self { kept: kept(&card), card, session: None, status: 0 }
    }

    /// Does it, and insists on what must hold of anything at all.
    pub fn take(&mut self, step: &Step) {
        match step {
            Step::Raw(bytes) => {
                self.transmit(bytes);
                // Whatever it was, the card has counted it, or has ended the session.
                self.session = None;
            }
            Step::Bare(command) => {
                self.send(command.code, &[&command.header[..], &command.data].concat());
                self.session = None;
            }
            Step::Protected(command) => drop(self.protected(command)),
            Step::Authenticate(key) => drop(self.authenticate(*key)),
            Step::Select(application) => self.select(*application),
            Step::FieldOff => {
                self.card.field_off();
                self.session = None;
            }
        }
    }

    /// A command with its protection: the data of its answer, still protected, if the card did it.
    pub fn protected(&mut self, command: &Command) -> Option<Vec<u8>> {
        let data = match &self.session {
            Some(session) => session.protect(command),
            None => [&command.header[..], &command.data].concat(),
        };
        let answer = self.send(command.code, &data);
        match (&answer, &mut self.session) {
            (Some(_), Some(session)) => session.counter = session.counter.wrapping_add(1),
            _ => self.session = None,
        }
        answer
    }

    /// The same with the answer opened: for commands that answer enciphered.
    pub fn enciphered(&mut self, command: &Command) -> Option<Vec<u8>> {
        let answer = self.protected(command)?;
        let Session { enc_key, ti, counter, .. } = self.session.as_ref()?;
        let iv = crypto::message_iv(enc_key, Direction::Response, ti, *counter);
        let (data, _mac) = answer.split_last_chunk::<8>()?;
        crypto::unpad(&crypto::decrypt(enc_key, &iv, data)).map(<[u8]>::to_vec)
    }

    /// The second status byte of the response to a command with its protection.
    pub fn status(&mut self, command: &Command) -> u8 {
        self.protected(command);
        self.status
    }

    /// An APDU as it is; the whole response.
    pub fn raw(&mut self, apdu: &[u8]) -> Vec<u8> {
        self.session = None;
        self.transmit(apdu)
    }

    /// Opens a session in the application on trial.
    pub fn authenticate(&mut self, key: u8) -> Option<()> {
        self.session = None;
        let challenge =
            self.step(0x71, &[key, 0]).and_then(|response| response.strip_suffix(&[0x91, 0xAF]).map(<[u8]>::to_vec))?;
        let rnd_b: [u8; 16] = crypto::decrypt(&KEY, &ZERO_IV, &challenge).try_into().ok()?;
        let token = [&RND_A[..], &crypto::rotate_left(&rnd_b)].concat();
        let proof = self.step(0xAF, &crypto::encrypt(&KEY, &ZERO_IV, &token))?;
        let proof = crypto::decrypt(&KEY, &ZERO_IV, proof.strip_suffix(&[0x91, 0x00])?);
        let (enc_key, mac_key) = crypto::session_keys(&KEY, &RND_A, &rnd_b);
        self.session = Some(Session { enc_key, mac_key, ti: proof[..4].try_into().ok()?, counter: 0 });
        Some(())
    }

    /// Whatever happened before, the card answers the next good command: at most one is refused because something
    /// else was going on.
    pub fn assert_still_works(mut self) {
        let select = [0x90, 0x5A, 0x00, 0x00, 0x03, 0, 0, 0, 0x00];
        let refused = self.transmit(&select);
        assert!(refused == [0x91, 0x00] || refused == [0x91, 0xCA], "{refused:02X?}");
        assert_eq!(self.transmit(&select), [0x91, 0x00]);
        let free = self.transmit(&[0x90, 0x6E, 0x00, 0x00, 0x00]);
        assert!(free.len() == 5 && free.ends_with(&[0x91, 0x00]), "{free:02X?}");
        assert!(self.transmit(&[0x90, 0x60, 0x00, 0x00, 0x00]).ends_with(&[0x91, 0xAF]));
        self.card.field_off();
        assert!(self.transmit(&[0xFF, 0xCA, 0x00, 0x00, 0x00]).ends_with(&[0x90, 0x00]));
    }

    fn select(&mut self, application: Option<[u8; 3]>) {
        self.session = None;
        self.step(0x5A, &application.unwrap_or_default());
    }

    fn must(&mut self, command: &Command) {
        assert!(self.protected(command).is_some(), "{command:02X?} makes the card");
    }

    /// A whole command in frames of a reader that knows no better, and its whole answer; `None` if the card refused.
    fn send(&mut self, code: u8, data: &[u8]) -> Option<Vec<u8>> {
        const FRAME: usize = 54;
        let mut frames = data.chunks(FRAME);
        let mut response = self.step(code, frames.next().unwrap_or_default())?;
        for frame in frames {
            response = self.step(0xAF, frame)?;
        }
        let mut answer = Vec::new();
        for _ in 0..FRAMES_MOST {
            let status = response.split_off(response.len() - 2);
            answer.extend_from_slice(&response);
            match status[..] {
                [0x91, 0x00] => return Some(answer),
                // It waits for more of the command, of which there is no more.
                [0x91, 0xAF] if answer.is_empty() => return None,
                [0x91, 0xAF] => response = self.step(0xAF, &[])?,
                _ => return None,
            }
        }
        panic!("the card's answer does not end");
    }

    /// One frame; `None` if it cannot be wrapped.
    fn step(&mut self, code: u8, data: &[u8]) -> Option<Vec<u8>> {
        let length = u8::try_from(data.len()).ok()?;
        let body = if length == 0 { Vec::new() } else { [&[length][..], data].concat() };
        Some(self.transmit(&[&[0x90, code, 0x00, 0x00], &body[..], &[0x00]].concat()))
    }

    /// One APDU. The response has a length that a response can have, and what is refused has changed nothing that
    /// outlives the field.
    fn transmit(&mut self, apdu: &[u8]) -> Vec<u8> {
        let response = self.card.transmit(apdu);
        assert!(RESPONSE.contains(&response.len()), "{} bytes to {apdu:02X?}", response.len());
        self.status = response.last().copied().unwrap_or_default();
        let before = std::mem::replace(&mut self.kept, kept(&self.card));
        let done = [[0x91, 0x00], [0x91, 0xAF], [0x90, 0x00]].iter().any(|status| response.ends_with(status));
        if !done {
            assert_eq!(response.len(), 2, "a refusal carries no data: {response:02X?} to {apdu:02X?}");
            assert!(self.kept == before, "{response:02X?}, yet {apdu:02X?} changed the card");
        }
        response
    }
}

impl Session {
    /// Header, data and MAC as they travel.
    fn protect(&self, command: &Command) -> Vec<u8> {
        let Command { code, mode, header, data } = command;
        let data = match mode {
            Mode::Full if !data.is_empty() => {
                let iv = crypto::message_iv(&self.enc_key, Direction::Command, &self.ti, self.counter);
                crypto::encrypt(&self.enc_key, &iv, &crypto::pad(data))
            }
            _ => data.clone(),
        };
        let message = [&header[..], &data].concat();
        if *mode == Mode::Plain {
            return message;
        }
        let input = [&[*code][..], &self.counter.to_le_bytes(), &self.ti, &message].concat();
        [&message[..], &crypto::mac_t(&self.mac_key, &input)].concat()
    }
}

/// The card as it would be without the field.
fn kept(card: &Card) -> Vec<u8> {
    let mut copy = Card::load(&card.save()).expect("a card's own image");
    copy.field_off();
    copy.save()
}
