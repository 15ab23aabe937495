use crate::cards::{key, next_number, subject as card_subject};
use crate::office::{Entry, charter, next};
use crate::text::{day, line, some_line};
use crate::{Actor, Card, MemberData, Office, OfficeError, Permission, cards, members};
use satchel_store::{Chain, Row, Work};
use satchel_values::{Currency, Date, Money, Points, Timestamp};

/// Cards in a batch at most, and mistakes named at most.
const CARDS_MOST: usize = 20_000;
const FAULTS_MOST: usize = 100;
/// Bytes of a table at most.
const TABLE_MOST: usize = 16 * 1024 * 1024;
/// The desk that issues, as a number in a card's first record, unless a batch says another.
const DESK: u32 = 9_000;
/// What the batch of cards in the place of lost ones is called.
const REPLACEMENTS: &str = "replacements";

/// Cards that were ordered together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its number.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// Who ordered it.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
    /// How it stands.
    pub state: BatchState,
    /// Cards made, spoiled, and altogether.
    pub made: i64,
    /// Cards that could not be made.
    pub spoiled: i64,
    /// All cards, spoiled ones not counted.
    pub cards: i64,
    /// Counts the changes.
    pub revision: i64,
}

/// How a batch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchState {
    /// Cards are to be made.
    Open,
    /// All are made.
    Done,
    /// No more are to be made.
    Stopped,
}

/// A batch to be ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchDraft {
    /// What it is called.
    pub name: String,
    /// Its cards.
    pub cards: Vec<PlannedCard>,
}

/// A card to be ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedCard {
    /// Whose it is to be; none for a card that waits for its member.
    pub member: Option<MemberData>,
    /// The first money.
    pub amount: Money,
    /// The first points.
    pub points: Points,
    /// The tier.
    pub tier: u8,
    /// The last day; day 0 for none.
    pub expiry: Date,
}

/// A mistake in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFault {
    /// The line, from 1; the headings are line 1.
    pub line: u64,
    /// What is wrong.
    pub why: String,
}

const HEADINGS: [&str; 6] = ["name", "contact", "amount", "points", "tier", "expiry"];

/// Reads a table of cards to be ordered: comma-separated, its first line the headings `name, contact, amount, points, tier,
/// expiry`, of which any but one may be missing. Amounts are written as people write them (`12.50`).
///
/// # Errors
/// All mistakes, up to a hundred: nothing is taken from a table that has any.
pub fn read_batch(bytes: &[u8], currency: Currency) -> Result<Vec<PlannedCard>, Vec<LineFault>> {
    let whole = |why: &str| vec![LineFault { line: 0, why: why.to_owned() }];
    if bytes.len() > TABLE_MOST {
        return Err(whole("the table is larger than 16 MB: cut it into several"));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        vec![LineFault { line, why: "this is not UTF-8: save the table as \"CSV UTF-8\"".to_owned() }]
    })?;
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let headings = reader.headers().map_err(|error| whole(&error.to_string()))?.clone();
    let place = |heading: &str| headings.iter().position(|found| found.eq_ignore_ascii_case(heading));
    if let Some(unknown) = headings.iter().find(|found| !HEADINGS.iter().any(|one| one.eq_ignore_ascii_case(found))) {
        let why = format!("the column '{unknown}' is unknown: there are {}", HEADINGS.join(", "));
        return Err(vec![LineFault { line: 1, why }]);
    }
    let places = HEADINGS.map(place);
    let (mut cards, mut faults) = (Vec::new(), Vec::new());
    let mut seen = std::collections::HashSet::new();
    for record in reader.records() {
        let read = record.map_err(|error| (error.position().map_or(0, csv::Position::line), error.to_string()));
        let read = read.and_then(|record| {
            let at = record.position().map_or(0, csv::Position::line);
            let fields = places.map(|place| place.and_then(|place| record.get(place)).unwrap_or_default());
            planned(fields, currency).map(|card| (at, card)).map_err(|error| (at, error.to_string()))
        });
        match read {
            Ok((at, card)) => {
                if let Some(member) = &card.member
                    && !seen.insert((member.name.to_lowercase(), member.contact.to_lowercase()))
                {
                    faults.push(LineFault { line: at, why: format!("'{}' is in the table twice", member.name) });
                }
                cards.push(card);
            }
            Err((line, why)) => faults.push(LineFault { line, why }),
        }
        if cards.len() > CARDS_MOST {
            faults.push(LineFault {
                line: 0,
                why: format!("more than {CARDS_MOST} cards: make several batches of them"),
            });
        }
        if faults.len() >= FAULTS_MOST || cards.len() > CARDS_MOST {
            break;
        }
    }
    if cards.is_empty() && faults.is_empty() {
        return Err(whole("the table has no lines"));
    }
    if faults.is_empty() { Ok(cards) } else { Err(faults) }
}

