//! Creating an execution, once per name.

mod redrive;

use std::sync::Arc;

use cloud_core::ServiceError;
use jiff::Timestamp;

use crate::driver::loaded::Loaded;
use crate::executions::{NewExecution, fork};
use crate::rows::execution::{ExecutionHead, ExecutionRow, ExecutionState};
use crate::rows::format::FormatVersion;
use crate::states::States;
use crate::wire::errors;

/// What became of a start.
pub(in crate::driver) enum Created {
    /// A new execution, to be committed with these effects.
    New(Box<Loaded>, Vec<asl::Effect>),
    /// The one that is there already and was started the same way; it started then.
    Already(Timestamp),
}

/// Creates an execution unless one of this name exists; the same start again while it runs is answered as if it were the
/// first (API reference, `StartExecution`). A task that is begun again finds what it has started before.
pub(in crate::driver) fn create(
    states: &Arc<States>,
    known: Option<&Loaded>,
    new: NewExecution,
    now: Timestamp,
) -> Result<Created, ServiceError> {
    if let Some(existing) = known {
        let is_ours = new.started_by.is_some() && existing.row.started_by.as_deref() == new.started_by.as_ref();
        let is_new_start = new.started_by.is_none() && new.fork.is_none();
        let is_same = existing.row.is_running() && is_new_start && existing.row.input() == new.input;
        return if is_ours || is_same {
            Ok(Created::Already(existing.row.head.started_at))
        } else {
            Err(errors::execution_exists(&new.key.arn()))
        };
    }
    let machine = new.key.parts().0.to_owned();
    let sequence = states.index().begin_start(&machine);
    let created = begin(states, new, sequence, now);
    if created.is_err() {
        states.index().end(&machine);
    }
    created
}

fn begin(states: &Arc<States>, new: NewExecution, sequence: u64, now: Timestamp) -> Result<Created, ServiceError> {
    let (machine, _) = new.key.parts();
    // Asked again, now that the start is announced: a deletion that came between has seen it or is seen here.
    let machine_arn = states.with_machine(machine, |found| match found {
        None => Err(states.no_machine(machine, || errors::machine_missing(&new.key.machine_arn()))),
        Some(found) if found.deleting => Err(errors::machine_deleting(&found.arn())),
        Some(found) => Ok(found.arn()),
    })?;
    let compiled = states.compiled(machine, new.revision)?;
    let start = asl::Start::builder(new.key.arn(), machine_arn, now)
        .input(new.input)
        .role_arn(Arc::clone(&compiled.role_arn))
        .seed(states.random.next_u64())
        .build();
    let definition = states.definition(&compiled);
    let (execution, effects) = match &new.fork {
        None => {
            let started = asl::Execution::start(&definition, start);
            started.map_err(|error| errors::invalid_input(&error.to_string()))?
        }
        Some(point) => {
            let forked = asl::Execution::fork(&definition, start, point);
            forked.map_err(|error| fork::not_possible(&error))?
        }
    };
    drop(definition);
    let head = ExecutionHead {
        version: new.version,
        alias: new.alias,
        ..ExecutionHead::starting(now, new.revision, sequence)
    };
    let row = ExecutionRow {
        format: FormatVersion,
        head,
        started_by: new.started_by.map(Box::new),
        map_child: None,
        redrive_tokens: None,
        mocks: new.mocks,
        next_wake: None,
        has_work: false,
        state: ExecutionState::Running(Box::new(execution)),
    };
    Ok(Created::New(Box::new(Loaded::new(row, compiled)), effects))
}
