//! Waiting for files to change: what `deploy --watch` and `test --watch` have in common.

mod changes;
mod snapshot;

pub(crate) use changes::FolderWatcher;
pub(crate) use snapshot::Snapshot;
