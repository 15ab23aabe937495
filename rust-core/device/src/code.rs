use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::KeyInit;
use rand_core::CryptoRng;
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Crockford's Base32: no I, L, O or U, which people take for something else.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters in a code: 50 random bits.
const LENGTH: usize = 10;
/// Memory for stretching a code, in KiB, and passes over it (Argon2id, RFC 9106): as for PINs in service.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// The code that a set-up file is encrypted under, such as `7K3QM-9XW2T`. Wiped when dropped, never printed by `Debug`.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct SetUpCode([u8; LENGTH]);

/// Why a code was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a set-up code has ten letters and digits, such as 7K3QM-9XW2T")]
pub struct CodeError;

impl SetUpCode {
    /// A new one.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut code = Self([0; LENGTH]);
        rng.fill_bytes(&mut code.0);
        code.0.iter_mut().for_each(|byte| *byte = ALPHABET[usize::from(*byte % 32)]);
        code
    }

    /// From what was typed: any case, blanks and hyphens passed over, O read as 0, I and L as 1.
    pub fn parse(typed: &str) -> Result<Self, CodeError> {
        let mut code = Self([0; LENGTH]);
        let mut read = typed.chars().filter(|c| !matches!(c, ' ' | '-'));
        for place in &mut code.0 {
            *place = read.next().and_then(symbol).ok_or(CodeError)?;
        }
        if read.next().is_none() { Ok(code) } else { Err(CodeError) }
    }

    /// The code for printing, in two groups.
    pub fn printed(&self) -> String {
        let code: String = self.0.iter().map(|byte| char::from(*byte)).collect();
        format!("{}-{}", &code[..LENGTH / 2], &code[LENGTH / 2..])
    }

    /// What the file is encrypted with. Takes long on purpose.
    pub(crate) fn cipher(&self, salt: &[u8; 16]) -> XChaCha20Poly1305 {
        let params = Params::new(MEMORY_KIB, PASSES, 1, Some(32)).expect("the cost is within Argon2's range");
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(&self.0, salt, &mut *key)
            .expect("the lengths are within Argon2's range");
        XChaCha20Poly1305::new((&*key).into())
    }
}

impl fmt::Debug for SetUpCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SetUpCode(hidden)")
    }
}

fn symbol(typed: char) -> Option<u8> {
    let symbol = match typed.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    ALPHABET.iter().copied().find(|known| char::from(*known) == symbol)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::SeedableRng;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = SetUpCode::generate(&mut rand_chacha::ChaCha8Rng::seed_from_u64(1));
        let printed = code.printed();
        assert_eq!(printed.len(), LENGTH + 1);
        for typed in [printed.clone(), printed.to_lowercase(), printed.replace('-', " "), format!(" {printed} ")] {
            assert_eq!(SetUpCode::parse(&typed).expect("its own code").0, code.0);
        }
        assert_eq!(SetUpCode::parse("oil00-00000").expect("look-alikes").printed(), "01100-00000");
        assert_eq!(format!("{code:?}"), "SetUpCode(hidden)");
    }

    #[test]
    fn what_is_no_code() {
        for typed in ["", "00000-0000", "00000-000000", "00000-0000U", "00000_00000"] {
            assert_eq!(SetUpCode::parse(typed).err(), Some(CodeError), "{typed}");
        }
    }
}
