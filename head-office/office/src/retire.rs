use crate::batches::card_entry;
use crate::cards::{self, Card, CardState, key, next_number};
use crate::issue::{Issuer, by_uid};
use crate::office::next;
use crate::{Actor, Office, OfficeError};
use rand_core::CryptoRng;
use satchel_cards::member::{self, Commit, Depth, Lead, Movement, Presented, Recall, Tap};
use satchel_cards::record::{HistoryRecord, Standing};
use satchel_cards::{CardError, CardKeys};
use satchel_desfire::Identity;
use satchel_journal::{Intent, Operation};
use satchel_key_house::{DeskSource, TmacKeys};
use satchel_store::{Chain, StoreError, Work};
use satchel_transport::Transport;
use satchel_values::{CardNumber, Date, Money, OperatorId, Points, SaleId, Sequence, TerminalId};

/// The desk, as a number in cards' records.
const DESK: TerminalId = TerminalId::new(9_000);

/// What happens to what a retired card held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Afterwards {
    /// It is paid out.
    PayOut,
    /// A new card with it is ordered, valid until this day.
    Renew(Date),
}

/// A card that was emptied and blocked for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retired {
    /// Which.
    pub number: CardNumber,
    /// What was on it.
    pub held: Money,
    /// Its points.
    pub points: Points,
    /// The card that was ordered with it.
    pub renewed: Option<CardNumber>,
}

/// A movement of the desk's, as it was written down before the card was asked for it.
struct Begun {
    id: SaleId,
    intent: Intent,
    /// The card's counter before it.
    tmc: u32,
}

impl Issuer<'_> {
    /// Empties the card on the reader and blocks it by its own record: its money is paid out, or goes onto a new card.
    ///
    /// The intent is written down before the card commits. If the card is torn away then, nobody knows whether it did: hold
    /// the same card again, and it tells.
    ///
    /// # Errors
    /// It is no card of this office that is in use; or it left the field, and says so: hold the same card again.
    pub fn retire(
        &self,
        afterwards: Afterwards,
        transport: &mut dyn Transport,
        tmac: &mut dyn TmacKeys,
        rng: &mut dyn CryptoRng,
    ) -> Result<Retired, OfficeError> {
        let on_reader = satchel_desfire::identify(transport).map_err(CardError::from)?;
        let card = self.office().database.read(|work| by_uid(work, &on_reader.uid))?;
        let card = card.ok_or_else(|| OfficeError::not_found("card with chip", on_reader.uid))?;
        let source = DeskSource::new(self.desk(), tmac);
        let keys = CardKeys::new(&source, on_reader.uid, *member::AID.bytes());
        let mut at = At { transport, identity: &on_reader, keys: &keys, rng };
        let begun = match card.state {
            CardState::Retiring => Some(self.office().begun(self.actor(), card.number)?),
            CardState::Active | CardState::Issued | CardState::Blocked => None,
            other => {
                return Err(OfficeError::State(format!("card {} is {}: it is not in use", card.number, other.name())));
            }
        };
        if let Some(begun) = begun {
            let Recall { tmc, tmv, records } = member::recall(at.presented(), Depth::State)?;
            if records.first() == Some(&*begun.intent.written) {
                return self.retired(&card, &begun, (tmc, tmv), afterwards);
            }
            if tmc != begun.tmc {
                return Err(OfficeError::State(format!(
                    "card {} went on elsewhere in the middle of this: what became of its money must be looked into",
                    card.number
                )));
            }
        }
        let (begun, proof) = self.empty(&card, &mut at)?;
        self.retired(&card, &begun, proof, afterwards)
    }

    /// Takes all there is, in one transaction of the card's.
    fn empty(&self, card: &Card, at: &mut At<'_>) -> Result<(Begun, (u32, [u8; 8])), OfficeError> {
        let (tmc, _) = member::last_transaction(at.presented())?;
        let tap = Tap::open(at.presented(), Lead::None)?;
        let begun = self.plan(card, &tap, tmc)?;
        let reader_id = begun.intent.reader_id(begun.id);
        let newest = *tap.newest();
        let points = newest.points.negated().map_err(|_| CardError::Damaged("history"))?;
        let movement = Movement { take: newest.balance, points, record: &begun.intent.written, reader_id: &reader_id };
        let prepared = tap.prepare(&movement)?;
        let enc_tmri = *prepared.enc_tmri();
        self.office().database.write(|work| {
            let now = cards::one(work, card.number)?;
            cards::move_to(work, &now, CardState::Retiring, now.revision)?;
            let text = begun.text(&enc_tmri);
            card_entry(&self.actor().login, "card.retire-begun", card).after(text).write(
                work,
                Chain::Cards,
                self.office().now(),
            )
        })?;
        match prepared.commit() {
            Commit::Done { tmc, tmv } => Ok((begun, (tmc, tmv))),
            Commit::Unknown(error) => {
                log::warn!("{error}");
                Err(OfficeError::State(format!(
                    "it is not known whether card {} was emptied: hold the same card again",
                    card.number
                )))
            }
        }
    }

    fn plan(&self, card: &Card, tap: &Tap<'_>, tmc: u32) -> Result<Begun, OfficeError> {
        let newest = *tap.newest();
        let out_of_range = |_| OfficeError::from(CardError::Damaged("history"));
        let sequence = self.office().database.write(|work| next(work, "issue"))?;
        let id = SaleId { terminal: DESK, sequence: Sequence::new(u32::try_from(sequence).map_err(|_| no_numbers())?) };
        let amount = newest.balance.negated().map_err(out_of_range)?;
        let written = HistoryRecord {
            operation: Operation::Block,
            standing: Standing::Blocked,
            id,
            at: self.office().now(),
            amount,
            balance: Money::ZERO,
            points: Points::ZERO,
            tmc_low: u16::try_from((tmc + 1) & 0xFFFF).unwrap_or_default(),
            ..newest
        };
        let intent = Intent {
            operation: Operation::Block,
            card: card.uid.ok_or_else(|| no_chip(card))?,
            operator: OperatorId::new(0),
            approver: None,
            purse: amount,
            points: newest.points.negated().map_err(out_of_range)?,
            read: (*tap.raw()).into(),
            written: written.emit().map_err(out_of_range)?.into(),
            cash: amount,
            basket: None,
            undoes: None,
            redeemed: Points::ZERO,
            bonus: Money::ZERO,
            key_version: tap.key_version().get(),
        };
        Ok(Begun { id, intent, tmc })
    }

    fn retired(
        &self,
        card: &Card,
        begun: &Begun,
        (tmc, tmv): (u32, [u8; 8]),
        afterwards: Afterwards,
    ) -> Result<Retired, OfficeError> {
        let out_of_range = |_| OfficeError::from(CardError::Damaged("history"));
        let held = begun.intent.purse.negated().map_err(out_of_range)?;
        let points = begun.intent.points.negated().map_err(out_of_range)?;
        self.office().database.write(|work| {
            let now = cards::one(work, card.number)?;
            cards::move_to(work, &now, CardState::Refunded, now.revision)?;
            block(work, self.actor(), card, self.office())?;
            let renewed = match afterwards {
                Afterwards::PayOut => None,
                Afterwards::Renew(expiry) => Some(self.order_renewed(work, card, (held, points), expiry)?),
            };
            let what = serde_json::json!({
                "held_minor": held.get(), "points": points.get(), "tmc": tmc, "tmv": hex::encode(tmv),
                "renewed": renewed.map(CardNumber::get),
            });
            card_entry(&self.actor().login, "card.refunded", card).after(what).write(
                work,
                Chain::Cards,
                self.office().now(),
            )?;
            Ok(Retired { number: card.number, held, points, renewed })
        })
    }

    fn order_renewed(
        &self,
        work: &mut Work<'_>,
        card: &Card,
        (amount, points): (Money, Points),
        expiry: Date,
    ) -> Result<CardNumber, OfficeError> {
        let batch = self.office().batch_of_replacements(work, self.actor())?;
        let number = next_number(work)?;
        work.run(
            "INSERT INTO cards VALUES ($1, NULL, $2, 'planned', $3, $4, $5, $6, NULL, NULL, NULL, $7, $8, NULL, 1)",
            &[
                key(number)?.into(),
                card.member.into(),
                card.tier.into(),
                amount.get().into(),
                points.get().into(),
                expiry.days().into(),
                batch.into(),
                key(card.number)?.into(),
            ],
        )?;
        Ok(number)
    }
}

