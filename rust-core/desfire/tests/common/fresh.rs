//! A card fresh from the factory, of paper too: it knows the two legacy schemes and its key of zeros.

use satchel_hazmat::{DesKey, crc32, des_cbc_decrypt, des_cbc_encrypt};
use satchel_transport::{Transport, TransportError};

/// A factory-fresh card: DES zeros, one of the two schemes, and the AES key it is given.
pub struct FreshCard {
    scheme: u8,
    step: u8,
    session: [u8; 16],
    last: [u8; 8],
    /// What is wrong with its proof; 0 for nothing.
    pub flaw: u8,
    pub given: Option<([u8; 16], u8)>,
}

impl FreshCard {
    const CHALLENGE: [u8; 8] = *b"dicecard";

    pub fn new(scheme: u8) -> Self {
        Self { scheme, step: 0, session: [0; 16], last: [0; 8], flaw: 0, given: None }
    }

    fn begin(&mut self) -> Vec<u8> {
        self.step = 1;
        let mut challenge = Self::CHALLENGE;
        assert!(des_cbc_encrypt(&DesKey::zeros(), &[0; 8], &mut challenge));
        self.last = challenge;
        [&challenge[..], &[0x91, 0xAF]].concat()
    }

    fn prove(&mut self, token: &[u8]) -> Vec<u8> {
        self.step = 0;
        let plain = self.opened(&DesKey::zeros(), self.last, token);
        let last_sent: [u8; 8] = token[8..].try_into().expect("a token is 16 bytes");
        let mut rotated = Self::CHALLENGE;
        rotated.rotate_left(1);
        if plain[8..] != rotated {
            return vec![0x91, 0xAE];
        }
        let (a, b) = (&plain[..4], &Self::CHALLENGE[..4]);
        self.session = [a, b, a, b].concat().try_into().expect("four quarters");
        let mut proof: [u8; 8] = plain[..8].try_into().expect("half of 16");
        proof.rotate_left(1);
        let iv = if self.scheme == 0x1A { last_sent } else { [0; 8] };
        assert!(des_cbc_encrypt(&DesKey::zeros(), &iv, &mut proof));
        proof[0] ^= self.flaw;
        [&proof[..], &[0x91, 0x00]].concat()
    }

    fn change(&mut self, data: &[u8]) -> Vec<u8> {
        assert_eq!(data[0], 0x80, "the master key becomes an AES key");
        let plain = self.opened(&DesKey::take(&mut self.session.clone()), [0; 8], &data[1..]);
        if self.scheme == 0x1A {
            let crc = crc32(&[&[0xC4, 0x80], &plain[..17]]);
            assert_eq!(plain[17..21], crc.to_le_bytes());
            assert_eq!(plain[21..], [0; 3]);
        } else {
            assert_eq!(plain[19..], [0; 5]);
        }
        self.given = Some((plain[..16].try_into().expect("a key"), plain[16]));
        vec![0x91, 0x00]
    }

    /// ISO deciphers; the first DESFire's scheme enciphers what the reader "deciphered".
    fn opened(&self, key: &DesKey, iv: [u8; 8], data: &[u8]) -> Vec<u8> {
        let mut data = data.to_vec();
        if self.scheme == 0x1A {
            assert!(des_cbc_decrypt(key, &iv, &mut data));
            return data;
        }
        let mut previous = [0; 8];
        for block in data.chunks_exact_mut(8) {
            let received: [u8; 8] = block.try_into().expect("a block");
            assert!(des_cbc_encrypt(key, &[0; 8], block));
            block.iter_mut().zip(previous).for_each(|(byte, before)| *byte ^= before);
            previous = received;
        }
        data
    }
}

impl Transport for FreshCard {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let data = command.get(5..command.len() - 1).unwrap_or_default();
        Ok(match (command[1], self.step) {
            (scheme, 0) if scheme == self.scheme => self.begin(),
            (0xAF, 1) => self.prove(data),
            (0xC4, 0) => self.change(data),
            _ => vec![0x91, 0x1C],
        })
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        Ok(())
    }
}
