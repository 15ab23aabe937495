use std::fmt;

macro_rules! statuses {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $text:literal;)+) => {
        /// Why the card refused a command: the second status byte after `91` (MF3D(H)x3 data sheet, "Status and error
        /// codes"; MF2DL(H)x0 §11.2).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Status {
            $($(#[$doc])* #[doc = concat!("`", stringify!($code), "`: ", $text, ".")] $name,)+
        }

        impl Status {
            /// Every status there is, for tests and tables.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The status byte.
            pub const fn code(self) -> u8 {
                match self { $(Self::$name => $code,)+ }
            }

            pub(crate) const fn from_code(code: u8) -> Option<Self> {
                match code { $($code => Some(Self::$name),)+ _ => None }
            }

            const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }
        }
    };
}

statuses! {
    NothingToCommit = 0x0C, "nothing to commit or abort";
    OutOfMemory = 0x0E, "not enough memory on the card";
    IllegalCommand = 0x1C, "the card does not know this command in this state";
    IntegrityError = 0x1E, "the command's MAC, checksum or padding is wrong";
    NoSuchKey = 0x40, "no such key";
    LengthError = 0x7E, "the command has a wrong length, or no session is open for it";
    PermissionDenied = 0x9D, "the authenticated key or the settings do not permit this";
    ParameterError = 0x9E, "a parameter has a forbidden value";
    ApplicationNotFound = 0xA0, "no such application";
    AppIntegrityError = 0xA1, "the application is damaged and disabled";
    AuthenticationError = 0xAE, "the key is wrong, or authentication is needed first";
    AuthenticationDelay = 0xAD, "too many wrong keys: the card wants to wait";
    AdditionalFrame = 0xAF, "the card expects or has another frame";
    BoundaryError = 0xBE, "beyond the file's or value's limits";
    PiccIntegrityError = 0xC1, "the card is damaged and disabled";
    CommandAborted = 0xCA, "the command before was not finished or is not allowed to be interrupted";
    PiccDisabled = 0xCD, "the card is disabled";
    CountError = 0xCE, "the card holds no more applications";
    DuplicateError = 0xDE, "it exists already";
    EepromError = 0xEE, "the card could not write its memory";
    FileNotFound = 0xF0, "no such file";
    FileIntegrityError = 0xF1, "the file is damaged and disabled";
}

impl Status {
    /// Whether the command has certainly left the card as it was. Damage and failed writes promise nothing.
    ///
    /// A status word carries no MAC: whoever sits between card and reader can make one up.
    pub const fn leaves_card_unchanged(self) -> bool {
        !matches!(
            self,
            Self::AppIntegrityError
                | Self::PiccIntegrityError
                | Self::PiccDisabled
                | Self::EepromError
                | Self::FileIntegrityError
                | Self::AdditionalFrame
        )
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (91{:02X})", self.text(), self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_byte_names_one_status() {
        for status in Status::ALL {
            assert_eq!(Status::from_code(status.code()), Some(*status));
            assert!(status.to_string().ends_with(&format!("(91{:02X})", status.code())));
        }
        assert_eq!(Status::from_code(0x00), None, "success is no refusal");
    }
}
