use crate::collection::not_collecting;
use crate::issue::{Issuer, by_uid};
use crate::office::{Entry, charter, next};
use crate::text::some_line;
use crate::{Actor, Office, OfficeError, Permission};
use rand_core::CryptoRng;
use satchel_cards::CardError;
use satchel_cards::identity::OperatorIdentity;
use satchel_cards::issue::{
    Desk as CardDesk, FIRST_PIN_VERSION, OperatorSecrets, PinChange, change_pin, issue_operator, pin_version,
};
use satchel_hazmat::AesKey;
use satchel_key_house::{Desk, DeskSource, TmacKeys};
use satchel_keys::{OperatorShare, Pin, PinCost};
use satchel_packages::{Authorities, Authority, Level, Operator, Operators};
use satchel_store::{Chain, Row, StoreError, Work};
use satchel_transport::Transport;
use satchel_values::{Date, OperatorId, StoreId, Uid};
use zeroize::Zeroizing;

/// Somebody who works at terminals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their number, which their card and every journal carry.
    pub id: u32,
    /// What is known.
    pub data: PersonData,
    /// The chip of their card; none before it is made.
    pub card: Option<Uid>,
    /// Whether they may sign on.
    pub active: bool,
    /// Counts the changes.
    pub revision: i64,
}

/// What somebody may do, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonData {
    /// Their name, as receipts show it.
    pub name: String,
    /// Their level.
    pub level: Level,
    /// What they may do.
    pub authorities: Authorities,
    /// Where; empty for everywhere.
    pub scope: Vec<StoreId>,
    /// The last day.
    pub valid_until: Date,
}

const COLUMNS: &str =
    "id, name, level, authorities, discount_percent, scope, card_uid, valid_until_day, active, revision";

/// Levels and authorities, as they are stored.
const LEVELS: [(&str, Level); 4] = [
    ("administrator", Level::Administrator),
    ("store-manager", Level::StoreManager),
    ("cashier", Level::Cashier),
    ("seller", Level::Seller),
];
const AUTHORITIES: [(&str, Authority); 10] = [
    ("sell", Authority::Sell),
    ("top-up", Authority::TopUp),
    ("undo", Authority::Undo),
    ("refund", Authority::Refund),
    ("discount", Authority::Discount),
    ("block", Authority::Block),
    ("open-shift", Authority::OpenShift),
    ("close-shift", Authority::CloseShift),
    ("pay-in-out", Authority::PayInOut),
    ("register", Authority::Register),
];

impl PersonData {
    /// The level's name, as it is stored and typed.
    pub fn level_name(&self) -> &'static str {
        LEVELS.iter().find(|(_, level)| *level == self.level).map_or("", |(name, _)| name)
    }

    /// A level from its name.
    pub fn parse_level(name: &str) -> Option<Level> {
        LEVELS.iter().find(|(known, _)| *known == name).map(|(_, level)| *level)
    }

    /// What somebody of a level usually may do.
    pub fn usual_authorities(level: Level) -> Authorities {
        match level {
            Level::Administrator | Level::StoreManager => Authorities::of(&Authority::ALL).with_discounts(100),
            Level::Cashier => Authorities::of(&[
                Authority::Sell,
                Authority::TopUp,
                Authority::Undo,
                Authority::OpenShift,
                Authority::CloseShift,
                Authority::Register,
            ])
            .with_discounts(5),
            Level::Seller => {
                Authorities::of(&[Authority::Sell, Authority::OpenShift, Authority::CloseShift, Authority::Register])
            }
        }
    }
}

impl Office {
    /// Takes somebody on.
    ///
    /// # Errors
    /// Not allowed, or something typed cannot be.
    pub fn add_person(&self, actor: &Actor, data: &PersonData) -> Result<u32, OfficeError> {
        self.allow(actor, Permission::RunPlaces, "person")?;
        let name = some_line("name", &data.name)?;
        self.database.write(|work| {
            let id = next(work, "person")?;
            let authorities: Vec<_> =
                AUTHORITIES.iter().filter(|(_, one)| data.authorities.allows(*one)).map(|(name, _)| *name).collect();
            work.run(
                "INSERT INTO people VALUES ($1, $2, $3, $4, $5, $6, NULL, NULL, NULL, NULL, 1, $7, 1, 1)",
                &[
                    id.into(),
                    (&name).into(),
                    data.level_name().into(),
                    authorities.join(" ").into(),
                    data.authorities.discount_percent().into(),
                    scope_text(&data.scope).into(),
                    data.valid_until.days().into(),
                ],
            )?;
            let entry =
                Entry::new(&actor.login, "person.added", subject(id)).after(format!("{name}, {}", data.level_name()));
            entry.write(work, Chain::Audit, self.now())?;
            u32::try_from(id).map_err(|_| OfficeError::State("there are no numbers left".to_owned()))
        })
    }

