//! The app's classes on their way into an APK: jars, dex files, shrunk or not.

use super::aar::{self, Libraries};
use super::app::Prepared;
use super::lock::Use;
use super::resources::{Linked, run};
use super::sdk::Sdk;
use super::stamp::{self, Inputs};
use super::{MIN_SDK, layout};
use anyhow::{Context, Result};
use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::process::Command;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// What an APK's code is made from.
pub struct Code {
    /// The app's own classes, without `R`.
    pub app: PathBuf,
    /// `R` classes with this APK's numbers.
    r: PathBuf,
    /// The libraries.
    libraries: Vec<PathBuf>,
}

impl Code {
    /// Packs what Maven compiled, with `R` classes of `linked`.
    pub fn packed(prepared: &Prepared, linked: &Linked) -> Result<Self> {
        let folder = layout::out().join("apk");
        fs::create_dir_all(&folder)?;
        let app = folder.join("app.jar");
        pack(&layout::out().join("app/classes"), &app, |name| name.starts_with("org/satchel/") && !is_linked(name))?;
        let r = folder.join("r.jar");
        let mut inputs = Inputs::new("r");
        inputs.path(&linked.r_sources())?;
        stamp::unless_done("r", &inputs, || compile_r(&linked.r_sources(), &r))?;
        Ok(Self { app, r, libraries: prepared.jars(Use::App, &prepared.libs)? })
    }

    /// The app's own: classes and `R`.
    pub fn own(&self) -> Vec<PathBuf> {
        vec![self.app.clone(), self.r.clone()]
    }

    /// Every jar, the app's first.
    pub fn all(&self) -> Vec<PathBuf> {
        [&self.app, &self.r].into_iter().chain(&self.libraries).cloned().collect()
    }
}

/// What a shrinker must keep: the app's own rules, those of its manifest, those of its libraries.
pub fn keep_rules(linked: &Linked, libraries: &Libraries) -> Vec<PathBuf> {
    let mut rules = vec![layout::android().join("app/proguard.pro"), linked.keep_rules()];
    rules.extend(libraries.keep_rules());
    rules
}

/// Shrinks the code by R8, into a jar of classes; says whether it did so now. The dex files are made from these very
/// classes, so that running them here says something of what runs on a device.
pub fn shrink(prepared: &Prepared, sdk: &Sdk, code: &Code, rules: &[PathBuf], to: &Path) -> Result<bool> {
    let r8 = prepared.store.named(&prepared.lock, "r8")?;
    let mut inputs = Inputs::new("shrunk");
    inputs.text(&prepared.lock.text).text(&sdk.android_jar.to_string_lossy()).path(&code.app)?.path(&code.r)?;
    for rule in rules {
        inputs.path(rule)?;
    }
    stamp::unless_done("shrunk", &inputs, || {
        let mut java = Command::new("java");
        java.arg("-Xmx3g").arg("-cp").arg(&r8).arg("com.android.tools.r8.R8").args(["--release", "--classfile"]);
        java.arg("--lib").arg(&sdk.android_jar);
        if let Some(runtime) = sdk.java_runtime()? {
            java.arg("--lib").arg(runtime);
        }
        for rule in rules {
            java.arg("--pg-conf").arg(rule);
        }
        java.arg("--output").arg(to).args(code.all());
        run(java, "shrinking").map(drop)
    })
}

/// Whether dex files are for the shop or for finding faults.
#[derive(Debug, Clone, Copy)]
pub enum Purpose {
    Release,
    Debug,
}

/// Turns jars into dex files by the SDK's d8; `to` is a zip. What they may refer to is in `against`.
pub fn dex(sdk: &Sdk, purpose: Purpose, jars: &[PathBuf], against: &[PathBuf], to: &Path) -> Result<()> {
    let name = to.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut inputs = Inputs::new(&name);
    for jar in jars {
        inputs.path(jar)?;
    }
    stamp::unless_done(&format!("dexed-{name}"), &inputs, || {
        let mut d8 = sdk.tool("d8");
        d8.arg(match purpose {
            Purpose::Release => "--release",
            Purpose::Debug => "--debug",
        });
        d8.args(["--min-api", &MIN_SDK.to_string(), "--lib"]).arg(&sdk.android_jar);
        for jar in against {
            d8.arg("--classpath").arg(jar);
        }
        d8.arg("--output").arg(to).args(jars);
        run(d8, "dexing").map(drop)
    })?;
    Ok(())
}

/// Classes that come from the resources and the manifest, and so differ from APK to APK.
fn is_linked(name: &str) -> bool {
    let class = name.rsplit('/').next().unwrap_or(name);
    ["R.class", "Manifest.class"].contains(&class) || ["R$", "Manifest$"].iter().any(|outer| class.starts_with(outer))
}

/// Compiles `R` sources into a jar.
pub fn compile_r(sources: &Path, to: &Path) -> Result<()> {
    let classes = to.with_extension("classes");
    if classes.exists() {
        fs::remove_dir_all(&classes)?;
    }
    fs::create_dir_all(&classes)?;
    let mut javac = Command::new("javac");
    javac.args(["--release", "11", "-nowarn", "-Xlint:-options", "-d"]).arg(&classes);
    javac.args(stamp::files_under(sources)?);
    run(javac, "compiling the R classes")?;
    pack(&classes, to, |_| true)
}

/// Packs the files of a folder whose names are wanted into an archive, always the same way.
pub fn pack(folder: &Path, to: &Path, wanted: impl Fn(&str) -> bool) -> Result<()> {
    let file = File::create(to).with_context(|| format!("writing {}", to.display()))?;
    let mut archive = ZipWriter::new(BufWriter::new(file));
    for path in stamp::files_under(folder)? {
        let name = path.strip_prefix(folder)?.to_string_lossy().replace('\\', "/");
        if wanted(&name) {
            archive.start_file(name, options(CompressionMethod::Stored))?;
            io::copy(&mut File::open(&path)?, &mut archive)?;
        }
    }
    archive.finish()?;
    Ok(())
}

/// Entries carry no time, so that the same input gives the same archive.
pub fn options(method: CompressionMethod) -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(method).last_modified_time(zip::DateTime::default())
}

/// Reads an archive's entries whose names are wanted.
pub fn entries(archive: &Path, wanted: impl Fn(&str) -> bool) -> Result<Vec<(String, Vec<u8>)>> {
    let mut zip = aar::open(archive)?;
    let mut found = Vec::new();
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index)?;
        let name = entry.name()?.into_owned();
        if entry.is_file() && wanted(&name) {
            let mut content = Vec::new();
            io::copy(&mut entry, &mut content)?;
            found.push((name, content));
        }
    }
    Ok(found)
}
