//! What the same work costs when each thing done to a card has a session of its own, run on the same cards; and the
//! lean tap that published figures describe.

use super::Measured;
use super::taps::listen;
use satchel_cards::member::{self, file, key};
use satchel_cards::record::Standing;
use satchel_cards::{CardKeys, operator};
use satchel_chain::field::{Field, blank_card};
use satchel_chain::scene::Scene;
use satchel_chain::store::seeded;
use satchel_desfire::{Aid, Authenticated, CommMode, FileNo, Identity, KeyNo, Records, Session};
use satchel_hazmat::AesKey;
use satchel_journal::CARD_RECORD;
use satchel_keys::{PinCost, Role};
use satchel_transport::{Tally, Timing, Transport, TransportError};
use std::cell::Cell;

/// One thing done to a member card.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// The newest record read as the sale key.
    NewestRecord,
    /// The newest record read as the inquiry key.
    NewestRecordByInquiry,
    /// The identity read.
    Identity,
    /// The transaction MAC file read.
    TmacFile,
    /// The purse debited, in minor units.
    Take(i32),
    /// The purse credited as the load key, in minor units.
    Give(i32),
    /// The last debit given back as the reversal key, in minor units.
    Restore(i32),
    /// Points added, or taken as a negative number.
    Points(i32),
    /// A record written.
    WriteRecord,
}

const NEWEST: Records = Records { first: 0, count: 1 };
const RECORD_SIZE: u32 = 31;
const RECORD: [u8; CARD_RECORD] = [0; CARD_RECORD];
const READER_ID: [u8; 16] = [0; 16];
const TMAC_SIZE: u32 = 12;
const IDENTITY_SIZE: u32 = 32;
/// Bytes that the lean tap writes as its record.
const LEAN_RECORD: usize = 16;

/// Does each step in a session of its own: selected, authenticated, and committed where it changes something.
pub fn movement(scene: &mut Scene, steps: &[Step]) -> Measured<Tally> {
    listen(scene, None, |scene, transport| {
        let identity = satchel_desfire::identify(transport)?;
        let keys = CardKeys::new(scene.office.ring(), identity.uid, *member::AID.bytes());
        steps.iter().try_for_each(|step| step.run(transport, &identity, &keys))
    })
}

/// Signs the first operator on with a session for each thing done.
pub fn sign_on(scene: &mut Scene) -> Measured<Tally> {
    let operator = &mut scene.office.operators[0];
    let pin = operator.pin();
    scene.card = std::mem::replace(&mut operator.card, blank_card(0));
    listen(scene, None, |scene, transport| {
        let identity = satchel_desfire::identify(transport)?;
        let ring = scene.office.ring();
        let version = scene.office.newest_version();
        let master = ring.master(Role::OperatorPin, version).ok_or("the office holds every master")?;
        let pin_key = master.operator_pin_key(&identity.uid, &pin, PinCost::TEST);
        let keys = CardKeys::new(ring, identity.uid, *operator::AID.bytes());
        let terminal_key = keys.key(Role::OperatorTerminal, version)?;
        let session = open_operator(transport, &identity, operator::key::TERMINAL, &terminal_key)?;
        read(read_file(session, operator::file::IDENTITY, IDENTITY_SIZE)?)?;
        let session = open_operator(transport, &identity, operator::key::TERMINAL, &terminal_key)?;
        session.debit(operator::file::TRIES, CommMode::Full, 1)?.commit_transaction()?;
        let session = open_operator(transport, &identity, operator::key::PIN, &pin_key)?;
        read(read_file(session, operator::file::SHARE, operator::SHARE_FILE)?)?;
        let session = open_operator(transport, &identity, operator::key::PIN, &pin_key)?;
        session.credit(operator::file::TRIES, CommMode::Full, 1)?.commit_transaction()?;
        Ok(())
    })
}

/// Makes a member card with a presentation for each step, resumed every time.
pub fn personalisation(scene: &mut Scene) -> Measured<Tally> {
    let plan = Scene::plan(&mut scene.office, Standing::Active);
    scene.card = blank_card(2);
    let mut sum = Tally::default();
    let mut steps = 0;
    loop {
        steps += 1;
        let (mut begun, gone) = (0, Cell::new(false));
        let mut line = Leaving { inner: Timing::new(Field::new(&mut scene.card)), gone: &gone };
        let issued = scene.office.issue(&mut line, &plan, &mut *seeded(9), &mut |_| {
            begun += 1;
            gone.set(begun > steps);
        });
        let one = line.inner.tally();
        sum.exchanges += one.exchanges;
        sum.bytes += one.bytes;
        sum.card_us += one.card_us;
        match issued {
            Err(_) if gone.get() => {}
            other => return Ok(other.map(|_| sum)?),
        }
    }
}

