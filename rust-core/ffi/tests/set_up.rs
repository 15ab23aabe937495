//! Setting a device up: the file, the code, the key store, and what is damaged.

mod common;

use common::{MANAGER, Shop, done, file_in, plain};
use satchel::{PackageKind, PackageState, Till, Trouble, export_journal, is_set_up};
use satchel_device::{QR_BYTES_MOST, SetUp};
use satchel_packages::Signed;
use satchel_training::office::opening_time;
use std::fs;
use std::sync::atomic::Ordering;

#[test]
fn a_file_with_two_operators_fits_a_qr_code_and_sets_the_same_till_up() {
    let mut shop = Shop::new();
    let enrolment = shop.enrolment(7);
    let (file, code) = shop.file(&enrolment);
    println!("a set-up file for two operators: {} bytes", file.len());
    assert!(file.len() <= QR_BYTES_MOST);
    let scanned = SetUp::qr_text(&file).expect("it fits");
    assert!(scanned.len() <= 4_296, "the alphanumeric capacity of the largest QR code: {}", scanned.len());
    assert!(!is_set_up(&shop.path()));
    let typed = code.to_lowercase().replace('-', " ");
    let till = shop.set_up(scanned.as_bytes(), &typed).expect("set up");
    assert!(is_set_up(&shop.path()));
    shop.sign_on(&till, MANAGER).expect("the manager signs on");
    till.open_shift(0).expect("a shift opens");
    done(till.sell(shop.member(), plain(1_00), None));
}

#[test]
fn a_file_too_large_for_a_qr_code_has_none() {
    let mut shop = Shop::new();
    let enrolment = SetUp { catalogue: Some(vec![7; 4_000]), ..shop.enrolment(7) };
    let (file, code) = shop.file(&enrolment);
    assert_eq!(SetUp::qr_text(&file), None);
    drop(shop.set_up(&file, &code).expect("it is a file still"));
    assert_eq!(fs::read(file_in(&shop.path(), "catalogue.bin")).expect("it is kept"), vec![7; 4_000]);
}

#[test]
fn another_code_opens_nothing() {
    let mut shop = Shop::new();
    let enrolment = shop.enrolment(7);
    let (file, _) = shop.file(&enrolment);
    let (_, other) = shop.file(&enrolment);
    assert_eq!(shop.set_up(&file, &other).err(), Some(Trouble::SetUpWrongCode));
    assert_eq!(shop.set_up(&file, "what?").err(), Some(Trouble::SetUpWrongCode));
    assert!(!is_set_up(&shop.path()));
    assert_eq!(shop.open().err(), Some(Trouble::NotSetUp));
}

#[test]
fn a_file_damaged_at_any_byte_or_cut_anywhere_is_refused_by_name() {
    let mut shop = Shop::new();
    let enrolment = shop.enrolment(7);
    let (file, code) = shop.file(&enrolment);
    for place in 0..file.len() {
        let mut damaged = file.clone();
        damaged[place] ^= 0x21;
        let refused = shop.set_up(&damaged, &code).err();
        let named = matches!(refused, Some(Trouble::SetUpDamaged { .. } | Trouble::NewVersionNeeded));
        assert!(named, "byte {place}: {refused:?}");
        let cut = shop.set_up(&file[..place], &code).err();
        assert!(matches!(cut, Some(Trouble::SetUpDamaged { .. })), "cut at {place}: {cut:?}");
    }
    let longer = [file.as_slice(), &[0]].concat();
    assert!(matches!(shop.set_up(&longer, &code).err(), Some(Trouble::SetUpDamaged { .. })));
    assert!(!is_set_up(&shop.path()));
    shop.set_up(&file, &code).expect("the file itself is good");
}

