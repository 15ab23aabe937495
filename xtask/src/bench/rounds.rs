//! Two things timed alternately, so that the machine's other work falls on both.

use super::Measured;
use std::time::Duration;

/// The times of two things, round by round.
#[derive(Debug, Clone)]
pub struct Rounds {
    ours: Vec<Duration>,
    reference: Vec<Duration>,
}

impl Rounds {
    /// Runs both by turns, after a round of each that is not counted; who begins alternates. Each run says itself how
    /// long the part of it took that counts.
    pub fn run(
        rounds: usize,
        mut ours: impl FnMut() -> Measured<Duration>,
        mut reference: impl FnMut() -> Measured<Duration>,
    ) -> Measured<Self> {
        let mut times = Self { ours: Vec::with_capacity(rounds), reference: Vec::with_capacity(rounds) };
        ours()?;
        reference()?;
        for round in 0..rounds.max(1) {
            if round.is_multiple_of(2) {
                times.ours.push(ours()?);
                times.reference.push(reference()?);
            } else {
                times.reference.push(reference()?);
                times.ours.push(ours()?);
            }
        }
        Ok(times)
    }

    /// Ours: the median round, in nanoseconds.
    pub fn ours_ns(&self) -> f64 {
        median(self.ours.iter().map(nanos))
    }

    /// The reference: the median round, in nanoseconds.
    pub fn reference_ns(&self) -> f64 {
        median(self.reference.iter().map(nanos))
    }

    /// How many times as long as the reference ours took: the median of the rounds' ratios.
    pub fn times_as_long(&self) -> f64 {
        median(self.ours.iter().zip(&self.reference).map(|(ours, reference)| nanos(ours) / nanos(reference).max(1.0)))
    }

    /// How many times as fast as the reference ours was: the median of the rounds' ratios.
    pub fn times_as_fast(&self) -> f64 {
        median(self.ours.iter().zip(&self.reference).map(|(ours, reference)| nanos(reference) / nanos(ours).max(1.0)))
    }
}

fn nanos(duration: &Duration) -> f64 {
    duration.as_secs_f64() * 1e9
}

/// The middle figure, or the mean of the two middle ones; 0 of none.
pub fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_unstable_by(f64::total_cmp);
    match (figures.len(), figures.len() / 2) {
        (0, _) => 0.0,
        (length, middle) if length.is_multiple_of(2) => f64::midpoint(figures[middle - 1], figures[middle]),
        (_, middle) => figures[middle],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    #[test]
    fn the_median_ignores_a_bad_round() {
        assert_eq!(median([1.0, 900.0, 2.0].into_iter()), 2.0);
        assert_eq!(median([1.0, 2.0, 3.0, 900.0].into_iter()), 2.5);
        assert_eq!(median(std::iter::empty()), 0.0);
    }

    #[test]
    fn both_are_run_by_turns_and_the_first_round_does_not_count() {
        let order = RefCell::new(String::new());
        let run = |who: char, ms: u64| {
            order.borrow_mut().push(who);
            Ok(Duration::from_millis(ms))
        };
        let rounds = Rounds::run(2, || run('o', 10), || run('r', 20)).expect("nothing fails");
        assert_eq!(*order.borrow(), "ororro");
        assert_eq!((rounds.ours.len(), rounds.reference.len()), (2, 2));
        assert!((rounds.times_as_fast() - 2.0).abs() < 1e-9 && (rounds.times_as_long() - 0.5).abs() < 1e-9);
    }
}
