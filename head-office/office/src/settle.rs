//! Movements of cards, put in the order that the cards themselves tell; and what does not fit.

use crate::cards::Card;
use crate::ledger::{self, Account, Booking};
use crate::{Actor, Office, OfficeError, Permission};
use satchel_cards::record::HistoryRecord;
use satchel_journal::{Intent, Operation};
use satchel_key_house::{Checked, Verdict};
use satchel_store::{Row, StoreError, Value, Work};
use satchel_values::{CardNumber, Money, Points, SaleId, Sequence, TerminalId, Timestamp, Uid};

/// Exceptions in one answer at most.
const FOUND_MOST: u32 = 500;

/// How a movement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MovementState {
    Begun,
    Open,
    Confirmed,
    NotApplied,
    Held,
    /// Nobody saw the card confirm it, and a later movement of the card tells that it did.
    Happened,
}

/// What is known of a movement's proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    True,
    False,
    NoKey,
    NoCard,
    /// The terminal saw it in the card's history alone: the card's next movement tells.
    Awaited,
}

/// A movement as head office keeps it.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub id: SaleId,
    pub at: Timestamp,
    pub intent: Intent,
    pub state: MovementState,
    pub verdict: Option<Told>,
    pub tmc: Option<u32>,
    pub enc_tmri: Option<[u8; 16]>,
    previous: Option<[u8; 16]>,
}

/// Something that somebody has to look into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exception {
    pub kind: &'static str,
    pub id: SaleId,
    pub card: Option<Uid>,
    pub detail: String,
}

/// Something that somebody has to look into, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is, in a word that stays the same: `forged-movement`.
    pub kind: String,
    /// The terminal.
    pub terminal: u32,
    /// The entry of its journal; 0 for a bundle.
    pub sequence: u32,
    /// The card.
    pub card: Option<Uid>,
    /// What was found.
    pub detail: String,
    /// When.
    pub found_at: Timestamp,
    /// Whether somebody has looked into it.
    pub resolved: bool,
    /// Who, and what came of it.
    pub resolution: Option<(String, String)>,
    /// Counts the changes.
    pub revision: i64,
}

/// A card as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardAccount {
    /// What it holds by all movements that it vouches for.
    pub balance: Money,
    /// Its points.
    pub points: Points,
    /// Its movements, newest first.
    pub movements: Vec<CardMovement>,
}

/// A movement of a card, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardMovement {
    /// Which.
    pub id: SaleId,
    /// When, by the terminal's clock.
    pub at: Timestamp,
    /// What it does.
    pub operation: Option<Operation>,
    /// What it did to the purse.
    pub purse: Money,
    /// What it did to the points.
    pub points: Points,
    /// How it stands: `confirmed`, `happened`, `open`, `not-applied`, `held`, `begun`.
    pub state: String,
    /// Whether the card vouches for it.
    pub vouched: bool,
    /// The card's counter.
    pub tmc: Option<u32>,
}

/// Which exception, and in which state it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingName {
    /// What it is.
    pub kind: String,
    /// The terminal.
    pub terminal: u32,
    /// The entry of its journal; 0 for a bundle.
    pub sequence: u32,
    /// As it was read.
    pub revision: i64,
}

impl Finding {
    /// Names it, as it was read.
    pub fn name(&self) -> FindingName {
        FindingName {
            kind: self.kind.clone(),
            terminal: self.terminal,
            sequence: self.sequence,
            revision: self.revision,
        }
    }
}

const STATES: [(MovementState, &str); 6] = [
    (MovementState::Begun, "begun"),
    (MovementState::Open, "open"),
    (MovementState::Confirmed, "confirmed"),
    (MovementState::NotApplied, "not-applied"),
    (MovementState::Held, "held"),
    (MovementState::Happened, "happened"),
];

const VERDICTS: [(Told, &str); 5] = [
    (Told::True, "true"),
    (Told::False, "false"),
    (Told::NoKey, "no-key"),
    (Told::NoCard, "no-card"),
    (Told::Awaited, "awaited"),
];

