use crate::fields::Fields;
use crate::{CommMode, Error, Rights};

/// The settings of the card's or an application's keys (GetKeySettings).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeySettings {
    /// The settings byte: bits 0–3 say what is free and changeable, bits 4–7 which key changes keys.
    pub settings: u8,
    /// How many keys there are.
    pub max_keys: u8,
    /// What kind they are.
    pub key_type: KeyType,
}

/// Kinds of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyType {
    /// DES or two-key triple DES.
    Des,
    /// Three-key triple DES.
    TripleDes,
    /// AES-128.
    Aes,
}

impl KeySettings {
    pub(crate) fn parse(data: &[u8]) -> Result<Self, Error> {
        let mut fields = Fields::new(data);
        let settings = fields.byte()?;
        let keys = fields.byte()?;
        fields.end()?;
        let key_type = match keys >> 6 {
            0 => KeyType::Des,
            1 => KeyType::TripleDes,
            2 => KeyType::Aes,
            _ => return Err(Error::Malformed("an unknown kind of keys")),
        };
        Ok(Self { settings, max_keys: keys & 0x0F, key_type })
    }
}

/// What a file is (GetFileSettings).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileSettings {
    /// How its content travels.
    pub mode: CommMode,
    /// Who may use it.
    pub rights: Rights,
    /// Its kind and what that brings.
    pub kind: FileKind,
}

/// The six kinds of files. Sizes are bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// Written at once; can tear.
    Standard {
        /// Its size.
        size: u32,
    },
    /// Written with the commit.
    Backup {
        /// Its size.
        size: u32,
    },
    /// A signed number, changed with the commit.
    Value {
        /// The least it may hold.
        lower: i32,
        /// The most it may hold.
        upper: i32,
        /// What LimitedCredit may still give back.
        limited_credit: i32,
        /// The options: bit 0 LimitedCredit allowed, bit 1 GetValue free.
        options: u8,
    },
    /// Records until it is full.
    LinearRecord(RecordSettings),
    /// Records for ever, the oldest given up.
    CyclicRecord(RecordSettings),
    /// The last transaction's counter and MAC.
    TransactionMac {
        /// The kind of its key: 02 is AES.
        key_option: u8,
        /// Its key's version.
        key_version: u8,
    },
}

/// What a record file is made for. Sizes are bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordSettings {
    /// One record's size.
    pub size: u32,
    /// How many it is made for; a cyclic file keeps one spare.
    pub most: u32,
    /// How many it holds.
    pub now: u32,
}

impl FileSettings {
    /// Bit 7 of the option byte: a list of further rights follows.
    const FURTHER_RIGHTS: u8 = 0x80;
    /// The bits of the option byte that are known here: the mode and [`Self::FURTHER_RIGHTS`].
    const KNOWN_OPTIONS: u8 = 0x83;
    /// Sets of further rights at most (MF3D(H)x3 §"Additional access rights").
    const MOST_FURTHER_RIGHTS: u8 = 7;

    pub(crate) fn parse(data: &[u8]) -> Result<Self, Error> {
        let mut fields = Fields::new(data);
        let kind = fields.byte()?;
        let option = fields.byte()?;
        let rights = Rights::from_wire(fields.take()?);
        if option & !Self::KNOWN_OPTIONS != 0 {
            return Err(Error::Malformed("a file with options unknown here"));
        }
        let kind = FileKind::parse(kind, &mut fields)?;
        if option & Self::FURTHER_RIGHTS != 0 {
            skip_further_rights(&mut fields)?;
        }
        fields.end()?;
        Ok(Self { mode: CommMode::from_wire(option), rights, kind })
    }
}

fn skip_further_rights(fields: &mut Fields<'_>) -> Result<(), Error> {
    let sets = fields.byte()?;
    if sets > FileSettings::MOST_FURTHER_RIGHTS {
        return Err(Error::Malformed("a file with more further rights than there can be"));
    }
    (0..sets).try_for_each(|_| fields.take::<2>().map(drop))
}

