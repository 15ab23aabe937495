//! What is pending goes with its transaction, whatever ends that.

use super::disturbed::{self, Disturbance, as_sale, disturbed};
use super::fault::{Fault, is_refusal, is_success, offered};
use super::lab::Lab;
use super::movement::{self, Plan};
use super::proof::RECORD_SIZE;
use super::subject::{self, Sent, Subject};
use rand_core::CryptoRng;
use satchel_cards::member::{self, Depth, file};
use satchel_desfire::{self as desfire, Authenticated, CommMode, Identity, Records, Session, Tmac};
use satchel_hazmat::AesKey;
use satchel_journal::{Intent, Proof};
use satchel_keys::Role;
use satchel_transport::Transport;

/// CommitTransaction with counter and MAC, as it is sent without a session.
const COMMIT: [u8; 7] = [0x90, 0xC7, 0x00, 0x00, 0x01, 0x01, 0x00];
/// The reader id of commits that must not happen.
const NOBODY: [u8; 16] = [0; 16];
const NEWEST: Records = Records { first: 0, count: 1 };

/// What ends a transaction without a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Refusal,
    FieldLost,
    Selection,
    First,
    Abort,
}

/// A Debit is left pending, its transaction is ended, and then everything is tried that could commit it all the same.
pub(super) fn pending(lab: &mut Lab<'_>, subject: &mut Subject) -> Result<(), Fault> {
    for end in End::ALL {
        let outcome = lab.step(&format!("{} drops what is pending", end.in_words()), |lab, notes| {
            if end == End::Abort && !abort_is_offered(lab, subject)? {
                notes.push("AbortTransaction not offered".to_owned());
                return Ok(());
            }
            if let Some(disturbance) = end.disturbance() {
                same_session_commits(lab, subject, disturbance)?;
                nobody_commits(lab, subject, end)?;
            }
            next_session_commits(lab, subject, end)
        });
        lab.unless_lost(outcome)?;
    }
    Ok(())
}

/// Service does without AbortTransaction: a card that refuses it drops everything just as well.
fn abort_is_offered(lab: &mut Lab<'_>, subject: &Subject) -> Result<bool, Fault> {
    let key = lab.key(&subject.identity.uid, Role::Sale);
    let (field, rng) = lab.reach();
    let session = debit(as_sale(field, rng, subject.identity.frame, &key)?)?;
    Ok(offered(session.abort_transaction())?.is_some())
}

/// The session goes on as if nothing had happened.
fn same_session_commits(lab: &mut Lab<'_>, subject: &mut Subject, disturbance: Disturbance) -> Result<(), Fault> {
    let heard = disturbed(lab, subject, (disturbance, "CommitTransaction"), |session| {
        prepare(session)?.commit_transaction_with_tmac().map(drop)
    })?;
    match heard.session {
        Err(desfire::Error::Transport(error)) => Err(error.into()),
        Err(error) if is_refusal(&error) => Ok(()),
        _ => nothing_moved(lab, subject),
    }
}

/// The commit comes without a session.
fn nobody_commits(lab: &mut Lab<'_>, subject: &mut Subject, end: End) -> Result<(), Fault> {
    let key = lab.key(&subject.identity.uid, Role::Sale);
    let (field, rng) = lab.reach();
    prepare(as_sale(&mut *field, rng, subject.identity.frame, &key)?)?;
    end.happen(&mut *field, &subject.identity)?;
    if is_success(&field.transceive(&COMMIT)?) { nothing_moved(lab, subject) } else { Ok(()) }
}

/// The next transaction is one of a record alone, and must be no more.
fn next_session_commits(lab: &mut Lab<'_>, subject: &mut Subject, end: End) -> Result<(), Fault> {
    let id = subject.next_id();
    let intent = Plan::record().intent(subject, id, lab.at())?;
    let key = lab.key(&subject.identity.uid, Role::Sale);
    let (field, rng) = lab.reach();
    let session = end.next_session(field, rng, &subject.identity, &key)?;
    let (enc_tmri, tmac) = commit_record(session, &intent, &intent.reader_id(id))?;
    let sent = Sent { id, intent, enc_tmri };
    let settled = movement::settle(lab, subject, &sent, &Proof { tmc: tmac.tmc, tmv: tmac.tmv.into() });
    nothing_moved(lab, subject)?;
    settled
}

