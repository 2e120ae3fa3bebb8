//! TestState: one state, run alone, with what each step of its data flow gave.

mod answer;
mod asked;
mod http_inspection;
mod mock_result;
mod refusals;
mod run;

use std::sync::Arc;

use asl::{Start, StateTestSetup, TestedState};
use cloud_core::{Request, ServiceError};
use serde_json::{Map, Value};

use self::asked::{Asked, StateConfiguration};
use super::answer::Answer;
use crate::api::state_machine::settings;
use crate::executions;
use crate::integration::Caller;
use crate::states::States;
use crate::wire::errors;

/// Tests one state. With a mock nothing is called; without one a task is called as an execution calls it.
pub(crate) async fn test_state(states: &Arc<States>, request: &Request) -> Answer {
    let asked: Asked = request.json()?;
    refusals::check_members(&asked)?;
    let tested = find(&asked)?;
    refusals::check_state(&asked, &tested)?;
    refusals::check_cause(&asked)?;
    let stand = match &asked.mock {
        Some(mock) => Some(mock_result::stand(mock, &tested)?),
        None => None,
    };
    let context = refusals::context(asked.context.as_deref(), &tested)?;
    let variables = refusals::variables(asked.variables.as_deref())?;
    let input = asked.input.as_deref().unwrap_or("{}");
    executions::check_input(input)?;
    let start = start(states, request, &asked, input);
    check_role(states, &asked, &start)?;
    let level = asked.inspection_level.as_deref().unwrap_or("INFO");
    let caller = Caller {
        location: request.location(),
        role_arn: Arc::clone(&start.context.role_arn),
        machine_arn: start.context.state_machine_arn.to_string(),
        execution: None,
    };
    let setup = setup(asked.state_configuration, variables, context);
    let is_traced = level == "TRACE" && tested.resource().is_some_and(http_inspection::is_http);
    let outcome = run::to_the_end(states, caller, (tested, start, setup), stand).await?;
    let mut answer = answer::of(&outcome, level != "INFO");
    if let (true, Some(Value::Object(data))) = (is_traced, answer.get_mut("inspectionData")) {
        data.extend(http_inspection::members(&outcome.inspection, request.location().region()));
    }
    Ok(answer)
}

/// The state that is meant.
fn find(asked: &Asked) -> Result<TestedState, ServiceError> {
    let refused = |error: asl::DefinitionError| settings::refused(&error, &asked.definition);
    match &asked.state_name {
        None => TestedState::on_its_own(&asked.definition).map_err(refused),
        Some(name) => TestedState::in_machine(&asked.definition, name)
            .map_err(refused)?
            .ok_or_else(|| errors::validation("State not found in definition")),
    }
}

/// The execution that the state's Context Object shows: an express one, of a machine that nobody made.
fn start(states: &States, request: &Request, asked: &Asked, input: &str) -> Start {
    let machine = states.random.uuid().to_string();
    let execution = states.random.uuid().to_string();
    let location = request.location();
    let arn = |kind: &str, name: &str| location.arn("states", &format!("{kind}:{name}"));
    Start::builder(
        arn("express", &format!("{machine}:{execution}")),
        arn("stateMachine", &machine),
        request.received_at,
    )
    .input(input)
    .role_arn(asked.role_arn.as_deref().unwrap_or_default())
    .redrive_count(None)
    .seed(states.random.next_u64())
    .build()
}

/// What is called is called as the role, which must be there then.
fn check_role(states: &States, asked: &Asked, start: &Start) -> Result<(), ServiceError> {
    match &asked.role_arn {
        None => Ok(()),
        Some(role) if asked.mock.is_some() => settings::check_role_arn(role),
        Some(role) => settings::check_role(states, role, &start.context.state_machine_arn),
    }
}

fn setup(configured: StateConfiguration, variables: Map<String, Value>, context: Option<Value>) -> StateTestSetup {
    StateTestSetup {
        variables,
        context,
        retries: configured.retrier_retry_count.and_then(|count| u64::try_from(count).ok()).unwrap_or_default(),
        failed_iterations: configured.map_iteration_failure_count.and_then(|count| u64::try_from(count).ok()),
        item_reader_data: configured.map_item_reader_data,
    }
}