impl MovementState {
    const fn name(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Open => "open",
            Self::Confirmed => "confirmed",
            Self::NotApplied => "not-applied",
            Self::Held => "held",
            Self::Happened => "happened",
        }
    }
}

impl Told {
    const fn name(self) -> &'static str {
        match self {
            Self::True => "true",
            Self::False => "false",
            Self::NoKey => "no-key",
            Self::NoCard => "no-card",
            Self::Awaited => "awaited",
        }
    }
}

impl Kept {
    /// A movement that was begun.
    pub const fn begun(id: SaleId, at: Timestamp, intent: Intent) -> Self {
        let state = MovementState::Begun;
        Self { id, at, intent, state, verdict: None, tmc: None, enc_tmri: None, previous: None }
    }

    /// A movement that a card vouches for.
    pub fn vouched(id: SaleId, at: Timestamp, intent: Intent, tmc: u32, checked: Checked) -> Self {
        let mut kept = Self { state: MovementState::Confirmed, tmc: Some(tmc), ..Self::begun(id, at, intent) };
        kept.take(checked);
        kept
    }

    /// The commit was sent: from here on the card may have made it.
    pub fn sent(&mut self, enc_tmri: [u8; 16]) {
        self.enc_tmri = Some(enc_tmri);
        self.ends(MovementState::Open);
    }

    /// How it stands for its terminal; what the card itself told meanwhile is worth more.
    pub fn ends(&mut self, state: MovementState) {
        if !self.counts() {
            self.state = state;
        }
    }

    /// The terminal saw it in the card's history, without a MAC.
    pub fn seen(&mut self) {
        self.state = MovementState::Confirmed;
        self.verdict = self.verdict.or(Some(Told::Awaited));
    }

    /// What the verifier says.
    pub const fn take(&mut self, checked: Checked) {
        self.verdict = Some(match checked.verdict {
            Verdict::True => Told::True,
            Verdict::False => Told::False,
            Verdict::NoKey => Told::NoKey,
        });
        self.previous = checked.previous;
    }

    fn row(&self) -> Vec<Value> {
        let code = minicbor::to_vec(self.intent.operation).expect("encoding into memory cannot fail");
        vec![
            self.id.terminal.get().into(),
            self.id.sequence.get().into(),
            self.at.ms().into(),
            (*self.intent.card.bytes()).into(),
            i64::from(code.first().copied().unwrap_or_default()).into(),
            self.intent.purse.get().into(),
            self.intent.points.get().into(),
            self.state.name().into(),
            self.verdict.map(Told::name).into(),
            self.tmc.into(),
            self.intent.reader_id(self.id).into(),
            self.previous.into(),
            self.enc_tmri.into(),
        ]
    }

    /// What it does to the ledger, once it is known to have happened.
    fn booking(&self, store: i64) -> Result<Option<Booking>, StoreError> {
        let lines = match (self.counts(), self.verdict) {
            (true, Some(Told::True)) => ledger::of_movement(&self.intent),
            (true, Some(Told::False | Told::NoKey | Told::NoCard)) => ledger::of_doubtful(&self.intent),
            _ => return Ok(None),
        };
        let lines = lines.map_err(|_| StoreError::Damaged(format!("the sums of movement {}", self.id)))?;
        Ok(Some(Booking { id: self.id, at: self.at, store, lines }))
    }

    /// Whether the card made it, as far as is known.
    pub fn counts(&self) -> bool {
        matches!(self.state, MovementState::Confirmed | MovementState::Happened)
    }

    /// What is wrong with it by itself.
    pub fn exception(&self) -> Option<Exception> {
        let (kind, detail) = match self.verdict? {
            Told::True | Told::Awaited => return None,
            Told::False => ("forged-movement", "its card's MAC is wrong: no card of ours made it"),
            Told::NoKey => ("no-tmac-key", "the verifier has no key of the card's version"),
            Told::NoCard => ("unknown-card", "head office never issued this card"),
        };
        Some(Exception { kind, id: self.id, card: Some(self.intent.card), detail: detail.to_owned() })
    }
}

