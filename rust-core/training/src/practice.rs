//! The training mode: a terminal of its own in a folder of its own, and cards that live in files.

use crate::field::{Field, blank_config};
use crate::office::{Charter, Hire, Office, Post, Terms};
use minicbor::{Decode, Encode};
use rand_chacha::ChaCha8Rng;
use rand_core::{CryptoRng, SeedableRng};
use satchel_card_simulator::{Card, ImageError};
use satchel_cards::CardError;
use satchel_cards::issue::MemberPlan;
use satchel_cards::record::Standing;
use satchel_device::{DeviceError, Folder, Mode};
use satchel_keys::{EnterpriseId, PinCost, Role, SoftwareSeal};
use satchel_packages::{Authorities, Authority, Level};
use satchel_programs::{BonusRule, EarnRule, Limits, Program, RedeemRule};
use satchel_terminal::Terminal;
use satchel_transport::{Cut, Tear, Trace, Transport, TransportError};
use satchel_values::{CardNumber, Clock, Currency, Date, Money, Points, StoreId, TerminalId, Timestamp, Uid};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Published: every key of the training mode grows from it.
const SEED: u64 = 0x7EA1_F0E5_7EA1_F0E5;
/// Published: what training secrets lie under at rest, because they are none.
const SEAL: [u8; 32] = *b"satchel training: not a secret..";
const ENTERPRISE: EnterpriseId = EnterpriseId::new(*b"TRAINING");
const TERMINAL: TerminalId = TerminalId::new(TerminalId::FIRST_TRAINING.get() + 1);
const DESK: TerminalId = TerminalId::new(TerminalId::FIRST_TRAINING.get() + 9_000);
const STORE: StoreId = StoreId::new(1);
const MANAGER_PIN: &str = "111111";
const CASHIER_PIN: &str = "222222";

const ROLL: &str = "practice.cbor";
const VERSION: u8 = 1;

/// What training is called in the trainee's language, and what money looks like there.
#[derive(Debug, Clone)]
pub struct PracticeTexts {
    /// The name of the operator who may do everything.
    pub manager: String,
    /// The name of the one who may not.
    pub cashier: String,
    /// The currency.
    pub currency: Currency,
}

/// What a practice card is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum PracticeKind {
    /// An operator who may do everything.
    #[n(0)]
    Manager,
    /// An operator who needs approval for undoing, refunding, blocking and high discounts.
    #[n(1)]
    Cashier,
    /// A member with money and points.
    #[n(2)]
    Member,
    /// A member with next to nothing.
    #[n(3)]
    MemberLittleLeft,
    /// A pre-issued card.
    #[n(4)]
    NotActivated,
    /// A card blocked by its own record.
    #[n(5)]
    Blocked,
    /// A card past its last day.
    #[n(6)]
    Expired,
    /// A card on the block list.
    #[n(7)]
    Listed,
    /// Another enterprise's card.
    #[n(8)]
    Foreign,
}

/// Every practice card, in the order in which they are shown.
const KINDS: [PracticeKind; 9] = [
    PracticeKind::Manager,
    PracticeKind::Cashier,
    PracticeKind::Member,
    PracticeKind::MemberLittleLeft,
    PracticeKind::NotActivated,
    PracticeKind::Blocked,
    PracticeKind::Expired,
    PracticeKind::Listed,
    PracticeKind::Foreign,
];

/// A practice card, as the trainee sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PracticeCard {
    /// What it is for.
    pub kind: PracticeKind,
    /// The operator's name, on an operator's card.
    pub name: Option<String>,
    /// The operator's PIN, on an operator's card.
    pub pin: Option<&'static str>,
    /// The number printed on it, on a member's card.
    pub number: Option<CardNumber>,
    /// Its identifier, as anticollision shows it.
    pub uid: Uid,
}

/// Why the training mode cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PracticeError {
    /// Its folder or its terminal.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// A card's file.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// A card that could not be made.
    #[error(transparent)]
    Card(#[from] CardError),
    /// A folder that is not training's.
    #[error("{} is no training folder: nothing was deleted", .0.display())]
    NotTraining(PathBuf),
}

impl From<io::Error> for PracticeError {
    fn from(error: io::Error) -> Self {
        Self::Device(error.into())
    }
}

/// The training mode.
pub struct Practice {
    folder: Folder,
    cards: Vec<(PracticeCard, Arc<Mutex<Card>>)>,
}

/// What is written down last, when everything else is made.
#[derive(Encode, Decode)]
struct Roll {
    #[n(0)]
    version: u8,
    #[n(1)]
    cards: Vec<Listed>,
}

#[derive(Encode, Decode)]
struct Listed {
    #[n(0)]
    kind: PracticeKind,
    #[n(1)]
    name: Option<String>,
    #[n(2)]
    number: Option<CardNumber>,
}

