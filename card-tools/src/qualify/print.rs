//! A qualification for people.

use super::report::{Figures, Finding, Report, Step, Verdict};
use console::style;
use std::fmt::Arguments;
use std::io::{Write, stdout};

/// Above the steps.
pub(super) fn heading() {
    let columns =
        format!("{:<54}{:>9}{:>9}{:>11}{:>11}{:>11}", "", "exchanges", "bytes", "here", "106 kbit/s", "848 kbit/s");
    say(format_args!("{}", style(columns).dim()));
}

/// One step, when it is done.
pub(super) fn step(step: &Step) {
    let mark = match step.finding {
        Finding::Good => style("ok").green(),
        Finding::Bad(_) => style("NO").red().bold(),
    };
    say(format_args!("{mark}  {:<50}{}", step.name, figures(Figures::of(step))));
    if let Finding::Bad(why) = &step.finding {
        say(format_args!("      {}", style(why).red()));
    }
    for note in &step.notes {
        say(format_args!("      {}", style(note).dim()));
    }
}

/// The sums, what is left on the card, and the verdict.
pub(super) fn end(report: &Report) {
    say(format_args!("    {:<50}{}", "all", figures(Figures::total(&report.steps))));
    say(format_args!(""));
    for left in &report.left_on_card {
        say(format_args!("{} {left}", style("left on the card:").yellow()));
    }
    match &report.verdict {
        Verdict::Fit => say(format_args!("{}", style("fit for service").green().bold())),
        Verdict::Unfit(reasons) => {
            say(format_args!("{} {}", style("unfit:").red().bold(), reasons.join("; ")));
        }
        Verdict::NotJudged(reason) => say(format_args!("{} {reason}", style("not judged:").yellow().bold())),
    }
}

/// A line for whoever listens. That nobody does any more must not end a run with the card half-made.
fn say(line: Arguments<'_>) {
    let _ = writeln!(stdout(), "{line}");
}

fn figures(figures: Figures) -> String {
    let Figures { exchanges, bytes, measured, modelled_106, modelled_848 } = figures;
    let [here, slow, fast] = [measured, modelled_106, modelled_848].map(milliseconds);
    format!("{exchanges:>9}{bytes:>9}{here:>11}{slow:>11}{fast:>11}")
}

/// Microseconds as milliseconds with one decimal.
fn milliseconds(us: u64) -> String {
    let tenths = us.saturating_add(50) / 100;
    format!("{}.{} ms", tenths / 10, tenths % 10)
}
