//! What terminals sent: taken in, verified, booked.

use crate::at::{At, Login, Officer, rng};
use crate::{reader, write};
use anyhow::{Context, anyhow};
use clap::Args;
use satchel_exchange::line::{receive, send};
use satchel_exchange::{Archive, Sealed};
use satchel_key_house::Desk;
use satchel_office::Office;
use satchel_transport::ReaderSpec;
use satchel_values::Money;
use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// How long a line may be silent.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Args)]
pub struct Collect {
    #[command(flatten)]
    by: Login,
    /// Bundles that came as files; without any, what came otherwise is taken in.
    files: Vec<PathBuf>,
    /// A reader with a collection card.
    #[arg(long)]
    card: Option<ReaderSpec>,
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
    if let Some(reader) = &options.card {
        let (mut transport, _) = reader::next(reader, None);
        let mut tmac = at.verifier()?;
        let visit = office.collect_card(&by.actor, (&desk, &mut tmac), &mut *transport, &mut rng()?)?;
        println!(
            "collection card {}: {} pieces, {} bundles whole; it carries {} receipts now: take it away",
            visit.number, visit.pieces, visit.bundles, visit.receipts
        );
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

#[derive(Args)]
pub struct Line {
    #[command(flatten)]
    by: Login,
    /// A serial device, set to raw bytes (`stty raw 9600 < /dev/ttyS0`); or tcp:HOST:PORT, to listen there.
    device: String,
    /// Bytes of a piece: the shorter, the less is lost when the line is cut.
    #[arg(long, default_value_t = 200)]
    piece: usize,
    /// Ends after one bundle.
    #[arg(long)]
    once: bool,
}

/// Bytes, both ways.
trait Wire: Read + Write {}

impl<T: Read + Write> Wire for T {}

pub fn line(at: &At, options: &Line) -> anyhow::Result<()> {
    let office = at.office()?;
    let by = at.officer(&office, &options.by)?;
    let desk = at.desk(&by)?;
    let mut connect = connector(&options.device)?;
    loop {
        match answer(&mut *connect()?, (&office, &by, &desk), at, options.piece) {
            Ok(terminal) => {
                println!("terminal {terminal} was answered");
                if options.once {
                    return Ok(());
                }
            }
            Err(error) => {
                log::info!("the line was cut: {error:#}");
                thread::sleep(Duration::from_millis(200));
            }
        }
    }
}

type Connect = Box<dyn FnMut() -> anyhow::Result<Box<dyn Wire>>>;

fn connector(device: &str) -> anyhow::Result<Connect> {
    if let Some(address) = device.strip_prefix("tcp:") {
        let listener = TcpListener::bind(address).with_context(|| format!("listening at {address}"))?;
        eprintln!("a line is at {}", listener.local_addr()?);
        return Ok(Box::new(move || {
            let (line, _) = listener.accept()?;
            line.set_read_timeout(Some(PATIENCE))?;
            Ok(Box::new(line))
        }));
    }
    let device = PathBuf::from(device);
    Ok(Box::new(move || {
        let opened = OpenOptions::new().read(true).write(true).open(&device);
        Ok(Box::new(opened.with_context(|| format!("opening {}", device.display()))?))
    }))
}

/// One bundle in, its receipt out.
fn answer(
    wire: &mut dyn Wire,
    (office, by, desk): (&Office, &Officer, &Desk),
    at: &At,
    piece: usize,
) -> anyhow::Result<u32> {
    let mut keep = |bytes: &[u8]| office.receive(bytes).map(drop).map_err(io::Error::other);
    let bundle = receive(wire, &mut office.pieces(), &mut keep)?;
    let terminal = Sealed::from_bytes(&bundle)?.terminal().get();
    office.collect(&by.actor, desk, &mut at.verifier()?)?;
    let receipt = office.receipt(&by.actor, terminal)?.sign(desk.signer());
    send(wire, &receipt.to_bytes(), piece)?;
    Ok(terminal)
}

#[derive(Args)]
pub struct ArchiveOptions {
    #[command(flatten)]
    by: Login,
    /// Where it goes.
    #[arg(long)]
    out: PathBuf,
}

pub fn archive(at: &At, options: &ArchiveOptions) -> anyhow::Result<()> {
    let office = at.office()?;
    let by = at.officer(&office, &options.by)?;
    write(&options.out, &office.archive(&by.actor)?)?;
    println!("written; check it anywhere with: satchel verify-archive {}", options.out.display());
    Ok(())
}

pub fn verify_archive(file: &Path) -> anyhow::Result<()> {
    let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let archive = Archive::from_bytes(&bytes)?;
    let journals = archive.verify().map_err(|(terminal, error)| anyhow!("terminal {terminal}: {error}"))?;
    println!("made {}", archive.made);
    for journal in journals {
        println!(
            "terminal {}: {} entries hold, signed up to {}; last hash {}, key {}",
            journal.terminal,
            journal.head.sequence.get(),
            journal.signed_to.get(),
            hex::encode(journal.head.hash),
            hex::encode(journal.key.0)
        );
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
