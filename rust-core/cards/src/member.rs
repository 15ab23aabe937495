//! The member card: its layout, and the taps that use it.
//!
//! A tap is a chain of types, and only the last can change the card: [`Tap`] has authenticated and read the newest
//! record, [`Prepared`] has put a movement before the card, and [`Prepared::commit`] makes it so. Dropping either
//! leaves the card as it was.

use crate::identity::{IDENTITY_FILE, MemberIdentity};
use crate::record::HistoryRecord;
use crate::{CardError, CardKeys};
use rand_core::CryptoRng;
use satchel_desfire::{
    self as desfire, Access, Aid, Authenticated, CommMode, Identity, KeyNo, Plain, Records, Rights, Session, Status,
};
use satchel_journal::CARD_RECORD;
use satchel_keys::{KeyVersion, Role};
use satchel_transport::Transport;
use satchel_values::{Money, Points};

/// The application, least significant byte first as on the wire.
pub const AID: Aid = Aid::new([0x01, 0x54, 0x53]);

/// The application's ISO 7816 name.
pub const ISO_NAME: &[u8] = b"\xF0SATCHEL\x01";

/// The application's ISO 7816 file identifier.
pub const ISO_FILE_ID: u16 = 0xE101;

/// The application's keys.
pub mod key {
    use satchel_desfire::KeyNo;
    /// Settings, keys, identity; head office, while issuing.
    pub const MASTER: KeyNo = KeyNo::new(0);
    /// Reads, moves nothing.
    pub const INQUIRY: KeyNo = KeyNo::new(1);
    /// Debits the purse, moves points, writes history.
    pub const SALE: KeyNo = KeyNo::new(2);
    /// Credits the purse.
    pub const LOAD: KeyNo = KeyNo::new(3);
    /// LimitedCredit of the last debit.
    pub const REVERSAL: KeyNo = KeyNo::new(4);
    /// Changes keys 1 to 4.
    pub const CHANGE: KeyNo = KeyNo::new(5);
}

/// The application's files.
pub mod file {
    use satchel_desfire::FileNo;
    /// Who the card belongs to; a standard data file, written once.
    pub const IDENTITY: FileNo = FileNo::new(1);
    /// The last ten movements; a cyclic record file. The newest record is the card's state.
    pub const HISTORY: FileNo = FileNo::new(2);
    /// The money; a value file.
    pub const PURSE: FileNo = FileNo::new(3);
    /// The points; a value file.
    pub const POINTS: FileNo = FileNo::new(4);
    /// The transaction MAC of the last commit.
    pub const TMAC: FileNo = FileNo::new(15);
}

/// Records the history file is made for. One is the spare that a commit writes into, so one less can be read.
pub const HISTORY_RECORDS: u32 = 11;

/// Bytes in the transaction MAC file: counter (4, little-endian) and value (8).
const TMAC_FILE: u32 = 12;

/// Who may do what with each file.
pub mod rights {
    use super::{Access, Rights, key};

    const fn only(key: satchel_desfire::KeyNo) -> Access {
        Access::Key(key)
    }

    /// Read by inquiry, written by the master key.
    pub const IDENTITY: Rights = Rights {
        read: only(key::INQUIRY),
        write: only(key::MASTER),
        read_write: Access::Never,
        change: only(key::MASTER),
    };
    /// Read by inquiry, written by sale.
    pub const HISTORY: Rights = Rights {
        read: only(key::INQUIRY),
        write: Access::Never,
        read_write: only(key::SALE),
        change: only(key::MASTER),
    };
    /// Debited by sale, restored by reversal, credited by load.
    pub const PURSE: Rights = Rights {
        read: only(key::SALE),
        write: only(key::REVERSAL),
        read_write: only(key::LOAD),
        change: only(key::MASTER),
    };
    /// Moved by sale.
    pub const POINTS: Rights =
        Rights { read: Access::Never, write: Access::Never, read_write: only(key::SALE), change: only(key::MASTER) };
    /// Read by sale, which also commits the reader id.
    pub const TMAC: Rights =
        Rights { read: only(key::SALE), write: Access::Never, read_write: only(key::SALE), change: only(key::MASTER) };
}

