//! Manifests: the app's, merged with those of its libraries by the Android plugin's own merger.

use super::aar::Libraries;
use super::resources::run;
use super::{APPLICATION_ID, MIN_SDK, TARGET_SDK, layout, store};
use anyhow::{Context, Result};
use roxmltree::Document;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A manifest to merge libraries' into.
pub struct Manifest {
    /// The file.
    pub file: PathBuf,
    /// The package it is for.
    pub package: String,
}

impl Manifest {
    /// The app's.
    pub fn of_app() -> Self {
        Self { file: layout::main_sources().join("AndroidManifest.xml"), package: APPLICATION_ID.to_owned() }
    }

    /// Merges the libraries' manifests into it, and writes the result. The version comes from Cargo.
    pub fn merge(&self, libraries: &[&Libraries], to: &Path) -> Result<()> {
        fs::create_dir_all(to.parent().expect("it lies in a folder"))?;
        let manifests: Vec<_> = libraries.iter().flat_map(|one| one.manifests()).collect();
        let mut merger = Command::new("java");
        merger.arg("-cp").arg(merger_classes()?).arg("com.android.manifmerger.Merger");
        merger.arg("--main").arg(&self.file).arg("--libs").arg(std::env::join_paths(manifests)?);
        for (name, value) in self.properties() {
            merger.arg("--property").arg(format!("{name}={value}"));
        }
        merger.arg("--remove-tools-declarations").arg("--out").arg(to);
        run(merger, "merging the manifests").map(drop)
    }

    fn properties(&self) -> [(&'static str, String); 5] {
        let (name, code) = version();
        [
            ("PACKAGE", self.package.clone()),
            ("MIN_SDK_VERSION", MIN_SDK.to_string()),
            ("TARGET_SDK_VERSION", TARGET_SDK.to_string()),
            ("VERSION_NAME", name.to_owned()),
            ("VERSION_CODE", code.to_string()),
        ]
    }
}

/// The app's version: Cargo's, and the same as one rising number.
pub fn version() -> (&'static str, u32) {
    let name = env!("CARGO_PKG_VERSION");
    let number = |part: &str| part.parse::<u32>().expect("Cargo checked that versions are numbers");
    let code =
        name.split(['-', '+']).next().unwrap_or(name).split('.').fold(0, |code, part| code * 1_000 + number(part));
    (name, code)
}

/// The merger and what it needs, without the tools that bring their own copies of the same classes.
fn merger_classes() -> Result<std::ffi::OsString> {
    let own = |jar: &PathBuf| {
        let jar = jar.to_string_lossy();
        !["apktool-lib", "r8", "android-all", "compose-compiler"].iter().any(|other| jar.contains(other))
    };
    Ok(std::env::join_paths(store::listed("tools")?.into_iter().filter(own))?)
}

/// The names of the parts that a manifest opens to other apps.
pub fn exported(manifest: &Path) -> Result<Vec<String>> {
    let text = fs::read_to_string(manifest).with_context(|| format!("reading {}", manifest.display()))?;
    let document = Document::parse(&text).with_context(|| format!("reading {}", manifest.display()))?;
    let package = document.root_element().attribute("package").unwrap_or_default();
    let open = document.descendants().filter(|node| node.attribute((ANDROID, "exported")) == Some("true"));
    let names = open.filter_map(|node| node.attribute((ANDROID, "name")));
    Ok(names.map(|name| if name.starts_with('.') { format!("{package}{name}") } else { name.to_owned() }).collect())
}

const ANDROID: &str = "http://schemas.android.com/apk/res/android";

/// The package that a manifest names.
pub fn package(manifest: &Path) -> Result<String> {
    let text = fs::read_to_string(manifest).with_context(|| format!("reading {}", manifest.display()))?;
    let document = Document::parse(&text).with_context(|| format!("reading {}", manifest.display()))?;
    let package = document.root_element().attribute("package");
    Ok(package.with_context(|| format!("{} names no package", manifest.display()))?.to_owned())
}