impl Practice {
    /// Opens the training mode in a folder of its own; makes it there if it is not there, or was left half made.
    pub fn open(path: &Path, texts: &PracticeTexts, now: Timestamp) -> Result<Self, PracticeError> {
        let roll = match read_roll(path)? {
            Some(roll) => roll,
            None => found(path, texts, now)?,
        };
        let mut cards = Vec::with_capacity(roll.cards.len());
        for (index, listed) in roll.cards.into_iter().enumerate() {
            let card = durable_card(path, index)?;
            let uid = Uid::new(*card.uid());
            let Listed { kind, name, number } = listed;
            cards.push((PracticeCard { kind, name, pin: pin(kind), number, uid }, Arc::new(Mutex::new(card))));
        }
        Ok(Self { folder: Folder::new(path, Mode::Training), cards })
    }

    /// Deletes a training folder, so that the next start begins anew. Any other folder is refused.
    pub fn forget(path: &Path) -> Result<(), PracticeError> {
        if read_roll(path)?.is_none() {
            return Err(PracticeError::NotTraining(path.to_owned()));
        }
        Ok(fs::remove_dir_all(path)?)
    }

    /// Starts the training terminal.
    pub fn start(&self, clock: Box<dyn Clock>, rng: Box<dyn CryptoRng + Send>) -> Result<Terminal, PracticeError> {
        Ok(self.folder.start(&seal(), clock, rng)?)
    }

    /// The terminal's folder.
    pub const fn folder(&self) -> &Folder {
        &self.folder
    }

    /// The cards, in the order in which they are shown.
    pub fn cards(&self) -> impl Iterator<Item = &PracticeCard> {
        self.cards.iter().map(|(shown, _)| shown)
    }

    /// Brings a card into the field, to be torn away at the cut if there is one; `None` if there is no such card.
    pub fn hold(&self, index: usize, cut: Option<Cut>) -> Option<Hold> {
        let (_, card) = self.cards.get(index)?;
        let mut held = Held(Arc::clone(card));
        held.field_lost();
        Some(Hold(Tear::new(Trace::new(held), cut)))
    }
}

/// A practice card in the field, from coming in to going out.
pub struct Hold(Tear<Trace<Held>>);

struct Held(Arc<Mutex<Card>>);

impl Held {
    fn field_lost(&mut self) {
        lock(&self.0).field_off();
    }
}

impl Transport for Hold {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.0.transceive(command)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.0.reset()
    }
}

impl Transport for Held {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        Ok(lock(&self.0).transmit(command))
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.field_lost();
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.field_lost();
    }
}

/// A card is whole after every command, so one that somebody panicked with is too.
fn lock(card: &Mutex<Card>) -> MutexGuard<'_, Card> {
    card.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes the whole training mode: head office, cards, terminal. The roll comes last.
fn found(path: &Path, texts: &PracticeTexts, now: Timestamp) -> Result<Roll, PracticeError> {
    if path.exists() {
        log::warn!("what was left of training is made anew");
        clear(path)?;
    }
    fs::create_dir_all(path)?;
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let mut office = Office::found_on(charter(texts.currency), &mut rng);
    let mut roll = Roll { version: VERSION, cards: Vec::new() };
    let mut listed = Vec::new();
    for (index, kind) in KINDS.into_iter().enumerate() {
        let card = durable_card(path, index)?;
        if kind == PracticeKind::Listed {
            listed.push(Uid::new(*card.uid()));
        }
        roll.cards.push(make_card(&mut office, card, kind, texts, now, &mut rng)?);
    }
    let roles = vec![Role::Inquiry, Role::Sale, Role::Load, Role::Reversal];
    let set_up = office.enrol(TERMINAL, &Post { store: STORE, roles, listed }, now, &mut rng);
    Folder::new(path, Mode::Training).set_up(&set_up, &seal(), &mut rng)?;
    fs::write(path.join(ROLL), minicbor::to_vec(&roll).expect("encoding into memory cannot fail"))?;
    Ok(roll)
}

fn make_card(
    office: &mut Office,
    mut card: Card,
    kind: PracticeKind,
    texts: &PracticeTexts,
    now: Timestamp,
    rng: &mut dyn CryptoRng,
) -> Result<Listed, PracticeError> {
    if let Some((name, level, authorities)) = operator(kind, texts) {
        let hire = Hire { name, pin: pin(kind).unwrap_or(CASHIER_PIN), level, authorities, stores: Vec::new() };
        office.employ_with(card, hire, now, rng)?;
        return Ok(Listed { kind, name: Some(name.to_owned()), number: None });
    }
    let mut field = Field::new(&mut card);
    let number = if kind == PracticeKind::Foreign {
        let mut stranger =
            Office::found_on(Charter { enterprise: EnterpriseId::new(*b"STRANGER"), ..charter(texts.currency) }, rng);
        let plan = plan(&mut stranger, kind, now);
        stranger.issue(&mut field, &plan, rng, &mut |_| {})?;
        plan.identity.number
    } else {
        let plan = plan(office, kind, now);
        office.issue(&mut field, &plan, rng, &mut |_| {})?;
        plan.identity.number
    };
    Ok(Listed { kind, name: None, number: Some(number) })
}