/// A card in the field and the keys to it.
pub struct Presented<'t, 'k> {
    /// The way to the card.
    pub transport: &'t mut dyn Transport,
    /// What the card told of itself.
    pub identity: &'k Identity,
    /// Its keys.
    pub keys: &'k CardKeys<'k>,
    /// For the authentications' challenges.
    pub rng: &'k mut dyn CryptoRng,
}

/// Money that must move with a key of its own, before the sale key takes over in the same transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lead {
    /// None: the sale key does all.
    None,
    /// The load key credits this much.
    Credit(Money),
    /// The reversal key gives back this much of the last debit.
    Restore(Money),
}

/// An authenticated card whose newest record is read. Nothing on the card has changed.
pub struct Tap<'t> {
    session: Session<'t, Authenticated>,
    newest: HistoryRecord,
    raw: [u8; CARD_RECORD],
    key_version: KeyVersion,
}

/// A movement that the card holds ready. Nothing on the card has changed.
pub struct Prepared<'t> {
    session: Session<'t, Authenticated>,
    enc_tmri: [u8; 16],
}

/// What came of a commit.
#[derive(Debug)]
pub enum Commit {
    /// The card did it, and proved it.
    Done {
        /// The transaction's counter.
        tmc: u32,
        /// The transaction's MAC.
        tmv: [u8; 8],
    },
    /// Anything else. An error status carries no MAC, so it proves no more than silence does.
    Unknown(CardError),
}

/// What an inquiry reads.
#[derive(Debug, Clone)]
pub struct Inquiry {
    /// Who the card belongs to.
    pub identity: MemberIdentity,
    /// The newest record: the card's state.
    pub newest: HistoryRecord,
    /// The movements before it that the card still holds, newest first; empty if only the state was asked for.
    pub earlier: Vec<HistoryRecord>,
}

/// How much an inquiry reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Identity and state: five exchanges.
    State,
    /// The whole history too.
    History,
}

/// What the card says of its last transaction, for settling a movement whose outcome is not known.
#[derive(Debug, Clone)]
pub struct Recall {
    /// The transaction MAC counter.
    pub tmc: u32,
    /// The last transaction's MAC.
    pub tmv: [u8; 8],
    /// The records asked for, as the card gave them, newest first.
    pub records: Vec<[u8; CARD_RECORD]>,
}

impl<'t> Tap<'t> {
    /// Selects, authenticates, moves what `lead` says and reads the newest record: four exchanges, seven with a lead.
    pub fn open(presented: Presented<'t, '_>, lead: Lead) -> Result<Self, CardError> {
        let (session, key_version) = authenticated(presented, lead)?;
        let (session, raw) = read_one(session)?;
        Ok(Self { session, newest: HistoryRecord::parse(&raw)?, raw, key_version })
    }

    /// The card's newest record: its state.
    pub const fn newest(&self) -> &HistoryRecord {
        &self.newest
    }

    /// The newest record as the card gave it.
    pub const fn raw(&self) -> &[u8; CARD_RECORD] {
        &self.raw
    }

    /// The version of the sale key that the card accepted.
    pub const fn key_version(&self) -> KeyVersion {
        self.key_version
    }

    /// Puts a movement before the card: money taken, points, the new record and the reader id. Up to four exchanges.
    pub fn prepare(self, movement: &Movement<'_>) -> Result<Prepared<'t>, CardError> {
        Prepared::put(self.session, movement)
    }

    /// Drops what is pending on the card, so that it can leave the field at leisure.
    pub fn abandon(self) -> Result<(), CardError> {
        self.session.abort_transaction()?;
        Ok(())
    }
}

/// Selects, authenticates in whichever versions the card has, and ends as the sale key with the lead's money pending.
fn authenticated<'t>(
    presented: Presented<'t, '_>,
    lead: Lead,
) -> Result<(Session<'t, Authenticated>, KeyVersion), CardError> {
    let Presented { transport, identity, keys, rng } = presented;
    let mut session = select(Session::new(transport, identity.frame))?;
    for versions in Versions::to_try(keys, lead)? {
        match authenticate(session, keys, rng, lead, versions) {
            Ok(authenticated) => return Ok((authenticated, versions.sale)),
            Err(Failure::WrongKey(plain)) => session = select(plain)?,
            Err(Failure::Other(error)) => return Err(error),
        }
    }
    let sale = (Role::Sale, key::SALE);
    Err(none_fits(session, keys, [Some(sale), lead.key()].into_iter().flatten()))
}

