use crate::office::{Entry, next};
use crate::{Actor, Office, OfficeError, Permission};
use satchel_key_house::Desk;
use satchel_packages::Kind;
use satchel_programs::{BonusRule, EarnRule, Program, RedeemRule};
use satchel_store::{Chain, Row, Work};
use satchel_values::{Date, Money, Points, Timestamp};
use serde_json::Value as Json;

/// Letters of a draft at most.
const BODY_MOST: usize = 1024 * 1024;
/// Lines of a receipt's text at most, and letters in one.
const TEXTS_MOST: usize = 20;
/// Rules for bonuses at most, and what one brings at most.
const BONUSES_MOST: usize = 50;
const BONUS_MOST: i64 = 1_000_000;

/// Something that terminals are to be set up with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its number.
    pub id: i64,
    /// What it is.
    pub kind: DraftKind,
    /// What it says, as JSON; in a list, its first two thousand letters.
    pub body: String,
    /// Who wrote it.
    pub author: String,
    /// Who approved it.
    pub reviewer: Option<String>,
    /// How it stands.
    pub state: DraftState,
    /// When it was written.
    pub made_at: Timestamp,
    /// Counts the changes.
    pub revision: i64,
}

/// What a draft is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftKind {
    /// A sales program: `{"earn": {"per": 100, "points": 1}, "redeem": {"points": 100, "worth": 100, "share_percent": 50},
    /// "bonus": [{"least": 4000, "money": 200, "points": 5}]}`.
    Program,
    /// Texts of receipts: `{"header": "…", "footer": "…"}`.
    Texts,
    /// What is sold, and for how much: `{"count": 2, "table": "…"}`; made by [`Office::draft_catalogue`].
    Catalogue,
}

/// How a draft stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftState {
    /// Written, and waiting for a second person.
    Draft,
    /// Approved, and waiting to be signed.
    Reviewed,
    /// In force: terminals get it.
    Published,
    /// Not in force, or not any more.
    Withdrawn,
}

impl DraftKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Program, Self::Texts, Self::Catalogue];

    /// As it is stored and typed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::Texts => "texts",
            Self::Catalogue => "catalogue",
        }
    }

    /// From its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl DraftState {
    /// As it is stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Reviewed => "reviewed",
            Self::Published => "published",
            Self::Withdrawn => "withdrawn",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::Draft, Self::Reviewed, Self::Published, Self::Withdrawn].into_iter().find(|state| state.name() == name)
    }
}

const COLUMNS: &str = "id, kind, body, author, reviewer, state, made_at, revision";

impl Office {
    /// Writes a draft. One that was in force before may be drafted again: that rolls back.
    ///
    /// # Errors
    /// Not allowed, or it says something that terminals could not use.
    pub fn draft(&self, actor: &Actor, kind: DraftKind, body: &str) -> Result<i64, OfficeError> {
        self.allow(actor, Permission::SetUp, "draft")?;
        let body = checked(kind, body)?;
        self.database.write(|work| {
            let id = insert(work, (kind, &body), &actor.login, self.now())?;
            let entry =
                Entry::new(&actor.login, "draft.written", subject(id)).after(format!("{}: {body}", kind.name()));
            entry.write(work, Chain::Audit, self.now())?;
            Ok(id)
        })
    }

    /// Approves a draft that somebody else wrote.
    ///
    /// # Errors
    /// Not allowed, it is one's own, or somebody else changed it meanwhile.
    pub fn review(&self, actor: &Actor, id: i64, revision: i64) -> Result<(), OfficeError> {
        self.allow(actor, Permission::SetUp, &subject(id))?;
        self.database.write(|work| {
            if one(work, id)?.author == actor.login {
                return Err(OfficeError::FourEyes);
            }
            work.change(
                "UPDATE drafts SET state = 'reviewed', reviewer = $2, revision = revision + 1 \
                 WHERE id = $1 AND revision = $3 AND state = 'draft'",
                &[id.into(), (&actor.login).into(), revision.into()],
            )?;
            Entry::new(&actor.login, "draft.reviewed", subject(id)).write(work, Chain::Audit, self.now())
        })
    }

