//! A hundred cards through the system's own PC/SC service, with the simulator as cards in the virtual reader: the issuing
//! process is killed twice in the middle of a card, and once the card is pulled out. None is lost, none is made twice.
//!
//! Compiled with the feature `pcsc` only. A service that runs already is used; otherwise one is started, which takes root.
//! `satchel-card` must be built beside `satchel`.

#![cfg(feature = "pcsc")]
#![allow(clippy::unwrap_used, reason = "a test")]

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant, SystemTime};

const CARDS: usize = 100;
const READER: &str = "pcsc:Virtual PCD 00 00";
const VPCD: &str = "localhost:35963";
const PASSWORD: &str = "a password for trying out";
const PATIENCE: Duration = Duration::from_secs(40);

/// The service looks after its readers now and then: a card that is exchanged for another in between is the same to it.
const NOTICED: Duration = Duration::from_millis(500);

/// A process that is ended with whoever holds it, at once.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Office {
    folder: tempfile::TempDir,
}

impl Office {
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_satchel"));
        command.args(words).current_dir(self.folder.path()).env("SATCHEL_TRIAL", "true");
        for name in ["SATCHEL_PASSWORD", "SATCHEL_PASSWORD_2", "SATCHEL_PASSWORD_3", "SATCHEL_NEW_PASSWORD"] {
            command.env(name, PASSWORD);
        }
        command
    }

    fn run(&self, words: &[&str]) -> String {
        let done = self.command(words).output().unwrap();
        assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }

    fn founded() -> Self {
        let office = Self { folder: tempfile::tempdir().unwrap() };
        office.run(&[
            "found",
            "--chain",
            "Market",
            "--enterprise",
            "MARKET01",
            "--administrator",
            "admin",
            "--key-officers",
            "ada",
            "ben",
        ]);
        office.run(&["appoint", "issuer", "--login", "admin", "--name", "Issuer", "--duty", "issuer"]);
        office.run(&["keys", "admit", "issuer", "--login", "ada", "--with", "ben"]);
        for name in ["a", "b", "c"] {
            std::fs::write(office.folder.path().join(name), format!("{name} throws 1 2 3 4 5 6 1 2 3 4")).unwrap();
        }
        let ceremony =
            ["keys", "ceremony", "--login", "ada", "--with", "ben", "--threshold", "2", "--sheets", "sheets"];
        let people = ["--custodians", "Ada", "Ben", "Cy", "--contributions", "a", "b", "c"];
        office.run(&[ceremony.as_slice(), &people].concat());
        let table: String = (0..CARDS).map(|number| format!("Member {number},5.00\n")).collect();
        std::fs::write(office.folder.path().join("cards.csv"), format!("name,amount\n{table}")).unwrap();
        office.run(&["issue", "order", "cards.csv", "--name", "hundred", "--login", "issuer"]);
        office
    }

    /// The issuing desk, and what it says.
    fn desk(&self) -> (Ended, Receiver<String>) {
        let words = ["issue", "run", "1", "--login", "issuer", "--reader", READER];
        let mut child = self.command(&words).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (sender, receiver) = channel();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        (Ended(child), receiver)
    }

    fn chip(&self, number: usize) -> (PathBuf, String) {
        (self.folder.path().join(format!("chip-{number}")), format!("045B{number:08X}80"))
    }

    /// Puts a chip into the reader.
    fn hold(&self, number: usize) -> Ended {
        let (file, uid) = self.chip(number);
        let card = Path::new(env!("CARGO_BIN_EXE_satchel")).with_file_name("satchel-card");
        let words = ["vpcd", "--connect", VPCD, "--uid", &uid, "--card", file.to_str().unwrap()];
        Ended(Command::new(card).args(words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }
}

fn await_line(said: &Receiver<String>, what: &str, uid: &str) -> String {
    let until = Instant::now() + PATIENCE;
    loop {
        let line = said.recv_timeout(until.saturating_duration_since(Instant::now()));
        let line = line.unwrap_or_else(|_| panic!("\"{what}\" of {uid} was never said"));
        if line.contains(what) && line.contains(uid) {
            return line;
        }
    }
}

/// Until a chip's file was written a few times: the card is in the middle of being made.
fn await_writing(file: &Path) {
    let stamp = || std::fs::metadata(file).and_then(|about| about.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let until = Instant::now() + PATIENCE;
    let mut seen = HashSet::from([stamp()]);
    while seen.len() < 6 {
        assert!(Instant::now() < until, "{} is never written", file.display());
        seen.insert(stamp());
    }
}

fn service() -> Option<Ended> {
    let socket = Path::new("/run/pcscd/pcscd.comm");
    let answers = || socket.exists() && std::os::unix::net::UnixStream::connect(socket).is_ok();
    if answers() {
        return None;
    }
    let started = Command::new("pcscd").args(["--foreground", "--error"]).stdout(Stdio::null()).spawn();
    let started = Ended(started.expect("pcscd starts: install pcscd and vsmartcard-vpcd"));
    while !answers() {
        std::thread::sleep(Duration::from_millis(50));
    }
    Some(started)
}

#[test]
fn a_hundred_cards_with_two_kills_and_a_pulled_card_are_each_made_once() {
    let _service = service();
    let office = Office::founded();
    let _verifier = Ended(office.command(&["verifier", "--login", "ada"]).stderr(Stdio::null()).spawn().unwrap());
    while !office.folder.path().join("verifier.socket").exists() {
        std::thread::sleep(Duration::from_millis(20));
    }
    let (mut desk, mut said) = office.desk();
    let mut numbers = HashSet::new();
    let started = Instant::now();
    for chip in 1..=CARDS {
        let (file, uid) = office.chip(chip);
        if chip == 30 || chip == 60 {
            let held = office.hold(chip);
            await_writing(&file);
            drop(desk);
            drop(held);
            std::thread::sleep(NOTICED);
            (desk, said) = office.desk();
        } else if chip == 45 {
            let held = office.hold(chip);
            await_writing(&file);
            drop(held);
            std::thread::sleep(NOTICED);
        }
        let held = office.hold(chip);
        let line = await_line(&said, "made", &uid);
        let number = line.split("made").nth(1).unwrap().split(" on ").next().unwrap().to_owned();
        assert!(numbers.insert(number), "{line}: made twice");
        drop(held);
        std::thread::sleep(NOTICED);
    }
    assert_eq!(numbers.len(), CARDS);
    let end = await_line(&said, "of 100 cards are made", "");
    assert!(end.starts_with("100 of 100"), "{end}");
    drop(desk);
    office.run(&["issue", "print", "1", "--login", "issuer", "--out", "print.csv"]);
    let printed = std::fs::read_to_string(office.folder.path().join("print.csv")).unwrap();
    assert_eq!(printed.lines().count(), CARDS + 1);
    println!("{CARDS} cards in {:.0} s; {}", started.elapsed().as_secs_f32(), office.run(&["check"]).trim());
}
