//! The card's side of the cryptography, written from the documents on its own: AES and CMAC for EV2 secure messaging
//! and the transaction MAC, DES for a factory-fresh card's master key.

use aes::cipher::{BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, KeyInit, KeyIvInit};
use cmac::{Cmac, Mac};

/// A block of zeros: the IV wherever none is named.
pub(crate) const ZERO_IV: [u8; 16] = [0; 16];

/// CMAC (NIST SP 800-38B) with AES-128.
pub fn cmac(key: &[u8; 16], message: &[u8]) -> [u8; 16] {
    let mut mac = <Cmac<aes::Aes128> as KeyInit>::new(key.into());
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// The eight bytes of a CMAC that go on the wire: the second, fourth, … sixteenth.
pub fn mac_t(key: &[u8; 16], message: &[u8]) -> [u8; 8] {
    let whole = cmac(key, message);
    std::array::from_fn(|index| whole[2 * index + 1])
}

/// AES-128-CBC, encrypting whole blocks.
pub fn encrypt(key: &[u8; 16], iv: &[u8; 16], plain: &[u8]) -> Vec<u8> {
    let mut data = plain.to_vec();
    let (blocks, _) = aes::cipher::Array::slice_as_chunks_mut(&mut data);
    cbc::Encryptor::<aes::Aes128Enc>::new(key.into(), iv.into()).encrypt_blocks(blocks);
    data
}

/// AES-128-CBC, decrypting whole blocks.
pub fn decrypt(key: &[u8; 16], iv: &[u8; 16], cipher: &[u8]) -> Vec<u8> {
    let mut data = cipher.to_vec();
    let (blocks, _) = aes::cipher::Array::slice_as_chunks_mut(&mut data);
    cbc::Decryptor::<aes::Aes128Dec>::new(key.into(), iv.into()).decrypt_blocks(blocks);
    data
}

fn encrypt_block(key: &[u8; 16], block: [u8; 16]) -> [u8; 16] {
    let mut block = block.into();
    aes::Aes128Enc::new(key.into()).encrypt_block(&mut block);
    block.into()
}

/// A string turned left by one byte: RndA′ and RndB′.
pub fn rotate_left(random: &[u8]) -> Vec<u8> {
    let mut turned = random.to_vec();
    turned.rotate_left(1);
    turned
}

/// The session keys for encryption and MAC (AN12196 §6.6: SV1 and SV2 from both challenges).
pub fn session_keys(key: &[u8; 16], rnd_a: &[u8; 16], rnd_b: &[u8; 16]) -> ([u8; 16], [u8; 16]) {
    let derive = |label: [u8; 2]| {
        let mut vector = [0; 32];
        vector[..2].copy_from_slice(&label);
        vector[2..6].copy_from_slice(&[0x00, 0x01, 0x00, 0x80]);
        vector[6..8].copy_from_slice(&rnd_a[..2]);
        for (place, (a, b)) in vector[8..14].iter_mut().zip(rnd_a[2..8].iter().zip(&rnd_b[..6])) {
            *place = a ^ b;
        }
        vector[14..24].copy_from_slice(&rnd_b[6..]);
        vector[24..].copy_from_slice(&rnd_a[8..]);
        cmac(key, &vector)
    };
    (derive([0xA5, 0x5A]), derive([0x5A, 0xA5]))
}

/// Which way a message goes; each has an IV of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the reader to the card.
    Command,
    /// From the card to the reader.
    Response,
}

/// The IV of an enciphered message.
pub fn message_iv(enc_key: &[u8; 16], direction: Direction, ti: &[u8; 4], counter: u16) -> [u8; 16] {
    let mut block = [0; 16];
    block[..2].copy_from_slice(match direction {
        Direction::Command => &[0xA5, 0x5A],
        Direction::Response => &[0x5A, 0xA5],
    });
    block[2..6].copy_from_slice(ti);
    block[6..8].copy_from_slice(&counter.to_le_bytes());
    encrypt_block(enc_key, block)
}

/// Appends 80 and zeros up to a whole block; always at least the 80.
pub fn pad(data: &[u8]) -> Vec<u8> {
    let mut padded = data.to_vec();
    padded.push(0x80);
    padded.resize(padded.len().next_multiple_of(16), 0);
    padded
}

/// Takes the padding off; `None` if there is none.
pub fn unpad(padded: &[u8]) -> Option<&[u8]> {
    let end = padded.iter().rposition(|byte| *byte != 0)?;
    (padded[end] == 0x80).then(|| &padded[..end])
}

