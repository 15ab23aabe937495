//! The card: commands in, responses out.

use crate::apdu::Apdu;
use crate::application::{Application, Cipher, Key, Picc};
use crate::auth::AuthStep;
use crate::commands::{self, Command};
use crate::file::{Change, CommMode};
use crate::secure::{Channel, Session};
use crate::status::Status;
use minicbor::{Decode, Encode};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Bytes of data that one command may have, over all its frames.
const COMMAND_MOST: usize = 8_192 + 64;
/// The ISO name that selects the card itself.
const PICC_NAME: [u8; 7] = [0xD2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x00];

/// Which generation the card says it is of. Both do the same here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(index_only)]
pub enum Generation {
    /// DESFire EV2.
    #[default]
    #[n(2)]
    Ev2,
    /// DESFire EV3.
    #[n(3)]
    Ev3,
}

/// What the card's master key is when it leaves the factory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(index_only)]
pub enum FactoryKey {
    /// A DES key of zeros: as cards are delivered.
    #[default]
    #[n(0)]
    DesZeros,
    /// An AES key of zeros: as cards are that somebody has used with AES before.
    #[n(1)]
    AesZeros,
}

/// What a card is like before anybody uses it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct CardConfig {
    /// The fixed identifier.
    #[n(0)]
    pub uid: [u8; 7],
    /// Repeats the card's challenges and transaction identifiers.
    #[n(1)]
    pub seed: u64,
    /// Memory for applications and files, in bytes.
    #[n(2)]
    pub memory_bytes: u32,
    /// The frame size (FSC) that the ATS tells: 16, 24, 32, 40, 48, 64, 96, 128 or 256.
    #[n(3)]
    pub frame_size: u16,
    /// The generation.
    #[n(4)]
    pub generation: Generation,
    /// The master key.
    #[n(5)]
    pub picc_key: FactoryKey,
}

impl Default for CardConfig {
    fn default() -> Self {
        Self {
            uid: [0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40],
            seed: 0,
            memory_bytes: 8_192,
            frame_size: 64,
            generation: Generation::Ev2,
            picc_key: FactoryKey::DesZeros,
        }
    }
}

/// A software DESFire card.
#[derive(Debug)]
pub struct Card {
    pub(crate) config: CardConfig,
    pub(crate) picc: Picc,
    pub(crate) volatile: Volatile,
    /// How many numbers were drawn, so that a stored card goes on where it was.
    pub(crate) draws: u64,
    pub(crate) rng: ChaCha8Rng,
    pub(crate) file: Option<PathBuf>,
}

/// What a loss of the field takes away.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub(crate) struct Volatile {
    /// The selected application; zeros for the card itself.
    #[n(0)]
    pub selected: [u8; 3],
    #[n(1)]
    pub session: Option<Session>,
    #[n(2)]
    pub transaction: Transaction,
    #[n(3)]
    pub waiting: Option<Waiting>,
    /// The identifier shown instead of the fixed one, where the card is configured so.
    #[n(4)]
    pub random_id: Option<[u8; 4]>,
}

/// What is pending until a commit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub(crate) struct Transaction {
    #[n(0)]
    pub changes: BTreeMap<u8, Change>,
    /// The transaction MAC's input.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub input: Vec<u8>,
    /// The reader id committed in this transaction.
    #[n(2)]
    pub reader_id: Option<[u8; 16]>,
}

