//! The collection card: carries what terminals have to say to head office, and what head office has to say to them.
//!
//! Each direction is an area and a head. The area is a standard data file, written piece by piece; the head is a backup file that
//! says what of the area is good, and is written last, with the commit. So a card that is torn away holds what it held before,
//! and nothing is lost, at half the memory that areas under commit would take (ADR 46).

use crate::identity::{CollectionIdentity, IDENTITY_FILE};
use crate::member::{Presented, not_ours};
use crate::{CardError, CardKeys};
use rand_core::CryptoRng;
use satchel_desfire::{Access, Aid, Authenticated, CommMode, FileNo, KeyNo, Rights, Session};
use satchel_hazmat::AesKey;
use satchel_keys::{KeyVersion, Role};

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

/// Frames in one direction at most.
pub const FRAMES_MOST: usize = 64;
/// Bytes of a frame's length before it.
const LENGTH: usize = 2;
/// Bytes written with one command.
const WRITTEN_MOST: usize = 480;
const LAYOUT: u8 = 1;

/// Where each field of a head lies. Numbers are big-endian; the rest is zero.
mod head_field {
    use std::ops::Range;
    pub const LAYOUT: usize = 0;
    pub const FRAMES: usize = 1;
    pub const USED: Range<usize> = 2..4;
    /// A bit a frame: whoever it was for has it.
    pub const DONE: Range<usize> = 4..12;
    pub const CHECK: Range<usize> = 12..16;
}

/// A direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From terminals to head office.
    Up,
    /// From head office to terminals.
    Down,
}

impl Way {
    const fn files(self) -> (FileNo, FileNo, u32) {
        match self {
            Self::Up => (file::UP, file::UP_HEAD, UP),
            Self::Down => (file::DOWN, file::DOWN_HEAD, DOWN),
        }
    }

    const fn key(self) -> (KeyNo, Role) {
        match self {
            Self::Up => (key::TERMINAL, Role::CollectionTerminal),
            Self::Down => (key::OFFICE, Role::CollectionOffice),
        }
    }
}

/// Something on the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// What it is.
    pub bytes: Vec<u8>,
    /// Whoever it was for has it.
    pub done: bool,
}

/// What a direction holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Held {
    frames: Vec<Frame>,
}

/// A collection card as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// Which card it is.
    pub identity: CollectionIdentity,
    /// What terminals sent.
    pub up: Held,
    /// What head office sent.
    pub down: Held,
}

impl Held {
    /// The frames, oldest first.
    pub fn frames(&self) -> &[Frame] {
        &self.frames
    }

    /// Notes that whoever frames were for has them.
    pub fn mark(&mut self, done: impl Fn(&[u8]) -> bool) {
        for frame in self.frames.iter_mut().filter(|frame| done(&frame.bytes)) {
            frame.done = true;
        }
    }

    /// Adds a frame if there is room; whether there was.
    pub fn add(&mut self, way: Way, bytes: &[u8]) -> bool {
        let fresh = self.frames.iter().all(|frame| frame.done);
        let (held, used) = if fresh { (0, 0) } else { (self.frames.len(), self.used()) };
        let size = usize::try_from(way.files().2).unwrap_or_default();
        if bytes.is_empty() || held >= FRAMES_MOST || used + LENGTH + bytes.len() > size {
            return false;
        }
        if fresh {
            self.frames.clear();
        }
        self.frames.push(Frame { bytes: bytes.to_vec(), done: false });
        true
    }

    fn used(&self) -> usize {
        self.frames.iter().map(|frame| LENGTH + frame.bytes.len()).sum()
    }

    fn area(&self) -> Vec<u8> {
        let mut area = Vec::with_capacity(self.used());
        for frame in &self.frames {
            let length = u16::try_from(frame.bytes.len()).expect("a frame is shorter than its area");
            area.extend(length.to_be_bytes());
            area.extend(&frame.bytes);
        }
        area
    }

    fn head(&self) -> [u8; HEAD as usize] {
        let mut head = [0; HEAD as usize];
        let area = self.area();
        head[head_field::LAYOUT] = LAYOUT;
        head[head_field::FRAMES] = u8::try_from(self.frames.len()).expect("64 frames at most");
        let used = u16::try_from(area.len()).expect("an area is shorter than 64 KB");
        head[head_field::USED].copy_from_slice(&used.to_be_bytes());
        let bits = (0..64).zip(&self.frames).filter(|(_, frame)| frame.done);
        let done = bits.fold(0_u64, |bits, (place, _)| bits | 1 << place);
        head[head_field::DONE].copy_from_slice(&done.to_be_bytes());
        head[head_field::CHECK].copy_from_slice(&crc32fast::hash(&area).to_be_bytes());
        head
    }
}

/// What a head says of its area: how many frames in how many bytes, which are done, and their checksum.
struct Head {
    frames: usize,
    used: u32,
    done: u64,
    check: u32,
}

