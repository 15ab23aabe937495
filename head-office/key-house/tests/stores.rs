//! The same with a file alone and with a security module. `SATCHEL_PKCS11` names the module, SoftHSM2 in CI, with
//! `SOFTHSM2_CONF` pointing to where its tokens may be made; without it only the file is asked, and the test says so.

#![allow(clippy::unwrap_used, reason = "a test")]

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use satchel_cards::KeySource;
use satchel_key_house::{
    Backend, Cost, DeskSource, Entrusted, KeyHouseError, KeyStore, TmacMasters, TokenAddress, TokenPins, Verifier,
    VerifierClient,
};
use satchel_keys::{ControlKey, EnterpriseId, KeyVersion, Pin, PinCost, Role};
use satchel_values::Uid;
use std::path::Path;
use std::process::Command;

const ENTERPRISE: EnterpriseId = EnterpriseId::new(*b"SATCHEL1");
const AID: [u8; 3] = [0xF5, 0x5A, 0x01];

fn officer(login: &str) -> Entrusted {
    Entrusted { login: login.to_owned(), password: format!("{login}'s own password").into() }
}

fn officers() -> [Entrusted; 3] {
    ["ada", "ben", "cy"].map(officer)
}

fn version(number: u8) -> KeyVersion {
    KeyVersion::new(number).unwrap()
}

fn control(number: u8) -> ControlKey {
    ControlKey::take(version(number), &mut [0x40 + number; 16])
}

fn uid() -> Uid {
    Uid::new([4, 1, 2, 3, 4, 5, 6])
}

fn each(name: &str, test: impl Fn(&Path, &Backend)) {
    test(tempfile::tempdir().unwrap().path(), &Backend::File);
    match token(name) {
        Some(backend) => test(tempfile::tempdir().unwrap().path(), &backend),
        None => eprintln!("SATCHEL_PKCS11 is not set: only the file was asked"),
    }
}

/// Two new tokens of the module.
fn token(name: &str) -> Option<Backend> {
    let module = std::env::var("SATCHEL_PKCS11").ok()?;
    let label = |part: &str| format!("{name}-{part}-{}", std::process::id());
    let address = TokenAddress { module, desk: label("d"), control: label("c") };
    for label in [&address.desk, &address.control] {
        let made = Command::new("softhsm2-util")
            .args(["--init-token", "--free", "--label", label, "--so-pin", "87654321", "--pin", "12345678"])
            .output()
            .expect("softhsm2-util goes with SoftHSM2");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }
    let pin = || "12345678".to_owned().into();
    Some(Backend::Token(address, TokenPins { desk: pin(), control: pin() }))
}

fn founded(folder: &Path, backend: &Backend) -> (KeyStore, TmacMasters, ChaCha20Rng) {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let store = KeyStore::found(&folder.join("keys"), ENTERPRISE, backend, &officers(), Cost::TEST, &mut rng).unwrap();
    let masters = TmacMasters::found(&folder.join("tmac"), &officers(), Cost::TEST, &mut rng).unwrap();
    (store, masters, rng)
}

fn install(store: &mut KeyStore, masters: &mut TmacMasters, number: u8, rng: &mut ChaCha20Rng) {
    let mut two = store.sign_on_two(&officer("ada"), &officer("ben")).unwrap();
    let opened = two.install(&control(number), rng).unwrap();
    assert_eq!(opened.kcv, control(number).kcv());
    masters.hand_in((&officer("ada"), &officer("cy")), opened.tmac, rng).unwrap();
}

#[test]
fn every_key_of_a_card_is_what_the_control_key_says() {
    each("keys", |folder, backend| {
        let (mut store, mut masters, mut rng) = founded(folder, backend);
        install(&mut store, &mut masters, 1, &mut rng);
        install(&mut store, &mut masters, 2, &mut rng);
        let store = KeyStore::open(&folder.join("keys")).unwrap();
        let desk = store.sign_on(&officer("cy")).unwrap();
        let mut verifier = masters.sign_on(&officer("ben")).unwrap();
        let source = DeskSource::new(&desk, &mut verifier);
        for role in Role::ALL {
            assert_eq!(source.versions(role), [version(2), version(1)], "{role:?}");
            for number in [1, 2] {
                let ours = source.card_key(role, version(number), &uid(), AID);
                let aid = if role == Role::Tmac { *satchel_cards::member::AID.bytes() } else { AID };
                let true_one = control(number).role_master(role, &ENTERPRISE).card_key(&uid(), aid);
                assert!(ours.unwrap().same_as(&true_one), "{role:?} {number}");
            }
        }
        let pin = Pin::parse("123456").unwrap();
        let true_one = control(1).role_master(Role::OperatorPin, &ENTERPRISE);
        let true_one = true_one.operator_pin_key(&uid(), &pin, PinCost::TEST);
        assert!(desk.pin_key(&uid(), &pin, PinCost::TEST).unwrap().same_as(&true_one));
    });
}

