//! What head office prints, as PDF.
//!
//! Letters come from the fonts that the machine has: names are in any script, and no one font has them all. A letter that no
//! font has is an error with the name it stands in, never a box on a card.

#![deny(missing_docs)]

mod cards;
mod error;
mod fonts;

pub use cards::{CardFace, card_faces};
pub use error::PrintError;
pub use fonts::Fonts;
