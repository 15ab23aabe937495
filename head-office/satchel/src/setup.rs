//! Founding, officers, terminals, packages.

use crate::at::{At, Login, password, rng};
use crate::write;
use anyhow::{Context, bail};
use clap::Args;
use console::style;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use satchel_key_house::{Backend, Cost, Entrusted, KeyStore, TmacMasters, TokenAddress, TokenPins};
use satchel_keys::{EnterpriseId, PinCost};
use satchel_office::{Charter, Duty, NewOfficer};
use satchel_values::{Currency, Money};
use std::path::PathBuf;
use zeroize::Zeroizing;

#[derive(Args)]
pub struct Found {
    /// The chain's name.
    #[arg(long)]
    chain: String,
    /// Eight letters or digits that keys and cards carry for ever.
    #[arg(long)]
    enterprise: String,
    /// The currency of the purses.
    #[arg(long, default_value = "EUR")]
    currency: String,
    /// Digits of the currency after the point.
    #[arg(long, default_value_t = 2)]
    exponent: u8,
    /// What every card number begins with.
    #[arg(long, default_value_t = 27)]
    card_prefix: u32,
    /// The most a purse may ever hold, in minor units.
    #[arg(long, default_value_t = 50_000)]
    purse_max: i64,
    /// The administrator's login.
    #[arg(long)]
    administrator: String,
    /// The logins of two key officers, who open the key stores.
    #[arg(long, num_args = 2, required = true)]
    key_officers: Vec<String>,
    /// A security module's library; without it, keys are in the key store's file.
    #[arg(long, requires = "token_desk", requires = "token_control")]
    pkcs11: Option<String>,
    /// The label of the token for the masters.
    #[arg(long)]
    token_desk: Option<String>,
    /// The label of the token for the control key.
    #[arg(long)]
    token_control: Option<String>,
}

#[derive(Args)]
pub struct Appoint {
    #[command(flatten)]
    by: Login,
    /// The new officer's login.
    new: String,
    /// Their name.
    #[arg(long)]
    name: String,
    /// Their duty: administrator, key-officer, issuer, member-service, operations, set-up, auditor.
    #[arg(long)]
    duty: String,
    /// The language they read: en, zh, de, es, ar.
    #[arg(long, default_value = "en")]
    language: String,
}

#[derive(Args)]
pub struct Enrol {
    #[command(flatten)]
    by: Login,
    /// The terminal's number.
    terminal: u32,
    /// Where its set-up file goes.
    #[arg(long)]
    out: PathBuf,
}

#[derive(Args)]
pub struct Admit {
    #[command(flatten)]
    by: Login,
    /// The terminal's number.
    terminal: u32,
    /// Where the file goes.
    #[arg(long)]
    out: PathBuf,
    /// Where its code goes (SVG), for the device to scan.
    #[arg(long)]
    code: Option<PathBuf>,
}

/// The passwords of the first three come from SATCHEL_PASSWORD, SATCHEL_PASSWORD_2 and SATCHEL_PASSWORD_3, in the order of
/// administrator and key officers, or are asked for.
pub fn found(at: &At, options: &Found) -> anyhow::Result<()> {
    let enterprise: [u8; 8] = options
        .enterprise
        .as_bytes()
        .try_into()
        .ok()
        .filter(|bytes: &[u8; 8]| bytes.iter().all(u8::is_ascii_alphanumeric))
        .context("the enterprise is eight letters or digits, such as MARKET01")?;
    let charter = Charter {
        chain: options.chain.clone(),
        enterprise: EnterpriseId::new(enterprise),
        currency: Currency::new(&options.currency, options.exponent)?,
        card_prefix: options.card_prefix,
        purse_max: Money::new(options.purse_max),
    };
    let [one, other] = options.key_officers.as_slice() else { bail!("two key officers are needed") };
    let admin_password = password(&options.administrator, "SATCHEL_PASSWORD")?;
    let entrusted = [
        Entrusted { login: one.clone(), password: password(one, "SATCHEL_PASSWORD_2")? },
        Entrusted { login: other.clone(), password: password(other, "SATCHEL_PASSWORD_3")? },
    ];
    for file in [&at.keys, &at.tmac] {
        if file.exists() {
            bail!("{} is there already: nothing was founded", file.display());
        }
    }
    let mut rng = rng()?;
    let cost = if at.trial { Cost::TEST } else { Cost::SERVICE };
    let backend = backend(options)?;
    let office = at.office()?;
    office.found(&charter)?;
    let admin = NewOfficer {
        login: &options.administrator,
        name: &options.administrator,
        password: &admin_password,
        duty: Duty::Administrator,
        language: "en",
    };
    office.appoint(None, &admin, &mut rng)?;
    let by = satchel_office::Actor { login: options.administrator.clone(), duty: Duty::Administrator };
    for officer in &entrusted {
        let new = NewOfficer {
            login: &officer.login,
            name: &officer.login,
            password: &officer.password,
            duty: Duty::KeyOfficer,
            language: "en",
        };
        office.appoint(Some(&by), &new, &mut rng)?;
    }
    KeyStore::found(&at.keys, charter.enterprise, &backend, &entrusted, cost, &mut rng)?;
    TmacMasters::found(&at.tmac, &entrusted, cost, &mut rng)?;
    println!("{} is founded. Next: satchel keys ceremony", style(&options.chain).bold());
    Ok(())
}

