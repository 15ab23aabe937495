//! The disk: its files, what is not synced of them, and when it fails.

use crate::ffi;
use crate::wreck::{Node, Wreck};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

/// Files by their full paths.
pub type Files = BTreeMap<String, Vec<u8>>;

/// How the disk fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The power is gone: nothing works until [`Disk::load`]. The change at which it went is under way.
    PowerLoss,
    /// Writes find no room.
    Full,
    /// No change is taken, as when the system has made its file system read-only after an error.
    ReadOnly,
    /// Syncs fail; what they should have kept is on its way still.
    Unsynced,
}

/// For how long a fault lasts, in changes from [`Disk::fail`] on: 0 is the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// From this change on.
    From(u64),
    /// At this change alone.
    Only(u64),
}

impl When {
    const fn covers(self, change: u64) -> bool {
        match self {
            Self::From(first) => change >= first,
            Self::Only(only) => change == only,
        }
    }
}

/// A disk, known to SQLite as a file system of its own. Clones are the same disk.
///
/// One connection at a time: it keeps no locks.
#[derive(Debug, Clone)]
pub struct Disk {
    platter: Arc<Mutex<Platter>>,
    vfs: &'static str,
}

impl Disk {
    /// An empty disk. It stays registered with SQLite as long as the program runs, so a test loads one again and
    /// again rather than making many.
    pub fn new() -> Self {
        let platter = Arc::new(Mutex::new(Platter::default()));
        let vfs = ffi::register(Arc::clone(&platter));
        Self { platter, vfs }
    }

    /// The name to open a connection on it with.
    pub const fn vfs(&self) -> &'static str {
        self.vfs
    }

    /// Puts these files on the disk and nothing else, all of them synced, and switches it on without a fault.
    /// Connections from before find it gone.
    pub fn load(&self, files: &Files) {
        let mut platter = lock(&self.platter);
        let mount = platter.mount + 1;
        let files = files.iter().map(|(name, bytes)| (name.clone(), Node::synced(bytes.clone()))).collect();
        *platter = Platter { files, mount, ..Platter::default() };
    }

    /// The files as a program sees them, synced or not.
    pub fn files(&self) -> Files {
        let platter = lock(&self.platter);
        platter.files.iter().filter_map(|(name, node)| Some((name.clone(), node.now.clone()?))).collect()
    }

    /// One file as a program sees it.
    pub fn read(&self, path: &Path) -> Option<Vec<u8>> {
        lock(&self.platter).files.get(path.to_str()?)?.now.clone()
    }

    /// Plans a fault; the one before it is forgotten.
    pub fn fail(&self, fault: Fault, when: When) {
        let mut platter = lock(&self.platter);
        platter.changes = 0;
        platter.fault = Some((fault, when));
    }

    /// Takes the power away now, between two changes.
    pub fn lose_power(&self) {
        lock(&self.platter).is_off = true;
    }

    /// Forgets the planned fault and the limit. A lost power does not come back by it.
    pub fn mend(&self) {
        let mut platter = lock(&self.platter);
        platter.changes = 0;
        platter.fault = None;
        platter.room = None;
    }

    /// Leaves room for so many bytes more than the files have now.
    pub fn leave_room(&self, bytes: usize) {
        let mut platter = lock(&self.platter);
        platter.room = Some(platter.used() + bytes);
    }

    /// Changes asked for since the last [`Disk::load`], [`Disk::fail`] or [`Disk::mend`]: writes, syncs, truncations,
    /// creations and deletions of files.
    pub fn changes(&self) -> u64 {
        lock(&self.platter).changes
    }

    /// Syncs among the changes since the last [`Disk::load`].
    pub fn syncs(&self) -> u64 {
        lock(&self.platter).syncs
    }

    /// Whether the power is gone.
    pub fn is_off(&self) -> bool {
        lock(&self.platter).is_off
    }

    /// What lies on the disk, and what is on its way there.
    pub fn wreck(&self) -> Wreck {
        Wreck { files: lock(&self.platter).files.clone() }
    }
}

