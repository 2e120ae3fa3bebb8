//! UpdateStateMachine.

use std::sync::Arc;

use cloud_core::{Change, Location, Request, ServiceError};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::role;
use super::settings::{self, Tracing};
use crate::api::answer::Answer;
use crate::api::encryption::check_encryption;
use crate::rows::machine::{Kind, Logging, Revision, Row, seconds};
use crate::states::States;
use crate::wire::errors;
use crate::wire::names::MachineReference;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Update {
    state_machine_arn: String,
    definition: Option<String>,
    role_arn: Option<String>,
    logging_configuration: Option<Logging>,
    tracing_configuration: Option<Tracing>,
    encryption_configuration: Option<Value>,
    #[serde(default)]
    publish: bool,
    version_description: Option<String>,
}

/// Gives a state machine a new revision, if anything changes. Executions that run keep theirs; what the request leaves
/// out stays.
pub(crate) async fn update(states: &Arc<States>, request: &Request) -> Answer {
    let input: Update = request.json()?;
    let reference = MachineReference::of(request, &input.state_machine_arn)?;
    let missing = || states.no_machine(&reference.key, || errors::machine_missing(&reference.arn));
    let kind = states.machine(&reference.key).map(|machine| machine.kind).unwrap_or_default();
    check(states, &input, kind, &reference.arn)?;
    if reference.qualifier.is_some() {
        return Err(missing());
    }
    check_role_may(states, &input, &reference.key, &request.location())?;
    let now = request.received_at;
    let updated = states.machines.change(|rows| {
        let Some(Row::Machine(machine)) = rows.get(&reference.key) else {
            return Err(missing());
        };
        if machine.deleting {
            return Err(errors::machine_deleting(&machine.arn()));
        }
        let revision_key = Revision::key(&reference.key, machine.revision);
        let Some(Row::Revision(current)) = rows.get(&revision_key) else {
            return Err(states.machines.missing(&revision_key, missing));
        };
        let mut machine = machine.clone();
        let mut changes = Vec::new();
        let mut wanted = apply(&input, current);
        if !wanted.is_like(current) {
            machine.revision += 1;
            wanted = Revision {
                number: machine.revision,
                id: Some(states.random.uuid().to_string()),
                updated_at: now,
                ..wanted
            };
            changes.push(Change::Put(Revision::key(&reference.key, wanted.number), Row::Revision(wanted.clone())));
        }
        let mut answer = Map::new();
        answer.insert("updateDate".into(), seconds(now));
        if let Some(id) = &wanted.id {
            answer.insert("revisionId".into(), json!(id));
        }
        if input.publish {
            let version = machine.publish(input.version_description.clone(), now)?;
            answer.insert("stateMachineVersionArn".into(), json!(machine.version_arn(version.number)));
        }
        changes.push(Change::Put(reference.key.clone(), Row::Machine(machine)));
        Ok((changes, Value::Object(answer)))
    });
    updated.await
}

fn check(states: &States, input: &Update, kind: Kind, arn: &str) -> Result<(), ServiceError> {
    let nothing = input.definition.is_none() && input.role_arn.is_none();
    let settings = [
        input.logging_configuration.is_some(),
        input.tracing_configuration.is_some(),
        input.encryption_configuration.is_some(),
    ];
    if nothing && !settings.contains(&true) {
        let message = "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be \
                       specified";
        return Err(ServiceError::bad_request("MissingRequiredParameter", message));
    }
    check_encryption(input.encryption_configuration.as_ref())?;
    settings::check_publish(input.publish, input.version_description.as_deref())?;
    input.definition.as_deref().map_or(Ok(()), |text| settings::check_definition(text, kind))?;
    let here = Location::of_arn(arn).unwrap_or_default();
    let logging = input.logging_configuration.as_ref();
    logging.map_or(Ok(()), |logging| settings::check_logging(states, &here, logging))?;
    input.role_arn.as_deref().map_or(Ok(()), |role_arn| settings::check_role(states, role_arn, arn))
}

/// Checks what the role has to be allowed for the revision that would come of the update.
fn check_role_may(states: &States, input: &Update, key: &str, location: &Location) -> Result<(), ServiceError> {
    let current = states.machine(key).map(|machine| states.revision(key, machine.revision)).transpose()?;
    let Some(wanted) = current.map(|current| apply(input, &current)) else { return Ok(()) };
    role::check(states, &wanted.role_arn, location, &wanted.definition, &wanted.logging)
}

fn apply(input: &Update, current: &Revision) -> Revision {
    Revision {
        definition: input.definition.clone().unwrap_or_else(|| current.definition.clone()),
        role_arn: input.role_arn.clone().unwrap_or_else(|| current.role_arn.clone()),
        logging: input.logging_configuration.clone().unwrap_or_else(|| current.logging.clone()),
        tracing_enabled: input
            .tracing_configuration
            .as_ref()
            .map_or(current.tracing_enabled, |tracing| tracing.enabled),
        ..current.clone()
    }
}
