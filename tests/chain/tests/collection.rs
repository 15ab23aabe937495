//! Collection cards: bundles over several of them, in any order, torn anywhere, and receipts back.

use satchel_card_simulator::Card;
use satchel_cards::collection::{self, Contents, Way, read, write};
use satchel_cards::identity::CollectionIdentity;
use satchel_cards::issue::{Desk, issue_collection};
use satchel_cards::member::Presented;
use satchel_cards::record::Standing;
use satchel_cards::{CardError, CardKeys, KeySource};
use satchel_chain::field::{Field, blank_card};
use satchel_chain::office::Office;
use satchel_chain::scene::{Scene, plain_sales};
use satchel_chain::store::seeded;
use satchel_exchange::card::{Outgoing, PIECE, answer, forget, pieces_in, put, receipts};
use satchel_exchange::{Assembly, Bundle, Receipt, Sealed, pieces};
use satchel_journal::{Follower, Written};
use satchel_keys::{AgreementSecret, EnterpriseId, KeyRing, KeyVersion, Role, RoleMaster};
use satchel_packages::OfficeKey;
use satchel_transport::Cut;
use satchel_values::{Date, Sequence, TerminalId, Timestamp};
use std::collections::BTreeSet;

fn office() -> Office {
    Scene::with_card(Standing::Active).office
}

fn made(office: &Office, number: u32) -> Card {
    let mut card = blank_card(0xC000_0000 + number);
    let mut field = Field::new(&mut card);
    let identity = satchel_desfire::identify(&mut field).expect("a card");
    let who = CollectionIdentity {
        number,
        issued: Date::from_days(20_781),
        expiry: Date::from_days(22_000),
        enterprise: EnterpriseId::new([1; 8]),
    };
    let mut rng = seeded(u64::from(number));
    let mut desk = Desk { transport: &mut field, keys: office.ring(), rng: &mut *rng, progress: &mut |_| {} };
    issue_collection(&mut desk, &identity, &who).expect("it is made");
    drop(field);
    card
}

fn at<T>(
    card: &mut Card,
    cut: Option<Cut>,
    keys: &dyn KeySource,
    what: impl FnOnce(Presented<'_, '_>) -> Result<T, CardError>,
) -> Result<T, CardError> {
    let mut field = Field::torn(card, cut);
    let identity = satchel_desfire::identify(&mut field)?;
    let card_keys = CardKeys::new(keys, identity.uid, *collection::AID.bytes());
    let mut rng = seeded(5);
    what(Presented { transport: &mut field, identity: &identity, keys: &card_keys, rng: &mut *rng })
}

fn contents(card: &mut Card, office: &Office) -> Contents {
    at(card, None, office.ring(), read).expect("it is read")
}

/// A terminal's sales as a bundle in pieces.
fn sales(count: usize) -> (Vec<Written>, TerminalId, Vec<u8>, satchel_journal::JournalPublicKey) {
    let (entries, terminal, key) = plain_sales(count);
    let bundle = Bundle::make(terminal, &key, &entries, entries[entries.len() - 1].at).expect("a bundle");
    let to = AgreementSecret::take(&mut [9; 32]).public();
    let bytes = bundle.seal(&to, &mut *seeded(2)).expect("sealed").to_bytes();
    (entries, terminal, bytes, key.public())
}

#[test]
fn a_bundle_goes_over_several_cards_in_any_order_and_the_receipt_comes_back() {
    let office = office();
    let (entries, terminal, bytes, _) = sales(230);
    let cut = pieces(&bytes, PIECE).expect("pieces");
    let last = entries.last().expect("entries").sequence;
    let outgoing = Outgoing { terminal, last, pieces: &cut };
    let mut cards = vec![made(&office, 1), made(&office, 2), made(&office, 3)];
    let mut on_cards = BTreeSet::new();
    for card in &mut cards {
        let before = contents(card, &office);
        let mut after = before.up.clone();
        let here = put(&mut after, &outgoing, &on_cards);
        println!(
            "card {}: {} pieces, about {} sales",
            before.identity.number,
            here.len(),
            here.len() * PIECE * 230 / bytes.len()
        );
        on_cards.extend(here);
        at(card, None, office.ring(), |card| write(card, Way::Up, &before.up, &after)).expect("it is written");
    }
    assert_eq!(on_cards.len(), cut.len(), "all of it is on its way");
    let mut assembly: Option<Assembly> = None;
    for card in cards.iter_mut().rev() {
        for (whose, until, piece) in pieces_in(&contents(card, &office).up) {
            assert_eq!((whose, until), (terminal, last));
            match &mut assembly {
                Some(assembly) => assert!(assembly.put(piece)),
                None => assembly = Some(Assembly::new(piece)),
            }
        }
    }
    assert_eq!(assembly.expect("pieces came").whole().expect("sound"), Some(bytes));
    // Head office answers on one of the cards; the terminal forgets what it has, and sends more on the same card.
    let key = OfficeKey::generate(&mut *seeded(3));
    let receipt = Receipt {
        terminal,
        up_to: last,
        head: entries.last().expect("entries").hash.into(),
        missing: Vec::new(),
        at: Timestamp::from_ms(1_795_000_000_000),
    };
    let signed = receipt.sign(&key).to_bytes();
    let before = contents(&mut cards[0], &office);
    let mut down = before.down.clone();
    assert_eq!(answer(&mut down, &[(TerminalId::new(5), vec![1; 40]), (terminal, signed.clone())]), 2);
    at(&mut cards[0], None, office.ring(), |card| write(card, Way::Down, &before.down, &down)).expect("written");
    let before = contents(&mut cards[0], &office);
    assert_eq!(receipts(&before.down, terminal), [signed]);
    let mut up = before.up.clone();
    forget(&mut up, terminal, Sequence::new(last.get() - 1));
    assert_eq!(up, before.up, "what is not acknowledged stays");
    forget(&mut up, terminal, last);
    let (_, _, more, _) = sales(3);
    let cut = pieces(&more, PIECE).expect("pieces");
    let here =
        put(&mut up, &Outgoing { terminal, last: Sequence::new(last.get() + 9), pieces: &cut }, &BTreeSet::new());
    assert_eq!(here.len(), cut.len());
    at(&mut cards[0], None, office.ring(), |card| write(card, Way::Up, &before.up, &up)).expect("written");
    assert_eq!(contents(&mut cards[0], &office).up, up);
    assert_eq!(up.frames().len(), cut.len(), "the old ones are gone");
}

