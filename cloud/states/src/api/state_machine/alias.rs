//! CreateStateMachineAlias, UpdateStateMachineAlias, DescribeStateMachineAlias, ListStateMachineAliases and
//! DeleteStateMachineAlias.

use std::sync::Arc;

use cloud_core::{Change, Request, ServiceError};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::answer::Answer;
use crate::api::page::{self, OfMachine};
use crate::rows::machine::{Alias, Machine, Route, Row, seconds};
use crate::states::States;
use crate::wire::errors::{self, validation};
use crate::wire::names::MachineReference;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Routed {
    state_machine_version_arn: String,
    weight: u64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Create {
    name: String,
    description: Option<String>,
    routing_configuration: Vec<Routed>,
}

/// Creates an alias. The same request again gives the same answer.
pub(crate) async fn create(states: &Arc<States>, request: &Request) -> Answer {
    let input: Create = request.json()?;
    let (key, routes) = routes(request, &input.routing_configuration)?;
    let now = request.received_at;
    let created = edit(states, &key, |machine| {
        check_versions(machine, &routes)?;
        let answer = |machine: &Machine, created_at| json!({"stateMachineAliasArn": machine.version_arn(&input.name), "creationDate": seconds(created_at)});
        if let Some(known) = machine.alias(&input.name) {
            let same = known.routes == routes && known.description == input.description;
            return if same { Ok(answer(machine, known.created_at)) } else { Err(exists(machine, &input.name)) };
        }
        machine.aliases.push(Alias {
            name: input.name.clone(),
            description: input.description,
            routes,
            created_at: now,
            updated_at: now,
        });
        Ok(answer(machine, now))
    });
    created.await
}

/// The resource of CreateStateMachineAlias: the state machine whose versions are routed to.
pub(crate) fn resource(request: &Request) -> Option<String> {
    let routes = request.json::<Create>().ok()?.routing_configuration;
    let version = &routes.first()?.state_machine_version_arn;
    version.rsplit_once(':').map(|(machine, _)| machine.to_owned())
}

fn exists(machine: &Machine, name: &str) -> ServiceError {
    let message = format!(
        "Failed to create alias because an alias with the same name and a different routing configuration already exists: '{}'",
        machine.version_arn(name)
    );
    ServiceError::bad_request("ConflictException", message)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Update {
    state_machine_alias_arn: String,
    description: Option<String>,
    routing_configuration: Option<Vec<Routed>>,
}

/// Changes an alias; what the request leaves out stays.
pub(crate) async fn update(states: &Arc<States>, request: &Request) -> Answer {
    let input: Update = request.json()?;
    let reference = MachineReference::of(request, &input.state_machine_alias_arn)?;
    let routes = input.routing_configuration.as_deref().map(|given| routes(request, given)).transpose()?;
    let now = request.received_at;
    let updated = edit(states, &reference.key, |machine| {
        if let Some((_, routes)) = &routes {
            check_versions(machine, routes)?;
        }
        let named = |alias: &&mut Alias| reference.qualifier.as_deref() == Some(&alias.name);
        let alias = machine.aliases.iter_mut().find(named).ok_or_else(missing)?;
        alias.description = input.description.or_else(|| alias.description.take());
        if let Some((_, routes)) = routes {
            alias.routes = routes;
        }
        alias.updated_at = now;
        Ok(json!({ "updateDate": seconds(now) }))
    });
    updated.await
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    state_machine_alias_arn: String,
}

pub(crate) async fn describe(states: &Arc<States>, request: &Request) -> Answer {
    let reference = MachineReference::of(request, &request.json::<Named>()?.state_machine_alias_arn)?;
    let machine = states.machine(&reference.key).ok_or_else(|| states.no_machine(&reference.key, missing))?;
    let alias = reference.qualifier.as_deref().and_then(|name| machine.alias(name)).ok_or_else(missing)?;
    let routes = alias
        .routes
        .iter()
        .map(|route| json!({"stateMachineVersionArn": machine.version_arn(route.version), "weight": route.weight}));
    let mut answer = item(&machine, alias);
    answer["name"] = json!(alias.name);
    answer["routingConfiguration"] = json!(routes.collect::<Vec<Value>>());
    answer["updateDate"] = seconds(alias.updated_at);
    if let Some(description) = &alias.description {
        answer["description"] = json!(description);
    }
    Ok(answer)
}

/// Deletes an alias; one that is not there is deleted already.
pub(crate) async fn delete(states: &Arc<States>, request: &Request) -> Answer {
    let reference = MachineReference::of(request, &request.json::<Named>()?.state_machine_alias_arn)?;
    let deleted = edit(states, &reference.key, |machine| {
        machine.aliases.retain(|alias| reference.qualifier.as_deref() != Some(&alias.name));
        Ok(json!({}))
    });
    deleted.await
}

/// The aliases of a state machine or of one of its versions, oldest first.
pub(crate) async fn list(states: &Arc<States>, request: &Request) -> Answer {
    let OfMachine { reference, machine, size, from } = OfMachine::<usize>::read(states, request)?;
    let after = from.unwrap_or(0);
    let missing = || errors::machine_missing(&reference.arn);
    let version = match &reference.qualifier {
        Some(qualifier) => Some(machine.version(qualifier).ok_or_else(missing)?.number),
        None => None,
    };
    let listed = |alias: &&Alias| version.is_none_or(|number| alias.routes.iter().any(|route| route.version == number));
    let left: Vec<&Alias> = machine.aliases.iter().filter(listed).skip(after).collect();
    let shown: Vec<Value> = left.iter().take(size).map(|alias| item(&machine, alias)).collect();
    let mut answer = json!({ "stateMachineAliases": shown });
    if left.len() > size {
        answer["nextToken"] = json!(page::token(&(after + size))?);
    }
    Ok(answer)
}

fn item(machine: &Machine, alias: &Alias) -> Value {
    json!({
        "stateMachineAliasArn": machine.version_arn(&alias.name),
        "creationDate": seconds(alias.created_at),
    })
}

fn missing() -> ServiceError {
    ServiceError::bad_request("ResourceNotFound", "Request references a resource that does not exist.")
}

/// Reads a routing configuration: the state machine's key, and the versions.
fn routes(request: &Request, given: &[Routed]) -> Result<(String, Vec<Route>), ServiceError> {
    let arns: Vec<&str> = given.iter().map(|route| route.state_machine_version_arn.as_str()).collect();
    let refuse =
        |what: &str| validation(format!("Routing configuration must contain {what}. Received: [{}]", arns.join(", ")));
    let mut routes = Vec::new();
    let mut keys = Vec::new();
    for route in given {
        let reference = MachineReference::of(request, &route.state_machine_version_arn)?;
        let number = reference.qualifier.as_deref().and_then(|qualifier| qualifier.parse().ok());
        let version = number.ok_or_else(|| refuse("state machine version ARNs"))?;
        routes.push(Route { version, weight: route.weight });
        keys.push(reference.key);
    }
    if let [first, second] = arns.as_slice()
        && first == second
    {
        return Err(refuse("distinct state machine version ARNs"));
    }
    let weights: Vec<String> = given.iter().map(|route| route.weight.to_string()).collect();
    if routes.iter().map(|route| route.weight).sum::<u64>() != 100 {
        let received = weights.join(", ");
        return Err(validation(format!("Sum of routing configuration weights must equal 100. Received: [{received}]")));
    }
    keys.dedup();
    match (keys.pop(), keys.is_empty()) {
        (Some(key), true) => Ok((key, routes)),
        _ => Err(refuse("versions of one state machine")),
    }
}

fn check_versions(machine: &Machine, routes: &[Route]) -> Result<(), ServiceError> {
    let unknown = routes.iter().find(|route| machine.version(&route.version.to_string()).is_none());
    match unknown {
        Some(route) => Err(errors::resource_missing(&machine.version_arn(route.version))),
        None => Ok(()),
    }
}

/// Changes a state machine's aliases, durably.
async fn edit(states: &Arc<States>, key: &str, edit: impl FnOnce(&mut Machine) -> Answer) -> Answer {
    let edited = states.machines.change(|rows| {
        let Some(Row::Machine(machine)) = rows.get(key) else { return Err(states.no_machine(key, missing)) };
        if machine.deleting {
            return Err(errors::machine_deleting(&machine.arn()));
        }
        let mut machine = machine.clone();
        let answer = edit(&mut machine)?;
        Ok((vec![Change::Put(key.to_owned(), Row::Machine(machine))], answer))
    });
    edited.await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_add_up() {
        let arn = |version: u32| format!("arn:aws:states:us-east-1:000000000000:stateMachine:m:{version}");
        let given = |weights: [u64; 2]| {
            let routed = |(version, weight)| Routed { state_machine_version_arn: arn(version), weight };
            let request =
                Request::internal("id".to_owned(), jiff::Timestamp::UNIX_EPOCH, &Default::default(), "states");
            routes(&request, &(1..).zip(weights).map(routed).collect::<Vec<_>>())
        };
        assert_eq!(given([70, 30]).unwrap().0, "us-east-1/m");
        assert_eq!(
            given([70, 31]).unwrap_err().message,
            "Sum of routing configuration weights must equal 100. Received: [70, 31]"
        );
    }
}
