//! Pure: which steps must be done before a step may begin.

use crate::desired::resource::Resource;
use crate::desired::spec::Spec;
use crate::plan::{Change, Plan, Step};

/// The resources of the plan whose steps come before `step`.
pub(crate) fn needs(step: &Step, plan: &Plan) -> Vec<Resource> {
    let before = |other: &&Step| other.resource != step.resource && comes_before(other, step);
    plan.steps.iter().filter(before).map(|other| other.resource.clone()).collect()
}

fn comes_before(other: &Step, step: &Step) -> bool {
    match &step.change {
        Change::Keep => false,
        Change::Create(spec) | Change::Update(spec, _) | Change::Adopt(spec, _) => made_before(other, step, spec),
        Change::Delete => deleted_after(other, &step.resource),
    }
}

/// What a resource is built on. A policy's statements are written one after another: at once they collide.
fn made_before(other: &Step, step: &Step, spec: &Spec) -> bool {
    match (&step.resource, spec, &other.resource) {
        (Resource::Function(key) | Resource::StateMachine(key), _, Resource::Role(role)) => key == role,
        // The roles name it, so that it is found when nothing declares it, until it is gone.
        (Resource::Activity(_), _, Resource::Role(_)) => other.change != Change::Delete,
        (Resource::Role(_), _, Resource::Activity(_)) => other.change == Change::Delete,
        (Resource::StateMachine(_), _, Resource::Activity(_)) => other.change != Change::Delete,
        (Resource::Alias(key), _, Resource::Function(function)) => key == function,
        (_, Spec::StateMachine(machine), Resource::Function(key)) => machine.functions.iter().any(|it| it.key == *key),
        (Resource::Integration(_), _, Resource::Api) => true,
        (_, Spec::Route(route), Resource::Integration(key)) => route.function == *key,
        (Resource::Stage, _, Resource::Route(_)) => true,
        (Resource::Permission { .. }, _, Resource::Api) => true,
        (Resource::Permission { function, .. }, _, Resource::Alias(key)) => function == key,
        (Resource::Permission { function, route }, _, Resource::Permission { function: same, route: earlier }) => {
            function == same && earlier < route
        }
        _ => false,
    }
}

/// What must have let go of a resource before it is deleted. A role goes last: the roles are the index of what exists.
fn deleted_after(other: &Step, resource: &Resource) -> bool {
    match (resource, &other.resource) {
        (Resource::StateMachine(_), Resource::Api | Resource::ExtraApi(_)) => other.change == Change::Delete,
        (Resource::Activity(_), Resource::StateMachine(_)) => other.change == Change::Delete,
        (Resource::Role(_), Resource::Activity(_)) => other.change == Change::Delete,
        (Resource::Function(_), Resource::StateMachine(_) | Resource::Route(_) | Resource::LeftoverIntegration(_)) => {
            true
        }
        (Resource::Function(_), Resource::Api | Resource::ExtraApi(_)) => other.change == Change::Delete,
        (Resource::LogGroup(key), Resource::Function(function)) => key == function,
        (Resource::Role(key), Resource::Function(user) | Resource::StateMachine(user) | Resource::LogGroup(user)) => {
            key == user
        }
        (Resource::LeftoverIntegration(_), Resource::Route(_)) => true,
        (
            Resource::LeftoverPermission { function, sid },
            Resource::LeftoverPermission { function: same, sid: earlier },
        ) => function == same && earlier < sid,
        (Resource::LeftoverPermission { function, .. }, Resource::Permission { function: same, .. }) => {
            function == same
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
