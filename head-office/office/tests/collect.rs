//! What terminals sent: whatever the order, the repeats and the interruptions, the books are the same, and what is wrong is named.

#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use common::{World, actor};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use satchel_card_simulator::Card as Chip;
use satchel_cards::collection::{self, Way};
use satchel_cards::member::Presented;
use satchel_chain::HandClock;
use satchel_chain::reading::read_state;
use satchel_chain::store::Store;
use satchel_device::{SetUp, SetUpCode};
use satchel_exchange::{Archive, Bundle, card, pieces};
use satchel_journal::{JournalKey, OpenOptions, Written};
use satchel_key_house::{Desk, DeskSource, Verifier};
use satchel_keys::{Pin, PinCost};
use satchel_office::{
    Account, BatchDraft, Collected, CollectionData, Duty, Issuer, Made, MemberData, Office, OfficeError, PersonData,
    PlaceKind, PlannedCard,
};
use satchel_packages::{Authorities, Authority, Level};
use satchel_programs::Limits;
use satchel_store::{Database, DatabaseSpec};
use satchel_terminal::{Order, Outcome, Redeem, Tender, Terminal};
use satchel_training::field::{Field, blank_card};
use satchel_transport::Cut;
use satchel_values::{Date, Money, Points, Sequence, TerminalId};
use std::path::PathBuf;
use std::sync::Arc;

const FLOAT: Money = Money::new(50_00);

/// A till on duty.
struct Till {
    store: Store,
    terminal: Option<Terminal>,
    operator: Chip,
    pin: Pin,
}

/// Head office with its members' cards and its tills, all of them real.
struct Chain {
    world: World,
    folder: tempfile::TempDir,
    cards: Vec<Chip>,
    tills: Vec<Till>,
    clock: HandClock,
    rng: ChaCha20Rng,
}

fn limits() -> Limits {
    Limits {
        purse_max: Money::new(500_00),
        per_sale_max: Money::new(200_00),
        per_card_day_max: Money::new(5_000_00),
        offline_total_max: Money::new(50_000_00),
        top_up_min: Money::new(1_00),
        top_up_max: Money::new(200_00),
        top_up_allowance: Money::new(50_000_00),
        points_max: Points::new(100_000),
    }
}

impl Chain {
    fn open(cards: u32, tills: u32, seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let spec = DatabaseSpec::Sqlite(folder.path().join("office.db"));
        let mut world = World::new(&Database::open(&spec).unwrap());
        world.ceremony(1);
        let clock = HandClock::new(world.office_time());
        let mut chain =
            Self { world, folder, cards: Vec::new(), tills: Vec::new(), clock, rng: ChaCha20Rng::seed_from_u64(seed) };
        chain.issue(cards);
        for number in 0..tills {
            chain.till(number);
        }
        chain
    }

    fn office(&self) -> &Office {
        &self.world.office
    }

    fn issue(&mut self, count: u32) {
        let officer = actor(Duty::Issuer);
        let planned = |number: u32| PlannedCard {
            member: Some(MemberData { name: format!("Member {number}"), ..MemberData::default() }),
            amount: Money::new(100_00),
            points: Points::new(500),
            tier: 0,
            expiry: Date::from_days(0),
        };
        let cards = (0..count).map(planned).collect();
        let batch = self.office().order(&officer, &BatchDraft { name: "opening".to_owned(), cards }).unwrap();
        let (desk, mut verifier) = (self.world.desk(), self.world.verifier());
        let issuer = Issuer::new(&self.world.office, &officer, &desk).unwrap();
        for number in 0..count {
            let mut chip = blank_card(1_000 + number);
            let made = issuer.make(batch, &mut Field::new(&mut chip), &mut verifier, &mut self.rng, &mut |_| {});
            assert!(matches!(made, Ok(Made::New(_))), "{made:?}");
            self.cards.push(chip);
        }
    }

