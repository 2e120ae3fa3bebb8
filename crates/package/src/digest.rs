//! SHA-256 in the forms that people and AWS write it.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// The SHA-256 of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Base64, as Lambda's `CodeSha256` has it.
    pub fn base64(&self) -> String {
        STANDARD.encode(self.0)
    }

    /// Reads the hexadecimal form.
    pub(crate) fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0_u8; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

/// Hexadecimal, as `sha256sum` prints it.
impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // `printf abc | sha256sum`, and the same through `xxd -r -p | base64`.
    const HEX: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    const BASE64: &str = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";

    #[test]
    fn both_forms_are_those_of_the_usual_tools() {
        let digest = Digest::of(b"abc");
        assert_eq!(digest.to_string(), HEX);
        assert_eq!(digest.base64(), BASE64);
    }

    #[test]
    fn hexadecimal_reads_back() {
        assert_eq!(Digest::from_hex(HEX), Some(Digest::of(b"abc")));
        for text in ["", "ba78", &HEX.replace('b', "x"), &"é".repeat(32)] {
            assert_eq!(Digest::from_hex(text), None, "{text}");
        }
    }
}
