//! Documents on paper, and the queue that keeps them until they are.

use satchel_receipts::{self as receipts, JobId, Queue, RasterLine, ReceiptError};
use satchel_values::Timestamp;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uniffi::UnexpectedUniFFICallbackError;

/// What is to be printed or shown: blocks from top to bottom, in the person's language.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Document {
    /// Whether its language runs from right to left.
    pub right_to_left: bool,
    /// What stands on it.
    pub blocks: Vec<DocumentBlock>,
}

/// One thing on a document.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum DocumentBlock {
    /// A text over the whole width.
    Text {
        /// The text, one paragraph.
        text: String,
        /// How large and heavy.
        style: TextStyle,
        /// Where it stands.
        align: TextAlign,
    },
    /// A name at the line's beginning and an amount at its end.
    Pair {
        /// At the beginning.
        name: String,
        /// At the end.
        amount: String,
        /// How large and heavy.
        style: TextStyle,
    },
    /// A line across.
    Rule,
    /// An empty line.
    Space,
    /// A QR code.
    Code {
        /// What it says.
        data: String,
    },
}

/// How large and heavy a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum TextStyle {
    /// As everything is.
    Normal,
    /// Heavy.
    Bold,
    /// Heavy, twice as wide and high.
    Large,
}

/// Where a text stands between the edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum TextAlign {
    /// Where a line begins.
    Start,
    /// In the middle.
    Centre,
    /// Where a line ends.
    End,
}

/// How wide the paper is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum PaperWidth {
    /// 58 mm.
    Mm58,
    /// 80 mm.
    Mm80,
}

/// A printer, as far as a document depends on it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PrinterModel {
    /// Its paper.
    pub paper: PaperWidth,
    /// Whether it has characters of its own; every line is drawn, if not.
    pub has_characters: bool,
    /// Whether it cuts the paper.
    pub cuts: bool,
}

/// A line for which the printer has no characters, to be drawn by the device's own text engine.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct DrawnLine {
    /// What stands where the line begins; all of it, if there is no amount.
    pub text: String,
    /// What stands where the line ends; empty for none.
    pub amount: String,
    /// How large and heavy.
    pub style: TextStyle,
    /// Where a text without amount stands.
    pub align: TextAlign,
    /// Whether the language runs from right to left.
    pub right_to_left: bool,
    /// How wide the paper prints, in dots.
    pub width_dots: u32,
}

/// A picture of black and white dots.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Picture {
    /// Dots in a row.
    pub width_dots: u32,
    /// Rows from top to bottom, each of `width_dots` divided by eight and rounded up bytes; the highest bit is the
    /// leftmost dot, and 1 is black.
    pub rows: Vec<u8>,
}

/// Draws lines that a printer has no characters for.
#[uniffi::export(rust, foreign)]
pub trait LineDrawer: Send + Sync {
    /// The line as a picture, as high as it needs.
    fn draw(&self, line: DrawnLine) -> Result<Picture, DrawFault>;
}

/// Why a line could not be drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum DrawFault {
    /// It failed.
    #[error("{detail}")]
    Failed {
        /// What, for the log.
        detail: String,
    },
}

/// Why a document was not printed or queued.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum PrintTrouble {
    /// Longer than any receipt is.
    #[error("the receipt is too long")]
    TooLong,
    /// It cannot be put on paper.
    #[error("{detail}")]
    Unprintable {
        /// Why, for the log.
        detail: String,
    },
    /// It is not in the queue any more.
    #[error("no such print job")]
    NoSuchJob,
    /// Print the receipt again from the journal, and remove this job.
    #[error("print job {id} cannot be read")]
    Damaged {
        /// Which.
        id: i64,
    },
    /// Switch the printer on, or clear the queue.
    #[error("the print queue is full")]
    QueueFull,
    /// The device's storage fails.
    #[error("{detail}")]
    StorageFaulty {
        /// How, for the log.
        detail: String,
    },
}

/// A print job.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PrintJob {
    /// Which.
    pub id: i64,
    /// What to print.
    pub document: Document,
}

/// A print job as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct WaitingJob {
    /// Which.
    pub id: i64,
    /// When it was queued.
    pub at_ms: i64,
    /// What it is.
    pub title: String,
    /// How often it failed.
    pub attempts: u32,
    /// Why it failed last.
    pub failure: Option<String>,
}

/// A document as the bytes of an ESC/POS printer.
#[uniffi::export]
pub fn printer_bytes(
    document: Document,
    printer: PrinterModel,
    drawer: Arc<dyn LineDrawer>,
) -> Result<Vec<u8>, PrintTrouble> {
    Ok(receipts::print(&document.into(), &printer.into(), &mut Drawer(drawer))?)
}

/// Documents that wait for the printer, in a file that survives a loss of power.
#[derive(uniffi::Object)]
pub struct PrintQueue(Mutex<Queue>);

#[uniffi::export]
impl PrintQueue {
    /// Opens the queue of a folder, or begins one.
    #[uniffi::constructor]
    pub fn open(folder: &str) -> Result<Arc<Self>, PrintTrouble> {
        Ok(Arc::new(Self(Mutex::new(Queue::open(&Path::new(folder).join("print.db"))?))))
    }

    /// Queues a document. Returns its number.
    pub fn push(&self, title: &str, document: Document, at_ms: i64) -> Result<i64, PrintTrouble> {
        Ok(self.queue().push(title, &document.into(), Timestamp::from_ms(at_ms))?.0)
    }

