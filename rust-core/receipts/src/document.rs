use crate::ReceiptError;
use minicbor::{Decode, Encode};

/// Blocks in one document at most: a basket of 200 lines with everything around it.
const BLOCKS_MOST: usize = 1_000;
/// Characters in one text at most.
const TEXT_MOST: usize = 500;

/// What is to be printed or shown: blocks from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Document {
    /// Which way its language runs.
    #[n(0)]
    pub direction: Direction,
    /// What stands on it.
    #[n(1)]
    pub blocks: Vec<Block>,
}

/// Which way a language runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Direction {
    /// As English does.
    #[n(0)]
    LeftToRight,
    /// As Arabic does: a line begins at the right edge, amounts stand at the left one.
    #[n(1)]
    RightToLeft,
}

/// One thing on a document.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Block {
    /// A text over the whole width; as many lines as it needs.
    #[n(0)]
    Text {
        /// The text, one paragraph.
        #[n(0)]
        text: String,
        /// How large and heavy.
        #[n(1)]
        style: Style,
        /// Where it stands.
        #[n(2)]
        align: Align,
    },
    /// A name at the line's beginning and an amount at its end.
    #[n(1)]
    Pair {
        /// At the beginning; takes more lines if it must.
        #[n(0)]
        name: String,
        /// At the end; never broken.
        #[n(1)]
        amount: String,
        /// How large and heavy.
        #[n(2)]
        style: Style,
    },
    /// A line across.
    #[n(2)]
    Rule,
    /// An empty line.
    #[n(3)]
    Space,
    /// A QR code.
    #[n(4)]
    Code {
        /// What it says.
        #[n(0)]
        data: String,
    },
}

/// How large and heavy a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(index_only)]
pub enum Style {
    /// As everything is.
    #[default]
    #[n(0)]
    Normal,
    /// Heavy.
    #[n(1)]
    Bold,
    /// Heavy, twice as wide and high.
    #[n(2)]
    Large,
}

/// Where a text stands between the edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(index_only)]
pub enum Align {
    /// Where a line begins.
    #[default]
    #[n(0)]
    Start,
    /// In the middle.
    #[n(1)]
    Centre,
    /// Where a line ends.
    #[n(2)]
    End,
}

impl Document {
    /// Refused if it is longer than any receipt is.
    pub(crate) fn check(&self) -> Result<(), ReceiptError> {
        if self.blocks.len() > BLOCKS_MOST {
            return Err(ReceiptError::TooLong("it has too many lines"));
        }
        let texts = self.blocks.iter().flat_map(|block| match block {
            Block::Text { text, .. } => [text.as_str(), ""],
            Block::Pair { name, amount, .. } => [name.as_str(), amount],
            Block::Code { data } => [data.as_str(), ""],
            Block::Rule | Block::Space => ["", ""],
        });
        for text in texts {
            if text.chars().count() > TEXT_MOST {
                return Err(ReceiptError::TooLong("a line has too many characters"));
            }
        }
        Ok(())
    }
}
