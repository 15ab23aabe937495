//! The training enterprise. Its control key is no secret: it stands here, so that every copy of this program can clean
//! up a card that another one left half-way. No card with these keys is ever worth anything.

use satchel_keys::{ControlKey, EnterpriseId, KeyRing, KeyVersion, Role};

/// The training enterprise, as identity files carry it.
pub(super) const ENTERPRISE: EnterpriseId = EnterpriseId::new(*b"TRAINING");

/// The version byte of every training key: the letter Q.
pub(super) const VERSION: u8 = b'Q';

/// Every role of a member card.
const ROLES: [Role; 8] =
    [Role::Master, Role::Inquiry, Role::Sale, Role::Load, Role::Reversal, Role::Change, Role::Tmac, Role::Picc];

/// The version of every training key.
pub(super) fn version() -> KeyVersion {
    KeyVersion::new(VERSION).expect("81 is a version")
}

/// The training masters.
pub(super) fn masters() -> KeyRing {
    let control = ControlKey::take(version(), &mut { *b"satchel training" });
    let mut ring = KeyRing::new();
    ROLES.iter().for_each(|role| ring.insert(control.role_master(*role, &ENTERPRISE)));
    ring
}