/// Writes movements down, or how they stand now; and books them as soon as their cards vouch for them.
pub(crate) fn keep<'k>(
    work: &mut Work<'_>,
    movements: impl Iterator<Item = &'k Kept> + Clone,
    store: i64,
) -> Result<(), OfficeError> {
    write(work, movements.clone())?;
    let bookings: Vec<Booking> =
        movements.filter_map(|kept| kept.booking(store).transpose()).collect::<Result<_, _>>()?;
    ledger::post(work, &bookings)
}

fn write<'k>(work: &mut Work<'_>, movements: impl Iterator<Item = &'k Kept>) -> Result<(), OfficeError> {
    let rows: Vec<Vec<Value>> = movements.map(Kept::row).collect();
    let end = "ON CONFLICT (terminal, sequence) DO UPDATE SET state = excluded.state, verdict = excluded.verdict, \
               tmc = excluded.tmc, previous = excluded.previous, enc_tmri = excluded.enc_tmri";
    Ok(work.run_many("INSERT INTO movements VALUES", &rows, end)?)
}

/// A movement of head office's own desk, which its card vouches for. `money` names where its money, or what it was issued with,
/// is booked instead of where a terminal's would be.
pub(crate) fn keep_desk(
    work: &mut Work<'_>,
    kept: &Kept,
    money: Option<(Account, Account)>,
) -> Result<(), OfficeError> {
    let lines = ledger::of_movement(&kept.intent)
        .map_err(|_| StoreError::Damaged(format!("the sums of movement {}", kept.id)))?;
    let (of, to) = money.unwrap_or((Account::Apart, Account::Cash));
    let lines = ledger::instead(lines, of, to);
    ledger::post(work, &[Booking { id: kept.id, at: kept.at, store: ledger::HEAD_OFFICE, lines }])?;
    write(work, std::iter::once(kept))?;
    settle_card(work, &kept.intent.card, kept.at)
}

/// What a card holds, by all movements that it vouches for; what it is to be issued with, before it is made.
pub(crate) fn balance_of(work: &mut Work<'_>, card: &Card) -> Result<(Money, Points), OfficeError> {
    let Some(chip) = card.uid else { return Ok((card.amount, card.points)) };
    let row = work.row(
        "SELECT CAST(COALESCE(SUM(purse), 0) AS BIGINT), CAST(COALESCE(SUM(points), 0) AS BIGINT) FROM movements \
         WHERE card = $1 AND verdict = 'true'",
        &[(*chip.bytes()).into()],
    )?;
    row.map_or(Ok((Money::ZERO, Points::ZERO)), |row| Ok((Money::new(row.int(0)?), Points::new(row.int(1)?))))
}

/// Money that is owed for a lost card goes onto another.
pub(crate) fn transfer(work: &mut Work<'_>, amount: Money, at: Timestamp) -> Result<(), OfficeError> {
    let sequence = u32::try_from(crate::office::next(work, "issue")?);
    let sequence = sequence.map_err(|_| OfficeError::State("there are no numbers left at this desk".to_owned()))?;
    let id = SaleId { terminal: crate::movement::DESK, sequence: Sequence::new(sequence) };
    let given = amount.negated().map_err(|_| StoreError::Damaged("a balance".to_owned()))?;
    let lines = vec![(Account::Float, amount), (Account::Transfer, given)];
    ledger::post(work, &[Booking { id, at, store: ledger::HEAD_OFFICE, lines }])
}

