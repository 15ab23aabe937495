use crate::fonts::Run;
use crate::{Fonts, PrintError};
use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::text::TextDirection;
use qrcode::{Color, EcLevel, QrCode};

/// A card of ISO/IEC 7810 ID-1 (section 5.1), in points: 85.60 × 53.98 mm.
const WIDTH: f32 = 242.65;
const HEIGHT: f32 = 153.01;
/// What card printers may not reach, and the side of the code.
const MARGIN: f32 = 12.0;
const CODE: f32 = 62.0;
/// Heights of letters: the chain, the number, the name.
const CHAIN: f32 = 13.0;
const NUMBER: f32 = 12.0;
const NAME: f32 = 10.0;
/// Below it nobody reads a name.
const SMALLEST: f32 = 4.0;

/// What stands on a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardFace {
    /// The chain.
    pub chain: String,
    /// The number, in groups.
    pub number: String,
    /// The member; nothing for a card without one yet.
    pub name: String,
    /// The text of the code.
    pub code: String,
}

/// A page a card, as card printers take them.
///
/// # Errors
/// No font has the letters of a name, or a code holds less than its text.
pub fn card_faces(faces: &[CardFace], fonts: &mut Fonts) -> Result<Vec<u8>, PrintError> {
    let mut document = Document::new();
    let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| PrintError::Document("no page".to_owned()))?;
    for face in faces {
        let code = QrCode::with_error_correction_level(&face.code, EcLevel::M)?;
        let mut page = document.start_page_with(settings.clone());
        let mut surface = page.surface();
        surface.set_fill(Some(Fill { paint: rgb::Color::black().into(), ..Fill::default() }));
        let beside = WIDTH - CODE - 3.0 * MARGIN;
        line(&mut surface, &fonts.runs(&face.chain)?, CHAIN, MARGIN + CHAIN, WIDTH - 2.0 * MARGIN);
        line(&mut surface, &fonts.runs(&face.name)?, NAME, HEIGHT - MARGIN - NUMBER - 8.0, beside);
        line(&mut surface, &fonts.runs(&face.number)?, NUMBER, HEIGHT - MARGIN, beside);
        modules(&mut surface, &code);
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|error| PrintError::Document(format!("{error:?}")))
}

/// Text from the left margin on, smaller where it would not fit.
fn line(surface: &mut Surface<'_>, runs: &[Run], height: f32, base: f32, room: f32) {
    let wide: f32 = runs.iter().map(|run| run.width).sum();
    let height = if wide * height > room { (room / wide).max(SMALLEST) } else { height };
    let mut left = MARGIN;
    for run in runs {
        let at = Point::from_xy(left, base);
        surface.draw_text(at, run.font.clone(), height, &run.text, false, TextDirection::Auto);
        left += run.width * height;
    }
}

/// The code at the bottom right, dark on the card's light face.
fn modules(surface: &mut Surface<'_>, code: &QrCode) {
    let across = u16::try_from(code.width()).unwrap_or(u16::MAX);
    let module = CODE / f32::from(across);
    let (left, top) = (WIDTH - MARGIN - CODE, HEIGHT - MARGIN - CODE);
    let mut path = PathBuilder::new();
    for (place, color) in (0_u16..).zip(code.to_colors()) {
        let (x, y) = (f32::from(place % across) * module, f32::from(place / across) * module);
        if let (Color::Dark, Some(square)) = (color, Rect::from_xywh(left + x, top + y, module, module)) {
            path.push_rect(square);
        }
    }
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}
