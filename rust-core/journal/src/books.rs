//! The fold of all entries: what a terminal must know at once, without reading its journal from the beginning.
//!
//! A movement of a card is booked when, and only when, it is confirmed. Until then it is unsettled: neither its money
//! nor its cash is in any total.

use crate::record::{
    Acknowledged, Basket, Cash, CashKind, CommitSent, Contact, Installed, Intent, Operation, Record, ShiftOpened,
    ZReport,
};
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use satchel_values::{Arithmetic, Money, OperatorId, Points, Sequence, Timestamp, Uid};
use std::collections::BTreeMap;

/// Movements that may be unsettled at one time. More than this many torn cards means that something else is wrong.
pub const UNSETTLED_MOST: usize = 64;

/// Why an entry does not fit the ones before it. It is not written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BooksError {
    /// An outcome for a movement that is not open.
    #[error("entry {0} is not an open movement")]
    NotOpen(Sequence),
    /// Too many open movements.
    #[error("{UNSETTLED_MOST} movements are unsettled: settle some before making more")]
    TooManyUnsettled,
    /// A shift entry out of turn.
    #[error("a shift entry out of turn")]
    ShiftOrder,
    /// A report whose figures are not the books'.
    #[error("the Z report's figures are not those of the books")]
    ReportDiffers,
    /// A sum left its range.
    #[error("a total would leave its range")]
    Arithmetic(#[from] Arithmetic),
    /// An entry breaks a rule of its own kind.
    #[error("malformed entry: {0}")]
    Malformed(&'static str),
}

/// What the terminal's entries add up to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct Books {
    /// The open shift.
    #[n(0)]
    shift: Option<Shift>,
    /// All sums since the terminal's first day.
    #[n(1)]
    perpetual: Totals,
    /// The last Z report's number.
    #[n(2)]
    last_z: u32,
    /// Movements begun and not settled, oldest first.
    #[n(3)]
    unsettled: Vec<Unsettled>,
    /// Money debited from cards since head office last answered.
    #[n(4)]
    offline_spent: Money,
    /// The newest version of each kind of package that was ever in force.
    #[cbor(n(5), default)]
    packages: BTreeMap<u8, u32>,
    /// The last entry that head office has acknowledged.
    #[n(6)]
    acknowledged: Option<Sequence>,
}

/// The open shift.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Shift {
    /// Its number.
    #[n(0)]
    pub number: u32,
    /// Who opened it.
    #[n(1)]
    pub operator: OperatorId,
    /// Change money at its beginning.
    #[n(2)]
    pub float: Money,
    /// Its sums so far.
    #[n(3)]
    pub totals: Totals,
    /// When it began.
    #[n(4)]
    pub opened_at: Timestamp,
}

impl Shift {
    /// Cash that should be in the drawer: the float and what moved since. Cash of unsettled movements lies apart.
    pub fn expected_cash(&self) -> Result<Money, Arithmetic> {
        self.float.plus(self.totals.cash)
    }
}

/// Where an unsettled movement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Stage {
    /// The intent is written; the commit has not been sent as far as the journal knows.
    #[n(0)]
    Begun,
    /// The commit was about to be sent.
    #[n(1)]
    CommitSent,
    /// The card was lost; "present the same card".
    #[n(2)]
    Indeterminate,
    /// The operator went on without the card.
    #[n(3)]
    Parked,
    /// The card contradicts the journal; head office decides.
    #[n(4)]
    Held,
}

/// A movement whose outcome is not known.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Unsettled {
    /// The intent's number.
    #[n(0)]
    pub sequence: Sequence,
    /// When it was begun.
    #[n(1)]
    pub at: Timestamp,
    /// What it would do.
    #[n(2)]
    pub intent: Intent,
    /// The enciphered reader id, once the commit was about to be sent.
    #[n(3)]
    pub enc_tmri: Option<ByteArray<16>>,
    /// Where it stands.
    #[n(4)]
    pub stage: Stage,
}

