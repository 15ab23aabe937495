//! Settling what a torn card left open. The card decides.

use crate::movement::Receipt;
use crate::{Refusal, Terminal};
use satchel_cards::member::{self, Depth, Presented, Recall};
use satchel_cards::record::HistoryRecord;
use satchel_cards::{CardError, CardKeys};
use satchel_journal::{
    CARD_RECORD, Confirmed, Contradiction, Evidence, Held, Intent, NotApplied, NotAppliedWhy, Operation, Parked, Proof,
    Record, Stage, Unsettled,
};
use satchel_packages::Authority;
use satchel_transport::Transport;
use satchel_values::{SaleId, Sequence, Uid};

/// What holding a card at the terminal settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// Nothing of this card waits here. If something waits, it is another card's: "present the same card".
    OtherCard {
        /// The cards that are waited for.
        waiting: Vec<Uid>,
    },
    /// What became of each open movement of this card, oldest first.
    Settled(Vec<Settlement>),
}

/// What became of one open movement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// It happened: do not charge again.
    Confirmed(Receipt),
    /// It did not happen: charge again.
    NotApplied(SaleId),
    /// The card contradicts the journal: head office decides; do not charge again.
    Held(SaleId, Contradiction),
}

impl Terminal {
    /// Asks the card in the field what became of its open movements: five exchanges, more if its newest record is
    /// not enough to tell.
    pub fn settle(&mut self, transport: &mut dyn Transport) -> Result<Settled, Refusal> {
        if self.on_duty.is_none() {
            return Err(Refusal::NotSignedOn);
        }
        let card = self.look(transport)?;
        let uid = card.identity.uid;
        let open: Vec<Unsettled> = self.open_of(&uid);
        if open.is_empty() {
            let open = self.books().unsettled().iter().filter(|open| open.stage != Stage::Held);
            let waiting = open.map(|open| open.intent.card).collect();
            return Ok(Settled::OtherCard { waiting });
        }
        let mut recall = self.recall(&mut *card.transport, &card.identity, Depth::State)?;
        let decided = open.len() == 1 && verdict(self.id(open[0].sequence), &open[0].intent, &recall).is_some();
        if !decided {
            recall = self.recall(&mut *card.transport, &card.identity, Depth::History)?;
        }
        let mut settlements = Vec::with_capacity(open.len());
        for open in open {
            settlements.push(self.settle_one(&open, &recall)?);
        }
        Ok(Settled::Settled(settlements))
    }

    /// Goes on without the card: the movement stays unsettled, is printed on a slip and on the Z report, and is
    /// never counted as cash.
    pub fn park(&mut self, movement: Sequence) -> Result<(), Refusal> {
        self.authorise(Authority::Sell, None)?;
        let waits = |open: &Unsettled| open.sequence == movement && open.stage != Stage::Held;
        if !self.books().unsettled().iter().any(waits) {
            return Err(Refusal::NotWaiting(movement));
        }
        let operator = self.operator()?.id;
        self.journal.append(self.now(), Record::Parked(Parked { intent: movement, operator }))?;
        Ok(())
    }

    /// Movements that are waited for: neither settled nor held for head office.
    fn open_of(&self, card: &Uid) -> Vec<Unsettled> {
        self.books().unsettled_of(card).filter(|open| open.stage != Stage::Held).cloned().collect()
    }

    fn recall(
        &mut self,
        transport: &mut dyn Transport,
        identity: &satchel_desfire::Identity,
        depth: Depth,
    ) -> Result<Recall, Refusal> {
        let ring = &self.on_duty.as_ref().ok_or(Refusal::NotSignedOn)?.ring;
        let keys = CardKeys::new(ring, identity.uid, *member::AID.bytes());
        let presented = Presented { transport, identity, keys: &keys, rng: &mut *self.rng };
        Ok(member::recall(presented, depth)?)
    }

    fn settle_one(&mut self, open: &Unsettled, recall: &Recall) -> Result<Settlement, Refusal> {
        let id = self.id(open.sequence);
        let verdict =
            verdict(id, &open.intent, recall).unwrap_or(Verdict::Contradiction(Contradiction::HistoryTooShort));
        let intent = open.sequence;
        let record = match &verdict {
            Verdict::Confirmed(evidence, proof) => {
                Record::Confirmed(Confirmed { intent, evidence: *evidence, proof: proof.clone() })
            }
            Verdict::NotApplied => Record::NotApplied(NotApplied { intent, why: NotAppliedWhy::CardUnchanged }),
            Verdict::Contradiction(contradiction) => Record::Held(Held { intent, contradiction: *contradiction }),
        };
        self.journal.append(self.now(), record)?;
        log::info!("{id} is settled: {verdict:?}");
        Ok(match verdict {
            Verdict::Confirmed(..) => {
                if open.intent.operation == Operation::Sale {
                    let spent = open.intent.purse.negated()?;
                    self.today.add(open.intent.card, open.at.date()?, spent);
                }
                Settlement::Confirmed(Receipt::of(id, open.at, &open.intent)?)
            }
            Verdict::NotApplied => Settlement::NotApplied(id),
            Verdict::Contradiction(contradiction) => Settlement::Held(id, contradiction),
        })
    }

    fn id(&self, sequence: Sequence) -> SaleId {
        SaleId { terminal: self.journal.terminal(), sequence }
    }
}

/// What the card says of one movement.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    Confirmed(Evidence, Option<Proof>),
    NotApplied,
    Contradiction(Contradiction),
}

/// The card's word on a movement; `None` if the records read do not reach far enough back to tell.
///
/// The identity in the record decides; the counter supports it. A counter that went on without a record of ours in
/// sight, or fell back, is a contradiction and not an answer.
fn verdict(id: SaleId, intent: &Intent, recall: &Recall) -> Option<Verdict> {
    let newest = recall.records.first()?;
    let read = parse(&intent.read)?;
    let moved_on = low_half(recall.tmc).wrapping_sub(read.tmc_low);
    if moved_on > u16::MAX / 2 {
        return Some(Verdict::Contradiction(Contradiction::CounterWentBack));
    }
    if *newest == *intent.written {
        let proof = Proof { tmc: recall.tmc, tmv: recall.tmv.into() };
        return Some(Verdict::Confirmed(Evidence::NewestRecord, Some(proof)));
    }
    if *newest == *intent.read {
        let unchanged = moved_on == 0;
        return Some(if unchanged {
            Verdict::NotApplied
        } else {
            Verdict::Contradiction(Contradiction::CounterWithoutRecord)
        });
    }
    if let Some(ours) = recall.records.iter().find(|raw| parse(raw).is_some_and(|record| record.id == id)) {
        let same = *ours == *intent.written;
        return Some(if same {
            Verdict::Confirmed(Evidence::History, None)
        } else {
            Verdict::Contradiction(Contradiction::OtherRecord)
        });
    }
    let reaches_back = recall.records.iter().any(|raw| *raw == *intent.read);
    reaches_back.then_some(Verdict::NotApplied)
}

fn parse(raw: &[u8; CARD_RECORD]) -> Option<HistoryRecord> {
    HistoryRecord::parse(raw).map_err(|error: CardError| log::warn!("a history record: {error}")).ok()
}

/// The half of the counter that a record has room for.
fn low_half(tmc: u32) -> u16 {
    let [low, high, ..] = tmc.to_le_bytes();
    u16::from_le_bytes([low, high])
}
