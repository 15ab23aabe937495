//! A terminal's bundle over a slow line that is cut, and its receipt back.

#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use common::{Ended, command, founded, run};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use satchel_device::{SetUp, SetUpCode};
use satchel_exchange::line::{MemoryShelf, receive, send};
use satchel_exchange::{Bundle, SignedReceipt};
use satchel_journal::{Journal, Record, ShiftOpened, SignedOff};
use satchel_keys::AgreementPublic;
use satchel_office::{Actor, Duty, Office, PlaceKind};
use satchel_packages::Shelf;
use satchel_programs::Limits;
use satchel_store::{Database, DatabaseSpec};
use satchel_values::{Clock, Money, OperatorId, Points, Sequence, Timestamp};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

struct Today;

impl Clock for Today {
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        Timestamp::from_ms(i64::try_from(since.as_millis()).unwrap())
    }
}

/// A terminal as its device gets it.
fn enrolled(folder: &Path) -> SetUp {
    let spec = DatabaseSpec::Sqlite(folder.join("satchel.db"));
    let office = Office::new(Database::open(&spec).unwrap(), Arc::new(Today));
    let operations = Actor { login: "operations".to_owned(), duty: Duty::Operations };
    let place = office.add_place(&operations, PlaceKind::Store, "North", "East").unwrap();
    let limits = Limits {
        purse_max: Money::new(500_00),
        per_sale_max: Money::new(200_00),
        per_card_day_max: Money::new(300_00),
        offline_total_max: Money::new(2_000_00),
        top_up_min: Money::new(1_00),
        top_up_max: Money::new(200_00),
        top_up_allowance: Money::new(5_000_00),
        points_max: Points::new(100_000),
    };
    let profile = office.add_profile(&operations, "till", &["inquiry", "sale"], &limits).unwrap();
    let id = office.add_terminal(&operations, place, profile).unwrap().to_string();
    let said = run(folder, &["enrol", &id, "--login", "operations", "--out", "set-up"]);
    let code = said.lines().find_map(|line| line.strip_prefix("set-up code ")).unwrap();
    SetUp::from_file(&std::fs::read(folder.join("set-up")).unwrap(), &SetUpCode::parse(code).unwrap()).unwrap()
}

/// A line that ends after so many bytes were written.
struct Short(TcpStream, usize);

impl Read for Short {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.0.read(to)
    }
}

impl Write for Short {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.1 {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        self.1 -= bytes.len();
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[test]
fn a_bundle_that_is_cut_on_the_line_goes_on_even_with_another_process_and_its_receipt_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let _verifier = founded(folder, &["operations", "settlement", "auditor"]);
    let set_up = enrolled(folder);
    let mut journal = Journal::open(&folder.join("journal.db"), set_up.terminal, set_up.secrets.journal()).unwrap();
    let opened = ShiftOpened { shift: 1, operator: OperatorId::new(1), float: Money::new(50_00) };
    journal.append(Today.now(), Record::ShiftOpened(opened)).unwrap();
    for _ in 0..40 {
        journal.append(Today.now(), Record::SignedOff(SignedOff { operator: OperatorId::new(1) })).unwrap();
    }
    let entries = journal.written(Sequence::new(1), 1_000).unwrap();
    let bundle = Bundle::make(set_up.terminal, &set_up.secrets.journal(), &entries, Today.now()).unwrap();
    let bytes = bundle.seal(&exchange(&set_up), &mut ChaCha20Rng::seed_from_u64(1)).unwrap().to_bytes();
    let answered = (0..6).find_map(|_| {
        // Another process each time, as after a kill.
        let (line, address) = listening(folder);
        let mut wire = Short(TcpStream::connect(&address).unwrap(), 60 + bytes.len() / 3);
        let sent = send(&mut wire, &bytes, 60);
        let receipt = sent.and_then(|()| receive(&mut wire.0, &mut MemoryShelf::default(), &mut |_| Ok(())));
        // What was on its way arrives, then the process is killed.
        let _ = wire.0.shutdown(std::net::Shutdown::Write);
        let _ = wire.0.read_to_end(&mut Vec::new());
        drop(line);
        receipt.inspect_err(|error| println!("{error}")).ok()
    });
    let receipt = SignedReceipt::from_bytes(&answered.expect("it arrives in the end")).unwrap();
    let receipt = receipt.open(&set_up.office, set_up.terminal).unwrap();
    assert_eq!((receipt.up_to, *receipt.head), (journal.head().sequence, journal.head().hash));
    assert!(run(folder, &["ledger", "--login", "settlement"]).contains("cash"));
    run(folder, &["archive", "--login", "auditor", "--out", "archive"]);
    let checked = run(folder, &["verify-archive", "archive"]);
    assert!(checked.contains("41 entries hold"), "{checked}");
    let mut archive = std::fs::read(folder.join("archive")).unwrap();
    let middle = archive.len() / 2;
    archive[middle] ^= 1;
    std::fs::write(folder.join("archive"), archive).unwrap();
    let refused = command(folder, &["verify-archive", "archive"]).output().unwrap();
    assert!(!refused.status.success(), "a changed byte is found");
}

fn listening(folder: &Path) -> (Ended, String) {
    let words = ["line", "tcp:127.0.0.1:0", "--login", "settlement", "--once"];
    let mut child = command(folder, &words).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut said).unwrap();
    let address = said.trim().rsplit(' ').next().unwrap().to_owned();
    (Ended(child), address)
}

/// What the terminal's profile says bundles are sealed to.
fn exchange(set_up: &SetUp) -> AgreementPublic {
    let mut shelf = Shelf::new(set_up.office.clone());
    for package in &set_up.packages {
        shelf.install(package, None).unwrap();
    }
    AgreementPublic(*shelf.profile().unwrap().exchange.unwrap())
}
