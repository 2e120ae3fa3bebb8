//! Identity and Access Management: roles and their policies.

use std::sync::Arc;

use super::Cloud;
use super::error::ServiceError;
use super::form::Form;
use super::http::{Request, Response};
use super::store::{Store, StoreError};

/// Namespace of the answers' XML.
pub(crate) const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";

/// All roles.
pub(crate) struct Iam {}

impl Iam {
    /// Loads them.
    pub(crate) fn open(_store: &Store) -> Result<Self, StoreError> {
        Ok(Self {})
    }
}

/// Answers one IAM operation.
pub(crate) async fn handle(
    _cloud: &Arc<Cloud>,
    form: &Form,
    _request: &Request,
) -> Result<Response, ServiceError> {
    Err(ServiceError::not_implemented(&format!(
        "iam:{}",
        form.get("Action").unwrap_or("an unnamed action")
    )))
}
