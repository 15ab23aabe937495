//! From the enterprise control key to the keys of one card.
//!
//! ```text
//! control key, version v ──SP 800-108 CMAC──→ role masters ──AN10922──→ card keys
//!                                                  └── some of them, in a key bundle ──→ a terminal's memory
//! ```
//!
//! Keys are wiped when dropped, never cloned and never printed; logs name them by check value.

#![deny(missing_docs)]

mod bundle;
mod derive;
mod operator;
mod ring;
mod seal;

pub use bundle::{BundleContents, BundleError, KeyBundle, Slot, SlotFor};
pub use derive::{ControlKey, EnterpriseId, KeyVersion, Role, RoleMaster, diversify, operator_pin_key};
pub use operator::{OperatorShare, Pin, PinCost, PinError};
pub use ring::{KeyRing, RingError};
pub use seal::{AgreementPublic, AgreementSecret, KeySeal, SealError, SoftwareSeal};
