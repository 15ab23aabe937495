use crate::batches::card_entry;
use crate::cards::{self, Card, CardState, key, subject};
use crate::issue::Issuer;
use crate::movement::{At, Begun, Order};
use crate::office::{Entry, charter, next};
use crate::settle::{Kept, keep_desk};
use crate::text::some_line;
use crate::{Actor, Office, OfficeError, Permission};
use rand_core::CryptoRng;
use satchel_cards::CardKeys;
use satchel_cards::member::{self, Lead};
use satchel_cards::record::HistoryRecord;
use satchel_journal::{Operation, Proof};
use satchel_key_house::{DeskSource, TmacKeys};
use satchel_store::{Chain, Row, StoreError, Work};
use satchel_transport::Transport;
use satchel_values::{CardNumber, Money, Points, Timestamp};

/// Corrections in one answer at most.
const FOUND_MOST: u32 = 200;
/// What a correction is written down as, before the card makes it.
const BEGUN: &str = "card.correction-begun";

/// A balance to be set right: asked for by one officer, approved by another, and made by the card itself at a desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// Its number.
    pub id: i64,
    /// The card.
    pub card: CardNumber,
    /// What is added to the balance, or taken from it.
    pub amount: Money,
    /// What is added to the points, or taken from them.
    pub points: Points,
    /// Why.
    pub reason: String,
    /// Who asked for it.
    pub asked_by: String,
    /// Who approved or refused it.
    pub decided_by: Option<String>,
    /// How it stands.
    pub state: CorrectionState,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// Counts the changes.
    pub revision: i64,
}

/// How a correction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CorrectionState {
    /// It waits for a second officer.
    Asked,
    /// It waits for the card.
    Approved,
    /// The card was asked for it; whether it did it, the card tells.
    Begun,
    /// The card made it.
    Done,
    /// The second officer said no.
    Refused,
}

/// What is to be set right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectionDraft {
    /// What is added to the balance; negative for what is taken.
    pub amount: Money,
    /// What is added to the points; negative for what is taken.
    pub points: Points,
    /// Why.
    pub reason: String,
}

/// What is decided of a correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The card may be corrected; another officer than the one who asked says so.
    Approve,
    /// It may not, and why. Whoever asked may say so too, and it may be said until the card is asked for it.
    Refuse(String),
}

const COLUMNS: &str = "id, card, amount, points, reason, asked_by, decided_by, state, asked_at, revision";

impl CorrectionState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Asked, Self::Approved, Self::Begun, Self::Done, Self::Refused];

    /// As it is stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Approved => "approved",
            Self::Begun => "begun",
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

impl Office {
    /// Asks for a balance to be set right. Another officer decides.
    ///
    /// # Errors
    /// Not allowed, the card is not in use, there is an open one, or there is nothing to correct.
    pub fn ask_correction(
        &self,
        actor: &Actor,
        number: CardNumber,
        draft: &CorrectionDraft,
    ) -> Result<i64, OfficeError> {
        self.allow(actor, Permission::ServeCards, &subject(number))?;
        let reason = some_line("reason", &draft.reason)?;
        if draft.amount == Money::ZERO && draft.points == Points::ZERO {
            return Err(OfficeError::invalid("amount", "there is nothing to correct"));
        }
        self.database.write(|work| {
            let card = cards::one(work, number)?;
            in_use(&card)?;
            if draft.amount > charter(work)?.purse_max
                || draft.amount.to_card().is_err()
                || draft.points.to_card().is_err()
            {
                return Err(OfficeError::invalid("amount", "a card holds less than that"));
            }
            if open(work, number)?.is_some() {
                return Err(OfficeError::State(format!("a correction of card {number} is open already")));
            }
            let id = next(work, "correction")?;
            work.run(
                "INSERT INTO corrections VALUES ($1, $2, $3, $4, $5, $6, NULL, 'asked', $7, 1)",
                &[
                    id.into(),
                    key(number)?.into(),
                    draft.amount.get().into(),
                    draft.points.get().into(),
                    (&reason).into(),
                    (&actor.login).into(),
                    self.now().ms().into(),
                ],
            )?;
            let what = serde_json::json!({
                "correction": id, "minor": draft.amount.get(), "points": draft.points.get(), "reason": reason,
            });
            let entry = Entry::new(&actor.login, "card.correction-asked", subject(number)).after(what);
            entry.write(work, Chain::Cards, self.now())?;
            Ok(id)
        })
    }

