use crate::Refusal;
use crate::clock::{ClockSetBack, SteadyClock};
use crate::day::DaySpending;
use crate::duty::OnDuty;
use crate::movement::AtTerminal;
use rand_core::CryptoRng;
use satchel_journal::{
    Books, Contact, Indeterminate, IndeterminateWhy, Installed, Journal, Members, Record, Refused, RefusedWhy, Stage,
};
use satchel_keys::{AgreementSecret, KeyBundle, KeyRing, PinCost};
use satchel_packages::{BlockList, Kind, OfficePublicKey, Operator, Operators, Profile, Shelf, Signed};
use satchel_programs::{Limits, Program};
use satchel_transport::Transport;
use satchel_values::{CardNumber, Clock, Timestamp, Uid};
use std::collections::HashMap;

/// What a terminal is made of. All of it comes from outside, so that tests and the training mode can bring their own.
pub struct Setup {
    /// The journal, opened.
    pub journal: Journal,
    /// The members' personal data, apart from the journal.
    pub members: Members,
    /// The masters that signing on needs before any bundle is open.
    pub sign_on_keys: KeyRing,
    /// How hard deriving a key from a PIN is made.
    pub pin_cost: PinCost,
    /// The secret that key bundles are sealed to.
    pub secret: AgreementSecret,
    /// Head office's signature key.
    pub office: OfficePublicKey,
    /// The machine's clock.
    pub clock: Box<dyn Clock>,
    /// The system's randomness.
    pub rng: Box<dyn CryptoRng + Send>,
}

/// A terminal: one journal, the packages in force, and at most one operator on duty.
pub struct Terminal {
    pub(crate) journal: Journal,
    pub(crate) members: Members,
    pub(crate) shelf: Shelf,
    pub(crate) clock: SteadyClock,
    pub(crate) rng: Box<dyn CryptoRng + Send>,
    pub(crate) on_duty: Option<OnDuty>,
    pub(crate) today: DaySpending,
    pub(crate) sign_on_keys: KeyRing,
    pub(crate) pin_cost: PinCost,
    pub(crate) secret: AgreementSecret,
    /// Numbers printed on cards that were looked at since the start.
    pub(crate) numbers: HashMap<Uid, CardNumber>,
}

impl Terminal {
    /// Starts a terminal. Whatever a kill or a power loss left without an outcome becomes Indeterminate: the cards
    /// will tell.
    pub fn start(setup: Setup) -> Result<Self, Refusal> {
        let Setup { journal, members, sign_on_keys, pin_cost, secret, office, clock, rng } = setup;
        let seen = journal.last_entry_at().unwrap_or_default();
        let clock = SteadyClock::new(clock, seen);
        let today = DaySpending::gather(&journal, clock.now())?;
        let mut terminal = Self {
            journal,
            members,
            shelf: Shelf::new(office),
            clock,
            rng,
            on_duty: None,
            today,
            sign_on_keys,
            pin_cost,
            secret,
            numbers: HashMap::new(),
        };
        terminal.mark_interrupted()?;
        Ok(terminal)
    }

    /// Puts a signed package to use: a new one from head office, or at a start one that the app keeps. A wrong
    /// signature, or a version older than one that was ever in force here, is refused and changes nothing.
    pub fn install(&mut self, signed: &Signed) -> Result<(), Refusal> {
        let newest = self.books().package_version(signed.kind().code());
        let installed = self.shelf.install(signed, newest)?;
        self.clock.witness(installed.issued);
        if newest == Some(installed.version) {
            return Ok(());
        }
        // A package says nothing of what head office has heard of this terminal, so the offline total goes on.
        let contact = Contact::Broadcast;
        let record = Installed { kind: installed.kind.code(), version: installed.version, terminal: None, contact };
        self.journal.append(self.clock.now(), Record::Installed(record))?;
        Ok(())
    }

    /// The books: what is open, what is owed, what the shift's sums are.
    pub fn books(&self) -> &Books {
        self.journal.books()
    }

    /// The journal, for reading.
    pub const fn journal(&self) -> &Journal {
        &self.journal
    }

    /// The packages in force.
    pub const fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// The time as entries get it: never below the latest that was signed or journaled.
    pub fn steady_now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whether the machine's clock may be relied on.
    pub fn check_clock(&self) -> Result<(), ClockSetBack> {
        self.clock.trusted_now().map(drop)
    }

    /// The members' personal data.
    pub const fn members(&mut self) -> &mut Members {
        &mut self.members
    }

    /// Signs the books now, so that a bundle or a backup ends in a signature.
    pub fn checkpoint(&mut self) -> Result<(), Refusal> {
        self.journal.checkpoint(self.clock.now())?;
        Ok(())
    }

    /// Copies the journal's write-ahead log into its file; for the time between two customers.
    pub fn tidy(&mut self) -> Result<(), Refusal> {
        Ok(self.journal.tidy()?)
    }

    /// Looks at the card in the field without selecting anything on it.
    pub(crate) fn look<'t>(&self, transport: &'t mut dyn Transport) -> Result<AtTerminal<'t>, Refusal> {
        let identity = satchel_desfire::identify(transport)?;
        Ok(AtTerminal { transport, identity })
    }

    pub(crate) fn profile(&self) -> Result<&Profile, Refusal> {
        self.shelf.profile().ok_or(Refusal::PackageMissing(Kind::Profile))
    }

    pub(crate) fn limits(&self) -> Result<&Limits, Refusal> {
        Ok(&self.profile()?.limits)
    }

    pub(crate) fn program(&self) -> Result<&Program, Refusal> {
        self.shelf.program().ok_or(Refusal::PackageMissing(Kind::Program))
    }

    pub(crate) fn operators(&self) -> Result<&Operators, Refusal> {
        self.shelf.operators().ok_or(Refusal::PackageMissing(Kind::Operators))
    }

    pub(crate) fn block_list(&self) -> Result<&BlockList, Refusal> {
        self.shelf.block_list().ok_or(Refusal::PackageMissing(Kind::BlockList))
    }

    pub(crate) fn key_bundle(&self) -> Result<&KeyBundle, Refusal> {
        self.shelf.key_bundle().ok_or(Refusal::PackageMissing(Kind::KeyBundle))
    }

    /// The operator on duty.
    pub fn operator(&self) -> Result<&Operator, Refusal> {
        self.on_duty.as_ref().map(|on_duty| &on_duty.operator).ok_or(Refusal::NotSignedOn)
    }

    /// Writes down that a card or a person was refused. What cannot be written is logged: the refusal stands.
    pub(crate) fn journal_refusal(&mut self, card: Option<Uid>, why: RefusedWhy) {
        let operator = self.on_duty.as_ref().map(|on_duty| on_duty.operator.id);
        let refused = Refused { card, why, operator };
        if let Err(error) = self.journal.append(self.clock.now(), Record::Refused(refused)) {
            log::error!("a refusal could not be journaled: {error}");
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn mark_interrupted(&mut self) -> Result<(), Refusal> {
        let interrupted: Vec<_> = self
            .books()
            .unsettled()
            .iter()
            .filter(|open| matches!(open.stage, Stage::Begun | Stage::CommitSent))
            .map(|open| {
                Record::Indeterminate(Indeterminate { intent: open.sequence, why: IndeterminateWhy::Restarted })
            })
            .collect();
        if interrupted.is_empty() {
            return Ok(());
        }
        log::warn!("{} movements were interrupted; their cards will tell", interrupted.len());
        self.journal.append_all(self.clock.now(), interrupted)?;
        Ok(())
    }
}
