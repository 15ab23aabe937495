//! A card as bytes: for tests that go on in the middle of a transaction, and for cards that outlive a process.

use crate::application::Picc;
use crate::card::{Card, CardConfig, Volatile};
use minicbor::{Decode, Encode};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// The version of the image's layout.
const LAYOUT: u8 = 1;
/// Bytes in an image at most.
const IMAGE_MOST: u64 = 4 * 1024 * 1024;

/// Why a card's image was not accepted, or not written.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// Not an image of a card, or a damaged one.
    #[error("this is no image of a card, or it is damaged: {0}")]
    Damaged(String),
    /// An image of a later version.
    #[error("the card's image has layout {0}, which this version does not know")]
    NewerLayout(u8),
    /// The file could not be read or written.
    #[error("the card's file: {0}")]
    File(#[from] io::Error),
}

#[derive(Encode, Decode)]
struct Image {
    #[n(0)]
    layout: u8,
    #[n(1)]
    config: CardConfig,
    #[n(2)]
    picc: Picc,
    #[n(3)]
    volatile: Volatile,
    #[n(4)]
    draws: u64,
}

impl Card {
    /// The card as it is now, with its session and what is pending.
    pub fn save(&self) -> Vec<u8> {
        let image = Image {
            layout: LAYOUT,
            config: self.config.clone(),
            picc: self.picc.clone(),
            volatile: self.volatile.clone(),
            draws: self.draws,
        };
        minicbor::to_vec(&image).expect("encoding into memory cannot fail")
    }

    /// The card that [`Card::save`] saved.
    pub fn load(image: &[u8]) -> Result<Self, ImageError> {
        let image: Image = minicbor::decode(image).map_err(|error| ImageError::Damaged(error.to_string()))?;
        if image.layout != LAYOUT {
            return Err(ImageError::NewerLayout(image.layout));
        }
        // A fresh stream for each place it was saved at: what was drawn before is never drawn again.
        let mut rng = ChaCha8Rng::seed_from_u64(image.config.seed);
        rng.set_stream(image.draws.wrapping_add(1));
        let Image { config, picc, volatile, draws, .. } = image;
        Ok(Self { config, picc, volatile, draws, rng, file: None })
    }

    /// A card that lives in a file: made there if there is none, and as after a loss of the field if there is. Every
    /// change that survives the field is in the file before the card answers.
    pub fn open_durable(path: &Path, config: CardConfig) -> Result<Self, ImageError> {
        let mut card = match fs::metadata(path) {
            Ok(metadata) if metadata.len() > IMAGE_MOST => {
                return Err(ImageError::Damaged("the file is too large".to_owned()));
            }
            Ok(_) => Self::load(&fs::read(path)?)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::new(config),
            Err(error) => return Err(error.into()),
        };
        card.field_off();
        card.draws = card.draws.wrapping_add(1);
        card.file = Some(path.to_owned());
        card.store()?;
        Ok(card)
    }

    /// Writes what survives the field: whole and synced beside the file, then in its place.
    pub(crate) fn store(&mut self) -> Result<(), ImageError> {
        let Some(path) = self.file.clone() else { return Ok(()) };
        let beside = path.with_extension("new");
        let volatile = std::mem::take(&mut self.volatile);
        let image = self.save();
        self.volatile = volatile;
        let mut file = File::create(&beside)?;
        file.write_all(&image)?;
        file.sync_data()?;
        fs::rename(&beside, &path)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()?;
        Ok(())
    }
}