    fn till(&mut self, number: u32) {
        let operations = actor(Duty::Operations);
        let office = self.world.office.clone();
        let place = office.add_place(&operations, PlaceKind::Store, &format!("Store {number}"), "East").unwrap();
        let roles = ["inquiry", "sale", "load", "reversal"];
        let profile = office.add_profile(&operations, &format!("till {number}"), &roles, &limits()).unwrap();
        let id = office.add_terminal(&operations, place, profile).unwrap();
        let person = PersonData {
            name: format!("Ines {number}"),
            level: Level::StoreManager,
            authorities: Authorities::of(&Authority::ALL).with_discounts(100),
            scope: Vec::new(),
            valid_until: Date::from_days(22_000),
        };
        let person = office.add_person(&operations, &person).unwrap();
        let (desk, mut verifier) = (self.world.desk(), self.world.verifier());
        let (pin, mut operator) = (Pin::parse("731504").unwrap(), blank_card(500 + number));
        let officer = actor(Duty::Issuer);
        let issuer = Issuer::new(&office, &officer, &desk).unwrap();
        issuer
            .make_person_card(
                person,
                &mut verifier,
                (&pin, PinCost::TEST),
                &mut Field::new(&mut operator),
                &mut self.rng,
            )
            .unwrap();
        office.publish(&actor(Duty::SetUp), &desk).unwrap();
        let enrolled = office.enrol(&operations, &desk, id, PinCost::TEST, &mut self.rng).unwrap();
        let set_up = SetUp::from_file(&enrolled.file, &SetUpCode::parse(&enrolled.code).unwrap()).unwrap();
        let folder = self.folder.path().join(id.to_string());
        std::fs::create_dir(&folder).unwrap();
        let mut till = Till { store: Store::new(&folder, set_up, u64::from(number)), terminal: None, operator, pin };
        till.start(&self.clock);
        till.terminal().open_shift(FLOAT).unwrap();
        self.tills.push(till);
    }

    /// A movement of any kind with any card at any till, torn away now and then.
    fn trade(&mut self, count: u32) {
        for _ in 0..count {
            let seconds = 30 + i64::from(self.rng.next_u32() % 60);
            self.clock.advance_ms(seconds * 1_000);
            self.world.clock.forward(seconds);
            let till = self.rng.next_u32() as usize % self.tills.len();
            let card = self.rng.next_u32() as usize % self.cards.len();
            let cut = (self.rng.next_u32().is_multiple_of(5)).then(|| Cut::AfterCard(self.rng.next_u32() % 11));
            let amount = Money::new(1_00 + i64::from(self.rng.next_u32() % 9_00));
            let kind = self.rng.next_u32() % 10;
            let terminal = self.tills[till].terminal();
            let mut torn = Field::torn(&mut self.cards[card], cut);
            let field = &mut torn;
            let outcome = match kind {
                0..=4 => terminal.sell(field, &Order::plain(amount), None),
                5 => terminal.sell(field, &Order { redeem: Redeem::Most, ..Order::plain(amount) }, None),
                6 => terminal.sell(
                    field,
                    &Order { tender: Tender::CashPart(Money::new(50)), ..Order::plain(amount) },
                    None,
                ),
                7 => terminal.top_up(field, Money::new(20_00), None),
                8 => terminal.undo_sale(field, None),
                _ => terminal.undo_top_up(field, None),
            };
            drop(torn);
            if let Ok(Outcome::Indeterminate { id, .. }) = outcome {
                // Some hold the same card again at once, others never do.
                if self.rng.next_u32().is_multiple_of(2) {
                    terminal.settle(&mut Field::new(&mut self.cards[card])).unwrap();
                } else {
                    terminal.park(id.sequence).unwrap();
                }
            }
        }
    }

    fn close(&mut self) {
        for till in &mut self.tills {
            till.terminal().close_shift(FLOAT).unwrap();
        }
    }

    /// Every till's journal, in runs of a few entries.
    fn bundles(&mut self, desk: &Desk) -> Vec<Vec<u8>> {
        let mut bundles = Vec::new();
        for till in &mut self.tills {
            let (terminal, entries) = till.entries();
            let mut from = 0;
            while from < entries.len() {
                let to = entries.len().min(from + 1 + self.rng.next_u32() as usize % 20);
                bundles.push(sealed(terminal, &till.store.journal_key(), &entries[from..to], desk, &mut self.rng));
                from = to;
            }
        }
        bundles
    }

