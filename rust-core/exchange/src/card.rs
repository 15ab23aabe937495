//! The collection card as a carrier: pieces of bundles up, receipts down, over as many cards as it takes, in any order.

use crate::pieces::Piece;
use minicbor::{Decode, Encode};
use satchel_cards::collection::{Held, Way};
use satchel_values::{Sequence, TerminalId};
use std::collections::BTreeSet;

/// Bytes of a piece on a card: short enough that little room is left over.
pub const PIECE: usize = 400;

/// What a frame on a card is.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
enum OnCard {
    /// A piece of a terminal's bundle, whose last entry this is.
    #[n(0)]
    Piece(#[n(0)] TerminalId, #[n(1)] Sequence, #[n(2)] Piece),
    /// Head office's signed receipt for a terminal.
    #[n(1)]
    Receipt(#[n(0)] TerminalId, #[cbor(n(1), with = "minicbor::bytes")] Vec<u8>),
}

/// A bundle that a terminal has to send by card.
#[derive(Debug, Clone)]
pub struct Outgoing<'p> {
    /// Whose.
    pub terminal: TerminalId,
    /// Its last entry.
    pub last: Sequence,
    /// Its pieces, [`PIECE`] bytes each.
    pub pieces: &'p [Piece],
}

/// Puts pieces of a bundle onto a card, as many as fit of those that are on no card yet. Gives the places that are on this card now.
pub fn put(up: &mut Held, outgoing: &Outgoing<'_>, elsewhere: &BTreeSet<u32>) -> BTreeSet<u32> {
    let mut here: BTreeSet<u32> = BTreeSet::new();
    for (terminal, _, piece) in pieces_in(up) {
        if terminal == outgoing.terminal && outgoing.pieces.contains(&piece) {
            here.insert(piece.place());
        }
    }
    for piece in outgoing.pieces {
        if here.contains(&piece.place()) || elsewhere.contains(&piece.place()) {
            continue;
        }
        let frame = OnCard::Piece(outgoing.terminal, outgoing.last, piece.clone());
        if !up.add(Way::Up, &encoded(&frame)) {
            break;
        }
        here.insert(piece.place());
    }
    here
}

/// The pieces on a card, of whatever terminals.
pub fn pieces_in(up: &Held) -> Vec<(TerminalId, Sequence, Piece)> {
    up.frames()
        .iter()
        .filter_map(|frame| match decoded(&frame.bytes)? {
            OnCard::Piece(terminal, last, piece) => Some((terminal, last, piece)),
            OnCard::Receipt(..) => None,
        })
        .collect()
}

/// A terminal whose entries are acknowledged up to one needs its pieces of them no longer.
pub fn forget(up: &mut Held, terminal: TerminalId, acknowledged: Sequence) {
    up.mark(|bytes| {
        matches!(decoded(bytes), Some(OnCard::Piece(whose, last, _)) if whose == terminal && last <= acknowledged)
    });
}

/// Head office's receipts, in the place of those before, which they include. Gives how many fitted.
pub fn answer(down: &mut Held, receipts: &[(TerminalId, Vec<u8>)]) -> usize {
    down.mark(|_| true);
    let mut fits = |(terminal, receipt): &&(TerminalId, Vec<u8>)| {
        down.add(Way::Down, &encoded(&OnCard::Receipt(*terminal, receipt.clone())))
    };
    receipts.iter().take_while(|receipt| fits(receipt)).count()
}

/// The receipts on a card for a terminal.
pub fn receipts(down: &Held, terminal: TerminalId) -> Vec<Vec<u8>> {
    down.frames()
        .iter()
        .filter_map(|frame| match decoded(&frame.bytes)? {
            OnCard::Receipt(whose, receipt) if whose == terminal => Some(receipt),
            _ => None,
        })
        .collect()
}

fn encoded(frame: &OnCard) -> Vec<u8> {
    minicbor::to_vec(frame).expect("encoding into memory cannot fail")
}

/// What is none of ours is passed over: another version may have written it.
fn decoded(bytes: &[u8]) -> Option<OnCard> {
    match minicbor::decode(bytes).ok()? {
        OnCard::Piece(_, _, piece) if !piece.is_sound() => None,
        frame => Some(frame),
    }
}
