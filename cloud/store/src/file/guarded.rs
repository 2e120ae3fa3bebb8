//! redb panics on pages that were damaged; here that becomes an error.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::StoreError;

/// Does work with the database; a panic in it says that the file is damaged.
///
/// What was in the middle of a change is not used again by the callers: a failed write closes the database, a failed read
/// its transaction.
pub(crate) fn guarded<T>(path: &Path, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
        let reason = said.and_then(|said| said.lines().next()).unwrap_or("a page does not hold together").to_owned();
        // The value of a panic may be anything; a drop that panics must not go on from here.
        catch_unwind(AssertUnwindSafe(|| drop(panic))).ok();
        Err(StoreError::Damaged { path: path.to_owned(), reason: format!("reading it failed ({reason})") })
    })
}

/// Drops a value of the database; a panic is passed over, because the value is gone either way.
pub(crate) fn drop_guarded<T>(value: T) {
    if catch_unwind(AssertUnwindSafe(|| drop(value))).is_err() {
        tracing::debug!("a part of a damaged database could not be closed");
    }
}
