//! The functions that requests are about, as IAM knows them.

use cloud_core::{FunctionReference, Location, Request, Resource, ResourceFacts};

use crate::api::{named, policy_resource};
use crate::service::Functions;

/// The function that the path names, with its qualifier.
pub(super) const FUNCTION: Resource = Resource::Computed(|request| Some(named(request).ok()?.arn()));

/// What is known of a function: its tags, and the policy of what the ARN names.
pub fn facts(functions: &Functions, arn: &str) -> ResourceFacts {
    let Ok(reference) = FunctionReference::parse(arn, &Location::default()) else {
        return ResourceFacts::default();
    };
    functions.table.read(|all| match all.get(&reference.key()) {
        None => ResourceFacts::default(),
        Some(function) => ResourceFacts {
            policy: function.policy.document(&policy_resource(&reference)),
            tags: function.tags.clone().into_iter().collect(),
        },
    })
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
