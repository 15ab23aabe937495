//! What a counter needs besides the card: the catalogue, and baskets that wait.

#![deny(missing_docs)]

mod baskets;
mod catalogue;
mod import;
mod search;

pub use baskets::{BasketDraft, BasketId, Baskets, BasketsError, HeldBasket};
pub use catalogue::{Catalogue, CatalogueError, Category, Item, Unit};
pub use import::{COLUMNS, ImportError};
