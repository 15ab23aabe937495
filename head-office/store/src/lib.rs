//! Head office's database: SQLite in a file, or PostgreSQL; one set of statements for both.
//!
//! [`Database::read`] and [`Database::write`] run a piece of [`Work`] as one transaction. What is written in one piece
//! of work is in the database whole or not at all, whatever happens in between.

#![deny(missing_docs)]

mod chain;
mod database;
mod error;
mod schema;
mod sqlite;
#[cfg(feature = "testing")]
pub mod testing;
mod value;

pub use chain::{Chain, ChainFault, Link};
pub use database::{AsStoreError, Database, DatabaseSpec, Work};
pub use error::StoreError;
pub use value::{Row, Value};
