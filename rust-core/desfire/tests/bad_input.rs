//! Every command of every kind of session against truncated, oversized, bit-flipped and endless answers: a named
//! error, never a panic, and never something that the card with our keys did not say. And that it is every command.

mod common;

use common::commands::{Brought, Conversation, Proof, all, authenticated, run};
use common::{Answer, PaperCard};
use proptest::prelude::*;
use satchel_desfire::{Error, Status};
use satchel_transport::{Transport, TransportError};
use std::collections::{BTreeSet, VecDeque};
use std::path::Path;

/// Frames in one answer at most, and what may go before them.
const EXCHANGES_MOST: usize = 1024 + 8;

/// The line to a card: counts, remembers, and spoils what comes back.
struct Wire<D> {
    card: Box<dyn Transport>,
    spoil: D,
    sent: Vec<Vec<u8>>,
    came: Vec<Vec<u8>>,
}

impl<D: FnMut(usize, Vec<u8>) -> Vec<u8>> Transport for Wire<D> {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let number = self.sent.len();
        self.sent.push(command.to_vec());
        let came = (self.spoil)(number, self.card.transceive(command)?);
        self.came.push(came.clone());
        Ok(came)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.card.reset()
    }
}

/// Has the conversation over a line that spoils responses by their number.
fn hold<D: FnMut(usize, Vec<u8>) -> Vec<u8>>(conversation: &Conversation, spoil: D) -> (Brought, Wire<D>) {
    let mut wire = Wire { card: (conversation.card)(), spoil, sent: Vec::new(), came: Vec::new() };
    let brought = (conversation.run)(&mut wire);
    (brought, wire)
}

/// What the conversation brings over a line that spoils nothing, and the responses it takes.
fn undisturbed(conversation: &Conversation) -> (String, Vec<Vec<u8>>) {
    let (brought, wire) = hold(conversation, |_, response| response);
    (brought.unwrap_or_else(|error| panic!("{:?}: {error}", conversation.of)), wire.came)
}

/// An error after bad input blames the answer, never the command, and says "refused" only where the card did.
fn assert_names_the_answer<D>(conversation: &Conversation, error: &Error, wire: &Wire<D>) {
    let of = conversation.of;
    assert!(!matches!(error, Error::Invalid(_) | Error::CounterExhausted), "{of:?}: {error}");
    assert!(!error.to_string().is_empty());
    if error.refused() {
        let said = wire.came.last().map(Vec::as_slice).unwrap_or_default();
        let code = error.status().map(Status::code).expect("only a status refuses");
        assert!(said.ends_with(&[0x91, code]), "{of:?}: {error} after {said:02X?}");
    }
}

/// What must hold of every conversation over a bad line. Where a key stands behind the answers, only the card's own
/// words are ever brought.
fn assert_not_fooled<D>(conversation: &Conversation, right: &str, brought: &Brought, wire: &Wire<D>) {
    match brought {
        Err(error) => assert_names_the_answer(conversation, error, wire),
        Ok(brought) if conversation.proof == Proof::Key => assert_eq!(brought, right, "{:?}", conversation.of),
        Ok(_) => {}
    }
}

#[test]
fn no_command_is_missing_from_the_table() {
    // What sends nothing is no command.
    const NO_COMMANDS: [(&str, &str); 2] = [("Plain", "new"), ("Authenticated", "leave")];
    let table: BTreeSet<_> = all().iter().map(|conversation| (conversation.of.0, conversation.method())).collect();
    let mut offered: BTreeSet<(&str, String)> = BTreeSet::new();
    for source in sources() {
        for state in ["Plain", "Authenticated", "Legacy"] {
            offered.extend(methods(&source, state).into_iter().map(|method| (state, method.name)));
        }
    }
    for (state, method) in &offered {
        let known = table.contains(&(*state, method.as_str())) || NO_COMMANDS.contains(&(*state, method.as_str()));
        assert!(known, "Session<{state}>::{method} is not in the table of tests/common/commands.rs");
    }
    for (state, method) in &table {
        assert!(state.is_empty() || offered.contains(&(*state, (*method).to_owned())), "{state}::{method} is no more");
    }
}

#[test]
fn every_command_of_a_proved_session_consumes_it() {
    let mut seen = 0;
    for source in sources() {
        for method in methods(&source, "Authenticated").into_iter().chain(methods(&source, "Legacy")) {
            assert!(matches!(method.receiver.as_str(), "self" | "mut self"), "{}({})", method.name, method.receiver);
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen} methods were found");
}

#[test]
fn the_commands_that_are_sent_are_the_documented_ones() {
    let sent: BTreeSet<u8> = all()
        .iter()
        .flat_map(|conversation| hold(conversation, |_, response| response).1.sent)
        .filter(|command| command[0] == 0x90 && command[1] != 0xAF)
        .map(|command| command[1])
        .collect();
    assert_eq!(sent, documented_codes());
}

/// The codes in the tables of `docs/commands.md`: the second column.
fn documented_codes() -> BTreeSet<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/commands.md");
    let text = std::fs::read_to_string(path).expect("the commands are documented");
    let columns = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").nth(1));
    let codes = columns.filter_map(|column| {
        column.split(", ").map(|code| if code.len() == 2 { u8::from_str_radix(code, 16).ok() } else { None }).collect()
    });
    codes.collect::<Vec<Vec<u8>>>().concat().into_iter().collect()
}

