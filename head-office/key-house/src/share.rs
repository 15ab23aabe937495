use bip39::{Language, Mnemonic};
use satchel_keys::KeyVersion;
use sha2::{Digest, Sha256};
use std::fmt;
use zeroize::{Zeroize, Zeroizing};

/// Bytes of a share besides its number.
const LENGTH: usize = 16;
/// What a share's QR code begins with.
const SCHEME: &str = "SATCHEL-SHARE";

/// One custodian's part of a control key. Wiped when dropped, never printed but on its sheet.
pub struct Share {
    /// Tells the ceremonies apart.
    pub ceremony: [u8; 4],
    /// The version of the key.
    pub version: KeyVersion,
    /// From 1.
    pub number: u8,
    /// How many open the key.
    pub threshold: u8,
    /// How many there are.
    pub count: u8,
    bytes: Zeroizing<[u8; LENGTH]>,
}

/// What a true share hashes to. It says nothing of the share, which has 128 random bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commitment {
    /// The share's number.
    pub number: u8,
    /// SHA-256.
    pub hash: [u8; 32],
}

/// Why a share is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShareError {
    /// It has no form of a share.
    #[error("this is no share ({0}): read it from its sheet again")]
    Form(String),
    /// Its words do not fit together.
    #[error("the words do not fit together: compare them with the sheet, one is misread or missing")]
    Words,
    /// Not what was handed out.
    #[error("share {0} is not the one that was handed out: compare it with its sheet")]
    Wrong(u8),
    /// Given twice.
    #[error("share {0} was given twice: another custodian's is needed")]
    Twice(u8),
    /// Of another key.
    #[error("share {0} is of another ceremony or version than the first")]
    OfAnother(u8),
    /// Not enough.
    #[error("{given} shares were given, and it takes {needed}")]
    TooFew {
        /// How many there are.
        given: usize,
        /// How many it takes.
        needed: u8,
    },
    /// They give no key.
    #[error("these shares give no key")]
    Unfit,
}

impl Share {
    /// From what splitting gave: number, then sixteen bytes.
    pub(crate) fn of(ceremony: [u8; 4], version: KeyVersion, threshold: u8, count: u8, part: &[u8]) -> Self {
        let mut bytes = Zeroizing::new([0; LENGTH]);
        bytes.copy_from_slice(&part[1..]);
        Self { ceremony, version, number: part[0], threshold, count, bytes }
    }

    /// As combining takes it.
    pub(crate) fn part(&self) -> Vec<u8> {
        [&[self.number], self.bytes.as_slice()].concat()
    }

    pub(crate) fn belongs_with(&self, other: &Self) -> bool {
        (self.ceremony, self.version, self.threshold, self.count)
            == (other.ceremony, other.version, other.threshold, other.count)
    }

    /// What it hashes to.
    pub fn commitment(&self) -> Commitment {
        let hash = Sha256::new()
            .chain_update(b"satchel share 1")
            .chain_update(self.ceremony)
            .chain_update([self.version.get(), self.number])
            .chain_update(*self.bytes)
            .finalize();
        Commitment { number: self.number, hash: hash.into() }
    }

    /// The twelve words on its sheet: BIP 39's English ones, the last of them in part a check of the others.
    pub fn words(&self) -> Zeroizing<String> {
        let mnemonic = Mnemonic::from_entropy(&*self.bytes).expect("sixteen bytes are twelve words");
        Zeroizing::new(mnemonic.to_string())
    }

    /// From what stands beside the words on the sheet (`7F03A1B2 3 2 3 5`: ceremony, version, number, threshold, count) and
    /// the words.
    ///
    /// # Errors
    /// Something is misread.
    pub fn from_words(heading: &str, words: &str) -> Result<Self, ShareError> {
        let mut mnemonic = Mnemonic::parse_in(Language::English, words.trim()).map_err(|_| ShareError::Words)?;
        let (entropy, length) = mnemonic.to_entropy_array();
        mnemonic.zeroize();
        let entropy = Zeroizing::new(entropy);
        if length != LENGTH {
            return Err(ShareError::Words);
        }
        Self::read(heading.split_whitespace(), &entropy[..LENGTH])
    }

    /// What stands beside the words.
    pub fn heading(&self) -> String {
        let ceremony = hex::encode_upper(self.ceremony);
        format!("{ceremony} {} {} {} {}", self.version.get(), self.number, self.threshold, self.count)
    }

