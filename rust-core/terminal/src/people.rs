//! Members at the doorstep.

use crate::movement::Effect;
use crate::{Outcome, Refusal, Terminal};
use satchel_cards::member::{Depth, Lead};
use satchel_cards::record::Standing;
use satchel_journal::{Consent, MemberDraft, Operation, Record, Registered, ReportedLost};
use satchel_packages::Authority;
use satchel_transport::Transport;
use satchel_values::CardNumber;

/// What a person tells when they become a member.
#[derive(Debug, Clone)]
pub struct MemberDetails {
    /// Their name, as they write it.
    pub name: String,
    /// How to reach them.
    pub contact: String,
    /// What they agreed to.
    pub consent: Consent,
}

impl Terminal {
    /// Registers a person on a pre-issued card and activates it. Their data goes to a file of its own; the journal
    /// keeps only a reference to it, so that it can be erased.
    ///
    /// The card is activated last, so a card torn away in between has a member waiting and is activated at the next
    /// tap with the same details.
    pub fn register(
        &mut self,
        transport: &mut dyn Transport,
        details: &MemberDetails,
    ) -> Result<(CardNumber, Outcome), Refusal> {
        self.authorise(Authority::Register, None)?;
        self.check_packages_for_sale()?;
        let inquiry = self.inquire(&mut *transport, Depth::State)?;
        if inquiry.newest.standing == Standing::Active {
            return Err(Refusal::AlreadyActivated);
        }
        let number = inquiry.identity.number;
        let mut card = self.approach(transport)?;
        let uid = card.identity.uid;
        let at = self.now();
        let draft = MemberDraft {
            card: uid,
            number,
            name: details.name.clone(),
            contact: details.contact.clone(),
            consent: details.consent,
            at,
        };
        let reference = self.members.register(&draft, &mut *self.rng)?;
        let operator = self.operator()?.id;
        let registered = Registered { card: uid, number, reference: reference.into(), operator };
        self.journal.append(at, Record::Registered(registered))?;
        let outcome = self.run(&mut card, Operation::Activate, Lead::None, |_, newest| match newest.standing {
            Standing::NotActivated => Ok(Effect { standing: Some(Standing::Active), ..Effect::default() }),
            Standing::Active => Err(Refusal::AlreadyActivated),
            Standing::Blocked => Err(Refusal::Blocked),
        })?;
        Ok((number, outcome))
    }

    /// Takes the report of a lost card by its number. Head office puts it on the block list.
    pub fn report_lost(&mut self, number: CardNumber) -> Result<(), Refusal> {
        let operator = self.operator()?.id;
        self.journal.append(self.now(), Record::ReportedLost(ReportedLost { number, operator }))?;
        Ok(())
    }
}
