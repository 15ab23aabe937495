use crate::issue::Issuer;
use crate::office::Entry;
use crate::{Actor, Office, OfficeError, Permission};
use rand_core::CryptoRng;
use satchel_cards::member::Presented;
use satchel_cards::{CardError, CardKeys, operator};
use satchel_key_house::{Desk, DeskSource, TmacKeys};
use satchel_keys::{Pin, PinCost};
use satchel_store::{Chain, StoreError, Work};
use satchel_transport::Transport;
use satchel_values::OperatorId;

/// What it takes to issue cards, besides the duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssuingPolicy {
    /// Login and password.
    Login,
    /// The officer's own card on the reader besides, with its PIN.
    OwnCard,
}

const SETTING: &str = "issuing_policy";

impl IssuingPolicy {
    /// As it is stored and typed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::OwnCard => "own-card",
        }
    }

    /// From its name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Login, Self::OwnCard].into_iter().find(|policy| policy.name() == name)
    }
}

/// An officer's own card on the reader, and the PIN they typed.
pub struct OwnCard<'c> {
    /// The way to the card.
    pub transport: &'c mut dyn Transport,
    /// The verifier, as for every card.
    pub tmac: &'c mut dyn TmacKeys,
    /// The PIN.
    pub pin: &'c Pin,
    /// What PINs cost.
    pub cost: PinCost,
}

impl Office {
    /// What it takes to issue cards.
    ///
    /// # Errors
    /// The database fails.
    pub fn issuing_policy(&self) -> Result<IssuingPolicy, OfficeError> {
        self.database.read(policy)
    }

    /// Changes what it takes to issue cards. Whoever issues needs a card of their own before theirs is asked for.
    ///
    /// # Errors
    /// Not allowed, or the database fails.
    pub fn set_issuing_policy(&self, actor: &Actor, wanted: IssuingPolicy) -> Result<(), OfficeError> {
        self.allow(actor, Permission::Appoint, SETTING)?;
        self.database.write(|work| {
            let before = policy(work)?;
            work.run(
                "INSERT INTO settings VALUES ($1, $2, 1) ON CONFLICT (name) DO UPDATE SET value = $2, \
                 revision = settings.revision + 1",
                &[SETTING.into(), wanted.name().into()],
            )?;
            let entry = Entry::new(&actor.login, "policy.changed", SETTING).before(before.name());
            entry.after(wanted.name()).write(work, Chain::Audit, self.now())
        })
    }

    /// Says who an officer is at terminals, so that the card of that person is their own; or that they are nobody there.
    ///
    /// # Errors
    /// Not allowed, there is no such person, or somebody else changed the officer meanwhile.
    pub fn set_own_person(
        &self,
        actor: &Actor,
        login: &str,
        person: Option<u32>,
        revision: i64,
    ) -> Result<(), OfficeError> {
        let subject = format!("officer {login}");
        self.allow(actor, Permission::Appoint, &subject)?;
        self.database.write(|work| {
            if let Some(person) = person {
                crate::people::one(work, person)?;
            }
            work.change(
                "UPDATE officers SET person = $2, revision = revision + 1 WHERE login = $1 AND revision = $3",
                &[login.into(), person.map(i64::from).into(), revision.into()],
            )?;
            let now = person.map_or_else(|| "nobody".to_owned(), |person| person.to_string());
            Entry::new(&actor.login, "officer.person", &subject).after(now).write(work, Chain::Audit, self.now())
        })
    }
}

impl<'i> Issuer<'i> {
    /// A desk for somebody who may issue cards and holds their own card to the reader: the card checks the PIN, and counts
    /// the tries.
    ///
    /// # Errors
    /// They may not, it is not their card, it is good no more, or the PIN is wrong; or it left the field: hold it again.
    pub fn with_own_card(
        office: &'i Office,
        actor: &'i Actor,
        desk: &'i Desk,
        OwnCard { transport, tmac, pin, cost }: OwnCard<'_>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, OfficeError> {
        let issuer = Self::at(office, actor, desk)?;
        let person = office.database.read(|work| person_of(work, &actor.login))?;
        let on_reader = satchel_desfire::identify(transport).map_err(CardError::from)?;
        let today = office.now().date().unwrap_or_default();
        if !person.active || person.data.valid_until < today || person.card != Some(on_reader.uid) {
            return Err(OfficeError::State(format!(
                "this is no valid card of {}'s: hold your own card to the reader",
                actor.login
            )));
        }
        let pin_key = desk.pin_key(&on_reader.uid, pin, cost)?;
        let source = DeskSource::new(desk, tmac);
        let keys = CardKeys::new(&source, on_reader.uid, *operator::AID.bytes());
        let presented = Presented { transport, identity: &on_reader, keys: &keys, rng };
        let signed_on = operator::sign_on(presented, &pin_key);
        source.fault().map_or(Ok(()), Err)?;
        if signed_on?.identity.operator != OperatorId::new(person.id) {
            return Err(OfficeError::State("this card names somebody else: have a new one made".to_owned()));
        }
        office.database.write(|work| {
            let entry = Entry::new(&actor.login, "officer.own-card", format!("officer {}", actor.login));
            entry.after(on_reader.uid).write(work, Chain::Audit, office.now())
        })?;
        Ok(issuer)
    }
}

pub(crate) fn policy(work: &mut Work<'_>) -> Result<IssuingPolicy, OfficeError> {
    let Some(row) = work.row("SELECT value FROM settings WHERE name = $1", &[SETTING.into()])? else {
        return Ok(IssuingPolicy::Login);
    };
    let name = row.text(0)?;
    IssuingPolicy::parse(&name).ok_or_else(|| StoreError::Damaged(format!("the setting {SETTING}")).into())
}

fn person_of(work: &mut Work<'_>, login: &str) -> Result<crate::Person, OfficeError> {
    let row = work.row("SELECT person FROM officers WHERE login = $1", &[login.into()])?;
    let person = row.map(|row| row.maybe_int(0)).transpose()?.flatten();
    let person = person.and_then(|person| u32::try_from(person).ok()).ok_or_else(|| {
        OfficeError::State(format!("{login} has no card of their own: an administrator says which person they are"))
    })?;
    crate::people::one(work, person)
}
