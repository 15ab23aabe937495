use crate::issue::Issuer;
use crate::office::{Entry, next};
use crate::text::some_line;
use crate::{Actor, Office, OfficeError, Permission, people};
use rand_core::CryptoRng;
use satchel_cards::CardError;
use satchel_cards::identity::CollectionIdentity;
use satchel_cards::issue::{Desk as CardDesk, issue_collection};
use satchel_key_house::{DeskSource, TmacKeys};
use satchel_store::{Chain, Row, Work};
use satchel_transport::Transport;
use satchel_values::{Date, StoreId, Timestamp, Uid};

/// A card that carries data between terminals and head office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionCard {
    /// Its number.
    pub id: u32,
    /// What is known.
    pub data: CollectionData,
    /// Its chip; none before it is made.
    pub card: Option<Uid>,
    /// Whether it is good.
    pub active: bool,
    /// Counts the changes.
    pub revision: i64,
}

/// What a collection card is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionData {
    /// What it is called: a round, a courier.
    pub name: String,
    /// The stores it goes to; empty for all.
    pub scope: Vec<StoreId>,
    /// Its last day.
    pub valid_until: Date,
}

const COLUMNS: &str = "id, name, scope, card_uid, valid_until_day, active, revision";

impl Office {
    /// Plans a collection card.
    ///
    /// # Errors
    /// Not allowed, or something typed cannot be.
    pub fn add_collection_card(&self, actor: &Actor, data: &CollectionData) -> Result<u32, OfficeError> {
        self.allow(actor, Permission::RunPlaces, "collection card")?;
        let name = some_line("name", &data.name)?;
        self.database.write(|work| {
            let id = next(work, "collection card")?;
            work.run(
                "INSERT INTO collection_cards VALUES ($1, $2, $3, NULL, $4, 1, 1)",
                &[id.into(), (&name).into(), people::scope_text(&data.scope).into(), data.valid_until.days().into()],
            )?;
            let entry = Entry::new(&actor.login, "collection-card.added", subject(id)).after(&name);
            entry.write(work, Chain::Audit, self.now())?;
            u32::try_from(id).map_err(|_| OfficeError::State("there are no numbers left".to_owned()))
        })
    }

    /// Takes a collection card out of service, or into it again. Its chip goes onto the block list that terminals get, or off it.
    ///
    /// # Errors
    /// Not allowed, or somebody else changed it meanwhile.
    pub fn set_collection_card_active(
        &self,
        actor: &Actor,
        id: u32,
        active: bool,
        revision: i64,
    ) -> Result<(), OfficeError> {
        self.allow(actor, Permission::RunPlaces, &subject(id.into()))?;
        self.database.write(|work| {
            let card = one(work, id)?;
            work.change(
                "UPDATE collection_cards SET active = $2, revision = revision + 1 WHERE id = $1 AND revision = $3",
                &[id.into(), active.into(), revision.into()],
            )?;
            if let Some(chip) = card.card {
                set_blocked(work, actor, &chip, !active, self)?;
            }
            let action = if active { "collection-card.readmitted" } else { "collection-card.revoked" };
            Entry::new(&actor.login, action, subject(id.into())).write(work, Chain::Audit, self.now())
        })
    }

    /// All collection cards.
    ///
    /// # Errors
    /// Not allowed, or the database fails.
    pub fn collection_cards(&self, actor: &Actor) -> Result<Vec<CollectionCard>, OfficeError> {
        self.allow(actor, Permission::Look, "collection cards")?;
        let sql = format!("SELECT {COLUMNS} FROM collection_cards ORDER BY id");
        self.database.read(|work| work.rows(&sql, &[]))?.iter().map(collection_card).collect()
    }
}

