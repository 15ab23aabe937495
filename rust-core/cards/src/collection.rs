//! The collection card: carries what terminals have to say to head office, and what head office has to say to them.
//!
//! Each direction is an area and a head. The area is a standard data file, written piece by piece; the head is a backup file that
//! says what of the area is good, and is written last, with the commit. So a card that is torn away holds what it held before,
//! and nothing is lost, at half the memory that areas under commit would take (ADR 46).

use satchel_desfire::{Access, Aid, KeyNo, Rights};

/// The application, least significant byte first as on the wire.
pub const AID: Aid = Aid::new([0x03, 0x54, 0x53]);

/// The application's ISO 7816 name.
pub const ISO_NAME: &[u8] = b"\xF0SATCHEL\x03";

/// The application's ISO 7816 file identifier.
pub const ISO_FILE_ID: u16 = 0xE103;

/// Bytes of what terminals send, and of what head office sends: together as much as a card of 8 KB holds.
pub const UP: u32 = 4_640;
/// Bytes of what head office sends.
pub const DOWN: u32 = 2_336;
/// Bytes of a head.
pub const HEAD: u32 = 32;

/// The application's keys.
pub mod key {
    use satchel_desfire::KeyNo;
    /// Settings, identity, what head office sends.
    pub const OFFICE: KeyNo = KeyNo::new(0);
    /// Reads all, writes what terminals send.
    pub const TERMINAL: KeyNo = KeyNo::new(1);
}

/// The application's files.
pub mod file {
    use satchel_desfire::FileNo;
    /// Which card it is; a standard data file, written once.
    pub const IDENTITY: FileNo = FileNo::new(1);
    /// What terminals send; a standard data file.
    pub const UP: FileNo = FileNo::new(2);
    /// What of it is good; a backup data file.
    pub const UP_HEAD: FileNo = FileNo::new(3);
    /// What head office sends; a standard data file.
    pub const DOWN: FileNo = FileNo::new(4);
    /// What of it is good; a backup data file.
    pub const DOWN_HEAD: FileNo = FileNo::new(5);
}

/// Who may do what with each file.
pub mod rights {
    use super::{Access, KeyNo, Rights, key};

    const fn only(key: KeyNo) -> Access {
        Access::Key(key)
    }

    /// Read by terminals, written by head office: the identity, and what head office sends.
    pub const FROM_OFFICE: Rights = Rights {
        read: only(key::TERMINAL),
        write: only(key::OFFICE),
        read_write: Access::Never,
        change: only(key::OFFICE),
    };
    /// Read and written by terminals: what they send.
    pub const FROM_TERMINALS: Rights = Rights {
        read: Access::Never,
        write: Access::Never,
        read_write: only(key::TERMINAL),
        change: only(key::OFFICE),
    };
}
