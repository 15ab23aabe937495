//! Shifts, cash, and the X and Z reports.

use crate::order::check_sold;
use crate::{Approval, OrderFault, Refusal, Terminal};
use satchel_journal::{Basket, Cash, CashKind, Record, ShiftOpened, Totals, ZReport};
use satchel_packages::Authority;
use satchel_values::{Money, OperatorId, Sequence, Timestamp};

/// The open shift's sums so far. Printed at any time, changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XReport {
    /// The shift's number.
    pub shift: u32,
    /// Who opened it.
    pub operator: OperatorId,
    /// When.
    pub opened_at: Timestamp,
    /// When the report was made.
    pub at: Timestamp,
    /// The sums.
    pub totals: Totals,
    /// Cash that should be in the drawer.
    pub expected: Money,
    /// Movements whose outcome nobody knows yet.
    pub unsettled: Vec<Sequence>,
    /// Cash that lies apart for them.
    pub unsettled_cash: Money,
}

impl Terminal {
    /// Opens a shift with the change money that is in the drawer.
    pub fn open_shift(&mut self, float: Money) -> Result<u32, Refusal> {
        self.authorise(Authority::OpenShift, None)?;
        if float.is_negative() {
            return Err(OrderFault::FloatNegative.into());
        }
        if self.books().shift().is_some() {
            return Err(Refusal::ShiftOpen);
        }
        let shift = self.books().last_z().checked_add(1).ok_or(satchel_values::Arithmetic)?;
        let operator = self.operator()?.id;
        self.journal.append(self.now(), Record::ShiftOpened(ShiftOpened { shift, operator, float }))?;
        Ok(shift)
    }

    /// The X report.
    pub fn x_report(&self) -> Result<XReport, Refusal> {
        let books = self.books();
        let shift = books.shift().ok_or(Refusal::NoShift)?;
        Ok(XReport {
            shift: shift.number,
            operator: shift.operator,
            opened_at: shift.opened_at,
            at: self.now(),
            totals: shift.totals.clone(),
            expected: shift.expected_cash()?,
            unsettled: books.unsettled().iter().map(|open| open.sequence).collect(),
            unsettled_cash: books.unsettled_cash()?,
        })
    }

    /// Closes the shift with the cash that was counted: the numbered Z report and a signed checkpoint,
    /// both or neither.
    pub fn close_shift(&mut self, counted: Money) -> Result<ZReport, Refusal> {
        self.authorise(Authority::CloseShift, None)?;
        if counted.is_negative() {
            return Err(OrderFault::CountedNegative.into());
        }
        if self.books().shift().is_none() {
            return Err(Refusal::NoShift);
        }
        let operator = self.operator()?.id;
        let report = self.books().z_report(operator, counted, self.journal.head().hash)?;
        self.journal.append_signed(self.now(), Record::ShiftClosed(Box::new(report.clone())))?;
        Ok(report)
    }

    /// Brings change money to the drawer.
    pub fn pay_in(&mut self, amount: Money, approval: Option<&Approval>) -> Result<Sequence, Refusal> {
        self.move_cash(CashKind::PayIn, amount, approval)
    }

    /// Carries takings off.
    pub fn pay_out(&mut self, amount: Money, approval: Option<&Approval>) -> Result<Sequence, Refusal> {
        self.move_cash(CashKind::PayOut, amount, approval)
    }

    /// Sells for cash alone, without a card.
    pub fn sell_for_cash(&mut self, basket: Basket, approval: Option<&Approval>) -> Result<Sequence, Refusal> {
        check_sold(basket.gross, basket.discount, &basket.lines)?;
        if !basket.points_value.is_zero() {
            return Err(OrderFault::CashAlone.into());
        }
        self.authorise(Authority::Sell, None)?;
        let approver = self.authorise_discount(basket.gross, basket.discount, approval)?;
        let amount = basket.gross.minus(basket.discount)?;
        if !amount.is_positive() {
            return Err(OrderFault::NoAmount.into());
        }
        self.journal_cash(Cash {
            kind: CashKind::Sale,
            amount,
            operator: self.operator()?.id,
            approver,
            basket: Some(basket),
            refunds: None,
        })
    }

    fn move_cash(&mut self, kind: CashKind, amount: Money, approval: Option<&Approval>) -> Result<Sequence, Refusal> {
        let approver = self.authorise(Authority::PayInOut, approval)?;
        if !amount.is_positive() {
            return Err(OrderFault::NoAmount.into());
        }
        let operator = self.operator()?.id;
        self.journal_cash(Cash { kind, amount, operator, approver, basket: None, refunds: None })
    }

    pub(crate) fn journal_cash(&mut self, cash: Cash) -> Result<Sequence, Refusal> {
        if self.books().shift().is_none() {
            return Err(Refusal::NoShift);
        }
        Ok(self.journal.append(self.now(), Record::Cash(Box::new(cash)))?.sequence)
    }
}
