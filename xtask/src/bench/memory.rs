//! What loading something adds to a process's resident memory.

use super::Measured;
use super::report::{Figure, Goal, Line};
use serde_json::{Value, json};
use std::hint::black_box;
use std::path::Path;
use std::process::{Command, ExitCode};

/// Has `file` loaded by a process of its own, by the bench's hidden option `what`, and tells what that added.
pub fn added(what: &str, file: &Path, most: Option<u64>) -> Measured<Line> {
    let output = Command::new(std::env::current_exe()?).args(["bench", what]).arg(file).output()?;
    if !output.status.success() {
        return Err(format!("weighing failed: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let weights: Value = serde_json::from_slice(&output.stdout)?;
    let figures = ["before_bytes", "after_bytes", "added_bytes", "peak_with_code_bytes"]
        .map(|name| weights[name].as_u64().map_or_else(|| Figure::none(name), |bytes| Figure::count(name, bytes)));
    let goals = weights["added_bytes"]
        .as_u64()
        .zip(most)
        .map(|(added, most)| Goal::aim(format!("adds ≤ {} MB", most / 1_000_000), added <= most));
    Ok(Line {
        key: "resident".to_owned(),
        what: "resident memory".to_owned(),
        figures: figures.into(),
        goals: goals.into_iter().collect(),
    })
}

/// Loads something, and prints the process's resident memory before, after and at its highest.
pub fn weigh<T>(load: impl FnOnce() -> Measured<T>) -> Measured<ExitCode> {
    let before = resident();
    let loaded = load()?;
    let after = resident();
    let added = before.zip(after).map(|(before, after)| after.saturating_sub(before));
    let peak = from_status("VmHWM:");
    println!(
        "{}",
        json!({ "before_bytes": before, "after_bytes": after, "added_bytes": added, "peak_with_code_bytes": peak })
    );
    black_box(&loaded);
    Ok(ExitCode::SUCCESS)
}

/// Resident memory in bytes without the program's code, where the system tells.
fn resident() -> Option<u64> {
    from_status("RssAnon:")
}

fn from_status(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1_024)
}
