//! What terminals send: every byte of their journals comes out of a bundle, and nothing that was touched does.

use rand_core::{CryptoRng, Rng};
use satchel_cards::record::Standing;
use satchel_chain::day::{self, Narrator};
use satchel_chain::office::{Office, opening_time};
use satchel_chain::scene::{Scene, plain_sales};
use satchel_chain::store::{seeded, sign_on};
use satchel_device::SetUp;
use satchel_exchange::{Assembly, Bundle, ExchangeError, Followed, Piece, Receipt, Sealed, SignedReceipt, pieces};
use satchel_journal::{Follower, Journal, JournalKey, JournalPublicKey, OpenOptions, Written};
use satchel_keys::AgreementSecret;
use satchel_packages::OfficeKey;
use satchel_values::{Sequence, TerminalId, Timestamp};

struct Silent;

impl Narrator for Silent {
    fn begins(&mut self, _: &str, _: u32) {}
    fn step(&mut self) {}
}

/// A terminal's journal after a day of sales, torn cards and all.
struct Lived {
    terminal: TerminalId,
    key: JournalKey,
    entries: Vec<Written>,
}

impl Lived {
    fn public(&self) -> JournalPublicKey {
        self.key.public()
    }

    fn bundle(&self, from: usize, to: usize) -> Bundle {
        Bundle::make(self.terminal, &self.key, &self.entries[from..to], opening_time()).expect("a bundle")
    }

    fn follower(&self) -> Follower {
        Follower::new(self.terminal, self.public())
    }
}

fn days(seed: u64) -> Vec<Lived> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut rng = seeded(seed);
    let mut office = Office::found(&mut *rng, day::limits(), day::program());
    let morning = day::in_miniature(&mut office, &mut *rng, &mut Silent).expect("a morning");
    let keys = |enrolled: &SetUp| (enrolled.terminal, enrolled.secrets.journal(), enrolled.secrets.journal());
    let keys: Vec<_> = morning.enrolments.iter().map(keys).collect();
    day::live_on(morning, office.ring(), seed, folder.path(), &mut Silent).expect("the day ends well");
    let lived = |(terminal, key, again): (TerminalId, JournalKey, JournalKey)| {
        let path = folder.path().join(terminal.to_string()).join("journal.db");
        let journal = Journal::open_with(&path, terminal, again, OpenOptions::default()).expect("it opens");
        Lived { terminal, key, entries: written(&journal) }
    };
    keys.into_iter().map(lived).collect()
}

fn written(journal: &Journal) -> Vec<Written> {
    journal.written(Sequence::new(1), usize::MAX >> 1).expect("it is read")
}

fn secret() -> AgreementSecret {
    AgreementSecret::take(&mut [9; 32])
}

/// There and back, as head office takes it.
fn sent(bundle: &Bundle, rng: &mut dyn CryptoRng) -> Bundle {
    let bytes = bundle.seal(&secret().public(), rng).expect("sealed").to_bytes();
    Sealed::from_bytes(&bytes).expect("a sealed bundle").open(&secret()).expect("it opens")
}

#[test]
fn every_byte_of_a_day_comes_out_in_whatever_runs_it_was_sent() {
    let mut rng = seeded(5);
    let mut movements = 0;
    for lived in days(3) {
        for _ in 0..12 {
            let mut follower = lived.follower();
            let mut from = 0;
            while from < lived.entries.len() {
                let to = lived.entries.len().min(from + 1 + rng.next_u32() as usize % 400);
                let bundle = sent(&lived.bundle(from, to), &mut *rng);
                bundle.check(&lived.public()).expect("it is signed");
                let followed = bundle.follow(&mut follower).expect("it follows");
                for (Followed { entry, body }, written) in followed.iter().zip(&lived.entries[from..]) {
                    let told = (entry.sequence, entry.at, body, entry.hash);
                    assert_eq!(told, (written.sequence, written.at, &written.body, written.hash));
                }
                // Where head office stops, it goes on from what it kept.
                follower = Follower::from_bytes(lived.terminal, lived.public(), &follower.to_bytes()).expect("kept");
                from = to;
            }
            assert_eq!(follower.head().hash, lived.entries.last().expect("entries").hash);
        }
        let plain: usize = lived.entries.iter().map(|entry| entry.body.len() + 44).sum();
        let sealed = lived.bundle(0, lived.entries.len()).seal(&secret().public(), &mut *rng).expect("sealed");
        println!(
            "{}: {} entries, {plain} bytes as written, {} sent",
            lived.terminal,
            lived.entries.len(),
            sealed.to_bytes().len()
        );
        movements += lived.entries.len();
    }
    assert!(movements > 2_000, "{movements}");
}

