use crate::derive::{KeyVersion, Role, RoleMaster};
use minicbor::{Decoder, Encoder};
use satchel_hazmat::AesKey;
use satchel_values::Uid;
use zeroize::Zeroizing;

/// Masters in one ring at most: every role in a few versions.
const MOST: usize = 64;

/// The masters somebody holds. Dropping it wipes them.
#[derive(Debug, Default)]
pub struct KeyRing {
    masters: Vec<RoleMaster>,
}

/// Why a stored ring was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored keys are damaged: enrol the terminal again")]
pub struct RingError;

impl KeyRing {
    /// An empty ring.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a master; one of the same role and version is replaced.
    pub fn insert(&mut self, master: RoleMaster) {
        self.masters.retain(|held| (held.role(), held.version()) != (master.role(), master.version()));
        self.masters.push(master);
    }

    /// The master of a role in a version.
    pub fn master(&self, role: Role, version: KeyVersion) -> Option<&RoleMaster> {
        self.masters.iter().find(|held| held.role() == role && held.version() == version)
    }

    /// The versions held of a role, newest first.
    pub fn versions(&self, role: Role) -> Vec<KeyVersion> {
        let mut versions: Vec<_> =
            self.masters.iter().filter(|held| held.role() == role).map(RoleMaster::version).collect();
        versions.sort_unstable_by(|one, other| other.cmp(one));
        versions
    }

    /// Whether any version of a role is held.
    pub fn holds(&self, role: Role) -> bool {
        self.masters.iter().any(|held| held.role() == role)
    }

    /// The key of one card's application; `None` if the master is not held.
    pub fn card_key(&self, role: Role, version: KeyVersion, uid: &Uid, aid: [u8; 3]) -> Option<AesKey> {
        self.master(role, version).map(|master| master.card_key(uid, aid))
    }

    /// The ring in the clear, for encrypting under another key; wiped when dropped.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let masters: Vec<&RoleMaster> = self.masters.iter().collect();
        encode(&masters)
    }

    /// Reads what [`KeyRing::to_bytes`] made.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RingError> {
        let mut decoder = Decoder::new(bytes);
        let count = decoder.array().map_err(|_| RingError)?.ok_or(RingError)?;
        if count > u64::try_from(MOST).unwrap_or(u64::MAX) {
            return Err(RingError);
        }
        let mut ring = Self::new();
        for _ in 0..count {
            ring.insert(decode_one(&mut decoder)?);
        }
        Ok(ring)
    }
}

pub(crate) fn encode(masters: &[&RoleMaster]) -> Zeroizing<Vec<u8>> {
    // Room for all from the start: a vector that grows leaves unwiped copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(16 + masters.len() * 32));
    let mut encoder = Encoder::new(&mut *bytes);
    let mut write = || -> Result<(), minicbor::encode::Error<std::convert::Infallible>> {
        encoder.array(masters.len().try_into().unwrap_or(u64::MAX))?;
        for master in masters {
            encoder.array(3)?.encode(master.role())?.encode(master.version())?.bytes(master.key().expose())?;
        }
        Ok(())
    };
    write().expect("encoding into memory cannot fail");
    bytes
}

fn decode_one(decoder: &mut Decoder<'_>) -> Result<RoleMaster, RingError> {
    if decoder.array().map_err(|_| RingError)? != Some(3) {
        return Err(RingError);
    }
    let role: Role = decoder.decode().map_err(|_| RingError)?;
    let version: KeyVersion = decoder.decode().map_err(|_| RingError)?;
    let mut key = Zeroizing::new([0; 16]);
    let bytes = decoder.bytes().map_err(|_| RingError)?;
    if bytes.len() != 16 {
        return Err(RingError);
    }
    key.copy_from_slice(bytes);
    Ok(RoleMaster::take(role, version, &mut key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ControlKey, EnterpriseId};

    fn ring() -> KeyRing {
        let mut ring = KeyRing::new();
        for version in [1, 2] {
            let version = KeyVersion::new(version).expect("not zero");
            let control = ControlKey::take(version, &mut [7; 16]);
            ring.insert(control.role_master(Role::Sale, &EnterpriseId::new([0; 8])));
        }
        ring
    }

    #[test]
    fn versions_come_newest_first() {
        let versions: Vec<u8> = ring().versions(Role::Sale).into_iter().map(KeyVersion::get).collect();
        assert_eq!(versions, [2, 1]);
        assert!(!ring().holds(Role::Load));
    }

    #[test]
    fn a_ring_survives_storage_and_damage_is_named() {
        let bytes = ring().to_bytes();
        let again = KeyRing::from_bytes(&bytes).expect("its own bytes");
        assert_eq!(format!("{again:?}"), format!("{:?}", ring()));
        for length in 0..bytes.len() {
            assert_eq!(KeyRing::from_bytes(&bytes[..length]).err(), Some(RingError));
        }
    }
}
