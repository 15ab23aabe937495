//! What a card says of itself, asked with head office's keys.

use rand_core::CryptoRng;
use satchel_cards::member::{self, Depth};
use satchel_cards::record::HistoryRecord;
use satchel_cards::{CardError, CardKeys, KeySource};
use satchel_desfire::{CommMode, Session};
use satchel_keys::Role;
use satchel_transport::Transport;
use satchel_values::{Money, Points};

/// What a card says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardState {
    /// Its transaction counter: one for each movement, its issue included.
    pub movements: u32,
    /// The purse itself.
    pub purse: Money,
    /// The points file itself.
    pub points: Points,
    /// The newest record.
    pub newest: HistoryRecord,
}

/// Reads a card's counter, its files and its newest record.
pub fn read_state(
    source: &dyn KeySource,
    transport: &mut dyn Transport,
    rng: &mut dyn CryptoRng,
) -> Result<CardState, CardError> {
    let identity = satchel_desfire::identify(transport)?;
    let keys = CardKeys::new(source, identity.uid, *member::AID.bytes());
    let presented = member::Presented { transport: &mut *transport, identity: &identity, keys: &keys, rng: &mut *rng };
    let (movements, _) = member::last_transaction(presented)?;
    let presented = member::Presented { transport: &mut *transport, identity: &identity, keys: &keys, rng: &mut *rng };
    let newest = member::inquire(presented, Depth::State)?.newest;
    let (purse, points) = read_values(&keys, &identity, transport, rng)?;
    Ok(CardState { movements, purse, points, newest })
}

fn read_values(
    keys: &CardKeys<'_>,
    identity: &satchel_desfire::Identity,
    transport: &mut dyn Transport,
    rng: &mut dyn CryptoRng,
) -> Result<(Money, Points), CardError> {
    let mut session = Session::new(transport, identity.frame);
    session.select_application(member::AID)?;
    for version in keys.versions(Role::Sale)? {
        let key = keys.key(Role::Sale, version)?;
        match session.authenticate_ev2_first(member::key::SALE, &key, rng) {
            Ok(authenticated) => {
                let (authenticated, purse) = authenticated.get_value(member::file::PURSE, CommMode::Full)?;
                let (_, points) = authenticated.get_value(member::file::POINTS, CommMode::Full)?;
                return Ok((Money::new(purse.into()), Points::new(points.into())));
            }
            Err(refused) => {
                session = refused.session;
                session.select_application(member::AID)?;
            }
        }
    }
    Err(CardError::NotOurs)
}
