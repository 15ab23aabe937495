use crate::line::{Line, Patient, TIMEOUT};
use crate::{Transport, TransportError};
use std::io::BufReader;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

/// A program that speaks the line protocol on its standard input and output. It is ended with the transport.
pub struct Exec {
    child: Child,
    line: Line<ChildStdin, Patient>,
}

impl Exec {
    /// Starts a command line through the system's shell.
    pub fn start(command: &str) -> Result<Self, TransportError> {
        Self::start_with(command, TIMEOUT)
    }

    fn start_with(command: &str, patience: Duration) -> Result<Self, TransportError> {
        let failed = |error: std::io::Error| TransportError::Reader(format!("cannot start '{command}': {error}"));
        let mut child = Command::new("sh")
            .arg("-c")
            .arg(format!("exec {command}"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let missing = || TransportError::Reader("the program has no standard input or output".to_owned());
        let to = child.stdin.take().ok_or_else(missing)?;
        let from = BufReader::new(child.stdout.take().ok_or_else(missing)?);
        Ok(Self { child, line: Line::new(to, Patient::new(from, patience)) })
    }
}

impl Transport for Exec {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.line.exchange(command)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.line.reset()
    }
}

impl Drop for Exec {
    fn drop(&mut self) {
        // Gone already, or ended now: either is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_on_its_standard_streams_is_a_card() {
        let mut exec = Exec::start("sh -c 'while read line; do echo 9100; done'").expect("a shell");
        assert_eq!(exec.transceive(&[0x90, 0x60, 0, 0, 0]).expect("an answer"), [0x91, 0x00]);
        exec.reset().expect("any line");
    }

    #[test]
    fn a_program_that_ends_is_a_broken_reader() {
        let mut exec = Exec::start("true").expect("a shell");
        assert!(matches!(exec.transceive(&[0x90, 0x60, 0, 0, 0]), Err(TransportError::Reader(_))));
    }

    #[test]
    fn a_program_that_says_nothing_is_not_waited_for_for_ever() {
        let mut exec =
            Exec::start_with("sh -c 'while read line; do :; done'", Duration::from_millis(1)).expect("a shell");
        let silence = exec.transceive(&[0x90, 0x60, 0, 0, 0]);
        assert!(matches!(silence, Err(TransportError::TimedOut { waited_ms: 1 })), "{silence:?}");
        assert!(matches!(exec.transceive(&[0x90, 0x60, 0, 0, 0]), Err(TransportError::Reader(_))), "out of step");
    }
}
