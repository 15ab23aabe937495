//! The X and Z reports.

use crate::names::hex;
use crate::{Currency, HeadMark, MovementId, Person, Trouble};
use satchel_packages::Profile;
use satchel_terminal::{ClosedShift, Opening, Refusal, Terminal};
use satchel_values::{SaleId, Sequence};

/// The open shift's sums so far.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct XReport {
    /// The shift's number.
    pub shift: u32,
    /// The store or van.
    pub store: Option<u32>,
    /// The terminal.
    pub terminal: u32,
    /// Who opened it.
    pub operator: Person,
    /// When.
    pub opened_at_ms: i64,
    /// When the report was made.
    pub at_ms: i64,
    /// The sums.
    pub totals: Totals,
    /// Cash that should be in the drawer.
    pub expected_minor: i64,
    /// Movements whose outcome nobody knows yet.
    pub unsettled: Vec<MovementId>,
    /// Cash that lies apart for them.
    pub unsettled_cash_minor: i64,
    /// The currency.
    pub currency: Option<Currency>,
    /// Whether it is worth nothing because it was practice.
    pub training: bool,
}

/// The end of a shift.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ZReport {
    /// The report's number and the shift's.
    pub number: u32,
    /// Its entry in the journal.
    pub sequence: u32,
    /// The store or van.
    pub store: Option<u32>,
    /// The terminal.
    pub terminal: u32,
    /// Who closed the shift.
    pub operator: Person,
    /// When.
    pub at_ms: i64,
    /// How it began; none where the journal no longer reaches back.
    pub opening: Option<ShiftOpening>,
    /// The shift's sums.
    pub shift: Totals,
    /// All sums since the terminal's first day.
    pub perpetual: Totals,
    /// Cash that should be in the drawer.
    pub expected_minor: i64,
    /// Cash that was counted in it.
    pub counted_minor: i64,
    /// Counted less expected.
    pub difference_minor: i64,
    /// Movements whose outcome nobody knows yet.
    pub unsettled: Vec<MovementId>,
    /// Cash that lies apart for them.
    pub unsettled_cash_minor: i64,
    /// The end of the chain before it.
    pub head: HeadMark,
    /// The whole hash there, as 64 hexadecimal digits.
    pub head_hash: String,
    /// The currency.
    pub currency: Option<Currency>,
    /// Whether it is worth nothing because it was practice.
    pub training: bool,
    /// Whether it was printed before: DUPLICATE.
    pub duplicate: bool,
}

/// How a shift began.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ShiftOpening {
    /// Who opened it.
    pub operator: Person,
    /// When.
    pub at_ms: i64,
    /// The change money.
    pub float_minor: i64,
}

/// Sums of confirmed movements and of cash.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Totals {
    /// Sales, by card, in cash, or both.
    pub sales: u32,
    /// Their worth before discounts and redeemed points.
    pub gross_minor: i64,
    /// What was taken off.
    pub discounts_minor: i64,
    /// What redeemed points paid for.
    pub points_value_minor: i64,
    /// Money debited from purses by sales.
    pub spent_minor: i64,
    /// Top-ups.
    pub top_ups: u32,
    /// Money credited to purses by top-ups, without bonuses.
    pub loaded_minor: i64,
    /// Money credited to purses as bonuses.
    pub bonuses_minor: i64,
    /// Sales taken back.
    pub undone_sales: u32,
    /// Money given back to purses by them.
    pub undone_spent_minor: i64,
    /// Top-ups taken back.
    pub undone_top_ups: u32,
    /// Money taken from purses by them.
    pub undone_loaded_minor: i64,
    /// The part of bonuses taken back with them.
    pub undone_bonuses_minor: i64,
    /// Refunds, to cards or in cash.
    pub refunds: u32,
    /// Money given back to purses by refunds.
    pub refunded_minor: i64,
    /// Points earned, less those taken back.
    pub points_earned: i64,
    /// Points redeemed, less those given back.
    pub points_redeemed: i64,
    /// Cash into the drawer less cash out of it, without the float.
    pub cash_minor: i64,
    /// Cards blocked.
    pub blocked: u32,
    /// Cards activated.
    pub activated: u32,
    /// Money on cards that all this made or took.
    pub purse_change_minor: i64,
}

