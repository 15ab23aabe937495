//! Documents on paper: the bytes are read back by a printer that shares nothing with what wrote them.

mod paper;

use paper::{Paper as Sheet, glyph};
use satchel_receipts::{
    Align, Bitmap, Block, CodePage, Direction, Document, Paper, Printer, RasterLine, Rasteriser, ReceiptError, Style,
    print,
};
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

/// Draws with an 8 × 8 font, cuts what is too long, and remembers what it drew.
#[derive(Default)]
struct FakeTextEngine {
    drawn: Vec<RasterLine>,
}

const GLYPH: usize = 8;

impl Rasteriser for FakeTextEngine {
    fn draw(&mut self, line: &RasterLine) -> Result<Bitmap, ReceiptError> {
        self.drawn.push(line.clone());
        let width = line.width_dots as usize;
        let mut dots = vec![0; width * GLYPH];
        let amount: Vec<char> = line.amount.chars().collect();
        let text: Vec<char> = line.text.chars().take(width / GLYPH - amount.len()).collect();
        let (left, right) = match line.direction {
            Direction::LeftToRight => (text, amount),
            Direction::RightToLeft => (amount.into_iter().rev().collect(), text.into_iter().rev().collect()),
        };
        put(&mut dots, width, 0, &left);
        put(&mut dots, width, width - right.len() * GLYPH, &right);
        let rows = dots.chunks(8).map(|byte| byte.iter().fold(0, |byte, dot| byte << 1 | dot)).collect();
        Ok(Bitmap { width_dots: line.width_dots, rows })
    }
}

fn put(dots: &mut [u8], width: usize, at: usize, text: &[char]) {
    for (index, character) in text.iter().enumerate() {
        for (y, row) in glyph(*character).iter().enumerate() {
            for x in 0..GLYPH {
                dots[y * width + at + index * GLYPH + x] = row >> x & 1;
            }
        }
    }
}

fn text(text: &str, style: Style, align: Align) -> Block {
    Block::Text { text: text.to_owned(), style, align }
}

fn pair(name: &str, amount: &str, style: Style) -> Block {
    Block::Pair { name: name.to_owned(), amount: amount.to_owned(), style }
}

fn receipt(direction: Direction) -> Document {
    let blocks = vec![
        text("Corner Store", Style::Large, Align::Centre),
        text("Käsemarkt 5, 20095 Hamburg", Style::Normal, Align::Centre),
        Block::Rule,
        pair("Green tea with mint and a very long name indeed", "3,20 €", Style::Normal),
        pair("ひらがな", "12,00 €", Style::Normal),
        Block::Rule,
        pair("Total", "15,20 €", Style::Bold),
        Block::Space,
        text("Thank you", Style::Normal, Align::End),
        Block::Code { data: "T1-42".to_owned() },
    ];
    Document { direction, blocks }
}

fn usual(paper: Paper) -> Printer {
    Printer { paper, pages: CodePage::USUAL.to_vec(), cuts: true }
}

fn printed(document: &Document, printer: &Printer) -> (Sheet, FakeTextEngine) {
    let mut engine = FakeTextEngine::default();
    let bytes = print(document, printer, &mut engine).expect("it can be printed");
    (Sheet::print(&bytes, printer.paper.dots() as usize), engine)
}

/// Compares with the committed picture; `SATCHEL_RECORD=1` writes it anew.
fn golden(name: &str, sheet: &Sheet) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/paper").join(format!("{name}.png"));
    let (width, height, dots) = sheet.picture();
    if std::env::var_os("SATCHEL_RECORD").is_some() {
        record(&path, width, height, &dots);
    }
    let file = File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut reader = png::Decoder::new(BufReader::new(file)).read_info().expect("a picture");
    let mut wanted = vec![0; reader.output_buffer_size().expect("a small picture")];
    reader.next_frame(&mut wanted).expect("a whole picture");
    assert_eq!((width, height), (reader.info().width as usize, reader.info().height as usize), "{name}");
    assert!(wanted == dots, "{name} looks different; look at it and record it with SATCHEL_RECORD=1");
}

