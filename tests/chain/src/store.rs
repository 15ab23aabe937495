//! A terminal in a store: a real journal in a folder, and the enrolment that opens it again after every stop.

use crate::field::Field;
use crate::office::OperatorCard;
use rand_core::{CryptoRng, SeedableRng};
use satchel_device::SetUp;
use satchel_journal::{Journal, JournalError, Members, OpenOptions};
use satchel_packages::Signed;
use satchel_terminal::{Refusal, Setup, Terminal};
use satchel_values::{Clock, TerminalId};
use std::path::{Path, PathBuf};

/// The files of a terminal, and what its app keeps besides.
pub struct Store {
    folder: PathBuf,
    enrolment: SetUp,
    seed: u64,
    starts: u64,
}

impl Store {
    /// A terminal that keeps its files in `folder`.
    pub fn new(folder: &Path, enrolment: SetUp, seed: u64) -> Self {
        Self { folder: folder.to_owned(), enrolment, seed, starts: 0 }
    }

    /// The terminal's number.
    pub const fn terminal(&self) -> TerminalId {
        self.enrolment.terminal
    }

    /// The key that its journal is signed with.
    pub fn journal_key(&self) -> satchel_journal::JournalKey {
        self.enrolment.secrets.journal()
    }

    /// Where the journal lies.
    pub fn journal_path(&self) -> PathBuf {
        self.folder.join("journal.db")
    }

    /// Replaces a package, as the app does when a newer one arrives.
    pub fn keep(&mut self, package: Signed) {
        self.enrolment.packages.retain(|kept| kept.kind() != package.kind());
        self.enrolment.packages.push(package);
    }

    /// Starts the terminal's software, as after a power loss.
    pub fn start(&mut self, clock: Box<dyn Clock>) -> Result<Terminal, Refusal> {
        let journal = self.open_journal(OpenOptions::default())?;
        self.start_with(journal, clock)
    }

    /// Opens the terminal's journal, in another way than a terminal does if the options say so.
    pub fn open_journal(&self, options: OpenOptions<'_>) -> Result<Journal, JournalError> {
        Journal::open_with(&self.journal_path(), self.terminal(), self.enrolment.secrets.journal(), options)
    }

    /// Starts the terminal's software on a journal that is open already.
    pub fn start_with(&mut self, journal: Journal, clock: Box<dyn Clock>) -> Result<Terminal, Refusal> {
        self.starts += 1;
        let members = Members::open(&self.folder.join("members.db"))?;
        let mut terminal = Terminal::start(Setup {
            journal,
            members,
            sign_on_keys: self.enrolment.secrets.sign_on().expect("the office's own bytes"),
            pin_cost: self.enrolment.pin_cost,
            secret: self.enrolment.secrets.bundle(),
            office: self.enrolment.office.clone(),
            clock,
            rng: seeded(self.seed ^ self.starts << 32),
        })?;
        for package in &self.enrolment.packages {
            terminal.install(package)?;
        }
        Ok(terminal)
    }
}

/// Signs an operator on.
pub fn sign_on(terminal: &mut Terminal, operator: &mut OperatorCard) -> Result<(), Refusal> {
    let pin = operator.pin();
    terminal.sign_on(&mut Field::new(&mut operator.card), &pin).map(drop)
}

/// Randomness that a seed repeats; for simulated days only.
pub fn seeded(seed: u64) -> Box<dyn CryptoRng + Send> {
    Box::new(rand_chacha::ChaCha8Rng::seed_from_u64(seed))
}
