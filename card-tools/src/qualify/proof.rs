//! What the card's transaction MAC vouches for, and whether the verifier at head office comes to the same.

use super::fault::{Fault, ensure, offered};
use super::lab::Lab;
use super::movement::Plan;
use super::subject::{self, Sent, Subject};
use satchel_cards::{member, proof};
use satchel_desfire::tmac::{self, Tmi};
use satchel_desfire::{self as desfire, Authenticated, CommMode, Records, Session, Tmac};
use satchel_journal::{CARD_RECORD, Intent, Operation, Proof};
use satchel_keys::Role;

/// Bytes in a record.
pub(super) const RECORD_SIZE: u32 = 31;
const _: () = assert!(RECORD_SIZE as usize == CARD_RECORD, "the card's records are the journal's");
/// Bytes in the transaction MAC file: counter and MAC.
const TMAC_FILE: u32 = 12;
const NEWEST: Records = Records { first: 0, count: 1 };
const ALL: Records = Records { first: 0, count: 0 };

const CREDIT_LOST: &str = "a pending Credit does not survive AuthenticateEV2NonFirst";

/// Verifies a movement's transaction MAC as head office does, and says what is wrong with it.
pub(super) fn check(lab: &Lab<'_>, sent: &Sent, told: &Proof) -> Result<(), Fault> {
    let key = lab.key(&sent.intent.card, Role::Tmac);
    if proof::verify(&key, sent.id, &sent.intent, &sent.enc_tmri, told) {
        return Ok(());
    }
    let missing = Part::ALL.into_iter().find(|part| {
        input_without(*part, sent)
            .is_some_and(|input| tmac::verify(&key, &sent.intent.card, told.tmc, &input, &told.tmv))
    });
    Err(match missing {
        Some(Part::Lead) => Fault::unfit(CREDIT_LOST),
        Some(part) => Fault::Unfit(format!("the transaction MAC leaves out {}", part.in_words())),
        None => Fault::unfit("the transaction MAC is wrong: it is over something else, or made in another way"),
    })
}

/// Verifies that the card enciphered the reader id of the movement before.
pub(super) fn check_previous(lab: &Lab<'_>, sent: &Sent, told: &Proof, previous: &[u8; 16]) -> Result<(), Fault> {
    let key = lab.key(&sent.intent.card, Role::Tmac);
    let enciphered = proof::previous_reader_id(&key, &sent.intent, told.tmc, &sent.enc_tmri);
    ensure(enciphered == *previous, || "the card does not name the reader of the transaction before".to_owned())
}

/// Money of the load key that is pending must still be so when the sale key has taken over.
pub(super) fn credit_survives(lab: &mut Lab<'_>, subject: &mut Subject) -> Result<(), Fault> {
    lab.step("a pending Credit survives AuthenticateEV2NonFirst", |lab, _| {
        let (purse, _) = subject::values(lab, subject)?;
        ensure(purse == subject.purse, || CREDIT_LOST.to_owned())
    })
}

/// Every kind of read, in one transaction. Only the reading of one record is used in service; the others are noted.
pub(super) fn reads(lab: &mut Lab<'_>, subject: &mut Subject) -> Result<(), Fault> {
    lab.step("what is read enters the transaction MAC", |lab, notes| {
        let id = subject.next_id();
        let intent = Plan::record().intent(subject, id, lab.at())?;
        let key = lab.key(&subject.identity.uid, Role::Sale);
        let (field, rng) = lab.reach();
        let mut session = Session::new(field, subject.identity.frame);
        session.select_application(member::AID)?;
        let session = session.authenticate_ev2_first(member::key::SALE, &key, rng)?;
        let Told { input, enc_tmri, tmac } = read_everything(session, &intent, &intent.reader_id(id))?;
        let proof = Proof { tmc: tmac.tmc, tmv: tmac.tmv.into() };
        subject.accept(&Sent { id, intent, enc_tmri }, &proof)?;
        let key = lab.key(&subject.identity.uid, Role::Tmac);
        if !tmac::verify(&key, &subject.identity.uid, tmac.tmc, &input, &tmac.tmv) {
            notes.push("GetValue, or ReadRecords of all, enters in another way than documented; not used".to_owned());
        }
        Ok(())
    })
}

