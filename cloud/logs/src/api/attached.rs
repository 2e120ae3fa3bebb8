//! What can be attached to a group: the key that it names, and metric filters, of which there are none here.

use cloud_core::{Request, Response, ServiceError};
use serde::Deserialize;
use serde_json::json;

use super::answer::answer;
use super::groups::{edit, is_elsewhere, name_of};
use crate::errors::{invalid, no_group};
use crate::service::Logs;

/// Which group's key is meant, and which key.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeyInput {
    log_group_name: Option<String>,
    resource_identifier: Option<String>,
    kms_key_id: Option<String>,
}

impl KeyInput {
    fn group(&self, request: &Request) -> Result<&str, ServiceError> {
        match (&self.log_group_name, &self.resource_identifier) {
            (Some(name), None) => Ok(name),
            (None, Some(arn)) if is_elsewhere(arn, &request.location()) => Err(no_group()),
            (None, Some(arn)) if arn.starts_with("arn:") => Ok(name_of(arn)),
            (None, Some(_)) => {
                Err(ServiceError::not_implemented("resourceIdentifier of a query (logs:AssociateKmsKey)"))
            }
            _ => Err(invalid("Either logGroupName or resourceIdentifier must be specified.")),
        }
    }
}

/// Names the key that a group's events are said to be encrypted with; nothing is encrypted here.
pub(crate) async fn associate_key(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    let input: KeyInput = request.json()?;
    let key = input.kms_key_id.clone().ok_or_else(|| invalid("kmsKeyId must be specified."))?;
    edit(logs, request, input.group(request)?, |facts| {
        facts.kms_key_id = Some(key);
        Ok(())
    })
    .await
}

/// Names none any more.
pub(crate) async fn disassociate_key(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    let input: KeyInput = request.json()?;
    edit(logs, request, input.group(request)?, |facts| {
        facts.kms_key_id = None;
        Ok(())
    })
    .await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FiltersInput {
    log_group_name: Option<String>,
}

/// The metric filters of a group, or of all: none. The group that they are asked for has to be there.
pub(crate) fn metric_filters(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    let input: FiltersInput = request.json()?;
    if let Some(name) = &input.log_group_name {
        logs.known_group(&request.location().key(name))?.lock().facts.check_filterable()?;
    }
    Ok(answer(&json!({ "metricFilters": [] })))
}
