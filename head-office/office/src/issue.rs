use crate::batches::{self, card_entry, close_if_done};
use crate::cards::{self, COLUMNS, Card, CardState, key};
use crate::collection::not_collecting;
use crate::movement::doubted;
use crate::office::{charter, next};
use crate::settle::{Kept, keep_desk};
use crate::{Account, Actor, IssuingPolicy, Office, OfficeError, Permission, people};
use rand_core::CryptoRng;
use satchel_cards::CardError;
use satchel_cards::identity::MemberIdentity;
use satchel_cards::issue::{Desk as CardDesk, MemberIssued, MemberPlan, Step, issue_member};
use satchel_cards::record::Standing;
use satchel_cards::rollover::{Moved, move_keys};
use satchel_desfire::Identity;
use satchel_journal::Proof;
use satchel_key_house::{Desk, DeskSource, TmacKeys, Told, Verdict};
use satchel_keys::KeyVersion;
use satchel_store::{Chain, StoreError, Work};
use satchel_transport::Transport;
use satchel_values::{CardNumber, MemberId, OperatorId, SaleId, Sequence, TerminalId, Tier, Timestamp, Uid};

/// A desk where cards are made: one officer, one reader at a time.
///
/// What happens to a card is written down before and after: its number is bound to its chip before the first byte goes to
/// it, so a card that was torn away, or whose process was killed, is finished when it is held again, as the same card.
pub struct Issuer<'i> {
    office: &'i Office,
    actor: &'i Actor,
    desk: &'i Desk,
}

/// What came of a card on the reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Made {
    /// It is made.
    New(CardNumber),
    /// It had been begun before, and is made now.
    Finished(CardNumber),
    /// It was made before: take it away.
    Already(CardNumber),
    /// The batch has no cards left to make.
    NoneLeft,
}

impl<'i> Issuer<'i> {
    /// A desk for somebody who may issue cards, where their login is enough.
    ///
    /// # Errors
    /// They may not, or their own card is asked for besides: [`Issuer::with_own_card`].
    pub fn new(office: &'i Office, actor: &'i Actor, desk: &'i Desk) -> Result<Self, OfficeError> {
        match office.issuing_policy()? {
            IssuingPolicy::Login => Self::at(office, actor, desk),
            IssuingPolicy::OwnCard => Err(OfficeError::OwnCardMissing),
        }
    }

    pub(crate) fn at(office: &'i Office, actor: &'i Actor, desk: &'i Desk) -> Result<Self, OfficeError> {
        office.allow(actor, Permission::Issue, "issuing desk")?;
        Ok(Self { office, actor, desk })
    }

    pub(crate) const fn office(&self) -> &Office {
        self.office
    }

    pub(crate) const fn actor(&self) -> &Actor {
        self.actor
    }

    pub(crate) const fn desk(&self) -> &Desk {
        self.desk
    }

    /// Makes the card on the reader into the next of a batch, or finishes it.
    ///
    /// # Errors
    /// The card or the line failed: hold it again. Or the database, or the keys.
    pub fn make(
        &self,
        batch: i64,
        transport: &mut dyn Transport,
        tmac: &mut dyn TmacKeys,
        rng: &mut dyn CryptoRng,
        progress: &mut dyn FnMut(Step),
    ) -> Result<Made, OfficeError> {
        let on_reader = satchel_desfire::identify(transport).map_err(CardError::from)?;
        let (begun, again) = match self.begin(batch, &on_reader.uid)? {
            Begun::Card(begun, again) => (begun, again),
            Begun::Already(number) => return Ok(Made::Already(number)),
            Begun::NoneLeft => return Ok(Made::NoneLeft),
        };
        let issued = self.write_card(&begun, &on_reader, transport, tmac, rng, progress)?;
        let kept = vouched(&begun, &issued, tmac)?;
        self.finish(&begun.card, &issued, &kept)?;
        let number = begun.card.number;
        Ok(if again { Made::Finished(number) } else { Made::New(number) })
    }

    /// Moves the card on the reader to the newest keys, or finishes that. It can be used before, meanwhile and afterwards.
    ///
    /// # Errors
    /// It is no card of this office, or left the field: hold it again.
    pub fn move_keys(
        &self,
        transport: &mut dyn Transport,
        tmac: &mut dyn TmacKeys,
        rng: &mut dyn CryptoRng,
    ) -> Result<(CardNumber, Moved), OfficeError> {
        let on_reader = satchel_desfire::identify(transport).map_err(CardError::from)?;
        let card = self.office.database.read(|work| by_uid(work, &on_reader.uid))?;
        let card = card.ok_or_else(|| OfficeError::not_found("card with chip", on_reader.uid))?;
        let source = DeskSource::new(self.desk, tmac);
        let mut desk = CardDesk { transport, keys: &source, rng, progress: &mut |_| {} };
        let moved = move_keys(&mut desk, &on_reader);
        source.fault().map_or(Ok(()), Err)?;
        let moved = moved?;
        if card.key_version != Some(moved.to.get()) {
            self.office.database.write(|work| {
                work.run(
                    "UPDATE cards SET key_version = $2, revision = revision + 1 WHERE number = $1",
                    &[key(card.number)?.into(), moved.to.get().into()],
                )?;
                let entry = card_entry(&self.actor.login, "card.moved", &card);
                entry.after(format!("keys {}", moved.to.get())).write(work, Chain::Cards, self.office.now())
            })?;
        }
        Ok((card.number, moved))
    }

