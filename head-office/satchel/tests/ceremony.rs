//! The key house by its command line: a ceremony that breaks off goes on from its sheets, and a lost store comes back from them.

#![allow(clippy::unwrap_used, reason = "a test")]

use satchel_key_house::Share;
use std::path::Path;
use std::process::{Command, Output};

const PASSWORD: &str = "a password for trying out";

fn satchel(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_satchel"));
    command.args(words).current_dir(folder).env("SATCHEL_TRIAL", "true");
    for name in ["SATCHEL_PASSWORD", "SATCHEL_PASSWORD_2", "SATCHEL_PASSWORD_3"] {
        command.env(name, PASSWORD);
    }
    command.output().unwrap()
}

fn says(done: &Output) -> String {
    String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr)
}

fn done(folder: &Path, words: &[&str]) -> String {
    let done = satchel(folder, words);
    assert!(done.status.success(), "{words:?}: {}", says(&done));
    says(&done)
}

fn refused(folder: &Path, words: &[&str]) -> String {
    let refused = satchel(folder, words);
    assert!(!refused.status.success(), "{words:?}: {}", says(&refused));
    says(&refused)
}

const FOUND: [&str; 10] = [
    "found",
    "--chain",
    "Market",
    "--enterprise",
    "MARKET01",
    "--administrator",
    "ann",
    "--key-officers",
    "ada",
    "ben",
];
const TWO: [&str; 4] = ["--login", "ada", "--with", "ben"];

fn ceremony(folder: &Path) -> Output {
    for name in ["a", "b", "c"] {
        std::fs::write(folder.join(name), format!("{name} throws 1 2 3 4 5 6 1 2 3 4")).unwrap();
    }
    let made = ["keys", "ceremony", "--threshold", "2", "--sheets", "sheets"];
    let people = ["--custodians", "Ada", "Ben", "Cy", "--contributions", "a", "b", "c"];
    satchel(folder, &[made.as_slice(), &TWO, &people].concat())
}

/// What a custodian scans from a sheet, from what stands on it to be typed.
fn scanned(folder: &Path, number: u8) -> String {
    let sheet = std::fs::read_to_string(folder.join(format!("sheets/share-{number}.html"))).unwrap();
    let between = |from: &str, to: &str| sheet.split(from).nth(1).unwrap().split(to).next().unwrap().to_owned();
    let words: Vec<String> =
        sheet.split("<li>").skip(1).map(|word| word.split("</li>").next().unwrap().to_owned()).collect();
    let share = Share::from_words(&between("<code>", "</code>"), &words.join(" ")).unwrap();
    let file = format!("scanned-{number}");
    std::fs::write(folder.join(&file), &*share.qr_text()).unwrap();
    file
}

fn recover<'s>(shares: &[&'s str]) -> Vec<&'s str> {
    [["keys", "recover", "--version", "1", "--shares"].as_slice(), shares, &TWO].concat()
}

#[test]
fn a_ceremony_that_breaks_off_goes_on_from_its_sheets() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    done(folder, &FOUND);
    // The verifier's store is out of reach when its master is to be handed in.
    std::fs::rename(folder.join("tmac.safe"), folder.join("elsewhere")).unwrap();
    let broken = ceremony(folder);
    assert!(!broken.status.success() && says(&broken).contains("keys recover --version 1"), "{}", says(&broken));
    std::fs::rename(folder.join("elsewhere"), folder.join("tmac.safe")).unwrap();
    assert!(done(folder, &["keys", "status"]).contains("making"));
    assert!(says(&ceremony(folder)).contains("begun and not finished"));
    let (one, other) = (scanned(folder, 1), scanned(folder, 3));
    assert!(refused(folder, &recover(&[&one, &one])).contains("given twice"));
    done(folder, &recover(&[&one, &other]));
    let status = done(folder, &["keys", "status"]);
    assert!(status.contains("current") && status.contains("2 of 3"), "{status}");
    assert!(ceremony(folder).status.success(), "the next version follows");
    done(folder, &["check"]);
}

#[test]
fn a_lost_key_store_comes_back_from_its_shares_and_a_wrong_share_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    done(folder, &FOUND);
    assert!(ceremony(folder).status.success());
    let again = refused(folder, &FOUND);
    assert!(again.contains("already"), "{again}");
    let (one, other) = (scanned(folder, 1), scanned(folder, 2));
    let mut damaged = std::fs::read(folder.join(&other)).unwrap();
    let digit = damaged.len() - 8;
    damaged[digit] = if damaged[digit] == b'0' { b'1' } else { b'0' };
    std::fs::write(folder.join("damaged"), damaged).unwrap();
    assert!(refused(folder, &recover(&[&one, "damaged"])).contains("damaged"));
    let taken = refused(folder, &recover(&[&one, &other]));
    assert!(taken.contains("already"), "a store that has its key needs none: {taken}");
    // Another office founded beside it, with the same database: as after a fire in the key house.
    for file in ["keys.safe", "tmac.safe"] {
        std::fs::remove_file(folder.join(file)).unwrap();
    }
    let fresh = tempfile::tempdir().unwrap();
    done(fresh.path(), &FOUND);
    for file in ["keys.safe", "tmac.safe"] {
        std::fs::rename(fresh.path().join(file), folder.join(file)).unwrap();
    }
    done(folder, &recover(&[&one, &other]));
}

#[test]
fn wrong_passwords_and_one_officer_twice_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    done(folder, &FOUND);
    let alone = refused(folder, &["keys", "retire", "1", "--login", "ada", "--with", "ada"]);
    assert!(alone.contains("ask another officer"), "{alone}");
    let mut wrong = Command::new(env!("CARGO_BIN_EXE_satchel"));
    wrong.args(["keys", "retire", "1", "--login", "ada", "--with", "ben"]).current_dir(folder);
    wrong.env("SATCHEL_TRIAL", "true").env("SATCHEL_PASSWORD", PASSWORD).env("SATCHEL_PASSWORD_2", "guessed by eve");
    assert!(says(&wrong.output().unwrap()).contains("wrong"));
    let nowhere = refused(folder, &["issue", "run", "1", "--login", "ada", "--reader", "nowhere"]);
    assert!(nowhere.contains("is no reader"), "{nowhere}");
    let empty = tempfile::tempdir().unwrap();
    assert!(refused(empty.path(), &["check", "--database", "/nowhere/at/all.db"]).contains("cannot be reached"));
}
