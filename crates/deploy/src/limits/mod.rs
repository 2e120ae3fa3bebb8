//! Pure: what of a service is larger than AWS accepts, found before anything is called or uploaded.
//!
//! Limits of a single value (memory, timeout, names, retention) are the service file's own, in `model`.

pub(crate) mod breach;
mod number;
mod routing;
mod zip;

use std::collections::BTreeMap;

use crate::desired::artefact::Artefact;
use crate::error::DeployError;
use crate::limits::breach::Breach;
use crate::policy::{Role, RoleOwner, roles};
use model::definition::Definition;
use model::names::Key;
use model::service::{Function, Service};
use model::source::Place;
use model::stack::Stack;
use number::grouped;

/// The most bytes of a function's environment variables, as JSON, which is how Lambda measures them (Lambda quotas).
const ENVIRONMENT_BYTES: usize = 4096;

/// The most bytes of a definition (Step Functions quotas: the size of a request).
const DEFINITION_BYTES: usize = 1_048_576;

/// The most characters of a role's inline policies, not counting blanks (IAM quotas).
const POLICY_CHARACTERS: usize = 10_240;

/// The most routes of an HTTP API (API Gateway quotas). Integrations have the same limit; there is one for each function
/// that a route invokes, so there are never more of them than routes.
const ROUTES: usize = 300;

/// Checks everything at once. The stack's account may be any: account ids are of one length.
///
/// # Errors
/// [`DeployError::OverLimits`] with every breach, in the order of the service file; a state machine without its definition.
pub fn check(
    service: &Service,
    definitions: &BTreeMap<Key, Definition>,
    artefacts: &BTreeMap<Key, Artefact>,
    stack: &Stack,
) -> Result<(), DeployError> {
    let mut breaches = of_service(service, definitions, stack)?;
    for (key, artefact) in artefacts {
        if let Some(function) = service.functions.get(key) {
            breaches.extend(zip::breach(key, function, &artefact.zip));
        }
    }
    breaches.sort_by(|one, other| one.at.cmp(&other.at));
    if breaches.is_empty() { Ok(()) } else { Err(DeployError::OverLimits(breaches)) }
}

/// Checks what needs no zip.
///
/// # Errors
/// A state machine without its definition.
pub fn of_service(
    service: &Service,
    definitions: &BTreeMap<Key, Definition>,
    stack: &Stack,
) -> Result<Vec<Breach>, DeployError> {
    let environments = service.functions.iter().filter_map(|(key, function)| environment(key, function, stack));
    let sizes = definitions.iter().filter_map(|(key, definition)| {
        let machine = service.state_machines.get(key)?;
        definition_size(definition, &machine.at, stack)
    });
    let roles = roles(service, definitions, stack)?;
    let policies = roles.iter().filter_map(policy);
    let routing = routing::breaches(&service.routes);
    Ok(environments.chain(sizes).chain(policies).chain(routes(service)).chain(routing).collect())
}

fn environment(key: &Key, function: &Function, stack: &Stack) -> Option<Breach> {
    let variables: BTreeMap<&String, String> =
        function.environment.iter().map(|(name, value)| (name, value.resolve(stack))).collect();
    let bytes = serde_json::json!(variables).to_string().len();
    let largest = variables.iter().max_by_key(|(_, value)| value.len()).map(|(name, _)| name.as_str());
    (bytes > ENVIRONMENT_BYTES).then(|| Breach {
        at: function.environment_at.clone(),
        what: format!(
            "The environment variables of the function `{key}` are {} bytes as JSON, which is how Lambda counts; it takes {}.",
            grouped(bytes),
            grouped(ENVIRONMENT_BYTES)
        ),
        way_out: format!(
            "Put long values (the longest is {}) into a file that the function is built with, or keep them in Parameter \
             Store and let the function read them.",
            largest.unwrap_or_default()
        ),
    })
}

fn definition_size(definition: &Definition, at: &Place, stack: &Stack) -> Option<Breach> {
    let bytes = definition.resolve(stack).json.len();
    (bytes > DEFINITION_BYTES).then(|| Breach {
        at: at.clone(),
        what: format!(
            "The definition in {} is {} bytes; Step Functions takes {}.",
            definition.file,
            grouped(bytes),
            grouped(DEFINITION_BYTES)
        ),
        way_out: "Move a part of it into a state machine of its own and start it with \
                  arn:aws:states:::states:startExecution.sync:2."
            .to_owned(),
    })
}

fn policy(role: &Role) -> Option<Breach> {
    let document = role.policy.document()?.to_string();
    let characters = document.chars().filter(|character| !character.is_whitespace()).count();
    let (of, way_out) = match &role.owner {
        RoleOwner::Function(key) => (
            format!("function `{key}`"),
            "Name fewer resources in its `permissions`: one with `*` at its end can stand for many.",
        ),
        RoleOwner::StateMachine(key) => (
            format!("state machine `{key}`"),
            "Move a part of its definition into a state machine of its own, which has a role of its own.",
        ),
    };
    (characters > POLICY_CHARACTERS).then(|| Breach {
        at: role.at.clone(),
        what: format!(
            "The policy of the {of} is {} characters long; IAM takes {} for a role.",
            grouped(characters),
            grouped(POLICY_CHARACTERS)
        ),
        way_out: format!("{way_out} `workshop print --policies` shows what is in it."),
    })
}

fn routes(service: &Service) -> Option<Breach> {
    let first_too_many = service.routes.get(ROUTES)?;
    Some(Breach {
        at: first_too_many.at.clone(),
        what: format!(
            "This is the first route too many: the service has {}, and an HTTP API takes {ROUTES}.",
            service.routes.len()
        ),
        way_out: "Let one route with a path parameter, such as `ANY /users/{rest+}`, lead to a function that tells the paths \
                  apart; or make a second service."
            .to_owned(),
    })
}

#[cfg(test)]
mod tests;
