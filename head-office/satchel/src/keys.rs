//! The control key: made, recovered, brought in, retired; and the verifier.

use crate::at::{At, Login, TwoLogins, password, rng};
use crate::write;
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use console::style;
use jiff::ZonedDateTime;
use satchel_key_house::{
    Component, Entrusted, Gathering, KeyHouseError, KeyStore, Share, Sheet, TmacMasters, assemble, recover, sheet,
};
use satchel_keys::{ControlKey, KeyVersion};
use satchel_office::{Office, VersionState};
use std::path::PathBuf;
use zeroize::Zeroizing;

#[derive(Subcommand)]
pub enum Keys {
    /// Makes a control key from what its custodians contribute, and a sheet for each of them.
    Ceremony(CeremonyOptions),
    /// Brings a control key back from its shares, into a key store that lost it.
    Recover(RecoverOptions),
    /// Brings in a control key that exists, by its components.
    Import(ImportOptions),
    /// Says which versions there are, and how far cards have moved.
    Status,
    /// Retires a version: no card can be used with it any more.
    Retire(RetireOptions),
    /// Takes a role's masters from every terminal, for one that others may know.
    RevokeRole(RevokeOptions),
    /// Lets an officer open the key store.
    Admit(AdmitOptions),
    /// Lets an officer open the key store no more.
    Dismiss(AdmitOptions),
}

#[derive(Args)]
pub struct CeremonyOptions {
    #[command(flatten)]
    by: TwoLogins,
    /// The custodians' names.
    #[arg(long, num_args = 2..=16, required = true)]
    custodians: Vec<String>,
    /// How many of them open the key.
    #[arg(long)]
    threshold: u8,
    /// Where the sheets go. Print them, then wipe the folder.
    #[arg(long)]
    sheets: PathBuf,
    /// A file a custodian, in their order, instead of asking each: for a machine that throws the dice.
    #[arg(long, num_args = 2..=16)]
    contributions: Vec<PathBuf>,
}

#[derive(Args)]
pub struct RecoverOptions {
    #[command(flatten)]
    by: TwoLogins,
    /// The version to bring back.
    #[arg(long)]
    version: u8,
    /// Files with the text of a share's code each; without them each is asked for.
    #[arg(long, num_args = 2..=16)]
    shares: Vec<PathBuf>,
}

#[derive(Args)]
pub struct ImportOptions {
    #[command(flatten)]
    by: TwoLogins,
    /// How many components there are.
    #[arg(long, default_value_t = 3)]
    components: u8,
    /// The check value of the key.
    #[arg(long)]
    kcv: String,
}

#[derive(Args)]
pub struct RetireOptions {
    #[command(flatten)]
    by: TwoLogins,
    /// The version.
    version: u8,
    /// Even if cards in use still carry it.
    #[arg(long)]
    accept_loss: bool,
}

#[derive(Args)]
pub struct RevokeOptions {
    #[command(flatten)]
    by: TwoLogins,
    /// The role: inquiry, sale, load, reversal.
    role: String,
    /// Why.
    #[arg(long)]
    why: String,
}

#[derive(Args)]
pub struct AdmitOptions {
    #[command(flatten)]
    by: TwoLogins,
    /// Who.
    officer: String,
}

#[derive(Args)]
pub struct VerifierOptions {
    #[command(flatten)]
    by: Login,
}

pub fn run(at: &At, command: Keys) -> anyhow::Result<()> {
    match command {
        Keys::Ceremony(options) => ceremony(at, &options),
        Keys::Recover(options) => recovery(at, &options),
        Keys::Import(options) => import(at, &options),
        Keys::Status => status(at),
        Keys::Retire(options) => retire(at, &options),
        Keys::RevokeRole(options) => revoke_role(at, &options),
        Keys::Admit(options) => admit(at, &options, true),
        Keys::Dismiss(options) => admit(at, &options, false),
    }
}

fn ceremony(at: &At, options: &CeremonyOptions) -> anyhow::Result<()> {
    let office = at.office()?;
    let (one, other) = at.two(&office, &options.by)?;
    let mut gathering = Gathering::new();
    for (place, custodian) in options.custodians.iter().enumerate() {
        gathering.contribute(custodian, contribution(custodian, options.contributions.get(place))?)?;
    }
    let version = next_version(&office)?;
    let mut rng = rng()?;
    let made = gathering.make(version, options.threshold, &mut rng)?;
    // The sheets first: a key that is in use and on no sheet could be lost for ever.
    let charter = office.charter()?;
    let day = ZonedDateTime::now().strftime("%-d %B %Y").to_string();
    for (custodian, share) in &made.shares {
        let about =
            Sheet { chain: &charter.chain, enterprise: charter.enterprise, custodian, day: &day, kcv: made.key.kcv() };
        write(&options.sheets.join(format!("share-{}.html", share.number)), sheet(&about, share).as_bytes())?;
    }
    let shares: Vec<_> = made.shares.iter().map(|(name, share)| (name.clone(), share.commitment())).collect();
    let by = (&one.actor, &other.actor);
    office.begin_ceremony(by, version, made.key.kcv(), options.threshold, &shares)?;
    install(at, (&one.entrusted, &other.entrusted), &made.key).with_context(|| {
        format!("the sheets are good: satchel keys recover --version {} goes on from them", version.get())
    })?;
    office.end_ceremony(by, version)?;
    println!("control key version {}, check value {}", version.get(), style(hex::encode_upper(made.key.kcv())).bold());
    println!("{} sheets are in {}: print them, seal them, wipe the folder", shares.len(), options.sheets.display());
    Ok(())
}

