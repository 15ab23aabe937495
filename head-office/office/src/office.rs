use crate::{Actor, OfficeError, Permission};
use satchel_keys::EnterpriseId;
use satchel_store::{Chain, Database, Link, StoreError, Work};
use satchel_values::{Clock, Currency, Money, Timestamp};
use std::sync::Arc;

/// Head office: its database, and its clock.
#[derive(Clone)]
pub struct Office {
    pub(crate) database: Database,
    pub(crate) clock: Arc<dyn Clock + Send + Sync>,
}

/// What an enterprise is founded on.
#[derive(Debug, Clone)]
pub struct Charter {
    /// The chain's name, as sheets and letters show it.
    pub chain: String,
    /// The enterprise, as keys and cards carry it.
    pub enterprise: EnterpriseId,
    /// The currency of its purses.
    pub currency: Currency,
    /// What every card number begins with: one to six digits.
    pub card_prefix: u32,
    /// The most a purse may ever hold.
    pub purse_max: Money,
}

/// What needs attention, and how much there is of everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Overview {
    /// Cards in members' hands or waiting for one.
    pub cards: i64,
    /// Cards blocked.
    pub blocked: i64,
    /// Cards begun and not finished.
    pub unfinished: i64,
    /// Batches with cards still to be made.
    pub open_batches: i64,
    /// Drafts that wait for a second person.
    pub to_review: i64,
    /// Drafts that are reviewed and wait for being signed.
    pub to_publish: i64,
    /// Corrections of balances that wait for a second officer.
    pub to_decide: i64,
    /// Exceptions that nobody has looked into.
    pub exceptions: i64,
    /// Members.
    pub members: i64,
    /// Terminals enrolled.
    pub terminals: i64,
    /// Terminals lost.
    pub lost_terminals: i64,
    /// Cards of a key version before the current one.
    pub old_keys: i64,
}

impl Office {
    /// The office on a database.
    pub fn new(database: Database, clock: Arc<dyn Clock + Send + Sync>) -> Self {
        Self { database, clock }
    }

