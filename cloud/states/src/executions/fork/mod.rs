//! Forking an execution: a new one begins where another was, by the other's history.

use asl::{ForkError, ForkPoint, HistoryEvent, PastEvent, StateMachine, TakenOver};
use cloud_core::{Change, ServiceError};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::driver::Message;
use crate::executions::new_execution::NewExecution;
use crate::executions::{KeptHistory, check_input};
use crate::rows::execution::ExecutionKey;
use crate::rows::history::read_events;
use crate::rows::machine::{Kind, Revision, Row, seconds};
use crate::states::States;
use crate::wire::errors;
use crate::wire::names::{ExecutionReference, MachineReference, check_name};

/// What is asked for: `POST /_workshop/fork`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ForkRequest {
    /// The execution that is forked, if it is one of this cloud.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution_arn: Option<String>,
    /// The state machine of the new execution, where the history is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_machine_arn: Option<String>,
    /// The history of an execution elsewhere: its events as `GetExecutionHistory` has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<Vec<Value>>,
    /// The definition that the given history is of; the state machine's unless it is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history_definition: Option<String>,
    /// The event at which the new execution begins: that of a state, or the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_event: Option<u64>,
    /// Another input for the state that begins, as JSON text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// Another definition, as JSON text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// The new execution's name; a random one when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// An execution that was forked.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Forked {
    /// The new execution.
    pub execution_arn: String,
    /// When it started, in seconds since 1970.
    pub start_date: Value,
    /// What it took over.
    pub taken_over: TakenOver,
}

/// How many events are read from the store at a time.
const PAGE: usize = 1000;

/// The execution that is forked.
struct Origin {
    machine: String,
    revision: u64,
    events: Vec<PastEvent>,
    /// The input that it was started with.
    input: String,
    /// The definition that its history is of.
    definition: Option<StateMachine>,
}

impl States {
    /// Starts an execution where another one was. It is durable when this answers.
    ///
    /// # Errors
    /// What there is to refuse in the request, `ForkNotPossible` with the reason why the history or the definition does not allow
    /// it, or the store's failure.
    pub async fn fork(&self, request: ForkRequest) -> Result<Forked, ServiceError> {
        let origin = self.origin(&request)?;
        let has_drawn_name = request.name.is_none();
        let name = request.name.clone().unwrap_or_else(|| self.random.uuid().to_string());
        check_name(&name)?;
        request.input.as_deref().map_or(Ok(()), check_input)?;
        let compiled = self.compiled(&origin.machine, origin.revision)?;
        let point = {
            let own = self.definition(&compiled);
            let machine = origin.definition.as_ref().unwrap_or(&own);
            ForkPoint::find(machine, &origin.events, request.at_event, request.input.as_deref())
        };
        let point = point.map_err(|error| not_possible(&error))?;
        let taken_over = point.taken_over().clone();
        let revision = match &request.definition {
            Some(definition) => self.revision_with(&origin.machine, origin.revision, definition).await?,
            None => origin.revision,
        };
        let key = ExecutionKey::new(&origin.machine, &name);
        let new = NewExecution {
            key: key.clone(),
            has_drawn_name,
            kind: Kind::Standard,
            revision,
            version: None,
            alias: None,
            input: origin.input,
            started_by: None,
            fork: Some(Box::new(point)),
            mocks: None,
        };
        let started_at = self.driver.ask(&key, |reply| Message::Start(Box::new(new), reply)).await?;
        let arn = key.arn();
        tracing::info!(execution = arn, begins = taken_over.begins.len(), "an execution was forked");
        Ok(Forked { execution_arn: arn, start_date: seconds(started_at), taken_over })
    }

    fn origin(&self, request: &ForkRequest) -> Result<Origin, ServiceError> {
        match (&request.execution_arn, &request.history, &request.state_machine_arn) {
            (Some(arn), None, None) => self.own_origin(arn),
            (None, Some(history), Some(machine_arn)) => {
                self.foreign_origin(history, machine_arn, request.history_definition.as_deref())
            }
            _ => Err(errors::validation("A fork is of an executionArn, or of a history with a stateMachineArn.")),
        }
    }

