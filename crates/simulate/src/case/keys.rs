//! Every key of a test file with its type and meaning: the schema for editors is made of it, and tests hold the reader and the
//! page of the documentation against it.

use super::expect::STATUSES;
use super::file::TYPES;
use super::mocks::VALIDATIONS;

/// A table of a test file.
pub(super) struct Table {
    /// What it is called, such as `cases.expect`; empty for the top level.
    pub(super) name: &'static str,
    /// Its keys, in the order in which they are explained.
    pub(super) keys: &'static [Key],
}

/// A key of a table.
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// What it is for, in a sentence.
    pub(super) about: &'static str,
}

/// What a key takes.
pub(super) enum Kind {
    /// Any text.
    Text,
    /// A list of texts.
    Texts,
    /// A text with an expression or a table with a rule, or a list of them.
    Conditions,
    /// One of a few words.
    Word(fn() -> Vec<&'static str>),
    /// A whole number.
    Whole,
    /// True or false.
    Flag,
    /// `3h`, or a number of seconds.
    Duration,
    /// An RFC 3339 date and time.
    Moment,
    /// Any value.
    Data,
    /// Any values by names that the user chooses.
    NamedData,
    /// A whole number by the name of a state.
    Counts,
    /// A whole number, or a list of values, by the name of a state.
    Calls,
    /// A mock, or a list of mocks, by the name of a state.
    Mocks,
    /// A text, or a table.
    TextOr(&'static Table),
    /// A table.
    Table(&'static Table),
    /// A list of tables.
    Tables(&'static Table),
}

const fn key(name: &'static str, kind: Kind, about: &'static str) -> Key {
    Key { name, kind, about }
}

const MACHINE: Key = key("machine", Kind::Text, "The state machine, by its name in the service file.");
const DEFINITION: Key = key("definition", Kind::Text, "A definition instead, by its path from this file.");
const TYPE: Key = key("type", Kind::Word(types), "The type of that definition's state machine.");
const INPUT: Key = key("input", Kind::Data, "The execution's input; an empty object when it is left out.");
const START: Key = key("start", Kind::Moment, "The virtual time at which the execution starts.");
const SEED: Key = key("seed", Kind::Whole, "The seed of its random numbers, instead of the run's.");
const STOP: Key = key("stop", Kind::Table(&STOPPED), "Somebody stops the execution.");
const MOCKS: Key = key("mocks", Kind::Mocks, "What answers the tasks, by the names of their states.");
const EXPECT: Key = key("expect", Kind::Table(&EXPECTATION), "What must come of it.");

fn types() -> Vec<&'static str> {
    TYPES.iter().map(|(word, _)| *word).collect()
}

fn validations() -> Vec<&'static str> {
    VALIDATIONS.iter().map(|(word, _)| *word).collect()
}

fn statuses() -> Vec<&'static str> {
    STATUSES.iter().map(|(word, _)| *word).collect()
}

/// All of the file.
pub(super) static ROOT: Table = Table {
    name: "",
    keys: &[
        MACHINE,
        DEFINITION,
        TYPE,
        START,
        SEED,
        key("fixtures", Kind::NamedData, "Values that cases use by name: `{ \"$fixture\" = \"order\" }`."),
        MOCKS,
        key("cases", Kind::Tables(&CASE), "The cases."),
    ],
};

/// A case.
pub(super) static CASE: Table = Table {
    name: "cases",
    keys: &[
        key("name", Kind::Text, "What holds, in a sentence."),
        MACHINE,
        DEFINITION,
        TYPE,
        INPUT,
        START,
        SEED,
        STOP,
        MOCKS,
        EXPECT,
        key("rows", Kind::Tables(&ROW), "Cases that differ in the values that each row has."),
    ],
};

/// A row of a case.
pub(super) static ROW: Table = Table {
    name: "cases.rows",
    keys: &[
        key("name", Kind::Text, "What follows the case's name; a number when it is left out."),
        key("input", Kind::Data, "Members that are laid over those of the case's input."),
        START,
        SEED,
        MOCKS,
        EXPECT,
    ],
};

/// A mock.
pub(super) static MOCK: Table = Table {
    name: "mocks.STATE",
    keys: &[
        key("return", Kind::Data, "The task's result, in the shape that the service gives it."),
        key("payload", Kind::Data, "What a Lambda function returns; `lambda:invoke` wraps it into its response."),
        key("throw", Kind::TextOr(&THROW), "An error: its name, or name and cause."),
        key("execution", Kind::Table(&EXECUTION), "The end of the execution that the task starts and waits for."),
        key("never", Kind::Flag, "Nothing is ever answered."),
        key("function", Kind::Text, "The function whose code runs: its name in the service file, or its file's path."),
        key("cloud", Kind::Flag, "The task is let through to the embedded cloud."),
        key(
            "validate",
            Kind::Word(validations),
            "How `return` is held against the API's model: STRICT unless it says otherwise.",
        ),
        key("after", Kind::Duration, "How long the task takes, in virtual time."),
        key("submitted", Kind::Data, "What the service says when it accepts a job or a callback task."),
        key("heartbeat", Kind::Duration, "How often a heartbeat is sent until the task has ended."),
        key("times", Kind::Whole, "How many calls it answers: one in a list, else any number."),
        key("index", Kind::Whole, "Only for the iteration with this index, from 0."),
        key("attempt", Kind::Whole, "Only for this attempt: 0 is the first, 1 the first retry."),
    ],
};

static STOPPED: Table = Table {
    name: "cases.stop",
    keys: &[
        key("after", Kind::Duration, "How long after its start, in virtual time."),
        key("error", Kind::Text, "The error to record."),
        key("cause", Kind::Text, "The cause to record."),
    ],
};

static THROW: Table = Table {
    name: "mocks.STATE.throw",
    keys: &[key("error", Kind::Text, "The error's name."), key("cause", Kind::Text, "Its cause.")],
};

static EXECUTION: Table = Table {
    name: "mocks.STATE.execution",
    keys: &[
        key("output", Kind::Data, "The output of an execution that succeeds."),
        key("error", Kind::Text, "The error of one that fails."),
        key("cause", Kind::Text, "The cause of one that fails."),
    ],
};

/// What a case expects.
pub(super) static EXPECTATION: Table = Table {
    name: "cases.expect",
    keys: &[
        key(
            "status",
            Kind::Word(statuses),
            "How the execution ends; SUCCEEDED unless an error or a cause is expected.",
        ),
        key("output", Kind::Data, "The whole output."),
        key("output_contains", Kind::Data, "A part of the output: objects may have other members as well."),
        key(
            "output_matches",
            Kind::Conditions,
            "Conditions: JSONata on $output, $input and $variables, or rules of a Choice state on the output.",
        ),
        key("error", Kind::Text, "The error's name."),
        key("cause", Kind::Text, "The whole cause."),
        key("cause_contains", Kind::Text, "A part of the cause."),
        key("path", Kind::Texts, "Every state that is entered, in order."),
        key("visits", Kind::Texts, "States that are entered, in any order."),
        key("avoids", Kind::Texts, "States that are not entered."),
        key("calls", Kind::Calls, "The calls of a state: how many, or their arguments in order."),
        key("retries", Kind::Counts, "How often a state is tried again."),
        key("duration", Kind::Duration, "The virtual time that it takes."),
        key("duration_at_least", Kind::Duration, "It takes no less."),
        key("duration_at_most", Kind::Duration, "It takes no more."),
        key("variables", Kind::NamedData, "Variables as they are at the end."),
        key("events", Kind::Texts, "The types of all history events, in order."),
    ],
};

/// Every table.
#[cfg(test)]
pub(super) fn tables() -> [&'static Table; 8] {
    [&ROOT, &CASE, &ROW, &STOPPED, &MOCK, &THROW, &EXECUTION, &EXPECTATION]
}