/// Every source file of the crate.
fn sources() -> Vec<String> {
    fn gather(folder: &Path, sources: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                gather(&path, sources);
            } else {
                sources.push(std::fs::read_to_string(path).expect("a source file"));
            }
        }
    }
    let mut sources = Vec::new();
    gather(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);
    sources
}

struct Method {
    name: String,
    /// How it takes the session.
    receiver: String,
}

/// The public methods of `Session<'_, STATE>` in a formatted source file.
fn methods(source: &str, state: &str) -> Vec<Method> {
    let mut methods = Vec::new();
    let mut inside = false;
    let mut lines = source.lines().peekable();
    while let Some(line) = lines.next() {
        match line {
            "}" => inside = false,
            _ if line.starts_with("impl") => {
                inside = line.contains(" Session<'") && line.contains(&format!(", {state}> {{"));
            }
            _ if inside => {
                let Some((name, rest)) = line.strip_prefix("    pub fn ").and_then(|line| line.split_once('(')) else {
                    continue;
                };
                let first = if rest.is_empty() { lines.peek().copied().unwrap_or_default() } else { rest };
                let receiver = first.trim().split([',', ')']).next().unwrap_or_default().to_owned();
                methods.push(Method { name: name.to_owned(), receiver });
            }
            _ => {}
        }
    }
    methods
}

#[test]
fn a_response_cut_anywhere_is_no_answer() {
    for conversation in all() {
        let (right, came) = undisturbed(&conversation);
        for (exchange, response) in came.iter().enumerate() {
            for length in 0..response.len() {
                let (brought, wire) = hold(&conversation, |number, mut response: Vec<u8>| {
                    if number == exchange {
                        response.truncate(length);
                    }
                    response
                });
                assert_not_fooled(&conversation, &right, &brought, &wire);
                let other_ways = conversation.method() == "identify";
                assert!(brought.is_err() || other_ways, "{:?}: exchange {exchange}, {length} bytes", conversation.of);
            }
        }
    }
}

#[test]
fn a_flipped_bit_never_changes_what_a_key_proves() {
    for conversation in all() {
        let (right, came) = undisturbed(&conversation);
        for (exchange, response) in came.iter().enumerate() {
            for bit in 0..response.len() * 8 {
                let (brought, wire) = hold(&conversation, |number, mut response: Vec<u8>| {
                    if number == exchange {
                        response[bit / 8] ^= 1 << (bit % 8);
                    }
                    response
                });
                assert_not_fooled(&conversation, &right, &brought, &wire);
            }
        }
    }
}

#[test]
fn every_wrong_status_word_is_named() {
    for conversation in all() {
        if conversation.method() == "identify" {
            continue;
        }
        let (_, came) = undisturbed(&conversation);
        let last = came.len() - 1;
        let words = (0..=0xFF).flat_map(|byte| [[0x91, byte], [byte, 0x00]]);
        for [first, second] in words.filter(|word| !matches!(word, [0x91, 0x00 | 0xAF])) {
            let (brought, wire) = hold(&conversation, |number, mut response: Vec<u8>| {
                if number == last {
                    response.truncate(response.len() - 2);
                    response.extend_from_slice(&[first, second]);
                }
                response
            });
            let error = brought.expect_err("the status word is wrong");
            assert_names_the_answer(&conversation, &error, &wire);
            let named = match error {
                Error::Card(status) => (0x91, status.code()) == (first, second),
                Error::UnknownStatus(a, b) => (a, b) == (first, second),
                _ => false,
            };
            assert!(named, "{:?}: {error} for {first:02X}{second:02X}", conversation.of);
        }
    }
}

#[test]
fn frames_without_end_are_cut_off() {
    for conversation in all() {
        let (_, came) = undisturbed(&conversation);
        for from in 0..came.len() {
            for length in [0, 1, 16, 256] {
                let endless = [vec![0; length], vec![0x91, 0xAF]].concat();
                let mut wire = Wire {
                    card: Box::new(Tireless((conversation.card)())),
                    spoil: |number, response| if number < from { response } else { endless.clone() },
                    sent: Vec::new(),
                    came: Vec::new(),
                };
                let brought = (conversation.run)(&mut wire);
                if satchel_transport::is_pseudo_apdu(&wire.sent[from]) {
                    // The reader's own answers are asked for, not relied on.
                    continue;
                }
                let error = brought.expect_err("it does not end");
                let named = matches!(error, Error::TooManyFrames(_) | Error::Malformed(_) | Error::Length { .. });
                assert!(named, "{:?}, from exchange {from}: {error}", conversation.of);
                assert!(wire.sent.len() <= EXCHANGES_MOST, "{:?}: {} exchanges", conversation.of, wire.sent.len());
            }
        }
    }
}

/// A card that has something to say to everything.
struct Tireless(Box<dyn Transport>);

