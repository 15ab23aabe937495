use crate::collection::in_service;
use crate::{Actor, Office, OfficeError, Permission};
use rand_core::CryptoRng;
use satchel_cards::collection::{self, Contents, Way};
use satchel_cards::member::Presented;
use satchel_cards::{CardError, CardKeys};
use satchel_exchange::card::{answer, pieces_in};
use satchel_exchange::line::PieceShelf;
use satchel_exchange::{Assembly, Piece};
use satchel_key_house::{Desk, DeskSource, TmacKeys};
use satchel_transport::Transport;
use satchel_values::TerminalId;
use std::collections::{BTreeMap, BTreeSet};

/// What a collection card brought, and took with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardVisit {
    /// Which card.
    pub number: u32,
    /// Pieces on it, of whatever terminals.
    pub pieces: usize,
    /// Bundles that are whole with them.
    pub bundles: usize,
    /// Receipts that it carries now.
    pub receipts: usize,
}

impl Office {
    /// Takes what a collection card carries, takes in what is whole with it, and gives it receipts for the terminals it came from. What
    /// is on the card stays there until its terminal has the receipt.
    ///
    /// # Errors
    /// Not allowed; it is no collection card in service; or it left the field: hold it again, nothing is lost or counted twice.
    pub fn collect_card(
        &self,
        actor: &Actor,
        (desk, tmac): (&Desk, &mut dyn TmacKeys),
        transport: &mut dyn Transport,
        rng: &mut dyn CryptoRng,
    ) -> Result<CardVisit, OfficeError> {
        self.allow(actor, Permission::Settle, "collection card")?;
        let mut visit = Visit { desk, transport, rng };
        let before = visit.at_card(tmac, collection::read)?;
        self.database.read(|work| in_service(work, &before.identity, self.now()))?;
        let (pieces, bundles) = self.keep_pieces(&before)?;
        self.collect(actor, desk, tmac)?;
        let mut down = before.down.clone();
        let senders: BTreeSet<TerminalId> = pieces_in(&before.up).into_iter().map(|(terminal, ..)| terminal).collect();
        let mut receipts = Vec::new();
        for terminal in senders {
            if self.known_journal(actor, terminal.get())?.is_some() {
                let receipt = self.receipt(actor, terminal.get())?.sign(desk.signer());
                receipts.push((terminal, receipt.to_bytes()));
            }
        }
        let receipts = answer(&mut down, &receipts);
        visit.at_card(tmac, |presented| collection::write(presented, Way::Down, &before.down, &down))?;
        Ok(CardVisit { number: before.identity.number, pieces, bundles, receipts })
    }

    /// Keeps pieces until the others come, over this card or another; what is whole is received.
    fn keep_pieces(&self, contents: &Contents) -> Result<(usize, usize), OfficeError> {
        let mut wholes: BTreeMap<[u8; 8], Vec<Piece>> = BTreeMap::new();
        let pieces = pieces_in(&contents.up);
        let count = pieces.len();
        for (_, _, piece) in pieces {
            wholes.entry(piece.whole()).or_default().push(piece);
        }
        let mut shelf = self.pieces();
        let kept = |error: std::io::Error| OfficeError::State(format!("pieces cannot be kept: {error}"));
        let mut bundles = 0;
        for (whole, pieces) in wholes {
            pieces.iter().try_for_each(|piece| shelf.keep(piece)).map_err(kept)?;
            let mut held = shelf.held(whole).map_err(kept)?.into_iter();
            let Some(first) = held.next() else { continue };
            let mut assembly = Assembly::new(first);
            for piece in held {
                assembly.put(piece);
            }
            if let Some(bytes) = assembly.whole()? {
                self.receive(&bytes)?;
                shelf.clear(whole).map_err(kept)?;
                bundles += 1;
            }
        }
        Ok((count, bundles))
    }
}

/// A collection card on the reader.
struct Visit<'v> {
    desk: &'v Desk,
    transport: &'v mut dyn Transport,
    rng: &'v mut dyn CryptoRng,
}

impl Visit<'_> {
    fn at_card<T>(
        &mut self,
        tmac: &mut dyn TmacKeys,
        what: impl FnOnce(Presented<'_, '_>) -> Result<T, CardError>,
    ) -> Result<T, OfficeError> {
        let identity = satchel_desfire::identify(self.transport).map_err(CardError::from)?;
        let source = DeskSource::new(self.desk, tmac);
        let keys = CardKeys::new(&source, identity.uid, *collection::AID.bytes());
        let done = what(Presented { transport: self.transport, identity: &identity, keys: &keys, rng: self.rng });
        source.fault().map_or(Ok(()), Err)?;
        Ok(done?)
    }
}