    /// What the cards themselves hold.
    fn on_cards(&mut self) -> i64 {
        let (desk, mut verifier) = (self.world.desk(), self.world.verifier());
        let source = DeskSource::new(&desk, &mut verifier);
        let cards = self.cards.iter_mut();
        cards.map(|card| read_state(&source, &mut Field::new(card), &mut self.rng).unwrap().purse.get()).sum()
    }

    /// Head office as it is now, somewhere else.
    fn copy(&self, name: &str) -> Office {
        let path = self.folder.path().join(name);
        let whole = rusqlite::Connection::open(self.folder.path().join("office.db")).unwrap();
        whole.execute("VACUUM INTO ?1", [path.to_str().unwrap()]).unwrap();
        Office::new(Database::open(&DatabaseSpec::Sqlite(path)).unwrap(), Arc::new(self.clock.clone()))
    }
}

impl Till {
    fn start(&mut self, clock: &HandClock) {
        let mut terminal = self.store.start(Box::new(clock.clone())).unwrap();
        terminal.sign_on(&mut Field::new(&mut self.operator), &self.pin).unwrap();
        self.terminal = Some(terminal);
    }

    fn terminal(&mut self) -> &mut Terminal {
        self.terminal.as_mut().unwrap()
    }

    /// Its journal, read while it is closed.
    fn entries(&mut self) -> (TerminalId, Vec<Written>) {
        self.terminal = None;
        let journal = self.store.open_journal(OpenOptions::default()).unwrap();
        (journal.terminal(), journal.written(Sequence::new(1), usize::MAX >> 1).unwrap())
    }
}

fn sealed(terminal: TerminalId, key: &JournalKey, entries: &[Written], desk: &Desk, rng: &mut ChaCha20Rng) -> Vec<u8> {
    let bundle = Bundle::make(terminal, key, entries, entries[entries.len() - 1].at).unwrap();
    bundle.seal(&desk.exchange().public(), rng).unwrap().to_bytes()
}

fn collect(office: &Office, desk: &Desk, verifier: &mut Verifier) -> Collected {
    office.collect(&actor(Duty::Settlement), desk, verifier).unwrap()
}

fn kinds(office: &Office) -> Vec<String> {
    let mut kinds: Vec<String> =
        office.exceptions(&actor(Duty::Auditor)).unwrap().into_iter().map(|found| found.kind).collect();
    kinds.sort_unstable();
    kinds
}

/// All that head office says of the books, as text.
fn report(office: &Office) -> String {
    let auditor = actor(Duty::Auditor);
    let balances = office.trial_balance(&auditor).unwrap();
    let lines = balances.iter().map(|balance| format!("{balance:?}\n"));
    let movements = office.database().read(|work| {
        work.rows("SELECT terminal, sequence, state, verdict, tmc FROM movements ORDER BY terminal, sequence", &[])
    });
    let postings =
        office.database().read(|work| work.rows("SELECT * FROM postings ORDER BY terminal, sequence, line", &[]));
    let found = office.exceptions(&auditor).unwrap();
    let found: Vec<_> = found.into_iter().map(|found| (found.terminal, found.sequence, found.kind)).collect();
    format!(
        "{}{:?}\n{:?}\n{found:?}\n{:?}",
        lines.collect::<String>(),
        movements.unwrap(),
        postings.unwrap(),
        office.unsettled(&auditor).unwrap()
    )
}

fn account(office: &Office, account: Account) -> i64 {
    let balances = office.trial_balance(&actor(Duty::Auditor)).unwrap();
    balances.iter().filter(|balance| balance.account == account).map(|balance| balance.amount.get()).sum()
}

#[test]
fn any_order_repetition_and_interruption_comes_to_the_same_books_and_to_what_the_cards_hold() {
    for seed in 11..14 {
        one_history_in_many_orders(seed);
    }
}

