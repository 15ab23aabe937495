use crate::{KeyHouseError, Share, ShareError, share::Commitment};
use hkdf::Hkdf;
use rand_core::CryptoRng;
use satchel_keys::{ControlKey, KeyVersion};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Characters of a contribution at least: 20 of a keyboard's hold more than a custodian's part of 128 bits.
const LEAST: usize = 20;
/// Shares of a key at most.
const SHARES_MOST: u8 = 16;

/// A ceremony before its key is made: everybody contributes what only they know.
///
/// The key is drawn from all contributions and the system's randomness together, so it is as hard to guess as the best
/// of them.
#[derive(Default)]
pub struct Gathering {
    contributions: Vec<(String, Zeroizing<Vec<u8>>)>,
}

/// A key and its shares, before either is kept anywhere.
pub struct Ceremony {
    /// The new control key.
    pub key: ControlKey,
    /// One for each custodian, in the order of their contributions.
    pub shares: Vec<(String, Share)>,
}

impl Gathering {
    /// Nobody has contributed yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A custodian contributes: throws of dice, or anything typed that nobody else can know.
    ///
    /// # Errors
    /// It is too short to be worth anything.
    pub fn contribute(&mut self, custodian: &str, typed: Zeroizing<Vec<u8>>) -> Result<(), KeyHouseError> {
        if typed.len() < LEAST {
            return Err(KeyHouseError::TooLittle { custodian: custodian.to_owned(), least: LEAST });
        }
        self.contributions.push((custodian.to_owned(), typed));
        Ok(())
    }

    /// Makes the key, and a share for each custodian, of which `threshold` open it.
    ///
    /// # Errors
    /// The number of shares cannot be.
    pub fn make(self, version: KeyVersion, threshold: u8, rng: &mut dyn CryptoRng) -> Result<Ceremony, KeyHouseError> {
        let mut drawn = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *drawn);
        let mut material = Zeroizing::new(Vec::with_capacity(
            64 + self.contributions.iter().map(|(name, typed)| 16 + name.len() + typed.len()).sum::<usize>(),
        ));
        material.extend_from_slice(&*drawn);
        for (custodian, typed) in &self.contributions {
            for part in [custodian.as_bytes(), typed] {
                material.extend_from_slice(&(part.len() as u64).to_be_bytes());
                material.extend_from_slice(part);
            }
        }
        let mut key = Zeroizing::new([0; 16]);
        Hkdf::<Sha256>::new(Some(b"satchel ceremony 1"), &material)
            .expand(b"control key", &mut *key)
            .expect("sixteen bytes are within HKDF's range");
        let custodians: Vec<String> = self.contributions.into_iter().map(|(name, _)| name).collect();
        split(ControlKey::take(version, &mut key), custodians, threshold, rng)
    }
}

/// A share of a key for each of its custodians, of which `threshold` open it.
pub(crate) fn split(
    key: ControlKey,
    custodians: Vec<String>,
    threshold: u8,
    rng: &mut dyn CryptoRng,
) -> Result<Ceremony, KeyHouseError> {
    let count = u8::try_from(custodians.len()).unwrap_or(u8::MAX);
    let wrong = KeyHouseError::Shares { threshold, count };
    if threshold < 2 || threshold > count || count > SHARES_MOST {
        return Err(wrong);
    }
    let mut ceremony = [0; 4];
    rng.fill_bytes(&mut ceremony);
    let parts = vsss_rs::Gf256::split_bytes(threshold.into(), count.into(), key.expose(), Borrowed(rng));
    let shares = custodians
        .into_iter()
        .zip(parts.map_err(|_| wrong)?)
        .map(|(custodian, part)| {
            let part = Zeroizing::new(part);
            (custodian, Share::of(ceremony, key.version(), threshold, count, &part))
        })
        .collect();
    Ok(Ceremony { key, shares })
}

/// The key again, from as many shares as it takes. With the commitments of its ceremony a wrong share is named.
///
/// # Errors
/// Too few shares, the same one twice, shares of different ceremonies, or one that is not what was handed out.
pub fn recover(shares: &[Share], commitments: &[Commitment]) -> Result<ControlKey, KeyHouseError> {
    let first = shares.first().ok_or(ShareError::TooFew { given: 0, needed: 2 })?;
    for share in shares {
        if !share.belongs_with(first) {
            return Err(ShareError::OfAnother(share.number).into());
        }
        if shares.iter().filter(|other| other.number == share.number).count() > 1 {
            return Err(ShareError::Twice(share.number).into());
        }
        let committed = commitments.iter().find(|commitment| commitment.number == share.number);
        if committed.is_some_and(|commitment| *commitment != share.commitment()) {
            return Err(ShareError::Wrong(share.number).into());
        }
    }
    if shares.len() < usize::from(first.threshold) {
        return Err(ShareError::TooFew { given: shares.len(), needed: first.threshold }.into());
    }
    let parts: Vec<Vec<u8>> = shares.iter().map(Share::part).collect();
    let combined = vsss_rs::Gf256::combine_bytes(&parts);
    drop(parts.into_iter().map(Zeroizing::new).collect::<Vec<_>>());
    let combined = Zeroizing::new(combined.map_err(|_| ShareError::Unfit)?);
    let mut key = Zeroizing::new([0; 16]);
    if combined.len() != key.len() {
        return Err(ShareError::Unfit.into());
    }
    key.copy_from_slice(&combined);
    Ok(ControlKey::take(first.version, &mut key))
}

