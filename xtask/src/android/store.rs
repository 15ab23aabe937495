//! The artefacts of the lock list, in Maven's own store on this machine.

use super::lock::{Artefact, Lock, Use};
use super::stamp::{self, Inputs};
use super::{layout, maven};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// Where Maven keeps what it fetched.
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// Has Maven fetch what the list names and this machine lacks.
    pub fn filled(lock: &Lock) -> Result<Self> {
        let mut inputs = Inputs::new("artefacts");
        inputs.text(&lock.text);
        stamp::unless_done("artefacts", &inputs, fetch)?;
        if let Some(store) = Self::complete(lock)? {
            return Ok(store);
        }
        fetch()?;
        Self::complete(lock)?.context("Maven fetched, and yet locked artefacts are missing")
    }

    /// The store, if it still has every file of the list.
    fn complete(lock: &Lock) -> Result<Option<Self>> {
        let android = lock.named("android-all")?.path();
        let known = listed("tools")?;
        let Some(folder) = known.iter().find_map(|file| store_of(file, &android)) else {
            bail!("Maven lists no android-all among the tools' artefacts");
        };
        let store = Self { folder };
        let fetched = [Use::App, Use::Test, Use::Robolectric, Use::Platform, Use::Tools];
        let there = fetched.into_iter().flat_map(|purpose| lock.all(purpose)).all(|one| store.file(one).is_file());
        Ok(there.then_some(store))
    }

    /// An artefact's file.
    pub fn file(&self, artefact: &Artefact) -> PathBuf {
        self.folder.join(artefact.path())
    }

    /// The artefact of that name.
    pub fn named(&self, lock: &Lock, name: &str) -> Result<PathBuf> {
        Ok(self.file(lock.named(name)?))
    }
}

/// Every artefact that Maven found for a module, with what the named ones need.
pub fn listed(module: &str) -> Result<Vec<PathBuf>> {
    let file = layout::out().join(module).join("artefacts");
    let list = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
    Ok(std::env::split_paths(list.trim()).collect())
}

fn fetch() -> Result<()> {
    maven::run(&["--quiet", "--projects", "tools,libs,testlibs", "dependency:build-classpath"])
}

fn store_of(file: &Path, artefact: &Path) -> Option<PathBuf> {
    file.ends_with(artefact).then(|| file.ancestors().nth(artefact.components().count()).map(Path::to_owned)).flatten()
}
