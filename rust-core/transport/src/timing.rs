use crate::{Transport, TransportError, command_name, is_pseudo_apdu};

/// Bytes that ISO 14443-4 and the answer delay add to an exchange, as budgets count them.
const OVERHEAD: u64 = 6;
/// The answer delay at least (ISO/IEC 14443-3 §6.2.1.1): 86.4 µs, in tenths of a microsecond.
const ANSWER_DELAY_TENTHS: u64 = 864;

/// The bit rate on air.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// 106 kbit/s: every card and phone.
    Kbit106,
    /// 212 kbit/s.
    Kbit212,
    /// 424 kbit/s.
    Kbit424,
    /// 848 kbit/s.
    Kbit848,
}

impl Rate {
    /// Tenths of a microsecond that a byte of nine bits takes (ISO/IEC 14443 type A).
    const fn byte_tenths(self) -> u64 {
        match self {
            Self::Kbit106 => 850,
            Self::Kbit212 => 425,
            Self::Kbit424 => 212,
            Self::Kbit848 => 106,
        }
    }
}

/// Exchanges and bytes counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Exchanges with the card.
    pub exchanges: u64,
    /// Bytes of the APDUs, both ways.
    pub bytes: u64,
    /// What the card itself takes, modelled, in microseconds.
    pub card_us: u64,
}

impl Tally {
    /// Bytes as budgets count them: the APDUs' and six for each exchange.
    pub const fn budget_bytes(self) -> u64 {
        self.bytes + OVERHEAD * self.exchanges
    }

    /// Modelled time on air at a rate, in microseconds, without the card's own.
    pub const fn air_us(self, rate: Rate) -> u64 {
        (self.budget_bytes() * rate.byte_tenths() + 2 * self.exchanges * ANSWER_DELAY_TENTHS) / 10
    }

    /// Modelled time of the whole at a rate, in microseconds: air and card.
    pub const fn total_us(self, rate: Rate) -> u64 {
        self.air_us(rate) + self.card_us
    }
}

/// Counts what goes through, and models how long a real card would take for it.
pub struct Timing<T> {
    inner: T,
    tally: Tally,
    by_command: Vec<(&'static str, Tally)>,
}

impl<T: Transport> Timing<T> {
    /// Counts what goes through `inner`.
    pub const fn new(inner: T) -> Self {
        Self { inner, tally: Tally { exchanges: 0, bytes: 0, card_us: 0 }, by_command: Vec::new() }
    }

    /// The sums so far.
    pub const fn tally(&self) -> Tally {
        self.tally
    }

    /// Each exchange in order: the command's name and its own figures.
    pub fn by_command(&self) -> &[(&'static str, Tally)] {
        &self.by_command
    }

    /// What was counted, back again.
    pub fn into_inner(self) -> T {
        self.inner
    }

    /// Begins again from nothing.
    pub fn clear(&mut self) {
        self.tally = Tally::default();
        self.by_command.clear();
    }

    fn count(&mut self, command: &[u8], answer: usize) {
        let bytes = u64::try_from(command.len() + answer).unwrap_or(u64::MAX);
        let one = Tally { exchanges: 1, bytes, card_us: card_us(command) };
        self.tally.exchanges += 1;
        self.tally.bytes += one.bytes;
        self.tally.card_us += one.card_us;
        self.by_command.push((command_name(command), one));
    }
}

impl<T: Transport> Transport for Timing<T> {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let answer = self.inner.transceive(command);
        if !is_pseudo_apdu(command) {
            self.count(command, answer.as_ref().map_or(0, Vec::len));
        }
        answer
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.inner.reset()
    }
}

/// What the card takes for a command, modelled: cryptography in its coprocessor, and about a millisecond for each
/// write of its EEPROM (data sheets give no more than the order of magnitude).
fn card_us(command: &[u8]) -> u64 {
    let code = match command {
        [0x90, code, ..] => *code,
        _ => return 100,
    };
    match code {
        0x71 | 0x77 | 0xAF => 1_500,
        0xC7 => 3_000,
        0xC4 | 0xCA | 0xC0 | 0xC1 | 0xCB | 0xCC | 0xCD | 0xCE | 0x54 | 0x5C | 0x5F | 0xDA | 0xDF | 0xFC => 2_500,
        0x3D | 0x8D | 0x3B | 0x8B => 1_500,
        _ => 600,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lean_tap_takes_its_documented_time_on_air() {
        let tally = Tally { exchanges: 8, bytes: 395 - 48, card_us: 0 };
        assert_eq!(tally.budget_bytes(), 395);
        let ms_tenths = tally.air_us(Rate::Kbit106) / 100;
        assert!((336..=350).contains(&ms_tenths), "{ms_tenths}: 33.6 ms of bytes and 1.4 ms of answer delays");
    }
}
