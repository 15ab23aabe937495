//! `cargo xtask apk`: the app as it is installed, one APK for each processor family.

use super::app::{self, Prepared};
use super::code::{self, Code, Purpose};
use super::manifest;
use super::resources::{Linked, run as run_tool};
use super::sdk::{Abi, Sdk};
use super::sign::{self, Key};
use super::turn::Turn;
use super::{APPLICATION_ID, MIN_SDK, TARGET_SDK, bindings, device_tests, layout, maven, shrunk};
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use console::style;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use zip::{CompressionMethod, ZipWriter};

/// A page of memory on devices that have large ones; libraries must begin on one, in the file and in memory.
const LARGE_PAGE: u64 = 16 * 1024;
/// What an APK should weigh at most, in bytes.
const GOAL: u64 = 10_000_000;

/// Which APKs, and how they are signed.
#[derive(Args)]
pub struct Options {
    /// Processor families; all that the NDK compiles for if none is named.
    #[arg(long, value_enum)]
    abi: Vec<Abi>,
    #[command(flatten)]
    key: Key,
    /// Makes the APKs for tests on a device: the app unshrunk, and the tests.
    #[arg(long)]
    tests: bool,
}

/// Builds, signs and checks the APKs, and tells what they weigh.
pub fn run(options: &Options) -> Result<()> {
    let _turn = Turn::awaited()?;
    let sdk = Sdk::found()?;
    let abis = if options.abi.is_empty() { sdk.abis()? } else { options.abi.clone() };
    ensure!(!abis.is_empty(), "this NDK compiles for none of the families that the app runs on");
    let prepared = app::prepared()?;
    compile(options.tests)?;
    build_core(&abis)?;
    let linked = app::linked("apk", &prepared.lock, &sdk.aapt2(), &sdk.android_jar, &[&prepared.libs])?;
    let code = Code::packed(&prepared, &linked)?;
    let packed = if options.tests {
        device_tests::packed(&prepared, &sdk, &linked, &code, &abis, &options.key)?
    } else {
        shrunk_apks(&prepared, &sdk, &linked, &code, &abis, &options.key)?
    };
    for apk in &packed {
        report(apk)?;
    }
    Ok(())
}

fn compile(tests: bool) -> Result<()> {
    let projects = if tests { "libs,testlibs,app,device-tests" } else { "libs,testlibs,app" };
    maven::run(&["--quiet", "--projects", projects, "-Dmaven.test.skip=true", "package"])
}

/// Where the core's libraries lie, a folder for each family.
fn native_folder() -> PathBuf {
    layout::out().join("jniLibs")
}

/// Builds the core for Android, small and without symbols.
fn build_core(abis: &[Abi]) -> Result<()> {
    let mut cargo = Sdk::cargo_ndk(abis, &native_folder());
    cargo.current_dir(layout::root()).args(["build", "--quiet", "--release", "--package", bindings::CRATE]);
    // Link-time optimisation doubles the build's time for one part in fifty of the size.
    cargo.env("CARGO_PROFILE_RELEASE_STRIP", "symbols").env("CARGO_PROFILE_RELEASE_DEBUG", "0");
    let status = cargo.status().context("cargo does not start")?;
    if !status.success() {
        bail!("the core does not build for Android; `cargo ndk` comes with `cargo install cargo-ndk`");
    }
    Ok(())
}

fn shrunk_apks(
    prepared: &Prepared,
    sdk: &Sdk,
    linked: &Linked,
    code: &Code,
    abis: &[Abi],
    key: &Key,
) -> Result<Vec<PathBuf>> {
    let shrunk = shrunk::classes(prepared, sdk, linked, code)?;
    let dex = layout::out().join("apk/shrunk.zip");
    code::dex(sdk, Purpose::Release, &[shrunk], &[], &dex)?;
    let mut apks = Vec::new();
    for abi in abis {
        let apk = layout::out().join("apk").join(format!("satchel-{}-{}.apk", manifest::version().0, abi.name()));
        Parts { table: linked.table(), code: vec![dex.clone()], native: native(prepared, *abi)? }
            .assemble(sdk, key, &apk)?;
        check(sdk, linked, &apk, *abi)?;
        apks.push(apk);
    }
    Ok(apks)
}