#[test]
fn a_device_that_is_damaged_at_any_byte_does_not_open_and_is_set_up_again() {
    let mut shop = Shop::new();
    let enrolment = shop.enrolment(7);
    let (file, code) = shop.file(&enrolment);
    drop(shop.set_up(&file, &code).expect("set up"));
    let device = file_in(&shop.path(), "device.cbor");
    let whole = fs::read(&device).expect("it is there");
    for place in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[place] ^= 0x21;
        fs::write(&device, &damaged).expect("damaged");
        let refused = shop.open().err();
        let named = matches!(
            refused,
            Some(
                Trouble::SetUpDamaged { .. }
                    | Trouble::SealFaulty { .. }
                    | Trouble::NewVersionNeeded
                    | Trouble::TrainingOnly
            )
        );
        assert!(named, "byte {place}: {refused:?}");
    }
    fs::write(&device, &whole[..whole.len() / 2]).expect("cut");
    drop(shop.set_up(&file, &code).expect("the same file mends it"));
    shop.open().expect("it opens");
}

#[test]
fn a_key_store_that_fails_is_never_gone_without() {
    let mut shop = Shop::new();
    let enrolment = shop.enrolment(7);
    let (file, code) = shop.file(&enrolment);
    shop.seal.fails.store(true, Ordering::SeqCst);
    assert!(matches!(shop.set_up(&file, &code).err(), Some(Trouble::SealFaulty { .. })));
    assert!(!is_set_up(&shop.path()), "nothing is kept in the clear");
    shop.seal.fails.store(false, Ordering::SeqCst);
    let till = shop.set_up(&file, &code).expect("set up");
    shop.sign_on(&till, MANAGER).expect("the manager signs on");
    till.open_shift(0).expect("a shift opens");
    done(till.sell(shop.member(), plain(1_00), None));
    drop(till);

    shop.seal.fails.store(true, Ordering::SeqCst);
    assert!(matches!(shop.open().err(), Some(Trouble::SealFaulty { .. })));
    shop.seal.fails.store(false, Ordering::SeqCst);
    shop.seal.key.store(9, Ordering::SeqCst);
    assert!(matches!(shop.open().err(), Some(Trouble::SealFaulty { .. })), "the key store has lost its key");
    let till = shop.set_up(&file, &code).expect("the same terminal again");
    assert_eq!(till.x_report().err(), None, "its journal goes on: the shift is open");
}

#[test]
fn no_secret_lies_in_the_folder_in_the_clear() {
    const WINDOW: usize = 24;
    let mut shop = Shop::new();
    let till = shop.open_till();
    done(till.sell(shop.member(), plain(1_00), None));
    till.tidy().expect("tidied");
    let sealed = shop.seal.sealed.lock().expect("nobody panicked").clone();
    assert!(sealed.len() > 100, "both secrets and the masters for signing on");
    let mut files = 0;
    for folder in [shop.path(), file_in(&shop.path(), "packages").display().to_string()] {
        for file in fs::read_dir(folder).expect("a folder") {
            let path = file.expect("an entry").path();
            let Ok(bytes) = fs::read(&path) else { continue };
            let found = sealed.windows(WINDOW).any(|secret| bytes.windows(WINDOW).any(|window| window == secret));
            assert!(!found, "{}", path.display());
            files += 1;
        }
    }
    assert!(files >= 7, "the device, five packages and the journal: {files}");
}

#[test]
fn another_terminal_does_not_take_the_place_of_one_that_has_a_journal() {
    let mut shop = Shop::new();
    let (seven, eight) = (shop.enrolment(7), shop.enrolment(8));
    let (file, code) = shop.file(&seven);
    drop(shop.set_up(&file, &code).expect("set up"));
    let (other, other_code) = shop.file(&eight);
    assert_eq!(shop.set_up(&other, &other_code).err(), Some(Trouble::AlreadySetUp { terminal: 7 }));
    fs::remove_file(file_in(&shop.path(), "device.cbor")).expect("removed");
    let refused = shop.set_up(&other, &other_code).err();
    assert_eq!(refused, Some(Trouble::AlreadySetUp { terminal: 7 }), "the journal still says whose it is");
    let reenrolled = shop.enrolment(7);
    let (again, again_code) = shop.file(&reenrolled);
    let refused = shop.set_up(&again, &again_code).err();
    assert_eq!(refused, Some(Trouble::AlreadySetUp { terminal: 7 }), "other secrets, another journal");
    shop.set_up(&file, &code).expect("its own file is welcome");
}

