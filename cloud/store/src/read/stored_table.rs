//! One table of a snapshot, stored value by stored value: memory over the file, in key order, either way.

use std::borrow::Cow;
use std::ops::{Bound, ControlFlow};
use std::sync::Arc;

use redb::{AccessGuard, ReadOnlyTable, ReadableTableMetadata, TableError};

use crate::StoreError;
use crate::error;
use crate::file::definition_of;
use crate::file::guarded::guarded;
use crate::frame;
use crate::memory::{Bytes, Known, MemoryCursor};
use crate::read::key_range::KeyRange;
use crate::read::range::{ByteBounds, Direction};
use crate::read::view::View;

type Rows = ReadOnlyTable<&'static [u8], &'static [u8]>;
type Guard<'a> = AccessGuard<'a, &'static [u8]>;

/// A table by its name.
pub(crate) struct StoredTable<'a> {
    view: &'a View,
    name: &'a str,
    /// Nothing when nothing was ever written to the table in the file.
    rows: Option<Rows>,
}

/// A value as it is stored.
pub(crate) enum StoredValue<'a> {
    /// In memory: always framed.
    Memory(Bytes),
    /// In the file, and whether it may be one that version 2 wrote.
    File(Guard<'a>, bool),
    /// Taken out of the file by itself, and whether it may be one that version 2 wrote.
    Salvaged(&'a [u8], bool),
}

impl StoredValue<'_> {
    /// The value without its frame; what is wrong with it when it is damaged.
    pub(crate) fn decode(&self, table: &str, key: &[u8]) -> Result<Cow<'_, [u8]>, String> {
        let stored = self.bytes();
        if self.is_unframed() { Ok(Cow::Borrowed(stored)) } else { frame::decode(table, key, stored) }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Memory(value) => value,
            Self::File(value, _) => value.value(),
            Self::Salvaged(value, _) => value,
        }
    }

    fn is_unframed(&self) -> bool {
        matches!(self, Self::File(_, true) | Self::Salvaged(_, true)) && frame::is_unframed(self.bytes())
    }
}

impl StoredValue<'_> {
    /// The value as it is to be stored again; what is wrong with it when it is damaged.
    pub(crate) fn framed(&self, table: &str, key: &[u8]) -> Result<Cow<'_, [u8]>, String> {
        let stored = self.bytes();
        if self.is_unframed() {
            return Ok(Cow::Owned(frame::encode(table, key, stored)));
        }
        frame::decode(table, key, stored)?;
        Ok(Cow::Borrowed(stored))
    }
}

impl<'a> StoredTable<'a> {
    pub(crate) fn open(view: &'a View, name: &'a str) -> Result<Self, StoreError> {
        let path = view.path();
        let rows = guarded(path, || match view.file.transaction.open_table(definition_of(name)) {
            Ok(rows) => Ok(Some(rows)),
            Err(TableError::TableDoesNotExist(_)) => Ok(None),
            Err(failure) => Err(error::read(path, &failure.into())),
        })?;
        Ok(Self { view, name, rows })
    }

    /// How many rows the file says that it has, if it can be read.
    pub(crate) fn rows_in_file(&self) -> Option<u64> {
        let rows = self.rows.as_ref()?;
        let path = self.view.path();
        guarded(path, || rows.len().map_err(|failure| error::read(path, &failure.into()))).ok()
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &[u8]) -> Result<Option<StoredValue<'_>>, StoreError> {
        for memory in &self.view.memory {
            match memory.get(self.name, key, self.view.live.commit()) {
                Known::Value(value) => return Ok(Some(StoredValue::Memory(value))),
                Known::Gone => return Ok(None),
                Known::Nothing => {}
            }
        }
        let Some(rows) = &self.rows else {
            return Ok(None);
        };
        let path = self.view.path();
        let value = guarded(path, || {
            let value = rows.get(key).map_err(|failure| error::read(path, &failure.into()))?;
            // To look at it may fail too, here rather than later.
            Ok(value.inspect(|value| _ = value.value()))
        })?;
        self.check_is_current()?;
        Ok(value.map(|value| StoredValue::File(value, self.view.file.has_unframed)))
    }

    /// Calls `each` with the rows between the bounds until it breaks. No lock is held meanwhile.
    pub(crate) fn scan(
        &self,
        bounds: ByteBounds,
        direction: Direction,
        mut each: impl FnMut(&[u8], &StoredValue<'_>) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let mut layers = self.layers(&bounds, direction);
        let mut file = FileRows::open(self, &bounds, direction)?;
        let mut head = file.next(&layers)?;
        loop {
            // The newest layer that has the next key has the word on it.
            let mut next: Option<(usize, Bytes)> = None;
            for (index, layer) in layers.iter_mut().enumerate() {
                if let Some(key) = layer.cursor.peek()
                    && next.as_ref().is_none_or(|(_, first)| comes_before(key, first, direction))
                {
                    next = Some((index, Arc::clone(key)));
                }
            }
            let in_file = head.as_ref().map(|(key, _)| key.value());
            let (index, key) = match (next, in_file) {
                (None, None) => return Ok(()),
                (Some(next), in_file) if in_file.is_none_or(|key| !comes_before(key, &next.1, direction)) => next,
                _ => {
                    if let Some((key, value)) = head.take()
                        && each(key.value(), &StoredValue::File(value, self.view.file.has_unframed)).is_break()
                    {
                        return Ok(());
                    }
                    head = file.next(&layers)?;
                    continue;
                }
            };
            if in_file == Some(&*key) {
                head = file.next(&layers)?;
            }
            let value = take(&mut layers, index, &key);
            if let Some(value) = value
                && each(&key, &StoredValue::Memory(value)).is_break()
            {
                return Ok(());
            }
        }
    }

    fn layers(&self, bounds: &ByteBounds, direction: Direction) -> Vec<Layer> {
        let commit = self.view.live.commit();
        let layer = |memory: &Arc<_>| Layer {
            cursor: MemoryCursor::new(Arc::clone(memory), self.name, commit, bounds.clone(), direction),
            cleared: memory.cleared(self.name, commit),
        };
        self.view.memory.iter().map(layer).collect()
    }

    /// A value that was read after the file was opened anew may be of another time.
    fn check_is_current(&self) -> Result<(), StoreError> {
        if self.view.file.is_outdated() {
            let reason = "it was opened anew after a failed write; read again".to_owned();
            return Err(StoreError::Read { path: self.view.path().to_owned(), reason });
        }
        Ok(())
    }
}

