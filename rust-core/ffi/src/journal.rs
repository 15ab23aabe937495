//! The journal, for people who look something up.

use crate::names::same_variants;
use crate::{CardMark, HeadMark, MovementState, PackageKind, Person, ReceiptKind, Trouble};
use satchel_device::{Folder, Mode};
use satchel_journal::Record;
use satchel_packages::Kind;
use satchel_terminal::{Found, Scope, Search, Terminal};
use satchel_values::{Money, OperatorId, Sequence, Timestamp};
use std::path::Path;

/// What is looked for. All that is given must fit.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct JournalQuery {
    /// Which lines.
    pub scope: JournalScope,
    /// The number, as receipts show it.
    pub number: Option<u32>,
    /// How much it is about.
    pub amount_minor: Option<i64>,
    /// The last digits of the number printed on the card, or of its chip's number.
    pub card: Option<String>,
    /// Not before.
    pub from_ms: Option<i64>,
    /// Not after.
    pub until_ms: Option<i64>,
}

/// Which lines are looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum JournalScope {
    /// All.
    Everything,
    /// Movements of cards and of cash.
    Movements,
}

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct JournalLine {
    /// Its number.
    pub sequence: u32,
    /// When, by the terminal's clock.
    pub at_ms: i64,
    /// What happened.
    pub kind: LineKind,
    /// How much it is about, never negative: the kind says the direction.
    pub amount_minor: Option<i64>,
    /// The card.
    pub card: Option<CardMark>,
    /// Who did it.
    pub person: Option<Person>,
    /// Whether it happened, where it is a movement.
    pub state: Option<MovementState>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum LineKind {
    /// Something that has a receipt.
    Movement {
        /// What for.
        receipt: ReceiptKind,
    },
    /// A shift began.
    ShiftOpened {
        /// Its number.
        shift: u32,
    },
    /// A shift ended; it has a Z report.
    ShiftClosed {
        /// The report's number.
        number: u32,
    },
    /// An operator signed on.
    SignedOn,
    /// An operator signed off.
    SignedOff,
    /// A card or a person was refused.
    Refused {
        /// Why.
        why: RefusedWhy,
    },
    /// A member was registered.
    Registered {
        /// The number printed on their card.
        number: String,
    },
    /// A card was reported lost.
    ReportedLost {
        /// The number printed on it.
        number: String,
    },
    /// A package from head office was put to use.
    Installed {
        /// Which; none if this version does not know the kind.
        package: Option<PackageKind>,
        /// Its version.
        version: u32,
    },
    /// Bookkeeping of the journal's own.
    Other,
}

same_variants! {
    /// Why a card or a person was refused.
    RefusedWhy from satchel_journal::RefusedWhy {
        /// Not one of our cards, or a copy of one.
        NotOurs,
        /// On the block list.
        Listed,
        /// Blocked by its own record.
        Blocked,
        /// Past its last day.
        Expired,
        /// Not enough in the purse.
        Funds,
        /// A limit of the profile or the purse.
        Limit,
        /// An operator card or PIN was refused.
        SignOn,
        /// A pre-issued card that nobody has activated.
        NotActivated,
    }
}

/// What a full check of the journal found.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Verified {
    /// Entries checked.
    pub entries: u64,
    /// Signed checkpoints among them.
    pub checkpoints: u64,
    /// The end of the chain.
    pub head: HeadMark,
}

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Exported {
    /// Entries written.
    pub entries: u64,
    /// The first entry that cannot be read; none if all can.
    pub first_unreadable: Option<u32>,
}

/// Writes every entry of a folder's journal that can still be read as a line of text to a file, even of a damaged
/// journal.
#[uniffi::export]
pub fn export_journal(folder: &str, to: &str) -> Result<Exported, Trouble> {
    let (entries, first_unreadable) = Folder::new(folder, Mode::Service).export_journal(Path::new(to))?;
    Ok(Exported { entries, first_unreadable: first_unreadable.map(Sequence::get) })
}

impl From<JournalQuery> for Search {
    fn from(query: JournalQuery) -> Self {
        Self {
            scope: match query.scope {
                JournalScope::Everything => Scope::Everything,
                JournalScope::Movements => Scope::Movements,
            },
            number: query.number.map(Sequence::new),
            amount: query.amount_minor.map(Money::new),
            card: query.card,
            from: query.from_ms.map(Timestamp::from_ms),
            until: query.until_ms.map(Timestamp::from_ms),
        }
    }
}

impl From<satchel_journal::Verified> for Verified {
    fn from(verified: satchel_journal::Verified) -> Self {
        let satchel_journal::Verified { entries, checkpoints, head } = verified;
        Self { entries, checkpoints, head: HeadMark::new(head.sequence.get(), &head.hash) }
    }
}

impl JournalLine {
    pub(crate) fn of(terminal: &Terminal, found: &Found) -> Result<Self, Trouble> {
        let card = found.entry.record.card();
        Ok(Self {
            sequence: found.entry.sequence.get(),
            at_ms: found.entry.at.ms(),
            kind: LineKind::of(&found.entry.record),
            amount_minor: found.amount.map(Money::get),
            card: card.map(|card| CardMark::of(terminal, &card)).transpose()?,
            person: person(&found.entry.record).map(|person| Person::of(terminal, person)),
            state: found.state.map(MovementState::from),
        })
    }
}

impl LineKind {
    fn of(record: &Record) -> Self {
        match record {
            Record::Intent(intent) => {
                ReceiptKind::of_operation(intent.operation).map_or(Self::Other, |receipt| Self::Movement { receipt })
            }
            Record::Cash(cash) => Self::Movement { receipt: cash.kind.into() },
            Record::ShiftOpened(opened) => Self::ShiftOpened { shift: opened.shift },
            Record::ShiftClosed(report) => Self::ShiftClosed { number: report.number },
            Record::SignedOn(_) => Self::SignedOn,
            Record::SignedOff(_) => Self::SignedOff,
            Record::Refused(refused) => Self::Refused { why: refused.why.into() },
            Record::Registered(registered) => Self::Registered { number: registered.number.to_string() },
            Record::ReportedLost(lost) => Self::ReportedLost { number: lost.number.to_string() },
            Record::Installed(installed) => Self::Installed {
                package: Kind::from_code(installed.kind).map(PackageKind::from),
                version: installed.version,
            },
            Record::Checkpoint(_)
            | Record::CommitSent(_)
            | Record::Confirmed(_)
            | Record::NotApplied(_)
            | Record::Indeterminate(_)
            | Record::Parked(_)
            | Record::Held(_)
            | Record::Acknowledged(_) => Self::Other,
        }
    }
}

/// Who did it, where somebody did.
fn person(record: &Record) -> Option<OperatorId> {
    match record {
        Record::Intent(intent) => Some(intent.operator),
        Record::Cash(cash) => Some(cash.operator),
        Record::ShiftOpened(opened) => Some(opened.operator),
        Record::ShiftClosed(report) => Some(report.operator),
        Record::SignedOn(signed_on) => Some(signed_on.operator),
        Record::SignedOff(signed_off) => Some(signed_off.operator),
        Record::Refused(refused) => refused.operator,
        Record::Registered(registered) => Some(registered.operator),
        Record::ReportedLost(lost) => Some(lost.operator),
        Record::Parked(parked) => Some(parked.operator),
        Record::Checkpoint(_)
        | Record::CommitSent(_)
        | Record::Confirmed(_)
        | Record::NotApplied(_)
        | Record::Indeterminate(_)
        | Record::Held(_)
        | Record::Installed(_)
        | Record::Acknowledged(_) => None,
    }
}
