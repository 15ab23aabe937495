use super::{code, full, maced};
use crate::apdu::three_bytes;
use crate::session::{Authenticated, Plain, Session};
use crate::{CommMode, Error, FileNo, FileSettings, Rights};
use satchel_hazmat::AesKey;
use zeroize::Zeroizing;

/// A value file to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValueFile {
    /// The least it may hold.
    pub lower: i32,
    /// The most it may hold.
    pub upper: i32,
    /// What it holds at first.
    pub value: i32,
    /// Whether LimitedCredit is allowed.
    pub limited_credit: bool,
    /// Whether anybody may read it.
    pub free_get_value: bool,
}

/// The key of a transaction MAC file to be made.
#[derive(Clone, Copy)]
pub struct TmacKey<'k> {
    /// The key.
    pub key: &'k AesKey,
    /// Its version.
    pub version: u8,
}

const AES_TMAC_KEY: u8 = 0x02;

impl Session<'_, Plain> {
    /// The application's files (GetFileIDs), where its settings let anybody list them.
    pub fn get_file_ids(&mut self) -> Result<Vec<FileNo>, Error> {
        Ok(parse_ids(&self.ask(code::GET_FILE_IDS, &[])?))
    }

    /// What a file is (GetFileSettings), where the application's settings let anybody ask.
    pub fn get_file_settings(&mut self, file: FileNo) -> Result<FileSettings, Error> {
        FileSettings::parse(&self.ask(code::GET_FILE_SETTINGS, &[file.get()])?)
    }
}

impl Session<'_, Authenticated> {
    /// The application's files (GetFileIDs, CommMode.MAC).
    pub fn get_file_ids(self) -> Result<(Self, Vec<FileNo>), Error> {
        let (session, answer) = self.call(&maced(code::GET_FILE_IDS, &[]))?;
        Ok((session, parse_ids(&answer)))
    }

    /// What a file is (GetFileSettings, CommMode.MAC).
    pub fn get_file_settings(self, file: FileNo) -> Result<(Self, FileSettings), Error> {
        let (session, answer) = self.call(&maced(code::GET_FILE_SETTINGS, &[file.get()]))?;
        Ok((session, FileSettings::parse(&answer)?))
    }

    /// Changes how a file's content travels and who may use it (ChangeFileSettings, CommMode.Full); with the file's
    /// change right.
    pub fn change_file_settings(self, file: FileNo, mode: CommMode, rights: Rights) -> Result<Self, Error> {
        let [_, mode, low, high] = start(file, mode, rights)?;
        self.tell(&full(code::CHANGE_FILE_SETTINGS, &[file.get()], &[mode, low, high]))
    }

    /// Makes a file that is written at once (CreateStdDataFile, CommMode.MAC). `size` is bytes. It can tear: no state.
    pub fn create_standard_file(self, file: FileNo, mode: CommMode, rights: Rights, size: u32) -> Result<Self, Error> {
        let header = [&start(file, mode, rights)?[..], &three_bytes(size)?].concat();
        self.tell(&maced(code::CREATE_STANDARD_FILE, &header))
    }

    /// Makes a file that is written with the commit (CreateBackupDataFile, CommMode.MAC). `size` is bytes.
    pub fn create_backup_file(self, file: FileNo, mode: CommMode, rights: Rights, size: u32) -> Result<Self, Error> {
        let header = [&start(file, mode, rights)?[..], &three_bytes(size)?].concat();
        self.tell(&maced(code::CREATE_BACKUP_FILE, &header))
    }

    /// Makes a value file (CreateValueFile, CommMode.MAC).
    pub fn create_value_file(
        self,
        file: FileNo,
        mode: CommMode,
        rights: Rights,
        value: ValueFile,
    ) -> Result<Self, Error> {
        let header = [&start(file, mode, rights)?[..], &value.wire()?].concat();
        self.tell(&maced(code::CREATE_VALUE_FILE, &header))
    }

    /// Makes a record file that takes records until it is full (CreateLinearRecordFile, CommMode.MAC). Sizes are
    /// bytes.
    pub fn create_linear_record_file(
        self,
        file: FileNo,
        mode: CommMode,
        rights: Rights,
        record_size: u32,
        records: u32,
    ) -> Result<Self, Error> {
        let header = record_file(start(file, mode, rights)?, record_size, records)?;
        self.tell(&maced(code::CREATE_LINEAR_RECORD_FILE, &header))
    }

    /// Makes a record file that gives up its oldest record for a new one (CreateCyclicRecordFile, CommMode.MAC). Of
    /// `records` one is the spare that the next commit fills, so one less can be read.
    pub fn create_cyclic_record_file(
        self,
        file: FileNo,
        mode: CommMode,
        rights: Rights,
        record_size: u32,
        records: u32,
    ) -> Result<Self, Error> {
        let header = record_file(start(file, mode, rights)?, record_size, records)?;
        self.tell(&maced(code::CREATE_CYCLIC_RECORD_FILE, &header))
    }

    /// Makes the file that puts a MAC on every transaction of the application (CreateTransactionMACFile,
    /// CommMode.Full). The right to write must be [`Access::Never`](crate::Access::Never); `read_write` is the right
    /// to commit a reader id.
    pub fn create_transaction_mac_file(
        self,
        file: FileNo,
        mode: CommMode,
        rights: Rights,
        key: TmacKey<'_>,
    ) -> Result<Self, Error> {
        let [number, mode, low, high] = start(file, mode, rights)?;
        let mut data = Zeroizing::new([key.version; 17]);
        data[..16].copy_from_slice(key.key.expose());
        let header = [number, mode, low, high, AES_TMAC_KEY];
        self.tell(&full(code::CREATE_TRANSACTION_MAC_FILE, &header, &*data))
    }

    /// Deletes a file (DeleteFile, CommMode.MAC).
    pub fn delete_file(self, file: FileNo) -> Result<Self, Error> {
        self.tell(&maced(code::DELETE_FILE, &[file.get()]))
    }
}

impl ValueFile {
    const LIMITED_CREDIT: u8 = 0x01;
    const FREE_GET_VALUE: u8 = 0x02;

    fn wire(self) -> Result<[u8; 13], Error> {
        if !(self.lower..=self.upper).contains(&self.value) {
            return Err(Error::Invalid("a value file's first value lies between its limits"));
        }
        let mut wire = [0; 13];
        wire[..4].copy_from_slice(&self.lower.to_le_bytes());
        wire[4..8].copy_from_slice(&self.upper.to_le_bytes());
        wire[8..12].copy_from_slice(&self.value.to_le_bytes());
        let limited_credit = u8::from(self.limited_credit) * Self::LIMITED_CREDIT;
        let free_get_value = u8::from(self.free_get_value) * Self::FREE_GET_VALUE;
        wire[12] = limited_credit | free_get_value;
        Ok(wire)
    }
}

/// What the making of every file begins with.
fn start(file: FileNo, mode: CommMode, rights: Rights) -> Result<[u8; 4], Error> {
    if !rights.names_possible_keys() {
        return Err(Error::Invalid("a right names a key beyond 13"));
    }
    let [low, high] = rights.wire();
    Ok([file.get(), mode.wire(), low, high])
}

fn record_file(start: [u8; 4], record_size: u32, records: u32) -> Result<Vec<u8>, Error> {
    Ok([&start[..], &three_bytes(record_size)?, &three_bytes(records)?].concat())
}

fn parse_ids(answer: &[u8]) -> Vec<FileNo> {
    answer.iter().copied().map(FileNo::new).collect()
}
