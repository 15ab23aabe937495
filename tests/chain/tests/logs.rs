//! No log line says anything secret: not on a demo day, not while cards are issued, people sign on and cards move, and
//! not when somebody prints a key by mistake. And the hunt for it would find it.

mod hunt;

use hunt::{Hunter, forms};
use rand_core::Rng;
use satchel_card_simulator::crypto;
use satchel_cards::record::Standing;
use satchel_cards::{member, operator};
use satchel_chain::day::{self, Narrator};
use satchel_chain::field::{blank_card, blank_config};
use satchel_chain::office::{self, ENTERPRISE, Office};
use satchel_chain::scene::somebody;
use satchel_chain::store::seeded;
use satchel_chain::{Errand, Field, Scene};
use satchel_desfire::{FrameSize, Session};
use satchel_hazmat::AesKey;
use satchel_journal::JournalKey;
use satchel_keys::{AgreementSecret, ControlKey, KeyRing, OperatorShare, Pin, PinCost, Role, RoleMaster};
use satchel_packages::OfficeKey;
use satchel_transport::{Transport, TransportError};
use satchel_values::{CardNumber, Uid};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

const ROLES: [Role; 13] = [
    Role::Master,
    Role::Inquiry,
    Role::Sale,
    Role::Load,
    Role::Reversal,
    Role::Change,
    Role::Tmac,
    Role::Picc,
    Role::OperatorOffice,
    Role::OperatorTerminal,
    Role::OperatorPin,
    Role::CollectionOffice,
    Role::CollectionTerminal,
];

/// More cards than any of the stages here has.
const CARDS: u32 = 64;
const OPERATORS: std::ops::RangeInclusive<u32> = 0xF000_0001..=0xF000_0008;
/// The demo day's counterfeit and blank cards.
const STRANGERS: [u32; 2] = [0xAAAA_AAAA, 0xBBBB_BBBB];

/// Bytes of head office's randomness that are hunted: more than it draws before the first sale.
const OFFICE_STREAM: usize = 48 * 1024;
/// The same of a terminal and of a card, which draw their challenges.
const TERMINAL_STREAM: usize = 48 * 1024;
const CARD_STREAM: usize = 1024;

#[test]
fn the_hunter_finds_whatever_is_planted_in_any_form() {
    let (mut secret, mut stream) = ([0; 16], [0; 256]);
    seeded(3).fill_bytes(&mut secret);
    seeded(4).fill_bytes(&mut stream);
    let uid = blank_config(7).uid;
    let mut hunter = Hunter::default();
    hunter.bytes("the key", &secret);
    hunter.bytes("the card", &uid);
    hunter.stream("the stream", &stream);
    hunter.text("the PIN", "731504");
    let planted = |what: &str, text: &[u8]| {
        // A log line is text, so of raw bytes only what is text can be planted.
        let Ok(text) = std::str::from_utf8(text) else { return true };
        let found = hunter.hunt([format!("O1 signed on with {text}, at last").as_str()]);
        found.iter().any(|found| found.starts_with(what))
    };
    for place in 0..secret.len() - 9 {
        for (form, text) in forms(&secret[place..]) {
            assert!(planted("the key", &text), "{form} from byte {place}");
        }
    }
    for (form, text) in forms(&uid) {
        assert!(planted("the card", &text), "{form}");
    }
    for (form, text) in forms(&stream[128..144]) {
        assert!(planted("the stream", &text), "{form}");
    }
    assert!(planted("the key", format!("{secret:#?}").as_bytes()), "on many lines");
    assert!(planted("the PIN", b"731504"));
    assert!(hunter.hunt(["O1 signed on", "04…0780", "(kcv A1B2C3)"]).is_empty());
}

