//! The arrows of the architecture as Cargo sees them: who may depend on whom, and what card and reader share.

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The one crate that is a card. It knows nothing of readers.
const CARD: &str = "satchel-card-simulator";

/// Every crate, and the crates of ours that it may depend on. An arrow that is not here is a decision to be taken, and
/// written down in ARCHITECTURE.md.
const ARROWS: &[(&str, &[&str])] = &[
    ("satchel-values", &[]),
    ("satchel-hazmat", &[]),
    // Only as the backend `sim`, which is optional.
    ("satchel-transport", &[CARD]),
    ("satchel-desfire", &["satchel-hazmat", "satchel-transport", "satchel-values"]),
    ("satchel-keys", &["satchel-hazmat", "satchel-values"]),
    ("satchel-programs", &["satchel-values"]),
    ("satchel-packages", &["satchel-keys", "satchel-programs", "satchel-values"]),
    ("satchel-journal", &["satchel-values"]),
    ("satchel-receipts", &["satchel-values"]),
    ("satchel-exchange", &["satchel-cards", "satchel-journal", "satchel-keys", "satchel-packages", "satchel-values"]),
    (
        "satchel-cards",
        &[
            "satchel-desfire",
            "satchel-hazmat",
            "satchel-journal",
            "satchel-keys",
            "satchel-transport",
            "satchel-values",
        ],
    ),
    (
        "satchel-terminal",
        &[
            "satchel-cards",
            "satchel-desfire",
            "satchel-exchange",
            "satchel-hazmat",
            "satchel-journal",
            "satchel-keys",
            "satchel-packages",
            "satchel-programs",
            "satchel-transport",
            "satchel-values",
        ],
    ),
    ("satchel-counter", &["satchel-journal", "satchel-values"]),
    ("satchel-device", &["satchel-journal", "satchel-keys", "satchel-packages", "satchel-terminal", "satchel-values"]),
    // A façade, where the words and errors of every room become the app's. What would need ciphers is theirs.
    (
        "satchel-ffi",
        &[
            "satchel-cards",
            "satchel-counter",
            "satchel-desfire",
            "satchel-device",
            "satchel-journal",
            "satchel-keys",
            "satchel-packages",
            "satchel-programs",
            "satchel-receipts",
            "satchel-terminal",
            "satchel-training",
            "satchel-transport",
            "satchel-values",
        ],
    ),
    ("satchel-store", &["satchel-values"]),
    (
        "satchel-key-house",
        &["satchel-cards", "satchel-hazmat", "satchel-journal", "satchel-keys", "satchel-packages", "satchel-values"],
    ),
    ("satchel-print", &[]),
    (
        "satchel-office",
        &[
            "satchel-cards",
            "satchel-counter",
            "satchel-desfire",
            "satchel-device",
            "satchel-exchange",
            "satchel-hazmat",
            "satchel-journal",
            "satchel-key-house",
            "satchel-keys",
            "satchel-packages",
            "satchel-print",
            "satchel-programs",
            "satchel-store",
            "satchel-transport",
            "satchel-values",
        ],
    ),
    // Pages and the API. No key house: the web server has no keys, and nothing to open them by.
    ("satchel-console", &["satchel-hazmat", "satchel-office", "satchel-programs", "satchel-store", "satchel-values"]),
    (
        "satchel",
        &[
            "satchel-console",
            "satchel-desfire",
            "satchel-exchange",
            "satchel-key-house",
            "satchel-keys",
            "satchel-office",
            "satchel-store",
            "satchel-transport",
            "satchel-values",
        ],
    ),
    (CARD, &[]),
];

/// Crates that run whole chains with simulated cards, on a bench or for training, and may use whatever they exercise.
/// What a terminal is made of depends on none of them.
const STAGES: [&str; 5] = ["satchel-card-tools", "satchel-chain", "satchel-faulty-disk", "satchel-training", "xtask"];