/// The transaction MAC's session keys, MAC first, for the counter that the commit will return.
pub fn tmac_session_keys(key: &[u8; 16], uid: &[u8; 7], tmc: u32) -> ([u8; 16], [u8; 16]) {
    let derive = |label: u8| {
        let mut vector = [0; 16];
        vector[..5].copy_from_slice(&[label, 0x00, 0x01, 0x00, 0x80]);
        vector[5..9].copy_from_slice(&tmc.to_le_bytes());
        vector[9..].copy_from_slice(uid);
        cmac(key, &vector)
    };
    (derive(0x5A), derive(0xA5))
}

/// CRC-32 without its final complement, as ChangeKey carries it.
pub fn crc32(data: &[u8]) -> u32 {
    !crc32fast::hash(data)
}

/// CRC-16 of ISO/IEC 14443-3 type A, as ChangeKey of the native DES authentication carries it.
pub fn crc16(data: &[u8]) -> u16 {
    data.iter().fold(0x6363, |crc, byte| {
        let [low, _] = crc.to_le_bytes();
        let mut folded = byte ^ low;
        folded ^= folded << 4;
        let folded = u16::from(folded);
        (crc >> 8) ^ (folded << 8) ^ (folded << 3) ^ (folded >> 4)
    })
}

/// Two-key triple DES (equal halves: single DES), CBC, encrypting.
pub fn des_encrypt(key: &[u8; 16], iv: &[u8; 8], plain: &[u8]) -> Vec<u8> {
    let mut data = plain.to_vec();
    let (blocks, _) = cbc::cipher::Array::slice_as_chunks_mut(&mut data);
    cbc::Encryptor::<des::TdesEde2>::new(key.into(), iv.into()).encrypt_blocks(blocks);
    data
}

/// Two-key triple DES (equal halves: single DES), CBC, decrypting.
pub fn des_decrypt(key: &[u8; 16], iv: &[u8; 8], cipher: &[u8]) -> Vec<u8> {
    let mut data = cipher.to_vec();
    let (blocks, _) = cbc::cipher::Array::slice_as_chunks_mut(&mut data);
    cbc::Decryptor::<des::TdesEde2>::new(key.into(), iv.into()).decrypt_blocks(blocks);
    data
}

/// CMAC (NIST SP 800-38B) with two-key triple DES (equal halves: single DES), begun from an IV.
pub fn des_cmac(key: &[u8; 16], iv: &[u8; 8], message: &[u8]) -> [u8; 8] {
    let mut mac = <Cmac<des::TdesEde2> as KeyInit>::new(key.into());
    // The block that is enciphered to the IV, since a CMAC knows none.
    mac.update(&des_decrypt(key, &[0; 8], iv));
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// What a reader "enciphered" in the native DES protocol, where it only ever runs DES backwards: each block is
/// decrypted after the chaining XOR, so the card encrypts before it.
pub fn d40_receive(key: &[u8; 16], sent: &[u8]) -> Vec<u8> {
    let mut previous = [0; 8];
    let mut plain = Vec::with_capacity(sent.len());
    for block in sent.as_chunks::<8>().0 {
        let opened = des_encrypt(key, &[0; 8], block);
        plain.extend(opened.iter().zip(previous).map(|(byte, chained)| byte ^ chained));
        previous = *block;
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two-key triple DES, NIST SP 800-38B appendix D.5.
    const KEY: &str = "4cf15134a2850dd58a3d10ba80570d38";
    const MESSAGE: &str = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51";

    fn example() -> ([u8; 16], Vec<u8>) {
        let key = hex::decode(KEY).expect("hex").try_into().expect("sixteen bytes");
        (key, hex::decode(MESSAGE).expect("hex"))
    }

    #[test]
    fn the_published_macs_of_triple_des_come_out() {
        let (key, message) = example();
        for (length, mac) in [(8, "4ff2ab813c53ce83"), (20, "62dd1b471902bd4e"), (32, "31b1e431dabc4eb8")] {
            assert_eq!(hex::encode(des_cmac(&key, &[0; 8], &message[..length])), mac, "{length} bytes");
        }
    }

    #[test]
    fn a_mac_begun_from_an_iv_goes_on_where_its_block_ended() {
        let (key, message) = example();
        for length in 9..=message.len() {
            let (block, rest) = message[..length].split_at(8);
            let iv = des_encrypt(&key, &[0; 8], block).try_into().expect("a block");
            assert_eq!(des_cmac(&key, &iv, rest), des_cmac(&key, &[0; 8], &message[..length]), "{length} bytes");
        }
    }
}
