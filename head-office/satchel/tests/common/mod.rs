//! Head office by its command line, in a folder of its own.

#![allow(clippy::unwrap_used, dead_code, reason = "a test; not every test uses all of it")]

use satchel_key_house::Share;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Everybody's.
pub const PASSWORD: &str = "a password for trying out";

const PATIENCE: Duration = Duration::from_secs(30);

/// A process that is ended with whoever holds it.
pub struct Ended(pub Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_satchel"));
    command.args(words).current_dir(folder).env("SATCHEL_TRIAL", "true");
    for name in ["SATCHEL_PASSWORD", "SATCHEL_PASSWORD_2", "SATCHEL_PASSWORD_3", "SATCHEL_NEW_PASSWORD"] {
        command.env(name, PASSWORD);
    }
    command
}

pub fn run(folder: &Path, words: &[&str]) -> String {
    let done = command(folder, words).output().unwrap();
    assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

pub fn background(folder: &Path, words: &[&str]) -> Ended {
    Ended(command(folder, words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
}

pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < end, "{what} never came");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// An enterprise with its keys, an officer of each of these duties, and the verifier running.
pub fn founded(folder: &Path, duties: &[&str]) -> Ended {
    let who = ["--administrator", "ann", "--key-officers", "ada", "ben"];
    run(folder, &[["found", "--chain", "Market", "--enterprise", "MARKET01"].as_slice(), &who].concat());
    for duty in duties {
        run(folder, &["appoint", duty, "--login", "ann", "--name", duty, "--duty", duty]);
        run(folder, &["keys", "admit", duty, "--login", "ada", "--with", "ben"]);
    }
    for name in ["a", "b", "c"] {
        std::fs::write(folder.join(name), format!("{name} throws 1 2 3 4 5 6 1 2 3 4")).unwrap();
    }
    let made = ["keys", "ceremony", "--login", "ada", "--with", "ben", "--threshold", "2", "--sheets", "sheets"];
    let people = ["--custodians", "Ada", "Ben", "Cy", "--contributions", "a", "b", "c"];
    run(folder, &[made.as_slice(), &people].concat());
    let verifier = background(folder, &["verifier", "--login", "ada"]);
    until("the verifier", || folder.join("verifier.socket").exists());
    verifier
}

/// A share, from what stands on its sheet to be typed.
pub fn share(folder: &Path, number: u8) -> Share {
    let sheet = std::fs::read_to_string(folder.join(format!("sheets/share-{number}.html"))).unwrap();
    let code = sheet.split("<code>").nth(1).unwrap().split("</code>").next().unwrap();
    let words: Vec<&str> = sheet.split("<li>").skip(1).map(|word| word.split("</li>").next().unwrap()).collect();
    Share::from_words(code, &words.join(" ")).unwrap()
}
