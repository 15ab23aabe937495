//! Resources: compiled by aapt2, linked into one table, and named in `R` classes.

use super::aar::{self, Libraries};
use super::lock::Lock;
use super::store::Store;
use super::{MIN_SDK, TARGET_SDK, layout};
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The languages the app speaks; the libraries' other translations are left out.
const LANGUAGES: &str = "en,zh-rCN,de,es,ar";

/// The resource compiler.
pub struct Aapt2 {
    program: PathBuf,
}

impl Aapt2 {
    /// The one of the lock list, taken out of its jar.
    pub fn locked(lock: &Lock, store: &Store) -> Result<Self> {
        let carrier = lock.named("apktool-lib")?;
        let (inside, name) = match std::env::consts::OS {
            "windows" => ("prebuilt/windows/aapt2.exe", "aapt2.exe"),
            "macos" => ("prebuilt/macosx/aapt2", "aapt2"),
            _ => ("prebuilt/linux/aapt2", "aapt2"),
        };
        let program = layout::out().join(format!("tools/{}", carrier.version)).join(name);
        if !program.is_file() {
            take_out(&store.file(carrier), inside, &program)?;
        }
        Ok(Self { program })
    }

    /// The one of an Android SDK.
    pub fn installed(program: PathBuf) -> Self {
        Self { program }
    }

    /// Compiles a `res` folder into one file.
    pub fn compile(&self, folder: &Path, to: &Path) -> Result<()> {
        let mut compile = self.command();
        compile.arg("compile").arg("--dir").arg(folder).arg("-o").arg(to);
        run(compile, &format!("compiling {}", folder.display())).map(drop)
    }

    /// What aapt2 says of an APK.
    pub fn badging(&self, apk: &Path) -> Result<String> {
        let mut dump = self.command();
        dump.args(["dump", "badging"]).arg(apk);
        run(dump, &format!("reading {}", apk.display()))
    }

    fn command(&self) -> Command {
        Command::new(&self.program)
    }
}

/// What a link makes, in one folder.
pub struct Linked {
    folder: PathBuf,
}

impl Linked {
    /// Where a link's results are.
    pub fn in_folder(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The merged manifest.
    pub fn manifest(&self) -> PathBuf {
        self.folder.join("AndroidManifest.xml")
    }

    /// The resource table with the manifest: an APK without code.
    pub fn table(&self) -> PathBuf {
        self.folder.join("resources.ap_")
    }

    /// Java sources of the `R` classes.
    pub fn r_sources(&self) -> PathBuf {
        self.folder.join("r")
    }

    /// What a shrinker must keep because the manifest names it.
    pub fn keep_rules(&self) -> PathBuf {
        self.folder.join("keep.pro")
    }

    /// Links the libraries' resources, and those of a `res` folder if there is one.
    pub fn link(&self, aapt2: &Aapt2, android_jar: &Path, libraries: &[&Libraries], own: Option<&Path>) -> Result<()> {
        let r = self.r_sources();
        if r.exists() {
            fs::remove_dir_all(&r).with_context(|| format!("deleting {}", r.display()))?;
        }
        fs::create_dir_all(&r)?;
        let compiled = self.folder.join("own.zip");
        if let Some(own) = own {
            aapt2.compile(own, &compiled)?;
        }
        let mut link = aapt2.command();
        link.arg("link").arg("-I").arg(android_jar).arg("--manifest").arg(self.manifest());
        link.args(["--auto-add-overlay", "--non-final-ids", "-c", LANGUAGES]);
        link.args(["--min-sdk-version", &MIN_SDK.to_string(), "--target-sdk-version", &TARGET_SDK.to_string()]);
        let packages = extra_packages(libraries)?;
        if !packages.is_empty() {
            link.args(["--extra-packages", &packages]);
        }
        link.arg("--java").arg(&r).arg("--proguard").arg(self.keep_rules()).arg("-o").arg(self.table());
        for part in libraries.iter().flat_map(|one| one.resources()).chain(own.map(|_| compiled)) {
            link.arg("-R").arg(part);
        }
        run(link, "linking the resources").map(drop)
    }
}

fn extra_packages(libraries: &[&Libraries]) -> Result<String> {
    let mut packages = BTreeSet::new();
    for library in libraries {
        packages.extend(library.packages()?);
    }
    Ok(packages.into_iter().collect::<Vec<_>>().join(":"))
}

fn take_out(archive: &Path, inside: &str, to: &Path) -> Result<()> {
    fs::create_dir_all(to.parent().expect("it lies in a folder"))?;
    let mut zip = aar::open(archive)?;
    let mut entry = zip.by_name(inside).with_context(|| format!("{} has no {inside}", archive.display()))?;
    let unfinished = to.with_extension("part");
    io::copy(&mut entry, &mut fs::File::create(&unfinished)?)?;
    #[cfg(unix)]
    fs::set_permissions(&unfinished, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    fs::rename(&unfinished, to).with_context(|| format!("writing {}", to.display()))
}

/// Runs a program to its end, and returns what it printed.
pub fn run(mut command: Command, what: &str) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("{what}: {name} does not start"))?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        bail!("{what}: {name} refuses:\n{}", String::from_utf8_lossy(&said));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
