use crate::clock::ClockSetBack;
use satchel_cards::CardError;
use satchel_desfire as desfire;
use satchel_journal::{BooksError, JournalError, MembersError};
use satchel_keys::{BundleError, Role};
use satchel_packages::{Authority, Kind, PackageError};
use satchel_programs::LimitReached;
use satchel_values::{Arithmetic, Date, Money, SaleId, Sequence};

/// Why something was not done. Nothing on the card, in the journal's sums or in the drawer has changed.
///
/// The texts are for the clerk: what is wrong, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Nobody is signed on.
    #[error("nobody is signed on: hold an operator card and type its PIN")]
    NotSignedOn,
    /// No shift is open.
    #[error("no shift is open: open one with the float that is in the drawer")]
    NoShift,
    /// A shift is open already.
    #[error("a shift is already open: close it first")]
    ShiftOpen,
    /// The operator may not do this.
    #[error("the operator may not {0}: ask somebody who may")]
    NotAllowed(Authority),
    /// The card is not this enterprise's, or a copy of one that is.
    #[error("this is not one of our cards")]
    NotOurs,
    /// The card hides its identifier, so no key can be derived for it.
    #[error("the card shows a random number instead of its own: it cannot be used")]
    RandomUid,
    /// The card left the field before anything was changed.
    #[error("card taken away too early: hold the same card again")]
    CardGone,
    /// The card is on the block list. Whether it is now blocked by its own record too stands in the journal.
    #[error("this card is blocked: keep it if you can, and call head office")]
    Listed,
    /// The card is blocked by its own record.
    #[error("this card is blocked: head office can clear it")]
    Blocked,
    /// The card waits for a member.
    #[error("this card has no member yet: register one first")]
    NotActivated,
    /// The card has a member already.
    #[error("this card has a member already")]
    AlreadyActivated,
    /// The card is past its last day.
    #[error("this card expired on {0}: head office can renew it")]
    Expired(Date),
    /// Not enough in the purse.
    #[error("not enough on the card: {balance_minor} is there, {needed_minor} is needed", balance_minor = .balance.get(), needed_minor = .needed.get())]
    Funds {
        /// What is there.
        balance: Money,
        /// What is needed.
        needed: Money,
    },
    /// A limit of the profile.
    #[error(transparent)]
    Limit(#[from] LimitReached),
    /// The order makes no sense.
    #[error(transparent)]
    Order(#[from] OrderFault),
    /// The same card has a movement whose outcome is not known.
    #[error("{0} is not settled: hold the same card until it is")]
    SettleFirst(SaleId),
    /// The same card has a movement that contradicts the journal.
    #[error("{0} contradicts what the card says: head office decides, serve this card again when it has")]
    HeldForOffice(SaleId),
    /// The movement to park does not wait for its card.
    #[error("movement {0} does not wait for its card")]
    NotWaiting(Sequence),
    /// The movement to take back is not this card's newest, or not known here.
    #[error("only the card's last movement, made at this terminal, can be taken back")]
    NotTheLast,
    /// More is to be refunded than was paid.
    #[error("the sale was paid with {paid_minor}, of which {refunded_minor} is already refunded", paid_minor = .paid.get(), refunded_minor = .refunded.get())]
    RefundTooHigh {
        /// What was paid from the purse.
        paid: Money,
        /// What has been given back before.
        refunded: Money,
    },
    /// The journal has no such sale.
    #[error("there is no sale {0} in this terminal's journal")]
    NoSuchSale(Sequence),
    /// This terminal's profile does not hold the key.
    #[error("this terminal does not hold the {0:?} key: do it at one that does")]
    KeyNotHeld(Role),
    /// A package from head office was not put to use.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// A package from head office is missing.
    #[error("no {0} from head office yet: fetch it")]
    PackageMissing(Kind),
    /// A package from head office is too old.
    #[error("the {kind} from head office is {days} days old, more than the {limit} allowed: fetch a new one")]
    PackageTooOld {
        /// Which.
        kind: Kind,
        /// Its age.
        days: u16,
        /// The profile's limit.
        limit: u16,
    },
    /// The clock was set back.
    #[error(transparent)]
    Clock(#[from] ClockSetBack),
    /// The operator is not in the operators package, or out of date, or out of place.
    #[error("this operator may not sign on here: {0}")]
    Operator(OperatorFault),
    /// The key bundle has no slot for this operator, or it cannot be opened.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// The journal cannot take another entry.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The card, or its content.
    #[error(transparent)]
    Card(CardError),
    /// A sum left its range.
    #[error("the amount is out of range")]
    Arithmetic(#[from] Arithmetic),
}

/// What is wrong with an order, or with an amount typed elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OrderFault {
    /// Nothing to move.
    #[error("an amount greater than zero is needed")]
    NoAmount,
    /// A discount below zero, or above the amount.
    #[error("the discount must be between zero and the amount")]
    Discount,
    /// More lines than the journal keeps for one sale.
    #[error("too many lines for one sale: split it in two")]
    TooManyLines,
    /// Lines that come to something else than the amount.
    #[error("the lines do not add up to the amount")]
    LinesDoNotAddUp,
    /// A cash part below zero.
    #[error("the cash part cannot be negative")]
    CashPartNegative,
    /// A cash part above what is to be paid.
    #[error("the cash part is more than what is to be paid")]
    CashPartTooHigh,
    /// Points below zero.
    #[error("points to redeem cannot be negative")]
    PointsNegative,
    /// More points than the card has, or than the program lets it redeem on this sale.
    #[error("the card cannot redeem that many points")]
    TooManyPoints,
    /// A refund to another card than the one that paid.
    #[error("the sale was paid with another card: hold that one")]
    OtherCardPaid,
    /// A float below zero.
    #[error("the float cannot be negative")]
    FloatNegative,
    /// Less than nothing counted in the drawer.
    #[error("the counted cash cannot be negative")]
    CountedNegative,
    /// Points, or a tender with a card, in a sale for cash alone.
    #[error("a cash sale takes cash alone, and no points")]
    CashAlone,
}

/// Why an operator may not sign on at this terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OperatorFault {
    /// The signed package does not have them.
    #[error("head office does not list them")]
    NotListed,
    /// They have got another card since.
    #[error("this is not their current card")]
    OldCard,
    /// Past their last day.
    #[error("their time is over")]
    TimeOver,
    /// Not in this store.
    #[error("they work at another store")]
    OtherStore,
}

impl From<MembersError> for Refusal {
    fn from(error: MembersError) -> Self {
        Self::Journal(error.into())
    }
}

impl From<BooksError> for Refusal {
    fn from(error: BooksError) -> Self {
        Self::Journal(error.into())
    }
}

impl From<CardError> for Refusal {
    fn from(error: CardError) -> Self {
        match error {
            CardError::NotOurs => Self::NotOurs,
            CardError::KeyNotHeld(role) => Self::KeyNotHeld(role),
            CardError::Card(error) => error.into(),
            other => Self::Card(other),
        }
    }
}

impl From<desfire::Error> for Refusal {
    fn from(error: desfire::Error) -> Self {
        match error {
            desfire::Error::Transport(satchel_transport::TransportError::CardGone) => Self::CardGone,
            desfire::Error::RandomUid => Self::RandomUid,
            other => Self::Card(other.into()),
        }
    }
}
