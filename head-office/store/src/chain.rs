use crate::{Row, StoreError, Work};
use satchel_values::Timestamp;
use sha2::{Digest, Sha256};
use std::fmt;

/// One of the records that are only ever added to, each entry bound to the one before by its hash (SHA-256).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chain {
    /// Who changed what at head office.
    Audit,
    /// What was done to cards: issues, blocks, replacements.
    Cards,
}

/// An entry of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its number; the first is 1, and none is left out.
    pub sequence: i64,
    /// When it was written.
    pub at: Timestamp,
    /// The officer, or the part of the system that acted by itself.
    pub who: String,
    /// What was done, in a word that stays the same: `card.blocked`.
    pub action: String,
    /// To what: `card 12345`.
    pub subject: String,
    /// How it was before, and how it is now.
    pub before: Option<String>,
    /// The other half of `before`, or whatever else belongs to it.
    pub after: Option<String>,
    /// Binds it to all entries before.
    pub hash: [u8; 32],
}

/// Where a chain does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainFault {
    /// The chain.
    pub chain: Chain,
    /// The first entry that is not what was written, or is missing.
    pub sequence: i64,
}

impl fmt::Display for ChainFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry {} of the {} is not as it was written", self.sequence, self.chain.words())
    }
}

const COLUMNS: &str = "sequence, at, who, action, subject, was, became, hash";

impl Chain {
    const fn table(self) -> &'static str {
        match self {
            Self::Audit => "audit",
            Self::Cards => "card_records",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Audit => "audit trail",
            Self::Cards => "records of cards",
        }
    }

    /// Adds an entry and gives its number. `sequence` and `hash` of what is given do not matter.
    ///
    /// # Errors
    /// Of the database.
    pub fn append(self, work: &mut Work<'_>, link: &Link) -> Result<i64, StoreError> {
        let table = self.table();
        // The row of the chain's end is locked by this, so entries are written one after another.
        let end = work
            .row("UPDATE chains SET sequence = sequence + 1 WHERE name = $1 RETURNING sequence, hash", &[table.into()])?
            .ok_or_else(|| StoreError::Damaged(format!("the chain {table} has no end")))?;
        let sequence = end.int(0)?;
        let hash = hash(end.bytes(1)?, &Link { sequence, ..link.clone() });
        work.run("UPDATE chains SET hash = $2 WHERE name = $1", &[table.into(), hash.into()])?;
        work.run(
            &format!("INSERT INTO {table} ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"),
            &[
                sequence.into(),
                link.at.ms().into(),
                (&link.who).into(),
                (&link.action).into(),
                (&link.subject).into(),
                link.before.clone().into(),
                link.after.clone().into(),
                hash.into(),
            ],
        )?;
        Ok(sequence)
    }

    /// Entries about a subject, newest first.
    ///
    /// # Errors
    /// Of the database.
    pub fn about(self, work: &mut Work<'_>, subject: &str, most: u32) -> Result<Vec<Link>, StoreError> {
        let table = self.table();
        work.rows(
            &format!("SELECT {COLUMNS} FROM {table} WHERE subject = $1 ORDER BY sequence DESC LIMIT $2"),
            &[subject.into(), most.into()],
        )?
        .iter()
        .map(link)
        .collect()
    }

    /// The newest entries before one, newest first.
    ///
    /// # Errors
    /// Of the database.
    pub fn newest(self, work: &mut Work<'_>, before: i64, most: u32) -> Result<Vec<Link>, StoreError> {
        let table = self.table();
        work.rows(
            &format!("SELECT {COLUMNS} FROM {table} WHERE sequence < $1 ORDER BY sequence DESC LIMIT $2"),
            &[before.into(), most.into()],
        )?
        .iter()
        .map(link)
        .collect()
    }

    /// Checks every entry, and that the chain ends where it says. Gives how many there are, or the first that is not as
    /// it was written.
    ///
    /// # Errors
    /// Of the database.
    pub fn verify(self, work: &mut Work<'_>) -> Result<Result<i64, ChainFault>, StoreError> {
        const AT_ONCE: i64 = 10_000;
        let table = self.table();
        let end = work
            .row("SELECT sequence, hash FROM chains WHERE name = $1", &[table.into()])?
            .ok_or_else(|| StoreError::Damaged(format!("the chain {table} has no end")))?;
        let (last, end_hash) = (end.int(0)?, end.array::<32>(1)?);
        let (mut sequence, mut before) = (0, [0; 32]);
        loop {
            let rows = work.rows(
                &format!("SELECT {COLUMNS} FROM {table} WHERE sequence > $1 ORDER BY sequence LIMIT {AT_ONCE}"),
                &[sequence.into()],
            )?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                let link = link(row)?;
                if link.sequence != sequence + 1 || link.hash != hash(&before, &link) {
                    return Ok(Err(ChainFault { chain: self, sequence: sequence + 1 }));
                }
                (sequence, before) = (link.sequence, link.hash);
            }
        }
        let whole = sequence == last && before == end_hash;
        Ok(if whole { Ok(sequence) } else { Err(ChainFault { chain: self, sequence: sequence + 1 }) })
    }
}

fn link(row: &Row) -> Result<Link, StoreError> {
    Ok(Link {
        sequence: row.int(0)?,
        at: Timestamp::from_ms(row.int(1)?),
        who: row.text(2)?,
        action: row.text(3)?,
        subject: row.text(4)?,
        before: row.maybe_text(5)?,
        after: row.maybe_text(6)?,
        hash: row.array(7)?,
    })
}

/// Each field with its length before it, so that no two entries are the same bytes.
fn hash(before: &[u8], link: &Link) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"satchel office chain 1");
    hash.update(before);
    hash.update(link.sequence.to_be_bytes());
    hash.update(link.at.ms().to_be_bytes());
    for text in [Some(&link.who), Some(&link.action), Some(&link.subject), link.before.as_ref(), link.after.as_ref()] {
        let Some(text) = text else {
            hash.update(u64::MAX.to_be_bytes());
            continue;
        };
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    hash.finalize().into()
}
