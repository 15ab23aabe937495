//! Cards torn away, and what they say when they are held to the terminal again.

use super::fault::{Fault, ensure};
use super::lab::Lab;
use super::movement::{self, Attempt, Plan};
use super::subject::{Sent, Subject};
use satchel_cards::member::{self, Depth};
use satchel_journal::{Operation, Proof};
use satchel_transport::Cut;

const SALE: Plan = Plan::sale(3_21, 3);
const TOP_UP: Plan = Plan::top_up(15_00);

/// The commands at which it is instructive to tear.
const COMMIT: &str = "CommitTransaction";
const TAKE_OVER: &str = "AuthenticateEV2NonFirst";

/// The card never sees the commit: nothing may have happened.
pub(super) fn sale_before_commit(lab: &mut Lab<'_>, subject: &mut Subject) -> Result<(), Fault> {
    let commit = subject.place_of(Operation::Sale, COMMIT)?;
    trial(lab, subject, "sale, torn away before the commit", &SALE, Cut::BeforeCard(commit))
}

/// The card commits and the answer is lost: the sale must stand, and be provable.
pub(super) fn sale_after_commit(lab: &mut Lab<'_>, subject: &mut Subject) -> Result<(), Fault> {
    let commit = subject.place_of(Operation::Sale, COMMIT)?;
    trial(lab, subject, "sale, torn away after the commit", &SALE, Cut::AfterCard(commit))
}

/// Money is pending from the load key, and the sale key never takes over: nothing may have happened.
pub(super) fn top_up_before(lab: &mut Lab<'_>, subject: &mut Subject) -> Result<(), Fault> {
    let take_over = subject.place_of(Operation::TopUp, TAKE_OVER)?;
    trial(lab, subject, "top-up, torn away with the Credit pending", &TOP_UP, Cut::BeforeCard(take_over))
}

/// The card commits and the answer is lost: the top-up must stand, and be provable.
pub(super) fn top_up_after_commit(lab: &mut Lab<'_>, subject: &mut Subject) -> Result<(), Fault> {
    let commit = subject.place_of(Operation::TopUp, COMMIT)?;
    trial(lab, subject, "top-up, torn away after the commit", &TOP_UP, Cut::AfterCard(commit))
}

fn trial(lab: &mut Lab<'_>, subject: &mut Subject, name: &str, plan: &Plan, cut: Cut) -> Result<(), Fault> {
    let sent = lab.step(name, |lab, _| match movement::attempt(lab, subject, plan, Some(cut))? {
        Attempt::Done(..) => Err(Fault::unfit("it takes fewer exchanges than the one before, and was not torn")),
        Attempt::Unanswered(sent) => Ok(Some(sent)),
        Attempt::NotSent => Ok(None),
    })?;
    lab.step("  recover", |lab, notes| match (cut, sent) {
        (Cut::AfterCard(_), Some(sent)) => stands(lab, subject, &sent, notes),
        _ => nothing_happened(lab, subject, notes),
    })
}

fn nothing_happened(lab: &mut Lab<'_>, subject: &Subject, notes: &mut Vec<String>) -> Result<(), Fault> {
    let told = lab.present(&subject.identity, None, |card| member::recall(card, Depth::State))?;
    ensure(told.tmc == subject.tmc && told.records == [subject.newest()], || {
        "something of a movement is on the card that it was never told to commit".to_owned()
    })?;
    notes.push("not applied: the card is as it was".to_owned());
    Ok(())
}

fn stands(lab: &mut Lab<'_>, subject: &mut Subject, sent: &Sent, notes: &mut Vec<String>) -> Result<(), Fault> {
    let told = lab.present(&subject.identity, None, |card| member::recall(card, Depth::State))?;
    ensure(told.records == [*sent.intent.written], || {
        "a movement that the card had committed is gone after the field was lost".to_owned()
    })?;
    movement::settle(lab, subject, sent, &Proof { tmc: told.tmc, tmv: told.tmv.into() })?;
    notes.push("confirmed by the card's newest record and its transaction MAC".to_owned());
    Ok(())
}
