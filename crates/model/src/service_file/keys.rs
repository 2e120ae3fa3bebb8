//! Every key of the service file: its type, bounds, default and meaning. The reader takes its bounds from here, the schema for
//! editors is made of it, and a test holds the page of the documentation against it.

use std::ops::Range;

use runtimes::Runtime;

use crate::service::{Architecture, Effect, LOG_LEVELS, METHODS, RETENTION_DAYS, StateMachineKind};

/// A function's memory in MB, its time in seconds, and what holds without a word.
pub(super) const MEMORY_MB: Range<u32> = 128..10_241;
pub(super) const DEFAULT_MEMORY_MB: u32 = 128;
pub(super) const TIMEOUT_S: Range<u32> = 1..1_801;
pub(super) const DEFAULT_TIMEOUT_S: u32 = 6;
pub(super) const DEFAULT_RETENTION_DAYS: u32 = 14;
/// What `log_retention_days` says of lines that are never deleted.
pub(super) const FOREVER: &str = "forever";
/// The longest description and handler that CreateFunction takes, in characters.
pub(super) const LONGEST_DESCRIPTION: usize = 256;
pub(super) const LONGEST_HANDLER: usize = 128;
/// The limits of an HTTP API, and how long a browser may keep an answer about CORS.
pub(super) const RATE_PER_S: Range<u32> = 1..10_001;
pub(super) const BURST: Range<u32> = 1..5_001;
pub(super) const MAX_AGE_S: Range<u32> = 0..86_401;
/// The processors and the types of state machines.
pub(super) const ARCHITECTURES: [Architecture; 2] = [Architecture::X86_64, Architecture::Arm64];
pub(super) const MACHINE_TYPES: [StateMachineKind; 2] = [StateMachineKind::Standard, StateMachineKind::Express];
/// What a statement does.
pub(super) const EFFECTS: [Effect; 2] = [Effect::Allow, Effect::Deny];

/// A table of the service file.
pub(super) struct Table {
    /// What it is called, such as `functions.NAME`; empty for the top level.
    pub(super) name: &'static str,
    /// Its keys, in the order in which they are explained.
    pub(super) keys: &'static [KeyInfo],
}

/// A key of a table.
pub(super) struct KeyInfo {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// What holds without it.
    pub(super) absent: Absent,
    /// What it is for, in a sentence.
    pub(super) about: &'static str,
}

/// What holds without a key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Absent {
    /// The file is refused.
    Refused,
    /// Nothing.
    Nothing,
    /// A word or a number.
    Text(&'static str),
    Number(u32),
}