#[test]
fn newer_packages_are_taken_and_older_ones_are_not() {
    let mut shop = Shop::new();
    let first = shop.enrolment(7);
    let (file, code) = shop.file(&first);
    drop(shop.set_up(&file, &code).expect("set up"));
    let block_list = shop.office.block_list(opening_time().later_by_ms(86_400_000), []);
    let newer = SetUp { packages: vec![block_list], ..first };
    let (newer_file, newer_code) = shop.file(&newer);
    shop.clock.advance_ms(2 * 86_400_000);
    let till = shop.set_up(&newer_file, &newer_code).expect("the same terminal");
    let ages = |till: &Till| {
        let packages = till.status().expect("a status").packages;
        let list = packages.iter().find(|package| package.kind == PackageKind::BlockList).expect("a line");
        (list.age_days, list.state)
    };
    assert_eq!(ages(&till), (Some(1), PackageState::Good));
    drop(till);
    let till = shop.set_up(&file, &code).expect("the old file once more");
    assert_eq!(ages(&till), (Some(1), PackageState::Good), "nothing goes back");
}

#[test]
fn a_package_that_is_damaged_is_missing_and_the_rest_works() {
    let mut shop = Shop::new();
    let till = shop.open_till();
    drop(till);
    let kept = file_in(&shop.path(), "packages/block-list.signed");
    let whole = fs::read(&kept).expect("it is kept");
    for damaged in [whole[..whole.len() - 1].to_vec(), Vec::new(), foreign(&mut shop)] {
        fs::write(&kept, damaged).expect("damaged");
        let till = shop.open().expect("it opens");
        shop.sign_on(&till, MANAGER).expect("the manager signs on");
        let sold = till.sell(shop.member(), plain(1_00), None);
        assert_eq!(sold, Err(Trouble::PackageMissing { kind: PackageKind::BlockList }));
        let packages = till.status().expect("a status").packages;
        assert!(packages.iter().any(|package| package.state == PackageState::Missing));
    }
    fs::write(&kept, whole).expect("mended");
    let till = shop.open().expect("it opens");
    shop.sign_on(&till, MANAGER).expect("the manager signs on");
    done(till.sell(shop.member(), plain(1_00), None));
}

/// A block list that another head office signed.
fn foreign(shop: &mut Shop) -> Vec<u8> {
    let mut stranger = satchel_training::office::Office::found(&mut shop.rng, common::limits(), common::program());
    let list: Signed = stranger.block_list(opening_time(), []);
    list.to_bytes()
}

#[test]
fn a_damaged_journal_is_named_and_can_be_exported() {
    let mut shop = Shop::new();
    let till = shop.open_till();
    done(till.sell(shop.member(), plain(1_00), None));
    till.tidy().expect("tidied");
    let head = till.status().expect("a status").head;
    drop(till);
    let to = shop.folder.path().join("export.txt");
    let exported = export_journal(&shop.path(), &to.display().to_string()).expect("it can be read");
    assert_eq!((exported.entries, exported.first_unreadable), (u64::from(head.entries), None));

    let journal = file_in(&shop.path(), "journal.db");
    let mut damaged = fs::read(&journal).expect("it is there");
    let uid = shop.member.lock().expect("nobody panicked").uid().to_vec();
    let places: Vec<_> = (0..damaged.len()).filter(|place| damaged[*place..].starts_with(&uid)).collect();
    assert!(!places.is_empty(), "the sale names its card");
    places.into_iter().for_each(|place| damaged[place] ^= 0x01);
    fs::write(&journal, damaged).expect("damaged");
    assert!(matches!(shop.open().err(), Some(Trouble::JournalDamaged { .. })));
    let exported = export_journal(&shop.path(), &to.display().to_string()).expect("what can be read is");
    assert!(exported.entries <= u64::from(head.entries));
    let text = fs::read_to_string(&to).expect("it is there");
    assert_eq!(u64::try_from(text.lines().count()).expect("a few"), exported.entries);
}

#[test]
fn a_journal_that_is_open_elsewhere_is_named() {
    let mut shop = Shop::new();
    let till = shop.till();
    assert_eq!(shop.open().err(), Some(Trouble::JournalInUse));
    drop(till);
    shop.open().expect("it is free");
}
