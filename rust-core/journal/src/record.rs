//! What a terminal writes down: one variant a kind of entry, numbered fields, never reused numbers.
//!
//! An entry is for ever, so a field or variant is only ever added. Amounts are minor units; a card's 31-byte records
//! are kept as they were on the card, because the proof of a transaction is computed over those bytes.

use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use satchel_values::{Arithmetic, CardNumber, Money, OperatorId, Points, SaleId, Sequence, TerminalId, Uid};
use sha2::{Digest, Sha256};

/// Bytes in one record of the member card's history file.
pub const CARD_RECORD: usize = 31;

/// Lines in one basket at most.
pub const BASKET_LINES: usize = 200;

/// Bytes of all codes and texts of one basket at most.
pub const BASKET_BYTES: usize = 65_536;

/// One entry's content.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Record {
    /// A signed snapshot, so that opening a journal need not start at its beginning.
    #[n(0)]
    Checkpoint(#[n(0)] Checkpoint),
    /// A movement of a card is about to be made. Nothing on the card has changed yet.
    #[n(1)]
    Intent(#[n(0)] Box<Intent>),
    /// CommitTransaction is about to be sent: from here on the card may have changed.
    #[n(2)]
    CommitSent(#[n(0)] CommitSent),
    /// The card did it, proved by its answer or by the card itself later.
    #[n(3)]
    Confirmed(#[n(0)] Confirmed),
    /// The card certainly did not do it.
    #[n(4)]
    NotApplied(#[n(0)] NotApplied),
    /// Nobody knows yet whether the card did it; the card does.
    #[n(5)]
    Indeterminate(#[n(0)] Indeterminate),
    /// The operator went on without the card: the movement stays unsettled until the card is seen again.
    #[n(6)]
    Parked(#[n(0)] Parked),
    /// The card contradicts the journal; head office decides.
    #[n(7)]
    Held(#[n(0)] Held),
    /// Cash moved without a card.
    #[n(8)]
    Cash(#[n(0)] Box<Cash>),
    /// A shift began.
    #[n(9)]
    ShiftOpened(#[n(0)] ShiftOpened),
    /// A shift ended: the numbered Z report.
    #[n(10)]
    ShiftClosed(#[n(0)] Box<ZReport>),
    /// An operator signed on with card and PIN.
    #[n(11)]
    SignedOn(#[n(0)] SignedOn),
    /// An operator's keys left the memory.
    #[n(12)]
    SignedOff(#[n(0)] SignedOff),
    /// A card or a person was refused.
    #[n(13)]
    Refused(#[n(0)] Refused),
    /// A member was registered on a card; who it is stands elsewhere.
    #[n(14)]
    Registered(#[n(0)] Registered),
    /// A card was reported lost by its number.
    #[n(15)]
    ReportedLost(#[n(0)] ReportedLost),
    /// A signed package from head office was put to use.
    #[n(16)]
    Installed(#[n(0)] Installed),
    /// Head office has the journal up to an entry.
    #[n(17)]
    Acknowledged(#[n(0)] Acknowledged),
}

impl Record {
    /// The number of the variant, stored beside the body so that entries can be found by kind.
    pub const fn kind_code(&self) -> u8 {
        match self {
            Self::Checkpoint(_) => 0,
            Self::Intent(_) => 1,
            Self::CommitSent(_) => 2,
            Self::Confirmed(_) => 3,
            Self::NotApplied(_) => 4,
            Self::Indeterminate(_) => 5,
            Self::Parked(_) => 6,
            Self::Held(_) => 7,
            Self::Cash(_) => 8,
            Self::ShiftOpened(_) => 9,
            Self::ShiftClosed(_) => 10,
            Self::SignedOn(_) => 11,
            Self::SignedOff(_) => 12,
            Self::Refused(_) => 13,
            Self::Registered(_) => 14,
            Self::ReportedLost(_) => 15,
            Self::Installed(_) => 16,
            Self::Acknowledged(_) => 17,
        }
    }

    /// The number of the intent that the entry is an outcome of, where it is one.
    pub const fn about(&self) -> Option<Sequence> {
        match self {
            Self::CommitSent(sent) => Some(sent.intent),
            Self::Confirmed(confirmed) => Some(confirmed.intent),
            Self::NotApplied(not_applied) => Some(not_applied.intent),
            Self::Indeterminate(unknown) => Some(unknown.intent),
            Self::Parked(parked) => Some(parked.intent),
            Self::Held(held) => Some(held.intent),
            _ => None,
        }
    }

    /// The card the entry is about, where it names one; entries can be found by it.
    pub fn card(&self) -> Option<Uid> {
        match self {
            Self::Intent(intent) => Some(intent.card),
            Self::Refused(refused) => refused.card,
            Self::Registered(registered) => Some(registered.card),
            _ => None,
        }
    }
}

/// A snapshot of the books, signed by the terminal.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Checkpoint {
    /// The books after the entry before this one, as CBOR.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub books: Vec<u8>,
    /// Ed25519 over the place in the chain and the books.
    #[n(1)]
    pub signature: ByteArray<64>,
}

/// What a movement does. The numbers also stand on the card, in its history records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Operation {
    /// The card's first transaction, at head office.
    #[n(1)]
    Issue,
    /// Goods paid from the purse, points earned or redeemed.
    #[n(2)]
    Sale,
    /// Money received in cash and credited to the purse.
    #[n(3)]
    TopUp,
    /// The last sale taken back, within LimitedCredit.
    #[n(4)]
    UndoSale,
    /// The last top-up taken back.
    #[n(5)]
    UndoTopUp,
    /// A sale returned later, as a transaction of its own.
    #[n(6)]
    Refund,
    /// The card is blocked at the tap.
    #[n(7)]
    Block,
    /// A pre-issued card comes into a member's hands.
    #[n(8)]
    Activate,
    /// A balance set right by head office, as two officers booked it.
    #[n(9)]
    Correct,
}

/// A movement of a card, written before the card makes it. The entry's sequence number is the sale's identity.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Intent {
    /// What it does.
    #[n(0)]
    pub operation: Operation,
    /// The card.
    #[n(1)]
    pub card: Uid,
    /// Who made it.
    #[n(2)]
    pub operator: OperatorId,
    /// Who approved it, if somebody else had to.
    #[n(3)]
    pub approver: Option<OperatorId>,
    /// What it does to the purse, signed.
    #[n(4)]
    pub purse: Money,
    /// What it does to the points, signed.
    #[n(5)]
    pub points: Points,
    /// The newest history record as the card gave it.
    #[n(6)]
    pub read: ByteArray<CARD_RECORD>,
    /// The history record that is written with it.
    #[n(7)]
    pub written: ByteArray<CARD_RECORD>,
    /// Cash that changes hands with it: positive into the drawer, negative out of it.
    #[n(8)]
    pub cash: Money,
    /// What was sold; none for a top-up or block.
    #[n(9)]
    pub basket: Option<Basket>,
    /// The movement this one takes back or refunds.
    #[n(10)]
    pub undoes: Option<SaleId>,
    /// The part of `points` that was redeemed (not negative); the rest was earned.
    #[n(11)]
    pub redeemed: Points,
    /// The part of `purse` that is a bonus and not owed for cash (not negative).
    #[n(12)]
    pub bonus: Money,
    /// The version of the card's sale key.
    #[n(13)]
    pub key_version: u8,
}

impl Intent {
    /// The reader id that CommitReaderID puts under the card's transaction MAC: terminal ‖ sequence ‖ first eight
    /// bytes of the intent's SHA-256, so that the card's MAC vouches for the journal's entry.
    pub fn reader_id(&self, id: SaleId) -> [u8; 16] {
        let body = minicbor::to_vec(self).expect("encoding into memory cannot fail");
        let digest = Sha256::new().chain_update(b"satchel reader id 1").chain_update(body).finalize();
        let mut reader_id = [0; 16];
        reader_id[..4].copy_from_slice(&id.terminal.get().to_be_bytes());
        reader_id[4..8].copy_from_slice(&id.sequence.get().to_be_bytes());
        reader_id[8..].copy_from_slice(&digest[..8]);
        reader_id
    }
}

/// What was sold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct Basket {
    /// The sum of the lines, before the discount.
    #[n(0)]
    pub gross: Money,
    /// What was taken off.
    #[n(1)]
    pub discount: Money,
    /// What redeemed points paid for.
    #[n(2)]
    pub points_value: Money,
    /// The lines; none for a plain amount.
    #[n(3)]
    pub lines: Vec<Line>,
}

/// One line of a basket.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Line {
    /// The item's code in the catalogue.
    #[n(0)]
    pub item: String,
    /// How many, in thousandths of the item's unit.
    #[n(1)]
    pub quantity_milli: i64,
    /// What the line costs.
    #[n(2)]
    pub amount: Money,
    /// What the receipt called it, so that it reads the same when it is printed again.
    #[n(3)]
    pub text: String,
}

/// What is known just before CommitTransaction.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct CommitSent {
    /// The intent's number.
    #[n(0)]
    pub intent: Sequence,
    /// The previous reader id as the card enciphered it; part of the transaction MAC's input.
    #[n(1)]
    pub enc_tmri: ByteArray<16>,
}

/// How it is known that the card did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Evidence {
    /// The card answered the commit.
    #[n(0)]
    Answer,
    /// The card came back and its newest record is this movement's.
    #[n(1)]
    NewestRecord,
    /// The card came back, went on elsewhere in between, and its history holds this movement's record.
    #[n(2)]
    History,
}

/// The card did it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Confirmed {
    /// The intent's number.
    #[n(0)]
    pub intent: Sequence,
    /// How it is known.
    #[n(1)]
    pub evidence: Evidence,
    /// The transaction's counter and MAC; none when only the history told.
    #[n(2)]
    pub proof: Option<Proof>,
}

/// What the card answers a commit with, and its transaction MAC file holds afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Proof {
    /// The transaction MAC counter.
    #[n(0)]
    pub tmc: u32,
    /// The transaction MAC value.
    #[n(1)]
    pub tmv: ByteArray<8>,
}

/// How it is known that the card did not do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum NotAppliedWhy {
    /// It was given up before the commit was sent.
    #[n(0)]
    BeforeCommit,
    /// The card refused the commit.
    #[n(1)]
    CardRefused,
    /// The card came back unchanged.
    #[n(2)]
    CardUnchanged,
}

/// The card certainly did not do it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct NotApplied {
    /// The intent's number.
    #[n(0)]
    pub intent: Sequence,
    /// How it is known.
    #[n(1)]
    pub why: NotAppliedWhy,
}

/// Why it is not known whether the card did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum IndeterminateWhy {
    /// The card was gone before it answered the commit.
    #[n(0)]
    CardGone,
    /// The answer to the commit was not the card's, or damaged.
    #[n(1)]
    BadAnswer,
    /// The app ended between the intent and its outcome.
    #[n(2)]
    Restarted,
}

/// Nobody knows yet whether the card did it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Indeterminate {
    /// The intent's number.
    #[n(0)]
    pub intent: Sequence,
    /// Why.
    #[n(1)]
    pub why: IndeterminateWhy,
}

/// The operator went on without the card.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Parked {
    /// The intent's number.
    #[n(0)]
    pub intent: Sequence,
    /// Who.
    #[n(1)]
    pub operator: OperatorId,
}

/// How a card contradicts the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Contradiction {
    /// The card's record of this movement differs from the one the journal wrote.
    #[n(0)]
    OtherRecord,
    /// The counter moved, but not by this movement, and the history no longer reaches back to tell.
    #[n(1)]
    HistoryTooShort,
    /// The counter went backwards.
    #[n(2)]
    CounterWentBack,
    /// The counter moved although the newest record is the one from before.
    #[n(3)]
    CounterWithoutRecord,
}

/// The card contradicts the journal.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Held {
    /// The intent's number.
    #[n(0)]
    pub intent: Sequence,
    /// How.
    #[n(1)]
    pub contradiction: Contradiction,
}

/// What cash moved for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum CashKind {
    /// A sale paid in cash alone.
    #[n(0)]
    Sale,
    /// Goods returned for cash.
    #[n(1)]
    Refund,
    /// Change money brought to the drawer.
    #[n(2)]
    PayIn,
    /// Takings carried off.
    #[n(3)]
    PayOut,
}

