//! Where head office is, and who acts.

use anyhow::Context;
use clap::Args;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use satchel_key_house::{Desk, Entrusted, KeyStore, VerifierClient};
use satchel_office::{Actor, Office};
use satchel_store::{Database, DatabaseSpec};
use satchel_values::{Clock, Timestamp};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use zeroize::Zeroizing;

/// Where everything is.
#[derive(Args)]
pub struct At {
    /// The database: a file, or postgres://USER@HOST/NAME.
    #[arg(long, global = true, env = "SATCHEL_DATABASE", default_value = "satchel.db")]
    pub database: String,
    /// The key store's file.
    #[arg(long, global = true, env = "SATCHEL_KEYS", default_value = "keys.safe")]
    pub keys: PathBuf,
    /// The verifier's own key store.
    #[arg(long, global = true, env = "SATCHEL_TMAC", default_value = "tmac.safe")]
    pub tmac: PathBuf,
    /// The verifier's socket.
    #[arg(long, global = true, env = "SATCHEL_VERIFIER", default_value = "verifier.socket")]
    pub verifier: PathBuf,
    /// Low costs of passwords and PINs. For trying out and for tests, never for service.
    #[arg(long, global = true, env = "SATCHEL_TRIAL", hide = true)]
    pub trial: bool,
}

/// Who acts. The password comes from SATCHEL_PASSWORD, or is asked for.
#[derive(Args)]
pub struct Login {
    /// The officer's login.
    #[arg(long, env = "SATCHEL_LOGIN")]
    pub login: String,
    /// The code, for officers who have one.
    #[arg(long)]
    pub code: Option<String>,
}

/// Two officers who act together. The second's password comes from SATCHEL_PASSWORD_2, or is asked for.
#[derive(Args)]
pub struct TwoLogins {
    #[command(flatten)]
    pub first: Login,
    /// The second officer's login.
    #[arg(long, env = "SATCHEL_LOGIN_2")]
    pub with: String,
    /// The second officer's code.
    #[arg(long)]
    pub with_code: Option<String>,
}

/// An officer whose password was right.
pub struct Officer {
    pub actor: Actor,
    pub entrusted: Entrusted,
}

struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
        Timestamp::from_ms(i64::try_from(since).unwrap_or(i64::MAX))
    }
}

impl At {
    pub fn office(&self) -> anyhow::Result<Office> {
        let spec: DatabaseSpec = self.database.parse().expect("every text names a database");
        let database = Database::open(&spec).context("opening the database")?;
        Ok(Office::new(database, Arc::new(SystemClock)))
    }

    pub fn officer(&self, office: &Office, login: &Login) -> anyhow::Result<Officer> {
        checked(office, &login.login, login.code.as_deref(), password(&login.login, "SATCHEL_PASSWORD")?)
    }

    pub fn two(&self, office: &Office, logins: &TwoLogins) -> anyhow::Result<(Officer, Officer)> {
        let first = self.officer(office, &logins.first)?;
        let second = password(&logins.with, "SATCHEL_PASSWORD_2")?;
        Ok((first, checked(office, &logins.with, logins.with_code.as_deref(), second)?))
    }

    pub fn desk(&self, officer: &Officer) -> anyhow::Result<Desk> {
        Ok(KeyStore::open(&self.keys)?.sign_on(&officer.entrusted)?)
    }

    pub fn verifier(&self) -> anyhow::Result<VerifierClient> {
        Ok(VerifierClient::connect(&self.verifier)?)
    }
}

fn checked(office: &Office, login: &str, code: Option<&str>, password: Zeroizing<String>) -> anyhow::Result<Officer> {
    let officer = office.check_password(login, &password, code)?;
    let actor = Actor { login: officer.login.clone(), duty: officer.duty };
    Ok(Officer { actor, entrusted: Entrusted { login: officer.login, password } })
}

/// From the environment, or asked for where a person is.
pub fn password(login: &str, variable: &str) -> anyhow::Result<Zeroizing<String>> {
    secret(&format!("Password of {login}"), variable)
}

/// The same for any secret.
pub fn secret(prompt: &str, variable: &str) -> anyhow::Result<Zeroizing<String>> {
    if let Ok(given) = std::env::var(variable) {
        return Ok(Zeroizing::new(given));
    }
    let typed = dialoguer::Password::new().with_prompt(prompt).interact();
    Ok(Zeroizing::new(typed.with_context(|| format!("set {variable}, or begin at a terminal"))?))
}

/// From the system's randomness.
pub fn rng() -> anyhow::Result<ChaCha20Rng> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *seed).map_err(|error| anyhow::anyhow!("the system gives no randomness: {error}"))?;
    Ok(ChaCha20Rng::from_seed(*seed))
}
