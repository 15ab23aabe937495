//! The real `satchel-card`, spoken to byte by byte.

use satchel_transport::{Transport, TransportError};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

/// The binary under test.
pub const SATCHEL_CARD: &str = env!("CARGO_BIN_EXE_satchel-card");

/// A running `satchel-card`, ended as hard as the system can when it is dropped.
pub struct Served {
    child: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
}

impl Served {
    /// Starts it with these arguments.
    pub fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(SATCHEL_CARD)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let to = child.stdin.take();
        let from = BufReader::new(child.stdout.take().expect("its output is piped"));
        Self { child, to, from }
    }

    /// Sends these bytes and a line end, and hears one line.
    pub fn ask(&mut self, line: &[u8]) -> String {
        let to = self.to.as_mut().expect("its input is open");
        to.write_all(line).and_then(|()| to.write_all(b"\n")).and_then(|()| to.flush()).expect("it listens");
        self.hear()
    }

    /// Hears one line.
    pub fn hear(&mut self) -> String {
        let mut answer = String::new();
        self.from.read_line(&mut answer).expect("its answers are text");
        assert!(answer.ends_with('\n'), "an answer is a whole line: {answer:?}");
        answer.trim_end().to_owned()
    }

    /// Ends its input, and hears the rest of what it says and how it ends.
    pub fn finish(mut self) -> (String, ExitStatus) {
        drop(self.to.take());
        let mut rest = String::new();
        self.from.read_to_string(&mut rest).expect("its answers are text");
        (rest, self.child.wait().expect("it ends"))
    }
}

impl Transport for Served {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let answer = self.ask(hex::encode(command).as_bytes());
        hex::decode(&answer).map_err(|_| TransportError::Reader(answer))
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        assert_eq!(self.ask(b"reset"), "ok");
        Ok(())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Gone already, or ended now: either is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