    /// Approves or refuses a correction.
    ///
    /// # Errors
    /// Not allowed, it is one's own that is approved, it is decided already, or somebody else changed it meanwhile.
    pub fn decide_correction(
        &self,
        actor: &Actor,
        id: i64,
        decision: &Decision,
        revision: i64,
    ) -> Result<(), OfficeError> {
        self.allow(actor, Permission::ServeCards, &format!("correction {id}"))?;
        self.database.write(|work| {
            let correction = one(work, id)?;
            let approve = *decision == Decision::Approve;
            match correction.state {
                CorrectionState::Asked => {}
                CorrectionState::Approved if !approve => {}
                other => return Err(OfficeError::State(format!("correction {id} is {}", other.name()))),
            }
            if approve && correction.asked_by == actor.login {
                return Err(OfficeError::FourEyes);
            }
            let (state, action, why) = match decision {
                Decision::Approve => (CorrectionState::Approved, "card.correction-approved", String::new()),
                Decision::Refuse(why) => {
                    (CorrectionState::Refused, "card.correction-refused", some_line("reason", why)?)
                }
            };
            work.change(
                "UPDATE corrections SET state = $2, decided_by = $3, revision = revision + 1 WHERE id = $1 AND revision = $4",
                &[id.into(), state.name().into(), (&actor.login).into(), revision.into()],
            )?;
            let entry = Entry::new(&actor.login, action, subject(correction.card)).before(id);
            let entry = if why.is_empty() { entry } else { entry.after(why) };
            entry.write(work, Chain::Cards, self.now())
        })
    }

    /// Corrections, those that wait first, then the newest.
    ///
    /// # Errors
    /// Not allowed, or the database fails.
    pub fn corrections(&self, actor: &Actor) -> Result<Vec<Correction>, OfficeError> {
        self.allow(actor, Permission::Look, "corrections")?;
        let sql = format!(
            "SELECT {COLUMNS} FROM corrections ORDER BY CASE state WHEN 'asked' THEN 0 WHEN 'approved' THEN 1 WHEN 'begun' \
             THEN 1 ELSE 2 END, id DESC LIMIT {FOUND_MOST}"
        );
        self.database.read(|work| work.rows(&sql, &[]))?.iter().map(correction).collect()
    }
}