/// What the sale key is to do.
#[derive(Debug, Clone, Copy)]
pub struct Movement<'m> {
    /// To take from the purse, not negative. What is credited is the lead's.
    pub take: Money,
    /// To add to the points, or to take, as a negative number.
    pub points: Points,
    /// The record to write.
    pub record: &'m [u8; CARD_RECORD],
    /// The reader id to put under the transaction's MAC.
    pub reader_id: &'m [u8; 16],
}

/// Puts a card's very first movement before it: the history is empty, so no record is read.
pub(crate) fn prepare_first<'t>(
    presented: Presented<'t, '_>,
    lead: Lead,
    movement: &Movement<'_>,
) -> Result<Prepared<'t>, CardError> {
    let (session, _) = authenticated(presented, lead)?;
    Prepared::put(session, movement)
}

impl<'t> Prepared<'t> {
    fn put(session: Session<'t, Authenticated>, movement: &Movement<'_>) -> Result<Self, CardError> {
        let session = take_money(session, movement.take)?;
        let session = move_points(session, movement.points)?;
        let session = session.write_record(file::HISTORY, CommMode::Full, 0, movement.record)?;
        let (session, enc_tmri) = session.commit_reader_id(movement.reader_id)?;
        Ok(Self { session, enc_tmri })
    }

    /// The previous reader id as the card enciphered it: part of the MAC's input.
    pub const fn enc_tmri(&self) -> &[u8; 16] {
        &self.enc_tmri
    }

    /// Makes it so. One exchange.
    pub fn commit(self) -> Commit {
        match self.session.commit_transaction_with_tmac() {
            Ok((_, tmac)) => Commit::Done { tmc: tmac.tmc, tmv: tmac.tmv },
            Err(error) => Commit::Unknown(error.into()),
        }
    }
}

/// Reads a card with the inquiry key. Moves nothing.
pub fn inquire(presented: Presented<'_, '_>, depth: Depth) -> Result<Inquiry, CardError> {
    let mut session = open_with(presented, Role::Inquiry, key::INQUIRY)?;
    let mut records = Vec::new();
    match depth {
        Depth::State => {
            let (next, raw) = read_one(session)?;
            session = next;
            records.push(HistoryRecord::parse(&raw)?);
        }
        Depth::History => {
            let (next, raw) = read_all(session)?;
            session = next;
            for record in &raw {
                records.push(HistoryRecord::parse(record)?);
            }
        }
    }
    let length = u32::try_from(IDENTITY_FILE).expect("32 fits");
    let (_, identity) = session.read_data(file::IDENTITY, CommMode::Full, 0, length)?;
    let newest = *records.first().ok_or(CardError::Damaged("history"))?;
    Ok(Inquiry { identity: MemberIdentity::parse(&identity)?, newest, earlier: records.split_off(1) })
}

/// Asks a card about its last transaction: five exchanges for its newest record, more for its whole history.
pub fn recall(presented: Presented<'_, '_>, depth: Depth) -> Result<Recall, CardError> {
    let session = open_with(presented, Role::Sale, key::SALE)?;
    let (session, (tmc, tmv)) = read_tmac(session)?;
    let records = match depth {
        Depth::State => vec![read_one(session)?.1],
        Depth::History => read_all(session)?.1,
    };
    Ok(Recall { tmc, tmv, records })
}

/// The counter and MAC of the last transaction, read with the sale key; counter 0 before the first. Four exchanges.
pub fn last_transaction(presented: Presented<'_, '_>) -> Result<(u32, [u8; 8]), CardError> {
    let session = open_with(presented, Role::Sale, key::SALE)?;
    Ok(read_tmac(session)?.1)
}

/// Which versions of the card's keys are tried together.
#[derive(Debug, Clone, Copy)]
struct Versions {
    lead: KeyVersion,
    sale: KeyVersion,
}

