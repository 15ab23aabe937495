//! The torn-card machine. Each stage is a type, and only the next can be made from it:
//!
//! ```text
//! Tap (authenticated, newest record read)
//!   → Planned (record, intent)                    nothing written anywhere
//!   → Ready (card holds it, intent on disk)       torn here: NotApplied
//!   → commit sent
//!   → Outcome::Done (card's answer verified)      or Outcome::Indeterminate: anything else
//! ```
//!
//! The intent is written and synced while the card works on the debit and the record, so no tap waits for the disk.
//! That is why an intent found without an outcome when the app starts counts as Indeterminate even if no
//! `CommitSent` follows it: after a power loss that entry may be missing although the commit was sent.

use crate::Refusal;
use crate::terminal::Terminal;
use satchel_cards::member::{Commit, Lead, Movement, Prepared, Presented, Tap};
use satchel_cards::record::{HistoryRecord, Standing};
use satchel_cards::{CardError, CardKeys, member};
use satchel_desfire::Identity;
use satchel_journal::{
    Basket, CommitSent, Confirmed, Evidence, Indeterminate, IndeterminateWhy, Intent, Journal, JournalError,
    NotApplied, NotAppliedWhy, Operation, Proof, Record,
};
use satchel_transport::Transport;
use satchel_values::{Arithmetic, Money, OperatorId, Points, SaleId, Sequence, Timestamp, Uid};
use std::thread;

/// What became of a movement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The card did it, and proved it.
    Done(Receipt),
    /// The card certainly did not do it. It may be tried again.
    NotApplied {
        /// Which movement.
        id: SaleId,
        /// How that is known.
        why: NotAppliedWhy,
    },
    /// Nobody knows yet. "Hold the same card again", or park it.
    Indeterminate {
        /// Which movement.
        id: SaleId,
        /// Which card.
        card: Uid,
    },
}

/// A movement that is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Which movement.
    pub id: SaleId,
    /// When, by the terminal's clock.
    pub at: Timestamp,
    /// What it was.
    pub operation: Operation,
    /// Which card.
    pub card: Uid,
    /// Who made it.
    pub operator: OperatorId,
    /// What it did to the purse, signed.
    pub purse: Money,
    /// The purse afterwards.
    pub balance: Money,
    /// What it did to the points, signed.
    pub points: Points,
    /// The points afterwards.
    pub points_balance: Points,
    /// Cash that changed hands, signed from the drawer's side.
    pub cash: Money,
    /// What was sold.
    pub basket: Option<Basket>,
    /// Who approved it, if somebody else had to.
    pub approver: Option<OperatorId>,
    /// The movement this one takes back or refunds.
    pub undoes: Option<SaleId>,
    /// The part of `points` that was redeemed, or given back of what was (not negative); the rest was earned.
    pub redeemed: Points,
    /// The part of `purse` that is a bonus (not negative).
    pub bonus: Money,
}

impl Receipt {
    /// The receipt of an intent: of what was done if it is confirmed, of what it would do if it waits for its card.
    pub fn of(id: SaleId, at: Timestamp, intent: &Intent) -> Result<Self, CardError> {
        let written = HistoryRecord::parse(&intent.written)?;
        Ok(Self {
            id,
            at,
            operation: intent.operation,
            card: intent.card,
            operator: intent.operator,
            purse: intent.purse,
            balance: written.balance,
            points: intent.points,
            points_balance: written.points,
            cash: intent.cash,
            basket: intent.basket.clone(),
            approver: intent.approver,
            undoes: intent.undoes,
            redeemed: intent.redeemed,
            bonus: intent.bonus,
        })
    }

    /// Points earned; negative where a movement takes back what another earned.
    pub fn points_earned(&self) -> Result<Points, Arithmetic> {
        self.points.plus(self.points_redeemed()?)
    }

    /// Points redeemed; negative where a movement gives back what another redeemed.
    pub fn points_redeemed(&self) -> Result<Points, Arithmetic> {
        match self.operation {
            Operation::UndoSale | Operation::UndoTopUp | Operation::Refund => self.redeemed.negated(),
            _ => Ok(self.redeemed),
        }
    }
}

