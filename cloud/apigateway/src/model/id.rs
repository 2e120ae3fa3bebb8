//! The ids of APIs and what is in them.

use cloud_core::Random;

/// The first 26 are letters.
const CHARACTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// A new id of lower-case letters and digits that begins with a letter, so that it can be a label of a host name.
pub(crate) fn new_id(random: &Random, length: usize) -> String {
    let letters = CHARACTERS.get(..26).unwrap_or(CHARACTERS);
    let first = random.text(letters, length.min(1));
    format!("{first}{}", random.text(CHARACTERS, length.saturating_sub(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_begin_with_a_letter_and_follow_from_the_seed() {
        let random = Random::from_seed(3);
        for length in 1..20 {
            let id = new_id(&random, length);
            assert!(id.len() == length && id.starts_with(|first: char| first.is_ascii_lowercase()), "{id}");
        }
        assert_eq!(new_id(&Random::from_seed(3), 10), new_id(&Random::from_seed(3), 10));
    }
}
