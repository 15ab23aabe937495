//! The history file: the newest record is the card's state, ten are readable, the oldest gives way.

use super::fault::{Fault, ensure};
use super::issue;
use super::lab::Lab;
use super::movement::{self, Plan};
use super::subject::Subject;
use satchel_cards::CardError;
use satchel_cards::member::{self, Depth};
use satchel_cards::record::HistoryRecord;

/// Records that can be read of a full history.
const READABLE: usize = 10;

/// What a kiosk sees with the inquiry key.
pub(super) fn inquiry(lab: &mut Lab<'_>, subject: &mut Subject) -> Result<(), Fault> {
    lab.step("inquiry", |lab, _| {
        let told = lab.present(&subject.identity, None, |card| member::inquire(card, Depth::State))?;
        ensure(told.identity == issue::identity(lab.at()), || "the identity is not the one that was written".into())?;
        ensure(told.newest == record(&subject.newest())?, || "the newest record is not the one written last".into())
    })
}

/// Sells until the history has wrapped round, if it has not yet, and reads all of it.
pub(super) fn fill(lab: &mut Lab<'_>, subject: &mut Subject) -> Result<(), Fault> {
    while subject.records.len() <= READABLE + 1 {
        movement::step(lab, subject, "a sale, to fill the history", &Plan::sale(1, 0))?;
    }
    let outcome = lab.step("the history holds the last ten movements", |lab, _| {
        let told = lab.present(&subject.identity, None, |card| member::inquire(card, Depth::History))?;
        let expected = subject.records.iter().rev().take(READABLE).map(record).collect::<Result<Vec<_>, _>>()?;
        let records: Vec<_> = std::iter::once(told.newest).chain(told.earlier).collect();
        ensure(records.len() == READABLE, || format!("{} records can be read, not {READABLE}", records.len()))?;
        ensure(records == expected, || "they are others, or in another order".to_owned())
    });
    lab.unless_lost(outcome)
}

fn record(bytes: &[u8; satchel_journal::CARD_RECORD]) -> Result<HistoryRecord, CardError> {
    HistoryRecord::parse(bytes)
}
