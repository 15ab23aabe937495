//! EV2 secure messaging with AES (AN12196 §4, MF2DL(H)x0 §9.1): session keys, IVs, MACs, padding.

use crate::apdu::Link;
use crate::{CommMode, Error, Integrity};
use satchel_hazmat::{AesKey, cbc_decrypt, cbc_encrypt, cmac, encrypt_block, same, truncate};
use zeroize::Zeroize;

/// Bytes in a MAC.
const MAC: usize = 8;
const BLOCK: usize = satchel_hazmat::BLOCK;
const OK: u8 = 0x00;

/// The two keys of a session, made from the authentication key and both challenges.
pub(crate) struct SessionKeys {
    pub(crate) enc: AesKey,
    pub(crate) mac: AesKey,
}

impl SessionKeys {
    /// CMAC of the session vectors SV1 and SV2 (AN12196 §5.6, MF2DL(H)x0 §9.1.7).
    pub(crate) fn derive(key: &AesKey, rnd_a: &[u8; 16], rnd_b: &[u8; 16]) -> Self {
        Self { enc: session_key(key, [0xA5, 0x5A], rnd_a, rnd_b), mac: session_key(key, [0x5A, 0xA5], rnd_a, rnd_b) }
    }
}

fn session_key(key: &AesKey, label: [u8; 2], rnd_a: &[u8; 16], rnd_b: &[u8; 16]) -> AesKey {
    let mut mixed = [0; 6];
    mixed.iter_mut().zip(&rnd_a[2..8]).zip(&rnd_b[..6]).for_each(|((mixed, a), b)| *mixed = a ^ b);
    let parts = [&label[..], &[0x00, 0x01, 0x00, 0x80], &rnd_a[..2], &mixed, &rnd_b[6..], &rnd_a[8..]];
    let session_key = AesKey::take(&mut cmac(key, &parts));
    mixed.zeroize();
    session_key
}

/// One command as it is before protection.
pub(crate) struct Command<'c> {
    pub(crate) ins: u8,
    /// What always travels in clear.
    pub(crate) header: &'c [u8],
    /// What is enciphered in [`CommMode::Full`].
    pub(crate) data: &'c [u8],
    pub(crate) mode: CommMode,
}

/// An authenticated channel: keys, transaction identifier and command counter.
pub(crate) struct Channel {
    pub(crate) keys: SessionKeys,
    pub(crate) transaction: [u8; 4],
    pub(crate) counter: u16,
}

/// The counters of one exchange: the command's MAC and IV use one, the answer's the next.
struct Turn {
    command: u16,
    answer: u16,
}

impl Channel {
    pub(crate) const fn new(keys: SessionKeys, transaction: [u8; 4], counter: u16) -> Self {
        Self { keys, transaction, counter }
    }

    /// The same transaction and counter under the keys of another authentication.
    pub(crate) fn with_keys(self, keys: SessionKeys) -> Self {
        Self { keys, ..self }
    }

    /// Sends a command and returns its answer's data in clear.
    pub(crate) fn run(&mut self, link: &mut Link<'_>, command: &Command<'_>) -> Result<Vec<u8>, Error> {
        let turn = self.count()?;
        let answer = link.exchange(command.ins, &self.protect(command, turn.command))?;
        self.check(command.mode, turn.answer, answer)
    }

    /// Sends a command whose answer carries no MAC, because the command has ended the session.
    pub(crate) fn run_last(mut self, link: &mut Link<'_>, command: &Command<'_>) -> Result<(), Error> {
        let turn = self.count()?;
        let answer = link.exchange(command.ins, &self.protect(command, turn.command))?;
        crate::apdu::exactly::<0>(&answer)?;
        Ok(())
    }

    fn count(&mut self) -> Result<Turn, Error> {
        let command = self.counter;
        self.counter = command.checked_add(1).ok_or(Error::CounterExhausted)?;
        Ok(Turn { command, answer: self.counter })
    }

    /// Header, data and MAC as they travel. There is no padding, and no IV, where there is no data.
    pub(crate) fn protect(&self, command: &Command<'_>, counter: u16) -> Vec<u8> {
        let Command { ins, header, data, mode } = *command;
        let mut payload = Vec::with_capacity(header.len() + data.len() + BLOCK + MAC);
        payload.extend_from_slice(header);
        payload.extend_from_slice(data);
        if mode == CommMode::Full && !data.is_empty() {
            payload.push(0x80);
            payload.resize(header.len() + (payload.len() - header.len()).next_multiple_of(BLOCK), 0);
            let whole_blocks = cbc_encrypt(&self.keys.enc, &self.iv(COMMAND, counter), &mut payload[header.len()..]);
            debug_assert!(whole_blocks, "the data was just padded to whole blocks");
        }
        if mode != CommMode::Plain {
            let mac = self.mac(ins, counter, &payload);
            payload.extend_from_slice(&mac);
        }
        payload
    }

