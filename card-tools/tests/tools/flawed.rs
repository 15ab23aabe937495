//! Cards that are not in order, each in one way.

use crate::tree::{Tree, place};
use satchel_card_simulator::{Card, CardConfig, FactoryKey};
use satchel_transport::{Transport, TransportError};

/// The files of a member card.
const HISTORY: i64 = 2;
const PURSE: i64 = 3;
const TMAC: i64 = 15;

/// In a value file: upper limit, options, and what LimitedCredit may still give back.
const UPPER: i64 = 1;
const OPTIONS: i64 = 3;
const ALLOWANCE: i64 = 4;

/// One way of not being in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// What is pending is dropped by AuthenticateEV2NonFirst, the MAC's input with it.
    NonFirstDropsAll,
    /// What is pending is dropped by AuthenticateEV2NonFirst, and the MAC vouches for it all the same.
    NonFirstDropsMoney,
    /// ReadRecords does not enter the transaction MAC.
    ReadsLeftOut,
    /// The inquiry key may write the history.
    InquiryWrites,
    /// LimitedCredit gives 7.50 again and again.
    GivesForEver,
    /// Every commit counts twice.
    CountsTwice,
    /// The purse has no limit.
    NoLimit,
    /// A commit is forgotten if the field is lost right after it.
    ForgetsCommit,
    /// A finished card refuses a wrong key as if it had no right.
    WrongKeyIsDenied,
    /// CommitReaderID is not known.
    NoReaderId,
    /// GetVersion tells another number than the reader.
    TwoNumbers,
    /// A commit needs no reader id.
    CommitsForNobody,
    /// The purse is read without a session.
    TellsStrangers,
    /// The inquiry key is still the factory's.
    FactoryKeyStays,
    /// A refused question leaves the session and what is pending as they were.
    OutlivesRefusals,
}

/// A simulated card with a flaw.
pub struct Flawed {
    card: Card,
    flaw: Flaw,
    /// The last command's code, additional frames not counted.
    command: u8,
    before_commit: Option<Vec<u8>>,
    /// Whether the card has a transaction MAC file, and so everything else too.
    finished: bool,
}

impl Flawed {
    pub fn new(flaw: Flaw) -> Self {
        let config = CardConfig { picc_key: FactoryKey::AesZeros, ..CardConfig::default() };
        Self { card: Card::new(config), flaw, command: 0, before_commit: None, finished: false }
    }

    fn cut(&mut self, change: impl FnOnce(&mut Tree)) {
        let mut image = Tree::of(&self.card);
        change(&mut image);
        self.card = image.to_card();
    }

    /// What goes wrong inside the card after it has answered.
    fn go_wrong(&mut self, input_before: Tree) {
        self.finished |= self.command == 0xCE;
        match (self.flaw, self.command) {
            (Flaw::NonFirstDropsAll, 0x77) => self.cut(|image| {
                *image.at(&place::CHANGES) = Tree::Map(Vec::new());
                *image.at(&place::INPUT) = Tree::Bytes(Vec::new());
            }),
            (Flaw::NonFirstDropsMoney, 0x77) => {
                self.cut(|image| *image.at(&place::CHANGES) = Tree::Map(Vec::new()));
            }
            (Flaw::ReadsLeftOut, 0xAB) => self.cut(|image| *image.at(&place::INPUT) = input_before),
            (Flaw::InquiryWrites, 0xCE) => {
                self.cut(|image| *file(image, HISTORY, &[place::RIGHTS, 1]) = Tree::Number(1));
            }
            (Flaw::GivesForEver, 0xC7) => self.cut(|image| *in_content(image, PURSE, ALLOWANCE) = Tree::Number(7_50)),
            (Flaw::CountsTwice, 0xC7) => self.cut(|image| {
                let Tree::Number(tmc) = in_content(image, TMAC, 2) else { panic!("the counter is a number") };
                *tmc += 1;
            }),
            (Flaw::TellsStrangers, 0xCE) => self.cut(|image| *in_content(image, PURSE, OPTIONS) = Tree::Number(3)),
            (Flaw::FactoryKeyStays, 0xCE) => self.cut(|image| *image.at(&place::INQUIRY_KEY) = zeros()),
            (Flaw::NoLimit, 0xCE) => {
                self.cut(|image| *in_content(image, PURSE, UPPER) = Tree::Number(i64::from(i32::MAX)));
            }
            _ => {}
        }
    }

    /// What the reader hears instead.
    fn garble(&self, answer: Vec<u8>) -> Vec<u8> {
        match (self.flaw, self.command, answer.as_slice()) {
            (Flaw::WrongKeyIsDenied, 0x71, [0x91, 0xAE]) if self.finished => vec![0x91, 0x9D],
            (Flaw::NoReaderId, 0xC8, _) => vec![0x91, 0x1C],
            (Flaw::TwoNumbers, 0x60, [0x04, rest @ ..]) if answer.ends_with(&[0x91, 0x00]) => [&[0x05], rest].concat(),
            _ => answer,
        }
    }
}

impl Transport for Flawed {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        if let [0x90, code, ..] = command
            && *code != 0xAF
        {
            self.command = *code;
        }
        if self.command == 0xC7 {
            self.before_commit = Some(self.card.save());
            if self.flaw == Flaw::CommitsForNobody {
                self.cut(name_somebody);
            }
        }
        let input_before = Tree::of(&self.card).at(&place::INPUT).clone();
        let before = self.card.save();
        let answer = self.card.transmit(command);
        if answer.ends_with(&[0x91, 0x00]) {
            self.go_wrong(input_before);
        } else if self.flaw == Flaw::OutlivesRefusals && self.command == 0xF5 {
            self.card = Card::load(&before).expect("its own image");
        }
        Ok(self.garble(answer))
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        if let (Flaw::ForgetsCommit, 0xC7, Some(image)) = (self.flaw, self.command, self.before_commit.take()) {
            self.card = Card::load(&image).expect("its own image");
        }
        self.command = 0;
        self.card.field_off();
        Ok(())
    }
}

fn file<'i>(image: &'i mut Tree, number: i64, path: &[i64]) -> &'i mut Tree {
    image.at(&[&place::FILES[..], &[number], path].concat())
}

fn in_content(image: &mut Tree, number: i64, field: i64) -> &mut Tree {
    file(image, number, &[&place::CONTENT[..], &[field]].concat())
}

/// Puts a reader id under the transaction if there is none.
fn name_somebody(image: &mut Tree) {
    let Tree::Array(transaction) = image.at(&place::TRANSACTION) else { panic!("a transaction has parts") };
    if !matches!(transaction.get(2), Some(Tree::Array(_))) {
        transaction.truncate(2);
        transaction.push(zeros());
    }
}

fn zeros() -> Tree {
    Tree::Array(vec![Tree::Number(0); 16])
}
