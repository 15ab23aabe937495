//! What the person must do: one small error for the app, and the one place that makes it from the core's.

use crate::names::same_variants;
use crate::{Authority, ClockFault, MovementId, PackageKind};
use satchel_cards::CardError;
use satchel_desfire as desfire;
use satchel_device::DeviceError;
use satchel_journal::{BooksError, JournalError, MembersError};
use satchel_keys::{BundleError, PinError, SealError};
use satchel_programs::LimitReached;
use satchel_terminal::Refusal;
use satchel_training::PracticeError;
use satchel_transport::TransportError;
use satchel_values::CardNumberError;
use std::io;

/// Why something was not done, as what the person must do. Nothing on the card, in the journal's sums or in the drawer
/// has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum Trouble {
    /// Hold an operator card and type its PIN.
    #[error("nobody is signed on")]
    SignOnFirst,
    /// Open a shift with the float that is in the drawer.
    #[error("no shift is open")]
    OpenShiftFirst,
    /// Close the shift first.
    #[error("a shift is already open")]
    ShiftAlreadyOpen,
    /// Ask somebody who may to approve it with their card and PIN.
    #[error("the operator may not: {authority:?}")]
    AskSomebodyWhoMay {
        /// What it takes.
        authority: Authority,
    },
    /// The card was taken away before anything changed: hold the same card again.
    #[error("the card left the field before anything changed")]
    HoldSameCardAgain,
    /// Hold the same card until what was torn before is settled.
    #[error("{id:?} of this card is not settled")]
    SettleFirst {
        /// The movement.
        id: MovementId,
    },
    /// Do not serve this card until head office has decided.
    #[error("{id:?} of this card contradicts the journal")]
    HeldForOffice {
        /// The movement.
        id: MovementId,
    },
    /// Not one of our cards, or a copy of one.
    #[error("not one of our cards")]
    NotOurCard,
    /// The card shows a random number instead of its own: it cannot be used.
    #[error("the card hides its number")]
    HidesItsNumber,
    /// The card is blocked by its own record: head office can clear it.
    #[error("the card is blocked")]
    CardBlocked,
    /// The card is on the block list: keep it if you can, and call head office.
    #[error("the card is on the block list")]
    CardListed,
    /// The card has no member yet: register one.
    #[error("the card has no member yet")]
    RegisterFirst,
    /// The card has a member already.
    #[error("the card has a member already")]
    AlreadyRegistered,
    /// The card is past its last day: head office can renew it.
    #[error("the card expired on day {on_day}")]
    CardExpired {
        /// Its last day, counted from 1970-01-01.
        on_day: i64,
    },
    /// Top the card up, or take the rest in cash.
    #[error("{balance_minor} on the card, {needed_minor} needed")]
    NotEnough {
        /// What is on the card.
        balance_minor: i64,
        /// What is needed.
        needed_minor: i64,
    },
    /// A limit of head office.
    #[error("{limit:?} is {most}")]
    OverLimit {
        /// Which.
        limit: Limit,
        /// The figure: minor units, or points. The least for a top-up that is too small.
        most: i64,
    },
    /// The purse itself has no room for this amount, or the card refuses to give so much.
    #[error("the card's own limit refuses this amount")]
    CardLimit,
    /// Type the PIN again.
    #[error("wrong PIN, {tries_left} tries left")]
    WrongPin {
        /// Tries left before the card blocks itself.
        tries_left: u8,
    },
    /// Head office can unblock the PIN.
    #[error("the PIN is blocked")]
    PinBlocked,
    /// A PIN has six to twelve digits.
    #[error("this is no PIN")]
    PinMalformed,
    /// This operator cannot sign on here.
    #[error("the operator may not sign on here: {why:?}")]
    OperatorRefused {
        /// Why.
        why: OperatorFault,
    },
    /// What was typed makes no sense.
    #[error("{why:?}")]
    OrderWrong {
        /// Why.
        why: OrderFault,
    },
    /// The amount is too large to be counted with.
    #[error("the amount is out of range")]
    AmountOutOfRange,
    /// Only the card's last movement, made at this terminal, can be taken back.
    #[error("not the card's last movement, or not made here")]
    NotTheLast,
    /// More than was paid.
    #[error("{paid_minor} was paid, {refunded_minor} is already refunded")]
    RefundTooHigh {
        /// What was paid from the purse.
        paid_minor: i64,
        /// What has been given back before.
        refunded_minor: i64,
    },
    /// No such movement in this terminal's journal.
    #[error("there is no movement {sequence} here")]
    NoSuchSale {
        /// The number that was asked for.
        sequence: u32,
    },
    /// The movement to park does not wait for its card any more.
    #[error("movement {sequence} does not wait for its card")]
    NotWaiting {
        /// Its number.
        sequence: u32,
    },
    /// Settle some of the torn movements first.
    #[error("too many movements are unsettled")]
    TooManyUnsettled,
    /// Compare the number with the card again.
    #[error("no card number: {why:?}")]
    CardNumberWrong {
        /// Why.
        why: CardNumberFault,
    },
    /// Correct what was typed of the member.
    #[error("the member's details: {why:?}")]
    MemberTextWrong {
        /// Why.
        why: MemberTextFault,
    },
    /// This terminal does not hold the key: do it at one that does.
    #[error("this terminal does not hold the key")]
    TerminalHasNoKey,
    /// The card has newer keys than this terminal: fetch new ones from head office.
    #[error("the card has newer keys than this terminal")]
    KeysTooOld,
    /// Fetch the package from head office.
    #[error("no {kind:?} from head office yet")]
    PackageMissing {
        /// Which.
        kind: PackageKind,
    },
    /// Fetch a new package from head office.
    #[error("the {kind:?} is {days} days old, {limit} are allowed")]
    PackageTooOld {
        /// Which.
        kind: PackageKind,
        /// Its age.
        days: u32,
        /// How old it may be.
        limit: u32,
    },
    /// A package from head office is not put to use.
    #[error("{detail}")]
    PackageRefused {
        /// Why, for the log and for head office.
        detail: String,
    },
    /// Set the clock.
    #[error("the clock shows {shown_ms}, but it has been {seen_ms}")]
    SetClock {
        /// What the clock shows.
        shown_ms: i64,
        /// The latest time that was signed or journaled.
        seen_ms: i64,
    },
    /// Free some space on the device.
    #[error("the device's storage is full")]
    StorageFull,
    /// The device's storage cannot be written: no sale until it can.
    #[error("the device's storage cannot be written")]
    StorageReadOnly,
    /// The device's storage fails in another way.
    #[error("{detail}")]
    StorageFaulty {
        /// How, for the log.
        detail: String,
    },
    /// Export the journal and call head office.
    #[error("the journal is damaged from entry {first_bad} on")]
    JournalDamaged {
        /// The first entry that cannot be trusted.
        first_bad: u32,
    },
    /// Close the other program that has the journal open.
    #[error("the journal is in use")]
    JournalInUse,
    /// The journal has no numbers left: enrol the terminal again.
    #[error("the journal is full")]
    JournalFull,
    /// The card answers nonsense: send it to head office.
    #[error("{detail}")]
    CardFaulty {
        /// What, for the log.
        detail: String,
    },
    /// The device's NFC fails: hold the card again, or start the device again.
    #[error("{detail}")]
    ReaderFaulty {
        /// What, for the log.
        detail: String,
    },
    /// The device's clock could not be read.
    #[error("{detail}")]
    ClockFaulty {
        /// What, for the log.
        detail: String,
    },
    /// Install the new version of the app.
    #[error("this needs a newer version of the app")]
    NewVersionNeeded,
    /// Set the device up: open the file or scan the QR code that head office made.
    #[error("this device is not set up")]
    NotSetUp,
    /// The device is another terminal already.
    #[error("this device is terminal {terminal} already")]
    AlreadySetUp {
        /// Which.
        terminal: u32,
    },
    /// Scan head office's newest invitation, or open what it made for that one.
    #[error("this belongs to another invitation")]
    OtherInvitation,
    /// Scan head office's invitation first.
    #[error("no invitation was answered on this device")]
    NotInvited,
    /// Compare the set-up code with what was typed.
    #[error("not this file's set-up code")]
    SetUpWrongCode,
    /// Set the device up again, from the file.
    #[error("{detail}")]
    SetUpDamaged {
        /// What is damaged, for the log.
        detail: String,
    },
    /// The device's key store does not open what it sealed: set the device up again.
    #[error("{detail}")]
    SealFaulty {
        /// What, for the log.
        detail: String,
    },
    /// A training file where a real one belongs, or the other way round.
    #[error("training is kept apart")]
    TrainingOnly,
    /// Another card is being used at this moment.
    #[error("a card is in use")]
    Busy,
    /// A fault of the app: start it again, and tell head office.
    #[error("{detail}")]
    Internal {
        /// What, for the log.
        detail: String,
    },
}