/// A card on the reader, to be asked more than once.
struct At<'a> {
    transport: &'a mut dyn Transport,
    identity: &'a Identity,
    keys: &'a CardKeys<'a>,
    rng: &'a mut dyn CryptoRng,
}

impl At<'_> {
    fn presented(&mut self) -> Presented<'_, '_> {
        Presented { transport: &mut *self.transport, identity: self.identity, keys: self.keys, rng: &mut *self.rng }
    }
}

impl Begun {
    fn text(&self, enc_tmri: &[u8; 16]) -> String {
        serde_json::json!({
            "sequence": self.id.sequence.get(),
            "intent": hex::encode(minicbor::to_vec(&self.intent).expect("encoding into memory cannot fail")),
            "tmc": self.tmc,
            "enc_tmri": hex::encode(enc_tmri),
        })
        .to_string()
    }

    fn read(text: &str) -> Option<Self> {
        let record: serde_json::Value = serde_json::from_str(text).ok()?;
        let count = |name: &str| u32::try_from(record[name].as_u64()?).ok();
        Some(Self {
            id: SaleId { terminal: DESK, sequence: Sequence::new(count("sequence")?) },
            intent: minicbor::decode(&hex::decode(record["intent"].as_str()?).ok()?).ok()?,
            tmc: count("tmc")?,
        })
    }
}

impl Office {
    fn begun(&self, actor: &Actor, number: CardNumber) -> Result<Begun, OfficeError> {
        let line = self.time_line(actor, number)?;
        let begun = line.iter().find(|link| link.action == "card.retire-begun").and_then(|link| link.after.as_deref());
        let damaged = || StoreError::Damaged(format!("the record of what was begun with card {number}"));
        begun.and_then(Begun::read).ok_or_else(|| damaged().into())
    }
}

fn block(work: &mut Work<'_>, actor: &Actor, card: &Card, office: &Office) -> Result<(), OfficeError> {
    let uid = card.uid.ok_or_else(|| no_chip(card))?;
    work.run(
        "INSERT INTO blocked_cards VALUES ($1, $2, 'retired', $3, $4) ON CONFLICT (uid) DO NOTHING",
        &[(*uid.bytes()).into(), key(card.number)?.into(), (&actor.login).into(), office.now().ms().into()],
    )?;
    Ok(())
}

fn no_chip(card: &Card) -> OfficeError {
    OfficeError::State(format!("card {} has no chip yet", card.number))
}

fn no_numbers() -> OfficeError {
    OfficeError::State("there are no numbers left at this desk".to_owned())
}
