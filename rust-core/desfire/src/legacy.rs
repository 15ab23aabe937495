//! The DES session of a factory-fresh card, in which one thing is done: its master key becomes an AES key.
//!
//! Two schemes exist. ISO (1A) enciphers both ways and chains its IV through the authentication; native (0A, from
//! the first DESFire) has the card encipher always and the reader decipher always, so that what the reader sends is
//! "enciphered" by deciphering (MF3D(H)x3 §"D40 secure messaging").

use crate::apdu::{Challenge, Link, exactly};
use crate::session::{Legacy, Plain, Session};
use crate::{Error, KeyNo};
use rand_core::CryptoRng;
use satchel_hazmat::{AesKey, DesKey, crc32, des_cbc_decrypt, des_cbc_encrypt, same};
use zeroize::Zeroizing;

const AUTHENTICATE_ISO: u8 = 0x1A;
const AUTHENTICATE_NATIVE: u8 = 0x0A;
const CHANGE_KEY: u8 = 0xC4;
/// The card's master key, to become an AES key.
const MASTER_KEY_TO_AES: u8 = 0x80;

const BLOCK: usize = 8;
const NO_IV: [u8; BLOCK] = [0; BLOCK];
/// New key, version and checksum, with zeros up to whole blocks.
const CRYPTOGRAM: usize = 24;

/// The session's key and the scheme it was made with.
pub(crate) struct LegacyChannel {
    key: DesKey,
    scheme: Scheme,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Iso,
    Native,
}

type Random = Zeroizing<[u8; BLOCK]>;

impl<'t> Session<'t, Plain> {
    /// Opens the session of a DES key, such as a factory-fresh card's master key of zeros: ISO authentication, and
    /// native authentication where the card refuses to begin that. Two or three exchanges.
    ///
    /// A card whose key is an AES key already answers with a [`Status`](crate::Status); then try
    /// [`authenticate_ev2_first`](Self::authenticate_ev2_first).
    pub fn authenticate_legacy(
        mut self,
        number: KeyNo,
        key: &DesKey,
        rng: &mut dyn CryptoRng,
    ) -> Result<Session<'t, Legacy>, Error> {
        let (scheme, challenge) = begin(&mut self.link, number)?;
        let channel = finish(&mut self.link, scheme, challenge, key, rng)?;
        Ok(Session { link: self.link, state: Legacy { channel } })
    }
}

impl<'t> Session<'t, Legacy> {
    /// Makes the card's master key, which this session was opened with, the AES key `new`. Ends the session. One
    /// exchange.
    pub fn change_picc_key_to_aes(mut self, new: &AesKey, version: u8) -> Result<Session<'t, Plain>, Error> {
        if !self.link.selected.is_picc() {
            return Err(Error::Invalid("the card's master key is changed outside every application"));
        }
        let cryptogram = self.state.channel.cryptogram(new, version);
        let mut data = [MASTER_KEY_TO_AES; 1 + CRYPTOGRAM];
        data[1..].copy_from_slice(&*cryptogram);
        let answer = self.link.exchange(CHANGE_KEY, &data)?;
        exactly::<0>(&answer)?;
        Ok(Session::of(self.link))
    }
}

fn begin(link: &mut Link<'_>, number: KeyNo) -> Result<(Scheme, Challenge), Error> {
    match link.challenge(AUTHENTICATE_ISO, &[number.get()]) {
        Ok(challenge) => Ok((Scheme::Iso, challenge)),
        Err(Error::Card(_) | Error::UnknownStatus(..)) => {
            Ok((Scheme::Native, link.challenge(AUTHENTICATE_NATIVE, &[number.get()])?))
        }
        Err(error) => Err(error),
    }
}