    /// The oldest job.
    pub fn next(&self) -> Result<Option<PrintJob>, PrintTrouble> {
        let job = self.queue().next()?;
        Ok(job.map(|job| PrintJob { id: job.id.0, document: job.document.into() }))
    }

    /// Takes a job off the queue: it is on paper, or given up.
    pub fn remove(&self, id: i64) -> Result<(), PrintTrouble> {
        Ok(self.queue().remove(JobId(id))?)
    }

    /// Keeps a job for another try.
    pub fn failed(&self, id: i64, why: &str) -> Result<(), PrintTrouble> {
        Ok(self.queue().failed(JobId(id), why)?)
    }

    /// Every job, oldest first.
    pub fn waiting(&self) -> Result<Vec<WaitingJob>, PrintTrouble> {
        Ok(self.queue().waiting()?.into_iter().map(WaitingJob::from).collect())
    }
}

impl PrintQueue {
    /// What is in the file is whole whatever happened in memory, so a lock that a panic left behind is taken over.
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The app's drawer as the printing knows one.
struct Drawer(Arc<dyn LineDrawer>);

impl receipts::Rasteriser for Drawer {
    fn draw(&mut self, line: &RasterLine) -> Result<receipts::Bitmap, ReceiptError> {
        let line = DrawnLine {
            text: line.text.clone(),
            amount: line.amount.clone(),
            style: line.style.into(),
            align: line.align.into(),
            right_to_left: line.direction == receipts::Direction::RightToLeft,
            width_dots: line.width_dots,
        };
        let Picture { width_dots, rows } =
            self.0.draw(line).map_err(|DrawFault::Failed { detail }| ReceiptError::Raster(detail))?;
        Ok(receipts::Bitmap { width_dots, rows })
    }
}

impl From<UnexpectedUniFFICallbackError> for DrawFault {
    fn from(error: UnexpectedUniFFICallbackError) -> Self {
        Self::Failed { detail: error.reason }
    }
}

impl From<ReceiptError> for PrintTrouble {
    fn from(error: ReceiptError) -> Self {
        match error {
            ReceiptError::TooLong(_) => Self::TooLong,
            ReceiptError::NoSuchJob(_) => Self::NoSuchJob,
            ReceiptError::Damaged(id) => Self::Damaged { id },
            ReceiptError::QueueFull(_) => Self::QueueFull,
            ReceiptError::Raster(detail) | ReceiptError::Printer(detail) => Self::Unprintable { detail },
            ReceiptError::Storage(error) => Self::StorageFaulty { detail: error.to_string() },
        }
    }
}

impl From<receipts::Waiting> for WaitingJob {
    fn from(waiting: receipts::Waiting) -> Self {
        let receipts::Waiting { id, at, title, attempts, failure } = waiting;
        Self { id: id.0, at_ms: at.ms(), title, attempts, failure }
    }
}

impl From<PrinterModel> for receipts::Printer {
    fn from(model: PrinterModel) -> Self {
        let paper = match model.paper {
            PaperWidth::Mm58 => receipts::Paper::Mm58,
            PaperWidth::Mm80 => receipts::Paper::Mm80,
        };
        let pages = if model.has_characters { receipts::CodePage::USUAL.to_vec() } else { Vec::new() };
        Self { paper, pages, cuts: model.cuts }
    }
}

impl From<Document> for receipts::Document {
    fn from(document: Document) -> Self {
        let direction = match document.right_to_left {
            true => receipts::Direction::RightToLeft,
            false => receipts::Direction::LeftToRight,
        };
        Self { direction, blocks: document.blocks.into_iter().map(receipts::Block::from).collect() }
    }
}

impl From<receipts::Document> for Document {
    fn from(document: receipts::Document) -> Self {
        let right_to_left = document.direction == receipts::Direction::RightToLeft;
        Self { right_to_left, blocks: document.blocks.into_iter().map(DocumentBlock::from).collect() }
    }
}

impl From<DocumentBlock> for receipts::Block {
    fn from(block: DocumentBlock) -> Self {
        match block {
            DocumentBlock::Text { text, style, align } => Self::Text { text, style: style.into(), align: align.into() },
            DocumentBlock::Pair { name, amount, style } => Self::Pair { name, amount, style: style.into() },
            DocumentBlock::Rule => Self::Rule,
            DocumentBlock::Space => Self::Space,
            DocumentBlock::Code { data } => Self::Code { data },
        }
    }
}

impl From<receipts::Block> for DocumentBlock {
    fn from(block: receipts::Block) -> Self {
        match block {
            receipts::Block::Text { text, style, align } => {
                Self::Text { text, style: style.into(), align: align.into() }
            }
            receipts::Block::Pair { name, amount, style } => Self::Pair { name, amount, style: style.into() },
            receipts::Block::Rule => Self::Rule,
            receipts::Block::Space => Self::Space,
            receipts::Block::Code { data } => Self::Code { data },
        }
    }
}

/// Enums of the same variants, both ways.
macro_rules! alike {
    ($($here:ident = $there:ident { $($variant:ident),+ })+) => {$(
        impl From<$here> for receipts::$there {
            fn from(value: $here) -> Self {
                match value { $($here::$variant => Self::$variant,)+ }
            }
        }

        impl From<receipts::$there> for $here {
            fn from(value: receipts::$there) -> Self {
                match value { $(receipts::$there::$variant => Self::$variant,)+ }
            }
        }
    )+};
}

alike! {
    TextStyle = Style { Normal, Bold, Large }
    TextAlign = Align { Start, Centre, End }
}
