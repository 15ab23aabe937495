use crate::office::Entry;
use crate::places::ROLES;
use crate::{Actor, Office, OfficeError, Permission};
use satchel_key_house::Commitment;
use satchel_keys::{KeyVersion, Role};
use satchel_store::{Chain, Row};
use satchel_values::Timestamp;

/// A version of the control key, as the database knows it: never the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyVersionRow {
    /// The version.
    pub version: KeyVersion,
    /// Its check value.
    pub kcv: [u8; 3],
    /// How it stands.
    pub state: VersionState,
    /// How many shares open it.
    pub threshold: u8,
    /// When it was made.
    pub made_at: Timestamp,
    /// Cards in use that carry it.
    pub cards: i64,
    /// Who keeps its shares, in their order.
    pub custodians: Vec<String>,
}

/// How a version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionState {
    /// Its ceremony was begun: it has shares, and may be in the key store or not.
    Making,
    /// Cards are issued with it.
    Current,
    /// Cards still carry it.
    Previous,
    /// No card can be used with it any more.
    Retired,
}

/// How far cards have moved to the current version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rollover {
    /// The version they move to.
    pub to: KeyVersion,
    /// Cards that carry it.
    pub moved: i64,
    /// Cards in use.
    pub all: i64,
}

impl Rollover {
    /// How many of a hundred cards have moved, rounded down.
    pub const fn percent(&self) -> i64 {
        if self.all == 0 { 100 } else { self.moved * 100 / self.all }
    }
}

impl VersionState {
    /// As it is stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Making => "making",
            Self::Current => "current",
            Self::Previous => "previous",
            Self::Retired => "retired",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::Making, Self::Current, Self::Previous, Self::Retired].into_iter().find(|state| state.name() == name)
    }
}

impl Office {
    /// Writes down a ceremony whose key exists, before it is kept anywhere: what its shares hash to, so that it can be brought
    /// back from them whatever happens next. Two officers do it.
    ///
    /// # Errors
    /// Not allowed, one officer twice, or there is this version.
    pub fn begin_ceremony(
        &self,
        by: (&Actor, &Actor),
        version: KeyVersion,
        kcv: [u8; 3],
        threshold: u8,
        shares: &[(String, Commitment)],
    ) -> Result<(), OfficeError> {
        self.both(by, &subject(version))?;
        let now = self.now();
        self.database.write(|work| {
            work.run(
                "INSERT INTO key_versions VALUES ($1, $2, 'making', $3, $4)",
                &[version.get().into(), kcv.into(), threshold.into(), now.ms().into()],
            )?;
            for (custodian, commitment) in shares {
                work.run(
                    "INSERT INTO key_shares VALUES ($1, $2, $3, $4)",
                    &[version.get().into(), commitment.number.into(), custodian.into(), commitment.hash.into()],
                )?;
            }
            let what = format!("check value {}, {threshold} of {}", hex::encode_upper(kcv), shares.len());
            self.by_two(by, "keys.begun", version, &what).write(work, Chain::Audit, now)
        })
    }

    /// Writes down that a version is in the key store: it is the current one from now on.
    ///
    /// # Errors
    /// Not allowed, one officer twice, or its ceremony was never begun.
    pub fn end_ceremony(&self, by: (&Actor, &Actor), version: KeyVersion) -> Result<(), OfficeError> {
        self.both(by, &subject(version))?;
        self.database.write(|work| {
            work.run("UPDATE key_versions SET state = 'previous' WHERE state = 'current'", &[])?;
            work.change(
                "UPDATE key_versions SET state = 'current' WHERE version = $1 AND state = 'making'",
                &[version.get().into()],
            )?;
            self.by_two(by, "keys.made", version, "in the key store").write(work, Chain::Audit, self.now())
        })
    }

    /// Writes down that two officers used the control key.
    ///
    /// # Errors
    /// Not allowed, or one officer twice.
    pub fn record_use(&self, by: (&Actor, &Actor), version: KeyVersion, what: &str) -> Result<(), OfficeError> {
        self.both(by, &subject(version))?;
        self.database.write(|work| self.by_two(by, "keys.used", version, what).write(work, Chain::Audit, self.now()))
    }

    /// Writes down that a version is retired. Cards that still carry it can be used no more.
    ///
    /// # Errors
    /// Not allowed, it is the current one, or cards in use carry it and nobody accepts that.
    pub fn record_retirement(
        &self,
        by: (&Actor, &Actor),
        version: KeyVersion,
        accepted: bool,
    ) -> Result<(), OfficeError> {
        self.both(by, &subject(version))?;
        let row = self.key_versions()?.into_iter().find(|row| row.version == version);
        let row = row.ok_or_else(|| OfficeError::not_found("key version", version.get()))?;
        if matches!(row.state, VersionState::Current | VersionState::Making) {
            return Err(OfficeError::State("the current version is not retired: make the next one first".to_owned()));
        }
        if row.cards > 0 && !accepted {
            let why =
                format!("{} cards in use still carry version {}: they would pay nowhere", row.cards, version.get());
            return Err(OfficeError::State(why));
        }
        self.database.write(|work| {
            work.change(
                "UPDATE key_versions SET state = 'retired' WHERE version = $1 AND state = 'previous'",
                &[version.get().into()],
            )?;
            self.by_two(by, "keys.retired", version, &format!("{} cards left", row.cards)).write(
                work,
                Chain::Audit,
                self.now(),
            )
        })
    }

