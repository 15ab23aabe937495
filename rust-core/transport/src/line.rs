//! The line protocol: an APDU in hex per line, either way (`docs/line-protocol.md`).

use crate::{APDU_MOST, TransportError};
use std::io::{BufRead, Read, Write};

/// Characters in one line at most.
const LINE_MOST: u64 = 4_096;

/// Sends a command and takes its answer.
pub(crate) fn exchange(
    to: &mut impl Write,
    from: &mut impl BufRead,
    command: &[u8],
) -> Result<Vec<u8>, TransportError> {
    send(to, &hex::encode_upper(command))?;
    decode(&receive(from)?)
}

/// Tells that the field was lost and found. Any line is taken as the answer.
pub(crate) fn reset(to: &mut impl Write, from: &mut impl BufRead) -> Result<(), TransportError> {
    send(to, "reset")?;
    receive(from).map(drop)
}

fn send(to: &mut impl Write, line: &str) -> Result<(), TransportError> {
    to.write_all(format!("{line}\n").as_bytes()).and_then(|()| to.flush()).map_err(|error| broken(&error))
}

fn receive(from: &mut impl BufRead) -> Result<String, TransportError> {
    let mut line = String::new();
    let read = from.take(LINE_MOST).read_line(&mut line).map_err(|error| broken(&error))?;
    if read == 0 {
        return Err(TransportError::Reader("the other side has closed the line".to_owned()));
    }
    if !line.ends_with('\n') {
        return Err(TransportError::Reader("an answer without end: lines have 4096 characters at most".to_owned()));
    }
    Ok(line.trim().to_owned())
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
        TimedOut | WouldBlock => TransportError::TimedOut { waited_ms: crate::tcp::TIMEOUT_MS },
        _ => TransportError::Reader(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_may_have_blanks_small_letters_and_dos_line_ends() {
        let mut sent = Vec::new();
        let answer = exchange(&mut sent, &mut &b"04 de ad 91 00\r\n"[..], &[0x90, 0x60, 0, 0, 0]).expect("an answer");
        assert_eq!(answer, [0x04, 0xDE, 0xAD, 0x91, 0x00]);
        assert_eq!(sent, b"9060000000\n");
    }

    #[test]
    fn whatever_answers_a_reset_will_do() {
        reset(&mut Vec::new(), &mut &b"card is back, welcome\n"[..]).expect("any line");
        assert!(reset(&mut Vec::new(), &mut &b""[..]).is_err());
    }

    #[test]
    fn what_is_no_answer_is_named() {
        for line in ["error: what?\n", "91\n", "9100", "\n", "910\n"] {
            let result = exchange(&mut Vec::new(), &mut line.as_bytes(), &[0x90]);
            assert!(matches!(result, Err(TransportError::Reader(_))), "{line}");
        }
        let endless = vec![b'0'; 10_000];
        assert!(exchange(&mut Vec::new(), &mut &endless[..], &[0x90]).is_err());
    }
}
