//! A phone without Android: the foreign traits in Rust, a head office, and cards in the field.
#![allow(dead_code, reason = "every test uses a part of it")]

use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use satchel::{
    CardTransport, Clock, ClockFault, KeySeal, OperatorOnDuty, Order, Outcome, Receipt, Redeem, SealFault, Tender,
    Till, TransportFault, Trouble,
};
use satchel_card_simulator::Card;
use satchel_cards::record::Standing;
use satchel_device::{Answer, Invitation, SetUp, SetUpCode};
use satchel_keys::Role;
use satchel_packages::{Authorities, Authority, Level};
use satchel_programs::{BonusRule, EarnRule, Limits, Program, RedeemRule};
use satchel_training::field::{Field, blank_card};
use satchel_training::office::{Hire, Office, Post, opening_time};
use satchel_transport::{Cut, Tear, Transport, TransportError};
use satchel_values::{Date, Money, Points, StoreId, TerminalId, Uid};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

pub const MANAGER: usize = 0;
pub const CASHIER: usize = 1;
pub const PINS: [&str; 2] = ["731504", "402817"];

/// A till in a store, and everybody who comes to it.
pub struct Shop {
    pub folder: TempDir,
    pub clock: Arc<HandClock>,
    pub seal: Arc<FakeSeal>,
    pub office: Office,
    pub operators: Vec<Arc<Mutex<Card>>>,
    pub member: Arc<Mutex<Card>>,
    pub rng: ChaCha8Rng,
}

impl Shop {
    /// A head office with two operators and a member's card of 100.00 and 500 points; no till yet.
    pub fn new() -> Self {
        Self::with_member(Standing::Active)
    }

    pub fn with_member(standing: Standing) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(11);
        let mut office = Office::found(&mut rng, limits(), program());
        for (index, (name, level, authorities)) in staff().into_iter().enumerate() {
            let hire = Hire { name, pin: PINS[index], level, authorities, stores: Vec::new() };
            office.employ(hire, opening_time(), &mut rng).expect("an operator card can be made");
        }
        let mut card = blank_card(1);
        let plan = office.plan(Money::new(100_00), standing, opening_time());
        let plan = satchel_cards::issue::MemberPlan { points: Points::new(500), ..plan };
        office.issue(&mut Field::new(&mut card), &plan, &mut rng, &mut |_| {}).expect("a blank card is issued");
        let cards = std::mem::take(&mut office.operators);
        let operators: Vec<_> = cards.iter().map(|operator| shared(copy(&operator.card))).collect();
        office.operators = cards;
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            clock: Arc::new(HandClock(AtomicI64::new(opening_time().ms()))),
            seal: Arc::new(FakeSeal::default()),
            office,
            operators,
            member: shared(card),
            rng,
        }
    }

    /// What head office makes for a till.
    pub fn enrolment(&mut self, terminal: u32) -> SetUp {
        self.office.enrol(TerminalId::new(terminal), &post(), opening_time(), &mut self.rng)
    }

    /// What head office invites a device with.
    pub fn invitation(&mut self, terminal: u32) -> Invitation {
        self.office.invite(TerminalId::new(terminal), &mut self.rng)
    }

    /// What head office makes for a device that answered.
    pub fn admission(&mut self, invitation: &Invitation, answer: &str) -> Vec<u8> {
        let answer = Answer::from_text(answer, invitation).expect("an answer");
        self.office.admit(&answer, &post(), opening_time(), &mut self.rng)
    }

    pub fn admit(&self, file: &[u8]) -> Result<Arc<Till>, Trouble> {
        Till::admit(self.path(), file.to_vec(), self.seal.clone(), self.clock.clone())
    }

    /// The same as a file and its code.
    pub fn file(&mut self, set_up: &SetUp) -> (Vec<u8>, String) {
        let code = SetUpCode::generate(&mut self.rng);
        (set_up.to_file(&code, &mut self.rng), code.printed())
    }

    pub fn path(&self) -> String {
        self.folder.path().join("till").display().to_string()
    }

    pub fn set_up(&self, file: &[u8], code: &str) -> Result<Arc<Till>, Trouble> {
        Till::set_up(self.path(), file.to_vec(), code.to_owned(), self.seal.clone(), self.clock.clone())
    }

    pub fn open(&self) -> Result<Arc<Till>, Trouble> {
        Till::open(self.path(), self.seal.clone(), self.clock.clone())
    }

    /// A till that is set up, with nobody on duty.
    pub fn till(&mut self) -> Arc<Till> {
        let enrolment = self.enrolment(7);
        let (file, code) = self.file(&enrolment);
        self.set_up(&file, &code).expect("the till is set up")
    }

    /// A till with the manager on duty and a shift open.
    pub fn open_till(&mut self) -> Arc<Till> {
        let till = self.till();
        self.sign_on(&till, MANAGER).expect("the manager signs on");
        till.open_shift(50_00).expect("a shift opens");
        till
    }

    pub fn sign_on(&self, till: &Till, who: usize) -> Result<OperatorOnDuty, Trouble> {
        till.sign_on(self.operator(who), PINS[who].as_bytes().to_vec())
    }

    pub fn operator(&self, who: usize) -> Arc<dyn CardTransport> {
        hold(&self.operators[who])
    }

    pub fn member(&self) -> Arc<dyn CardTransport> {
        hold(&self.member)
    }
}

