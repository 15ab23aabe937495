//! The catalogue, and baskets that wait.

use crate::{BasketLine, Progress};
use satchel_counter::{BasketDraft, BasketId, Baskets, BasketsError, Catalogue, CatalogueError, ImportError};
use satchel_device::{Folder, Mode};
use satchel_journal::Line;
use satchel_values::{Money, OperatorId, Timestamp};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a counter needs besides the card. Every call blocks until it is done.
#[derive(uniffi::Object)]
pub struct Counter {
    catalogue: Mutex<Catalogue>,
    baskets: Mutex<Baskets>,
}

/// Something that is sold.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Item {
    /// Its own code; what journals keep.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// Where it is listed; empty for nowhere in particular.
    pub category: String,
    /// What one unit costs.
    pub price_minor: i64,
    /// By weight, length or volume, in thousandths; by the piece, if not.
    pub by_measure: bool,
}

/// A category and how many items it has.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Category {
    /// What it is called.
    pub name: String,
    /// How many items it has.
    pub items: u32,
}

/// A basket that waits.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HeldBasket {
    /// Which.
    pub id: i64,
    /// Since when.
    pub at_ms: i64,
    /// Who put it aside.
    pub operator: u32,
    /// What it is called.
    pub title: String,
    /// What is in it.
    pub lines: Vec<BasketLine>,
    /// What the operator takes off.
    pub discount_minor: i64,
}

/// Why the catalogue or a held basket is not to be had. What was there before still is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum CounterTrouble {
    /// The catalogue's file has a mistake: correct it and import it again.
    #[error("{detail}")]
    CatalogueWrong {
        /// The line, counted from 1; none where it is not about a line.
        line: Option<u64>,
        /// What is wrong.
        detail: String,
    },
    /// There is nothing to put aside.
    #[error("the basket is empty")]
    BasketEmpty,
    /// Split the basket in two.
    #[error("the basket has too many lines")]
    BasketTooLong,
    /// A basket's name is one short line.
    #[error("the basket's name is too long")]
    BasketName,
    /// Recall or clear some baskets first.
    #[error("too many baskets wait")]
    TooManyBaskets,
    /// Somebody else has recalled it.
    #[error("the basket does not wait any more")]
    BasketGone,
    /// Ring it up again.
    #[error("the basket cannot be read")]
    BasketDamaged,
    /// Free some space on the device.
    #[error("the device's storage is full")]
    StorageFull,
    /// The device's storage fails in another way.
    #[error("{detail}")]
    StorageFaulty {
        /// How, for the log.
        detail: String,
    },
}

/// Items.
#[uniffi::export]
impl Counter {
    /// Opens the files of a folder, or begins them.
    #[uniffi::constructor]
    pub fn open(folder: &str) -> Result<Arc<Self>, CounterTrouble> {
        let folder = Path::new(folder);
        let catalogue = Mutex::new(Catalogue::open(&folder.join("catalogue.db"))?);
        let baskets = Mutex::new(Baskets::open(&folder.join("baskets.db"))?);
        Ok(Arc::new(Self { catalogue, baskets }))
    }

    /// Replaces the catalogue by a file of comma-separated values, all of it or nothing. Returns how many items there
    /// are.
    pub fn import_catalogue(&self, file: &str, progress: Arc<dyn Progress>) -> Result<u32, CounterTrouble> {
        let unreadable = |error: std::io::Error| CounterTrouble::StorageFaulty { detail: error.to_string() };
        let table = File::open(file).map_err(unreadable)?;
        let bytes = table.metadata().map_err(unreadable)?.len();
        let mut tell = |done, total| {
            if let Err(fault) = progress.step(done, total) {
                log::debug!("progress could not be shown: {fault}");
            }
        };
        Ok(self.catalogue().import(&mut BufReader::new(table), bytes, &mut tell)?)
    }

    /// Takes in the catalogue that came with a terminal's set-up, if one waits in its folder, all of it or nothing. Returns how
    /// many items there are then; nothing if none waits. One with a mistake is put away: head office has to send another.
    pub fn take_in_waiting(&self, folder: &str, progress: Arc<dyn Progress>) -> Result<Option<u32>, CounterTrouble> {
        let waiting = Folder::new(folder, Mode::Service).catalogue_path();
        if !waiting.exists() {
            return Ok(None);
        }
        let taken = self.import_catalogue(&waiting.to_string_lossy(), progress);
        if let Ok(_) | Err(CounterTrouble::CatalogueWrong { .. }) = &taken {
            std::fs::remove_file(&waiting)
                .map_err(|error| CounterTrouble::StorageFaulty { detail: error.to_string() })?;
        }
        taken.map(Some)
    }

