use crate::office::{Entry, next};
use crate::text::{line, some_line};
use crate::{Actor, Office, OfficeError, Permission};
use satchel_keys::Role;
use satchel_programs::Limits;
use satchel_store::{Chain, Row, Work};
use satchel_values::{Money, Points};

/// A store, a van or a distribution centre.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its number, which terminals and journals carry.
    pub id: i64,
    /// What it is.
    pub kind: PlaceKind,
    /// Its name.
    pub name: String,
    /// Its region.
    pub region: String,
    /// Whether it is in business.
    pub open: bool,
    /// Counts the changes.
    pub revision: i64,
}

/// What a place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceKind {
    /// A store.
    Store,
    /// A van, or whatever a seller goes from door to door with.
    Van,
    /// A distribution centre.
    Centre,
}

/// What terminals of one kind may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The masters in their key bundles.
    pub roles: Vec<Role>,
    /// Their limits.
    pub limits: Limits,
    /// Counts the changes.
    pub revision: i64,
}

/// Roles that a profile may have, as they are stored and typed.
pub(crate) const ROLES: [(&str, Role); 4] =
    [("inquiry", Role::Inquiry), ("sale", Role::Sale), ("load", Role::Load), ("reversal", Role::Reversal)];

impl PlaceKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Store, Self::Van, Self::Centre];

    /// As it is stored and typed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Van => "van",
            Self::Centre => "centre",
        }
    }

    /// From its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl Profile {
    /// The names of its roles.
    pub fn role_names(&self) -> Vec<&'static str> {
        ROLES.iter().filter(|(_, role)| self.roles.contains(role)).map(|(name, _)| *name).collect()
    }
}

impl Office {
    /// Opens a place.
    ///
    /// # Errors
    /// Not allowed, or something typed cannot be.
    pub fn add_place(&self, actor: &Actor, kind: PlaceKind, name: &str, region: &str) -> Result<i64, OfficeError> {
        self.allow(actor, Permission::RunPlaces, "place")?;
        let (name, region) = (some_line("name", name)?, line("region", region)?);
        self.database.write(|work| {
            let id = next(work, "place")?;
            work.run(
                "INSERT INTO places VALUES ($1, $2, $3, $4, 1, 1)",
                &[id.into(), kind.name().into(), (&name).into(), (&region).into()],
            )?;
            let entry = Entry::new(&actor.login, "place.opened", format!("place {id}")).after(&name);
            entry.write(work, Chain::Audit, self.now())?;
            Ok(id)
        })
    }

    /// Changes a place.
    ///
    /// # Errors
    /// Not allowed, something typed cannot be, or somebody else changed it meanwhile.
    pub fn change_place(&self, actor: &Actor, place: &Place) -> Result<(), OfficeError> {
        let subject = format!("place {}", place.id);
        self.allow(actor, Permission::RunPlaces, &subject)?;
        let (name, region) = (some_line("name", &place.name)?, line("region", &place.region)?);
        self.database.write(|work| {
            let before = one_place(work, place.id)?;
            work.change(
                "UPDATE places SET kind = $2, name = $3, region = $4, open = $5, revision = revision + 1 \
                 WHERE id = $1 AND revision = $6",
                &[
                    place.id.into(),
                    place.kind.name().into(),
                    (&name).into(),
                    (&region).into(),
                    place.open.into(),
                    place.revision.into(),
                ],
            )?;
            let words = |place: &Place| {
                format!(
                    "{} {}, {}, {}",
                    place.kind.name(),
                    place.name,
                    place.region,
                    if place.open { "open" } else { "closed" }
                )
            };
            let entry = Entry::new(&actor.login, "place.changed", &subject).before(words(&before)).after(words(place));
            entry.write(work, Chain::Audit, self.now())
        })
    }

    /// All places.
    ///
    /// # Errors
    /// Not allowed, or the database fails.
    pub fn places(&self, actor: &Actor) -> Result<Vec<Place>, OfficeError> {
        self.allow(actor, Permission::Look, "places")?;
        let sql = "SELECT id, kind, name, region, open, revision FROM places ORDER BY region, name, id";
        self.database.read(|work| work.rows(sql, &[]))?.iter().map(place).collect()
    }