    /// Gives up on a card that cannot be made: its chip is written off, and its number is made on another.
    ///
    /// # Errors
    /// There is no such card that is being made.
    pub fn spoil(&self, uid: &Uid, why: &str) -> Result<CardNumber, OfficeError> {
        let why = crate::text::some_line("why", why)?;
        self.office.database.write(|work| {
            let card = by_uid(work, uid)?.filter(|card| card.state == CardState::Writing);
            let card = card.ok_or_else(|| OfficeError::not_found("card being made with chip", uid))?;
            work.run(
                "UPDATE cards SET state = 'planned', uid = NULL, issued_at = NULL, issue_sequence = NULL, key_version = NULL, \
                 revision = revision + 1 WHERE number = $1",
                &[key(card.number)?.into()],
            )?;
            let entry = card_entry(&self.actor.login, "card.spoiled", &card).before(uid).after(&why);
            entry.write(work, Chain::Cards, self.office.now())?;
            Ok(card.number)
        })
    }

    /// Binds a chip to the number it is to carry, or finds the one it is bound to.
    fn begin(&self, batch: i64, uid: &Uid) -> Result<Begun, OfficeError> {
        self.office.database.write(|work| {
            if let Some(card) = by_uid(work, uid)? {
                return match card.state {
                    CardState::Writing => Ok(Begun::Card(self.bound(work, card)?, true)),
                    _ => Ok(Begun::Already(card.number)),
                };
            }
            people::not_theirs(work, uid)?;
            not_collecting(work, uid)?;
            let open = batches::one(work, batch)?;
            if open.state != batches::BatchState::Open {
                return Ok(Begun::NoneLeft);
            }
            let sql =
                format!("SELECT {COLUMNS} FROM cards WHERE batch = $1 AND state = 'planned' ORDER BY number LIMIT 1");
            let Some(row) = work.row(&sql, &[batch.into()])? else { return Ok(Begun::NoneLeft) };
            let card = cards::card(&row)?;
            let now = self.office.now();
            let sequence = next(work, "issue")?;
            work.change(
                "UPDATE cards SET state = 'writing', uid = $2, issued_at = $3, issue_sequence = $4, key_version = $5, \
                 revision = revision + 1 WHERE number = $1 AND state = 'planned'",
                &[
                    key(card.number)?.into(),
                    (*uid.bytes()).into(),
                    now.ms().into(),
                    sequence.into(),
                    self.desk.versions().first().map(|version| version.get()).into(),
                ],
            )?;
            card_entry(&self.actor.login, "card.begun", &card).after(uid).write(work, Chain::Cards, now)?;
            let card = cards::one(work, card.number)?;
            Ok(Begun::Card(self.bound(work, card)?, false))
        })
    }

    fn bound(&self, work: &mut Work<'_>, card: Card) -> Result<Bound, OfficeError> {
        let row = work.row(
            "SELECT issue_sequence, desk FROM cards JOIN batches ON batches.id = batch WHERE number = $1",
            &[key(card.number)?.into()],
        )?;
        let row = row.ok_or_else(|| OfficeError::not_found("card", card.number))?;
        let id = SaleId { terminal: TerminalId::new(row.number(1)?), sequence: Sequence::new(row.number(0)?) };
        let charter = charter(work)?;
        let at = card.issued_at.unwrap_or(Timestamp::from_ms(0));
        let standing = if card.member.is_some() { Standing::Active } else { Standing::NotActivated };
        let plan = MemberPlan {
            identity: MemberIdentity {
                member: MemberId::new(card.member.and_then(|member| u64::try_from(member).ok()).unwrap_or_default()),
                number: card.number,
                issued: at.date().unwrap_or_default(),
                currency: charter.currency,
                enterprise: charter.enterprise,
            },
            amount: card.amount,
            points: card.points,
            tier: Tier::new(card.tier),
            expiry: card.expiry,
            standing,
            purse_max: charter.purse_max,
            id,
            operator: OperatorId::new(0),
            at,
        };
        Ok(Bound { card, plan })
    }

