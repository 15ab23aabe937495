//! The whole chain on one machine: a head office in miniature, terminals with real journals, and cards.
//!
//! The demo, the whole-chain tests and the bench all stand on it, so that they exercise the same code paths that the
//! app and head office use.

#![deny(missing_docs)]

pub mod audit;
pub mod clock;
pub mod day;
pub mod reading;
pub mod scene;
pub mod store;

pub use audit::{Audit, Verdicts};
pub use clock::HandClock;
pub use satchel_training::office::{Office, OperatorCard};
pub use satchel_training::{Field, field, office};
pub use scene::{Errand, Scene};
pub use store::Store;
