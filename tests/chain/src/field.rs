//! A reader's field with one simulated card in it, torn away when told.

use satchel_card_simulator::{Card, CardConfig};
use satchel_transport::{Transport, TransportError};

/// When a card is torn away during one presentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Before the card sees this exchange, counted from 0.
    Before(u32),
    /// After the card acted on this exchange, before its answer is heard.
    After(u32),
}

/// One card in a reader's field. The pseudo-APDUs of the reader are not exchanges with the card.
pub struct Field<'c> {
    card: &'c mut Card,
    cut: Option<Cut>,
    exchanges: u32,
    gone: bool,
}

impl<'c> Field<'c> {
    /// The card comes into the field and stays.
    pub fn new(card: &'c mut Card) -> Self {
        card.field_off();
        Self { card, cut: None, exchanges: 0, gone: false }
    }

    /// The card comes into the field and is torn away.
    pub fn torn(card: &'c mut Card, cut: Cut) -> Self {
        Self { cut: Some(cut), ..Self::new(card) }
    }

    /// Exchanges with the card so far.
    pub const fn exchanges(&self) -> u32 {
        self.exchanges
    }

    fn tear(&mut self) -> TransportError {
        self.card.field_off();
        self.gone = true;
        TransportError::CardGone
    }
}

impl Transport for Field<'_> {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        if self.gone {
            return Err(TransportError::CardGone);
        }
        if command.first() == Some(&0xFF) {
            return Ok(self.card.transmit(command));
        }
        let number = self.exchanges;
        self.exchanges += 1;
        if self.cut == Some(Cut::Before(number)) {
            return Err(self.tear());
        }
        let answer = self.card.transmit(command);
        if self.cut == Some(Cut::After(number)) {
            return Err(self.tear());
        }
        Ok(answer)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.card.field_off();
        Ok(())
    }
}

impl Drop for Field<'_> {
    fn drop(&mut self) {
        self.card.field_off();
    }
}

/// A factory-fresh card with this number in its identifier.
pub fn blank_card(number: u32) -> Card {
    let [a, b, c, d] = number.to_be_bytes();
    Card::new(CardConfig { uid: [0x04, 0x5A, a, b, c, d, 0x80], seed: u64::from(number), ..CardConfig::default() })
}
