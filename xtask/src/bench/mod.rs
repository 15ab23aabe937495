//! `cargo xtask bench`: taps, journal and memory, each beside its reference, in one run.
//!
//! Counts (exchanges, bytes, syncs, bytes of memory) are the same on every machine and are budgets: a missed one makes
//! the command fail. Times are taken alternately with their reference's, and given as the median of the rounds' ratios.

mod block_list;
mod catalogue;
mod cpu;
mod exchange;
mod journal;
mod memory;
mod naive;
mod office;
mod report;
mod rounds;
mod taps;

use clap::Args;
use console::style;
use indicatif::{ProgressBar, ProgressStyle};
use report::{GoalKind, Report, Table};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// What measuring brings, or why it could not be measured.
type Measured<T> = Result<T, Box<dyn Error>>;

/// How much is measured, and where the figures go.
#[derive(Args)]
pub struct Options {
    /// Writes every figure to this file.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Smaller journals and lists, fewer rounds: some seconds instead of minutes.
    #[arg(long)]
    quick: bool,
    /// Where journals are written; give a folder of the disk that is meant if the system's own is in memory.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Measures this build, even if it is none for release.
    #[arg(long)]
    as_built: bool,
    /// Loads a block list and prints what it weighs; the bench starts itself so, for a memory with nothing else in it.
    #[arg(long, hide = true)]
    weigh: Option<PathBuf>,
    /// The same of a catalogue.
    #[arg(long, hide = true)]
    weigh_catalogue: Option<PathBuf>,
}

/// How much is measured.
#[derive(Debug, Clone, Copy)]
struct Sizes {
    /// Rounds of each comparison.
    rounds: usize,
    /// Taps in a round of the reader's own time.
    taps: usize,
    /// Sales whose syncs are counted; many more than the log has room for, if it is to be seen how it is folded in.
    sales_counted: u32,
    /// Sales in a round that waits for the disk, and in one that does not.
    sales_synced: u32,
    sales_unsynced: u32,
    /// Entries of the long journal and the short one.
    long_entries: u32,
    short_entries: u32,
    /// Sales of a long day.
    day_sales: u32,
    /// Cards on the block list.
    blocked: u64,
    /// Look-ups in a round.
    lookups: u64,
    /// Items in the catalogue.
    items: u32,
    /// Cards at head office.
    office_cards: u64,
}

const FULL: Sizes = Sizes {
    rounds: 15,
    taps: 200,
    sales_counted: 900,
    sales_synced: 60,
    sales_unsynced: 1_500,
    long_entries: 1_000_000,
    short_entries: 1_000,
    day_sales: 10_000,
    blocked: 1_000_000,
    lookups: 200_000,
    items: 100_000,
    office_cards: 1_000_000,
};

const QUICK: Sizes = Sizes {
    rounds: 3,
    taps: 20,
    sales_counted: 60,
    sales_synced: 5,
    sales_unsynced: 100,
    long_entries: 20_000,
    short_entries: 1_000,
    day_sales: 500,
    blocked: 1_000_000,
    lookups: 20_000,
    items: 10_000,
    office_cards: 10_000,
};

/// Measures, prints, and fails if a budget is missed.
pub fn run(options: &Options) -> ExitCode {
    if let Some(package) = &options.weigh {
        return ended(block_list::weigh(package));
    }
    if let Some(file) = &options.weigh_catalogue {
        return ended(catalogue::weigh(file));
    }
    if cfg!(debug_assertions) && !options.as_built {
        return in_release();
    }
    ended(measure(options))
}

fn ended(measured: Measured<ExitCode>) -> ExitCode {
    measured.unwrap_or_else(|error| {
        eprintln!("{} {error}", style("error:").red().bold());
        ExitCode::FAILURE
    })
}

/// The same command again, built for release.
fn in_release() -> ExitCode {
    println!("This build is for debugging; building one for release, and measuring that.");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut release = Command::new(cargo);
    release.args(["run", "--quiet", "--release", "--package", "xtask", "--"]).args(std::env::args_os().skip(1));
    match release.status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => ended(Err(error.into())),
    }
}

fn measure(options: &Options) -> Measured<ExitCode> {
    let sizes = if options.quick { QUICK } else { FULL };
    let scratch = match &options.folder {
        Some(folder) => tempfile::tempdir_in(folder)?,
        None => tempfile::tempdir()?,
    };
    let report = Report { tables: tables(&sizes, scratch.path())? };
    report.print();
    if let Some(file) = &options.json {
        std::fs::write(file, format!("{:#}\n", report.to_json()))?;
        println!("\nEvery figure is in {}.", file.display());
    }
    Ok(verdict(&report))
}

fn tables(sizes: &Sizes, folder: &Path) -> Measured<Vec<Table>> {
    let with_bar = |what: &str, steps: u64, work: &mut dyn FnMut(&ProgressBar) -> Measured<Table>| {
        let bar = progress(what, steps);
        let table = work(&bar);
        bar.finish_and_clear();
        table
    };
    Ok(vec![
        with_bar("taps", taps::COUNT, &mut |bar| taps::measure(&mut || bar.inc(1)))?,
        with_bar("reader's own time", cpu::COUNT, &mut |bar| cpu::measure(sizes, &mut || bar.inc(1)))?,
        with_bar("appends", journal::APPENDS, &mut |bar| journal::appends(sizes, folder, &mut || bar.inc(1)))?,
        with_bar("long journals", journal::LENGTHS, &mut |bar| journal::lengths(sizes, folder, &mut || bar.inc(1)))?,
        with_bar("block list", block_list::COUNT, &mut |bar| block_list::measure(sizes, folder, &mut || bar.inc(1)))?,
        with_bar("catalogue", catalogue::COUNT, &mut |bar| catalogue::measure(sizes, folder, &mut || bar.inc(1)))?,
        with_bar("exchange", exchange::COUNT, &mut |bar| exchange::measure(sizes, folder, &mut || bar.inc(1)))?,
        with_bar("head office", office::COUNT, &mut |bar| office::measure(sizes, folder, &mut || bar.inc(1)))?,
    ])
}

fn progress(what: &str, steps: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:24} [{bar:40}] {pos}/{len} {elapsed}");
    ProgressBar::new(steps).with_style(style.expect("the template is well formed")).with_message(what.to_owned())
}

fn verdict(report: &Report) -> ExitCode {
    println!();
    for (line, goal) in report.missed(GoalKind::Aim) {
        println!("{} {}: {}", style("missed in this run:").yellow(), line.what, goal.what);
    }
    let missed: Vec<_> = report.missed(GoalKind::Budget).collect();
    for (line, goal) in &missed {
        println!("{} {}: {}", style("over budget:").red().bold(), line.what, goal.what);
    }
    if missed.is_empty() {
        println!("{}", style("every budget is kept").green().bold());
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