#[test]
fn a_demo_day_logs_nothing_secret() {
    const SEED: u64 = 1;
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let lines = logged(|| drop(day::live(SEED, folder.path(), &mut Silent).expect("the day ends well")));
    assert!(lines.len() > 10_000, "{} lines", lines.len());

    let mut hunter = Hunter::default();
    let control = control_key(SEED);
    hunt_office(&mut hunter, SEED, &control);
    let pins = quoted_pins(include_str!("../src/day.rs"));
    assert!(pins.len() >= 4, "{pins:?}");
    hunt_pins(&mut hunter, &control, &pins);
    for number in [1, 2] {
        // As `Store` seeds a terminal's first start.
        hunter.stream("a terminal's randomness", &stream(SEED ^ number ^ 1 << 32, TERMINAL_STREAM));
    }
    hunt_people_and_cards(&mut hunter);
    assert_eq!(hunter.hunt(lines.iter().map(String::as_str)), [].into());

    for terminal in ["T1", "T2"] {
        let secret = journal_secret(&folder.path().join(terminal), &stream(SEED, OFFICE_STREAM));
        assert_found(&hunter, &format!("the terminal's key is {secret:?}"));
    }
    let card = Uid::new(blank_config(5).uid);
    let key = ring(&control).card_key(Role::Sale, office::first_version(), &card, *member::AID.bytes());
    assert_found(&hunter, &format!("the card's key is {:02X?}", key.expect("every master is held").expose()));
    assert_found(&hunter, &format!("card {card}"));
    assert_found(&hunter, &format!("{} signed on with {}", "Mei", pins[0]));
    assert_found(&hunter, &format!("{:?} was registered", somebody()));
}

/// What was planted is found, so what was not found was not there.
fn assert_found(hunter: &Hunter, planted: &str) {
    assert!(!hunter.hunt([planted]).is_empty(), "not found: {planted}");
}

/// The secret that a terminal's journal is signed with, among the bytes that head office drew.
fn journal_secret(folder: &Path, drawn: &[u8]) -> [u8; 32] {
    let journal = rusqlite::Connection::open(folder.join("journal.db")).expect("the day left its journals");
    let public = journal.query_row("SELECT public_key FROM terminal", [], |row| row.get::<_, [u8; 32]>(0));
    let public = public.expect("a journal knows its key");
    let secrets = drawn.windows(32).step_by(4).map(|window| <[u8; 32]>::try_from(window).expect("32 bytes"));
    let mut secrets = secrets.filter(|secret| JournalKey::take(&mut { *secret }).public().0 == public);
    secrets.next().expect("head office's randomness that is hunted reaches to the terminals' secrets")
}

#[test]
fn issuing_signing_on_and_every_movement_log_nothing_secret() {
    /// As `Scene` seeds its office.
    const SEED: u64 = 7;
    let _alone = alone();
    let mut hunter = Hunter::default();
    let control = control_key(SEED);
    hunt_office(&mut hunter, SEED, &control);
    hunt_pins(&mut hunter, &control, &quoted_pins(include_str!("../src/scene.rs")));
    hunt_people_and_cards(&mut hunter);
    let mut sessions = 0;
    let lines = logged(|| {
        for errand in Errand::ALL {
            sessions += overheard_errand(errand, &mut hunter);
        }
        sessions += overheard_issue(&mut hunter);
        sessions += overheard_sign_on(&mut hunter);
    });
    assert!(sessions > 20, "the keys of {sessions} sessions");
    assert!(lines.iter().any(|line| line.contains("AuthenticateEV2NonFirst")), "the exchanges are traced");
    assert_eq!(hunter.hunt(lines.iter().map(String::as_str)), [].into());
}

#[test]
fn a_trace_tells_names_lengths_and_status_and_nothing_else() {
    let _alone = alone();
    let mut scene = Scene::for_errand(Errand::Sale);
    let mut card = std::mem::replace(&mut scene.card, blank_card(0));
    let mut ear = Ear::new(Field::new(&mut card), Vec::new());
    let lines = logged(|| drop(scene.errand(Errand::Sale, &mut ear).expect("it is not refused")));
    let traced: Vec<_> = lines.iter().filter(|line| line.starts_with("satchel_transport")).collect();
    assert_eq!(traced.len(), ear.exchanged.len());
    for (number, (line, (command, response))) in traced.iter().zip(&ear.exchanged).enumerate() {
        let name = satchel_transport::command_name(command);
        let (data, status) = response.split_at(response.len() - 2);
        let status = u16::from_be_bytes([status[0], status[1]]);
        let told = format!("#{} {name}: {} B out, {} B in, {status:04X}", number + 1, command.len(), data.len());
        assert!(line.ends_with(&told), "{line}: {told}");
    }
}

