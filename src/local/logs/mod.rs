//! CloudWatch Logs: groups, streams and events.

use std::sync::Arc;

use jiff::Timestamp;

use super::Cloud;
use super::arn::Region;
use super::error::ServiceError;
use super::http::{Request, Response};
use super::store::{Store, StoreError};

/// All log groups with their streams and events.
pub(crate) struct Logs {}

impl Logs {
    /// Loads the groups and streams; events are loaded when a group is first looked at.
    pub(crate) fn open(_store: &Store) -> Result<Self, StoreError> {
        Ok(Self {})
    }

    /// Writes lines as the Lambda service does: the group and the stream are made when they are missing. Readers see the
    /// lines at once; they are durable soon after.
    pub(crate) fn put(
        &self,
        _region: &Region,
        _group: &str,
        _stream: &str,
        _events: Vec<(Timestamp, String)>,
    ) {
    }
}

/// Answers one CloudWatch Logs operation.
pub(crate) async fn handle(
    _cloud: &Arc<Cloud>,
    operation: &str,
    _request: &Request,
) -> Result<Response, ServiceError> {
    Err(ServiceError::not_implemented(&format!("logs:{operation}")))
}
