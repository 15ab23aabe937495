//! One build at a time: two that write to `target/android` at once would spoil each other's results.

use super::layout;
use anyhow::{Context, Result};
use std::fs::{self, File, TryLockError};

/// The right to write there, until it is dropped.
pub struct Turn {
    _locked: File,
}

impl Turn {
    /// Waits for it.
    pub fn awaited() -> Result<Self> {
        fs::create_dir_all(layout::out())?;
        let path = layout::out().join("turn");
        let file = File::create(&path).with_context(|| format!("writing {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                println!("waiting for another build of the app");
                file.lock()?;
            }
            Err(TryLockError::Error(error)) => return Err(error).context("locking the build folder"),
        }
        Ok(Self { _locked: file })
    }
}
