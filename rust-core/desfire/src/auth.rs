//! AuthenticateEV2First and AuthenticateEV2NonFirst with AES keys (AN12196 §5.6 and §5.14, MF2DL(H)x0 §9.1.5).

use crate::apdu::{Challenge, Link, exactly};
use crate::secure::{Channel, SessionKeys};
use crate::session::{Authenticated, NotAuthenticated, Plain, Session};
use crate::{Error, KeyNo};
use rand_core::CryptoRng;
use satchel_hazmat::{AesKey, cbc_decrypt, cbc_encrypt, same};
use zeroize::Zeroizing;

const FIRST: u8 = 0x71;
const NON_FIRST: u8 = 0x77;
/// No capabilities of our own follow the key number.
const NO_CAPABILITIES: u8 = 0;
/// Marks the challenge of an LRP authentication, which is one byte longer.
const LRP_MODE: u8 = 0x01;
/// In the card's first capability byte: it wants LRP.
const LRP_CAPABILITY: u8 = 0x02;

type Random = Zeroizing<[u8; 16]>;

impl<'t> Session<'t, Plain> {
    /// Opens a session: new transaction identifier, counter 0, and whatever was pending on the card is dropped. Two
    /// exchanges.
    ///
    /// The card refuses a wrong key with [`Status::AuthenticationError`](crate::Status::AuthenticationError);
    /// [`Error::WrongKey`] means that the card could not prove its own. Either way the card can be asked again.
    pub fn authenticate_ev2_first(
        mut self,
        number: KeyNo,
        key: &AesKey,
        rng: &mut dyn CryptoRng,
    ) -> Result<Session<'t, Authenticated>, NotAuthenticated<'t>> {
        match first(&mut self.link, number, key, rng) {
            Ok(channel) => Ok(Session { link: self.link, state: Authenticated { channel, key: number } }),
            Err(error) => Err(NotAuthenticated { error, session: self }),
        }
    }
}

impl<'t> Session<'t, Authenticated> {
    /// Goes on as another key in the same transaction: what is pending stays, and so do identifier and counter. Two
    /// exchanges. A failure ends session and transaction.
    pub fn authenticate_ev2_non_first(
        self,
        number: KeyNo,
        key: &AesKey,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, NotAuthenticated<'t>> {
        let Self { mut link, state } = self;
        match non_first(&mut link, number, key, rng) {
            Ok(keys) => {
                let channel = state.channel.with_keys(keys);
                Ok(Self { link, state: Authenticated { channel, key: number } })
            }
            Err(error) => Err(NotAuthenticated { error, session: Session::of(link) }),
        }
    }
}

fn first(link: &mut Link<'_>, number: KeyNo, key: &AesKey, rng: &mut dyn CryptoRng) -> Result<Channel, Error> {
    let challenge = link.challenge(FIRST, &[number.get(), NO_CAPABILITIES])?;
    let Exchanged { keys, proof, rnd_a } = answer(link, challenge, key, rng)?;
    let mut proof = Zeroizing::new(exactly::<32>(&proof)?);
    decrypt(key, &mut *proof);
    if !same(&proof[4..20], &rotated(&rnd_a)[..]) {
        return Err(Error::WrongKey);
    }
    if proof[20] & LRP_CAPABILITY != 0 {
        return Err(Error::LrpNotSupported);
    }
    Ok(Channel::new(keys, [proof[0], proof[1], proof[2], proof[3]], 0))
}

fn non_first(link: &mut Link<'_>, number: KeyNo, key: &AesKey, rng: &mut dyn CryptoRng) -> Result<SessionKeys, Error> {
    let challenge = link.challenge(NON_FIRST, &[number.get()])?;
    let Exchanged { keys, proof, rnd_a } = answer(link, challenge, key, rng)?;
    let mut proof = Zeroizing::new(exactly::<16>(&proof)?);
    decrypt(key, &mut *proof);
    if !same(&proof[..], &rotated(&rnd_a)[..]) {
        return Err(Error::WrongKey);
    }
    Ok(keys)
}

/// What both sides know after the second step; the card's proof is not yet checked.
struct Exchanged {
    keys: SessionKeys,
    proof: Vec<u8>,
    rnd_a: Random,
}

fn answer(
    link: &mut Link<'_>,
    challenge: Challenge,
    key: &AesKey,
    rng: &mut dyn CryptoRng,
) -> Result<Exchanged, Error> {
    let Challenge(challenge) = challenge;
    if challenge.len() == 17 && challenge[0] == LRP_MODE {
        return Err(Error::LrpNotSupported);
    }
    let mut rnd_b = Zeroizing::new(exactly::<16>(&challenge)?);
    decrypt(key, &mut *rnd_b);
    let mut rnd_a = Random::default();
    rng.fill_bytes(&mut *rnd_a);
    let mut both = Zeroizing::new([0; 32]);
    both[..16].copy_from_slice(&*rnd_a);
    both[16..].copy_from_slice(&*rotated(&rnd_b));
    encrypt(key, &mut *both);
    let proof = link.answer(&*both)?;
    Ok(Exchanged { keys: SessionKeys::derive(key, &rnd_a, &rnd_b), proof, rnd_a })
}

/// Rotated left by one byte, as the side that got a challenge shows that it read it.
fn rotated(random: &Random) -> Random {
    let mut rotated = random.clone();
    rotated.rotate_left(1);
    rotated
}

fn encrypt(key: &AesKey, blocks: &mut [u8]) {
    let whole = cbc_encrypt(key, &[0; 16], blocks);
    debug_assert!(whole, "every message of an authentication is whole blocks");
}

fn decrypt(key: &AesKey, blocks: &mut [u8]) {
    let whole = cbc_decrypt(key, &[0; 16], blocks);
    debug_assert!(whole, "every message of an authentication is whole blocks");
}
