use super::report::{Report, Step, Verdict};
use super::{Tools, print, qualify};
use clap::Args;
use getrandom::SysRng;
use rand_core::UnwrapErr;
use satchel_transport::{ReaderSpec, Trace, Transport};
use satchel_values::Timestamp;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

/// The reader failed, or the card is in use: nothing can be said of the card type.
const NOT_JUDGED: u8 = 2;
/// The report's file if it is to go to standard output.
const STANDARD_OUTPUT: &str = "-";

/// Which card is looked at.
#[derive(Debug, Clone, Args)]
pub struct QualifyOptions {
    /// Reader with a blank card: sim, sim:SEED, exec:COMMAND, tcp:HOST:PORT, pcsc or pcsc:READER
    #[arg(long, value_name = "SPEC")]
    reader: ReaderSpec,
    /// Writes the report as one JSON object; - for standard output, and nothing else there
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Who reads standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Audience {
    People,
    Programs,
}

/// Qualifies the card type: 0 fit, 1 unfit, 2 not judged.
pub fn run(options: &QualifyOptions) -> ExitCode {
    let audience =
        if options.json.as_deref() == Some(Path::new(STANDARD_OUTPUT)) { Audience::Programs } else { Audience::People };
    let report = match options.reader.open() {
        Ok(transport) => watched(&mut Trace::new(transport), audience),
        Err(error) => {
            Report { steps: Vec::new(), verdict: Verdict::NotJudged(error.to_string()), left_on_card: Vec::new() }
        }
    };
    if audience == Audience::People {
        print::end(&report);
    }
    match written(&report, options.json.as_deref()) {
        Ok(()) => code(&report.verdict),
        Err(error) => {
            eprintln!("satchel-card: the report was not written: {error}");
            ExitCode::from(NOT_JUDGED)
        }
    }
}

/// Qualifies what is in the field, and lets people watch.
fn watched(transport: &mut dyn Transport, audience: Audience) -> Report {
    let (heading, tell): (fn(), fn(&Step)) = match audience {
        Audience::People => (print::heading, print::step),
        Audience::Programs => (|| {}, |_| {}),
    };
    heading();
    qualify(transport, Tools { rng: &mut UnwrapErr(SysRng), at: now(), told: &mut { tell } })
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

fn written(report: &Report, to: Option<&Path>) -> std::io::Result<()> {
    let Some(path) = to else { return Ok(()) };
    let text = format!("{:#}\n", report.to_json());
    if path == Path::new(STANDARD_OUTPUT) {
        return std::io::stdout().write_all(text.as_bytes());
    }
    std::fs::write(path, text)
}

fn code(verdict: &Verdict) -> ExitCode {
    match verdict {
        Verdict::Fit => ExitCode::SUCCESS,
        Verdict::Unfit(_) => ExitCode::FAILURE,
        Verdict::NotJudged(_) => ExitCode::from(NOT_JUDGED),
    }
}
