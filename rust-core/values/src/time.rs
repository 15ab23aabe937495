use crate::Arithmetic;
use minicbor::{Decode, Encode};
use std::fmt;

const MS_PER_SECOND: i64 = 1_000;
const MS_PER_DAY: i64 = 86_400_000;

/// An instant: milliseconds since 1970-01-01T00:00:00 UTC. Evidence, never an order: sequence numbers order entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct Timestamp(#[n(0)] i64);

impl Timestamp {
    /// From milliseconds since the epoch.
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// From the seconds since the epoch that a card's record holds.
    pub const fn from_card(seconds: u32) -> Self {
        Self(seconds as i64 * MS_PER_SECOND)
    }

    /// Milliseconds since the epoch.
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, as a card's record holds them; [`Arithmetic`] before 1970 and after 2106.
    pub fn to_card(self) -> Result<u32, Arithmetic> {
        u32::try_from(self.0.div_euclid(MS_PER_SECOND)).map_err(|_| Arithmetic)
    }

    /// The day in UTC; [`Arithmetic`] before 1970 and after 2149.
    pub fn date(self) -> Result<Date, Arithmetic> {
        u16::try_from(self.0.div_euclid(MS_PER_DAY)).map(Date).map_err(|_| Arithmetic)
    }

    /// This instant, later by so many milliseconds; stays at the end of the range.
    pub const fn later_by_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` until this instant; negative if it is not earlier.
    pub const fn ms_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A day: days since 1970-01-01, as a card holds it. Day 0 stands for "none".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct Date(#[n(0)] u16);

impl Date {
    /// From days since 1970-01-01.
    pub const fn from_days(days: u16) -> Self {
        Self(days)
    }

    /// Days since 1970-01-01.
    pub const fn days(self) -> u16 {
        self.0
    }

    /// This day, later by so many days; stays at the end of the range.
    pub const fn later_by_days(self, days: u16) -> Self {
        Self(self.0.saturating_add(days))
    }
}

/// ISO 8601: `2026-11-24`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(i64::from(self.0));
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// ISO 8601 in UTC, to the second: `2026-11-24T11:06:55Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.0.div_euclid(MS_PER_DAY));
        let second = self.0.rem_euclid(MS_PER_DAY) / MS_PER_SECOND;
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// Year, month and day of the proleptic Gregorian calendar for a number of days since 1970-01-01.
///
/// Counts from 1 March of year 0, so that the leap day is the last of a year and of each four-century era.
fn civil(days: i64) -> (i64, i64, i64) {
    let day = days.saturating_add(719_468);
    let era = day.div_euclid(146_097);
    let day_of_era = day.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day_of_month)
}

/// Where the time comes from. Passed in everywhere; only a program's `main` or the app's façade reads the machine's.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_print_as_iso_8601() {
        assert_eq!(Timestamp::from_ms(1_795_518_415_000).to_string(), "2026-11-24T11:06:55Z");
        assert_eq!(Timestamp::from_ms(-1_000).to_string(), "1969-12-31T23:59:59Z");
        assert_eq!(Date::from_days(11_016).to_string(), "2000-02-29");
        assert_eq!(Date::from_days(47_541).to_string(), "2100-03-01");
    }

    #[test]
    fn card_times_cover_1970_to_2106() {
        assert_eq!(Timestamp::from_ms(-1).to_card(), Err(Arithmetic));
        assert_eq!(Timestamp::from_card(u32::MAX).to_card(), Ok(u32::MAX));
        assert_eq!(Timestamp::from_ms(i64::MAX).date(), Err(Arithmetic));
    }
}