fn one_history_in_many_orders(history: u64) {
    let mut chain = Chain::open(6, 3, history);
    chain.trade(150);
    chain.close();
    let (desk, mut verifier) = (chain.world.desk(), chain.world.verifier());
    let bundles = chain.bundles(&desk);
    assert!(bundles.len() > 20, "{}", bundles.len());
    let mut reports: Vec<String> = Vec::new();
    for seed in 0..8 {
        let office = chain.copy(&format!("copy-{seed}.db"));
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let mut order: Vec<&Vec<u8>> = bundles.iter().chain(&bundles[..bundles.len() / 3]).collect();
        for place in 0..order.len() {
            order.swap(place, rng.next_u32() as usize % (place + 1));
        }
        for bundle in order {
            office.receive(bundle).unwrap();
            match rng.next_u32() % 4 {
                0 => drop(collect(&office, &desk, &mut verifier)),
                1 => office.collect(&actor(Duty::Settlement), &desk, &mut Fainting(&mut verifier, 2)).map_or((), drop),
                _ => {}
            }
        }
        let last = collect(&office, &desk, &mut verifier);
        assert_eq!((last.waiting, last.refused), (0, 0), "seed {seed}");
        reports.push(report(&office));
    }
    for (seed, told) in reports.iter().enumerate() {
        let differs = told.split(", Row").zip(reports[0].split(", Row")).find(|(one, other)| one != other);
        assert_eq!(differs, None, "seed {seed}");
        assert_eq!(told.len(), reports[0].len(), "seed {seed}");
    }
    let office = chain.copy("last.db");
    bundles.iter().for_each(|bundle| assert!(office.receive(bundle).unwrap()));
    collect(&office, &desk, &mut verifier);
    assert!(kinds(&office).iter().all(|kind| kind == "held"), "no false alarm: {:?}", kinds(&office));
    let balances = office.trial_balance(&actor(Duty::Auditor)).unwrap();
    assert_eq!(balances.iter().map(|balance| balance.amount.get()).sum::<i64>(), 0, "double entry");
    assert_eq!((account(&office, Account::Cash), account(&office, Account::Suspense)), (0, 0));
    // What nobody knows the end of yet may or may not be on the cards.
    let (unknown, _) = office.unsettled(&actor(Duty::Auditor)).unwrap();
    println!(
        "{} bundles; owed to members {}; {unknown} movements open",
        bundles.len(),
        account(&office, Account::Float)
    );
    // Every card once more at any till, and what is open is known too.
    for till in &mut chain.tills {
        till.start(&chain.clock);
        till.terminal().open_shift(FLOAT).unwrap();
    }
    for card in &mut chain.cards {
        // A till that could not find out holds the card back until head office has; another sells.
        let sold = chain.tills.iter_mut().any(|till| {
            let settled = till.terminal().settle(&mut Field::new(card));
            let sold = till.terminal().sell(&mut Field::new(card), &Order::plain(Money::new(1)), None);
            settled.is_ok() && matches!(sold, Ok(Outcome::Done(_)))
        });
        assert!(sold, "some till sells");
    }
    let bundles = chain.bundles(&desk);
    for bundle in &bundles {
        office.receive(bundle).unwrap();
    }
    collect(&office, &desk, &mut verifier);
    assert_eq!(-account(&office, Account::Float), chain.on_cards(), "the books say what the cards hold");
    let auditor = actor(Duty::Auditor);
    assert_eq!(office.missing_movements(&auditor).unwrap(), 0);
    let stores = office.settlement(&auditor, Date::from_days(0), Date::from_days(u16::MAX)).unwrap();
    let moved: i64 =
        stores.iter().map(|store| (store.loaded.get(), store.spent.get())).map(|(in_, out)| in_ - out).sum();
    assert_eq!(
        moved,
        -account(&office, Account::Float) - account(&office, Account::Issued),
        "what stores moved and head office issued"
    );
    assert!(office.settlement(&auditor, Date::from_days(1), Date::from_days(2)).unwrap().is_empty());
    archived(&office);
    let cards = office.find_cards(&auditor, &satchel_office::CardsQuery::Newest).unwrap();
    let balance = |number| office.movements_of_card(&auditor, number).unwrap().balance.get();
    let sum: i64 = cards.iter().map(|found| balance(found.card.number)).sum();
    assert_eq!(sum, -account(&office, Account::Float), "and so do the accounts of the cards");
    assert!(kinds(&office).iter().all(|kind| kind == "held"), "{:?}", kinds(&office));
}

/// A verifier that goes away after a few answers, so that collecting breaks off in the middle.
struct Fainting<'v>(&'v mut Verifier, u32);

