//! What terminals sent: opened, followed, verified, booked. Every step may be done again, and any order comes to the same.

use crate::ledger::{self, Booking, Lines};
use crate::office::Entry;
use crate::settle::{self, Exception, Kept, MovementState, Told as Verified};
use crate::{Actor, Office, OfficeError, Permission};
use satchel_exchange::{Archive, Bundle, ExchangeError, Followed, Receipt, Sealed};
use satchel_journal::{Confirmed, Follower, JournalPublicKey, Record};
use satchel_key_house::{Desk, TmacKeys, Told};
use satchel_keys::KeyVersion;
use satchel_store::{Chain, Row, StoreError, Value, Work};
use satchel_values::{SaleId, Sequence, TerminalId, Timestamp, Uid};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry as Slot};

/// A terminal's clock may be this much ahead of head office's, in milliseconds.
const CLOCK_AHEAD_MS: i64 = 10 * 60 * 1_000;

/// What became of what was waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Collected {
    /// Bundles taken in, those among them that brought nothing new too.
    pub bundles: u32,
    /// New entries.
    pub entries: u32,
    /// Movements of cards that are confirmed with them.
    pub movements: u32,
    /// Bundles that wait for what is before them.
    pub waiting: u32,
    /// Bundles that are not taken; why stands in the exceptions.
    pub refused: u32,
}

/// How far a terminal's journal is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownJournal {
    /// The last entry without a gap before it.
    pub up_to: Sequence,
    /// When it was written, by the terminal's clock.
    pub last_at: Timestamp,
    /// When the last bundle of it was taken in.
    pub contact_at: Timestamp,
}

/// What became of one bundle.
enum Taken {
    New(u32, u32),
    Known,
    Waits,
    Refused(&'static str, String),
}

/// A terminal, as far as its bundles are concerned.
struct Sender {
    terminal: TerminalId,
    key: JournalPublicKey,
    store: i64,
    lost: bool,
}

/// What a bundle's new entries come to, before it is written down.
struct Batch {
    entries: Vec<Followed>,
    movements: BTreeMap<Sequence, Kept>,
    bookings: Vec<Booking>,
    exceptions: Vec<Exception>,
}

impl Office {
    /// Keeps what a carrier brought, as it came. It is opened where the keys are. Gives whether it is new.
    ///
    /// # Errors
    /// It is no sealed bundle, or the database fails.
    pub fn receive(&self, bytes: &[u8]) -> Result<bool, OfficeError> {
        let sealed = Sealed::from_bytes(bytes)?;
        let hash: [u8; 32] = Sha256::digest(bytes).into();
        self.database.write(|work| {
            let count = work.run(
                "INSERT INTO inbox VALUES ($1, $2, $3, $4, NULL, NULL, 'waiting', NULL) ON CONFLICT (hash) DO NOTHING",
                &[hash.into(), bytes.into(), self.now().ms().into(), sealed.terminal().get().into()],
            )?;
            Ok(count > 0)
        })
    }

    /// Takes in everything that waits, as far as nothing is missing before it.
    ///
    /// # Errors
    /// Not allowed, or the database or the verifier fails: what was taken in before stands.
    pub fn collect(&self, actor: &Actor, desk: &Desk, tmac: &mut dyn TmacKeys) -> Result<Collected, OfficeError> {
        self.allow(actor, Permission::Settle, "bundles")?;
        let mut collected = Collected::default();
        let sql = "SELECT DISTINCT terminal FROM inbox WHERE state = 'waiting' ORDER BY terminal";
        for row in self.database.read(|work| work.rows(sql, &[]))? {
            self.collect_of(row.int(0)?, desk, tmac, &mut collected)?;
        }
        Ok(collected)
    }

