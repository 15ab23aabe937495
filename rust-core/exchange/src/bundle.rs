use crate::ExchangeError;
use crate::items::{Item, items};
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Decoder, Encode};
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;
use rand_core::CryptoRng;
use satchel_journal::{BOOKS_LAYOUT, Entry, Follower, JournalKey, JournalPublicKey, Written};
use satchel_keys::{AgreementPublic, AgreementSecret};
use satchel_values::{Sequence, TerminalId, Timestamp};

/// Entries in one bundle at most.
pub const BUNDLE_ENTRIES: usize = 30_000;
/// Bytes of its items at most, unpacked.
const ITEMS_MOST: usize = 16 * 1024 * 1024;
/// Bytes of a sealed bundle at most.
const SEALED_MOST: usize = 16 * 1024 * 1024;
/// The format of a sealed bundle.
const FORMAT: u8 = 1;
const LEVEL: u8 = 9;
/// What a terminal's signature of a bundle is for.
const PURPOSE: &str = "bundle 1";

/// A run of a journal's entries, signed by its terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    contents: Contents,
    /// The contents as they were signed.
    signed: Vec<u8>,
    signature: [u8; 64],
    items: Vec<Item>,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
struct Contents {
    #[n(0)]
    terminal: TerminalId,
    /// The first entry's number, and how many there are.
    #[n(1)]
    first: Sequence,
    #[n(2)]
    count: u32,
    /// The last entry's hash.
    #[n(3)]
    head: ByteArray<32>,
    /// The time that the first entry's is counted from.
    #[n(4)]
    start: Timestamp,
    #[n(5)]
    made: Timestamp,
    /// How the terminal encodes the books that a checkpoint signs.
    #[n(6)]
    books_layout: u8,
    #[n(7)]
    packing: Packing,
    #[cbor(n(8), with = "minicbor::bytes")]
    items: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
enum Packing {
    #[n(0)]
    Plain,
    /// RFC 1951.
    #[n(1)]
    Deflate,
}

#[derive(Encode, Decode)]
struct Signed {
    #[cbor(n(0), with = "minicbor::bytes")]
    contents: Vec<u8>,
    #[n(1)]
    signature: ByteArray<64>,
}

/// An entry that came out of a bundle and follows the ones before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// The entry.
    pub entry: Entry,
    /// Its bytes, as the terminal wrote them.
    pub body: Vec<u8>,
}

/// A bundle on its way: what a carrier sees of it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Sealed {
    #[n(0)]
    format: u8,
    /// Whose it says it is; nothing depends on it but which key is tried.
    #[n(1)]
    terminal: TerminalId,
    #[cbor(n(2), with = "minicbor::bytes")]
    sealed: Vec<u8>,
}