    /// The text of its QR code.
    pub fn qr_text(&self) -> Zeroizing<String> {
        let heading = self.heading().replace(' ', "/");
        let bytes = Zeroizing::new(hex::encode_upper(*self.bytes));
        let check = hex::encode_upper(&self.commitment().hash[..2]);
        Zeroizing::new(format!("{SCHEME}/{heading}/{}/{check}", *bytes))
    }

    /// From the text of its QR code.
    ///
    /// # Errors
    /// It is none of a share, or a part of it is damaged.
    pub fn from_qr_text(text: &str) -> Result<Self, ShareError> {
        let form = |why: &str| ShareError::Form(why.to_owned());
        let rest = text.trim().strip_prefix(SCHEME).and_then(|rest| rest.strip_prefix('/'));
        let fields: Vec<&str> = rest.ok_or_else(|| form("the code is another's"))?.split('/').collect();
        let [heading @ .., bytes, check] = fields.as_slice() else { return Err(form("it is too short")) };
        let bytes = Zeroizing::new(hex::decode(bytes).map_err(|_| form("its content is damaged"))?);
        let share = Self::read(heading.iter().copied(), &bytes)?;
        if hex::encode_upper(&share.commitment().hash[..2]) == *check {
            Ok(share)
        } else {
            Err(form("its check fails"))
        }
    }

    fn read<'f>(mut heading: impl Iterator<Item = &'f str>, bytes: &[u8]) -> Result<Self, ShareError> {
        let form = |why: &str| ShareError::Form(why.to_owned());
        let mut ceremony = [0; 4];
        let first = heading.next().unwrap_or_default();
        hex::decode_to_slice(first, &mut ceremony).map_err(|_| form("its ceremony has eight letters and digits"))?;
        let mut number = || {
            let field = heading.next().unwrap_or_default();
            field.parse::<u8>().ok().filter(|number| *number > 0).ok_or_else(|| form("a number of it is missing"))
        };
        let (version, share, threshold, count) = (number()?, number()?, number()?, number()?);
        if bytes.len() != LENGTH || share > count || threshold > count {
            return Err(form("its numbers do not fit together"));
        }
        let version = KeyVersion::new(version).ok_or_else(|| form("it has no version"))?;
        Ok(Self::of(ceremony, version, threshold, count, &Zeroizing::new([&[share], bytes].concat())))
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Share({} of version {}, hidden)", self.number, self.version.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share() -> Share {
        let part: Vec<u8> = (2..19).collect();
        Share::of([0x7F, 3, 0xA1, 0xB2], KeyVersion::new(3).expect("not zero"), 3, 5, &part)
    }

    #[test]
    fn words_and_code_bring_it_back() {
        let words = share().words();
        assert_eq!(words.split(' ').count(), 12);
        let again = Share::from_words(&share().heading(), &words).expect("its own words");
        assert_eq!((again.part(), again.commitment()), (share().part(), share().commitment()));
        let again = Share::from_qr_text(&share().qr_text()).expect("its own code");
        assert_eq!((again.part(), again.heading()), (share().part(), "7F03A1B2 3 2 3 5".to_owned()));
    }

    #[test]
    fn what_is_misread_is_refused() {
        let words = share().words();
        let mut list: Vec<&str> = words.split(' ').collect();
        list[3] = if list[3] == "zoo" { "zone" } else { "zoo" };
        // Of sixteen wrong words one fits the check by chance; this one does not.
        assert_eq!(Share::from_words(&share().heading(), &list.join(" ")).err(), Some(ShareError::Words));
        assert!(matches!(Share::from_words("7F03A1B2 3 6 3 5", &words), Err(ShareError::Form(_))));
        let code = share().qr_text();
        for place in 0..code.len() {
            let mut bytes = code.as_bytes().to_vec();
            bytes[place] = if bytes[place] == b'7' { b'8' } else { b'7' };
            let read = Share::from_qr_text(std::str::from_utf8(&bytes).expect("ASCII"));
            // The threshold and the count are in no check; they are compared with the other shares'.
            assert!(read.is_err() || read.is_ok_and(|read| !read.belongs_with(&share())), "place {place}");
        }
        assert_eq!(format!("{:?}", share()), "Share(2 of version 3, hidden)");
    }
}
