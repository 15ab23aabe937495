use crate::codepage::{self, CodePage};
use crate::layout::{pair, placed, wrap};
use crate::raster::{RasterLine, Rasteriser};
use crate::{Align, Block, Direction, Document, ReceiptError, Style};
use escpos::driver::Driver;
use escpos::errors::PrinterError;
use escpos::utils::{Protocol, QRCodeCorrectionLevel, QRCodeModel, QRCodeOption};
use std::cell::RefCell;
use std::rc::Rc;

/// Dots of one side of a QR code's square.
const QR_DOTS: u8 = 6;
/// Empty lines that carry the last line past the cutter.
const FEED_TO_CUTTER: u8 = 4;

/// How wide the paper is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// 58 mm: 384 dots, 32 characters.
    Mm58,
    /// 80 mm: 576 dots, 48 characters.
    Mm80,
}

impl Paper {
    /// Dots that it prints in a row, at 203 dots an inch.
    pub const fn dots(self) -> u32 {
        match self {
            Self::Mm58 => 384,
            Self::Mm80 => 576,
        }
    }

    /// Characters of the printer's own font in a line.
    pub const fn columns(self) -> usize {
        match self {
            Self::Mm58 => 32,
            Self::Mm80 => 48,
        }
    }
}

/// A printer, as far as a document depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printer {
    /// Its paper.
    pub paper: Paper,
    /// Code pages that it carries, the preferred ones first; without any, every line is drawn.
    pub pages: Vec<CodePage>,
    /// Whether it cuts the paper.
    pub cuts: bool,
}

/// A document as the printer's bytes.
pub fn print(document: &Document, printer: &Printer, raster: &mut dyn Rasteriser) -> Result<Vec<u8>, ReceiptError> {
    document.check()?;
    let bytes = Rc::new(RefCell::new(Vec::new()));
    let mut press = Press {
        commands: escpos::printer::Printer::new(Collect(Rc::clone(&bytes)), Protocol::default(), None),
        printer,
        direction: document.direction,
        page: None,
        raster,
    };
    press.commands.init()?;
    for block in &document.blocks {
        press.block(block)?;
    }
    press.commands.feeds(FEED_TO_CUTTER)?;
    if printer.cuts {
        press.commands.partial_cut()?;
    }
    press.commands.print()?;
    drop(press);
    Ok(bytes.take())
}

/// Takes the bytes that would go to the printer.
struct Collect(Rc<RefCell<Vec<u8>>>);

impl Driver for Collect {
    fn name(&self) -> String {
        "memory".to_owned()
    }

    fn write(&self, data: &[u8]) -> Result<(), PrinterError> {
        self.0.borrow_mut().extend_from_slice(data);
        Ok(())
    }

    fn read(&self, _: &mut [u8]) -> Result<usize, PrinterError> {
        Ok(0)
    }

    fn flush(&self) -> Result<(), PrinterError> {
        Ok(())
    }
}

/// A document on its way to the printer.
struct Press<'p> {
    commands: escpos::printer::Printer<Collect>,
    printer: &'p Printer,
    direction: Direction,
    /// The code page that the printer is set to; none yet.
    page: Option<CodePage>,
    raster: &'p mut dyn Rasteriser,
}

impl Press<'_> {
    fn block(&mut self, block: &Block) -> Result<(), ReceiptError> {
        match block {
            Block::Text { text, style, align } => self.text(text, *style, *align),
            Block::Pair { name, amount, style } => self.pair(name, amount, *style),
            Block::Rule => self.rule(),
            Block::Space => Ok(self.commands.feed().map(drop)?),
            Block::Code { data } => self.code(data),
        }
    }

    fn text(&mut self, text: &str, style: Style, align: Align) -> Result<(), ReceiptError> {
        match self.encodable(text) {
            Some(page) => {
                let columns = self.columns(style);
                let lines: Vec<_> = wrap(text, columns).iter().map(|line| placed(line, align, columns)).collect();
                self.lines(page, &lines, style)
            }
            None => self.draw(text, "", style, align),
        }
    }

    fn pair(&mut self, name: &str, amount: &str, style: Style) -> Result<(), ReceiptError> {
        match self.encodable(&format!("{name}{amount}")) {
            Some(page) => {
                let lines = pair(name, amount, self.columns(style));
                self.lines(page, &lines, style)
            }
            None => self.draw(name, amount, style, Align::Start),
        }
    }

    fn rule(&mut self) -> Result<(), ReceiptError> {
        match codepage::encode(&self.printer.pages, "-") {
            Some((page, _)) => self.lines(page, &["-".repeat(self.printer.paper.columns())], Style::Normal),
            None => {
                let width_dots = self.printer.paper.dots();
                let row = vec![0xFF; width_dots.div_ceil(8) as usize];
                self.picture(&crate::Bitmap { width_dots, rows: row.repeat(2) })
            }
        }
    }

    fn code(&mut self, data: &str) -> Result<(), ReceiptError> {
        let option = QRCodeOption::new(QRCodeModel::Model2, QR_DOTS, QRCodeCorrectionLevel::M);
        self.commands.justify(escpos::utils::JustifyMode::CENTER)?;
        self.commands.qrcode_option(data, option)?;
        self.commands.feed()?;
        self.commands.justify(escpos::utils::JustifyMode::LEFT)?;
        Ok(())
    }

    /// The code page to print a text in; none if it must be drawn. What runs from right to left always is, because
    /// printers know one direction only.
    fn encodable(&self, text: &str) -> Option<CodePage> {
        match self.direction {
            Direction::LeftToRight => codepage::encode(&self.printer.pages, text).map(|(page, _)| page),
            Direction::RightToLeft => None,
        }
    }

    fn columns(&self, style: Style) -> usize {
        match style {
            Style::Normal | Style::Bold => self.printer.paper.columns(),
            Style::Large => self.printer.paper.columns() / 2,
        }
    }

    fn lines(&mut self, page: CodePage, lines: &[String], style: Style) -> Result<(), ReceiptError> {
        if self.page != Some(page) {
            self.commands.page_code(page.command())?;
            self.page = Some(page);
        }
        if style != Style::Normal {
            self.commands.bold(true)?;
        }
        if style == Style::Large {
            self.commands.size(2, 2)?;
        }
        for line in lines {
            let bytes = page.encode(line).ok_or(ReceiptError::Printer(format!("{page:?} lacks a character")))?;
            self.commands.custom(&bytes)?.feed()?;
        }
        if style == Style::Large {
            self.commands.reset_size()?;
        }
        if style != Style::Normal {
            self.commands.bold(false)?;
        }
        Ok(())
    }

    fn draw(&mut self, text: &str, amount: &str, style: Style, align: Align) -> Result<(), ReceiptError> {
        let line = RasterLine {
            text: text.to_owned(),
            amount: amount.to_owned(),
            style,
            align,
            direction: self.direction,
            width_dots: self.printer.paper.dots(),
        };
        let bitmap = self.raster.draw(&line)?;
        self.picture(&bitmap)
    }

    fn picture(&mut self, bitmap: &crate::Bitmap) -> Result<(), ReceiptError> {
        for band in bitmap.commands(self.printer.paper.dots())? {
            self.commands.custom(&band)?;
        }
        Ok(())
    }
}

impl From<PrinterError> for ReceiptError {
    fn from(error: PrinterError) -> Self {
        Self::Printer(error.to_string())
    }
}
