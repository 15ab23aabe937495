//! The line protocol's card side (`docs/line-protocol.md`).

use super::ServeError;
use satchel_card_simulator::Card;
use std::io::{self, BufRead, Write};

/// Bytes in one line at most, its end not counted. An APDU of 261 bytes in hex takes 522.
pub(super) const LINE_MOST: usize = 4_096;

/// Serves the card on standard input and output until the input ends.
pub fn stdio(mut card: Card) -> Result<(), ServeError> {
    let (mut lines, mut to) = (Lines::new(io::stdin().lock()), io::stdout().lock());
    while let Some(line) = lines.next()? {
        answer(&mut card, &line, &mut to)?;
    }
    Ok(())
}

/// A line without its end, as far as it is kept.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// All of it.
    Whole(Vec<u8>),
    /// More than [`LINE_MOST`] bytes; it was passed over.
    TooLong,
}

/// What one read of the source brought.
pub(super) enum Advance {
    /// The end of a line.
    Line(Line),
    /// More of a line, but not its end.
    Part,
    /// The source has ended.
    End,
}

/// Lines of bytes from anywhere, never more of one in memory than is allowed. An error of the source loses nothing: the
/// line goes on when the source does.
pub(super) struct Lines<R> {
    from: R,
    begun: Vec<u8>,
    too_long: bool,
}

impl<R: BufRead> Lines<R> {
    pub(super) const fn new(from: R) -> Self {
        Self { from, begun: Vec::new(), too_long: false }
    }

    /// The next line; `None` at the end.
    fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            match self.advance()? {
                Advance::Line(line) => return Ok(Some(line)),
                Advance::Part => {}
                Advance::End => return Ok(None),
            }
        }
    }

    /// One read of the source. The last line needs no line end.
    pub(super) fn advance(&mut self) -> io::Result<Advance> {
        let buffer = match self.from.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(Advance::Part),
            other => other?,
        };
        if buffer.is_empty() {
            let begun = self.too_long || !self.begun.is_empty();
            return Ok(if begun { Advance::Line(self.take()) } else { Advance::End });
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let part = &buffer[..end.unwrap_or(buffer.len())];
        self.too_long |= self.begun.len() + part.len() > LINE_MOST;
        if !self.too_long {
            self.begun.extend_from_slice(part);
        }
        let used = part.len() + usize::from(end.is_some());
        self.from.consume(used);
        Ok(if end.is_some() { Advance::Line(self.take()) } else { Advance::Part })
    }

    fn take(&mut self) -> Line {
        let begun = std::mem::take(&mut self.begun);
        if std::mem::take(&mut self.too_long) { Line::TooLong } else { Line::Whole(begun) }
    }
}

/// Answers one line, and sends the answer off.
pub(super) fn answer(card: &mut Card, line: &Line, to: &mut impl Write) -> io::Result<()> {
    let mut answer = match parse(line) {
        Ok(Request::Command(command)) => hex::encode_upper(card.transmit(&command)),
        Ok(Request::Reset) => {
            card.field_off();
            "ok".to_owned()
        }
        Err(why) => format!("error: {why}"),
    };
    answer.push('\n');
    to.write_all(answer.as_bytes())?;
    to.flush()
}

#[derive(Debug, PartialEq, Eq)]
enum Request {
    Command(Vec<u8>),
    Reset,
}

fn parse(line: &Line) -> Result<Request, &'static str> {
    let Line::Whole(line) = line else { return Err("the line is too long") };
    let compact: Vec<u8> = line.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    if compact.is_empty() {
        return Err("the line is empty");
    }
    if line.trim_ascii() == b"reset" {
        return Ok(Request::Reset);
    }
    match hex::decode(&compact) {
        Ok(command) => Ok(Request::Command(command)),
        Err(hex::FromHexError::OddLength) => Err("an odd number of hex digits"),
        Err(_) => Err("neither a command APDU in hex nor 'reset'"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::BufReader;

    fn parsed(line: &[u8]) -> Result<Request, &'static str> {
        parse(&Line::Whole(line.to_vec()))
    }

    #[test]
    fn hex_may_have_blanks_small_letters_and_dos_line_ends() {
        let command = Ok(Request::Command(vec![0x90, 0x60, 0, 0, 0]));
        assert_eq!(parsed(b"9060000000"), command);
        assert_eq!(parsed(b" 90 60\t0000 00 \r"), command);
        assert_eq!(parsed(b"906e000000"), Ok(Request::Command(vec![0x90, 0x6E, 0, 0, 0])));
        assert_eq!(parsed(b"reset\r"), Ok(Request::Reset));
    }

    #[test]
    fn everything_else_is_an_error_with_a_reason() {
        for line in [&b""[..], b" \r", b"906", b"RESET", b"re set", b"9060000000x", b"\xFF\xFE", b"# 90"] {
            assert!(parsed(line).is_err(), "{line:?}");
        }
    }

    #[test]
    fn a_line_beyond_the_limit_is_passed_over_and_the_next_one_read() {
        let most = vec![b'0'; LINE_MOST];
        let text = [&most[..], b"\n", &most, b"0\n", b"\nlast"].concat();
        let mut lines = Lines::new(BufReader::with_capacity(7, &text[..]));
        let read: Vec<_> = std::iter::from_fn(|| lines.next().expect("memory does not fail")).collect();
        let whole = |text: &[u8]| Line::Whole(text.to_vec());
        assert_eq!(read, [whole(&most), Line::TooLong, whole(b""), whole(b"last")]);
    }

    proptest! {
        #[test]
        fn lines_are_what_lies_between_line_ends(text: Vec<u8>, capacity in 1_usize..9) {
            let mut lines = Lines::new(BufReader::with_capacity(capacity, &text[..]));
            let read: Vec<_> = std::iter::from_fn(|| lines.next().expect("memory does not fail")).collect();
            let mut expected: Vec<_> = text.split(|byte| *byte == b'\n').map(|line| Line::Whole(line.to_vec())).collect();
            if expected.last() == Some(&Line::Whole(Vec::new())) {
                expected.pop();
            }
            prop_assert_eq!(read, expected);
        }
    }
}