#[test]
fn whatever_is_touched_is_refused() {
    let mut rng = seeded(6);
    let days = days(4);
    let [mine, other] = days.as_slice() else { panic!("two terminals") };
    let bundle = mine.bundle(0, 60);
    let bytes = bundle.seal(&secret().public(), &mut *rng).expect("sealed").to_bytes();
    for place in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[place] ^= 1 << (place % 8);
        let opened = Sealed::from_bytes(&damaged).and_then(|sealed| sealed.open(&secret()));
        assert!(opened.is_err(), "byte {place}");
        assert!(
            Sealed::from_bytes(&bytes[..place]).and_then(|sealed| sealed.open(&secret())).is_err(),
            "cut at {place}"
        );
    }
    let elsewhere = Sealed::from_bytes(&bytes).expect("ours").open(&AgreementSecret::take(&mut [8; 32]));
    assert!(matches!(elsewhere, Err(ExchangeError::NotForUs)), "{elsewhere:?}");
    assert!(matches!(bundle.check(&other.public()), Err(ExchangeError::NotSignedBy(_))));
    // Another terminal's entries under one's own name and signature: they do not follow.
    let stolen = Bundle::make(mine.terminal, &mine.key, &other.entries[..60], opening_time()).expect("a bundle");
    stolen.check(&mine.public()).expect("it is signed");
    assert!(stolen.follow(&mut mine.follower()).is_err());
    let mut follower = mine.follower();
    let gap = mine.bundle(60, 90).follow(&mut follower);
    assert!(
        matches!(&gap, Err(ExchangeError::Gap { missing }) if *missing == (Sequence::new(1), Sequence::new(60))),
        "{gap:?}"
    );
    bundle.follow(&mut follower).expect("it follows");
    assert!(matches!(bundle.follow(&mut follower), Err(ExchangeError::Forked(_))), "it does not come after itself");
}

#[test]
fn a_journal_restored_from_an_old_backup_is_told_from_the_one_that_was_known() {
    let mut scene = Scene::with_card(Standing::Active);
    for _ in 0..3 {
        scene.expect_done(|scene, field| scene.sell(field, 1_00));
    }
    drop(scene.terminals.remove(0));
    let key = || scene.stores[0].open_journal(OpenOptions::default()).expect("it opens");
    let journal = key();
    let (terminal, public) = (journal.terminal(), journal.public_key());
    drop(journal);
    let backup = std::fs::read(scene.stores[0].journal_path()).expect("a file");
    let sells = |scene: &mut Scene, minor: i64| {
        let mut terminal = scene.stores[0].start(Box::new(scene.clock.clone())).expect("it starts");
        sign_on(&mut terminal, &mut scene.office.operators[0]).expect("on duty");
        scene.terminals.insert(0, terminal);
        scene.expect_done(|scene, field| scene.sell(field, minor));
        scene.clock.advance_ms(60_000);
        drop(scene.terminals.remove(0));
        written(&scene.stores[0].open_journal(OpenOptions::default()).expect("it opens"))
    };
    let first = sells(&mut scene, 2_00);
    std::fs::write(scene.stores[0].journal_path(), &backup).expect("written");
    let second = sells(&mut scene, 3_00);
    let secrets = scene.stores[0].journal_key();
    let known = Bundle::make(terminal, &secrets, &first, opening_time()).expect("a bundle");
    let mut follower = Follower::new(terminal, public);
    known.follow(&mut follower).expect("it follows");
    let again = Bundle::make(terminal, &secrets, &second, opening_time()).expect("a bundle");
    let mut anew = Follower::new(terminal, public);
    let entries = again.follow(&mut anew).expect("it is whole in itself");
    let differs = entries.iter().zip(&first).find(|(followed, written)| followed.entry.hash != written.hash);
    assert!(differs.is_some(), "the two journals part");
}