    fn own_origin(&self, arn: &str) -> Result<Origin, ServiceError> {
        let reference = ExecutionReference::parse(arn)?;
        if reference.machine.rsplit('/').next().is_some_and(|machine| machine.contains(':')) {
            let reason = "It is a child of a Map Run; fork the execution that started the Map Run.";
            return Err(errors::fork_not_possible(reason));
        }
        let key = ExecutionKey::new(&reference.machine, &reference.name);
        let missing = || errors::execution_missing(&reference.arn);
        let row = self.kept_execution(&key)?.ok_or_else(missing)?;
        let events = match self.kept_history(&key)?.ok_or_else(missing)? {
            KeptHistory::Events(events) => events,
            KeptHistory::Rows => self.all_events(&key)?,
        };
        let events = events.iter().filter_map(|event| PastEvent::of_api_json(&event.to_api_json(Value::Null)));
        Ok(Origin {
            machine: reference.machine,
            revision: row.head.revision,
            events: events.collect(),
            input: row.input().to_owned(),
            definition: None,
        })
    }

    fn all_events(&self, key: &ExecutionKey) -> Result<Vec<HistoryEvent>, ServiceError> {
        let mut events: Vec<HistoryEvent> = Vec::new();
        loop {
            let after = events.last().map(|event| event.id);
            let page = read_events(&self.store, key, after, false, PAGE)?;
            let is_last = !page.has_more || page.events.is_empty();
            events.extend(page.events);
            if is_last {
                return Ok(events);
            }
        }
    }

    fn foreign_origin(
        &self,
        history: &[Value],
        machine_arn: &str,
        definition: Option<&str>,
    ) -> Result<Origin, ServiceError> {
        let reference = MachineReference::parse(machine_arn)?;
        let missing = || self.no_machine(&reference.key, || errors::machine_missing(&reference.arn));
        let machine = self.machine(&reference.key).ok_or_else(missing)?;
        if machine.kind == Kind::Express {
            return Err(errors::wrong_type());
        }
        let mut events: Vec<PastEvent> = history.iter().filter_map(PastEvent::of_api_json).collect();
        events.sort_unstable_by_key(PastEvent::id);
        let started =
            history.iter().find_map(|event| event.get("executionStartedEventDetails")?.get("input")?.as_str());
        let without = || errors::fork_not_possible("The history does not have the input of the execution.");
        let input = started.ok_or_else(without)?.to_owned();
        check_input(&input)?;
        let parsed = definition.map(StateMachine::parse).transpose();
        Ok(Origin {
            machine: reference.key,
            revision: machine.revision,
            events,
            input,
            definition: parsed.map_err(|error| errors::invalid_definition(&error.aws_text()))?,
        })
    }

    /// A revision with another definition, which is no state machine's current one. The same definition has one revision.
    async fn revision_with(&self, machine: &str, base: u64, definition: &str) -> Result<u64, ServiceError> {
        StateMachine::parse(definition).map_err(|error| errors::invalid_definition(&error.aws_text()))?;
        let now = self.clock.now();
        let missing = || self.no_machine(machine, || errors::machine_missing(machine));
        let changed = self.machines.change(|rows| {
            let Some(Row::Revision(base)) = rows.get(&Revision::key(machine, base)) else {
                return Err(missing());
            };
            let own = format!("{machine}/");
            let forks = rows.range(Revision::key(machine, Revision::FIRST_OF_FORKS)..);
            let mut next = Revision::FIRST_OF_FORKS;
            let wanted = Revision { definition: definition.to_owned(), updated_at: now, ..base.clone() };
            for (_, row) in forks.take_while(|(key, _)| key.starts_with(&own)) {
                let Row::Revision(known) = row else { continue };
                if known.is_like(&wanted) {
                    return Ok((Vec::new(), known.number));
                }
                next = known.number + 1;
            }
            let new = Revision { number: next, id: Some(self.random.uuid().to_string()), ..wanted };
            Ok((vec![Change::Put(Revision::key(machine, next), Row::Revision(new))], next))
        });
        changed.await
    }
}

/// Why a fork is not possible, for whoever asked.
pub(crate) fn not_possible(error: &ForkError) -> ServiceError {
    let mut text = error.to_string();
    if let Some(first) = text.get(..1).map(str::to_uppercase) {
        text.replace_range(..1, &first);
    }
    errors::fork_not_possible(format!("{text}."))
}

#[cfg(test)]
mod tests;
