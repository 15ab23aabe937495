//! Sales, top-ups, blocking, and looking at a card.

use crate::movement::{AtTerminal, Effect};
use crate::order::Means;
use crate::{Approval, Order, OrderFault, Outcome, Refusal, Terminal};
use satchel_cards::member::{self, Depth, Inquiry, Lead, Presented};
use satchel_cards::record::{HistoryRecord, Standing};
use satchel_cards::{CardKeys, record};
use satchel_journal::{Intent, Operation, Record, RefusedWhy, Stage};
use satchel_packages::Authority;
use satchel_transport::Transport;
use satchel_values::{Date, Money, SaleId, Sequence};

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
            limits.check_sale(charge.purse, on_card_today, books.offline_exposure()?.plus(charge.purse)?)?;
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
            return Err(OrderFault::NoAmount.into());
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

    /// Blocks the card in the field by its own record, so that no terminal takes it, whatever list it has.
    pub fn block(&mut self, transport: &mut dyn Transport, approval: Option<&Approval>) -> Result<Outcome, Refusal> {
        let approver = self.authorise(Authority::Block, approval)?;
        let mut card = self.look(transport)?;
        self.block_card(&mut card, approver)
    }

    /// Looks at a card without moving anything.
    pub fn inquire(&mut self, transport: &mut dyn Transport, depth: Depth) -> Result<Inquiry, Refusal> {
        self.inquire_card(transport, depth).map(|(_, inquiry)| inquiry)
    }

    /// The same, and which card it was.
    pub fn inquire_card(
        &mut self,
        transport: &mut dyn Transport,
        depth: Depth,
    ) -> Result<(satchel_values::Uid, Inquiry), Refusal> {
        let card = self.look(transport)?;
        let ring = &self.on_duty.as_ref().ok_or(Refusal::NotSignedOn)?.ring;
        let keys = CardKeys::new(ring, card.identity.uid, *member::AID.bytes());
        let presented =
            Presented { transport: card.transport, identity: &card.identity, keys: &keys, rng: &mut *self.rng };
        let inquiry = member::inquire(presented, depth)?;
        self.numbers.insert(card.identity.uid, inquiry.identity.number);
        Ok((card.identity.uid, inquiry))
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

    /// Whether the journal confirms this movement.
    pub(crate) fn confirmed(&self, sequence: Sequence, intent: &Intent) -> Result<bool, Refusal> {
        if self.books().unsettled_of(&intent.card).any(|open| open.sequence == sequence) {
            return Ok(false);
        }
        Ok(self.journal.outcome_of(sequence)?.is_some_and(|record| matches!(record, Record::Confirmed(_))))
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