/// Who may use the ciphers themselves. `xtask` measures the bare blocks that a sale needs.
const CIPHER_USERS: [&str; 3] = ["satchel-hazmat", CARD, "xtask"];
const CIPHERS: [&str; 4] = ["aes", "cbc", "cmac", "des"];

/// What card and reader both use of other people's: published primitives, randomness, and what has no say in what
/// goes over the line.
const SHARED: [&str; 11] =
    ["aes", "cbc", "cmac", "crc32fast", "des", "hex", "rand_core", "serde_json", "subtle", "thiserror", "zeroize"];

/// Crates with unsafe code, and the files it is in: a file system for SQLite, the app's way in, and an allocator that
/// wipes what it takes back.
const UNSAFE: [(&str, &[&str]); 2] =
    [("satchel-faulty-disk", &["ffi.rs"]), ("satchel-ffi", &["android.rs", "wiping.rs"])];

#[test]
fn every_arrow_is_an_allowed_one() {
    let crates = crates();
    assert!(crates.len() >= ARROWS.len());
    for ours in &crates {
        if STAGES.contains(&ours.name.as_str()) {
            continue;
        }
        let row = ARROWS.iter().find(|(name, _)| *name == ours.name);
        let (_, allowed) = row.unwrap_or_else(|| panic!("{} is not in the table of arrows", ours.name));
        for dependency in ours.of_ours(&crates) {
            let known = allowed.contains(&dependency.as_str());
            assert!(known, "{} → {dependency} is no arrow of the architecture", ours.name);
        }
    }
}

#[test]
fn the_card_depends_on_nothing_of_ours() {
    let crates = crates();
    let card = named(&crates, CARD);
    assert_eq!(card.of_ours(&crates), BTreeSet::new());
    let for_its_tests =
        card.dependencies.iter().filter(|dependency| crates.iter().any(|it| it.name == dependency.name));
    assert_eq!(for_its_tests.count(), 0, "not even for its tests: they would check it by the reader's own mistakes");
    for source in card.sources() {
        let text = std::fs::read_to_string(&source).expect("a source file");
        let strangers =
            text.match_indices("satchel_").filter(|(at, _)| !text[*at..].starts_with("satchel_card_simulator"));
        assert_eq!(strangers.count(), 0, "{}", source.display());
    }
}

#[test]
fn a_reader_needs_no_simulated_card() {
    let crates = crates();
    for ours in crates.iter().filter(|ours| !STAGES.contains(&ours.name.as_str())) {
        for dependency in ours.dependencies.iter().filter(|dependency| dependency.kind == Kind::Normal) {
            assert!(dependency.name != CARD || dependency.optional, "{} always brings a card along", ours.name);
            assert!(!dependency.features.contains("sim"), "{} asks for the backend `sim`", ours.name);
        }
    }
}

#[test]
fn card_and_reader_share_only_primitives() {
    let crates = crates();
    let theirs = named(&crates, CARD).of_others(&crates);
    for reader in ["satchel-desfire", "satchel-hazmat", "satchel-transport"] {
        let ours = named(&crates, reader).of_others(&crates);
        let shared: Vec<_> = ours.intersection(&theirs).filter(|name| !SHARED.contains(&name.as_str())).collect();
        assert!(shared.is_empty(), "{reader} and the card share {shared:?}");
    }
}

#[test]
fn ciphers_are_used_in_one_place_on_each_side() {
    for ours in crates() {
        let uses = ours.dependencies.iter().any(|dependency| CIPHERS.contains(&dependency.name.as_str()));
        assert!(!uses || CIPHER_USERS.contains(&ours.name.as_str()), "{} uses a cipher itself", ours.name);
        if ours.name == CARD {
            for source in ours.sources().iter().filter(|source| !source.ends_with("src/crypto.rs")) {
                let text = std::fs::read_to_string(source).expect("a source file");
                let used = CIPHERS.iter().find(|cipher| mentions(&text, &format!("{cipher}::")));
                assert_eq!(used, None, "{} is not crypto.rs", source.display());
            }
        }
    }
}