#[test]
fn a_card_torn_anywhere_holds_what_it_held_or_what_it_was_to_hold() {
    let office = office();
    let (_, terminal, bytes, _) = sales(20);
    let cut = pieces(&bytes, PIECE).expect("pieces");
    let (mut old, mut new, mut torn) = (0, 0, 0);
    for anew in [false, true] {
        for at_exchange in 0..64 {
            for tear in [Cut::BeforeCard(at_exchange), Cut::AfterCard(at_exchange)] {
                let mut card = made(&office, 50 + at_exchange);
                let first = contents(&mut card, &office);
                let mut up = first.up.clone();
                let outgoing = |last| Outgoing { terminal, last: Sequence::new(last), pieces: &cut[..1] };
                put(&mut up, &outgoing(5), &BTreeSet::new());
                at(&mut card, None, office.ring(), |card| write(card, Way::Up, &first.up, &up)).expect("written");
                let before = contents(&mut card, &office).up;
                let mut after = before.clone();
                if anew {
                    forget(&mut after, terminal, Sequence::new(5));
                }
                let more = Outgoing { terminal, last: Sequence::new(9), pieces: &cut };
                put(&mut after, &more, &BTreeSet::new());
                let written = at(&mut card, Some(tear), office.ring(), |card| write(card, Way::Up, &before, &after));
                torn += u32::from(written.is_err());
                let now = contents(&mut card, &office).up;
                let waits = |held: &collection::Held| held.frames().iter().filter(|frame| !frame.done).count();
                if now == after {
                    new += 1;
                } else {
                    old += 1;
                    assert!(now == before || anew && waits(&now) == 0, "{anew} {tear:?}: {now:?}");
                }
                at(&mut card, None, office.ring(), |card| write(card, Way::Up, &now, &after)).expect("once more");
                assert_eq!(contents(&mut card, &office).up, after, "{anew} {tear:?}");
            }
        }
    }
    println!("{torn} torn; {old} times what it held, {new} times what it was to hold");
    assert!(torn > 20 && old > 10 && new > 3, "{torn} {old} {new}");
}

#[test]
fn a_stranger_reads_nothing_and_a_terminal_writes_no_answers() {
    let office = office();
    let mut card = made(&office, 9);
    let nothing = KeyRing::new();
    let refused = at(&mut card, None, &nothing, read);
    assert!(matches!(refused, Err(CardError::KeyVersionNotHeld { .. } | CardError::KeyNotHeld(_))), "{refused:?}");
    let mut rng = seeded(77);
    let strange = Office::found(&mut *rng, satchel_chain::day::limits(), satchel_chain::day::program());
    let refused = at(&mut card, None, strange.ring(), read);
    assert!(matches!(refused, Err(CardError::NotOurs)), "{refused:?}");
    let held = contents(&mut card, &office);
    let mut down = held.down.clone();
    answer(&mut down, &[(TerminalId::new(1), vec![7; 30])]);
    let version = KeyVersion::new(1).expect("a version");
    let master = office.ring().master(Role::CollectionTerminal, version).expect("the office has every master");
    let mut terminal_s = KeyRing::new();
    terminal_s.insert(RoleMaster::take(master.role(), version, &mut { *master.key().expose() }));
    let refused = at(&mut card, None, &terminal_s, |card| write(card, Way::Down, &held.down, &down));
    assert!(matches!(refused, Err(CardError::KeyVersionNotHeld { .. })), "{refused:?}");
    let mut blank = blank_card(3);
    assert!(matches!(at(&mut blank, None, office.ring(), read), Err(CardError::NotOurs)));
}

#[test]
fn what_comes_off_a_card_is_followed_like_any_bundle() {
    let (entries, terminal, bytes, key) = sales(4);
    let opened = Sealed::from_bytes(&bytes).expect("ours").open(&AgreementSecret::take(&mut [9; 32])).expect("opens");
    opened.check(&key).expect("signed");
    assert_eq!((opened.terminal(), opened.last()), (terminal, entries.last().expect("entries").sequence));
    assert!(opened.follow(&mut Follower::new(terminal, key)).is_err(), "what is before it is missing");
}