impl Issuer<'_> {
    /// Makes the approved correction of the card on the reader, or finishes it.
    ///
    /// # Errors
    /// There is none; the card holds less than is to be taken; its chip does not vouch for it; or it left the field: hold the
    /// same card again.
    pub fn correct(
        &self,
        transport: &mut dyn Transport,
        tmac: &mut dyn TmacKeys,
        rng: &mut dyn CryptoRng,
    ) -> Result<Correction, OfficeError> {
        let (identity, card) = self.known(transport)?;
        let correction = self.office().database.read(|work| open(work, card.number))?;
        let approved = |found: &Correction| found.state != CorrectionState::Asked;
        let correction = correction.filter(approved).ok_or_else(|| {
            OfficeError::State(format!(
                "no correction of card {} is approved: two officers book one first",
                card.number
            ))
        })?;
        let (begun, proof) = {
            let source = DeskSource::new(self.desk(), tmac);
            let keys = CardKeys::new(&source, identity.uid, *member::AID.bytes());
            self.corrected(&card, &correction, &mut At { transport, identity: &identity, keys: &keys, rng })?
        };
        let kept = self.vouched(card.number, &begun, &proof, tmac)?;
        self.book(&card, &correction, &kept, &proof)
    }

    fn corrected(&self, card: &Card, correction: &Correction, at: &mut At<'_>) -> Result<(Begun, Proof), OfficeError> {
        if correction.state == CorrectionState::Begun {
            let begun = self.office().begun(card.number, BEGUN)?;
            if let Some(proof) = self.recalled(card.number, &begun, at)? {
                return Ok((begun, proof));
            }
        }
        in_use(card)?;
        let most = self.office().charter()?.purse_max;
        let lead = if correction.amount.is_positive() { Lead::Credit(correction.amount) } else { Lead::None };
        self.carry_out(card, at, lead, |newest| order(correction, newest, most), |work, begun| {
            work.change(
                "UPDATE corrections SET state = 'begun', revision = revision + 1 WHERE id = $1 AND state IN ('approved', 'begun')",
                &[correction.id.into()],
            )?;
            let entry = card_entry(&self.actor().login, BEGUN, card).after(begun.text());
            entry.write(work, Chain::Cards, self.office().now())
        })
    }

    fn book(
        &self,
        card: &Card,
        correction: &Correction,
        kept: &Kept,
        proof: &Proof,
    ) -> Result<Correction, OfficeError> {
        self.office().database.write(|work| {
            work.change(
                "UPDATE corrections SET state = 'done', revision = revision + 1 WHERE id = $1 AND state = 'begun'",
                &[correction.id.into()],
            )?;
            keep_desk(work, kept, None)?;
            let what = serde_json::json!({
                "correction": correction.id, "minor": correction.amount.get(), "points": correction.points.get(),
                "sequence": kept.id.sequence.get(), "tmc": proof.tmc, "tmv": hex::encode(*proof.tmv),
            });
            let entry = card_entry(&self.actor().login, "card.corrected", card).after(what);
            entry.write(work, Chain::Cards, self.office().now())?;
            one(work, correction.id)
        })
    }
}

/// Nothing is taken that is not there, and nothing is given that does not fit.
fn order(correction: &Correction, newest: &HistoryRecord, most: Money) -> Result<Order, OfficeError> {
    let after = newest.balance.plus(correction.amount).ok().filter(|after| !after.is_negative() && *after <= most);
    let points = newest.points.plus(correction.points).ok().filter(|after| !after.is_negative());
    if after.is_none() || points.is_none() {
        return Err(OfficeError::State(format!(
            "card {} holds {} and {} points: that cannot be corrected by {} and {} points",
            correction.card,
            newest.balance.get(),
            newest.points.get(),
            correction.amount.get(),
            correction.points.get()
        )));
    }
    Ok(Order {
        operation: Operation::Correct,
        standing: newest.standing,
        purse: correction.amount,
        points: correction.points,
        cash: Money::ZERO,
    })
}

fn in_use(card: &Card) -> Result<(), OfficeError> {
    match card.state {
        CardState::Active | CardState::Issued => Ok(()),
        other => Err(OfficeError::State(format!("card {} is {}: it is not in use", card.number, other.name()))),
    }
}

fn open(work: &mut Work<'_>, card: CardNumber) -> Result<Option<Correction>, OfficeError> {
    let sql = format!("SELECT {COLUMNS} FROM corrections WHERE card = $1 AND state IN ('asked', 'approved', 'begun')");
    work.row(&sql, &[key(card)?.into()])?.map(|row| correction(&row)).transpose()
}

fn one(work: &mut Work<'_>, id: i64) -> Result<Correction, OfficeError> {
    let row = work.row(&format!("SELECT {COLUMNS} FROM corrections WHERE id = $1"), &[id.into()])?;
    correction(&row.ok_or_else(|| OfficeError::not_found("correction", id))?)
}

fn correction(row: &Row) -> Result<Correction, OfficeError> {
    let state = row.text(7)?;
    Ok(Correction {
        id: row.int(0)?,
        card: cards::number(row.int(1)?)?,
        amount: Money::new(row.int(2)?),
        points: Points::new(row.int(3)?),
        reason: row.text(4)?,
        asked_by: row.text(5)?,
        decided_by: row.maybe_text(6)?,
        state: CorrectionState::parse(&state)
            .ok_or_else(|| StoreError::Damaged(format!("the state {state} of a correction")))?,
        asked_at: Timestamp::from_ms(row.int(8)?),
        revision: row.int(9)?,
    })
}
