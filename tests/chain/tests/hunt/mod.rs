//! Looks for secrets in text, in every form in which text could give them away.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;
use std::rc::Rc;

/// So many bytes of a secret in a row are its disclosure, wherever in it they lie. Whole groups of base64.
const PIECE: usize = 9;
/// What the needles are sorted by.
const PREFIX: usize = 6;

/// Knows what must not be seen.
#[derive(Default)]
pub struct Hunter {
    needles: HashMap<[u8; PREFIX], Vec<Needle>>,
}

struct Needle {
    rest: Box<[u8]>,
    what: Rc<str>,
}

impl Hunter {
    /// Any nine bytes in a row of this secret, or the whole of a shorter one of at least six.
    pub fn bytes(&mut self, what: &str, secret: &[u8]) {
        self.pieces(what, secret, 1);
    }

    /// The same for a long stream from which secrets were taken in words of four bytes.
    pub fn stream(&mut self, what: &str, stream: &[u8]) {
        self.pieces(what, stream, 4);
    }

    /// This text of at least six bytes.
    pub fn text(&mut self, what: &str, text: &str) {
        self.add(what.into(), text.as_bytes());
    }

    fn pieces(&mut self, what: &str, secret: &[u8], step: usize) {
        let what: Rc<str> = what.into();
        let piece = PIECE.min(secret.len());
        for place in (0..=secret.len() - piece).step_by(step) {
            for (_, form) in forms(&secret[place..place + piece]) {
                self.add(what.clone(), &form);
            }
        }
    }

    fn add(&mut self, what: Rc<str>, text: &[u8]) {
        let (prefix, rest) = text.split_first_chunk::<PREFIX>().expect("a needle that is no accident");
        self.needles.entry(*prefix).or_default().push(Needle { rest: rest.into(), what });
    }

    /// What is seen in these lines.
    pub fn hunt<'l>(&self, lines: impl IntoIterator<Item = &'l str>) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for line in lines {
            self.hunt_line(line, line.as_bytes(), &mut found);
            // Pretty debug output stands on many lines.
            let joined = line.split_whitespace().collect::<Vec<_>>().join(" ");
            if joined != line {
                self.hunt_line(line, joined.as_bytes(), &mut found);
            }
        }
        found
    }

    fn hunt_line(&self, line: &str, text: &[u8], found: &mut BTreeSet<String>) {
        for place in 0..text.len() {
            let Some((prefix, rest)) = text[place..].split_first_chunk::<PREFIX>() else { break };
            let needles = self.needles.get(prefix).map(Vec::as_slice).unwrap_or_default();
            for needle in needles.iter().filter(|needle| rest.starts_with(&needle.rest)) {
                found.insert(format!("{} in: {line}", needle.what));
            }
        }
    }
}

/// Bytes as text could show them, each form with its name.
pub fn forms(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let joined = |separator: &str, write: fn(&mut String, u8)| {
        let mut text = String::new();
        for (place, byte) in bytes.iter().enumerate() {
            text.push_str(if place == 0 { "" } else { separator });
            write(&mut text, *byte);
        }
        text.into_bytes()
    };
    let lower = |text: &mut String, byte: u8| write!(text, "{byte:02x}").expect("text");
    let upper = |text: &mut String, byte: u8| write!(text, "{byte:02X}").expect("text");
    let short_lower = |text: &mut String, byte: u8| write!(text, "{byte:x}").expect("text");
    let short_upper = |text: &mut String, byte: u8| write!(text, "{byte:X}").expect("text");
    let prefixed = |text: &mut String, byte: u8| write!(text, "0x{byte:02x}").expect("text");
    let decimal = |text: &mut String, byte: u8| write!(text, "{byte}").expect("text");
    vec![
        ("raw", bytes.to_vec()),
        ("hex", joined("", lower)),
        ("HEX", joined("", upper)),
        ("spaced hex", joined(" ", lower)),
        ("spaced HEX", joined(" ", upper)),
        ("hex with colons", joined(":", lower)),
        ("HEX with colons", joined(":", upper)),
        ("{:02x?}", joined(", ", lower)),
        ("{:02X?}", joined(", ", upper)),
        ("{:x?}", joined(", ", short_lower)),
        ("{:X?}", joined(", ", short_upper)),
        ("{:#04x?}", joined(", ", prefixed)),
        ("{:?}", joined(", ", decimal)),
        ("base64", base64(bytes, b"+/")),
        ("base64url", base64(bytes, b"-_")),
    ]
}

/// RFC 4648 over whole groups of three bytes.
fn base64(bytes: &[u8], last_two: &[u8; 2]) -> Vec<u8> {
    let letter = |sextet: u32| match u8::try_from(sextet & 0x3F).unwrap_or_default() {
        sextet @ 0..=25 => b'A' + sextet,
        sextet @ 26..=51 => b'a' + (sextet - 26),
        sextet @ 52..=61 => b'0' + (sextet - 52),
        62 => last_two[0],
        _ => last_two[1],
    };
    let (groups, _) = bytes.as_chunks::<3>();
    groups
        .iter()
        .flat_map(|[a, b, c]| {
            let group = u32::from_be_bytes([0, *a, *b, *c]);
            [18, 12, 6, 0].map(|shift| letter(group >> shift))
        })
        .collect()
}
