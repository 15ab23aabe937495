//! What terminals sent: taken in, verified, booked.

use crate::at::{At, Login};
use crate::write;
use anyhow::Context;
use clap::Args;
use satchel_values::Money;
use std::path::PathBuf;

#[derive(Args)]
pub struct Collect {
    #[command(flatten)]
    by: Login,
    /// Bundles that came as files; without any, what came otherwise is taken in.
    files: Vec<PathBuf>,
    /// Where receipts for the terminals go.
    #[arg(long, value_name = "FOLDER")]
    receipts: Option<PathBuf>,
}

pub fn collect(at: &At, options: &Collect) -> anyhow::Result<()> {
    let office = at.office()?;
    let by = at.officer(&office, &options.by)?;
    let desk = at.desk(&by)?;
    for file in &options.files {
        let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
        let new = office.receive(&bytes).with_context(|| file.display().to_string())?;
        println!("{}: {}", file.display(), if new { "taken" } else { "it is here already" });
    }
    let done = office.collect(&by.actor, &desk, &mut at.verifier()?)?;
    println!("{} bundles, {} new entries, {} movements of cards verified", done.bundles, done.entries, done.movements);
    if done.waiting > 0 {
        println!("{} bundles wait for what is before them; the receipts say what is missing", done.waiting);
    }
    if done.refused > 0 {
        println!("{} bundles are refused: look at the exceptions", done.refused);
    }
    let Some(folder) = &options.receipts else { return Ok(()) };
    for terminal in office.terminals(&by.actor)? {
        if office.known_journal(&by.actor, terminal.id)?.is_some() {
            let receipt = office.receipt(&by.actor, terminal.id)?.sign(desk.signer());
            write(&folder.join(format!("terminal-{}.receipt", terminal.id)), &receipt.to_bytes())?;
        }
    }
    Ok(())
}

pub fn ledger(at: &At, login: &Login) -> anyhow::Result<()> {
    let office = at.office()?;
    let by = at.officer(&office, login)?;
    let currency = office.charter()?.currency;
    for balance in office.trial_balance(&by.actor)? {
        if balance.amount != Money::ZERO {
            println!("{:16} store {:4} {:>18}", balance.account.name(), balance.store, currency.format(balance.amount));
        }
    }
    let (open, _) = office.unsettled(&by.actor)?;
    println!("{open} movements whose end nobody knows yet");
    for found in office.exceptions(&by.actor)?.iter().filter(|found| !found.resolved) {
        println!("{} terminal {} entry {}: {}", found.kind, found.terminal, found.sequence, found.detail);
    }
    Ok(())
}
