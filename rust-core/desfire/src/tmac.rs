//! The verifier's side of the transaction MAC (MF2DL(H)x0 §10.3): what the card computed over, told again, and the
//! keys it computed with.
//!
//! The layout of WriteRecord and CommitReaderID is confirmed by a real card's trace (AN12343 table 32); that of the
//! other commands follows the data sheet.

use crate::commands::code;
use crate::{FileNo, Records};
use satchel_hazmat::{AesKey, BLOCK, cbc_decrypt, cbc_encrypt, cmac, same, truncate};
use satchel_values::Uid;

/// Whether `tmv` is the MAC that the card `uid` computed over `tmi` in its transaction number `tmc`. Constant time.
pub fn verify(key: &AesKey, uid: &Uid, tmc: u32, tmi: &Tmi, tmv: &[u8; 8]) -> bool {
    same(&TmacSessionKeys::derive(key, uid, tmc).tmv(tmi), tmv)
}

/// The keys of one transaction of one card.
pub struct TmacSessionKeys {
    pub(crate) mac: AesKey,
    pub(crate) enc: AesKey,
}

impl TmacSessionKeys {
    /// From the application's transaction MAC key. `tmc` is the counter that the commit returned, this transaction
    /// counted.
    pub fn derive(key: &AesKey, uid: &Uid, tmc: u32) -> Self {
        let derived = |label: u8| {
            let vector = [&[label, 0x00, 0x01, 0x00, 0x80][..], &tmc.to_le_bytes(), uid.bytes()];
            AesKey::take(&mut cmac(key, &vector))
        };
        Self { mac: derived(0x5A), enc: derived(0xA5) }
    }

    /// The transaction's MAC.
    pub fn tmv(&self, tmi: &Tmi) -> [u8; 8] {
        self.mac_over(tmi.bytes())
    }

    pub(crate) fn mac_over(&self, input: &[u8]) -> [u8; 8] {
        truncate(&cmac(&self.mac, &[input]))
    }

    /// The reader id of the transaction before, from what CommitReaderID answered.
    pub fn previous_reader_id(&self, enc_tmri: &[u8; 16]) -> [u8; 16] {
        let mut id = *enc_tmri;
        let whole = cbc_decrypt(&self.enc, &[0; BLOCK], &mut id);
        debug_assert!(whole, "a reader id is one block");
        id
    }

    /// What CommitReaderID answers if the transaction before had this reader id.
    pub fn encrypt_reader_id(&self, previous: &[u8; 16]) -> [u8; 16] {
        let mut id = *previous;
        let whole = cbc_encrypt(&self.enc, &[0; BLOCK], &mut id);
        debug_assert!(whole, "a reader id is one block");
        id
    }
}

/// The transaction MAC's input, command by command in the order the card got them.
///
/// Every command contributes its header, zero-padded to whole blocks, and its plain data, padded likewise; the code
/// is the one [`Session`](crate::Session) sends. Reading the transaction MAC file itself contributes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tmi(Vec<u8>);

impl Tmi {
    /// Of a transaction without commands.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The input so far: whole blocks.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// ReadData of as many bytes as `data` has; a length of 0 is [`read_data_to_end`](Self::read_data_to_end).
    pub fn read_data(&mut self, file: FileNo, offset: u32, data: &[u8]) {
        self.place(code::read_data(data.len()), file, [offset, number(data)], data);
    }

    /// ReadData with length 0, which read `data`.
    pub fn read_data_to_end(&mut self, file: FileNo, offset: u32, data: &[u8]) {
        self.place(code::read_data(0), file, [offset, number(data)], data);
    }

    /// ReadRecords of a number of records named in the command; a count of 0 is
    /// [`read_all_records`](Self::read_all_records).
    pub fn read_records(&mut self, file: FileNo, records: Records, data: &[u8]) {
        self.place(code::read_records(data.len()), file, [records.first, records.count], data);
    }

    /// ReadRecords with count 0, which read `records.count` records.
    pub fn read_all_records(&mut self, file: FileNo, records: Records, data: &[u8]) {
        self.place(code::read_records(0), file, [records.first, records.count], data);
    }

    /// GetValue, which answered `value`.
    pub fn get_value(&mut self, file: FileNo, value: i32) {
        self.value(code::GET_VALUE, file, value);
    }

    /// Debit.
    pub fn debit(&mut self, file: FileNo, amount: i32) {
        self.value(code::DEBIT, file, amount);
    }

    /// Credit.
    pub fn credit(&mut self, file: FileNo, amount: i32) {
        self.value(code::CREDIT, file, amount);
    }

    /// LimitedCredit.
    pub fn limited_credit(&mut self, file: FileNo, amount: i32) {
        self.value(code::LIMITED_CREDIT, file, amount);
    }

    /// WriteRecord.
    pub fn write_record(&mut self, file: FileNo, offset: u32, data: &[u8]) {
        self.place(code::write_record(data.len()), file, [offset, number(data)], data);
    }

    /// WriteData.
    pub fn write_data(&mut self, file: FileNo, offset: u32, data: &[u8]) {
        self.place(code::write_data(data.len()), file, [offset, number(data)], data);
    }

    /// ClearRecordFile.
    pub fn clear_record_file(&mut self, file: FileNo) {
        self.padded(&[&[code::CLEAR_RECORD_FILE, file.get()]]);
    }

    /// CommitReaderID in a session, with what it answered.
    pub fn commit_reader_id(&mut self, reader_id: &[u8; 16], enc_tmri: &[u8; 16]) {
        self.padded(&[&[code::COMMIT_READER_ID], reader_id, enc_tmri]);
    }

    fn value(&mut self, ins: u8, file: FileNo, value: i32) {
        self.padded(&[&[ins, file.get()], &value.to_le_bytes()]);
    }

    fn place(&mut self, ins: u8, file: FileNo, numbers: [u32; 2], data: &[u8]) {
        let [[a, b, c, _], [d, e, f, _]] = numbers.map(u32::to_le_bytes);
        self.padded(&[&[ins, file.get(), a, b, c, d, e, f]]);
        self.padded(&[data]);
    }

    /// Appends the parts, then zeros up to whole blocks.
    fn padded(&mut self, parts: &[&[u8]]) {
        parts.iter().for_each(|part| self.0.extend_from_slice(part));
        self.0.resize(self.0.len().next_multiple_of(BLOCK), 0);
    }
}

/// A length as it travels; what is longer than any file is no card's, and no MAC will fit it.
fn number(data: &[u8]) -> u32 {
    u32::try_from(data.len()).unwrap_or(u32::MAX)
}