/// Cash moved without a card.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Cash {
    /// What for.
    #[n(0)]
    pub kind: CashKind,
    /// How much, not negative; the kind says the direction.
    #[n(1)]
    pub amount: Money,
    /// Who.
    #[n(2)]
    pub operator: OperatorId,
    /// Who approved it, if somebody else had to.
    #[n(3)]
    pub approver: Option<OperatorId>,
    /// What was sold or returned.
    #[n(4)]
    pub basket: Option<Basket>,
    /// The sale that is refunded, where known.
    #[n(5)]
    pub refunds: Option<SaleId>,
}

impl Cash {
    /// What it brings to the drawer: negative where it takes something out.
    pub fn to_drawer(&self) -> Result<Money, Arithmetic> {
        match self.kind {
            CashKind::Sale | CashKind::PayIn => Ok(self.amount),
            CashKind::Refund | CashKind::PayOut => self.amount.negated(),
        }
    }
}

/// A shift began.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ShiftOpened {
    /// Its number at this terminal, from 1 without gaps.
    #[n(0)]
    pub shift: u32,
    /// Whose.
    #[n(1)]
    pub operator: OperatorId,
    /// Change money in the drawer.
    #[n(2)]
    pub float: Money,
}

/// The end of a shift.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ZReport {
    /// The report's number and the shift's: from 1 without gaps.
    #[n(0)]
    pub number: u32,
    /// Who closed it.
    #[n(1)]
    pub operator: OperatorId,
    /// The shift's sums.
    #[n(2)]
    pub shift: crate::Totals,
    /// All sums since the terminal's first day.
    #[n(3)]
    pub perpetual: crate::Totals,
    /// Cash that should be in the drawer.
    #[n(4)]
    pub expected: Money,
    /// Cash that was counted in it.
    #[n(5)]
    pub counted: Money,
    /// Movements whose outcome nobody knows yet.
    #[n(6)]
    pub unsettled: Vec<Sequence>,
    /// Cash that lies apart for them.
    #[n(7)]
    pub unsettled_cash: Money,
    /// The hash of the entry before this one; with the number of entries it shows a cut-off tail.
    #[n(8)]
    pub head: ByteArray<32>,
}

