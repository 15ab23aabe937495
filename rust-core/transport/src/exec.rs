use crate::{Transport, TransportError, line};
use std::io::BufReader;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A program that speaks the line protocol on its standard input and output. It is ended with the transport.
pub struct Exec {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Exec {
    /// Starts a command line through the system's shell.
    pub fn start(command: &str) -> Result<Self, TransportError> {
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
        Ok(Self { child, to, from })
    }
}

impl Transport for Exec {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        line::exchange(&mut self.to, &mut self.from, command)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        line::reset(&mut self.to, &mut self.from)
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
}