/// Which limit of head office was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum Limit {
    /// One sale may take so much from the card.
    PerSale,
    /// One card may spend so much a day here.
    PerCardDay,
    /// This terminal may sell for so much before it reports to head office.
    OfflineTotal,
    /// The smallest top-up.
    TopUpMin,
    /// The largest top-up.
    TopUpMax,
    /// This terminal's allowance for top-ups: hand in the cash.
    Allowance,
    /// The card may hold so much.
    Purse,
    /// The card may hold so many points.
    Points,
}

/// Why an operator cannot sign on at this terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum OperatorFault {
    /// Head office does not list them.
    NotListed,
    /// They have got another card since.
    OldCard,
    /// Their time is over.
    TimeOver,
    /// They work at another store.
    OtherStore,
    /// The terminal's keys have no slot for them: fetch new keys from head office.
    NoKeysHere,
    /// Their slot is past its last day: fetch new keys from head office.
    KeysExpired {
        /// That day, counted from 1970-01-01.
        on_day: i64,
    },
    /// The terminal's keys do not open with this card.
    KeysDoNotOpen,
}

same_variants! {
    /// What is wrong with what was typed.
    OrderFault from satchel_terminal::OrderFault {
        /// Nothing to move.
        NoAmount,
        /// A discount below zero, or above the amount.
        Discount,
        /// Too many lines for one sale: split it in two.
        TooManyLines,
        /// Lines that come to something else than the amount.
        LinesDoNotAddUp,
        /// A cash part below zero.
        CashPartNegative,
        /// A cash part above what is to be paid.
        CashPartTooHigh,
        /// Points below zero.
        PointsNegative,
        /// More points than the card has, or than the program lets it redeem on this sale.
        TooManyPoints,
        /// A refund to another card than the one that paid.
        OtherCardPaid,
        /// A float below zero.
        FloatNegative,
        /// Less than nothing counted in the drawer.
        CountedNegative,
        /// Points, or a tender with a card, in a sale for cash alone.
        CashAlone,
    }
}

