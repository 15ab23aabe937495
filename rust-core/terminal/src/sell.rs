//! Sales, top-ups, refunds, blocking, and looking at a card.

use crate::movement::{AtTerminal, Effect};
use crate::order::Means;
use crate::{Approval, Order, Outcome, Refusal, Terminal};
use satchel_cards::member::{self, Depth, Inquiry, Lead, Presented};
use satchel_cards::record::{HistoryRecord, Standing};
use satchel_cards::{CardKeys, record};
use satchel_journal::{Intent, Operation, Record, RefusedWhy, Stage};
use satchel_packages::Authority;
use satchel_transport::Transport;
use satchel_values::{Date, Money, Points, SaleId, Sequence, Timestamp};

impl Terminal {
    /// Sells: takes money and points from the card, gives points, or nothing of it.
    pub fn sell(
        &mut self,
        transport: &mut dyn Transport,
        order: &Order,
        approval: Option<&Approval>,
    ) -> Result<Outcome, Refusal> {
        order.check()?;
        self.authorise(Authority::Sell, None)?;
        let approver = self.authorise_discount(order.gross, order.discount, approval)?;
        self.check_packages_for_sale()?;
        let mut card = self.approach(transport)?;
        let today = self.now().date()?;
        let uid = card.identity.uid;
        let outcome = self.run(&mut card, Operation::Sale, Lead::None, |terminal, newest| {
            usable(newest, today)?;
            let means = Means { balance: newest.balance, points: newest.points, tier: newest.tier, today };
            let charge = order.charge(terminal.program()?, means)?;
            let limits = terminal.limits()?;
            let books = terminal.books();
            let on_card_today = terminal.today.with(&uid, today, books, charge.purse)?;
            limits.check_sale(charge.purse, on_card_today, books.offline_spent().plus(charge.purse)?)?;
            limits.check_points(newest.points.plus(charge.earned)?.minus(charge.redeemed)?)?;
            Ok(Effect {
                purse: charge.purse.negated()?,
                points: charge.earned.minus(charge.redeemed)?,
                cash: charge.cash,
                redeemed: charge.redeemed,
                basket: Some(order.basket(charge.points_value)),
                approver,
                ..Effect::default()
            })
        });
        self.journal_card_refusal(uid, outcome)
    }