    /// Puts a draft away that is not in force.
    ///
    /// # Errors
    /// Not allowed, or somebody else changed it meanwhile.
    pub fn withdraw(&self, actor: &Actor, id: i64, revision: i64) -> Result<(), OfficeError> {
        self.allow(actor, Permission::SetUp, &subject(id))?;
        self.database.write(|work| {
            work.change(
                "UPDATE drafts SET state = 'withdrawn', revision = revision + 1 \
                 WHERE id = $1 AND revision = $2 AND state IN ('draft', 'reviewed')",
                &[id.into(), revision.into()],
            )?;
            Entry::new(&actor.login, "draft.withdrawn", subject(id)).write(work, Chain::Audit, self.now())
        })
    }

    /// Signs everything that was approved, and the block list and the list of operators as they are now. The web server has no
    /// key: this is done where an officer has opened the desk. Gives how many drafts came into force.
    ///
    /// # Errors
    /// Not allowed, or the database fails.
    pub fn publish(&self, actor: &Actor, desk: &Desk) -> Result<usize, OfficeError> {
        self.allow(actor, Permission::SetUp, "packages")?;
        let sql = format!("SELECT {COLUMNS} FROM drafts WHERE state = 'reviewed' ORDER BY id");
        let reviewed = self.database.read(|work| work.rows(&sql, &[]))?;
        let reviewed = reviewed.iter().map(draft).collect::<Result<Vec<_>, _>>()?;
        for draft in &reviewed {
            self.database.write(|work| -> Result<(), OfficeError> {
                work.run(
                    "UPDATE drafts SET state = 'withdrawn', revision = revision + 1 WHERE kind = $1 AND state = 'published'",
                    &[draft.kind.name().into()],
                )?;
                work.change(
                    "UPDATE drafts SET state = 'published', revision = revision + 1 WHERE id = $1 AND state = 'reviewed'",
                    &[draft.id.into()],
                )?;
                Entry::new(&actor.login, "draft.published", subject(draft.id)).write(work, Chain::Audit, self.now())
            })?;
        }
        self.signed(desk, Kind::Program, "", &self.program()?)?;
        self.signed(desk, Kind::Operators, "", &self.operators()?)?;
        self.signed(desk, Kind::BlockList, "", &satchel_packages::BlockList::from_uids(self.blocked()?))?;
        Ok(reviewed.len())
    }

    /// All drafts, the newest first; of what each says, the beginning.
    ///
    /// # Errors
    /// Not allowed, or the database fails.
    pub fn drafts(&self, actor: &Actor) -> Result<Vec<Draft>, OfficeError> {
        self.allow(actor, Permission::Look, "drafts")?;
        let sql = "SELECT id, kind, SUBSTR(body, 1, 2000), author, reviewer, state, made_at, revision \
                   FROM drafts ORDER BY id DESC LIMIT 200";
        self.database.read(|work| work.rows(sql, &[]))?.iter().map(draft).collect()
    }

    /// Drafts again what was withdrawn, as it was: the way back to what was in force before.
    ///
    /// # Errors
    /// Not allowed, or there is no such draft.
    pub fn draft_again(&self, actor: &Actor, id: i64) -> Result<i64, OfficeError> {
        self.allow(actor, Permission::SetUp, &subject(id))?;
        self.database.write(|work| {
            let before = one(work, id)?;
            let again = insert(work, (before.kind, &before.body), &actor.login, self.now())?;
            let entry = Entry::new(&actor.login, "draft.written", subject(again)).before(subject(id));
            entry.write(work, Chain::Audit, self.now())?;
            Ok(again)
        })
    }

    /// What is in force of a kind.
    pub(crate) fn published(&self, kind: DraftKind) -> Result<Option<Json>, OfficeError> {
        let sql = "SELECT body FROM drafts WHERE kind = $1 AND state = 'published' ORDER BY id DESC LIMIT 1";
        let row = self.database.read(|work| work.row(sql, &[kind.name().into()]))?;
        row.map(|row| parsed(&row.text(0)?)).transpose()
    }

    /// The sales program in force; none that earns anything if nobody has published one.
    pub(crate) fn program(&self) -> Result<Program, OfficeError> {
        let empty = Program { earn: Vec::new(), redeem: None, top_up_bonus: Vec::new() };
        self.published(DraftKind::Program)?.map_or(Ok(empty), |body| program(&body))
    }
}

