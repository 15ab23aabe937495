//! Movements taken back, and how often they can be.

use super::boundary::refused_by_limit;
use super::fault::Fault;
use super::lab::Lab;
use super::movement::{self, Plan};
use super::subject::Subject;
use satchel_cards::member::Lead;
use satchel_values::Money;

const AMOUNT: i64 = 7_50;
const POINTS: i64 = 7;
const TOP_UP: i64 = 10_00;

/// A sale is given back: not more than it took, and once.
pub(super) fn sale(lab: &mut Lab<'_>, subject: &mut Subject) -> Result<(), Fault> {
    movement::step(lab, subject, "another sale", &Plan::sale(AMOUNT, POINTS))?;
    lab.step("LimitedCredit of more than the sale is refused", |lab, _| {
        refused_by_limit(lab, subject, Lead::Restore(Money::new(AMOUNT + 1)))
    })?;
    movement::step(lab, subject, "undo the sale", &Plan::undo_sale(AMOUNT, POINTS))?;
    lab.step("a second LimitedCredit is refused", |lab, _| refused_by_limit(lab, subject, Lead::Restore(Money::new(1))))
}

/// A top-up is taken back.
pub(super) fn top_up(lab: &mut Lab<'_>, subject: &mut Subject) -> Result<(), Fault> {
    movement::step(lab, subject, "another top-up", &Plan::top_up(TOP_UP))?;
    movement::step(lab, subject, "undo the top-up", &Plan::undo_top_up(TOP_UP))
}
