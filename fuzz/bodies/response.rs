//! Whatever a card answers, the reader neither panics nor believes what is not proved.
//!
//! The first byte chooses how far a conversation gets before the input takes over: not at all, behind the published
//! authentication of AN12343 table 16, or behind that with a right MAC on every answer, so that the parsers after the
//! MAC are reached too.

use rand_core::{TryCryptoRng, TryRng};
use satchel_desfire::{Aid, Authenticated, CommMode, Error, FileNo, FrameSize, KeyNo, Records, Session, identify};
use satchel_hazmat::{AesKey, DesKey, cmac, truncate};
use satchel_transport::{Transport, TransportError};
use std::convert::Infallible;

/// How many commands an authenticated session is tried with.
const COMMANDS: u8 = 16;
/// The one of them that is answered without a MAC.
const OWN_KEY: u8 = 11;

const FILE: FileNo = FileNo::new(1);
const RND_A: u128 = 0xB04D_0787_C93E_E0CC_8CAC_C8E8_6F16_C6FE;
const CHALLENGE: u128 = 0x2467_7DDB_D463_49E6_2379_8FD7_2900_6E79;
const PROOF: [u128; 2] = [0x04C6_DBD6_7417_ED0D_31DD_DE4D_2E3F_FAC2, 0xB4B0_74F6_38EE_F7FF_F925_4963_B65C_7759];
const SESSION_MAC_KEY: u128 = 0x774F_2674_3ECE_6AF5_033B_6AE8_5229_46F6;
const TRANSACTION: [u8; 4] = [0x8C, 0xF1, 0x41, 0xF3];

/// Has the conversation that the input describes.
pub fn run(input: &[u8]) {
    let [how, which, rest @ ..] = input else { return };
    match how % 3 {
        0 => plain(*which, &mut Card::new(rest, Proving::Nothing)),
        1 => {
            let brought = authenticated(*which, &mut Card::new(rest, Proving::Key));
            assert!(brought.is_err() || which % COMMANDS == OWN_KEY, "nothing in these answers is proved");
        }
        _ => drop(authenticated(*which, &mut Card::new(rest, Proving::Answers))),
    }
}

fn plain(which: u8, card: &mut Card<'_>) {
    if which.is_multiple_of(11) {
        let _ = identify(card);
        return;
    }
    let mut session = Session::new(card, FrameSize::from_ats(&[2, which]));
    let _ = match which % 11 {
        1 => session.get_version().map(drop),
        2 => session.free_mem().map(drop),
        3 => session.get_application_ids().map(drop),
        4 => session.get_key_settings().map(drop),
        5 => session.get_key_version(KeyNo::new(0)).map(drop),
        6 => session.get_file_ids().map(drop),
        7 => session.get_file_settings(FILE).map(drop),
        8 => session.get_value(FILE).map(drop),
        9 => session.read_data(FILE, 0, 0).map(drop),
        10 => session.authenticate_legacy(KeyNo::new(0), &DesKey::zeros(), &mut Published).map(drop),
        _ => session.select_application(Aid::PICC),
    };
}

fn authenticated(which: u8, card: &mut Card<'_>) -> Result<(), Error> {
    let session = Session::new(card, FrameSize::default())
        .authenticate_ev2_first(KeyNo::new(0), &AesKey::zeros(), &mut Published)
        .expect("the published card proves its key");
    command(which, session)
}

fn command(which: u8, session: Session<'_, Authenticated>) -> Result<(), Error> {
    const FULL: CommMode = CommMode::Full;
    const MAC: CommMode = CommMode::Mac;
    match which % COMMANDS {
        0 => session.get_file_settings(FILE).map(drop),
        1 => session.get_application_ids().map(drop),
        2 => session.get_key_settings().map(drop),
        3 => session.get_card_uid().map(drop),
        4 => session.get_value(FILE, FULL).map(drop),
        5 => session.get_value(FILE, MAC).map(drop),
        6 => session.read_data(FILE, FULL, 0, 0).map(drop),
        7 => session.read_data(FILE, MAC, 0, 12).map(drop),
        8 => session.read_records(FILE, FULL, Records { first: 0, count: 0 }, 31).map(drop),
        9 => session.commit_transaction_with_tmac().map(drop),
        10 => session.commit_reader_id(&[0; 16]).map(drop),
        OWN_KEY => session.change_own_key(&AesKey::zeros(), 0).map(drop),
        12 => session.write_data(FILE, FULL, 0, &[0; 200]).map(drop),
        13 => Ok(session.authenticate_ev2_non_first(KeyNo::new(0), &AesKey::zeros(), &mut Published).map(drop)?),
        14 => session.free_mem().map(drop),
        _ => session.get_file_ids().map(drop),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Proving {
    Nothing,
    Key,
    Answers,
}

/// Gives the input's bytes, each answer led by its length.
struct Card<'i> {
    input: &'i [u8],
    proving: Proving,
    asked: u16,
}

impl<'i> Card<'i> {
    fn new(input: &'i [u8], proving: Proving) -> Self {
        Self { input, proving, asked: 0 }
    }

    fn next(&mut self) -> Option<&'i [u8]> {
        let (length, rest) = self.input.split_first()?;
        let (answer, rest) = rest.split_at(usize::from(*length).min(rest.len()));
        self.input = rest;
        Some(answer)
    }

    fn maced(&self, answer: &[u8]) -> Vec<u8> {
        let counter = self.asked - 2;
        let key = AesKey::take(&mut SESSION_MAC_KEY.to_be_bytes());
        let mac = truncate(&cmac(&key, &[&[0], &counter.to_le_bytes(), &TRANSACTION, answer]));
        [answer, &mac, &[0x91, 0x00]].concat()
    }
}

impl Transport for Card<'_> {
    fn transceive(&mut self, _command: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.asked = self.asked.saturating_add(1);
        if self.proving != Proving::Nothing && self.asked == 1 {
            return Ok([&CHALLENGE.to_be_bytes()[..], &[0x91, 0xAF]].concat());
        }
        if self.proving != Proving::Nothing && self.asked == 2 {
            return Ok([&PROOF[0].to_be_bytes()[..], &PROOF[1].to_be_bytes(), &[0x91, 0x00]].concat());
        }
        let answer = self.next().ok_or(TransportError::CardGone)?;
        Ok(if self.proving == Proving::Answers { self.maced(answer) } else { answer.to_vec() })
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        Ok(())
    }
}

/// The reader's challenge of the published trace.
struct Published;

impl TryRng for Published {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(0)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(0)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.iter_mut().zip(RND_A.to_be_bytes().iter().cycle()).for_each(|(byte, chosen)| *byte = *chosen);
        Ok(())
    }
}

impl TryCryptoRng for Published {}
