use crate::office::Entry;
use crate::text::some_line;
use crate::{Actor, Duty, Office, OfficeError, Permission};
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use rand_core::CryptoRng;
use satchel_store::{Chain, Row, Work};
use satchel_values::Timestamp;
use sha2::{Digest, Sha256};
use totp_rs::{Algorithm as TotpAlgorithm, Builder};

/// Wrong tries before one has to wait, and for how long at most.
const FREE_TRIES: i64 = 5;
const WAIT_MOST_S: i64 = 15 * 60;
/// How long a session lives unused, and at most.
const IDLE_MS: i64 = 30 * 60 * 1_000;
const SESSION_MOST_MS: i64 = 12 * 60 * 60 * 1_000;
/// A password's letters at least.
const PASSWORD_LEAST: usize = 12;

/// Somebody who works at head office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Officer {
    /// How they sign on.
    pub login: String,
    /// Their name.
    pub name: String,
    /// Their duty.
    pub duty: Duty,
    /// The language they read: `en`, `zh`, `de`, `es`, `ar`.
    pub language: String,
    /// Whether they may sign on.
    pub active: bool,
    /// Whether signing on asks for a code besides.
    pub has_totp: bool,
    /// Who they are at terminals: the card of that person is their own.
    pub person: Option<u32>,
    /// Counts their changes.
    pub revision: i64,
}

/// Somebody to appoint.
pub struct NewOfficer<'n> {
    /// How they will sign on.
    pub login: &'n str,
    /// Their name.
    pub name: &'n str,
    /// Their first password.
    pub password: &'n str,
    /// Their duty.
    pub duty: Duty,
    /// The language they read.
    pub language: &'n str,
}

/// A session that was begun or goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedOn {
    /// Who.
    pub officer: Officer,
    /// What forms must carry.
    pub csrf: String,
}

impl SignedOn {
    /// As what they do things.
    pub fn actor(&self) -> Actor {
        Actor { login: self.officer.login.clone(), duty: self.officer.duty }
    }
}

const COLUMNS: &str = "login, name, role, language, active, totp IS NOT NULL, revision, person";

