//! The project's own tasks: `cargo xtask TASK`.

mod android;
mod bench;
mod check;
mod demo;
mod headquarters;
mod provision;
mod vectors;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's own tasks")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Runs every test: format, lints, unit and whole-chain tests.
    Test,
    /// Lives a chain's day with simulated cards and prints what came of it.
    Demo(demo::Options),
    /// Runs test vectors on every side they apply to, a line each.
    Vectors {
        /// Vector files; the project's own if none is named.
        files: Vec<PathBuf>,
    },
    /// Measures taps, journal and memory, each beside its reference.
    Bench(bench::Options),
    /// Builds the Android app and runs its tests on this machine.
    App(android::app::Options),
    /// Packs and signs the app for devices; needs an Android SDK and NDK.
    Apk(android::apk::Options),
    /// Builds the core for this machine and the Kotlin that calls it.
    Bindings,
    /// Writes Maven's and Gradle's files from android/versions.lock.
    Lock,
    /// Puts the app's golden pictures on docs/screens.png.
    ContactSheet,
}

fn main() -> ExitCode {
    match Arguments::parse().task {
        Task::Test => check::test(),
        Task::Demo(options) => demo::run(&options),
        Task::Vectors { files } => vectors::run(&files),
        Task::Bench(options) => bench::run(&options),
        Task::App(options) => android::ended(android::app::run(&options)),
        Task::Apk(options) => android::ended(android::apk::run(&options)),
        Task::Bindings => android::ended(android::bindings::run()),
        Task::Lock => android::ended(android::write_files()),
        Task::ContactSheet => android::ended(android::contact_sheet()),
    }
}