#[test]
fn printing_a_key_shows_at_most_its_check_value() {
    let _alone = alone();
    let mut secret = [0; 32];
    seeded(5).fill_bytes(&mut secret);
    let sixteen = || -> [u8; 16] { secret[..16].try_into().expect("half of 32") };
    let version = office::first_version();
    let control = ControlKey::take(version, &mut sixteen());
    let ring = ring(&control);
    let mut hunter = Hunter::default();
    hunter.bytes("the secret", &secret);
    hunter.text("the PIN", "731504");
    ROLES.iter().for_each(|role| hunter.bytes("a master", &master_bytes(&control, *role)));
    let card_key = ring.card_key(Role::Sale, version, &Uid::new([4, 1, 2, 3, 4, 5, 6]), *member::AID.bytes());
    let card_key = card_key.expect("the master is held");
    hunter.bytes("the card's key", card_key.expose());

    let pin = Pin::parse("731504").expect("six digits");
    let master: RoleMaster = control.role_master(Role::Load, &ENTERPRISE);
    let mut scene = Scene::with_card(Standing::Active);
    let mut field = Field::new(&mut scene.card);
    let session = Session::new(&mut field, FrameSize::default());
    let things: [&dyn std::fmt::Debug; 11] = [
        &AesKey::take(&mut sixteen()),
        &card_key,
        &control,
        &master,
        &ring,
        &pin,
        &OperatorShare::take(&mut sixteen()),
        &AgreementSecret::take(&mut { secret }),
        &JournalKey::take(&mut { secret }),
        &OfficeKey::generate(&mut *seeded(5)),
        &session,
    ];
    let printed: Vec<String> = things.iter().flat_map(|thing| [format!("{thing:?}"), format!("{thing:#?}")]).collect();
    assert_eq!(hunter.hunt(printed.iter().map(String::as_str)), [].into());
    let [a, b, c] = AesKey::take(&mut sixteen()).kcv();
    assert_eq!(printed[0], format!("AesKey(kcv {a:02X}{b:02X}{c:02X})"));
}

/// Has an errand done with every byte overheard; how many sessions were.
fn overheard_errand(errand: Errand, hunter: &mut Hunter) -> usize {
    let mut scene = Scene::for_errand(errand);
    let mut card = std::mem::replace(&mut scene.card, blank_card(0));
    let keys = card_keys(scene.office.ring(), &Uid::new(*card.uid()));
    let mut ear = Ear::new(Field::new(&mut card), keys);
    scene.errand(errand, &mut ear).expect("it is not refused");
    ear.told(hunter)
}

/// The same for a member card that is made from a blank one.
fn overheard_issue(hunter: &mut Hunter) -> usize {
    let mut scene = Scene::with_card(Standing::Active);
    let mut card = blank_card(9);
    let keys = card_keys(scene.office.ring(), &Uid::new(*card.uid()));
    let mut ear = Ear::new(Field::new(&mut card), keys);
    let plan = Scene::plan(&mut scene.office, Standing::Active);
    scene.office.issue(&mut ear, &plan, &mut *scene.rng, &mut |_| {}).expect("a blank card is issued");
    ear.told(hunter)
}

/// The same for an operator who signs on. The share travels enciphered, and is what the card's file holds.
fn overheard_sign_on(hunter: &mut Hunter) -> usize {
    let mut scene = Scene::with_card(Standing::Active);
    scene.terminals[0].sign_off().expect("signed off");
    let operator = &mut scene.office.operators[0];
    let (uid, pin) = (Uid::new(*operator.card.uid()), operator.pin());
    let master = control_key(7).role_master(Role::OperatorPin, &ENTERPRISE);
    let pin_key = *master.operator_pin_key(&uid, &pin, PinCost::TEST).expose();
    let mut keys = card_keys(&ring(&control_key(7)), &uid);
    keys.push(pin_key);
    let mut ear = Ear::new(Field::new(&mut operator.card), keys);
    scene.terminals[0].sign_on(&mut ear, &pin).expect("the PIN is right");
    ear.told(hunter)
}

