//! The line protocol: an APDU in hex per line, either way (`docs/line-protocol.md`).

use crate::{APDU_MOST, TransportError};
use std::io::{BufRead, Read, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

/// How long an answer is waited for.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(10);

/// Characters in one line at most.
const LINE_MOST: u64 = 4_096;

/// A line to a card: whatever takes bytes, and whatever brings lines back.
pub(crate) struct Line<W, F> {
    to: W,
    from: F,
    /// Whether the next line to come is the answer to the next one sent. Not so any more after an answer that did not
    /// come, or did not end: it might come later.
    in_step: bool,
}

impl<W: Write, F: Answers> Line<W, F> {
    pub(crate) const fn new(to: W, from: F) -> Self {
        Self { to, from, in_step: true }
    }

    /// Sends a command and takes its answer.
    pub(crate) fn exchange(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let answer = self.ask(&hex::encode_upper(command))?;
        decode(&answer)
    }

    /// Tells that the field was lost and found. Any line is taken as the answer.
    pub(crate) fn reset(&mut self) -> Result<(), TransportError> {
        self.ask("reset").map(drop)
    }

    fn ask(&mut self, line: &str) -> Result<String, TransportError> {
        if !self.in_step {
            return Err(TransportError::Reader("an answer went missing before: connect again".to_owned()));
        }
        self.in_step = false;
        self.to.write_all(format!("{line}\n").as_bytes()).and_then(|()| self.to.flush()).map_err(|e| broken(&e))?;
        let answer = self.from.next()?;
        self.in_step = true;
        Ok(answer)
    }
}

/// Where answers come from, a line at a time.
pub(crate) trait Answers {
    /// The next line, without its end.
    fn next(&mut self) -> Result<String, TransportError>;
}

/// A source that gives up by itself when it has waited for long enough.
impl<R: BufRead> Answers for R {
    fn next(&mut self) -> Result<String, TransportError> {
        let mut line = String::new();
        let read = self.take(LINE_MOST).read_line(&mut line).map_err(|error| broken(&error))?;
        if read == 0 {
            return Err(closed());
        }
        if !line.ends_with('\n') {
            return Err(TransportError::Reader("an answer without end: lines have 4096 characters at most".to_owned()));
        }
        Ok(line.trim().to_owned())
    }
}

/// A source that cannot give up, read by a thread of its own.
pub(crate) struct Patient {
    lines: Receiver<Result<String, TransportError>>,
    patience: Duration,
}

impl Patient {
    /// Reads `from` until it ends, and waits for each of its lines no longer than `patience`.
    pub(crate) fn new(mut from: impl BufRead + Send + 'static, patience: Duration) -> Self {
        let (sender, lines) = sync_channel(1);
        std::thread::spawn(move || {
            loop {
                let line = from.next();
                let last = line.is_err();
                if sender.send(line).is_err() || last {
                    return;
                }
            }
        });
        Self { lines, patience }
    }
}

impl Answers for Patient {
    fn next(&mut self) -> Result<String, TransportError> {
        match self.lines.recv_timeout(self.patience) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => Err(timed_out(self.patience)),
            Err(RecvTimeoutError::Disconnected) => Err(closed()),
        }
    }
}

fn decode(line: &str) -> Result<Vec<u8>, TransportError> {
    let compact: String = line.chars().filter(|c| !c.is_whitespace()).collect();
    match hex::decode(&compact) {
        Ok(answer) if (2..=APDU_MOST).contains(&answer.len()) => Ok(answer),
        _ => Err(TransportError::Reader(format!("not a response APDU: {}", line.chars().take(80).collect::<String>()))),
    }
}

fn broken(error: &std::io::Error) -> TransportError {
    use std::io::ErrorKind::{TimedOut, WouldBlock};
    match error.kind() {
        TimedOut | WouldBlock => timed_out(TIMEOUT),
        _ => TransportError::Reader(error.to_string()),
    }
}

fn timed_out(waited: Duration) -> TransportError {
    TransportError::TimedOut { waited_ms: u64::try_from(waited.as_millis()).unwrap_or(u64::MAX) }
}

fn closed() -> TransportError {
    TransportError::Reader("the other side has closed the line".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hearing(answers: &[u8]) -> Line<Vec<u8>, &[u8]> {
        Line::new(Vec::new(), answers)
    }

    #[test]
    fn answers_may_have_blanks_small_letters_and_dos_line_ends() {
        let mut line = hearing(b"04 de ad 91 00\r\n");
        assert_eq!(line.exchange(&[0x90, 0x60, 0, 0, 0]).expect("an answer"), [0x04, 0xDE, 0xAD, 0x91, 0x00]);
        assert_eq!(line.to, b"9060000000\n");
    }

    #[test]
    fn whatever_answers_a_reset_will_do() {
        hearing(b"card is back, welcome\n").reset().expect("any line");
        assert!(hearing(b"").reset().is_err());
    }

    #[test]
    fn what_is_no_answer_is_named_and_the_line_goes_on() {
        for answer in ["error: what?\n", "91\n", "910\n", "\n"] {
            let both = format!("{answer}9100\n");
            let mut line = hearing(both.as_bytes());
            assert!(matches!(line.exchange(&[0x90]), Err(TransportError::Reader(_))), "{answer}");
            assert_eq!(line.exchange(&[0x90]).expect("the next one"), [0x91, 0x00]);
        }
    }

    #[test]
    fn after_an_answer_without_end_nothing_is_in_step() {
        let endless = [&[b'0'; 10_000][..], b"\n9100\n"].concat();
        let mut line = hearing(&endless);
        assert!(line.exchange(&[0x90]).is_err());
        let error = line.exchange(&[0x90]).expect_err("the rest of the first answer is still to come").to_string();
        assert!(error.contains("connect again"), "{error}");
        assert_eq!(line.to, b"90\n");
    }
}
