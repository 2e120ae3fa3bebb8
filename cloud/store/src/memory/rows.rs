//! The rows of one table in memory.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::{Bytes, Known};
use crate::read::key_range::KeyRange;
use crate::read::range::{ByteBounds, Direction};

/// What a row costs beside its key and values, in bytes.
const ROW_OVERHEAD_BYTES: usize = 112;

/// What happened to one table: ranges that were cleared, and rows. A range also clears the rows that are in memory, so it
/// tells only of what lies below.
#[derive(Debug, Default)]
pub(crate) struct TableRows {
    cleared: Vec<(u64, KeyRange)>,
    rows: BTreeMap<Bytes, Row>,
    size_bytes: usize,
}

/// The last word on a key, and what older snapshots see.
#[derive(Debug)]
struct Row {
    newest: Version,
    /// Newest first.
    older: Vec<Version>,
}

#[derive(Debug)]
struct Version {
    commit: u64,
    /// None when the key is not there.
    value: Option<Bytes>,
}

impl Version {
    fn size_bytes(&self) -> usize {
        self.value.as_ref().map_or(0, |value| value.len())
    }
}

impl Row {
    /// Puts a version on top of the others; the one before stays when a snapshot sees it. Returns the bytes that are gone.
    fn set(&mut self, version: Version, newest_snapshot: Option<u64>) -> usize {
        let mut gone = 0;
        let before = std::mem::replace(&mut self.newest, version);
        if newest_snapshot.is_some_and(|snapshot| before.commit <= snapshot) {
            self.older.insert(0, before);
        } else {
            gone += before.size_bytes();
            if newest_snapshot.is_none() {
                gone += self.older.drain(..).map(|version| version.size_bytes()).sum::<usize>();
            }
        }
        gone
    }

    fn at(&self, commit: u64) -> Option<&Version> {
        std::iter::once(&self.newest).chain(&self.older).find(|version| version.commit <= commit)
    }
}

impl TableRows {
    /// What it holds, about, in bytes.
    pub(super) fn size_bytes(&self) -> usize {
        self.size_bytes
    }

    /// Sets the value of a key, or, with none, that it is not there.
    pub(super) fn set(&mut self, key: Bytes, value: Option<Bytes>, commit: u64, newest_snapshot: Option<u64>) {
        let version = Version { commit, value };
        self.size_bytes += version.size_bytes();
        match self.rows.get_mut(&key) {
            Some(row) => self.size_bytes -= row.set(version, newest_snapshot),
            None => {
                self.size_bytes += key.len() + ROW_OVERHEAD_BYTES;
                self.rows.insert(key, Row { newest: version, older: Vec::new() });
            }
        }
    }

    /// Clears a range, here and of what lies below. Returns how many ranges that adds.
    pub(super) fn clear(&mut self, range: KeyRange, commit: u64, newest_snapshot: Option<u64>) -> usize {
        if range.is_empty() {
            return 0;
        }
        for (_, row) in self.rows.range_mut::<[u8], _>(range.bounds()) {
            if row.newest.value.is_some() {
                self.size_bytes -= row.set(Version { commit, value: None }, newest_snapshot);
            }
        }
        self.size_bytes += range.from.len() + ROW_OVERHEAD_BYTES;
        self.cleared.push((commit, range));
        1
    }

    pub(super) fn get(&self, key: &[u8], commit: u64) -> Known {
        match self.rows.get(key).and_then(|row| row.at(commit)) {
            Some(Version { value: Some(value), .. }) => Known::Value(value.clone()),
            Some(_) => Known::Gone,
            None if self.cleared.iter().any(|(at, range)| *at <= commit && range.contains(key)) => Known::Gone,
            None => Known::Nothing,
        }
    }

    pub(super) fn cleared_at(&self, commit: u64) -> Vec<KeyRange> {
        self.cleared.iter().filter(|(at, _)| *at <= commit).map(|(_, range)| range.clone()).collect()
    }

    /// All ranges that were cleared.
    pub(crate) fn cleared(&self) -> impl Iterator<Item = &KeyRange> {
        self.cleared.iter().map(|(_, range)| range)
    }

    /// The last word on each key, in their order.
    pub(crate) fn newest(&self) -> impl Iterator<Item = (&[u8], Option<&[u8]>)> {
        self.rows.iter().map(|(key, row)| (&**key, row.newest.value.as_deref()))
    }

    /// Up to `most` rows of a range as a commit sees them, those that are gone too.
    pub(super) fn page(
        &self,
        bounds: &ByteBounds,
        direction: Direction,
        commit: u64,
        most: usize,
    ) -> Vec<(Bytes, Option<Bytes>)> {
        let (low, high) = bounds;
        let bounds: (Bound<&[u8]>, Bound<&[u8]>) = (low.as_ref().map(Vec::as_slice), high.as_ref().map(Vec::as_slice));
        let rows = self.rows.range::<[u8], _>(bounds);
        let seen = |(key, row): (&Bytes, &Row)| row.at(commit).map(|version| (key.clone(), version.value.clone()));
        match direction {
            Direction::Forward => rows.filter_map(seen).take(most).collect(),
            Direction::Reverse => rows.rev().filter_map(seen).take(most).collect(),
        }
    }
}
