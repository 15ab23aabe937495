//! The Android SDK and NDK of this machine, through their standard interfaces.

use super::aar;
use super::resources::Aapt2;
use super::{MIN_SDK, TARGET_SDK};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A processor family that Android names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Abi {
    #[value(name = "arm64-v8a")]
    Arm64,
    #[value(name = "armeabi-v7a")]
    Arm32,
    #[value(name = "x86_64")]
    X86,
}

impl Abi {
    const ALL: [Self; 3] = [Self::Arm64, Self::Arm32, Self::X86];

    /// As folders and APKs name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64-v8a",
            Self::Arm32 => "armeabi-v7a",
            Self::X86 => "x86_64",
        }
    }

    /// The start of its compiler's name in the NDK.
    fn compiler(self) -> &'static str {
        match self {
            Self::Arm64 => "aarch64-linux-android",
            Self::Arm32 => "armv7a-linux-androideabi",
            Self::X86 => "x86_64-linux-android",
        }
    }
}

/// The SDK's tools and platform.
pub struct Sdk {
    tools: PathBuf,
    /// What the app is linked and shrunk against.
    pub android_jar: PathBuf,
    ndk: PathBuf,
}

impl Sdk {
    /// The one that `ANDROID_HOME` and `ANDROID_NDK_HOME` name.
    pub fn found() -> Result<Self> {
        let home = folder("ANDROID_HOME", "an Android SDK")?;
        let ndk = folder("ANDROID_NDK_HOME", "an Android NDK")?;
        let tools = newest(&home.join("build-tools"))?;
        let android_jar = home.join(format!("platforms/android-{TARGET_SDK}/android.jar"));
        if !android_jar.is_file() {
            bail!("{} is missing: install the SDK platform {TARGET_SDK}", android_jar.display());
        }
        Ok(Self { tools, android_jar, ndk })
    }

    /// A command of the build tools.
    pub fn tool(&self, name: &str) -> Command {
        let end = match (cfg!(windows), name) {
            (false, _) => "",
            (true, "d8" | "apksigner") => ".bat",
            (true, _) => ".exe",
        };
        Command::new(self.tools.join(format!("{name}{end}")))
    }

    /// The SDK's resource compiler.
    pub fn aapt2(&self) -> Aapt2 {
        Aapt2::installed(self.tool("aapt2").get_program().into())
    }

    /// What a shrinker needs besides `android.jar`: the Java runtime, where the platform leaves `java.*` to it.
    pub fn java_runtime(&self) -> Result<Option<PathBuf>> {
        let complete = aar::open(&self.android_jar)?.index_for_name("java/lang/Object.class").is_some();
        if complete { Ok(None) } else { java_home().map(Some) }
    }

    /// The families that this NDK compiles for.
    pub fn abis(&self) -> Result<Vec<Abi>> {
        let llvm = newest(&self.ndk.join("toolchains/llvm/prebuilt"))?;
        let compilers = names(&llvm.join("bin"))?;
        let compiles = |abi: &Abi| compilers.iter().any(|name| name.starts_with(abi.compiler()));
        Ok(Abi::ALL.into_iter().filter(compiles).collect())
    }

    /// `cargo ndk`, for these families and the oldest system the app runs on.
    pub fn cargo_ndk(abis: &[Abi], to: &Path) -> Command {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.arg("ndk").args(["-P", &MIN_SDK.to_string()]).arg("-o").arg(to);
        for abi in abis {
            cargo.args(["-t", abi.name()]);
        }
        cargo
    }
}

fn folder(variable: &str, what: &str) -> Result<PathBuf> {
    let Some(folder) = std::env::var_os(variable).map(PathBuf::from) else {
        bail!("{variable} is not set: it names the folder of {what}; see android/README.md");
    };
    if !folder.is_dir() {
        bail!("{variable} names {}, and there is no such folder", folder.display());
    }
    Ok(folder)
}

/// The folder with the highest version for its name.
fn newest(folder: &Path) -> Result<PathBuf> {
    let version = |name: &String| name.split('.').map(|part| part.parse::<u32>().unwrap_or(0)).collect::<Vec<_>>();
    let last = names(folder)?.into_iter().max_by_key(version);
    Ok(folder.join(last.with_context(|| format!("{} is empty", folder.display()))?))
}

fn names(folder: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(folder).with_context(|| format!("listing {}", folder.display()))?;
    entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

/// The home of the Java that runs here, as it tells itself.
fn java_home() -> Result<PathBuf> {
    let mut java = Command::new("java");
    java.args(["-XshowSettings:properties", "-version"]);
    let output = java.output().context("java is missing: install a JDK (17 or later)")?;
    let told = String::from_utf8_lossy(&output.stderr);
    let home = told.lines().find_map(|line| line.trim().strip_prefix("java.home = "));
    Ok(PathBuf::from(home.context("java does not tell its home")?))
}
