//! The whole chain on one machine: a head office in miniature, terminals with real journals, and cards.
//!
//! The demo, the whole-chain tests and the bench all stand on it, so that they exercise the same code paths that the
//! app and head office use.

#![deny(missing_docs)]

pub mod audit;
pub mod clock;
pub mod day;
pub mod field;
pub mod office;
pub mod reading;
pub mod scene;
pub mod store;

pub use audit::{Audit, Verdicts};
pub use clock::HandClock;
pub use field::Field;
pub use office::{Office, OperatorCard};
pub use scene::{Errand, Scene};
pub use store::Store;
