//! Looking things up: what the journal says happened, which card and which member it was.

use crate::{Refusal, Terminal};
use satchel_journal::{
    Cash, CashKind, Entry, Intent, JournalError, Member, NotAppliedWhy, Operation, Record, Stage, ZReport,
};
use satchel_values::{Arithmetic, CardNumber, Money, Sequence, Timestamp, Uid};
use std::collections::HashSet;

/// Entries read at a time while looking.
const CHUNK: usize = 256;

/// Kinds of entries that say something by themselves; the others are outcomes of movements, or signatures.
const TELLING: [u8; 10] = [1, 8, 9, 10, 11, 12, 13, 14, 15, 16];
/// Kinds of entries that moved money, points or cards.
const MOVING: [u8; 2] = [1, 8];

/// What is looked for in the journal. All that is given must fit.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// Which entries.
    pub scope: Scope,
    /// The number, as receipts show it.
    pub number: Option<Sequence>,
    /// How much it is about.
    pub amount: Option<Money>,
    /// The last digits of a card: of its printed number, where that is known here, or of its chip's number in hex.
    pub card: Option<String>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Not after.
    pub until: Option<Timestamp>,
}

/// Which entries are looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scope {
    /// All that say something by themselves.
    #[default]
    Everything,
    /// Movements of cards and of cash.
    Movements,
}

/// An entry, and what became of it where it is a card's movement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The entry.
    pub entry: Entry,
    /// How much it is about, where it is about an amount. Never negative: its kind says the direction.
    pub amount: Option<Money>,
    /// What became of it; none where there is nothing to become.
    pub state: Option<MovementState>,
}

/// What became of a movement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MovementState {
    /// It happened.
    Done,
    /// It waits for its card, or for head office.
    Open(Stage),
    /// It did not happen.
    NotApplied(NotAppliedWhy),
}

impl Terminal {
    /// Entries that fit, newest first, before a number if one is given, at most so many.
    pub fn look_up(&self, search: &Search, before: Option<Sequence>, most: usize) -> Result<Vec<Found>, Refusal> {
        let kinds: &[u8] = match search.scope {
            Scope::Everything => &TELLING,
            Scope::Movements => &MOVING,
        };
        let cards = search.card.as_deref().map(|digits| self.cards_ending(digits)).transpose()?;
        let mut before = before.unwrap_or(Sequence::new(u32::MAX));
        if let Some(behind) = search.number.and_then(Sequence::next) {
            before = before.min(behind);
        }
        let mut found = Vec::new();
        while found.len() < most && search.number.is_none_or(|number| number < before) {
            let chunk = self.journal.entries_before(before, kinds, search.from, search.until, CHUNK)?;
            let Some(last) = chunk.last() else { break };
            before = last.sequence;
            for entry in chunk {
                if found.len() < most && search.fits(&entry, cards.as_ref())? {
                    found.push(self.told(entry)?);
                }
            }
        }
        Ok(found)
    }

    /// The movement with this number, for its receipt.
    pub fn movement(&self, sequence: Sequence) -> Result<Found, Refusal> {
        match self.journal.entry(sequence)? {
            Some(entry) if matches!(entry.record, Record::Intent(_) | Record::Cash(_)) => self.told(entry),
            _ => Err(Refusal::NoSuchSale(sequence)),
        }
    }

    /// The closed shift whose Z report is this entry: when it was opened, where that is still known, and the report.
    pub fn closed_shift(&self, sequence: Sequence) -> Result<ClosedShift, Refusal> {
        let entry = self.journal.entry(sequence)?.ok_or(Refusal::NoSuchSale(sequence))?;
        let Record::ShiftClosed(report) = entry.record else { return Err(Refusal::NoSuchSale(sequence)) };
        let opened = self.shift_opened(report.number, sequence)?;
        Ok(ClosedShift { sequence, at: entry.at, report: *report, opened })
    }

    /// The shift that was closed last; none before the first.
    pub fn last_closed_shift(&self) -> Result<Option<ClosedShift>, Refusal> {
        const SHIFT_CLOSED: [u8; 1] = [10];
        let newest = self.journal.entries_before(Sequence::new(u32::MAX), &SHIFT_CLOSED, None, None, 1)?.pop();
        newest.map(|entry| self.closed_shift(entry.sequence)).transpose()
    }

    /// The number printed on a card, where this terminal has seen it or registered its member.
    pub fn card_number(&self, card: &Uid) -> Result<Option<CardNumber>, Refusal> {
        if let Some(number) = self.numbers.get(card) {
            return Ok(Some(*number));
        }
        Ok(self.members.by_card(card)?.map(|member| member.draft.number))
    }