/// What the next additional frame continues.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) enum Waiting {
    #[n(0)]
    Authentication(#[n(0)] AuthStep),
    /// A command whose data has not come whole.
    #[n(1)]
    Command(#[n(0)] u8, #[cbor(n(1), with = "minicbor::bytes")] Vec<u8>),
    /// An answer that did not fit one frame: the frames left, first one next.
    #[n(2)]
    Answer(#[n(0)] Vec<Vec<u8>>),
}

/// What a command answers.
pub(crate) enum Answer {
    /// Data, not yet secured, for one frame or as many as it takes.
    Data(Vec<u8>, CommMode),
    /// Items of so many bytes each, not yet secured, none of which is cut in two by a frame's end.
    Items(Vec<u8>, usize),
    /// Data in frames of a given cut, not yet secured.
    Frames(Vec<Vec<u8>>),
    /// Data to go as it is, and the status; the session is not touched by it.
    Bare(Vec<u8>, Status),
}

impl Card {
    /// A card fresh from the factory.
    pub fn new(config: CardConfig) -> Self {
        let cipher = match config.picc_key {
            FactoryKey::DesZeros => Cipher::Des,
            FactoryKey::AesZeros => Cipher::Aes,
        };
        let picc = Picc {
            master: Key::default(),
            cipher,
            settings: 0x0F,
            applications: Vec::new(),
            configuration: 0,
            default_key: Key::default(),
        };
        let rng = ChaCha8Rng::seed_from_u64(config.seed);
        Self { config, picc, volatile: Volatile::default(), draws: 0, rng, file: None }
    }

    /// The fixed identifier.
    pub const fn uid(&self) -> &[u8; 7] {
        &self.config.uid
    }

    /// The field is lost: the session and everything pending are forgotten.
    pub fn field_off(&mut self) {
        self.volatile = Volatile::default();
    }

    /// One command APDU in, one response APDU out.
    pub fn transmit(&mut self, command: &[u8]) -> Vec<u8> {
        match Apdu::parse(command) {
            Apdu::Uid => with_status(self.shown_id(), [0x90, 0x00]),
            Apdu::Ats => with_status(self.ats(), [0x90, 0x00]),
            Apdu::Native { code, data } => self.native(code, data),
            Apdu::SelectName(name) if name == PICC_NAME => self.iso_select_picc(),
            Apdu::SelectName(name) => self.iso_select(|application| application.iso_name == name && !name.is_empty()),
            Apdu::SelectId(0x3F00) => self.iso_select_picc(),
            Apdu::SelectId(id) => self.iso_select(|application| application.iso_id == Some(id)),
            Apdu::Refused(status) => status.to_vec(),
        }
    }

    /// Random bytes for challenges and identifiers.
    pub(crate) fn random<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.rng.fill_bytes(&mut bytes);
        self.draws += 1;
        bytes
    }

    /// Another application, or the card itself: the session and everything pending are forgotten.
    pub(crate) fn select(&mut self, aid: [u8; 3]) {
        let random_id = self.volatile.random_id;
        self.volatile = Volatile { selected: aid, random_id, ..Volatile::default() };
    }

    /// Forgets the session and everything pending, and keeps the selection.
    pub(crate) fn drop_session(&mut self) {
        self.select(self.volatile.selected);
    }

    pub(crate) const fn on_picc_level(&self) -> bool {
        matches!(self.volatile.selected, [0, 0, 0])
    }

    /// The selected application; refused where the card itself is selected.
    pub(crate) fn application(&self) -> Result<&Application, Status> {
        if self.on_picc_level() {
            return Err(Status::PermissionDenied);
        }
        self.picc.application(self.volatile.selected)
    }

    /// The same, to be changed.
    pub(crate) fn application_mut(&mut self) -> Result<&mut Application, Status> {
        if self.on_picc_level() {
            return Err(Status::PermissionDenied);
        }
        self.picc.application_mut(self.volatile.selected)
    }

    fn native(&mut self, code: u8, data: &[u8]) -> Vec<u8> {
        let before = self.file.is_some().then(|| self.picc.clone());
        let answer = self.step(code, data);
        let response = match answer {
            Ok(answer) => self.respond(answer),
            Err(status) => {
                self.drop_session();
                vec![0x91, status as u8]
            }
        };
        match before {
            Some(before) if before != self.picc && self.store().is_err() => {
                // What could not be kept did not happen.
                self.picc = before;
                self.drop_session();
                vec![0x91, 0xEE]
            }
            _ => response,
        }
    }

    fn step(&mut self, code: u8, data: &[u8]) -> Result<Answer, Status> {
        match (self.volatile.waiting.take(), code) {
            (Some(Waiting::Authentication(step)), 0xAF) => self.continue_authentication(step, data),
            (Some(Waiting::Command(..)), 0xAF) if data.is_empty() => Err(Status::LengthError),
            (Some(Waiting::Command(code, mut collected)), 0xAF) => {
                collected.extend(data);
                if collected.len() > COMMAND_MOST {
                    return Err(Status::LengthError);
                }
                self.complete(code, collected)
            }
            (Some(Waiting::Answer(frames)), 0xAF) if data.is_empty() => Ok(self.next_frame(frames)),
            (Some(_), _) => Err(Status::CommandAborted),
            (None, 0xAF) => Err(Status::IllegalCommand),
            (None, _) => self.complete(code, data.to_vec()),
        }
    }

    /// Runs the command if all its data is here; asks for more otherwise.
    fn complete(&mut self, code: u8, data: Vec<u8>) -> Result<Answer, Status> {
        let command = Command::from_code(code).ok_or(Status::IllegalCommand)?;
        if let Some(expected) = self.expected_length(command, &data)?
            && data.len() < expected
        {
            self.volatile.waiting = Some(Waiting::Command(code, data));
            return Ok(Answer::Bare(Vec::new(), Status::AdditionalFrame));
        }
        commands::run(self, command, code, &data)
    }

    fn respond(&mut self, answer: Answer) -> Vec<u8> {
        match answer {
            Answer::Bare(data, status) => with_status(data, [0x91, status as u8]),
            Answer::Data(data, mode) => {
                let secured = self.secure(&data, mode);
                self.first_frame(cut(&secured, self.frame_data()))
            }
            Answer::Items(items, size) => {
                let secured = self.secure(&items, CommMode::Mac);
                let frame = self.frame_data();
                self.first_frame(cut(&secured, frame - frame % size))
            }
            Answer::Frames(mut frames) => {
                let secured = self.secure(&frames.concat(), CommMode::Mac);
                let plain: usize = frames.iter().map(Vec::len).sum();
                if let Some(last) = frames.last_mut() {
                    last.extend(&secured[plain.min(secured.len())..]);
                }
                self.first_frame(frames)
            }
        }
    }

    fn first_frame(&mut self, frames: Vec<Vec<u8>>) -> Vec<u8> {
        match self.next_frame(frames) {
            Answer::Bare(data, status) => with_status(data, [0x91, status as u8]),
            Answer::Data(..) | Answer::Items(..) | Answer::Frames(_) => vec![0x91, Status::IllegalCommand as u8],
        }
    }

    fn next_frame(&mut self, mut frames: Vec<Vec<u8>>) -> Answer {
        let frame = frames.remove(0);
        if frames.is_empty() {
            return Answer::Bare(frame, Status::Ok);
        }
        self.volatile.waiting = Some(Waiting::Answer(frames));
        Answer::Bare(frame, Status::AdditionalFrame)
    }

    fn secure(&mut self, data: &[u8], mode: CommMode) -> Vec<u8> {
        match &mut self.volatile.session {
            Some(Session { channel: Channel::Ev2(ev2), .. }) => ev2.wrap(data, mode),
            Some(Session { channel: Channel::IsoDes(iso), .. }) => iso.wrap(data),
            Some(Session { channel: Channel::D40(_), .. }) | None => data.to_vec(),
        }
    }

    /// Bytes of data that one frame of an answer has room for.
    fn frame_data(&self) -> usize {
        usize::from(self.config.frame_size).max(16) - 5
    }

    fn iso_select_picc(&mut self) -> Vec<u8> {
        self.select([0; 3]);
        vec![0x90, 0x00]
    }

    fn iso_select(&mut self, wanted: impl Fn(&Application) -> bool) -> Vec<u8> {
        match self.picc.applications.iter().find(|application| wanted(application)).map(|found| found.aid) {
            Some(aid) => {
                self.select(aid);
                vec![0x90, 0x00]
            }
            None => vec![0x6A, 0x82],
        }
    }

    /// The identifier that anticollision shows.
    fn shown_id(&mut self) -> Vec<u8> {
        if !self.picc.hides_uid() {
            return self.config.uid.to_vec();
        }
        if self.volatile.random_id.is_none() {
            let [_, rest @ ..] = self.random::<4>();
            self.volatile.random_id = Some([0x08, rest[0], rest[1], rest[2]]);
        }
        self.volatile.random_id.map(Vec::from).unwrap_or_default()
    }

    /// TL, T0 with FSCI, TA (every rate both ways), TB (FWI 8, SFGI 1), TC (CID), one historical byte.
    fn ats(&self) -> Vec<u8> {
        const FRAME_SIZES: [u16; 9] = [16, 24, 32, 40, 48, 64, 96, 128, 256];
        let fsci = FRAME_SIZES.iter().rposition(|size| *size <= self.config.frame_size).unwrap_or(0);
        let fsci = u8::try_from(fsci).unwrap_or(5);
        vec![0x06, 0x70 | fsci, 0x77, 0x81, 0x02, 0x80]
    }
}

/// Frames of at most so many bytes; one of none for no data.
fn cut(data: &[u8], most: usize) -> Vec<Vec<u8>> {
    if data.is_empty() { vec![Vec::new()] } else { data.chunks(most).map(<[u8]>::to_vec).collect() }
}

fn with_status(mut data: Vec<u8>, status: [u8; 2]) -> Vec<u8> {
    data.extend(status);
    data
}