#[test]
fn terminals_get_no_master_of_the_office_s_own() {
    each("masters", |folder, backend| {
        let (mut store, mut masters, mut rng) = founded(folder, backend);
        install(&mut store, &mut masters, 1, &mut rng);
        let desk = store.sign_on(&officer("ada")).unwrap();
        let roles: Vec<Role> = desk.masters(&Role::ALL).into_iter().map(satchel_keys::RoleMaster::role).collect();
        for role in [Role::Master, Role::Picc, Role::OperatorOffice, Role::Change, Role::Tmac] {
            assert!(!roles.contains(&role), "{role:?}");
        }
        assert_eq!(roles.len(), 7);
    });
}

#[test]
fn a_version_comes_once_and_a_retired_one_is_gone() {
    each("retired", |folder, backend| {
        let (mut store, mut masters, mut rng) = founded(folder, backend);
        install(&mut store, &mut masters, 1, &mut rng);
        install(&mut store, &mut masters, 2, &mut rng);
        let mut two = store.sign_on_two(&officer("ada"), &officer("ben")).unwrap();
        assert!(matches!(two.install(&control(2), &mut rng), Err(KeyHouseError::VersionTaken(2))));
        let again = two.tmac_master(version(1)).unwrap();
        assert_eq!(again.kcv(), control(1).role_master(Role::Tmac, &ENTERPRISE).kcv());
        two.retire(version(1), &mut rng).unwrap();
        assert!(matches!(two.retire(version(1), &mut rng), Err(KeyHouseError::NotHeld { version: 1, .. })));
        let desk = store.sign_on(&officer("cy")).unwrap();
        assert_eq!(desk.versions(), [version(2)]);
        let mut verifier = masters.sign_on(&officer("cy")).unwrap();
        let source = DeskSource::new(&desk, &mut verifier);
        assert!(source.card_key(Role::Sale, version(1), &uid(), AID).is_none());
        assert!(source.card_key(Role::Master, version(1), &uid(), AID).is_none());
        assert!(source.card_key(Role::Master, version(2), &uid(), AID).is_some());
    });
}

#[test]
fn a_module_that_is_gone_is_named_and_nothing_is_half_done() {
    let Some(Backend::Token(address, pins)) = token("gone") else {
        eprintln!("SATCHEL_PKCS11 is not set: there is no module to lose");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let backend = Backend::Token(address.clone(), pins.clone());
    let (mut store, mut masters, mut rng) = founded(folder.path(), &backend);
    install(&mut store, &mut masters, 1, &mut rng);
    // The token with the masters is pulled between two ceremonies.
    let deleted = Command::new("softhsm2-util").args(["--delete-token", "--token", &address.desk]).output().unwrap();
    assert!(deleted.status.success());
    let before = std::fs::read(folder.path().join("keys")).unwrap();
    // In a process of its own: a module that is started keeps what it saw.
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_installs_a_second_version", "--ignored", "--nocapture"])
        .env("SATCHEL_TEST_FOLDER", folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stderr) + String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success() && said.contains("there is no token"), "{said}");
    assert_eq!(std::fs::read(folder.path().join("keys")).unwrap(), before);
}

#[test]
#[ignore = "run by a_module_that_is_gone_is_named_and_nothing_is_half_done"]
fn child_installs_a_second_version() {
    let folder = std::env::var("SATCHEL_TEST_FOLDER").unwrap();
    let mut store = KeyStore::open(&Path::new(&folder).join("keys")).unwrap();
    let mut two = store.sign_on_two(&officer("ada"), &officer("ben")).unwrap();
    let refused = two.install(&control(2), &mut ChaCha20Rng::seed_from_u64(2)).err().unwrap();
    println!("{refused}");
}

#[test]
fn the_verifier_answers_at_its_socket_and_only_its_user_reaches_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (mut store, mut masters, mut rng) = founded(folder.path(), &Backend::File);
    install(&mut store, &mut masters, 1, &mut rng);
    let socket = folder.path().join("verifier");
    let verifier: Verifier = masters.sign_on(&officer("ada")).unwrap();
    let at = socket.clone();
    std::thread::spawn(move || verifier.serve(&at));
    while !socket.exists() {
        std::thread::yield_now();
    }
    let mut line = (0..100).find_map(|_| VerifierClient::connect(&socket).ok()).unwrap();
    assert_eq!(line.versions().unwrap(), [version(1)]);
    let true_one = control(1).role_master(Role::Tmac, &ENTERPRISE);
    let true_one = true_one.card_key(&uid(), *satchel_cards::member::AID.bytes());
    assert!(line.card_key(version(1), &uid()).unwrap().same_as(&true_one));
    assert!(matches!(line.card_key(version(9), &uid()), Err(KeyHouseError::NotHeld { version: 9, .. })));
    assert_eq!(std::fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(matches!(VerifierClient::connect(&folder.path().join("none")), Err(KeyHouseError::Verifier(_))));
}
