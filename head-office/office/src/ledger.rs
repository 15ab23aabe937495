//! Double entry: what a movement does to which account. Debits are positive; the lines of one booking come to nothing.

use crate::office::charter;
use crate::{Actor, Office, OfficeError, Permission};
use satchel_journal::{Basket, Cash, CashKind, Intent, Operation, ZReport};
use satchel_store::{Row, StoreError, Value, Work};
use satchel_values::{Arithmetic, Date, Money, SaleId, Timestamp};

/// Head office itself, among stores.
pub(crate) const HEAD_OFFICE: i64 = 0;

/// What money is booked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// What is owed to members: the money on their cards.
    Float,
    /// Money in a store's drawers while a shift is open.
    Cash,
    /// Money that was taken for movements which their terminal has not confirmed: it lies apart.
    Apart,
    /// Money that left the drawers, and change that is kept for them.
    Safe,
    /// What was counted less than expected.
    CashDifference,
    /// Goods sold, at their prices.
    Sales,
    /// Goods taken back.
    Returns,
    /// What was taken off prices.
    Discounts,
    /// Goods that points paid for.
    Points,
    /// Money given on top of a top-up.
    Bonus,
    /// Money that cards were issued with.
    Issued,
    /// Money that went from one card to another.
    Transfer,
    /// Balances that were set right.
    Corrections,
    /// What cannot be booked elsewhere, and is looked into.
    Suspense,
}

/// What an account of a store comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// The account.
    pub account: Account,
    /// The store; 0 for head office.
    pub store: i64,
    /// Debits less credits.
    pub amount: Money,
}

/// What cards moved at a store, between days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreSettlement {
    /// The store.
    pub store: i64,
    /// Money that went onto cards there, sales taken back among it: the store owes it, less the bonuses.
    pub loaded: Money,
    /// The part of it that was given as a bonus.
    pub bonus: Money,
    /// Money that went off cards there, top-ups taken back among it: it is owed to the store.
    pub spent: Money,
}

impl StoreSettlement {
    /// What the store has to hand over; negative for what it is to get.
    ///
    /// # Errors
    /// The sums leave their range.
    pub fn owes(&self) -> Result<Money, Arithmetic> {
        self.loaded.minus(self.bonus)?.minus(self.spent)
    }
}

impl Account {
    /// Every account.
    pub const ALL: [Self; 14] = [
        Self::Float,
        Self::Cash,
        Self::Apart,
        Self::Safe,
        Self::CashDifference,
        Self::Sales,
        Self::Returns,
        Self::Discounts,
        Self::Points,
        Self::Bonus,
        Self::Issued,
        Self::Transfer,
        Self::Corrections,
        Self::Suspense,
    ];

    /// As it is stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Float => "float",
            Self::Cash => "cash",
            Self::Apart => "apart",
            Self::Safe => "safe",
            Self::CashDifference => "cash-difference",
            Self::Sales => "sales",
            Self::Returns => "returns",
            Self::Discounts => "discounts",
            Self::Points => "points",
            Self::Bonus => "bonus",
            Self::Issued => "issued",
            Self::Transfer => "transfer",
            Self::Corrections => "corrections",
            Self::Suspense => "suspense",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|account| account.name() == name)
    }
}

/// Lines of one booking.
pub(crate) type Lines = Vec<(Account, Money)>;

/// What a movement that the card made does. Its money lies apart until its terminal confirms it: that is a booking of its own
/// ([`of_confirmation`]), so that it is the same whoever tells first, terminal or card.
pub(crate) fn of_movement(intent: &Intent) -> Result<Lines, Arithmetic> {
    use Account as A;
    let owed = (A::Float, intent.purse.negated()?);
    let cash = (A::Apart, intent.cash);
    let lines = match intent.operation {
        Operation::Sale => sold(vec![owed, cash], intent.basket.as_ref()),
        Operation::TopUp => closed(vec![owed, cash, (A::Bonus, intent.bonus)], A::Suspense),
        Operation::UndoTopUp => closed(vec![owed, cash, (A::Bonus, intent.bonus.negated()?)], A::Suspense),
        Operation::UndoSale => closed(vec![owed, cash], A::Sales),
        Operation::Refund => closed(vec![owed, cash], A::Returns),
        Operation::Issue => closed(vec![owed], A::Issued),
        Operation::Correct => closed(vec![owed], A::Corrections),
        Operation::Block | Operation::Activate => closed(vec![owed, cash], A::Suspense),
    }?;
    Ok(kept(lines))
}

