use crate::office::{Entry, charter, next};
use crate::{Actor, Office, OfficeError, Permission, settle};
use satchel_store::{Chain, Link, Row, StoreError, Value, Work};
use satchel_values::{CardNumber, Date, Money, Points, Timestamp, Uid};

/// Cards in one answer at most.
const FOUND_MOST: u32 = 100;
/// Entries on a card's time line at most.
const TIME_LINE_MOST: u32 = 500;

/// A member card, as head office knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The number printed on it.
    pub number: CardNumber,
    /// Its chip; none before it is made.
    pub uid: Option<Uid>,
    /// Whose it is.
    pub member: Option<i64>,
    /// How it stands.
    pub state: CardState,
    /// The tier it was issued with.
    pub tier: u8,
    /// The amount it was issued with.
    pub amount: Money,
    /// The points it was issued with.
    pub points: Points,
    /// The last day; day 0 for none.
    pub expiry: Date,
    /// The version of its keys.
    pub key_version: Option<u8>,
    /// When making it began.
    pub issued_at: Option<Timestamp>,
    /// The batch it was ordered in.
    pub batch: Option<i64>,
    /// The card it stands for.
    pub replaces: Option<CardNumber>,
    /// Counts the changes.
    pub revision: i64,
}

/// How a card stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardState {
    /// Ordered, not made.
    Planned,
    /// Making it has begun.
    Writing,
    /// Made, and waiting for its member.
    Issued,
    /// In a member's hands.
    Active,
    /// Pays nowhere.
    Blocked,
    /// Another stands for it.
    Replaced,
    /// Its money is being taken off it at the desk; whether it was, the card tells.
    Retiring,
    /// Its money was given back, or is on another card.
    Refunded,
    /// Could not be made.
    Spoiled,
}

/// Which cards are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardsQuery {
    /// By number, or its beginning.
    Number(String),
    /// Issued on these days.
    Issued(Date, Date),
    /// Of members whose name has these words.
    Name(String),
    /// In this state.
    State(CardState),
    /// The newest.
    Newest,
}

/// Cards that were found, with the names of their members as far as one may see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The card.
    pub card: Card,
    /// The member's name.
    pub name: Option<String>,
}

pub(crate) const COLUMNS: &str = "number, uid, cards.member, state, tier, amount, points, expiry_day, key_version, \
                                  issued_at, batch, replaces, cards.revision";

impl CardState {
    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::Planned,
        Self::Writing,
        Self::Issued,
        Self::Active,
        Self::Blocked,
        Self::Replaced,
        Self::Retiring,
        Self::Refunded,
        Self::Spoiled,
    ];

    /// As it is stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Writing => "writing",
            Self::Issued => "issued",
            Self::Active => "active",
            Self::Blocked => "blocked",
            Self::Replaced => "replaced",
            Self::Retiring => "retiring",
            Self::Refunded => "refunded",
            Self::Spoiled => "spoiled",
        }
    }

    /// From its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

