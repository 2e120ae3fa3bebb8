//! Draws that follow from a seed.

use cloud_core::Random;

/// A source of draws.
#[derive(Debug, Clone)]
pub(crate) struct Draw(Random);

impl Draw {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Random::from_seed(seed))
    }

    /// A source of its own for one purpose, so that what another purpose draws does not move it.
    pub(crate) fn fork(&self) -> Self {
        Self(self.0.fork())
    }

    pub(crate) fn seed(&self) -> u64 {
        self.0.next_u64()
    }

    /// A number below another one.
    pub(crate) fn below(&self, count: u64) -> u64 {
        self.0.next_u64() % count.max(1)
    }

    /// A number of a range, with both ends.
    pub(crate) fn between(&self, least: u64, most: u64) -> u64 {
        least + self.below(most - least + 1)
    }

    /// True once in so many times.
    pub(crate) fn once_in(&self, times: u64) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn one_of<'a, T>(&self, items: &'a [T]) -> &'a T {
        &items[usize::try_from(self.below(items.len() as u64)).unwrap()]
    }
}