impl Default for Disk {
    fn default() -> Self {
        Self::new()
    }
}

/// The disk behind its lock.
#[derive(Debug, Default)]
pub(crate) struct Platter {
    files: BTreeMap<String, Node>,
    /// Counts [`Disk::load`], so that handles of before are known.
    mount: u64,
    /// Logs opened and not synced since.
    logs_to_sync: BTreeSet<String>,
    changes: u64,
    syncs: u64,
    fault: Option<(Fault, When)>,
    /// Bytes that all files together may have.
    room: Option<usize>,
    is_off: bool,
}

/// A change of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    Created,
    Written { offset: usize, bytes: Vec<u8> },
    Truncated(usize),
    Deleted,
}

/// Why the disk did not do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// There is no such file, and it cannot be made.
    CannotOpen,
    /// No room left.
    Full,
    /// Not written.
    Write,
    /// Not synced.
    Sync,
    /// Not cut short.
    Truncate,
    /// Not deleted.
    Delete,
    /// Not there to be deleted.
    NoSuchFile,
    /// The disk is gone.
    Gone,
}

/// How a file was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    ReadOnly,
    ReadWrite,
}

/// What SQLite keeps in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    Database,
    /// A rollback journal or write-ahead log: its first sync syncs the folder's entries as well.
    Log,
}

/// What to do if the file to open is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    Create,
    Refuse,
}

/// An open file.
#[derive(Debug)]
pub(crate) struct File {
    platter: Arc<Mutex<Platter>>,
    mount: u64,
    name: String,
    pub(crate) access: Access,
}

impl File {
    /// Opens a file. On a read-only disk an existing one is opened for reading instead.
    pub(crate) fn open(
        platter: &Arc<Mutex<Platter>>,
        name: &str,
        content: Content,
        wanted: Access,
        missing: Missing,
    ) -> Result<Self, Failure> {
        let mut disk = lock(platter);
        disk.check_power()?;
        let exists = disk.files.get(name).is_some_and(|node| node.now.is_some());
        if !exists {
            if missing == Missing::Refuse {
                return Err(Failure::CannotOpen);
            }
            disk.change(name, Change::Created).map_err(|_| Failure::CannotOpen)?;
        }
        if content == Content::Log && missing == Missing::Create {
            disk.logs_to_sync.insert(name.to_owned());
        }
        let access = if disk.is_read_only() { Access::ReadOnly } else { wanted };
        Ok(Self { platter: Arc::clone(platter), mount: disk.mount, name: name.to_owned(), access })
    }

    /// Reads as many bytes as the file has from there, and says how many.
    pub(crate) fn read(&self, offset: usize, to: &mut [u8]) -> Result<usize, Failure> {
        let disk = self.disk()?;
        let bytes = disk.content(&self.name)?;
        let found = bytes.get(offset..).unwrap_or_default();
        let count = found.len().min(to.len());
        to[..count].copy_from_slice(&found[..count]);
        Ok(count)
    }

    pub(crate) fn write(&self, offset: usize, bytes: &[u8]) -> Result<(), Failure> {
        self.disk()?.change(&self.name, Change::Written { offset, bytes: bytes.to_owned() })
    }

    pub(crate) fn truncate(&self, length: usize) -> Result<(), Failure> {
        self.disk()?.change(&self.name, Change::Truncated(length))
    }

    pub(crate) fn sync(&self) -> Result<(), Failure> {
        self.disk()?.sync(&self.name)
    }

    pub(crate) fn length(&self) -> Result<usize, Failure> {
        Ok(self.disk()?.content(&self.name)?.len())
    }

    fn disk(&self) -> Result<MutexGuard<'_, Platter>, Failure> {
        let disk = lock(&self.platter);
        disk.check_power()?;
        if disk.mount == self.mount { Ok(disk) } else { Err(Failure::Gone) }
    }
}

