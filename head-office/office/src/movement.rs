//! A movement that the desk itself makes of a card: written down before the card commits, so that a card that was torn away
//! tells what became of it when it is held again.

use crate::cards::{Card, key};
use crate::issue::{Issuer, by_uid};
use crate::office::next;
use crate::settle::Kept;
use crate::{Office, OfficeError};
use rand_core::CryptoRng;
use satchel_cards::member::{self, Commit, Depth, Lead, Presented, Recall, Tap};
use satchel_cards::record::{HistoryRecord, Standing};
use satchel_cards::{CardError, CardKeys};
use satchel_desfire::Identity;
use satchel_journal::{Intent, Operation, Proof};
use satchel_key_house::{TmacKeys, Told, Verdict};
use satchel_keys::KeyVersion;
use satchel_store::{Chain, StoreError, Work};
use satchel_transport::Transport;
use satchel_values::{CardNumber, Money, OperatorId, Points, SaleId, Sequence, TerminalId};

/// The desk, as a number in cards' records.
pub(crate) const DESK: TerminalId = TerminalId::new(9_000);

/// What is to be done to a card, once its newest record is known.
pub(crate) struct Order {
    pub operation: Operation,
    /// How the card stands afterwards.
    pub standing: Standing,
    /// What it does to the purse.
    pub purse: Money,
    /// What it does to the points.
    pub points: Points,
    /// What it does to the money at the desk.
    pub cash: Money,
}

/// A movement as it was written down before the card was asked for it.
pub(crate) struct Begun {
    pub id: SaleId,
    pub intent: Intent,
    /// The card's counter before it.
    tmc: u32,
    enc_tmri: [u8; 16],
}

/// A card on the reader, to be asked more than once.
pub(crate) struct At<'a> {
    pub transport: &'a mut dyn Transport,
    pub identity: &'a Identity,
    pub keys: &'a CardKeys<'a>,
    pub rng: &'a mut dyn CryptoRng,
}

impl At<'_> {
    fn presented(&mut self) -> Presented<'_, '_> {
        Presented { transport: &mut *self.transport, identity: self.identity, keys: self.keys, rng: &mut *self.rng }
    }
}

impl Issuer<'_> {
    /// The card on the reader, which is one of this office's.
    pub(crate) fn known(&self, transport: &mut dyn Transport) -> Result<(Identity, Card), OfficeError> {
        let identity = satchel_desfire::identify(transport).map_err(CardError::from)?;
        let card = self.office().database.read(|work| by_uid(work, &identity.uid))?;
        let card = card.ok_or_else(|| OfficeError::not_found("card with chip", identity.uid))?;
        Ok((identity, card))
    }

    /// What became of a movement that was begun: its proof, or nothing if the card never made it.
    pub(crate) fn recalled(
        &self,
        card: CardNumber,
        begun: &Begun,
        at: &mut At<'_>,
    ) -> Result<Option<Proof>, OfficeError> {
        let Recall { tmc, tmv, records } = member::recall(at.presented(), Depth::State)?;
        if records.first() == Some(&*begun.intent.written) {
            return Ok(Some(Proof { tmc, tmv: tmv.into() }));
        }
        if tmc != begun.tmc {
            return Err(OfficeError::State(format!(
                "card {card} went on elsewhere in the middle of this: what became of its money must be looked into"
            )));
        }
        Ok(None)
    }

    /// Makes a movement in one transaction of the card's. `plan` says which, once the newest record is read; `write_down` keeps
    /// it before the card commits.
    pub(crate) fn carry_out(
        &self,
        card: &Card,
        at: &mut At<'_>,
        lead: Lead,
        plan: impl FnOnce(&HistoryRecord) -> Result<Order, OfficeError>,
        write_down: impl Fn(&mut Work<'_>, &Begun) -> Result<(), OfficeError>,
    ) -> Result<(Begun, Proof), OfficeError> {
        let (tmc, _) = member::last_transaction(at.presented())?;
        let tap = Tap::open(at.presented(), lead)?;
        let order = plan(tap.newest())?;
        let (id, intent) = self.intent(card, &tap, &order, tmc)?;
        let reader_id = intent.reader_id(id);
        let take = if order.purse.is_negative() { order.purse.negated().map_err(out_of_range)? } else { Money::ZERO };
        let movement = member::Movement { take, points: order.points, record: &intent.written, reader_id: &reader_id };
        let prepared = tap.prepare(&movement)?;
        let begun = Begun { id, intent, tmc, enc_tmri: *prepared.enc_tmri() };
        self.office().database.write(|work| write_down(work, &begun))?;
        match prepared.commit() {
            Commit::Done { tmc, tmv } => Ok((begun, Proof { tmc, tmv: tmv.into() })),
            Commit::Unknown(error) => {
                log::warn!("{error}");
                Err(OfficeError::State(format!(
                    "it is not known whether card {} did that: hold the same card again",
                    card.number
                )))
            }
        }
    }

    /// Nothing is booked by the word of a reader alone: the card's own MAC is checked where its key is.
    pub(crate) fn vouched(
        &self,
        card: CardNumber,
        begun: &Begun,
        proof: &Proof,
        tmac: &mut dyn TmacKeys,
    ) -> Result<Kept, OfficeError> {
        let version = self.office().database.read(|work| tmac_version(work, card))?;
        let told =
            Told { id: begun.id, intent: begun.intent.clone(), enc_tmri: Some(begun.enc_tmri), proof: proof.clone() };
        let checked = tmac.movement(version, &told)?;
        match checked.verdict {
            Verdict::True => {
                let Told { id, intent, .. } = told;
                Ok(Kept::vouched(id, self.office().now(), intent, proof.tmc, checked))
            }
            Verdict::False | Verdict::NoKey => Err(doubted(card)),
        }
    }

    fn intent(&self, card: &Card, tap: &Tap<'_>, order: &Order, tmc: u32) -> Result<(SaleId, Intent), OfficeError> {
        let newest = *tap.newest();
        let sequence = self.office().database.write(|work| next(work, "issue"))?;
        let no_numbers = |_| OfficeError::State("there are no numbers left at this desk".to_owned());
        let id = SaleId { terminal: DESK, sequence: Sequence::new(u32::try_from(sequence).map_err(no_numbers)?) };
        let written = HistoryRecord {
            operation: order.operation,
            standing: order.standing,
            id,
            at: self.office().now(),
            amount: order.purse,
            balance: newest.balance.plus(order.purse).map_err(out_of_range)?,
            points: newest.points.plus(order.points).map_err(out_of_range)?,
            tmc_low: u16::try_from((tmc + 1) & 0xFFFF).unwrap_or_default(),
            ..newest
        };
        let intent = Intent {
            operation: order.operation,
            card: chip(card)?,
            operator: OperatorId::new(0),
            approver: None,
            purse: order.purse,
            points: order.points,
            read: (*tap.raw()).into(),
            written: written.emit().map_err(out_of_range)?.into(),
            cash: order.cash,
            basket: None,
            undoes: None,
            redeemed: Points::ZERO,
            bonus: Money::ZERO,
            key_version: tap.key_version().get(),
        };
        Ok((id, intent))
    }
}

