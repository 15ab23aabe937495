//! A bundle's entries as CBOR. What head office can work out from the rest is left out; what comes out are the same bytes.
//!
//! An item is an array whose first element says its form. *Written*: any entry as it is. *Checkpoint*: a signature alone, since the books
//! are added up again. *Movement*: intent, commit and confirmation of one movement that went well, together.

use crate::ExchangeError;
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use satchel_cards::record::HistoryRecord;
use satchel_journal::{
    Basket, CARD_RECORD, Checkpoint, CommitSent, Confirmed, Evidence, Follower, Intent, Operation, Proof, Record,
    Written,
};
use satchel_values::{Money, OperatorId, Points, SaleId, Sequence, TerminalId, Timestamp, Uid};

/// One item.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub(crate) enum Item {
    /// An entry as it was written.
    #[n(0)]
    Written {
        /// Milliseconds since the entry before it.
        #[n(0)]
        after: i64,
        #[cbor(n(1), with = "minicbor::bytes")]
        body: Vec<u8>,
    },
    #[n(1)]
    Checkpoint {
        #[n(0)]
        after: i64,
        #[n(1)]
        signature: ByteArray<64>,
    },
    #[n(2)]
    Movement(#[n(0)] Box<Movement>),
}

/// Three entries: a movement was begun, its commit was sent, the card confirmed it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Movement {
    /// Milliseconds from each entry to the next, the first from the entry before it.
    #[n(0)]
    intent_after: i64,
    #[n(1)]
    sent_after: i64,
    #[n(2)]
    confirmed_after: i64,
    #[n(3)]
    operation: Operation,
    #[n(4)]
    card: Uid,
    #[n(5)]
    operator: OperatorId,
    #[n(6)]
    purse: Money,
    #[n(7)]
    points: Points,
    #[n(8)]
    cash: Money,
    #[n(9)]
    key_version: u8,
    #[n(10)]
    read: Read,
    #[n(11)]
    enc_tmri: ByteArray<16>,
    /// The high half of the counter; the low half is in what was written.
    #[n(12)]
    tmc_high: u16,
    #[n(13)]
    tmv: ByteArray<8>,
    /// What most movements do not have; they end here.
    #[n(14)]
    basket: Option<Goods>,
    #[n(15)]
    more: Option<More>,
    /// The record that was written, where it is not the one that follows from the rest.
    #[n(16)]
    written: Option<ByteArray<CARD_RECORD>>,
}

/// The record that the card had before.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
struct Read {
    #[n(0)]
    operation: Operation,
    #[n(1)]
    flags: u8,
    #[n(2)]
    tier: u8,
    #[n(3)]
    expiry: u16,
    #[n(4)]
    terminal: TerminalId,
    #[n(5)]
    sequence: Sequence,
    /// Seconds before the movement.
    #[n(6)]
    before: i64,
    #[n(7)]
    amount: Money,
    #[n(8)]
    balance: Money,
    #[n(9)]
    points: Points,
    #[n(10)]
    tmc_low: u16,
}

