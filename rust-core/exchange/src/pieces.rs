use crate::ExchangeError;
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Pieces of one whole at most.
pub const PIECES_MOST: u32 = 20_000;
/// Bytes of one whole at most.
const WHOLE_MOST: usize = 32 * 1024 * 1024;

/// A part of something that a carrier cannot take at once.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Piece {
    /// The beginning of the whole's SHA-256: pieces of one whole name the same.
    #[n(0)]
    whole: ByteArray<8>,
    #[n(1)]
    place: u32,
    #[n(2)]
    of: u32,
    #[cbor(n(3), with = "minicbor::bytes")]
    bytes: Vec<u8>,
}

/// Cuts something into pieces of at most so many bytes each, without what a piece itself takes (some 20).
///
/// # Errors
/// It would be too many pieces, or there is nothing to cut.
pub fn pieces(whole: &[u8], size: usize) -> Result<Vec<Piece>, ExchangeError> {
    let of = u32::try_from(whole.len().div_ceil(size.max(1))).unwrap_or(u32::MAX);
    if of == 0 {
        return Err(ExchangeError::Empty);
    }
    if of > PIECES_MOST || whole.len() > WHOLE_MOST {
        return Err(ExchangeError::TooLarge(WHOLE_MOST));
    }
    let name = name(whole);
    Ok((0..)
        .zip(whole.chunks(size.max(1)))
        .map(|(place, bytes)| Piece { whole: name.into(), place, of, bytes: bytes.to_vec() })
        .collect())
}

impl Piece {
    /// For a carrier.
    pub fn to_bytes(&self) -> Vec<u8> {
        minicbor::to_vec(self).expect("encoding into memory cannot fail")
    }

    /// From a carrier.
    ///
    /// # Errors
    /// It is no piece.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ExchangeError> {
        let piece: Self = minicbor::decode(bytes).map_err(|_| ExchangeError::Unreadable("piece"))?;
        if piece.is_sound() { Ok(piece) } else { Err(ExchangeError::Unreadable("piece")) }
    }

    /// Its place among them, from 0.
    pub const fn place(&self) -> u32 {
        self.place
    }

    /// Whether it may be a piece of something at all.
    pub(crate) fn is_sound(&self) -> bool {
        self.of > 0 && self.of <= PIECES_MOST && self.place < self.of && !self.bytes.is_empty()
    }

    /// How many pieces the whole has.
    pub(crate) const fn of(&self) -> u32 {
        self.of
    }

    /// Names the whole that it is of.
    pub fn whole(&self) -> [u8; 8] {
        *self.whole
    }
}

/// Pieces of one whole, put together in whatever order they come and however often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assembly {
    whole: [u8; 8],
    of: u32,
    held: BTreeMap<u32, Vec<u8>>,
    bytes: usize,
}

impl Assembly {
    /// Begins with a piece.
    pub fn new(piece: Piece) -> Self {
        let mut assembly = Self { whole: *piece.whole, of: piece.of, held: BTreeMap::new(), bytes: 0 };
        assembly.put(piece);
        assembly
    }

    /// Begins with none.
    pub(crate) fn of(whole: [u8; 8], of: u32) -> Result<Self, ExchangeError> {
        if of == 0 || of > PIECES_MOST {
            return Err(ExchangeError::TooLarge(WHOLE_MOST));
        }
        Ok(Self { whole, of, held: BTreeMap::new(), bytes: 0 })
    }

    /// Takes another; whether it is of this whole. One that came before changes nothing.
    pub fn put(&mut self, piece: Piece) -> bool {
        let ours = *piece.whole == self.whole && piece.of == self.of && piece.place < self.of;
        if ours && !self.held.contains_key(&piece.place) && self.bytes + piece.bytes.len() <= WHOLE_MOST {
            self.bytes += piece.bytes.len();
            self.held.insert(piece.place, piece.bytes);
        }
        ours
    }

    /// How many pieces are here, and how many there are.
    pub fn progress(&self) -> (u32, u32) {
        (u32::try_from(self.held.len()).unwrap_or(self.of), self.of)
    }

    /// The places that are missing, at most so many.
    pub fn missing(&self, most: usize) -> Vec<u32> {
        (0..self.of).filter(|place| !self.held.contains_key(place)).take(most).collect()
    }

    /// The whole, once every piece is here; nothing as long as one is missing.
    ///
    /// # Errors
    /// What was put together is not what was cut: a piece is damaged. Begin anew.
    pub fn whole(&self) -> Result<Option<Vec<u8>>, ExchangeError> {
        if self.progress().0 < self.of {
            return Ok(None);
        }
        let whole: Vec<u8> = self.held.values().flatten().copied().collect();
        if name(&whole) == self.whole { Ok(Some(whole)) } else { Err(ExchangeError::Unreadable("set of pieces")) }
    }
}

fn name(whole: &[u8]) -> [u8; 8] {
    let digest = Sha256::new().chain_update(b"satchel pieces 1").chain_update(whole).finalize();
    let mut name = [0; 8];
    name.copy_from_slice(&digest[..8]);
    name
}