/// A movement that was written down before, with its intent as the terminal wrote it.
pub(crate) fn load(work: &mut Work<'_>, id: SaleId) -> Result<Option<Kept>, OfficeError> {
    let row = work.row(
        "SELECT movements.at, body, state, verdict, tmc, movements.enc_tmri, previous FROM movements \
         JOIN entries ON entries.terminal = movements.terminal AND entries.sequence = movements.sequence \
         WHERE movements.terminal = $1 AND movements.sequence = $2",
        &[id.terminal.get().into(), id.sequence.get().into()],
    )?;
    let Some(row) = row else { return Ok(None) };
    let damaged = || StoreError::Damaged(format!("movement {id}"));
    let Ok(satchel_journal::Record::Intent(intent)) = minicbor::decode(row.bytes(1)?) else {
        return Err(damaged().into());
    };
    let (state, verdict) = (row.text(2)?, row.maybe_text(3)?);
    let state = STATES.iter().find(|(_, name)| *name == state).ok_or_else(damaged)?.0;
    let verdict = match verdict {
        None => None,
        Some(name) => Some(VERDICTS.iter().find(|(_, known)| *known == name).ok_or_else(damaged)?.0),
    };
    Ok(Some(Kept {
        id,
        at: Timestamp::from_ms(row.int(0)?),
        intent: *intent,
        state,
        verdict,
        tmc: row.maybe_int(4)?.map(|_| row.number(4)).transpose()?,
        enc_tmri: row.maybe_bytes(5)?.map(|_| row.array(5)).transpose()?,
        previous: row.maybe_bytes(6)?.map(|_| row.array(6)).transpose()?,
    }))
}

/// A card's movement, as far as its order is concerned.
struct Step {
    id: SaleId,
    tmc: Option<u32>,
    reader_id: [u8; 16],
    previous: Option<[u8; 16]>,
    settled: bool,
    vouched: bool,
}

/// Puts a card's movements in the order of its counter. One that nobody saw confirmed is settled by the movement after it, which names
/// it; two with one counter, or one that names another before it than is known, are two cards with one key.
pub(crate) fn settle_card(work: &mut Work<'_>, card: &Uid, now: Timestamp) -> Result<(), OfficeError> {
    let rows = work.rows(
        "SELECT terminal, sequence, tmc, reader_id, previous, state, verdict FROM movements WHERE card = $1 \
         ORDER BY tmc, terminal, sequence",
        &[(*card.bytes()).into()],
    )?;
    let steps = rows.iter().map(step).collect::<Result<Vec<_>, _>>()?;
    for open in steps.iter().filter(|step| !step.settled) {
        let told = steps.iter().find(|later| later.vouched && later.previous == Some(open.reader_id));
        match told.and_then(|later| later.tmc) {
            Some(tmc) => happened(work, open.id, tmc.saturating_sub(1))?,
            None => vanished(work, open.id, &steps)?,
        }
    }
    let vouched: Vec<&Step> = steps.iter().filter(|step| step.vouched).collect();
    for pair in vouched.windows(2) {
        let [one, next] = pair else { continue };
        let found = |kind, detail: String| Exception { kind, id: next.id, card: Some(*card), detail };
        let counters = (one.tmc.unwrap_or_default(), next.tmc.unwrap_or_default());
        if counters.0 == counters.1 {
            let detail = format!("movement {} has the same counter {}: two cards with one key", one.id, counters.0);
            find(work, &found("double-counter", detail), now)?;
        } else if counters.0 + 1 == counters.1 && next.previous.is_some_and(|before| before != one.reader_id) {
            let detail = format!(
                "it does not come after movement {}, which has the counter before: two cards with one key",
                one.id
            );
            find(work, &found("broken-order", detail), now)?;
        }
    }
    Ok(())
}

fn step(row: &Row) -> Result<Step, OfficeError> {
    let (state, verdict) = (row.text(5)?, row.maybe_text(6)?);
    Ok(Step {
        id: SaleId { terminal: TerminalId::new(row.number(0)?), sequence: Sequence::new(row.number(1)?) },
        tmc: row.maybe_int(2)?.map(|_| row.number(2)).transpose()?,
        reader_id: row.array(3)?,
        previous: row.maybe_bytes(4)?.map(|_| row.array(4)).transpose()?,
        settled: verdict.as_deref() == Some("true") || state == "not-applied",
        vouched: verdict.as_deref() == Some("true"),
    })
}