    /// Lets somebody sign on no more, or again.
    ///
    /// # Errors
    /// Not allowed, or somebody else changed them meanwhile.
    pub fn set_person_active(&self, actor: &Actor, id: u32, active: bool, revision: i64) -> Result<(), OfficeError> {
        self.allow(actor, Permission::RunPlaces, &subject(id.into()))?;
        self.database.write(|work| {
            work.change(
                "UPDATE people SET active = $2, revision = revision + 1 WHERE id = $1 AND revision = $3",
                &[id.into(), active.into(), revision.into()],
            )?;
            let action = if active { "person.readmitted" } else { "person.revoked" };
            Entry::new(&actor.login, action, subject(id.into())).write(work, Chain::Audit, self.now())
        })
    }

    /// Everybody.
    ///
    /// # Errors
    /// Not allowed, or the database fails.
    pub fn people(&self, actor: &Actor) -> Result<Vec<Person>, OfficeError> {
        self.allow(actor, Permission::Look, "people")?;
        let rows =
            self.database.read(|work| work.rows(&format!("SELECT {COLUMNS} FROM people ORDER BY name, id"), &[]))?;
        rows.iter().map(person).collect()
    }

    /// The list of those with a card who may sign on, as terminals get it.
    pub(crate) fn operators(&self) -> Result<Operators, OfficeError> {
        let sql = format!("SELECT {COLUMNS} FROM people WHERE active = 1 AND card_uid IS NOT NULL ORDER BY id");
        let rows = self.database.read(|work| work.rows(&sql, &[]))?;
        let operators = rows.iter().map(|row| {
            let person = person(row)?;
            Ok(Operator {
                id: OperatorId::new(person.id),
                name: person.data.name,
                level: person.data.level,
                card_uid: person.card.unwrap_or(Uid::new([0; 7])),
                authorities: person.data.authorities,
                valid_until: person.data.valid_until,
                scope: person.data.scope,
            })
        });
        Ok(Operators { operators: operators.collect::<Result<_, OfficeError>>()? })
    }

    /// The shares of those who may sign on at a store.
    pub(crate) fn shares_at(
        &self,
        desk: &Desk,
        store: StoreId,
    ) -> Result<Vec<(OperatorId, OperatorShare, Date)>, OfficeError> {
        let operators = self.operators()?.operators;
        let here = operators.into_iter().filter(|operator| operator.works_at(store));
        let mut shares = Vec::new();
        for operator in here {
            if let Some(share) = self.share(desk, operator.id.get())? {
                shares.push((operator.id, share, operator.valid_until));
            }
        }
        Ok(shares)
    }

    fn share(&self, desk: &Desk, id: u32) -> Result<Option<OperatorShare>, OfficeError> {
        let row = self.database.read(|work| work.row("SELECT share FROM people WHERE id = $1", &[id.into()]))?;
        let row = row.ok_or_else(|| OfficeError::not_found("person", id))?;
        let Some(sealed) = row.maybe_bytes(0)? else { return Ok(None) };
        let opened = desk.unseal(sealed)?;
        let mut bytes = Zeroizing::new([0; 16]);
        if opened.len() != bytes.len() {
            return Err(StoreError::Damaged("an operator's share".to_owned()).into());
        }
        bytes.copy_from_slice(&opened);
        Ok(Some(OperatorShare::take(&mut bytes)))
    }

    /// Kept before it goes onto the card: a card that is torn away is finished with the same one.
    fn new_share(&self, desk: &Desk, id: u32, uid: Uid, rng: &mut dyn CryptoRng) -> Result<OperatorShare, OfficeError> {
        let share = OperatorShare::generate(rng);
        let sealed = desk.seal(share.expose(), rng);
        self.database.write(|work| {
            work.change(
                "UPDATE people SET card_uid = $2, share = $3, revision = revision + 1 WHERE id = $1",
                &[id.into(), (*uid.bytes()).into(), sealed.clone().into()],
            )
        })?;
        Ok(share)
    }
}