    /// Tops the purse up with cash, and with the program's bonus.
    pub fn top_up(
        &mut self,
        transport: &mut dyn Transport,
        amount: Money,
        approval: Option<&Approval>,
    ) -> Result<Outcome, Refusal> {
        if !amount.is_positive() {
            return Err(Refusal::Order("a top-up needs an amount greater than zero"));
        }
        let approver = self.authorise(Authority::TopUp, approval)?;
        self.check_packages_for_top_up()?;
        let today = self.now().date()?;
        let bonus = self.program()?.top_up_bonus(amount, today)?;
        let credited = amount.plus(bonus.money)?;
        let loaded = self.books().perpetual().loaded.plus(self.pending_top_ups()?)?.plus(amount)?;
        self.limits()?.check_top_up(amount, loaded)?;
        let mut card = self.approach(transport)?;
        let uid = card.identity.uid;
        let outcome = self.run(&mut card, Operation::TopUp, Lead::Credit(credited), |terminal, newest| {
            usable(newest, today)?;
            terminal.limits()?.check_purse(newest.balance.plus(credited)?)?;
            terminal.limits()?.check_points(newest.points.plus(bonus.points)?)?;
            Ok(Effect {
                purse: credited,
                points: bonus.points,
                cash: amount,
                bonus: bonus.money,
                approver,
                ..Effect::default()
            })
        });
        self.journal_card_refusal(uid, outcome)
    }

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
            return Err(Refusal::Order("a refund needs an amount greater than zero"));
        }
        let approver = self.authorise(Authority::Refund, approval)?;
        self.check_packages_for_top_up()?;
        let today = self.now().date()?;
        let sold = self.sold(sale)?;
        let mut card = self.approach(transport)?;
        if sold.card != card.identity.uid {
            return Err(Refusal::Order("the sale was paid with another card: hold that one"));
        }
        let uid = card.identity.uid;
        let paid = sold.purse.negated()?;
        let refunded = self.refunded(&sold, sale)?;
        if refunded.plus(amount)? > paid {
            return Err(Refusal::RefundTooHigh { paid, refunded });
        }
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

    /// Blocks the card in the field by its own record, so that no terminal takes it, whatever list it has.
    pub fn block(&mut self, transport: &mut dyn Transport, approval: Option<&Approval>) -> Result<Outcome, Refusal> {
        let approver = self.authorise(Authority::Block, approval)?;
        let mut card = self.look(transport)?;
        self.block_card(&mut card, approver)
    }

    /// Looks at a card without moving anything.
    pub fn inquire(&mut self, transport: &mut dyn Transport, depth: Depth) -> Result<Inquiry, Refusal> {
        let card = self.look(transport)?;
        let ring = &self.on_duty.as_ref().ok_or(Refusal::NotSignedOn)?.ring;
        let keys = CardKeys::new(ring, card.identity.uid, *member::AID.bytes());
        let presented =
            Presented { transport: card.transport, identity: &card.identity, keys: &keys, rng: &mut *self.rng };
        Ok(member::inquire(presented, depth)?)
    }

    /// The card in the field, if it may be used at all: a shift is open, nothing of it waits to be settled, and no
    /// list names it. A listed card is blocked on the spot.
    pub(crate) fn approach<'t>(&mut self, transport: &'t mut dyn Transport) -> Result<AtTerminal<'t>, Refusal> {
        if self.books().shift().is_none() {
            return Err(Refusal::NoShift);
        }
        let mut card = self.look(transport)?;
        let uid = card.identity.uid;
        if let Some(open) = self.books().unsettled_of(&uid).next() {
            let id = SaleId { terminal: self.journal.terminal(), sequence: open.sequence };
            return Err(match open.stage {
                Stage::Held => Refusal::HeldForOffice(id),
                _ => Refusal::SettleFirst(id),
            });
        }
        if self.block_list()?.contains(&uid) {
            match self.block_card(&mut card, None) {
                Ok(outcome) => log::info!("{uid:?} is listed: {outcome:?}"),
                Err(refusal) => log::info!("{uid:?} is listed, and could not be blocked: {refusal}"),
            }
            self.journal_refusal(Some(uid), RefusedWhy::Listed);
            return Err(Refusal::Listed);
        }
        Ok(card)
    }

    fn block_card(
        &mut self,
        card: &mut AtTerminal<'_>,
        approver: Option<satchel_values::OperatorId>,
    ) -> Result<Outcome, Refusal> {
        self.run(card, Operation::Block, Lead::None, |_, newest| match newest.standing {
            record::Standing::Blocked => Err(Refusal::Blocked),
            _ => Ok(Effect { standing: Some(Standing::Blocked), approver, ..Effect::default() }),
        })
    }

    /// Top-ups begun and not settled: they count against the allowance until it is known that they did not happen.
    fn pending_top_ups(&self) -> Result<Money, Refusal> {
        let open = self.books().unsettled().iter().filter(|open| open.intent.operation == Operation::TopUp);
        Ok(open.map(|open| open.intent.cash).try_fold(Money::ZERO, Money::plus)?)
    }

    /// The confirmed sale with this number.
    pub(crate) fn sold(&self, sale: Sequence) -> Result<Intent, Refusal> {
        let entry = self.journal.entry(sale)?.ok_or(Refusal::NoSuchSale(sale))?;
        match entry.record {
            Record::Intent(intent) if intent.operation == Operation::Sale && self.confirmed(sale, &intent)? => {
                Ok(*intent)
            }
            _ => Err(Refusal::NoSuchSale(sale)),
        }
    }

    /// Whether the journal confirms this movement.
    pub(crate) fn confirmed(&self, sequence: Sequence, intent: &Intent) -> Result<bool, Refusal> {
        if self.books().unsettled_of(&intent.card).any(|open| open.sequence == sequence) {
            return Ok(false);
        }
        Ok(self.journal.outcome_of(sequence)?.is_some_and(|record| matches!(record, Record::Confirmed(_))))
    }

    fn refunded(&self, sold: &Intent, sale: Sequence) -> Result<Money, Refusal> {
        let mut sum = Money::ZERO;
        for entry in self.journal.entries_of_card(&sold.card, Timestamp::default(), usize::MAX)? {
            let Record::Intent(intent) = entry.record else { continue };
            let of_this_sale = intent.undoes.is_some_and(|undone| undone.sequence == sale);
            let open = self.books().unsettled_of(&intent.card).any(|open| open.sequence == entry.sequence);
            if of_this_sale && (open || self.confirmed(entry.sequence, &intent)?) {
                sum = sum.plus(intent.purse)?;
            }
        }
        Ok(sum)
    }

    /// Writes down the refusals that head office wants to know of.
    pub(crate) fn journal_card_refusal(
        &mut self,
        card: satchel_values::Uid,
        outcome: Result<Outcome, Refusal>,
    ) -> Result<Outcome, Refusal> {
        let why = match &outcome {
            Err(Refusal::NotOurs) => RefusedWhy::NotOurs,
            Err(Refusal::Blocked) => RefusedWhy::Blocked,
            Err(Refusal::Expired(_)) => RefusedWhy::Expired,
            Err(Refusal::NotActivated) => RefusedWhy::NotActivated,
            Err(Refusal::Funds { .. }) => RefusedWhy::Funds,
            Err(Refusal::Limit(_)) => RefusedWhy::Limit,
            _ => return outcome,
        };
        self.journal_refusal(Some(card), why);
        outcome
    }
}

/// Refused if the card's own record says that it may not be used.
pub(crate) fn usable(newest: &HistoryRecord, today: Date) -> Result<(), Refusal> {
    match newest.standing {
        Standing::Blocked => Err(Refusal::Blocked),
        Standing::NotActivated => Err(Refusal::NotActivated),
        Standing::Active if newest.expired_on(today) => Err(Refusal::Expired(newest.expiry)),
        Standing::Active => Ok(()),
    }
}

/// The part of `points` that belongs to `part` of `whole`, rounded down.
fn proportional(points: Points, part: Money, whole: Money) -> Result<Points, Refusal> {
    let exact = i128::from(points.get()) * i128::from(part.get()) / i128::from(whole.get().max(1));
    i64::try_from(exact).map(Points::new).map_err(|_| Refusal::Arithmetic(satchel_values::Arithmetic))
}
