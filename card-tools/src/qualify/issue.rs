use super::fault::{Fault, ensure};
use super::lab::Lab;
use super::proof;
use super::subject::{Sent, Subject};
use super::training;
use satchel_cards::CardError;
use satchel_cards::identity::MemberIdentity;
use satchel_cards::issue::{Desk, MemberIssued, MemberPlan, Step, issue_member};
use satchel_cards::record::Standing;
use satchel_desfire::Identity;
use satchel_keys::Role;
use satchel_transport::{Cut, Tear};
use satchel_values::{CardNumber, Currency, Date, MemberId, Money, OperatorId, Points, Tier, Timestamp};

/// The most the purse may hold.
pub(super) const PURSE_MAX: Money = Money::new(1_000_00);
/// The first points.
const POINTS: Points = Points::new(500);
/// Where the first personalisation is torn away: among the keys, on every kind of blank card.
const TORN_AT: Cut = Cut::AfterCard(17);

/// Begins to make a member card, and tears it away.
pub(super) fn torn(lab: &mut Lab<'_>, subject: &Subject) -> Result<(), Fault> {
    lab.step("personalise, torn away half-way", |lab, notes| {
        let outcome = make(lab, &subject.identity, Some(TORN_AT));
        match outcome.result {
            Err(error) if outcome.torn && error.is_transport() => {
                notes.push(format!("torn away at {}", in_words(outcome.last)));
                Ok(())
            }
            Err(error) => Err(failed(lab, error, outcome.last)),
            Ok(_) => Err(Fault::unfit("it was finished before it was torn")),
        }
    })
}

/// Makes the rest of the member card, without money and with points, up to its first transaction.
pub(super) fn issue(lab: &mut Lab<'_>, subject: &mut Subject) -> Result<(), Fault> {
    lab.step("personalise, taken up again", |lab, _| {
        let outcome = make(lab, &subject.identity, None);
        let issued = outcome.result.map_err(|error| failed(lab, error, outcome.last))?;
        let proof = issued.proof;
        ensure(proof.tmc == 1, || format!("the first transaction counts as number {}", proof.tmc))?;
        let key = lab.key(&subject.identity.uid, Role::Tmac);
        let enc_tmri = satchel_cards::proof::enciphered_reader_id(&key, &issued.intent, proof.tmc, &subject.reader_id);
        let sent = Sent { id: issued.id, intent: issued.intent, enc_tmri };
        proof::check(lab, &sent, &proof)?;
        subject.accept(&sent, &proof)
    })
}

/// What the card's identity file must hold.
pub(super) fn identity(at: Timestamp) -> MemberIdentity {
    MemberIdentity {
        member: MemberId::new(1),
        number: CardNumber::from_payload(10_000_000_081).expect("eleven digits make a number"),
        issued: at.date().unwrap_or_default(),
        currency: Currency::new("XTS", 2).expect("XTS is the code for tests"),
        enterprise: training::ENTERPRISE,
    }
}

struct Made {
    result: Result<MemberIssued, CardError>,
    torn: bool,
    last: Option<Step>,
}

fn make(lab: &mut Lab<'_>, card: &Identity, cut: Option<Cut>) -> Made {
    let plan = plan(lab.at());
    let mut last = None;
    let (field, rng, keys) = lab.desk();
    let mut field = Tear::new(field, cut);
    let mut progress = |step| last = Some(step);
    let mut desk = Desk { transport: &mut field, keys, rng, progress: &mut progress };
    let result = issue_member(&mut desk, card, &plan);
    Made { result, torn: field.is_gone(), last }
}

fn plan(at: Timestamp) -> MemberPlan {
    MemberPlan {
        identity: identity(at),
        amount: Money::ZERO,
        points: POINTS,
        tier: Tier::new(0),
        expiry: Date::default(),
        standing: Standing::Active,
        purse_max: PURSE_MAX,
        id: Subject::FIRST,
        operator: OperatorId::new(1),
        at,
    }
}

fn failed(lab: &Lab<'_>, error: CardError, at: Option<Step>) -> Fault {
    match lab.named(error.into()) {
        Fault::Unfit(why) => Fault::Unfit(format!("at {}: {why}", in_words(at))),
        other => other,
    }
}

const fn in_words(step: Option<Step>) -> &'static str {
    match step {
        None => "the beginning",
        Some(Step::CardKey) => "the card's master key",
        Some(Step::Application) => "the application",
        Some(Step::Keys) => "the application's keys",
        Some(Step::Files) => "the files",
        Some(Step::Identity) => "the identity",
        Some(Step::TransactionMac) => "the transaction MAC file",
        Some(Step::Settings) => "the settings",
        Some(Step::FirstTransaction) => "the first transaction",
    }
}
