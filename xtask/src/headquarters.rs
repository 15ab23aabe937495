//! The real head office for a demo's day: a database, a key house, cards issued by its desk, terminals enrolled by it.

use anyhow::{Context, Result, bail};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use satchel_chain::day::{self, LISTED, MEMBERS, Morning, Narrator, PRE_ISSUED, Staff};
use satchel_chain::field::{Field, blank_card};
use satchel_chain::office::{currency, opening_time};
use satchel_device::{SetUp, SetUpCode};
use satchel_exchange::Bundle;
use satchel_journal::{Journal, JournalKey};
use satchel_key_house::{Backend, Cost, Desk, Entrusted, Gathering, KeyStore, Sheet, TmacMasters, Verifier, sheet};
use satchel_keys::{EnterpriseId, KeyVersion, Pin, PinCost};
use satchel_office::{
    Account, Actor, BatchDraft, Charter, Collected, DraftKind, Duty, Issuer, Made, MemberData, NewOfficer, Office,
    PersonData, PlaceKind, PlannedCard,
};
use satchel_store::{Database, DatabaseSpec};
use satchel_values::{Clock, Money, Points, Sequence, TerminalId, Timestamp};
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// What everybody at the demo's head office signs on with.
pub const PASSWORD: &str = "satchel for a day";

const CHAIN: &str = "Corner Market";
const ENTERPRISE: EnterpriseId = EnterpriseId::new(*b"DEMO0001");
const FIRST: [&str; 12] =
    ["Ada", "Ben", "Chidi", "Dolores", "Emre", "Fatima", "Grete", "Hui", "Ines", "Jo", "Kofi", "Leïla"];
const LAST: [&str; 7] = ["Brown", "Okafor", "García", "Müller", "Yılmaz", "Hassan", "Nowak"];

/// Everything of head office that a day needs after its morning.
pub struct Headquarters {
    /// Its database, for the console.
    pub office: Office,
    /// Opened by an officer.
    pub desk: Desk,
    /// The transaction MAC's keys.
    pub verifier: Verifier,
}

/// Head office on a demo's database. Its clock stands at the morning while the day is prepared; the console goes by the
/// machine's.
struct Morningtide;

impl Clock for Morningtide {
    fn now(&self) -> Timestamp {
        opening_time()
    }
}

/// The time of the evening, when head office takes in the day.
struct Eventide(Timestamp);

impl Clock for Eventide {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// A terminal that has something to say in the evening.
pub struct Sender {
    terminal: TerminalId,
    /// One for opening its journal, one for signing what is sent.
    keys: [JournalKey; 2],
}

/// What head office took in, and what it comes to.
pub struct Evening {
    /// How many bundles came, and how many bytes they were.
    pub bundles: usize,
    pub bytes: usize,
    pub collected: Collected,
    /// What the ledger says members are owed.
    pub owed: Money,
    /// Movements whose end nobody knows.
    pub open: i64,
    pub exceptions: usize,
}

impl Evening {
    /// Whether the ledger says what the cards hold.
    pub fn agrees(&self, on_cards: Money) -> bool {
        self.open == 0 && self.owed == on_cards && self.exceptions == 0
    }
}

/// The terminals of a morning.
pub fn senders(morning: &Morning) -> Vec<Sender> {
    let sender = |enrolled: &SetUp| Sender {
        terminal: enrolled.terminal,
        keys: [enrolled.secrets.journal(), enrolled.secrets.journal()],
    };
    morning.enrolments.iter().map(sender).collect()
}

impl Headquarters {
    /// Takes in the journals of a day, as bundles of some hundred entries, out of order.
    pub fn evening(&mut self, senders: Vec<Sender>, folder: &Path, narrator: &mut dyn Narrator) -> Result<Evening> {
        const RUN: usize = 200;
        let (sealed, last) = self.sealed(senders, folder, RUN)?;
        narrator.begins("taking in what the terminals sent", u32::try_from(sealed.len()).unwrap_or(u32::MAX));
        self.office = self.at(last);
        for bytes in sealed.iter().rev() {
            self.office.receive(bytes)?;
            narrator.step();
        }
        let (settlement, auditor) = (actor(Duty::Settlement), actor(Duty::Auditor));
        let collected = self.office.collect(&settlement, &self.desk, &mut self.verifier)?;
        let balances = self.office.trial_balance(&auditor)?;
        let float = balances.iter().find(|balance| balance.account == Account::Float);
        let owed = float.map_or(Money::ZERO, |balance| balance.amount);
        Ok(Evening {
            bundles: sealed.len(),
            bytes: sealed.iter().map(Vec::len).sum(),
            collected,
            owed: owed.negated()?,
            open: self.office.unsettled(&auditor)?.0,
            exceptions: self.office.exceptions(&auditor)?.len(),
        })
    }