same_variants! {
    /// Why a card number was not accepted.
    CardNumberFault from satchel_values::CardNumberError {
        /// Eight to sixteen digits are needed.
        NotDigits,
        /// The check digit does not fit: a digit was mistyped.
        CheckDigit,
        /// Too many digits.
        Exhausted,
    }
}

/// Why a member's details were not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum MemberTextFault {
    /// A member needs a name.
    NoName,
    /// Name and contact are one line of at most 200 characters each.
    NotOneShortLine,
}

/// Every refusal is named here, so that a new one does not compile until somebody has said what the person must do.
impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotSignedOn => Self::SignOnFirst,
            Refusal::NoShift => Self::OpenShiftFirst,
            Refusal::ShiftOpen => Self::ShiftAlreadyOpen,
            Refusal::NotAllowed(authority) => Self::AskSomebodyWhoMay { authority: authority.into() },
            Refusal::NotOurs => Self::NotOurCard,
            Refusal::RandomUid => Self::HidesItsNumber,
            Refusal::CardGone => Self::HoldSameCardAgain,
            Refusal::Listed => Self::CardListed,
            Refusal::Blocked => Self::CardBlocked,
            Refusal::NotActivated => Self::RegisterFirst,
            Refusal::AlreadyActivated => Self::AlreadyRegistered,
            Refusal::Expired(on) => Self::CardExpired { on_day: on.days().into() },
            Refusal::Funds { balance, needed } => {
                Self::NotEnough { balance_minor: balance.get(), needed_minor: needed.get() }
            }
            Refusal::Limit(limit) => limit.into(),
            Refusal::Order(why) => Self::OrderWrong { why: why.into() },
            Refusal::SettleFirst(id) => Self::SettleFirst { id: id.into() },
            Refusal::HeldForOffice(id) => Self::HeldForOffice { id: id.into() },
            Refusal::NotWaiting(sequence) => Self::NotWaiting { sequence: sequence.get() },
            Refusal::NotTheLast => Self::NotTheLast,
            Refusal::RefundTooHigh { paid, refunded } => {
                Self::RefundTooHigh { paid_minor: paid.get(), refunded_minor: refunded.get() }
            }
            Refusal::NoSuchSale(sequence) => Self::NoSuchSale { sequence: sequence.get() },
            Refusal::KeyNotHeld(_) => Self::TerminalHasNoKey,
            Refusal::Package(error) => Self::PackageRefused { detail: error.to_string() },
            Refusal::PackageMissing(kind) => Self::PackageMissing { kind: kind.into() },
            Refusal::PackageTooOld { kind, days, limit } => {
                Self::PackageTooOld { kind: kind.into(), days: days.into(), limit: limit.into() }
            }
            Refusal::Clock(set_back) => Self::SetClock { shown_ms: set_back.shown.ms(), seen_ms: set_back.seen.ms() },
            Refusal::Operator(why) => Self::OperatorRefused { why: why.into() },
            Refusal::Bundle(error) => error.into(),
            Refusal::Journal(error) => error.into(),
            Refusal::Card(error) => error.into(),
            Refusal::Arithmetic(_) => Self::AmountOutOfRange,
        }
    }
}