    /// The item that a scanner read: by barcode, or by code.
    pub fn scanned(&self, read: &str) -> Result<Option<Item>, CounterTrouble> {
        Ok(self.catalogue().scanned(read)?.map(Item::from))
    }

    /// Items whose name or code has every word, in any script.
    pub fn search(&self, words: &str, most: u32) -> Result<Vec<Item>, CounterTrouble> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        Ok(self.catalogue().search(words, most)?.into_iter().map(Item::from).collect())
    }

    /// Items of a category, from the one at `skip` on.
    pub fn in_category(&self, category: &str, skip: u32, most: u32) -> Result<Vec<Item>, CounterTrouble> {
        Ok(self.catalogue().in_category(category, skip, most)?.into_iter().map(Item::from).collect())
    }

    /// The categories.
    pub fn categories(&self) -> Result<Vec<Category>, CounterTrouble> {
        let categories = self.catalogue().categories()?;
        Ok(categories.into_iter().map(|category| Category { name: category.name, items: category.items }).collect())
    }

    /// How many items there are.
    pub fn items(&self) -> Result<u32, CounterTrouble> {
        Ok(self.catalogue().len()?)
    }
}

/// Baskets.
#[uniffi::export]
impl Counter {
    /// Puts a basket aside. Returns its number.
    pub fn hold(
        &self,
        title: &str,
        lines: Vec<BasketLine>,
        discount_minor: i64,
        operator: u32,
        at_ms: i64,
    ) -> Result<i64, CounterTrouble> {
        let lines = lines.into_iter().map(Line::from).collect();
        let draft = BasketDraft { lines, discount: Money::new(discount_minor) };
        let id = self.baskets().hold(title, &draft, OperatorId::new(operator), Timestamp::from_ms(at_ms))?;
        Ok(id.0)
    }

    /// The baskets that wait, the oldest first.
    pub fn held(&self) -> Result<Vec<HeldBasket>, CounterTrouble> {
        Ok(self.baskets().held()?.into_iter().map(HeldBasket::from).collect())
    }

    /// Takes a basket back; it does not wait any more.
    pub fn recall(&self, id: i64) -> Result<HeldBasket, CounterTrouble> {
        Ok(self.baskets().recall(BasketId(id))?.into())
    }
}

impl Counter {
    /// What is in the files is whole whatever happened in memory, so a lock that a panic left behind is taken over.
    fn catalogue(&self) -> MutexGuard<'_, Catalogue> {
        self.catalogue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn baskets(&self) -> MutexGuard<'_, Baskets> {
        self.baskets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<satchel_counter::Item> for Item {
    fn from(item: satchel_counter::Item) -> Self {
        let satchel_counter::Item { code, name, category, price, unit } = item;
        let by_measure = unit == satchel_counter::Unit::Measure;
        Self { code, name, category, price_minor: price.get(), by_measure }
    }
}

impl From<satchel_counter::HeldBasket> for HeldBasket {
    fn from(held: satchel_counter::HeldBasket) -> Self {
        Self {
            id: held.id.0,
            at_ms: held.at.ms(),
            operator: held.operator.get(),
            title: held.title,
            lines: held.draft.lines.into_iter().map(BasketLine::from).collect(),
            discount_minor: held.draft.discount.get(),
        }
    }
}

impl From<CatalogueError> for CounterTrouble {
    fn from(error: CatalogueError) -> Self {
        match error {
            CatalogueError::Import(ImportError::Row { line, why }) => {
                Self::CatalogueWrong { line: Some(line), detail: why }
            }
            CatalogueError::Import(ImportError::Storage(error)) | CatalogueError::Storage(error) => storage(&error),
            CatalogueError::Import(
                error @ (ImportError::Column(_) | ImportError::Twice { .. } | ImportError::TooMany),
            ) => Self::CatalogueWrong { line: None, detail: error.to_string() },
        }
    }
}

impl From<BasketsError> for CounterTrouble {
    fn from(error: BasketsError) -> Self {
        match error {
            BasketsError::Empty => Self::BasketEmpty,
            BasketsError::TooManyLines => Self::BasketTooLong,
            BasketsError::Title => Self::BasketName,
            BasketsError::TooMany => Self::TooManyBaskets,
            BasketsError::Gone => Self::BasketGone,
            BasketsError::Damaged => Self::BasketDamaged,
            BasketsError::Storage(error) => storage(&error),
        }
    }
}

fn storage(error: &rusqlite::Error) -> CounterTrouble {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DiskFull) => CounterTrouble::StorageFull,
        _ => CounterTrouble::StorageFaulty { detail: error.to_string() },
    }
}
