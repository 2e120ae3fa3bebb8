//! The Amazon States Language as a pure library: a definition is parsed and checked, an execution is a value that
//! takes inputs and answers with effects.
//!
//! There is no clock, file, network, thread or random source in here: time comes in as `now`, chance as a seed, and
//! everything the outside must do comes out as an [`Effect`]. Nothing iterates over a hash map: maps are `BTreeMap` or
//! `serde_json::Map`, which keeps the order it was read in. So the same definition, start and inputs always give the
//! same history, byte for byte.
//!
//! The crate is for drivers of executions (an emulator, a simulator, a test) and for tools that check definitions. It must not know
//! who drives it: no AWS account, no HTTP, no database, no file format but JSON.
//!
//! # The drive loop
//!
//! 1. Parse the definition once: [`StateMachine::parse`] takes JSON text. A definition in YAML is converted to JSON text first.
//! 2. Start: [`Start::builder`] makes a [`Start`], and [`Execution::start`] returns the execution and its first effects.
//! 3. Execute the effects in order: append every [`Effect::Event`] to the history, start every
//!    [`Effect::StartTask`], cancel every [`Effect::CancelTask`]; stop at [`Effect::Ended`].
//! 4. Wait for whatever comes first: progress of a task, a request to stop, or the instant of [`Execution::next_wake`].
//! 5. Pass it to [`Execution::handle`] as an [`Input`] with the present time, and continue at 3.
//!
//! An execution serialises at any point between two inputs, with the version of its format ([`Execution::FORMAT`]). Store it
//! together with the events of that step, and after a restart ask [`Execution::running_tasks`] which tasks were running.
//! `examples/drive.rs` is the loop in thirty lines, `examples/resume.rs` stores an execution in the middle, `examples/check.rs`
//! validates and lints.
//!
//! # Children
//!
//! Branches and the iterations of an inline Map state run inside the execution; the driver does not see them. Those of a
//! distributed Map state are executions of their own, on the same [`StateMachine`]:
//!
//! - [`Effect::StartMapRun`] and [`Effect::EndMapRun`] have what `DescribeMapRun` shows, [`Execution::map_runs`] has it in between.
//! - [`Effect::StartChild`]: make a [`Start`] with [`ChildRequest::start`] and give it to [`Execution::start_child`]; drive the
//!   child like any execution. Start it in the same transaction that stores the parent, or ask [`Execution::running_children`]
//!   after a restart and start those that are not there: names are the same every time.
//! - When the child has ended, report that to the parent with [`Input::ChildEnded`].
//! - [`Effect::StopChild`]: stop the child; its end is not reported.
//! - [`Input::UpdateMapRun`] changes a Map Run's limits.
//! - With [`StateMachine::with_queued_map_runs`] a Map Run waits once it has started, until [`Input::OpenMapRun`] gives it its turn.
//!
//! An `ItemReader` or `ResultWriter` is a task like others with another [`TaskPurpose`], which documents the call and its result.
//! The history has no event for it.
//!
//! # Redrive
//!
//! An execution that has failed, timed out or was stopped keeps what it had not finished: [`Execution::redrive`] goes on with it,
//! and gives the effects of a step. How long that is possible is the driver's to say. When a Map Run goes on,
//! [`Effect::StartChild`] names a child that may have run before, with another [`ChildId::redrive`]: redrive it in its turn, or
//! start it where it was not started, and report with [`Input::ChildNotRedrivable`] one that can't be.
//!
//! # Fork
//!
//! [`ForkPoint::find`] reads where an execution was at an event of its history, and [`Execution::fork`] starts another one there:
//! with the same definition or a changed one, and with another input if one is given. [`ForkPoint::taken_over`] says what it begins
//! with.
//!
//! # One state
//!
//! [`TestedState`] is a state on its own or one of a machine. [`TestedState::begin`] runs it alone, as `TestState` does: what it
//! calls, or a Map or Parallel state has inside, the driver answers or makes up; the [`StateOutcome`] says what came of it and what
//! each step of the data flow gave.
//!
//! # What is here
//!
//! The whole language. Definitions are read and checked with AWS's codes and texts: every type of state, both query languages,
//! variables, credentials, Map states in both modes ([`StateMachine::parse`], [`StateMachine::check_express`],
//! [`StateMachine::check_state`]). What AWS warns of is in [`StateMachine::warnings`]; what it says nothing about and an author
//! will regret, [`lint()`] finds.
//!
//! Executions support all of it, within the service quotas. One thing is missing: a Map state whose items are in a Parquet file is
//! accepted and its Map Run fails. What a Task calls is the driver's choice:
//! [`StateMachine::resources`] lists what a definition calls.
//!
//! Unlike on AWS, a wait never ends before its instant.

mod definition;
mod document;
mod execution;
mod finding;
mod history;
mod intrinsic;
pub mod lambda;
mod lint;
pub mod mock;
mod path;
mod quotas;
mod random;
mod resource;
mod template;
mod timestamp;

pub use definition::{ChildType, QueryLanguage, StateMachine, StateType};
pub use execution::{
    ChildId, ChildRequest, ConditionTaken, Decision, Decisions, Effect, ErrorDetails, Execution, ExecutionContext,
    ForkError, ForkPoint, ForkedState, IllegalInput, Input, Inspection, KeptResults, MapRunCounts, MapRunId,
    MapRunSummary, NotRedrivable, Outcome, PastEvent, Start, StartBuilder, StartError, StateOutcome, StateProgress,
    StateStatus, StateTest, StateTestSetup, StateWait, StateWaitReason, TakenOver, TaskId, TaskPhase, TaskPurpose,
    TaskRequest, TestedState, Way,
};
pub use finding::{DefinitionError, Finding, FindingKind, Severity};
pub use history::{EventDetails, Failure, HistoryEvent, Integration, InvalidHistory, MapIteration, Status};
pub use lambda::SdkMetadata;
pub use lint::{Lint, LintRule, MachineType, lint, variable_references};
pub use quotas::{MAX_EVENTS, MAX_EXECUTION_S, MAX_EXPRESS_S, MAX_PAYLOAD_BYTES};
pub use resource::{FieldValidation, MockMismatch, Pattern, TaskResource};

/// The README's code is compiled with the documentation's.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
