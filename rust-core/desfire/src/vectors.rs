//! Published and derived test vectors, recomputed on the reader's side.
//!
//! [`check`] takes one vector as it stands in the vector file and computes every field it expects with the code that
//! speaks to cards. An expected field that nothing here computes fails the vector.

use crate::apdu::Link;
use crate::commands::code;
use crate::commands::key::{another_key, own_key};
use crate::commands::transaction::parse_tmac;
use crate::secure::{Channel, Command, SessionKeys};
use crate::session::{Authenticated, Session};
use crate::tmac::{TmacSessionKeys, Tmi};
use crate::{CommMode, FileNo, FrameSize, KeyChange, KeyNo};
use rand_core::{TryCryptoRng, TryRng};
use satchel_hazmat::{AesKey, cbc_decrypt, cmac, truncate};
use satchel_transport::{Transport, TransportError};
use satchel_values::Uid;
use serde_json::Value;
use std::collections::VecDeque;
use std::convert::Infallible;

/// What became of a vector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Every expected field was computed and agrees.
    Passed,
    /// A field differs, is missing, or the kind is unknown; which and how.
    Failed(String),
    /// The reader has no part in it; why.
    NotApplicable(&'static str),
}

/// Recomputes one vector.
pub fn check(kind: &str, inputs: &Value, expected: &Value) -> Outcome {
    let inputs = Inputs(inputs);
    let computed = match kind {
        "aes_cmac" => aes_cmac(inputs),
        "auth_ev2_first" => auth_first(inputs),
        "auth_ev2_nonfirst" => auth_non_first(inputs),
        "ev2_session_keys" => session_keys(inputs),
        "secure_messaging_full" | "secure_messaging_mac_full" => secure_messaging(inputs, CommMode::Full),
        "secure_messaging_mac" => secure_messaging(inputs, CommMode::Mac),
        "ev2_iv_cmd" => iv(inputs),
        "ev2_encrypt_cmd" => encrypt(inputs),
        "tmac_session_keys" => tmac_session_keys(inputs),
        "tmv" => tmv(inputs),
        "tmac_enc_tmri" => enc_tmri(inputs),
        "tmi_tmv" | "tmi_tmv_silicon" => tmi_tmv(inputs),
        _ if kind.starts_with("an10922_") => return Outcome::NotApplicable("keys are diversified elsewhere"),
        _ => Err(format!("unknown kind {kind}")),
    };
    match computed.and_then(|computed| computed.agrees_with(expected)) {
        Ok(()) => Outcome::Passed,
        Err(why) => Outcome::Failed(why),
    }
}

