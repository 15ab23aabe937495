//! A device joins by two codes: its secrets never leave it, and what admits it serves no other.

mod common;

use common::{MANAGER, Shop, done, plain};
use satchel::{
    Counter, CounterTrouble, HandedOut, Progress, ProgressFault, Trouble, answer_invitation, answered_invitation,
    handed_out, is_set_up,
};
use satchel_device::Admitted;
use std::sync::Arc;
use std::sync::atomic::Ordering;

struct Silent;

impl Progress for Silent {
    fn step(&self, _: u64, _: u64) -> Result<(), ProgressFault> {
        Ok(())
    }
}

#[test]
fn a_device_that_answered_is_admitted_by_file_or_by_code_and_sells() {
    for by_code in [false, true] {
        let mut shop = Shop::new();
        let invitation = shop.invitation(7);
        let text = invitation.to_text();
        assert_eq!(handed_out(text.clone().into_bytes()), HandedOut::Invitation);
        let joining = answer_invitation(shop.path(), &text, shop.seal.clone()).expect("answered");
        assert_eq!((joining.terminal, joining.place.as_str()), (7, "Harbour"));
        assert!(!is_set_up(&shop.path()));
        let again = answer_invitation(shop.path(), &text, shop.seal.clone()).expect("answered alike");
        assert_eq!(again, joining);
        assert_eq!(answered_invitation(shop.path(), shop.seal.clone()), Ok(Some(joining.clone())), "after a restart");

        let mut file = shop.admission(&invitation, &joining.answer);
        if by_code {
            file = Admitted::qr_text(&file).expect("two operators fit a code").into_bytes();
        }
        assert_eq!(handed_out(file.clone()), HandedOut::Admission);
        let till = shop.admit(&file).expect("admitted");
        shop.sign_on(&till, MANAGER).expect("the manager signs on");
        till.open_shift(0).expect("a shift opens");
        done(till.sell(shop.member(), plain(1_00), None));
        drop(till);
        assert_eq!(answered_invitation(shop.path(), shop.seal.clone()), Ok(None), "nothing is left open");
        assert_eq!(shop.admit(&file).err(), Some(Trouble::NotInvited), "an admission serves once");
        shop.open().expect("it opens");
    }
}

#[test]
fn an_admission_of_another_invitation_or_device_is_refused_and_leaves_the_answer_open() {
    let mut shop = Shop::new();
    let (first, second) = (shop.invitation(7), shop.invitation(7));
    let old = answer_invitation(shop.path(), &first.to_text(), shop.seal.clone()).expect("answered");
    let old = shop.admission(&first, &old.answer);
    let joining = answer_invitation(shop.path(), &second.to_text(), shop.seal.clone()).expect("answered");
    assert_eq!(shop.admit(&old).err(), Some(Trouble::OtherInvitation));
    let mut other = Shop::new();
    let theirs = answer_invitation(other.path(), &second.to_text(), other.seal.clone()).expect("answered");
    assert_ne!((&theirs.answer, &theirs.check), (&joining.answer, &joining.check));
    let theirs = other.admission(&second, &theirs.answer);
    assert!(shop.admit(&theirs).is_err(), "another head office, another device");
    let file = shop.admission(&second, &joining.answer);
    assert!(matches!(shop.admit(&file[..file.len() - 1]).err(), Some(Trouble::SetUpDamaged { .. })));
    assert!(!is_set_up(&shop.path()));
    shop.admit(&file).expect("its own is good still");
}

#[test]
fn a_terminal_that_joins_again_keeps_its_journal_and_no_other_takes_its_place() {
    let mut shop = Shop::new();
    let till = shop.open_till();
    done(till.sell(shop.member(), plain(1_00), None));
    drop(till);
    let another = shop.invitation(8);
    let refused = answer_invitation(shop.path(), &another.to_text(), shop.seal.clone());
    assert_eq!(refused, Err(Trouble::AlreadySetUp { terminal: 7 }));
    let again = shop.invitation(7);
    let joining = answer_invitation(shop.path(), &again.to_text(), shop.seal.clone()).expect("the same terminal");
    let file = shop.admission(&again, &joining.answer);
    let till = shop.admit(&file).expect("admitted again");
    assert_eq!(till.x_report().err(), None, "its journal goes on: the shift is open");
}

#[test]
fn a_key_store_that_fails_says_so_and_nothing_is_answered_in_the_clear() {
    let mut shop = Shop::new();
    let invitation = shop.invitation(7).to_text();
    shop.seal.fails.store(true, Ordering::SeqCst);
    let refused = answer_invitation(shop.path(), &invitation, shop.seal.clone());
    assert!(matches!(refused, Err(Trouble::SealFaulty { .. })), "{refused:?}");
    shop.seal.fails.store(false, Ordering::SeqCst);
    assert_eq!(answered_invitation(shop.path(), shop.seal.clone()), Ok(None));
    for text in ["", "https://example.org", &invitation[..invitation.len() - 2]] {
        let refused = answer_invitation(shop.path(), text, shop.seal.clone());
        assert!(matches!(refused, Err(Trouble::SetUpDamaged { .. })), "{refused:?}");
    }
}

#[test]
fn the_catalogue_that_came_with_a_set_up_is_taken_in_once() {
    let mut shop = Shop::new();
    let table = b"code,name,category,price_minor,unit,barcodes\nT1,Green tea,Drinks,320,piece,4006381333931\n";
    let set_up = satchel_device::SetUp { catalogue: Some(table.to_vec()), ..shop.enrolment(7) };
    let (file, code) = shop.file(&set_up);
    drop(shop.set_up(&file, &code).expect("set up"));
    let counter_folder = tempfile::tempdir().expect("a folder");
    let counter = Counter::open(counter_folder.path().to_str().expect("a plain path")).expect("a counter");
    assert_eq!(counter.take_in_waiting(&shop.path(), Arc::new(Silent)), Ok(Some(1)));
    assert_eq!(counter.take_in_waiting(&shop.path(), Arc::new(Silent)), Ok(None));
    assert_eq!(counter.items(), Ok(1));

    let set_up = satchel_device::SetUp { catalogue: Some(b"no table".to_vec()), ..set_up };
    let (file, code) = shop.file(&set_up);
    drop(shop.set_up(&file, &code).expect("set up again"));
    let refused = counter.take_in_waiting(&shop.path(), Arc::new(Silent));
    assert!(matches!(refused, Err(CounterTrouble::CatalogueWrong { .. })), "{refused:?}");
    assert_eq!(counter.take_in_waiting(&shop.path(), Arc::new(Silent)), Ok(None), "it is not tried for ever");
    assert_eq!(counter.items(), Ok(1), "the one before is still there");
}