impl XReport {
    pub(crate) fn of(terminal: &Terminal) -> Result<Self, Trouble> {
        let report = terminal.x_report()?;
        let number = terminal.journal().terminal();
        let profile = terminal.shelf().profile();
        Ok(Self {
            shift: report.shift,
            store: profile.map(|profile| profile.store.get()),
            terminal: number.get(),
            operator: Person::of(terminal, report.operator),
            opened_at_ms: report.opened_at.ms(),
            at_ms: report.at.ms(),
            totals: Totals::of(&report.totals)?,
            expected_minor: report.expected.get(),
            unsettled: ids(terminal, &report.unsettled),
            unsettled_cash_minor: report.unsettled_cash.get(),
            currency: profile.and_then(Profile::currency).map(Currency::from),
            training: number.is_training(),
        })
    }
}

impl ZReport {
    pub(crate) fn of(terminal: &Terminal, closed: &ClosedShift, duplicate: bool) -> Result<Self, Trouble> {
        let ClosedShift { sequence, at, report, opened } = closed;
        let number = terminal.journal().terminal();
        let profile = terminal.shelf().profile();
        Ok(Self {
            number: report.number,
            sequence: sequence.get(),
            store: profile.map(|profile| profile.store.get()),
            terminal: number.get(),
            operator: Person::of(terminal, report.operator),
            at_ms: at.ms(),
            opening: opened.map(|opening| ShiftOpening::of(terminal, &opening)),
            shift: Totals::of(&report.shift)?,
            perpetual: Totals::of(&report.perpetual)?,
            expected_minor: report.expected.get(),
            counted_minor: report.counted.get(),
            difference_minor: report.counted.minus(report.expected).map_err(Refusal::from)?.get(),
            unsettled: ids(terminal, &report.unsettled),
            unsettled_cash_minor: report.unsettled_cash.get(),
            head: HeadMark::new(sequence.get() - 1, &report.head),
            head_hash: hex(&*report.head),
            currency: profile.and_then(Profile::currency).map(Currency::from),
            training: number.is_training(),
            duplicate,
        })
    }
}

impl ShiftOpening {
    fn of(terminal: &Terminal, opening: &Opening) -> Self {
        Self {
            operator: Person::of(terminal, opening.operator),
            at_ms: opening.at.ms(),
            float_minor: opening.float.get(),
        }
    }
}

impl Totals {
    fn of(totals: &satchel_journal::Totals) -> Result<Self, Trouble> {
        Ok(Self {
            sales: totals.sales,
            gross_minor: totals.gross.get(),
            discounts_minor: totals.discounts.get(),
            points_value_minor: totals.points_value.get(),
            spent_minor: totals.spent.get(),
            top_ups: totals.top_ups,
            loaded_minor: totals.loaded.get(),
            bonuses_minor: totals.bonuses.get(),
            undone_sales: totals.undone_sales,
            undone_spent_minor: totals.undone_spent.get(),
            undone_top_ups: totals.undone_top_ups,
            undone_loaded_minor: totals.undone_loaded.get(),
            undone_bonuses_minor: totals.undone_bonuses.get(),
            refunds: totals.refunds,
            refunded_minor: totals.refunded.get(),
            points_earned: totals.points_earned.get(),
            points_redeemed: totals.points_redeemed.get(),
            cash_minor: totals.cash.get(),
            blocked: totals.blocked,
            activated: totals.activated,
            purse_change_minor: totals.purse_change().map_err(Refusal::from)?.get(),
        })
    }
}

fn ids(terminal: &Terminal, sequences: &[Sequence]) -> Vec<MovementId> {
    let number = terminal.journal().terminal();
    sequences.iter().map(|sequence| SaleId { terminal: number, sequence: *sequence }.into()).collect()
}