    /// Takes in what waits of one terminal, in the order of its journal.
    fn collect_of(
        &self,
        terminal: i64,
        desk: &Desk,
        tmac: &mut dyn TmacKeys,
        collected: &mut Collected,
    ) -> Result<(), OfficeError> {
        let sql = "SELECT hash, bytes FROM inbox WHERE terminal = $1 AND state = 'waiting' ORDER BY first, hash";
        let rows = self.database.read(|work| work.rows(sql, &[terminal.into()]))?;
        let secret = desk.exchange();
        let mut opened = Vec::new();
        for row in &rows {
            let hash: [u8; 32] = row.array(0)?;
            match Sealed::from_bytes(row.bytes(1)?).and_then(|sealed| sealed.open(&secret)) {
                Ok(bundle) => opened.push((hash, bundle)),
                Err(error) => {
                    self.refuse(&hash, "unreadable-bundle", &error.to_string())?;
                    collected.refused += 1;
                }
            }
        }
        opened.sort_by_key(|(hash, bundle)| (bundle.first(), bundle.last(), *hash));
        let mut waiting = Vec::new();
        for (hash, bundle) in &opened {
            match self.take(tmac, hash, bundle)? {
                Taken::Waits => waiting.push((*hash, bundle)),
                Taken::Refused(kind, why) => {
                    self.refuse(hash, kind, &why)?;
                    collected.refused += 1;
                }
                Taken::Known => {
                    self.done(hash)?;
                    collected.bundles += 1;
                }
                Taken::New(entries, movements) => {
                    collected.bundles += 1;
                    collected.entries += entries;
                    collected.movements += movements;
                }
            }
        }
        collected.waiting += u32::try_from(waiting.len()).unwrap_or(u32::MAX);
        self.wait(&waiting)
    }

    /// How far a terminal's journal is known.
    ///
    /// # Errors
    /// Not allowed, or the database fails.
    pub fn known_journal(&self, actor: &Actor, terminal: u32) -> Result<Option<KnownJournal>, OfficeError> {
        self.allow(actor, Permission::Look, &format!("terminal {terminal}"))?;
        let sql = "SELECT sequence, last_at, contact_at FROM journals WHERE terminal = $1";
        let row = self.database.read(|work| work.row(sql, &[terminal.into()]))?;
        row.map(|row| {
            Ok(KnownJournal {
                up_to: Sequence::new(row.number(0)?),
                last_at: Timestamp::from_ms(row.int(1)?),
                contact_at: Timestamp::from_ms(row.int(2)?),
            })
        })
        .transpose()
    }

    /// What head office has of a terminal's journal, for its signature.
    ///
    /// # Errors
    /// Not allowed, or the database fails.
    pub fn receipt(&self, actor: &Actor, terminal: u32) -> Result<Receipt, OfficeError> {
        self.allow(actor, Permission::Settle, &format!("terminal {terminal}"))?;
        self.database.read(|work| {
            let sender = sender(work, TerminalId::new(terminal))?;
            let sender = sender.ok_or_else(|| OfficeError::not_found("terminal", terminal))?;
            let head = known(work, &sender)?.head();
            let rows = work.rows(
                "SELECT first, last FROM inbox WHERE terminal = $1 AND state = 'waiting' AND first IS NOT NULL ORDER BY first, last",
                &[terminal.into()],
            )?;
            Ok(Receipt {
                terminal: sender.terminal,
                up_to: head.sequence,
                head: head.hash.into(),
                missing: gaps(head.sequence, &rows)?,
                at: self.now(),
            })
        })
    }

