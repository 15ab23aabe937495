use crate::{Transport, TransportError, is_pseudo_apdu};
use rand_core::Rng;

/// Where a card is torn away. Exchanges are counted from 0; the reader's own pseudo-APDUs do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Before the card sees this command.
    BeforeCard(u32),
    /// After the card acted on this command, before its answer is heard.
    AfterCard(u32),
}

impl Cut {
    /// One cut in `one_in` presentations, somewhere in the first `exchanges` exchanges, both kinds alike; decided by
    /// `rng`, so that a seed repeats it.
    pub fn seeded(rng: &mut (impl Rng + ?Sized), one_in: u32, exchanges: u32) -> Option<Self> {
        if !rng.next_u32().is_multiple_of(one_in.max(1)) {
            return None;
        }
        let exchange = rng.next_u32() % exchanges.max(1);
        Some(if rng.next_u32().is_multiple_of(2) { Self::BeforeCard(exchange) } else { Self::AfterCard(exchange) })
    }
}

/// Tears the card away once. Afterwards it stays away until [`Transport::reset`].
pub struct Tear<T> {
    inner: T,
    cut: Option<Cut>,
    exchange: u32,
    gone: bool,
}

impl<T: Transport> Tear<T> {
    /// Tears what goes through `inner` at `cut`; never, if there is none.
    pub const fn new(inner: T, cut: Option<Cut>) -> Self {
        Self { inner, cut, exchange: 0, gone: false }
    }

    /// Exchanges with the card so far.
    pub const fn exchanges(&self) -> u32 {
        self.exchange
    }

    /// Whether the cut has happened.
    pub const fn is_gone(&self) -> bool {
        self.gone
    }

    fn tear(&mut self) -> Result<Vec<u8>, TransportError> {
        self.inner.reset()?;
        self.gone = true;
        self.cut = None;
        Err(TransportError::CardGone)
    }
}

impl<T: Transport> Transport for Tear<T> {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        if self.gone {
            return Err(TransportError::CardGone);
        }
        if is_pseudo_apdu(command) {
            return self.inner.transceive(command);
        }
        let exchange = self.exchange;
        self.exchange += 1;
        if self.cut == Some(Cut::BeforeCard(exchange)) {
            return self.tear();
        }
        let answer = self.inner.transceive(command)?;
        if self.cut == Some(Cut::AfterCard(exchange)) {
            return self.tear();
        }
        Ok(answer)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.gone = false;
        self.inner.reset()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::SeedableRng;

    /// Counts what the card saw.
    #[derive(Default)]
    struct FakeCard {
        seen: u32,
        resets: u32,
    }

    impl Transport for FakeCard {
        fn transceive(&mut self, _: &[u8]) -> Result<Vec<u8>, TransportError> {
            self.seen += 1;
            Ok(vec![0x91, 0x00])
        }

        fn reset(&mut self) -> Result<(), TransportError> {
            self.resets += 1;
            Ok(())
        }
    }

    fn run(cut: Cut) -> (u32, u32, u32) {
        let mut tear = Tear::new(FakeCard::default(), Some(cut));
        let answered = (0..5).filter(|_| tear.transceive(&[0x90, 0x60, 0, 0, 0]).is_ok()).count();
        (tear.inner.seen, u32::try_from(answered).expect("five at most"), tear.inner.resets)
    }

    #[test]
    fn before_the_card_sees_it_or_after_it_acted() {
        assert_eq!(run(Cut::BeforeCard(2)), (2, 2, 1));
        assert_eq!(run(Cut::AfterCard(2)), (3, 2, 1));
    }

    #[test]
    fn a_seed_repeats_its_cuts() {
        let cuts = |seed| {
            let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
            (0..100).map(|_| Cut::seeded(&mut rng, 4, 9)).collect::<Vec<_>>()
        };
        assert_eq!(cuts(1), cuts(1));
        assert_ne!(cuts(1), cuts(2));
        assert!(cuts(1).iter().any(Option::is_some) && cuts(1).iter().any(Option::is_none));
    }
}
