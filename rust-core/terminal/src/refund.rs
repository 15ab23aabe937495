//! Giving money back for goods that came back.

use crate::movement::Effect;
use crate::sell::usable;
use crate::{Approval, OrderFault, Outcome, Refusal, Terminal};
use satchel_cards::member::Lead;
use satchel_journal::{Cash, CashKind, Intent, Operation, Record};
use satchel_packages::Authority;
use satchel_programs::LimitReached;
use satchel_transport::Transport;
use satchel_values::{Arithmetic, Money, Points, SaleId, Sequence, Timestamp};

/// Entries read at a time while cash refunds are looked for.
const CHUNK: usize = 256;
/// The kind of entry that moves cash without a card.
const CASH: [u8; 1] = [8];

impl Terminal {
    /// Gives back to the purse what a sale of this terminal took from it, or a part of that; the points it earned go
    /// back in proportion.
    pub fn refund(
        &mut self,
        transport: &mut dyn Transport,
        sale: Sequence,
        amount: Money,
        approval: Option<&Approval>,
    ) -> Result<Outcome, Refusal> {
        if !amount.is_positive() {
            return Err(OrderFault::NoAmount.into());
        }
        let approver = self.authorise(Authority::Refund, approval)?;
        self.check_packages_for_top_up()?;
        let today = self.now().date()?;
        let sold = self.sold(sale)?;
        let mut card = self.approach(transport)?;
        if sold.card != card.identity.uid {
            return Err(OrderFault::OtherCardPaid.into());
        }
        let uid = card.identity.uid;
        let paid = sold.purse.negated()?;
        let back = self.given_back(&sold, sale)?;
        check_refund(amount, paid, back.to_purse)?;
        check_refund(amount, paid.plus(sold.cash)?, back.all()?)?;
        let id = SaleId { terminal: self.journal.terminal(), sequence: sale };
        let outcome = self.run(&mut card, Operation::Refund, Lead::Credit(amount), |terminal, newest| {
            usable(newest, today)?;
            terminal.limits()?.check_purse(newest.balance.plus(amount)?)?;
            let earned = sold.points.plus(sold.redeemed)?;
            let back = proportional(earned, amount, paid)?.min(newest.points);
            Ok(Effect { purse: amount, points: back.negated()?, undoes: Some(id), approver, ..Effect::default() })
        });
        self.journal_card_refusal(uid, outcome)
    }

    /// Refunds a sale in cash, at terminals that hold no load key. A sale of this terminal gives back at most what
    /// was paid for it; of another terminal's, which cannot be looked up here, at most what one sale may take.
    pub fn refund_in_cash(
        &mut self,
        sale: SaleId,
        amount: Money,
        approval: Option<&Approval>,
    ) -> Result<Sequence, Refusal> {
        let approver = self.authorise(Authority::Refund, approval)?;
        if !amount.is_positive() {
            return Err(OrderFault::NoAmount.into());
        }
        if sale.terminal == self.journal.terminal() {
            let (paid, refunded) = self.paid_and_given_back(sale.sequence)?;
            check_refund(amount, paid, refunded)?;
        } else {
            let most = self.limits()?.per_sale_max;
            if amount > most {
                return Err(LimitReached::PerSale(most).into());
            }
        }
        self.journal_cash(Cash {
            kind: CashKind::Refund,
            amount,
            operator: self.operator()?.id,
            approver,
            basket: None,
            refunds: Some(sale),
        })
    }

    /// The confirmed sale by card with this number.
    fn sold(&self, sale: Sequence) -> Result<Intent, Refusal> {
        let entry = self.journal.entry(sale)?.ok_or(Refusal::NoSuchSale(sale))?;
        match entry.record {
            Record::Intent(intent) if intent.operation == Operation::Sale && self.confirmed(sale, &intent)? => {
                Ok(*intent)
            }
            _ => Err(Refusal::NoSuchSale(sale)),
        }
    }

    /// What was paid for a sale of this terminal, by card, in cash or both, and what was given back of it.
    fn paid_and_given_back(&self, sale: Sequence) -> Result<(Money, Money), Refusal> {
        let entry = self.journal.entry(sale)?.ok_or(Refusal::NoSuchSale(sale))?;
        match entry.record {
            Record::Cash(cash) if cash.kind == CashKind::Sale => Ok((cash.amount, self.refunded_in_cash(sale)?)),
            _ => {
                let sold = self.sold(sale)?;
                let paid = sold.cash.minus(sold.purse)?;
                Ok((paid, self.given_back(&sold, sale)?.all()?))
            }
        }
    }

    /// What undos and refunds gave back of a sale by card. Those not settled count as if they had.
    fn given_back(&self, sold: &Intent, sale: Sequence) -> Result<GivenBack, Refusal> {
        let mut back = GivenBack { to_purse: Money::ZERO, in_cash: self.refunded_in_cash(sale)? };
        for entry in self.journal.entries_of_card(&sold.card, Timestamp::default(), usize::MAX)? {
            let Record::Intent(intent) = entry.record else { continue };
            let of_this_sale = intent.undoes.is_some_and(|undone| undone.sequence == sale);
            let open = self.books().unsettled_of(&intent.card).any(|open| open.sequence == entry.sequence);
            if of_this_sale && (open || self.confirmed(entry.sequence, &intent)?) {
                back.to_purse = back.to_purse.plus(intent.purse)?;
                back.in_cash = back.in_cash.minus(intent.cash)?;
            }
        }
        Ok(back)
    }

    /// What cash refunds gave back of a sale of this terminal.
    fn refunded_in_cash(&self, sale: Sequence) -> Result<Money, Refusal> {
        let id = SaleId { terminal: self.journal.terminal(), sequence: sale };
        let mut sum = Money::ZERO;
        let mut before = Sequence::new(u32::MAX);
        loop {
            let chunk = self.journal.entries_before(before, &CASH, None, None, CHUNK)?;
            for entry in &chunk {
                if let Record::Cash(cash) = &entry.record
                    && cash.refunds == Some(id)
                {
                    sum = sum.plus(cash.amount)?;
                }
            }
            match chunk.last() {
                Some(last) if last.sequence > sale => before = last.sequence,
                _ => return Ok(sum),
            }
        }
    }
}

/// What was given back of a sale.
struct GivenBack {
    to_purse: Money,
    in_cash: Money,
}

impl GivenBack {
    fn all(&self) -> Result<Money, Arithmetic> {
        self.to_purse.plus(self.in_cash)
    }
}

/// Refused if more would be given back than was paid.
fn check_refund(amount: Money, paid: Money, refunded: Money) -> Result<(), Refusal> {
    if refunded.plus(amount)? > paid { Err(Refusal::RefundTooHigh { paid, refunded }) } else { Ok(()) }
}

/// The part of `points` that belongs to `part` of `whole`, rounded down.
fn proportional(points: Points, part: Money, whole: Money) -> Result<Points, Refusal> {
    let exact = i128::from(points.get()) * i128::from(part.get()) / i128::from(whole.get().max(1));
    i64::try_from(exact).map(Points::new).map_err(|_| Refusal::Arithmetic(satchel_values::Arithmetic))
}