/// The card told that it made a movement whose end nobody saw.
fn happened(work: &mut Work<'_>, id: SaleId, tmc: u32) -> Result<(), OfficeError> {
    let Some(mut kept) = load(work, id)? else { return Ok(()) };
    kept.state =
        if kept.state == MovementState::Confirmed { MovementState::Confirmed } else { MovementState::Happened };
    kept.verdict = Some(Told::True);
    kept.tmc = Some(tmc);
    let store = work.row("SELECT place FROM terminals WHERE id = $1", &[id.terminal.get().into()])?;
    keep(work, std::iter::once(&kept), store.map_or(Ok(ledger::HEAD_OFFICE), |row| row.int(0))?)
}

/// A movement that the card never made: another has the counter that it would have had.
fn vanished(work: &mut Work<'_>, id: SaleId, steps: &[Step]) -> Result<(), OfficeError> {
    let Some(kept) = load(work, id)? else { return Ok(()) };
    let Ok(written) = HistoryRecord::parse(&kept.intent.written) else { return Ok(()) };
    let counter = u32::from(written.tmc_low);
    let taken = steps.iter().any(|other| other.vouched && other.tmc.is_some_and(|tmc| tmc & 0xFFFF == counter));
    if taken && !kept.counts() {
        work.run(
            "UPDATE movements SET state = 'not-applied' WHERE terminal = $1 AND sequence = $2",
            &[id.terminal.get().into(), id.sequence.get().into()],
        )?;
    }
    Ok(())
}

/// Notes something to look into, once.
pub(crate) fn find(work: &mut Work<'_>, found: &Exception, now: Timestamp) -> Result<(), OfficeError> {
    work.run(
        "INSERT INTO exceptions VALUES ($1, $2, $3, $4, $5, $6, 'open', NULL, NULL, 1) \
         ON CONFLICT (terminal, sequence, kind) DO NOTHING",
        &[
            found.kind.into(),
            found.id.terminal.get().into(),
            found.id.sequence.get().into(),
            found.card.map(|card| *card.bytes()).into(),
            (&found.detail).into(),
            now.ms().into(),
        ],
    )?;
    Ok(())
}

impl Office {
    /// What has to be looked into, the open ones first.
    ///
    /// # Errors
    /// Not allowed, or the database fails.
    pub fn exceptions(&self, actor: &Actor) -> Result<Vec<Finding>, OfficeError> {
        self.allow(actor, Permission::Look, "exceptions")?;
        let sql = format!(
            "SELECT kind, terminal, sequence, card, detail, found_at, state, resolved_by, reason, revision FROM exceptions \
             ORDER BY CASE state WHEN 'open' THEN 0 ELSE 1 END, found_at DESC, terminal, sequence, kind LIMIT {FOUND_MOST}"
        );
        self.database.read(|work| work.rows(&sql, &[]))?.iter().map(finding).collect()
    }

    /// Says what came of an exception.
    ///
    /// # Errors
    /// Not allowed, there is none, there is no reason given, or somebody else was faster.
    pub fn resolve_exception(&self, actor: &Actor, named: &FindingName, reason: &str) -> Result<(), OfficeError> {
        let FindingName { kind, terminal, sequence, revision } = named;
        let subject = format!("exception {kind} {terminal}/{sequence}");
        self.allow(actor, Permission::Settle, &subject)?;
        let reason = crate::text::some_line("reason", reason)?;
        let key = [Value::from(*terminal), Value::from(*sequence), Value::from(kind)];
        self.database.write(|work| {
            let sql = "SELECT state FROM exceptions WHERE terminal = $1 AND sequence = $2 AND kind = $3";
            if work.row(sql, &key)?.is_none() {
                return Err(OfficeError::not_found("exception", &subject));
            }
            let [terminal, sequence, kind] = key.clone();
            work.change(
                "UPDATE exceptions SET state = 'resolved', resolved_by = $4, reason = $5, revision = revision + 1 \
                 WHERE terminal = $1 AND sequence = $2 AND kind = $3 AND revision = $6 AND state = 'open'",
                &[terminal, sequence, kind, (&actor.login).into(), (&reason).into(), (*revision).into()],
            )?;
            let entry = crate::office::Entry::new(&actor.login, "exception.resolved", &subject).after(&reason);
            entry.write(work, satchel_store::Chain::Audit, self.now())
        })
    }

