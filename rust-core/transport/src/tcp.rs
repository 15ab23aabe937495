use crate::line::{Line, TIMEOUT};
use crate::{Transport, TransportError};
use std::io::BufReader;
use std::net::TcpStream;

/// A card at the other end of a TCP connection that speaks the line protocol.
pub struct Tcp(Line<TcpStream, BufReader<TcpStream>>);

impl Tcp {
    /// Connects to `HOST:PORT`.
    pub fn connect(address: &str) -> Result<Self, TransportError> {
        let failed = |error: std::io::Error| TransportError::Reader(format!("cannot reach {address}: {error}"));
        let to = TcpStream::connect(address).map_err(failed)?;
        to.set_nodelay(true).map_err(failed)?;
        to.set_read_timeout(Some(TIMEOUT)).map_err(failed)?;
        to.set_write_timeout(Some(TIMEOUT)).map_err(failed)?;
        let from = BufReader::new(to.try_clone().map_err(failed)?);
        Ok(Self(Line::new(to, from)))
    }
}

impl Transport for Tcp {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.0.exchange(command)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.0.reset()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, Write};
    use std::net::TcpListener;

    #[test]
    fn a_card_behind_a_socket_answers() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound").to_string();
        let card = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a connection");
            let mut line = String::new();
            BufReader::new(stream.try_clone().expect("a socket")).read_line(&mut line).expect("a line");
            stream.write_all(b"9100\n").expect("sent");
            line
        });
        let mut tcp = Tcp::connect(&address).expect("connected");
        assert_eq!(tcp.transceive(&[0x90, 0x60, 0, 0, 0]).expect("an answer"), [0x91, 0x00]);
        assert_eq!(card.join().expect("no panic"), "9060000000\n");
    }

    #[test]
    fn nobody_there_is_said_with_the_address() {
        let error = Tcp::connect("127.0.0.1:1").err().expect("nobody listens").to_string();
        assert!(error.contains("127.0.0.1:1"), "{error}");
    }
}