/// A generator that is passed on by reference.
pub(crate) struct Borrowed<'r>(pub(crate) &'r mut dyn CryptoRng);

impl rand_core::TryRng for Borrowed<'_> {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(self.0.next_u32())
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(self.0.next_u64())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        self.0.fill_bytes(bytes);
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Borrowed<'_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    fn version() -> KeyVersion {
        KeyVersion::new(3).expect("not zero")
    }

    fn ceremony(seed: u64, threshold: u8, count: usize) -> Ceremony {
        let mut gathering = Gathering::new();
        for custodian in 0..count {
            let typed = format!("{custodian} throws 4163524 and twenty more");
            gathering.contribute(&format!("custodian {custodian}"), typed.into_bytes().into()).expect("long enough");
        }
        gathering.make(version(), threshold, &mut ChaCha20Rng::seed_from_u64(seed)).expect("a number that can be")
    }

    fn shares(ceremony: Ceremony) -> (ControlKey, Vec<Share>) {
        (ceremony.key, ceremony.shares.into_iter().map(|(_, share)| share).collect())
    }

    proptest! {
        #[test]
        fn any_m_of_n_recover(seed: u64, threshold in 2_u8..7, more in 0_usize..5, skip in 0_usize..5) {
            let count = usize::from(threshold) + more;
            let (key, mut shares) = shares(ceremony(seed, threshold, count));
            let commitments: Vec<_> = shares.iter().map(Share::commitment).collect();
            shares.rotate_left(skip % count);
            shares.truncate(threshold.into());
            let again = recover(&shares, &commitments).expect("enough shares");
            prop_assert_eq!(again.expose(), key.expose());
            prop_assert_eq!(again.version(), key.version());
        }

        /// Whatever the key might be, there is a last share that makes the others give it: so they say nothing of it.
        #[test]
        fn one_less_than_m_could_be_any_key(seed: u64, threshold in 2_u8..6, wanted: u8) {
            let (_, mut shares) = shares(ceremony(seed, threshold, threshold.into()));
            let last = shares.pop().expect("at least two");
            let fits = (0..=u8::MAX).filter(|byte| {
                let mut part = last.part();
                part[1] = *byte;
                let forged = Share::of(last.ceremony, last.version, last.threshold, last.count, &part);
                let mut all: Vec<Share> = shares.iter().map(again).collect();
                all.push(forged);
                recover(&all, &[]).expect("enough shares").expose()[0] == wanted
            });
            prop_assert_eq!(fits.count(), 1);
        }
    }

    fn again(share: &Share) -> Share {
        Share::of(share.ceremony, share.version, share.threshold, share.count, &share.part())
    }

    #[test]
    fn a_wrong_share_is_named() {
        let (_, mut shares) = shares(ceremony(1, 3, 5));
        let commitments: Vec<_> = shares.iter().map(Share::commitment).collect();
        let mut part = shares[1].part();
        part[7] ^= 1;
        shares[1] = Share::of(shares[1].ceremony, version(), 3, 5, &part);
        let refused = recover(&shares[..3], &commitments);
        assert!(matches!(refused, Err(KeyHouseError::Share(ShareError::Wrong(2)))), "{refused:?}");
    }

    #[test]
    fn too_few_twice_and_foreign_shares_are_refused() {
        let (_, mine) = shares(ceremony(1, 3, 5));
        let (_, others) = shares(ceremony(2, 3, 5));
        let refused =
            |shares: &[&Share]| match recover(&shares.iter().map(|share| again(share)).collect::<Vec<_>>(), &[]) {
                Err(KeyHouseError::Share(why)) => why,
                other => panic!("{other:?}"),
            };
        assert_eq!(refused(&[]), ShareError::TooFew { given: 0, needed: 2 });
        assert_eq!(refused(&[&mine[0], &mine[1]]), ShareError::TooFew { given: 2, needed: 3 });
        assert_eq!(refused(&[&mine[0], &mine[1], &mine[1]]), ShareError::Twice(2));
        assert_eq!(refused(&[&mine[0], &mine[1], &others[2]]), ShareError::OfAnother(3));
    }

    #[test]
    fn numbers_that_cannot_be_and_contributions_worth_nothing_are_refused() {
        let mut gathering = Gathering::new();
        assert!(matches!(gathering.contribute("Ada", b"123456".to_vec().into()), Err(KeyHouseError::TooLittle { .. })));
        for threshold in [0, 1, 3] {
            let mut gathering = Gathering::new();
            for name in ["Ada", "Ben"] {
                gathering.contribute(name, vec![b'4'; 50].into()).expect("long enough");
            }
            let made = gathering.make(version(), threshold, &mut ChaCha20Rng::seed_from_u64(1));
            assert!(matches!(made, Err(KeyHouseError::Shares { .. })));
        }
    }

    #[test]
    fn everybody_s_contribution_counts() {
        let kcv = |last: &[u8]| {
            let mut gathering = Gathering::new();
            gathering.contribute("Ada", vec![b'4'; 50].into()).expect("long enough");
            gathering.contribute("Ben", last.to_vec().into()).expect("long enough");
            gathering.make(version(), 2, &mut ChaCha20Rng::seed_from_u64(1)).expect("two of two").key.kcv()
        };
        assert_ne!(kcv(b"11111111111111111111"), kcv(b"11111111111111111112"));
    }
}
