//! AddPermission, RemovePermission and GetPolicy.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;

use super::configure::stale;
use crate::local::Cloud;
use crate::local::error::ServiceError;
use crate::local::http::{Request, Response};
use crate::local::lambda::policy::{Policy, Statement};
use crate::local::lambda::reference::FunctionReference;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AddPermission {
    statement_id: String,
    action: String,
    principal: String,
    source_arn: Option<String>,
    source_account: Option<String>,
    revision_id: Option<String>,
}

/// Lets a service invoke a function.
pub(super) async fn add(
    cloud: &Arc<Cloud>,
    request: &Request,
    reference: &FunctionReference,
) -> Result<Response, ServiceError> {
    let input: AddPermission = request.json()?;
    let statement = Statement {
        id: input.statement_id,
        principal: input.principal,
        action: input.action,
        resource: reference.arn(),
        source_arn: input.source_arn,
        source_account: input.source_account,
    };
    let shown = statement.to_json().to_string();
    let added = cloud.functions.edit(reference, |function| {
        expect_revision(&function.policy, input.revision_id.as_deref())?;
        if function.policy.statements.iter().any(|known| known.id == statement.id) {
            let message = format!(
                "The statement id ({}) provided already exists. Please provide a new statement id, or remove the existing \
                 statement.",
                statement.id
            );
            return Err(ServiceError::new(409, "ResourceConflictException", message));
        }
        function.policy.statements.push(statement);
        function.policy.revision_id = uuid::Uuid::new_v4().to_string();
        Ok(())
    });
    added.await?;
    Ok(Response::json(201, &json!({ "Statement": shown })))
}

/// Takes one permission away.
pub(super) async fn remove(
    cloud: &Arc<Cloud>,
    request: &Request,
    reference: &FunctionReference,
    id: &str,
) -> Result<Response, ServiceError> {
    let seen = request.query_value("RevisionId");
    let removed = cloud.functions.edit(reference, |function| {
        if function.policy.statements.is_empty() {
            return Err(not_found("No policy is associated with the given resource."));
        }
        expect_revision(&function.policy, seen.as_deref())?;
        let before = function.policy.statements.len();
        function.policy.statements.retain(|statement| statement.id != id);
        if function.policy.statements.len() == before {
            return Err(not_found(&format!("Statement {id} is not found in resource policy.")));
        }
        function.policy.revision_id = uuid::Uuid::new_v4().to_string();
        Ok(())
    });
    removed.await?;
    Ok(Response::empty(204))
}

/// The whole policy.
pub(super) fn policy(cloud: &Arc<Cloud>, reference: &FunctionReference) -> Result<Response, ServiceError> {
    let function = cloud.functions.records.get(&reference.key()).ok_or_else(|| reference.not_found())?;
    if function.policy.statements.is_empty() {
        return Err(not_found("The resource you requested does not exist."));
    }
    let document = function.policy.to_json().to_string();
    Ok(Response::json(200, &json!({"Policy": document, "RevisionId": function.policy.revision_id})))
}

fn expect_revision(policy: &Policy, seen: Option<&str>) -> Result<(), ServiceError> {
    if seen.is_none_or(|seen| seen == policy.revision_id) { Ok(()) } else { Err(stale()) }
}

fn not_found(message: &str) -> ServiceError {
    ServiceError::new(404, "ResourceNotFoundException", message)
}
