//! Whether a card type is fit for service: a blank card taken through its whole life, and asked on the way for
//! everything the design relies on.
//!
//! What goes wrong at one step does not hide what the next one would show, and whatever happens the card is returned to
//! blank as far as it lets itself be. The keys are those of a training enterprise that anybody may know, so that a card
//! left half-way is recognised and cleaned up by the next run.

mod blank;
mod boundary;
mod discard;
mod disturbed;
mod fault;
mod history;
mod identify;
mod issue;
mod lab;
mod messages;
mod movement;
mod print;
mod proof;
mod refusal;
mod report;
mod rights;
mod run;
mod subject;
mod torn;
mod training;
mod undo;

pub use report::{Finding, Report, Step, Verdict};
pub use run::{QualifyOptions, run};

use fault::Fault;
use lab::Lab;
use movement::Plan;
use rand_core::CryptoRng;
use satchel_transport::Transport;
use satchel_values::Timestamp;
use subject::Subject;

/// What a qualification needs besides the card.
pub struct Tools<'t> {
    /// For challenges.
    pub rng: &'t mut dyn CryptoRng,
    /// The time that stands in the card's records.
    pub at: Timestamp,
    /// Told of each step when it is done.
    pub told: &'t mut dyn FnMut(&Step),
}

/// Takes the card in the field through its whole life. It must be blank, or left over from an earlier run.
pub fn qualify<'t>(transport: &'t mut dyn Transport, tools: Tools<'t>) -> Report {
    let mut lab = Lab::new(transport, tools);
    let fault = life(&mut lab).err();
    lab.let_go();
    lab.into_report(fault)
}

fn life(lab: &mut Lab<'_>) -> Result<(), Fault> {
    let identity = identify::identify(lab)?;
    let found = blank::need_blank(lab, &identity)?;
    let lived = in_use(lab, Subject::new(identity.clone()));
    let returned = blank::return_to_blank(lab, &identity, found);
    lived.and(returned)
}

/// Something done with the card that stands by itself: its failure does not hide what the next shows.
type Trial = fn(&mut Lab<'_>, &mut Subject) -> Result<(), Fault>;

/// In this order, because later ones need history, and because the last could do harm on a card that lets them.
const TRIALS: [Trial; 18] = [
    history::inquiry,
    identify::number_in_cipher,
    torn::sale_before_commit,
    torn::sale_after_commit,
    torn::top_up_before,
    torn::top_up_after_commit,
    undo::sale,
    undo::top_up,
    boundary::purse,
    proof::reads,
    proof::reader_id,
    messages::macs_are_checked,
    messages::a_refusal_ends_the_session,
    discard::pending,
    refusal::keys,
    refusal::strangers,
    rights::files,
    rights::keys,
];

/// From personalisation to the last movement. A fault ends it where the rest makes no sense without.
fn in_use(lab: &mut Lab<'_>, mut subject: Subject) -> Result<(), Fault> {
    let subject = &mut subject;
    issue::torn(lab, subject)?;
    issue::issue(lab, subject)?;
    movement::step(lab, subject, "top-up", &Plan::top_up(200_00))?;
    proof::credit_survives(lab, subject)?;
    movement::step(lab, subject, "sale", &Plan::sale(12_34, 12))?;
    movement::step(lab, subject, "redemption", &Plan::sale(5_00, -10))?;
    subject::look(lab, subject)?;
    for trial in TRIALS {
        let outcome = trial(lab, subject);
        lab.unless_lost(outcome)?;
        subject::look(lab, subject)?;
    }
    history::fill(lab, subject)?;
    movement::step(lab, subject, "block", &Plan::block())?;
    subject::look(lab, subject)
}
