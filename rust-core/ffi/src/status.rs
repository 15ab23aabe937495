//! How the terminal stands: everything the app shows around a sale.

use crate::names::same_variants;
use crate::{
    Authority, CardMark, Currency, HeadMark, Level, MovementId, Operation, PackageKind, Person, Stage, Trouble,
};
use satchel_journal::{Shift, Unsettled};
use satchel_packages::{Kind, Operator, Profile, Text};
use satchel_terminal::{IDLE_MS, Refusal, Terminal};
use satchel_values::SaleId;

/// How the terminal stands.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Status {
    /// Its number.
    pub terminal: u32,
    /// The store or van it belongs to; none before the first profile.
    pub store: Option<u32>,
    /// Whether nothing here is worth anything.
    pub training: bool,
    /// The currency; none before the first profile.
    pub currency: Option<Currency>,
    /// Who is signed on.
    pub operator: Option<OperatorOnDuty>,
    /// The open shift.
    pub shift: Option<ShiftStatus>,
    /// Movements whose outcome nobody knows yet, oldest first.
    pub unsettled: Vec<UnsettledMovement>,
    /// What head office sent, a line for each kind.
    pub packages: Vec<PackageStatus>,
    /// How much the terminal may do; none before the first profile.
    pub limits: Option<Limits>,
    /// The last Z report's number; 0 before the first.
    pub last_z: u32,
    /// The end of the journal.
    pub head: HeadMark,
    /// Whether the device's clock can be relied on.
    pub clock: ClockStatus,
    /// Texts for receipts.
    pub receipt_texts: Vec<ReceiptText>,
    /// Milliseconds without anything done after which the operator is signed off.
    pub idle_ms: i64,
}

/// Whether the device's clock can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum ClockStatus {
    /// It can.
    Right,
    /// It shows less than what was signed or journaled: no movement until it is set.
    SetBack {
        /// What it shows.
        shown_ms: i64,
        /// The latest time that was signed or journaled.
        seen_ms: i64,
    },
}

/// The operator who is signed on.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct OperatorOnDuty {
    /// Who.
    pub person: Person,
    /// Their level.
    pub level: Level,
    /// What they may do.
    pub authorities: Vec<Authority>,
    /// How much they may take off, in percent.
    pub discount_percent: u8,
}

/// The open shift.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ShiftStatus {
    /// Its number.
    pub number: u32,
    /// Who opened it.
    pub opened_by: Person,
    /// When.
    pub opened_at_ms: i64,
    /// The change money.
    pub float_minor: i64,
    /// Cash that should be in the drawer.
    pub expected_minor: i64,
}

/// A movement whose outcome nobody knows yet.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct UnsettledMovement {
    /// Which.
    pub id: MovementId,
    /// What it would do.
    pub operation: Operation,
    /// When it was begun.
    pub at_ms: i64,
    /// How long ago.
    pub age_ms: i64,
    /// What it would do to the purse, signed.
    pub purse_minor: i64,
    /// Cash that lies apart for it: positive into the drawer.
    pub cash_minor: i64,
    /// Which card.
    pub card: CardMark,
    /// Where it stands.
    pub stage: Stage,
}

/// What head office sent of one kind.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PackageStatus {
    /// Which kind.
    pub kind: PackageKind,
    /// Its version; none if it is missing.
    pub version: Option<u32>,
    /// Full days since it was signed; none if it is missing.
    pub age_days: Option<u32>,
    /// Whether it can be relied on.
    pub state: PackageState,
}

same_variants! {
    /// Whether a package can be relied on.
    PackageState from satchel_terminal::PackageStanding {
        /// For everything.
        Good,
        /// For sales only; top-ups and refunds are refused.
        TooOldForTopUps,
        /// For nothing any more.
        TooOldForSales,
        /// It is not there.
        Missing,
    }
}

/// How much the terminal may do.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Limits {
    /// The most a purse may hold.
    pub purse_max_minor: i64,
    /// The most one sale may take from a purse.
    pub per_sale_max_minor: i64,
    /// The most one card may spend here in one day.
    pub per_card_day_max_minor: i64,
    /// The most this terminal may take from purses before head office has heard of it.
    pub offline_total_max_minor: i64,
    /// The least one top-up may bring.
    pub top_up_min_minor: i64,
    /// The most one top-up may bring.
    pub top_up_max_minor: i64,
    /// All that this terminal may ever have loaded.
    pub top_up_allowance_minor: i64,
    /// The most points a card may hold.
    pub points_max: i64,
}