    /// Members whose name, contact or card number fits, at most fifty. Somebody must be signed on.
    pub fn find_members(&self, text: &str) -> Result<Vec<Member>, Refusal> {
        self.operator()?;
        let mut found = self.members.search(text)?;
        if let Some(member) = CardNumber::parse(text).ok().map(|number| self.members.by_number(number)).transpose()? {
            found.extend(member);
        }
        Ok(found)
    }

    /// The member who has this card, where they were registered here.
    pub fn member_of(&self, card: &Uid) -> Result<Option<Member>, Refusal> {
        Ok(self.members.by_card(card)?)
    }

    fn cards_ending(&self, digits: &str) -> Result<Ending, Refusal> {
        let digits: String = digits.chars().filter(char::is_ascii_alphanumeric).collect();
        let mut known: HashSet<Uid> = self.members.cards_ending(&digits)?.into_iter().collect();
        let seen = self.numbers.iter().filter(|(_, number)| number.get().to_string().ends_with(&digits));
        known.extend(seen.map(|(card, _)| *card));
        Ok(Ending { digits: digits.to_ascii_uppercase(), known })
    }

    fn told(&self, entry: Entry) -> Result<Found, Refusal> {
        let state = match &entry.record {
            Record::Intent(_) => Some(self.state_of(entry.sequence)?),
            Record::Cash(_) => Some(MovementState::Done),
            _ => None,
        };
        let amount = amount_of(&entry.record)?;
        Ok(Found { entry, amount, state })
    }

    fn state_of(&self, movement: Sequence) -> Result<MovementState, Refusal> {
        if let Some(open) = self.books().unsettled().iter().find(|open| open.sequence == movement) {
            return Ok(MovementState::Open(open.stage));
        }
        match self.journal.outcome_of(movement)? {
            Some(Record::Confirmed(_)) => Ok(MovementState::Done),
            Some(Record::NotApplied(not_applied)) => Ok(MovementState::NotApplied(not_applied.why)),
            _ => {
                Err(JournalError::Damaged { first_bad: movement, why: "it has no outcome and is not open".to_owned() }
                    .into())
            }
        }
    }

    fn shift_opened(&self, shift: u32, before: Sequence) -> Result<Option<Opening>, Refusal> {
        const SHIFT_OPENED: [u8; 1] = [9];
        let newest = self.journal.entries_before(before, &SHIFT_OPENED, None, None, 1)?.pop();
        Ok(newest.and_then(|entry| match entry.record {
            Record::ShiftOpened(opened) if opened.shift == shift => {
                Some(Opening { at: entry.at, operator: opened.operator, float: opened.float })
            }
            _ => None,
        }))
    }
}

/// A shift that is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedShift {
    /// The report's entry.
    pub sequence: Sequence,
    /// When it was closed.
    pub at: Timestamp,
    /// Its report.
    pub report: ZReport,
    /// How it began; none where the journal no longer reaches back.
    pub opened: Option<Opening>,
}

/// How a shift began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// When.
    pub at: Timestamp,
    /// Who opened it.
    pub operator: satchel_values::OperatorId,
    /// The change money.
    pub float: Money,
}

/// Cards whose number ends in given digits.
struct Ending {
    digits: String,
    known: HashSet<Uid>,
}

impl Ending {
    fn holds(&self, card: &Uid) -> bool {
        self.known.contains(card) || card.to_string().ends_with(&self.digits)
    }
}

impl Search {
    fn fits(&self, entry: &Entry, cards: Option<&Ending>) -> Result<bool, Arithmetic> {
        let number = self.number.is_none_or(|number| number == entry.sequence);
        let card = cards.is_none_or(|cards| entry.record.card().is_some_and(|card| cards.holds(&card)));
        Ok(number && card && (self.amount.is_none() || self.amount == amount_of(&entry.record)?))
    }
}

/// How much an entry is about.
fn amount_of(record: &Record) -> Result<Option<Money>, Arithmetic> {
    match record {
        Record::Intent(intent) => amount_of_movement(intent).map(Some),
        Record::Cash(cash) => amount_of_cash(cash).map(Some),
        Record::ShiftOpened(opened) => Ok(Some(opened.float)),
        Record::ShiftClosed(report) => Ok(Some(report.counted)),
        _ => Ok(None),
    }
}

fn amount_of_movement(intent: &Intent) -> Result<Money, Arithmetic> {
    match (intent.operation, &intent.basket) {
        (Operation::Sale, Some(basket)) => basket.gross.minus(basket.discount),
        (Operation::TopUp, _) => Ok(intent.cash),
        (Operation::UndoTopUp, _) => intent.cash.negated(),
        (Operation::UndoSale, _) => intent.purse.minus(intent.cash),
        _ => Ok(intent.purse),
    }
}

fn amount_of_cash(cash: &Cash) -> Result<Money, Arithmetic> {
    match (cash.kind, &cash.basket) {
        (CashKind::Sale, Some(basket)) => basket.gross.minus(basket.discount),
        _ => Ok(cash.amount),
    }
}