fn planned(fields: [&str; 6], currency: Currency) -> Result<PlannedCard, OfficeError> {
    let [name, contact, amount, points, tier, expiry] = fields;
    let member = match line("name", name)? {
        name if name.is_empty() => None,
        name => Some(MemberData { name, contact: line("contact", contact)?, consent_at: None }),
    };
    let whole = |field: &'static str, typed: &str, most: i64| match typed {
        "" => Ok(0),
        typed => typed
            .parse::<i64>()
            .ok()
            .filter(|number| (0..=most).contains(number))
            .ok_or_else(|| OfficeError::invalid(field, format!("'{typed}' is no whole number from 0 to {most}"))),
    };
    Ok(PlannedCard {
        member,
        amount: if amount.is_empty() { Money::ZERO } else { amount_of(amount, currency)? },
        points: Points::new(whole("points", points, 1_000_000_000)?),
        tier: u8::try_from(whole("tier", tier, 255)?).unwrap_or_default(),
        expiry: if expiry.is_empty() { Date::from_days(0) } else { day("expiry", expiry)? },
    })
}

/// The same with a sign before it, of either shape.
///
/// # Errors
/// It is none.
pub fn signed_amount(typed: &str, currency: Currency) -> Result<Money, OfficeError> {
    let typed = typed.trim();
    match typed.strip_prefix(['-', '−']) {
        _ if typed.is_empty() => Ok(Money::ZERO),
        None => amount_of(typed.strip_prefix('+').unwrap_or(typed), currency),
        Some(taken) => {
            let negated = amount_of(taken.trim_start(), currency)?.negated();
            negated.map_err(|_| OfficeError::invalid("amount", "it is too much"))
        }
    }
}

/// Points that somebody typed, with a sign or without; nothing is none.
///
/// # Errors
/// It is no whole number.
pub fn signed_points(typed: &str) -> Result<Points, OfficeError> {
    let typed = typed.trim().replace('−', "-");
    if typed.is_empty() {
        return Ok(Points::ZERO);
    }
    typed.parse().map(Points::new).map_err(|_| OfficeError::invalid("points", format!("'{typed}' is no whole number")))
}

