//! What pages say, in every language. A text's name is its English words.

include!("texts_table.rs");

/// One of the languages there are; English for others.
pub fn language(code: &str) -> &'static str {
    ["en", "zh", "de", "es", "ar"].into_iter().find(|known| *known == code).unwrap_or("en")
}

/// A text in a language; in English where there is none in it, which a test rules out.
pub fn in_language(language: &str, english: &'static str) -> &'static str {
    let column = match language {
        "zh" => 0,
        "de" => 1,
        "es" => 2,
        "ar" => 3,
        _ => return english,
    };
    match TEXTS.binary_search_by_key(&english, |(known, _)| known) {
        Ok(place) => TEXTS[place].1[column],
        Err(_) => english,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use satchel_office::{
        CardState, CorrectionState, DraftKind, DraftState, Duty, PlaceKind, TerminalState, VersionState,
    };
    use std::collections::BTreeSet;
    use std::path::Path;

    #[test]
    fn every_text_of_every_page_is_there_in_every_language() {
        let mut wanted = BTreeSet::new();
        texts_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut wanted);
        let states = CardState::ALL.map(CardState::name);
        let more = [
            "open",
            "done",
            "stopped",
            "closed",
            "resolved",
            "to-do",
            "vouched",
            "did not happen",
            "revoked",
            "store-manager",
            "cashier",
            "seller",
            "inquiry",
            "sale",
            "load",
            "reversal",
        ];
        wanted.extend(states.iter().chain(&more).map(|text| (*text).to_owned()));
        wanted.extend(CorrectionState::ALL.iter().map(|state| state.name().to_owned()));
        wanted.extend(Duty::ALL.iter().map(|duty| duty.name().to_owned()));
        wanted.extend(PlaceKind::ALL.iter().map(|kind| kind.name().to_owned()));
        wanted.extend(DraftKind::ALL.iter().map(|kind| kind.name().to_owned()));
        let drafts = [DraftState::Draft, DraftState::Reviewed, DraftState::Published, DraftState::Withdrawn];
        wanted.extend(drafts.iter().map(|state| state.name().to_owned()));
        let terminals = [TerminalState::Planned, TerminalState::Enrolled, TerminalState::Lost, TerminalState::Retired];
        wanted.extend(terminals.iter().map(|state| state.name().to_owned()));
        let versions = [VersionState::Making, VersionState::Current, VersionState::Previous, VersionState::Retired];
        wanted.extend(versions.iter().map(|state| state.name().to_owned()));
        let known: BTreeSet<String> = TEXTS.iter().map(|(english, _)| (*english).to_owned()).collect();
        let missing: Vec<_> = wanted.difference(&known).collect();
        assert!(missing.is_empty(), "in no language but English: {missing:#?}");
        let unused: Vec<_> = known.difference(&wanted).collect();
        assert!(unused.is_empty(), "nowhere on a page: {unused:#?}");
    }

    #[test]
    fn they_stand_in_order_and_none_is_empty() {
        assert!(TEXTS.is_sorted_by(|one, next| one.0 < next.0));
        assert!(TEXTS.iter().all(|(_, others)| others.iter().all(|text| !text.is_empty())));
        assert_eq!(in_language("de", "Cards"), "Karten");
    }

    /// What stands in `t("…")`, in headings, and in the tables of pages, actions and figures.
    fn texts_in(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).expect("the sources are there").filter_map(Result::ok) {
            let path = entry.path();
            if path.is_dir() {
                texts_in(&path, found);
                continue;
            }
            if path.file_name().is_some_and(|name| name == "texts.rs" || name == "texts_table.rs") {
                continue;
            }
            let source = std::fs::read_to_string(&path).expect("a source is text");
            for part in source.split(".t(").skip(1).filter(|part| part.starts_with('"') || part.starts_with("if ")) {
                quoted(&part[..part.find(')').unwrap_or(part.len())], found);
            }
            for part in source.split("headings!(reader,").skip(1) {
                quoted(&part[..part.find(')').unwrap_or(part.len())], found);
            }
            for line in source.lines().map(str::trim) {
                if line.starts_with("(\"/")
                    || line.starts_with("(seen.")
                    || line.contains("\"card.") && line.contains("=> \"")
                    || line == "_ => \"Noted\","
                {
                    let mut all = BTreeSet::new();
                    quoted(line, &mut all);
                    found.extend(
                        all.into_iter().filter(|text| !text.starts_with(['/', 'c']) || text.starts_with("can ")),
                    );
                }
            }
        }
    }

    fn quoted(text: &str, found: &mut BTreeSet<String>) {
        found.extend(text.split('"').skip(1).step_by(2).filter(|text| !text.is_empty()).map(str::to_owned));
    }
}