fn record(path: &std::path::Path, width: usize, height: usize, dots: &[u8]) {
    let size = |number: usize| u32::try_from(number).expect("a small picture");
    let mut encoder = png::Encoder::new(File::create(path).expect("writable"), size(width), size(height));
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_compression(png::Compression::High);
    encoder.write_header().and_then(|mut writer| writer.write_image_data(dots)).expect("writable");
}

#[test]
fn a_receipt_on_58_mm_paper() {
    let (sheet, engine) = printed(&receipt(Direction::LeftToRight), &usual(Paper::Mm58));
    golden("receipt-58", &sheet);
    assert!(sheet.text.contains("Käsemarkt 5, 20095 Hamburg"), "{}", sheet.text);
    assert!(sheet.text.contains("Total                    15,20 €\n"), "{}", sheet.text);
    assert_eq!((sheet.cuts, sheet.qr), (1, vec!["T1-42".to_owned()]));
    assert_eq!(engine.drawn.len(), 1, "only what no page has is drawn");
    assert_eq!(engine.drawn[0].text, "ひらがな");
}

#[test]
fn a_receipt_on_80_mm_paper() {
    let (sheet, _) = printed(&receipt(Direction::LeftToRight), &usual(Paper::Mm80));
    golden("receipt-80", &sheet);
    let widest = sheet.text.lines().map(|line| line.chars().count()).max();
    assert_eq!(widest, Some(48));
}

#[test]
fn what_runs_from_right_to_left_is_drawn_line_by_line() {
    let (sheet, engine) = printed(&receipt(Direction::RightToLeft), &usual(Paper::Mm58));
    golden("receipt-right-to-left", &sheet);
    assert_eq!(engine.drawn.len(), 6);
    assert!(engine.drawn.iter().all(|line| line.direction == Direction::RightToLeft));
}

#[test]
fn a_printer_without_pages_and_without_a_cutter() {
    let printer = Printer { paper: Paper::Mm58, pages: Vec::new(), cuts: false };
    let (sheet, engine) = printed(&receipt(Direction::LeftToRight), &printer);
    assert_eq!((engine.drawn.len(), sheet.cuts), (6, 0));
    assert_eq!(sheet.text.trim(), "", "not a single character of its own font");
}

#[test]
fn texts_cannot_smuggle_commands() {
    let smuggled = text("Tea\u{1B}p\u{0}", Style::Normal, Align::Start);
    let document = Document { direction: Direction::LeftToRight, blocks: vec![smuggled] };
    let (_, engine) = printed(&document, &usual(Paper::Mm58));
    assert_eq!(engine.drawn.len(), 1, "what is not plain text is drawn, not sent");
}

#[test]
fn a_picture_that_does_not_fit_the_paper_is_refused() {
    struct TooWide;
    impl Rasteriser for TooWide {
        fn draw(&mut self, line: &RasterLine) -> Result<Bitmap, ReceiptError> {
            Ok(Bitmap { width_dots: line.width_dots + 8, rows: vec![0; 49 * 4] })
        }
    }
    let document =
        Document { direction: Direction::RightToLeft, blocks: vec![text("شاي", Style::Normal, Align::Start)] };
    let refused = print(&document, &usual(Paper::Mm58), &mut TooWide);
    assert!(matches!(refused, Err(ReceiptError::Raster(_))), "{refused:?}");
}

#[test]
fn a_document_longer_than_any_receipt_is_refused() {
    let document = Document { direction: Direction::LeftToRight, blocks: vec![Block::Rule; 1_001] };
    let refused = print(&document, &usual(Paper::Mm58), &mut FakeTextEngine::default());
    assert!(matches!(refused, Err(ReceiptError::TooLong(_))), "{refused:?}");
}