/// `12.50` in minor units. A comma may stand for the point.
pub(crate) fn amount_of(typed: &str, currency: Currency) -> Result<Money, OfficeError> {
    let exponent = usize::from(currency.exponent());
    let wrong = || {
        let example = currency.format(Money::new(10_i64.pow(currency.exponent().into())));
        OfficeError::invalid("amount", format!("'{typed}' is no amount: write it like {example}"))
    };
    let (units, fraction) = typed.split_once(['.', ',']).unwrap_or((typed, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if units.is_empty() || units.len() > 12 || fraction.len() > exponent || !digits(units) || !digits(fraction) {
        return Err(wrong());
    }
    format!("{units}{fraction:0<exponent$}").parse().map(Money::new).map_err(|_| wrong())
}

const COLUMNS: &str = "id, name, made_by, made_at, state, revision, \
    (SELECT COUNT(*) FROM cards WHERE batch = id AND state NOT IN ('planned', 'writing', 'spoiled')), \
    (SELECT COUNT(*) FROM cards WHERE batch = id AND state = 'spoiled'), \
    (SELECT COUNT(*) FROM cards WHERE batch = id AND state <> 'spoiled')";

impl Office {
    /// Orders a batch: every card gets its number, and its member is taken in.
    ///
    /// # Errors
    /// Not allowed, or something in it cannot be.
    pub fn order(&self, actor: &Actor, draft: &BatchDraft) -> Result<i64, OfficeError> {
        self.allow(actor, Permission::Issue, "batch")?;
        let name = some_line("name", &draft.name)?;
        if draft.cards.is_empty() || draft.cards.len() > CARDS_MOST {
            return Err(OfficeError::invalid("cards", format!("a batch has 1 to {CARDS_MOST}")));
        }
        let checked = |card: &PlannedCard| -> Result<PlannedCard, OfficeError> {
            Ok(PlannedCard { member: card.member.as_ref().map(members::checked).transpose()?, ..card.clone() })
        };
        let planned = draft.cards.iter().map(checked).collect::<Result<Vec<_>, _>>()?;
        self.database.write(|work| {
            let purse_max = charter(work)?.purse_max;
            if planned.iter().any(|card| card.amount > purse_max || card.amount.is_negative()) {
                return Err(OfficeError::invalid("amount", "a card holds less than that"));
            }
            let batch = insert(work, &name, &actor.login, self.now())?;
            for card in &planned {
                let member = card.member.as_ref().map(|data| members::insert(work, data)).transpose()?;
                let number = next_number(work)?;
                work.run(
                    "INSERT INTO cards VALUES ($1, NULL, $2, 'planned', $3, $4, $5, $6, NULL, NULL, NULL, $7, NULL, NULL, 1)",
                    &[
                        key(number)?.into(),
                        member.into(),
                        card.tier.into(),
                        card.amount.get().into(),
                        card.points.get().into(),
                        card.expiry.days().into(),
                        batch.into(),
                    ],
                )?;
            }
            let entry = Entry::new(&actor.login, "batch.ordered", subject(batch));
            entry.after(format!("{name}: {} cards", planned.len())).write(work, Chain::Audit, self.now())?;
            Ok(batch)
        })
    }

    /// All batches, the newest first.
    ///
    /// # Errors
    /// Not allowed, or the database fails.
    pub fn batches(&self, actor: &Actor) -> Result<Vec<Batch>, OfficeError> {
        self.allow(actor, Permission::Look, "batches")?;
        let sql = format!("SELECT {COLUMNS} FROM batches ORDER BY id DESC LIMIT 200");
        self.database.read(|work| work.rows(&sql, &[]))?.iter().map(batch).collect()
    }

    /// One batch.
    ///
    /// # Errors
    /// Not allowed, or there is none.
    pub fn batch(&self, actor: &Actor, id: i64) -> Result<Batch, OfficeError> {
        self.allow(actor, Permission::Look, &subject(id))?;
        self.database.read(|work| one(work, id))
    }

    /// The cards of a batch.
    ///
    /// # Errors
    /// Not allowed, or the database fails.
    pub fn cards_of_batch(&self, actor: &Actor, id: i64) -> Result<Vec<Card>, OfficeError> {
        self.allow(actor, Permission::Look, &subject(id))?;
        let sql = format!("SELECT {} FROM cards WHERE batch = $1 ORDER BY number", cards::COLUMNS);
        self.database.read(|work| work.rows(&sql, &[id.into()]))?.iter().map(cards::card).collect()
    }

    /// No more cards of a batch are made; what is made stays.
    ///
    /// # Errors
    /// Not allowed, or somebody else changed it meanwhile.
    pub fn stop_batch(&self, actor: &Actor, id: i64, revision: i64) -> Result<(), OfficeError> {
        self.allow(actor, Permission::Issue, &subject(id))?;
        self.database.write(|work| {
            work.change(
                "UPDATE batches SET state = 'stopped', revision = revision + 1 WHERE id = $1 AND revision = $2 AND state = 'open'",
                &[id.into(), revision.into()],
            )?;
            Entry::new(&actor.login, "batch.stopped", subject(id)).write(work, Chain::Audit, self.now())
        })
    }

    /// The open batch that cards in the place of lost ones are made in.
    pub(crate) fn batch_of_replacements(&self, work: &mut Work<'_>, actor: &Actor) -> Result<i64, OfficeError> {
        let open = work.row("SELECT id FROM batches WHERE name = $1 AND state = 'open'", &[REPLACEMENTS.into()])?;
        match open {
            Some(row) => Ok(row.int(0)?),
            None => insert(work, REPLACEMENTS, &actor.login, self.now()),
        }
    }
}

fn insert(work: &mut Work<'_>, name: &str, by: &str, at: Timestamp) -> Result<i64, OfficeError> {
    let id = next(work, "batch")?;
    work.run(
        "INSERT INTO batches VALUES ($1, $2, $3, $4, 'open', $5, 1)",
        &[id.into(), name.into(), by.into(), at.ms().into(), DESK.into()],
    )?;
    Ok(id)
}

pub(crate) fn subject(id: i64) -> String {
    format!("batch {id}")
}

pub(crate) fn one(work: &mut Work<'_>, id: i64) -> Result<Batch, OfficeError> {
    let row = work.row(&format!("SELECT {COLUMNS} FROM batches WHERE id = $1"), &[id.into()])?;
    batch(&row.ok_or_else(|| OfficeError::not_found("batch", id))?)
}

fn batch(row: &Row) -> Result<Batch, OfficeError> {
    let state = match row.text(4)?.as_str() {
        "open" => BatchState::Open,
        "done" => BatchState::Done,
        _ => BatchState::Stopped,
    };
    Ok(Batch {
        id: row.int(0)?,
        name: row.text(1)?,
        made_by: row.text(2)?,
        made_at: Timestamp::from_ms(row.int(3)?),
        state,
        revision: row.int(5)?,
        made: row.int(6)?,
        spoiled: row.int(7)?,
        cards: row.int(8)?,
    })
}

/// A card that was made or spoiled was the last of its batch.
pub(crate) fn close_if_done(work: &mut Work<'_>, id: i64) -> Result<(), OfficeError> {
    work.run(
        "UPDATE batches SET state = 'done', revision = revision + 1 WHERE id = $1 AND state = 'open' AND NOT EXISTS \
         (SELECT 1 FROM cards WHERE batch = $1 AND state IN ('planned', 'writing'))",
        &[id.into()],
    )?;
    Ok(())
}

pub(crate) fn card_entry(who: &str, action: &str, card: &Card) -> Entry {
    Entry::new(who, action, card_subject(card.number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn euro() -> Currency {
        Currency::new("EUR", 2).expect("a currency")
    }

    fn faults(table: &[u8]) -> Vec<(u64, String)> {
        read_batch(table, euro())
            .expect_err("it has mistakes")
            .into_iter()
            .map(|fault| (fault.line, fault.why))
            .collect()
    }

    #[test]
    fn a_table_is_read_in_any_order_of_columns_and_with_gaps() {
        let table = b"\xEF\xBB\xBFAmount,Name,Expiry\r\n12.5,\"O'Neil, Ada\",2027-01-31\r\n,,\r\n\"3,05\",=Ben,\r\n";
        let cards = read_batch(table, euro()).expect("it is right");
        assert_eq!(cards[0].amount, Money::new(12_50));
        assert_eq!(cards[0].member.as_ref().expect("named").name, "O'Neil, Ada");
        assert_eq!((cards[1].member.clone(), cards[1].amount), (None, Money::ZERO));
        assert_eq!(cards[2].amount, Money::new(3_05));
        assert_eq!(cards[2].member.as_ref().expect("named").name, "=Ben");
    }

    #[test]
    fn every_mistake_is_named_with_its_line() {
        let table = b"name,amount,points,tier,expiry\nAda,1.234,0,0,\nBen,1,-5,0,\nCy,1,0,300,\nDee,1,0,0,soon\nAda,1,0,0,\nada,1,0,0,\n";
        let found = faults(table);
        let lines: Vec<u64> = found.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [2, 3, 4, 5, 7], "{found:?}");
        assert!(found[0].1.contains("1.234") && found[4].1.contains("twice"));
        assert_eq!(faults(b"name,colour\nAda,red\n")[0].0, 1);
        assert_eq!(
            faults(b"name\nAda\nB\xFFn\n"),
            [(3, "this is not UTF-8: save the table as \"CSV UTF-8\"".to_owned())]
        );
        assert_eq!(faults(b"name,amount\nAda\n")[0].0, 2, "a line that is too short");
        assert!(faults(b"name\n")[0].1.contains("no lines"));
    }

    #[test]
    fn a_million_lines_are_refused_in_time() {
        let table =
            "name\n".to_owned() + &(0..1_000_000).map(|number| format!("Member {number}\n")).collect::<String>();
        assert!(faults(table.as_bytes()).iter().any(|(_, why)| why.contains("several")));
    }

    #[test]
    fn amounts_are_exact_or_refused() {
        for (typed, minor) in
            [("0", 0), ("12", 12_00), ("12.5", 12_50), ("12,05", 12_05), ("999999999999", 99_999_999_999_900)]
        {
            assert_eq!(amount_of(typed, euro()).expect(typed), Money::new(minor));
        }
        for wrong in ["", "-1", "1.005", "1e3", "€5", "1.2.3", ".5", "9999999999999"] {
            assert!(amount_of(wrong, euro()).is_err(), "{wrong}");
        }
        assert_eq!(amount_of("500", Currency::new("JPY", 0).expect("a currency")).expect("yen"), Money::new(500));
    }
}
