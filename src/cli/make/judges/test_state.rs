//! TestState runs the states of a case one by one: nothing is deployed. What a state calls, or has inside, is what it was in the
//! engine's run.

use std::collections::BTreeMap;

use aws::tests_of::{self, StateEnd, StateRan, StateRun};
use aws::{Aws, AwsErrorKind};
use serde_json::{Value, json};
use simulate::{Observed, RecordedEvent, Stand, stand, with_inside};

use super::judged::{Judged, Seen};
use crate::cli::error::CliError;

/// So many states are run of one case.
const MAX_STATES: usize = 1000;

/// The fields of a Wait state that say how long it waits: TestState would wait.
const OF_WAITING: [&str; 4] = ["Seconds", "SecondsPath", "Timestamp", "TimestampPath"];

/// Runs the case.
///
/// # Errors
/// TestState can't be reached.
pub(in crate::cli::make) async fn see(judged: &Judged<'_>, aws: &Aws) -> Result<Seen, CliError> {
    let definition: Value = serde_json::from_str(&judged.machine.json).unwrap_or_default();
    let mut walk = Walk {
        judged,
        definition: &definition,
        state: definition["StartAt"].as_str().unwrap_or_default().to_owned(),
        input: judged.case.input.to_string(),
        variables: "{}".to_owned(),
        entries: BTreeMap::new(),
        events: Vec::new(),
    };
    for _ in 0..MAX_STATES {
        let ran = match walk.run_state(aws).await? {
            Ok(ran) => ran,
            Err(why) => return Ok(Err(why)),
        };
        if let Some(outcome) = walk.go_on(ran) {
            let run = walk.observed(outcome).run();
            return Ok(Ok(with_inside(run, &judged.engine, &judged.machine.subject)));
        }
    }
    Ok(Err(format!("it has gone through {MAX_STATES} states")))
}

/// A case on its way from state to state.
struct Walk<'a> {
    judged: &'a Judged<'a>,
    definition: &'a Value,
    state: String,
    /// As JSON text, like the variables.
    input: String,
    variables: String,
    /// How often each state was entered before.
    entries: BTreeMap<String, usize>,
    events: Vec<RecordedEvent>,
}

