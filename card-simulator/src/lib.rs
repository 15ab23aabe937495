//! A MIFARE DESFire EV2/EV3 card in software: one that readers accept, not a mock of one.
//!
//! It takes command APDUs and gives response APDUs, keeps its own state, and does on a loss of the field what a card
//! does: forgets its session and everything that is not committed. It knows nothing of the reader side and shares no
//! code with it but the published ciphers, so that the two check each other.
//!
//! ```
//! use satchel_card_simulator::{Card, CardConfig};
//! let mut card = Card::new(CardConfig::default());
//! assert_eq!(card.transmit(&[0x90, 0x6E, 0x00, 0x00, 0x00]), [0x00, 0x20, 0x00, 0x91, 0x00]);
//! ```

#![deny(missing_docs)]

mod apdu;
mod application;
mod auth;
mod card;
mod commands;
pub mod crypto;
mod file;
mod image;
mod secure;
mod status;
mod tmac;
pub mod vectors;

pub use card::{Card, CardConfig, FactoryKey, Generation};
pub use image::ImageError;
