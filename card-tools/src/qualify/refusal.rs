//! Who the card must not let in.

use super::fault::{Fault, is_refusal};
use super::lab::Lab;
use super::rights::KEYS;
use super::subject::Subject;
use satchel_cards::member;
use satchel_desfire::{CommMode, Error, NotAuthenticated, Session, Status};
use satchel_hazmat::AesKey;
use satchel_keys::Role;

/// Wrong keys open nothing, neither at first nor later.
pub(super) fn keys(lab: &mut Lab<'_>, subject: &mut Subject) -> Result<(), Fault> {
    let outcome = factory_keys(lab, subject);
    lab.unless_lost(outcome)?;
    wrong_key_later(lab, subject)
}

/// No key of the application may still be the factory's, and the refusal must be 91AE: a terminal that hears it tries
/// the key's version before.
fn factory_keys(lab: &mut Lab<'_>, subject: &Subject) -> Result<(), Fault> {
    lab.step("the factory's key opens nothing", |lab, _| {
        for (number, _) in KEYS {
            let (field, rng) = lab.reach();
            let mut session = Session::new(field, subject.identity.frame);
            session.select_application(member::AID)?;
            let outcome = session.authenticate_ev2_first(number, &AesKey::zeros(), rng).map(drop);
            refused_as_wrong(outcome, &format!("key {}", number.get()))?;
        }
        Ok(())
    })
}

/// A wrong key that is to take over must be refused too, and with it goes what was pending.
fn wrong_key_later(lab: &mut Lab<'_>, subject: &Subject) -> Result<(), Fault> {
    lab.step("a wrong key does not take over", |lab, _| {
        let load = lab.key(&subject.identity.uid, Role::Load);
        let (field, rng) = lab.reach();
        let mut session = Session::new(field, subject.identity.frame);
        session.select_application(member::AID)?;
        let session = session.authenticate_ev2_first(member::key::LOAD, &load, rng)?;
        let session = session.credit(member::file::PURSE, CommMode::Full, 1)?;
        let outcome = session.authenticate_ev2_non_first(member::key::SALE, &load, rng).map(drop);
        refused_as_wrong(outcome, "the load key in the sale key's place")
    })
}

/// Without a session, nothing of the application's files is to be had.
pub(super) fn strangers(lab: &mut Lab<'_>, subject: &mut Subject) -> Result<(), Fault> {
    lab.step("without a key nothing is read", |lab, notes| {
        let (field, _) = lab.reach();
        let mut session = Session::new(field, subject.identity.frame);
        session.select_application(member::AID)?;
        let identity = session.read_data(member::file::IDENTITY, 0, 0).map(drop);
        let outcomes = [identity, session.get_value(member::file::PURSE).map(drop)];
        for outcome in outcomes {
            match outcome {
                Err(Error::Card(Status::AuthenticationError)) => {}
                Err(error) if is_refusal(&error) => notes.push(error.to_string()),
                Err(error) => return Err(error.into()),
                Ok(()) => return Err(Fault::unfit("the card answers without a session")),
            }
        }
        Ok(())
    })
}

fn refused_as_wrong(outcome: Result<(), NotAuthenticated<'_>>, what: &str) -> Result<(), Fault> {
    let Err(NotAuthenticated { error, .. }) = outcome else {
        return Err(Fault::Unfit(format!("{what} is accepted although it is wrong")));
    };
    match error {
        Error::Transport(error) => Err(error.into()),
        Error::Card(Status::AuthenticationError) => Ok(()),
        other => Err(Fault::Unfit(format!("{what} is wrong, and the card answers otherwise than 91AE: {other}"))),
    }
}