/// The libraries in machine code for one family: the core, and JNA's.
pub fn native(prepared: &Prepared, abi: Abi) -> Result<Vec<(String, PathBuf)>> {
    let core = native_folder().join(abi.name()).join(format!("lib{}.so", bindings::LIBRARY));
    ensure!(core.is_file(), "`cargo ndk` made no {}", core.display());
    let mut files = prepared.libs.native(abi.name())?;
    files.push(core);
    let named = |file: PathBuf| {
        let name = file.file_name().expect("a library has a name").to_string_lossy();
        (format!("lib/{}/{name}", abi.name()), file)
    };
    Ok(files.into_iter().map(named).collect())
}

/// What goes into an APK.
pub struct Parts {
    /// The linked resources with the manifest.
    pub table: PathBuf,
    /// Zips with dex files; all of them are numbered through.
    pub code: Vec<PathBuf>,
    /// Libraries in machine code, by their names in the APK.
    pub native: Vec<(String, PathBuf)>,
}

impl Parts {
    /// Packs, aligns and signs.
    pub fn assemble(&self, sdk: &Sdk, key: &Key, to: &Path) -> Result<()> {
        let unaligned = to.with_extension("unaligned");
        let unsigned = to.with_extension("unsigned");
        self.pack(&unaligned)?;
        let mut zipalign = sdk.tool("zipalign");
        zipalign.args(["-f", "-P", "16", "4"]).arg(&unaligned).arg(&unsigned);
        run_tool(zipalign, "aligning")?;
        sign::sign(sdk, key, &unsigned, to)?;
        sign::verify(sdk, to)?;
        for scrap in [unaligned, unsigned] {
            fs::remove_file(&scrap).with_context(|| format!("deleting {}", scrap.display()))?;
        }
        Ok(())
    }

    fn pack(&self, to: &Path) -> Result<()> {
        let file = File::create(to).with_context(|| format!("writing {}", to.display()))?;
        let mut archive = ZipWriter::new(BufWriter::new(file));
        let mut table = super::aar::open(&self.table)?;
        for index in 0..table.len() {
            archive.raw_copy_file(table.by_index_raw(index)?)?;
        }
        let mut add = |name: &str, content: &[u8], method| -> Result<()> {
            archive.start_file(name, code::options(method))?;
            Ok(archive.write_all(content)?)
        };
        let mut number = 1;
        for zip in &self.code {
            for (name, content) in
                code::entries(zip, |name| name.ends_with(".dex") || name.starts_with("META-INF/services/"))?
            {
                if name.ends_with(".dex") {
                    let number_in_name = if number == 1 { String::new() } else { number.to_string() };
                    add(&format!("classes{number_in_name}.dex"), &content, CompressionMethod::Deflated)?;
                    number += 1;
                } else {
                    add(&name, &content, CompressionMethod::Deflated)?;
                }
            }
        }
        for (name, library) in &self.native {
            // Stored, so that the system maps it from here without unpacking.
            add(name, &fs::read(library)?, CompressionMethod::Stored)?;
        }
        archive.finish()?;
        Ok(())
    }
}

/// Refuses an APK that is not what a store may install.
fn check(sdk: &Sdk, linked: &Linked, apk: &Path, abi: Abi) -> Result<()> {
    let mut zipalign = sdk.tool("zipalign");
    zipalign.args(["-c", "-P", "16", "4"]).arg(apk);
    run_tool(zipalign, "checking the alignment")?;
    check_pages(apk, abi)?;
    check_badging(&sdk.aapt2().badging(apk)?, abi)?;
    let open = manifest::exported(&linked.manifest())?;
    ensure!(open == ["org.satchel.pos.app.MainActivity"], "these are open to other apps: {}", open.join(", "));
    Ok(())
}

