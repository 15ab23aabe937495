//! What a terminal keeps on its device.
//!
//! ```text
//! device.cbor           the terminal's number, and its secrets under the device's seal
//! packages/NAME.signed  the newest package of each kind, signed
//! enrolment.cbor        the invitation that was answered, and the secrets made for it, under the device's seal
//! catalogue.bin         the catalogue as it came, until the counter has taken it in
//! journal.db            the journal
//! members.db            the members' personal data
//! ```
//!
//! Every file is written whole beside its place, synced and renamed, so that a power loss leaves the old one or the new
//! one. `device.cbor` comes last: before it is there, nothing is set up.

use crate::enrolment::{Admitted, Answer, Invitation};
use crate::setup::secret_bytes;
use crate::{DeviceError, Secrets, SetUp};
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use satchel_journal::{Journal, JournalError, Members};
use satchel_keys::{KeyRing, KeySeal, PinCost};
use satchel_packages::{Kind, OfficePublicKey, Signed};
use satchel_terminal::{Refusal, Setup, Terminal};
use satchel_values::{Clock, Sequence, TerminalId};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const DEVICE: &str = "device.cbor";
const ENROLMENT: &str = "enrolment.cbor";
const WHAT: &str = "what this device keeps of its set-up";
const VERSION: u8 = 1;
/// Bytes of `device.cbor` at most.
const DEVICE_MOST: u64 = 64 * 1024;
/// In the order in which a terminal puts them to use: what the others are judged by comes first.
const KINDS: [(Kind, &str); 5] = [
    (Kind::Profile, "profile"),
    (Kind::Operators, "operators"),
    (Kind::Program, "program"),
    (Kind::BlockList, "block-list"),
    (Kind::KeyBundle, "key-bundle"),
];

/// Whether a folder is a real terminal's or a training one's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Money.
    Service,
    /// No money.
    Training,
}

/// A terminal's folder.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
    mode: Mode,
}

/// `device.cbor`: who this is, and what only the device's seal opens.
#[derive(Encode, Decode)]
struct Device {
    #[n(0)]
    version: u8,
    #[n(1)]
    terminal: TerminalId,
    #[cbor(n(2), with = "minicbor::bytes")]
    sealed: Vec<u8>,
}

/// What the seal keeps. Head office's key and the cost of a PIN are no secrets, but nobody may exchange them.
#[derive(Encode, Decode)]
struct Kept {
    #[n(0)]
    terminal: TerminalId,
    #[n(1)]
    secrets: Secrets,
    #[cbor(n(2), with = "minicbor::bytes")]
    office: [u8; 32],
    #[n(3)]
    pin_cost: PinCost,
}

/// `enrolment.cbor`, inside its seal.
#[derive(Encode, Decode)]
struct Enrolling {
    #[n(0)]
    version: u8,
    #[n(1)]
    invitation: Invitation,
    #[n(2)]
    secrets: Secrets,
}

