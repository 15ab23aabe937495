/// Why nothing was printed.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// No font at all.
    #[error("this machine has no fonts: install one, such as Noto Sans")]
    NoFonts,
    /// A letter that no font has.
    #[error("no font on this machine has the letter {letter:?} of \"{text}\": install one that does, such as Noto")]
    NoLetter {
        /// The letter.
        letter: char,
        /// The text it stands in.
        text: String,
    },
    /// Too much for a code.
    #[error("a code cannot be drawn: {0}")]
    Code(#[from] qrcode::types::QrError),
    /// The document itself.
    #[error("the document cannot be written: {0}")]
    Document(String),
}
