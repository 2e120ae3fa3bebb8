//! Chance as a value: every identifier, token and draw of a service comes from the source that it was given.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use uuid::Uuid;

/// A source of random values; clones share it. The same seed gives the same values in the same order.
///
/// It serves identifiers and draws, not secrets.
#[derive(Clone)]
pub struct Random {
    generator: Arc<Mutex<ChaCha8Rng>>,
}

impl fmt::Debug for Random {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Random")
    }
}

impl Random {
    /// A source whose values follow from the seed alone.
    #[must_use]
    pub fn from_seed(seed: u64) -> Self {
        Self { generator: Arc::new(Mutex::new(ChaCha8Rng::seed_from_u64(seed))) }
    }

    /// A source that the operating system seeds. Only the composition of a real cloud makes one.
    ///
    /// # Errors
    /// When the system has no entropy to give.
    #[allow(clippy::disallowed_methods, reason = "this file owns the machine's random numbers")]
    pub fn from_system() -> std::io::Result<Self> {
        let mut seed = <ChaCha8Rng as SeedableRng>::Seed::default();
        getrandom::fill(seed.as_mut()).map_err(|error| std::io::Error::other(error.to_string()))?;
        Ok(Self { generator: Arc::new(Mutex::new(ChaCha8Rng::from_seed(seed))) })
    }

    /// A secret of the operating system's making: so many characters of an alphabet, five bits each.
    ///
    /// # Errors
    /// When the system has no entropy to give.
    #[allow(clippy::disallowed_methods, reason = "this file owns the machine's random numbers")]
    pub fn secret_from_system(alphabet: &[u8; 32], length: usize) -> std::io::Result<String> {
        let mut bytes = vec![0_u8; length];
        getrandom::fill(&mut bytes).map_err(|error| std::io::Error::other(error.to_string()))?;
        // 256 is a multiple of 32: every character is as likely as the others.
        Ok(bytes.into_iter().map(|byte| char::from(alphabet[usize::from(byte % 32)])).collect())
    }

    /// A source of its own, whose values follow from this one's: what draws from the one does not move the other.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self::from_seed(self.next_u64())
    }

    /// 64 random bits.
    #[must_use]
    pub fn next_u64(&self) -> u64 {
        self.draw(Rng::next_u64)
    }

    /// A random number from 0 up to, not including, 1.
    #[must_use]
    pub fn fraction(&self) -> f64 {
        let bits = u32::try_from(self.next_u64() >> 32).unwrap_or_default();
        f64::from(bits) / (f64::from(u32::MAX) + 1.0)
    }

    /// A version 4 UUID.
    #[must_use]
    pub fn uuid(&self) -> Uuid {
        let mut bytes = [0; 16];
        self.draw(|generator| generator.fill_bytes(&mut bytes));
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    /// A text of so many characters of an alphabet; empty where the alphabet is.
    #[must_use]
    pub fn text(&self, alphabet: &[u8], length: usize) -> String {
        let size = u64::try_from(alphabet.len()).unwrap_or(u64::MAX).max(1);
        let pick = |bits: u64| alphabet.get(usize::try_from(bits % size).unwrap_or_default()).copied();
        self.draw(|generator| {
            let picked = (0..length).filter_map(|_| pick(generator.next_u64()));
            picked.map(char::from).collect()
        })
    }

    fn draw<R>(&self, draw: impl FnOnce(&mut ChaCha8Rng) -> R) -> R {
        draw(&mut self.generator.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(random: &Random) -> (u64, String, String, f64) {
        (random.next_u64(), random.uuid().to_string(), random.text(b"abc", 8), random.fraction())
    }

    #[test]
    fn a_seed_replays() {
        assert_eq!(drawn(&Random::from_seed(7)), drawn(&Random::from_seed(7)));
        assert_ne!(drawn(&Random::from_seed(7)), drawn(&Random::from_seed(8)));
        let random = Random::from_seed(7);
        let fork = random.fork();
        let expected = drawn(&Random::from_seed(7).fork());
        assert_ne!(drawn(&random), expected);
        assert_eq!(drawn(&fork), expected);
    }

    #[test]
    fn values_have_their_form() {
        let random = Random::from_system().unwrap();
        assert_eq!(random.uuid().get_version_num(), 4);
        let text = random.text(b"xyz", 100);
        assert_eq!(text.len(), 100);
        assert!(text.bytes().all(|byte| b"xyz".contains(&byte)));
        assert_eq!(random.text(b"", 3), "");
        assert!((0..1_000).map(|_| random.fraction()).all(|fraction| (0.0..1.0).contains(&fraction)));
    }
}
