//! CreateStateMachine and DeleteStateMachine.

use std::sync::Arc;

use cloud_core::{Change, Location, Request, ServiceError};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

use super::role;
use super::settings::{self, Tracing};
use crate::api::answer::Answer;
use crate::api::encryption::check_encryption;
use crate::api::registered::{MAX_REGISTERED, is_full};
use crate::api::tag::{Tag, merge};
use crate::deletion;
use crate::rows::format::FormatVersion;
use crate::rows::machine::{Kind, Logging, Machine, Revision, Row, Version, seconds};
use crate::states::States;
use crate::wire::errors;
use crate::wire::names::{MachineReference, check_name};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Create {
    name: String,
    definition: String,
    role_arn: String,
    r#type: Option<String>,
    #[serde(default)]
    logging_configuration: Logging,
    #[serde(default)]
    tracing_configuration: Tracing,
    encryption_configuration: Option<Value>,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default)]
    publish: bool,
    version_description: Option<String>,
}

/// Creates a state machine. The same request again gives the same answer, a version and its description being part of
/// it; role and tags are not looked at then (API reference, `CreateStateMachine`).
pub(crate) async fn create(states: &Arc<States>, request: &Request) -> Answer {
    let input: Create = request.json()?;
    let arn = request.location().arn("states", &format!("stateMachine:{}", input.name));
    let kind = check(states, &input, &arn)?;
    let mut machine = Machine {
        format: FormatVersion,
        location: request.location().key_prefix(),
        name: input.name,
        kind,
        created_at: request.received_at,
        deleting: false,
        revision: 0,
        versions: Vec::new(),
        aliases: Vec::new(),
        next_version: 1,
        tags: merge(Default::default(), input.tags)?,
    };
    let revision = Revision {
        format: FormatVersion,
        number: 0,
        id: None,
        definition: input.definition,
        role_arn: input.role_arn,
        logging: input.logging_configuration,
        tracing_enabled: input.tracing_configuration.enabled,
        updated_at: request.received_at,
    };
    let published = match input.publish {
        true => Some(machine.publish(input.version_description, request.received_at)?),
        false => None,
    };
    let key = machine.key();
    let prefix = request.location().key("");
    let created = states.machines.change(|rows| match rows.get(&key) {
        Some(Row::Machine(existing)) => {
            let current = match rows.get(&Revision::key(&key, existing.revision)) {
                Some(Row::Revision(current)) => Some(current),
                _ => None,
            };
            existing_is_the_same(existing, current, (&revision, kind), published.as_ref())
                .map(|answer| (Vec::new(), answer))
        }
        _ if is_full(rows, &prefix, MAX_REGISTERED, |row| matches!(row, Row::Machine(_))) => {
            Err(errors::too_many_registered("StateMachine", MAX_REGISTERED))
        }
        _ => {
            let answer = answer(&machine, published.as_ref());
            let rows = vec![
                Change::Put(Revision::key(&key, 0), Row::Revision(revision)),
                Change::Put(key.clone(), Row::Machine(machine)),
            ];
            Ok((rows, answer))
        }
    });
    created.await
}

fn check(states: &States, input: &Create, arn: &str) -> Result<Kind, ServiceError> {
    check_name(&input.name)?;
    let kind = match input.r#type.as_deref() {
        Some("EXPRESS") => Kind::Express,
        _ => Kind::Standard,
    };
    settings::check_publish(input.publish, input.version_description.as_deref())?;
    check_encryption(input.encryption_configuration.as_ref())?;
    settings::check_definition(&input.definition, kind)?;
    let location = Location::of_arn(arn).unwrap_or_default();
    settings::check_logging(states, &location, &input.logging_configuration)?;
    settings::check_role(states, &input.role_arn, arn)?;
    role::check(states, &input.role_arn, &location, &input.definition, &input.logging_configuration)?;
    Ok(kind)
}

fn existing_is_the_same(
    existing: &Machine,
    current: Option<&Revision>,
    (wanted, kind): (&Revision, Kind),
    publish: Option<&Version>,
) -> Answer {
    if existing.deleting {
        return Err(errors::machine_deleting(&existing.arn()));
    }
    let same = current
        .is_some_and(|current| wanted.is_like(&Revision { role_arn: wanted.role_arn.clone(), ..current.clone() }));
    let known = publish.and_then(|wanted| {
        let is_it =
            |version: &&Version| version.revision == existing.revision && version.description == wanted.description;
        existing.versions.iter().rev().find(is_it)
    });
    let as_published = match publish {
        Some(_) => known.is_some(),
        // What was published later on has nothing to do with how it was created.
        None => existing.versions.iter().all(|version| version.created_at != existing.created_at),
    };
    if same && existing.kind == kind && as_published {
        Ok(answer(existing, known))
    } else {
        Err(errors::machine_exists(&existing.arn()))
    }
}

fn answer(machine: &Machine, version: Option<&Version>) -> Value {
    let mut answer = Map::new();
    answer.insert("stateMachineArn".into(), json!(machine.arn()));
    answer.insert("creationDate".into(), seconds(machine.created_at));
    if let Some(version) = version {
        answer.insert("stateMachineVersionArn".into(), json!(machine.version_arn(version.number)));
    }
    Value::Object(answer)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Delete {
    state_machine_arn: String,
}

/// Begins to delete a state machine: it is gone once none of its executions runs. One that is not there is deleted
/// already, as on AWS.
pub(crate) async fn delete(states: &Arc<States>, request: &Request) -> Answer {
    let input: Delete = request.json()?;
    let reference = MachineReference::of(request, &input.state_machine_arn)?;
    if reference.qualifier.is_some() {
        // What AWS answers is not known; the machine and all its other versions would go otherwise. The text is ours.
        let problem = format!("{} is the ARN of a version or an alias, and no state machine's", reference.arn);
        return Err(errors::validation(problem));
    }
    // In a task of its own: what is marked is removed, whoever goes away in between.
    let (answer, answered) = oneshot::channel();
    let states = Arc::clone(states);
    tokio::spawn(async move {
        // Readers may see the mark late: a task of its own has none of the caller's view.
        let marked = states.faults.remembering(mark(&states, &reference.key)).await;
        let is_marked = marked.is_ok();
        // Whoever asked may have gone away.
        drop(answer.send(marked));
        if is_marked {
            deletion::begin(&states, &reference.key).await;
        }
    });
    answered.await.map_err(|_| ServiceError::internal("The deletion was interrupted."))??;
    Ok(json!({}))
}

/// Marks a state machine as being deleted.
async fn mark(states: &States, key: &str) -> Result<(), ServiceError> {
    let marked = states.machines.change(|rows| match rows.get(key) {
        Some(Row::Machine(machine)) if !machine.deleting => {
            let deleting = Machine { deleting: true, ..machine.clone() };
            Ok((vec![Change::Put(key.to_owned(), Row::Machine(deleting))], ()))
        }
        _ => {
            states.machines.refuse_unreadable(key)?;
            Ok((Vec::new(), ()))
        }
    });
    marked.await
}
