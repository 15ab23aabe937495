//! A reader's field with one simulated card in it, torn away when told.

use satchel_card_simulator::{Card, CardConfig};
use satchel_transport::{Cut, Tear, Trace, Transport, TransportError};

/// One card in a reader's field, from coming in to going out.
pub struct Field<'c>(Tear<Trace<InField<'c>>>);

struct InField<'c>(&'c mut Card);

impl<'c> Field<'c> {
    /// The card comes into the field and stays.
    pub fn new(card: &'c mut Card) -> Self {
        Self::torn(card, None)
    }

    /// The card comes into the field and is torn away at the cut, if there is one.
    pub fn torn(card: &'c mut Card, cut: Option<Cut>) -> Self {
        card.field_off();
        Self(Tear::new(Trace::new(InField(card)), cut))
    }

    /// Exchanges with the card so far.
    pub const fn exchanges(&self) -> u32 {
        self.0.exchanges()
    }

    /// Whether the card was torn away.
    pub const fn is_gone(&self) -> bool {
        self.0.is_gone()
    }
}

impl Transport for Field<'_> {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.0.transceive(command)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.0.reset()
    }
}

impl Transport for InField<'_> {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        Ok(self.0.transmit(command))
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.0.field_off();
        Ok(())
    }
}

impl Drop for InField<'_> {
    fn drop(&mut self) {
        self.0.field_off();
    }
}

/// A factory-fresh card with this number in its identifier.
pub fn blank_card(number: u32) -> Card {
    Card::new(blank_config(number))
}

/// What a factory-fresh card with this number in its identifier is like.
pub fn blank_config(number: u32) -> CardConfig {
    let [a, b, c, d] = number.to_be_bytes();
    CardConfig { uid: [0x04, 0x5A, a, b, c, d, 0x80], seed: u64::from(number), ..CardConfig::default() }
}
