use crate::CardError;
use satchel_hazmat::AesKey;
use satchel_keys::{KeyRing, KeyVersion, Role};
use satchel_values::Uid;

/// Where a card's keys come from: role masters held in memory, or one day a security module.
pub trait KeySource {
    /// The key of one card in one role and version; `None` if the master is not held.
    fn card_key(&self, role: Role, version: KeyVersion, uid: &Uid, aid: [u8; 3]) -> Option<AesKey>;

    /// The versions held of a role, newest first.
    fn versions(&self, role: Role) -> Vec<KeyVersion>;
}

impl KeySource for KeyRing {
    fn card_key(&self, role: Role, version: KeyVersion, uid: &Uid, aid: [u8; 3]) -> Option<AesKey> {
        Self::card_key(self, role, version, uid, aid)
    }

    fn versions(&self, role: Role) -> Vec<KeyVersion> {
        Self::versions(self, role)
    }
}

/// The keys of one card.
pub struct CardKeys<'k> {
    source: &'k dyn KeySource,
    uid: Uid,
    aid: [u8; 3],
}

impl<'k> CardKeys<'k> {
    /// The keys that `source` derives for the application `aid` of the card `uid`.
    pub const fn new(source: &'k dyn KeySource, uid: Uid, aid: [u8; 3]) -> Self {
        Self { source, uid, aid }
    }

    /// The newest version held of a role.
    pub fn newest(&self, role: Role) -> Result<KeyVersion, CardError> {
        self.source.versions(role).into_iter().next().ok_or(CardError::KeyNotHeld(role))
    }

    /// The versions held of a role, newest first; an error if there is none.
    pub fn versions(&self, role: Role) -> Result<Vec<KeyVersion>, CardError> {
        let versions = self.source.versions(role);
        if versions.is_empty() { Err(CardError::KeyNotHeld(role)) } else { Ok(versions) }
    }

    /// The card's key in a role and version.
    pub fn key(&self, role: Role, version: KeyVersion) -> Result<AesKey, CardError> {
        self.source
            .card_key(role, version, &self.uid, self.aid)
            .ok_or(CardError::KeyVersionNotHeld { role, version: version.get() })
    }

    /// The card.
    pub const fn uid(&self) -> &Uid {
        &self.uid
    }
}
