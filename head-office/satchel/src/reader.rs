//! What lies on a reader, and who stands at it.

use crate::at::{At, Officer, rng, secret};
use crate::setup::pin_cost;
use satchel_key_house::Desk;
use satchel_keys::Pin;
use satchel_office::{Issuer, IssuingPolicy, Office, OwnCard};
use satchel_transport::{ReaderSpec, Transport};
use satchel_values::Uid;
use std::thread;
use std::time::Duration;

/// How often a reader is asked whether there is another card.
pub const LOOK: Duration = Duration::from_millis(150);

/// A card with the way to it.
pub type Held = (Box<dyn Transport + Send>, Uid);

/// The card in a reader's field, if there is one.
pub fn on(reader: &ReaderSpec) -> Option<Held> {
    let mut transport = reader.open().inspect_err(|error| log::debug!("{reader}: {error}")).ok()?;
    let identity = satchel_desfire::identify(&mut *transport).ok()?;
    Some((transport, identity.uid))
}

/// Waits for a card that is not the one before.
pub fn next(reader: &ReaderSpec, before: Option<Uid>) -> Held {
    loop {
        match on(reader).filter(|(_, uid)| before != Some(*uid)) {
            Some(held) => return held,
            None => thread::sleep(LOOK),
        }
    }
}

/// A desk with whoever acts at it, and their own card if they had to show it.
pub struct Station<'i> {
    pub issuer: Issuer<'i>,
    /// It may still lie on the reader.
    pub own_card: Option<Uid>,
}

/// The desk of an officer. Where the policy says so, they hold their own card to the reader first; its PIN comes from SATCHEL_PIN,
/// or is asked for.
pub fn station<'i>(
    at: &At,
    office: &'i Office,
    by: &'i Officer,
    desk: &'i Desk,
    reader: &ReaderSpec,
) -> anyhow::Result<Station<'i>> {
    if office.issuing_policy()? == IssuingPolicy::Login {
        return Ok(Station { issuer: Issuer::new(office, &by.actor, desk)?, own_card: None });
    }
    let pin = Pin::parse(&secret("PIN of your own card", "SATCHEL_PIN")?)?;
    eprintln!("Hold your own card to {reader}");
    let (mut transport, uid) = next(reader, None);
    let own = OwnCard { transport: &mut *transport, tmac: &mut at.verifier()?, pin: &pin, cost: pin_cost(at) };
    let issuer = Issuer::with_own_card(office, &by.actor, desk, own, &mut rng()?)?;
    eprintln!("That is you: take it away");
    Ok(Station { issuer, own_card: Some(uid) })
}