/// Sums of confirmed movements and of cash.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct Totals {
    /// Sales, by card, in cash, or both.
    #[n(0)]
    pub sales: u32,
    /// Their worth before discounts and redeemed points.
    #[n(1)]
    pub gross: Money,
    /// What was taken off.
    #[n(2)]
    pub discounts: Money,
    /// What redeemed points paid for.
    #[n(3)]
    pub points_value: Money,
    /// Money debited from purses by sales.
    #[n(4)]
    pub spent: Money,
    /// Top-ups.
    #[n(5)]
    pub top_ups: u32,
    /// Money credited to purses by top-ups, without bonuses.
    #[n(6)]
    pub loaded: Money,
    /// Money credited to purses as bonuses.
    #[n(7)]
    pub bonuses: Money,
    /// Sales taken back.
    #[n(8)]
    pub undone_sales: u32,
    /// Money given back to purses by them.
    #[n(9)]
    pub undone_spent: Money,
    /// Top-ups taken back.
    #[n(10)]
    pub undone_top_ups: u32,
    /// Money taken from purses by them.
    #[n(11)]
    pub undone_loaded: Money,
    /// Refunds, to cards or in cash.
    #[n(12)]
    pub refunds: u32,
    /// Money given back to purses by refunds.
    #[n(13)]
    pub refunded: Money,
    /// Points earned, less those taken back.
    #[n(14)]
    pub points_earned: Points,
    /// Points redeemed, less those given back.
    #[n(15)]
    pub points_redeemed: Points,
    /// Cash into the drawer less cash out of it, of every kind, without the float.
    #[n(16)]
    pub cash: Money,
    /// Cards blocked.
    #[n(17)]
    pub blocked: u32,
    /// Cards activated.
    #[n(18)]
    pub activated: u32,
    /// The part of bonuses taken back with undone top-ups.
    #[n(19)]
    pub undone_bonuses: Money,
}

impl Totals {
    /// Money on cards that these movements made or took: loaded and given back, less spent and taken back.
    pub fn purse_change(&self) -> Result<Money, Arithmetic> {
        self.loaded
            .plus(self.bonuses)?
            .plus(self.undone_spent)?
            .plus(self.refunded)?
            .minus(self.spent)?
            .minus(self.undone_loaded)?
            .minus(self.undone_bonuses)
    }

    fn book_movement(&mut self, intent: &Intent) -> Result<(), BooksError> {
        let taken = intent.purse.negated()?;
        match intent.operation {
            Operation::Sale => {
                self.sales = more(self.sales)?;
                self.book_basket(intent.basket.as_ref())?;
                self.spent = self.spent.plus(taken)?;
            }
            Operation::TopUp => {
                self.top_ups = more(self.top_ups)?;
                self.loaded = self.loaded.plus(intent.purse.minus(intent.bonus)?)?;
                self.bonuses = self.bonuses.plus(intent.bonus)?;
            }
            Operation::UndoSale => {
                self.undone_sales = more(self.undone_sales)?;
                self.undone_spent = self.undone_spent.plus(intent.purse)?;
            }
            Operation::UndoTopUp => {
                self.undone_top_ups = more(self.undone_top_ups)?;
                self.undone_loaded = self.undone_loaded.plus(taken.minus(intent.bonus)?)?;
                self.undone_bonuses = self.undone_bonuses.plus(intent.bonus)?;
            }
            Operation::Refund => {
                self.refunds = more(self.refunds)?;
                self.refunded = self.refunded.plus(intent.purse)?;
            }
            Operation::Block => self.blocked = more(self.blocked)?,
            Operation::Activate => self.activated = more(self.activated)?,
            Operation::Issue => return Err(BooksError::Malformed("a terminal issues no cards")),
            Operation::Correct => return Err(BooksError::Malformed("a terminal corrects no balances")),
        }
        self.book_points(intent)?;
        self.cash = self.cash.plus(intent.cash)?;
        Ok(())
    }

    fn book_points(&mut self, intent: &Intent) -> Result<(), BooksError> {
        let undoes = matches!(intent.operation, Operation::UndoSale | Operation::UndoTopUp | Operation::Refund);
        let redeemed = if undoes { intent.redeemed.negated()? } else { intent.redeemed };
        self.points_redeemed = self.points_redeemed.plus(redeemed)?;
        self.points_earned = self.points_earned.plus(intent.points)?.plus(redeemed)?;
        Ok(())
    }

    fn book_basket(&mut self, basket: Option<&Basket>) -> Result<(), BooksError> {
        let Some(basket) = basket else { return Ok(()) };
        self.gross = self.gross.plus(basket.gross)?;
        self.discounts = self.discounts.plus(basket.discount)?;
        self.points_value = self.points_value.plus(basket.points_value)?;
        Ok(())
    }