impl Office {
    /// Appoints somebody. The first, into an office without officers, needs no appointing actor.
    ///
    /// # Errors
    /// Not allowed, something typed cannot be, or there is such a login.
    pub fn appoint(
        &self,
        by: Option<&Actor>,
        new: &NewOfficer<'_>,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), OfficeError> {
        if let Some(actor) = by {
            self.allow(actor, Permission::Appoint, &format!("officer {}", new.login))?;
        }
        let login = some_line("login", new.login)?;
        if !login.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte)) {
            return Err(OfficeError::invalid("login", "small letters, digits, dots and hyphens only"));
        }
        let name = some_line("name", new.name)?;
        let password = hashed(new.password, rng)?;
        self.database.write(|work| {
            let first = work.row("SELECT login FROM officers LIMIT 1", &[])?.is_none();
            if by.is_none() && !first {
                return Err(OfficeError::State("this office has officers: one of them appoints others".to_owned()));
            }
            work.run(
                "INSERT INTO officers VALUES ($1, $2, $3, $4, NULL, $5, 1, NULL, 1)",
                &[(&login).into(), (&name).into(), (&password).into(), new.duty.name().into(), new.language.into()],
            )?;
            let who = by.map_or("system", |actor| actor.login.as_str());
            let entry = Entry::new(who, "officer.appointed", format!("officer {login}")).after(new.duty.name());
            entry.write(work, Chain::Audit, self.now())
        })
    }

    /// Whether a login and password belong together. Wrong tries are counted and slow down whoever guesses.
    ///
    /// # Errors
    /// They do not, or too many were wrong before.
    pub fn check_password(&self, login: &str, password: &str, code: Option<&str>) -> Result<Officer, OfficeError> {
        let now = self.now();
        let found = self.database.read(|work| -> Result<_, OfficeError> {
            let tries = work.row("SELECT tries, last_at FROM refused_logins WHERE login = $1", &[login.into()])?;
            if let Some(tries) = tries {
                let (wrong, last) = (tries.int(0)?, tries.int(1)?);
                let wait =
                    if wrong < FREE_TRIES { 0 } else { (1_i64 << (wrong - FREE_TRIES).min(20)).min(WAIT_MOST_S) };
                let left = wait - now.ms_since(Timestamp::from_ms(last)) / 1_000;
                if left > 0 {
                    return Err(OfficeError::Wait { seconds: left });
                }
            }
            let sql = format!("SELECT {COLUMNS}, password, totp FROM officers WHERE login = $1 AND active = 1");
            Ok(work.row(&sql, &[login.into()])?)
        })?;
        let right = match &found {
            // As long as for a true one, so that logins cannot be guessed by the clock.
            None => {
                verified(password, DUMMY);
                false
            }
            Some(row) => verified(password, &row.text(8)?) && code_fits(row.maybe_bytes(9)?, code, now),
        };
        self.database.write(|work| -> Result<(), OfficeError> {
            if right {
                work.run("DELETE FROM refused_logins WHERE login = $1", &[login.into()])?;
                return Ok(());
            }
            work.run(
                "INSERT INTO refused_logins VALUES ($1, 1, $2) ON CONFLICT (login) DO UPDATE SET \
                 tries = refused_logins.tries + 1, last_at = $2",
                &[login.chars().take(100).collect::<String>().into(), now.ms().into()],
            )?;
            let subject = format!("officer {}", login.chars().take(100).collect::<String>());
            Entry::new("nobody", "officer.wrong-password", subject).write(work, Chain::Audit, now)
        })?;
        match found {
            Some(row) if right => officer(&row),
            _ => Err(OfficeError::WrongLogin),
        }
    }

    /// Begins a session; gives its token, which only the browser keeps.
    ///
    /// # Errors
    /// As [`Office::check_password`].
    pub fn sign_on(
        &self,
        login: &str,
        password: &str,
        code: Option<&str>,
        rng: &mut dyn CryptoRng,
    ) -> Result<(String, SignedOn), OfficeError> {
        let officer = self.check_password(login, password, code)?;
        let (token, csrf) = (random(rng), random(rng));
        let now = self.now();
        self.database.write(|work| {
            work.run("DELETE FROM sessions WHERE started_at < $1", &[(now.ms() - SESSION_MOST_MS).into()])?;
            work.run(
                "INSERT INTO sessions VALUES ($1, $2, $3, $4, $4)",
                &[token_hash(&token).into(), login.into(), (&csrf).into(), now.ms().into()],
            )?;
            Entry::new(login, "officer.signed-on", format!("officer {login}")).write(work, Chain::Audit, now)
        })?;
        Ok((token, SignedOn { officer, csrf }))
    }

    /// The session of a token, if it goes on.
    ///
    /// # Errors
    /// The database fails.
    pub fn session(&self, token: &str) -> Result<Option<SignedOn>, OfficeError> {
        let now = self.now();
        let hash = token_hash(token);
        let sql = format!(
            "SELECT {COLUMNS}, csrf, started_at, seen_at FROM sessions JOIN officers USING (login) WHERE token_hash = $1 AND active = 1"
        );
        let found = self.database.read(|work| work.row(&sql, &[hash.into()]))?;
        let Some(row) = found else { return Ok(None) };
        let (started, seen) = (Timestamp::from_ms(row.int(9)?), Timestamp::from_ms(row.int(10)?));
        if now.ms_since(seen) > IDLE_MS || now.ms_since(started) > SESSION_MOST_MS {
            return Ok(None);
        }
        if now.ms_since(seen) > 60_000 {
            self.database.write(|work| {
                work.run("UPDATE sessions SET seen_at = $2 WHERE token_hash = $1", &[hash.into(), now.ms().into()])
            })?;
        }
        Ok(Some(SignedOn { officer: officer(&row)?, csrf: row.text(8)? }))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// The database fails.
    pub fn sign_off(&self, token: &str) -> Result<(), OfficeError> {
        self.database.write(|work| {
            work.run("DELETE FROM sessions WHERE token_hash = $1", &[token_hash(token).into()]).map(|_| ())
        })?;
        Ok(())
    }

    /// A token for a program, with the rights of the officer it is made for. It is shown once.
    ///
    /// # Errors
    /// Not allowed, or there is no such officer.
    pub fn make_api_token(
        &self,
        actor: &Actor,
        login: &str,
        label: &str,
        rng: &mut dyn CryptoRng,
    ) -> Result<String, OfficeError> {
        self.allow(actor, Permission::Appoint, &format!("officer {login}"))?;
        let label = some_line("label", label)?;
        let token = random(rng);
        self.database.write(|work| -> Result<(), OfficeError> {
            self.one_officer(work, login)?;
            work.run(
                "INSERT INTO api_tokens VALUES ($1, $2, $3, $4, 0)",
                &[token_hash(&token).into(), (&label).into(), login.into(), self.now().ms().into()],
            )?;
            let entry = Entry::new(&actor.login, "officer.api-token", format!("officer {login}")).after(&label);
            entry.write(work, Chain::Audit, self.now())
        })?;
        Ok(token)
    }

    /// As whom a program acts by its token.
    ///
    /// # Errors
    /// The database fails.
    pub fn api_actor(&self, token: &str) -> Result<Option<Actor>, OfficeError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM api_tokens JOIN officers USING (login) WHERE token_hash = $1 AND revoked = 0 AND active = 1"
        );
        let row = self.database.read(|work| work.row(&sql, &[token_hash(token).into()]))?;
        row.map(|row| officer(&row).map(|officer| Actor { login: officer.login, duty: officer.duty })).transpose()
    }

    /// All officers.
    ///
    /// # Errors
    /// The database fails.
    pub fn officers(&self) -> Result<Vec<Officer>, OfficeError> {
        let rows =
            self.database.read(|work| work.rows(&format!("SELECT {COLUMNS} FROM officers ORDER BY login"), &[]))?;
        rows.iter().map(officer).collect()
    }

    /// Lets somebody sign on no more, or again. Their sessions end at once.
    ///
    /// # Errors
    /// Not allowed, somebody else changed them meanwhile, or it is oneself.
    pub fn set_officer_active(
        &self,
        actor: &Actor,
        login: &str,
        active: bool,
        revision: i64,
    ) -> Result<(), OfficeError> {
        self.allow(actor, Permission::Appoint, &format!("officer {login}"))?;
        if actor.login == login {
            return Err(OfficeError::FourEyes);
        }
        self.database.write(|work| {
            work.change(
                "UPDATE officers SET active = $2, revision = revision + 1 WHERE login = $1 AND revision = $3",
                &[login.into(), active.into(), revision.into()],
            )?;
            work.run("DELETE FROM sessions WHERE login = $1", &[login.into()])?;
            let action = if active { "officer.readmitted" } else { "officer.dismissed" };
            Entry::new(&actor.login, action, format!("officer {login}")).write(work, Chain::Audit, self.now())
        })
    }

    /// Changes one's own password. Other sessions end.
    ///
    /// # Errors
    /// The old one is wrong, or the new one is too short.
    pub fn change_password(
        &self,
        login: &str,
        old: &str,
        new: &str,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), OfficeError> {
        let code_is_not_asked = self.database.read(|work| self.one_officer(work, login))?;
        if !verified(old, &code_is_not_asked.1) {
            return Err(OfficeError::WrongLogin);
        }
        let password = hashed(new, rng)?;
        self.database.write(|work| {
            work.change(
                "UPDATE officers SET password = $2, revision = revision + 1 WHERE login = $1",
                &[login.into(), (&password).into()],
            )?;
            work.run("DELETE FROM sessions WHERE login = $1", &[login.into()])?;
            Entry::new(login, "officer.password", format!("officer {login}")).write(work, Chain::Audit, self.now())
        })
    }

    /// A new secret for codes: what an officer's phone is told (`otpauth://…`). It is asked for once [`Office::confirm_totp`] has seen
    /// a code of it, so nobody shuts themselves out.
    ///
    /// # Errors
    /// There is no address for this login.
    pub fn new_totp(&self, login: &str, rng: &mut dyn CryptoRng) -> Result<(String, String), OfficeError> {
        let mut secret = vec![0; 20];
        rng.fill_bytes(&mut secret);
        let address = totp(&secret, login)?.to_url();
        let address = address.map_err(|error| OfficeError::invalid("login", error.to_string()))?;
        Ok((hex::encode(secret), address))
    }

    /// Asks an officer for a code besides the password from now on, if their phone shows the right one.
    ///
    /// # Errors
    /// The code is not one of this secret's.
    pub fn confirm_totp(&self, login: &str, secret: &str, code: &str) -> Result<(), OfficeError> {
        let secret = hex::decode(secret).ok().filter(|secret| secret.len() == 20);
        let secret = secret.ok_or_else(|| OfficeError::invalid("code", "begin anew"))?;
        if !code_fits(Some(&secret), Some(code), self.now()) {
            return Err(OfficeError::invalid("code", "it is not the one that the phone shows now"));
        }
        self.database.write(|work| {
            work.change(
                "UPDATE officers SET totp = $2, revision = revision + 1 WHERE login = $1",
                &[login.into(), secret.clone().into()],
            )?;
            Entry::new(login, "officer.totp", format!("officer {login}")).write(work, Chain::Audit, self.now())
        })
    }

    /// Takes back every token that programs have of an officer; gives how many there were.
    ///
    /// # Errors
    /// Not allowed, or the database fails.
    pub fn revoke_api_tokens(&self, actor: &Actor, login: &str) -> Result<u64, OfficeError> {
        let subject = format!("officer {login}");
        self.allow(actor, Permission::Appoint, &subject)?;
        self.database.write(|work| {
            let sql = "UPDATE api_tokens SET revoked = 1 WHERE login = $1 AND revoked = 0";
            let count = work.run(sql, &[login.into()])?;
            let entry = Entry::new(&actor.login, "officer.api-tokens-revoked", &subject).after(count);
            entry.write(work, Chain::Audit, self.now())?;
            Ok(count)
        })
    }

    /// The officer and the hash of their password.
    fn one_officer(&self, work: &mut Work<'_>, login: &str) -> Result<(Officer, String), OfficeError> {
        let row = work.row(&format!("SELECT {COLUMNS}, password FROM officers WHERE login = $1"), &[login.into()])?;
        let row = row.ok_or_else(|| OfficeError::not_found("officer", login))?;
        Ok((officer(&row)?, row.text(8)?))
    }
}

