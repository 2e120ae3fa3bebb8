//! Which rows a scan reads, and which way.

use std::ops::Bound;

use crate::read::key_range::end_of_prefix;

/// The bounds of keys, as bytes.
pub(crate) type ByteBounds = (Bound<Vec<u8>>, Bound<Vec<u8>>);

/// The order of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// From the smallest key to the largest.
    #[default]
    Forward,
    /// From the largest key to the smallest.
    Reverse,
}

/// The rows of a table whose keys begin with `prefix` and lie between `from` and `to`.
///
/// `from` is the lower and `to` the upper end in either direction; both are whole keys, with the prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range<'a> {
    /// What every key begins with; an empty one is the whole table.
    pub prefix: &'a str,
    /// The lower end.
    pub from: Bound<&'a str>,
    /// The upper end.
    pub to: Bound<&'a str>,
    /// The order in which the rows come.
    pub direction: Direction,
}

impl Default for Range<'_> {
    fn default() -> Self {
        Self::all()
    }
}

impl<'a> Range<'a> {
    /// The whole table, forward.
    #[must_use]
    pub const fn all() -> Self {
        Self::prefix("")
    }

    /// All keys that begin with `prefix`, forward.
    #[must_use]
    pub const fn prefix(prefix: &'a str) -> Self {
        Self { prefix, from: Bound::Unbounded, to: Bound::Unbounded, direction: Direction::Forward }
    }

    /// The same with this lower end.
    #[must_use]
    pub const fn from(self, from: Bound<&'a str>) -> Self {
        Self { from, ..self }
    }

    /// The same with this upper end.
    #[must_use]
    pub const fn to(self, to: Bound<&'a str>) -> Self {
        Self { to, ..self }
    }

    /// The same from the end to the beginning.
    #[must_use]
    pub const fn reverse(self) -> Self {
        Self { direction: Direction::Reverse, ..self }
    }

    /// The bounds of the keys, as bytes; nothing where no key can be within.
    pub(crate) fn bounds(&self) -> Option<ByteBounds> {
        let bytes = |bound: Bound<&str>| bound.map(|key| key.as_bytes().to_vec());
        let low = higher(Bound::Included(self.prefix.as_bytes().to_vec()), bytes(self.from));
        let high = lower(end_of_prefix(self.prefix), bytes(self.to));
        if is_empty(&low, &high) { None } else { Some((low, high)) }
    }
}

/// The stricter one of two lower ends.
fn higher(one: Bound<Vec<u8>>, other: Bound<Vec<u8>>) -> Bound<Vec<u8>> {
    let rank = |bound: &Bound<Vec<u8>>| match bound {
        Bound::Unbounded => None,
        Bound::Included(key) => Some((key.clone(), false)),
        Bound::Excluded(key) => Some((key.clone(), true)),
    };
    if rank(&other) > rank(&one) { other } else { one }
}

/// The stricter one of two upper ends.
fn lower(one: Bound<Vec<u8>>, other: Bound<Vec<u8>>) -> Bound<Vec<u8>> {
    let rank = |bound: &Bound<Vec<u8>>| match bound {
        Bound::Unbounded => (true, Vec::new(), false),
        Bound::Included(key) => (false, key.clone(), true),
        Bound::Excluded(key) => (false, key.clone(), false),
    };
    if rank(&other) < rank(&one) { other } else { one }
}

/// Whether no key lies between the bounds; the B-tree refuses some such ranges.
pub(crate) fn is_empty(low: &Bound<Vec<u8>>, high: &Bound<Vec<u8>>) -> bool {
    match (low, high) {
        (Bound::Unbounded, _) | (_, Bound::Unbounded) => false,
        (Bound::Included(low), Bound::Included(high)) => low > high,
        (Bound::Included(low) | Bound::Excluded(low), Bound::Included(high) | Bound::Excluded(high)) => low >= high,
    }
}
