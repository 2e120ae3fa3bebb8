//! Copies: a new, compact file with all rows of a snapshot.

use std::ops::{Bound, ControlFlow};

use redb::Database;

use super::StoreError;
use super::folder::Folder;
use super::new_file::NewFile;
use super::range::Direction;
use super::snapshot::Snapshot;
use super::stored_table::StoredTable;

/// Writes all that a snapshot sees to a new file in a folder, under the store's name. A damaged row ends it.
pub(crate) fn copy(snapshot: &Snapshot, folder: &dyn Folder) -> Result<Database, StoreError> {
    let mut copy = NewFile::create(folder)?;
    match copy_rows(snapshot, &mut copy) {
        Ok(()) => copy.finish(snapshot.live.commit()),
        Err(failure) => {
            copy.discard();
            Err(failure)
        }
    }
}

fn copy_rows(snapshot: &Snapshot, copy: &mut NewFile<'_>) -> Result<(), StoreError> {
    for name in snapshot.tables()? {
        let mut failure = None;
        let all = (Bound::Unbounded, Bound::Unbounded);
        StoredTable::open(snapshot, &name)?.scan(all, Direction::Forward, |key, value| {
            failure = match copy.put(&name, key, value) {
                Ok(Ok(())) => return ControlFlow::Continue(()),
                Ok(Err(reason)) => {
                    let key = String::from_utf8_lossy(key);
                    let reason = format!("the value in table `{name}` under `{key}` can't be read: {reason}");
                    Some(StoreError::Damaged { path: snapshot.path().to_owned(), reason })
                }
                Err(failure) => Some(failure),
            };
            ControlFlow::Break(())
        })?;
        failure.map_or(Ok(()), Err)?;
    }
    Ok(())
}
