//! Cards that are not in order, each in one way.

use crate::tree::{Tree, place};
use satchel_card_simulator::{Card, CardConfig, FactoryKey};
use satchel_transport::{Transport, TransportError};

/// The files of a member card.
const IDENTITY: i64 = 1;
const HISTORY: i64 = 2;
const PURSE: i64 = 3;
const POINTS: i64 = 4;
const TMAC: i64 = 15;

/// In a file's rights: no key at all.
const NEVER: i64 = 15;

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
    /// The last bit of a MAC may be any.
    MacMayBeWrong,
    /// A refusal leaves the session as it was, and drops what is pending.
    SessionOutlivesRefusals,
    /// A refusal ends the session, and leaves what is pending as it was.
    PendingOutlivesRefusals,
    /// The loss of the field changes nothing.
    OutlivesField,
    /// What is pending stays when the application is selected again.
    PendingOutlivesSelection,
    /// What is pending stays when a new session begins.
    PendingOutlivesFirst,
    /// AbortTransaction drops nothing.
    AbortsNothing,
    /// A Debit of a file that holds no value is answered as done, in ISO 7816's words.
    DebitsEverything,
    /// Once finished, the master key may not write the identity.
    IdentityIsFrozen,
}

/// A simulated card with a flaw.
pub struct Flawed {
    card: Card,
    flaw: Flaw,
    /// The last command's code, additional frames not counted.
    command: u8,
    /// Its first byte of data: a file's number, where it is about one.
    target: i64,
    /// The card's image before it.
    before: Tree,
    /// Whether the card has a transaction MAC file, and so everything else too.
    finished: bool,
}

impl Flawed {
    pub fn new(flaw: Flaw) -> Self {
        let config = CardConfig { picc_key: FactoryKey::AesZeros, ..CardConfig::default() };
        let card = Card::new(config);
        let before = Tree::of(&card);
        Self { card, flaw, command: 0, target: 0, before, finished: false }
    }

    fn cut(&mut self, change: impl FnOnce(&mut Tree)) {
        let mut image = Tree::of(&self.card);
        change(&mut image);
        self.card = image.to_card();
    }

    /// What goes wrong inside the card after it has answered.
    fn go_wrong(&mut self) {
        self.finished |= self.command == 0xCE;
        match (self.flaw, self.command) {
            (Flaw::NonFirstDropsAll, 0x77) => self.cut(|image| {
                *image.at(&place::CHANGES) = Tree::Map(Vec::new());
                *image.at(&place::INPUT) = Tree::Bytes(Vec::new());
            }),
            (Flaw::NonFirstDropsMoney, 0x77) => {
                self.cut(|image| *image.at(&place::CHANGES) = Tree::Map(Vec::new()));
            }
            (Flaw::ReadsLeftOut, 0xAB) => self.keep(&place::INPUT),
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
            (Flaw::PendingOutlivesFirst, 0x71) | (Flaw::AbortsNothing, 0xA7) => self.keep(&place::TRANSACTION),
            (Flaw::PendingOutlivesSelection, 0x5A) if self.stays() => self.keep(&place::TRANSACTION),
            (Flaw::IdentityIsFrozen, 0xCE) => {
                self.cut(|image| *file(image, IDENTITY, &[place::RIGHTS, 1]) = Tree::Number(NEVER));
            }
            (Flaw::NoLimit, 0xCE) => {
                self.cut(|image| *in_content(image, PURSE, UPPER) = Tree::Number(i64::from(i32::MAX)));
            }
            _ => {}
        }
    }

    /// What goes wrong inside the card after it has refused.
    fn go_wrong_refusing(&mut self) {
        match self.flaw {
            Flaw::SessionOutlivesRefusals => self.keep(&place::SESSION),
            Flaw::PendingOutlivesRefusals => self.keep(&place::TRANSACTION),
            _ => {}
        }
    }

    /// What lies there is as it was before the last command.
    fn keep(&mut self, place: &[i64]) {
        let kept = self.before.at(place).clone();
        self.cut(|image| *image.at(place) = kept);
    }

    /// Whether the last command left the application selected that was.
    fn stays(&mut self) -> bool {
        Tree::of(&self.card).at(&place::SELECTED) == self.before.at(&place::SELECTED)
    }

    /// What the reader hears instead.
    fn garble(&self, answer: Vec<u8>) -> Vec<u8> {
        match (self.flaw, self.command, answer.as_slice()) {
            (Flaw::WrongKeyIsDenied, 0x71, [0x91, 0xAE]) if self.finished => vec![0x91, 0x9D],
            (Flaw::NoReaderId, 0xC8, _) => vec![0x91, 0x1C],
            (Flaw::TwoNumbers, 0x60, [0x04, rest @ ..]) if answer.ends_with(&[0x91, 0x00]) => [&[0x05], rest].concat(),
            (Flaw::DebitsEverything, 0xDC, [0x91, _]) if ![PURSE, POINTS].contains(&self.target) => vec![0x90, 0x00],
            _ => answer,
        }
    }
}

impl Transport for Flawed {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        if let [0x90, code, _, _, data @ ..] = command
            && *code != 0xAF
        {
            self.command = *code;
            self.target = data.get(1).copied().unwrap_or_default().into();
            self.before = Tree::of(&self.card);
        }
        if (self.flaw, self.command) == (Flaw::CommitsForNobody, 0xC7) {
            self.cut(name_somebody);
        }
        let mut answer = self.card.transmit(command);
        if self.flaw == Flaw::MacMayBeWrong && answer == [0x91, 0x1E] {
            self.card = self.before.to_card();
            answer = self.card.transmit(&with_other_mac(command));
        }
        match answer.as_slice() {
            [.., 0x91, 0x00] => self.go_wrong(),
            [.., 0x91, 0xAF] => {}
            _ => self.go_wrong_refusing(),
        }
        Ok(self.garble(answer))
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        if (self.flaw, self.command) == (Flaw::ForgetsCommit, 0xC7) {
            self.card = self.before.to_card();
        }
        self.command = 0;
        if self.flaw != Flaw::OutlivesField {
            self.card.field_off();
        }
        Ok(())
    }
}

/// The command with the last bit of its MAC, which is before Le, turned over.
fn with_other_mac(command: &[u8]) -> Vec<u8> {
    let mut other = command.to_vec();
    if let Some(bit) = other.iter_mut().nth_back(1) {
        *bit ^= 1;
    }
    other
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