    fn check(&self, mode: CommMode, counter: u16, mut answer: Vec<u8>) -> Result<Vec<u8>, Error> {
        if mode == CommMode::Plain {
            return Ok(answer);
        }
        let length = answer.len().checked_sub(MAC).ok_or(Integrity::MissingMac)?;
        let expected = self.mac(OK, counter, &answer[..length]);
        if !same(&expected, &answer[length..]) {
            return Err(Integrity::WrongMac.into());
        }
        answer.truncate(length);
        if mode == CommMode::Full && !answer.is_empty() {
            self.decipher(counter, &mut answer)?;
        }
        Ok(answer)
    }

    fn decipher(&self, counter: u16, answer: &mut Vec<u8>) -> Result<(), Error> {
        if !cbc_decrypt(&self.keys.enc, &self.iv(ANSWER, counter), answer) {
            return Err(Integrity::Padding.into());
        }
        let marker = answer.iter().rposition(|byte| *byte != 0).filter(|at| answer[*at] == 0x80);
        let end = marker.filter(|at| answer.len() - at <= BLOCK).ok_or(Integrity::Padding)?;
        answer.truncate(end);
        Ok(())
    }

    pub(crate) fn iv(&self, label: [u8; 2], counter: u16) -> [u8; BLOCK] {
        let mut block = [0; BLOCK];
        block[..2].copy_from_slice(&label);
        block[2..6].copy_from_slice(&self.transaction);
        block[6..8].copy_from_slice(&counter.to_le_bytes());
        encrypt_block(&self.keys.enc, block)
    }

    pub(crate) fn mac(&self, code: u8, counter: u16, payload: &[u8]) -> [u8; MAC] {
        truncate(&cmac(&self.keys.mac, &[&[code], &counter.to_le_bytes(), &self.transaction, payload]))
    }
}

/// What the IV of a command's data is made from.
pub(crate) const COMMAND: [u8; 2] = [0xA5, 0x5A];
/// What the IV of an answer's data is made from.
pub(crate) const ANSWER: [u8; 2] = [0x5A, 0xA5];

#[cfg(test)]
mod tests {
    use super::*;

    fn channel() -> Channel {
        Channel::new(SessionKeys { enc: AesKey::take(&mut [1; 16]), mac: AesKey::take(&mut [2; 16]) }, [3; 4], 0)
    }

    /// An answer with a right MAC, whatever it enciphers.
    fn answer(plain: &[u8]) -> Vec<u8> {
        let channel = channel();
        let mut answer = plain.to_vec();
        assert!(cbc_encrypt(&channel.keys.enc, &channel.iv(ANSWER, 1), &mut answer));
        let mac = channel.mac(OK, 1, &answer);
        answer.extend_from_slice(&mac);
        answer
    }

    fn checked(plain: &[u8]) -> Result<Vec<u8>, Error> {
        channel().check(CommMode::Full, 1, answer(plain))
    }

    #[test]
    fn padding_is_80_and_zeros_within_the_last_block() {
        let mut plain = [0; 32];
        plain[..17].copy_from_slice(b"seventeen bytes..");
        assert!(matches!(checked(&plain), Err(Error::Integrity(Integrity::Padding))), "no marker");
        plain[17] = 0x80;
        assert_eq!(checked(&plain).expect("padded as documented"), b"seventeen bytes..");
        plain[31] = 1;
        assert!(matches!(checked(&plain), Err(Error::Integrity(Integrity::Padding))), "something after the marker");
        let mut early = [0; 32];
        early[3] = 0x80;
        assert!(matches!(checked(&early), Err(Error::Integrity(Integrity::Padding))), "a whole block too much");
        assert!(matches!(checked(&[0; 16]), Err(Error::Integrity(Integrity::Padding))), "nothing but zeros");
    }

    #[test]
    fn enciphered_answers_are_whole_blocks() {
        let mut cut = answer(&[0; 16]);
        cut.truncate(8);
        let mac = channel().mac(OK, 1, &cut);
        cut.extend_from_slice(&mac);
        let refused = channel().check(CommMode::Full, 1, cut);
        assert!(matches!(refused, Err(Error::Integrity(Integrity::Padding))));
    }
}
