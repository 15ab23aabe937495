//! DES, because a factory-fresh card's PICC master key is one. Used once in a card's life, to move that key to AES.

use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A single DES key, or two-key triple DES: sixteen bytes, the halves alike for single DES. Wiped when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct DesKey([u8; 16]);

impl DesKey {
    /// Takes over sixteen bytes; the caller's copy is wiped.
    pub fn take(bytes: &mut [u8; 16]) -> Self {
        let key = Self(*bytes);
        bytes.zeroize();
        key
    }

    /// Whether both halves are the same DES key. The lowest bit of each byte does not count: DES ignores it, and a
    /// DESFire card keeps the key's version there.
    pub fn is_single(&self) -> bool {
        let (left, right) = self.0.split_at(8);
        left.iter().zip(right).fold(0, |differences, (one, other)| differences | ((one ^ other) & 0xFE)) == 0
    }

    /// The key of zeros that a factory-fresh card has.
    pub const fn zeros() -> Self {
        Self([0; 16])
    }
}

/// Two-key triple DES in CBC mode over whole eight-byte blocks, in place. `false`, and nothing done, otherwise.
#[must_use]
pub fn des_cbc_encrypt(key: &DesKey, iv: &[u8; 8], data: &mut [u8]) -> bool {
    let (blocks, rest) = cbc::cipher::Array::slice_as_chunks_mut(data);
    if !rest.is_empty() {
        return false;
    }
    cbc::Encryptor::<des::TdesEde2>::new((&key.0).into(), iv.into()).encrypt_blocks(blocks);
    true
}

/// Two-key triple DES in CBC mode over whole eight-byte blocks, in place, backwards. `false`, and nothing done,
/// otherwise.
#[must_use]
pub fn des_cbc_decrypt(key: &DesKey, iv: &[u8; 8], data: &mut [u8]) -> bool {
    let (blocks, rest) = cbc::cipher::Array::slice_as_chunks_mut(data);
    if !rest.is_empty() {
        return false;
    }
    cbc::Decryptor::<des::TdesEde2>::new((&key.0).into(), iv.into()).decrypt_blocks(blocks);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_halves_are_single_des() {
        // FIPS 81 appendix B, table C1: "Now is t" under 0123456789abcdef.
        let mut key = [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF];
        let key = DesKey::take(&mut key);
        assert!(key.is_single());
        let mut block = *b"Now is t";
        assert!(des_cbc_encrypt(&key, &[0; 8], &mut block));
        assert_eq!(block, [0x3F, 0xA4, 0x0E, 0x8A, 0x98, 0x4D, 0x48, 0x15]);
        assert!(des_cbc_decrypt(&key, &[0; 8], &mut block));
        assert_eq!(&block, b"Now is t");
        assert!(!des_cbc_encrypt(&key, &[0; 8], &mut block[..7]));
    }
}