fn post() -> Post {
    let roles = vec![Role::Inquiry, Role::Sale, Role::Load, Role::Reversal];
    Post { store: StoreId::new(5), roles, listed: vec![Uid::new([4, 9, 9, 9, 9, 9, 9])] }
}

pub fn staff() -> [(&'static str, Level, Authorities); 2] {
    let counter = [Authority::Sell, Authority::TopUp, Authority::OpenShift, Authority::CloseShift, Authority::Register];
    [
        ("Ines", Level::StoreManager, Authorities::of(&Authority::ALL).with_discounts(50)),
        ("Chidi", Level::Cashier, Authorities::of(&counter).with_discounts(5)),
    ]
}

pub fn limits() -> Limits {
    Limits {
        purse_max: Money::new(500_00),
        per_sale_max: Money::new(100_00),
        per_card_day_max: Money::new(400_00),
        offline_total_max: Money::new(20_000_00),
        top_up_min: Money::new(5_00),
        top_up_max: Money::new(200_00),
        top_up_allowance: Money::new(20_000_00),
        points_max: Points::new(100_000),
    }
}

/// A point a euro, ten points are worth ten cents up to half of a sale, a bonus from 40 euros on.
pub fn program() -> Program {
    let none = Date::default();
    Program {
        earn: vec![EarnRule { tier: None, per: Money::new(1_00), points: Points::new(1), from: none, until: none }],
        redeem: Some(RedeemRule {
            points: Points::new(10),
            worth: Money::new(10),
            least: Points::new(10),
            share_percent: 50,
        }),
        top_up_bonus: vec![BonusRule { least: Money::new(40_00), money: Money::new(2_00), points: Points::new(5) }],
    }
}

pub fn plain(amount_minor: i64) -> Order {
    Order {
        gross_minor: amount_minor,
        discount_minor: 0,
        lines: Vec::new(),
        redeem: Redeem::Nothing,
        tender: Tender::Card,
    }
}

pub fn done(outcome: Result<Outcome, Trouble>) -> Receipt {
    match outcome {
        Ok(Outcome::Done { receipt }) => receipt,
        other => panic!("{other:?}"),
    }
}

pub fn shared(card: Card) -> Arc<Mutex<Card>> {
    Arc::new(Mutex::new(card))
}

/// The same card once more.
pub fn copy(card: &Card) -> Card {
    Card::load(&card.save()).expect("its own image")
}

/// The card comes into the field and stays.
pub fn hold(card: &Arc<Mutex<Card>>) -> Arc<dyn CardTransport> {
    torn(card, None)
}

/// The card comes into the field and is torn away at the cut.
pub fn torn(card: &Arc<Mutex<Card>>, cut: Option<Cut>) -> Arc<FakeTag> {
    card.lock().expect("nobody panicked").field_off();
    let uid = card.lock().expect("nobody panicked").uid().to_vec();
    Arc::new(FakeTag { uid, tear: Mutex::new(Tear::new(InField(card.clone()), cut)) })
}

/// A tag in the phone's field.
pub struct FakeTag {
    uid: Vec<u8>,
    tear: Mutex<Tear<InField>>,
}

impl FakeTag {
    pub fn exchanges(&self) -> u32 {
        self.tear.lock().expect("nobody panicked").exchanges()
    }

    pub fn is_gone(&self) -> bool {
        self.tear.lock().expect("nobody panicked").is_gone()
    }
}

impl CardTransport for FakeTag {
    fn uid(&self) -> Result<Vec<u8>, TransportFault> {
        Ok(self.uid.clone())
    }

    fn transceive(&self, apdu: Vec<u8>) -> Result<Vec<u8>, TransportFault> {
        match self.tear.lock().expect("nobody panicked").transceive(&apdu) {
            Ok(response) => Ok(response),
            Err(TransportError::CardGone) => Err(TransportFault::CardGone),
            Err(error) => Err(TransportFault::Failed { detail: error.to_string() }),
        }
    }
}

struct InField(Arc<Mutex<Card>>);

impl Transport for InField {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        Ok(self.0.lock().expect("nobody panicked").transmit(command))
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.0.lock().expect("nobody panicked").field_off();
        Ok(())
    }
}

