//! placeholder
use clap::Args;
use std::process::ExitCode;
/// x
#[derive(Args)]
pub struct Options {}
/// x
pub fn run(_: &Options) -> ExitCode {
    ExitCode::SUCCESS
}
