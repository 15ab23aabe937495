//! The project's own tasks: `cargo xtask TASK`.

mod bench;
mod check;
mod demo;
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
}

fn main() -> ExitCode {
    match Arguments::parse().task {
        Task::Test => check::test(),
        Task::Demo(options) => demo::run(&options),
        Task::Vectors { files } => vectors::run(&files),
        Task::Bench(options) => bench::run(&options),
    }
}
