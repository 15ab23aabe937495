use super::fault::{Fault, ensure};
use super::lab::Lab;
use satchel_cards::member::{self, Depth};
use satchel_desfire::{CommMode, Identity, Session};
use satchel_journal::{CARD_RECORD, Intent, Operation, Proof};
use satchel_keys::Role;
use satchel_values::{Money, Points, SaleId, Sequence, TerminalId};
use std::collections::BTreeMap;

/// The terminal of every movement, as a number in the records.
const TERMINAL: TerminalId = TerminalId::new(81);

/// The card that is looked at, and the books kept of it.
pub(super) struct Subject {
    /// What it told of itself.
    pub identity: Identity,
    /// What its purse must hold.
    pub purse: Money,
    /// What its points must be.
    pub points: Points,
    /// What its transaction counter must be.
    pub tmc: u32,
    /// The last transaction's MAC.
    pub tmv: [u8; 8],
    /// The last transaction's reader id.
    pub reader_id: [u8; 16],
    /// Every record that was written, newest last.
    pub records: Vec<[u8; CARD_RECORD]>,
    /// The exchanges of the last movement of each kind, by the commands' names.
    commands: BTreeMap<Operation, Vec<&'static str>>,
    movements: u32,
}

/// A movement that was sent off to the card.
#[derive(Debug)]
pub(super) struct Sent {
    /// Its number.
    pub id: SaleId,
    /// What it does.
    pub intent: Intent,
    /// The previous reader id as the card enciphered it.
    pub enc_tmri: [u8; 16],
}

impl Subject {
    /// The number of the card's first movement, its issue.
    pub(super) const FIRST: SaleId = SaleId { terminal: TERMINAL, sequence: Sequence::new(1) };

    pub(super) const fn new(identity: Identity) -> Self {
        Self {
            identity,
            purse: Money::ZERO,
            points: Points::ZERO,
            tmc: 0,
            tmv: [0; 8],
            reader_id: [0; 16],
            records: Vec::new(),
            commands: BTreeMap::new(),
            movements: Self::FIRST.sequence.get(),
        }
    }

    /// The number of the next movement after the first.
    pub(super) const fn next_id(&mut self) -> SaleId {
        self.movements += 1;
        SaleId { terminal: TERMINAL, sequence: Sequence::new(self.movements) }
    }

    /// The newest record; zeros before the first.
    pub(super) fn newest(&self) -> [u8; CARD_RECORD] {
        self.records.last().copied().unwrap_or([0; CARD_RECORD])
    }

    /// The books after a movement that the card has made.
    pub(super) fn accept(&mut self, sent: &Sent, proof: &Proof) -> Result<(), Fault> {
        let out_of_range = |_| Fault::unfit("the books are out of range");
        self.purse = self.purse.plus(sent.intent.purse).map_err(out_of_range)?;
        self.points = self.points.plus(sent.intent.points).map_err(out_of_range)?;
        self.reader_id = sent.intent.reader_id(sent.id);
        self.records.push(*sent.intent.written);
        (self.tmc, self.tmv) = (proof.tmc, *proof.tmv);
        Ok(())
    }

    /// Keeps in mind which exchanges a movement of this kind takes.
    pub(super) fn learn(&mut self, operation: Operation, commands: Vec<&'static str>) {
        self.commands.insert(operation, commands);
    }

    /// The place of a command among the exchanges of the last movement of this kind, from 0.
    pub(super) fn place_of(&self, operation: Operation, command: &str) -> Result<u32, Fault> {
        let commands = self.commands.get(&operation).map(Vec::as_slice).unwrap_or_default();
        let place = commands.iter().position(|name| *name == command).and_then(|place| u32::try_from(place).ok());
        place.ok_or_else(|| Fault::unfit(format!("no {command} was seen before")))
    }
}

/// Compares what the card says with the books: counter, MAC, newest record, purse and points.
pub(super) fn look(lab: &mut Lab<'_>, subject: &mut Subject) -> Result<(), Fault> {
    lab.step("  compare with the books", |lab, _| {
        let told = lab.present(&subject.identity, None, |card| member::recall(card, Depth::State))?;
        ensure(told.tmc == subject.tmc, || {
            format!("the transaction counter is {}, the books say {}", told.tmc, subject.tmc)
        })?;
        ensure(told.tmv == subject.tmv, || {
            "the transaction MAC file holds another MAC than the commit answered".into()
        })?;
        ensure(told.records == [subject.newest()], || "the newest record is not the one that was written".into())?;
        let (purse, points) = values(lab, subject)?;
        ensure(purse == subject.purse, || {
            format!("the purse holds {}, the books say {}", purse.get(), subject.purse.get())
        })?;
        ensure(points == subject.points, || {
            format!("the card has {} points, the books say {}", points.get(), subject.points.get())
        })
    })
}

/// The purse and the points themselves, in minor units.
pub(super) fn values(lab: &mut Lab<'_>, subject: &Subject) -> Result<(Money, Points), Fault> {
    let key = lab.key(&subject.identity.uid, Role::Sale);
    let (field, rng) = lab.reach();
    let mut session = Session::new(field, subject.identity.frame);
    session.select_application(member::AID)?;
    let session = session.authenticate_ev2_first(member::key::SALE, &key, rng)?;
    let (session, purse) = session.get_value(member::file::PURSE, CommMode::Full)?;
    let (_, points) = session.get_value(member::file::POINTS, CommMode::Full)?;
    Ok((Money::new(purse.into()), Points::new(points.into())))
}