impl Issuer<'_> {
    /// Makes the card on the reader into a collection card, or finishes it. A chip that it had before is blocked.
    ///
    /// # Errors
    /// It is revoked, or the chip is another card's; the card or the line failed: hold it again.
    pub fn make_collection_card(
        &self,
        id: u32,
        transport: &mut dyn Transport,
        tmac: &mut dyn TmacKeys,
        rng: &mut dyn CryptoRng,
    ) -> Result<Uid, OfficeError> {
        let office = self.office();
        let on_reader = satchel_desfire::identify(transport).map_err(CardError::from)?;
        let card = self.bind_collection_card(id, on_reader.uid)?;
        let identity = CollectionIdentity {
            number: id,
            issued: office.now().date().unwrap_or_default(),
            expiry: card.data.valid_until,
            enterprise: office.charter()?.enterprise,
        };
        let source = DeskSource::new(self.desk(), tmac);
        let mut desk = CardDesk { transport, keys: &source, rng, progress: &mut |_| {} };
        let made = issue_collection(&mut desk, &on_reader, &identity);
        source.fault().map_or(Ok(()), Err)?;
        made?;
        office.database.write(|work| {
            let entry = Entry::new(&self.actor().login, "collection-card.made", subject(id.into()));
            entry.after(on_reader.uid).write(work, Chain::Cards, office.now())
        })?;
        Ok(on_reader.uid)
    }

    /// The chip is bound to its number before its first byte is written.
    fn bind_collection_card(&self, id: u32, chip: Uid) -> Result<CollectionCard, OfficeError> {
        let office = self.office();
        office.database.write(|work| {
            let card = one(work, id)?;
            if !card.active {
                return Err(OfficeError::State(format!("collection card {id} is revoked")));
            }
            if card.card == Some(chip) {
                return Ok(card);
            }
            people::not_theirs(work, &chip)?;
            people::not_a_member_card(work, &chip)?;
            not_collecting(work, &chip)?;
            if let Some(before) = card.card {
                set_blocked(work, self.actor(), &before, true, office)?;
            }
            work.change(
                "UPDATE collection_cards SET card_uid = $2, revision = revision + 1 WHERE id = $1",
                &[id.into(), (*chip.bytes()).into()],
            )?;
            Ok(card)
        })
    }
}

/// A collection card is nothing to be made into something else.
pub(crate) fn not_collecting(work: &mut Work<'_>, uid: &Uid) -> Result<(), OfficeError> {
    match work.row("SELECT id FROM collection_cards WHERE card_uid = $1", &[(*uid.bytes()).into()])? {
        None => Ok(()),
        Some(row) => Err(OfficeError::State(format!("this is collection card {}: take it away", row.int(0)?))),
    }
}

/// A card that is known, good, and not past its last day.
pub(crate) fn in_service(
    work: &mut Work<'_>,
    identity: &CollectionIdentity,
    now: Timestamp,
) -> Result<(), OfficeError> {
    let card = one(work, identity.number)?;
    let expired = card.data.valid_until < now.date().unwrap_or_default();
    if card.active && !expired {
        return Ok(());
    }
    let why = if expired { "past its last day" } else { "revoked" };
    Err(OfficeError::State(format!("collection card {} is {why}: have a new one made", identity.number)))
}

fn set_blocked(
    work: &mut Work<'_>,
    actor: &Actor,
    chip: &Uid,
    blocked: bool,
    office: &Office,
) -> Result<(), OfficeError> {
    let uid = *chip.bytes();
    if blocked {
        work.run(
            "INSERT INTO blocked_cards VALUES ($1, 0, 'collection card', $2, $3) ON CONFLICT (uid) DO NOTHING",
            &[uid.into(), (&actor.login).into(), office.now().ms().into()],
        )?;
    } else {
        work.run("DELETE FROM blocked_cards WHERE uid = $1", &[uid.into()])?;
    }
    Ok(())
}

fn subject(id: i64) -> String {
    format!("collection card {id}")
}

fn one(work: &mut Work<'_>, id: u32) -> Result<CollectionCard, OfficeError> {
    let row = work.row(&format!("SELECT {COLUMNS} FROM collection_cards WHERE id = $1"), &[id.into()])?;
    collection_card(&row.ok_or_else(|| OfficeError::not_found("collection card", id))?)
}

fn collection_card(row: &Row) -> Result<CollectionCard, OfficeError> {
    Ok(CollectionCard {
        id: row.number(0)?,
        data: CollectionData {
            name: row.text(1)?,
            scope: people::read_scope(&row.text(2)?)?,
            valid_until: Date::from_days(row.number(4)?),
        },
        card: row.maybe_bytes(3)?.map(|_| row.array(3)).transpose()?.map(Uid::new),
        active: row.yes(5)?,
        revision: row.int(6)?,
    })
}
