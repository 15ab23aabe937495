use crate::KeyNo;

/// How a file's content, or a command, travels (AN12196 §4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CommMode {
    /// In clear, without a MAC.
    Plain,
    /// In clear, with a MAC.
    Mac,
    /// Enciphered, with a MAC.
    Full,
}

impl CommMode {
    pub(crate) const fn wire(self) -> u8 {
        match self {
            Self::Plain => 0x00,
            Self::Mac => 0x01,
            Self::Full => 0x03,
        }
    }

    /// From the two low bits of a file's options; both values with bit 0 clear mean plain.
    pub(crate) const fn from_wire(option: u8) -> Self {
        match option & 0x03 {
            0x01 => Self::Mac,
            0x03 => Self::Full,
            _ => Self::Plain,
        }
    }
}

/// Who may use one of a file's rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Whoever authenticates with this key.
    Key(KeyNo),
    /// Anybody, without a session.
    Free,
    /// Nobody.
    Never,
}

impl Access {
    const FREE: u8 = 0x0E;
    const NEVER: u8 = 0x0F;

    const fn nibble(self) -> u8 {
        match self {
            Self::Key(key) => key.get() & 0x0F,
            Self::Free => Self::FREE,
            Self::Never => Self::NEVER,
        }
    }

    const fn from_nibble(nibble: u8) -> Self {
        match nibble & 0x0F {
            Self::FREE => Self::Free,
            Self::NEVER => Self::Never,
            key => Self::Key(KeyNo::new(key)),
        }
    }
}

/// A file's four rights. For a transaction MAC file `read_write` is the right to commit a reader id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rights {
    /// Reading; on a value file also debiting.
    pub read: Access,
    /// Writing; on a value file also debiting and limited credit.
    pub write: Access,
    /// Both; on a value file the only right to credit.
    pub read_write: Access,
    /// Changing these rights.
    pub change: Access,
}

impl Rights {
    /// Two bytes, read-write and change first (MF2DL(H)x0 §8.2.3.3).
    pub(crate) const fn wire(self) -> [u8; 2] {
        [self.read_write.nibble() << 4 | self.change.nibble(), self.read.nibble() << 4 | self.write.nibble()]
    }

    pub(crate) const fn from_wire([low, high]: [u8; 2]) -> Self {
        Self {
            read: Access::from_nibble(high >> 4),
            write: Access::from_nibble(high),
            read_write: Access::from_nibble(low >> 4),
            change: Access::from_nibble(low),
        }
    }

    /// Whether no right names a key the card cannot have: keys are 0 to 13.
    pub(crate) fn names_possible_keys(self) -> bool {
        let possible = |access| !matches!(access, Access::Key(key) if key.get() >= Access::FREE);
        [self.read, self.write, self.read_write, self.change].into_iter().all(possible)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_are_two_bytes_with_read_write_and_change_first() {
        let key = |number| Access::Key(KeyNo::new(number));
        let rights = Rights { read: key(1), write: Access::Never, read_write: key(2), change: Access::Free };
        assert_eq!(rights.wire(), [0x2E, 0x1F]);
        assert_eq!(Rights::from_wire([0x2E, 0x1F]), rights);
        assert!(rights.names_possible_keys());
        assert!(!Rights { read: key(14), ..rights }.names_possible_keys());
    }
}
