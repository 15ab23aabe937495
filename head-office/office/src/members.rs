use crate::office::{Entry, next};
use crate::text::{folded_words, line, some_line};
use crate::{Actor, Office, OfficeError, Permission};
use satchel_store::{Chain, Row, Work};
use satchel_values::Timestamp;
use std::collections::BTreeSet;

/// Members in one answer at most.
const FOUND_MOST: u32 = 100;
/// From this many members on a word says little of whom it is about.
const COMMON: i64 = 1_000;

/// A member, as far as head office knows them. Personal data is here and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Their number, which their cards carry.
    pub id: i64,
    /// What is known.
    pub data: MemberData,
    /// The member that this one was found to be the same as.
    pub merged_into: Option<i64>,
    /// Whether their data was erased.
    pub erased: bool,
    /// Counts the changes.
    pub revision: i64,
}

/// Personal data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MemberData {
    /// Their name.
    pub name: String,
    /// A telephone number or an address.
    pub contact: String,
    /// When they agreed that this is kept.
    pub consent_at: Option<Timestamp>,
}

const COLUMNS: &str = "id, name, contact, consent_at, merged_into, erased, revision";

impl Office {
    /// Takes in a member.
    ///
    /// # Errors
    /// Not allowed, or something typed cannot be.
    pub fn add_member(&self, actor: &Actor, data: &MemberData) -> Result<i64, OfficeError> {
        self.allow(actor, Permission::ServeMembers, "member")?;
        let data = checked(data)?;
        self.database.write(|work| {
            let id = insert(work, &data)?;
            Entry::new(&actor.login, "member.added", subject(id)).write(work, Chain::Audit, self.now())?;
            Ok(id)
        })
    }

    /// Corrects a member's data. What it was is not kept: the trail says who corrected, not what. A consent that is not named
    /// stays as it is.
    ///
    /// # Errors
    /// Not allowed, or somebody else changed it meanwhile.
    pub fn correct_member(&self, actor: &Actor, id: i64, data: &MemberData, revision: i64) -> Result<(), OfficeError> {
        self.allow(actor, Permission::ServeMembers, &subject(id))?;
        let data = checked(data)?;
        self.database.write(|work| {
            work.change(
                "UPDATE members SET name = $2, contact = $3, consent_at = COALESCE($4, consent_at), revision = revision + 1 \
                 WHERE id = $1 AND revision = $5 AND erased = 0",
                &[
                    id.into(),
                    (&data.name).into(),
                    (&data.contact).into(),
                    data.consent_at.map(Timestamp::ms).into(),
                    revision.into(),
                ],
            )?;
            reword(work, id, &data)?;
            Entry::new(&actor.login, "member.corrected", subject(id)).write(work, Chain::Audit, self.now())
        })
    }

    /// Finds that two members are one: cards of the second become the first's, its data goes.
    ///
    /// # Errors
    /// Not allowed, or one of them is not there any more.
    pub fn merge_members(&self, actor: &Actor, keep: i64, other: i64) -> Result<(), OfficeError> {
        self.allow(actor, Permission::ServeMembers, &subject(keep))?;
        if keep == other {
            return Err(OfficeError::invalid("other member", "it is the same member"));
        }
        self.database.write(|work| {
            for id in [keep, other] {
                let member = one(work, id)?;
                if member.erased || member.merged_into.is_some() {
                    return Err(OfficeError::State(format!("member {id} is not there any more")));
                }
            }
            work.run(
                "UPDATE cards SET member = $1, revision = revision + 1 WHERE member = $2",
                &[keep.into(), other.into()],
            )?;
            erase(work, other, Some(keep))?;
            let entry = Entry::new(&actor.login, "member.merged", subject(keep)).before(subject(other));
            entry.write(work, Chain::Audit, self.now())
        })
    }

    /// Erases a member's data on their request. Their cards stay, without a name.
    ///
    /// # Errors
    /// Not allowed, or there is no such member.
    pub fn erase_member(&self, actor: &Actor, id: i64) -> Result<(), OfficeError> {
        self.allow(actor, Permission::ServeMembers, &subject(id))?;
        self.database.write(|work| {
            one(work, id)?;
            erase(work, id, None)?;
            Entry::new(&actor.login, "member.erased", subject(id)).write(work, Chain::Audit, self.now())
        })
    }

    /// A member.
    ///
    /// # Errors
    /// Not allowed, or there is none.
    pub fn member(&self, actor: &Actor, id: i64) -> Result<Member, OfficeError> {
        self.allow(actor, Permission::LookAtMembers, &subject(id))?;
        self.database.read(|work| one(work, id))
    }

    /// Members whose name or contact has every one of these words, or words that begin so.
    ///
    /// # Errors
    /// Not allowed, or the database fails.
    pub fn find_members(&self, actor: &Actor, words: &str) -> Result<Vec<Member>, OfficeError> {
        self.allow(actor, Permission::LookAtMembers, "members")?;
        let words = folded_words(words);
        let rows = self.database.read(|work| found(work, &words))?;
        let members = rows.iter().map(member).collect::<Result<Vec<_>, _>>()?;
        let has = |member: &Member| {
            let all = folded_words(&format!("{} {}", member.data.name, member.data.contact));
            words.iter().all(|wanted| all.iter().any(|word| word.starts_with(wanted)))
        };
        Ok(members.into_iter().filter(has).take(FOUND_MOST as usize).collect())
    }

