use crate::{BlockList, Kind, OfficePublicKey, Operators, PackageError, Profile, Signed};
use satchel_keys::KeyBundle;
use satchel_programs::Program;
use satchel_values::Timestamp;

const MS_PER_DAY: i64 = 86_400_000;

/// The packages in force at a terminal.
#[derive(Debug)]
pub struct Shelf {
    office: OfficePublicKey,
    operators: Option<InForce<Operators>>,
    profile: Option<InForce<Profile>>,
    program: Option<InForce<Program>>,
    block_list: Option<InForce<BlockList>>,
    key_bundle: Option<InForce<KeyBundle>>,
}

#[derive(Debug)]
struct InForce<B> {
    version: u32,
    issued: Timestamp,
    body: B,
}

/// What was just put to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PutToUse {
    /// Which.
    pub kind: Kind,
    /// Its version.
    pub version: u32,
    /// When it was signed.
    pub issued: Timestamp,
}

impl Shelf {
    /// An empty shelf that trusts this key.
    pub const fn new(office: OfficePublicKey) -> Self {
        Self { office, operators: None, profile: None, program: None, block_list: None, key_bundle: None }
    }

    /// Puts a package to use, if it is signed, newer than the one in force, not older than `oldest` (the newest that
    /// was in force before this shelf was set up), and makes sense.
    pub fn install(&mut self, signed: &Signed, oldest: Option<u32>) -> Result<PutToUse, PackageError> {
        let offer = Offer { signed, office: &self.office, oldest };
        match signed.kind() {
            Kind::Operators => offer.put(&mut self.operators, |_| true)?,
            Kind::Profile => offer.put(&mut self.profile, |profile| profile.currency().is_some())?,
            Kind::Program => offer.put(&mut self.program, Program::is_sound)?,
            Kind::BlockList => offer.put(&mut self.block_list, |_| true)?,
            Kind::KeyBundle => offer.put(&mut self.key_bundle, |_| true)?,
        }
        Ok(PutToUse { kind: signed.kind(), version: signed.version(), issued: signed.issued() })
    }

    /// Whose signatures it trusts.
    pub const fn office(&self) -> &OfficePublicKey {
        &self.office
    }

    /// The operators.
    pub fn operators(&self) -> Option<&Operators> {
        self.operators.as_ref().map(|package| &package.body)
    }

    /// The profile.
    pub fn profile(&self) -> Option<&Profile> {
        self.profile.as_ref().map(|package| &package.body)
    }

    /// The sales program.
    pub fn program(&self) -> Option<&Program> {
        self.program.as_ref().map(|package| &package.body)
    }

    /// The block list.
    pub fn block_list(&self) -> Option<&BlockList> {
        self.block_list.as_ref().map(|package| &package.body)
    }

    /// The key bundle.
    pub fn key_bundle(&self) -> Option<&KeyBundle> {
        self.key_bundle.as_ref().map(|package| &package.body)
    }

    /// The version in force.
    pub fn version(&self, kind: Kind) -> Option<u32> {
        self.facts(kind).map(|(version, _)| version)
    }

    /// Full days since the package in force was signed; 0 if it was signed later than `now`.
    pub fn age_days(&self, kind: Kind, now: Timestamp) -> Option<u16> {
        let (_, issued) = self.facts(kind)?;
        Some(u16::try_from(now.ms_since(issued).max(0) / MS_PER_DAY).unwrap_or(u16::MAX))
    }

    fn facts(&self, kind: Kind) -> Option<(u32, Timestamp)> {
        fn of<B>(package: Option<&InForce<B>>) -> Option<(u32, Timestamp)> {
            package.map(|package| (package.version, package.issued))
        }
        match kind {
            Kind::Operators => of(self.operators.as_ref()),
            Kind::Profile => of(self.profile.as_ref()),
            Kind::Program => of(self.program.as_ref()),
            Kind::BlockList => of(self.block_list.as_ref()),
            Kind::KeyBundle => of(self.key_bundle.as_ref()),
        }
    }
}

/// A package, and what it is measured by.
struct Offer<'p> {
    signed: &'p Signed,
    office: &'p OfficePublicKey,
    oldest: Option<u32>,
}

