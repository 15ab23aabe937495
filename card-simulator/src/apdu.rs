//! Command APDUs as far as the card reads them.

/// A command APDU taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Apdu<'a> {
    /// A native command in ISO 7816 wrapping: 90 INS 00 00 [Lc data] 00.
    Native { code: u8, data: &'a [u8] },
    /// ISO SELECT by name.
    SelectName(&'a [u8]),
    /// ISO SELECT by file identifier.
    SelectId(u16),
    /// The reader asks for the identifier: FF CA 00 00 00.
    Uid,
    /// The reader asks for the ATS: FF CA 01 00 00.
    Ats,
    /// Something else; the status bytes to answer.
    Refused([u8; 2]),
}

impl<'a> Apdu<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Self {
        match bytes {
            [0xFF, 0xCA, 0x00, 0x00, 0x00] => Self::Uid,
            [0xFF, 0xCA, 0x01, 0x00, 0x00] => Self::Ats,
            [0xFF, ..] => Self::Refused([0x6A, 0x81]),
            [0x90, code, 0x00, 0x00, rest @ ..] => match body(rest) {
                Some(data) => Self::Native { code: *code, data },
                None => Self::Refused([0x67, 0x00]),
            },
            [0x90, _, _, _, ..] => Self::Refused([0x6A, 0x86]),
            [0x00, 0xA4, 0x04, 0x00 | 0x0C, rest @ ..] => match body(rest) {
                Some(name) => Self::SelectName(name),
                None => Self::Refused([0x67, 0x00]),
            },
            [0x00, 0xA4, 0x00 | 0x02, 0x00 | 0x0C, rest @ ..] => match body(rest) {
                Some([high, low]) => Self::SelectId(u16::from_be_bytes([*high, *low])),
                _ => Self::Refused([0x67, 0x00]),
            },
            [0x00, _, _, _, ..] => Self::Refused([0x6D, 0x00]),
            [_, _, _, _, ..] => Self::Refused([0x6E, 0x00]),
            _ => Self::Refused([0x67, 0x00]),
        }
    }
}

/// The data after P2: nothing, Le alone, an Lc of 0 and Le, Lc and data, or Lc, data and Le. `None` if the lengths
/// contradict.
fn body(rest: &[u8]) -> Option<&[u8]> {
    match rest {
        [] | [_] | [0, _] => Some(&[]),
        [length, data @ ..] => {
            let length = usize::from(*length);
            let whole = data.len() == length || data.len() == length + 1;
            (length > 0 && whole).then(|| &data[..length])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_short_case_is_read_and_contradictions_are_refused() {
        let native = |code, data| Apdu::Native { code, data };
        assert_eq!(Apdu::parse(&[0x90, 0x60, 0, 0]), native(0x60, &[]));
        assert_eq!(Apdu::parse(&[0x90, 0x60, 0, 0, 0]), native(0x60, &[]));
        assert_eq!(Apdu::parse(&[0x90, 0xAF, 0, 0, 0, 0]), native(0xAF, &[]));
        assert_eq!(Apdu::parse(&[0x90, 0x64, 0, 0, 1, 7]), native(0x64, &[7]));
        assert_eq!(Apdu::parse(&[0x90, 0x64, 0, 0, 1, 7, 0]), native(0x64, &[7]));
        assert_eq!(Apdu::parse(&[0x90, 0x64, 0, 0, 3, 7, 0]), Apdu::Refused([0x67, 0x00]));
        assert_eq!(Apdu::parse(&[0x90, 0x64, 0, 0, 0, 7, 0]), Apdu::Refused([0x67, 0x00]));
        assert_eq!(Apdu::parse(&[0x90]), Apdu::Refused([0x67, 0x00]));
        assert_eq!(Apdu::parse(&[0x80, 1, 2, 3]), Apdu::Refused([0x6E, 0x00]));
    }
}
