//! The code pages that receipt printers carry, as far as a shop meets them.

use oem_cp::code_table::{
    ENCODING_TABLE_CP437, ENCODING_TABLE_CP850, ENCODING_TABLE_CP852, ENCODING_TABLE_CP857, ENCODING_TABLE_CP858,
    ENCODING_TABLE_CP866,
};
use oem_cp::encode_string_checked;

/// A code page of a printer: `ESC t n`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodePage {
    /// Page 0: United States.
    Pc437,
    /// Page 2: Western Europe.
    Pc850,
    /// Page 18: Central Europe.
    Pc852,
    /// Page 13: Turkish.
    Pc857,
    /// Page 19: Western Europe with the euro sign.
    Pc858,
    /// Page 17: Cyrillic.
    Pc866,
}

impl CodePage {
    /// What nearly every printer carries.
    pub const USUAL: [Self; 4] = [Self::Pc437, Self::Pc858, Self::Pc852, Self::Pc866];

    /// The bytes of a text in this page; `None` if it has no character for a part of it.
    pub(crate) fn encode(self, text: &str) -> Option<Vec<u8>> {
        let table = match self {
            Self::Pc437 => &ENCODING_TABLE_CP437,
            Self::Pc850 => &ENCODING_TABLE_CP850,
            Self::Pc852 => &ENCODING_TABLE_CP852,
            Self::Pc857 => &ENCODING_TABLE_CP857,
            Self::Pc858 => &ENCODING_TABLE_CP858,
            Self::Pc866 => &ENCODING_TABLE_CP866,
        };
        if text.chars().any(char::is_control) {
            return None;
        }
        // The usual spaces of amounts, which no page has, look like any other on paper.
        let text = text.replace(['\u{A0}', '\u{202F}', '\u{2009}'], " ");
        encode_string_checked(&text, table)
    }

    /// As the printer's commands name it.
    pub(crate) const fn command(self) -> escpos::utils::PageCode {
        use escpos::utils::PageCode;
        match self {
            Self::Pc437 => PageCode::PC437,
            Self::Pc850 => PageCode::PC850,
            Self::Pc852 => PageCode::PC852,
            Self::Pc857 => PageCode::PC857,
            Self::Pc858 => PageCode::PC858,
            Self::Pc866 => PageCode::PC866,
        }
    }
}

/// The first page that has every character, and the bytes.
pub(crate) fn encode(pages: &[CodePage], text: &str) -> Option<(CodePage, Vec<u8>)> {
    pages.iter().find_map(|page| page.encode(text).map(|bytes| (*page, bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_page_that_has_every_character_is_taken() {
        let pages = CodePage::USUAL;
        assert_eq!(encode(&pages, "Total 12.50"), Some((CodePage::Pc437, b"Total 12.50".to_vec())));
        assert_eq!(encode(&pages, "Käse 3,20 €"), Some((CodePage::Pc858, b"K\x84se 3,20 \xD5".to_vec())));
        assert_eq!(encode(&pages, "Чай").map(|(page, _)| page), Some(CodePage::Pc866));
        assert_eq!(encode(&pages, "茶 5.00"), None);
        assert_eq!(encode(&pages, "شاي"), None);
        assert_eq!(encode(&[], "Total"), None, "a printer without pages gets pictures");
    }

    #[test]
    fn a_text_cannot_carry_commands() {
        assert_eq!(encode(&CodePage::USUAL, "Tea\u{1B}@"), None);
        assert_eq!(encode(&CodePage::USUAL, "Tea\n"), None);
    }

    #[test]
    fn narrow_spaces_of_amounts_are_spaces() {
        assert_eq!(
            encode(&CodePage::USUAL, "1\u{202F}000,00\u{A0}€").map(|(_, bytes)| bytes),
            Some(b"1 000,00 \xD5".to_vec())
        );
    }
}
