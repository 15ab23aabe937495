use super::fault::Fault;
use super::report::{Finding, Report, Step, Verdict};
use super::{Tools, training};
use rand_core::CryptoRng;
use satchel_cards::CardKeys;
use satchel_cards::member::{self, Presented};
use satchel_desfire::{Aid, Identity};
use satchel_hazmat::AesKey;
use satchel_keys::{KeyRing, Role};
use satchel_transport::{Cut, Tear, Timing, Transport};
use satchel_values::{Timestamp, Uid};
use std::time::Instant;

/// What goes on with a command under its own name.
const CONTINUED: &str = "additional frame";

/// Where a card is looked at: the way to it, measured, the training keys, and the steps so far.
pub(super) struct Lab<'t> {
    field: Timing<&'t mut dyn Transport>,
    rng: &'t mut dyn CryptoRng,
    ring: KeyRing,
    at: Timestamp,
    told: &'t mut dyn FnMut(&Step),
    steps: Vec<Step>,
    left_on_card: Vec<String>,
}

impl<'t> Lab<'t> {
    pub(super) fn new(transport: &'t mut dyn Transport, tools: Tools<'t>) -> Self {
        let Tools { rng, at, told } = tools;
        let (steps, left_on_card) = (Vec::new(), Vec::new());
        Self { field: Timing::new(transport), rng, ring: training::masters(), at, told, steps, left_on_card }
    }

    /// Does one step, measures it and tells of it.
    pub(super) fn step<R>(
        &mut self,
        name: &str,
        act: impl FnOnce(&mut Self, &mut Vec<String>) -> Result<R, Fault>,
    ) -> Result<R, Fault> {
        self.field.clear();
        let mut notes = Vec::new();
        let began = Instant::now();
        let result = act(self, &mut notes).map_err(|fault| self.named(fault));
        let took = began.elapsed();
        let finding = match &result {
            Ok(_) => Finding::Good,
            Err(fault) => Finding::Bad(fault.to_string()),
        };
        let step = Step { name: name.to_owned(), finding, notes, tally: self.field.tally(), took };
        (self.told)(&step);
        self.steps.push(step);
        result
    }

    /// The fault with the command that the card refused, which is the one that was sent last.
    pub(super) fn named(&self, fault: Fault) -> Fault {
        let command = self.commands().filter(|name| *name != CONTINUED).last();
        match (fault, command) {
            (Fault::Refused(error), Some(command)) => Fault::Unfit(format!("{command}: {error}")),
            (fault, _) => fault,
        }
    }

    /// Goes on after a step that found something wrong, which its line says already; not after the card is gone.
    pub(super) fn unless_lost(&self, result: Result<(), Fault>) -> Result<(), Fault> {
        match result {
            Err(Fault::Unfit(_) | Fault::Refused(_)) => Ok(()),
            other => other,
        }
    }

    /// The way to the card, and randomness for its challenges.
    pub(super) fn reach(&mut self) -> (&mut dyn Transport, &mut dyn CryptoRng) {
        (&mut self.field, &mut *self.rng)
    }

    /// The same with the training masters, for whatever derives the card's keys itself.
    pub(super) fn desk(&mut self) -> (&mut dyn Transport, &mut dyn CryptoRng, &KeyRing) {
        (&mut self.field, &mut *self.rng, &self.ring)
    }

    /// The field goes off and on.
    pub(super) fn reset(&mut self) -> Result<(), Fault> {
        Ok(self.field.reset()?)
    }

    /// Leaves no session behind on the card; one that is gone has none.
    pub(super) fn let_go(&mut self) {
        let _ = self.field.reset();
    }

    /// Holds the card to a terminal, and tears it away at the cut if there is one.
    pub(super) fn present<R>(
        &mut self,
        card: &Identity,
        cut: Option<Cut>,
        act: impl FnOnce(Presented<'_, '_>) -> R,
    ) -> R {
        let keys = CardKeys::new(&self.ring, card.uid, *member::AID.bytes());
        let mut field = Tear::new(&mut self.field, cut);
        act(Presented { transport: &mut field, identity: card, keys: &keys, rng: &mut *self.rng })
    }

    /// The exchanges of this step so far, by the commands' names.
    pub(super) fn commands(&self) -> impl Iterator<Item = &'static str> {
        self.field.by_command().iter().map(|(name, _)| *name)
    }

    /// The card's key in a role.
    pub(super) fn key(&self, card: &Uid, role: Role) -> AesKey {
        let aid = if role == Role::Picc { Aid::PICC } else { member::AID };
        let key = self.ring.card_key(role, training::version(), card, *aid.bytes());
        key.expect("every training master is held")
    }

    /// The time that stands in the card's records.
    pub(super) const fn at(&self) -> Timestamp {
        self.at
    }

    /// Something could not be taken off the card.
    pub(super) fn leave(&mut self, what: impl Into<String>) {
        self.left_on_card.push(what.into());
    }

    /// Whether something could not be taken off the card.
    pub(super) const fn has_left_something(&self) -> bool {
        !self.left_on_card.is_empty()
    }

    /// The end. A fault of the reader, or a card in use, leaves nothing to judge.
    pub(super) fn into_report(self, fault: Option<Fault>) -> Report {
        let bad = |step: &Step| match &step.finding {
            Finding::Good => None,
            Finding::Bad(why) => Some(format!("{}: {why}", step.name)),
        };
        let verdict = match fault {
            Some(fault @ (Fault::Reader(_) | Fault::NotBlank(_))) => Verdict::NotJudged(fault.to_string()),
            _ => match self.steps.iter().filter_map(bad).collect::<Vec<_>>() {
                reasons if reasons.is_empty() => Verdict::Fit,
                reasons => Verdict::Unfit(reasons),
            },
        };
        Report { steps: self.steps, verdict, left_on_card: self.left_on_card }
    }
}