/// An operator signed on.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SignedOn {
    /// Who.
    #[n(0)]
    pub operator: OperatorId,
    /// With which card.
    #[n(1)]
    pub card: Uid,
}

/// An operator signed off.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SignedOff {
    /// Who.
    #[n(0)]
    pub operator: OperatorId,
}

/// Why a card or a person was refused, as far as the journal keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum RefusedWhy {
    /// Not one of our cards, or a copy of one.
    #[n(0)]
    NotOurs,
    /// On the block list.
    #[n(1)]
    Listed,
    /// Blocked by its own record.
    #[n(2)]
    Blocked,
    /// Past its last day.
    #[n(3)]
    Expired,
    /// Not enough in the purse.
    #[n(4)]
    Funds,
    /// A limit of the profile or the purse.
    #[n(5)]
    Limit,
    /// An operator card or PIN was refused.
    #[n(6)]
    SignOn,
    /// A pre-issued card that nobody has activated.
    #[n(7)]
    NotActivated,
}

/// A card or a person was refused.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Refused {
    /// The card, if it told its identifier.
    #[n(0)]
    pub card: Option<Uid>,
    /// Why.
    #[n(1)]
    pub why: RefusedWhy,
    /// Who was signed on.
    #[n(2)]
    pub operator: Option<OperatorId>,
}

