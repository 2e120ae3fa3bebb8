//! What a case is made of.

use std::collections::BTreeMap;

use asl::FieldValidation;
use asl::Status;
use asl::mock::MockedResponse;
pub use asl::mock::{ExecutionEnd, MockAnswer as Answer};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

/// A value of a test file with its place there.
#[derive(Clone, Debug, PartialEq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// The byte of the file at which it begins.
    pub offset: usize,
}

/// One run of one machine.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name, unique in its file.
    pub name: String,
    /// The line of the file on which it begins, from 1.
    pub line: usize,
    /// Which machine it runs.
    pub machine: MachineChoice,
    /// The execution's input.
    pub input: Value,
    /// The virtual time at which the execution starts.
    pub start: Timestamp,
    /// The seed of its random numbers, where it does not take that of the run.
    pub seed: Option<u64>,
    /// When somebody stops it, and with what.
    pub stop: Option<Stop>,
    /// What answers its tasks, by state; `NAME/ItemReader` and `NAME/ResultWriter` are those of a distributed Map state.
    pub mocks: BTreeMap<String, StateMocks>,
    /// What must come of it.
    pub expect: Expectation,
}

/// Somebody stops the execution (`StopExecution`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// How long after its start, in virtual time.
    pub after: SignedDuration,
    /// The error's name to record.
    pub error: Option<String>,
    /// The reason to record.
    pub cause: Option<String>,
}

/// Which machine a case runs.
#[derive(Clone, Debug, PartialEq)]
pub enum MachineChoice {
    /// The only one of the service.
    Only,
    /// The one that the service file names so.
    Named(Located<String>),
    /// The one in a definition of its own, by the file's path from the test file.
    Definition {
        /// The path.
        file: Located<String>,
        /// Whether it is an express state machine.
        is_express: bool,
    },
}

/// The mocks of one state.
#[derive(Clone, Debug, PartialEq)]
pub struct StateMocks {
    /// Where its name stands.
    pub offset: usize,
    /// Whether the file has it for all its cases, which may run other machines.
    pub is_shared: bool,
    /// Its mocks: each call takes the first that fits it and is not used up.
    pub answers: Vec<Mock>,
}

/// What answers a task.
#[derive(Clone, Debug, PartialEq)]
pub struct Mock {
    /// The line of the file on which it stands, from 1.
    pub line: usize,
    /// Only for the iteration of the innermost Map state with this index, from 0.
    pub index: Option<u64>,
    /// Only for this attempt: 0 is the first, 1 the first retry.
    pub attempt: Option<u64>,
    /// How many calls it answers; any number when it does not say.
    pub times: Option<u64>,
    /// How long the task takes, in virtual time.
    pub after: SignedDuration,
    /// What the service says when it has accepted a job or a callback task, before the result.
    pub submitted: Option<Value>,
    /// How often the worker sends a heartbeat.
    pub heartbeat: Option<SignedDuration>,
    /// How a `return` is held against the API's model.
    pub validation: FieldValidation,
    /// The answer.
    pub answer: Answer,
}

/// What must come of a case. What is not said is not looked at, but for the status: without any a case must succeed, or fail
/// where an error or a cause is expected.
#[derive(Clone, Debug, Default)]
pub struct Expectation {
    /// How it ends.
    pub status: Option<Status>,
    /// The whole output.
    pub output: Option<Expected>,
    /// A part of the output.
    pub output_contains: Option<Value>,
    /// Conditions on what came of it, in JSONata or as the rules of a Choice state.
    pub output_matches: Vec<Predicate>,
    /// The error's name.
    pub error: Option<String>,
    /// The whole cause.
    pub cause: Option<String>,
    /// A part of the cause.
    pub cause_contains: Option<String>,
    /// Every state that is entered, in order.
    pub path: Option<Vec<Located<String>>>,
    /// States that are entered, in any order.
    pub visits: Vec<Located<String>>,
    /// States that are not entered.
    pub avoids: Vec<Located<String>>,
    /// The calls of a state.
    pub calls: BTreeMap<String, Located<Calls>>,
    /// How often a state is tried again.
    pub retries: BTreeMap<String, Located<u64>>,
    /// The virtual time from start to end, to the millisecond.
    pub duration: Option<SignedDuration>,
    /// It takes no less.
    pub duration_at_least: Option<SignedDuration>,
    /// It takes no more.
    pub duration_at_most: Option<SignedDuration>,
    /// Variables at the end.
    pub variables: Map<String, Value>,
    /// The types of all history events, in order.
    pub events: Option<Vec<String>>,
    /// Whether any end will do: of a case that expects nothing.
    pub is_any_end: bool,
}

/// An expected value, and where the file has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// The value.
    pub value: Value,
    /// The bytes of the file that it is written in; `None` when it is made of several parts.
    pub span: Option<std::ops::Range<usize>>,
}

/// A condition on the output.
#[derive(Clone, Debug)]
pub struct Predicate {
    /// As it is written; an expression without `{%` and `%}`.
    pub text: String,
    /// Read.
    pub test: Test,
}

/// What decides a condition.
#[derive(Clone, Debug)]
pub enum Test {
    /// An expression in JSONata.
    Expression(jsonata::Expression),
    /// A rule as a Choice state in JSONPath has it: a machine that ends in its state `true` or `false`.
    Rule(Box<asl::StateMachine>),
}

/// Expected calls of a state.
#[derive(Clone, Debug, PartialEq)]
pub enum Calls {
    /// So many.
    Count(u64),
    /// These, by their arguments, in order.
    Arguments(Vec<Value>),
}

impl Mock {
    /// The mock without its line, as the embedded cloud takes it.
    pub fn response(&self) -> MockedResponse {
        let milliseconds = |duration: SignedDuration| u64::try_from(duration.as_millis()).unwrap_or_default();
        MockedResponse {
            index: self.index,
            attempt: self.attempt,
            times: self.times,
            after_ms: milliseconds(self.after),
            submitted: self.submitted.clone(),
            heartbeat_ms: self.heartbeat.map(milliseconds),
            answer: self.answer.clone(),
        }
    }
}

impl Case {
    /// The case's mocks, as the embedded cloud takes them.
    pub fn mocked_responses(&self) -> BTreeMap<String, Vec<MockedResponse>> {
        let mocks = self.mocks.iter();
        mocks.map(|(state, mocks)| (state.clone(), mocks.answers.iter().map(Mock::response).collect())).collect()
    }
}