#[test]
fn unsafe_code_is_where_it_must_be_and_nowhere_else() {
    let root = std::fs::read_to_string(root().join("Cargo.toml")).expect("the workspace's manifest");
    assert!(root.contains("\nunsafe_code = \"forbid\"\n"));
    for ours in crates() {
        let exempt = UNSAFE.iter().find(|(name, _)| *name == ours.name);
        let manifest = std::fs::read_to_string(&ours.manifest).expect("a manifest");
        let lints =
            if exempt.is_some() { "[lints.rust]\nunsafe_code = \"deny\"\n" } else { "[lints]\nworkspace = true\n" };
        assert!(manifest.contains(lints), "{} has lints of its own", ours.name);
        for source in ours.sources() {
            let text = std::fs::read_to_string(&source).expect("a source file");
            let allows = mentions(&text, "allow(unsafe_code") || mentions(&text, "expect(unsafe_code");
            let may = exempt.is_some_and(|(_, files)| files.iter().any(|file| source.ends_with(file)));
            assert!(!allows || may, "{} allows unsafe code", source.display());
        }
    }
}

/// Whether a source says this as a word of its own, outside comments.
fn mentions(text: &str, word: &str) -> bool {
    let code = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    code.into_iter().any(|line| {
        line.match_indices(word).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            !before.is_some_and(|before| before.is_alphanumeric() || before == '_')
        })
    })
}

/// A crate of the workspace.
struct Ours {
    name: String,
    manifest: PathBuf,
    dependencies: Vec<Dependency>,
}

struct Dependency {
    name: String,
    kind: Kind,
    optional: bool,
    features: BTreeSet<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Normal,
    Build,
    Tests,
}

impl Ours {
    /// The crates of ours that it is made of.
    fn of_ours(&self, crates: &[Self]) -> BTreeSet<String> {
        self.made_of().filter(|name| crates.iter().any(|ours| ours.name == *name)).collect()
    }

    /// Other people's crates that it is made of, first hand.
    fn of_others(&self, crates: &[Self]) -> BTreeSet<String> {
        self.made_of().filter(|name| !crates.iter().any(|ours| ours.name == *name)).collect()
    }

    fn made_of(&self) -> impl Iterator<Item = String> {
        self.dependencies.iter().filter(|it| it.kind != Kind::Tests).map(|it| it.name.clone())
    }

    /// Its source files, its tests not counted.
    fn sources(&self) -> Vec<PathBuf> {
        fn gather(folder: &Path, sources: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(folder).expect("a folder of sources") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    gather(&path, sources);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    sources.push(path);
                }
            }
        }
        let mut sources = Vec::new();
        gather(&self.manifest.with_file_name("src"), &mut sources);
        sources
    }
}

fn named<'c>(crates: &'c [Ours], name: &str) -> &'c Ours {
    crates.iter().find(|ours| ours.name == name).unwrap_or_else(|| panic!("{name} is no crate of ours"))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every crate of the workspace, as Cargo reads its manifest.
fn crates() -> Vec<Ours> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let asked = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
    let metadata: Value = serde_json::from_slice(&asked.stdout).expect("cargo answers in JSON");
    metadata["packages"].as_array().expect("a list of packages").iter().map(ours).collect()
}

fn ours(package: &Value) -> Ours {
    Ours {
        name: text(&package["name"]),
        manifest: text(&package["manifest_path"]).into(),
        dependencies: package["dependencies"].as_array().expect("a list").iter().map(dependency).collect(),
    }
}

fn dependency(dependency: &Value) -> Dependency {
    Dependency {
        name: text(&dependency["name"]),
        kind: match dependency["kind"].as_str() {
            None => Kind::Normal,
            Some("build") => Kind::Build,
            Some(_) => Kind::Tests,
        },
        optional: dependency["optional"].as_bool().expect("yes or no"),
        features: dependency["features"].as_array().expect("a list").iter().map(text).collect(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}
