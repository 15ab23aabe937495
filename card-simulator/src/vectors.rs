//! Published and derived test vectors, recomputed on the card's side.
//!
//! [`check`] takes one vector as it stands in the vector file: commands are opened as the card opens them, answers made
//! as the card makes them. An expected field that nothing here computes fails the vector.

use crate::apdu::Apdu;
use crate::crypto::{self, Direction, ZERO_IV};
use crate::file::CommMode;
use crate::secure::Ev2;
use crate::tmac;
use serde_json::Value;

/// What became of a vector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Every expected field was computed and agrees.
    Passed,
    /// A field differs, is missing, or the kind is unknown; which and how.
    Failed(String),
    /// The card has no part in it; why.
    NotApplicable(&'static str),
}

/// Recomputes one vector.
pub fn check(kind: &str, inputs: &Value, expected: &Value) -> Outcome {
    let vector = Vector { inputs, expected };
    let computed = match kind {
        "aes_cmac" => vector.aes_cmac(),
        "auth_ev2_first" => vector.authentication(Kind::First),
        "auth_ev2_nonfirst" => vector.authentication(Kind::NonFirst),
        "ev2_session_keys" => vector.session_keys(),
        "secure_messaging_full" | "secure_messaging_mac_full" => vector.secure_messaging(CommMode::Full),
        "secure_messaging_mac" => vector.secure_messaging(CommMode::Mac),
        "ev2_iv_cmd" => vector.command_iv(),
        "ev2_encrypt_cmd" => vector.enciphered_command(),
        "tmac_session_keys" => vector.tmac_session_keys(),
        "tmv" => vector.tmv(),
        "tmac_enc_tmri" => vector.enciphered_reader_id(),
        "tmi_tmv" | "tmi_tmv_silicon" => vector.transaction(),
        "an10922_aes128" | "an10922_aes192" | "an10922_aes256" => {
            return Outcome::NotApplicable("a card is given its keys, it does not diversify them");
        }
        _ => Err(format!("unknown kind {kind}")),
    };
    match computed.and_then(|computed| vector.compare(&computed)) {
        Ok(()) => Outcome::Passed,
        Err(why) => Outcome::Failed(why),
    }
}

/// Fields by the vector file's names, bytes in hex.
type Computed = Vec<(&'static str, String)>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    First,
    NonFirst,
}

struct Vector<'v> {
    inputs: &'v Value,
    expected: &'v Value,
}