impl Transport for Tireless {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.0.transceive(command).or(Ok(vec![0x91, 0x1C]))
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.0.reset()
    }
}

/// Cuts a card's long answers into frames of so many bytes.
struct Framed {
    card: Box<dyn Transport>,
    frame: usize,
    rest: VecDeque<Vec<u8>>,
}

impl Framed {
    fn new(card: Box<dyn Transport>, frame: usize) -> Self {
        Self { card, frame, rest: VecDeque::new() }
    }

    fn next(&mut self) -> Vec<u8> {
        let frame = self.rest.pop_front().unwrap_or_default();
        let status = if self.rest.is_empty() { 0x00 } else { 0xAF };
        [&frame[..], &[0x91, status]].concat()
    }
}

impl Transport for Framed {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        if command == [0x90, 0xAF, 0x00, 0x00, 0x00] && !self.rest.is_empty() {
            return Ok(self.next());
        }
        let response = self.card.transceive(command)?;
        let Some(data) = response.strip_suffix(&[0x91, 0x00]).filter(|data| data.len() > self.frame) else {
            return Ok(response);
        };
        self.rest = data.chunks(self.frame).map(<[u8]>::to_vec).collect();
        Ok(self.next())
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.card.reset()
    }
}

#[test]
fn the_cut_of_frames_changes_nothing() {
    for case in authenticated() {
        let right = run(&mut PaperCard::with([case.answer]), case.run).expect("the right answer is accepted");
        for frame in 1..70 {
            // The two answers of an authentication are never cut.
            let card = PaperCard::with([case.answer]);
            let mut framed = AfterAuthentication { exchanged: 0, framed: Framed::new(Box::new(card), frame) };
            match run(&mut framed, case.run) {
                Ok(brought) => assert_eq!(brought, right, "{}, frames of {frame}", case.name),
                Err(error) => assert_eq!(case.name, "authenticate_ev2_non_first", "frames of {frame}: {error}"),
            }
        }
    }
}

/// Leaves the first two answers whole.
struct AfterAuthentication {
    exchanged: usize,
    framed: Framed,
}

impl Transport for AfterAuthentication {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.exchanged += 1;
        if self.exchanged <= 2 { self.framed.card.transceive(command) } else { self.framed.transceive(command) }
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.framed.reset()
    }
}

/// Commands whose answer may have more than one length; all others have the length of the table's.
const LISTS: [&str; 4] = ["get_file_ids", "get_application_ids", "read_records, all", "get_file_settings"];

fn bytes(length: std::ops::Range<usize>) -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), length)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn four_kilobytes_with_a_right_mac_are_not_taken_for_less(data in bytes(0..4096), frame in 16_usize..250) {
        let data: &'static [u8] = data.leak();
        for case in authenticated() {
            let (answer, right_length) = match case.answer {
                Answer::Maced(right) => (Answer::Maced(data), right.len()),
                Answer::Full(right) => (Answer::Full(data), right.len()),
                Answer::Bare(_) => continue,
            };
            let card = PaperCard::with([answer]);
            let mut framed = AfterAuthentication { exchanged: 0, framed: Framed::new(Box::new(card), frame) };
            match run(&mut framed, case.run) {
                Ok(_) => prop_assert!(data.len() == right_length || LISTS.contains(&case.name), "{}", case.name),
                Err(error) => {
                    let named = matches!(error, Error::Length { .. } | Error::Malformed(_) | Error::Integrity(_));
                    prop_assert!(named && !error.refused(), "{}: {}", case.name, error);
                }
            }
        }
    }

    #[test]
    fn three_hundred_bytes_more_are_not_passed_over(
        more in bytes(1..300),
        exchange in 0_usize..6,
        place in any::<prop::sample::Index>(),
    ) {
        for conversation in all() {
            let (right, came) = undisturbed(&conversation);
            let exchange = exchange % came.len();
            let (brought, wire) = hold(&conversation, |number, mut response: Vec<u8>| {
                if number == exchange {
                    // The status word stays where it is.
                    let at = place.index(response.len() - 1);
                    response.splice(at..at, more.iter().copied());
                }
                response
            });
            assert_not_fooled(&conversation, &right, &brought, &wire);
            if came[exchange].len() + more.len() > 258 && conversation.method() != "identify" {
                let named = matches!(brought, Err(Error::Length { .. }));
                prop_assert!(named, "{:?}: {:?}", conversation.of, brought);
            }
        }
    }

    #[test]
    fn noise_on_the_line_fools_nobody(noise in proptest::collection::vec(proptest::option::weighted(0.4, bytes(0..80)), 8)) {
        for conversation in all() {
            let (right, _) = undisturbed(&conversation);
            let (brought, wire) = hold(&conversation, |number, response: Vec<u8>| {
                match noise.get(number) {
                    Some(Some(noise)) => {
                        let mut noisy = response;
                        let length = noisy.len();
                        noise.iter().enumerate().for_each(|(place, byte)| noisy[place % length] ^= byte);
                        noisy
                    }
                    _ => response,
                }
            });
            assert_not_fooled(&conversation, &right, &brought, &wire);
        }
    }
}