/// Libraries of 64-bit families are laid out for large pages.
fn check_pages(apk: &Path, abi: Abi) -> Result<()> {
    if abi == Abi::Arm32 {
        return Ok(());
    }
    for (name, content) in code::entries(apk, |name| name.ends_with(".so"))? {
        let elf = goblin::elf::Elf::parse(&content).with_context(|| format!("reading {name}"))?;
        let loads =
            || elf.program_headers.iter().filter(|header| header.p_type == goblin::elf::program_header::PT_LOAD);
        ensure!(loads().count() > 0, "{name} loads nothing");
        ensure!(loads().all(|header| header.p_align >= LARGE_PAGE), "{name} is not laid out for pages of 16 KiB");
    }
    Ok(())
}

fn check_badging(told: &str, abi: Abi) -> Result<()> {
    let (name, code) = manifest::version();
    for line in [
        format!("package: name='{APPLICATION_ID}' versionCode='{code}' versionName='{name}'"),
        format!("minSdkVersion:'{MIN_SDK}'"),
        format!("targetSdkVersion:'{TARGET_SDK}'"),
        format!("native-code: '{}'", abi.name()),
        "launchable-activity: name='org.satchel.pos.app.MainActivity'".to_owned(),
    ] {
        ensure!(told.contains(&line), "aapt2 does not say `{line}`:\n{told}");
    }
    ensure!(!told.contains("application-debuggable"), "the app can be debugged");
    let asked: BTreeSet<_> = told.lines().filter_map(|line| quoted(line, "uses-permission: name=")).collect();
    let file = layout::android().join("permissions.txt");
    let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
    let allowed: BTreeSet<_> = permissions(&text).collect();
    ensure!(asked == allowed, "the app asks for {asked:?}, and permissions.txt explains {allowed:?}");
    Ok(())
}

/// The permissions that `permissions.txt` explains: lines `NAME: why`.
fn permissions(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(':')).map(|(name, _)| name)
}

fn quoted<'a>(line: &'a str, start: &str) -> Option<&'a str> {
    line.strip_prefix(start)?.strip_prefix('\'')?.split('\'').next()
}

/// Tells an APK's size, and what makes it up.
fn report(apk: &Path) -> Result<()> {
    let size = fs::metadata(apk)?.len();
    let mut parts = super::aar::open(apk)?;
    let (mut dex, mut native, mut rest) = (0, 0, 0);
    for index in 0..parts.len() {
        let entry = parts.by_index_raw(index)?;
        let sum = match Path::new(entry.name()?.as_ref()).extension().and_then(|end| end.to_str()) {
            Some("dex") => &mut dex,
            Some("so") => &mut native,
            _ => &mut rest,
        };
        *sum += entry.compressed_size();
    }
    let verdict = if size <= GOAL { style("within the goal").green() } else { style("over the goal").yellow() };
    println!("{}", apk.display());
    println!("  {} of {}, {verdict}", megabytes(size), megabytes(GOAL));
    println!("  code {}, libraries {}, resources {}", megabytes(dex), megabytes(native), megabytes(rest));
    Ok(())
}

fn megabytes(bytes: u64) -> String {
    format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn explained_permissions_are_read() {
        let text = "# why\nandroid.permission.NFC: cards\n\nandroid.permission.VIBRATE: a tap is felt\n";
        assert_eq!(permissions(text).collect::<Vec<_>>(), ["android.permission.NFC", "android.permission.VIBRATE"]);
    }

    #[test]
    fn a_permission_is_read_from_badging() {
        assert_eq!(quoted("uses-permission: name='a.B' maxSdkVersion='30'", "uses-permission: name="), Some("a.B"));
        assert_eq!(quoted("application: label='a'", "uses-permission: name="), None);
    }
}