impl Office {
    /// Cards that a query finds, at most a hundred.
    ///
    /// # Errors
    /// Not allowed, or the database fails.
    pub fn find_cards(&self, actor: &Actor, query: &CardsQuery) -> Result<Vec<Found>, OfficeError> {
        self.allow(actor, Permission::Look, "cards")?;
        let may_see = actor.duty.may(Permission::LookAtMembers);
        let conditions = match query {
            CardsQuery::Name(words) => of_members(&self.find_members(actor, words)?),
            other => conditions(other),
        };
        let mut found = Vec::new();
        self.database.read(|work| -> Result<(), OfficeError> {
            for (condition, parameters) in &conditions {
                let left = FOUND_MOST as usize - found.len();
                let sql = format!(
                    "SELECT {COLUMNS}, members.name FROM cards LEFT JOIN members ON members.id = cards.member \
                     {condition} LIMIT {left}"
                );
                for row in work.rows(&sql, parameters)? {
                    found.push(Found { card: card(&row)?, name: row.maybe_text(13)?.filter(|_| may_see) });
                }
                if found.len() >= FOUND_MOST as usize {
                    break;
                }
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// One card.
    ///
    /// # Errors
    /// Not allowed, or there is none.
    pub fn card(&self, actor: &Actor, number: CardNumber) -> Result<Card, OfficeError> {
        self.allow(actor, Permission::Look, &subject(number))?;
        self.database.read(|work| one(work, number))
    }

    /// A member's cards.
    ///
    /// # Errors
    /// Not allowed, or the database fails.
    pub fn cards_of_member(&self, actor: &Actor, member: i64) -> Result<Vec<Card>, OfficeError> {
        self.allow(actor, Permission::Look, &crate::members::subject(member))?;
        let sql = format!("SELECT {COLUMNS} FROM cards WHERE member = $1 ORDER BY number LIMIT {FOUND_MOST}");
        let rows = self.database.read(|work| work.rows(&sql, &[member.into()]))?;
        rows.iter().map(card).collect()
    }

    /// Everything that ever happened to a card, newest first.
    ///
    /// # Errors
    /// Not allowed, or the database fails.
    pub fn time_line(&self, actor: &Actor, number: CardNumber) -> Result<Vec<Link>, OfficeError> {
        self.allow(actor, Permission::Look, &subject(number))?;
        Ok(self.database.read(|work| Chain::Cards.about(work, &subject(number), TIME_LINE_MOST))?)
    }

    /// Blocks a card: it goes on the block list that terminals get next.
    ///
    /// # Errors
    /// Not allowed, it is in no state for that, or somebody else changed it meanwhile.
    pub fn block_card(
        &self,
        actor: &Actor,
        number: CardNumber,
        reason: &str,
        revision: i64,
    ) -> Result<(), OfficeError> {
        self.allow(actor, Permission::ServeCards, &subject(number))?;
        let reason = crate::text::some_line("reason", reason)?;
        self.database.write(|work| {
            let card = one(work, number)?;
            block(work, actor, &card, &reason, self.now())?;
            move_to(work, &card, CardState::Blocked, revision)?;
            let entry = Entry::new(&actor.login, "card.blocked", subject(number)).before(card.state.name());
            entry.after(&reason).write(work, Chain::Cards, self.now())
        })
    }

    /// Takes a card off the block list. A terminal that has written the block onto the card lifts it by an order of its own.
    ///
    /// # Errors
    /// Not allowed, it is not blocked, or somebody else changed it meanwhile.
    pub fn unblock_card(
        &self,
        actor: &Actor,
        number: CardNumber,
        reason: &str,
        revision: i64,
    ) -> Result<(), OfficeError> {
        self.allow(actor, Permission::ServeCards, &subject(number))?;
        let reason = crate::text::some_line("reason", reason)?;
        self.database.write(|work| {
            let card = one(work, number)?;
            if card.state != CardState::Blocked {
                return Err(OfficeError::State(format!("card {number} is not blocked")));
            }
            work.run("DELETE FROM blocked_cards WHERE card = $1", &[key(number)?.into()])?;
            let state = if card.member.is_some() { CardState::Active } else { CardState::Issued };
            move_to(work, &card, state, revision)?;
            Entry::new(&actor.login, "card.unblocked", subject(number)).after(&reason).write(
                work,
                Chain::Cards,
                self.now(),
            )
        })
    }

    /// Gives a card to a member.
    ///
    /// # Errors
    /// Not allowed, the card is another's, or somebody else changed it meanwhile.
    pub fn activate_card(
        &self,
        actor: &Actor,
        number: CardNumber,
        member: i64,
        revision: i64,
    ) -> Result<(), OfficeError> {
        self.allow(actor, Permission::ServeCards, &subject(number))?;
        self.member(actor, member)?;
        self.database.write(|work| {
            let card = one(work, number)?;
            if card.state != CardState::Issued {
                return Err(OfficeError::State(format!(
                    "card {number} is {}, not waiting for a member",
                    card.state.name()
                )));
            }
            work.run("UPDATE cards SET member = $2 WHERE number = $1", &[key(number)?.into(), member.into()])?;
            move_to(work, &card, CardState::Active, revision)?;
            let entry =
                Entry::new(&actor.login, "card.activated", subject(number)).after(crate::members::subject(member));
            entry.write(work, Chain::Cards, self.now())
        })
    }

    /// Orders a card in the place of a lost one, which is blocked everywhere. Its balance is what is known of all its movements
    /// that it vouches for. If terminals may hold movements that have not arrived, that is unsure, and it takes `accepted` to
    /// go on.
    ///
    /// # Errors
    /// Not allowed, the card is not in use, or its balance is unsure and nobody accepts that.
    pub fn replace_card(
        &self,
        actor: &Actor,
        number: CardNumber,
        accepted: bool,
        revision: i64,
    ) -> Result<CardNumber, OfficeError> {
        self.allow(actor, Permission::ServeCards, &subject(number))?;
        self.database.write(|work| {
            let card = one(work, number)?;
            if !matches!(card.state, CardState::Active | CardState::Issued | CardState::Blocked) {
                return Err(OfficeError::State(format!("card {number} is {}: it is not in use", card.state.name())));
            }
            if !accepted && terminals_may_hold_more(work)? {
                return Err(OfficeError::State(
                    "terminals may hold movements of this card that have not arrived: its balance is unsure until they \
                     have reported, unless you accept that"
                        .to_owned(),
                ));
            }
            let batch = self.batch_of_replacements(work, actor)?;
            let newcomer = next_number(work)?;
            let (amount, points) = settle::balance_of(work, &card)?;
            work.run(
                "INSERT INTO cards VALUES ($1, NULL, $2, 'planned', $3, $4, $5, $6, NULL, NULL, NULL, $7, $8, NULL, 1)",
                &[
                    key(newcomer)?.into(),
                    card.member.into(),
                    card.tier.into(),
                    amount.get().into(),
                    points.get().into(),
                    card.expiry.days().into(),
                    batch.into(),
                    key(number)?.into(),
                ],
            )?;
            if card.state != CardState::Blocked {
                block(work, actor, &card, "lost", self.now())?;
            }
            move_to(work, &card, CardState::Replaced, revision)?;
            settle::transfer(work, amount, self.now())?;
            let sure = if accepted { "balance accepted as unsure" } else { "balance sure" };
            let entry =
                Entry::new(&actor.login, "card.replaced", subject(number)).before(sure).after(subject(newcomer));
            entry.write(work, Chain::Cards, self.now())?;
            let entry = Entry::new(&actor.login, "card.ordered", subject(newcomer)).after(subject(number));
            entry.write(work, Chain::Cards, self.now())?;
            Ok(newcomer)
        })
    }

    /// The cards that pay nowhere.
    ///
    /// # Errors
    /// The database fails.
    pub fn blocked(&self) -> Result<Vec<Uid>, OfficeError> {
        let rows = self.database.read(|work| work.rows("SELECT uid FROM blocked_cards ORDER BY uid", &[]))?;
        rows.iter().map(|row| Ok(Uid::new(row.array(0)?))).collect()
    }
}

/// A statement's end with its parameters; what several find is put together.
type Condition = (String, Vec<Value>);

fn conditions(query: &CardsQuery) -> Vec<Condition> {
    match query {
        CardsQuery::Number(typed) => {
            // A beginning of digits is a range of numbers for each length they may have: each is a look into the index.
            let digits: String = typed.chars().filter(char::is_ascii_digit).take(16).collect();
            let Ok(start) = digits.parse::<i64>() else { return Vec::new() };
            let more = 0..=16_u32.saturating_sub(u32::try_from(digits.len()).unwrap_or(16));
            more.filter_map(|more| 10_i64.checked_pow(more))
                .filter_map(|scale| Some((start.checked_mul(scale)?, (start + 1).checked_mul(scale)?)))
                .map(|(from, to)| {
                    ("WHERE number >= $1 AND number < $2 ORDER BY number".to_owned(), vec![from.into(), to.into()])
                })
                .collect()
        }
        CardsQuery::Issued(from, to) => {
            let at = |day: &Date, more: i64| (i64::from(day.days()) + more) * 86_400_000;
            let condition = "WHERE issued_at >= $1 AND issued_at < $2 ORDER BY issued_at, number";
            vec![(condition.to_owned(), vec![at(from, 0).into(), at(to, 1).into()])]
        }
        CardsQuery::State(state) => vec![("WHERE state = $1 ORDER BY number".to_owned(), vec![state.name().into()])],
        CardsQuery::Newest | CardsQuery::Name(_) => {
            vec![("ORDER BY issued_at DESC NULLS LAST, number DESC".to_owned(), Vec::new())]
        }
    }
}

fn of_members(members: &[crate::Member]) -> Vec<Condition> {
    if members.is_empty() {
        return Vec::new();
    }
    let list = members.iter().map(|member| member.id.to_string()).collect::<Vec<_>>().join(", ");
    vec![(format!("WHERE cards.member IN ({list}) ORDER BY cards.member, number"), Vec::new())]
}

pub(crate) fn subject(number: CardNumber) -> String {
    format!("card {}", number.get())
}

/// The number as the database has it.
pub(crate) fn key(number: CardNumber) -> Result<i64, OfficeError> {
    i64::try_from(number.get()).map_err(|_| OfficeError::invalid("card number", "it is too long"))
}

/// A card number that was never used.
pub(crate) fn next_number(work: &mut Work<'_>) -> Result<CardNumber, OfficeError> {
    let prefix = u64::from(charter(work)?.card_prefix);
    let count = u64::try_from(next(work, "card")?).unwrap_or_default();
    let used_up = || OfficeError::State("all card numbers of this prefix are used up".to_owned());
    if count >= 1_000_000_000 {
        return Err(used_up());
    }
    CardNumber::from_payload(prefix * 1_000_000_000 + count).map_err(|_| used_up())
}

pub(crate) fn one(work: &mut Work<'_>, number: CardNumber) -> Result<Card, OfficeError> {
    let row = work.row(&format!("SELECT {COLUMNS} FROM cards WHERE number = $1"), &[key(number)?.into()])?;
    card(&row.ok_or_else(|| OfficeError::not_found("card", number))?)
}

pub(crate) fn move_to(work: &mut Work<'_>, card: &Card, state: CardState, revision: i64) -> Result<(), OfficeError> {
    work.change(
        "UPDATE cards SET state = $2, revision = revision + 1 WHERE number = $1 AND revision = $3",
        &[key(card.number)?.into(), state.name().into(), revision.into()],
    )?;
    Ok(())
}

fn block(work: &mut Work<'_>, actor: &Actor, card: &Card, reason: &str, at: Timestamp) -> Result<(), OfficeError> {
    if !matches!(card.state, CardState::Issued | CardState::Active) {
        return Err(OfficeError::State(format!("card {} is {}: it cannot be blocked", card.number, card.state.name())));
    }
    let uid = card.uid.ok_or_else(|| OfficeError::State(format!("card {} has no chip yet", card.number)))?;
    work.run(
        "INSERT INTO blocked_cards VALUES ($1, $2, $3, $4, $5) ON CONFLICT (uid) DO NOTHING",
        &[(*uid.bytes()).into(), key(card.number)?.into(), reason.into(), (&actor.login).into(), at.ms().into()],
    )?;
    Ok(())
}

/// Whether any terminal is out there that may have seen a card since head office heard of it.
fn terminals_may_hold_more(work: &mut Work<'_>) -> Result<bool, OfficeError> {
    Ok(work.row("SELECT id FROM terminals WHERE state <> 'retired' LIMIT 1", &[])?.is_some())
}

/// A card number as the database has it.
pub(crate) fn number(value: i64) -> Result<CardNumber, StoreError> {
    let wrong = || StoreError::Damaged(format!("the card number {value}"));
    u64::try_from(value).ok().and_then(|value| CardNumber::from_number(value).ok()).ok_or_else(wrong)
}

pub(crate) fn card(row: &Row) -> Result<Card, OfficeError> {
    let state = row.text(3)?;
    Ok(Card {
        number: number(row.int(0)?)?,
        uid: row.maybe_bytes(1)?.map(|_| row.array(1)).transpose()?.map(Uid::new),
        member: row.maybe_int(2)?,
        state: CardState::parse(&state).ok_or_else(|| StoreError::Damaged(format!("the state {state}")))?,
        tier: row.number(4)?,
        amount: Money::new(row.int(5)?),
        points: Points::new(row.int(6)?),
        expiry: Date::from_days(row.number(7)?),
        key_version: row.maybe_int(8)?.map(|_| row.number(8)).transpose()?,
        issued_at: row.maybe_int(9)?.map(Timestamp::from_ms),
        batch: row.maybe_int(10)?,
        replaces: row.maybe_int(11)?.map(number).transpose()?,
        revision: row.int(12)?,
    })
}