    fn book_cash(&mut self, cash: &Cash) -> Result<(), BooksError> {
        match cash.kind {
            CashKind::Sale => {
                self.sales = more(self.sales)?;
                self.book_basket(cash.basket.as_ref())?;
            }
            CashKind::Refund => self.refunds = more(self.refunds)?,
            CashKind::PayIn | CashKind::PayOut => {}
        }
        self.cash = self.cash.plus(cash.to_drawer()?)?;
        Ok(())
    }
}

impl Books {
    /// Takes in the next entry. On an error nothing has changed.
    pub fn apply(&mut self, sequence: Sequence, at: Timestamp, record: &Record) -> Result<(), BooksError> {
        match record {
            Record::Intent(intent) => self.begin(sequence, at, intent),
            Record::CommitSent(sent) => self.commit_sent(sent),
            Record::Confirmed(confirmed) => self.confirm(confirmed.intent),
            Record::NotApplied(not_applied) => self.position(not_applied.intent).map(|place| {
                self.unsettled.remove(place);
            }),
            Record::Indeterminate(unknown) => self.advance(unknown.intent, Stage::Indeterminate),
            Record::Parked(parked) => self.advance(parked.intent, Stage::Parked),
            Record::Held(held) => self.advance(held.intent, Stage::Held),
            Record::Cash(cash) => self.move_cash(cash),
            Record::ShiftOpened(opened) => self.open_shift(opened, at),
            Record::ShiftClosed(report) => self.close_shift(report),
            Record::Installed(installed) => self.install(installed),
            Record::Acknowledged(told) => self.acknowledge(sequence, told),
            Record::Checkpoint(_)
            | Record::SignedOn(_)
            | Record::SignedOff(_)
            | Record::Refused(_)
            | Record::Registered(_)
            | Record::ReportedLost(_) => Ok(()),
        }
    }

    /// The open shift.
    pub const fn shift(&self) -> Option<&Shift> {
        self.shift.as_ref()
    }

    /// The newest version of a kind of package that was ever in force here. Nothing older is put to use again, not
    /// even after a restart.
    pub fn package_version(&self, kind: u8) -> Option<u32> {
        self.packages.get(&kind).copied()
    }

    /// The last entry that head office has, with all before it; 0 for none.
    pub fn acknowledged(&self) -> Sequence {
        self.acknowledged.unwrap_or_default()
    }

    /// All sums since the terminal's first day.
    pub const fn perpetual(&self) -> &Totals {
        &self.perpetual
    }

    /// The last Z report's number; 0 before the first.
    pub const fn last_z(&self) -> u32 {
        self.last_z
    }

    /// Movements whose outcome is not known, oldest first.
    pub fn unsettled(&self) -> &[Unsettled] {
        &self.unsettled
    }

    /// The unsettled movements of one card, oldest first.
    pub fn unsettled_of(&self, card: &Uid) -> impl Iterator<Item = &Unsettled> {
        self.unsettled.iter().filter(move |open| open.intent.card == *card)
    }

    /// Cash that lies apart until unsettled movements are settled.
    pub fn unsettled_cash(&self) -> Result<Money, Arithmetic> {
        self.unsettled.iter().try_fold(Money::ZERO, |sum, open| sum.plus(open.intent.cash))
    }

    /// Money debited from cards since head office last answered; sales taken back do not lower it.
    pub const fn offline_spent(&self) -> Money {
        self.offline_spent
    }

    /// The same, and what open sales would take: the most that can have been debited.
    pub fn offline_exposure(&self) -> Result<Money, Arithmetic> {
        let open_sales = self.unsettled.iter().filter(|open| open.intent.operation == Operation::Sale);
        open_sales.map(|open| open.intent.purse).try_fold(self.offline_spent, Money::minus)
    }

    /// The Z report that would close the open shift now.
    pub fn z_report(&self, operator: OperatorId, counted: Money, head: [u8; 32]) -> Result<ZReport, BooksError> {
        let shift = self.shift.as_ref().ok_or(BooksError::ShiftOrder)?;
        Ok(ZReport {
            number: shift.number,
            operator,
            shift: shift.totals.clone(),
            perpetual: self.perpetual.clone(),
            expected: shift.expected_cash()?,
            counted,
            unsettled: self.unsettled.iter().map(|open| open.sequence).collect(),
            unsettled_cash: self.unsettled_cash()?,
            head: head.into(),
        })
    }

