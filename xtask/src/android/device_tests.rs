//! The APKs for tests on a device: the app unshrunk, and the flow tests with what they need.

use super::apk::{self, Parts};
use super::app::Prepared;
use super::code::{self, Code, Purpose};
use super::lock::Use;
use super::manifest::{self, Manifest};
use super::resources::Linked;
use super::sdk::{Abi, Sdk};
use super::sign::Key;
use super::{APPLICATION_ID, layout};
use anyhow::Result;
use std::path::PathBuf;

/// Packs them all; the last one is the tests'.
pub fn packed(
    prepared: &Prepared,
    sdk: &Sdk,
    linked: &Linked,
    code: &Code,
    abis: &[Abi],
    key: &Key,
) -> Result<Vec<PathBuf>> {
    let folder = layout::out().join("apk");
    let app = dexed_app(prepared, sdk, code)?;
    let mut apks = Vec::new();
    for abi in abis {
        let apk = folder.join(format!("satchel-{}-{}-unshrunk.apk", manifest::version().0, abi.name()));
        let parts = Parts { table: linked.table(), code: app.clone(), native: apk::native(prepared, *abi)? };
        parts.assemble(sdk, key, &apk)?;
        apks.push(apk);
    }
    let tests = folder.join("satchel-tests.apk");
    tests_parts(prepared, sdk, code)?.assemble(sdk, key, &tests)?;
    apks.push(tests);
    Ok(apks)
}

/// The app's dex files: the libraries', made once, and its own.
fn dexed_app(prepared: &Prepared, sdk: &Sdk, code: &Code) -> Result<Vec<PathBuf>> {
    let folder = layout::out().join("apk");
    let libraries = prepared.jars(Use::App, &prepared.libs)?;
    let (own, theirs) = (folder.join("app-dex.zip"), folder.join("libraries-dex.zip"));
    code::dex(sdk, Purpose::Debug, &libraries, &[], &theirs)?;
    code::dex(sdk, Purpose::Debug, &code.own(), &libraries, &own)?;
    Ok(vec![own, theirs])
}

fn tests_parts(prepared: &Prepared, sdk: &Sdk, app: &Code) -> Result<Parts> {
    let folder = layout::out().join("apk");
    let test_libs = prepared.test_libs.only(Use::Test);
    let linked = Linked::in_folder(layout::out().join("linked/tests"));
    let manifest = Manifest {
        file: layout::android().join("app/src/androidTest/AndroidManifest.xml"),
        package: format!("{APPLICATION_ID}.test"),
    };
    manifest.merge(&[&test_libs], &linked.manifest())?;
    linked.link(&sdk.aapt2(), &sdk.android_jar, &[&test_libs], None)?;
    let tests = folder.join("tests.jar");
    code::pack(&layout::out().join("device-tests/classes"), &tests, |name| name.ends_with(".class"))?;
    let r = folder.join("tests-r.jar");
    code::compile_r(&linked.r_sources(), &r)?;
    let libraries = prepared.jars(Use::Test, &prepared.test_libs)?;
    let (own, theirs) = (folder.join("tests-dex.zip"), folder.join("test-libraries-dex.zip"));
    code::dex(sdk, Purpose::Debug, &libraries, &app.all(), &theirs)?;
    let against: Vec<_> = libraries.into_iter().chain(app.all()).collect();
    code::dex(sdk, Purpose::Debug, &[tests, r], &against, &own)?;
    Ok(Parts { table: linked.table(), code: vec![own, theirs], native: Vec::new() })
}
