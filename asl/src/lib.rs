//! The Amazon States Language as a pure library: a definition is parsed and checked, an execution is a value that
//! takes inputs and answers with effects.
//!
//! There is no clock, file, network, thread or random source in here: time comes in as `now`, chance as a seed, and
//! everything the outside must do comes out as an [`Effect`]. Nothing iterates over a hash map: maps are `BTreeMap` or
//! `serde_json::Map`, which keeps the order it was read in. So the same definition, start and inputs always give the
//! same history, byte for byte.
//!
//! # The drive loop
//!
//! 1. Parse the definition once: [`StateMachine::parse`].
//! 2. Start: [`Execution::start`] gives the execution and its first effects.
//! 3. Carry the effects out in order: append every [`Effect::Event`] to the history, begin every
//!    [`Effect::StartTask`], drop every [`Effect::CancelTask`]; stop at [`Effect::Ended`].
//! 4. Wait for whatever comes first: news of a task, a request to stop, or the instant of [`Execution::next_wake`].
//! 5. Feed it to [`Execution::handle`] as an [`Input`] with the present time, and go on at 3.
//!
//! An execution serialises at any point between two inputs. Store it together with the events of that step, and after a
//! restart ask [`Execution::running_tasks`] which tasks were under way. `examples/drive.rs` is the loop in thirty lines.
//!
//! # What is here
//!
//! Pass, Task, Wait, Choice, Succeed and Fail with the JSONPath query language, intrinsic functions, the Context Object, Retry, Catch,
//! timeouts, heartbeats and the service quotas. A definition that needs more (Parallel, Map, JSONata, variables) is refused by the parser with a finding of kind [`FindingKind::NotImplemented`]: it is never run halfway.

mod definition;
mod document;
mod execution;
mod history;
mod intrinsic;
pub mod lambda;
mod path;
mod resource;
mod rfc3339;
mod template;

pub use definition::{DefinitionError, Finding, FindingKind, StateMachine, StateType};
pub use execution::{
    About, Effect, Execution, IllegalInput, Input, MAX_EVENTS, MAX_EXECUTION_S, MAX_PAYLOAD_BYTES, Outcome, Start,
    StartError, TaskId, TaskPhase, TaskRequest,
};
pub use history::{BrokenHistory, EventDetails, Failure, HistoryEvent, Integration, Status};
pub use resource::{Pattern, TaskResource};