/// What was computed, by the vector file's names.
#[derive(Default)]
struct Computed(Vec<(&'static str, Value)>);

impl Computed {
    fn bytes(mut self, name: &'static str, bytes: &[u8]) -> Self {
        self.0.push((name, Value::from(hex::encode_upper(bytes))));
        self
    }

    fn number(mut self, name: &'static str, number: impl Into<Value>) -> Self {
        self.0.push((name, number.into()));
        self
    }

    fn agrees_with(&self, expected: &Value) -> Result<(), String> {
        let expected = expected.as_object().filter(|fields| !fields.is_empty()).ok_or("nothing is expected")?;
        expected.iter().try_for_each(|(name, expected)| {
            let computed = self.0.iter().find(|(computed, _)| computed == name);
            match computed {
                Some((_, computed)) if same_value(computed, expected) => Ok(()),
                Some((_, computed)) => Err(format!("{name} is {computed}, expected {expected}")),
                None => Err(format!("{name} is not computed here")),
            }
        })
    }
}

fn same_value(one: &Value, other: &Value) -> bool {
    match (one.as_str(), other.as_str()) {
        (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
        _ => one == other,
    }
}

/// A vector's inputs.
#[derive(Clone, Copy)]
struct Inputs<'v>(&'v Value);

impl<'v> Inputs<'v> {
    fn text(self, name: &str) -> Result<&'v str, String> {
        self.0[name].as_str().ok_or_else(|| format!("input {name} is missing"))
    }

    fn bytes(self, name: &str) -> Result<Vec<u8>, String> {
        hex::decode(self.text(name)?).map_err(|error| format!("input {name}: {error}"))
    }

    fn array<const N: usize>(self, name: &str) -> Result<[u8; N], String> {
        self.bytes(name)?.try_into().map_err(|_| format!("input {name} is not {N} bytes"))
    }

    fn key(self, name: &str) -> Result<AesKey, String> {
        Ok(AesKey::take(&mut self.array(name)?))
    }

    /// A session key that may be left out where it is not used.
    fn optional_key(self, name: &str) -> Result<AesKey, String> {
        if self.0[name].is_null() { Ok(AesKey::zeros()) } else { self.key(name) }
    }

    fn number<N: TryFrom<u64>>(self, name: &str) -> Result<N, String> {
        let number = self.0[name].as_u64().and_then(|number| N::try_from(number).ok());
        number.ok_or_else(|| format!("input {name} is no number that fits"))
    }

    fn channel(self) -> Result<Channel, String> {
        let keys =
            SessionKeys { enc: self.optional_key("ses_auth_enc_key")?, mac: self.optional_key("ses_auth_mac_key")? };
        Ok(Channel::new(keys, self.array("ti")?, self.number("cmd_ctr")?))
    }
}

fn aes_cmac(inputs: Inputs<'_>) -> Result<Computed, String> {
    let mac = cmac(&inputs.key("key")?, &[&inputs.bytes("message")?]);
    Ok(Computed::default().bytes("cmac", &mac).bytes("mact", &truncate(&mac)))
}

fn auth_first(inputs: Inputs<'_>) -> Result<Computed, String> {
    let key = inputs.key("key")?;
    let mut script = Script::of([inputs.bytes("rapdu1")?, inputs.bytes("rapdu2")?]);
    let number = KeyNo::new(inputs.number("key_no")?);
    let mut rng = Chosen(inputs.array("rnda")?);
    let session = Session::new(&mut script, FrameSize::default()).authenticate_ev2_first(number, &key, &mut rng);
    let Authenticated { channel, .. } = session.map_err(|refused| refused.error.to_string())?.state;
    let proof = deciphered::<32>(&key, &inputs.bytes("rapdu2")?)?;
    Ok(channel_fields(&channel)
        .bytes("capdu1", script.sent(0)?)
        .bytes("capdu2", script.sent(1)?)
        .bytes("rndb", &deciphered::<16>(&key, &inputs.bytes("rapdu1")?)?)
        .bytes("pdcap2", &proof[20..26])
        .bytes("pcdcap2", &proof[26..]))
}

fn auth_non_first(inputs: Inputs<'_>) -> Result<Computed, String> {
    const TRANSACTION: [u8; 4] = [0x76, 0x14, 0x28, 0x1A];
    const COUNTER: u16 = 3;
    let key = inputs.key("key")?;
    let mut script = Script::of([inputs.bytes("rapdu1")?, inputs.bytes("rapdu2")?]);
    let before = SessionKeys { enc: AesKey::zeros(), mac: AesKey::zeros() };
    let state = Authenticated { channel: Channel::new(before, TRANSACTION, COUNTER), key: KeyNo::new(0) };
    let session = Session { link: Link::new(&mut script, FrameSize::default()), state };
    let number = KeyNo::new(inputs.number("key_no")?);
    let mut rng = Chosen(inputs.array("rnda")?);
    let session = session.authenticate_ev2_non_first(number, &key, &mut rng);
    let Authenticated { channel, .. } = session.map_err(|refused| refused.error.to_string())?.state;
    if (channel.transaction, channel.counter) != (TRANSACTION, COUNTER) {
        return Err("transaction identifier or counter changed".into());
    }
    Ok(channel_fields(&channel)
        .bytes("capdu1", script.sent(0)?)
        .bytes("capdu2", script.sent(1)?)
        .bytes("rndb", &deciphered::<16>(&key, &inputs.bytes("rapdu1")?)?))
}

fn channel_fields(channel: &Channel) -> Computed {
    Computed::default()
        .bytes("ses_auth_enc_key", channel.keys.enc.expose())
        .bytes("ses_auth_mac_key", channel.keys.mac.expose())
        .bytes("ti", &channel.transaction)
}

/// The first `N` bytes of an answer, deciphered as authentications are.
fn deciphered<const N: usize>(key: &AesKey, rapdu: &[u8]) -> Result<[u8; N], String> {
    let mut data = *rapdu.first_chunk::<N>().ok_or("an answer is too short")?;
    if cbc_decrypt(key, &[0; 16], &mut data) { Ok(data) } else { Err("an answer is not whole blocks".into()) }
}

fn session_keys(inputs: Inputs<'_>) -> Result<Computed, String> {
    let keys = SessionKeys::derive(&inputs.key("key")?, &inputs.array("rnda")?, &inputs.array("rndb")?);
    Ok(Computed::default().bytes("ses_auth_enc_key", keys.enc.expose()).bytes("ses_auth_mac_key", keys.mac.expose()))
}

fn secure_messaging(inputs: Inputs<'_>, mode: CommMode) -> Result<Computed, String> {
    let (header, data, rapdu) = (inputs.bytes("cmd_header")?, inputs.bytes("cmd_data_plain")?, inputs.bytes("rapdu")?);
    let [ins] = inputs.array("ins")?;
    let command = Command { ins, header: &header, data: &data, mode };
    let mut channel = inputs.channel()?;
    let before = channel.counter;
    let after = before.checked_add(1).ok_or("the counter is at its end")?;
    let mut script = Script::of([rapdu.clone()]);
    let mut link = Link::new(&mut script, FrameSize::default());
    let mut computed = Computed::default().number("cmd_ctr_after", after);
    if rapdu == [0x91, 0x00] {
        inputs.channel()?.run_last(&mut link, &command).map_err(|error| error.to_string())?;
    } else {
        let answer = channel.run(&mut link, &command).map_err(|error| error.to_string())?;
        let body = &rapdu[..rapdu.len() - 10];
        computed = computed
            .bytes("resp_data", &answer)
            .bytes("resp_mac", &channel.mac(0, after, body))
            .bytes("iv_resp", &channel.iv(crate::secure::ANSWER, after));
        if ins == code::COMMIT_TRANSACTION && !answer.is_empty() {
            parse_tmac(&answer).map_err(|error| error.to_string())?;
        }
    }
    if ins == code::CHANGE_KEY {
        computed = change_key(computed, &data)?;
    }
    let capdu = script.sent(0)?;
    let protected = capdu.get(5..capdu.len() - 1).ok_or("a command without data")?;
    let (enciphered, mac) = protected[header.len()..].split_last_chunk::<8>().ok_or("a command without a MAC")?;
    Ok(computed
        .bytes("capdu", capdu)
        .bytes("cmd_mac", mac)
        .bytes("enc_cmd_data", enciphered)
        .bytes("iv_cmd", &channel.iv(crate::secure::COMMAND, before)))
}

/// Makes a ChangeKey's data again from the key in it; the published traces change keys of zeros.
fn change_key(computed: Computed, data: &[u8]) -> Result<Computed, String> {
    let (key, rest) = data.split_first_chunk::<16>().ok_or("a key is missing")?;
    let (new, old) = (AesKey::take(&mut { *key }), AesKey::zeros());
    let version = *rest.first().ok_or("a key version is missing")?;
    let another = another_key(&KeyChange { key_no: KeyNo::new(1), old: &old, new: &new, version });
    if data.len() == another.len() {
        return if data == &another[..] {
            Ok(computed.bytes("crc32_new_key", &another[17..]))
        } else {
            Err("another key's data is made otherwise".into())
        };
    }
    if data == &own_key(&new, version)[..] { Ok(computed) } else { Err("an own key's data is made otherwise".into()) }
}

fn iv(inputs: Inputs<'_>) -> Result<Computed, String> {
    let keys = SessionKeys { enc: inputs.key("ses_auth_enc_key")?, mac: AesKey::zeros() };
    let channel = Channel::new(keys, inputs.array("ti")?, inputs.number("cmd_ctr")?);
    Ok(Computed::default().bytes("iv", &channel.iv(crate::secure::COMMAND, channel.counter)))
}

fn encrypt(inputs: Inputs<'_>) -> Result<Computed, String> {
    let channel = inputs.channel()?;
    let padded = inputs.bytes("padded_plain")?;
    let end = padded.iter().rposition(|byte| *byte != 0).filter(|at| padded[*at] == 0x80).ok_or("no padding")?;
    let command = Command { ins: code::write_data(end), header: &[], data: &padded[..end], mode: CommMode::Full };
    let payload = channel.protect(&command, channel.counter);
    Ok(Computed::default()
        .bytes("iv_cmd", &channel.iv(crate::secure::COMMAND, channel.counter))
        .bytes("ciphertext", &payload[..payload.len() - 8]))
}

fn transaction_keys(inputs: Inputs<'_>) -> Result<TmacSessionKeys, String> {
    let uid = Uid::new(inputs.array("uid")?);
    Ok(TmacSessionKeys::derive(&inputs.key("app_transaction_mac_key")?, &uid, inputs.number("tmc_used")?))
}

fn tmac_fields(keys: &TmacSessionKeys) -> Computed {
    Computed::default().bytes("ses_tm_mac_key", keys.mac.expose()).bytes("ses_tm_enc_key", keys.enc.expose())
}

fn tmac_session_keys(inputs: Inputs<'_>) -> Result<Computed, String> {
    Ok(tmac_fields(&transaction_keys(inputs)?))
}

fn tmv(inputs: Inputs<'_>) -> Result<Computed, String> {
    let keys = transaction_keys(inputs)?;
    Ok(tmac_fields(&keys).bytes("tmv", &keys.mac_over(&inputs.bytes("tmi")?)))
}

fn enc_tmri(inputs: Inputs<'_>) -> Result<Computed, String> {
    let keys = TmacSessionKeys { enc: inputs.key("ses_tm_enc_key")?, mac: AesKey::zeros() };
    let enciphered = inputs.array("enc_tmri")?;
    let previous = keys.previous_reader_id(&enciphered);
    if keys.encrypt_reader_id(&previous) != enciphered {
        return Err("enciphering the reader id does not bring it back".into());
    }
    Ok(Computed::default().bytes("tmri_prev", &previous))
}

fn tmi_tmv(inputs: Inputs<'_>) -> Result<Computed, String> {
    let keys = transaction_keys(inputs)?;
    let mut tmi = Tmi::new();
    let mut previous = None;
    for step in inputs.0["steps"].as_array().ok_or("input steps is missing")? {
        let block = Inputs(step).bytes("tmi_block")?;
        previous = replay(&mut tmi, &keys, &block)?.or(previous);
    }
    let tmv = keys.tmv(&tmi);
    let computed = tmac_fields(&keys).bytes("tmi", tmi.bytes()).bytes("tmv", &tmv);
    Ok(match previous {
        Some(previous) => computed.bytes("tmri_prev", &previous),
        None => computed,
    })
}

/// Tells the builder the command that a block of the vector came from. Returns the previous reader id, if that
/// command commits one.
fn replay(tmi: &mut Tmi, keys: &TmacSessionKeys, block: &[u8]) -> Result<Option<[u8; 16]>, String> {
    let cut = "a block is cut off";
    let rest = block.get(1..).ok_or(cut)?;
    match block[0] {
        code::DEBIT => {
            let (file, amount) = (*rest.first().ok_or(cut)?, rest[1..].first_chunk().ok_or(cut)?);
            tmi.debit(FileNo::new(file), i32::from_le_bytes(*amount));
        }
        ins if ins == code::write_record(1) => {
            let [file, a, b, c, length, 0, 0] = *rest.first_chunk().ok_or(cut)? else {
                return Err("a record is too long for one frame".into());
            };
            let data = block.get(16..16 + usize::from(length)).ok_or(cut)?;
            tmi.write_record(FileNo::new(file), u32::from_le_bytes([a, b, c, 0]), data);
        }
        code::COMMIT_READER_ID => {
            let (id, rest) = rest.split_first_chunk::<16>().ok_or(cut)?;
            let enciphered = rest.first_chunk::<16>().ok_or(cut)?;
            tmi.commit_reader_id(id, enciphered);
            return Ok(Some(keys.previous_reader_id(enciphered)));
        }
        other => return Err(format!("no transaction command is known by the code {other:02X}")),
    }
    Ok(None)
}

/// A card that gives answers prepared, and remembers what it was asked.
struct Script {
    answers: VecDeque<Vec<u8>>,
    sent: Vec<Vec<u8>>,
}

impl Script {
    fn of<const N: usize>(answers: [Vec<u8>; N]) -> Self {
        Self { answers: answers.into(), sent: Vec::new() }
    }

    fn sent(&self, index: usize) -> Result<&[u8], String> {
        self.sent.get(index).map(Vec::as_slice).ok_or_else(|| format!("command {index} was not sent"))
    }
}

impl Transport for Script {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.sent.push(command.to_vec());
        self.answers.pop_front().ok_or(TransportError::CardGone)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        Ok(())
    }
}

