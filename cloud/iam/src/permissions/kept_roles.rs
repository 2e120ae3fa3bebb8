//! The roles that were read lately, with all that decides over them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use policy::Document;

/// How many roles are kept. When there are more all are forgotten, and read again as they are needed.
const MOST: usize = 4096;

/// A role with all that decides what it may do, and who may have it.
#[derive(Debug)]
pub(crate) struct ReadRole {
    /// What the ARNs of its sessions begin with.
    pub(crate) session_arn: String,
    /// `AROA` and 17 further characters.
    pub(crate) id: String,
    pub(crate) tags: Vec<(String, String)>,
    /// Its trust policy. One that can't be read lets nobody in.
    pub(crate) trust: Arc<Document>,
    /// What is inline and attached.
    pub(crate) policies: Vec<Arc<Document>>,
    pub(crate) boundary: Option<Arc<Document>>,
}

/// Which state of the roles and of the managed policies something was read from.
pub(super) type Generation = (u64, u64);

/// The roles that were read lately, by ARN.
#[derive(Debug, Default)]
pub(crate) struct ReadRoles(Mutex<BTreeMap<String, (Generation, Arc<ReadRole>)>>);

impl ReadRoles {
    /// A role that was read from this state.
    pub(super) fn get(&self, arn: &str, generation: Generation) -> Option<Arc<ReadRole>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(arn).filter(|(read, _)| *read == generation).map(|(_, role)| Arc::clone(role))
    }

    /// Keeps a role that was read from this state.
    pub(super) fn keep(&self, arn: &str, generation: Generation, role: &Arc<ReadRole>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST && !known.contains_key(arn) {
            known.clear();
        }
        known.insert(arn.to_owned(), (generation, Arc::clone(role)));
    }
}
