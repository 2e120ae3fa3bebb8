//! The chance of a command that talks to AWS: what spreads its calls, so that many commands do not ask at one instant.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// A source of random fractions; clones share it. The same seed gives the same fractions in the same order.
///
/// It spreads calls over time and serves no secrets.
#[derive(Clone)]
pub struct Random(Arc<Mutex<fastrand::Rng>>);

impl fmt::Debug for Random {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Random")
    }
}

impl Random {
    /// A source whose values follow from the seed alone.
    #[must_use]
    pub fn from_seed(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(fastrand::Rng::with_seed(seed))))
    }

    /// A source that differs from process to process.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "this file owns the chance of a command")]
    pub fn from_system() -> Self {
        Self(Arc::new(Mutex::new(fastrand::Rng::new())))
    }

    /// A random number from 0 up to, not including, 1.
    #[must_use]
    pub fn fraction(&self) -> f64 {
        // Whoever panicked while it drew left a generator that is as good as before.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_replays_and_clones_share() {
        let drawn = |random: &Random| (0..3).map(|_| random.fraction()).collect::<Vec<_>>();
        assert_eq!(drawn(&Random::from_seed(7)), drawn(&Random::from_seed(7)));
        let random = Random::from_seed(7);
        assert_ne!(drawn(&random), drawn(&random.clone()));
        assert!(drawn(&Random::from_system()).iter().all(|drawn| (0.0..1.0).contains(drawn)));
    }
}