impl Vector<'_> {
    fn aes_cmac(&self) -> Result<Computed, String> {
        let (key, message) = (self.input("key")?, self.input_bytes("message")?);
        Ok(vec![
            ("cmac", hex::encode_upper(crypto::cmac(&key, &message))),
            ("mact", hex::encode_upper(crypto::mac_t(&key, &message))),
        ])
    }

    /// The card's part: its challenge, the reader's proof opened, the card's own proof.
    fn authentication(&self, kind: Kind) -> Result<Computed, String> {
        let (key, rnd_a): ([u8; 16], [u8; 16]) = (self.input("key")?, self.input("rnda")?);
        let rnd_b: [u8; 16] = self.expectation("rndb")?;
        let challenge = [crypto::encrypt(&key, &ZERO_IV, &rnd_b), vec![0x91, 0xAF]].concat();
        same("rapdu1", &challenge, &self.input_bytes("rapdu1")?)?;
        let first = self.expected_bytes("capdu1")?;
        let number = self.inputs["key_no"].as_u64().ok_or("input key_no is missing")?;
        let Apdu::Native { code, data } = Apdu::parse(&first) else { return Err("capdu1 is no command".to_owned()) };
        let right_code = code == if kind == Kind::First { 0x71 } else { 0x77 };
        if !right_code || data.first().map(|number| u64::from(*number)) != Some(number) {
            return Err("capdu1 asks for something else".to_owned());
        }
        let second = self.expected_bytes("capdu2")?;
        let Apdu::Native { code: 0xAF, data } = Apdu::parse(&second) else {
            return Err("capdu2 is no additional frame".to_owned());
        };
        let opened = crypto::decrypt(&key, &ZERO_IV, data);
        same("capdu2", &opened, &[rnd_a.as_slice(), &crypto::rotate_left(&rnd_b)].concat())?;
        let (enc_key, mac_key) = crypto::session_keys(&key, &rnd_a, &rnd_b);
        let mut computed = vec![
            ("capdu1", hex::encode_upper(&first)),
            ("capdu2", hex::encode_upper(&second)),
            ("rndb", hex::encode_upper(rnd_b)),
            ("ses_auth_enc_key", hex::encode_upper(enc_key)),
            ("ses_auth_mac_key", hex::encode_upper(mac_key)),
        ];
        let mut proof = crypto::rotate_left(&rnd_a);
        if kind == Kind::First {
            for name in ["ti", "pdcap2", "pcdcap2"] {
                computed.push((name, hex::encode_upper(self.expected_bytes(name)?)));
            }
            let ti = self.expected_bytes("ti")?;
            let capabilities = [self.expected_bytes("pdcap2")?, self.expected_bytes("pcdcap2")?].concat();
            proof = [ti, proof, capabilities].concat();
        }
        let proof = [crypto::encrypt(&key, &ZERO_IV, &proof), vec![0x91, 0x00]].concat();
        same("rapdu2", &proof, &self.input_bytes("rapdu2")?)?;
        Ok(computed)
    }

    fn session_keys(&self) -> Result<Computed, String> {
        let (key, rnd_a, rnd_b) = (self.input("key")?, self.input("rnda")?, self.input("rndb")?);
        let (enc_key, mac_key) = crypto::session_keys(&key, &rnd_a, &rnd_b);
        Ok(vec![("ses_auth_enc_key", hex::encode_upper(enc_key)), ("ses_auth_mac_key", hex::encode_upper(mac_key))])
    }

    /// The command opened, and the answer made, as the card does both.
    fn secure_messaging(&self, mode: CommMode) -> Result<Computed, String> {
        let mut ev2 = self.session()?;
        let header = self.input_bytes("cmd_header")?;
        let command = self.expected_bytes("capdu")?;
        let Apdu::Native { code, data } = Apdu::parse(&command) else { return Err("capdu is no command".to_owned()) };
        let (opened_header, opened) =
            ev2.open(code, data, header.len(), mode).map_err(|status| format!("the card answers {status:?}"))?;
        same("ins", &[code], &self.input_bytes("ins")?)?;
        same("cmd_header", &opened_header, &header)?;
        same("cmd_data_plain", &opened, &self.input_bytes("cmd_data_plain")?)?;
        let (enciphered, mac) = data[header.len()..].split_at(data.len() - header.len() - 8);
        let iv = |direction, counter| crypto::message_iv(&ev2.enc_key, direction, &ev2.ti, counter);
        let mut computed = vec![
            ("capdu", hex::encode_upper(&command)),
            ("iv_cmd", hex::encode_upper(iv(Direction::Command, ev2.counter))),
            ("iv_resp", hex::encode_upper(iv(Direction::Response, ev2.counter.wrapping_add(1)))),
            ("enc_cmd_data", hex::encode_upper(enciphered)),
            ("cmd_mac", hex::encode_upper(mac)),
        ];
        if let Some(sum) = opened.get(17..21).filter(|_| code == 0xC4) {
            // ChangeKey of another key, whose old value was zeros: the new one stands there as it is.
            let ours = crypto::crc32(&opened[..16]).to_le_bytes();
            same("crc32", sum, &ours)?;
            computed.push(("crc32_new_key", hex::encode_upper(ours)));
        }
        let answer = self.input_bytes("rapdu")?;
        if answer == [0x91, 0x00] {
            // ChangeKey of the session's own key: answered bare, and the session is gone.
            computed.push(("cmd_ctr_after", (ev2.counter + 1).to_string()));
            return Ok(computed);
        }
        let plain = self.expected_bytes("resp_data")?;
        let mut made = ev2.wrap(&plain, mode);
        let mac = made.last_chunk::<8>().map(hex::encode_upper).ok_or("the answer has no MAC")?;
        made.extend([0x91, 0x00]);
        same("rapdu", &made, &answer)?;
        computed.extend([
            ("resp_mac", mac),
            ("resp_data", hex::encode_upper(&plain)),
            ("cmd_ctr_after", ev2.counter.to_string()),
        ]);
        Ok(computed)
    }

    fn command_iv(&self) -> Result<Computed, String> {
        let iv = crypto::message_iv(
            &self.input("ses_auth_enc_key")?,
            Direction::Command,
            &self.input("ti")?,
            self.counter()?,
        );
        Ok(vec![("iv", hex::encode_upper(iv))])
    }

    /// Deciphered as the card does, and enciphered again.
    fn enciphered_command(&self) -> Result<Computed, String> {
        let key = self.input("ses_auth_enc_key")?;
        let iv = crypto::message_iv(&key, Direction::Command, &self.input("ti")?, self.counter()?);
        let padded = crypto::decrypt(&key, &iv, &self.expected_bytes("ciphertext")?);
        same("padded_plain", &padded, &self.input_bytes("padded_plain")?)?;
        let plain = crypto::unpad(&padded).ok_or("the plain text is not padded")?;
        Ok(vec![
            ("iv_cmd", hex::encode_upper(iv)),
            ("ciphertext", hex::encode_upper(crypto::encrypt(&key, &iv, &crypto::pad(plain)))),
        ])
    }

    fn tmac_session_keys(&self) -> Result<Computed, String> {
        let (mac_key, enc_key) = self.tmac_keys()?;
        Ok(vec![("ses_tm_mac_key", hex::encode_upper(mac_key)), ("ses_tm_enc_key", hex::encode_upper(enc_key))])
    }

    fn tmv(&self) -> Result<Computed, String> {
        let (mac_key, _) = self.tmac_keys()?;
        Ok(vec![("tmv", hex::encode_upper(crypto::mac_t(&mac_key, &self.input_bytes("tmi")?)))])
    }

    /// The card enciphers; the vector gives what comes of it.
    fn enciphered_reader_id(&self) -> Result<Computed, String> {
        let key = self.input("ses_tm_enc_key")?;
        let previous: [u8; 16] = self.expectation("tmri_prev")?;
        same("enc_tmri", &crypto::encrypt(&key, &ZERO_IV, &previous), &self.input_bytes("enc_tmri")?)?;
        Ok(vec![("tmri_prev", hex::encode_upper(previous))])
    }

    /// Each step's block made from its command, and the MAC over all of them.
    fn transaction(&self) -> Result<Computed, String> {
        let (mac_key, enc_key) = self.tmac_keys()?;
        let mut input = Vec::new();
        let steps = self.inputs["steps"].as_array().ok_or("input steps is missing")?;
        for step in steps {
            let block = hex_of(step, "tmi_block")?;
            let start = input.len();
            let (code, rest) = block.split_first().ok_or("an empty step")?;
            match code {
                0xDC => tmac::add(&mut input, *code, &rest[..5], &[]),
                0x8B => tmac::add(&mut input, *code, &rest[..7], &rest[15..]),
                0xC8 => tmac::add(&mut input, *code, &rest[..32], &[]),
                _ => return Err(format!("a step with the command {code:02X}")),
            }
            same("tmi_block", &input[start..], &block)?;
        }
        let mut computed = vec![
            ("ses_tm_mac_key", hex::encode_upper(mac_key)),
            ("ses_tm_enc_key", hex::encode_upper(enc_key)),
            ("tmi", hex::encode_upper(&input)),
            ("tmv", hex::encode_upper(tmac::value(&self.tmac_key()?, &self.input("uid")?, self.tmc()?, &input))),
        ];
        if let Ok(enciphered) = self.input::<16>("enc_tmri") {
            let previous = crypto::decrypt(&enc_key, &ZERO_IV, &enciphered);
            computed.push(("tmri_prev", hex::encode_upper(previous)));
        }
        Ok(computed)
    }

    fn session(&self) -> Result<Ev2, String> {
        let enc_key = if self.inputs["ses_auth_enc_key"].is_null() { [0; 16] } else { self.input("ses_auth_enc_key")? };
        Ok(Ev2 { enc_key, mac_key: self.input("ses_auth_mac_key")?, ti: self.input("ti")?, counter: self.counter()? })
    }

    fn tmac_keys(&self) -> Result<([u8; 16], [u8; 16]), String> {
        Ok(crypto::tmac_session_keys(&self.tmac_key()?, &self.input("uid")?, self.tmc()?))
    }

    fn tmac_key(&self) -> Result<[u8; 16], String> {
        self.input("app_transaction_mac_key")
    }

    fn tmc(&self) -> Result<u32, String> {
        let tmc = self.inputs["tmc_used"].as_u64().and_then(|tmc| u32::try_from(tmc).ok());
        tmc.ok_or_else(|| "input tmc_used is missing".to_owned())
    }

    fn counter(&self) -> Result<u16, String> {
        let counter = self.inputs["cmd_ctr"].as_u64().and_then(|counter| u16::try_from(counter).ok());
        counter.ok_or_else(|| "input cmd_ctr is missing".to_owned())
    }

    fn input<const N: usize>(&self, name: &str) -> Result<[u8; N], String> {
        self.input_bytes(name)?.try_into().map_err(|_| format!("input {name} is not {N} bytes"))
    }

    fn input_bytes(&self, name: &str) -> Result<Vec<u8>, String> {
        hex_of(self.inputs, name)
    }

    fn expectation<const N: usize>(&self, name: &str) -> Result<[u8; N], String> {
        self.expected_bytes(name)?.try_into().map_err(|_| format!("{name} is not {N} bytes"))
    }

    fn expected_bytes(&self, name: &str) -> Result<Vec<u8>, String> {
        hex_of(self.expected, name)
    }

    fn compare(&self, computed: &Computed) -> Result<(), String> {
        let expected = self.expected.as_object().filter(|fields| !fields.is_empty()).ok_or("nothing is expected")?;
        for (name, expected) in expected {
            let (_, computed) = computed
                .iter()
                .find(|(computed, _)| computed == name)
                .ok_or_else(|| format!("{name} is not computed here"))?;
            let agrees = match expected {
                Value::String(text) => text.eq_ignore_ascii_case(computed),
                other => *computed == format!("{other}"),
            };
            if !agrees {
                return Err(format!("{name} is {computed}, expected {expected}"));
            }
        }
        Ok(())
    }
}

