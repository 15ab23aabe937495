//! `satchel`: head office on one machine. Keys, issuing, terminals, and the web console.

mod at;
mod issue;
mod keys;
mod reader;
mod settle;
mod setup;

use at::At;
use clap::{Parser, Subcommand};
use console::style;
use satchel_console::Cookies;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "satchel", version, about = "Head office of a chain with stored-value cards")]
struct Arguments {
    #[command(flatten)]
    at: At,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Founds the enterprise: its database, its key stores, its first officers.
    Found(setup::Found),
    /// Appoints an officer.
    Appoint(setup::Appoint),
    /// The enterprise control key: ceremony, recovery, versions.
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Cards: order, make, print.
    #[command(subcommand)]
    Issue(issue::Issue),
    /// Makes the card of somebody who works at terminals, and the letter with its PIN.
    PersonCard(issue::PersonCard),
    /// Makes a collection card, which carries data between terminals and head office.
    CollectionCard(issue::CollectionCard),
    /// Gives the card of somebody who works at terminals another PIN, for one that is forgotten or blocked.
    NewPin(issue::PersonCard),
    /// Enrols a terminal: writes its set-up file and says its code.
    Enrol(setup::Enrol),
    /// Admits a terminal that answered its invitation: writes the file for it, and a code where it fits one.
    Admit(setup::Admit),
    /// Takes in what terminals sent, and verifies and books it.
    Collect(settle::Collect),
    /// Answers at a slow line: takes a bundle, books it, answers with the receipt; again and again.
    Line(settle::Line),
    /// Writes all journals as they are known, for an auditor.
    Archive(settle::ArchiveOptions),
    /// Checks such an archive, with nothing but the file: every entry, every signature, every sum.
    VerifyArchive {
        /// The archive.
        file: PathBuf,
    },
    /// Says what every account comes to, and what has to be looked into.
    Ledger(at::Login),
    /// Signs what was approved.
    Publish(at::Login),
    /// Answers for the transaction MAC, in a process of its own.
    Verifier(keys::VerifierOptions),
    /// The web console and the API.
    Serve {
        /// Where to listen.
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
        /// There is a proxy with TLS in front: cookies go over HTTPS alone. Always so but on this machine's own addresses.
        #[arg(long)]
        behind_https: bool,
    },
    /// Checks the audit trail and the records of cards, entry by entry.
    Check,
}

fn main() -> ExitCode {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("warn")).init();
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{} {error:#}", style("error:").red().bold());
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    let at = arguments.at;
    match arguments.command {
        Command::Found(options) => setup::found(&at, &options),
        Command::Appoint(options) => setup::appoint(&at, &options),
        Command::Keys(options) => keys::run(&at, options),
        Command::Issue(options) => issue::run(&at, options),
        Command::PersonCard(options) => issue::person_card(&at, &options),
        Command::CollectionCard(options) => issue::collection_card(&at, &options),
        Command::NewPin(options) => issue::new_pin(&at, &options),
        Command::Enrol(options) => setup::enrol(&at, &options),
        Command::Admit(options) => setup::admit(&at, &options),
        Command::Collect(options) => settle::collect(&at, &options),
        Command::Line(options) => settle::line(&at, &options),
        Command::Archive(options) => settle::archive(&at, &options),
        Command::VerifyArchive { file } => settle::verify_archive(&file),
        Command::Ledger(login) => settle::ledger(&at, &login),
        Command::Publish(login) => setup::publish(&at, &login),
        Command::Verifier(options) => keys::verifier(&at, &options),
        Command::Serve { listen, behind_https } => {
            eprintln!("the console is at http://{listen}");
            let cookies =
                if behind_https || !listen.ip().is_loopback() { Cookies::OverHttps } else { Cookies::Anywhere };
            Ok(satchel_console::serve(at.office()?, listen, cookies)?)
        }
        Command::Check => check(&at),
    }
}

fn check(at: &At) -> anyhow::Result<()> {
    let (audit, cards) = at.office()?.verify_chains()?;
    println!("{audit} entries of the audit trail and {cards} records of cards are as they were written");
    Ok(())
}

/// A file next to others, made with its folder.
fn write(path: &PathBuf, bytes: &[u8]) -> anyhow::Result<()> {
    use anyhow::Context;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    }
    std::fs::write(path, bytes).with_context(|| format!("writing {}", path.display()))
}