/// What was sold.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
enum Goods {
    /// An amount without lines, discount or points: what the purse lost and the drawer gained.
    #[n(0)]
    Plain,
    #[n(1)]
    Basket(#[n(0)] Basket),
}

/// What few movements have.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
struct More {
    #[n(0)]
    approver: Option<OperatorId>,
    #[n(1)]
    undoes: Option<SaleId>,
    #[cbor(n(2), default)]
    redeemed: Points,
    #[cbor(n(3), default)]
    bonus: Money,
}

/// A terminal's entries as items. `before` is the time of the entry before the first.
pub(crate) fn items(terminal: TerminalId, before: Timestamp, entries: &[Written]) -> Vec<Item> {
    let mut items = Vec::new();
    let mut last = before;
    let mut rest = entries;
    while let Some((first, others)) = rest.split_first() {
        if let Some(movement) = rest.first_chunk::<3>().and_then(|three| Movement::of(terminal, last, three)) {
            items.push(Item::Movement(Box::new(movement)));
            last = rest[2].at;
            rest = &rest[3..];
            continue;
        }
        let after = first.at.ms_since(last);
        items.push(match signature(&first.body) {
            Some(signature) => Item::Checkpoint { after, signature },
            None => Item::Written { after, body: first.body.clone() },
        });
        last = first.at;
        rest = others;
    }
    items
}

/// The signature of a checkpoint whose books this version encodes as they were written.
fn signature(body: &[u8]) -> Option<ByteArray<64>> {
    let Ok(Record::Checkpoint(checkpoint)) = exact(body) else { return None };
    let books: satchel_journal::Books = minicbor::decode(&checkpoint.books).ok()?;
    (encoded(&books) == checkpoint.books).then_some(checkpoint.signature)
}

impl Item {
    /// The entries that the item stands for, with their times, as they were written after those that were followed.
    pub fn entries(
        &self,
        terminal: TerminalId,
        last: Timestamp,
        follower: &Follower,
    ) -> Result<Vec<(Timestamp, Vec<u8>)>, ExchangeError> {
        match self {
            Self::Written { after, body } => Ok(vec![(later(last, *after)?, body.clone())]),
            Self::Checkpoint { after, signature } => {
                let checkpoint = Checkpoint { books: encoded(follower.books()), signature: *signature };
                Ok(vec![(later(last, *after)?, encoded(&Record::Checkpoint(checkpoint)))])
            }
            Self::Movement(movement) => {
                let sequence = follower.head().sequence.next().ok_or(UNREADABLE)?;
                let begun = later(last, movement.intent_after)?;
                let sent = later(begun, movement.sent_after)?;
                let confirmed = later(sent, movement.confirmed_after)?;
                let records = movement.records(SaleId { terminal, sequence }, begun)?;
                Ok([begun, sent, confirmed].into_iter().zip(records.iter().map(encoded)).collect())
            }
        }
    }
}

const UNREADABLE: ExchangeError = ExchangeError::Unreadable("bundle");

impl Movement {
    /// Three entries, if they are such a movement and come out of it byte for byte.
    fn of(terminal: TerminalId, last: Timestamp, entries: &[Written; 3]) -> Option<Self> {
        let [first, second, third] = entries;
        let (Ok(Record::Intent(intent)), Ok(Record::CommitSent(sent)), Ok(Record::Confirmed(confirmed))) =
            (exact(&first.body), exact(&second.body), exact(&third.body))
        else {
            return None;
        };
        let proof = confirmed.proof?;
        let ours = sent.intent == first.sequence && confirmed.intent == first.sequence;
        if !ours || confirmed.evidence != Evidence::Answer {
            return None;
        }
        let Intent { operation, card, operator, approver, purse, points, cash, undoes, redeemed, bonus, .. } = *intent;
        let more = More { approver, undoes, redeemed, bonus };
        let movement = Self {
            intent_after: first.at.ms_since(last),
            sent_after: second.at.ms_since(first.at),
            confirmed_after: third.at.ms_since(second.at),
            operation,
            card,
            operator,
            purse,
            points,
            cash,
            key_version: intent.key_version,
            read: Read::of(&intent.read, first.at)?,
            enc_tmri: sent.enc_tmri,
            tmc_high: u16::try_from(proof.tmc >> 16).ok()?,
            tmv: proof.tmv,
            basket: intent.basket.clone().map(|basket| Goods::of(basket, purse, cash)),
            more: (more != More::default()).then_some(more),
            written: None,
        };
        let id = SaleId { terminal, sequence: first.sequence };
        [None, Some(intent.written)].into_iter().map(|written| Self { written, ..movement.clone() }).find(|movement| {
            let records = movement.records(id, first.at);
            records
                .is_ok_and(|records| records.iter().zip(entries).all(|(record, entry)| encoded(record) == entry.body))
        })
    }

