use satchel_values::{Clock, Timestamp};

/// How far a clock may lag behind what it has shown before without being refused, in milliseconds: ten minutes, for
/// a network's correction.
const TOLERANCE_MS: i64 = 600_000;

/// The machine's clock shows less than a time that is already proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the clock shows {shown}, but it has been {seen} already: set the clock")]
pub struct ClockSetBack {
    /// What the clock shows.
    pub shown: Timestamp,
    /// The latest time that was signed or journaled.
    pub seen: Timestamp,
}

/// A clock that never goes below the latest time seen.
pub(crate) struct SteadyClock {
    machine: Box<dyn Clock>,
    seen: Timestamp,
}

impl SteadyClock {
    pub(crate) fn new(machine: Box<dyn Clock>, seen: Timestamp) -> Self {
        Self { machine, seen }
    }

    /// Takes note of a time that head office signed or the journal holds.
    pub(crate) fn witness(&mut self, at: Timestamp) {
        self.seen = self.seen.max(at);
    }

    /// The time for an entry: never below the latest seen.
    pub(crate) fn now(&self) -> Timestamp {
        self.machine.now().max(self.seen)
    }

    /// The time for a movement: refused where the machine's clock lags behind what it has shown.
    pub(crate) fn trusted_now(&self) -> Result<Timestamp, ClockSetBack> {
        let shown = self.machine.now();
        if self.seen.ms_since(shown) > TOLERANCE_MS {
            return Err(ClockSetBack { shown, seen: self.seen });
        }
        Ok(shown.max(self.seen))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct At(i64);

    impl Clock for At {
        fn now(&self) -> Timestamp {
            Timestamp::from_ms(self.0)
        }
    }

    #[test]
    fn a_clock_set_back_is_named_and_never_believed() {
        let clock = SteadyClock::new(Box::new(At(0)), Timestamp::from_ms(TOLERANCE_MS + 1));
        let refused = clock.trusted_now().expect_err("the clock lags");
        assert_eq!(refused.seen, Timestamp::from_ms(TOLERANCE_MS + 1));
        assert_eq!(clock.now(), refused.seen);
    }

    #[test]
    fn a_small_correction_is_not_an_alarm() {
        let mut clock = SteadyClock::new(Box::new(At(0)), Timestamp::from_ms(0));
        clock.witness(Timestamp::from_ms(TOLERANCE_MS));
        assert_eq!(clock.trusted_now(), Ok(Timestamp::from_ms(TOLERANCE_MS)));
    }
}
