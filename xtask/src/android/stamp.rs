//! Leaving out a step whose inputs are the same as last time.

use super::layout;
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What a step reads, summed up.
pub struct Inputs(Sha256);

impl Inputs {
    /// Inputs of a step; `what` tells two steps over the same files apart.
    pub fn new(what: &str) -> Self {
        let mut inputs = Self(Sha256::new());
        inputs.text(what);
        inputs
    }

    /// A setting.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.0.update((text.len() as u64).to_be_bytes());
        self.0.update(text);
        self
    }

    /// A file's path and content; a folder's files, in the order of their names. What is not there counts as empty.
    pub fn path(&mut self, path: &Path) -> Result<&mut Self> {
        for file in files_under(path)? {
            self.text(&file.to_string_lossy());
            self.0.update(Sha256::digest(fs::read(&file).with_context(|| format!("reading {}", file.display()))?));
        }
        Ok(self)
    }

    /// The sum, in hexadecimal.
    pub fn sum(&self) -> String {
        hex::encode(self.0.clone().finalize())
    }
}

/// Runs `make` unless the step `name` last ended well with the same inputs. Says whether it ran.
pub fn unless_done(name: &str, inputs: &Inputs, make: impl FnOnce() -> Result<()>) -> Result<bool> {
    let stamp = layout::out().join("stamps").join(name);
    let sum = inputs.sum();
    if fs::read_to_string(&stamp).is_ok_and(|last| last == sum) {
        return Ok(false);
    }
    forget(&stamp)?;
    let started = Instant::now();
    make()?;
    println!("{name} {:.1} s", started.elapsed().as_secs_f32());
    fs::create_dir_all(stamp.parent().expect("stamps lie in a folder"))?;
    fs::write(&stamp, sum).with_context(|| format!("writing {}", stamp.display()))?;
    Ok(true)
}

fn forget(stamp: &Path) -> Result<()> {
    match fs::remove_file(stamp) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("deleting {}", stamp.display()))
        }
        _ => Ok(()),
    }
}

/// All files under a path, sorted; the path itself if it is a file; none if there is nothing.
pub fn files_under(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    if path.is_dir() {
        for entry in fs::read_dir(path).with_context(|| format!("listing {}", path.display()))? {
            files.extend(files_under(&entry?.path())?);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renamed_file_and_a_changed_one_are_other_inputs() {
        let folder = tempfile::tempdir().expect("a folder");
        let sum = || Inputs::new("step").path(folder.path()).expect("readable").sum();
        fs::write(folder.path().join("a"), "1").expect("written");
        let first = sum();
        assert_eq!(first, sum());
        fs::rename(folder.path().join("a"), folder.path().join("b")).expect("renamed");
        let renamed = sum();
        assert_ne!(first, renamed);
        fs::write(folder.path().join("b"), "2").expect("written");
        assert_ne!(renamed, sum());
    }
}