/// What a movement does that no card vouches for: the money in the drawer is there all the same.
pub(crate) fn of_doubtful(intent: &Intent) -> Result<Lines, Arithmetic> {
    Ok(kept(closed(vec![(Account::Apart, intent.cash)], Account::Suspense)?))
}

/// The terminal knows that a movement happened: its money is in the drawer.
pub(crate) fn of_confirmation(intent: &Intent) -> Result<Lines, Arithmetic> {
    Ok(kept(closed(vec![(Account::Cash, intent.cash)], Account::Apart)?))
}

/// What cash without a card does.
pub(crate) fn of_cash(cash: &Cash) -> Result<Lines, Arithmetic> {
    let drawer = vec![(Account::Cash, cash.to_drawer()?)];
    let lines = match cash.kind {
        CashKind::Sale => sold(drawer, cash.basket.as_ref()),
        CashKind::Refund => closed(drawer, Account::Returns),
        CashKind::PayIn | CashKind::PayOut => closed(drawer, Account::Safe),
    }?;
    Ok(kept(lines))
}

/// Change that a shift begins with.
pub(crate) fn of_opening(float: Money) -> Result<Lines, Arithmetic> {
    Ok(kept(closed(vec![(Account::Cash, float)], Account::Safe)?))
}

/// The drawer is counted and emptied.
pub(crate) fn of_closing(report: &ZReport) -> Result<Lines, Arithmetic> {
    let emptied = vec![(Account::Cash, report.expected.negated()?), (Account::Safe, report.counted)];
    Ok(kept(closed(emptied, Account::CashDifference)?))
}

/// Lines of one booking and what closes them, which goes to this account instead.
pub(crate) fn instead(mut lines: Lines, of: Account, to: Account) -> Lines {
    for line in lines.iter_mut().filter(|line| line.0 == of) {
        line.0 = to;
    }
    lines
}

/// Goods at their prices: what was paid, however, and what was taken off.
fn sold(mut paid: Lines, basket: Option<&Basket>) -> Result<Lines, Arithmetic> {
    if let Some(basket) = basket {
        paid.push((Account::Points, basket.points_value));
        paid.push((Account::Discounts, basket.discount));
    }
    closed(paid, Account::Sales)
}

fn closed(mut lines: Lines, by: Account) -> Result<Lines, Arithmetic> {
    let sum = lines.iter().try_fold(Money::ZERO, |sum, (_, amount)| sum.plus(*amount))?;
    lines.push((by, sum.negated()?));
    Ok(lines)
}

fn kept(lines: Lines) -> Lines {
    lines.into_iter().filter(|(_, amount)| *amount != Money::ZERO).collect()
}

/// One booking.
pub(crate) struct Booking {
    pub id: SaleId,
    pub at: Timestamp,
    pub store: i64,
    pub lines: Lines,
}

/// Books lines, once: a booking that is there already stays.
pub(crate) fn post(work: &mut Work<'_>, bookings: &[Booking]) -> Result<(), OfficeError> {
    let rows: Vec<Vec<Value>> = bookings.iter().flat_map(Booking::rows).collect();
    let end = "ON CONFLICT (terminal, sequence, line) DO NOTHING";
    Ok(work.run_many("INSERT INTO postings VALUES", &rows, end)?)
}

impl Booking {
    fn rows(&self) -> impl Iterator<Item = Vec<Value>> {
        let day = self.at.date().unwrap_or_default().days();
        (0_i64..).zip(&self.lines).map(move |(line, (account, amount))| {
            let store = if *account == Account::Float { HEAD_OFFICE } else { self.store };
            vec![
                self.id.terminal.get().into(),
                self.id.sequence.get().into(),
                line.into(),
                day.into(),
                store.into(),
                account.name().into(),
                amount.get().into(),
            ]
        })
    }
}