impl Issuer<'_> {
    /// Makes somebody's card, with a PIN that only they are told. A card they had before is good no more once terminals have the
    /// next list.
    ///
    /// # Errors
    /// Not allowed; the card or the line failed: hold it again.
    pub fn make_person_card(
        &self,
        id: u32,
        tmac: &mut dyn TmacKeys,
        (pin, cost): (&Pin, PinCost),
        transport: &mut dyn Transport,
        rng: &mut dyn CryptoRng,
    ) -> Result<Uid, OfficeError> {
        let (office, desk) = (self.office(), self.desk());
        let picc = satchel_desfire::identify(transport).map_err(CardError::from)?;
        let person = office.database.read(|work| {
            not_a_member_card(work, &picc.uid)?;
            not_collecting(work, &picc.uid)?;
            one(work, id)
        })?;
        let share = match (&person.card, office.share(desk, id)?) {
            // The same chip again: torn away while it was made.
            (Some(card), Some(share)) if *card == picc.uid => share,
            _ => office.new_share(desk, id, picc.uid, rng)?,
        };
        let enterprise = office.charter()?.enterprise;
        let identity = OperatorIdentity {
            operator: OperatorId::new(id),
            issued: office.now().date().unwrap_or_default(),
            expiry: person.data.valid_until,
            enterprise,
        };
        let pin_key = desk.pin_key(&picc.uid, pin, cost)?;
        let source = DeskSource::new(desk, tmac);
        let mut making = CardDesk { transport, keys: &source, rng, progress: &mut |_| {} };
        let made = issue_operator(&mut making, &picc, &identity, OperatorSecrets { pin_key: &pin_key, share: &share });
        source.fault().map_or(Ok(()), Err)?;
        made?;
        let sealed = desk.seal(pin_key.expose(), rng);
        office.database.write(|work| {
            work.change(
                "UPDATE people SET pin_key = $2, next_pin_key = NULL, pin_version = $3, revision = revision + 1 WHERE id = $1",
                &[id.into(), sealed.clone().into(), FIRST_PIN_VERSION.into()],
            )?;
            Entry::new(&self.actor().login, "person.card-made", subject(id.into())).after(picc.uid).write(
                work,
                Chain::Cards,
                office.now(),
            )
        })?;
        Ok(picc.uid)
    }

    /// Gives somebody's card another PIN, and all its tries: for a PIN that was forgotten, is blocked, or others know. A card
    /// that is torn away gets the PIN of the next try.
    ///
    /// # Errors
    /// Not allowed, it is not their card; or the card or the line failed: hold it again.
    pub fn change_pin(
        &self,
        id: u32,
        tmac: &mut dyn TmacKeys,
        (pin, cost): (&Pin, PinCost),
        transport: &mut dyn Transport,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), OfficeError> {
        let (office, desk) = (self.office(), self.desk());
        let picc = satchel_desfire::identify(transport).map_err(CardError::from)?;
        let row = office.database.read(|work| {
            work.row("SELECT card_uid, pin_key, pin_version, next_pin_key FROM people WHERE id = $1", &[id.into()])
        })?;
        let row = row.ok_or_else(|| OfficeError::not_found("person", id))?;
        if row.maybe_bytes(0)? != Some(picc.uid.bytes().as_slice()) {
            return Err(OfficeError::State(format!("this is not the card of person {id}")));
        }
        let (mut old, mut version) = (opened(desk, row.bytes(1)?)?, row.number::<u8>(2)?);
        let on_card = pin_version(transport, &picc)?;
        if let Some(begun) = row.maybe_bytes(3)?.filter(|_| on_card != version) {
            // Torn away after it took the PIN before this one, whose letter was never printed.
            (old, version) = (opened(desk, begun)?, following(version));
        }
        if on_card != version {
            return Err(OfficeError::State(format!(
                "the card of person {id} has another PIN key than was written down"
            )));
        }
        let new = desk.pin_key(&picc.uid, pin, cost)?;
        let (kept, sealed) = (desk.seal(old.expose(), rng), desk.seal(new.expose(), rng));
        office.database.write(|work| {
            work.change(
                "UPDATE people SET pin_key = $2, pin_version = $3, next_pin_key = $4 WHERE id = $1",
                &[id.into(), kept.clone().into(), version.into(), sealed.clone().into()],
            )
        })?;
        let next = following(version);
        let source = DeskSource::new(desk, tmac);
        let mut making = CardDesk { transport, keys: &source, rng, progress: &mut |_| {} };
        let changed = change_pin(&mut making, &picc, PinChange { old: &old, new: &new, version: next });
        source.fault().map_or(Ok(()), Err)?;
        changed?;
        office.database.write(|work| {
            work.change(
                "UPDATE people SET pin_key = next_pin_key, next_pin_key = NULL, pin_version = $2, revision = revision + 1 \
                 WHERE id = $1",
                &[id.into(), next.into()],
            )?;
            Entry::new(&self.actor().login, "person.pin-changed", subject(id.into())).write(work, Chain::Audit, office.now())
        })
    }
}

