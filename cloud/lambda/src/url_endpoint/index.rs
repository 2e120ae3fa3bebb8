//! Which function a function URL was of when it was last asked for.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cloud_core::FunctionReference;

/// The functions of the URLs that were asked for, by their ids. What it says is looked up again: it may be of yesterday.
#[derive(Debug, Default)]
pub(crate) struct UrlIndex {
    known: Mutex<BTreeMap<String, FunctionReference>>,
}

impl UrlIndex {
    /// The function that had this id's URL.
    pub(super) fn get(&self, id: &str) -> Option<FunctionReference> {
        self.lock().get(id).cloned()
    }

    /// The function that has it now; none where nobody has.
    pub(super) fn set(&self, id: &str, function: Option<&FunctionReference>) {
        match function {
            Some(function) => self.lock().insert(id.to_owned(), function.clone()),
            None => self.lock().remove(id),
        };
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, FunctionReference>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
