//! The card's side of vsmartcard's virtual reader: every message is a length in two bytes, big-endian, then as many
//! bytes. One byte is a control code, anything longer a command APDU. Only APDUs and the ATR request are answered.

use super::ServeError;
use clap::Args;
use satchel_card_simulator::Card;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// The answer to reset that a reader makes up for a contactless card (PC/SC part 3 §3.1.3.2.3.1): T=1 over the
/// historical byte of our ATS, and the check byte.
const ATR: [u8; 6] = [0x3B, 0x81, 0x80, 0x01, 0x80, 0x80];

/// How often the virtual reader is looked for before it is given up, and how long apart: ten seconds in all.
const ATTEMPTS: u32 = 50;
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(200);

/// The control codes.
mod control {
    pub const POWER_OFF: u8 = 0;
    pub const POWER_ON: u8 = 1;
    pub const RESET: u8 = 2;
    pub const GET_ATR: u8 = 4;
}

/// Where the virtual reader listens.
#[derive(Debug, Clone, Args)]
pub struct VpcdOptions {
    /// Address of the virtual reader, which listens while the PC/SC service runs
    #[arg(long, value_name = "HOST:PORT", default_value = "localhost:35963")]
    pub connect: String,
}

/// Holds the card into the virtual reader until that closes.
pub fn vpcd(mut card: Card, options: &VpcdOptions) -> Result<(), ServeError> {
    let mut reader = connect(&options.connect)?;
    reader.set_nodelay(true)?;
    while let Some(message) = receive(&mut reader)? {
        match message.as_slice() {
            [] => return Err(ServeError::NoVirtualReader("an empty message")),
            [control::POWER_OFF | control::POWER_ON | control::RESET] => card.field_off(),
            [control::GET_ATR] => send(&mut reader, &ATR)?,
            [_] => return Err(ServeError::NoVirtualReader("an unknown control code")),
            command => send(&mut reader, &card.transmit(command))?,
        }
    }
    Ok(())
}

fn connect(address: &str) -> Result<TcpStream, ServeError> {
    let mut attempt = 1;
    loop {
        match TcpStream::connect(address) {
            Ok(reader) => return Ok(reader),
            Err(error) if attempt == ATTEMPTS || error.kind() != io::ErrorKind::ConnectionRefused => {
                return Err(ServeError::Address { address: address.to_owned(), error });
            }
            Err(_) => std::thread::sleep(BETWEEN_ATTEMPTS),
        }
        attempt += 1;
    }
}

/// The next message; `None` if the reader has closed.
fn receive(reader: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 2];
    match reader.read_exact(&mut length) {
        Err(error) if is_closed(&error) => return Ok(None),
        other => other?,
    }
    acknowledge_at_once(reader)?;
    let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
    match reader.read_exact(&mut message) {
        Err(error) if is_closed(&error) => Ok(None),
        other => other.map(|()| Some(message)),
    }
}

/// vpcd sends the length by itself and, as TCP goes, nothing more until that is acknowledged. Left to itself the system
/// takes its time over that: 40 ms for each exchange.
#[cfg(target_os = "linux")]
fn acknowledge_at_once(reader: &TcpStream) -> io::Result<()> {
    std::os::linux::net::TcpStreamExt::set_quickack(reader, true)
}

#[cfg(not(target_os = "linux"))]
fn acknowledge_at_once(_: &TcpStream) -> io::Result<()> {
    Ok(())
}

fn send(reader: &mut impl Write, message: &[u8]) -> io::Result<()> {
    let length = u16::try_from(message.len()).expect("a response APDU has 258 bytes at most");
    reader.write_all(&[&length.to_be_bytes(), message].concat())
}

fn is_closed(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset)
}