impl Bundle {
    /// Signs a run of entries.
    ///
    /// # Errors
    /// There are none, or too many.
    pub fn make(
        terminal: TerminalId,
        key: &JournalKey,
        entries: &[Written],
        made: Timestamp,
    ) -> Result<Self, ExchangeError> {
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return Err(ExchangeError::Empty) };
        let count = u32::try_from(entries.len()).unwrap_or(u32::MAX);
        if entries.len() > BUNDLE_ENTRIES {
            return Err(ExchangeError::TooLarge(BUNDLE_ENTRIES));
        }
        let items = items(terminal, first.at, entries);
        let plain = encoded(&items);
        let deflated = compress_to_vec(&plain, LEVEL);
        let (packing, packed) =
            if deflated.len() < plain.len() { (Packing::Deflate, deflated) } else { (Packing::Plain, plain) };
        let contents = Contents {
            terminal,
            first: first.sequence,
            count,
            head: last.hash.into(),
            start: first.at,
            made,
            books_layout: BOOKS_LAYOUT,
            packing,
            items: packed,
        };
        let signed = encoded(&contents);
        let signature = key.attest(PURPOSE, &signed);
        Ok(Self { contents, signed, signature, items })
    }

    /// Whose journal it is of, as it says.
    pub const fn terminal(&self) -> TerminalId {
        self.contents.terminal
    }

    /// The first entry's number.
    pub const fn first(&self) -> Sequence {
        self.contents.first
    }

    /// The last entry's number.
    pub fn last(&self) -> Sequence {
        Sequence::new(self.contents.first.get().saturating_add(self.contents.count.saturating_sub(1)))
    }

    /// The last entry's hash.
    pub fn head(&self) -> [u8; 32] {
        *self.contents.head
    }

    /// When the terminal made it, by its own clock.
    pub const fn made(&self) -> Timestamp {
        self.contents.made
    }

    /// Whether it is signed by the terminal whose key this is.
    ///
    /// # Errors
    /// It is not.
    pub fn check(&self, key: &JournalPublicKey) -> Result<(), ExchangeError> {
        if key.attests(PURPOSE, &self.signed, &self.signature) {
            Ok(())
        } else {
            Err(ExchangeError::NotSignedBy(self.terminal()))
        }
    }

    /// Its entries, checked one by one: `follower` must have followed the journal up to the one before the first. A follower that
    /// met an error has gone part of the way and is of no further use.
    ///
    /// # Errors
    /// The entry that does not follow the ones before it is named; or what they come to is not what was signed.
    pub fn follow(&self, follower: &mut Follower) -> Result<Vec<Followed>, ExchangeError> {
        let before = follower.head().sequence;
        let next = Sequence::new(before.get().saturating_add(1));
        if before.get() + 1 < self.first().get() {
            return Err(ExchangeError::Gap { missing: (next, Sequence::new(self.first().get() - 1)) });
        }
        if next != self.first() {
            return Err(ExchangeError::Forked(next));
        }
        if self.contents.books_layout > BOOKS_LAYOUT {
            return Err(ExchangeError::Newer(self.contents.books_layout));
        }
        let mut entries = Vec::new();
        let mut last = self.contents.start;
        for item in &self.items {
            for (at, body) in item.entries(self.terminal(), last, follower)? {
                entries.push(Followed { entry: follower.follow(at, &body)?, body });
                last = at;
            }
            if entries.len() > BUNDLE_ENTRIES {
                return Err(ExchangeError::TooLarge(BUNDLE_ENTRIES));
            }
        }
        let whole = u32::try_from(entries.len()) == Ok(self.contents.count);
        if whole && follower.head().hash == self.head() {
            Ok(entries)
        } else {
            Err(ExchangeError::Forked(self.first()))
        }
    }

    /// Sealed to head office.
    ///
    /// # Errors
    /// It is too large.
    pub fn seal(&self, to: &AgreementPublic, rng: &mut dyn CryptoRng) -> Result<Sealed, ExchangeError> {
        let signed = encoded(&Signed { contents: self.signed.clone(), signature: self.signature.into() });
        let sealed = to.seal(&purpose(self.terminal()), &signed, rng);
        let sealed = sealed.map_err(|_| ExchangeError::TooLarge(SEALED_MOST))?;
        Ok(Sealed { format: FORMAT, terminal: self.terminal(), sealed })
    }
}

impl Sealed {
    /// For a carrier.
    pub fn to_bytes(&self) -> Vec<u8> {
        encoded(self)
    }

    /// From a carrier.
    ///
    /// # Errors
    /// It is no sealed bundle, too large, or newer than this version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ExchangeError> {
        if bytes.len() > SEALED_MOST {
            return Err(ExchangeError::TooLarge(SEALED_MOST));
        }
        let sealed: Self = minicbor::decode(bytes).map_err(|_| UNREADABLE)?;
        if sealed.format == FORMAT { Ok(sealed) } else { Err(ExchangeError::Newer(sealed.format)) }
    }

    /// Whose it says it is.
    pub const fn terminal(&self) -> TerminalId {
        self.terminal
    }

    /// Opens it where it was sealed to. Who made it is known only after [`Bundle::check`].
    ///
    /// # Errors
    /// It was sealed to somebody else, or is damaged.
    pub fn open(&self, secret: &AgreementSecret) -> Result<Bundle, ExchangeError> {
        let opened = secret.open(&purpose(self.terminal), &self.sealed).map_err(|_| ExchangeError::NotForUs)?;
        let signed: Signed = minicbor::decode(&opened).map_err(|_| UNREADABLE)?;
        let contents: Contents = minicbor::decode(&signed.contents).map_err(|_| UNREADABLE)?;
        if contents.terminal != self.terminal || contents.first.get() == 0 || contents.count == 0 {
            return Err(UNREADABLE);
        }
        let items = match contents.packing {
            Packing::Plain => read_items(&contents.items)?,
            Packing::Deflate => {
                let inflated = decompress_to_vec_with_limit(&contents.items, ITEMS_MOST);
                read_items(&inflated.map_err(|_| ExchangeError::TooLarge(ITEMS_MOST))?)?
            }
        };
        Ok(Bundle { contents, signed: signed.contents, signature: *signed.signature, items })
    }
}

