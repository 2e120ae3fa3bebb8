//! The cloud's own log: what it answered, what it did and what failed, bounded in size and readable after its end.
//!
//! Every `tracing` event of the cloud becomes one JSON line in `activity.jsonl` of the data folder. Two files of
//! [`FILE_LIMIT_BYTES`] at most are kept: when one is full it takes the place of the older one.

mod layer;
mod reader;
mod writer;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub(crate) use layer::ActivityLayer;
pub use reader::ActivityReader;
pub(crate) use writer::ActivityWriter;

/// How large each of the two files may get: a day of a learner's work, or the last minute of a load test.
const FILE_LIMIT_BYTES: u64 = 2 << 20;

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActivityRecord {
    /// When it happened (RFC 3339, UTC).
    pub time: String,
    /// `ERROR`, `WARN`, `INFO`, `DEBUG` or `TRACE`.
    pub level: String,
    /// The part of the cloud that tells of it, such as `cloud::request`.
    pub target: String,
    /// What happened; empty for a request, which its fields describe.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// What belongs to it, such as `operation`, `status`, `duration_ms`, `request_id`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub fields: Map<String, Value>,
}
