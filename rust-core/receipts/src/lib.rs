//! What a terminal prints: a document of lines, the bytes for a 58 or 80 mm ESC/POS printer, and the queue that keeps
//! them until they are on paper.
//!
//! The app writes a [`Document`] in the person's language; the same document is shown on the screen. A line that the
//! printer has no code page for is drawn as a picture by a [`Rasteriser`], which on a phone is the system's own text
//! engine, so that any script prints, in its own direction.

#![deny(missing_docs)]

mod codepage;
mod document;
mod error;
mod layout;
mod printer;
mod queue;
mod raster;

pub use codepage::CodePage;
pub use document::{Align, Block, Direction, Document, Style};
pub use error::ReceiptError;
pub use printer::{Paper, Printer, print};
pub use queue::{Job, JobId, Queue, Waiting};
pub use raster::{Bitmap, RasterLine, Rasteriser};
