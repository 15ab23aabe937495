//! Head office's view at the end of the day: every transaction MAC, and the sum on all cards.
//!
//! A movement is proved by its own transaction MAC, computed from the journal's entry alone. One whose answer was
//! lost and whose card went on elsewhere is proved by the card's next movement, which carries its reader id.

use crate::field::Field;
use crate::reading::read_state;
use rand_core::CryptoRng;
use satchel_card_simulator::Card;
use satchel_cards::issue::MemberIssued;
use satchel_cards::member::{self, Depth, Inquiry, Presented};
use satchel_cards::{CardError, CardKeys, KeySource, proof};
use satchel_hazmat::AesKey;
use satchel_journal::{Confirmed, Intent, Journal, JournalError, Operation, Proof, Record};
use satchel_keys::{KeyVersion, Role};
use satchel_values::{Arithmetic, Money, SaleId, Sequence, Uid};
use std::collections::HashMap;

/// Entries read at a time.
const CHUNK: usize = 1_000;

/// What the audit found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdicts {
    /// Movements whose transaction MAC, or whose successor's, is right.
    pub verified: u32,
    /// Movements whose transaction MAC is wrong, or that nothing proves.
    pub failed: u32,
    /// Open movements that the card's own history settles.
    pub settled_by_card: u32,
    /// Money that the purses of all cards gained when they were issued and loaded.
    pub loaded: Money,
    /// Money that the purses of all cards lost.
    pub spent: Money,
    /// Money in all purses, as the value files themselves say.
    pub on_cards: Money,
    /// Cards whose newest record says something else than their value files, or whose counter stands elsewhere than
    /// their movements come to.
    pub disagreeing: u32,
}

impl Verdicts {
    /// Whether the books and the cards agree to the unit, and everything is proved.
    pub fn balanced(&self) -> bool {
        self.failed == 0 && self.disagreeing == 0 && self.loaded.minus(self.spent) == Ok(self.on_cards)
    }
}

/// A movement of a card as the audit collects it.
struct Movement {
    id: SaleId,
    intent: Intent,
    enc_tmri: Option<[u8; 16]>,
    outcome: Option<Confirmed>,
}

/// The audit: collects movements, then asks the cards.
pub struct Audit<'o> {
    keys: &'o dyn KeySource,
    movements: HashMap<Uid, Vec<Movement>>,
    tmac_versions: HashMap<Uid, KeyVersion>,
}

impl<'o> Audit<'o> {
    /// An audit that has seen nothing yet.
    ///
    /// `keys` gives every key of every card, that of the transaction MAC too.
    pub fn new(keys: &'o dyn KeySource) -> Self {
        Self { keys, movements: HashMap::new(), tmac_versions: HashMap::new() }
    }

    /// Takes in a card's first transaction.
    pub fn issued(&mut self, issued: &MemberIssued) {
        self.tmac_versions.insert(issued.intent.card, issued.tmac_version);
        let proof = Some(issued.proof.clone());
        let enc_tmri = self.first_enc_tmri(&issued.intent, &issued.proof);
        self.movements.entry(issued.intent.card).or_default().push(Movement {
            id: issued.id,
            intent: issued.intent.clone(),
            enc_tmri,
            outcome: Some(Confirmed { intent: issued.id.sequence, evidence: satchel_journal::Evidence::Answer, proof }),
        });
    }

    /// Takes in a terminal's journal, after checking its whole chain.
    pub fn journal(&mut self, journal: &Journal) -> Result<(), JournalError> {
        journal.verify(&mut |_, _| {})?;
        let mut found: HashMap<Sequence, Movement> = HashMap::new();
        let mut next = Sequence::new(1);
        loop {
            let entries = journal.entries(next, CHUNK)?;
            let Some(last) = entries.last().and_then(|entry| entry.sequence.next()) else { break };
            next = last;
            for entry in entries {
                let id = SaleId { terminal: journal.terminal(), sequence: entry.sequence };
                collect(&mut found, id, entry.record);
            }
        }
        for movement in found.into_values() {
            self.movements.entry(movement.intent.card).or_default().push(movement);
        }
        Ok(())
    }

