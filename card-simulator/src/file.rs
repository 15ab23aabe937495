//! Files: what they hold, and what is pending in them until a commit.

use crate::status::Status;
use minicbor::{Decode, Encode};

/// How a file's content travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub(crate) enum CommMode {
    #[n(0)]
    Plain,
    #[n(1)]
    Mac,
    #[n(3)]
    Full,
}

impl CommMode {
    /// From the two low bits of a communication settings byte.
    pub(crate) fn from_byte(byte: u8) -> Result<Self, Status> {
        match byte {
            0 | 2 => Ok(Self::Plain),
            1 => Ok(Self::Mac),
            3 => Ok(Self::Full),
            _ => Err(Status::ParameterError),
        }
    }

    pub(crate) const fn byte(self) -> u8 {
        match self {
            Self::Plain => 0,
            Self::Mac => 1,
            Self::Full => 3,
        }
    }
}

/// An access nibble: anybody, with a session or without.
pub(crate) const FREE: u8 = 0x0E;
/// An access nibble: nobody.
pub(crate) const NEVER: u8 = 0x0F;

/// The four access nibbles: a key number, [`FREE`] or [`NEVER`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Rights {
    #[n(0)]
    pub read: u8,
    #[n(1)]
    pub write: u8,
    #[n(2)]
    pub read_write: u8,
    #[n(3)]
    pub change: u8,
}

impl Rights {
    /// From the wire: ReadWrite|Change, then Read|Write.
    pub(crate) const fn from_bytes([low, high]: [u8; 2]) -> Self {
        Self { read: high >> 4, write: high & 0x0F, read_write: low >> 4, change: low & 0x0F }
    }

    /// Whether every key they name is one of so many.
    pub(crate) fn name_keys_below(self, count: usize) -> bool {
        let Self { read, write, read_write, change } = self;
        [read, write, read_write, change].iter().all(|nibble| *nibble >= FREE || usize::from(*nibble) < count)
    }

    pub(crate) const fn bytes(self) -> [u8; 2] {
        [self.read_write << 4 | self.change, self.read << 4 | self.write]
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct File {
    #[n(0)]
    pub comm: CommMode,
    #[n(1)]
    pub rights: Rights,
    #[n(2)]
    pub content: Content,
    #[n(3)]
    pub iso_id: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) enum Content {
    #[n(0)]
    Standard(#[cbor(n(0), with = "minicbor::bytes")] Vec<u8>),
    #[n(1)]
    Backup(#[cbor(n(0), with = "minicbor::bytes")] Vec<u8>),
    #[n(2)]
    Value(#[n(0)] Value),
    #[n(3)]
    Records(#[n(0)] Records),
    #[n(4)]
    Tmac(#[n(0)] TmacFile),
}

impl Content {
    /// Whether it is a value that anybody may read, whatever the rights say (FreeGetValue).
    pub(crate) const fn has_free_value(&self) -> bool {
        matches!(self, Self::Value(Value { options, .. }) if *options & 0x02 != 0)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Value {
    #[n(0)]
    pub lower: i32,
    #[n(1)]
    pub upper: i32,
    #[n(2)]
    pub value: i32,
    /// Option byte: bit 0 LimitedCredit, bit 1 FreeGetValue.
    #[n(3)]
    pub options: u8,
    /// What LimitedCredit may still give back.
    #[n(4)]
    pub allowance: i32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub(crate) enum RecordKind {
    #[n(0)]
    Linear,
    #[n(1)]
    Cyclic,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Records {
    #[n(0)]
    pub kind: RecordKind,
    #[n(1)]
    pub size: u32,
    #[n(2)]
    pub max: u32,
    /// Oldest first.
    #[n(3)]
    pub records: Vec<Vec<u8>>,
}

impl Records {
    /// Records that can be read: a cyclic file needs one as a spare to write into.
    pub(crate) const fn readable(&self) -> u32 {
        match self.kind {
            RecordKind::Linear => self.max,
            RecordKind::Cyclic => self.max - 1,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct TmacFile {
    #[n(0)]
    pub key: [u8; 16],
    #[n(1)]
    pub version: u8,
    #[n(2)]
    pub tmc: u32,
    #[n(3)]
    pub tmv: [u8; 8],
    #[n(4)]
    pub previous_reader_id: [u8; 16],
    /// Type of the key, as it was given.
    #[n(5)]
    pub key_option: u8,
}

/// What a transaction has changed in one file so far.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) enum Change {
    #[n(0)]
    Backup(#[cbor(n(0), with = "minicbor::bytes")] Vec<u8>),
    #[n(1)]
    Value(#[n(0)] ValueChange),
    #[n(2)]
    Records(#[n(0)] RecordsChange),
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct ValueChange {
    #[n(0)]
    pub value: i32,
    #[n(1)]
    pub debited: i32,
    #[n(2)]
    pub allowance: i32,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub(crate) struct RecordsChange {
    #[n(0)]
    pub cleared: bool,
    #[n(1)]
    pub new: Option<Vec<u8>>,
    /// Existing records edited, by their place from the oldest.
    #[n(2)]
    pub edited: Vec<(u32, Vec<u8>)>,
}

impl File {
    /// Makes a change so.
    pub(crate) fn apply(&mut self, change: Change) {
        match (&mut self.content, change) {
            (Content::Backup(data), Change::Backup(new)) => *data = new,
            (Content::Value(value), Change::Value(change)) => {
                value.value = change.value;
                value.allowance = if change.debited > 0 { change.debited } else { change.allowance };
            }
            (Content::Records(records), Change::Records(change)) => {
                for (place, record) in change.edited {
                    if let Some(old) = usize::try_from(place).ok().and_then(|place| records.records.get_mut(place)) {
                        *old = record;
                    }
                }
                if change.cleared {
                    records.records.clear();
                }
                records.records.extend(change.new);
                let most = usize::try_from(records.readable()).unwrap_or(usize::MAX);
                let surplus = records.records.len().saturating_sub(most);
                records.records.drain(..surplus);
            }
            _ => {}
        }
    }

    /// Bytes of memory that the file takes.
    pub(crate) fn memory(&self) -> u32 {
        let bytes = match &self.content {
            Content::Standard(data) => length(data),
            Content::Backup(data) => 2 * length(data),
            Content::Value(_) | Content::Tmac(_) => 32,
            Content::Records(records) => records.size.saturating_mul(records.max),
        };
        bytes.max(1).next_multiple_of(32) + 32
    }
}

fn length(data: &[u8]) -> u32 {
    u32::try_from(data.len()).unwrap_or(u32::MAX / 4)
}