impl Versions {
    /// Every pair worth trying, newest first: a torn rollover leaves mixed versions.
    fn to_try(keys: &CardKeys<'_>, lead: Lead) -> Result<Vec<Self>, CardError> {
        let sales = keys.versions(Role::Sale)?;
        let Some((role, _)) = lead.key() else {
            return Ok(sales.into_iter().map(|sale| Self { lead: sale, sale }).collect());
        };
        let leads = keys.versions(role)?;
        let pairs = leads.iter().flat_map(|lead| sales.iter().map(|sale| Self { lead: *lead, sale: *sale }));
        Ok(pairs.collect())
    }
}

impl Lead {
    fn key(self) -> Option<(Role, KeyNo)> {
        match self {
            Self::None => None,
            Self::Credit(_) => Some((Role::Load, key::LOAD)),
            Self::Restore(_) => Some((Role::Reversal, key::REVERSAL)),
        }
    }
}

/// Why an authentication, or the lead before it, failed.
enum Failure<'t> {
    /// The card does not accept this version of the key; it is still there to try another.
    WrongKey(Session<'t, Plain>),
    /// Anything else.
    Other(CardError),
}

impl<E: Into<CardError>> From<E> for Failure<'_> {
    fn from(error: E) -> Self {
        Self::Other(error.into())
    }
}

impl<'t> From<desfire::NotAuthenticated<'t>> for Failure<'t> {
    fn from(refused: desfire::NotAuthenticated<'t>) -> Self {
        match refused.error.status() {
            Some(Status::AuthenticationError) => Self::WrongKey(refused.session),
            _ => Self::Other(not_ours(refused.error)),
        }
    }
}

/// Ends as the sale key, with the lead's money pending.
fn authenticate<'t>(
    session: Session<'t, Plain>,
    keys: &CardKeys<'_>,
    rng: &mut dyn CryptoRng,
    lead: Lead,
    versions: Versions,
) -> Result<Session<'t, Authenticated>, Failure<'t>> {
    let sale_key = keys.key(Role::Sale, versions.sale)?;
    let Some((role, number)) = lead.key() else {
        return Ok(session.authenticate_ev2_first(key::SALE, &sale_key, rng)?);
    };
    let session = session.authenticate_ev2_first(number, &keys.key(role, versions.lead)?, rng)?;
    let session = match lead {
        Lead::Credit(amount) => session.credit(file::PURSE, CommMode::Full, to_card(Ok(amount))?),
        Lead::Restore(amount) => session.limited_credit(file::PURSE, CommMode::Full, to_card(Ok(amount))?),
        Lead::None => Ok(session),
    };
    let session = session.map_err(purse_limit)?;
    Ok(session.authenticate_ev2_non_first(key::SALE, &sale_key, rng)?)
}

/// Selects and authenticates with one key in whichever version the card has: three exchanges.
pub(crate) fn open_with<'t>(
    presented: Presented<'t, '_>,
    role: Role,
    number: KeyNo,
) -> Result<Session<'t, Authenticated>, CardError> {
    let Presented { transport, identity, keys, rng } = presented;
    let mut session = select(Session::new(transport, identity.frame))?;
    for version in keys.versions(role)? {
        let card_key = keys.key(role, version)?;
        match session.authenticate_ev2_first(number, &card_key, rng).map_err(Failure::from) {
            Ok(authenticated) => return Ok(authenticated),
            Err(Failure::WrongKey(plain)) => session = select(plain)?,
            Err(Failure::Other(error)) => return Err(error),
        }
    }
    Err(none_fits(session, keys, [(role, number)].into_iter()))
}

/// Why no key that is held opened the card: it says itself that it carries a version that is not held, or it is none of
/// ours. A counterfeit may say so too; it is then refused again with the newest keys.
fn none_fits(
    mut session: Session<'_, Plain>,
    keys: &CardKeys<'_>,
    wanted: impl Iterator<Item = (Role, KeyNo)>,
) -> CardError {
    for (role, number) in wanted {
        let Ok(Some(carried)) = session.get_key_version(number).map(KeyVersion::new) else { return CardError::NotOurs };
        if keys.versions(role).is_ok_and(|held| !held.contains(&carried)) {
            return CardError::KeyVersionNotHeld { role, version: carried.get() };
        }
    }
    CardError::NotOurs
}

