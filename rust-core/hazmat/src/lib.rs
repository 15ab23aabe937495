//! The primitives, and nothing else: AES-128 in ECB and CBC, CMAC, DES, CRC-32, constant-time comparison.
//!
//! The reader side's only user of the cipher crates. Dangerous on its own: nothing here knows what a key is for. The
//! crates above it give keys a role, and are the ones to use.

#![deny(missing_docs)]

mod des;

pub use des::{DesKey, des_cbc_decrypt, des_cbc_encrypt};

use aes::cipher::{BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, KeyInit, KeyIvInit};
use cmac::Mac;
use std::fmt;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Bytes in an AES block.
pub const BLOCK: usize = 16;

/// An AES-128 key. Wiped when dropped, never cloned, never printed: where a key must be named, its check value is.
///
/// Its bytes stay in one place for its life: a value that is moved would leave a copy behind that nobody wipes.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct AesKey(Box<[u8; 16]>);

impl AesKey {
    /// Takes over sixteen bytes; the caller's copy is wiped.
    pub fn take(bytes: &mut [u8; 16]) -> Self {
        let mut key = Self::zeros();
        key.0.copy_from_slice(bytes);
        bytes.zeroize();
        key
    }

    /// The key of sixteen zeros that a factory-fresh AES application has.
    pub fn zeros() -> Self {
        Self(Box::new([0; 16]))
    }

    /// Sixteen random bytes.
    pub fn random(rng: &mut (impl rand_core::CryptoRng + ?Sized)) -> Self {
        let mut key = Self::zeros();
        rng.fill_bytes(&mut *key.0);
        key
    }

    /// The bytes, for the primitives and for what encrypts a key under another; never for logs or messages.
    pub const fn expose(&self) -> &[u8; 16] {
        &self.0
    }

    /// The key check value: the first three bytes of the CMAC of one block of zeros. Names the key, tells nothing
    /// about it.
    pub fn kcv(&self) -> [u8; 3] {
        let mac = cmac(self, &[&[0; BLOCK]]);
        [mac[0], mac[1], mac[2]]
    }

    /// Whether both are the same key, in constant time.
    pub fn same_as(&self, other: &Self) -> bool {
        same(&*self.0, &*other.0)
    }
}

/// Shows the check value only.
impl fmt::Debug for AesKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c] = self.kcv();
        write!(f, "AesKey(kcv {a:02X}{b:02X}{c:02X})")
    }
}

/// Wipes what functions that have returned left on the stack below this one's frame: 64 KiB of it, more than any of ours
/// use. For the end of a time in which keys were derived.
#[inline(never)]
pub fn wipe_stack() {
    let mut below = [0xA5_u8; 64 * 1024];
    std::hint::black_box(&mut below);
    below.zeroize();
    std::hint::black_box(&mut below);
}

