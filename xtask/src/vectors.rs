//! `cargo xtask vectors [FILE…]`: every test vector on every side it applies to, a line each.

use satchel_card_simulator::vectors as card;
use satchel_desfire::vectors as reader;
use satchel_hazmat::{AesKey, encrypt_block};
use serde_json::Value;
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Where the project keeps its vectors.
pub const DEFAULT_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/desfire.json");

/// Runs every vector of the files, of [`DEFAULT_FILE`] if there are none; success if each passes somewhere and fails
/// nowhere.
pub fn run(files: &[PathBuf]) -> ExitCode {
    let default = [PathBuf::from(DEFAULT_FILE)];
    let files = if files.is_empty() { &default } else { files };
    match report(files, &mut std::io::stdout().lock()) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Prints a line per vector and a last one; returns how many failed.
fn report(files: &[PathBuf], out: &mut dyn Write) -> Result<usize, String> {
    let mut lines = Vec::new();
    for file in files {
        for vector in &load(file)? {
            lines.push(Line::of(vector).map_err(|why| format!("{}: {why}", file.display()))?);
        }
    }
    let width = lines.iter().map(|line| line.id.len()).max().unwrap_or_default();
    let mut print = |line: fmt::Arguments<'_>| writeln!(out, "{line}").map_err(|error| error.to_string());
    for line in &lines {
        print(format_args!("{:width$}  reader {:3}  card {}", line.id, line.reader, line.card))?;
    }
    let failed = lines.iter().filter(|line| !line.passed()).count();
    print(format_args!("{} vectors, {failed} failed", lines.len()))?;
    Ok(failed)
}

fn load(file: &Path) -> Result<Vec<Value>, String> {
    let name = file.display();
    let text = std::fs::read_to_string(file).map_err(|error| format!("{name}: {error}"))?;
    match serde_json::from_str(&text).map_err(|error| format!("{name}: {error}"))? {
        Value::Array(vectors) if !vectors.is_empty() => Ok(vectors),
        _ => Err(format!("{name}: a vector file is a list of vectors, and not empty")),
    }
}

/// What came of one vector.
struct Line {
    id: String,
    reader: Verdict,
    card: Verdict,
}

impl Line {
    fn of(vector: &Value) -> Result<Self, String> {
        let text = |name: &str| vector[name].as_str().ok_or_else(|| format!("a vector has no {name}"));
        let (id, kind) = (text("id")?.to_owned(), text("kind")?);
        let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
        let reader = match kind {
            "an10922_aes128" | "an10922_aes192" | "an10922_aes256" => diversification(inputs, expected),
            _ => reader::check(kind, inputs, expected).into(),
        };
        Ok(Self { id, reader, card: card::check(kind, inputs, expected).into() })
    }

    /// One side at least must have something to say.
    fn passed(&self) -> bool {
        let sides = [&self.reader, &self.card];
        sides.contains(&&Verdict::Ok) && !sides.iter().any(|side| matches!(side, Verdict::Failed(_)))
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Ok,
    NoPart,
    Failed(String),
}

impl From<reader::Outcome> for Verdict {
    fn from(outcome: reader::Outcome) -> Self {
        match outcome {
            reader::Outcome::Passed => Self::Ok,
            reader::Outcome::NotApplicable(_) => Self::NoPart,
            reader::Outcome::Failed(why) => Self::Failed(why),
        }
    }
}

impl From<card::Outcome> for Verdict {
    fn from(outcome: card::Outcome) -> Self {
        match outcome {
            card::Outcome::Passed => Self::Ok,
            card::Outcome::NotApplicable(_) => Self::NoPart,
            card::Outcome::Failed(why) => Self::Failed(why),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok => f.pad("ok"),
            Self::NoPart => f.pad("-"),
            Self::Failed(why) => write!(f, "FAILED: {why}"),
        }
    }
}

/// AN10922: the diversified key, and the subkeys of the CMAC that makes it where the vector names them.
fn diversification(inputs: &Value, expected: &Value) -> Verdict {
    match diversified(inputs, expected) {
        Ok(()) => Verdict::Ok,
        Err(why) => Verdict::Failed(why),
    }
}

fn diversified(inputs: &Value, expected: &Value) -> Result<(), String> {
    let (master, input) = (bytes(inputs, "master_key")?, bytes(inputs, "div_input")?);
    let key = satchel_keys::diversify(&master, &input).ok_or("no key is made from inputs of these lengths")?;
    let expected = expected.as_object().filter(|fields| !fields.is_empty()).ok_or("nothing is expected")?;
    expected.iter().try_for_each(|(name, expected)| {
        let computed = match name.as_str() {
            "diversified" => key.to_vec(),
            "k0" => subkey(&master, 0)?,
            "k1" => subkey(&master, 1)?,
            "k2" => subkey(&master, 2)?,
            _ => return Err(format!("{name} is not computed here")),
        };
        let computed = hex::encode_upper(computed);
        match expected.as_str() {
            Some(expected) if expected.eq_ignore_ascii_case(&computed) => Ok(()),
            _ => Err(format!("{name} is {computed}, expected {expected}")),
        }
    })
}

/// NIST SP 800-38B §6.1: the enciphered block of zeros, doubled `doublings` times in GF(2^128).
fn subkey(master: &[u8], doublings: usize) -> Result<Vec<u8>, String> {
    let mut master: [u8; 16] = master.try_into().map_err(|_| "subkeys are computed for AES-128 only")?;
    let mut block = u128::from_be_bytes(encrypt_block(&AesKey::take(&mut master), [0; 16]));
    for _ in 0..doublings {
        block = (block << 1) ^ ((block >> 127) * 0x87);
    }
    Ok(block.to_be_bytes().to_vec())
}

fn bytes(inputs: &Value, name: &str) -> Result<Vec<u8>, String> {
    let text = inputs[name].as_str().ok_or_else(|| format!("input {name} is missing"))?;
    hex::decode(text).map_err(|error| format!("input {name}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(files: &[PathBuf]) -> (Result<usize, String>, String) {
        let mut out = Vec::new();
        let result = report(files, &mut out);
        (result, String::from_utf8(out).expect("the report is text"))
    }

    fn file_with(content: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().expect("temporary files can be made");
        file.write_all(content.as_bytes()).expect("and written");
        file
    }

    #[test]
    fn every_vector_of_the_project_passes_on_each_side_that_has_a_part() {
        let (result, text) = printed(&[PathBuf::from(DEFAULT_FILE)]);
        assert_eq!(result, Ok(0), "{text}");
        assert_eq!(text.lines().count(), 44);
        assert!(text.contains("an12343-t16-auth"), "every line names its vector");
    }

    #[test]
    fn an_unknown_kind_fails() {
        let file = file_with(r#"[{"id": "odd", "kind": "telepathy", "inputs": {}, "expected": {}}]"#);
        assert_eq!(printed(&[file.path().into()]).0, Ok(1));
    }

    #[test]
    fn a_wrong_expectation_fails_on_both_sides() {
        let key = "00".repeat(16);
        let file = file_with(&format!(
            r#"[{{"id": "wrong", "kind": "ev2_session_keys",
                 "inputs": {{"key": "{key}", "rnda": "{key}", "rndb": "{key}"}},
                 "expected": {{"ses_auth_enc_key": "{key}", "ses_auth_mac_key": "{key}"}}}}]"#
        ));
        let (result, text) = printed(&[file.path().into()]);
        assert_eq!(result, Ok(1));
        assert_eq!(text.matches("FAILED").count(), 2, "{text}");
    }

    #[test]
    fn files_that_are_no_vector_files_are_named() {
        for content in ["", "{}", "[]", r#"[{"kind": "tmv"}]"#] {
            let file = file_with(content);
            let why = printed(&[file.path().into()]).0.expect_err("it is no vector file");
            assert!(why.contains(&file.path().display().to_string()), "{why}");
        }
        assert!(printed(&[PathBuf::from("/no/such/file")]).0.is_err());
    }
}
