/// Why a document was not printed, or the queue not read. The document is still in the queue.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// Longer than any receipt is.
    #[error("the receipt is too long to print: {0}")]
    TooLong(&'static str),
    /// A line could not be drawn.
    #[error("a line could not be drawn: {0}")]
    Raster(String),
    /// The printer's commands cannot say it.
    #[error("the printer cannot print this: {0}")]
    Printer(String),
    /// No such print job.
    #[error("there is no print job {0} any more")]
    NoSuchJob(i64),
    /// A print job that cannot be read.
    #[error("print job {0} cannot be read: print the receipt again from the journal")]
    Damaged(i64),
    /// So many are waiting that the printer must have been away for long.
    #[error("{0} receipts wait for the printer: switch it on, or clear the queue")]
    QueueFull(usize),
    /// The queue's file.
    #[error("the print queue: {0}")]
    Storage(#[from] rusqlite::Error),
}
