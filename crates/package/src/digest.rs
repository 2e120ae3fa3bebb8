//! SHA-256 in the forms that people and AWS write it.

use sha2::{Digest as _, Sha256};
use std::fmt;

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
        const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut text = String::with_capacity(44);
        for chunk in self.0.chunks(3) {
            let mut block = [0_u8; 3];
            block[..chunk.len()].copy_from_slice(chunk);
            let bits = u32::from_be_bytes([0, block[0], block[1], block[2]]);
            for position in 0..4 {
                let index = (bits >> (18 - 6 * position)) & 63;
                let padding = position > chunk.len();
                text.push(if padding { '=' } else { char::from(ALPHABET[index as usize]) });
            }
        }
        text
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