/// A member was registered.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Registered {
    /// On which card.
    #[n(0)]
    pub card: Uid,
    /// The number printed on it.
    #[n(1)]
    pub number: CardNumber,
    /// Where the person's data stands, apart from the journal.
    #[n(2)]
    pub reference: ByteArray<16>,
    /// Who registered them.
    #[n(3)]
    pub operator: OperatorId,
}

/// A card was reported lost.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ReportedLost {
    /// The number printed on it.
    #[n(0)]
    pub number: CardNumber,
    /// Who took the report.
    #[n(1)]
    pub operator: OperatorId,
}

/// A signed package was put to use.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Installed {
    /// The kind of package, as packages number them.
    #[n(0)]
    pub kind: u8,
    /// Its version.
    #[n(1)]
    pub version: u32,
    /// The terminal it was meant for, where it was meant for one.
    #[n(2)]
    pub terminal: Option<TerminalId>,
    /// Whether head office proved contact with it: the offline total begins again.
    #[n(3)]
    pub contact: Contact,
}

/// Whether a package shows that head office knows what this terminal has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Contact {
    /// It came to everybody.
    #[n(0)]
    Broadcast,
    /// It answers this terminal's own bundle: what was sold offline is known.
    #[n(1)]
    Answered,
}

/// Head office has the journal up to an entry, as its signed receipt says.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Acknowledged {
    /// The last entry that head office has, with all before it.
    #[n(0)]
    pub up_to: Sequence,
    /// Money debited from cards after that entry: what the offline total begins with again.
    #[n(1)]
    pub spent_since: Money,
}
