//! From one version of the keys to the next, on a card that is in use.
//!
//! Looks and does what is missing, like personalisation: each key is changed by one command that the card does whole or
//! not at all, so a card torn away carries mixed versions and goes on when it is held again. What the card holds is not
//! touched, and meanwhile every terminal that has both versions sells to it. The transaction MAC's key stays for the
//! card's life.

use crate::issue::Desk;
use crate::member::{self, key};
use crate::{CardError, CardKeys};
use rand_core::CryptoRng;
use satchel_desfire::{Aid, Authenticated, Identity, KeyChange, KeyNo, Plain, Session};
use satchel_keys::{KeyVersion, Role};
use satchel_transport::Transport;

/// Keys that the change key may change, in the order in which they are: those that move money last, so that a card torn
/// in between has its newest sale key only when all others have moved.
const BY_CHANGE: [(KeyNo, Role); 4] =
    [(key::INQUIRY, Role::Inquiry), (key::REVERSAL, Role::Reversal), (key::LOAD, Role::Load), (key::SALE, Role::Sale)];

/// What moving a card's keys came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// The version that every key of the card has now.
    pub to: KeyVersion,
    /// Keys that were changed; none if the card had moved before.
    pub changed: u8,
}

/// Moves every key of a member card to the newest version that the desk holds, or finishes that.
///
/// # Errors
/// The card is none of ours, carries a version that the desk does not hold, or left the field: hold it again.
pub fn move_keys(desk: &mut Desk<'_, '_>, card: &Identity) -> Result<Moved, CardError> {
    let keys = CardKeys::new(desk.keys, card.uid, *member::AID.bytes());
    let to = keys.newest(Role::Sale)?;
    let mut changed = by_change_key(desk, card, &keys, to)?;
    changed += by_master_key(desk, card, &keys, to)?;
    changed += card_master(desk, card)?;
    Ok(Moved { to, changed })
}

/// Keys 1 to 4.
fn by_change_key(
    desk: &mut Desk<'_, '_>,
    card: &Identity,
    keys: &CardKeys<'_>,
    to: KeyVersion,
) -> Result<u8, CardError> {
    let mut session = selected(&mut *desk.transport, card, member::AID)?;
    let mut old = Vec::new();
    for (number, role) in BY_CHANGE {
        let held = version_of(&mut session, number)?;
        if held != to {
            old.push((number, role, held));
        }
    }
    if old.is_empty() {
        return Ok(0);
    }
    let mut session = as_key(session, keys, (key::CHANGE, Role::Change), &mut *desk.rng)?;
    for (number, role, held) in &old {
        session = changed(session, keys, (*number, *role), *held, to)?;
    }
    Ok(count(old.len()))
}

/// The change key, then the master key itself, which ends its session.
fn by_master_key(
    desk: &mut Desk<'_, '_>,
    card: &Identity,
    keys: &CardKeys<'_>,
    to: KeyVersion,
) -> Result<u8, CardError> {
    let mut session = selected(&mut *desk.transport, card, member::AID)?;
    let change = version_of(&mut session, key::CHANGE)?;
    let master = version_of(&mut session, key::MASTER)?;
    if change == to && master == to {
        return Ok(0);
    }
    let mut session = as_key(session, keys, (key::MASTER, Role::Master), &mut *desk.rng)?;
    if change != to {
        session = changed(session, keys, (key::CHANGE, Role::Change), change, to)?;
    }
    if master != to {
        session.change_own_key(&keys.key(Role::Master, to)?, to.get())?;
    }
    Ok(u8::from(change != to) + u8::from(master != to))
}

/// The card's own master key, outside our application.
fn card_master(desk: &mut Desk<'_, '_>, card: &Identity) -> Result<u8, CardError> {
    let keys = CardKeys::new(desk.keys, card.uid, *Aid::PICC.bytes());
    let to = keys.newest(Role::Picc)?;
    let mut session = selected(&mut *desk.transport, card, Aid::PICC)?;
    if version_of(&mut session, KeyNo::new(0))? == to {
        return Ok(0);
    }
    let session = as_key(session, &keys, (KeyNo::new(0), Role::Picc), &mut *desk.rng)?;
    session.change_own_key(&keys.key(Role::Picc, to)?, to.get())?;
    Ok(1)
}

/// Our application, or the card itself, selected.
fn selected<'t>(transport: &'t mut dyn Transport, card: &Identity, aid: Aid) -> Result<Session<'t, Plain>, CardError> {
    let mut session = Session::new(transport, card.frame);
    session.select_application(aid).map_err(member::not_ours)?;
    Ok(session)
}

/// Authenticated with one of its keys, in the version that it has.
fn as_key<'t>(
    mut session: Session<'t, Plain>,
    keys: &CardKeys<'_>,
    (number, role): (KeyNo, Role),
    rng: &mut dyn CryptoRng,
) -> Result<Session<'t, Authenticated>, CardError> {
    let held = version_of(&mut session, number)?;
    let key = keys.key(role, held)?;
    session.authenticate_ev2_first(number, &key, rng).map_err(|refused| member::not_ours(refused.error))
}

fn version_of(session: &mut Session<'_, Plain>, number: KeyNo) -> Result<KeyVersion, CardError> {
    KeyVersion::new(session.get_key_version(number)?).ok_or(CardError::NotOurs)
}

fn changed<'t>(
    session: Session<'t, Authenticated>,
    keys: &CardKeys<'_>,
    (number, role): (KeyNo, Role),
    from: KeyVersion,
    to: KeyVersion,
) -> Result<Session<'t, Authenticated>, CardError> {
    let (old, new) = (keys.key(role, from)?, keys.key(role, to)?);
    Ok(session.change_key(KeyChange { key_no: number, old: &old, new: &new, version: to.get() })?)
}

fn count(keys: usize) -> u8 {
    u8::try_from(keys).unwrap_or(u8::MAX)
}