    /// All journals as they are known, for an auditor: it can be checked with nothing else.
    ///
    /// # Errors
    /// Not allowed, or the database fails.
    pub fn archive(&self, actor: &Actor) -> Result<Vec<u8>, OfficeError> {
        self.allow(actor, Permission::Audit, "archive")?;
        let archive = self.database.read(|work| -> Result<Archive, OfficeError> {
            let mut archive = Archive::new(self.now());
            let terminals = work.rows("SELECT terminal FROM journals WHERE sequence > 0 ORDER BY terminal", &[])?;
            for row in &terminals {
                let Some(sender) = sender(work, TerminalId::new(row.number(0)?))? else { continue };
                let sql = "SELECT at, body FROM entries WHERE terminal = $1 ORDER BY sequence";
                let entries = work.rows(sql, &[sender.terminal.get().into()])?;
                let entry = |row: &Row| Ok((Timestamp::from_ms(row.int(0)?), row.bytes(1)?.to_vec()));
                let entries = entries.iter().map(entry).collect::<Result<Vec<_>, StoreError>>()?;
                archive.add(sender.terminal, sender.key, entries);
            }
            Ok(archive)
        })?;
        self.database
            .write(|work| Entry::new(&actor.login, "archive.made", "archive").write(work, Chain::Audit, self.now()))?;
        Ok(archive.to_bytes())
    }

    fn take(&self, tmac: &mut dyn TmacKeys, hash: &[u8; 32], bundle: &Bundle) -> Result<Taken, OfficeError> {
        let Some(sender) = self.database.read(|work| sender(work, bundle.terminal()))? else {
            return Ok(Taken::Refused("unknown-terminal", "it was never enrolled, or has no keys any more".to_owned()));
        };
        if let Err(error) = bundle.check(&sender.key) {
            return Ok(Taken::Refused("forged-bundle", error.to_string()));
        }
        let state = self.database.read(|work| known(work, &sender))?;
        let head = state.head();
        if bundle.first().get() > head.sequence.get() + 1 {
            return Ok(Taken::Waits);
        }
        let mut follower = match self.followed_to(&sender, &state, Sequence::new(bundle.first().get() - 1))? {
            Ok(follower) => follower,
            Err(error) => return Ok(Taken::Refused("damaged-journal", error.to_string())),
        };
        let entries = match bundle.follow(&mut follower) {
            Ok(entries) => entries,
            Err(ExchangeError::Forked(at)) => return Ok(forked(at)),
            Err(error) if bundle.first().get() <= head.sequence.get() => {
                log::warn!("{error}");
                return Ok(forked(bundle.first()));
            }
            Err(error) => return Ok(Taken::Refused("damaged-journal", error.to_string())),
        };
        if let Some(at) = self.differs(&sender, &entries, head.sequence)? {
            return Ok(forked(at));
        }
        let new: Vec<Followed> =
            entries.into_iter().filter(|followed| followed.entry.sequence > head.sequence).collect();
        if new.is_empty() {
            return Ok(Taken::Known);
        }
        let batch = self.folded(&sender, new, tmac)?;
        let (entries, movements) = (batch.entries.len(), batch.movements.values().filter(|kept| kept.counts()).count());
        self.write_down(&sender, hash, (&state, &follower), &batch)?;
        Ok(Taken::New(u32::try_from(entries).unwrap_or(u32::MAX), u32::try_from(movements).unwrap_or(u32::MAX)))
    }

    /// A follower that stands at an entry which is known.
    fn followed_to(
        &self,
        sender: &Sender,
        known: &Follower,
        to: Sequence,
    ) -> Result<Result<Follower, ExchangeError>, OfficeError> {
        if known.head().sequence == to {
            return Ok(Ok(known.clone()));
        }
        let rows = self.database.read(|work| {
            work.rows(
                "SELECT at, body FROM entries WHERE terminal = $1 AND sequence <= $2 ORDER BY sequence",
                &[sender.terminal.get().into(), to.get().into()],
            )
        })?;
        let mut follower = Follower::new(sender.terminal, sender.key);
        for row in &rows {
            if let Err(error) = follower.follow(Timestamp::from_ms(row.int(0)?), row.bytes(1)?) {
                return Ok(Err(error.into()));
            }
        }
        Ok(Ok(follower))
    }