/// What a key takes.
pub(super) enum Kind {
    /// Any text.
    Text,
    /// A text of at most so many characters.
    ShortText(usize),
    /// The name of a service or stage.
    Name,
    /// One of a few words.
    Choice(fn() -> Vec<&'static str>),
    /// A whole number.
    Number(Range<u32>),
    /// One of a few numbers, or a word.
    NumberOr(&'static [u32], &'static str),
    /// Yes or no.
    Boolean,
    /// Yes or no, or a table.
    BooleanOr(&'static Table),
    /// A list of texts that holds at least one.
    Texts,
    /// A list of a few words.
    Choices(fn() -> Vec<&'static str>),
    /// A table of texts.
    TextTable,
    /// A table that is IAM's own: operators, keys and values.
    Condition,
    /// A table.
    Table(&'static Table),
    /// A list of tables.
    Tables(&'static Table),
    /// A table for each name that the user chooses.
    Named(&'static Table),
}

const fn key(name: &'static str, kind: Kind, absent: Absent, about: &'static str) -> KeyInfo {
    KeyInfo { name, kind, absent, about }
}

use Absent::{Nothing, Number, Refused, Text};

/// All of the file.
pub(super) static ROOT: Table = Table {
    name: "",
    keys: &[
        key(
            "service",
            Kind::Name,
            Refused,
            "The service's name, which begins the name of everything that is deployed.",
        ),
        key("stage", Kind::Name, Text("dev"), "The stage that is meant when a command names none."),
        key("stack", Kind::Table(&STACK), Nothing, "What holds for every resource of a deployment."),
        key("functions", Kind::Named(&FUNCTION), Nothing, "The Lambda functions, by the names that you give them."),
        key("routes", Kind::Tables(&ROUTE), Nothing, "The routes of an HTTP API; without any there is no API."),
        key("throttle", Kind::Table(&THROTTLE), Nothing, "How many requests the HTTP API lets through."),
        key("state_machines", Kind::Named(&MACHINE), Nothing, "The state machines, by the names that you give them."),
        key("activities", Kind::Named(&ACTIVITY), Nothing, "The activities, by the names that you give them."),
    ],
};

static STACK: Table = Table {
    name: "stack",
    keys: &[
        key("tags", Kind::TextTable, Nothing, "Tags of every resource, 48 at most."),
        key("permissions_boundary", Kind::Text, Nothing, "The ARN of the managed policy that bounds every role."),
        key("role_path", Kind::Text, Text("/"), "The path of every role, such as /team/."),
    ],
};

static FUNCTION: Table = Table {
    name: "functions.NAME",
    keys: &[
        key(
            "source",
            Kind::Text,
            Refused,
            "The folder of its crate or sources, or a file: a source, an executable or a zip.",
        ),
        key(
            "patterns",
            Kind::Texts,
            Nothing,
            "Globs of the files that go into the zip; `!` before one keeps out what it matches.",
        ),
        key("name", Kind::Text, Nothing, "Its deployed name, up to 64 letters, digits, `-` and `_`."),
        key("description", Kind::ShortText(LONGEST_DESCRIPTION), Nothing, "What Lambda shows beside its name."),
        key("runtime", Kind::Choice(runtimes), Text("provided.al2023"), "What runs it."),
        key(
            "handler",
            Kind::ShortText(LONGEST_HANDLER),
            Nothing,
            "The file's path without its ending, and the function: handler.start. Node.js and Python need it.",
        ),
        key("bundle", Kind::BooleanOr(&BUNDLE), Nothing, "Whether esbuild puts its modules into one file."),
        key("memory_mb", Kind::Number(MEMORY_MB), Number(DEFAULT_MEMORY_MB), "Memory in MB."),
        key(
            "timeout_s",
            Kind::Number(TIMEOUT_S),
            Number(DEFAULT_TIMEOUT_S),
            "How long one invocation may take, in seconds.",
        ),
        key(
            "log_retention_days",
            Kind::NumberOr(&RETENTION_DAYS, FOREVER),
            Number(DEFAULT_RETENTION_DAYS),
            "How long its log lines are kept, in days.",
        ),
        key(
            "architecture",
            Kind::Choice(architectures),
            Nothing,
            "The processor that it is built for; this machine's without a word.",
        ),
        key("environment", Kind::TextTable, Nothing, "Environment variables; values may hold pseudo-parameters."),
        key("role", Kind::Text, Nothing, "The ARN of a role that exists, in place of one of its own."),
        key("permissions", Kind::Tables(&PERMISSION), Nothing, "What its role allows beside writing its own log."),
        key("tags", Kind::TextTable, Nothing, "Tags beside those of the whole stack."),
    ],
};

static PERMISSION: Table = Table {
    name: "permissions",
    keys: &[
        key("effect", Kind::Choice(effects), Text("Allow"), "Whether the statement allows or denies."),
        key("actions", Kind::Texts, Refused, "IAM actions, such as states:StartExecution."),
        key("resources", Kind::Texts, Refused, "ARNs; they may hold pseudo-parameters."),
        key("condition", Kind::Condition, Nothing, "When the statement holds, as IAM writes it."),
    ],
};

static ROUTE: Table = Table {
    name: "routes",
    keys: &[
        key("method", Kind::Choice(methods), Refused, "The HTTP method."),
        key("path", Kind::Text, Refused, "The path; it begins with `/` and holds no space."),
        key("function", Kind::Text, Refused, "The name of the function that answers."),
        key(
            "payload_format",
            Kind::Choice(payload_formats),
            Text("2.0"),
            "The form in which the function gets the request.",
        ),
        key("cors", Kind::BooleanOr(&CORS), Nothing, "Whether browsers may call it from pages of other origins."),
    ],
};

static CORS: Table = Table {
    name: "routes.cors",
    keys: &[
        key("origins", Kind::Texts, Nothing, "Pages of these origins may call the route; of all without a word."),
        key("methods", Kind::Choices(methods), Nothing, "With these methods; the route's own without a word."),
        key("headers", Kind::Texts, Nothing, "With these headers; authorization and content-type without a word."),
        key("exposed_headers", Kind::Texts, Nothing, "Headers of the answer that pages may read."),
        key(
            "allow_credentials",
            Kind::Boolean,
            Text("false"),
            "Whether requests may carry credentials; not with the origin `*`.",
        ),
        key("max_age_s", Kind::Number(MAX_AGE_S), Nothing, "How long a browser may keep the answer, in seconds."),
    ],
};

static THROTTLE: Table = Table {
    name: "throttle",
    keys: &[
        key("rate_per_s", Kind::Number(RATE_PER_S), Number(1), "Requests a second, in the long run."),
        key("burst", Kind::Number(BURST), Number(5), "Requests at once."),
    ],
};

static MACHINE: Table = Table {
    name: "state_machines.NAME",
    keys: &[
        key("name", Kind::Text, Nothing, "Its deployed name, up to 80 characters; it may hold pseudo-parameters."),
        key(
            "definition",
            Kind::Text,
            Refused,
            "The definition's file: JSON, or YAML where the name ends in .yml or .yaml.",
        ),
        key("type", Kind::Choice(machine_types), Text("STANDARD"), "The type, which is for life."),
        key("role", Kind::Text, Nothing, "The ARN of a role that exists, in place of one of its own."),
        key(
            "permissions",
            Kind::Tables(&PERMISSION),
            Nothing,
            "What its role allows beside what its definition shows that it needs.",
        ),
        key("logging", Kind::Table(&LOGGING), Nothing, "Where its executions are logged."),
        key("tags", Kind::TextTable, Nothing, "Tags beside those of the whole stack."),
    ],
};

static BUNDLE: Table = Table {
    name: "functions.NAME.bundle",
    keys: &[
        key("minify", Kind::Boolean, Text("false"), "Whether the code is made short."),
        key("source_map", Kind::Boolean, Text("false"), "Whether a source map goes with it."),
        key("target", Kind::Text, Nothing, "What esbuild writes for; the runtime's Node.js without a word."),
        key("external", Kind::Texts, Nothing, "Modules that stay outside the file."),
    ],
};

static LOGGING: Table = Table {
    name: "state_machines.NAME.logging",
    keys: &[
        key("level", Kind::Choice(log_levels), Refused, "Which events are logged."),
        key("include_execution_data", Kind::Boolean, Text("false"), "Whether inputs and outputs are logged too."),
        key("destinations", Kind::Texts, Nothing, "The ARN of the log group, which ends in `:*`."),
    ],
};

static ACTIVITY: Table = Table {
    name: "activities.NAME",
    keys: &[
        key("name", Kind::Text, Nothing, "Its deployed name, up to 80 characters; it may hold pseudo-parameters."),
        key("tags", Kind::TextTable, Nothing, "Tags beside those of the whole stack."),
    ],
};

fn runtimes() -> Vec<&'static str> {
    Runtime::ALL.map(Runtime::as_str).to_vec()
}

fn architectures() -> Vec<&'static str> {
    ARCHITECTURES.map(Architecture::as_str).to_vec()
}

fn machine_types() -> Vec<&'static str> {
    MACHINE_TYPES.map(StateMachineKind::as_str).to_vec()
}

fn effects() -> Vec<&'static str> {
    EFFECTS.map(Effect::as_str).to_vec()
}

fn log_levels() -> Vec<&'static str> {
    LOG_LEVELS.to_vec()
}

fn methods() -> Vec<&'static str> {
    METHODS.to_vec()
}

fn payload_formats() -> Vec<&'static str> {
    vec!["1.0", "2.0"]
}

/// Every table, with the outer ones first.
#[cfg(test)]
pub(super) fn tables() -> Vec<&'static Table> {
    vec![&ROOT, &STACK, &FUNCTION, &BUNDLE, &PERMISSION, &ROUTE, &CORS, &THROTTLE, &MACHINE, &LOGGING, &ACTIVITY]
}
