use crate::{Office, OfficeError};
use satchel_exchange::Piece;
use satchel_exchange::line::PieceShelf;
use std::io;

/// Pieces that came over slow lines, kept in the database: what was cut goes on over any other line, to any other process.
pub struct Pieces<'o>(&'o Office);

impl Office {
    /// Where pieces from slow lines are kept.
    pub const fn pieces(&self) -> Pieces<'_> {
        Pieces(self)
    }
}

impl PieceShelf for Pieces<'_> {
    fn held(&mut self, whole: [u8; 8]) -> io::Result<Vec<Piece>> {
        let sql = "SELECT bytes FROM pieces WHERE whole = $1 ORDER BY place";
        let rows = self.0.database.read(|work| work.rows(sql, &[whole.into()])).map_err(io::Error::other)?;
        rows.iter()
            .map(|row| {
                let bytes = row.bytes(0).map_err(io::Error::other)?;
                Piece::from_bytes(bytes).map_err(io::Error::other)
            })
            .collect()
    }

    fn keep(&mut self, piece: &Piece) -> io::Result<()> {
        let kept = self.0.database.write(|work| -> Result<(), OfficeError> {
            work.run(
                "INSERT INTO pieces VALUES ($1, $2, $3, $4) ON CONFLICT (whole, place) DO NOTHING",
                &[piece.whole().into(), piece.place().into(), piece.to_bytes().into(), self.0.now().ms().into()],
            )?;
            Ok(())
        });
        kept.map_err(io::Error::other)
    }

    fn clear(&mut self, whole: [u8; 8]) -> io::Result<()> {
        let cleared = self.0.database.write(|work| -> Result<(), OfficeError> {
            work.run("DELETE FROM pieces WHERE whole = $1", &[whole.into()])?;
            Ok(())
        });
        cleared.map_err(io::Error::other)
    }
}