fn contribution(custodian: &str, file: Option<&PathBuf>) -> anyhow::Result<Zeroizing<Vec<u8>>> {
    if let Some(file) = file {
        return Ok(Zeroizing::new(std::fs::read(file).with_context(|| format!("reading {}", file.display()))?));
    }
    let typed = dialoguer::Password::new()
        .with_prompt(format!(
            "{custodian}: throw a die 50 times and type what it shows, or type anything nobody can know"
        ))
        .interact()?;
    Ok(Zeroizing::new(typed.into_bytes()))
}

fn next_version(office: &Office) -> anyhow::Result<KeyVersion> {
    let versions = office.key_versions()?;
    if let Some(begun) = versions.iter().find(|row| row.state == VersionState::Making) {
        let version = begun.version.get();
        bail!(
            "version {version} was begun and not finished: satchel keys recover --version {version} goes on from its sheets"
        );
    }
    let last = versions.first().map_or(0, |row| row.version.get());
    last.checked_add(1).and_then(KeyVersion::new).context("there were 255 versions: no more can be told apart")
}

/// Into the key store, and the transaction MAC's master into the verifier's.
fn install(at: &At, by: (&Entrusted, &Entrusted), key: &ControlKey) -> anyhow::Result<()> {
    let mut rng = rng()?;
    let mut store = KeyStore::open(&at.keys)?;
    let opened = store.sign_on_two(by.0, by.1)?.install(key, &mut rng)?;
    TmacMasters::open(&at.tmac)?.hand_in(by, opened.tmac, &mut rng)?;
    Ok(())
}

fn recovery(at: &At, options: &RecoverOptions) -> anyhow::Result<()> {
    let office = at.office()?;
    let (one, other) = at.two(&office, &options.by)?;
    let version = KeyVersion::new(options.version).context("a version is 1 to 255")?;
    let commitments = office.commitments(version)?;
    if commitments.is_empty() {
        bail!("version {} has no shares on record", options.version);
    }
    let shares =
        if options.shares.is_empty() { typed_shares(&office, version)? } else { read_shares(&options.shares)? };
    let key = recover(&shares, &commitments)?;
    let by = (&one.actor, &other.actor);
    let row =
        office.key_versions()?.into_iter().find(|row| row.version == version).context("there is no such version")?;
    if row.kcv != key.kcv() {
        bail!("the shares give check value {}, not {}", hex::encode_upper(key.kcv()), hex::encode_upper(row.kcv));
    }
    let begun = row.state == VersionState::Making;
    match install(at, (&one.entrusted, &other.entrusted), &key) {
        // It got as far as the key store, and no further.
        Err(error) if begun && matches!(error.downcast_ref(), Some(KeyHouseError::VersionTaken(_))) => {
            let two = (&one.entrusted, &other.entrusted);
            let master = KeyStore::open(&at.keys)?.sign_on_two(two.0, two.1)?.tmac_master(version)?;
            TmacMasters::open(&at.tmac)?.hand_in(two, master, &mut rng()?)?;
        }
        other => other?,
    }
    if begun {
        office.end_ceremony(by, version)?;
    }
    office.record_use(by, version, "recovered from shares")?;
    println!("version {} is back, check value {}", version.get(), hex::encode_upper(key.kcv()));
    Ok(())
}

fn read_shares(files: &[PathBuf]) -> anyhow::Result<Vec<Share>> {
    let read = |file: &PathBuf| {
        let text =
            Zeroizing::new(std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?);
        Share::from_qr_text(&text).with_context(|| format!("reading {}", file.display()))
    };
    files.iter().map(read).collect()
}

fn typed_shares(office: &Office, version: KeyVersion) -> anyhow::Result<Vec<Share>> {
    let row =
        office.key_versions()?.into_iter().find(|row| row.version == version).context("there is no such version")?;
    let mut shares = Vec::new();
    while shares.len() < usize::from(row.threshold) {
        let which = format!("share {} of {}", shares.len() + 1, row.threshold);
        let code = dialoguer::Password::new()
            .with_prompt(format!("{which}: scan its code, or type its heading"))
            .interact()?;
        let code = Zeroizing::new(code);
        let read = if code.starts_with("SATCHEL") {
            Share::from_qr_text(&code)
        } else {
            let words = dialoguer::Password::new().with_prompt("its twelve words").interact()?;
            Share::from_words(&code, &Zeroizing::new(words))
        };
        match read {
            Ok(share) => shares.push(share),
            Err(error) => eprintln!("{error}"),
        }
    }
    Ok(shares)
}