    /// Everything about a member that they may ask for, as JSON.
    ///
    /// # Errors
    /// Not allowed, or there is none.
    pub fn export_member(&self, actor: &Actor, id: i64) -> Result<serde_json::Value, OfficeError> {
        self.allow(actor, Permission::ServeMembers, &subject(id))?;
        let member = self.member(actor, id)?;
        let cards = self.cards_of_member(actor, id)?;
        self.database.write(|work| {
            Entry::new(&actor.login, "member.exported", subject(id)).write(work, Chain::Audit, self.now())
        })?;
        Ok(serde_json::json!({
            "member": id,
            "name": member.data.name,
            "contact": member.data.contact,
            "consent_at_ms": member.data.consent_at.map(Timestamp::ms),
            "cards": cards.iter().map(|card| serde_json::json!({
                "number": card.number.to_string(),
                "state": card.state.name(),
                "tier": card.tier,
            })).collect::<Vec<_>>(),
        }))
    }
}

/// Members that may have all of the words: those of the rarest, whose others the caller looks at; or, where every word is a
/// common one, the first that have all.
fn found(work: &mut Work<'_>, words: &[String]) -> Result<Vec<Row>, OfficeError> {
    let mut rarest: Option<(i64, &String)> = None;
    for word in words {
        let sql = format!(
            "SELECT COUNT(*) FROM (SELECT 1 FROM member_words WHERE word >= $1 AND word < $2 LIMIT {COMMON}) AS these"
        );
        let count = work.row(&sql, &[word.into(), after(word).into()])?.map_or(Ok(0), |row| row.int(0))?;
        if rarest.is_none_or(|(least, _)| count < least) {
            rarest = Some((count, word));
        }
    }
    let Some((count, first)) = rarest else { return Ok(Vec::new()) };
    let mut parameters = vec![first.into(), after(first).into()];
    let mut others = String::new();
    if count >= COMMON {
        for word in words.iter().filter(|word| *word != first) {
            let (from, to) = (parameters.len() + 1, parameters.len() + 2);
            others += &format!(
                " AND EXISTS (SELECT 1 FROM member_words AS other WHERE other.member = first.member AND other.word >= ${from} AND other.word < ${to})"
            );
            parameters.extend([word.into(), after(word).into()]);
        }
    }
    let sql = format!(
        "SELECT member FROM member_words AS first WHERE word >= $1 AND word < $2{others} ORDER BY word, member LIMIT {COMMON}"
    );
    let most = if count >= COMMON { FOUND_MOST as usize } else { usize::MAX };
    let ids: BTreeSet<i64> =
        work.rows(&sql, &parameters)?.iter().take(most).map(|row| row.int(0)).collect::<Result<_, _>>()?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let list = ids.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
    Ok(work.rows(&format!("SELECT {COLUMNS} FROM members WHERE id IN ({list}) ORDER BY id"), &[])?)
}

pub(crate) fn subject(id: i64) -> String {
    format!("member {id}")
}

pub(crate) fn checked(data: &MemberData) -> Result<MemberData, OfficeError> {
    let (name, contact) = (some_line("name", &data.name)?, line("contact", &data.contact)?);
    Ok(MemberData { name, contact, consent_at: data.consent_at })
}

/// Takes in a member whose data is checked.
pub(crate) fn insert(work: &mut Work<'_>, data: &MemberData) -> Result<i64, OfficeError> {
    let id = next(work, "member")?;
    work.run(
        "INSERT INTO members VALUES ($1, $2, $3, NULL, $4, NULL, 0, 1)",
        &[id.into(), (&data.name).into(), (&data.contact).into(), data.consent_at.map(Timestamp::ms).into()],
    )?;
    reword(work, id, data)?;
    Ok(id)
}

fn reword(work: &mut Work<'_>, id: i64, data: &MemberData) -> Result<(), OfficeError> {
    work.run("DELETE FROM member_words WHERE member = $1", &[id.into()])?;
    for word in folded_words(&format!("{} {}", data.name, data.contact)) {
        work.run("INSERT INTO member_words VALUES ($1, $2)", &[word.into(), id.into()])?;
    }
    Ok(())
}

fn erase(work: &mut Work<'_>, id: i64, merged_into: Option<i64>) -> Result<(), OfficeError> {
    work.run("DELETE FROM member_words WHERE member = $1", &[id.into()])?;
    work.change(
        "UPDATE members SET name = '', contact = '', born_day = NULL, consent_at = NULL, erased = 1, merged_into = $2, \
         revision = revision + 1 WHERE id = $1",
        &[id.into(), merged_into.into()],
    )?;
    Ok(())
}

fn one(work: &mut Work<'_>, id: i64) -> Result<Member, OfficeError> {
    let row = work.row(&format!("SELECT {COLUMNS} FROM members WHERE id = $1"), &[id.into()])?;
    member(&row.ok_or_else(|| OfficeError::not_found("member", id))?)
}

fn member(row: &Row) -> Result<Member, OfficeError> {
    Ok(Member {
        id: row.int(0)?,
        data: MemberData {
            name: row.text(1)?,
            contact: row.text(2)?,
            consent_at: row.maybe_int(3)?.map(Timestamp::from_ms),
        },
        merged_into: row.maybe_int(4)?,
        erased: row.yes(5)?,
        revision: row.int(6)?,
    })
}

/// The first text after all that begin with this one.
fn after(prefix: &str) -> String {
    format!("{prefix}\u{10FFFF}")
}
