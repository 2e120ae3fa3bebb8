//! Starting an execution: what is asked for is checked, then its mailbox or the express runner takes it.

use std::sync::Arc;

use cloud_core::ServiceError;
use cloud_store::Batch;
use tokio::sync::oneshot;

use super::new_execution::{NewExecution, StartRequest, StartedExecution};
use crate::driver::Message;
use crate::integration::mocks::{MockedRun, config};
use crate::rows::EXPRESS_EXECUTIONS;
use crate::rows::execution::ExecutionKey;
use crate::rows::express::ExpressRun;
use crate::rows::machine::Kind;
use crate::states::States;
use crate::wire::errors::{self, invalid_input, validation};
use crate::wire::names::{MachineReference, check_name};

/// Starts an execution; it is durable when this answers.
///
/// # Errors
/// What [`check`] refuses, `ExecutionAlreadyExists`, or the store's failure.
pub(crate) async fn start(states: &Arc<States>, request: StartRequest) -> Result<StartedExecution, ServiceError> {
    let new = check(states, request)?;
    if new.kind == Kind::Express {
        // Nobody could tell the task when it ends.
        if new.started_by.as_ref().is_some_and(|started_by| started_by.is_awaited) {
            return Err(errors::wrong_type());
        }
        let id = states.random.uuid().to_string();
        let run = ExpressRun::new(new.key, &id, new.input, new.revision).with_mocks(new.mocks);
        return start_express(states, run).await;
    }
    let key = new.key.clone();
    if let Err(refused) = check_room(states, &key)
        // One that is there already needs no room: the request is answered as the one that has started it.
        && !states.has_execution(&key)?
    {
        return Err(refused);
    }
    let arn = key.arn();
    let started_at = states.driver.ask(&key, |reply| Message::Start(Box::new(new), reply)).await?;
    Ok(StartedExecution { arn, started_at })
}

/// How many executions of standard workflows an account may have open in a region (Step Functions quotas).
pub(crate) const MAX_OPEN_EXECUTIONS: usize = 1_000_000;

/// Refuses one more open execution than an account may have in a region.
///
/// # Errors
/// `ExecutionLimitExceeded`.
pub(crate) fn check_room(states: &States, key: &ExecutionKey) -> Result<(), ServiceError> {
    let (machine, _) = key.parts();
    match states.index().open_beside(machine) < MAX_OPEN_EXECUTIONS {
        true => Ok(()),
        false => Err(errors::too_many_open(MAX_OPEN_EXECUTIONS)),
    }
}

/// Starts an express execution that nobody waits for.
async fn start_express(states: &Arc<States>, run: ExpressRun) -> Result<StartedExecution, ServiceError> {
    let mut batch = Batch::new();
    batch.put(EXPRESS_EXECUTIONS, run.arn.clone(), &run)?;
    let committed = states.store.commit(batch);
    let (answer, answered) = oneshot::channel();
    let states = Arc::clone(states);
    // In a task of its own: what is durable runs, whoever goes away in between.
    tokio::spawn(async move {
        let started_at = states.clock.now();
        let result = committed.await;
        let is_durable = result.is_ok();
        // Whoever asked may have gone away.
        drop(answer.send(result.map(|()| StartedExecution { arn: run.arn.clone(), started_at })));
        if is_durable {
            states.driver.run_express(run, started_at);
        }
    });
    let started = answered.await.map_err(|_| ServiceError::internal("The start was interrupted."))?;
    started.map_err(|error| errors::not_written(&error))
}

/// Checks what is asked for.
///
/// # Errors
/// The API's: a name, an input or an ARN that is none, a state machine that is not there or is being deleted.
pub(crate) fn check(states: &States, request: StartRequest) -> Result<NewExecution, ServiceError> {
    let test_case = states.mock_config.as_deref().zip(config::split(&request.state_machine_arn).1);
    let machine_arn = match test_case {
        Some(_) => config::split(&request.state_machine_arn).0,
        None => &request.state_machine_arn,
    };
    let reference = MachineReference::parse(machine_arn)?;
    let has_drawn_name = request.name.is_none();
    let name = request.name.unwrap_or_else(|| states.random.uuid().to_string());
    check_name(&name)?;
    let input = request.input.unwrap_or_else(|| "{}".to_owned());
    check_input(&input)?;
    let missing = || states.no_machine(&reference.key, || errors::machine_missing(&reference.arn));
    let mocks = match test_case {
        Some((file, case)) => {
            let machine = reference.key.rsplit('/').next().unwrap_or_default();
            Some(Box::new(MockedRun::new(config::read(file, machine, case)?)))
        }
        None => request.mocks,
    };
    states.with_machine(&reference.key, |machine| {
        let machine = machine.ok_or_else(missing)?;
        if machine.deleting {
            return Err(errors::machine_deleting(&machine.arn()));
        }
        let alias = reference.qualifier.as_deref().and_then(|qualifier| machine.alias(qualifier));
        let picked = alias.and_then(|alias| alias.pick(states.random.next_u64()));
        let qualifier = picked.map(|version| version.to_string()).or_else(|| reference.qualifier.clone());
        let version = match &qualifier {
            None => None,
            Some(qualifier) => Some(machine.version(qualifier).ok_or_else(missing)?),
        };
        Ok(NewExecution {
            key: ExecutionKey::new(&reference.key, &name),
            has_drawn_name,
            kind: machine.kind,
            revision: version.map_or(machine.revision, |version| version.revision),
            version: version.map(|version| version.number),
            alias: alias.map(|alias| alias.name.as_str().into()),
            input,
            started_by: request.started_by,
            fork: None,
            mocks,
        })
    })
}

/// Checks the input of an execution, or of a state that is tested.
///
/// # Errors
/// One that is too large or no JSON.
pub(crate) fn check_input(input: &str) -> Result<(), ServiceError> {
    if input.len() > asl::MAX_PAYLOAD_BYTES {
        let most = asl::MAX_PAYLOAD_BYTES;
        return Err(validation(format!(
            "1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have length less than or equal to {most}"
        )));
    }
    let valid = serde_json::from_str::<serde::de::IgnoredAny>(input);
    valid.map(drop).map_err(|error| invalid_input(&errors::no_json(input, &error.to_string())))
}
