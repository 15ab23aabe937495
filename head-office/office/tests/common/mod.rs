//! An office with its officers and keys, on each database.

#![allow(clippy::unwrap_used, dead_code, reason = "a test")]

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use satchel_key_house::{Backend, Cost, Desk, Entrusted, Gathering, KeyStore, TmacMasters, Verifier};
use satchel_keys::{EnterpriseId, KeyVersion};
use satchel_office::{Actor, Charter, Duty, NewOfficer, Office};
use satchel_store::Database;
use satchel_values::{Clock, Currency, Money, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

pub const ENTERPRISE: EnterpriseId = EnterpriseId::new(*b"SATCHEL1");

/// A clock that is moved by hand.
pub struct HandClock(AtomicI64);

impl HandClock {
    pub fn at(time: Timestamp) -> Self {
        Self(AtomicI64::new(time.ms()))
    }

    pub fn forward(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000, Ordering::Relaxed);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(self.0.load(Ordering::Relaxed))
    }
}

pub struct World {
    pub office: Office,
    pub clock: Arc<HandClock>,
    pub rng: ChaCha20Rng,
    folder: tempfile::TempDir,
}

pub fn actor(duty: Duty) -> Actor {
    Actor { login: duty.name().to_owned(), duty }
}

pub fn entrusted(login: &str) -> Entrusted {
    Entrusted { login: login.to_owned(), password: format!("{login} and a long password").into() }
}

impl World {
    /// Founded, an officer of each duty appointed.
    pub fn new(database: &Database) -> Self {
        let clock = Arc::new(HandClock(AtomicI64::new(1_795_510_800_000)));
        let office = Office::new(database.clone(), Arc::clone(&clock) as _);
        let charter = Charter {
            chain: "Market".to_owned(),
            enterprise: ENTERPRISE,
            currency: Currency::new("EUR", 2).unwrap(),
            card_prefix: 27,
            purse_max: Money::new(500_00),
        };
        office.found(&charter).unwrap();
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let admin = actor(Duty::Administrator);
        for duty in Duty::ALL {
            let password = format!("{} and a long password", duty.name());
            let new = NewOfficer { login: duty.name(), name: duty.name(), password: &password, duty, language: "en" };
            let by = if duty == Duty::Administrator { None } else { Some(&admin) };
            office.appoint(by, &new, &mut rng).unwrap();
        }
        Self { office, clock, rng, folder: tempfile::tempdir().unwrap() }
    }

    /// The key house, with one more version of the control key.
    pub fn ceremony(&mut self, number: u8) {
        let (ada, ben) = (entrusted("ada"), entrusted("ben"));
        let (keys, tmac) = (self.folder.path().join("keys"), self.folder.path().join("tmac"));
        if number == 1 {
            let officers = || ["ada", "ben"].map(entrusted);
            KeyStore::found(&keys, ENTERPRISE, &Backend::File, &officers(), Cost::TEST, &mut self.rng).unwrap();
            TmacMasters::found(&tmac, &officers(), Cost::TEST, &mut self.rng).unwrap();
        }
        let mut gathering = Gathering::new();
        for name in ["Ada", "Ben", "Cy"] {
            gathering.contribute(name, format!("{name} throws 1 5 3 6 2 4 1 1").into_bytes().into()).unwrap();
        }
        let version = KeyVersion::new(number).unwrap();
        let made = gathering.make(version, 2, &mut self.rng).unwrap();
        let one = actor(Duty::KeyOfficer);
        let other = Actor { login: "other-key-officer".to_owned(), duty: Duty::KeyOfficer };
        let shares: Vec<_> = made.shares.iter().map(|(name, share)| (name.clone(), share.commitment())).collect();
        self.office.begin_ceremony((&one, &other), version, made.key.kcv(), 2, &shares).unwrap();
        let mut store = KeyStore::open(&keys).unwrap();
        let opened = store.sign_on_two(&ada, &ben).unwrap().install(&made.key, &mut self.rng).unwrap();
        TmacMasters::open(&tmac).unwrap().hand_in((&ada, &ben), opened.tmac, &mut self.rng).unwrap();
        self.office.end_ceremony((&one, &other), version).unwrap();
    }

    pub fn office_time(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn desk(&self) -> Desk {
        KeyStore::open(&self.folder.path().join("keys")).unwrap().sign_on(&entrusted("ada")).unwrap()
    }

    pub fn verifier(&self) -> Verifier {
        TmacMasters::open(&self.folder.path().join("tmac")).unwrap().sign_on(&entrusted("ben")).unwrap()
    }
}
