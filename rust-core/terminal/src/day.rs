use satchel_journal::{Books, Entry, Journal, JournalError, Operation, Record};
use satchel_values::{Arithmetic, Date, Money, Sequence, Timestamp, Uid};
use std::collections::HashMap;

/// Entries read at a time when the day's are gathered.
const CHUNK: usize = 512;

/// What each card has spent at this terminal today, for the limit per card and day. Kept in memory, and gathered from
/// the day's entries when the journal is opened.
#[derive(Default)]
pub(crate) struct DaySpending {
    day: Date,
    spent: HashMap<Uid, Money>,
}

impl DaySpending {
    /// Gathers the day's confirmed sales, from the journal's end backwards.
    pub(crate) fn gather(journal: &Journal, now: Timestamp) -> Result<Self, JournalError> {
        let day = now.date().unwrap_or_default();
        let mut spending = Self { day, spent: HashMap::new() };
        let mut sales: HashMap<Sequence, (Uid, Money)> = HashMap::new();
        for entry in of_day(journal, day)? {
            match entry.record {
                Record::Intent(intent) if intent.operation == Operation::Sale => {
                    sales.insert(entry.sequence, (intent.card, intent.purse));
                }
                Record::Confirmed(confirmed) => {
                    if let Some((card, purse)) = sales.remove(&confirmed.intent) {
                        spending.add(card, day, purse.negated().unwrap_or(Money::new(i64::MAX)));
                    }
                }
                _ => {}
            }
        }
        Ok(spending)
    }

    /// What the card has spent today, counting `more`. Sales that are not settled count as spent.
    pub(crate) fn with(&self, card: &Uid, today: Date, books: &Books, more: Money) -> Result<Money, Arithmetic> {
        let settled = if self.day == today { self.spent.get(card).copied().unwrap_or_default() } else { Money::ZERO };
        let unsettled = books
            .unsettled_of(card)
            .filter(|open| open.intent.operation == Operation::Sale)
            .try_fold(Money::ZERO, |sum, open| sum.minus(open.intent.purse))?;
        settled.plus(unsettled)?.plus(more)
    }

    /// Takes note of a confirmed sale.
    pub(crate) fn add(&mut self, card: Uid, today: Date, spent: Money) {
        if self.day != today {
            self.day = today;
            self.spent.clear();
        }
        let sum = self.spent.entry(card).or_default();
        *sum = sum.plus(spent).unwrap_or(Money::new(i64::MAX));
    }
}

fn of_day(journal: &Journal, day: Date) -> Result<Vec<Entry>, JournalError> {
    let mut found = Vec::new();
    let mut before = journal.head().sequence.get();
    while before > 0 {
        let chunk = u32::try_from(CHUNK).unwrap_or(u32::MAX);
        let from = before.saturating_sub(chunk);
        let most = usize::try_from(before - from).unwrap_or(CHUNK);
        let entries = journal.entries(Sequence::new(from + 1), most)?;
        let earlier = entries.iter().any(|entry| entry.at.date().unwrap_or_default() < day);
        found.splice(0..0, entries.into_iter().filter(|entry| entry.at.date().unwrap_or_default() == day));
        if earlier {
            break;
        }
        before = from;
    }
    Ok(found)
}
