//! The limits that the card itself keeps.

use super::fault::Fault;
use super::issue::PURSE_MAX;
use super::lab::Lab;
use super::subject::Subject;
use satchel_cards::CardError;
use satchel_cards::member::{Lead, Movement, Presented, Tap};
use satchel_journal::CARD_RECORD;
use satchel_values::{Money, Points};

/// The purse takes no more than its limit, and gives no more than it has.
pub(super) fn purse(lab: &mut Lab<'_>, subject: &mut Subject) -> Result<(), Fault> {
    let out_of_range = |_| Fault::unfit("the books are out of range");
    let one = Money::new(1);
    let too_much = PURSE_MAX.minus(subject.purse).and_then(|room| room.plus(one)).map_err(out_of_range)?;
    let more_than_all = subject.purse.plus(one).map_err(out_of_range)?;
    let beyond = lab.step("a Credit beyond the purse's limit is refused", |lab, _| {
        refused_by_limit(lab, subject, Lead::Credit(too_much))
    });
    lab.unless_lost(beyond)?;
    lab.step("a Debit of more than the purse holds is refused", |lab, _| {
        let outcome = lab.present(&subject.identity, None, |card| take(card, more_than_all));
        must_be_limit(outcome, "the purse gives more than it holds")
    })
}

/// Money that moves before the sale key takes over must be refused with 91BE.
pub(super) fn refused_by_limit(lab: &mut Lab<'_>, subject: &Subject, lead: Lead) -> Result<(), Fault> {
    let outcome = lab.present(&subject.identity, None, |card| Tap::open(card, lead).map(drop));
    must_be_limit(outcome, "the card takes it")
}

fn take(card: Presented<'_, '_>, amount: Money) -> Result<(), CardError> {
    let tap = Tap::open(card, Lead::None)?;
    let (record, reader_id) = ([0; CARD_RECORD], [0; 16]);
    let movement = Movement { take: amount, points: Points::ZERO, record: &record, reader_id: &reader_id };
    tap.prepare(&movement).map(drop)
}

fn must_be_limit(outcome: Result<(), CardError>, otherwise: &str) -> Result<(), Fault> {
    match outcome {
        Err(CardError::PurseLimit) => Ok(()),
        Ok(()) => Err(Fault::unfit(otherwise)),
        Err(error) => match Fault::from(error) {
            Fault::Reader(error) => Err(error.into()),
            other => Err(Fault::Unfit(format!("refused, but not as a limit (91BE): {other}"))),
        },
    }
}
