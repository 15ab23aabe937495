//! A slow line: any stream of bytes, such as a serial device, a modem or a socket, that may be cut at any time.
//!
//! One side offers a whole, the other says which pieces it has not, and gets those. After a cut the same is offered again over the next
//! line, and goes on where it was cut, because the receiving side keeps its pieces in a [`PieceShelf`].

use crate::ExchangeError;
use crate::pieces::{Assembly, Piece, pieces};
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use std::collections::HashMap;
use std::io::{self, Read, Write};

/// Bytes of one message at most.
const MESSAGE_MOST: usize = 16 * 1024;
/// Pieces asked for at once: what is lost of them at a cut is sent again.
const WANTED_MOST: usize = 16;

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
enum Message {
    #[n(0)]
    Offer(#[n(0)] ByteArray<8>, #[n(1)] u32),
    /// Places that are missing; none when all are there.
    #[n(1)]
    Want(#[n(0)] Vec<u32>),
    #[n(2)]
    Piece(#[n(0)] Piece),
}

/// Where pieces are kept until all are there, so that a cut loses nothing.
pub trait PieceShelf {
    /// The pieces of a whole that are here.
    ///
    /// # Errors
    /// They cannot be read.
    fn held(&mut self, whole: [u8; 8]) -> io::Result<Vec<Piece>>;

    /// Keeps another.
    ///
    /// # Errors
    /// It cannot be kept.
    fn keep(&mut self, piece: &Piece) -> io::Result<()>;

    /// All are there, and what they were pieces of is somewhere safe.
    ///
    /// # Errors
    /// They cannot be removed.
    fn clear(&mut self, whole: [u8; 8]) -> io::Result<()>;
}

/// Pieces in memory: for one process's life.
#[derive(Debug, Default)]
pub struct MemoryShelf(HashMap<[u8; 8], Vec<Piece>>);

impl PieceShelf for MemoryShelf {
    fn held(&mut self, whole: [u8; 8]) -> io::Result<Vec<Piece>> {
        Ok(self.0.get(&whole).cloned().unwrap_or_default())
    }

    fn keep(&mut self, piece: &Piece) -> io::Result<()> {
        self.0.entry(piece.whole()).or_default().push(piece.clone());
        Ok(())
    }

    fn clear(&mut self, whole: [u8; 8]) -> io::Result<()> {
        self.0.remove(&whole);
        Ok(())
    }
}

/// Sends a whole in pieces of at most so many bytes. When this returns, the other side has it.
///
/// # Errors
/// The line was cut: send the same over the next line, and it goes on. Or the other side speaks something else.
pub fn send(line: &mut (impl Read + Write + ?Sized), whole: &[u8], size: usize) -> io::Result<()> {
    let cut = pieces(whole, size).map_err(io::Error::other)?;
    let Some(first) = cut.first() else { return Err(io::Error::other(ExchangeError::Empty)) };
    write(line, &Message::Offer(first.whole().into(), first.of()))?;
    loop {
        let Message::Want(places) = read(line)? else { return Err(strange()) };
        if places.is_empty() {
            return Ok(());
        }
        for place in places.iter().take(WANTED_MOST) {
            let piece = usize::try_from(*place).ok().and_then(|place| cut.get(place)).ok_or_else(strange)?;
            write(line, &Message::Piece(piece.clone()))?;
        }
    }
}

/// Receives a whole, which the other side sends. When the other side knows that it is here, this has returned it or will: whoever
/// calls keeps it somewhere safe, then clears the shelf.
///
/// # Errors
/// The line was cut: what came is kept. Or the pieces are not what was cut: they are cleared, and are sent anew.
pub fn receive(
    line: &mut (impl Read + Write + ?Sized),
    shelf: &mut dyn PieceShelf,
    keep: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<Vec<u8>> {
    let Message::Offer(name, of) = read(line)? else { return Err(strange()) };
    let mut assembly = Assembly::of(*name, of).map_err(io::Error::other)?;
    for piece in shelf.held(*name)? {
        assembly.put(piece);
    }
    loop {
        let missing = assembly.missing(WANTED_MOST);
        if missing.is_empty() {
            break;
        }
        write(line, &Message::Want(missing.clone()))?;
        for _ in &missing {
            let Message::Piece(piece) = read(line)? else { return Err(strange()) };
            shelf.keep(&piece)?;
            if !assembly.put(piece) {
                return Err(strange());
            }
        }
    }
    match assembly.whole() {
        Ok(Some(whole)) => {
            keep(&whole)?;
            shelf.clear(*name)?;
            write(line, &Message::Want(Vec::new()))?;
            Ok(whole)
        }
        Ok(None) => Err(strange()),
        Err(error) => {
            shelf.clear(*name)?;
            Err(io::Error::other(error))
        }
    }
}

/// Length, message, and a checksum that tells noise from it.
fn write(line: &mut (impl Write + ?Sized), message: &Message) -> io::Result<()> {
    let bytes = minicbor::to_vec(message).expect("encoding into memory cannot fail");
    let length = u16::try_from(bytes.len()).map_err(io::Error::other)?;
    let frame = [length.to_be_bytes().as_slice(), &bytes, &crc32fast::hash(&bytes).to_be_bytes()].concat();
    line.write_all(&frame)?;
    line.flush()
}

fn read(line: &mut (impl Read + ?Sized)) -> io::Result<Message> {
    let mut length = [0; 2];
    line.read_exact(&mut length)?;
    let length = usize::from(u16::from_be_bytes(length));
    if length > MESSAGE_MOST {
        return Err(strange());
    }
    let mut bytes = vec![0; length + 4];
    line.read_exact(&mut bytes)?;
    let (message, sum) = bytes.split_at(length);
    if crc32fast::hash(message).to_be_bytes() != *sum {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "noise on the line: begin again"));
    }
    let message: Message = minicbor::decode(message).map_err(|_| strange())?;
    match &message {
        Message::Piece(piece) if !piece.is_sound() => Err(strange()),
        Message::Want(places) if places.len() > WANTED_MOST => Err(strange()),
        _ => Ok(message),
    }
}

fn strange() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the other side speaks something else: begin again")
}
