//! Command codes (MF3D(H)x3 §"Command set"; MF2DL(H)x0 §11.1).

pub(crate) const GET_VERSION: u8 = 0x60;
pub(crate) const FREE_MEMORY: u8 = 0x6E;
pub(crate) const FORMAT_PICC: u8 = 0xFC;
pub(crate) const SET_CONFIGURATION: u8 = 0x5C;
pub(crate) const GET_CARD_UID: u8 = 0x51;

pub(crate) const SELECT_APPLICATION: u8 = 0x5A;
pub(crate) const CREATE_APPLICATION: u8 = 0xCA;
pub(crate) const DELETE_APPLICATION: u8 = 0xDA;
pub(crate) const GET_APPLICATION_IDS: u8 = 0x6A;

pub(crate) const CHANGE_KEY: u8 = 0xC4;
pub(crate) const GET_KEY_VERSION: u8 = 0x64;
pub(crate) const GET_KEY_SETTINGS: u8 = 0x45;
pub(crate) const CHANGE_KEY_SETTINGS: u8 = 0x54;

pub(crate) const GET_FILE_IDS: u8 = 0x6F;
pub(crate) const GET_FILE_SETTINGS: u8 = 0xF5;
pub(crate) const CHANGE_FILE_SETTINGS: u8 = 0x5F;
pub(crate) const CREATE_STANDARD_FILE: u8 = 0xCD;
pub(crate) const CREATE_BACKUP_FILE: u8 = 0xCB;
pub(crate) const CREATE_VALUE_FILE: u8 = 0xCC;
pub(crate) const CREATE_LINEAR_RECORD_FILE: u8 = 0xC1;
pub(crate) const CREATE_CYCLIC_RECORD_FILE: u8 = 0xC0;
pub(crate) const CREATE_TRANSACTION_MAC_FILE: u8 = 0xCE;
pub(crate) const DELETE_FILE: u8 = 0xDF;

pub(crate) const GET_VALUE: u8 = 0x6C;
pub(crate) const CREDIT: u8 = 0x0C;
pub(crate) const DEBIT: u8 = 0xDC;
pub(crate) const LIMITED_CREDIT: u8 = 0x1C;

pub(crate) const CLEAR_RECORD_FILE: u8 = 0xEB;
pub(crate) const COMMIT_READER_ID: u8 = 0xC8;
pub(crate) const COMMIT_TRANSACTION: u8 = 0xC7;
pub(crate) const ABORT_TRANSACTION: u8 = 0xA7;

/// What a Full answer carries in one frame of 64 bytes: 48 enciphered bytes, at least one of them padding.
const ONE_FRAME_READ: usize = 47;
/// What a Full command carries in one frame of 64 bytes beside its seven-byte header: 32 enciphered bytes, at least
/// one of them padding.
const ONE_FRAME_WRITE: usize = 31;

/// The two codes of one command. The first (AD, 8D, AB, 8B) is the one of the published traces, but DESFire EV2 cuts
/// its long messages by ISO 14443-4 blocks, of which a reader behind APDUs sees nothing and which no 256-byte answer
/// fits. The second (BD, 3D, BB, 3B), older than EV2, is cut by 91AF, which works behind every reader.
///
/// So what fits one frame whatever its size and mode is sent with the first, everything longer with the second. The
/// choice depends on the length alone: the code is part of the transaction MAC's input, and whoever verifies it later
/// must come to the same one without knowing the frame size.
struct Codes {
    one_frame: u8,
    chained: u8,
}

impl Codes {
    /// For `length` bytes, of which `most` fit; 0 asks for everything there is, which may be long.
    const fn of(&self, length: usize, most: usize) -> u8 {
        if length == 0 || length > most { self.chained } else { self.one_frame }
    }
}

/// The code for reading `length` bytes of a data file; 0 for all.
pub(crate) const fn read_data(length: usize) -> u8 {
    Codes { one_frame: 0xAD, chained: 0xBD }.of(length, ONE_FRAME_READ)
}

/// The code for writing `length` bytes of a data file.
pub(crate) const fn write_data(length: usize) -> u8 {
    Codes { one_frame: 0x8D, chained: 0x3D }.of(length, ONE_FRAME_WRITE)
}

/// The code for reading records of `length` bytes together; 0 for all.
pub(crate) const fn read_records(length: usize) -> u8 {
    Codes { one_frame: 0xAB, chained: 0xBB }.of(length, ONE_FRAME_READ)
}

/// The code for writing `length` bytes of a record.
pub(crate) const fn write_record(length: usize) -> u8 {
    Codes { one_frame: 0x8B, chained: 0x3B }.of(length, ONE_FRAME_WRITE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_fits_one_frame_uses_the_codes_without_91af() {
        assert_eq!([read_data(1), read_data(47), read_data(48), read_data(0)], [0xAD, 0xAD, 0xBD, 0xBD]);
        assert_eq!([write_data(1), write_data(31), write_data(32)], [0x8D, 0x8D, 0x3D]);
        assert_eq!([read_records(31), read_records(62), read_records(0)], [0xAB, 0xBB, 0xBB]);
        assert_eq!([write_record(31), write_record(32)], [0x8B, 0x3B]);
    }
}