    fn begin(&mut self, sequence: Sequence, at: Timestamp, intent: &Intent) -> Result<(), BooksError> {
        if self.unsettled.len() >= UNSETTLED_MOST {
            return Err(BooksError::TooManyUnsettled);
        }
        if intent.basket.as_ref().is_some_and(|basket| basket.lines.len() > crate::record::BASKET_LINES) {
            return Err(BooksError::Malformed("more basket lines than one sale may have"));
        }
        if intent.redeemed.is_negative() || intent.bonus.is_negative() {
            return Err(BooksError::Malformed("a negative part"));
        }
        let intent = intent.clone();
        self.unsettled.push(Unsettled { sequence, at, intent, enc_tmri: None, stage: Stage::Begun });
        Ok(())
    }

    fn commit_sent(&mut self, sent: &CommitSent) -> Result<(), BooksError> {
        let place = self.position(sent.intent)?;
        let open = &mut self.unsettled[place];
        if open.stage != Stage::Begun {
            return Err(BooksError::NotOpen(sent.intent));
        }
        open.enc_tmri = Some(sent.enc_tmri);
        open.stage = Stage::CommitSent;
        Ok(())
    }

    fn confirm(&mut self, intent: Sequence) -> Result<(), BooksError> {
        let place = self.position(intent)?;
        let intent = &self.unsettled[place].intent;
        let mut perpetual = self.perpetual.clone();
        perpetual.book_movement(intent)?;
        let mut offline_spent = self.offline_spent;
        if intent.operation == Operation::Sale {
            offline_spent = offline_spent.minus(intent.purse)?;
        }
        if let Some(shift) = &mut self.shift {
            let mut totals = shift.totals.clone();
            totals.book_movement(intent)?;
            shift.totals = totals;
        }
        self.perpetual = perpetual;
        self.offline_spent = offline_spent;
        self.unsettled.remove(place);
        Ok(())
    }

    fn advance(&mut self, intent: Sequence, stage: Stage) -> Result<(), BooksError> {
        let place = self.position(intent)?;
        self.unsettled[place].stage = stage;
        Ok(())
    }

    fn position(&self, intent: Sequence) -> Result<usize, BooksError> {
        self.unsettled.iter().position(|open| open.sequence == intent).ok_or(BooksError::NotOpen(intent))
    }

    fn move_cash(&mut self, cash: &Cash) -> Result<(), BooksError> {
        if cash.amount.is_negative() {
            return Err(BooksError::Malformed("a negative amount of cash"));
        }
        let shift = self.shift.as_mut().ok_or(BooksError::ShiftOrder)?;
        let mut perpetual = self.perpetual.clone();
        perpetual.book_cash(cash)?;
        let mut totals = shift.totals.clone();
        totals.book_cash(cash)?;
        shift.totals = totals;
        self.perpetual = perpetual;
        Ok(())
    }

    fn install(&mut self, installed: &Installed) -> Result<(), BooksError> {
        if self.package_version(installed.kind).is_some_and(|newest| installed.version <= newest) {
            return Err(BooksError::Malformed("a package that is not newer than the one before it"));
        }
        self.packages.insert(installed.kind, installed.version);
        if installed.contact == Contact::Answered {
            self.offline_spent = Money::ZERO;
        }
        Ok(())
    }

    fn acknowledge(&mut self, sequence: Sequence, told: &Acknowledged) -> Result<(), BooksError> {
        let newer = told.up_to < sequence && self.acknowledged.is_none_or(|before| told.up_to > before);
        if !newer || told.spent_since.is_negative() || told.spent_since > self.offline_spent {
            return Err(BooksError::Malformed("a receipt that is older than the one before it, or of other entries"));
        }
        self.acknowledged = Some(told.up_to);
        self.offline_spent = told.spent_since;
        Ok(())
    }

    fn open_shift(&mut self, opened: &ShiftOpened, at: Timestamp) -> Result<(), BooksError> {
        if self.shift.is_some() || Some(opened.shift) != self.last_z.checked_add(1) {
            return Err(BooksError::ShiftOrder);
        }
        self.shift = Some(Shift {
            number: opened.shift,
            operator: opened.operator,
            float: opened.float,
            totals: Totals::default(),
            opened_at: at,
        });
        Ok(())
    }

    fn close_shift(&mut self, report: &ZReport) -> Result<(), BooksError> {
        let ours = self.z_report(report.operator, report.counted, *report.head)?;
        if ours != *report {
            return Err(BooksError::ReportDiffers);
        }
        self.last_z = report.number;
        self.shift = None;
        Ok(())
    }
}

