//! Where everything lies.

use std::path::{Path, PathBuf};

/// The project's root folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the project's root").to_owned()
}

/// The Android app's own files.
pub fn android() -> PathBuf {
    root().join("android")
}

/// The app's sources: manifest, resources, Kotlin.
pub fn main_sources() -> PathBuf {
    android().join("app/src/main")
}

/// Golden pictures, `FEATURE/STATE-DEVICE-LANGUAGE-THEME.png`.
pub fn screenshots() -> PathBuf {
    android().join("screenshots")
}

/// Where Cargo builds.
pub fn cargo_target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// Everything the Android build makes. Maven's files name it too, so it does not follow Cargo's.
pub fn out() -> PathBuf {
    root().join("target/android")
}

/// The Kotlin bindings, made from the core.
pub fn bindings() -> PathBuf {
    out().join("bindings")
}
