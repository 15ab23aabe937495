//! What is left in memory of keys that were used. A process signs on and off, and another hunts through all it has.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test")]

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use satchel_cards::KeySource;
use satchel_key_house::testing::hunt;
use satchel_key_house::{Backend, Cost, DeskSource, Entrusted, KeyStore, TmacMasters};
use satchel_keys::{ControlKey, EnterpriseId, KeyVersion, Role};
use satchel_values::Uid;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

const ENTERPRISE: EnterpriseId = EnterpriseId::new(*b"SATCHEL1");

fn officer(login: &str) -> Entrusted {
    Entrusted { login: login.to_owned(), password: format!("{login}'s own password").into() }
}

fn version() -> KeyVersion {
    KeyVersion::new(1).unwrap()
}

/// Bytes that no program has by chance.
fn control() -> ControlKey {
    let mut bytes = *b"\x9D\x3C\xA5\x71\x0E\xF8\x46\xB2\xD7\x19\x83\x6A\xEC\x50\x2F\xC4";
    ControlKey::take(version(), &mut bytes)
}

#[test]
fn after_signing_off_no_key_is_left_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let officers = ["ada", "ben"].map(officer);
    KeyStore::found(&folder.path().join("keys"), ENTERPRISE, &Backend::File, &officers, Cost::TEST, &mut rng).unwrap();
    TmacMasters::found(&folder.path().join("tmac"), &officers, Cost::TEST, &mut rng).unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_signs_on_and_off", "--ignored", "--nocapture", "--test-threads=1"])
        .env("SATCHEL_TEST_FOLDER", folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // The ceremony is over by then: the child has the key from its store alone.
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut stdin = child.stdin.take().unwrap();
    let mut await_word = |word: &str| {
        let mut line = String::new();
        while !line.contains(word) {
            line.clear();
            assert_ne!(stdout.read_line(&mut line).unwrap(), 0, "the child ended before it was {word}");
        }
    };
    let secrets: Vec<(String, [u8; 16])> = Role::ALL
        .iter()
        .map(|role| (format!("{role:?}"), *control().role_master(*role, &ENTERPRISE).key().expose()))
        .chain([("control".to_owned(), *control().expose())])
        .collect();
    await_word("signed on");
    let found = hunt(child.id(), &secrets);
    assert!(found.contains(&"Sale".to_owned()), "the hunt finds what is there: {found:?}");
    stdin.write_all(b"off\n").unwrap();
    await_word("signed off");
    let left = hunt(child.id(), &secrets);
    stdin.write_all(b"end\n").unwrap();
    child.wait().unwrap();
    assert!(left.is_empty(), "still in memory: {left:?}");
}

#[test]
#[ignore = "run by after_signing_off_no_key_is_left_in_memory"]
fn child_signs_on_and_off() {
    let folder = std::env::var("SATCHEL_TEST_FOLDER").unwrap();
    let folder = Path::new(&folder);
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    let mut store = KeyStore::open(&folder.join("keys")).unwrap();
    let mut masters = TmacMasters::open(&folder.join("tmac")).unwrap();
    let opened = store.sign_on_two(&officer("ada"), &officer("ben")).unwrap().install(&control(), &mut rng).unwrap();
    masters.hand_in((&officer("ada"), &officer("ben")), opened.tmac, &mut rng).unwrap();
    let desk = store.sign_on(&officer("ada")).unwrap();
    let mut verifier = masters.sign_on(&officer("ben")).unwrap();
    let source = DeskSource::new(&desk, &mut verifier);
    for role in Role::ALL {
        assert!(source.card_key(role, version(), &Uid::new([4; 7]), [1, 2, 3]).is_some());
    }
    say_and_wait("signed on");
    drop(source);
    drop((desk, verifier));
    say_and_wait("signed off");
}

fn say_and_wait(word: &str) {
    println!("{word}");
    std::io::stdout().flush().unwrap();
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
}