impl Office {
    /// What cards moved at each store on these days, the first and the last included: a card that was loaded at one store and spent at
    /// another makes one owe the other.
    ///
    /// # Errors
    /// Not allowed, or the database fails.
    pub fn settlement(&self, actor: &Actor, from: Date, to: Date) -> Result<Vec<StoreSettlement>, OfficeError> {
        self.allow(actor, Permission::Look, "settlement")?;
        let sql = "SELECT place, \
                   CAST(SUM(CASE WHEN account = 'float' AND amount < 0 THEN -amount ELSE 0 END) AS BIGINT), \
                   CAST(SUM(CASE WHEN account = 'bonus' THEN amount ELSE 0 END) AS BIGINT), \
                   CAST(SUM(CASE WHEN account = 'float' AND amount > 0 THEN amount ELSE 0 END) AS BIGINT) \
                   FROM postings JOIN terminals ON terminals.id = terminal \
                   WHERE account IN ('float', 'bonus') AND day >= $1 AND day <= $2 GROUP BY place ORDER BY place";
        let rows = self.database.read(|work| work.rows(sql, &[from.days().into(), to.days().into()]))?;
        let money = |row: &Row, column| -> Result<Money, StoreError> { Ok(Money::new(row.int(column)?)) };
        let store = |row: &Row| {
            Ok(StoreSettlement {
                store: row.int(0)?,
                loaded: money(row, 1)?,
                bonus: money(row, 2)?,
                spent: money(row, 3)?,
            })
        };
        rows.iter().map(store).collect()
    }

    /// What every account of every store comes to. They come to nothing together.
    ///
    /// # Errors
    /// Not allowed, or the database fails.
    pub fn trial_balance(&self, actor: &Actor) -> Result<Vec<Balance>, OfficeError> {
        self.allow(actor, Permission::Look, "ledger")?;
        let rows = self.database.read(|work| {
            charter(work)?;
            work.rows(
                "SELECT account, store, CAST(SUM(amount) AS BIGINT) FROM postings GROUP BY account, store ORDER BY account, store",
                &[],
            )
            .map_err(OfficeError::from)
        })?;
        rows.iter().map(balance).collect()
    }
}

fn balance(row: &Row) -> Result<Balance, OfficeError> {
    let name = row.text(0)?;
    let account = Account::parse(&name).ok_or_else(|| StoreError::Damaged(format!("the account {name}")))?;
    Ok(Balance { account, store: row.int(1)?, amount: Money::new(row.int(2)?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_booking_comes_to_nothing() {
        let basket = Basket {
            gross: Money::new(20_00),
            discount: Money::new(1_00),
            points_value: Money::new(2_00),
            lines: Vec::new(),
        };
        let intent = |operation, purse, cash, bonus| Intent {
            operation,
            card: satchel_values::Uid::new([4; 7]),
            operator: satchel_values::OperatorId::new(1),
            approver: None,
            purse: Money::new(purse),
            points: satchel_values::Points::ZERO,
            read: [0; 31].into(),
            written: [0; 31].into(),
            cash: Money::new(cash),
            basket: (operation == Operation::Sale).then(|| basket.clone()),
            undoes: None,
            redeemed: satchel_values::Points::ZERO,
            bonus: Money::new(bonus),
            key_version: 1,
        };
        let told = [
            (intent(Operation::Sale, -15_00, 2_00, 0), Account::Sales, -20_00),
            (intent(Operation::TopUp, 42_00, 40_00, 2_00), Account::Float, -42_00),
            (intent(Operation::UndoTopUp, -42_00, -40_00, 2_00), Account::Bonus, -2_00),
            (intent(Operation::UndoSale, 15_00, -2_00, 0), Account::Sales, 17_00),
            (intent(Operation::Refund, 5_00, 0, 0), Account::Returns, 5_00),
            (intent(Operation::Issue, 10_00, 0, 0), Account::Issued, 10_00),
            (intent(Operation::Correct, -3_00, 0, 0), Account::Corrections, -3_00),
            (intent(Operation::Block, -3_00, -3_00, 0), Account::Apart, -3_00),
        ];
        for (intent, account, amount) in told {
            let lines = of_movement(&intent).expect("small sums");
            let sum = lines.iter().try_fold(Money::ZERO, |sum, (_, amount)| sum.plus(*amount));
            assert_eq!(sum, Ok(Money::ZERO), "{lines:?}");
            assert!(lines.contains(&(account, Money::new(amount))), "{lines:?}");
            assert!(lines.iter().all(|line| line.0 != Account::Suspense), "{lines:?}");
        }
    }
}
