//! Put-, Get-, Delete- and ListProvisionedConcurrencyConfigs. What is provisioned is kept, counted and shown; sandboxes start when
//! they are needed all the same.

use std::sync::Arc;

use cloud_core::{Change, FunctionReference, LATEST, Request, Response, ServiceError};
use serde::Deserialize;

use super::concurrency::{ACCOUNT_CONCURRENCY, LEAST_UNRESERVED, taken_by, taken_in};
use crate::api::access::named;
use crate::api::checks::limits::invalid;
use crate::api::list::page;
use crate::model::{Function, ProvisionedConcurrency, is_alias_name};
use crate::service::Functions;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Put {
    provisioned_concurrent_executions: u32,
}

/// Provisions concurrency for a version or an alias.
pub(crate) async fn put(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = named(request)?;
    let executions = request.json::<Put>()?.provisioned_concurrent_executions;
    let (reference, qualifier) = qualified(reference)?;
    if qualifier == LATEST {
        return Err(unpublished());
    }
    let key = reference.key();
    let table = &functions.table;
    let provisioned = ProvisionedConcurrency { executions, last_modified: request.received_at };
    let changed = table.change(|all| {
        let missing = || table.missing(&key, || reference.unqualified().not_found());
        let mut function = all.get(&key).cloned().ok_or_else(missing)?;
        check_target(&function, &reference, &qualifier)?;
        function.settings.provisioned.insert(qualifier.clone(), provisioned);
        let own = function.settings.provisioned_executions();
        let others = taken_in(all, &reference.location).saturating_sub(all.get(&key).map_or(0, taken_by));
        let is_too_much = match function.reserved_concurrency {
            Some(reserved) if own > reserved => {
                return Err(invalid(
                    "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function",
                ));
            }
            Some(_) => false,
            None => others.saturating_add(own) > ACCOUNT_CONCURRENCY - LEAST_UNRESERVED,
        };
        if is_too_much {
            return Err(invalid(format!(
                "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its \
                 minimum value of [{LEAST_UNRESERVED}]."
            )));
        }
        Ok((vec![Change::Put(key.clone(), function)], ()))
    });
    changed.await?;
    Ok(Response::json(202, &provisioned.to_json()))
}

/// The version has to be published, and an alias and its version are not provisioned both.
fn check_target(function: &Function, reference: &FunctionReference, qualifier: &str) -> Result<(), ServiceError> {
    let conflict = |text: &str| Err(ServiceError::new(409, "ResourceConflictException", text));
    // AWS documents the rule (Lambda developer guide, "Improving startup performance with Lambda SnapStart"); the text is ours.
    let from_snapshot = || Err(invalid("Provisioned concurrency is not supported for SnapStart enabled functions."));
    let provisioned = &function.settings.provisioned;
    if !is_alias_name(qualifier) {
        if function.version(Some(qualifier)).ok_or_else(|| reference.not_found())?.snap_start {
            return from_snapshot();
        }
        let mut aliases = function.aliases.values().filter(|alias| alias.points_to(qualifier));
        return match aliases.any(|alias| provisioned.contains_key(&alias.name)) {
            true => conflict("Version is pointed to by a Provisioned Concurrency alias"),
            false => Ok(()),
        };
    }
    let alias = function.aliases.get(qualifier).ok_or_else(|| reference.alias_not_found())?;
    if alias.points_to(LATEST) {
        return Err(unpublished());
    }
    if function.versions().any(|version| version.snap_start && alias.points_to(&version.version)) {
        return from_snapshot();
    }
    match provisioned.keys().any(|known| alias.points_to(known)) {
        true => {
            conflict("Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version")
        }
        false => Ok(()),
    }
}

/// What is provisioned for a version or an alias.
pub(crate) fn get(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let (reference, qualifier) = qualified(named(request)?)?;
    let function = functions.function(&reference.unqualified())?;
    let provisioned = function.settings.provisioned.get(&qualifier).ok_or_else(none)?;
    Ok(Response::json(200, &provisioned.to_json()))
}

/// Provisions nothing for a version or an alias any more.
pub(crate) async fn delete(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let (reference, qualifier) = qualified(named(request)?)?;
    let whole = reference.unqualified();
    let deleted = functions.update(&whole, |function| {
        function.settings.provisioned.remove(&qualifier);
        Ok(())
    });
    deleted.await?;
    Ok(Response::empty(204))
}

/// All that is provisioned for a function.
pub(crate) fn list(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = named(request)?.unqualified();
    let function = functions.function(&reference)?;
    let provisioned = function.settings.provisioned.iter();
    page(request, "ProvisionedConcurrencyConfigs", provisioned, |(qualifier, provisioned)| {
        provisioned.listed(&reference.with(qualifier))
    })
}

/// The function, with the qualifier that these operations require.
fn qualified(reference: FunctionReference) -> Result<(FunctionReference, String), ServiceError> {
    match reference.qualifier.clone() {
        Some(qualifier) => Ok((reference, qualifier)),
        None => Err(unpublished()),
    }
}

fn unpublished() -> ServiceError {
    invalid("Provisioned Concurrency Configs cannot be applied to unpublished function versions.")
}

fn none() -> ServiceError {
    let text = "No Provisioned Concurrency Config found for this function";
    ServiceError::new(404, "ProvisionedConcurrencyConfigNotFoundException", text)
}
