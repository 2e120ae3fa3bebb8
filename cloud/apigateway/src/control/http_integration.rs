//! Integrations with an HTTP server, and the changes that integrations make to requests and answers.

use cloud_core::ServiceError;

use crate::errors::bad_request;
use crate::loopback;
use crate::model::{Integration, RequestChange, ResponseChange, stage_variable};

const METHODS: [&str; 8] = ["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// Checks an integration with an HTTP server.
pub(super) fn check(integration: &Integration) -> Result<(), ServiceError> {
    if integration.payload_format_version.as_deref().unwrap_or("1.0") != "1.0" {
        return Err(bad_request("PayloadFormatVersion must be 1.0 for integrations of type HTTP_PROXY"));
    }
    if integration.credentials_arn.is_some() {
        return Err(bad_request("Credentials are not supported for integrations of type HTTP_PROXY"));
    }
    let method = integration.integration_method.as_deref();
    match method {
        None => return Err(bad_request("HttpMethod must be specified for integrations of type HTTP_PROXY")),
        Some(method) if !METHODS.contains(&method) => {
            return Err(bad_request(format!("Invalid HTTP method specified: {method}")));
        }
        Some(_) => {}
    }
    let uri = &integration.integration_uri;
    if !loopback::is_url(&stage_variable::with_placeholders(uri)) {
        return Err(bad_request(format!("Invalid HTTP endpoint specified for URI: {uri}")));
    }
    if stage_variable::has_variables(uri) {
        // Where it leads, its stage says.
        return Ok(());
    }
    if let Err(why) = loopback::Target::parse(uri) {
        tracing::warn!(uri, %why, "routes with this integration will answer 501");
    }
    Ok(())
}

/// Checks the changes that an integration makes.
pub(super) fn check_changes(integration: &Integration) -> Result<(), ServiceError> {
    for (key, value) in &integration.request_parameters {
        RequestChange::parse(key, value).map_err(bad_request)?;
    }
    for (status, changes) in &integration.response_parameters {
        if !status.parse().is_ok_and(|status: u16| (200..=599).contains(&status)) {
            return Err(bad_request(format!("Invalid status code specified for response parameters: {status}")));
        }
        for (key, value) in changes {
            ResponseChange::parse(key, value).map_err(bad_request)?;
        }
    }
    Ok(())
}
