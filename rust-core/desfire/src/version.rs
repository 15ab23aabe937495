use crate::Error;
use crate::fields::Fields;

/// What GetVersion tells of the chip (MF3D(H)x3 §"GetVersion"): 28 bytes in three frames, or 29 with a fabrication
/// key's number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The chip.
    pub hardware: Component,
    /// The software on it.
    pub software: Component,
    /// The fixed number; zeros if the card hides it.
    pub uid: [u8; 7],
    /// The batch it was made in.
    pub batch: [u8; 5],
    /// Calendar week of production, binary coded decimal.
    pub week: u8,
    /// Year of production, binary coded decimal.
    pub year: u8,
}

/// One half of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Component {
    /// The maker; 04 is NXP.
    pub vendor: u8,
    /// The type; 01 is DESFire.
    pub kind: u8,
    /// The subtype.
    pub subkind: u8,
    /// The major version: hardware 12 is EV2, 33 is EV3 (hexadecimal).
    pub major: u8,
    /// The minor version.
    pub minor: u8,
    /// Memory size: 2^(n/2) bytes, more if odd.
    pub storage: u8,
    /// The protocol; 05 is ISO 14443-2 and -3.
    pub protocol: u8,
}

impl Version {
    pub(crate) fn parse(data: &[u8]) -> Result<Self, Error> {
        let mut fields = Fields::new(data);
        let version = Self {
            hardware: Component::from_wire(fields.take()?),
            software: Component::from_wire(fields.take()?),
            uid: fields.take()?,
            batch: fields.take()?,
            week: fields.byte()?,
            year: fields.byte()?,
        };
        if !fields.is_empty() {
            fields.byte()?;
        }
        fields.end()?;
        Ok(version)
    }
}

impl Component {
    const fn from_wire([vendor, kind, subkind, major, minor, storage, protocol]: [u8; 7]) -> Self {
        Self { vendor, kind, subkind, major, minor, storage, protocol }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_has_28_bytes_or_29() {
        let mut bytes: Vec<u8> = (0..28).collect();
        let version = Version::parse(&bytes).expect("28 bytes are a version");
        assert_eq!((version.hardware.major, version.software.major), (3, 10));
        assert_eq!(version.uid, [14, 15, 16, 17, 18, 19, 20]);
        assert_eq!((version.week, version.year), (26, 27));
        assert!(matches!(Version::parse(&bytes[..27]), Err(Error::Length { expected: 28, got: 27 })));
        bytes.push(1);
        assert_eq!(Version::parse(&bytes).expect("29 bytes are one too"), version);
        bytes.push(1);
        assert!(matches!(Version::parse(&bytes), Err(Error::Length { expected: 29, got: 30 })));
    }
}
