use super::data::{in_memory, length_of, place};
use super::{code, maced};
use crate::secure::Command;
use crate::session::{Authenticated, Session};
use crate::{CommMode, Error, FileNo};

/// Which records to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Records {
    /// The newest of them; 0 is the newest of all.
    pub first: u32,
    /// How many, going back in time; 0 for all.
    pub count: u32,
}

impl Session<'_, Authenticated> {
    /// Reads records of `record_size` bytes each, the oldest first (ReadRecords). An empty file answers
    /// [`Status::BoundaryError`](crate::Status::BoundaryError).
    pub fn read_records(
        self,
        file: FileNo,
        mode: CommMode,
        records: Records,
        record_size: u32,
    ) -> Result<(Self, Vec<u8>), Error> {
        let (count, size) = (in_memory(records.count), in_memory(record_size));
        let length = count.checked_mul(size).ok_or(Error::Invalid("more records than there can be"))?;
        let header = place(file, records.first, records.count)?;
        let command = Command { ins: code::read_records(length), header: &header, data: &[], mode };
        let (session, data) = self.call(&command)?;
        let whole = !data.is_empty() && data.len().is_multiple_of(size);
        if !whole || (count != 0 && data.len() != length) {
            return Err(Error::Length { expected: length.max(size), got: data.len() });
        }
        Ok((session, data))
    }

    /// Writes into the transaction's new record (WriteRecord). Several before a commit edit the same one.
    pub fn write_record(self, file: FileNo, mode: CommMode, offset: u32, data: &[u8]) -> Result<Self, Error> {
        let header = place(file, offset, length_of(data)?)?;
        self.tell(&Command { ins: code::write_record(data.len()), header: &header, data, mode })
    }

    /// Empties a record file, with the commit (ClearRecordFile, CommMode.MAC).
    pub fn clear_record_file(self, file: FileNo) -> Result<Self, Error> {
        self.tell(&maced(code::CLEAR_RECORD_FILE, &[file.get()]))
    }
}
