//! Authentications: EV2 first and non-first with AES, and the two DES ones of a factory-fresh card.

use crate::application::Cipher;
use crate::card::{Answer, Card, Waiting};
use crate::crypto::{self, ZERO_IV};
use crate::secure::{Channel, Ev2, IsoDes, Session};
use crate::status::Status;
use minicbor::{Decode, Encode};
use subtle::ConstantTimeEq;

/// An authentication between its two exchanges.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) enum AuthStep {
    #[n(0)]
    Ev2First(#[n(0)] AesChallenge),
    #[n(1)]
    Ev2NonFirst(#[n(0)] AesChallenge),
    #[n(2)]
    D40(#[n(0)] DesChallenge),
    #[n(3)]
    IsoDes(#[n(0)] DesChallenge),
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct AesChallenge {
    #[n(0)]
    key_number: u8,
    #[n(1)]
    rnd_b: [u8; 16],
    /// What the reader says it can do; echoed.
    #[n(2)]
    pcd_capabilities: [u8; 6],
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct DesChallenge {
    #[n(0)]
    key_number: u8,
    #[n(1)]
    rnd_b: [u8; 8],
}

impl Card {
    /// 71: a new session; whatever is pending is forgotten.
    pub(crate) fn authenticate_ev2_first(&mut self, data: &[u8]) -> Result<Answer, Status> {
        self.drop_session();
        let [key_number, length, capabilities @ ..] = data else { return Err(Status::LengthError) };
        if capabilities.len() != usize::from(*length) || capabilities.len() > 6 {
            return Err(Status::LengthError);
        }
        let mut pcd_capabilities = [0; 6];
        pcd_capabilities[..capabilities.len()].copy_from_slice(capabilities);
        if pcd_capabilities[0] & 0x02 != 0 {
            // The reader asks for LRP, which this card is not configured for.
            return Err(Status::ParameterError);
        }
        let (challenge, answer) = self.aes_challenge(*key_number, pcd_capabilities)?;
        self.volatile.waiting = Some(Waiting::Authentication(AuthStep::Ev2First(challenge)));
        Ok(answer)
    }

    /// 77: another key in the same session; what is pending stays.
    pub(crate) fn authenticate_ev2_non_first(&mut self, data: &[u8]) -> Result<Answer, Status> {
        let [key_number] = data else { return Err(Status::LengthError) };
        if !matches!(&self.volatile.session, Some(Session { channel: Channel::Ev2(_), .. })) {
            return Err(Status::AuthenticationError);
        }
        let (challenge, answer) = self.aes_challenge(*key_number, [0; 6])?;
        self.volatile.waiting = Some(Waiting::Authentication(AuthStep::Ev2NonFirst(challenge)));
        Ok(answer)
    }

    /// 0A or 1A: only for a card master key that is still DES.
    pub(crate) fn authenticate_des(
        &mut self,
        data: &[u8],
        step: fn(DesChallenge) -> AuthStep,
    ) -> Result<Answer, Status> {
        self.drop_session();
        let [key_number] = data else { return Err(Status::LengthError) };
        if !self.on_picc_level() || self.picc.cipher != Cipher::Des {
            return Err(Status::AuthenticationError);
        }
        if *key_number != 0 {
            return Err(Status::NoSuchKey);
        }
        let rnd_b = self.random::<8>();
        let sent = crypto::des_encrypt(&self.picc.master.bytes, &[0; 8], &rnd_b);
        let challenge = DesChallenge { key_number: *key_number, rnd_b };
        self.volatile.waiting = Some(Waiting::Authentication(step(challenge)));
        Ok(Answer::Bare(sent, Status::AdditionalFrame))
    }

    pub(crate) fn continue_authentication(&mut self, step: AuthStep, data: &[u8]) -> Result<Answer, Status> {
        match step {
            AuthStep::Ev2First(challenge) => self.finish_first(&challenge, data),
            AuthStep::Ev2NonFirst(challenge) => self.finish_non_first(&challenge, data),
            AuthStep::D40(challenge) => self.finish_d40(&challenge, data),
            AuthStep::IsoDes(challenge) => self.finish_iso_des(&challenge, data),
        }
    }

    fn aes_challenge(&mut self, key_number: u8, capabilities: [u8; 6]) -> Result<(AesChallenge, Answer), Status> {
        let key = self.aes_key(key_number)?;
        let rnd_b = self.random::<16>();
        let sent = crypto::encrypt(&key, &ZERO_IV, &rnd_b);
        let challenge = AesChallenge { key_number, rnd_b, pcd_capabilities: capabilities };
        Ok((challenge, Answer::Bare(sent, Status::AdditionalFrame)))
    }

    /// The AES key with this number in the selected application, or the card's own.
    fn aes_key(&self, key_number: u8) -> Result<[u8; 16], Status> {
        if !self.on_picc_level() {
            return Ok(self.application()?.key(key_number)?.bytes);
        }
        match (key_number, self.picc.cipher) {
            (0, Cipher::Aes) => Ok(self.picc.master.bytes),
            (0, Cipher::Des) => Err(Status::AuthenticationError),
            _ => Err(Status::NoSuchKey),
        }
    }

    /// Both challenges, if the reader proved the key.
    fn check_reader(&self, challenge: &AesChallenge, data: &[u8]) -> Result<([u8; 16], [u8; 16]), Status> {
        if data.len() != 32 {
            return Err(Status::LengthError);
        }
        let key = self.aes_key(challenge.key_number)?;
        let plain = crypto::decrypt(&key, &ZERO_IV, data);
        let (rnd_a, rnd_b) = plain.split_first_chunk::<16>().ok_or(Status::LengthError)?;
        let proved = crypto::rotate_left(&challenge.rnd_b).ct_eq(rnd_b);
        if bool::from(proved) { Ok((key, *rnd_a)) } else { Err(Status::AuthenticationError) }
    }

    fn finish_first(&mut self, challenge: &AesChallenge, data: &[u8]) -> Result<Answer, Status> {
        let (key, rnd_a) = self.check_reader(challenge, data)?;
        let ti = self.random::<4>();
        let answer = [ti.as_slice(), &crypto::rotate_left(&rnd_a), &[0; 6], &challenge.pcd_capabilities].concat();
        let (enc_key, mac_key) = crypto::session_keys(&key, &rnd_a, &challenge.rnd_b);
        let channel = Channel::Ev2(Ev2 { enc_key, mac_key, ti, counter: 0 });
        self.volatile.session = Some(Session { key_number: challenge.key_number, channel });
        Ok(Answer::Bare(crypto::encrypt(&key, &ZERO_IV, &answer), Status::Ok))
    }

    fn finish_non_first(&mut self, challenge: &AesChallenge, data: &[u8]) -> Result<Answer, Status> {
        let (key, rnd_a) = self.check_reader(challenge, data)?;
        let (enc_key, mac_key) = crypto::session_keys(&key, &rnd_a, &challenge.rnd_b);
        let Some(Session { key_number, channel: Channel::Ev2(ev2) }) = &mut self.volatile.session else {
            return Err(Status::AuthenticationError);
        };
        *key_number = challenge.key_number;
        ev2.enc_key = enc_key;
        ev2.mac_key = mac_key;
        let answer = crypto::encrypt(&key, &ZERO_IV, &crypto::rotate_left(&rnd_a));
        Ok(Answer::Bare(answer, Status::Ok))
    }

    fn finish_d40(&mut self, challenge: &DesChallenge, data: &[u8]) -> Result<Answer, Status> {
        if data.len() != 16 {
            return Err(Status::LengthError);
        }
        let key = self.picc.master.bytes;
        let rnd_a = self.check_des_reader(challenge, &crypto::d40_receive(&key, data))?;
        let answer = crypto::des_encrypt(&key, &[0; 8], &crypto::rotate_left(&rnd_a));
        let channel = Channel::D40(des_session_key(&key, &rnd_a, &challenge.rnd_b));
        self.volatile.session = Some(Session { key_number: challenge.key_number, channel });
        Ok(Answer::Bare(answer, Status::Ok))
    }

    /// The ISO authentication chains its IV over all three messages.
    fn finish_iso_des(&mut self, challenge: &DesChallenge, data: &[u8]) -> Result<Answer, Status> {
        let (_, last) = data.split_last_chunk::<8>().filter(|_| data.len() == 16).ok_or(Status::LengthError)?;
        let key = self.picc.master.bytes;
        let sent = crypto::des_encrypt(&key, &[0; 8], &challenge.rnd_b);
        let iv = sent.as_slice().try_into().map_err(|_| Status::LengthError)?;
        let rnd_a = self.check_des_reader(challenge, &crypto::des_decrypt(&key, &iv, data))?;
        let answer = crypto::des_encrypt(&key, last, &crypto::rotate_left(&rnd_a));
        let channel = Channel::IsoDes(IsoDes::new(des_session_key(&key, &rnd_a, &challenge.rnd_b)));
        self.volatile.session = Some(Session { key_number: challenge.key_number, channel });
        Ok(Answer::Bare(answer, Status::Ok))
    }

    fn check_des_reader(&self, challenge: &DesChallenge, plain: &[u8]) -> Result<[u8; 8], Status> {
        let (rnd_a, rnd_b) = plain.split_first_chunk::<8>().ok_or(Status::LengthError)?;
        let proved = crypto::rotate_left(&challenge.rnd_b).ct_eq(rnd_b);
        if bool::from(proved) { Ok(*rnd_a) } else { Err(Status::AuthenticationError) }
    }
}

/// Single DES takes the first halves of both challenges twice, triple DES both halves.
fn des_session_key(key: &[u8; 16], rnd_a: &[u8; 8], rnd_b: &[u8; 8]) -> [u8; 16] {
    let first = [&rnd_a[..4], &rnd_b[..4]].concat();
    let second = if key[..8] == key[8..] { first.clone() } else { [&rnd_a[4..], &rnd_b[4..]].concat() };
    let mut session_key = [0; 16];
    session_key[..8].copy_from_slice(&first);
    session_key[8..].copy_from_slice(&second);
    session_key
}