    /// The first entry that is known otherwise.
    fn differs(&self, sender: &Sender, entries: &[Followed], up_to: Sequence) -> Result<Option<Sequence>, OfficeError> {
        let first = entries.first().map(|followed| followed.entry.sequence).filter(|first| *first <= up_to);
        let Some(first) = first else { return Ok(None) };
        let rows = self.database.read(|work| {
            work.rows(
                "SELECT sequence, hash FROM entries WHERE terminal = $1 AND sequence >= $2 ORDER BY sequence",
                &[sender.terminal.get().into(), first.get().into()],
            )
        })?;
        for (row, Followed { entry, .. }) in rows.iter().zip(entries) {
            if row.array::<32>(1)? != entry.hash {
                return Ok(Some(entry.sequence));
            }
        }
        Ok(None)
    }

    /// Folds entries into movements and bookings, and has every proof checked.
    fn folded(&self, sender: &Sender, entries: Vec<Followed>, tmac: &mut dyn TmacKeys) -> Result<Batch, OfficeError> {
        let mut batch =
            Batch { entries: Vec::new(), movements: BTreeMap::new(), bookings: Vec::new(), exceptions: Vec::new() };
        let latest = self.now().ms() + CLOCK_AHEAD_MS;
        for Followed { entry, .. } in &entries {
            let (number, at) = (entry.sequence, entry.at);
            if at.ms() > latest && batch.exceptions.iter().all(|found| found.kind != "clock-ahead") {
                let detail = format!("its clock says {at} while it is {}", self.now());
                batch.exceptions.push(sender.exception("clock-ahead", Sequence::new(0), detail));
            }
            match &entry.record {
                Record::Intent(intent) => {
                    let id = SaleId { terminal: sender.terminal, sequence: number };
                    batch.movements.insert(number, Kept::begun(id, at, (**intent).clone()));
                }
                Record::Cash(cash) => batch.book(sender, (number, at), ledger::of_cash(cash))?,
                Record::ShiftOpened(shift) => batch.book(sender, (number, at), ledger::of_opening(shift.float))?,
                Record::ShiftClosed(report) => batch.book(sender, (number, at), ledger::of_closing(report))?,
                record => {
                    let money = self.outcome(sender, &mut batch, record, tmac)?;
                    batch.book(sender, (number, at), Ok(money))?;
                }
            }
        }
        batch.entries = entries;
        Ok(batch)
    }

    /// Takes an outcome in, and gives what it does to the money in the drawer.
    fn outcome(
        &self,
        sender: &Sender,
        batch: &mut Batch,
        record: &Record,
        tmac: &mut dyn TmacKeys,
    ) -> Result<Lines, OfficeError> {
        let Some(number) = record.about() else { return Ok(Lines::new()) };
        let kept = match batch.movements.entry(number) {
            Slot::Occupied(held) => held.into_mut(),
            Slot::Vacant(place) => {
                let id = SaleId { terminal: sender.terminal, sequence: number };
                let kept = self.database.read(|work| settle::load(work, id))?;
                let missing = || StoreError::Damaged(format!("movement {id} that an entry is about"));
                place.insert(kept.ok_or_else(missing)?)
            }
        };
        match record {
            Record::CommitSent(sent) => kept.sent(*sent.enc_tmri),
            Record::NotApplied(_) => kept.ends(MovementState::NotApplied),
            Record::Indeterminate(_) | Record::Parked(_) => kept.ends(MovementState::Open),
            Record::Held(held) => {
                kept.ends(MovementState::Held);
                let detail = format!("the card contradicts the journal: {:?}", held.contradiction);
                batch.exceptions.push(sender.exception("held", number, detail));
            }
            Record::Confirmed(confirmed) => self.confirmed(kept, confirmed, tmac)?,
            _ => {}
        }
        batch.exceptions.extend(kept.exception());
        match record {
            Record::Confirmed(_) => ledger::of_confirmation(&kept.intent).map_err(|_| out_of_range(number).into()),
            _ => Ok(Lines::new()),
        }
    }