/// Name, level and authorities, on an operator's card.
fn operator(kind: PracticeKind, texts: &PracticeTexts) -> Option<(&str, Level, Authorities)> {
    let at_the_counter =
        [Authority::Sell, Authority::TopUp, Authority::OpenShift, Authority::CloseShift, Authority::Register];
    let besides = [Authority::Undo, Authority::Refund, Authority::Block, Authority::PayInOut];
    match kind {
        PracticeKind::Manager => {
            let all = [at_the_counter.as_slice(), &besides].concat();
            Some((&texts.manager, Level::StoreManager, Authorities::of(&all).with_discounts(100)))
        }
        PracticeKind::Cashier => {
            Some((&texts.cashier, Level::Cashier, Authorities::of(&at_the_counter).with_discounts(5)))
        }
        _ => None,
    }
}

const fn pin(kind: PracticeKind) -> Option<&'static str> {
    match kind {
        PracticeKind::Manager => Some(MANAGER_PIN),
        PracticeKind::Cashier => Some(CASHIER_PIN),
        _ => None,
    }
}

/// What a member's card holds: amounts in whole units of the currency.
fn plan(office: &mut Office, kind: PracticeKind, now: Timestamp) -> MemberPlan {
    let unit = 10_i64.pow(u32::from(office.currency().exponent()));
    let (units, points, standing) = match kind {
        PracticeKind::NotActivated => (0, 0, Standing::NotActivated),
        PracticeKind::Blocked => (20, 0, Standing::Blocked),
        PracticeKind::MemberLittleLeft => (2, 5, Standing::Active),
        _ => (50, 120, Standing::Active),
    };
    let plan = office.plan(Money::new(units * unit), standing, now);
    let expiry = match kind {
        PracticeKind::Expired => Date::from_days(now.date().unwrap_or_default().days().saturating_sub(1)),
        _ => plan.expiry,
    };
    MemberPlan { points: Points::new(points), expiry, ..plan }
}

fn charter(currency: Currency) -> Charter {
    let unit = 10_i64.pow(u32::from(currency.exponent()));
    let units = |units: i64| Money::new(units * unit);
    Charter {
        enterprise: ENTERPRISE,
        desk: DESK,
        currency,
        pin_cost: PinCost::TEST,
        terms: Terms::enduring(),
        limits: Limits {
            purse_max: units(1_000),
            per_sale_max: units(200),
            per_card_day_max: units(100_000),
            offline_total_max: units(100_000_000),
            top_up_min: units(5),
            top_up_max: units(200),
            top_up_allowance: units(100_000_000),
            points_max: Points::new(1_000_000),
        },
        program: Program {
            earn: vec![EarnRule {
                tier: None,
                per: units(1),
                points: Points::new(1),
                from: Date::default(),
                until: Date::default(),
            }],
            redeem: Some(RedeemRule {
                points: Points::new(100),
                worth: units(1),
                least: Points::new(10),
                share_percent: 50,
            }),
            top_up_bonus: vec![BonusRule { least: units(50), money: units(2), points: Points::new(5) }],
        },
    }
}

fn durable_card(path: &Path, index: usize) -> Result<Card, ImageError> {
    let number = u32::try_from(index).unwrap_or(u32::MAX);
    Card::open_durable(&path.join(format!("card-{index}.image")), blank_config(0x7EA0_0000 + number))
}

fn seal() -> SoftwareSeal {
    SoftwareSeal::take(&mut { SEAL })
}

/// The roll, if training is there and whole.
fn read_roll(path: &Path) -> Result<Option<Roll>, PracticeError> {
    let bytes = match fs::read(path.join(ROLL)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    Ok(minicbor::decode(&bytes).ok().filter(|roll: &Roll| roll.version == VERSION))
}

/// Deletes what an interrupted beginning left; a folder with anything else in it is refused.
fn clear(path: &Path) -> Result<(), PracticeError> {
    const OURS: [&str; 6] = [ROLL, "device.cbor", "packages", "journal.db", "members.db", "catalogue.bin"];
    for entry in fs::read_dir(path)? {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        let ours = OURS.iter().any(|known| name.starts_with(known)) || name.starts_with("card-");
        if !ours {
            return Err(PracticeError::NotTraining(path.to_owned()));
        }
    }
    Ok(fs::remove_dir_all(path)?)
}
