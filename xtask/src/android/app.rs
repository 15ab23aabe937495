//! `cargo xtask app`: the app, compiled and tested on this machine.

use super::aar::Libraries;
use super::lock::{Lock, Use};
use super::manifest::{self, Manifest};
use super::resources::{Aapt2, Linked};
use super::stamp::{self, Inputs};
use super::store::Store;
use super::turn::Turn;
use super::{bindings, files, goldens, layout, maven};
use crate::provision::{invitations, provision};
use anyhow::Result;
use clap::Args;
use console::style;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What is tested, and how.
#[derive(Args)]
pub struct Options {
    /// Only these tests: `SellTest`, `SellTest#pays*`, `org.satchel.pos.sell.**`.
    #[arg(long)]
    only: Option<String>,
    /// Writes the golden pictures anew instead of comparing with them.
    #[arg(long)]
    record: bool,
    /// Test processes side by side, of up to 3 GB each.
    #[arg(long, default_value_t = 1)]
    forks: u32,
    /// Runs even if nothing changed since everything was green.
    #[arg(long)]
    again: bool,
}

/// Builds the bindings, compiles the app and runs its tests.
pub fn run(options: &Options) -> Result<()> {
    let _turn = Turn::awaited()?;
    let started = Instant::now();
    let ran = if options.record || options.only.is_some() {
        test(options).map(|()| true)
    } else {
        prepared()?;
        let mut inputs = everything()?;
        if options.again {
            inputs.text(&format!("{started:?}"));
        }
        stamp::unless_done("app", &inputs, || test(options))
    }?;
    let state = if ran { "app green" } else { "app green before, and nothing changed" };
    println!("{} {:.0} s", style(state).green().bold(), started.elapsed().as_secs_f32());
    Ok(())
}

/// What Maven needs to compile the app: bindings, libraries, resources.
pub struct Prepared {
    pub lock: Lock,
    pub store: Store,
    /// The libraries of the APK.
    pub libs: Libraries,
    /// Those that only tests need.
    pub test_libs: Libraries,
}

impl Prepared {
    /// Every jar for one purpose: of AARs, and plain ones.
    pub fn jars(&self, purpose: Use, libraries: &Libraries) -> Result<Vec<PathBuf>> {
        let mut jars = libraries.only(purpose).jars()?;
        let plain = self.lock.all(purpose).filter(|one| one.kind == "jar");
        jars.extend(plain.map(|one| self.store.file(one)));
        Ok(jars)
    }
}

/// Prepares it, as far as it is not prepared yet.
pub fn prepared() -> Result<Prepared> {
    let lock = Lock::read()?;
    files::check(&lock)?;
    bindings::make()?;
    let store = Store::filled(&lock)?;
    let aapt2 = Aapt2::locked(&lock, &store)?;
    let libs = Libraries::of("libs", &[Use::App], &lock, &store, &aapt2)?;
    let test_libs = Libraries::of("testlibs", &[Use::Test, Use::Robolectric], &lock, &store, &aapt2)?;
    let android_jar = store.named(&lock, "android-all")?;
    linked("test", &lock, &aapt2, &android_jar, &[&libs, &test_libs])?;
    Ok(Prepared { lock, store, libs, test_libs })
}

/// The app's resources with those of some libraries, in `target/android/linked/NAME`.
pub fn linked(name: &str, lock: &Lock, aapt2: &Aapt2, android_jar: &Path, libraries: &[&Libraries]) -> Result<Linked> {
    let folder = layout::out().join("linked").join(name);
    let linked = Linked::in_folder(folder);
    let sources = layout::main_sources();
    let mut inputs = Inputs::new(name);
    inputs.text(&lock.text).text(&android_jar.to_string_lossy()).text(manifest::version().0);
    inputs.path(&sources.join("AndroidManifest.xml"))?.path(&sources.join("res"))?;
    stamp::unless_done(&format!("linked-{name}"), &inputs, || {
        Manifest::of_app().merge(libraries, &linked.manifest())?;
        linked.link(aapt2, android_jar, libraries, Some(&sources.join("res")))
    })?;
    Ok(linked)
}

fn test(options: &Options) -> Result<()> {
    prepared()?;
    goldens::forget_captures()?;
    let record = format!("-Dgoldens.record={}", options.record);
    let verify = format!("-Dgoldens.verify={}", !options.record);
    let core = format!("-Dcore.libraries={}", bindings::folder().display());
    let forks = format!("-Dforks={}", options.forks);
    let set_up = format!("-Dset.up={}", set_up()?.display());
    let mut arguments = vec!["--projects", "libs,testlibs,app", &record, &verify, &core, &forks, &set_up];
    let only = options.only.as_ref().map(|tests| format!("-Dtest={tests}"));
    arguments.extend(only.as_deref());
    arguments.push("verify");
    maven::run(&arguments)?;
    if only.is_none() { goldens::check_captures() } else { Ok(()) }
}

/// The folder of a set-up file and its code, for the tests to set a till up from.
fn set_up() -> Result<PathBuf> {
    let folder = layout::out().join("set-up");
    fs::create_dir_all(&folder)?;
    let made = provision(&folder.join("till.setup"))?;
    fs::write(folder.join("till.code"), made.code)?;
    let (invitation, of_another) = invitations()?;
    fs::write(folder.join("till.invitation"), invitation)?;
    fs::write(folder.join("other.admission"), of_another)?;
    Ok(folder)
}

/// All that the tests' outcome depends on.
fn everything() -> Result<Inputs> {
    let mut inputs = Inputs::new("app");
    inputs.path(&layout::android())?.path(&layout::bindings())?.path(&bindings::library())?;
    Ok(inputs)
}
