use super::code;
use crate::apdu::three_bytes;
use crate::secure::Command;
use crate::session::{Authenticated, Plain, Session};
use crate::{CommMode, Error, FileNo};

impl Session<'_, Plain> {
    /// Reads a data file that anybody may read (ReadData). `length` 0 reads to the end.
    pub fn read_data(&mut self, file: FileNo, offset: u32, length: u32) -> Result<Vec<u8>, Error> {
        let data = self.ask(code::read_data(in_memory(length)), &place(file, offset, length)?)?;
        as_asked(data, length)
    }
}

impl Session<'_, Authenticated> {
    /// Reads a data file, or the transaction MAC file (ReadData). `length` 0 reads to the end.
    pub fn read_data(self, file: FileNo, mode: CommMode, offset: u32, length: u32) -> Result<(Self, Vec<u8>), Error> {
        let ins = code::read_data(in_memory(length));
        let command = Command { ins, header: &place(file, offset, length)?, data: &[], mode };
        let (session, data) = self.call(&command)?;
        Ok((session, as_asked(data, length)?))
    }

    /// Writes a data file (WriteData). A standard file is written at once, a backup file with the commit.
    pub fn write_data(self, file: FileNo, mode: CommMode, offset: u32, data: &[u8]) -> Result<Self, Error> {
        let header = place(file, offset, length_of(data)?)?;
        self.tell(&Command { ins: code::write_data(data.len()), header: &header, data, mode })
    }
}

/// File, offset and length, as every command on data and records begins.
pub(crate) fn place(file: FileNo, offset: u32, length: u32) -> Result<[u8; 7], Error> {
    let [offset_low, offset_middle, offset_high] = three_bytes(offset)?;
    let [length_low, length_middle, length_high] = three_bytes(length)?;
    Ok([file.get(), offset_low, offset_middle, offset_high, length_low, length_middle, length_high])
}

/// The length of what is to be written; nothing is not.
pub(super) fn length_of(data: &[u8]) -> Result<u32, Error> {
    match u32::try_from(data.len()) {
        Ok(0) => Err(Error::Invalid("nothing to write")),
        Ok(length) => Ok(length),
        Err(_) => Err(Error::Invalid("an offset or length has at most three bytes")),
    }
}

/// A length that came as a number of the wire; too long for memory counts as longest.
pub(super) fn in_memory(length: u32) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}

/// What was read, if it is as long as what was asked for; 0 asks for any length.
fn as_asked(data: Vec<u8>, length: u32) -> Result<Vec<u8>, Error> {
    match in_memory(length) {
        0 if data.is_empty() => Err(Error::Length { expected: 1, got: 0 }),
        0 => Ok(data),
        length if data.len() == length => Ok(data),
        length => Err(Error::Length { expected: length, got: data.len() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_must_bring_what_was_asked_for() {
        assert_eq!(as_asked(vec![1, 2], 2).expect("two were asked for"), [1, 2]);
        assert_eq!(as_asked(vec![1, 2], 0).expect("any were asked for"), [1, 2]);
        assert!(matches!(as_asked(vec![1, 2], 3), Err(Error::Length { expected: 3, got: 2 })));
        assert!(matches!(as_asked(vec![], 0), Err(Error::Length { .. })));
    }
}