/// What a movement does, decided after the newest record is read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Effect {
    pub purse: Money,
    pub points: Points,
    pub cash: Money,
    pub redeemed: Points,
    pub bonus: Money,
    pub basket: Option<Basket>,
    pub undoes: Option<SaleId>,
    pub approver: Option<OperatorId>,
    /// The standing the card has afterwards; as before, if none is given.
    pub standing: Option<Standing>,
}

/// A card at the terminal: identified, its movements of before settled, nothing selected yet.
pub(crate) struct AtTerminal<'t> {
    pub transport: &'t mut dyn Transport,
    pub identity: Identity,
}

impl Terminal {
    /// Runs one movement from the first exchange to its outcome. `decide` sees the card's newest record and says what
    /// the movement does, or refuses it.
    pub(crate) fn run(
        &mut self,
        card: &mut AtTerminal<'_>,
        operation: Operation,
        lead: Lead,
        decide: impl FnOnce(&Self, &HistoryRecord) -> Result<Effect, Refusal>,
    ) -> Result<Outcome, Refusal> {
        let at = self.clock.trusted_now()?;
        self.journal.probe()?;
        let on_duty = self.on_duty.as_ref().ok_or(Refusal::NotSignedOn)?;
        let keys = CardKeys::new(&on_duty.ring, card.identity.uid, *member::AID.bytes());
        let presented =
            Presented { transport: &mut *card.transport, identity: &card.identity, keys: &keys, rng: &mut *self.rng };
        let tap = Tap::open(presented, lead)?;
        let effect = match decide(self, tap.newest()) {
            Ok(effect) => effect,
            Err(refusal) => {
                give_up(tap);
                return Err(refusal);
            }
        };
        let planned = match self.plan(operation, &tap, card.identity.uid, effect, at) {
            Ok(planned) => planned,
            Err(refusal) => {
                give_up(tap);
                return Err(refusal);
            }
        };
        perform(&mut self.journal, tap, planned).map(|outcome| self.note_spending(outcome))
    }

    fn plan(
        &self,
        operation: Operation,
        tap: &Tap<'_>,
        card: Uid,
        effect: Effect,
        at: Timestamp,
    ) -> Result<Planned, Refusal> {
        let newest = tap.newest();
        let id = SaleId { terminal: self.journal.terminal(), sequence: self.journal.next_sequence()? };
        let written = HistoryRecord {
            operation,
            standing: effect.standing.unwrap_or(newest.standing),
            tier: newest.tier,
            expiry: newest.expiry,
            id,
            at,
            amount: effect.purse,
            balance: newest.balance.plus(effect.purse)?,
            points: newest.points.plus(effect.points)?,
            tmc_low: newest.tmc_low.wrapping_add(1),
        };
        let intent = Intent {
            operation,
            card,
            operator: self.operator()?.id,
            approver: effect.approver,
            purse: effect.purse,
            points: effect.points,
            read: (*tap.raw()).into(),
            written: written.emit()?.into(),
            cash: effect.cash,
            basket: effect.basket,
            undoes: effect.undoes,
            redeemed: effect.redeemed,
            bonus: effect.bonus,
            key_version: tap.key_version().get(),
        };
        Ok(Planned { id, at, intent })
    }

    fn note_spending(&mut self, outcome: Outcome) -> Outcome {
        if let Outcome::Done(receipt) = &outcome {
            self.clock.witness(receipt.at);
            if receipt.operation == Operation::Sale {
                let spent = receipt.purse.negated().unwrap_or(Money::new(i64::MAX));
                self.today.add(receipt.card, receipt.at.date().unwrap_or_default(), spent);
            }
        }
        outcome
    }
}

/// What is to be written on the card and in the journal. Nothing is written yet.
struct Planned {
    id: SaleId,
    at: Timestamp,
    intent: Intent,
}

/// A card that holds the movement ready, and an intent that is on disk.
struct Ready<'t> {
    prepared: Prepared<'t>,
    planned: Planned,
}

/// From a plan to an outcome. Every error up to the commit certainly left the card as it was.
fn perform(journal: &mut Journal, tap: Tap<'_>, planned: Planned) -> Result<Outcome, Refusal> {
    let id = planned.id;
    match make_ready(journal, tap, planned)? {
        Err(not_applied) => Ok(Outcome::NotApplied { id, why: not_applied }),
        Ok(ready) => commit(journal, ready),
    }
}