/// A text for receipts.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ReceiptText {
    /// Where it belongs, such as "header".
    pub place: String,
    /// What it says.
    pub text: String,
}

impl Status {
    pub(crate) fn of(terminal: &Terminal) -> Result<Self, Trouble> {
        let journal = terminal.journal();
        let profile = terminal.shelf().profile();
        let unsettled = terminal.books().unsettled().iter();
        Ok(Self {
            terminal: journal.terminal().get(),
            store: profile.map(|profile| profile.store.get()),
            training: journal.terminal().is_training(),
            currency: profile.and_then(Profile::currency).map(Currency::from),
            operator: terminal.operator().ok().map(OperatorOnDuty::from),
            shift: terminal.books().shift().map(|shift| ShiftStatus::of(terminal, shift)).transpose()?,
            unsettled: unsettled.map(|open| UnsettledMovement::of(terminal, open)).collect::<Result<_, _>>()?,
            packages: KINDS.iter().map(|kind| PackageStatus::of(terminal, *kind)).collect(),
            limits: profile.map(|profile| Limits::from(&profile.limits)),
            last_z: terminal.books().last_z(),
            head: HeadMark::new(journal.head().sequence.get(), &journal.head().hash),
            clock: ClockStatus::of(terminal),
            receipt_texts: profile.map_or_else(Vec::new, |profile| profile.texts.iter().map(Into::into).collect()),
            idle_ms: IDLE_MS,
        })
    }
}

const KINDS: [Kind; 5] = [Kind::Operators, Kind::Profile, Kind::Program, Kind::BlockList, Kind::KeyBundle];

impl ClockStatus {
    fn of(terminal: &Terminal) -> Self {
        match terminal.check_clock() {
            Ok(()) => Self::Right,
            Err(back) => Self::SetBack { shown_ms: back.shown.ms(), seen_ms: back.seen.ms() },
        }
    }
}

impl From<&Operator> for OperatorOnDuty {
    fn from(operator: &Operator) -> Self {
        Self {
            person: Person { number: operator.id.get(), name: Some(operator.name.clone()) },
            level: operator.level.into(),
            authorities: operator.authorities.iter().map(Authority::from).collect(),
            discount_percent: operator.authorities.discount_percent(),
        }
    }
}

impl ShiftStatus {
    fn of(terminal: &Terminal, shift: &Shift) -> Result<Self, Trouble> {
        Ok(Self {
            number: shift.number,
            opened_by: Person::of(terminal, shift.operator),
            opened_at_ms: shift.opened_at.ms(),
            float_minor: shift.float.get(),
            expected_minor: shift.expected_cash().map_err(Refusal::from)?.get(),
        })
    }
}

impl UnsettledMovement {
    fn of(terminal: &Terminal, open: &Unsettled) -> Result<Self, Trouble> {
        Ok(Self {
            id: SaleId { terminal: terminal.journal().terminal(), sequence: open.sequence }.into(),
            operation: open.intent.operation.into(),
            at_ms: open.at.ms(),
            age_ms: terminal.steady_now().ms_since(open.at),
            purse_minor: open.intent.purse.get(),
            cash_minor: open.intent.cash.get(),
            card: CardMark::of(terminal, &open.intent.card)?,
            stage: open.stage.into(),
        })
    }
}

impl PackageStatus {
    fn of(terminal: &Terminal, kind: Kind) -> Self {
        Self {
            kind: kind.into(),
            version: terminal.shelf().version(kind),
            age_days: terminal.shelf().age_days(kind, terminal.steady_now()).map(u32::from),
            state: terminal.package_standing(kind).into(),
        }
    }
}

impl From<&satchel_programs::Limits> for Limits {
    fn from(limits: &satchel_programs::Limits) -> Self {
        Self {
            purse_max_minor: limits.purse_max.get(),
            per_sale_max_minor: limits.per_sale_max.get(),
            per_card_day_max_minor: limits.per_card_day_max.get(),
            offline_total_max_minor: limits.offline_total_max.get(),
            top_up_min_minor: limits.top_up_min.get(),
            top_up_max_minor: limits.top_up_max.get(),
            top_up_allowance_minor: limits.top_up_allowance.get(),
            points_max: limits.points_max.get(),
        }
    }
}

impl From<&Text> for ReceiptText {
    fn from(text: &Text) -> Self {
        Self { place: text.place.clone(), text: text.text.clone() }
    }
}