    /// Head office on the same database at another time.
    pub fn at(&self, time: Timestamp) -> Office {
        Office::new(self.office.database().clone(), Arc::new(Eventide(time)))
    }

    /// The journals of a day as bundles of so many entries, and the time of the last.
    pub fn sealed(&self, senders: Vec<Sender>, folder: &Path, run: usize) -> Result<(Vec<Vec<u8>>, Timestamp)> {
        let mut rng = ChaCha20Rng::seed_from_u64(0xE7E);
        let (mut sealed, mut last) = (Vec::new(), opening_time());
        for Sender { terminal, keys: [open, sign] } in senders {
            let path = folder.join(terminal.to_string()).join("journal.db");
            let journal = Journal::open(&path, terminal, open)?;
            last = last.max(journal.last_entry_at().unwrap_or(last));
            let entries = journal.written(Sequence::new(1), usize::MAX >> 1)?;
            for run in entries.chunks(run) {
                let bundle = Bundle::make(terminal, &sign, run, last)?;
                sealed.push(bundle.seal(&self.desk.exchange().public(), &mut rng)?.to_bytes());
            }
        }
        Ok((sealed, last))
    }
}

/// Who takes in what terminals sent.
pub fn settlement() -> Actor {
    actor(Duty::Settlement)
}

/// Founds head office in a folder, and has it prepare a day.
pub fn prepare(folder: &Path, seed: u64, narrator: &mut dyn Narrator) -> Result<(Headquarters, Morning)> {
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    let database = folder.join("office.db");
    if database.exists() {
        bail!("{} is there already: give another folder, or delete it", database.display());
    }
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let office = Office::new(Database::open(&DatabaseSpec::Sqlite(database))?, Arc::new(Morningtide));
    office.found(&Charter {
        chain: CHAIN.to_owned(),
        enterprise: ENTERPRISE,
        currency: currency(),
        card_prefix: 27,
        purse_max: day::limits().purse_max,
    })?;
    narrator.begins("head office", 5);
    appoint(&office, &mut rng)?;
    narrator.step();
    let (desk, mut verifier) = key_house(&office, folder, &mut rng)?;
    narrator.step();
    set_up(&office, &desk)?;
    narrator.step();
    let terminals = open_places(&office)?;
    narrator.step();
    let staff = employ(&office, &desk, &mut verifier, &mut rng)?;
    narrator.step();
    let (cards, issued) = issue(&office, &desk, &mut verifier, &mut rng, narrator)?;
    let mut enrolments = Vec::new();
    for terminal in terminals {
        enrolments.push(enrol(&office, &desk, terminal, &mut rng)?);
    }
    Ok((Headquarters { office, desk, verifier }, Morning { cards, issued, staff, enrolments }))
}

fn actor(duty: Duty) -> Actor {
    Actor { login: duty.name().to_owned(), duty }
}

/// One of each duty, a second key officer and a second one for set-up.
fn appoint(office: &Office, rng: &mut ChaCha20Rng) -> Result<()> {
    let admin = actor(Duty::Administrator);
    let second = [("key-officer-2", Duty::KeyOfficer), ("set-up-2", Duty::SetUp)];
    for (login, duty) in Duty::ALL.iter().map(|duty| (duty.name(), *duty)).chain(second) {
        let by = (duty != Duty::Administrator).then_some(&admin);
        office.appoint(by, &NewOfficer { login, name: login, password: PASSWORD, duty, language: "en" }, rng)?;
    }
    Ok(())
}

/// A ceremony of three custodians, its sheets beside the stores.
fn key_house(office: &Office, folder: &Path, rng: &mut ChaCha20Rng) -> Result<(Desk, Verifier)> {
    let officer = |login: &str| Entrusted { login: login.to_owned(), password: PASSWORD.to_owned().into() };
    let officers = || ["key-officer", "key-officer-2", "issuer", "operations", "set-up"].map(officer);
    let (keys, tmac) = (folder.join("keys.safe"), folder.join("tmac.safe"));
    let mut store = KeyStore::found(&keys, ENTERPRISE, &Backend::File, &officers(), Cost::TEST, rng)?;
    let mut masters = TmacMasters::found(&tmac, &officers(), Cost::TEST, rng)?;
    let mut gathering = Gathering::new();
    for custodian in ["Ada", "Ben", "Chidi"] {
        gathering.contribute(custodian, format!("{custodian} throws {}", "416235".repeat(8)).into_bytes().into())?;
    }
    let version = KeyVersion::new(1).context("1 is a version")?;
    let made = gathering.make(version, 2, rng)?;
    fs::create_dir_all(folder.join("sheets"))?;
    for (custodian, share) in &made.shares {
        let (kcv, day) = (made.key.kcv(), "24 November 2026");
        let about = Sheet { chain: CHAIN, enterprise: ENTERPRISE, custodian, day, kcv };
        fs::write(folder.join(format!("sheets/share-{}.html", share.number)), sheet(&about, share).as_bytes())?;
    }
    let by = (officer("key-officer"), officer("key-officer-2"));
    let (one, other) = (actor(Duty::KeyOfficer), Actor { login: "key-officer-2".to_owned(), duty: Duty::KeyOfficer });
    let shares: Vec<_> = made.shares.iter().map(|(name, share)| (name.clone(), share.commitment())).collect();
    office.begin_ceremony((&one, &other), version, made.key.kcv(), 2, &shares)?;
    let opened = store.sign_on_two(&by.0, &by.1)?.install(&made.key, rng)?;
    masters.hand_in((&by.0, &by.1), opened.tmac, rng)?;
    office.end_ceremony((&one, &other), version)?;
    Ok((store.sign_on(&officer("issuer"))?, masters.sign_on(&by.0)?))
}

/// The day's sales program, drafted by one and approved by another.
fn set_up(office: &Office, desk: &Desk) -> Result<()> {
    let (one, other) = (actor(Duty::SetUp), Actor { login: "set-up-2".to_owned(), duty: Duty::SetUp });
    let program = r#"{"earn": {"per": 100, "points": 1}, "redeem": {"points": 10, "worth": 10, "share_percent": 50},
                      "bonus": [{"least": 4000, "money": 200, "points": 5}]}"#;
    let texts = r#"{"header": "Corner Market", "footer": "Thank you"}"#;
    for (kind, body) in [(DraftKind::Program, program), (DraftKind::Texts, texts)] {
        let id = office.draft(&one, kind, body)?;
        office.review(&other, id, 1)?;
    }
    office.publish(&one, desk)?;
    Ok(())
}

