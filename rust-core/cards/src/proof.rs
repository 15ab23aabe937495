//! The proof of a movement: what the card put under its transaction MAC, told again from the journal's entry alone.

use crate::member::{NEWEST, file};
use satchel_desfire::tmac::{self, Tmi};
use satchel_hazmat::AesKey;
use satchel_journal::{Intent, Operation, Proof};
use satchel_values::{Money, Points, SaleId};

/// Whether the card `intent.card` itself vouches for the movement: its MAC over exactly these commands, under the key
/// that only head office's verifier and the card hold.
pub fn verify(tmac_key: &AesKey, id: SaleId, intent: &Intent, enc_tmri: &[u8; 16], proof: &Proof) -> bool {
    let Some(input) = input(id, intent, enc_tmri) else { return false };
    tmac::verify(tmac_key, &intent.card, proof.tmc, &input, &proof.tmv)
}

/// What the card enciphers its previous reader id to, for a movement whose own answer was never heard: head office
/// knows the previous one from the card's previous movement.
pub fn enciphered_reader_id(tmac_key: &AesKey, intent: &Intent, tmc: u32, previous: &[u8; 16]) -> [u8; 16] {
    tmac::TmacSessionKeys::derive(tmac_key, &intent.card, tmc).encrypt_reader_id(previous)
}

/// The reader id of the card's movement before this one, from what the card enciphered.
pub fn previous_reader_id(tmac_key: &AesKey, intent: &Intent, tmc: u32, enc_tmri: &[u8; 16]) -> [u8; 16] {
    tmac::TmacSessionKeys::derive(tmac_key, &intent.card, tmc).previous_reader_id(enc_tmri)
}

/// Whether an operation may give money, before the sale key takes over.
const fn leads(operation: Operation) -> bool {
    use Operation as O;
    matches!(operation, O::Issue | O::TopUp | O::Refund | O::UndoSale | O::Correct)
}

/// The transaction MAC's input; `None` if the intent's amounts are none that a card could have moved.
fn input(id: SaleId, intent: &Intent, enc_tmri: &[u8; 16]) -> Option<Tmi> {
    let mut input = Tmi::new();
    if leads(intent.operation) && intent.purse.is_positive() {
        let amount = intent.purse.to_card().ok()?;
        match intent.operation {
            Operation::UndoSale => input.limited_credit(file::PURSE, amount),
            _ => input.credit(file::PURSE, amount),
        }
    }
    if intent.operation != Operation::Issue {
        input.read_records(file::HISTORY, NEWEST, &*intent.read);
    }
    if intent.purse.is_negative() {
        input.debit(file::PURSE, intent.purse.negated().and_then(Money::to_card).ok()?);
    }
    if intent.points.is_negative() {
        input.debit(file::POINTS, intent.points.negated().and_then(Points::to_card).ok()?);
    } else if intent.points.is_positive() {
        input.credit(file::POINTS, intent.points.to_card().ok()?);
    }
    input.write_record(file::HISTORY, 0, &*intent.written);
    input.commit_reader_id(&intent.reader_id(id), enc_tmri);
    Some(input)
}
