//! The functions that requests are about, as IAM knows them, and how many requests AWS takes.

use cloud_core::{Document, FunctionReference, Location, Quota, Request, Resource};

use crate::api::{named, policy_resource};
use crate::service::Functions;

/// Of everything else, but for invocations: "across all APIs (not 15 requests per second per API)".
pub(super) const CONTROL: Quota = Quota::shared("the rest of the control plane", 15, 15);

/// The function that the path names, with its qualifier.
pub(super) const FUNCTION: Resource = Resource::Computed(|request| Some(named(request).ok()?.arn()));

/// The policy of what an ARN names.
pub fn resource_policy(functions: &Functions, arn: &str) -> Option<Document> {
    let reference = FunctionReference::parse(arn, &Location::default()).ok()?;
    functions.table.read(|all| all.get(&reference.key())?.policy.document(&policy_resource(&reference)))
}

/// A function's tags.
pub fn resource_tags(functions: &Functions, arn: &str) -> Vec<(String, String)> {
    let Ok(reference) = FunctionReference::parse(arn, &Location::default()) else { return Vec::new() };
    let tags = functions.table.read(|all| all.get(&reference.key()).map(|function| function.tags.clone()));
    tags.into_iter().flatten().collect()
}

/// The function that CreateFunction's body names.
pub(super) fn new_function(request: &Request) -> Option<String> {
    let name = request.member("FunctionName")?;
    let reference = FunctionReference::parse(&name, &request.location()).ok()?;
    Some(reference.unqualified().arn())
}

/// The function that the path names, without qualifier: its permissions are written one at a time.
pub(super) fn function(request: &Request) -> Option<String> {
    Some(named(request).ok()?.unqualified().arn())
}