/// Overhears a line to a card, and knows the keys that its sessions are opened with.
struct Ear<'c> {
    field: Field<'c>,
    keys: Vec<[u8; 16]>,
    exchanged: Vec<(Vec<u8>, Vec<u8>)>,
}

impl<'c> Ear<'c> {
    fn new(field: Field<'c>, keys: Vec<[u8; 16]>) -> Self {
        Self { field, keys, exchanged: Vec::new() }
    }

    /// Has everything hunted that went over the line, and what came of it. Returns the number of sessions.
    fn told(self, hunter: &mut Hunter) -> usize {
        for (command, response) in &self.exchanged {
            let pieces = [command.get(5..).unwrap_or_default(), &response[..response.len() - 2]];
            // Shorter ones are headers and numbers.
            pieces.iter().filter(|piece| piece.len() >= 16).for_each(|piece| hunter.bytes("on the line", piece));
        }
        let sessions: Vec<_> = self.exchanged.windows(2).filter_map(|pair| self.opened(pair)).collect();
        for (rnd_a, rnd_b, (enc_key, mac_key)) in &sessions {
            hunter.bytes("the reader's challenge", rnd_a);
            hunter.bytes("the card's challenge", rnd_b);
            hunter.bytes("a session's key", enc_key);
            hunter.bytes("a session's MAC key", mac_key);
        }
        sessions.len()
    }

    /// Both challenges and both session keys of an authentication: `71` or `77`, then the reader's token.
    fn opened(&self, pair: &[(Vec<u8>, Vec<u8>)]) -> Option<Opened> {
        let [(command, challenge), (answer, _)] = pair else { return None };
        let (token, [0x91, 0xAF]) = (answer.get(5..37)?, challenge.get(16..)?) else { return None };
        if !matches!(command[1], 0x71 | 0x77) {
            return None;
        }
        self.keys.iter().find_map(|key| {
            let rnd_b: [u8; 16] = crypto::decrypt(key, &[0; 16], &challenge[..16]).try_into().ok()?;
            let plain = crypto::decrypt(key, &[0; 16], token);
            let rnd_a: [u8; 16] = *plain.first_chunk()?;
            (plain[16..] == crypto::rotate_left(&rnd_b))
                .then(|| (rnd_a, rnd_b, crypto::session_keys(key, &rnd_a, &rnd_b)))
        })
    }
}

/// The reader's challenge, the card's, and the session's two keys.
type Opened = ([u8; 16], [u8; 16], ([u8; 16], [u8; 16]));

impl Transport for Ear<'_> {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let response = self.field.transceive(command)?;
        self.exchanged.push((command.to_vec(), response.clone()));
        Ok(response)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.field.reset()
    }
}

/// The keys of a card in every role and application, and a fresh card's.
fn card_keys(ring: &KeyRing, uid: &Uid) -> Vec<[u8; 16]> {
    let mut keys = vec![[0; 16]];
    for role in ROLES {
        for aid in [[0; 3], *member::AID.bytes(), *operator::AID.bytes()] {
            let key = ring.card_key(role, office::first_version(), uid, aid).expect("every master is held");
            keys.push(*key.expose());
        }
    }
    keys
}

/// The control key that an office draws first of all.
fn control_key(seed: u64) -> ControlKey {
    let mut bytes = stream(seed, 16).try_into().expect("sixteen bytes");
    let control = ControlKey::take(office::first_version(), &mut bytes);
    let office = Office::found(&mut *seeded(seed), day::limits(), day::program());
    assert_eq!(control.kcv(), office.control_kcv(), "the office draws its control key first");
    control
}