/// Whether both byte strings are equal, in time that depends on their lengths alone.
pub fn same(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

/// One block through AES-128 in the encrypting direction.
pub fn encrypt_block(key: &AesKey, block: [u8; BLOCK]) -> [u8; BLOCK] {
    let mut block = block.into();
    aes::Aes128Enc::new(key.expose().into()).encrypt_block(&mut block);
    block.into()
}

/// AES-128-CBC over whole blocks, in place. `false`, and nothing done, if `data` is not whole blocks.
#[must_use]
pub fn cbc_encrypt(key: &AesKey, iv: &[u8; BLOCK], data: &mut [u8]) -> bool {
    let (blocks, rest) = aes::cipher::Array::slice_as_chunks_mut(data);
    if !rest.is_empty() {
        return false;
    }
    cbc::Encryptor::<aes::Aes128Enc>::new(key.expose().into(), iv.into()).encrypt_blocks(blocks);
    true
}

/// AES-128-CBC over whole blocks, in place, backwards. `false`, and nothing done, if `data` is not whole blocks.
#[must_use]
pub fn cbc_decrypt(key: &AesKey, iv: &[u8; BLOCK], data: &mut [u8]) -> bool {
    let (blocks, rest) = aes::cipher::Array::slice_as_chunks_mut(data);
    if !rest.is_empty() {
        return false;
    }
    cbc::Decryptor::<aes::Aes128Dec>::new(key.expose().into(), iv.into()).decrypt_blocks(blocks);
    true
}

/// AES-128-CMAC (RFC 4493, NIST SP 800-38B) of the parts one after the other.
pub fn cmac(key: &AesKey, parts: &[&[u8]]) -> [u8; BLOCK] {
    let mut mac = <cmac::Cmac<aes::Aes128> as KeyInit>::new(key.expose().into());
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

/// AES-CMAC with a key of 16, 24 or 32 bytes, which AN10922 needs for keys of every length; `None` for any other
/// length.
pub fn cmac_any(key: &[u8], parts: &[&[u8]]) -> Option<[u8; BLOCK]> {
    fn run<C: Mac + KeyInit<KeySize = S> + cmac::digest::FixedOutput<OutputSize = aes::cipher::consts::U16>, S>(
        key: &[u8],
        parts: &[&[u8]],
    ) -> Option<[u8; BLOCK]>
    where
        S: aes::cipher::array::ArraySize,
    {
        let mut mac = <C as KeyInit>::new_from_slice(key).ok()?;
        parts.iter().for_each(|part| Mac::update(&mut mac, part));
        Some(mac.finalize_fixed().into())
    }
    match key.len() {
        16 => run::<cmac::Cmac<aes::Aes128>, _>(key, parts),
        24 => run::<cmac::Cmac<aes::Aes192>, _>(key, parts),
        32 => run::<cmac::Cmac<aes::Aes256>, _>(key, parts),
        _ => None,
    }
}

/// One block of zeros through AES in the encrypting direction, with a key of 16, 24 or 32 bytes: what CMAC's subkeys
/// are made of. `None` for any other length.
pub fn encrypt_zeros_any(key: &[u8]) -> Option<[u8; BLOCK]> {
    fn run<C: BlockCipherEncrypt<BlockSize = aes::cipher::consts::U16> + KeyInit>(key: &[u8]) -> Option<[u8; BLOCK]> {
        let mut block = [0; BLOCK].into();
        C::new_from_slice(key).ok()?.encrypt_block(&mut block);
        Some(block.into())
    }
    match key.len() {
        16 => run::<aes::Aes128Enc>(key),
        24 => run::<aes::Aes192Enc>(key),
        32 => run::<aes::Aes256Enc>(key),
        _ => None,
    }
}

/// A CMAC cut to the eight bytes that EV2 messages carry: those at odd indices (AN12196 §4.3, "MACt").
pub const fn truncate(mac: &[u8; BLOCK]) -> [u8; 8] {
    [mac[1], mac[3], mac[5], mac[7], mac[9], mac[11], mac[13], mac[15]]
}

/// CRC-32 without the final complement, as DESFire's ChangeKey carries it (little-endian on the wire).
pub fn crc32(parts: &[&[u8]]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    parts.iter().for_each(|part| hasher.update(part));
    !hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(hex: [u8; 16]) -> AesKey {
        AesKey::take(&mut { hex })
    }

    const RFC_4493: [u8; 16] =
        [0x2B, 0x7E, 0x15, 0x16, 0x28, 0xAE, 0xD2, 0xA6, 0xAB, 0xF7, 0x15, 0x88, 0x09, 0xCF, 0x4F, 0x3C];

    #[test]
    fn cmac_of_nothing_is_that_of_rfc_4493() {
        let mac = cmac(&key(RFC_4493), &[]);
        assert_eq!(mac[..4], [0xBB, 0x1D, 0x69, 0x29]);
        assert_eq!(truncate(&mac)[..4], [0x1D, 0x29, 0x59, 0x28]);
        assert_eq!(cmac_any(&RFC_4493, &[]), Some(mac));
        assert_eq!(cmac_any(&[0; 17], &[]), None);
    }

    #[test]
    fn cbc_goes_both_ways_and_refuses_part_blocks() {
        let key = key(RFC_4493);
        let mut data = [7; 32];
        assert!(cbc_encrypt(&key, &[1; 16], &mut data));
        assert_ne!(data, [7; 32]);
        assert!(cbc_decrypt(&key, &[1; 16], &mut data));
        assert_eq!(data, [7; 32]);
        assert!(!cbc_encrypt(&key, &[1; 16], &mut data[..31]));
        assert_eq!(data, [7; 32]);
    }

    #[test]
    fn a_taken_key_leaves_nothing_behind_and_prints_only_its_check_value() {
        let mut bytes = RFC_4493;
        let key = AesKey::take(&mut bytes);
        assert_eq!(bytes, [0; 16]);
        let printed = format!("{key:?}");
        assert!(printed.starts_with("AesKey(kcv ") && printed.len() == "AesKey(kcv AABBCC)".len());
        assert!(!printed.contains("2B7E15"));
    }

    #[test]
    fn crc_lacks_the_final_complement() {
        assert_eq!(crc32(&[b"1234", b"56789"]), !0xCBF4_3926);
    }
}