/// A commit that names no reader must fail, because head office could not tell whose it is.
pub(super) fn reader_id(lab: &mut Lab<'_>, subject: &mut Subject) -> Result<(), Fault> {
    lab.step("a commit without a reader id is refused", |lab, _| {
        let key = lab.key(&subject.identity.uid, Role::Sale);
        let (field, rng) = lab.reach();
        let mut session = Session::new(field, subject.identity.frame);
        session.select_application(member::AID)?;
        let session = session.authenticate_ev2_first(member::key::SALE, &key, rng)?;
        let session = session.debit(member::file::PURSE, CommMode::Full, 1)?;
        let committed = offered(session.commit_transaction_with_tmac())?;
        ensure(committed.is_none(), || "the card commits for a reader that does not name itself".to_owned())
    })
}

/// What a transaction of reads told.
struct Told {
    input: Tmi,
    enc_tmri: [u8; 16],
    tmac: Tmac,
}

fn read_everything(
    session: Session<'_, Authenticated>,
    intent: &Intent,
    reader_id: &[u8; 16],
) -> Result<Told, desfire::Error> {
    use member::file;
    let mut input = Tmi::new();
    let (session, purse) = session.get_value(file::PURSE, CommMode::Full)?;
    input.get_value(file::PURSE, purse);
    let (session, points) = session.get_value(file::POINTS, CommMode::Full)?;
    input.get_value(file::POINTS, points);
    let (session, all) = session.read_records(file::HISTORY, CommMode::Full, ALL, RECORD_SIZE)?;
    let count = u32::try_from(all.len() / CARD_RECORD).unwrap_or(u32::MAX);
    input.read_all_records(file::HISTORY, Records { count, ..ALL }, &all);
    let (session, _) = session.read_data(file::TMAC, CommMode::Full, 0, TMAC_FILE)?;
    let session = session.write_record(file::HISTORY, CommMode::Full, 0, &*intent.written)?;
    input.write_record(file::HISTORY, 0, &*intent.written);
    let (session, enc_tmri) = session.commit_reader_id(reader_id)?;
    input.commit_reader_id(reader_id, &enc_tmri);
    let (_, tmac) = session.commit_transaction_with_tmac()?;
    Ok(Told { input, enc_tmri, tmac })
}

/// A part of a transaction, in the order in which the card gets them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Lead,
    Read,
    Debit,
    Points,
    Record,
    ReaderId,
}

impl Part {
    const ALL: [Self; 6] = [Self::Lead, Self::Read, Self::Debit, Self::Points, Self::Record, Self::ReaderId];

    const fn in_words(self) -> &'static str {
        match self {
            Self::Lead => "the money that was pending before AuthenticateEV2NonFirst",
            Self::Read => "what was read",
            Self::Debit => "the money taken",
            Self::Points => "the points",
            Self::Record => "the record",
            Self::ReaderId => "the reader id",
        }
    }
}

/// The transaction MAC's input if a card forgot one part.
fn input_without(forgotten: Part, sent: &Sent) -> Option<Tmi> {
    use member::file;
    let intent = &sent.intent;
    let (purse, points) = (intent.purse.to_card().ok()?, intent.points.to_card().ok()?);
    let mut input = Tmi::new();
    for part in Part::ALL.into_iter().filter(|part| *part != forgotten) {
        match part {
            Part::Lead if intent.operation == Operation::TopUp => input.credit(file::PURSE, purse),
            Part::Lead if intent.operation == Operation::UndoSale => input.limited_credit(file::PURSE, purse),
            Part::Read if intent.operation != Operation::Issue => {
                input.read_records(file::HISTORY, NEWEST, &*intent.read);
            }
            Part::Debit if purse < 0 => input.debit(file::PURSE, purse.checked_neg()?),
            Part::Points if points < 0 => input.debit(file::POINTS, points.checked_neg()?),
            Part::Points if points > 0 => input.credit(file::POINTS, points),
            Part::Lead | Part::Read | Part::Debit | Part::Points => {}
            Part::Record => input.write_record(file::HISTORY, 0, &*intent.written),
            Part::ReaderId => input.commit_reader_id(&intent.reader_id(sent.id), &sent.enc_tmri),
        }
    }
    Some(input)
}
