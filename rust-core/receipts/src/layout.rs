//! Lines of characters: breaking texts, and putting amounts at the end.

use crate::Align;
use unicode_width::UnicodeWidthStr;

/// A paragraph in lines of at most `columns` characters, broken between words where that is possible.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is a first line");
        let room = columns.saturating_sub(line.width() + usize::from(!line.is_empty()));
        if word.width() <= room {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        } else {
            lines.extend(pieces(word, columns));
        }
    }
    if lines.len() > 1 && lines[0].is_empty() {
        lines.remove(0);
    }
    lines
}

/// A word in pieces that fit.
fn pieces(word: &str, columns: usize) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    letters.chunks(columns).map(|piece| piece.iter().collect()).collect()
}

/// A line of exactly `columns` characters with the text where `align` says.
pub(crate) fn placed(text: &str, align: Align, columns: usize) -> String {
    let spare = columns.saturating_sub(text.width());
    let before = match align {
        Align::Start => 0,
        Align::Centre => spare / 2,
        Align::End => spare,
    };
    format!("{}{text}", " ".repeat(before))
}

/// A name and an amount: the amount stands at the end of the last line.
pub(crate) fn pair(name: &str, amount: &str, columns: usize) -> Vec<String> {
    let room = columns.saturating_sub(amount.width() + 1).max(columns / 3).max(1);
    let mut lines = wrap(name, room);
    let last = lines.pop().unwrap_or_default();
    let spare = columns.saturating_sub(last.width() + amount.width());
    if spare > 0 || last.is_empty() {
        lines.push(format!("{last}{}{amount}", " ".repeat(spare)));
    } else {
        lines.push(last);
        lines.push(placed(amount, Align::End, columns));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_break_between_words_and_within_long_ones() {
        assert_eq!(wrap("two small words", 9), ["two small", "words"]);
        assert_eq!(wrap("unbreakable", 4), ["unbr", "eaka", "ble"]);
        assert_eq!(wrap("", 9), [""]);
        assert_eq!(wrap("a unbreakable b", 5), ["a", "unbre", "akabl", "e b"]);
    }

    #[test]
    fn an_amount_stands_at_the_end_of_the_last_line() {
        assert_eq!(pair("Tea", "1.20", 12), ["Tea     1.20"]);
        assert_eq!(pair("Green tea with mint", "1.20", 12), ["Green", "tea", "with", "mint    1.20"]);
        assert_eq!(pair("", "1.20", 8), ["    1.20"]);
        assert_eq!(pair("Tea", "1234567.20", 10), ["Tea", "1234567.20"]);
    }

    #[test]
    fn texts_stand_where_they_are_told() {
        assert_eq!(placed("ab", Align::Start, 6), "ab");
        assert_eq!(placed("ab", Align::Centre, 6), "  ab");
        assert_eq!(placed("ab", Align::End, 6), "    ab");
        assert_eq!(placed("abcdefgh", Align::End, 6), "abcdefgh");
    }
}
