//! An activity as it is stored.

use std::collections::BTreeMap;

use cloud_core::Location;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::format::FormatVersion;

/// An activity: a place where workers ask for tasks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Activity {
    pub(crate) format: FormatVersion<1>,
    /// Account and region, as [`Location::key_prefix`] writes them.
    pub(crate) location: String,
    pub(crate) name: String,
    pub(crate) created_at: Timestamp,
    pub(crate) tags: BTreeMap<String, String>,
}

impl Activity {
    /// Its ARN.
    pub(crate) fn arn(&self) -> String {
        Location::from_key_prefix(&self.location).arn("states", &format!("activity:{}", self.name))
    }

    /// The key of its row.
    pub(crate) fn key(&self) -> String {
        Location::from_key_prefix(&self.location).key(&self.name)
    }
}