fn backend(options: &Found) -> anyhow::Result<Backend> {
    let (Some(module), Some(desk), Some(control)) = (&options.pkcs11, &options.token_desk, &options.token_control)
    else {
        return Ok(Backend::File);
    };
    let address = TokenAddress { module: module.clone(), desk: desk.clone(), control: control.clone() };
    let pins = TokenPins { desk: password(desk, "SATCHEL_PIN")?, control: password(control, "SATCHEL_PIN_2")? };
    Ok(Backend::Token(address, pins))
}

pub fn appoint(at: &At, options: &Appoint) -> anyhow::Result<()> {
    let office = at.office()?;
    let by = at.officer(&office, &options.by)?;
    let duty = Duty::parse(&options.duty).with_context(|| format!("'{}' is no duty", options.duty))?;
    let first: Zeroizing<String> = password(&options.new, "SATCHEL_NEW_PASSWORD")?;
    let new =
        NewOfficer { login: &options.new, name: &options.name, password: &first, duty, language: &options.language };
    office.appoint(Some(&by.actor), &new, &mut rng()?)?;
    if matches!(duty, Duty::Issuer | Duty::Operations | Duty::SetUp) {
        println!(
            "{} is appointed. Two key officers let them open the key store: satchel keys admit {}",
            new.login, new.login
        );
    }
    Ok(())
}

pub fn enrol(at: &At, options: &Enrol) -> anyhow::Result<()> {
    let office = at.office()?;
    let by = at.officer(&office, &options.by)?;
    let desk = at.desk(&by)?;
    let enrolled = office.enrol(&by.actor, &desk, options.terminal, pin_cost(at), &mut rng()?)?;
    write(&options.out, &enrolled.file)?;
    println!("{} {}", style("set-up file").bold(), options.out.display());
    println!("{} {}", style("set-up code").bold(), style(&enrolled.code).green().bold());
    println!("Send the code apart from the file: whoever has both has the terminal.");
    Ok(())
}

pub fn admit(at: &At, options: &Admit) -> anyhow::Result<()> {
    let office = at.office()?;
    let by = at.officer(&office, &options.by)?;
    let desk = at.desk(&by)?;
    let admission = office.admit(&by.actor, &desk, options.terminal, pin_cost(at), &mut rng()?)?;
    write(&options.out, &admission.file)?;
    println!("terminal {} is admitted by {}; it serves no other device", options.terminal, options.out.display());
    if let Some(code) = &options.code {
        match &admission.code {
            Some(text) => {
                let picture = QrCode::with_error_correction_level(text, EcLevel::L)?;
                write(code, picture.render::<svg::Color<'_>>().min_dimensions(900, 900).build().as_bytes())?;
                println!("or let it scan {}", code.display());
            }
            None => println!("that is too much for one code ({} bytes): carry the file", admission.file.len()),
        }
    }
    Ok(())
}

pub fn publish(at: &At, login: &Login) -> anyhow::Result<()> {
    let office = at.office()?;
    let by = at.officer(&office, login)?;
    let desk = at.desk(&by)?;
    let count = office.publish(&by.actor, &desk)?;
    println!("{count} drafts are in force; program, operators and block list are signed");
    Ok(())
}

/// What PINs of operators' cards cost.
pub fn pin_cost(at: &At) -> PinCost {
    if at.trial { PinCost::TEST } else { PinCost::SERVICE }
}
