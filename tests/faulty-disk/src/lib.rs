//! A disk that fails when it is told to, under the real SQLite: power loss with torn and lost writes, no room left,
//! read-only.
//!
//! The disk lies in memory and counts every change that SQLite asks of it. [`Disk::fail`] picks the change at which a
//! [`Fault`] sets in, so that a test can try them all. After a loss of power [`Disk::wreck`] is what lay on the disk
//! and what was still on its way there; [`Wreck::survivors`] says how much of that arrived.
//!
//! What the disk promises is what SQLite expects of a machine's own file system: what was synced stays; what was not
//! may arrive whole, in part (512-byte sectors), as garbage, or not at all, in any order; bytes beside a write are
//! never harmed by it. A file's own sync keeps its entry in the folder; a deletion is kept when the folder is synced,
//! which a new log's first sync does. All files are in one folder.

#![deny(missing_docs)]

mod disk;
mod ffi;
mod wreck;

pub use disk::{Disk, Fault, Files, When};
pub use wreck::{SECTOR, Survival, Wreck};