/// "Random" bytes that the vector names.
struct Chosen([u8; 16]);

impl TryRng for Chosen {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes).map(|()| u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes).map(|()| u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.iter_mut().zip(self.0.iter().cycle()).for_each(|(byte, chosen)| *byte = *chosen);
        Ok(())
    }
}

impl TryCryptoRng for Chosen {}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> Vec<Value> {
        let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/desfire.json"));
        serde_json::from_str(&text.expect("the vector file is part of the project")).expect("it is JSON")
    }

    fn outcome(vector: &Value) -> Outcome {
        check(vector["kind"].as_str().expect("every vector has a kind"), &vector["inputs"], &vector["expected"])
    }

    #[test]
    fn all_vectors_pass_on_the_reader_s_side() {
        let vectors = file();
        assert_eq!(vectors.len(), 43);
        let not_ours = vectors.iter().filter(|vector| match outcome(vector) {
            Outcome::Passed => false,
            Outcome::NotApplicable(_) => true,
            Outcome::Failed(why) => panic!("{}: {why}", vector["id"]),
        });
        assert_eq!(not_ours.count(), 6, "only the diversified keys are made elsewhere");
    }

    #[test]
    fn a_vector_with_any_expectation_changed_fails() {
        for mut vector in file() {
            if matches!(outcome(&vector), Outcome::NotApplicable(_)) {
                continue;
            }
            let names: Vec<String> = vector["expected"].as_object().expect("an object").keys().cloned().collect();
            for name in names {
                let right = vector["expected"][&name].clone();
                vector["expected"][&name] = match right.as_str() {
                    Some(text) => Value::from(format!("{text}00")),
                    None => Value::from(right.as_u64().expect("a number") + 1),
                };
                assert!(matches!(outcome(&vector), Outcome::Failed(_)), "{} {name}", vector["id"]);
                vector["expected"][&name] = right;
            }
        }
    }

    #[test]
    fn unknown_kinds_and_missing_expectations_fail() {
        let nothing = Value::Object(serde_json::Map::new());
        assert!(matches!(check("telepathy", &nothing, &nothing), Outcome::Failed(_)));
        let inputs = serde_json::json!({ "key": "00".repeat(16), "message": "" });
        assert!(matches!(check("aes_cmac", &inputs, &nothing), Outcome::Failed(_)));
    }

    #[test]
    fn session_keys_are_a_kind_of_their_own() {
        let vector = file().into_iter().find(|vector| vector["id"] == "an12343-t32-auth").expect("it is in the file");
        let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
        let inputs = serde_json::json!({ "key": inputs["key"], "rnda": inputs["rnda"], "rndb": expected["rndb"] });
        let expected = serde_json::json!({
            "ses_auth_enc_key": expected["ses_auth_enc_key"],
            "ses_auth_mac_key": expected["ses_auth_mac_key"],
        });
        assert_eq!(check("ev2_session_keys", &inputs, &expected), Outcome::Passed);
    }
}