    /// Verifies every movement and adds up what the cards hold.
    pub fn conclude(&self, cards: &mut [Card], rng: &mut dyn CryptoRng) -> Result<Verdicts, CardError> {
        let mut verdicts = Verdicts::default();
        for card in cards {
            let uid = Uid::new(*card.uid());
            let Some(movements) = self.movements.get(&uid) else { continue };
            let state = read_state(self.keys, &mut Field::new(card), rng)?;
            let inquiry = self.read(card, rng)?;
            verdicts.on_cards = verdicts.on_cards.plus(state.purse).map_err(out_of_range)?;
            let mut happened = 0;
            for movement in movements {
                happened += u32::from(self.judge(movement, movements, &inquiry, &mut verdicts).map_err(out_of_range)?);
            }
            let agrees = (state.newest.balance, state.newest.points) == (state.purse, state.points);
            verdicts.disagreeing += u32::from(!agrees || state.movements != happened);
        }
        Ok(verdicts)
    }

    /// Counts a movement; returns whether it happened.
    fn judge(
        &self,
        movement: &Movement,
        all: &[Movement],
        inquiry: &Inquiry,
        verdicts: &mut Verdicts,
    ) -> Result<bool, Arithmetic> {
        let happened = match &movement.outcome {
            Some(confirmed) => {
                if self.proved(movement, confirmed, all) {
                    verdicts.verified += 1;
                } else {
                    verdicts.failed += 1;
                }
                true
            }
            None => {
                let on_card =
                    std::iter::once(&inquiry.newest).chain(&inquiry.earlier).any(|record| record.id == movement.id);
                verdicts.settled_by_card += 1;
                on_card
            }
        };
        if happened {
            let purse = movement.intent.purse;
            let undo = matches!(movement.intent.operation, Operation::UndoSale | Operation::Refund);
            let taken_back = movement.intent.operation == Operation::UndoTopUp;
            if taken_back || purse.is_positive() && !undo {
                verdicts.loaded = verdicts.loaded.plus(purse)?;
            } else {
                verdicts.spent = verdicts.spent.minus(purse)?;
            }
        }
        Ok(happened)
    }

    fn proved(&self, movement: &Movement, confirmed: &Confirmed, all: &[Movement]) -> bool {
        let Some(key) = self.tmac_key(&movement.intent.card) else { return false };
        if let (Some(proof), Some(enc_tmri)) = (&confirmed.proof, &movement.enc_tmri) {
            return proof::verify(&key, movement.id, &movement.intent, enc_tmri, proof);
        }
        let reader_id = movement.intent.reader_id(movement.id);
        all.iter().any(|later| match (&later.enc_tmri, later.outcome.as_ref().and_then(|done| done.proof.as_ref())) {
            (Some(enc_tmri), Some(done)) => {
                proof::verify(&key, later.id, &later.intent, enc_tmri, done)
                    && proof::previous_reader_id(&key, &later.intent, done.tmc, enc_tmri) == reader_id
            }
            _ => false,
        })
    }

    /// Nothing precedes a card's first transaction, so its previous reader id is zeros.
    fn first_enc_tmri(&self, intent: &Intent, done: &Proof) -> Option<[u8; 16]> {
        let key = self.tmac_key(&intent.card)?;
        Some(proof::enciphered_reader_id(&key, intent, done.tmc, &[0; 16]))
    }

    /// The card's key, if the card was issued here.
    fn tmac_key(&self, card: &Uid) -> Option<AesKey> {
        let version = self.tmac_versions.get(card)?;
        self.keys.card_key(Role::Tmac, *version, card, *member::AID.bytes())
    }

    fn read(&self, card: &mut Card, rng: &mut dyn CryptoRng) -> Result<Inquiry, CardError> {
        let mut field = Field::new(card);
        let identity = satchel_desfire::identify(&mut field)?;
        let keys = CardKeys::new(self.keys, identity.uid, *member::AID.bytes());
        let presented = Presented { transport: &mut field, identity: &identity, keys: &keys, rng };
        member::inquire(presented, Depth::History)
    }
}

fn collect(found: &mut HashMap<Sequence, Movement>, id: SaleId, record: Record) {
    match record {
        Record::Intent(intent) => {
            found.insert(id.sequence, Movement { id, intent: *intent, enc_tmri: None, outcome: None });
        }
        Record::CommitSent(sent) => {
            if let Some(movement) = found.get_mut(&sent.intent) {
                movement.enc_tmri = Some(*sent.enc_tmri);
            }
        }
        Record::Confirmed(confirmed) => {
            if let Some(movement) = found.get_mut(&confirmed.intent) {
                movement.outcome = Some(confirmed);
            }
        }
        Record::NotApplied(gone) => {
            found.remove(&gone.intent);
        }
        _ => {}
    }
}

fn out_of_range(_: Arithmetic) -> CardError {
    CardError::PurseLimit
}