/// Two stores with a terminal each.
fn open_places(office: &Office) -> Result<Vec<u32>> {
    let operations = actor(Duty::Operations);
    let profile = office.add_profile(&operations, "Till", &["inquiry", "sale", "load", "reversal"], &day::limits())?;
    let mut terminals = Vec::new();
    for name in ["North Street", "Market Square"] {
        let place = office.add_place(&operations, PlaceKind::Store, name, "Old Town")?;
        terminals.push(office.add_terminal(&operations, place, profile)?);
    }
    Ok(terminals)
}

fn employ(office: &Office, desk: &Desk, verifier: &mut Verifier, rng: &mut ChaCha20Rng) -> Result<Vec<Staff>> {
    let (operations, issuer) = (actor(Duty::Operations), actor(Duty::Issuer));
    let station = Issuer::new(office, &issuer, desk)?;
    let mut staff = Vec::new();
    for (number, hire) in (0..).zip(day::staff()) {
        let data = PersonData {
            name: hire.name.to_owned(),
            level: hire.level,
            authorities: hire.authorities,
            scope: hire.stores,
            valid_until: opening_time().date().unwrap_or_default().later_by_days(365),
        };
        let person = office.add_person(&operations, &data)?;
        let pin = Pin::parse(hire.pin)?;
        let mut card = blank_card(0xF000_0001 + number);
        station.make_person_card(person, verifier, (&pin, PinCost::TEST), &mut Field::new(&mut card), rng)?;
        staff.push(Staff { card, pin });
    }
    Ok(staff)
}