fn select(mut session: Session<'_, Plain>) -> Result<Session<'_, Plain>, CardError> {
    session.select_application(AID).map_err(not_ours)?;
    Ok(session)
}

/// A card without our application, without our key, or that cannot prove that it has it, is not one of ours.
pub(crate) fn not_ours(error: desfire::Error) -> CardError {
    match error.status() {
        Some(Status::ApplicationNotFound | Status::NoSuchKey | Status::AuthenticationError) => CardError::NotOurs,
        _ if matches!(error, desfire::Error::WrongKey) => CardError::NotOurs,
        _ => error.into(),
    }
}

fn purse_limit(error: desfire::Error) -> CardError {
    match error.status() {
        Some(Status::BoundaryError) => CardError::PurseLimit,
        _ => error.into(),
    }
}

fn take_money(session: Session<'_, Authenticated>, take: Money) -> Result<Session<'_, Authenticated>, CardError> {
    if take.is_zero() {
        return Ok(session);
    }
    session.debit(file::PURSE, CommMode::Full, to_card(Ok(take))?).map_err(purse_limit)
}

fn move_points(session: Session<'_, Authenticated>, points: Points) -> Result<Session<'_, Authenticated>, CardError> {
    let moved = if points.is_negative() {
        let amount = points.negated().and_then(Points::to_card).map_err(|_| CardError::PurseLimit)?;
        session.debit(file::POINTS, CommMode::Full, amount)
    } else if points.is_positive() {
        let amount = points.to_card().map_err(|_| CardError::PurseLimit)?;
        session.credit(file::POINTS, CommMode::Full, amount)
    } else {
        Ok(session)
    };
    moved.map_err(purse_limit)
}

fn to_card(amount: Result<Money, satchel_values::Arithmetic>) -> Result<i32, CardError> {
    amount.and_then(Money::to_card).map_err(|_| CardError::PurseLimit)
}

type LastTransaction<'t> = (Session<'t, Authenticated>, (u32, [u8; 8]));

fn read_tmac(session: Session<'_, Authenticated>) -> Result<LastTransaction<'_>, CardError> {
    let (session, content) = session.read_data(file::TMAC, CommMode::Full, 0, TMAC_FILE)?;
    let (tmc, tmv) = content.split_first_chunk::<4>().ok_or(CardError::Damaged("transaction MAC file"))?;
    let tmv = tmv.try_into().map_err(|_| CardError::Damaged("transaction MAC file"))?;
    Ok((session, (u32::from_le_bytes(*tmc), tmv)))
}

type OneRecord<'t> = (Session<'t, Authenticated>, [u8; CARD_RECORD]);

fn read_one(session: Session<'_, Authenticated>) -> Result<OneRecord<'_>, CardError> {
    let (session, data) = session.read_records(file::HISTORY, CommMode::Full, NEWEST, RECORD_SIZE)?;
    let raw = data.try_into().map_err(|_| CardError::Damaged("history"))?;
    Ok((session, raw))
}

type AllRecords<'t> = (Session<'t, Authenticated>, Vec<[u8; CARD_RECORD]>);

/// The whole history, newest first; the card answers oldest first.
fn read_all(session: Session<'_, Authenticated>) -> Result<AllRecords<'_>, CardError> {
    let (session, data) = session.read_records(file::HISTORY, CommMode::Full, ALL, RECORD_SIZE)?;
    let (records, rest) = data.as_chunks::<CARD_RECORD>();
    if !rest.is_empty() || records.is_empty() {
        return Err(CardError::Damaged("history"));
    }
    Ok((session, records.iter().rev().copied().collect()))
}

/// Only the newest record.
pub(crate) const NEWEST: Records = Records { first: 0, count: 1 };
/// Every record there is.
const ALL: Records = Records { first: 0, count: 0 };
/// Bytes in a record.
pub(crate) const RECORD_SIZE: u32 = 31;
const _: () = assert!(RECORD_SIZE as usize == CARD_RECORD, "the file is made for the journal's records");
