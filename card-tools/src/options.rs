//! What a simulated card is to be like, as command-line options.

use clap::{Args, ValueEnum};
use satchel_card_simulator::{Card, CardConfig, FactoryKey, Generation, ImageError};
use std::path::PathBuf;

/// Frame sizes that ISO/IEC 14443-4 knows (table 1), in bytes.
const FRAME_SIZES: [u16; 9] = [16, 24, 32, 40, 48, 64, 96, 128, 256];
/// Memory of a simulated card at most, in bytes: more than any DESFire card has.
const MEMORY_MOST: u32 = 1024 * 1024;

/// The simulated card. A card that is in its file already stays what it is.
#[derive(Debug, Clone, Args)]
pub struct CardOptions {
    /// The fixed identifier: seven bytes in hex
    #[arg(long, value_name = "HEX", value_parser = parse_uid, default_value = "04DE5F1EACC040")]
    pub uid: [u8; 7],
    /// Repeats the card's challenges and transaction identifiers
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub seed: u64,
    /// Memory for applications and files, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 8_192,
        value_parser = clap::value_parser!(u32).range(0..=i64::from(MEMORY_MOST)))]
    pub memory: u32,
    /// Frame size (FSC): 16, 24, 32, 40, 48, 64, 96, 128 or 256
    #[arg(long, value_name = "BYTES", value_parser = parse_frame_size, default_value = "64")]
    pub frame_size: u16,
    /// Generation that the card says it is of
    #[arg(long, value_enum, default_value = "ev2")]
    pub generation: GenerationOption,
    /// Master key that the card leaves the factory with
    #[arg(long, value_enum, default_value = "des-zeros")]
    pub factory_key: FactoryKeyOption,
    /// File that keeps the card: made if there is none, written before the card answers
    #[arg(long, value_name = "FILE")]
    pub card: Option<PathBuf>,
}

/// Generations by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GenerationOption {
    /// DESFire EV2.
    Ev2,
    /// DESFire EV3.
    Ev3,
}

/// Factory keys by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FactoryKeyOption {
    /// A DES key of zeros.
    DesZeros,
    /// An AES key of zeros.
    AesZeros,
}

impl CardOptions {
    /// The card: from its file, or fresh from the factory.
    pub fn open(&self) -> Result<Card, ImageError> {
        let config = self.config();
        match &self.card {
            Some(path) => Card::open_durable(path, config),
            None => Ok(Card::new(config)),
        }
    }

    fn config(&self) -> CardConfig {
        CardConfig {
            uid: self.uid,
            seed: self.seed,
            memory_bytes: self.memory,
            frame_size: self.frame_size,
            generation: match self.generation {
                GenerationOption::Ev2 => Generation::Ev2,
                GenerationOption::Ev3 => Generation::Ev3,
            },
            picc_key: match self.factory_key {
                FactoryKeyOption::DesZeros => FactoryKey::DesZeros,
                FactoryKeyOption::AesZeros => FactoryKey::AesZeros,
            },
        }
    }
}

fn parse_uid(text: &str) -> Result<[u8; 7], String> {
    let bytes = hex::decode(text).map_err(|_| "an identifier is 14 hex digits".to_owned())?;
    bytes.try_into().map_err(|_| "an identifier has seven bytes".to_owned())
}

fn parse_frame_size(text: &str) -> Result<u16, String> {
    let size = text.parse().ok().filter(|size| FRAME_SIZES.contains(size));
    size.ok_or_else(|| "a frame size is 16, 24, 32, 40, 48, 64, 96, 128 or 256".to_owned())
}
