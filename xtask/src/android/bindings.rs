//! `cargo xtask bindings`: the core as a library for this machine, and the Kotlin that calls it.

use super::layout;
use super::stamp::{self, Inputs};
use super::turn::Turn;
use anyhow::{Context, Result, bail, ensure};
use camino::Utf8PathBuf;
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use uniffi_bindgen::bindings::{GenerateOptions, TargetLanguage, generate};

/// The crate that the app calls.
pub const CRATE: &str = "satchel-ffi";
/// Its library's name, as the loader knows it.
pub const LIBRARY: &str = "satchel";
/// The Kotlin package that `uniffi.toml` names, as a path.
const PACKAGE: &str = "org/satchel/bindings";

/// Makes them alone.
pub fn run() -> Result<()> {
    let _turn = Turn::awaited()?;
    make()
}

/// Builds the core and writes its bindings to `target/android/bindings`.
pub fn make() -> Result<()> {
    build()?;
    let config = layout::root().join("uniffi.toml");
    let mut inputs = Inputs::new("bindings");
    inputs.path(&library())?.path(&config)?;
    stamp::unless_done("bindings", &inputs, || {
        let folder = layout::bindings();
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("deleting {}", folder.display()))?;
        }
        generate(GenerateOptions {
            languages: vec![TargetLanguage::Kotlin],
            source: utf8(library())?,
            out_dir: utf8(folder.clone())?,
            config_override: Some(utf8(config.clone())?),
            ..GenerateOptions::default()
        })?;
        ensure!(folder.join(PACKAGE).is_dir(), "{} does not put the bindings into {PACKAGE}", config.display());
        Ok(())
    })?;
    Ok(())
}

/// Where the core for this machine lies.
pub fn folder() -> PathBuf {
    layout::cargo_target().join("debug")
}

/// The core as a library for this machine.
pub fn library() -> PathBuf {
    folder().join(format!("{DLL_PREFIX}{LIBRARY}{DLL_SUFFIX}"))
}

fn build() -> Result<()> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let status = cargo.current_dir(layout::root()).args(["build", "--quiet", "--package", CRATE]).status()?;
    if !status.success() {
        bail!("{CRATE} does not build");
    }
    Ok(())
}

fn utf8(path: PathBuf) -> Result<Utf8PathBuf> {
    Utf8PathBuf::try_from(path).context("the project's folder has a name that is not Unicode")
}