/// The version of the next PIN key.
const fn following(version: u8) -> u8 {
    if version == u8::MAX { FIRST_PIN_VERSION } else { version + 1 }
}

fn opened(desk: &Desk, sealed: &[u8]) -> Result<AesKey, OfficeError> {
    let bytes = desk.unseal(sealed)?;
    let mut key = Zeroizing::new([0; 16]);
    if bytes.len() != key.len() {
        return Err(StoreError::Damaged("a PIN key".to_owned()).into());
    }
    key.copy_from_slice(&bytes);
    Ok(AesKey::take(&mut key))
}

fn subject(id: i64) -> String {
    format!("person {id}")
}

/// Stores, as they are stored.
pub(crate) fn scope_text(scope: &[StoreId]) -> String {
    scope.iter().map(|store| store.get().to_string()).collect::<Vec<_>>().join(" ")
}

pub(crate) fn read_scope(text: &str) -> Result<Vec<StoreId>, StoreError> {
    let damaged = |_| StoreError::Damaged("a list of stores".to_owned());
    text.split_whitespace().map(|store| store.parse().map(StoreId::new).map_err(damaged)).collect()
}

/// A person's card is nothing to be made into something else.
pub(crate) fn not_theirs(work: &mut Work<'_>, uid: &Uid) -> Result<(), OfficeError> {
    match work.row("SELECT id FROM people WHERE card_uid = $1", &[(*uid.bytes()).into()])? {
        None => Ok(()),
        Some(row) => Err(OfficeError::State(format!("this is the card of person {}: take it away", row.int(0)?))),
    }
}

pub(crate) fn not_a_member_card(work: &mut Work<'_>, uid: &Uid) -> Result<(), OfficeError> {
    match by_uid(work, uid)? {
        None => Ok(()),
        Some(card) => Err(OfficeError::State(format!("this is member card {}: take it away", card.number))),
    }
}

pub(crate) fn one(work: &mut Work<'_>, id: u32) -> Result<Person, OfficeError> {
    charter(work)?;
    let row = work.row(&format!("SELECT {COLUMNS} FROM people WHERE id = $1"), &[id.into()])?;
    person(&row.ok_or_else(|| OfficeError::not_found("person", id))?)
}

fn person(row: &Row) -> Result<Person, OfficeError> {
    let damaged = |what: &str| StoreError::Damaged(format!("a person's {what}"));
    let authorities = row.text(3)?;
    let allowed: Vec<Authority> = AUTHORITIES
        .iter()
        .filter(|(name, _)| authorities.split(' ').any(|held| held == *name))
        .map(|(_, one)| *one)
        .collect();
    let mut authorities = Authorities::of(&allowed);
    if allowed.contains(&Authority::Discount) {
        authorities = authorities.with_discounts(row.number(4)?);
    }
    Ok(Person {
        id: row.number(0)?,
        data: PersonData {
            name: row.text(1)?,
            level: PersonData::parse_level(&row.text(2)?).ok_or_else(|| damaged("level"))?,
            authorities,
            scope: read_scope(&row.text(5)?)?,
            valid_until: Date::from_days(row.number(7)?),
        },
        card: row.maybe_bytes(6)?.map(|_| row.array(6)).transpose()?.map(Uid::new),
        active: row.yes(8)?,
        revision: row.int(9)?,
    })
}
