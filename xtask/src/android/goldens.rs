//! Golden pictures: kept small, none left behind, and all of them on one sheet.

use super::{layout, stamp};
use anyhow::{Context, Result, ensure};
use image::{DynamicImage, GenericImage, ImageReader, Rgba, RgbaImage, imageops};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The test run's own list of what it captured: paths under `android/screenshots`, a line each.
fn captures() -> PathBuf {
    layout::out().join("app/captures")
}

/// Forgets what the last run captured.
pub fn forget_captures() -> Result<()> {
    let list = captures();
    if list.exists() {
        fs::remove_file(&list).with_context(|| format!("deleting {}", list.display()))?;
    }
    Ok(())
}

/// Every picture that is kept was captured in this run; a test that is gone leaves none behind.
pub fn check_captures() -> Result<()> {
    let list = fs::read_to_string(captures()).context("the tests captured no golden picture")?;
    let captured: BTreeSet<_> = list.lines().map(|line| layout::screenshots().join(line)).collect();
    let left: Vec<_> = kept()?.into_iter().filter(|picture| !captured.contains(picture)).collect();
    let names: Vec<_> = left.iter().map(|picture| picture.display().to_string()).collect();
    ensure!(left.is_empty(), "no test captures these any more; delete them:\n{}", names.join("\n"));
    Ok(())
}

/// All golden pictures, sorted.
fn kept() -> Result<Vec<PathBuf>> {
    let mut files = stamp::files_under(&layout::screenshots())?;
    files.retain(|file| file.extension().is_some_and(|end| end == "png"));
    Ok(files)
}

/// Packs every picture as tightly as it goes without changing a pixel.
pub fn shrink() -> Result<()> {
    let options = oxipng::Options::from_preset(2);
    for picture in kept()? {
        let output = oxipng::OutFile::Path { path: None, preserve_attrs: false };
        oxipng::optimize(&oxipng::InFile::Path(picture.clone()), &output, &options)
            .with_context(|| format!("packing {}", picture.display()))?;
    }
    Ok(())
}

/// The sheet: pictures a row, the width of one, and the space between them, in pixels.
const COLUMNS: u32 = 6;
const WIDTH: u32 = 240;
const GAP: u32 = 12;
const PAPER: Rgba<u8> = Rgba([236, 236, 240, 255]);

/// `cargo xtask contact-sheet`: the phone's English pictures in light and dark, and every picture of the rest that
/// `filter` names, on `docs/screens.png`.
pub fn contact_sheet() -> Result<()> {
    let shown: Vec<_> = kept()?.into_iter().filter(|picture| name(picture).ends_with("-phone-en-light.png")).collect();
    ensure!(!shown.is_empty(), "there are no golden pictures yet: `cargo xtask app --record`");
    let thumbnails = shown.iter().map(|picture| thumbnail(picture)).collect::<Result<Vec<_>>>()?;
    let sheet = layout::root().join("docs/screens.png");
    arranged(&thumbnails)?.save(&sheet).with_context(|| format!("writing {}", sheet.display()))?;
    println!("{} pictures on {}", shown.len(), sheet.display());
    Ok(())
}

fn name(picture: &Path) -> String {
    picture.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn thumbnail(picture: &Path) -> Result<RgbaImage> {
    let image: DynamicImage =
        ImageReader::open(picture)?.decode().with_context(|| format!("reading {}", picture.display()))?;
    let height = image.height() * WIDTH / image.width();
    Ok(image.resize_exact(WIDTH, height, imageops::FilterType::Lanczos3).to_rgba8())
}

fn arranged(thumbnails: &[RgbaImage]) -> Result<RgbaImage> {
    let columns = usize::try_from(COLUMNS)?;
    let rows: Vec<_> = thumbnails.chunks(columns).collect();
    let height = |row: &[RgbaImage]| row.iter().map(RgbaImage::height).max().unwrap_or(0);
    let total = rows.iter().map(|row| height(row) + GAP).sum::<u32>() + GAP;
    let mut sheet = RgbaImage::from_pixel(COLUMNS * (WIDTH + GAP) + GAP, total, PAPER);
    let mut top = GAP;
    for row in rows {
        let mut left = GAP;
        for picture in row {
            sheet.copy_from(picture, left, top)?;
            left += WIDTH + GAP;
        }
        top += height(row) + GAP;
    }
    Ok(sheet)
}