impl Folder {
    /// A folder of this path, there or not.
    pub fn new(path: impl Into<PathBuf>, mode: Mode) -> Self {
        Self { path: path.into(), mode }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a real terminal's or a training one's.
    pub const fn mode(&self) -> Mode {
        self.mode
    }

    /// Whether a terminal is set up in it.
    pub fn is_set_up(&self) -> bool {
        self.path.join(DEVICE).exists()
    }

    /// Sets the terminal up, or the same terminal once more: newer packages replace those that are there.
    ///
    /// Another terminal than the one that is there is refused, because its journal would be lost.
    pub fn set_up(&self, set_up: &SetUp, seal: &dyn KeySeal, rng: &mut dyn CryptoRng) -> Result<(), DeviceError> {
        self.check_mode(set_up.terminal)?;
        match self.device() {
            Ok(device) if device.terminal != set_up.terminal => {
                return Err(DeviceError::AlreadySetUp(device.terminal));
            }
            Ok(_) | Err(DeviceError::NotSetUp | DeviceError::Damaged { .. }) => {}
            Err(error) => return Err(error),
        }
        self.check_journal(set_up)?;
        let kept = Kept {
            terminal: set_up.terminal,
            secrets: set_up.secrets.copied(),
            office: set_up.office.0,
            pin_cost: set_up.pin_cost,
        };
        let sealed = seal.seal(&secret_bytes(&kept), rng)?;
        fs::create_dir_all(self.path.join("packages"))?;
        for package in &set_up.packages {
            self.keep(package)?;
        }
        if let Some(catalogue) = &set_up.catalogue {
            write_whole(&self.catalogue_path(), catalogue)?;
        }
        let device = Device { version: VERSION, terminal: set_up.terminal, sealed };
        write_whole(&self.path.join(DEVICE), &minicbor::to_vec(&device).expect("encoding into memory cannot fail"))?;
        log::info!("{} is set up with {} packages", set_up.terminal, set_up.packages.len());
        Ok(())
    }

    /// Answers an invitation. The secrets are made and kept here before anything is said; the same invitation is answered
    /// alike however often it is asked. A terminal that is set up already keeps its secrets, and its journal with them.
    ///
    /// # Errors
    /// This device is another terminal; or its seal or storage fails.
    pub fn answer(
        &self,
        invitation: &Invitation,
        seal: &dyn KeySeal,
        rng: &mut dyn CryptoRng,
    ) -> Result<Answer, DeviceError> {
        self.check_mode(invitation.terminal)?;
        if let Some(enrolling) = self.enrolling(seal).ok().flatten().filter(|kept| kept.invitation == *invitation) {
            return Ok(invitation.answer(&enrolling.secrets));
        }
        let secrets = match self.unsealed(seal) {
            Ok(kept) if kept.terminal == invitation.terminal => kept.secrets,
            Ok(kept) => return Err(DeviceError::AlreadySetUp(kept.terminal)),
            Err(DeviceError::NotSetUp | DeviceError::Damaged { .. }) => Secrets::generate(&KeyRing::new(), rng),
            Err(error) => return Err(error),
        };
        let answer = invitation.answer(&secrets);
        let enrolling = Enrolling { version: VERSION, invitation: invitation.clone(), secrets };
        let sealed = seal.seal(&secret_bytes(&enrolling), rng)?;
        fs::create_dir_all(&self.path)?;
        write_whole(&self.path.join(ENROLMENT), &sealed)?;
        Ok(answer)
    }

    /// The invitation that was answered and is still open, with the answer.
    ///
    /// # Errors
    /// The seal or the storage fails.
    pub fn answered(&self, seal: &dyn KeySeal) -> Result<Option<(Invitation, Answer)>, DeviceError> {
        let enrolling = self.enrolling(seal)?;
        Ok(enrolling.map(|kept| {
            let answer = kept.invitation.answer(&kept.secrets);
            (kept.invitation, answer)
        }))
    }

    /// Sets the terminal up with what head office sent to its answer: a file, or the text of a QR code.
    ///
    /// # Errors
    /// It belongs to another invitation, is damaged or not head office's; or as [`Folder::set_up`].
    pub fn admit(&self, file: &[u8], seal: &dyn KeySeal, rng: &mut dyn CryptoRng) -> Result<(), DeviceError> {
        let enrolling = self.enrolling(seal)?.ok_or(DeviceError::NotInvited)?;
        let set_up = Admitted::set_up(file, &enrolling.invitation, &enrolling.secrets)?;
        self.set_up(&set_up, seal, rng)?;
        match fs::remove_file(self.path.join(ENROLMENT)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn enrolling(&self, seal: &dyn KeySeal) -> Result<Option<Enrolling>, DeviceError> {
        let Some(sealed) = read(&self.path.join(ENROLMENT))? else { return Ok(None) };
        let bytes = seal.unseal(&sealed)?;
        let damaged = |why: String| DeviceError::damaged("the answered invitation", why);
        let enrolling: Enrolling = minicbor::decode(&bytes).map_err(|error| damaged(error.to_string()))?;
        if enrolling.version == VERSION { Ok(Some(enrolling)) } else { Err(damaged("of another version".to_owned())) }
    }

    /// Keeps a signed package for the next start, unless a newer one is kept. Whether it is put to use is the
    /// terminal's to say.
    pub fn keep(&self, package: &Signed) -> Result<(), DeviceError> {
        match self.kept(package.kind()) {
            Ok(Some(kept)) if kept.version() > package.version() => Ok(()),
            Ok(_) | Err(DeviceError::Damaged { .. }) => {
                Ok(write_whole(&self.package_path(package.kind()), &package.to_bytes())?)
            }
            Err(error) => Err(error),
        }
    }

    /// Starts the terminal.
    ///
    /// A package that is missing, damaged or refused does not keep it from starting: the journal can be read and the
    /// shift closed, and what relies on the package is refused by its name.
    pub fn start(
        &self,
        seal: &dyn KeySeal,
        clock: Box<dyn Clock>,
        rng: Box<dyn CryptoRng + Send>,
    ) -> Result<Terminal, DeviceError> {
        let kept = self.unsealed(seal)?;
        let journal = Journal::open(&self.journal_path(), kept.terminal, kept.secrets.journal())?;
        let mut terminal = Terminal::start(Setup {
            journal,
            members: Members::open(&self.path.join("members.db"))?,
            sign_on_keys: kept.secrets.sign_on()?,
            pin_cost: kept.pin_cost,
            secret: kept.secrets.bundle(),
            office: OfficePublicKey(kept.office),
            clock,
            rng,
        })?;
        for (kind, _) in KINDS {
            match self.kept(kind) {
                Ok(Some(package)) => put_to_use(&mut terminal, &package)?,
                Ok(None) => log::warn!("no {kind} is kept here"),
                Err(error) => log::error!("{error}"),
            }
        }
        Ok(terminal)
    }

    /// Where a catalogue waits that came and was not taken in yet; whoever takes it in removes it.
    pub fn catalogue_path(&self) -> PathBuf {
        self.path.join("catalogue.bin")
    }

    /// Writes every entry of the journal that can still be read as a line of text, even of a damaged one. Returns how
    /// many, and the first number that cannot be read.
    pub fn export_journal(&self, to: &Path) -> Result<(u64, Option<Sequence>), DeviceError> {
        let mut file = File::create(to)?;
        let exported = Journal::export(&self.journal_path(), &mut file)?;
        file.sync_all()?;
        Ok(exported)
    }

    /// Where the journal is.
    pub fn journal_path(&self) -> PathBuf {
        self.path.join("journal.db")
    }

    fn package_path(&self, kind: Kind) -> PathBuf {
        let name = KINDS.iter().find(|(known, _)| *known == kind).map_or("unknown", |(_, name)| name);
        self.path.join("packages").join(format!("{name}.signed"))
    }

    fn kept(&self, kind: Kind) -> Result<Option<Signed>, DeviceError> {
        let Some(bytes) = read(&self.package_path(kind))? else { return Ok(None) };
        match Signed::from_bytes(&bytes) {
            Ok(package) if package.kind() == kind => Ok(Some(package)),
            Ok(_) => Err(DeviceError::damaged("a package", format!("the {kind} is another kind"))),
            Err(error) => Err(DeviceError::damaged("a package", format!("the {kind}: {error}"))),
        }
    }

    fn device(&self) -> Result<Device, DeviceError> {
        let path = self.path.join(DEVICE);
        if fs::metadata(&path).is_ok_and(|metadata| metadata.len() > DEVICE_MOST) {
            return Err(DeviceError::damaged(WHAT, "it is too large"));
        }
        let bytes = read(&path)?.ok_or(DeviceError::NotSetUp)?;
        let device: Device = minicbor::decode(&bytes).map_err(|error| DeviceError::damaged(WHAT, error.to_string()))?;
        match device.version {
            VERSION => Ok(device),
            0 => Err(DeviceError::damaged(WHAT, "it has no version")),
            version => Err(DeviceError::NewerVersion { what: WHAT, version }),
        }
    }

    fn unsealed(&self, seal: &dyn KeySeal) -> Result<Kept, DeviceError> {
        let device = self.device()?;
        self.check_mode(device.terminal)?;
        let kept: Kept = minicbor::decode(&seal.unseal(&device.sealed)?)
            .map_err(|error| DeviceError::damaged(WHAT, error.to_string()))?;
        if kept.terminal != device.terminal {
            return Err(DeviceError::damaged(WHAT, "it names two terminals"));
        }
        Ok(kept)
    }

    fn check_mode(&self, terminal: TerminalId) -> Result<(), DeviceError> {
        match (self.mode, terminal.is_training()) {
            (Mode::Service, false) | (Mode::Training, true) => Ok(()),
            _ => Err(DeviceError::OtherMode(terminal)),
        }
    }

    /// A journal that is there already must be this terminal's, with this key.
    fn check_journal(&self, set_up: &SetUp) -> Result<(), DeviceError> {
        if !self.journal_path().exists() {
            return Ok(());
        }
        match Journal::open(&self.journal_path(), set_up.terminal, set_up.secrets.journal()) {
            Ok(_) => Ok(()),
            Err(JournalError::OtherTerminal(terminal)) => Err(DeviceError::AlreadySetUp(terminal)),
            Err(JournalError::OtherKey) => Err(DeviceError::AlreadySetUp(set_up.terminal)),
            Err(error) => Err(error.into()),
        }
    }
}

/// Installs a package that was kept. Only what is the terminal's own fault stops the start.
fn put_to_use(terminal: &mut Terminal, package: &Signed) -> Result<(), Refusal> {
    match terminal.install(package) {
        Err(Refusal::Package(error)) => {
            log::error!("{error}");
            Ok(())
        }
        other => other,
    }
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, DeviceError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Writes a file so that a loss of power leaves the old one or the new one.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("new");
    let mut file = File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
