//! What decisions need beside the policies that are stored: whether they are made at all, and the documents as they were read.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use policy::Document;

/// Whether policies decide; accounts are apart in any case.
#[derive(Debug)]
pub(crate) struct Enforcement(AtomicBool);

impl Default for Enforcement {
    fn default() -> Self {
        Self(AtomicBool::new(true))
    }
}

impl Enforcement {
    pub(super) fn is_on(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn set(&self, is_on: bool) {
        self.0.store(is_on, Ordering::Relaxed);
    }
}

/// How many documents are kept. When there are more all are forgotten, and read again as they are needed.
const MOST: usize = 4096;

/// Documents by their text; AWS's own by their ARN.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    read: Mutex<BTreeMap<String, Arc<Document>>>,
}

impl Documents {
    pub(super) fn get(&self, key: &str, read: impl FnOnce() -> Document) -> Arc<Document> {
        let mut known = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(document) = known.get(key) {
            return Arc::clone(document);
        }
        if known.len() >= MOST {
            known.clear();
        }
        let document = Arc::new(read());
        known.insert(key.to_owned(), Arc::clone(&document));
        document
    }
}
