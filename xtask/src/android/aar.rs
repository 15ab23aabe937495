//! Android libraries unpacked: classes, resources, manifests, native libraries.

use super::lock::{Artefact, Lock, Use};
use super::resources::Aapt2;
use super::stamp::{self, Inputs};
use super::store::Store;
use super::{layout, manifest};
use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use zip::ZipArchive;

/// Libraries of one Maven module, unpacked.
pub struct Libraries {
    folder: PathBuf,
    /// Folders of the AARs and what they are for, in the lock list's order.
    unpacked: Vec<(Use, PathBuf)>,
}

impl Libraries {
    /// Unpacks the AARs for these purposes; their classes go where the module's jar is packed from.
    pub fn of(module: &str, purposes: &[Use], lock: &Lock, store: &Store, aapt2: &Aapt2) -> Result<Self> {
        let folder = layout::out().join(module);
        let aars: Vec<_> =
            purposes.iter().flat_map(|purpose| lock.all(*purpose)).filter(|one| one.kind == "aar").collect();
        let mut inputs = Inputs::new("unpacked");
        for aar in &aars {
            inputs.text(&aar.path().to_string_lossy());
        }
        let unpacked = aars.iter().map(|aar| (aar.purpose, folder.join("aars").join(stem(aar)))).collect();
        let libraries = Self { unpacked, folder };
        stamp::unless_done(&format!("unpacked-{module}"), &inputs, || libraries.unpack(&aars, store, aapt2))?;
        Ok(libraries)
    }

    fn unpack(&self, aars: &[&Artefact], store: &Store, aapt2: &Aapt2) -> Result<()> {
        for old in ["aars", "resources", "classes"] {
            let old = self.folder.join(old);
            if old.exists() {
                fs::remove_dir_all(&old).with_context(|| format!("deleting {}", old.display()))?;
            }
        }
        fs::create_dir_all(self.folder.join("resources"))?;
        let work: Vec<_> = aars.iter().zip(self.folders()).collect();
        let share = work.len().div_ceil(thread::available_parallelism().map_or(1, usize::from)).max(1);
        thread::scope(|scope| {
            let threads: Vec<_> = work
                .chunks(share)
                .map(|part| {
                    scope.spawn(move || {
                        part.iter().try_for_each(|(aar, to)| {
                            self.unpack_one(&store.file(aar), to, aapt2)
                                .with_context(|| format!("unpacking {}", aar.name))
                        })
                    })
                })
                .collect();
            threads.into_iter().try_for_each(|thread| thread.join().expect("unpacking does not panic"))
        })
    }

    fn unpack_one(&self, aar: &Path, to: &Path, aapt2: &Aapt2) -> Result<()> {
        open(aar)?.extract(to)?;
        for jar in jars_of(to)? {
            extract_classes(&jar, &self.folder.join("classes"))?;
        }
        let resources = to.join("res");
        if !stamp::files_under(&resources)?.is_empty() {
            aapt2.compile(&resources, &self.compiled(to))?;
        }
        Ok(())
    }

    fn compiled(&self, unpacked: &Path) -> PathBuf {
        let name = unpacked.file_name().expect("it is named after its AAR").to_string_lossy();
        self.folder.join("resources").join(format!("{name}.zip"))
    }

    fn folders(&self) -> impl Iterator<Item = &PathBuf> {
        self.unpacked.iter().map(|(_, folder)| folder)
    }

    /// Those for one purpose alone.
    pub fn only(&self, purpose: Use) -> Self {
        let unpacked = self.unpacked.iter().filter(|(other, _)| *other == purpose).cloned().collect();
        Self { folder: self.folder.clone(), unpacked }
    }

    /// The libraries' compiled resources.
    pub fn resources(&self) -> Vec<PathBuf> {
        self.folders().map(|aar| self.compiled(aar)).filter(|file| file.is_file()).collect()
    }

    /// The libraries' manifests.
    pub fn manifests(&self) -> Vec<PathBuf> {
        self.folders().map(|aar| aar.join("AndroidManifest.xml")).collect()
    }

    /// What the libraries ask of a shrinker.
    pub fn keep_rules(&self) -> Vec<PathBuf> {
        self.folders().map(|aar| aar.join("proguard.txt")).filter(|file| file.is_file()).collect()
    }

    /// Their native libraries for one ABI.
    pub fn native(&self, abi: &str) -> Result<Vec<PathBuf>> {
        let mut libraries = Vec::new();
        for aar in self.folders() {
            libraries.extend(stamp::files_under(&aar.join("jni").join(abi))?);
        }
        Ok(libraries)
    }

    /// Their classes, a jar or more for each.
    pub fn jars(&self) -> Result<Vec<PathBuf>> {
        let mut jars = Vec::new();
        for aar in self.folders() {
            jars.extend(jars_of(aar)?);
        }
        Ok(jars)
    }

    /// The packages whose `R` classes their code reads.
    pub fn packages(&self) -> Result<BTreeSet<String>> {
        let with_resources = |aar: &&PathBuf| fs::metadata(aar.join("R.txt")).is_ok_and(|table| table.len() > 0);
        self.folders().filter(with_resources).map(|aar| manifest::package(&aar.join("AndroidManifest.xml"))).collect()
    }
}

fn jars_of(unpacked: &Path) -> Result<Vec<PathBuf>> {
    let mut jars = stamp::files_under(&unpacked.join("classes.jar"))?;
    jars.extend(stamp::files_under(&unpacked.join("libs"))?);
    Ok(jars)
}

fn stem(aar: &Artefact) -> String {
    format!("{}.{}-{}", aar.group, aar.name, aar.version)
}

/// An archive, opened for reading.
pub fn open(archive: &Path) -> Result<ZipArchive<fs::File>> {
    let file = fs::File::open(archive).with_context(|| format!("opening {}", archive.display()))?;
    ZipArchive::new(file).with_context(|| format!("reading {}", archive.display()))
}

fn extract_classes(jar: &Path, to: &Path) -> Result<()> {
    let mut archive = open(jar)?;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index)?;
        let Some(name) = entry.enclosed_name().filter(|_| entry.is_file()) else { continue };
        if name == Path::new("META-INF/MANIFEST.MF") {
            continue;
        }
        let file = to.join(name);
        fs::create_dir_all(file.parent().expect("it lies in a folder"))?;
        io::copy(&mut entry, &mut fs::File::create(&file)?)?;
    }
    Ok(())
}