const UNREADABLE: ExchangeError = ExchangeError::Unreadable("bundle");

/// One after another, so that a number of items that is not there, or is too many, takes no memory.
fn read_items(bytes: &[u8]) -> Result<Vec<Item>, ExchangeError> {
    let mut decoder = Decoder::new(bytes);
    let mut items = Vec::new();
    for item in decoder.array_iter::<Item>().map_err(|_| UNREADABLE)? {
        if items.len() >= BUNDLE_ENTRIES {
            return Err(ExchangeError::TooLarge(BUNDLE_ENTRIES));
        }
        items.push(item.map_err(|_| UNREADABLE)?);
    }
    Ok(items)
}

fn purpose(terminal: TerminalId) -> String {
    format!("bundle 1 of terminal {}", terminal.get())
}

fn encoded<T: Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).expect("encoding into memory cannot fail")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::SeedableRng;

    fn key() -> JournalKey {
        JournalKey::take(&mut [3; 32])
    }

    /// Whatever somebody with a terminal's key may write.
    fn opened(contents: &Contents) -> Result<Bundle, ExchangeError> {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(4);
        let secret = AgreementSecret::take(&mut [9; 32]);
        let signed = encoded(contents);
        let signature = key().attest(PURPOSE, &signed).into();
        let sealed = secret.public().seal(
            &purpose(contents.terminal),
            &encoded(&Signed { contents: signed, signature }),
            &mut rng,
        );
        Sealed { format: FORMAT, terminal: contents.terminal, sealed: sealed.expect("sealed") }.open(&secret)
    }

    fn contents(packing: Packing, items: Vec<u8>) -> Contents {
        Contents {
            terminal: TerminalId::new(7),
            first: Sequence::new(1),
            count: 1,
            head: [0; 32].into(),
            start: Timestamp::from_ms(0),
            made: Timestamp::from_ms(0),
            books_layout: BOOKS_LAYOUT,
            packing,
            items,
        }
    }

    #[test]
    fn a_bomb_is_named_before_it_is_unpacked() {
        // A gigabyte of zeros, as deflate writes it.
        let bomb = compress_to_vec(&vec![0; 1 << 30], LEVEL);
        assert!(bomb.len() < 2 * 1024 * 1024, "{}", bomb.len());
        assert!(matches!(opened(&contents(Packing::Deflate, bomb)), Err(ExchangeError::TooLarge(ITEMS_MOST))));
        // A number of items that is not there.
        let many = vec![0x9B, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        assert!(matches!(opened(&contents(Packing::Plain, many)), Err(ExchangeError::Unreadable(_))));
        // Millions of items of three bytes each.
        let tiny = [vec![0x9A, 0, 0x40, 0, 0], [0x83, 0x00, 0x00, 0x40].repeat(1 << 22)].concat();
        let deflated = compress_to_vec(&tiny, LEVEL);
        let refused = opened(&contents(Packing::Deflate, deflated));
        assert!(matches!(refused, Err(ExchangeError::TooLarge(_))), "{refused:?}");
        let empty = opened(&contents(Packing::Plain, vec![0x80])).expect("it opens");
        empty.check(&key().public()).expect("it is signed");
        assert!(
            empty.follow(&mut Follower::new(TerminalId::new(7), key().public())).is_err(),
            "it has fewer than it says"
        );
    }

    #[test]
    fn a_newer_layout_of_books_is_named() {
        let newer = Contents { books_layout: BOOKS_LAYOUT + 1, ..contents(Packing::Plain, vec![0x80]) };
        let bundle = opened(&newer).expect("it opens");
        let followed = bundle.follow(&mut Follower::new(TerminalId::new(7), key().public()));
        assert!(matches!(followed, Err(ExchangeError::Newer(_))), "{followed:?}");
    }
}
