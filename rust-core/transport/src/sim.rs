use crate::{Transport, TransportError};
use satchel_card_simulator::{Card, CardConfig};

/// A simulated card in process, in the field all the time.
pub struct Sim(Card);

impl Sim {
    /// This card.
    pub const fn new(card: Card) -> Self {
        Self(card)
    }

    /// A factory-fresh card, and randomness that the seed repeats.
    pub fn fresh(seed: u64) -> Self {
        Self(Card::new(CardConfig { seed, ..CardConfig::default() }))
    }

    /// The card, taken out of the field.
    pub fn into_card(mut self) -> Card {
        self.0.field_off();
        self.0
    }
}

impl Transport for Sim {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        Ok(self.0.transmit(command))
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.0.field_off();
        Ok(())
    }
}
