//! The shrunk classes, and whether they still run: what goes into the APK is called on this machine first.

use super::app::Prepared;
use super::code::{self, Code};
use super::lock::Use;
use super::resources::{Linked, run};
use super::sdk::Sdk;
use super::{bindings, layout};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The shrunk classes, once they ran: `ShrunkTest` calls the core through them.
pub fn classes(prepared: &Prepared, sdk: &Sdk, linked: &Linked, code: &Code) -> Result<PathBuf> {
    let folder = layout::out().join("apk/shrunk");
    fs::create_dir_all(&folder)?;
    let classes = folder.join("classes.jar");
    code::shrink(prepared, sdk, code, &code::keep_rules(linked, &prepared.libs), &classes)?;
    let test = compiled_test(&folder, code)?;
    let resources = jna_without_classes(prepared, &folder)?;
    let mut java = Command::new("java");
    java.arg("-cp").arg(std::env::join_paths([&classes, &test, &resources])?);
    java.arg(format!("-Djna.library.path={}", bindings::folder().display())).arg("ShrunkTest");
    print!("{}", run(java, "running the shrunk classes")?);
    Ok(classes)
}

fn compiled_test(folder: &Path, code: &Code) -> Result<PathBuf> {
    let to = folder.join("test");
    let mut javac = Command::new("javac");
    javac.arg("-cp").arg(std::env::join_paths(code.all())?).arg("-d").arg(&to);
    javac.arg(layout::android().join("app/src/shrunkTest/java/ShrunkTest.java"));
    run(javac, "compiling the test of the shrunk classes")?;
    Ok(to)
}

/// What JNA brings for this machine's processor, and none of its classes: those must come from the shrunk ones.
fn jna_without_classes(prepared: &Prepared, folder: &Path) -> Result<PathBuf> {
    let to = folder.join("jna");
    let Some(jar) = prepared.lock.all(Use::Robolectric).find(|one| one.name == "jna") else {
        bail!("JNA is not locked for the tests on this machine");
    };
    for (name, content) in code::entries(&prepared.store.file(jar), |name| !name.ends_with(".class"))? {
        let file = to.join(&name);
        fs::create_dir_all(file.parent().expect("it lies in a folder"))?;
        fs::write(&file, content).with_context(|| format!("writing {}", file.display()))?;
    }
    Ok(to)
}