impl satchel_key_house::TmacKeys for Fainting<'_> {
    fn versions(&mut self) -> Result<Vec<satchel_keys::KeyVersion>, satchel_key_house::KeyHouseError> {
        satchel_key_house::TmacKeys::versions(self.0)
    }

    fn card_key(
        &mut self,
        version: satchel_keys::KeyVersion,
        uid: &satchel_values::Uid,
    ) -> Result<satchel_hazmat::AesKey, satchel_key_house::KeyHouseError> {
        self.0.card_key(version, uid)
    }

    fn movement(
        &mut self,
        version: satchel_keys::KeyVersion,
        told: &satchel_key_house::Told,
    ) -> Result<satchel_key_house::Checked, satchel_key_house::KeyHouseError> {
        self.1 = self.1.checked_sub(1).ok_or_else(|| satchel_key_house::KeyHouseError::Verifier("gone".to_owned()))?;
        satchel_key_house::TmacKeys::movement(self.0, version, told)
    }
}

#[test]
fn what_is_missing_is_named_in_the_receipt_and_nothing_is_counted_before_it_comes() {
    let mut chain = Chain::open(2, 1, 11);
    chain.trade(20);
    let (desk, mut verifier) = (chain.world.desk(), chain.world.verifier());
    let (terminal, entries) = chain.tills[0].entries();
    let key = chain.tills[0].store.journal_key();
    let mut run = |from: usize, to: usize| sealed(terminal, &key, &entries[from..to], &desk, &mut chain.rng);
    let (first, middle, last) = (run(0, 10), run(10, 15), run(15, entries.len()));
    let office = &chain.world.office;
    assert!(office.receive(&last).unwrap());
    assert_eq!(collect(office, &desk, &mut verifier), Collected { waiting: 1, ..Collected::default() });
    office.receive(&first).unwrap();
    let taken = collect(office, &desk, &mut verifier);
    assert_eq!((taken.bundles, taken.entries, taken.waiting), (1, 10, 1));
    let settlement = actor(Duty::Settlement);
    let receipt = office.receipt(&settlement, terminal.get()).unwrap();
    assert_eq!(
        (receipt.up_to, receipt.missing.clone()),
        (Sequence::new(10), vec![(Sequence::new(11), Sequence::new(15))])
    );
    assert_eq!(*receipt.head, entries[9].hash);
    let signed = receipt.clone().sign(desk.signer());
    assert_eq!(signed.open(&desk.signer().public(), terminal).unwrap(), receipt);
    office.receive(&middle).unwrap();
    assert!(!office.receive(&middle).unwrap(), "it is here already");
    collect(office, &desk, &mut verifier);
    let receipt = office.receipt(&settlement, terminal.get()).unwrap();
    assert_eq!((receipt.up_to.get() as usize, receipt.missing), (entries.len(), Vec::new()));
    let refused = office.collect(&actor(Duty::Issuer), &desk, &mut verifier);
    assert!(matches!(refused, Err(OfficeError::NotAllowed { .. })), "{refused:?}");
    assert!(office.receive(b"nothing of ours").is_err());
}

