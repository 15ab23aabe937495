//! `cargo xtask test`: everything that must be green before a change is.

use console::style;
use std::process::{Command, ExitCode};
use std::time::Instant;

/// A command line, and what it shows.
struct Step {
    what: &'static str,
    arguments: &'static [&'static str],
}

const FORMAT: Step = Step { what: "format", arguments: &["fmt", "--all", "--check"] };
const LINTS: Step =
    Step { what: "lints", arguments: &["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"] };
const TESTS: Step =
    Step { what: "tests", arguments: &["test", "--workspace", "--no-fail-fast", "--", "--show-output"] };
const NEXTEST: Step = Step { what: "tests", arguments: &["nextest", "run", "--workspace", "--no-fail-fast"] };
/// A real PC/SC service; needs libpcsclite, pcscd and the virtual reader, so it runs where `SATCHEL_PCSC` is set.
const PCSC: Step = Step {
    what: "PC/SC",
    arguments: &["test", "--package", "satchel-card-tools", "--features", "pcsc", "--test", "tools", "pcsc"],
};
/// A batch of cards issued through it.
const ISSUING: Step =
    Step { what: "issuing", arguments: &["test", "--package", "satchel", "--features", "pcsc", "--test", "pcsc"] };
/// The app; it has a build of its own, which says what it lacks.
const APP: Step = Step { what: "app", arguments: &["xtask", "app"] };
const DOCTESTS: Step = Step { what: "examples", arguments: &["test", "--workspace", "--doc"] };

/// Runs all steps, and stops at the first that fails.
pub fn test() -> ExitCode {
    let mut steps = vec![FORMAT, LINTS];
    steps.extend(if has_nextest() { vec![NEXTEST, DOCTESTS] } else { vec![TESTS] });
    if std::env::var_os("SATCHEL_PCSC").is_some() {
        steps.extend([PCSC, ISSUING]);
    } else {
        println!("{} not run: set SATCHEL_PCSC=1 where pcscd and vsmartcard-vpcd are installed", style("PC/SC").bold());
    }
    steps.push(APP);
    for step in steps {
        if !step.run() {
            eprintln!("{} {}", style("failed:").red().bold(), step.what);
            return ExitCode::FAILURE;
        }
    }
    println!("{}", style("all green").green().bold());
    ExitCode::SUCCESS
}

impl Step {
    fn run(&self) -> bool {
        println!("{} cargo {}", style(self.what).bold(), self.arguments.join(" "));
        let started = Instant::now();
        let passed = cargo(self.arguments).status().is_ok_and(|status| status.success());
        println!("{} {:.1} s", style(self.what).bold(), started.elapsed().as_secs_f32());
        passed
    }
}

fn has_nextest() -> bool {
    cargo(&["nextest", "--version"]).output().is_ok_and(|output| output.status.success())
}

fn cargo(arguments: &[&str]) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(arguments);
    cargo
}