    fn write_card(
        &self,
        begun: &Bound,
        on_reader: &Identity,
        transport: &mut dyn Transport,
        tmac: &mut dyn TmacKeys,
        rng: &mut dyn CryptoRng,
        progress: &mut dyn FnMut(Step),
    ) -> Result<MemberIssued, OfficeError> {
        let source = DeskSource::new(self.desk, tmac);
        let mut desk = CardDesk { transport, keys: &source, rng, progress };
        let issued = issue_member(&mut desk, on_reader, &begun.plan);
        // A key that was not there has a reason that the card's dialogue cannot tell.
        source.fault().map_or(Ok(()), Err)?;
        Ok(issued?)
    }

    fn finish(&self, card: &Card, issued: &MemberIssued, kept: &Kept) -> Result<(), OfficeError> {
        let proof = serde_json::json!({
            "terminal": issued.id.terminal.get(),
            "sequence": issued.id.sequence.get(),
            "tmc": issued.proof.tmc,
            "tmv": hex::encode(*issued.proof.tmv),
            "intent": hex::encode(minicbor::to_vec(&issued.intent).expect("encoding into memory cannot fail")),
            "tmac_version": issued.tmac_version.get(),
        });
        let state = if card.member.is_some() { CardState::Active } else { CardState::Issued };
        self.office.database.write(|work| {
            work.change(
                "UPDATE cards SET state = $2, tmac_version = $3, revision = revision + 1 \
                 WHERE number = $1 AND state = 'writing'",
                &[key(card.number)?.into(), state.name().into(), issued.tmac_version.get().into()],
            )?;
            keep_desk(work, kept, card.replaces.map(|_| (Account::Issued, Account::Transfer)))?;
            if let Some(batch) = card.batch {
                close_if_done(work, batch)?;
            }
            let entry = card_entry(&self.actor.login, "card.issued", card).before(issued.intent.card).after(&proof);
            entry.write(work, Chain::Cards, self.office.now())
        })
    }
}

impl Office {
    /// What issuing a card brought, as it was written down: enough for whoever verifies its first transaction.
    ///
    /// # Errors
    /// Not allowed, the card is not issued, or its record cannot be read.
    pub fn issue_record(&self, actor: &Actor, number: CardNumber) -> Result<MemberIssued, OfficeError> {
        let line = self.time_line(actor, number)?;
        let issued = line.iter().find(|link| link.action == "card.issued").and_then(|link| link.after.as_deref());
        let text = issued.ok_or_else(|| OfficeError::not_found("issued card", number))?;
        read_record(text).ok_or_else(|| StoreError::Damaged(format!("the record of card {number}'s issue")).into())
    }
}

fn read_record(text: &str) -> Option<MemberIssued> {
    let record: serde_json::Value = serde_json::from_str(text).ok()?;
    let count = |name: &str| u32::try_from(record[name].as_u64()?).ok();
    let bytes = |name: &str| hex::decode(record[name].as_str()?).ok();
    Some(MemberIssued {
        id: SaleId { terminal: TerminalId::new(count("terminal")?), sequence: Sequence::new(count("sequence")?) },
        intent: minicbor::decode(&bytes("intent")?).ok()?,
        proof: Proof { tmc: count("tmc")?, tmv: <[u8; 8]>::try_from(bytes("tmv")?).ok()?.into() },
        tmac_version: KeyVersion::new(u8::try_from(count("tmac_version")?).ok()?)?,
    })
}

/// A card is issued when its own MAC says so, not when the reader does.
fn vouched(begun: &Bound, issued: &MemberIssued, tmac: &mut dyn TmacKeys) -> Result<Kept, OfficeError> {
    let MemberIssued { id, intent, proof, tmac_version } = issued.clone();
    let tmc = proof.tmc;
    let told = Told { id, intent, enc_tmri: None, proof };
    let checked = tmac.movement(tmac_version, &told)?;
    match checked.verdict {
        Verdict::True => Ok(Kept::vouched(id, begun.plan.at, told.intent, tmc, checked)),
        Verdict::False | Verdict::NoKey => Err(doubted(begun.card.number)),
    }
}

enum Begun {
    /// A card to be written; whether it was begun before.
    Card(Bound, bool),
    Already(CardNumber),
    NoneLeft,
}

/// A card with its number and the plan that never changes once it is begun.
struct Bound {
    card: Card,
    plan: MemberPlan,
}

pub(crate) fn by_uid(work: &mut Work<'_>, uid: &Uid) -> Result<Option<Card>, OfficeError> {
    let row = work.row(&format!("SELECT {COLUMNS} FROM cards WHERE uid = $1"), &[(*uid.bytes()).into()])?;
    row.map(|row| cards::card(&row)).transpose()
}