#[test]
fn every_planted_fault_is_found_and_named() {
    let mut chain = Chain::open(3, 2, 11);
    chain.trade(12);
    let (desk, mut verifier) = (chain.world.desk(), chain.world.verifier());
    // A card whose chip was copied: both sell, each at another till.
    let image = chain.cards[0].save();
    let mut copy = Chip::load(&image).unwrap();
    let sold =
        chain.tills[0].terminal().sell(&mut Field::new(&mut chain.cards[0]), &Order::plain(Money::new(1_00)), None);
    assert!(matches!(sold, Ok(Outcome::Done(_))), "{sold:?}");
    let sold = chain.tills[1].terminal().sell(&mut Field::new(&mut copy), &Order::plain(Money::new(2_00)), None);
    assert!(matches!(sold, Ok(Outcome::Done(_))), "{sold:?}");
    // A clock that is a day ahead.
    chain.clock.advance_ms(86_400_000);
    let sold =
        chain.tills[1].terminal().sell(&mut Field::new(&mut chain.cards[1]), &Order::plain(Money::new(1_00)), None);
    assert!(matches!(sold, Ok(Outcome::Done(_))), "{sold:?}");
    let (one, two) = (chain.tills[0].entries(), chain.tills[1].entries());
    let keys = [chain.tills[0].store.journal_key(), chain.tills[1].store.journal_key()];
    let office = chain.world.office.clone();
    let rng = &mut chain.rng;
    for (entries, key) in [(&one, &keys[0]), (&two, &keys[1])] {
        office.receive(&sealed(entries.0, key, &entries.1, &desk, rng)).unwrap();
    }
    // Another terminal's key, a terminal that is not there, another head office's.
    office.receive(&sealed(one.0, &keys[1], &one.1[..5], &desk, rng)).unwrap();
    office.receive(&sealed(TerminalId::new(999), &keys[0], &one.1[..5], &desk, rng)).unwrap();
    let elsewhere = satchel_keys::AgreementSecret::generate(rng).public();
    let bundle = Bundle::make(one.0, &keys[0], &one.1[..5], one.1[4].at).unwrap();
    office.receive(&bundle.seal(&elsewhere, rng).unwrap().to_bytes()).unwrap();
    collect(&office, &desk, &mut verifier);
    assert_eq!(
        kinds(&office),
        ["clock-ahead", "double-counter", "forged-bundle", "unknown-terminal", "unreadable-bundle"]
    );
    let found = office.exceptions(&actor(Duty::Auditor)).unwrap();
    let double = found.iter().find(|found| found.kind == "double-counter").unwrap();
    assert_eq!(double.card.map(|card| *card.bytes()), Some(*chain.cards[0].uid()));
    // Its counterpart at the issuing desk: a journal restored from an old backup goes another way.
    let path: PathBuf = chain.tills[0].store.journal_path();
    let backup = std::fs::read(&path).unwrap();
    let go_on = |chain: &mut Chain, minor: i64| {
        chain.tills[0].start(&chain.clock);
        let field = &mut Field::new(&mut chain.cards[2]);
        chain.tills[0].terminal().sell(field, &Order::plain(Money::new(minor)), None).unwrap();
        let (terminal, entries) = chain.tills[0].entries();
        sealed(terminal, &keys[0], &entries, &desk, &mut chain.rng)
    };
    let known = go_on(&mut chain, 3_00);
    std::fs::write(&path, backup).unwrap();
    let restored = go_on(&mut chain, 4_00);
    office.receive(&known).unwrap();
    collect(&office, &desk, &mut verifier);
    office.receive(&restored).unwrap();
    collect(&office, &desk, &mut verifier);
    assert!(kinds(&office).contains(&"forked-journal".to_owned()), "{:?}", kinds(&office));
    // A terminal that was lost goes on sending.
    let operations = actor(Duty::Operations);
    let lost = office.terminals(&operations).unwrap().into_iter().find(|one| one.id == two.0.get()).unwrap();
    office.terminal_lost(&operations, lost.id, lost.revision).unwrap();
    chain.tills[1].start(&chain.clock);
    let field = &mut Field::new(&mut chain.cards[1]);
    chain.tills[1].terminal().sell(field, &Order::plain(Money::new(1_00)), None).unwrap();
    let (terminal, entries) = chain.tills[1].entries();
    office.receive(&sealed(terminal, &keys[1], &entries, &desk, &mut chain.rng)).unwrap();
    collect(&office, &desk, &mut verifier);
    assert!(kinds(&office).contains(&"lost-terminal".to_owned()), "{:?}", kinds(&office));
    // Somebody looks into one, and says what came of it.
    let settlement = actor(Duty::Settlement);
    let double =
        office.exceptions(&settlement).unwrap().into_iter().find(|found| found.kind == "double-counter").unwrap();
    assert!(office.resolve_exception(&actor(Duty::Auditor), &double.name(), "x").is_err(), "that is for settlement");
    assert!(office.resolve_exception(&settlement, &double.name(), " ").is_err(), "no reason");
    office.resolve_exception(&settlement, &double.name(), "both cards are blocked").unwrap();
    assert!(office.resolve_exception(&settlement, &double.name(), "again").is_err(), "it is resolved");
    let after = office.exceptions(&settlement).unwrap();
    assert!(after.iter().any(|found| found.resolved && found.kind == "double-counter"));
}