impl From<LimitReached> for Trouble {
    fn from(reached: LimitReached) -> Self {
        let (limit, most) = match reached {
            LimitReached::PerSale(most) => (Limit::PerSale, most.get()),
            LimitReached::PerCardDay(most) => (Limit::PerCardDay, most.get()),
            LimitReached::OfflineTotal(most) => (Limit::OfflineTotal, most.get()),
            LimitReached::TopUpMin(least) => (Limit::TopUpMin, least.get()),
            LimitReached::TopUpMax(most) => (Limit::TopUpMax, most.get()),
            LimitReached::Allowance(most) => (Limit::Allowance, most.get()),
            LimitReached::Purse(most) => (Limit::Purse, most.get()),
            LimitReached::Points(most) => (Limit::Points, most.get()),
        };
        Self::OverLimit { limit, most }
    }
}

impl From<satchel_terminal::OperatorFault> for OperatorFault {
    fn from(fault: satchel_terminal::OperatorFault) -> Self {
        use satchel_terminal::OperatorFault as Core;
        match fault {
            Core::NotListed => Self::NotListed,
            Core::OldCard => Self::OldCard,
            Core::TimeOver => Self::TimeOver,
            Core::OtherStore => Self::OtherStore,
        }
    }
}

impl From<BundleError> for Trouble {
    fn from(error: BundleError) -> Self {
        let why = match error {
            BundleError::NoSlot(_) => OperatorFault::NoKeysHere,
            BundleError::Expired(on) => OperatorFault::KeysExpired { on_day: on.days().into() },
            BundleError::DoesNotOpen | BundleError::TooLarge => OperatorFault::KeysDoNotOpen,
        };
        Self::OperatorRefused { why }
    }
}

impl From<CardError> for Trouble {
    fn from(error: CardError) -> Self {
        match error {
            CardError::NotOurs => Self::NotOurCard,
            CardError::NewerLayout(_) => Self::NewVersionNeeded,
            CardError::KeyNotHeld(_) => Self::TerminalHasNoKey,
            CardError::KeyVersionNotHeld { .. } => Self::KeysTooOld,
            CardError::PurseLimit => Self::CardLimit,
            CardError::PinBlocked => Self::PinBlocked,
            CardError::WrongPin { tries_left } => Self::WrongPin { tries_left },
            CardError::Card(error) => error.into(),
            CardError::Damaged(_) | CardError::OutOfMemory | CardError::AlreadyIssued => {
                Self::CardFaulty { detail: error.to_string() }
            }
        }
    }
}

impl From<desfire::Error> for Trouble {
    fn from(error: desfire::Error) -> Self {
        match error {
            desfire::Error::Transport(TransportError::CardGone) => Self::HoldSameCardAgain,
            desfire::Error::Transport(error) => Self::ReaderFaulty { detail: error.to_string() },
            desfire::Error::RandomUid => Self::HidesItsNumber,
            desfire::Error::NotSevenByteUid(_) | desfire::Error::LrpNotSupported | desfire::Error::WrongKey => {
                Self::NotOurCard
            }
            // Open for more by its own word; whatever else a card answers is that card's fault.
            other => Self::CardFaulty { detail: other.to_string() },
        }
    }
}

