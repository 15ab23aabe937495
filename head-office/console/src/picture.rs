//! Codes in pictures that people send.

use image::{ImageReader, Limits, imageops};
use satchel_office::OfficeError;
use std::io::Cursor;

/// Pixels of a side at most, and bytes that a picture may take in memory.
const SIDE_MOST: u32 = 12_000;
const MEMORY_MOST: u64 = 256 * 1024 * 1024;
/// What a picture is made smaller to: more shows a camera's noise and no more of the code.
const SIDE_LOOKED_AT: u32 = 1_600;

/// The text of the QR code in a picture.
///
/// # Errors
/// It is no PNG or JPEG, too large, or no code can be read in it.
pub fn code_in(bytes: &[u8]) -> Result<String, OfficeError> {
    let wrong = |why: String| OfficeError::Invalid { field: "picture", why };
    let mut reader =
        ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|error| wrong(error.to_string()))?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MOST);
    limits.max_image_height = Some(SIDE_MOST);
    limits.max_alloc = Some(MEMORY_MOST);
    reader.limits(limits);
    let picture = reader.decode().map_err(|error| wrong(format!("it cannot be read ({error}): send a PNG or JPEG")))?;
    let picture = match picture.width().max(picture.height()) {
        0..=SIDE_LOOKED_AT => picture.into_luma8(),
        _ => picture.resize(SIDE_LOOKED_AT, SIDE_LOOKED_AT, imageops::FilterType::Triangle).into_luma8(),
    };
    let (width, height) = (picture.width(), picture.height());
    let side = |pixels: u32| usize::try_from(pixels).unwrap_or_default();
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(side(width), side(height), |x, y| {
        let place = |at: usize| u32::try_from(at).unwrap_or_default();
        picture.get_pixel(place(x).min(width - 1), place(y).min(height - 1)).0[0]
    });
    let read = prepared.detect_grids().into_iter().find_map(|grid| grid.decode().ok());
    read.map(|(_, text)| text)
        .ok_or_else(|| wrong("no code can be read in it: take it again, closer and without shadows".to_owned()))
}
