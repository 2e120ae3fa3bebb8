//! The unique ids that IAM gives to what it holds.

use cloud_core::Random;

const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A unique id as IAM makes them: a prefix that tells the kind, then 17 letters and digits.
pub(crate) fn unique_id(random: &Random, prefix: &str) -> String {
    format!("{prefix}{}", random.text(LETTERS, 17))
}
