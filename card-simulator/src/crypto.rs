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
