//! Security Token Service: who am I, and credentials for a role.

use std::sync::Arc;

use super::Cloud;
use super::error::ServiceError;
use super::form::Form;
use super::http::{Request, Response};

/// Namespace of the answers' XML.
pub(crate) const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// Answers one STS operation.
pub(crate) fn handle(
    _cloud: &Arc<Cloud>,
    form: &Form,
    _request: &Request,
) -> Result<Response, ServiceError> {
    Err(ServiceError::not_implemented(&format!(
        "sts:{}",
        form.get("Action").unwrap_or("an unnamed action")
    )))
}
