//! PutFunctionConcurrency, GetFunctionConcurrency, DeleteFunctionConcurrency and GetAccountSettings.

use std::collections::BTreeMap;
use std::sync::Arc;

use cloud_core::{FunctionReference, Location, Request, Response, ServiceError};
use serde::Deserialize;
use serde_json::json;

use super::access::named;
use super::checks::limits::invalid;
use crate::model::Function;
use crate::service::Functions;

/// What a region's functions may take together on AWS by default (Lambda quotas).
const CODE_STORAGE_BYTES: u64 = 75 << 30;
const UNZIPPED_BYTES: u64 = 250 << 20;
const ZIPPED_BYTES: u64 = 50 << 20;

/// How many events run at once in an account's region by default (Lambda quotas), and how many of these nobody may reserve.
const ACCOUNT_CONCURRENCY: u32 = 1000;
const LEAST_UNRESERVED: u32 = 100;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Put {
    reserved_concurrent_executions: u32,
}

/// Reserves concurrency for a function, which has no more than that.
pub(crate) async fn put(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = whole(named(request)?)?;
    let reserved = request.json::<Put>()?.reserved_concurrent_executions;
    let key = reference.key();
    let table = &functions.table;
    let changed = table.change(|all| {
        let missing = || table.missing(&key, || reference.not_found());
        let mut function = all.get(&key).cloned().ok_or_else(missing)?;
        let others = reserved_in(all, &reference.location).saturating_sub(function.reserved_concurrency.unwrap_or(0));
        if others.saturating_add(reserved) > ACCOUNT_CONCURRENCY - LEAST_UNRESERVED {
            return Err(invalid(format!(
                "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution \
                 below its minimum value of [{LEAST_UNRESERVED}]."
            )));
        }
        function.reserved_concurrency = Some(reserved);
        Ok((vec![cloud_core::Change::Put(key.clone(), function)], ()))
    });
    changed.await?;
    Ok(Response::json(200, &json!({"ReservedConcurrentExecutions": reserved})))
}

/// What is reserved for a function, if anything.
pub(crate) fn get(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = whole(named(request)?)?;
    Ok(Response::json(
        200,
        &match functions.function(&reference)?.reserved_concurrency {
            Some(reserved) => json!({"ReservedConcurrentExecutions": reserved}),
            None => json!({}),
        },
    ))
}

/// Reserves nothing for a function any more. AWS says nothing of it where nothing was.
pub(crate) async fn delete(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = whole(named(request)?)?;
    let deleted = functions.update(&reference, |function| {
        function.reserved_concurrency = None;
        Ok(())
    });
    deleted.await?;
    Ok(Response::empty(204))
}

/// AWS's quotas, and what the functions of the account take in this region.
pub(crate) fn account(functions: &Arc<Functions>, request: &Request) -> Response {
    let location = request.location();
    let (count, code_bytes, reserved) = functions.table.read(|all| {
        let versions = here(all, &location).flat_map(Function::versions);
        let bytes = versions.map(|version| version.code.size_bytes).sum::<u64>();
        (here(all, &location).count(), bytes, reserved_in(all, &location))
    });
    let limit = json!({
        "TotalCodeSize": CODE_STORAGE_BYTES,
        "CodeSizeUnzipped": UNZIPPED_BYTES,
        "CodeSizeZipped": ZIPPED_BYTES,
        "ConcurrentExecutions": ACCOUNT_CONCURRENCY,
        "UnreservedConcurrentExecutions": ACCOUNT_CONCURRENCY.saturating_sub(reserved),
    });
    let usage = json!({"TotalCodeSize": code_bytes, "FunctionCount": count});
    Response::json(200, &json!({"AccountLimit": limit, "AccountUsage": usage}))
}

fn here<'a>(all: &'a BTreeMap<String, Function>, location: &Location) -> impl Iterator<Item = &'a Function> {
    let prefix = location.key("");
    let from_here = all.range(prefix.clone()..);
    from_here.take_while(move |(key, _)| key.starts_with(&prefix)).map(|(_, function)| function)
}

fn reserved_in(all: &BTreeMap<String, Function>, location: &Location) -> u32 {
    here(all, location).filter_map(|function| function.reserved_concurrency).sum()
}

/// Concurrency is reserved for whole functions. (AWS refuses a version or an alias; the text is ours.)
fn whole(reference: FunctionReference) -> Result<FunctionReference, ServiceError> {
    match reference.qualifier {
        None => Ok(reference),
        Some(_) => Err(invalid(
            "This operation is permitted on Lambda functions only. Aliases and versions do not support \
                                this operation. Please specify either a function name or an unqualified function ARN.",
        )),
    }
}
