//! `cargo xtask demo --provision FILE`: a set-up file for a phone, its QR code, and the cards to try it with.
//!
//! The enterprise is a new one each time, with keys from the system's randomness. Its cards are simulated and lie in
//! files beside the set-up file; `satchel-card serve --card FILE` puts one into a reader's field.

use console::style;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRng, SeedableRng};
use satchel_card_simulator::{Card, ImageError};
use satchel_cards::CardError;
use satchel_cards::issue::MemberPlan;
use satchel_cards::record::Standing;
use satchel_chain::day;
use satchel_chain::field::{Field, blank_config};
use satchel_chain::office::{Charter, Hire, Office, Post, Terms, currency};
use satchel_device::{DeviceError, Folder, Mode, SetUp, SetUpCode};
use satchel_keys::{EnterpriseId, PinCost, Role, SoftwareSeal};
use satchel_packages::Level;
use satchel_values::{Money, Points, StoreId, TerminalId, Timestamp};
use serde_json::json;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

const TERMINAL: TerminalId = TerminalId::new(101);
const STORE: StoreId = StoreId::new(1);
/// Pixels of one module of the QR code at least.
const MODULE: u32 = 6;

/// Why nothing was written, or not all of it.
#[derive(Debug, thiserror::Error)]
pub enum ProvisionError {
    #[error("{0}")]
    File(#[from] io::Error),
    #[error("{0}")]
    Image(#[from] ImageError),
    #[error("{0}")]
    Card(#[from] CardError),
    #[error("the system has no randomness to give: {0}")]
    Randomness(#[from] getrandom::Error),
    #[error("{0}")]
    Device(#[from] DeviceError),
    #[error("no QR code: {0}")]
    QrCode(#[from] qrcode::types::QrError),
}

/// What was written.
pub struct Provisioned {
    file: PathBuf,
    bytes: usize,
    /// As printed.
    pub code: String,
    qr_code: PathBuf,
    operators: Vec<OperatorFile>,
    members: Vec<PathBuf>,
}

struct OperatorFile {
    name: &'static str,
    pin: &'static str,
    card: PathBuf,
}

/// Writes everything and says where it is.
pub fn run(file: &Path, as_json: bool) -> ExitCode {
    match provision(file) {
        Ok(written) if as_json => println!("{}", written.as_json()),
        Ok(written) => written.tell(),
        Err(error) => {
            eprintln!("{} {error}", style("error:").red().bold());
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Writes everything.
///
/// # Errors
/// No randomness, or a file that cannot be written.
pub fn provision(file: &Path) -> Result<Provisioned, ProvisionError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)?;
    let mut rng = ChaCha20Rng::from_seed(seed);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    let now = Timestamp::from_ms(i64::try_from(now).unwrap_or(i64::MAX));
    let cards = file.with_extension("cards");
    fs::create_dir_all(&cards)?;
    let mut office = found(&mut rng);
    let operators = employ(&mut office, &cards, now, &mut rng)?;
    let members = issue(&mut office, &cards, now, &mut rng)?;
    let roles = vec![Role::Inquiry, Role::Sale, Role::Load, Role::Reversal];
    let set_up = office.enrol(TERMINAL, &Post { store: STORE, roles, listed: Vec::new() }, now, &mut rng);
    let code = SetUpCode::generate(&mut rng);
    let bytes = set_up.to_file(&code, &mut rng);
    fs::write(file, &bytes)?;
    let qr_code = file.with_extension("svg");
    fs::write(&qr_code, draw(&bytes)?)?;
    Ok(Provisioned { file: file.to_owned(), bytes: bytes.len(), code: code.printed(), qr_code, operators, members })
}

/// The text of an invitation, and what head office made for a device that answered another.
///
/// # Errors
/// No randomness, or a folder that cannot be written.
pub fn invitations() -> Result<(String, Vec<u8>), ProvisionError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)?;
    let mut rng = ChaCha20Rng::from_seed(seed);
    let mut office = found(&mut rng);
    let (mine, other) = (office.invite(TERMINAL, &mut rng), office.invite(TERMINAL, &mut rng));
    let device = tempfile::tempdir()?;
    let seal = SoftwareSeal::take(&mut [0; 32]);
    let answer = Folder::new(device.path(), Mode::Service).answer(&other, &seal, &mut rng)?;
    let post = Post { store: STORE, roles: vec![Role::Inquiry, Role::Sale], listed: Vec::new() };
    Ok((mine.to_text(), office.admit(&answer, &post, Timestamp::from_ms(0), &mut rng)))
}

/// A new enterprise, whose PINs cost what they cost in service.
fn found(rng: &mut dyn CryptoRng) -> Office {
    let mut enterprise = *b"DEMO0000";
    rng.fill_bytes(&mut enterprise[4..]);
    let charter = Charter {
        enterprise: EnterpriseId::new(enterprise),
        desk: satchel_chain::office::DESK,
        currency: currency(),
        pin_cost: PinCost::SERVICE,
        terms: Terms::ordinary(),
        limits: day::limits(),
        program: day::program(),
    };
    Office::found_on(charter, rng)
}

fn employ(
    office: &mut Office,
    cards: &Path,
    now: Timestamp,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<OperatorFile>, ProvisionError> {
    let staff = [("Ines", "731504", Level::StoreManager, 100), ("Chidi", "402817", Level::Cashier, 5)];
    let mut files = Vec::new();
    for (number, (name, pin, level, percent)) in (1..).zip(staff) {
        let path = cards.join(format!("operator-{number}.card"));
        let authorities = day::everything().with_discounts(percent);
        let hire = Hire { name, pin, level, authorities, stores: Vec::new() };
        office.employ_with(new_card(&path, 0xF100_0000 + number)?, hire, now, rng)?;
        files.push(OperatorFile { name, pin, card: path });
    }
    Ok(files)
}

fn issue(
    office: &mut Office,
    cards: &Path,
    now: Timestamp,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<PathBuf>, ProvisionError> {
    let members = [(100_00, 500, Standing::Active), (2_00, 0, Standing::Active), (0, 0, Standing::NotActivated)];
    let mut files = Vec::new();
    for (number, (minor, points, standing)) in (1..).zip(members) {
        let path = cards.join(format!("member-{number}.card"));
        let mut card = new_card(&path, 0xF200_0000 + number)?;
        let plan = office.plan(Money::new(minor), standing, now);
        let plan = MemberPlan { points: Points::new(points), ..plan };
        office.issue(&mut Field::new(&mut card), &plan, rng, &mut |_| {})?;
        files.push(path);
    }
    Ok(files)
}

/// A blank card in a file of its own; one that is there already belongs to another enterprise and is replaced.
fn new_card(path: &Path, number: u32) -> Result<Card, ProvisionError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    Ok(Card::open_durable(path, blank_config(number))?)
}

/// The QR code as a picture that any browser shows.
fn draw(file: &[u8]) -> Result<String, ProvisionError> {
    let text = SetUp::qr_text(file).ok_or(qrcode::types::QrError::DataTooLong)?;
    let code = QrCode::with_error_correction_level(text, EcLevel::L)?;
    Ok(code.render::<svg::Color<'_>>().min_dimensions(MODULE * 64, MODULE * 64).build())
}

impl Provisioned {
    fn tell(&self) {
        println!("{} {} ({} bytes)", style("set-up file").bold(), self.file.display(), self.bytes);
        println!("{}     {}", style("QR code").bold(), self.qr_code.display());
        println!("{} {}", style("set-up code").bold(), style(&self.code).green().bold());
        println!("\n{}", style("operators").bold());
        for operator in &self.operators {
            println!("  {:<8} PIN {}   {}", operator.name, operator.pin, operator.card.display());
        }
        println!("\n{}", style("members").bold());
        for member in &self.members {
            println!("  {}", member.display());
        }
        println!("\nHold a card to a reader on this machine with: satchel-card serve --card FILE");
    }

    fn as_json(&self) -> serde_json::Value {
        let operators: Vec<_> = self
            .operators
            .iter()
            .map(|operator| json!({ "name": operator.name, "pin": operator.pin, "card": operator.card }))
            .collect();
        json!({
            "terminal": TERMINAL.get(),
            "file": self.file,
            "file_bytes": self.bytes,
            "set_up_code": self.code,
            "qr_code": self.qr_code,
            "operators": operators,
            "members": self.members,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_opens_with_its_code_and_its_cards_live() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("till.setup");
        let written = provision(&file).expect("written");
        let code = SetUpCode::parse(&written.code).expect("a code");
        let set_up = SetUp::from_file(&fs::read(&file).expect("it is there"), &code).expect("its own code");
        assert_eq!((set_up.terminal, set_up.packages.len()), (TERMINAL, 5));
        assert_eq!(set_up.pin_cost, PinCost::SERVICE);
        assert!(fs::read_to_string(&written.qr_code).expect("it is there").contains("<svg"));
        let cards: Vec<_> = written.operators.iter().map(|operator| &operator.card).chain(&written.members).collect();
        assert_eq!(cards.len(), 5);
        for path in cards {
            let mut card = Card::open_durable(path, blank_config(0)).expect("a card");
            assert_ne!(*card.uid(), blank_config(0).uid, "the file's own card");
            assert_eq!(card.transmit(&[0x90, 0x60, 0, 0, 0])[7..], [0x91, 0xAF]);
        }
    }

    #[test]
    fn every_time_is_another_enterprise() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("till.setup");
        let first = provision(&file).expect("written");
        let bytes = fs::read(&file).expect("it is there");
        let second = provision(&file).expect("written over it");
        assert_ne!(first.code, second.code);
        assert_ne!(bytes, fs::read(&file).expect("it is there"));
    }
}