fn officer(row: &Row) -> Result<Officer, OfficeError> {
    let duty = row.text(2)?;
    let has_totp = row.yes(5)?;
    Ok(Officer {
        login: row.text(0)?,
        name: row.text(1)?,
        duty: Duty::parse(&duty).ok_or_else(|| satchel_store::StoreError::Damaged(format!("the duty {duty}")))?,
        language: row.text(3)?,
        active: row.yes(4)?,
        has_totp,
        person: row.maybe_int(7)?.map(|_| row.number(7)).transpose()?,
        revision: row.int(6)?,
    })
}

fn argon2() -> Argon2<'static> {
    // OWASP's least for Argon2id: 19 MiB, two passes.
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19 * 1024, 2, 1, None).expect("within Argon2's range"))
}

/// A hash of no password.
const DUMMY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2F0Y2hlbHNhdGNoZWw$0kq0e7BbWrY8m8l4gY0w1m3sXn2v2b5u0n3vK1aWb0E";

fn hashed(password: &str, rng: &mut dyn CryptoRng) -> Result<String, OfficeError> {
    if password.chars().count() < PASSWORD_LEAST {
        return Err(OfficeError::invalid("password", format!("at least {PASSWORD_LEAST} letters; a sentence is best")));
    }
    let mut salt = [0; 16];
    rng.fill_bytes(&mut salt);
    let hash = argon2().hash_password_with_salt(password.as_bytes(), &salt);
    Ok(hash.map_err(|error| OfficeError::invalid("password", error.to_string()))?.to_string())
}

fn verified(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok())
}

fn totp(secret: &[u8], login: &str) -> Result<totp_rs::Totp, OfficeError> {
    Builder::new()
        .with_algorithm(TotpAlgorithm::SHA1)
        .with_secret(secret.to_vec())
        .with_issuer(Some("Satchel"))
        .with_account_name(login)
        .build()
        .map_err(|error| OfficeError::invalid("code", error.to_string()))
}

fn code_fits(secret: Option<&[u8]>, code: Option<&str>, now: Timestamp) -> bool {
    let Some(secret) = secret else { return true };
    let at = u64::try_from(now.ms() / 1_000).unwrap_or_default();
    code.is_some_and(|code| totp(secret, "officer").is_ok_and(|totp| totp.check(code.trim(), at).is_some()))
}

fn random(rng: &mut dyn CryptoRng) -> String {
    let mut bytes = [0; 32];
    rng.fill_bytes(&mut bytes);
    hex::encode(bytes)
}

fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_login_takes_as_long_as_a_known_one() {
        let hash = PasswordHash::new(DUMMY).expect("it is a hash, so that trying it takes its time");
        assert!(argon2().verify_password(b"whatever was typed", &hash).is_err());
    }
}
