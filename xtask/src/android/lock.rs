//! `android/versions.lock`: every version of the Android build.

use super::layout;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::PathBuf;

/// What an artefact is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// In the APK.
    App,
    /// In tests, on this machine and on a device.
    Test,
    /// In tests on this machine alone.
    Robolectric,
    /// Android itself.
    Platform,
    /// Run by the build.
    Tools,
    /// Maven's plugins, and what they read.
    Maven,
    /// Gradle's plugins.
    Gradle,
}

/// One artefact of a Maven repository, with its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artefact {
    /// What it is for.
    pub purpose: Use,
    /// Whether the project names it itself, or only needs it for another.
    pub named: bool,
    pub group: String,
    pub name: String,
    pub version: String,
    /// `aar`, `jar`, `pom` or `signature`: also the end of its file's name.
    pub kind: String,
}

impl Artefact {
    /// Its file's path in a Maven repository.
    pub fn path(&self) -> PathBuf {
        let Self { group, name, version, kind, .. } = self;
        [&group.replace('.', "/"), name, version, &format!("{name}-{version}.{kind}")].iter().collect()
    }
}

/// The whole list.
#[derive(Debug)]
pub struct Lock {
    artefacts: Vec<Artefact>,
    /// The list as it is written, for telling whether it changed.
    pub text: String,
}

impl Lock {
    /// Reads `android/versions.lock`.
    pub fn read() -> Result<Self> {
        let file = layout::android().join("versions.lock");
        let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
        Self::parse(text).with_context(|| format!("in {}", file.display()))
    }

    fn parse(text: String) -> Result<Self> {
        let mut artefacts: Vec<Artefact> = Vec::new();
        let mut purpose = None;
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if line.starts_with('[') {
                purpose = Some(section(line).with_context(|| format!("line {number}"))?);
                continue;
            }
            let purpose = purpose.with_context(|| format!("line {number}: no section before it"))?;
            let artefact = artefact(purpose, line).with_context(|| format!("line {number}"))?;
            if artefacts.iter().any(|other| other.path() == artefact.path()) {
                bail!("line {number}: {} is there twice", artefact.name);
            }
            artefacts.push(artefact);
        }
        Ok(Self { artefacts, text })
    }

    /// The artefacts for one purpose, in the list's order.
    pub fn all(&self, purpose: Use) -> impl Iterator<Item = &Artefact> {
        self.artefacts.iter().filter(move |artefact| artefact.purpose == purpose)
    }

    /// The first artefact of that name.
    pub fn named(&self, name: &str) -> Result<&Artefact> {
        self.artefacts.iter().find(|artefact| artefact.name == name).with_context(|| format!("{name} is not locked"))
    }
}

fn section(line: &str) -> Result<Use> {
    let name = line[1..].split(']').next().unwrap_or_default();
    Ok(match name {
        "app" => Use::App,
        "test" => Use::Test,
        "robolectric" => Use::Robolectric,
        "platform" => Use::Platform,
        "tools" => Use::Tools,
        "maven" => Use::Maven,
        "gradle" => Use::Gradle,
        _ => bail!("no section is called {name}"),
    })
}

fn artefact(purpose: Use, line: &str) -> Result<Artefact> {
    let (named, coordinates) = match line.strip_prefix("* ") {
        Some(rest) => (true, rest),
        None => (false, line),
    };
    let malformed = || format!("`{coordinates}` is not group:artifact:version@type");
    let (path, kind) = coordinates.split_once('@').with_context(malformed)?;
    let mut parts = path.split(':').map(str::to_owned);
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(group), Some(name), Some(version), None) => {
            Ok(Artefact { purpose, named, group, name, version, kind: kind.to_owned() })
        }
        _ => bail!(malformed()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_and_where() {
        let lock = Lock::parse("[app] in the APK\n* a.b:c:1.0@aar\n".to_owned()).expect("well formed");
        let only = lock.all(Use::App).next().expect("one");
        assert!(only.named);
        assert_eq!(only.path(), PathBuf::from("a/b/c/1.0/c-1.0.aar"));
    }

    #[test]
    fn a_bad_line_is_named() {
        let error = Lock::parse("[app]\na:b@jar\n".to_owned()).expect_err("too short");
        assert_eq!(format!("{error:#}"), "line 2: `a:b@jar` is not group:artifact:version@type");
    }

    #[test]
    fn nothing_is_locked_twice() {
        let error = Lock::parse("[app]\na:b:1@jar\n[test]\na:b:1@jar\n".to_owned()).expect_err("twice");
        assert_eq!(error.to_string(), "line 4: b is there twice");
    }

    #[test]
    fn one_build_of_each_artefact_and_one_version_of_kotlin() {
        let lock = Lock::read().expect("the project's own list");
        let shipped = || lock.all(Use::App).chain(lock.all(Use::Test)).chain(lock.all(Use::Robolectric));
        for artefact in shipped() {
            let other = match artefact.name.strip_suffix("-android") {
                Some(base) => format!("{base}-jvm"),
                None => format!("{}-android", artefact.name),
            };
            let twice = shipped().any(|one| one.group == artefact.group && one.name == other);
            assert!(!twice, "{} and {other}", artefact.name);
        }
        let kotlin = &lock.named("kotlin-stdlib").expect("locked").version;
        for name in ["kotlin-maven-plugin", "kotlin-compose-compiler-plugin-embeddable"] {
            assert_eq!(&lock.named(name).expect("locked").version, kotlin, "{name}");
        }
    }
}