    fn confirmed(&self, kept: &mut Kept, confirmed: &Confirmed, tmac: &mut dyn TmacKeys) -> Result<(), OfficeError> {
        kept.seen();
        let Some(version) = self.database.read(|work| tmac_version(work, &kept.intent.card))? else {
            kept.verdict = Some(Verified::NoCard);
            return Ok(());
        };
        let (Some(proof), Some(enc_tmri)) = (&confirmed.proof, kept.enc_tmri) else { return Ok(()) };
        let told = Told { id: kept.id, intent: kept.intent.clone(), enc_tmri: Some(enc_tmri), proof: proof.clone() };
        kept.tmc = Some(proof.tmc);
        kept.take(tmac.movement(version, &told)?);
        Ok(())
    }

    fn write_down(
        &self,
        sender: &Sender,
        hash: &[u8; 32],
        (before, after): (&Follower, &Follower),
        batch: &Batch,
    ) -> Result<(), OfficeError> {
        let terminal = i64::from(sender.terminal.get());
        let last_at = batch.entries.last().map_or(0, |followed| followed.entry.at.ms());
        self.database.write(|work| {
            work.run("INSERT INTO journals VALUES ($1, 0, $2, 0, 0) ON CONFLICT (terminal) DO NOTHING", &[
                terminal.into(),
                Vec::new().into(),
            ])?;
            // Somebody else may have taken in the same: then this is looked at again.
            work.change(
                "UPDATE journals SET sequence = $2, state = $3, last_at = $4, contact_at = $5 WHERE terminal = $1 AND sequence = $6",
                &[
                    terminal.into(),
                    after.head().sequence.get().into(),
                    after.to_bytes().into(),
                    last_at.into(),
                    self.now().ms().into(),
                    before.head().sequence.get().into(),
                ],
            )?;
            let rows: Vec<Vec<Value>> = batch.entries.iter().map(|followed| row(terminal, followed)).collect();
            work.run_many("INSERT INTO entries VALUES", &rows, "")?;
            ledger::post(work, &batch.bookings)?;
            settle::keep(work, batch.movements.values(), sender.store)?;
            for card in batch.movements.values().map(|kept| kept.intent.card).collect::<BTreeSet<_>>() {
                settle::settle_card(work, &card, self.now())?;
            }
            for found in &batch.exceptions {
                settle::find(work, found, self.now())?;
            }
            if sender.lost {
                let detail = "entries of a terminal that was reported lost".to_owned();
                settle::find(work, &sender.exception("lost-terminal", Sequence::new(0), detail), self.now())?;
            }
            work.run("UPDATE inbox SET state = 'taken' WHERE hash = $1", &[(*hash).into()])?;
            Ok(())
        })
    }

    /// Notes what waiting bundles hold, so that a receipt can say what is missing.
    fn wait(&self, waiting: &[([u8; 32], &Bundle)]) -> Result<(), OfficeError> {
        if waiting.is_empty() {
            return Ok(());
        }
        self.database.write(|work| {
            for (hash, bundle) in waiting {
                work.run(
                    "UPDATE inbox SET first = $2, last = $3 WHERE hash = $1 AND first IS NULL",
                    &[(*hash).into(), bundle.first().get().into(), bundle.last().get().into()],
                )?;
            }
            Ok(())
        })
    }

    fn done(&self, hash: &[u8; 32]) -> Result<(), OfficeError> {
        self.database.write(|work| {
            work.run("UPDATE inbox SET state = 'taken' WHERE hash = $1", &[(*hash).into()])?;
            Ok(())
        })
    }