    /// Adds a profile.
    ///
    /// # Errors
    /// Not allowed, or something typed cannot be.
    pub fn add_profile(&self, actor: &Actor, name: &str, roles: &[&str], limits: &Limits) -> Result<i64, OfficeError> {
        self.allow(actor, Permission::RunPlaces, "profile")?;
        let name = some_line("name", name)?;
        let roles = parsed(roles)?;
        self.database.write(|work| {
            let id = next(work, "profile")?;
            let names = names(&roles).join(" ");
            work.run(
                "INSERT INTO profiles VALUES ($1, $2, $3, $4, 1)",
                &[id.into(), (&name).into(), (&names).into(), limits_text(limits).into()],
            )?;
            let entry =
                Entry::new(&actor.login, "profile.added", format!("profile {id}")).after(format!("{name}: {names}"));
            entry.write(work, Chain::Audit, self.now())?;
            Ok(id)
        })
    }

    /// All profiles.
    ///
    /// # Errors
    /// Not allowed, or the database fails.
    pub fn profiles(&self, actor: &Actor) -> Result<Vec<Profile>, OfficeError> {
        self.allow(actor, Permission::Look, "profiles")?;
        let sql = "SELECT id, name, roles, limits, revision FROM profiles ORDER BY name, id";
        self.database.read(|work| work.rows(sql, &[]))?.iter().map(profile).collect()
    }
}

fn parsed(typed: &[&str]) -> Result<Vec<Role>, OfficeError> {
    let role = |name: &&str| {
        let known = ROLES.iter().find(|(known, _)| known == name).map(|(_, role)| *role);
        known.ok_or_else(|| OfficeError::invalid("roles", format!("'{name}' is none: inquiry, sale, load, reversal")))
    };
    let roles = typed.iter().map(role).collect::<Result<Vec<_>, _>>()?;
    let needs_sale = roles.contains(&Role::Load) || roles.contains(&Role::Reversal);
    if needs_sale && !roles.contains(&Role::Sale) {
        return Err(OfficeError::invalid("roles", "load and reversal need sale as well"));
    }
    Ok(roles)
}

fn names(roles: &[Role]) -> Vec<&'static str> {
    ROLES.iter().filter(|(_, role)| roles.contains(role)).map(|(name, _)| *name).collect()
}

fn limits_text(limits: &Limits) -> String {
    serde_json::json!({
        "purse_max": limits.purse_max.get(),
        "per_sale_max": limits.per_sale_max.get(),
        "per_card_day_max": limits.per_card_day_max.get(),
        "offline_total_max": limits.offline_total_max.get(),
        "top_up_min": limits.top_up_min.get(),
        "top_up_max": limits.top_up_max.get(),
        "top_up_allowance": limits.top_up_allowance.get(),
        "points_max": limits.points_max.get(),
    })
    .to_string()
}

pub(crate) fn one_place(work: &mut Work<'_>, id: i64) -> Result<Place, OfficeError> {
    let row = work.row("SELECT id, kind, name, region, open, revision FROM places WHERE id = $1", &[id.into()])?;
    place(&row.ok_or_else(|| OfficeError::not_found("place", id))?)
}

pub(crate) fn one_profile(work: &mut Work<'_>, id: i64) -> Result<Profile, OfficeError> {
    let row = work.row("SELECT id, name, roles, limits, revision FROM profiles WHERE id = $1", &[id.into()])?;
    profile(&row.ok_or_else(|| OfficeError::not_found("profile", id))?)
}

fn place(row: &Row) -> Result<Place, OfficeError> {
    let kind = row.text(1)?;
    Ok(Place {
        id: row.int(0)?,
        kind: PlaceKind::parse(&kind).ok_or_else(|| satchel_store::StoreError::Damaged(format!("the kind {kind}")))?,
        name: row.text(2)?,
        region: row.text(3)?,
        open: row.yes(4)?,
        revision: row.int(5)?,
    })
}

fn profile(row: &Row) -> Result<Profile, OfficeError> {
    let (roles, limits) = (row.text(2)?, row.text(3)?);
    let damaged = || satchel_store::StoreError::Damaged("a profile's limits".to_owned());
    let limits: serde_json::Value = serde_json::from_str(&limits).map_err(|_| damaged())?;
    let number = |name: &str| limits[name].as_i64().ok_or_else(damaged);
    let money = |name: &str| number(name).map(Money::new);
    Ok(Profile {
        id: row.int(0)?,
        name: row.text(1)?,
        roles: parsed(&roles.split_whitespace().collect::<Vec<_>>())?,
        limits: Limits {
            purse_max: money("purse_max")?,
            per_sale_max: money("per_sale_max")?,
            per_card_day_max: money("per_card_day_max")?,
            offline_total_max: money("offline_total_max")?,
            top_up_min: money("top_up_min")?,
            top_up_max: money("top_up_max")?,
            top_up_allowance: money("top_up_allowance")?,
            points_max: Points::new(number("points_max")?),
        },
        revision: row.int(4)?,
    })
}
