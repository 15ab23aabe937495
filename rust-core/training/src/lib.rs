//! A head office in miniature, and simulated cards that it issues: what the training mode, the demo and the tests stand
//! on.
//!
//! Training uses keys that stand in this source for everybody to read. They open nothing but training cards, and a
//! training card opens nothing else.

#![deny(missing_docs)]

pub mod field;
pub mod office;
mod practice;

pub use field::Field;
pub use practice::{Hold, Practice, PracticeCard, PracticeError, PracticeKind, PracticeTexts};
