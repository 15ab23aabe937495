//! Dialogues as text: recorded once, read by people, replayed in tests.
//!
//! ```text
//! # SelectApplication
//! > 905A00000301545300
//! < 9100
//! reset
//! ```

use crate::{APDU_MOST, Transport, TransportError, command_name};
use std::fmt::Write;

/// Writes down every exchange as text.
pub struct Record<T> {
    inner: T,
    text: String,
}

impl<T: Transport> Record<T> {
    /// Records what goes through `inner`.
    pub const fn new(inner: T) -> Self {
        Self { inner, text: String::new() }
    }

    /// A remark between exchanges.
    pub fn remark(&mut self, remark: &str) {
        self.line(format_args!("\n## {remark}"));
    }

    /// The dialogue so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        self.text.write_fmt(line).expect("writing to a string cannot fail");
        self.text.push('\n');
    }
}

impl<T: Transport> Transport for Record<T> {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.line(format_args!("# {}", command_name(command)));
        self.line(format_args!("> {}", hex::encode_upper(command)));
        let answer = self.inner.transceive(command);
        match &answer {
            Ok(response) => self.line(format_args!("< {}", hex::encode_upper(response))),
            Err(error) => self.line(format_args!("! {error}")),
        }
        answer
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.line(format_args!("reset"));
        self.inner.reset()
    }
}

/// Answers from a recorded dialogue, and insists on its commands.
#[derive(Debug)]
pub struct Replay {
    steps: std::vec::IntoIter<Step>,
}

#[derive(Debug)]
enum Step {
    Command { line: usize, bytes: Vec<u8> },
    Answer(Vec<u8>),
    Lost,
    Reset,
}

impl Replay {
    /// A dialogue from its text.
    pub fn parse(text: &str) -> Result<Self, TransportError> {
        let mut steps = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let (line, number) = (line.trim(), index + 1);
            match line.split_once(' ') {
                Some((">", hex)) => steps.push(Step::Command { line: number, bytes: decode(hex, number)? }),
                Some(("<", hex)) => steps.push(Step::Answer(decode(hex, number)?)),
                Some(("!", _)) => steps.push(Step::Lost),
                _ if line == "reset" => steps.push(Step::Reset),
                _ if line.is_empty() || line.starts_with('#') => {}
                _ => return Err(TransportError::Reader(format!("line {number} of the dialogue is no dialogue"))),
            }
        }
        Ok(Self { steps: steps.into_iter() })
    }

    /// Whether every line of the dialogue was used.
    pub fn is_finished(&self) -> bool {
        self.steps.as_slice().is_empty()
    }
}

impl Transport for Replay {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        match self.steps.next() {
            Some(Step::Command { bytes, .. }) if bytes == command => {}
            Some(Step::Command { line, bytes }) => {
                let (expected, got) = (hex::encode_upper(bytes), hex::encode_upper(command));
                return Err(TransportError::Reader(format!("line {line}: expected {expected}, got {got}")));
            }
            _ => return Err(TransportError::Reader("the dialogue has no such command here".to_owned())),
        }
        match self.steps.next() {
            Some(Step::Answer(answer)) => Ok(answer),
            Some(Step::Lost) => Err(TransportError::CardGone),
            _ => Err(TransportError::Reader("the dialogue ends in a command".to_owned())),
        }
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        match self.steps.next() {
            Some(Step::Reset) => Ok(()),
            Some(Step::Command { line, .. }) => {
                Err(TransportError::Reader(format!("line {line}: expected a command, got a reset")))
            }
            _ => Err(TransportError::Reader("the dialogue has no reset here".to_owned())),
        }
    }
}

fn decode(hex: &str, line: usize) -> Result<Vec<u8>, TransportError> {
    let bytes = hex::decode(hex.trim());
    match bytes {
        Ok(bytes) if bytes.len() <= APDU_MOST => Ok(bytes),
        _ => Err(TransportError::Reader(format!("line {line} of the dialogue is no APDU"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# SelectApplication\n> 905A00000301545300\n< 9100\nreset\n# CommitTransaction\n> 90C7000000\n! the card left the field\n";

    #[test]
    fn a_recorded_dialogue_replays_to_itself() {
        let mut record = Record::new(Replay::parse(TEXT).expect("a dialogue"));
        assert_eq!(record.transceive(&[0x90, 0x5A, 0, 0, 3, 1, 0x54, 0x53, 0]).expect("answered"), [0x91, 0]);
        record.reset().expect("a reset");
        assert!(matches!(record.transceive(&[0x90, 0xC7, 0, 0, 0]), Err(TransportError::CardGone)));
        assert_eq!(record.text(), TEXT);
        assert!(record.inner.is_finished());
    }

    #[test]
    fn the_first_other_command_is_named() {
        let mut replay = Replay::parse(TEXT).expect("a dialogue");
        let error = replay.transceive(&[0x90, 0x60, 0, 0, 0]).expect_err("another command");
        assert!(error.to_string().contains("line 2"), "{error}");
    }

    #[test]
    fn what_is_no_dialogue_is_refused_with_its_line() {
        let error = Replay::parse("> 90\n? what\n").expect_err("no dialogue");
        assert!(error.to_string().contains("line 2"), "{error}");
        assert!(Replay::parse("> 9Z").is_err());
    }
}
