//! Ranges of keys, as bytes.

use std::ops::Bound;

/// Keys from one, included, up to a bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyRange {
    pub(crate) from: Vec<u8>,
    pub(crate) to: Bound<Vec<u8>>,
}

impl KeyRange {
    /// The keys that begin with `prefix`.
    pub(crate) fn prefix(prefix: &str) -> Self {
        Self { from: prefix.as_bytes().to_vec(), to: end_of_prefix(prefix) }
    }

    /// The keys from one to before another.
    pub(crate) fn between(from: &str, to: &str) -> Self {
        Self { from: from.as_bytes().to_vec(), to: Bound::Excluded(to.as_bytes().to_vec()) }
    }

    pub(crate) fn contains(&self, key: &[u8]) -> bool {
        key >= self.from.as_slice()
            && match &self.to {
                Bound::Unbounded => true,
                Bound::Included(to) => key <= to.as_slice(),
                Bound::Excluded(to) => key < to.as_slice(),
            }
    }

    /// Whether no key is in it.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(&self.to, Bound::Excluded(to) if *to <= self.from)
    }

    /// The two ends, as maps take them.
    pub(crate) fn bounds(&self) -> (Bound<&[u8]>, Bound<&[u8]>) {
        (Bound::Included(self.from.as_slice()), self.to.as_ref().map(Vec::as_slice))
    }
}

/// The first key after all those that begin with `prefix`, as bytes; no bound after an empty prefix.
pub(crate) fn end_of_prefix(prefix: &str) -> Bound<Vec<u8>> {
    let mut end = prefix.as_bytes().to_vec();
    match end.last_mut() {
        // No byte of UTF-8 is 0xFF, so the sum stays a byte.
        Some(last) => *last = last.saturating_add(1),
        None => return Bound::Unbounded,
    }
    Bound::Excluded(end)
}
