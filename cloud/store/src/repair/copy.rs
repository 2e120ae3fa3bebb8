//! Copies: a new, compact file with all rows of a view.

use std::ops::{Bound, ControlFlow};

use redb::Database;

use crate::StoreError;
use crate::disk::Folder;
use crate::file::new_file::NewFile;
use crate::read::range::Direction;
use crate::read::stored_table::StoredTable;
use crate::read::view::View;

/// Writes all that a view sees to a new file in a folder, under the store's name. A damaged row ends it.
pub(crate) fn copy(view: &View, folder: &dyn Folder) -> Result<Database, StoreError> {
    let mut copy = NewFile::create(folder)?;
    match copy_rows(view, &mut copy) {
        Ok(()) => copy.finish(view.live.commit()),
        Err(failure) => {
            copy.discard();
            Err(failure)
        }
    }
}

fn copy_rows(view: &View, copy: &mut NewFile<'_>) -> Result<(), StoreError> {
    for name in view.tables()? {
        let mut failure = None;
        let all = (Bound::Unbounded, Bound::Unbounded);
        StoredTable::open(view, &name)?.scan(all, Direction::Forward, |key, value| {
            failure = match copy.put(&name, key, value) {
                Ok(Ok(())) => return ControlFlow::Continue(()),
                Ok(Err(reason)) => {
                    let key = String::from_utf8_lossy(key);
                    let reason = format!("the value in table `{name}` under `{key}` can't be read: {reason}");
                    Some(StoreError::Damaged { path: view.path().to_owned(), reason })
                }
                Err(failure) => Some(failure),
            };
            ControlFlow::Break(())
        })?;
        failure.map_or(Ok(()), Err)?;
    }
    Ok(())
}
