//! Pure: deletions of what exists and should not exist.

use std::collections::BTreeSet;

use super::step::{Change, Step};
use crate::desired::Desired;
use crate::desired::resource::Resource;
use crate::desired::spec::Spec;
use crate::observe::{Observed, ObservedApi};
use crate::plan::diff::integration_target;
use aws::apis::{Integration, Route};
use model::names::Key;
use model::stack::Stack;

/// Parts of kept resources that nothing needs any more: extra APIs, routes, integrations, permissions.
pub(crate) fn unneeded_parts(
    steps: &mut Vec<Step>,
    desired: &Desired,
    observed: &Observed,
    api: Option<&ObservedApi>,
    stack: &Stack,
) {
    steps.extend(extra_apis(observed));
    let wanted_api = api.filter(|_| desired.contains_key(&Resource::Api));
    if let Some(api) = wanted_api {
        let undeclared = |it: &&Route| !desired.contains_key(&Resource::Route(it.key.clone()));
        for route in api.routes.iter().filter(undeclared).filter(|it| leads_to_stack(it, api, stack)) {
            let resource = Resource::Route(route.key.clone());
            steps.push(Step::deletion_by_id(resource, route.key.clone(), &route.id));
        }
        let integrations = steps.iter().filter(|step| matches!(step.resource, Resource::Integration(_)));
        let used: BTreeSet<&str> = integrations.filter_map(|step| step.id().ok()).collect();
        let ours = api.integrations.iter().filter(|it| is_stacks(it, stack));
        let unused = ours.filter(|it| !used.contains(it.id.as_str()));
        let deletion = |it: &Integration| {
            Step::deletion_by_id(Resource::LeftoverIntegration(it.id.clone()), it.id.clone(), &it.id)
        };
        let deletions: Vec<Step> = unused.map(deletion).collect();
        steps.extend(deletions);
    } else if let Some(api) = observed.apis.first() {
        steps.push(Step::deletion_by_id(Resource::Api, stack.api_name(), &api.api.id));
    }
    for (key, function) in &observed.functions {
        if !desired.contains_key(&Resource::Function(key.clone())) {
            continue;
        }
        let wanted: BTreeSet<String> = wanted_api.map(|api| wanted_sids(desired, key, api)).unwrap_or_default();
        for old in function.statements.iter().filter(|it| !wanted.contains(&it.sid)) {
            let resource = Resource::LeftoverPermission { function: key.clone(), sid: old.sid.clone() };
            steps.push(Step::named(resource, stack.function_name(key), Change::Delete));
        }
    }
}

/// Whether an integration leads to a function of the stack. Others are somebody's who shares the API, or had it before it was
/// adopted.
fn is_stacks(integration: &Integration, stack: &Stack) -> bool {
    let named = stack.names.functions.values().map(|name| format!(":function:{name}:"));
    let usual = format!(":function:{}", stack.function_name_start());
    integration.uri.contains(&usual) || named.into_iter().any(|named| integration.uri.contains(&named))
}

/// Whether a route leads to a function of the stack, or nowhere.
fn leads_to_stack(route: &Route, api: &ObservedApi, stack: &Stack) -> bool {
    let target = api.integrations.iter().find(|it| integration_target(&it.id) == route.target);
    target.is_none_or(|it| is_stacks(it, stack))
}

fn wanted_sids(desired: &Desired, key: &Key, api: &ObservedApi) -> BTreeSet<String> {
    let of_function = desired.iter().filter_map(|(resource, spec)| match (resource, spec) {
        (Resource::Permission { function, .. }, Spec::Permission(wanted)) if function == key => Some(wanted),
        _ => None,
    });
    of_function.map(|wanted| wanted.statement(&api.api.id).sid).collect()
}

/// Every API of the stack but the oldest.
pub(crate) fn extra_apis(observed: &Observed) -> impl Iterator<Item = Step> {
    observed
        .apis
        .iter()
        .skip(1)
        .map(|it| Step::deletion_by_id(Resource::ExtraApi(it.api.id.clone()), it.api.name.clone(), &it.api.id))
}

/// Things of the stack that the service file no longer declares.
pub(crate) fn undeclared(desired: &Desired, observed: &Observed, stack: &Stack) -> Vec<Step> {
    all_deletions(observed, stack).into_iter().filter(|step| !desired.contains_key(&step.resource)).collect()
}

/// A deletion of each resource that exists and has a name of its own; what is in an API is deleted with it.
pub(crate) fn all_deletions(observed: &Observed, stack: &Stack) -> Vec<Step> {
    let delete = |resource, name| Step::named(resource, name, Change::Delete);
    let roles = observed.roles.keys().map(|key| delete(Resource::Role(key.clone()), stack.role_name(key)));
    let groups = observed.log_groups.keys().map(|key| delete(Resource::LogGroup(key.clone()), stack.log_group(key)));
    let functions = observed.functions.keys();
    let functions = functions.map(|key| delete(Resource::Function(key.clone()), stack.function_name(key)));
    let activities = observed.activities.keys();
    let activities = activities.map(|key| delete(Resource::Activity(key.clone()), stack.activity_name(key)));
    let machines = observed.state_machines.keys();
    let machines = machines.map(|key| delete(Resource::StateMachine(key.clone()), stack.state_machine_name(key)));
    roles.chain(groups).chain(functions).chain(activities).chain(machines).collect()
}
