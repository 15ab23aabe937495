//! Keys and signatures of an APK.

use super::layout;
use super::resources::run;
use super::sdk::Sdk;
use anyhow::{Result, ensure};
use clap::Args;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The key to sign with; one for debugging, made once for this project folder, unless another is named.
#[derive(Args)]
pub struct Key {
    /// A key store with the release key.
    #[arg(long, requires_all = ["alias", "password_variable"])]
    keystore: Option<PathBuf>,
    /// The key's name in it.
    #[arg(long)]
    alias: Option<String>,
    /// The environment variable that holds the key store's password.
    #[arg(long)]
    password_variable: Option<String>,
}

const DEBUG_ALIAS: &str = "debug";
const DEBUG_PASSWORD: &str = "android";

/// A key to sign with, as apksigner names it.
struct Signer {
    keystore: PathBuf,
    alias: String,
    password: String,
}

impl Key {
    fn signer(&self) -> Result<Signer> {
        match (&self.keystore, &self.alias, &self.password_variable) {
            (Some(keystore), Some(alias), Some(variable)) => {
                Ok(Signer { keystore: keystore.clone(), alias: alias.clone(), password: format!("env:{variable}") })
            }
            _ => debug_signer(),
        }
    }
}

/// Signs by the schemes of Android 7 and 9; older systems do not run the app. `from` and `to` may not be the same.
pub fn sign(sdk: &Sdk, key: &Key, from: &Path, to: &Path) -> Result<()> {
    let signer = key.signer()?;
    let mut apksigner = sdk.tool("apksigner");
    apksigner.arg("sign").arg("--ks").arg(&signer.keystore).args(["--ks-key-alias", &signer.alias]);
    apksigner.args(["--ks-pass", &signer.password]);
    apksigner.args(["--v1-signing-enabled", "false", "--v2-signing-enabled", "true", "--v3-signing-enabled", "true"]);
    apksigner.arg("--out").arg(to).arg(from);
    run(apksigner, "signing").map(drop)
}

/// Refuses an APK that is not signed by both schemes.
pub fn verify(sdk: &Sdk, apk: &Path) -> Result<()> {
    let mut apksigner = sdk.tool("apksigner");
    apksigner.args(["verify", "--verbose"]).arg(apk);
    let told = run(apksigner, "verifying the signature")?;
    for scheme in ["v2 scheme (APK Signature Scheme v2): true", "v3 scheme (APK Signature Scheme v3): true"] {
        ensure!(told.contains(scheme), "{} is not signed by the {scheme}:\n{told}", apk.display());
    }
    Ok(())
}

fn debug_signer() -> Result<Signer> {
    let keystore = layout::out().join("debug.keystore");
    if !keystore.is_file() {
        fs::create_dir_all(layout::out())?;
        let mut keytool = Command::new("keytool");
        keytool.arg("-genkeypair").arg("-keystore").arg(&keystore);
        keytool.args(["-storepass", DEBUG_PASSWORD, "-alias", DEBUG_ALIAS, "-dname", "CN=Satchel debug"]);
        keytool.args(["-keyalg", "RSA", "-keysize", "3072", "-validity", "10000"]);
        run(keytool, "making a key for debugging")?;
    }
    Ok(Signer { keystore, alias: DEBUG_ALIAS.to_owned(), password: format!("pass:{DEBUG_PASSWORD}") })
}
