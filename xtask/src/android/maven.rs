//! Running Maven.

use super::layout;
use anyhow::{Context, Result, bail};
use std::process::Command;

/// Runs Maven in `android/` with these arguments, its output passed on.
pub fn run(arguments: &[&str]) -> Result<()> {
    let program = if cfg!(windows) { "mvn.cmd" } else { "mvn" };
    let mut maven = Command::new(program);
    maven.current_dir(layout::android()).args(["--batch-mode", "--no-transfer-progress"]).args(arguments);
    let status =
        maven.status().with_context(|| format!("{program} is missing: install Maven and a JDK (17 or later)"))?;
    if !status.success() {
        bail!("Maven found what is written above; the command was `{program} {}` in android/", arguments.join(" "));
    }
    Ok(())
}