/// A table in memory during a scan.
struct Layer {
    cursor: MemoryCursor,
    cleared: Vec<KeyRange>,
}

impl Layer {
    fn clears(&self, key: &[u8]) -> bool {
        self.cleared.iter().any(|range| range.contains(key))
    }
}

/// Takes a key from all layers; gives the value of the one with the word on it, unless a newer one has cleared it.
fn take(layers: &mut [Layer], index: usize, key: &Bytes) -> Option<Bytes> {
    let mut found = None;
    let mut is_cleared = false;
    for (at, layer) in layers.iter_mut().enumerate() {
        if layer.cursor.peek() == Some(key)
            && let Some((_, value)) = layer.cursor.next()
            && at == index
            && !is_cleared
        {
            found = value;
        }
        is_cleared |= at < index && layer.clears(key);
    }
    found
}

fn comes_before(key: &[u8], other: &[u8], direction: Direction) -> bool {
    match direction {
        Direction::Forward => key < other,
        Direction::Reverse => key > other,
    }
}

/// The rows of the file during a scan.
struct FileRows<'a> {
    table: &'a StoredTable<'a>,
    rows: Option<redb::Range<'a, &'static [u8], &'static [u8]>>,
    direction: Direction,
    last: Option<Vec<u8>>,
    count: u64,
    /// How many rows there must be.
    expected: Option<u64>,
}

impl<'a> FileRows<'a> {
    fn open(table: &'a StoredTable<'a>, bounds: &ByteBounds, direction: Direction) -> Result<Self, StoreError> {
        let path = table.view.path();
        let expected = match bounds {
            (low, Bound::Unbounded) if *low == Bound::Unbounded || *low == Bound::Included(Vec::new()) => {
                table.rows_in_file()
            }
            _ => None,
        };
        let bounds: (Bound<&[u8]>, Bound<&[u8]>) = (as_slice(&bounds.0), as_slice(&bounds.1));
        let rows = table.rows.as_ref().map(|rows| {
            guarded(path, || rows.range::<&[u8]>(bounds).map_err(|failure| error::read(path, &failure.into())))
        });
        Ok(Self { table, rows: rows.transpose()?, direction, last: None, count: 0, expected })
    }

    /// The next row that no table in memory has cleared.
    fn next(&mut self, layers: &[Layer]) -> Result<Option<(Guard<'a>, Guard<'a>)>, StoreError> {
        let Some(rows) = &mut self.rows else {
            return Ok(None);
        };
        let path = self.table.view.path();
        loop {
            let row = guarded(path, || {
                let row = match self.direction {
                    Direction::Forward => rows.next(),
                    Direction::Reverse => rows.next_back(),
                };
                let row = row.transpose().map_err(|failure| error::read(path, &failure.into()))?;
                // To look at it may fail too, here rather than later.
                Ok(row.inspect(|(key, value)| _ = (key.value(), value.value())))
            })?;
            self.table.check_is_current()?;
            let Some((key, value)) = row else {
                // Pages that were damaged may leave rows out.
                return match self.expected {
                    Some(expected) if expected != self.count => {
                        let reason = format!("table `{}` has {} rows of {expected}", self.table.name, self.count);
                        Err(StoreError::Damaged { path: path.to_owned(), reason })
                    }
                    _ => Ok(None),
                };
            };
            self.count += 1;
            // Pages that were damaged may lead in a circle.
            let bytes = key.value();
            if self.last.as_ref().is_some_and(|last| !comes_before(last, bytes, self.direction)) {
                let reason = format!("the keys of table `{}` are out of order", self.table.name);
                return Err(StoreError::Damaged { path: path.to_owned(), reason });
            }
            let last = self.last.get_or_insert_default();
            last.clear();
            last.extend_from_slice(bytes);
            if !layers.iter().any(|layer| layer.clears(bytes)) {
                return Ok(Some((key, value)));
            }
        }
    }
}

fn as_slice(bound: &Bound<Vec<u8>>) -> Bound<&[u8]> {
    bound.as_ref().map(Vec::as_slice)
}