impl<'p> Offer<'p> {
    fn put<B: minicbor::Decode<'p, ()>>(
        &self,
        place: &mut Option<InForce<B>>,
        is_sound: impl FnOnce(&B) -> bool,
    ) -> Result<(), PackageError> {
        let body: B = self.signed.open(self.office)?;
        let (kind, offered) = (self.signed.kind(), self.signed.version());
        let replaced = place.as_ref().map(|package| package.version).filter(|in_force| *in_force >= offered);
        if let Some(in_force) = replaced.or(self.oldest.filter(|oldest| *oldest > offered)) {
            return Err(PackageError::NotNewer { kind, offered, in_force });
        }
        if !is_sound(&body) {
            return Err(PackageError::Damaged { kind, why: "its rules make no sense".to_owned() });
        }
        *place = Some(InForce { version: offered, issued: self.signed.issued(), body });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OfficeKey;
    use rand_core::SeedableRng;
    use satchel_programs::EarnRule;
    use satchel_values::{Date, Money, Points};

    fn key(seed: u64) -> OfficeKey {
        OfficeKey::generate(&mut rand_chacha::ChaCha8Rng::seed_from_u64(seed))
    }

    fn at(days: i64) -> Timestamp {
        Timestamp::from_ms(days * MS_PER_DAY)
    }

    fn program(version: u32) -> Signed {
        Signed::make(&key(1), Kind::Program, version, at(100), &Program::default())
    }

    #[test]
    fn only_newer_packages_of_head_office_are_put_to_use() {
        let mut shelf = Shelf::new(key(1).public());
        shelf.install(&program(3), None).expect("the first");
        let refused = PackageError::NotNewer { kind: Kind::Program, offered: 3, in_force: 3 };
        assert_eq!(shelf.install(&program(3), None), Err(refused));
        assert!(matches!(shelf.install(&program(2), None), Err(PackageError::NotNewer { offered: 2, .. })));
        shelf.install(&program(4), None).expect("a newer one");
        let forged = Signed::make(&key(2), Kind::Program, 9, at(100), &Program::default());
        assert_eq!(shelf.install(&forged, None), Err(PackageError::Signature(Kind::Program)));
        assert_eq!(shelf.version(Kind::Program), Some(4));
    }

    #[test]
    fn what_was_in_force_before_is_never_gone_back_behind() {
        let mut shelf = Shelf::new(key(1).public());
        let refused = PackageError::NotNewer { kind: Kind::Program, offered: 2, in_force: 3 };
        assert_eq!(shelf.install(&program(2), Some(3)), Err(refused));
        assert_eq!(shelf.version(Kind::Program), None);
        shelf.install(&program(3), Some(3)).expect("the same again, after a restart");
    }

    #[test]
    fn any_flipped_bit_is_refused() {
        let bytes = program(1).to_bytes();
        for place in 0..bytes.len() {
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[place] ^= 1 << bit;
                let mut shelf = Shelf::new(key(1).public());
                let result = Signed::from_bytes(&damaged).and_then(|signed| shelf.install(&signed, None));
                assert!(result.is_err(), "byte {place} bit {bit}");
            }
        }
    }

    #[test]
    fn truncated_bytes_are_no_package() {
        let bytes = program(1).to_bytes();
        for length in 0..bytes.len() {
            assert!(matches!(Signed::from_bytes(&bytes[..length]), Err(PackageError::NoPackage(_))));
        }
    }

    #[test]
    fn a_program_that_makes_no_sense_is_refused() {
        let rule = EarnRule {
            tier: None,
            per: Money::ZERO,
            points: Points::new(1),
            from: Date::default(),
            until: Date::default(),
        };
        let unsound = Program { earn: vec![rule], ..Program::default() };
        let signed = Signed::make(&key(1), Kind::Program, 1, at(0), &unsound);
        let mut shelf = Shelf::new(key(1).public());
        assert!(matches!(shelf.install(&signed, None), Err(PackageError::Damaged { .. })));
    }

    #[test]
    fn ages_count_full_days() {
        let mut shelf = Shelf::new(key(1).public());
        shelf.install(&program(1), None).expect("the first");
        assert_eq!(shelf.age_days(Kind::Program, at(107).later_by_ms(-1)), Some(6));
        assert_eq!(shelf.age_days(Kind::Program, at(107)), Some(7));
        assert_eq!(shelf.age_days(Kind::Program, at(1)), Some(0));
        assert_eq!(shelf.age_days(Kind::Profile, at(1)), None);
    }
}