/// Writes the intent and puts the movement before the card, both at the same time.
///
/// The outer error: the intent was not written. The inner one: it was, and is answered by a `NotApplied`.
fn make_ready<'t>(
    journal: &mut Journal,
    tap: Tap<'t>,
    planned: Planned,
) -> Result<Result<Ready<'t>, NotAppliedWhy>, Refusal> {
    let reader_id = planned.intent.reader_id(planned.id);
    let take = if leads(planned.intent.operation) { Money::ZERO } else { planned.intent.purse.negated()? };
    let movement =
        Movement { take, points: planned.intent.points, record: &planned.intent.written, reader_id: &reader_id };
    let record = Record::Intent(Box::new(planned.intent.clone()));
    let (written, prepared) = thread::scope(|scope| {
        let writing = scope.spawn(|| journal.append(planned.at, record));
        let prepared = tap.prepare(&movement);
        (writing.join(), prepared)
    });
    let written = written.map_err(|_| JournalError::Interrupted)??;
    assert_eq!(written.sequence, planned.id.sequence, "the intent has the number that stands on the card");
    match prepared {
        Ok(prepared) => Ok(Ok(Ready { prepared, planned })),
        Err(error) => {
            let why = match error.status() {
                Some(_) => NotAppliedWhy::CardRefused,
                None => NotAppliedWhy::BeforeCommit,
            };
            log::info!("{} was given up before its commit: {error}", planned.id);
            record_not_applied(journal, planned.id.sequence, planned.at, why)?;
            if matches!(error, CardError::PurseLimit) {
                return Err(error.into());
            }
            Ok(Err(why))
        }
    }
}

fn commit(journal: &mut Journal, ready: Ready<'_>) -> Result<Outcome, Refusal> {
    let Ready { prepared, planned: Planned { id, at, intent } } = ready;
    let enc_tmri = (*prepared.enc_tmri()).into();
    if let Err(error) = journal.note(at, Record::CommitSent(CommitSent { intent: id.sequence, enc_tmri })) {
        record_not_applied(journal, id.sequence, at, NotAppliedWhy::BeforeCommit)?;
        return Err(error.into());
    }
    match prepared.commit() {
        Commit::Done { tmc, tmv } => {
            let proof = Some(Proof { tmc, tmv: tmv.into() });
            let confirmed = Confirmed { intent: id.sequence, evidence: Evidence::Answer, proof };
            match journal.append(at, Record::Confirmed(confirmed)) {
                Ok(_) => Ok(Outcome::Done(Receipt::of(id, at, &intent)?)),
                Err(error) => {
                    // The card did it, but the journal cannot say so: the next tap of the same card will.
                    log::error!("{id} is on the card but not in the journal: {error}");
                    Ok(Outcome::Indeterminate { id, card: intent.card })
                }
            }
        }
        Commit::Unknown(error) => {
            log::warn!("{id}: no verified answer to the commit: {error}");
            let why = if error.is_transport() { IndeterminateWhy::CardGone } else { IndeterminateWhy::BadAnswer };
            let unknown = Indeterminate { intent: id.sequence, why };
            if let Err(error) = journal.append(at, Record::Indeterminate(unknown)) {
                log::error!("{id} is indeterminate, and the journal cannot say so: {error}");
            }
            Ok(Outcome::Indeterminate { id, card: intent.card })
        }
    }
}

/// Whether the operation's money moves with a key of its own, before the sale key takes over.
pub(crate) const fn leads(operation: Operation) -> bool {
    matches!(operation, Operation::TopUp | Operation::Refund | Operation::UndoSale)
}

fn record_not_applied(
    journal: &mut Journal,
    intent: Sequence,
    at: Timestamp,
    why: NotAppliedWhy,
) -> Result<(), JournalError> {
    journal.append(at, Record::NotApplied(NotApplied { intent, why })).map(drop)
}

/// Lets go of a card on which something may be pending; if that fails too, leaving the field does the same.
fn give_up(tap: Tap<'_>) {
    if let Err(error) = tap.abandon() {
        log::debug!("the card was gone before it could be let go: {error}");
    }
}