    /// Its database.
    pub const fn database(&self) -> &Database {
        &self.database
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Founds the enterprise in an empty database.
    ///
    /// # Errors
    /// There is one already, or the database fails.
    pub fn found(&self, charter: &Charter) -> Result<(), OfficeError> {
        if !(1..=999_999).contains(&charter.card_prefix) {
            return Err(OfficeError::invalid("card prefix", "one to six digits, the first not 0"));
        }
        let settings = [
            ("chain", crate::text::some_line("chain", &charter.chain)?),
            ("enterprise", hex::encode(charter.enterprise.bytes())),
            ("currency", String::from_utf8_lossy(&charter.currency.code()).into_owned()),
            ("exponent", charter.currency.exponent().to_string()),
            ("card_prefix", charter.card_prefix.to_string()),
            ("purse_max", charter.purse_max.get().to_string()),
        ];
        self.database.write(|work| {
            if work.row("SELECT value FROM settings WHERE name = 'enterprise'", &[])?.is_some() {
                return Err(OfficeError::State("this database has an enterprise already".to_owned()));
            }
            for (name, value) in &settings {
                work.run("INSERT INTO settings VALUES ($1, $2, 1)", &[(*name).into(), value.into()])?;
            }
            let founded = Entry::new("system", "enterprise.founded", "enterprise").after(&charter.chain);
            founded.write(work, Chain::Audit, self.now())
        })
    }

    /// What it was founded on.
    ///
    /// # Errors
    /// There is no enterprise yet, or the database fails.
    pub fn charter(&self) -> Result<Charter, OfficeError> {
        self.database.read(charter)
    }

    /// Whether an actor may do this; if not, the attempt is written down.
    ///
    /// # Errors
    /// They may not, or the database fails.
    pub fn allow(&self, actor: &Actor, permission: Permission, subject: &str) -> Result<(), OfficeError> {
        if actor.duty.may(permission) {
            return Ok(());
        }
        let refused = OfficeError::NotAllowed { login: actor.login.clone(), permission };
        log::warn!("{refused}");
        self.database.write(|work| {
            let entry = Entry::new(&actor.login, "refused", subject).after(permission.words());
            entry.write(work, Chain::Audit, self.now())
        })?;
        Err(refused)
    }

    /// Checks both chains of entries.
    ///
    /// # Errors
    /// An entry is not as it was written; or the database fails.
    pub fn verify_chains(&self) -> Result<(i64, i64), OfficeError> {
        self.database.read(|work| {
            let mut each = |chain: Chain| -> Result<i64, OfficeError> {
                chain.verify(work)?.map_err(|fault| OfficeError::State(fault.to_string()))
            };
            Ok((each(Chain::Audit)?, each(Chain::Cards)?))
        })
    }

    /// The newest entries of the audit trail before one.
    ///
    /// # Errors
    /// Not allowed, or the database fails.
    pub fn audit(&self, actor: &Actor, before: i64, most: u32) -> Result<Vec<Link>, OfficeError> {
        self.allow(actor, Permission::Audit, "audit trail")?;
        Ok(self.database.read(|work| Chain::Audit.newest(work, before, most.min(1_000)))?)
    }

    /// What needs attention.
    ///
    /// # Errors
    /// The database fails.
    pub fn overview(&self) -> Result<Overview, OfficeError> {
        self.database.read(|work| {
            let mut count =
                |sql: &str| -> Result<i64, StoreError> { work.row(sql, &[])?.map_or(Ok(0), |row| row.int(0)) };
            Ok(Overview {
                cards: count("SELECT COUNT(*) FROM cards WHERE state IN ('issued', 'active')")?,
                blocked: count("SELECT COUNT(*) FROM cards WHERE state = 'blocked'")?,
                unfinished: count("SELECT COUNT(*) FROM cards WHERE state = 'writing'")?,
                open_batches: count("SELECT COUNT(*) FROM batches WHERE state = 'open'")?,
                to_review: count("SELECT COUNT(*) FROM drafts WHERE state = 'draft'")?,
                to_publish: count("SELECT COUNT(*) FROM drafts WHERE state = 'reviewed'")?,
                to_decide: count("SELECT COUNT(*) FROM corrections WHERE state = 'asked'")?,
                exceptions: count("SELECT COUNT(*) FROM exceptions WHERE state = 'open'")?,
                members: count("SELECT COUNT(*) FROM members WHERE erased = 0 AND merged_into IS NULL")?,
                terminals: count("SELECT COUNT(*) FROM terminals WHERE state = 'enrolled'")?,
                lost_terminals: count("SELECT COUNT(*) FROM terminals WHERE state = 'lost'")?,
                old_keys: count(
                    "SELECT COUNT(*) FROM cards WHERE state IN ('issued', 'active', 'blocked') AND key_version < \
                     (SELECT MAX(version) FROM key_versions WHERE state = 'current')",
                )?,
            })
        })
    }
}

pub(crate) fn charter(work: &mut Work<'_>) -> Result<Charter, OfficeError> {
    let mut value = |name: &str| -> Result<String, OfficeError> {
        let row = work.row("SELECT value FROM settings WHERE name = $1", &[name.into()])?;
        row.ok_or_else(|| OfficeError::State("there is no enterprise yet: begin with `satchel found`".to_owned()))?
            .text(0)
            .map_err(Into::into)
    };
    let damaged = |name: &str| OfficeError::Store(StoreError::Damaged(format!("the setting {name}")));
    let mut enterprise = [0; 8];
    hex::decode_to_slice(value("enterprise")?, &mut enterprise).map_err(|_| damaged("enterprise"))?;
    let exponent = value("exponent")?.parse().map_err(|_| damaged("exponent"))?;
    Ok(Charter {
        chain: value("chain")?,
        enterprise: EnterpriseId::new(enterprise),
        currency: Currency::new(&value("currency")?, exponent).map_err(|_| damaged("currency"))?,
        card_prefix: value("card_prefix")?.parse().map_err(|_| damaged("card_prefix"))?,
        purse_max: Money::new(value("purse_max")?.parse().map_err(|_| damaged("purse_max"))?),
    })
}

/// The next number of a count; the first is 1.
pub(crate) fn next(work: &mut Work<'_>, counter: &str) -> Result<i64, StoreError> {
    next_block(work, counter, 1)
}

/// The first of `count` numbers that follow one another.
pub(crate) fn next_block(work: &mut Work<'_>, counter: &str, count: i64) -> Result<i64, StoreError> {
    work.run("INSERT INTO counters VALUES ($1, 0) ON CONFLICT (name) DO NOTHING", &[counter.into()])?;
    let row = work
        .row("UPDATE counters SET last = last + $2 WHERE name = $1 RETURNING last", &[counter.into(), count.into()])?;
    let last = row.ok_or_else(|| StoreError::Damaged(format!("the counter {counter}")))?.int(0)?;
    Ok(last - count + 1)
}

/// An entry of a chain that is about to be written.
pub(crate) struct Entry(Link);

#[expect(clippy::needless_pass_by_value, reason = "whatever can be written is taken: texts, numbers, chips")]
impl Entry {
    pub fn new(who: &str, action: &str, subject: impl ToString) -> Self {
        Self(Link {
            sequence: 0,
            at: Timestamp::from_ms(0),
            who: who.to_owned(),
            action: action.to_owned(),
            subject: subject.to_string(),
            before: None,
            after: None,
            hash: [0; 32],
        })
    }

    pub fn before(mut self, text: impl ToString) -> Self {
        self.0.before = Some(text.to_string());
        self
    }

    pub fn after(mut self, text: impl ToString) -> Self {
        self.0.after = Some(text.to_string());
        self
    }

    pub fn write(mut self, work: &mut Work<'_>, chain: Chain, at: Timestamp) -> Result<(), OfficeError> {
        self.0.at = at;
        chain.append(work, &self.0)?;
        Ok(())
    }
}