impl Head {
    fn parse(bytes: &[u8], size: u32) -> Result<Self, CardError> {
        let damaged = || CardError::Damaged("collection area");
        let bytes: &[u8; HEAD as usize] = bytes.try_into().map_err(|_| damaged())?;
        let number =
            |range: std::ops::Range<usize>| bytes[range].iter().fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
        let head = Self {
            frames: usize::from(bytes[head_field::FRAMES]),
            used: u32::try_from(number(head_field::USED)).map_err(|_| damaged())?,
            done: number(head_field::DONE),
            check: u32::try_from(number(head_field::CHECK)).map_err(|_| damaged())?,
        };
        match bytes[head_field::LAYOUT] {
            0 => Ok(Self { frames: 0, used: 0, done: 0, check: 0 }),
            LAYOUT if head.used <= size && head.frames <= FRAMES_MOST => Ok(head),
            LAYOUT => Err(damaged()),
            newer => Err(CardError::NewerLayout(newer)),
        }
    }

    fn all_done(&self) -> bool {
        let all = if self.frames >= 64 { u64::MAX } else { (1 << self.frames) - 1 };
        self.done & all == all
    }

    /// The frames of an area. One that was being written anew holds nothing that somebody waits for.
    fn frames(&self, area: &[u8]) -> Result<Held, CardError> {
        if self.frames == 0 || crc32fast::hash(area) != self.check {
            let forgotten = self.all_done();
            return if forgotten { Ok(Held::default()) } else { Err(CardError::Damaged("collection area")) };
        }
        let mut frames = Vec::with_capacity(self.frames);
        let mut rest = area;
        for place in 0..self.frames {
            let (length, after) = rest.split_first_chunk::<LENGTH>().ok_or(CardError::Damaged("collection area"))?;
            let length = usize::from(u16::from_be_bytes(*length));
            let (bytes, after) = after.split_at_checked(length).ok_or(CardError::Damaged("collection area"))?;
            frames.push(Frame { bytes: bytes.to_vec(), done: self.done >> place & 1 == 1 });
            rest = after;
        }
        Ok(Held { frames })
    }
}

/// Reads a collection card: who it is, and what it carries both ways.
pub fn read(presented: Presented<'_, '_>) -> Result<Contents, CardError> {
    let Presented { transport, identity, keys, rng } = presented;
    let session = open(Session::new(transport, identity.frame), keys, rng, Way::Up)?;
    let length = u32::try_from(IDENTITY_FILE).expect("32 fits");
    let (session, identity) = session.read_data(file::IDENTITY, CommMode::Full, 0, length)?;
    let identity = CollectionIdentity::parse(&identity)?;
    let (session, up) = read_way(session, Way::Up)?;
    let (_, down) = read_way(session, Way::Down)?;
    Ok(Contents { identity, up, down })
}

/// Makes a direction hold this instead of what it held when it was read. Torn away before the last commit, it holds what it held, or
/// nothing where nobody waits for it any more; what is new of it is then written again.
pub fn write(presented: Presented<'_, '_>, way: Way, before: &Held, after: &Held) -> Result<(), CardError> {
    let Presented { transport, identity, keys, rng } = presented;
    let mut session = open(Session::new(transport, identity.frame), keys, rng, way)?;
    let (area, head, _) = way.files();
    let kept = before.frames.len() <= after.frames.len()
        && before.frames.iter().zip(&after.frames).all(|(one, other)| one.bytes == other.bytes);
    let from = if kept {
        before.used()
    } else {
        // Begun anew: first it says that nobody waits for what is there.
        let mut done = before.clone();
        done.mark(|_| true);
        session = session.write_data(head, CommMode::Full, 0, &done.head())?.commit_transaction()?;
        0
    };
    let bytes = after.area();
    let mut offset = from;
    for chunk in bytes.get(from..).unwrap_or_default().chunks(WRITTEN_MOST) {
        let at = u32::try_from(offset).map_err(|_| CardError::Damaged("collection area"))?;
        session = session.write_data(area, CommMode::Full, at, chunk)?;
        offset += chunk.len();
    }
    session.write_data(head, CommMode::Full, 0, &after.head())?.commit_transaction()?;
    Ok(())
}

fn read_way(session: Session<'_, Authenticated>, way: Way) -> Result<(Session<'_, Authenticated>, Held), CardError> {
    let (area, head, size) = way.files();
    let (session, head) = session.read_data(head, CommMode::Full, 0, HEAD)?;
    let head = Head::parse(&head, size)?;
    if head.used == 0 {
        return Ok((session, Held::default()));
    }
    let (session, area) = session.read_data(area, CommMode::Full, 0, head.used)?;
    Ok((session, head.frames(&area)?))
}

/// A session with the key that may write a direction, in whatever version the card has it.
fn open<'t>(
    mut session: Session<'t, satchel_desfire::Plain>,
    keys: &CardKeys<'_>,
    rng: &mut dyn CryptoRng,
    way: Way,
) -> Result<Session<'t, Authenticated>, CardError> {
    let (number, role) = way.key();
    session.select_application(AID).map_err(not_ours)?;
    let version = KeyVersion::new(session.get_key_version(number)?).ok_or(CardError::NotOurs)?;
    let card_key: AesKey = keys.key(role, version)?;
    session.authenticate_ev2_first(number, &card_key, rng).map_err(|refused| not_ours(refused.error))
}