    /// What a card holds by all movements that it vouches for, and those movements and the open ones, newest first.
    ///
    /// # Errors
    /// Not allowed, there is no such card, or the database fails.
    pub fn movements_of_card(&self, actor: &Actor, number: CardNumber) -> Result<CardAccount, OfficeError> {
        self.allow(actor, Permission::Look, &crate::cards::subject(number))?;
        self.database.read(|work| {
            let card = crate::cards::one(work, number)?;
            let (balance, points) = balance_of(work, &card)?;
            let Some(chip) = card.uid else { return Ok(CardAccount { balance, points, movements: Vec::new() }) };
            let sql = format!(
                "SELECT terminal, sequence, at, operation, purse, points, state, verdict, tmc FROM movements WHERE card = $1 \
                 ORDER BY at DESC, terminal, sequence LIMIT {FOUND_MOST}"
            );
            let rows = work.rows(&sql, &[(*chip.bytes()).into()])?;
            Ok(CardAccount { balance, points, movements: rows.iter().map(shown).collect::<Result<_, _>>()? })
        })
    }

    /// Movements that the cards' own counters tell of and no terminal has reported yet: a lost terminal's, or one that is late.
    ///
    /// # Errors
    /// Not allowed, or the database fails.
    pub fn missing_movements(&self, actor: &Actor) -> Result<i64, OfficeError> {
        self.allow(actor, Permission::Look, "missing movements")?;
        let sql = "SELECT CAST(COALESCE(SUM(newest - known), 0) AS BIGINT) FROM (SELECT MAX(tmc) AS newest, COUNT(DISTINCT tmc) AS known \
                   FROM movements WHERE verdict = 'true' GROUP BY card) AS counted";
        let row = self.database.read(|work| work.row(sql, &[]))?;
        row.map_or(Ok(0), |row| Ok(row.int(0)?))
    }

    /// Movements whose end nobody knows yet: how many, and how much money they would take off cards.
    ///
    /// # Errors
    /// Not allowed, or the database fails.
    pub fn unsettled(&self, actor: &Actor) -> Result<(i64, Money), OfficeError> {
        self.allow(actor, Permission::Look, "unsettled movements")?;
        let sql = "SELECT COUNT(*), CAST(COALESCE(SUM(purse), 0) AS BIGINT) FROM movements \
                   WHERE state IN ('open', 'held') OR verdict = 'awaited'";
        let row = self.database.read(|work| work.row(sql, &[]))?;
        row.map_or(Ok((0, Money::ZERO)), |row| Ok((row.int(0)?, Money::new(row.int(1)?))))
    }
}

fn shown(row: &Row) -> Result<CardMovement, OfficeError> {
    let operation = row.number::<u8>(3)?;
    Ok(CardMovement {
        id: SaleId { terminal: TerminalId::new(row.number(0)?), sequence: Sequence::new(row.number(1)?) },
        at: Timestamp::from_ms(row.int(2)?),
        operation: minicbor::decode(&[operation]).ok(),
        purse: Money::new(row.int(4)?),
        points: Points::new(row.int(5)?),
        state: row.text(6)?,
        vouched: row.maybe_text(7)?.as_deref() == Some("true"),
        tmc: row.maybe_int(8)?.map(|_| row.number(8)).transpose()?,
    })
}

fn finding(row: &Row) -> Result<Finding, OfficeError> {
    let resolution = row.maybe_text(7)?.zip(row.maybe_text(8)?);
    Ok(Finding {
        kind: row.text(0)?,
        terminal: row.number(1)?,
        sequence: row.number(2)?,
        card: row.maybe_bytes(3)?.map(|_| row.array(3)).transpose()?.map(Uid::new),
        detail: row.text(4)?,
        found_at: Timestamp::from_ms(row.int(5)?),
        resolved: row.text(6)? == "resolved",
        resolution,
        revision: row.int(9)?,
    })
}