/// A clock that is moved by hand.
pub struct HandClock(AtomicI64);

impl HandClock {
    pub const fn new(ms: AtomicI64) -> Self {
        Self(ms)
    }

    pub fn advance_ms(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now_ms(&self) -> Result<i64, ClockFault> {
        Ok(self.0.load(Ordering::SeqCst))
    }
}

/// A key store that can be told to fail, and to forget its key.
#[derive(Default)]
pub struct FakeSeal {
    pub fails: AtomicBool,
    pub key: AtomicU32,
    /// What was sealed last, in the clear.
    pub sealed: Mutex<Vec<u8>>,
}

impl FakeSeal {
    fn turned(&self, bytes: &[u8]) -> Vec<u8> {
        let [key, ..] = self.key.load(Ordering::SeqCst).to_le_bytes();
        bytes.iter().map(|byte| byte ^ 0x5A ^ key).collect()
    }

    fn check(&self) -> Result<(), SealFault> {
        if self.fails.load(Ordering::SeqCst) {
            return Err(SealFault::Unavailable { detail: "the key store is away".to_owned() });
        }
        Ok(())
    }
}

impl KeySeal for FakeSeal {
    fn seal(&self, secret: Vec<u8>) -> Result<Vec<u8>, SealFault> {
        self.check()?;
        self.sealed.lock().expect("nobody panicked").clone_from(&secret);
        let checksum = secret.iter().fold(0, |sum: u8, byte| sum.wrapping_mul(31).wrapping_add(*byte));
        Ok(self.turned(&[secret.as_slice(), &[checksum]].concat()))
    }

    fn unseal(&self, sealed: Vec<u8>) -> Result<Vec<u8>, SealFault> {
        self.check()?;
        let mut secret = self.turned(&sealed);
        let checksum = secret.pop().ok_or(SealFault::Damaged)?;
        let right = secret.iter().fold(0, |sum: u8, byte| sum.wrapping_mul(31).wrapping_add(*byte));
        if right == checksum { Ok(secret) } else { Err(SealFault::Damaged) }
    }
}

/// Where a folder's file lies.
pub fn file_in(folder: &str, name: &str) -> PathBuf {
    PathBuf::from(folder).join(name)
}
