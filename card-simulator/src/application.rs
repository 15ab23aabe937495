//! Applications and the card as a whole: what survives the loss of the field.

use crate::file::File;
use crate::status::Status;
use minicbor::{Decode, Encode};
use std::collections::BTreeMap;

/// Applications on one card at most.
pub(crate) const APPLICATIONS_MOST: usize = 28;
/// Files in one application at most.
pub(crate) const FILES_MOST: usize = 32;

/// A key and its version.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub(crate) struct Key {
    #[n(0)]
    pub bytes: [u8; 16],
    #[n(1)]
    pub version: u8,
}

/// The cipher of the card's master key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub(crate) enum Cipher {
    /// Single DES or two-key triple DES.
    #[n(0)]
    Des,
    #[n(1)]
    Aes,
}

/// What the card keeps without power.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Picc {
    #[n(0)]
    pub master: Key,
    #[n(1)]
    pub cipher: Cipher,
    #[n(2)]
    pub settings: u8,
    #[n(3)]
    pub applications: Vec<Application>,
    /// SetConfiguration option 0: bit 0 no FormatPICC, bit 1 random identifier.
    #[n(4)]
    pub configuration: u8,
    /// The key that new applications' keys begin as.
    #[n(5)]
    pub default_key: Key,
}

impl Picc {
    pub(crate) fn application(&self, aid: [u8; 3]) -> Result<&Application, Status> {
        self.applications.iter().find(|application| application.aid == aid).ok_or(Status::ApplicationNotFound)
    }

    pub(crate) fn application_mut(&mut self, aid: [u8; 3]) -> Result<&mut Application, Status> {
        self.applications.iter_mut().find(|application| application.aid == aid).ok_or(Status::ApplicationNotFound)
    }

    /// Whether the card is configured to show a random identifier in place of its own.
    pub(crate) const fn hides_uid(&self) -> bool {
        self.configuration & 0x02 != 0
    }

    /// Bytes of memory in use.
    pub(crate) fn memory(&self) -> u32 {
        self.applications.iter().map(Application::memory).sum()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Application {
    #[n(0)]
    pub aid: [u8; 3],
    #[n(1)]
    pub settings: u8,
    #[n(2)]
    pub keys: Vec<Key>,
    #[n(3)]
    pub files: BTreeMap<u8, File>,
    #[n(4)]
    pub iso_id: Option<u16>,
    #[n(5)]
    pub iso_name: Vec<u8>,
    /// Whether files carry ISO identifiers (KeySett2 bit 5).
    #[n(6)]
    pub iso_files: bool,
}

impl Application {
    pub(crate) fn file(&self, number: u8) -> Result<&File, Status> {
        self.files.get(&number).ok_or(Status::FileNotFound)
    }

    pub(crate) fn key(&self, number: u8) -> Result<&Key, Status> {
        self.keys.get(usize::from(number)).ok_or(Status::NoSuchKey)
    }

    fn memory(&self) -> u32 {
        let keys = u32::try_from(self.keys.len()).unwrap_or(0) * 32;
        64 + keys + self.files.values().map(File::memory).sum::<u32>()
    }
}
