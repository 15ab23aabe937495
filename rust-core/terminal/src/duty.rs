//! Signing on and off, and approvals.

use crate::{OperatorFault, Refusal, Terminal};
use satchel_cards::member::Presented;
use satchel_cards::{CardKeys, operator};
use satchel_journal::{Record, RefusedWhy, SignedOff, SignedOn};
use satchel_keys::{KeyRing, Pin, Role};
use satchel_packages::{Authority, Operator};
use satchel_transport::Transport;
use satchel_values::{Money, OperatorId, Timestamp, Uid};

/// Milliseconds without anything done after which the operator is signed off: five minutes.
pub const IDLE_MS: i64 = 300_000;

/// Milliseconds for which an approval holds: as long as one customer takes.
const APPROVAL_MS: i64 = 120_000;

/// The operator on duty, and the keys that are in memory because of it. Dropping it wipes them.
pub(crate) struct OnDuty {
    pub operator: Operator,
    pub ring: KeyRing,
    pub last_active: Timestamp,
}

/// Somebody with more authority agreed to something, with their own card and PIN. It holds for two minutes.
#[derive(Debug)]
pub struct Approval {
    operator: Operator,
    given_at: Timestamp,
}

impl Approval {
    /// Who agreed.
    pub const fn by(&self) -> OperatorId {
        self.operator.id
    }

    const fn holds(&self, now: Timestamp) -> bool {
        now.ms_since(self.given_at) < APPROVAL_MS
    }
}

impl Terminal {
    /// Signs an operator on with their card and PIN. The card checks the PIN; the signed operators package says what
    /// they may do; their share opens the key bundle.
    pub fn sign_on(&mut self, transport: &mut dyn Transport, pin: &Pin) -> Result<OperatorId, Refusal> {
        self.sign_off()?;
        let (operator, share, card) = self.authenticate_operator(transport, pin)?;
        let today = self.now().date()?;
        let ring = self.key_bundle()?.open(operator.id, &share, &self.secret, today)?;
        let id = operator.id;
        let at = self.now();
        self.journal.append(at, Record::SignedOn(SignedOn { operator: id, card }))?;
        self.on_duty = Some(OnDuty { operator, ring, last_active: at });
        Ok(id)
    }

    /// Signs off: the keys leave the memory. Nothing happens if nobody is signed on.
    pub fn sign_off(&mut self) -> Result<(), Refusal> {
        let Some(on_duty) = self.on_duty.take() else { return Ok(()) };
        let operator = on_duty.operator.id;
        drop(on_duty);
        self.numbers.clear();
        self.journal.append(self.now(), Record::SignedOff(SignedOff { operator }))?;
        Ok(())
    }

    /// Signs off if nothing has been done for [`IDLE_MS`]; called by the app now and then. Returns whether it did.
    pub fn sign_off_if_idle(&mut self) -> Result<bool, Refusal> {
        let now = self.now();
        let idle = self.on_duty.as_ref().is_some_and(|on_duty| now.ms_since(on_duty.last_active) >= IDLE_MS);
        if idle {
            self.sign_off()?;
        }
        Ok(idle)
    }

    /// Takes note that somebody is there: the idle time begins again. Nothing happens if nobody is signed on.
    pub fn touch(&mut self) {
        let now = self.now();
        if let Some(on_duty) = &mut self.on_duty {
            on_duty.last_active = now;
        }
    }

    /// Lets another operator approve something, with their own card and PIN. They do not take over.
    pub fn approve(&mut self, transport: &mut dyn Transport, pin: &Pin) -> Result<Approval, Refusal> {
        let (operator, _, _) = self.authenticate_operator(transport, pin)?;
        Ok(Approval { operator, given_at: self.now() })
    }

    /// Whether the operator on duty, or the one who approved, may do this. Returns who approved, if that was needed.
    pub(crate) fn authorise(
        &mut self,
        authority: Authority,
        approval: Option<&Approval>,
    ) -> Result<Option<OperatorId>, Refusal> {
        let now = self.now();
        let on_duty = self.on_duty.as_mut().ok_or(Refusal::NotSignedOn)?;
        on_duty.last_active = now;
        if on_duty.operator.authorities.allows(authority) {
            return Ok(None);
        }
        match approval {
            Some(approval) if approval.holds(now) && approval.operator.authorities.allows(authority) => {
                Ok(Some(approval.by()))
            }
            _ => Err(Refusal::NotAllowed(authority)),
        }
    }

    /// Whether a discount is within what the operator on duty, or the one who approved, may give.
    pub(crate) fn authorise_discount(
        &mut self,
        gross: Money,
        discount: Money,
        approval: Option<&Approval>,
    ) -> Result<Option<OperatorId>, Refusal> {
        if discount.is_zero() {
            return Ok(None);
        }
        let operator = self.operator()?;
        if operator.may_discount(gross, discount)? {
            return Ok(None);
        }
        let now = self.now();
        match approval {
            Some(approval) if approval.holds(now) && approval.operator.may_discount(gross, discount)? => {
                Ok(Some(approval.by()))
            }
            _ => Err(Refusal::NotAllowed(Authority::Discount)),
        }
    }

    fn authenticate_operator(
        &mut self,
        transport: &mut dyn Transport,
        pin: &Pin,
    ) -> Result<(Operator, satchel_keys::OperatorShare, Uid), Refusal> {
        self.operators()?;
        let at = self.look(transport)?;
        let uid = at.identity.uid;
        // PIN keys stay with the first master there was: deriving one takes too long to try several.
        let pin_version = self.sign_on_keys.versions(Role::OperatorPin);
        let pin_master = pin_version.last().and_then(|version| self.sign_on_keys.master(Role::OperatorPin, *version));
        let pin_key =
            pin_master.ok_or(Refusal::KeyNotHeld(Role::OperatorPin))?.operator_pin_key(&uid, pin, self.pin_cost);
        let keys = CardKeys::new(&self.sign_on_keys, uid, *operator::AID.bytes());
        let presented = Presented { transport: at.transport, identity: &at.identity, keys: &keys, rng: &mut *self.rng };
        let signed_on = match operator::sign_on(presented, &pin_key) {
            Ok(signed_on) => signed_on,
            Err(error) if error.is_transport() => return Err(error.into()),
            Err(error) => {
                self.journal_refusal(Some(uid), RefusedWhy::SignOn);
                return Err(error.into());
            }
        };
        match self.entitled(signed_on.identity.operator, uid) {
            Ok(operator) => Ok((operator, signed_on.share, uid)),
            Err(refusal) => {
                self.journal_refusal(Some(uid), RefusedWhy::SignOn);
                Err(refusal)
            }
        }
    }

    /// The operator as the signed package knows them, if they may work here today with this card.
    fn entitled(&self, id: OperatorId, card: Uid) -> Result<Operator, Refusal> {
        let operator = self.operators()?.find(id).ok_or(Refusal::Operator(OperatorFault::NotListed))?;
        if operator.card_uid != card {
            return Err(Refusal::Operator(OperatorFault::OldCard));
        }
        if operator.valid_until < self.now().date()? {
            return Err(Refusal::Operator(OperatorFault::TimeOver));
        }
        if !operator.works_at(self.profile()?.store) {
            return Err(Refusal::Operator(OperatorFault::OtherStore));
        }
        Ok(operator.clone())
    }
}
