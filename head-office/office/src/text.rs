use crate::OfficeError;
use jiff::civil;
use satchel_values::Date;
use unicode_normalization::UnicodeNormalization;

/// Letters of a name or a contact at most.
pub(crate) const TEXT_MOST: usize = 200;

/// What a text is found by: its words, without case and accents, each once.
pub fn folded_words(text: &str) -> Vec<String> {
    let folded: String = text.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)).collect();
    let mut words: Vec<String> = folded
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().take(40).collect())
        .collect();
    words.sort_unstable();
    words.dedup();
    words.truncate(20);
    words
}

/// A line of text that somebody typed: trimmed, without control characters, and not too long.
pub(crate) fn line(field: &'static str, typed: &str) -> Result<String, OfficeError> {
    let trimmed = typed.trim();
    if trimmed.chars().any(char::is_control) {
        return Err(OfficeError::invalid(field, "it has characters that cannot be seen"));
    }
    if trimmed.chars().count() > TEXT_MOST {
        return Err(OfficeError::invalid(field, format!("it has more than {TEXT_MOST} letters")));
    }
    Ok(trimmed.to_owned())
}

/// The same, and there must be something.
pub(crate) fn some_line(field: &'static str, typed: &str) -> Result<String, OfficeError> {
    let line = line(field, typed)?;
    if line.is_empty() { Err(OfficeError::invalid(field, "it is missing")) } else { Ok(line) }
}

/// A day as `2026-11-25`.
///
/// # Errors
/// It is none, or outside 1970 to 2149.
pub fn day(field: &'static str, typed: &str) -> Result<Date, OfficeError> {
    let wrong = || OfficeError::invalid(field, format!("'{typed}' is no day: write it as 2026-11-25"));
    let date: civil::Date = typed.trim().parse().map_err(|_| wrong())?;
    let days = (date - civil::date(1970, 1, 1)).get_days();
    u16::try_from(days).map(Date::from_days).map_err(|_| wrong())
}

/// A cell of a spreadsheet: what would be taken for a formula is marked as text.
pub fn cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whatever_their_case_and_accents() {
        assert_eq!(folded_words("  José-María  ÅNGSTRÖM josé"), ["angstrom", "jose", "maria"]);
        assert_eq!(folded_words("王 小明"), ["小明", "王"]);
    }

    #[test]
    fn days_are_read_and_what_is_none_is_named() {
        assert_eq!(day("expiry", "1970-01-02").expect("a day"), Date::from_days(1));
        for wrong in ["", "2026-02-30", "25.11.2026", "1969-12-31", "9999-01-01"] {
            assert!(day("expiry", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn formulas_are_text() {
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("Ada"), "Ada");
        assert!(line("name", "a\u{7}b").is_err() && some_line("name", "  ").is_err());
    }
}
