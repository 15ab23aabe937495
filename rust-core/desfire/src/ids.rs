use std::fmt;

/// An application identifier: three bytes as on the wire, least significant first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Aid([u8; 3]);

impl Aid {
    /// The card itself, outside every application.
    pub const PICC: Self = Self([0; 3]);

    /// From the three bytes as on the wire.
    pub const fn new(bytes: [u8; 3]) -> Self {
        Self(bytes)
    }

    /// The three bytes as on the wire.
    pub const fn bytes(&self) -> &[u8; 3] {
        &self.0
    }

    pub(crate) const fn is_picc(self) -> bool {
        matches!(self.0, [0, 0, 0])
    }
}

/// As documents write it, most significant byte first.
impl fmt::Display for Aid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [low, middle, high] = self.0;
        write!(f, "{high:02X}{middle:02X}{low:02X}")
    }
}

/// The number of a key within an application: 0 to 13, 0 being the application's master key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyNo(u8);

impl KeyNo {
    /// From its number; the card refuses what it does not have.
    pub const fn new(number: u8) -> Self {
        Self(number)
    }

    /// Its number.
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// The number of a file within an application: 0 to 31.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileNo(u8);

impl FileNo {
    /// From its number; the card refuses what it does not have.
    pub const fn new(number: u8) -> Self {
        Self(number)
    }

    /// Its number.
    pub const fn get(self) -> u8 {
        self.0
    }
}
