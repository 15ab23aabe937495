//! What the terminal has to say to head office, and what head office has of it.

use crate::{Refusal, Terminal};
use satchel_exchange::{BUNDLE_ENTRIES, Bundle, ExchangeError, SignedReceipt};
use satchel_journal::{Acknowledged, Journal, JournalError, Operation, Record};
use satchel_keys::AgreementPublic;
use satchel_packages::{Kind, PackageError};
use satchel_values::{Money, Sequence};

/// Entries read at a time.
const CHUNK: usize = 1_000;

impl Terminal {
    /// The number of entries that head office has not acknowledged.
    pub fn unacknowledged(&self) -> u32 {
        self.journal.head().sequence.get() - self.books().acknowledged().get()
    }

    /// What head office has not acknowledged yet, signed and sealed to it; as much as one bundle takes. Sent again it is the same
    /// entries, whatever became of it before.
    ///
    /// # Errors
    /// The profile does not say to whom it is sealed, or the journal cannot be read.
    pub fn bundle(&mut self) -> Result<Vec<u8>, Refusal> {
        let to = self.profile()?.exchange.ok_or(Refusal::PackageMissing(Kind::Profile))?;
        let now = self.clock.now();
        let last = self.journal.entry(self.journal.head().sequence)?;
        if !last.is_some_and(|entry| matches!(entry.record, Record::Checkpoint(_))) {
            self.journal.checkpoint(now)?;
        }
        let entries = self.journal.written(following(self.books().acknowledged())?, BUNDLE_ENTRIES)?;
        let bundle = Bundle::make(self.journal.terminal(), self.journal.key(), &entries, now).map_err(refused)?;
        let sealed = bundle.seal(&AgreementPublic(*to), &mut *self.rng).map_err(refused)?;
        Ok(sealed.to_bytes())
    }

    /// Head office's receipt: what it has is not sent again, and the offline total begins anew after it. A receipt that says nothing
    /// new changes nothing.
    ///
    /// # Errors
    /// It is not head office's, not this terminal's, or of other entries than this journal has.
    pub fn acknowledge(&mut self, receipt: &[u8]) -> Result<Sequence, Refusal> {
        let signed = SignedReceipt::from_bytes(receipt).map_err(refused)?;
        let receipt = signed.open(self.shelf.office(), self.journal.terminal()).map_err(refused)?;
        self.clock.witness(receipt.at);
        if receipt.up_to <= self.books().acknowledged() {
            return Ok(self.books().acknowledged());
        }
        let known = self.journal.entry(receipt.up_to)?;
        if known.is_none_or(|entry| entry.hash != *receipt.head) {
            return Err(refused(ExchangeError::Forked(receipt.up_to)));
        }
        let spent_since = spent_since(&self.journal, receipt.up_to)?;
        let told = Acknowledged { up_to: receipt.up_to, spent_since };
        self.journal.append(self.clock.now(), Record::Acknowledged(told))?;
        Ok(receipt.up_to)
    }
}

/// Money debited from cards by sales that were confirmed after an entry.
fn spent_since(journal: &Journal, up_to: Sequence) -> Result<Money, Refusal> {
    let mut spent = Money::ZERO;
    let mut next = up_to;
    loop {
        let entries = journal.entries(following(next)?, CHUNK)?;
        let Some(last) = entries.last() else { return Ok(spent) };
        next = last.sequence;
        for entry in &entries {
            let Record::Confirmed(confirmed) = &entry.record else { continue };
            if let Some(Record::Intent(intent)) = journal.entry(confirmed.intent)?.map(|entry| entry.record)
                && intent.operation == Operation::Sale
            {
                spent = spent.minus(intent.purse)?;
            }
        }
    }
}

fn following(sequence: Sequence) -> Result<Sequence, Refusal> {
    sequence.next().ok_or(Refusal::Journal(JournalError::Exhausted))
}

/// What was sent is refused in the words that packages are.
fn refused(error: ExchangeError) -> Refusal {
    match error {
        ExchangeError::Journal(error) => error.into(),
        other => PackageError::NoPackage(other.to_string()).into(),
    }
}