/// Deletes a file; at once if the folder is synced with it.
pub(crate) fn delete(platter: &Mutex<Platter>, name: &str, sync_folder: bool) -> Result<(), Failure> {
    let mut disk = lock(platter);
    disk.check_power()?;
    if disk.content(name).is_err() {
        return Err(Failure::NoSuchFile);
    }
    disk.change(name, Change::Deleted)?;
    if sync_folder {
        disk.sync_folder();
    }
    Ok(())
}

/// Whether there is such a file.
pub(crate) fn exists(platter: &Mutex<Platter>, name: &str) -> Result<bool, Failure> {
    let disk = lock(platter);
    disk.check_power()?;
    Ok(disk.content(name).is_ok())
}

impl Platter {
    fn check_power(&self) -> Result<(), Failure> {
        if self.is_off { Err(Failure::Gone) } else { Ok(()) }
    }

    fn content(&self, name: &str) -> Result<&Vec<u8>, Failure> {
        self.files.get(name).and_then(|node| node.now.as_ref()).ok_or(Failure::Gone)
    }

    fn used(&self) -> usize {
        self.files.values().filter_map(|node| node.now.as_ref()).map(Vec::len).sum()
    }

    fn is_read_only(&self) -> bool {
        self.fault.is_some_and(|(fault, when)| fault == Fault::ReadOnly && when.covers(self.changes))
    }

    fn change(&mut self, name: &str, change: Change) -> Result<(), Failure> {
        let fault = self.next_fault();
        match (fault, &change) {
            (Some(Fault::PowerLoss), _) => {
                self.is_off = true;
                self.files.entry(name.to_owned()).or_default().unsynced.push(change);
                return Err(Failure::Gone);
            }
            (Some(Fault::Full), Change::Written { .. }) => return Err(Failure::Full),
            (Some(Fault::Full), Change::Created) => return Err(Failure::CannotOpen),
            (Some(Fault::ReadOnly), change) => return Err(change.refused()),
            _ => {}
        }
        if !self.has_room_for(name, &change) {
            return Err(Failure::Full);
        }
        self.files.entry(name.to_owned()).or_default().take(change);
        Ok(())
    }

    /// A read-only disk takes a sync; there is nothing to write.
    fn sync(&mut self, name: &str) -> Result<(), Failure> {
        self.syncs += 1;
        match self.next_fault() {
            Some(Fault::PowerLoss) => {
                self.is_off = true;
                return Err(Failure::Sync);
            }
            Some(Fault::Unsynced) => return Err(Failure::Sync),
            Some(Fault::Full | Fault::ReadOnly) | None => {}
        }
        self.files.get_mut(name).ok_or(Failure::Gone)?.sync();
        if self.logs_to_sync.remove(name) {
            self.sync_folder();
        }
        Ok(())
    }

    fn sync_folder(&mut self) {
        self.files.values_mut().for_each(Node::sync_entry);
    }

    /// Counts a change, and says which fault it meets.
    fn next_fault(&mut self) -> Option<Fault> {
        let change = self.changes;
        self.changes += 1;
        self.fault.filter(|(_, when)| when.covers(change)).map(|(fault, _)| fault)
    }

    fn has_room_for(&self, name: &str, change: &Change) -> bool {
        let (Some(room), Change::Written { offset, bytes }) = (self.room, change) else { return true };
        let length = self.content(name).map_or(0, Vec::len);
        let grown = (offset + bytes.len()).saturating_sub(length);
        grown == 0 || self.used() + grown <= room
    }
}

impl Change {
    /// What a read-only disk answers.
    const fn refused(&self) -> Failure {
        match self {
            Self::Created => Failure::CannotOpen,
            Self::Written { .. } => Failure::Write,
            Self::Truncated(_) => Failure::Truncate,
            Self::Deleted => Failure::Delete,
        }
    }
}

/// A test that panicked has failed already; the disk goes on for the others.
fn lock(platter: &Mutex<Platter>) -> MutexGuard<'_, Platter> {
    platter.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