fn import(at: &At, options: &ImportOptions) -> anyhow::Result<()> {
    let office = at.office()?;
    let (one, other) = at.two(&office, &options.by)?;
    let version = next_version(&office)?;
    let kcv = kcv(&options.kcv)?;
    let mut components = Vec::new();
    for number in 1..=options.components {
        let typed =
            dialoguer::Password::new().with_prompt(format!("component {number}, 32 hexadecimal digits")).interact()?;
        let typed = Zeroizing::new(typed);
        let mut bytes = Zeroizing::new([0; 16]);
        hex::decode_to_slice(typed.trim(), &mut *bytes).context("a component is 32 hexadecimal digits")?;
        let check: String = dialoguer::Input::new().with_prompt("its check value").interact_text()?;
        components.push(Component { bytes, kcv: self::kcv(&check)? });
    }
    let key = assemble(version, &components, kcv)?;
    office.begin_ceremony((&one.actor, &other.actor), version, key.kcv(), 0, &[])?;
    install(at, (&one.entrusted, &other.entrusted), &key)?;
    office.end_ceremony((&one.actor, &other.actor), version)?;
    println!("version {} is in, check value {}", version.get(), hex::encode_upper(key.kcv()));
    Ok(())
}

fn kcv(typed: &str) -> anyhow::Result<[u8; 3]> {
    let mut kcv = [0; 3];
    hex::decode_to_slice(typed.trim(), &mut kcv).context("a check value is six hexadecimal digits")?;
    Ok(kcv)
}

fn status(at: &At) -> anyhow::Result<()> {
    let office = at.office()?;
    for row in office.key_versions()? {
        println!(
            "version {:>3}  {}  {:<9} {} of {}  {:>9} cards",
            row.version.get(),
            hex::encode_upper(row.kcv),
            row.state.name(),
            row.threshold,
            row.custodians.len(),
            row.cards
        );
    }
    match office.rollover()? {
        Some(rollover) => println!("{} % of cards carry version {}", rollover.percent(), rollover.to.get()),
        None => println!("there is no control key yet: satchel keys ceremony"),
    }
    Ok(())
}

fn retire(at: &At, options: &RetireOptions) -> anyhow::Result<()> {
    let office = at.office()?;
    let (one, other) = at.two(&office, &options.by)?;
    let version = KeyVersion::new(options.version).context("a version is 1 to 255")?;
    office.record_retirement((&one.actor, &other.actor), version, options.accept_loss)?;
    let mut store = KeyStore::open(&at.keys)?;
    store.sign_on_two(&one.entrusted, &other.entrusted)?.retire(version, &mut rng()?)?;
    println!("version {} is retired", version.get());
    Ok(())
}

fn revoke_role(at: &At, options: &RevokeOptions) -> anyhow::Result<()> {
    let office = at.office()?;
    let (one, other) = at.two(&office, &options.by)?;
    let version = office.revoke_role((&one.actor, &other.actor), &options.role, &options.why)?;
    println!("no terminal gets the {} masters of version {} or before any more.", options.role, version.get());
    println!("Next: satchel keys ceremony, satchel issue move for the cards, satchel enrol for the terminals");
    Ok(())
}

fn admit(at: &At, options: &AdmitOptions, comes: bool) -> anyhow::Result<()> {
    let office = at.office()?;
    let (one, other) = at.two(&office, &options.by)?;
    let by = (&one.entrusted, &other.entrusted);
    let mut rng = rng()?;
    let mut store = KeyStore::open(&at.keys)?;
    let what = if comes {
        let first = password(&options.officer, "SATCHEL_NEW_PASSWORD")?;
        let newcomer = Entrusted { login: options.officer.clone(), password: first };
        store.safe().admit(by, &newcomer, &mut rng)?;
        "admitted to the key store"
    } else {
        store.safe().dismiss(by, &options.officer, &mut rng)?;
        "dismissed from the key store"
    };
    let current = office.key_versions()?.first().map(|row| row.version).or(KeyVersion::new(1)).context("no version")?;
    office.record_use((&one.actor, &other.actor), current, &format!("{} {what}", options.officer))?;
    println!("{} is {what}", options.officer);
    Ok(())
}

pub fn verifier(at: &At, options: &VerifierOptions) -> anyhow::Result<()> {
    let office = at.office()?;
    let officer = at.officer(&office, &options.by)?;
    let verifier = TmacMasters::open(&at.tmac)?.sign_on(&officer.entrusted)?;
    drop(office);
    eprintln!("the verifier answers at {}", at.verifier.display());
    verifier.serve(&at.verifier).with_context(|| format!("at {}", at.verifier.display()))
}