fn finish(
    link: &mut Link<'_>,
    scheme: Scheme,
    Challenge(challenge): Challenge,
    key: &DesKey,
    rng: &mut dyn CryptoRng,
) -> Result<LegacyChannel, Error> {
    let challenge = exactly::<BLOCK>(&challenge)?;
    let rnd_b = Zeroizing::new(deciphered(key, &NO_IV, challenge));
    let mut rnd_a = Random::default();
    rng.fill_bytes(&mut *rnd_a);
    let mut both = Zeroizing::new([0; 2 * BLOCK]);
    both[..BLOCK].copy_from_slice(&*rnd_a);
    both[BLOCK..].copy_from_slice(&*rotated(&rnd_b));
    let last_sent = match scheme {
        Scheme::Iso => {
            encipher(key, &challenge, &mut *both);
            exactly::<BLOCK>(&both[BLOCK..])?
        }
        Scheme::Native => {
            decipher_to_send(key, &mut *both);
            NO_IV
        }
    };
    let proof = exactly::<BLOCK>(&link.answer(&*both)?)?;
    if !same(&deciphered(key, &last_sent, proof), &*rotated(&rnd_a)) {
        return Err(Error::WrongKey);
    }
    Ok(LegacyChannel { key: session_key(key, &rnd_a, &rnd_b), scheme })
}

/// Halves of both challenges; for single DES the first halves alone, twice.
fn session_key(key: &DesKey, rnd_a: &Random, rnd_b: &Random) -> DesKey {
    let (a, b) = (&rnd_a[..], &rnd_b[..]);
    let (second_a, second_b) = if key.is_single() { (&a[..4], &b[..4]) } else { (&a[4..], &b[4..]) };
    let mut bytes = [0; 16];
    let quarters = [&a[..4], &b[..4], second_a, second_b];
    bytes.chunks_exact_mut(4).zip(quarters).for_each(|(place, quarter)| place.copy_from_slice(quarter));
    DesKey::take(&mut bytes)
}

impl LegacyChannel {
    fn cryptogram(&self, new: &AesKey, version: u8) -> Zeroizing<[u8; CRYPTOGRAM]> {
        let mut cryptogram = Zeroizing::new([0; CRYPTOGRAM]);
        cryptogram[..16].copy_from_slice(new.expose());
        cryptogram[16] = version;
        match self.scheme {
            Scheme::Iso => {
                let crc = crc32(&[&[CHANGE_KEY, MASTER_KEY_TO_AES], &cryptogram[..17]]);
                cryptogram[17..21].copy_from_slice(&crc.to_le_bytes());
                encipher(&self.key, &NO_IV, &mut *cryptogram);
            }
            Scheme::Native => {
                let crc = crc16(&cryptogram[..17]);
                cryptogram[17..19].copy_from_slice(&crc.to_le_bytes());
                decipher_to_send(&self.key, &mut *cryptogram);
            }
        }
        cryptogram
    }
}

/// CRC_A (ISO/IEC 14443-3 annex B): preset 6363, reflected, no final complement.
fn crc16(data: &[u8]) -> u16 {
    data.iter().fold(0x6363, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0x8408 } else { crc >> 1 })
    })
}

fn rotated(random: &Random) -> Random {
    let mut rotated = random.clone();
    rotated.rotate_left(1);
    rotated
}

fn encipher(key: &DesKey, iv: &[u8; BLOCK], blocks: &mut [u8]) {
    let whole = des_cbc_encrypt(key, iv, blocks);
    debug_assert!(whole, "every message of this session is whole blocks");
}

fn deciphered(key: &DesKey, iv: &[u8; BLOCK], mut block: [u8; BLOCK]) -> [u8; BLOCK] {
    let whole = des_cbc_decrypt(key, iv, &mut block);
    debug_assert!(whole, "one block is a whole block");
    block
}

/// CBC in the native scheme's direction: each block is chained as if enciphered, but deciphered.
fn decipher_to_send(key: &DesKey, blocks: &mut [u8]) {
    let mut previous = NO_IV;
    let (blocks, _) = blocks.as_chunks_mut::<BLOCK>();
    for block in blocks {
        block.iter_mut().zip(previous).for_each(|(byte, before)| *byte ^= before);
        *block = deciphered(key, &NO_IV, *block);
        previous = *block;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc_a_is_that_of_the_standard() {
        // ISO/IEC 14443-3 annex B.2: 00 00 gives A0 1E, 12 34 gives 26 CF.
        assert_eq!(crc16(&[0, 0]), 0x1EA0);
        assert_eq!(crc16(&[0x12, 0x34]), 0xCF26);
    }
}
