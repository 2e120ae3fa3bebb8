//! AddPermission, RemovePermission and GetPolicy.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;

use super::configure::stale;
use super::limits::{invalid, validation};
use crate::local::Cloud;
use crate::local::error::ServiceError;
use crate::local::http::{Request, Response};
use crate::local::lambda::alias::is_alias_name;
use crate::local::lambda::function::{Function, LATEST, new_id};
use crate::local::lambda::policy::Statement;
use crate::local::lambda::reference::FunctionReference;

/// The longest id of a statement (API model, `StatementId`).
const MAX_ID: usize = 100;

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

/// Lets a service invoke a function, or only a version or an alias of it.
pub(super) async fn add(
    cloud: &Arc<Cloud>,
    request: &Request,
    reference: &FunctionReference,
) -> Result<Response, ServiceError> {
    let input: AddPermission = request.json()?;
    check_id(&input.statement_id)?;
    if reference.qualifier.as_deref() == Some(LATEST) {
        return Err(invalid("We currently do not support adding policies for $LATEST."));
    }
    let statement = Statement {
        id: input.statement_id,
        principal: input.principal,
        action: input.action,
        resource: reference.arn(),
        source_arn: input.source_arn,
        source_account: input.source_account,
    };
    let shown = statement.to_json().to_string();
    let added = edit(cloud, reference, |function| {
        let revision = revision(function, reference)?;
        expect(revision, input.revision_id.as_deref())?;
        *revision = new_id();
        if function.policy.of(&statement.resource).any(|known| known.id == statement.id) {
            let message = format!(
                "The statement id ({}) provided already exists. Please provide a new statement id, or remove the existing \
                 statement.",
                statement.id
            );
            return Err(ServiceError::new(409, "ResourceConflictException", message));
        }
        function.policy.statements.push(statement);
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
    let function = reference.unqualified();
    if cloud.functions.records.get(&function.key()).is_none() {
        return Err(not_found(&format!("No policy found for: {}", function.arn())));
    }
    let resource = resource(reference);
    let removed = edit(cloud, reference, |function| {
        revision(function, reference)?;
        if function.policy.of(&resource).next().is_none() {
            return Err(not_found("No policy is associated with the given resource."));
        }
        let is_it = |statement: &Statement| statement.resource == resource && statement.id == id;
        if !function.policy.statements.iter().any(is_it) {
            return Err(not_found(&format!("Statement {id} is not found in resource policy.")));
        }
        let revision = revision(function, reference)?;
        expect(revision, seen.as_deref())?;
        *revision = new_id();
        function.policy.statements.retain(|statement| !is_it(statement));
        Ok(())
    });
    removed.await?;
    Ok(Response::empty(204))
}

/// The whole policy of a function, a version or an alias, with the revision of what it belongs to.
pub(super) fn policy(cloud: &Arc<Cloud>, reference: &FunctionReference) -> Result<Response, ServiceError> {
    let unqualified = reference.unqualified();
    let mut function = cloud.functions.records.get(&reference.key()).ok_or_else(|| unqualified.not_found())?;
    let document = function.policy.to_json(&resource(reference));
    match (document, function.revision(reference.qualifier.as_deref())) {
        (Some(document), Some(revision)) => {
            Ok(Response::json(200, &json!({"Policy": document.to_string(), "RevisionId": revision})))
        }
        _ => Err(not_found("The resource you requested does not exist.")),
    }
}

async fn edit<R>(
    cloud: &Cloud,
    reference: &FunctionReference,
    edit: impl FnOnce(&mut Function) -> Result<R, ServiceError>,
) -> Result<R, ServiceError> {
    cloud.functions.edit(&reference.unqualified(), edit).await
}

/// What a statement names. The function's own policy is its latest version's too.
fn resource(reference: &FunctionReference) -> String {
    match reference.qualifier.as_deref() {
        Some(LATEST) => reference.unqualified().arn(),
        _ => reference.arn(),
    }
}

/// The revision of what a permission is for; a policy has none of its own.
fn revision<'a>(function: &'a mut Function, reference: &FunctionReference) -> Result<&'a mut String, ServiceError> {
    let qualifier = reference.qualifier.as_deref();
    function.revision(qualifier).ok_or_else(|| match qualifier.is_some_and(is_alias_name) {
        true => reference.alias_not_found(),
        false => reference.not_found(),
    })
}

fn expect(revision: &str, seen: Option<&str>) -> Result<(), ServiceError> {
    if seen.is_none_or(|seen| seen == revision) { Ok(()) } else { Err(stale()) }
}

fn check_id(id: &str) -> Result<(), ServiceError> {
    if id.len() > MAX_ID {
        return Err(validation(id, "statementId", &format!("have length less than or equal to {MAX_ID}")));
    }
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
        return Err(validation(id, "statementId", "satisfy regular expression pattern: ([a-zA-Z0-9-_]+)"));
    }
    Ok(())
}

fn not_found(message: &str) -> ServiceError {
    ServiceError::new(404, "ResourceNotFoundException", message)
}