/// A card that leaves the field when told.
struct Leaving<'g, T> {
    inner: T,
    gone: &'g Cell<bool>,
}

impl<T: Transport> Transport for Leaving<'_, T> {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        if self.gone.get() { Err(TransportError::CardGone) } else { self.inner.transceive(command) }
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.inner.reset()
    }
}

/// The lean purse tap: select, authenticate, GetValue, Debit, WriteRecord of 16 bytes, CommitReaderID, commit.
pub fn lean_tap(scene: &mut Scene) -> Measured<Tally> {
    listen(scene, None, |scene, transport| {
        let identity = satchel_desfire::identify(transport)?;
        let keys = CardKeys::new(scene.office.ring(), identity.uid, *member::AID.bytes());
        let sale_key = keys.key(Role::Sale, keys.newest(Role::Sale)?)?;
        let session = open(transport, &identity, member::AID, key::SALE, &sale_key)?;
        let (session, _) = session.get_value(file::PURSE, CommMode::Full)?;
        let session = session.debit(file::PURSE, CommMode::Full, 1)?;
        close(session.write_record(file::HISTORY, CommMode::Full, 0, &RECORD[..LEAN_RECORD])?)
    })
}

impl Step {
    fn run(self, transport: &mut dyn Transport, identity: &Identity, keys: &CardKeys<'_>) -> Measured<()> {
        let card_key = |role| keys.key(role, keys.newest(role)?);
        let (role, number) = self.key();
        let session = open(transport, identity, member::AID, number, &card_key(role)?)?;
        let session = match self {
            Self::NewestRecord | Self::NewestRecordByInquiry => {
                return read(session.read_records(file::HISTORY, CommMode::Full, NEWEST, RECORD_SIZE)?);
            }
            Self::Identity => return read(read_file(session, file::IDENTITY, IDENTITY_SIZE)?),
            Self::TmacFile => return read(read_file(session, file::TMAC, TMAC_SIZE)?),
            Self::Take(amount) => session.debit(file::PURSE, CommMode::Full, amount)?,
            Self::Give(amount) => session.credit(file::PURSE, CommMode::Full, amount)?,
            Self::Restore(amount) => session.limited_credit(file::PURSE, CommMode::Full, amount)?,
            Self::Points(points) if points < 0 => session.debit(file::POINTS, CommMode::Full, -points)?,
            Self::Points(points) => session.credit(file::POINTS, CommMode::Full, points)?,
            Self::WriteRecord => session.write_record(file::HISTORY, CommMode::Full, 0, &RECORD)?,
        };
        // Only the sale key may put a reader id under the transaction's MAC, without which there is no commit.
        let session = match number {
            key::SALE => session,
            _ => session
                .authenticate_ev2_non_first(key::SALE, &card_key(Role::Sale)?, &mut *seeded(3))
                .map_err(satchel_desfire::Error::from)?,
        };
        close(session)
    }

    const fn key(self) -> (Role, KeyNo) {
        match self {
            Self::NewestRecordByInquiry | Self::Identity => (Role::Inquiry, key::INQUIRY),
            Self::Give(_) => (Role::Load, key::LOAD),
            Self::Restore(_) => (Role::Reversal, key::REVERSAL),
            _ => (Role::Sale, key::SALE),
        }
    }
}

fn open_operator<'t>(
    transport: &'t mut dyn Transport,
    identity: &Identity,
    number: KeyNo,
    card_key: &AesKey,
) -> Measured<Session<'t, Authenticated>> {
    open(transport, identity, operator::AID, number, card_key)
}

fn open<'t>(
    transport: &'t mut dyn Transport,
    identity: &Identity,
    application: Aid,
    number: KeyNo,
    card_key: &AesKey,
) -> Measured<Session<'t, Authenticated>> {
    let mut session = Session::new(transport, identity.frame);
    session.select_application(application)?;
    let authenticated = session.authenticate_ev2_first(number, card_key, &mut *seeded(2));
    Ok(authenticated.map_err(satchel_desfire::Error::from)?)
}

type ReadBytes<'t> = (Session<'t, Authenticated>, Vec<u8>);

fn read_file(session: Session<'_, Authenticated>, file: FileNo, length: u32) -> Measured<ReadBytes<'_>> {
    Ok(session.read_data(file, CommMode::Full, 0, length)?)
}

/// A step that only read is done.
fn read((session, _): ReadBytes<'_>) -> Measured<()> {
    session.leave();
    Ok(())
}

fn close(session: Session<'_, Authenticated>) -> Measured<()> {
    let (session, _) = session.commit_reader_id(&READER_ID)?;
    session.commit_transaction_with_tmac()?;
    Ok(())
}