/// A draft that waits for a second person. Gives its number.
pub(crate) fn insert(
    work: &mut Work<'_>,
    (kind, body): (DraftKind, &str),
    author: &str,
    at: Timestamp,
) -> Result<i64, OfficeError> {
    let id = next(work, "draft")?;
    work.run(
        "INSERT INTO drafts VALUES ($1, $2, '', $3, $4, NULL, 'draft', $5, 1)",
        &[id.into(), kind.name().into(), body.into(), author.into(), at.ms().into()],
    )?;
    Ok(id)
}

pub(crate) fn subject(id: i64) -> String {
    format!("draft {id}")
}

fn parsed(body: &str) -> Result<Json, OfficeError> {
    serde_json::from_str(body).map_err(|error| OfficeError::invalid("draft", error.to_string()))
}

/// The draft as it is kept, if terminals can use it.
fn checked(kind: DraftKind, body: &str) -> Result<String, OfficeError> {
    if body.len() > BODY_MOST {
        return Err(OfficeError::invalid("draft", "it is too long"));
    }
    let json = parsed(body)?;
    match kind {
        DraftKind::Program => program(&json).map(|_| ())?,
        DraftKind::Catalogue => return Err(OfficeError::invalid("draft", "a catalogue comes from a table")),
        DraftKind::Texts => {
            let texts = json.as_object().ok_or_else(|| OfficeError::invalid("draft", "places and their texts"))?;
            let good = |(place, text): (&String, &Json)| {
                place.len() <= 40 && text.as_str().is_some_and(|text| text.chars().count() <= 400)
            };
            if texts.len() > TEXTS_MOST || !texts.iter().all(good) {
                return Err(OfficeError::invalid("draft", format!("at most {TEXTS_MOST} texts of 400 letters")));
            }
        }
    }
    Ok(json.to_string())
}

fn program(json: &Json) -> Result<Program, OfficeError> {
    let number = |part: &Json, name: &'static str| {
        let found = part[name].as_i64().filter(|number| (1..=1_000_000_000).contains(number));
        found.ok_or_else(|| OfficeError::invalid(name, "a whole number from 1 to 1000000000"))
    };
    let earn = match &json["earn"] {
        Json::Null => Vec::new(),
        part => vec![EarnRule {
            tier: None,
            per: Money::new(number(part, "per")?),
            points: Points::new(number(part, "points")?),
            from: Date::from_days(0),
            until: Date::from_days(0),
        }],
    };
    let redeem = match &json["redeem"] {
        Json::Null => None,
        part => Some(RedeemRule {
            points: Points::new(number(part, "points")?),
            worth: Money::new(number(part, "worth")?),
            least: Points::new(number(part, "points")?),
            share_percent: match &part["share_percent"] {
                Json::Null => 100,
                _ => u8::try_from(number(part, "share_percent")?).unwrap_or(u8::MAX).min(100),
            },
        }),
    };
    let bonus = |part: &Json| -> Result<BonusRule, OfficeError> {
        Ok(BonusRule {
            least: Money::new(number(part, "least")?),
            money: Money::new(part["money"].as_i64().unwrap_or_default().clamp(0, BONUS_MOST)),
            points: Points::new(part["points"].as_i64().unwrap_or_default().clamp(0, BONUS_MOST)),
        })
    };
    let rules = json["bonus"].as_array().map_or(&[] as &[Json], Vec::as_slice);
    let top_up_bonus = rules.iter().take(BONUSES_MOST).map(bonus).collect::<Result<_, _>>()?;
    Ok(Program { earn, redeem, top_up_bonus })
}

fn one(work: &mut Work<'_>, id: i64) -> Result<Draft, OfficeError> {
    let row = work.row(&format!("SELECT {COLUMNS} FROM drafts WHERE id = $1"), &[id.into()])?;
    draft(&row.ok_or_else(|| OfficeError::not_found("draft", id))?)
}

fn draft(row: &Row) -> Result<Draft, OfficeError> {
    let damaged = |what: &str| satchel_store::StoreError::Damaged(format!("a draft's {what}"));
    Ok(Draft {
        id: row.int(0)?,
        kind: DraftKind::parse(&row.text(1)?).ok_or_else(|| damaged("kind"))?,
        body: row.text(2)?,
        author: row.text(3)?,
        reviewer: row.maybe_text(4)?,
        state: DraftState::parse(&row.text(5)?).ok_or_else(|| damaged("state"))?,
        made_at: Timestamp::from_ms(row.int(6)?),
        revision: row.int(7)?,
    })
}
