//! Finding items by parts of their names, in any script: all names, folded, in one text that is scanned from end to
//! end. Scanning a hundred thousand names takes less than asking an index for parts of words would.

use memchr::memmem;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Stands between two items; folding leaves none in a name.
const END: char = '\n';

/// The folded names, one after the other, in the order of the items' row numbers.
#[derive(Debug, Default)]
pub(crate) struct Search {
    text: String,
    /// Where each item's text begins, and its row number.
    starts: Vec<(usize, i64)>,
}

impl Search {
    /// Adds an item under its row number: what it is called, and its code.
    pub(crate) fn add(&mut self, row: i64, name: &str, code: &str) {
        self.starts.push((self.text.len(), row));
        self.text.extend(folded(name));
        self.text.push(' ');
        self.text.extend(folded(code));
        self.text.push(END);
    }

    /// Rows of items that have every word somewhere, in order, at most so many.
    pub(crate) fn find(&self, words: &str, most: usize) -> Vec<i64> {
        let words: Vec<String> = words.split_whitespace().map(|word| folded(word).collect()).collect();
        let Some(longest) = words.iter().max_by_key(|word| word.len()).filter(|word| !word.is_empty()) else {
            return self.starts.iter().take(most).map(|(_, row)| *row).collect();
        };
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(at) = memmem::find(&self.text.as_bytes()[from..], longest.as_bytes()) {
            let item = self.starts.partition_point(|(start, _)| *start <= from + at) - 1;
            let end = self.starts.get(item + 1).map_or(self.text.len(), |(start, _)| *start);
            let (start, row) = self.starts[item];
            if words.iter().all(|word| self.text[start..end].contains(word.as_str())) {
                found.push(row);
                if found.len() == most {
                    break;
                }
            }
            from = end;
        }
        found
    }

    /// Bytes that it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.text.capacity() + self.starts.capacity() * size_of::<(usize, i64)>()
    }
}

/// Small letters without marks: what is typed in a hurry finds what is written with care.
fn folded(text: &str) -> impl Iterator<Item = char> {
    text.nfkd()
        .filter(|character| !is_combining_mark(*character))
        .flat_map(char::to_lowercase)
        .map(|character| if character.is_control() { ' ' } else { character })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn search(names: &[&str]) -> Search {
        let mut search = Search::default();
        for (row, name) in (1..).zip(names) {
            search.add(row, name, "");
        }
        search
    }

    #[test]
    fn every_word_counts_wherever_it_stands_and_however_it_is_written() {
        let search = search(&["Käse, jung", "Junger Gouda KÄSE", "绿茶 500克", "شاي أخضر", "Crème brûlée"]);
        assert_eq!(search.find("kase", 9), [1, 2]);
        assert_eq!(search.find("JUNG käs", 9), [1, 2]);
        assert_eq!(search.find("gouda kase", 9), [2]);
        assert_eq!(search.find("茶", 9), [3]);
        assert_eq!(search.find("شاي", 9), [4]);
        assert_eq!(search.find("brulee", 9), [5]);
        assert_eq!(search.find("milk", 9), Vec::<i64>::new());
        assert_eq!(search.find("  ", 2), [1, 2], "without a word, the first ones");
        assert_eq!(search.find("kase", 1), [1]);
    }

    #[test]
    fn a_word_never_reaches_into_the_next_item() {
        let search = search(&["one t", "wo three"]);
        assert_eq!(search.find("two", 9), Vec::<i64>::new());
        assert_eq!(search.find("one three", 9), Vec::<i64>::new());
    }

    proptest! {
        #[test]
        fn finds_what_a_plain_comparison_finds(names in prop::collection::vec("[a-cA-C ]{0,6}", 0..20), word in "[a-c]{1,3}") {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let plain: Vec<i64> = (1..).zip(&names).filter(|(_, name)| name.to_lowercase().contains(&word)).map(|(row, _)| row).collect();
            prop_assert_eq!(search(&names).find(&word, 100), plain);
        }
    }
}