fn more(count: u32) -> Result<u32, Arithmetic> {
    count.checked_add(1).ok_or(Arithmetic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Confirmed, Evidence, NotApplied, NotAppliedWhy};

    fn at() -> Timestamp {
        Timestamp::from_ms(1_795_518_415_000)
    }

    fn sale(spent: i64, cash: i64) -> Record {
        Record::Intent(Box::new(Intent {
            operation: Operation::Sale,
            card: Uid::new([4, 1, 2, 3, 4, 5, 6]),
            operator: OperatorId::new(1),
            approver: None,
            purse: Money::new(-spent),
            points: Points::new(3),
            read: [0; 31].into(),
            written: [1; 31].into(),
            cash: Money::new(cash),
            basket: Some(Basket { gross: Money::new(spent + cash), ..Basket::default() }),
            undoes: None,
            redeemed: Points::ZERO,
            bonus: Money::ZERO,
            key_version: 1,
        }))
    }

    fn confirmed(intent: u32) -> Record {
        Record::Confirmed(Confirmed { intent: Sequence::new(intent), evidence: Evidence::History, proof: None })
    }

    fn opened() -> Books {
        let mut books = Books::default();
        let shift = ShiftOpened { shift: 1, operator: OperatorId::new(1), float: Money::new(50_00) };
        books.apply(Sequence::new(1), at(), &Record::ShiftOpened(shift)).expect("the first shift opens");
        books
    }

    #[test]
    fn money_and_cash_count_only_once_confirmed() {
        let mut books = opened();
        books.apply(Sequence::new(2), at(), &sale(900, 100)).expect("a sale begins");
        let shift = books.shift().expect("a shift is open").clone();
        assert_eq!(shift.expected_cash(), Ok(Money::new(50_00)));
        assert_eq!(books.unsettled_cash(), Ok(Money::new(100)));
        books.apply(Sequence::new(3), at(), &confirmed(2)).expect("the sale is open");
        let shift = books.shift().expect("a shift is open").clone();
        assert_eq!(shift.expected_cash(), Ok(Money::new(51_00)));
        assert_eq!((shift.totals.sales, shift.totals.spent), (1, Money::new(900)));
        assert_eq!(books.offline_spent(), Money::new(900));
        assert_eq!(books.apply(Sequence::new(4), at(), &confirmed(2)), Err(BooksError::NotOpen(Sequence::new(2))));
    }

    #[test]
    fn what_was_not_applied_leaves_no_trace_in_the_sums() {
        let mut books = opened();
        let before = books.clone();
        books.apply(Sequence::new(2), at(), &sale(900, 100)).expect("a sale begins");
        let undone = NotApplied { intent: Sequence::new(2), why: NotAppliedWhy::BeforeCommit };
        books.apply(Sequence::new(3), at(), &Record::NotApplied(undone)).expect("the sale is open");
        assert_eq!(books, before);
    }

    #[test]
    fn a_z_report_with_other_figures_is_refused() {
        let mut books = opened();
        let mut report = books.z_report(OperatorId::new(1), Money::new(50_00), [9; 32]).expect("a shift is open");
        report.shift.sales = 1;
        let before = books.clone();
        let refused = books.apply(Sequence::new(2), at(), &Record::ShiftClosed(Box::new(report.clone())));
        assert_eq!(refused, Err(BooksError::ReportDiffers));
        assert_eq!(books, before);
        report.shift.sales = 0;
        books.apply(Sequence::new(2), at(), &Record::ShiftClosed(Box::new(report))).expect("the figures are right");
        assert_eq!((books.last_z(), books.shift()), (1, None));
    }

    #[test]
    fn more_open_movements_than_the_limit_are_refused() {
        let mut books = opened();
        for number in 0..64 {
            books.apply(Sequence::new(2 + number), at(), &sale(1, 0)).expect("below the limit");
        }
        assert_eq!(books.apply(Sequence::new(99), at(), &sale(1, 0)), Err(BooksError::TooManyUnsettled));
    }

    #[test]
    fn books_survive_encoding() {
        let mut books = opened();
        books.apply(Sequence::new(2), at(), &sale(900, 100)).expect("a sale begins");
        let bytes = minicbor::to_vec(&books).expect("encoding into memory cannot fail");
        assert_eq!(minicbor::decode::<Books>(&bytes).expect("its own encoding decodes"), books);
    }
}
