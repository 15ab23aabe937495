//! Who the members are. A file of its own, apart from the journal, so that a person can be corrected and erased while
//! what happened stays.

use minicbor::bytes::ByteArray;
use rand_core::CryptoRng;
use rusqlite::{Connection, OptionalExtension, Row, params};
use satchel_values::{CardNumber, Timestamp, Uid};
use std::path::Path;

/// Characters in a name or a contact at most.
const TEXT_MOST: usize = 200;
/// Members that one search shows at most.
const FOUND_MOST: u32 = 50;

/// Version 1.
///
/// `member`: a person.
/// - `reference`: 16 random bytes; the journal knows the person by it.
/// - `card`: the card's UID.
/// - `number`: the number printed on the card.
/// - `name`, `contact`: as the person gave them.
/// - `consent`: 1 if they agreed to be written to, 0 if not.
/// - `at_ms`: when they were registered or last corrected, milliseconds since 1970-01-01 UTC.
const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS member (
        reference BLOB PRIMARY KEY CHECK (length(reference) = 16),
        card BLOB NOT NULL CHECK (length(card) = 7),
        number INTEGER NOT NULL,
        name TEXT NOT NULL,
        contact TEXT NOT NULL,
        consent INTEGER NOT NULL,
        at_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS member_number ON member (number);
    CREATE INDEX IF NOT EXISTS member_card ON member (card);
";

/// Whether a person agreed to be written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// They did.
    Given,
    /// They did not.
    Refused,
}

/// A person to register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberDraft {
    /// The card they get.
    pub card: Uid,
    /// The number printed on it.
    pub number: CardNumber,
    /// Their name, as they write it.
    pub name: String,
    /// How to reach them.
    pub contact: String,
    /// What they agreed to.
    pub consent: Consent,
    /// When.
    pub at: Timestamp,
}

/// A registered person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// What the journal knows them by.
    pub reference: ByteArray<16>,
    /// What they told.
    pub draft: MemberDraft,
}

/// Why a member was not registered, found or changed.
#[derive(Debug, thiserror::Error)]
pub enum MembersError {
    /// No name.
    #[error("a member needs a name")]
    NoName,
    /// Too long, or not one line.
    #[error("name and contact are one line of at most {TEXT_MOST} characters each")]
    Text,
    /// Nobody by that reference.
    #[error("there is no such member here")]
    Unknown,
    /// The file.
    #[error("the members' file: {0}")]
    Storage(#[from] rusqlite::Error),
}

/// The members' file.
#[derive(Debug)]
pub struct Members(Connection);

impl Members {
    /// Opens the file, or begins one. What is erased from it is overwritten.
    pub fn open(path: &Path) -> Result<Self, MembersError> {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "secure_delete", true)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self(connection))
    }

    /// Registers a person. The same card again is the same person told again: what they told replaces what stood
    /// there, under the same reference.
    pub fn register(&mut self, draft: &MemberDraft, rng: &mut dyn CryptoRng) -> Result<[u8; 16], MembersError> {
        check(draft)?;
        let known = "SELECT reference FROM member WHERE card = ?1";
        let known = self.0.query_row(known, params![draft.card.bytes()], |row| row.get(0)).optional()?;
        let reference = known.unwrap_or_else(|| {
            let mut reference = [0; 16];
            rng.fill_bytes(&mut reference);
            reference
        });
        self.put(&reference, draft)?;
        Ok(reference)
    }

    /// Corrects what is known of a person.
    pub fn correct(&mut self, reference: &[u8; 16], draft: &MemberDraft) -> Result<(), MembersError> {
        check(draft)?;
        self.get(reference)?.ok_or(MembersError::Unknown)?;
        self.put(reference, draft)
    }

    /// Forgets a person. The journal keeps a reference that leads nowhere.
    pub fn erase(&mut self, reference: &[u8; 16]) -> Result<(), MembersError> {
        match self.0.execute("DELETE FROM member WHERE reference = ?1", params![reference])? {
            0 => Err(MembersError::Unknown),
            _ => Ok(()),
        }
    }

    /// A person by reference.
    pub fn get(&self, reference: &[u8; 16]) -> Result<Option<Member>, MembersError> {
        Ok(self.find("reference = ?1", params![reference])?.pop())
    }

    /// The person who has this card.
    pub fn by_number(&self, number: CardNumber) -> Result<Option<Member>, MembersError> {
        let number = i64::try_from(number.get()).unwrap_or(i64::MAX);
        Ok(self.find("number = ?1", params![number])?.pop())
    }

    /// The person on this card.
    pub fn by_card(&self, card: &Uid) -> Result<Option<Member>, MembersError> {
        Ok(self.find("card = ?1", params![card.bytes()])?.pop())
    }

    /// The cards of members whose number ends in these digits.
    pub fn cards_ending(&self, digits: &str) -> Result<Vec<Uid>, MembersError> {
        let mut statement = self.0.prepare("SELECT card FROM member WHERE substr(number, -length(?1)) = ?1")?;
        let cards = statement.query_map(params![digits], |row| row.get(0).map(Uid::new))?;
        Ok(cards.collect::<Result<_, _>>()?)
    }

    /// People whose name or contact contains this, at most fifty.
    pub fn search(&self, text: &str) -> Result<Vec<Member>, MembersError> {
        self.find("instr(lower(name), lower(?1)) > 0 OR instr(lower(contact), lower(?1)) > 0", params![text])
    }

    fn put(&mut self, reference: &[u8; 16], draft: &MemberDraft) -> Result<(), MembersError> {
        let number = i64::try_from(draft.number.get()).unwrap_or(i64::MAX);
        let consent = i64::from(draft.consent == Consent::Given);
        self.0.execute(
            "INSERT OR REPLACE INTO member VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![reference, draft.card.bytes(), number, draft.name, draft.contact, consent, draft.at.ms()],
        )?;
        Ok(())
    }

    fn find(&self, condition: &str, params: impl rusqlite::Params) -> Result<Vec<Member>, MembersError> {
        let select = format!(
            "SELECT reference, card, number, name, contact, consent, at_ms FROM member WHERE {condition} LIMIT {FOUND_MOST}"
        );
        let mut statement = self.0.prepare(&select)?;
        let members = statement.query_map(params, member)?;
        Ok(members.collect::<Result<_, _>>()?)
    }
}

fn check(draft: &MemberDraft) -> Result<(), MembersError> {
    if draft.name.trim().is_empty() {
        return Err(MembersError::NoName);
    }
    let fits = |text: &str| text.chars().count() <= TEXT_MOST && !text.chars().any(char::is_control);
    if fits(&draft.name) && fits(&draft.contact) { Ok(()) } else { Err(MembersError::Text) }
}

fn member(row: &Row<'_>) -> rusqlite::Result<Member> {
    let number: i64 = row.get(2)?;
    let number = u64::try_from(number).ok().and_then(|number| CardNumber::from_number(number).ok());
    let number = number.ok_or(rusqlite::Error::IntegralValueOutOfRange(2, 0))?;
    let draft = MemberDraft {
        card: Uid::new(row.get(1)?),
        number,
        name: row.get(3)?,
        contact: row.get(4)?,
        consent: if row.get::<_, i64>(5)? == 1 { Consent::Given } else { Consent::Refused },
        at: Timestamp::from_ms(row.get(6)?),
    };
    Ok(Member { reference: row.get::<_, [u8; 16]>(0)?.into(), draft })
}
