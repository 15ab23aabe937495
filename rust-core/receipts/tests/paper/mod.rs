//! A printer made of nothing but the commands' documentation: takes the bytes, gives the paper as a picture.

use font8x8::UnicodeFonts;
use oem_cp::code_table::{
    DECODING_TABLE_CP437, DECODING_TABLE_CP850, DECODING_TABLE_CP852, DECODING_TABLE_CP857, DECODING_TABLE_CP858,
    DECODING_TABLE_CP866,
};

/// Dots of a character of font A: 12 × 24, drawn here as 8 × 8 doubled with spacing.
const CELL: (usize, usize) = (12, 24);
/// Rows from one line to the next.
const LINE: usize = 30;

/// The paper so far: one byte a dot, 1 is black.
pub struct Paper {
    width: usize,
    rows: Vec<Vec<u8>>,
    page: u8,
    bold: bool,
    scale: (usize, usize),
    column: usize,
    codes: Vec<u8>,
    /// How often it was cut.
    pub cuts: usize,
    /// What the QR codes say.
    pub qr: Vec<String>,
    /// The characters that were printed as such, line by line.
    pub text: String,
    line: Vec<Vec<u8>>,
}

impl Paper {
    /// Prints the bytes on paper of this width.
    pub fn print(bytes: &[u8], width: usize) -> Self {
        let mut paper = Self {
            width,
            rows: Vec::new(),
            page: 0,
            bold: false,
            scale: (1, 1),
            column: 0,
            codes: Vec::new(),
            cuts: 0,
            qr: Vec::new(),
            text: String::new(),
            line: Vec::new(),
        };
        let mut rest = bytes;
        while let Some((first, more)) = rest.split_first() {
            rest = match first {
                0x0A => paper.line_feed(more),
                0x1B => paper.escape(more),
                0x1D => paper.group(more),
                0x20..=0xFF => paper.character(*first, more),
                other => panic!("a control byte {other:02X} outside every command"),
            };
        }
        assert!(paper.column == 0, "the last line was not fed");
        paper
    }

    /// The picture, one byte a dot: 0 black, 255 white.
    pub fn picture(&self) -> (usize, usize, Vec<u8>) {
        let dots = self.rows.iter().flatten().map(|dot| if *dot == 1 { 0 } else { 255 }).collect();
        (self.width, self.rows.len(), dots)
    }