#[test]
fn a_plain_sale_costs_a_hundred_bytes_at_most_whatever_the_number_of_sales() {
    for sales in [10, 50, 200] {
        let (entries, terminal, key) = plain_sales(sales);
        let bundle = Bundle::make(terminal, &key, &entries, opening_time()).expect("a bundle");
        let bytes = bundle.seal(&secret().public(), &mut *seeded(1)).expect("sealed").to_bytes().len();
        // 7 bytes of the card, 16 of its enciphered reader, 8 of its MAC and what it had: its proof stands alone.
        println!("{sales} sales: {bytes} bytes, {} a sale", bytes / sales);
        assert!(bytes <= 100 * sales, "{} bytes a sale", bytes / sales);
    }
}

#[test]
fn pieces_of_any_size_come_in_any_order_and_often_and_a_damaged_set_is_named() {
    let mut rng = seeded(8);
    for size in [16, 180, 1_000, 100_000] {
        let mut whole = vec![0; 9_000];
        rng.fill_bytes(&mut whole);
        let mut cut = pieces(&whole, size).expect("pieces");
        for place in 0..cut.len() {
            cut.swap(place, rng.next_u32() as usize % (place + 1));
        }
        let read = |piece: &Piece| Piece::from_bytes(&piece.to_bytes()).expect("a piece");
        let mut assembly = Assembly::new(read(&cut[0]));
        for (place, piece) in cut.iter().enumerate() {
            assert_eq!(assembly.whole().expect("sound").is_some(), place.max(1) == cut.len());
            assert!(assembly.put(read(piece)) && assembly.put(read(&cut[place / 2])));
        }
        assert_eq!(assembly.whole().expect("sound"), Some(whole.clone()));
        assert!(assembly.missing(9).is_empty());
        let stranger = pieces(b"another whole", size).expect("pieces").remove(0);
        assert!(!assembly.put(stranger));
        let mut bytes = cut[0].to_bytes();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        let mut damaged = Assembly::new(Piece::from_bytes(&bytes).expect("it looks like one"));
        cut.iter().for_each(|piece| assert!(damaged.put(read(piece))));
        assert!(damaged.whole().is_err(), "what was put together is not what was cut");
    }
    assert!(pieces(&[0; 100_000], 1).is_err() && pieces(b"", 5).is_err());
}

#[test]
fn a_receipt_is_head_office_s_and_for_one_terminal() {
    let mut rng = seeded(2);
    let (key, other) = (OfficeKey::generate(&mut *rng), OfficeKey::generate(&mut *rng));
    let receipt = Receipt {
        terminal: TerminalId::new(7),
        up_to: Sequence::new(90),
        head: [4; 32].into(),
        missing: vec![(Sequence::new(91), Sequence::new(95))],
        at: Timestamp::from_ms(1_795_000_000_000),
    };
    let bytes = receipt.clone().sign(&key).to_bytes();
    let signed = SignedReceipt::from_bytes(&bytes).expect("a receipt");
    assert_eq!(signed.open(&key.public(), TerminalId::new(7)).expect("ours"), receipt);
    assert!(signed.open(&other.public(), TerminalId::new(7)).is_err());
    assert!(signed.open(&key.public(), TerminalId::new(8)).is_err());
    for place in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[place] ^= 1;
        let opened =
            SignedReceipt::from_bytes(&damaged).and_then(|signed| signed.open(&key.public(), TerminalId::new(7)));
        assert!(opened.is_err(), "byte {place}");
    }
}