impl FileKind {
    fn parse(kind: u8, fields: &mut Fields<'_>) -> Result<Self, Error> {
        Ok(match kind {
            0 => Self::Standard { size: fields.three()? },
            1 => Self::Backup { size: fields.three()? },
            2 => Self::Value {
                lower: fields.signed()?,
                upper: fields.signed()?,
                limited_credit: fields.signed()?,
                options: fields.byte()?,
            },
            3 => Self::LinearRecord(RecordSettings::parse(fields)?),
            4 => Self::CyclicRecord(RecordSettings::parse(fields)?),
            5 => Self::TransactionMac { key_option: fields.byte()?, key_version: fields.byte()? },
            _ => return Err(Error::Malformed("an unknown kind of file")),
        })
    }
}

impl RecordSettings {
    fn parse(fields: &mut Fields<'_>) -> Result<Self, Error> {
        Ok(Self { size: fields.three()?, most: fields.three()?, now: fields.three()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Access, KeyNo};

    #[test]
    fn every_kind_of_file_parses_and_nothing_may_follow() {
        let key = |number| Access::Key(KeyNo::new(number));
        let rights = Rights { read: key(1), write: Access::Never, read_write: key(2), change: key(0) };
        let records = RecordSettings { size: 31, most: 11, now: 3 };
        let value = FileKind::Value { lower: -5, upper: 500, limited_credit: 7, options: 1 };
        let cases: [(&[u8], FileKind); 6] = [
            (&[0, 3, 0x20, 0x1F, 32, 0, 0], FileKind::Standard { size: 32 }),
            (&[1, 3, 0x20, 0x1F, 0, 1, 0], FileKind::Backup { size: 256 }),
            (&[2, 3, 0x20, 0x1F, 0xFB, 0xFF, 0xFF, 0xFF, 0xF4, 1, 0, 0, 7, 0, 0, 0, 1], value),
            (&[3, 3, 0x20, 0x1F, 31, 0, 0, 11, 0, 0, 3, 0, 0], FileKind::LinearRecord(records)),
            (&[4, 3, 0x20, 0x1F, 31, 0, 0, 11, 0, 0, 3, 0, 0], FileKind::CyclicRecord(records)),
            (&[5, 3, 0x20, 0x1F, 2, 9], FileKind::TransactionMac { key_option: 2, key_version: 9 }),
        ];
        for (bytes, kind) in cases {
            let settings = FileSettings::parse(bytes).expect("a document's layout parses");
            assert_eq!(settings, FileSettings { mode: CommMode::Full, rights, kind });
            assert!(matches!(FileSettings::parse(&bytes[..bytes.len() - 1]), Err(Error::Length { .. })));
            assert!(matches!(FileSettings::parse(&[bytes, &[0]].concat()), Err(Error::Length { .. })));
        }
    }

    #[test]
    fn further_rights_are_passed_over_and_other_options_refused() {
        let with_rights = [0, 0x83, 0x20, 0x1F, 32, 0, 0, 2, 1, 2, 3, 4];
        assert!(FileSettings::parse(&with_rights).is_ok());
        assert!(FileSettings::parse(&with_rights[..11]).is_err());
        assert!(FileSettings::parse(&[0, 0x40, 0x20, 0x1F, 32, 0, 0]).is_err());
        assert!(FileSettings::parse(&[6, 0, 0x20, 0x1F, 32, 0, 0]).is_err());
    }

    #[test]
    fn key_settings_name_the_kind_of_keys() {
        let settings = KeySettings::parse(&[0x0F, 0x86]).expect("two bytes are key settings");
        assert_eq!(settings, KeySettings { settings: 0x0F, max_keys: 6, key_type: KeyType::Aes });
        assert!(KeySettings::parse(&[0x0F, 0xC1]).is_err());
        assert!(KeySettings::parse(&[0x0F]).is_err());
    }
}