type Cards = (Vec<satchel_card_simulator::Card>, Vec<satchel_cards::issue::MemberIssued>);

fn issue(
    office: &Office,
    desk: &Desk,
    verifier: &mut Verifier,
    rng: &mut ChaCha20Rng,
    narrator: &mut dyn Narrator,
) -> Result<Cards> {
    narrator.begins("issuing members' cards", MEMBERS);
    let (issuer, clerk) = (actor(Duty::Issuer), actor(Duty::MemberService));
    let is = |number: u32, place: usize| usize::try_from(number) == Ok(place);
    let planned = (0..MEMBERS).map(|number| PlannedCard {
        member: (!is(number, PRE_ISSUED)).then(|| member(number)),
        amount: if is(number, PRE_ISSUED) { Money::ZERO } else { Money::new(i64::from(number % 6) * 10_00) },
        points: Points::ZERO,
        tier: 0,
        expiry: opening_time().date().unwrap_or_default().later_by_days(1_095),
    });
    let batch = office.order(&issuer, &BatchDraft { name: "Opening".to_owned(), cards: planned.collect() })?;
    let station = Issuer::new(office, &issuer, desk)?;
    let (mut cards, mut issued) = (Vec::new(), Vec::new());
    for chip in 0..MEMBERS {
        let mut card = blank_card(chip);
        let Made::New(number) = station.make(batch, &mut Field::new(&mut card), verifier, rng, &mut |_| {})? else {
            bail!("a blank card was no new one");
        };
        issued.push(office.issue_record(&issuer, number)?);
        cards.push(card);
        if is(chip, LISTED) {
            let revision = office.card(&clerk, number)?.revision;
            office.block_card(&clerk, number, "reported lost", revision)?;
        }
        narrator.step();
    }
    Ok((cards, issued))
}

fn member(number: u32) -> MemberData {
    let pick =
        |words: &[&str], number: u32| words[usize::try_from(number).unwrap_or_default() % words.len()].to_owned();
    MemberData {
        name: format!("{} {}", pick(&FIRST, number), pick(&LAST, number / 5)),
        contact: format!("030 55501{number:02}"),
        consent_at: Some(opening_time()),
    }
}

/// A set-up file as a device gets it, opened with its code.
fn enrol(office: &Office, desk: &Desk, terminal: u32, rng: &mut ChaCha20Rng) -> Result<SetUp> {
    let enrolled = office.enrol(&actor(Duty::Operations), desk, terminal, PinCost::TEST, rng)?;
    let code = SetUpCode::parse(&enrolled.code).context("head office's own code")?;
    Ok(SetUp::from_file(&enrolled.file, &code)?)
}
