//! AddPermission, RemovePermission and GetPolicy.

use std::sync::Arc;

use cloud_core::{FunctionReference, LATEST, Request, Response, ServiceError};
use serde::Deserialize;
use serde_json::json;

use super::access::{named, policy_resource};
use super::checks::limits::invalid;
use super::checks::principal;
use super::update::stale;
use crate::model::{Function, Grant, Statement, is_alias_name};
use crate::service::Functions;

/// The most bytes of one resource's policy (Lambda quotas: 20 KB).
const MAX_POLICY_BYTES: usize = 20_480;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AddPermission {
    statement_id: String,
    action: String,
    principal: String,
    source_arn: Option<String>,
    source_account: Option<String>,
    revision_id: Option<String>,
    #[serde(rename = "PrincipalOrgID")]
    principal_org_id: Option<String>,
    function_url_auth_type: Option<String>,
    invoked_via_function_url: Option<bool>,
    event_source_token: Option<String>,
}

impl AddPermission {
    /// The conditions beside those on the source.
    fn grant(&self) -> Result<Grant, ServiceError> {
        if self.function_url_auth_type.is_some() && self.action != "lambda:InvokeFunctionUrl" {
            return Err(invalid("FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action"));
        }
        Ok(Grant {
            principal_org_id: self.principal_org_id.clone(),
            function_url_auth_type: self.function_url_auth_type.clone(),
            invoked_via_function_url: self.invoked_via_function_url,
            event_source_token: self.event_source_token.clone(),
        })
    }
}

/// Lets a service invoke a function, or only a version or an alias of it.
pub(crate) async fn add(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = named(request)?;
    let input: AddPermission = request.json()?;
    if reference.qualifier.as_deref() == Some(LATEST) {
        return Err(invalid("We currently do not support adding policies for $LATEST."));
    }
    let grant = input.grant()?;
    let statement = Statement {
        id: input.statement_id,
        principal: input.principal,
        action: input.action,
        resource: reference.arn(),
        source_arn: input.source_arn,
        source_account: input.source_account,
        grant,
    };
    let shown = statement.to_json().to_string();
    let function = reference.unqualified();
    let added = functions.update(&function, |function| {
        let revision = revision(function, &reference)?;
        expect(revision, input.revision_id.as_deref())?;
        principal::check(functions, &statement.principal, &statement.resource)?;
        *revision = functions.random.uuid().to_string();
        if function.policy.of(&statement.resource).any(|known| known.id == statement.id) {
            let message = format!(
                "The statement id ({}) provided already exists. Please provide a new statement id, or remove the existing \
                 statement.",
                statement.id
            );
            return Err(ServiceError::new(409, "ResourceConflictException", message));
        }
        let resource = statement.resource.clone();
        function.policy.statements.push(statement);
        check_size(function, &resource)
    });
    added.await?;
    Ok(Response::json(201, &json!({ "Statement": shown })))
}

/// The error's text is AWS's, as others have recorded it.
fn check_size(function: &Function, resource: &str) -> Result<(), ServiceError> {
    let size_bytes = function.policy.document(resource).map_or(0, |document| document.to_string().len());
    if size_bytes <= MAX_POLICY_BYTES {
        return Ok(());
    }
    let message = format!("The final policy size ({size_bytes}) is bigger than the limit ({MAX_POLICY_BYTES}).");
    Err(ServiceError::bad_request("PolicyLengthExceededException", message))
}

/// Removes a permission.
pub(crate) async fn remove(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = named(request)?;
    let id = request.label("StatementId");
    let seen = request.query_value("RevisionId");
    let function = reference.unqualified();
    if functions.table.get(&function.key()).is_none() {
        let missing = || not_found(&format!("No policy found for: {}", function.arn()));
        return Err(functions.table.missing(&function.key(), missing));
    }
    let resource = policy_resource(&reference);
    let removed = functions.update(&function, |function| {
        revision(function, &reference)?;
        if function.policy.of(&resource).next().is_none() {
            return Err(not_found("No policy is associated with the given resource."));
        }
        let is_it = |statement: &Statement| statement.resource == resource && statement.id == id;
        if !function.policy.statements.iter().any(is_it) {
            return Err(not_found(&format!("Statement {id} is not found in resource policy.")));
        }
        let revision = revision(function, &reference)?;
        expect(revision, seen.as_deref())?;
        *revision = functions.random.uuid().to_string();
        function.policy.statements.retain(|statement| !is_it(statement));
        Ok(())
    });
    removed.await?;
    Ok(Response::empty(204))
}

/// The whole policy of a function, a version or an alias, with the revision of what it belongs to.
pub(crate) fn get(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = named(request)?;
    let mut function = functions.function(&reference.unqualified())?;
    let document = function.policy.document(&policy_resource(&reference));
    match (document, function.revision(reference.qualifier.as_deref())) {
        (Some(document), Some(revision)) => {
            Ok(Response::json(200, &json!({"Policy": document.to_string(), "RevisionId": revision})))
        }
        _ => Err(not_found("The resource you requested does not exist.")),
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

fn not_found(message: &str) -> ServiceError {
    ServiceError::new(404, "ResourceNotFoundException", message)
}