impl Walk<'_> {
    /// Runs the state that it is in, as often as it is tried.
    async fn run_state(&mut self, aws: &Aws) -> Result<Result<StateRan, String>, CliError> {
        let body = self.definition["States"][self.state.as_str()].clone();
        let nth = *self.entries.get(&self.state).unwrap_or(&0);
        *self.entries.entry(self.state.clone()).or_default() += 1;
        self.note("StateEntered", &body, &self.input.clone());
        let entered = self.events.last().map_or(0, |event| event.id);
        for attempt in 0.. {
            let calls = matches!(body["Type"].as_str(), Some("Task" | "Parallel" | "Map"));
            let stand = stand(&self.judged.engine, &self.state, &body, nth, attempt);
            if calls && stand.is_none() {
                return Ok(Err(format!("in the engine `{}` was not called so often", self.state)));
            }
            let run = StateRun {
                variables: self.variables.clone(),
                input: self.input.clone(),
                stand: stand.filter(|_| calls).map(standing),
                retries: i32::try_from(attempt).unwrap_or(i32::MAX),
                ..self.asked(&body)
            };
            match tests_of::test_state(aws, &run).await {
                Ok(ran) => {
                    if body["Type"] == "Task" {
                        let arguments = ran.arguments.clone().unwrap_or_else(|| self.input.clone());
                        self.note_call(entered, &arguments);
                    }
                    if ran.end != StateEnd::Retriable {
                        return Ok(Ok(ran));
                    }
                }
                Err(error) if error.kind == AwsErrorKind::Other => {
                    return Ok(Err(format!("TestState refuses `{}`: {error}", self.state)));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Err("it is tried again and again".to_owned()))
    }

    /// The definition that is sent: the whole one, but for a Wait state, whose waiting is left out.
    fn asked(&self, body: &Value) -> StateRun {
        let Some(members) = body.as_object().filter(|_| body["Type"] == "Wait") else {
            let state = Some(self.state.clone());
            return StateRun { definition: self.definition.to_string(), state, ..StateRun::default() };
        };
        let mut passed = members.clone();
        passed.retain(|member, _| !OF_WAITING.contains(&member.as_str()));
        passed.insert("Type".to_owned(), json!("Pass"));
        if let Some(language) = self.definition.get("QueryLanguage") {
            passed.entry("QueryLanguage").or_insert_with(|| language.clone());
        }
        StateRun { definition: Value::Object(passed).to_string(), ..StateRun::default() }
    }

    /// Goes on to the next state; the outcome when there is none.
    fn go_on(&mut self, ran: StateRan) -> Option<asl::Outcome> {
        let body = self.definition["States"][self.state.as_str()].clone();
        if ran.end == StateEnd::Failed {
            return Some(asl::Outcome::Failed(asl::Failure {
                error: ran.error,
                cause: ran.cause.map(|cause| self.cause_of_execution(cause)),
            }));
        }
        let output = ran.output.unwrap_or_else(|| "null".to_owned());
        let before: Value = serde_json::from_str(&self.variables).unwrap_or_default();
        self.variables = ran.variables.unwrap_or_else(|| self.variables.clone());
        self.note("StateExited", &body, &output);
        let after: Value = serde_json::from_str(&self.variables).unwrap_or_default();
        if let Some(exited) = self.events.last_mut() {
            let changed =
                after.as_object().into_iter().flatten().filter(|(name, value)| before.get(name) != Some(value));
            exited.assigned = changed.map(|(name, value)| (name.clone(), value.clone())).collect();
        }
        match ran.next {
            Some(next) => {
                self.state = next;
                self.input = output;
                None
            }
            None => Some(asl::Outcome::Succeeded { output: output.into() }),
        }
    }

    /// An execution's cause begins with the state that the error occurred in, which TestState leaves out.
    fn cause_of_execution(&self, cause: String) -> String {
        let expected = match &self.judged.engine.outcome {
            Some(asl::Outcome::Failed(failure)) => failure.cause.as_deref(),
            _ => None,
        };
        let start = expected.and_then(|expected| expected.strip_suffix(cause.as_str()));
        let is_of_state = |start: &&str| start.starts_with("An error occurred while executing the state '");
        start.filter(is_of_state).map(|start| format!("{start}{cause}")).unwrap_or(cause)
    }

    fn note(&mut self, kind: &str, body: &Value, payload: &str) {
        let id = u64::try_from(self.events.len()).unwrap_or(u64::MAX) + 1;
        let value = serde_json::from_str(payload).ok();
        let is_entry = kind == "StateEntered";
        self.events.push(RecordedEvent {
            id,
            previous: id - 1,
            at: self.judged.engine.started_at,
            kind: format!("{}{kind}", body["Type"].as_str().unwrap_or_default()),
            state: Some(self.state.clone()),
            input: value.clone().filter(|_| is_entry),
            output: value.filter(|_| !is_entry),
            ..RecordedEvent::default()
        });
    }

    /// Notes that a state has called its task.
    fn note_call(&mut self, entered: u64, arguments: &str) {
        let id = u64::try_from(self.events.len()).unwrap_or(u64::MAX) + 1;
        self.events.push(RecordedEvent {
            id,
            previous: entered,
            at: self.judged.engine.started_at,
            kind: "TaskScheduled".to_owned(),
            input: serde_json::from_str(arguments).ok(),
            ..RecordedEvent::default()
        });
    }

    fn observed(&self, outcome: asl::Outcome) -> Observed {
        Observed {
            outcome,
            started_at: self.judged.engine.started_at,
            ended_at: self.judged.engine.ended_at,
            input: self.judged.case.input.clone(),
            events: self.events.clone(),
            children: Vec::new(),
        }
    }
}

fn standing(stand: Stand) -> tests_of::Stand {
    match stand {
        Stand::Result(result) => tests_of::Stand::Result(result),
        Stand::Error { error, cause } => tests_of::Stand::Error { error, cause },
    }
}