    fn escape<'b>(&mut self, rest: &'b [u8]) -> &'b [u8] {
        match rest {
            [b'@', more @ ..] => {
                (self.page, self.bold, self.scale) = (0, false, (1, 1));
                more
            }
            [b't', page, more @ ..] => {
                self.page = *page;
                more
            }
            [b'E', bold, more @ ..] => {
                self.bold = bold & 1 == 1;
                more
            }
            [b'd', lines, more @ ..] => {
                (0..*lines).for_each(|_| self.new_line());
                more
            }
            [b'a', _, more @ ..] => more,
            _ => panic!("unknown command 1B {:02X?}", &rest[..rest.len().min(4)]),
        }
    }

    fn group<'b>(&mut self, rest: &'b [u8]) -> &'b [u8] {
        match rest {
            [b'!', size, more @ ..] => {
                self.scale = (usize::from(size >> 4) + 1, usize::from(size & 7) + 1);
                more
            }
            [b'V', 65 | 66, _, more @ ..] | [b'V', 0 | 1, more @ ..] => {
                self.cuts += 1;
                more
            }
            [b'v', b'0', 0, x_low, x_high, y_low, y_high, more @ ..] => {
                let stride = usize::from(u16::from_le_bytes([*x_low, *x_high]));
                let height = usize::from(u16::from_le_bytes([*y_low, *y_high]));
                let (band, more) = more.split_at(stride * height);
                self.band(band, stride);
                more
            }
            [b'(', b'k', low, high, more @ ..] => {
                let (body, more) = more.split_at(usize::from(u16::from_le_bytes([*low, *high])));
                self.code(body);
                more
            }
            _ => panic!("unknown command 1D {:02X?}", &rest[..rest.len().min(4)]),
        }
    }

    fn code(&mut self, body: &[u8]) {
        match body {
            [49, 80, 48, data @ ..] => self.codes = data.to_vec(),
            [49, 81, 48] => {
                let data = String::from_utf8(std::mem::take(&mut self.codes)).expect("QR data here is text");
                self.qr.push(data);
                let blank = vec![0; self.width];
                self.rows.extend(std::iter::repeat_n(blank, LINE));
            }
            [49, 65 | 67 | 69, ..] => {}
            _ => panic!("unknown code command {body:02X?}"),
        }
    }

    fn band(&mut self, band: &[u8], stride: usize) {
        assert_eq!(self.column, 0, "a picture in the middle of a line");
        for row in band.chunks(stride) {
            let dots = row.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1));
            let mut dots: Vec<u8> = dots.collect();
            assert!(dots[self.width.min(dots.len())..].iter().all(|dot| *dot == 0), "dots beyond the paper");
            dots.resize(self.width, 0);
            self.rows.push(dots);
        }
    }

    fn character<'b>(&mut self, byte: u8, rest: &'b [u8]) -> &'b [u8] {
        let character = self.decode(byte);
        self.text.push(character);
        let (width, height) = (CELL.0 * self.scale.0, LINE * self.scale.1);
        if self.line.len() < height {
            self.line.resize(height, vec![0; self.width]);
        }
        assert!(self.column + width <= self.width, "more characters than the paper has columns: {:?}", self.text);
        let glyph = glyph(character);
        for (y, row) in self.line.iter_mut().take(CELL.1 * self.scale.1).enumerate() {
            for x in 0..width {
                let (cell_x, cell_y) = (x / self.scale.0, y / self.scale.1);
                let dot = |x: usize| x < 8 && glyph[cell_y / 3] >> x & 1 == 1;
                let at = cell_x * 8 / CELL.0;
                let black = dot(at) || self.bold && cell_x > 0 && dot((cell_x - 1) * 8 / CELL.0);
                row[self.column + x] |= u8::from(black);
            }
        }
        self.column += width;
        rest
    }

    fn line_feed<'b>(&mut self, rest: &'b [u8]) -> &'b [u8] {
        self.new_line();
        rest
    }

    fn new_line(&mut self) {
        if self.line.is_empty() {
            self.line.resize(LINE, vec![0; self.width]);
        }
        self.rows.append(&mut self.line);
        self.column = 0;
        self.text.push('\n');
    }

    fn decode(&self, byte: u8) -> char {
        let table = match self.page {
            _ if byte < 0x80 => return char::from(byte),
            0 => &DECODING_TABLE_CP437,
            2 => &DECODING_TABLE_CP850,
            13 => return decode_partial(&DECODING_TABLE_CP857, byte),
            17 => &DECODING_TABLE_CP866,
            18 => &DECODING_TABLE_CP852,
            19 => &DECODING_TABLE_CP858,
            other => panic!("page {other} is not set up here"),
        };
        table[usize::from(byte - 0x80)]
    }
}

fn decode_partial(table: &[Option<char>; 128], byte: u8) -> char {
    table[usize::from(byte - 0x80)].expect("a character of the page")
}

/// Eight rows of eight dots, the lowest bit leftmost; a frame for what the font lacks.
pub fn glyph(character: char) -> [u8; 8] {
    font8x8::BASIC_FONTS
        .get(character)
        .or_else(|| font8x8::LATIN_FONTS.get(character))
        .or_else(|| font8x8::BOX_FONTS.get(character))
        .or_else(|| font8x8::GREEK_FONTS.get(character))
        .or_else(|| font8x8::HIRAGANA_FONTS.get(character))
        .unwrap_or([0xFF, 0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0xFF])
}
