//! The Android app's build: what the Android Gradle plugin does, as far as Maven does not.
//!
//! `versions.lock` → Maven and Gradle files ([`files`]) → artefacts in Maven's own store ([`store`]) → AARs unpacked and
//! their resources compiled ([`aar`]) → manifest merged ([`manifest`]) → resources linked ([`resources`]) → Kotlin
//! compiled and tested by Maven ([`app`]) → APK ([`apk`]). Everything made lies under `target/android`, and every step
//! whose inputs are the same as last time is left out ([`stamp`]).

mod aar;
pub mod apk;
pub mod app;
pub mod bindings;
mod code;
mod device_tests;
mod files;
mod goldens;
mod layout;
mod lock;
mod manifest;
mod maven;
mod resources;
mod sdk;
mod shrunk;
mod sign;
mod stamp;
mod store;
mod turn;

use anyhow::Result;
use console::style;
use std::process::ExitCode;

pub use files::write as write_files;
pub use goldens::contact_sheet;

/// The app's name on a device, and the package its resources are in.
const APPLICATION_ID: &str = "org.satchel.pos";
/// Android 8, the oldest system the app runs on.
const MIN_SDK: u32 = 26;
/// Android 15, the system the app is made for.
const TARGET_SDK: u32 = 35;

/// A task's end, as the shell sees it.
pub fn ended(task: Result<()>) -> ExitCode {
    match task {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{} {error:#}", style("error:").red().bold());
            ExitCode::FAILURE
        }
    }
}
