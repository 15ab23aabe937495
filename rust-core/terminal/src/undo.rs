//! Taking back the last movement of a card.

use crate::movement::Effect;
use crate::{Approval, Outcome, Refusal, Terminal};
use satchel_cards::CardError;
use satchel_cards::member::Lead;
use satchel_cards::record::Standing;
use satchel_journal::{Intent, Operation, Record};
use satchel_packages::Authority;
use satchel_transport::Transport;
use satchel_values::{Money, SaleId, Sequence, Timestamp, Uid};

impl Terminal {
    /// Takes back the card's last sale, if it was made here and nothing came after it. Money taken from the purse is
    /// given back by LimitedCredit, cash from the drawer.
    pub fn undo_sale(
        &mut self,
        transport: &mut dyn Transport,
        approval: Option<&Approval>,
    ) -> Result<Outcome, Refusal> {
        let approver = self.authorise(Authority::Undo, approval)?;
        let mut card = self.approach(transport)?;
        let uid = card.identity.uid;
        let (id, sold) = self.last_of(&uid, Operation::Sale)?;
        let given_back = sold.purse.negated()?;
        let lead = if given_back.is_zero() { Lead::None } else { Lead::Restore(given_back) };
        let outcome = self.run(&mut card, Operation::UndoSale, lead, |_, newest| {
            if newest.id != id || newest.standing != Standing::Active {
                return Err(Refusal::NotTheLast);
            }
            Ok(Effect {
                purse: given_back,
                points: sold.points.negated()?,
                cash: sold.cash.negated()?,
                redeemed: sold.redeemed,
                undoes: Some(id),
                approver,
                ..Effect::default()
            })
        });
        self.journal_card_refusal(uid, outcome.map_err(limit_of_another_debit))
    }

    /// Takes back the card's last top-up, if it was made here and nothing came after it; the cash goes back to the
    /// customer.
    pub fn undo_top_up(
        &mut self,
        transport: &mut dyn Transport,
        approval: Option<&Approval>,
    ) -> Result<Outcome, Refusal> {
        let approver = self.authorise(Authority::Undo, approval)?;
        let mut card = self.approach(transport)?;
        let uid = card.identity.uid;
        let (id, loaded) = self.last_of(&uid, Operation::TopUp)?;
        let outcome = self.run(&mut card, Operation::UndoTopUp, Lead::None, |_, newest| {
            if newest.id != id || newest.standing != Standing::Active {
                return Err(Refusal::NotTheLast);
            }
            Ok(Effect {
                purse: loaded.purse.negated()?,
                points: loaded.points.negated()?,
                cash: loaded.cash.negated()?,
                bonus: loaded.bonus,
                undoes: Some(id),
                approver,
                ..Effect::default()
            })
        });
        self.journal_card_refusal(uid, outcome)
    }

    /// The card's newest confirmed movement in this journal, if it is of this kind.
    fn last_of(&self, card: &Uid, operation: Operation) -> Result<(SaleId, Intent), Refusal> {
        for entry in self.journal.entries_of_card(card, Timestamp::default(), LOOK_BACK)? {
            let Record::Intent(intent) = entry.record else { continue };
            if self.confirmed(entry.sequence, &intent)? {
                return self.if_kind(entry.sequence, *intent, operation);
            }
        }
        Err(Refusal::NotTheLast)
    }

    fn if_kind(&self, sequence: Sequence, intent: Intent, operation: Operation) -> Result<(SaleId, Intent), Refusal> {
        if intent.operation != operation || intent.purse == Money::ZERO && operation == Operation::TopUp {
            return Err(Refusal::NotTheLast);
        }
        Ok((SaleId { terminal: self.journal.terminal(), sequence }, intent))
    }
}

/// The card restores at most what the last debit took (LimitedCredit). More means that another sale came after.
fn limit_of_another_debit(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Card(CardError::PurseLimit) => Refusal::NotTheLast,
        other => other,
    }
}

/// Entries of a card that are looked at for its last movement; between movements there are only refusals and
/// attempts that came to nothing.
const LOOK_BACK: usize = 64;