impl From<JournalError> for Trouble {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::Damaged { first_bad, ref why } => {
                log::error!("journal entry {first_bad}: {why}");
                Self::JournalDamaged { first_bad: first_bad.get() }
            }
            JournalError::DiskFull => Self::StorageFull,
            JournalError::ReadOnly => Self::StorageReadOnly,
            JournalError::Locked => Self::JournalInUse,
            JournalError::OtherTerminal(_) | JournalError::OtherKey => Self::SetUpDamaged { detail: error.to_string() },
            JournalError::NewerSchema(_) => Self::NewVersionNeeded,
            JournalError::Books(error) => error.into(),
            JournalError::Exhausted => Self::JournalFull,
            JournalError::Interrupted => Self::Internal { detail: error.to_string() },
            JournalError::Members(error) => error.into(),
            JournalError::Storage(error) => Self::StorageFaulty { detail: error.to_string() },
        }
    }
}

impl From<BooksError> for Trouble {
    fn from(error: BooksError) -> Self {
        match error {
            BooksError::NotOpen(sequence) => Self::NotWaiting { sequence: sequence.get() },
            BooksError::TooManyUnsettled => Self::TooManyUnsettled,
            BooksError::Arithmetic(_) => Self::AmountOutOfRange,
            BooksError::ShiftOrder | BooksError::ReportDiffers | BooksError::Malformed(_) => {
                Self::Internal { detail: error.to_string() }
            }
        }
    }
}

impl From<MembersError> for Trouble {
    fn from(error: MembersError) -> Self {
        match error {
            MembersError::NoName => Self::MemberTextWrong { why: MemberTextFault::NoName },
            MembersError::Text => Self::MemberTextWrong { why: MemberTextFault::NotOneShortLine },
            MembersError::Unknown => Self::Internal { detail: error.to_string() },
            MembersError::Storage(error) => JournalError::from(error).into(),
        }
    }
}

impl From<DeviceError> for Trouble {
    fn from(error: DeviceError) -> Self {
        match error {
            DeviceError::NotSetUp => Self::NotSetUp,
            DeviceError::AlreadySetUp(terminal) => Self::AlreadySetUp { terminal: terminal.get() },
            DeviceError::Code(_) | DeviceError::WrongCode => Self::SetUpWrongCode,
            DeviceError::Damaged { .. } => Self::SetUpDamaged { detail: error.to_string() },
            DeviceError::NewerVersion { .. } => Self::NewVersionNeeded,
            DeviceError::OtherInvitation(_) => Self::OtherInvitation,
            DeviceError::NotInvited => Self::NotInvited,
            DeviceError::OtherMode(_) => Self::TrainingOnly,
            DeviceError::Seal(error) => error.into(),
            DeviceError::Storage(error) => error.into(),
            DeviceError::Refused(refusal) => refusal.into(),
        }
    }
}

impl From<PracticeError> for Trouble {
    fn from(error: PracticeError) -> Self {
        match error {
            PracticeError::Device(error) => error.into(),
            PracticeError::Card(error) => error.into(),
            PracticeError::Image(_) => Self::SetUpDamaged { detail: error.to_string() },
            PracticeError::NotTraining(_) => Self::TrainingOnly,
        }
    }
}

impl From<SealError> for Trouble {
    fn from(error: SealError) -> Self {
        Self::SealFaulty { detail: error.to_string() }
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::StorageFull,
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => Self::StorageReadOnly,
            _ => Self::StorageFaulty { detail: error.to_string() },
        }
    }
}

impl From<ClockFault> for Trouble {
    fn from(fault: ClockFault) -> Self {
        Self::ClockFaulty { detail: fault.to_string() }
    }
}

impl From<PinError> for Trouble {
    fn from(_: PinError) -> Self {
        Self::PinMalformed
    }
}

impl From<CardNumberError> for Trouble {
    fn from(error: CardNumberError) -> Self {
        Self::CardNumberWrong { why: error.into() }
    }
}
