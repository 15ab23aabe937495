//! Golden pictures: none left behind, and all of them on one sheet.

use super::{layout, stamp};
use anyhow::{Context, Result, ensure};
use image::codecs::png::{CompressionType, FilterType as PngFilter, PngEncoder};
use image::{DynamicImage, GenericImage, ImageReader, Rgba, RgbaImage, imageops};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

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

/// Which variant of every state is shown, and the width of each picture; one after the other, so that devices, languages
/// and themes are all seen without showing every state in each.
const SHOWN: [(&str, u32); 3] = [("phone-en-light", 150), ("phone-ar-dark", 150), ("pos-zh-light", 309)];
/// The sheet's width, and the space between pictures, in pixels.
const WIDTH: u32 = 1600;
const GAP: u32 = 9;
const PAPER: Rgba<u8> = Rgba([236, 236, 240, 255]);

/// `cargo xtask contact-sheet`: every state of every screen on `docs/screens.png`.
pub fn contact_sheet() -> Result<()> {
    let pictures = kept()?;
    ensure!(!pictures.is_empty(), "there are no golden pictures yet: `cargo xtask app --record`");
    let mut rows = Vec::new();
    for (variant, width) in SHOWN {
        let shown = pictures.iter().filter(|picture| name(picture).ends_with(&format!("-{variant}.png")));
        let thumbnails = shown.map(|picture| thumbnail(picture, width)).collect::<Result<Vec<_>>>()?;
        let in_a_row = usize::try_from((WIDTH - GAP) / (width + GAP))?;
        rows.extend(thumbnails.chunks(in_a_row).map(<[RgbaImage]>::to_vec));
    }
    let sheet = layout::root().join("docs/screens.png");
    let mut drawn = DynamicImage::from(arranged(&rows)?).to_rgb8();
    drawn.iter_mut().for_each(|shade| *shade = coarse(*shade));
    let file = io::BufWriter::new(fs::File::create(&sheet)?);
    drawn
        .write_with_encoder(PngEncoder::new_with_quality(file, CompressionType::Best, PngFilter::Adaptive))
        .with_context(|| format!("writing {}", sheet.display()))?;
    println!("{} pictures on {}", rows.iter().map(Vec::len).sum::<usize>(), sheet.display());
    Ok(())
}

/// One of the 33 shades that small pictures need: the file is half as large.
fn coarse(shade: u8) -> u8 {
    (shade.saturating_add(4) / 8).saturating_mul(8).max(if shade >= 252 { 255 } else { 0 })
}

fn name(picture: &Path) -> String {
    picture.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn thumbnail(picture: &Path, width: u32) -> Result<RgbaImage> {
    let image = ImageReader::open(picture)?.decode().with_context(|| format!("reading {}", picture.display()))?;
    let height = image.height() * width / image.width();
    Ok(image.resize_exact(width, height, imageops::FilterType::Lanczos3).to_rgba8())
}

fn arranged(rows: &[Vec<RgbaImage>]) -> Result<RgbaImage> {
    let height = |row: &Vec<RgbaImage>| row.iter().map(RgbaImage::height).max().unwrap_or(0);
    let total = rows.iter().map(|row| height(row) + GAP).sum::<u32>() + GAP;
    let mut sheet = RgbaImage::from_pixel(WIDTH, total, PAPER);
    let mut top = GAP;
    for row in rows {
        let mut left = GAP;
        for picture in row {
            sheet.copy_from(picture, left, top)?;
            left += picture.width() + GAP;
        }
        top += height(row) + GAP;
    }
    Ok(sheet)
}
