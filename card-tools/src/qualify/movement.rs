//! One movement of the card, as a terminal makes it.

use super::fault::{Fault, ensure};
use super::lab::Lab;
use super::proof;
use super::subject::{Sent, Subject};
use super::training;
use satchel_cards::CardError;
use satchel_cards::member::{Commit, Lead, Movement, Presented, Tap};
use satchel_cards::record::{HistoryRecord, Standing};
use satchel_journal::{Intent, Operation, Proof};
use satchel_transport::Cut;
use satchel_values::{Arithmetic, Date, Money, OperatorId, Points, SaleId, Tier, Timestamp};

/// What a movement does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    operation: Operation,
    purse: Money,
    points: Points,
    standing: Standing,
}

/// What became of a movement.
pub(super) enum Attempt {
    /// The card did it.
    Done(Sent, Proof),
    /// The commit was sent and not answered.
    Unanswered(Sent),
    /// The card was gone before the commit.
    NotSent,
}

impl Plan {
    /// A sale, in minor units, with points earned, or redeemed as a negative number.
    pub(super) const fn sale(amount_minor: i64, points: i64) -> Self {
        Self::active(Operation::Sale, -amount_minor, points)
    }

    /// A top-up, in minor units.
    pub(super) const fn top_up(amount_minor: i64) -> Self {
        Self::active(Operation::TopUp, amount_minor, 0)
    }

    /// A sale taken back, in minor units, with the points it earned.
    pub(super) const fn undo_sale(amount_minor: i64, points: i64) -> Self {
        Self::active(Operation::UndoSale, amount_minor, -points)
    }

    /// A top-up taken back, in minor units.
    pub(super) const fn undo_top_up(amount_minor: i64) -> Self {
        Self::active(Operation::UndoTopUp, -amount_minor, 0)
    }

    /// A record alone, which moves nothing.
    pub(super) const fn record() -> Self {
        Self::active(Operation::Activate, 0, 0)
    }

    /// The card blocked by its own record.
    pub(super) const fn block() -> Self {
        Self { standing: Standing::Blocked, ..Self::active(Operation::Block, 0, 0) }
    }

    const fn active(operation: Operation, purse: i64, points: i64) -> Self {
        Self { operation, purse: Money::new(purse), points: Points::new(points), standing: Standing::Active }
    }

    fn lead(&self) -> Lead {
        match self.operation {
            Operation::TopUp => Lead::Credit(self.purse),
            Operation::UndoSale => Lead::Restore(self.purse),
            _ => Lead::None,
        }
    }

    /// What the sale key takes from the purse.
    fn take(&self) -> Result<Money, Arithmetic> {
        if self.purse.is_negative() { self.purse.negated() } else { Ok(Money::ZERO) }
    }

    /// The journal's entry for it.
    pub(super) fn intent(&self, subject: &Subject, id: SaleId, at: Timestamp) -> Result<Intent, Fault> {
        self.computed(subject, id, at).map_err(|_| Fault::unfit("the books are out of range"))
    }

    fn computed(&self, subject: &Subject, id: SaleId, at: Timestamp) -> Result<Intent, Arithmetic> {
        let record = HistoryRecord {
            operation: self.operation,
            standing: self.standing,
            tier: Tier::new(0),
            expiry: Date::default(),
            id,
            at,
            amount: self.purse,
            balance: subject.purse.plus(self.purse)?,
            points: subject.points.plus(self.points)?,
            tmc_low: low_half(subject.tmc.wrapping_add(1)),
        };
        Ok(Intent {
            operation: self.operation,
            card: subject.identity.uid,
            operator: OperatorId::new(1),
            approver: None,
            purse: self.purse,
            points: self.points,
            read: subject.newest().into(),
            written: record.emit()?.into(),
            cash: Money::ZERO,
            basket: None,
            undoes: None,
            redeemed: Points::ZERO,
            bonus: Money::ZERO,
            key_version: training::version().get(),
        })
    }
}

/// Makes a movement and verifies its transaction MAC.
pub(super) fn step(lab: &mut Lab<'_>, subject: &mut Subject, name: &str, plan: &Plan) -> Result<(), Fault> {
    lab.step(name, |lab, _| {
        let attempt = attempt(lab, subject, plan, None)?;
        subject.learn(plan.operation, lab.commands().collect());
        match attempt {
            Attempt::Done(sent, proof) => settle(lab, subject, &sent, &proof),
            Attempt::Unanswered(_) | Attempt::NotSent => Err(Fault::unfit("the card did not answer the commit")),
        }
    })
}

/// Enters a movement that the card has made into the books, and verifies what the card says of it.
pub(super) fn settle(lab: &Lab<'_>, subject: &mut Subject, sent: &Sent, proof: &Proof) -> Result<(), Fault> {
    let (before, reader_id) = (subject.tmc, subject.reader_id);
    subject.accept(sent, proof)?;
    ensure(before.checked_add(1) == Some(proof.tmc), || {
        format!("the transaction counter went from {before} to {}, not by one", proof.tmc)
    })?;
    proof::check(lab, sent, proof)?;
    proof::check_previous(lab, sent, proof, &reader_id)
}

/// Makes a movement, torn away at the cut if there is one.
pub(super) fn attempt(
    lab: &mut Lab<'_>,
    subject: &mut Subject,
    plan: &Plan,
    cut: Option<Cut>,
) -> Result<Attempt, Fault> {
    let id = subject.next_id();
    let intent = plan.intent(subject, id, lab.at())?;
    lab.present(&subject.identity, cut, |card| match run(card, plan, &intent, id) {
        Ok((enc_tmri, commit)) => {
            let sent = Sent { id, intent: intent.clone(), enc_tmri };
            match commit {
                Commit::Done { tmc, tmv } => Ok(Attempt::Done(sent, Proof { tmc, tmv: tmv.into() })),
                Commit::Unknown(error) if cut.is_some() && error.is_transport() => Ok(Attempt::Unanswered(sent)),
                Commit::Unknown(error) => Err(error.into()),
            }
        }
        Err(Failure::Card(error)) if cut.is_some() && error.is_transport() => Ok(Attempt::NotSent),
        Err(Failure::Card(error)) => Err(error.into()),
        Err(Failure::OtherRecord) => Err(Fault::unfit("the newest record is not the one that was written last")),
    })
}

enum Failure {
    Card(CardError),
    OtherRecord,
}

impl From<CardError> for Failure {
    fn from(error: CardError) -> Self {
        Self::Card(error)
    }
}

/// The exchanges of a movement: what the card enciphered, and what it answered to the commit.
fn run(card: Presented<'_, '_>, plan: &Plan, intent: &Intent, id: SaleId) -> Result<([u8; 16], Commit), Failure> {
    let tap = Tap::open(card, plan.lead())?;
    if *tap.raw() != *intent.read {
        return Err(Failure::OtherRecord);
    }
    let reader_id = intent.reader_id(id);
    let take = plan.take().map_err(|_| CardError::PurseLimit)?;
    let movement = Movement { take, points: plan.points, record: &intent.written, reader_id: &reader_id };
    let prepared = tap.prepare(&movement)?;
    Ok((*prepared.enc_tmri(), prepared.commit()))
}

fn low_half(tmc: u32) -> u16 {
    u16::try_from(tmc & 0xFFFF).expect("sixteen bits are kept")
}