#[test]
fn a_terminal_sends_what_head_office_has_not_and_its_offline_total_begins_anew() {
    let mut chain = Chain::open(2, 2, 11);
    let (desk, mut verifier, office) = (chain.world.desk(), chain.world.verifier(), chain.office().clone());
    let settlement = actor(Duty::Settlement);
    let sell = |chain: &mut Chain, minor: i64| {
        let field = &mut Field::new(&mut chain.cards[0]);
        let sold = chain.tills[0].terminal().sell(field, &Order::plain(Money::new(minor)), None);
        assert!(matches!(sold, Ok(Outcome::Done(_))), "{sold:?}");
    };
    sell(&mut chain, 5_00);
    let first = chain.tills[0].terminal().bundle().unwrap();
    sell(&mut chain, 3_00);
    // Sent twice, once with more behind it; the answer to the first comes late.
    let second = chain.tills[0].terminal().bundle().unwrap();
    let mut receipt_after = |bundle: &[u8]| {
        office.receive(bundle).unwrap();
        office.collect(&settlement, &desk, &mut verifier).unwrap();
        office.receipt(&settlement, 101).unwrap().sign(desk.signer()).to_bytes()
    };
    let (early, late) = (receipt_after(&first), receipt_after(&second));
    let till = chain.tills[0].terminal();
    assert_eq!(till.books().offline_spent(), Money::new(8_00));
    let up_to = till.acknowledge(&early).unwrap();
    assert_eq!(till.books().offline_spent(), Money::new(3_00), "what was sold since is not known yet");
    assert!(till.acknowledge(&late).unwrap() > up_to);
    assert_eq!(till.books().offline_spent(), Money::ZERO);
    let entries = till.journal().head().sequence;
    till.acknowledge(&early).unwrap();
    assert_eq!(till.journal().head().sequence, entries, "an older receipt changes nothing");
    let mut damaged = late.clone();
    let last = damaged.len() - 1;
    damaged[last] ^= 1;
    assert!(till.acknowledge(&damaged).is_err());
    assert!(chain.tills[1].terminal().acknowledge(&late).is_err(), "it is another terminal's");
    let more = chain.tills[0].terminal().bundle().unwrap();
    assert!(more.len() < second.len(), "what is acknowledged is not sent again");
    receipt_after(&more);
    assert_eq!(kinds(&office), Vec::<String>::new());
    assert_eq!(account(&office, Account::Sales), -8_00);
    let again = office.enrol(&actor(Duty::Operations), &desk, 101, PinCost::TEST, &mut chain.rng);
    assert!(matches!(again, Err(OfficeError::State(_))), "its journal would begin anew under the same number");
    // A receipt that head office signed for a journal which this device does not have.
    let mut other = office.receipt(&settlement, 101).unwrap();
    other.head = [7; 32].into();
    let refused = chain.tills[0].terminal().acknowledge(&other.sign(desk.signer()).to_bytes());
    assert!(refused.is_err(), "{refused:?}");
}

/// An auditor checks every journal with nothing but the file, and a changed byte is found.
fn archived(office: &Office) {
    assert!(office.archive(&actor(Duty::Settlement)).is_err(), "that is for auditors");
    let bytes = office.archive(&actor(Duty::Auditor)).unwrap();
    let journals = Archive::from_bytes(&bytes).unwrap().verify().unwrap();
    assert_eq!(journals.len(), 3);
    assert!(journals.iter().all(|journal| journal.signed_to.get() > 0 && journal.signed_to <= journal.head.sequence));
    for place in (0..bytes.len()).step_by(bytes.len() / 40) {
        let mut changed = bytes.clone();
        changed[place] ^= 0x10;
        let checked = Archive::from_bytes(&changed).map(|archive| archive.verify());
        let same = matches!(&checked, Ok(Ok(found)) if *found == journals);
        assert!(
            !same || Archive::from_bytes(&changed).unwrap().made != Archive::from_bytes(&bytes).unwrap().made,
            "byte {place}"
        );
    }
}

/// A collection card as a courier has it.
fn collection_card(chain: &mut Chain, chip: u32) -> (u32, Chip) {
    let data = CollectionData { name: "Round".to_owned(), scope: Vec::new(), valid_until: Date::from_days(22_000) };
    let id = chain.office().add_collection_card(&actor(Duty::Operations), &data).unwrap();
    let (desk, mut verifier, officer) = (chain.world.desk(), chain.world.verifier(), actor(Duty::Issuer));
    let issuer = Issuer::new(&chain.world.office, &officer, &desk).unwrap();
    let mut card = blank_card(chip);
    issuer.make_collection_card(id, &mut Field::new(&mut card), &mut verifier, &mut chain.rng).unwrap();
    (id, card)
}