/// Has head office's secrets hunted: the control key, the masters, and everything it draws at random, such as its
/// signature key, the terminals' secrets, the operators' shares, the bundle keys and its challenges.
fn hunt_office(hunter: &mut Hunter, seed: u64, control: &ControlKey) {
    let stream = stream(seed, OFFICE_STREAM);
    hunter.bytes("the control key", &stream[..16]);
    hunter.bytes("the office's signature key", &stream[16..48]);
    hunter.stream("head office's randomness", &stream);
    ROLES.iter().for_each(|role| hunter.bytes(&format!("the master {role:?}"), &master_bytes(control, *role)));
    let ring = ring(control);
    for number in (0..CARDS).chain(OPERATORS).chain(STRANGERS) {
        let uid = Uid::new(blank_config(number).uid);
        card_keys(&ring, &uid)[1..].iter().for_each(|key| hunter.bytes("a card's key", key));
    }
}

fn hunt_pins(hunter: &mut Hunter, control: &ControlKey, pins: &[&str]) {
    let master = control.role_master(Role::OperatorPin, &ENTERPRISE);
    for pin in pins {
        hunter.text("a PIN", pin);
        let pin = Pin::parse(pin).expect("six digits");
        for number in OPERATORS {
            let uid = Uid::new(blank_config(number).uid);
            hunter.bytes("a PIN's key", master.operator_pin_key(&uid, &pin, PinCost::TEST).expose());
        }
    }
}

/// Has members, their cards' whole numbers and the cards' challenges hunted.
fn hunt_people_and_cards(hunter: &mut Hunter) {
    let member = somebody();
    hunter.text("a member's name", &member.name);
    hunter.text("a member's contact", &member.contact);
    for number in (0..CARDS).chain(OPERATORS).chain(STRANGERS) {
        let config = blank_config(number);
        hunter.bytes("a card's whole identifier", &config.uid);
        hunter.stream("a card's randomness", &stream(config.seed, CARD_STREAM));
    }
    for number in 0..CARDS {
        // As `Office` numbers its cards.
        let number = CardNumber::from_payload(10_000_000_000 + u64::from(number)).expect("eleven digits");
        hunter.text("a card's whole number", &number.to_string());
        hunter.text("a card's whole number", &number.get().to_string());
    }
}

/// The first bytes that randomness with this seed gives.
fn stream(seed: u64, length: usize) -> Vec<u8> {
    let mut stream = vec![0; length];
    seeded(seed).fill_bytes(&mut stream);
    stream
}

fn ring(control: &ControlKey) -> KeyRing {
    let mut ring = KeyRing::new();
    ROLES.iter().for_each(|role| ring.insert(control.role_master(*role, &ENTERPRISE)));
    ring
}

/// A master's sixteen bytes: the end of what a ring with it alone is stored as.
fn master_bytes(control: &ControlKey, role: Role) -> [u8; 16] {
    let mut ring = KeyRing::new();
    ring.insert(control.role_master(role, &ENTERPRISE));
    *ring.to_bytes().last_chunk().expect("a master")
}

/// The PINs that stand in a source text: six digits in quotes.
fn quoted_pins(source: &str) -> Vec<&str> {
    source.split('"').filter(|quoted| quoted.len() == 6 && quoted.bytes().all(|byte| byte.is_ascii_digit())).collect()
}

struct Silent;

impl Narrator for Silent {
    fn begins(&mut self, _: &str, _: u32) {}
    fn step(&mut self) {}
}

/// Keeps every line of the process: a terminal logs from more than one thread.
struct Capture(Mutex<Vec<String>>);

static CAPTURE: Capture = Capture(Mutex::new(Vec::new()));

impl Capture {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("no thread panics while it holds the lines"))
    }
}

impl log::Log for Capture {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let line = format!("{}: {}", record.target(), record.args());
        self.0.lock().expect("no thread panics while it holds the lines").push(line);
    }

    fn flush(&self) {}
}

/// Every line that is logged meanwhile, of every level.
fn logged(work: impl FnOnce()) -> Vec<String> {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        log::set_logger(&CAPTURE).expect("no other logger is installed");
        log::set_max_level(log::LevelFilter::Trace);
    });
    CAPTURE.take();
    work();
    CAPTURE.take()
}

/// Keeps the tests of this file from logging into each other's lines.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}
