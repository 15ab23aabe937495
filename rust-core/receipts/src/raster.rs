use crate::{Align, Direction, ReceiptError, Style};

/// A line for which the printer has no characters, to be drawn instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RasterLine {
    /// What stands where the line begins; all of it, if there is no amount.
    pub text: String,
    /// What stands where the line ends; empty for none.
    pub amount: String,
    /// How large and heavy.
    pub style: Style,
    /// Where a text without amount stands.
    pub align: Align,
    /// Which way the language runs.
    pub direction: Direction,
    /// How wide the paper prints, in dots.
    pub width_dots: u32,
}

/// A picture of black and white dots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bitmap {
    /// Dots in a row; at most the paper's.
    pub width_dots: u32,
    /// Rows from top to bottom, each of `width_dots` divided by eight and rounded up bytes; the highest bit is the
    /// leftmost dot, and 1 is black.
    pub rows: Vec<u8>,
}

/// Draws lines that a printer has no characters for.
pub trait Rasteriser {
    /// The line as a picture, as high as it needs.
    fn draw(&mut self, line: &RasterLine) -> Result<Bitmap, ReceiptError>;
}

/// Rows in one picture at most: a text of 500 characters in large letters.
const ROWS_MOST: usize = 4_096;
/// Rows that are sent at once: cheap printers have small buffers.
const BAND: usize = 128;

impl Bitmap {
    const fn bytes_per_row(&self) -> usize {
        self.width_dots.div_ceil(8) as usize
    }

    /// The picture as `GS v 0` commands, in bands.
    pub(crate) fn commands(&self, paper_dots: u32) -> Result<Vec<Vec<u8>>, ReceiptError> {
        let stride = self.bytes_per_row();
        if stride == 0 || self.width_dots > paper_dots || !self.rows.len().is_multiple_of(stride) {
            return Err(ReceiptError::Raster(format!(
                "a picture of {} dots and {} bytes does not fit a paper of {paper_dots} dots",
                self.width_dots,
                self.rows.len()
            )));
        }
        if self.rows.len() / stride > ROWS_MOST {
            return Err(ReceiptError::Raster("a picture is too high".to_owned()));
        }
        Ok(self.rows.chunks(stride * BAND).map(|band| raster_command(stride, band)).collect())
    }
}

/// `GS v 0 m xL xH yL yH d…` (Epson ESC/POS, "Print raster bit image"), dots as they are.
fn raster_command(stride: usize, band: &[u8]) -> Vec<u8> {
    let two_bytes = |number: usize| u16::try_from(number).unwrap_or(u16::MAX).to_le_bytes();
    let ([x_low, x_high], [y_low, y_high]) = (two_bytes(stride), two_bytes(band.len() / stride));
    [&[0x1D, b'v', b'0', 0, x_low, x_high, y_low, y_high][..], band].concat()
}