/// Does something at a collection card with a desk's keys.
fn at_card<T>(
    chain: &mut Chain,
    card: &mut Chip,
    what: impl FnOnce(Presented<'_, '_>) -> Result<T, satchel_cards::CardError>,
) -> T {
    let (desk, mut verifier) = (chain.world.desk(), chain.world.verifier());
    let source = DeskSource::new(&desk, &mut verifier);
    let mut field = Field::new(card);
    let identity = satchel_desfire::identify(&mut field).unwrap();
    let keys = satchel_cards::CardKeys::new(&source, identity.uid, *collection::AID.bytes());
    what(Presented { transport: &mut field, identity: &identity, keys: &keys, rng: &mut chain.rng }).unwrap()
}

#[test]
fn a_bundle_comes_on_two_cards_in_the_wrong_order_and_its_receipt_goes_back_on_one() {
    let mut chain = Chain::open(4, 1, 11);
    for number in 0..140 {
        chain.clock.advance_ms(40_000);
        chain.world.clock.forward(40);
        let field = &mut Field::new(&mut chain.cards[number % 4]);
        let sold = chain.tills[0].terminal().sell(field, &Order::plain(Money::new(10)), None);
        assert!(matches!(sold, Ok(Outcome::Done(_))), "{sold:?}");
    }
    let bundle = chain.tills[0].terminal().bundle().unwrap();
    let last = chain.tills[0].terminal().journal().head().sequence;
    let cut = pieces(&bundle, card::PIECE).unwrap();
    let outgoing = card::Outgoing { terminal: TerminalId::new(101), last, pieces: &cut };
    let (mut cards, mut on_cards) = (Vec::new(), std::collections::BTreeSet::new());
    for chip in [31, 32] {
        let (id, mut chip) = collection_card(&mut chain, chip);
        let before = at_card(&mut chain, &mut chip, collection::read);
        let mut up = before.up.clone();
        on_cards.extend(card::put(&mut up, &outgoing, &on_cards));
        at_card(&mut chain, &mut chip, |card| collection::write(card, Way::Up, &before.up, &up));
        cards.push((id, chip));
    }
    assert_eq!(on_cards.len(), cut.len());
    let (desk, mut verifier, office) = (chain.world.desk(), chain.world.verifier(), chain.office().clone());
    let settlement = actor(Duty::Settlement);
    let mut rng = chain.rng.clone();
    let mut visit = |chip: &mut Chip, cut| {
        office.collect_card(&settlement, (&desk, &mut verifier), &mut Field::torn(chip, cut), &mut rng)
    };
    let (second, first) = (cards.remove(1), cards.remove(0));
    let (mut second, mut first) = (second.1, (first.0, first.1));
    let early = visit(&mut second, None).unwrap();
    assert_eq!((early.bundles, early.receipts), (0, 0), "its beginning has not come");
    let torn = (0..60).filter(|at| visit(&mut first.1, Some(Cut::AfterCard(*at))).is_err()).count();
    assert!(torn > 10, "{torn}");
    let late = visit(&mut first.1, None).unwrap();
    assert_eq!(late.receipts, 1);
    assert_eq!(account(&office, Account::Sales), -140 * 10, "once, however often the card was torn away");
    let carried = at_card(&mut chain, &mut first.1, collection::read);
    let receipts = card::receipts(&carried.down, TerminalId::new(101));
    let up_to = chain.tills[0].terminal().acknowledge(&receipts[0]).unwrap();
    assert_eq!(up_to, last);
    let operations = actor(Duty::Operations);
    let listed = office.collection_cards(&operations).unwrap().into_iter().find(|one| one.id == first.0).unwrap();
    office.set_collection_card_active(&operations, first.0, false, listed.revision).unwrap();
    let revoked = visit(&mut first.1, None);
    assert!(matches!(&revoked, Err(OfficeError::State(why)) if why.contains("revoked")), "{revoked:?}");
}