fn hex_of(fields: &Value, name: &str) -> Result<Vec<u8>, String> {
    let text = fields[name].as_str().ok_or_else(|| format!("{name} is missing"))?;
    hex::decode(text).map_err(|error| format!("{name}: {error}"))
}

fn same(name: &str, one: &[u8], other: &[u8]) -> Result<(), String> {
    if one == other {
        return Ok(());
    }
    Err(format!("{name} is {}, expected {}", hex::encode_upper(one), hex::encode_upper(other)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_published_vector_passes_on_the_card_s_side() {
        let vectors: Value =
            serde_json::from_str(include_str!("../../tests/vectors/desfire.json")).expect("the vectors are JSON");
        let vectors = vectors.as_array().expect("a list");
        assert_eq!(vectors.len(), 43);
        let mut passed = 0;
        for vector in vectors {
            let kind = vector["kind"].as_str().expect("a kind");
            match check(kind, &vector["inputs"], &vector["expected"]) {
                Outcome::Passed => passed += 1,
                Outcome::NotApplicable(_) => assert!(kind.starts_with("an10922"), "{}", vector["id"]),
                Outcome::Failed(why) => panic!("{}: {why}", vector["id"]),
            }
        }
        assert_eq!(passed, 37);
    }

    #[test]
    fn one_changed_digit_fails_a_vector() {
        let vectors: Value =
            serde_json::from_str(include_str!("../../tests/vectors/desfire.json")).expect("the vectors are JSON");
        for vector in vectors.as_array().expect("a list") {
            let kind = vector["kind"].as_str().expect("a kind");
            if kind.starts_with("an10922") {
                continue;
            }
            for name in vector["expected"].as_object().expect("fields").keys() {
                let mut expected = vector["expected"].clone();
                let Some(text) = expected[name].as_str().filter(|text| !text.is_empty()) else { continue };
                let flipped = if text.starts_with('0') { "1" } else { "0" };
                expected[name] = Value::from(format!("{flipped}{}", &text[1..]));
                let outcome = check(kind, &vector["inputs"], &expected);
                assert!(matches!(outcome, Outcome::Failed(_)), "{} {name}", vector["id"]);
            }
        }
    }

    #[test]
    fn an_unknown_kind_fails() {
        assert!(matches!(check("telepathy", &Value::Null, &Value::Null), Outcome::Failed(_)));
    }
}
