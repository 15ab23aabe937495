use crate::KeyHouseError;
use satchel_hazmat::AesKey;
use satchel_keys::{ControlKey, KeyVersion};
use zeroize::Zeroizing;

/// One of the parts that an existing key is brought in by; their XOR is the key. Each custodian types one.
pub struct Component {
    /// Sixteen bytes.
    pub bytes: Zeroizing<[u8; 16]>,
    /// The check value that goes with it.
    pub kcv: [u8; 3],
}

/// The key that its components make.
///
/// # Errors
/// A component, or the key, has another check value than was told.
pub fn assemble(version: KeyVersion, components: &[Component], kcv: [u8; 3]) -> Result<ControlKey, KeyHouseError> {
    let mut key = Zeroizing::new([0; 16]);
    for (number, component) in (1..).zip(components) {
        let found = AesKey::take(&mut Zeroizing::new(*component.bytes)).kcv();
        if found != component.kcv {
            let (expected, found) = (hex::encode_upper(component.kcv), hex::encode_upper(found));
            return Err(KeyHouseError::Component { number, expected, found });
        }
        key.iter_mut().zip(*component.bytes).for_each(|(byte, part)| *byte ^= part);
    }
    let key = ControlKey::take(version, &mut key);
    if key.kcv() == kcv {
        Ok(key)
    } else {
        Err(KeyHouseError::Kcv { expected: hex::encode_upper(kcv), found: hex::encode_upper(key.kcv()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component(byte: u8) -> Component {
        Component { bytes: Zeroizing::new([byte; 16]), kcv: AesKey::take(&mut [byte; 16]).kcv() }
    }

    #[test]
    fn components_make_the_key_that_was_told_and_no_other() {
        let version = KeyVersion::new(1).expect("not zero");
        let kcv = AesKey::take(&mut [0x11 ^ 0x22 ^ 0x44; 16]).kcv();
        let parts = || [component(0x11), component(0x22), component(0x44)];
        assert_eq!(assemble(version, &parts(), kcv).expect("they fit").expose(), &[0x77; 16]);
        let two = assemble(version, &parts()[..2], kcv);
        assert!(matches!(two, Err(KeyHouseError::Kcv { .. })));
        let mut misread = parts();
        misread[1].bytes[4] ^= 1;
        assert!(matches!(assemble(version, &misread, kcv), Err(KeyHouseError::Component { number: 2, .. })));
    }
}