impl Begun {
    /// As a chain keeps it.
    pub fn text(&self) -> String {
        serde_json::json!({
            "sequence": self.id.sequence.get(),
            "intent": hex::encode(minicbor::to_vec(&self.intent).expect("encoding into memory cannot fail")),
            "tmc": self.tmc,
            "enc_tmri": hex::encode(self.enc_tmri),
        })
        .to_string()
    }

    fn read(text: &str) -> Option<Self> {
        let record: serde_json::Value = serde_json::from_str(text).ok()?;
        let count = |name: &str| u32::try_from(record[name].as_u64()?).ok();
        let bytes = |name: &str| hex::decode(record[name].as_str()?).ok();
        Some(Self {
            id: SaleId { terminal: DESK, sequence: Sequence::new(count("sequence")?) },
            intent: minicbor::decode(&bytes("intent")?).ok()?,
            tmc: count("tmc")?,
            enc_tmri: bytes("enc_tmri")?.try_into().ok()?,
        })
    }
}

impl Office {
    /// The newest movement that a desk began with a card, by the action it was written down as.
    pub(crate) fn begun(&self, card: CardNumber, action: &str) -> Result<Begun, OfficeError> {
        let line = self.database.read(|work| Chain::Cards.about(work, &crate::cards::subject(card), 50))?;
        let begun = line.iter().find(|link| link.action == action).and_then(|link| link.after.as_deref());
        let damaged = || StoreError::Damaged(format!("the record of what was begun with card {card}"));
        begun.and_then(Begun::read).ok_or_else(|| damaged().into())
    }
}

/// The chip of a card that has one.
pub(crate) fn chip(card: &Card) -> Result<satchel_values::Uid, OfficeError> {
    card.uid.ok_or_else(|| OfficeError::State(format!("card {} has no chip yet", card.number)))
}

/// What a chip did that does not vouch for it.
pub(crate) fn doubted(card: CardNumber) -> OfficeError {
    OfficeError::State(format!(
        "the chip of card {card} does not vouch for what it answered: keep the card, and have it looked into"
    ))
}

fn tmac_version(work: &mut Work<'_>, card: CardNumber) -> Result<KeyVersion, OfficeError> {
    let row = work.row("SELECT tmac_version FROM cards WHERE number = $1", &[key(card)?.into()])?;
    let version = row.ok_or_else(|| OfficeError::not_found("card", card))?.number(0)?;
    KeyVersion::new(version).ok_or_else(|| StoreError::Damaged(format!("the key version of card {card}")).into())
}

fn out_of_range(_: satchel_values::Arithmetic) -> OfficeError {
    CardError::Damaged("history").into()
}
