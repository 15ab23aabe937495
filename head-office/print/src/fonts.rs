use crate::PrintError;
use fontdb::{Database, ID, Style, Weight};
use krilla::text::Font;
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};
use std::collections::HashMap;
use std::sync::Arc;

/// Asked first, in this order: even letters without serifs, as people read them from a card.
const PREFERRED: [&str; 5] = ["Noto Sans", "DejaVu Sans", "Liberation Sans", "Roboto", "Arial"];

/// The fonts of this machine.
pub struct Fonts {
    database: Database,
    /// In the order in which they are asked for a letter.
    faces: Vec<ID>,
    opened: HashMap<ID, Opened>,
}

/// A font that something was printed in, kept: the next text most likely needs it too.
struct Opened {
    data: Arc<Vec<u8>>,
    index: u32,
    font: Font,
}

/// A stretch of text that one font has.
pub(crate) struct Run {
    pub font: Font,
    pub text: String,
    /// Of its own size: 1 is as wide as the letters are high.
    pub width: f32,
}

impl Fonts {
    /// Those that the system knows.
    ///
    /// # Errors
    /// It knows none.
    pub fn of_system() -> Result<Self, PrintError> {
        let mut database = Database::new();
        database.load_system_fonts();
        Self::of(database)
    }

    fn of(database: Database) -> Result<Self, PrintError> {
        let mut faces: Vec<_> = database
            .faces()
            .map(|face| {
                let family = face.families.first().map_or("", |(name, _)| name.as_str());
                let place = PREFERRED.iter().position(|known| *known == family).unwrap_or(PREFERRED.len());
                let odd = face.style != Style::Normal || face.weight != Weight::NORMAL || face.monospaced;
                (odd, place, family.to_owned(), face.id)
            })
            .collect();
        faces.sort_by(|one, other| (one.0, one.1, &one.2).cmp(&(other.0, other.1, &other.2)));
        let faces: Vec<ID> = faces.into_iter().map(|(.., id)| id).collect();
        if faces.is_empty() { Err(PrintError::NoFonts) } else { Ok(Self { database, faces, opened: HashMap::new() }) }
    }

    /// A text in stretches of one font each: one for all of it where there is such a font.
    pub(crate) fn runs(&mut self, text: &str) -> Result<Vec<Run>, PrintError> {
        let stretches = match self.faces.iter().find(|id| self.has(**id, text)) {
            Some(id) => vec![(*id, text.to_owned())],
            None => self.stretches(text)?,
        };
        stretches
            .into_iter()
            .map(|(id, text)| {
                let font = self.font(id)?;
                Ok(Run { font, width: self.width(id, &text), text })
            })
            .collect()
    }

    /// Letter by letter; a font goes on as long as it has the next one.
    fn stretches(&self, text: &str) -> Result<Vec<(ID, String)>, PrintError> {
        let mut stretches: Vec<(ID, String)> = Vec::new();
        let mut one = [0; 4];
        for letter in text.chars() {
            let letter_text = letter.encode_utf8(&mut one);
            match stretches.last_mut() {
                Some((last, stretch)) if self.has(*last, letter_text) => stretch.push(letter),
                _ => {
                    let found = self.faces.iter().copied().find(|id| self.has(*id, letter_text));
                    let id = found.ok_or_else(|| PrintError::NoLetter { letter, text: text.to_owned() })?;
                    stretches.push((id, letter.to_string()));
                }
            }
        }
        Ok(stretches)
    }

    /// Whether a font has all letters of a text.
    fn has(&self, id: ID, text: &str) -> bool {
        let has = |font: &FontRef<'_>| {
            let letters = font.charmap();
            text.chars().all(|letter| letters.map(letter).is_some())
        };
        self.look(id, has).unwrap_or(false)
    }

    fn width(&self, id: ID, text: &str) -> f32 {
        let wide = |font: &FontRef<'_>| {
            let (metrics, letters) = (font.glyph_metrics(Size::new(1.0), LocationRef::default()), font.charmap());
            text.chars().filter_map(|letter| metrics.advance_width(letters.map(letter)?)).sum()
        };
        self.look(id, wide).unwrap_or(0.0)
    }

    fn look<T>(&self, id: ID, at: impl FnOnce(&FontRef<'_>) -> T) -> Option<T> {
        let read = |data: &[u8], index| FontRef::from_index(data, index).ok().map(|font| at(&font));
        match self.opened.get(&id) {
            Some(opened) => read(&opened.data, opened.index),
            None => self.database.with_face_data(id, read).flatten(),
        }
    }

    fn font(&mut self, id: ID) -> Result<Font, PrintError> {
        if let Some(opened) = self.opened.get(&id) {
            return Ok(opened.font.clone());
        }
        let open = |data: &[u8], index| {
            let data = Arc::new(data.to_vec());
            Some(Opened { font: Font::new(data.clone().into(), index)?, data, index })
        };
        let opened = self.database.with_face_data(id, open).flatten().ok_or(PrintError::NoFonts)?;
        let font = opened.font.clone();
        self.opened.insert(id, opened);
        Ok(font)
    }
}