    /// Two officers take a role's masters from all terminals, in every version there is: their next key bundles leave them out, and
    /// what goes by them goes by the next version of the control key alone. For a master that others may know.
    ///
    /// # Errors
    /// Not allowed, no such role, or there are no keys yet.
    pub fn revoke_role(&self, by: (&Actor, &Actor), role: &str, reason: &str) -> Result<KeyVersion, OfficeError> {
        self.both(by, &format!("role {role}"))?;
        let reason = crate::text::some_line("reason", reason)?;
        if !ROLES.iter().any(|(name, _)| *name == role) {
            return Err(OfficeError::not_found("role", role));
        }
        let newest = self.key_versions()?.first().map(|row| row.version);
        let newest = newest.ok_or_else(|| OfficeError::State("there are no keys yet".to_owned()))?;
        let now = self.now();
        self.database.write(|work| {
            work.run(
                "INSERT INTO revoked_roles VALUES ($1, $2, $3, $4, $5) ON CONFLICT (role) DO UPDATE SET \
                 up_to = $2, reason = $3, who = $4, at = $5",
                &[role.into(), newest.get().into(), (&reason).into(), (&by.0.login).into(), now.ms().into()],
            )?;
            self.by_two(by, "keys.role-revoked", newest, &format!("{role}: {reason}")).write(work, Chain::Audit, now)
        })?;
        Ok(newest)
    }

    /// The roles that were taken from terminals, each with the last version it was taken in.
    ///
    /// # Errors
    /// The database fails.
    pub fn revoked_roles(&self) -> Result<Vec<(Role, KeyVersion)>, OfficeError> {
        let rows = self.database.read(|work| work.rows("SELECT role, up_to FROM revoked_roles ORDER BY role", &[]))?;
        rows.iter()
            .map(|row| {
                let name = row.text(0)?;
                let damaged = || satchel_store::StoreError::Damaged(format!("the revoked role {name}"));
                let role = ROLES.iter().find(|(known, _)| *known == name).map(|(_, role)| *role);
                Ok((role.ok_or_else(damaged)?, KeyVersion::new(row.number(1)?).ok_or_else(damaged)?))
            })
            .collect()
    }

    /// Every version, the newest first.
    ///
    /// # Errors
    /// The database fails.
    pub fn key_versions(&self) -> Result<Vec<KeyVersionRow>, OfficeError> {
        let (versions, shares, cards) = self.database.read(|work| -> Result<_, OfficeError> {
            Ok((
                work.rows(
                    "SELECT version, kcv, state, threshold, made_at FROM key_versions ORDER BY version DESC",
                    &[],
                )?,
                work.rows("SELECT version, custodian FROM key_shares ORDER BY version, number", &[])?,
                work.rows(
                    "SELECT key_version, COUNT(*) FROM cards WHERE state IN ('issued', 'active', 'blocked') \
                     AND key_version IS NOT NULL GROUP BY key_version",
                    &[],
                )?,
            ))
        })?;
        versions.iter().map(|row| version_row(row, &shares, &cards)).collect()
    }

    /// What true shares of a version hash to.
    ///
    /// # Errors
    /// The database fails.
    pub fn commitments(&self, version: KeyVersion) -> Result<Vec<Commitment>, OfficeError> {
        let sql = "SELECT number, commitment FROM key_shares WHERE version = $1 ORDER BY number";
        let rows = self.database.read(|work| work.rows(sql, &[version.get().into()]))?;
        rows.iter().map(|row| Ok(Commitment { number: row.number(0)?, hash: row.array(1)? })).collect()
    }

    /// How far cards have moved to the current version; none before there is one.
    ///
    /// # Errors
    /// The database fails.
    pub fn rollover(&self) -> Result<Option<Rollover>, OfficeError> {
        let versions = self.key_versions()?;
        let current = versions.iter().find(|row| row.state == VersionState::Current);
        let all = versions.iter().map(|row| row.cards).sum();
        Ok(current.map(|row| Rollover { to: row.version, moved: row.cards, all }))
    }

    fn both(&self, by: (&Actor, &Actor), subject: &str) -> Result<(), OfficeError> {
        self.allow(by.0, Permission::UseKeys, subject)?;
        self.allow(by.1, Permission::UseKeys, subject)?;
        if by.0.login == by.1.login { Err(OfficeError::FourEyes) } else { Ok(()) }
    }

    fn by_two(&self, by: (&Actor, &Actor), action: &str, version: KeyVersion, what: &str) -> Entry {
        Entry::new(&by.0.login, action, subject(version)).before(format!("with {}", by.1.login)).after(what)
    }
}

fn subject(version: KeyVersion) -> String {
    format!("key version {}", version.get())
}

fn version_row(row: &Row, shares: &[Row], cards: &[Row]) -> Result<KeyVersionRow, OfficeError> {
    let number = row.int(0)?;
    let damaged = || satchel_store::StoreError::Damaged(format!("the key version {number}"));
    let of_it = |rows: &[Row]| -> Result<Vec<Row>, OfficeError> {
        rows.iter()
            .filter_map(|row| match row.int(0) {
                Ok(version) if version == number => Some(Ok(row.clone())),
                Ok(_) => None,
                Err(error) => Some(Err(error.into())),
            })
            .collect()
    };
    Ok(KeyVersionRow {
        version: u8::try_from(number).ok().and_then(KeyVersion::new).ok_or_else(damaged)?,
        kcv: row.array(1)?,
        state: VersionState::parse(&row.text(2)?).ok_or_else(damaged)?,
        threshold: row.number(3)?,
        made_at: Timestamp::from_ms(row.int(4)?),
        cards: of_it(cards)?.first().map_or(Ok(0), |row| row.int(1))?,
        custodians: of_it(shares)?.iter().map(|row| row.text(1)).collect::<Result<_, _>>()?,
    })
}