    fn records(&self, id: SaleId, at: Timestamp) -> Result<[Record; 3], ExchangeError> {
        let read = self.read.record(at)?;
        let written = match self.written {
            Some(written) => written,
            None => self.follows(&read, id, at)?,
        };
        let low = HistoryRecord::parse(&written).map_err(|_| UNREADABLE)?.tmc_low;
        let more = self.more.clone().unwrap_or_default();
        let intent = Intent {
            operation: self.operation,
            card: self.card,
            operator: self.operator,
            approver: more.approver,
            purse: self.purse,
            points: self.points,
            read: read.emit().map_err(|_| UNREADABLE)?.into(),
            written,
            cash: self.cash,
            basket: match &self.basket {
                None => None,
                Some(goods) => Some(goods.basket(self.purse, self.cash)?),
            },
            undoes: more.undoes,
            redeemed: more.redeemed,
            bonus: more.bonus,
            key_version: self.key_version,
        };
        let intent_number = id.sequence;
        let proof = Proof { tmc: u32::from(self.tmc_high) << 16 | u32::from(low), tmv: self.tmv };
        Ok([
            Record::Intent(Box::new(intent)),
            Record::CommitSent(CommitSent { intent: intent_number, enc_tmri: self.enc_tmri }),
            Record::Confirmed(Confirmed { intent: intent_number, evidence: Evidence::Answer, proof: Some(proof) }),
        ])
    }

    /// The record that a movement of this kind writes over what it read.
    fn follows(
        &self,
        read: &HistoryRecord,
        id: SaleId,
        at: Timestamp,
    ) -> Result<ByteArray<CARD_RECORD>, ExchangeError> {
        let out_of_range = |_| UNREADABLE;
        let record = HistoryRecord {
            operation: self.operation,
            id,
            at,
            amount: self.purse,
            balance: read.balance.plus(self.purse).map_err(out_of_range)?,
            points: read.points.plus(self.points).map_err(out_of_range)?,
            tmc_low: read.tmc_low.wrapping_add(1),
            ..*read
        };
        Ok(record.emit().map_err(out_of_range)?.into())
    }
}

impl Read {
    fn of(bytes: &[u8; CARD_RECORD], at: Timestamp) -> Option<Self> {
        let record = HistoryRecord::parse(bytes).ok()?;
        Some(Self {
            operation: record.operation,
            flags: record.flags(),
            tier: record.tier.get(),
            expiry: record.expiry.days(),
            terminal: record.id.terminal,
            sequence: record.id.sequence,
            before: at.ms().div_euclid(1_000) - record.at.ms().div_euclid(1_000),
            amount: record.amount,
            balance: record.balance,
            points: record.points,
            tmc_low: record.tmc_low,
        })
    }

    fn record(&self, at: Timestamp) -> Result<HistoryRecord, ExchangeError> {
        let seconds = at.ms().div_euclid(1_000).checked_sub(self.before).ok_or(UNREADABLE)?;
        Ok(HistoryRecord {
            operation: self.operation,
            standing: HistoryRecord::standing_of(self.flags).ok_or(UNREADABLE)?,
            tier: satchel_values::Tier::new(self.tier),
            expiry: satchel_values::Date::from_days(self.expiry),
            id: SaleId { terminal: self.terminal, sequence: self.sequence },
            at: Timestamp::from_ms(seconds.checked_mul(1_000).ok_or(UNREADABLE)?),
            amount: self.amount,
            balance: self.balance,
            points: self.points,
            tmc_low: self.tmc_low,
        })
    }
}

impl Goods {
    fn of(basket: Basket, purse: Money, cash: Money) -> Self {
        match Self::Plain.basket(purse, cash) {
            Ok(plain) if plain == basket => Self::Plain,
            _ => Self::Basket(basket),
        }
    }

    fn basket(&self, purse: Money, cash: Money) -> Result<Basket, ExchangeError> {
        match self {
            Self::Plain => {
                let gross = cash.minus(purse).map_err(|_| UNREADABLE)?;
                Ok(Basket { gross, ..Basket::default() })
            }
            Self::Basket(basket) => Ok(basket.clone()),
        }
    }
}

/// A body that this version encodes as it was written.
fn exact(body: &[u8]) -> Result<Record, ExchangeError> {
    let record: Record = minicbor::decode(body).map_err(|_| UNREADABLE)?;
    if encoded(&record) == body { Ok(record) } else { Err(UNREADABLE) }
}

fn encoded<T: Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).expect("encoding into memory cannot fail")
}

fn later(last: Timestamp, after: i64) -> Result<Timestamp, ExchangeError> {
    last.ms().checked_add(after).map(Timestamp::from_ms).ok_or(UNREADABLE)
}
