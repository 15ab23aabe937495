//! A card of paper: it proves that it holds a key, and answers each command with what a test wrote down, protected as
//! EV2 wants it. Written from the data sheet, apart from the code under test.
#![allow(dead_code, reason = "each test file uses its part")]

pub mod commands;
pub mod fresh;

use rand_core::{TryCryptoRng, TryRng};
use satchel_hazmat::{AesKey, cbc_decrypt, cbc_encrypt, cmac, encrypt_block, truncate};
use satchel_transport::{Transport, TransportError};
use std::collections::VecDeque;
use std::convert::Infallible;

/// Answers what it was told to, in order, whatever it is asked, and remembers that.
#[derive(Default)]
pub struct Script {
    pub answers: VecDeque<Vec<u8>>,
    pub sent: Vec<Vec<u8>>,
}

impl Script {
    pub fn of(answers: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Self { answers: answers.into_iter().collect(), sent: Vec::new() }
    }

    /// One answer in these frames.
    pub fn frames(frames: &[&[u8]]) -> Self {
        let last = frames.len() - 1;
        let status = |place| [0x91, if place == last { 0x00 } else { 0xAF }];
        Self::of(frames.iter().enumerate().map(|(place, frame)| [frame, &status(place)[..]].concat()))
    }
}

impl Transport for Script {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.sent.push(command.to_vec());
        self.answers.pop_front().ok_or(TransportError::CardGone)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        Ok(())
    }
}

/// How an answer travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Bare(&'static [u8]),
    Maced(&'static [u8]),
    Full(&'static [u8]),
}

pub const KEY: [u8; 16] = *b"a key for a test";
pub const TRANSACTION: [u8; 4] = [0xDE, 0xAD, 0xBE, 0xEF];
const RND_B: [u8; 16] = *b"challenge by PIC";

type Damage = Box<dyn FnMut(usize, Vec<u8>) -> Vec<u8>>;

/// The card: EV2 authentications with [`KEY`], then the prepared answers. `damage` sees each response with its number.
pub struct PaperCard {
    answers: VecDeque<Answer>,
    damage: Damage,
    keys: Option<(AesKey, AesKey)>,
    step: Option<u8>,
    counter: u16,
    /// The first of the capabilities the card tells of.
    pub capability: u8,
    pub sent: Vec<Vec<u8>>,
    pub exchanged: Vec<(usize, usize)>,
}

impl PaperCard {
    pub fn with(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self::damaged(answers, |_, response| response)
    }

    pub fn damaged(
        answers: impl IntoIterator<Item = Answer>,
        damage: impl FnMut(usize, Vec<u8>) -> Vec<u8> + 'static,
    ) -> Self {
        Self {
            answers: answers.into_iter().collect(),
            damage: Box::new(damage),
            keys: None,
            step: None,
            counter: 0,
            capability: 0,
            sent: Vec::new(),
            exchanged: Vec::new(),
        }
    }

    fn respond(&mut self, command: &[u8]) -> Vec<u8> {
        match (command[1], self.step.take()) {
            (first @ (0x71 | 0x77), None) => {
                self.step = Some(first);
                let mut challenge = RND_B;
                encipher(&key(), [0; 16], &mut challenge);
                [&challenge[..], &[0x91, 0xAF]].concat()
            }
            (0xAF, Some(first)) => self.prove(first, &command[5..command.len() - 1]),
            _ => self.answer(),
        }
    }

    fn prove(&mut self, first: u8, token: &[u8]) -> Vec<u8> {
        let mut token: [u8; 32] = token.try_into().expect("a token is 32 bytes");
        decipher(&key(), [0; 16], &mut token);
        let (rnd_a, shown) = token.split_at(16);
        let mut rotated = RND_B;
        rotated.rotate_left(1);
        if shown != rotated {
            return vec![0x91, 0xAE];
        }
        let rnd_a: [u8; 16] = rnd_a.try_into().expect("half of 32");
        self.keys = Some((session_key([0xA5, 0x5A], &rnd_a), session_key([0x5A, 0xA5], &rnd_a)));
        let mut proof = rnd_a;
        proof.rotate_left(1);
        if first == 0x77 {
            encipher(&key(), [0; 16], &mut proof);
            return [&proof[..], &[0x91, 0x00]].concat();
        }
        self.counter = 0;
        let mut message = [0; 32];
        message[..4].copy_from_slice(&TRANSACTION);
        message[4..20].copy_from_slice(&proof);
        message[20] = self.capability;
        encipher(&key(), [0; 16], &mut message);
        [&message[..], &[0x91, 0x00]].concat()
    }

    fn answer(&mut self) -> Vec<u8> {
        let Some(answer) = self.answers.pop_front() else { return vec![0x91, 0x1C] };
        if self.keys.is_some() {
            self.counter = self.counter.checked_add(1).expect("tests are short");
        }
        match answer {
            Answer::Bare(data) => [data, &[0x91, 0x00]].concat(),
            Answer::Maced(data) => self.maced(data),
            Answer::Full(data) => {
                let mut data = data.to_vec();
                data.push(0x80);
                data.resize(data.len().next_multiple_of(16), 0);
                let (enc, _) = self.keys.as_ref().expect("a session is open");
                encipher(enc, self.iv(enc), &mut data);
                self.maced(&data)
            }
        }
    }

    fn iv(&self, enc: &AesKey) -> [u8; 16] {
        let mut block = [0; 16];
        block[..2].copy_from_slice(&[0x5A, 0xA5]);
        block[2..6].copy_from_slice(&TRANSACTION);
        block[6..8].copy_from_slice(&self.counter.to_le_bytes());
        encrypt_block(enc, block)
    }

    fn maced(&self, data: &[u8]) -> Vec<u8> {
        let (_, mac) = self.keys.as_ref().expect("a session is open");
        let mac = truncate(&cmac(mac, &[&[0], &self.counter.to_le_bytes(), &TRANSACTION, data]));
        [data, &mac, &[0x91, 0x00]].concat()
    }
}

impl Transport for PaperCard {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let response = self.respond(command);
        let number = self.exchanged.len();
        self.sent.push(command.to_vec());
        self.exchanged.push((command.len(), response.len()));
        Ok((self.damage)(number, response))
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        Ok(())
    }
}

pub fn key() -> AesKey {
    AesKey::take(&mut { KEY })
}

fn session_key(label: [u8; 2], a: &[u8; 16]) -> AesKey {
    let b = RND_B;
    let mixed: Vec<u8> = (0..6).map(|i| a[2 + i] ^ b[i]).collect();
    let parts = [&label[..], &[0, 1, 0, 0x80], &a[..2], &mixed, &b[6..], &a[8..]];
    AesKey::take(&mut cmac(&key(), &parts))
}

fn encipher(key: &AesKey, iv: [u8; 16], data: &mut [u8]) {
    assert!(cbc_encrypt(key, &iv, data));
}

fn decipher(key: &AesKey, iv: [u8; 16], data: &mut [u8]) {
    assert!(cbc_decrypt(key, &iv, data));
}

/// "Random" bytes that a test chose, over and over.
pub struct Chosen(pub Vec<u8>);

impl TryRng for Chosen {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes).map(|()| u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes).map(|()| u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.iter_mut().zip(self.0.iter().cycle()).for_each(|(byte, chosen)| *byte = *chosen);
        Ok(())
    }
}

impl TryCryptoRng for Chosen {}

pub fn rng() -> Chosen {
    Chosen(b"reader's dice...".to_vec())
}
