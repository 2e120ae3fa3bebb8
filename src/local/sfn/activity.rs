//! An activity as the cloud keeps it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::local::arn::Region;

/// An activity: a place where workers ask for tasks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Activity {
    pub(super) region: String,
    pub(super) name: String,
    pub(super) created_at: Timestamp,
    pub(super) tags: BTreeMap<String, String>,
}

impl Activity {
    /// Its ARN.
    pub(super) fn arn(&self) -> String {
        Region::new(&self.region).arn("states", &format!("activity:{}", self.name))
    }

    /// The key of its row.
    pub(super) fn key(&self) -> String {
        Region::new(&self.region).key(&self.name)
    }
}