impl End {
    const ALL: [Self; 5] = [Self::Refusal, Self::FieldLost, Self::Selection, Self::First, Self::Abort];

    const fn in_words(self) -> &'static str {
        match self {
            Self::Refusal => "a refusal",
            Self::FieldLost => "the loss of the field",
            Self::Selection => "SelectApplication",
            Self::First => "AuthenticateEV2First",
            Self::Abort => "AbortTransaction",
        }
    }

    /// What the session need not know of.
    const fn disturbance(self) -> Option<Disturbance> {
        match self {
            Self::Refusal => Some(disturbed::refusal),
            Self::FieldLost => Some(disturbed::field_lost),
            Self::Selection => Some(disturbed::selection),
            Self::First | Self::Abort => None,
        }
    }

    /// Ends the session with its transaction, and stays in the application.
    fn happen(self, field: &mut dyn Transport, card: &Identity) -> Result<(), Fault> {
        if let Some(disturbance) = self.disturbance() {
            disturbance(&mut *field, &COMMIT)?;
        }
        if self == Self::FieldLost {
            Session::new(field, card.frame).select_application(member::AID)?;
        }
        Ok(())
    }

    /// The session after a transaction that was ended with a Debit pending.
    fn next_session<'s>(
        self,
        field: &'s mut dyn Transport,
        rng: &mut dyn CryptoRng,
        card: &Identity,
        key: &AesKey,
    ) -> Result<Session<'s, Authenticated>, Fault> {
        if self == Self::Abort {
            return Ok(debit(as_sale(field, rng, card.frame, key)?)?.abort_transaction()?);
        }
        debit(as_sale(&mut *field, rng, card.frame, key)?)?;
        self.happen(&mut *field, card)?;
        // Not selected again: that would drop what is pending by itself.
        Ok(Session::new(field, card.frame).authenticate_ev2_first(member::key::SALE, key, rng)?)
    }
}

fn debit(session: Session<'_, Authenticated>) -> Result<Session<'_, Authenticated>, desfire::Error> {
    session.debit(file::PURSE, CommMode::Full, 1)
}

/// A Debit that only needs to be committed.
fn prepare(session: Session<'_, Authenticated>) -> Result<Session<'_, Authenticated>, desfire::Error> {
    Ok(debit(session)?.commit_reader_id(&NOBODY)?.0)
}

fn commit_record(
    session: Session<'_, Authenticated>,
    intent: &Intent,
    reader_id: &[u8; 16],
) -> Result<([u8; 16], Tmac), desfire::Error> {
    let (session, _) = session.read_records(file::HISTORY, CommMode::Full, NEWEST, RECORD_SIZE)?;
    let session = session.write_record(file::HISTORY, CommMode::Full, 0, &*intent.written)?;
    let (session, enc_tmri) = session.commit_reader_id(reader_id)?;
    let (_, tmac) = session.commit_transaction_with_tmac()?;
    Ok((enc_tmri, tmac))
}

/// Neither counter nor purse may be others than the books say. If they are, the books learn it, so that what follows
/// is judged by itself.
fn nothing_moved(lab: &mut Lab<'_>, subject: &mut Subject) -> Result<(), Fault> {
    let told = lab.present(&subject.identity, None, |card| member::recall(card, Depth::State))?;
    let (purse, _) = subject::values(lab, subject)?;
    if (told.tmc, purse) == (subject.tmc, subject.purse) {
        return Ok(());
    }
    if told.tmc != subject.tmc {
        (subject.tmc, subject.tmv, subject.reader_id) = (told.tmc, told.tmv, NOBODY);
    }
    subject.purse = purse;
    Err(Fault::unfit("the card commits what was pending before"))
}