    fn refuse(&self, hash: &[u8; 32], kind: &'static str, why: &str) -> Result<(), OfficeError> {
        log::warn!("a bundle is refused: {why}");
        self.database.write(|work| {
            let row = work.row("SELECT terminal FROM inbox WHERE hash = $1", &[(*hash).into()])?;
            let terminal = row.map_or(Ok(0), |row| row.number(0))?;
            work.run("UPDATE inbox SET state = 'refused', why = $2 WHERE hash = $1", &[(*hash).into(), why.into()])?;
            let found = Exception {
                kind,
                id: SaleId { terminal: TerminalId::new(terminal), sequence: Sequence::new(0) },
                card: None,
                detail: why.to_owned(),
            };
            settle::find(work, &found, self.now())
        })
    }
}

impl Batch {
    fn book(
        &mut self,
        sender: &Sender,
        (number, at): (Sequence, Timestamp),
        lines: Result<Lines, satchel_values::Arithmetic>,
    ) -> Result<(), OfficeError> {
        let lines = lines.map_err(|_| out_of_range(number))?;
        if !lines.is_empty() {
            let id = SaleId { terminal: sender.terminal, sequence: number };
            self.bookings.push(Booking { id, at, store: sender.store, lines });
        }
        Ok(())
    }
}

impl Sender {
    fn exception(&self, kind: &'static str, sequence: Sequence, detail: String) -> Exception {
        Exception { kind, id: SaleId { terminal: self.terminal, sequence }, card: None, detail }
    }
}

fn row(terminal: i64, Followed { entry, body }: &Followed) -> Vec<Value> {
    vec![
        terminal.into(),
        entry.sequence.get().into(),
        entry.at.ms().into(),
        entry.record.kind_code().into(),
        body.as_slice().into(),
        entry.hash.into(),
    ]
}

fn out_of_range(number: Sequence) -> StoreError {
    StoreError::Damaged(format!("the sums of entry {}", number.get()))
}

fn forked(at: Sequence) -> Taken {
    Taken::Refused("forked-journal", ExchangeError::Forked(at).to_string())
}

/// An enrolled terminal; one that was lost sends nothing that is believed without a look.
fn sender(work: &mut Work<'_>, terminal: TerminalId) -> Result<Option<Sender>, OfficeError> {
    let sql = "SELECT journal_key, place, state FROM terminals WHERE id = $1 AND journal_key IS NOT NULL";
    let Some(row) = work.row(sql, &[terminal.get().into()])? else { return Ok(None) };
    let lost = row.text(2)? == "lost";
    Ok(Some(Sender { terminal, key: JournalPublicKey(row.array(0)?), store: row.int(1)?, lost }))
}

fn known(work: &mut Work<'_>, sender: &Sender) -> Result<Follower, OfficeError> {
    let sql = "SELECT state FROM journals WHERE terminal = $1 AND sequence > 0";
    match work.row(sql, &[sender.terminal.get().into()])? {
        None => Ok(Follower::new(sender.terminal, sender.key)),
        Some(row) => Follower::from_bytes(sender.terminal, sender.key, row.bytes(0)?)
            .map_err(|_| StoreError::Damaged(format!("what is known of terminal {}", sender.terminal)).into()),
    }
}

fn tmac_version(work: &mut Work<'_>, card: &Uid) -> Result<Option<KeyVersion>, OfficeError> {
    let row = work.row("SELECT tmac_version FROM cards WHERE uid = $1", &[(*card.bytes()).into()])?;
    let version = row.map(|row| row.maybe_int(0)).transpose()?.flatten();
    Ok(version.and_then(|version| u8::try_from(version).ok()).and_then(KeyVersion::new))
}

/// Runs that are missing before bundles that wait.
fn gaps(head: Sequence, waiting: &[Row]) -> Result<Vec<(Sequence, Sequence)>, OfficeError> {
    let mut next = head.get() + 1;
    let mut missing = Vec::new();
    for row in waiting {
        let (first, last) = (row.number::<u32>(0)?, row.number::<u32>(1)?);
        if first > next {
            missing.push((Sequence::new(next), Sequence::new(first - 1)));
        }
        next = next.max(last.saturating_add(1));
    }
    Ok(missing)
}
