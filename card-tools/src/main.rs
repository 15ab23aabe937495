//! `satchel-card`: a simulated member card for other programs, and the qualification of card types.

use clap::{Parser, Subcommand};
use satchel_card_tools::options::CardOptions;
use satchel_card_tools::qualify::{self, QualifyOptions};
use satchel_card_tools::serve::{self, ServeError, TcpOptions, VpcdOptions};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "satchel-card", version, about = "A simulated DESFire card, and the qualification of card types")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// A simulated card on standard input and output: one APDU in hex a line.
    Stdio(CardOptions),
    /// A simulated card on TCP: one APDU in hex a line, one client at a time.
    Tcp {
        #[command(flatten)]
        card: CardOptions,
        #[command(flatten)]
        tcp: TcpOptions,
    },
    /// A simulated card in the virtual PC/SC reader of vsmartcard's vpcd.
    Vpcd {
        #[command(flatten)]
        card: CardOptions,
        #[command(flatten)]
        vpcd: VpcdOptions,
    },
    /// Takes a blank card or emulator through its whole life: exit code 0 fit for service, 1 unfit, 2 not judged.
    Qualify(QualifyOptions),
}

fn main() -> ExitCode {
    let served = match Arguments::parse().command {
        Command::Qualify(options) => return qualify::run(&options),
        Command::Stdio(card) => card.open().map_err(ServeError::from).and_then(serve::stdio),
        Command::Tcp { card, tcp } => card.open().map_err(ServeError::from).and_then(|card| serve::tcp(card, &tcp)),
        Command::Vpcd { card, vpcd } => card.open().map_err(ServeError::from).and_then(|card| serve::vpcd(card, &vpcd)),
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("satchel-card: {error}");
            ExitCode::FAILURE
        }
    }
}
