//! The service as its file declares it: functions, routes, state machines.

use std::collections::BTreeMap;

use super::names::{Key, ServiceName, StageName};
use super::pseudo::Template;
use super::source::Place;

/// Everything that a service file declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Service {
    /// The service's name.
    pub(crate) name: ServiceName,
    /// The stage that is meant when the command names none.
    pub(crate) default_stage: StageName,
    /// The functions by key.
    pub(crate) functions: BTreeMap<Key, Function>,
    /// The HTTP API's routes, in the file's order. Without any there is no API.
    pub(crate) routes: Vec<Route>,
    /// How many requests the HTTP API lets through.
    pub(crate) throttle: Throttle,
    /// The state machines by key.
    pub(crate) state_machines: BTreeMap<Key, StateMachine>,
}

/// A Lambda function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Function {
    /// Where it is declared.
    pub(crate) at: Place,
    /// The folder of its crate, relative to the service file's folder.
    pub(crate) source: String,
    /// Memory in MB.
    pub(crate) memory_mb: u32,
    /// How long one invocation may take, in seconds.
    pub(crate) timeout_s: u32,
    /// How long its log lines are kept, in days.
    pub(crate) log_retention_days: u32,
    /// The processor it is built for.
    pub(crate) architecture: Architecture,
    /// Environment variables.
    pub(crate) environment: BTreeMap<String, Template>,
    /// Where these are declared; the function's own place when there are none.
    pub(crate) environment_at: Place,
    /// What its role allows beside writing its own log.
    pub(crate) permissions: Vec<Permission>,
}

/// The processor a function runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Architecture {
    /// `x86_64`.
    X86_64,
    /// `arm64`, AWS's Graviton.
    Arm64,
}

/// A statement of the role of a function or state machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Permission {
    /// Where it is declared.
    pub(crate) at: Place,
    /// Actions such as `states:*`.
    pub(crate) actions: Vec<String>,
    /// The ARNs it is about.
    pub(crate) resources: Vec<Template>,
}

/// A route of the HTTP API to a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    /// Where it is declared.
    pub(crate) at: Place,
    /// The HTTP method, or `ANY`.
    pub(crate) method: String,
    /// The path, beginning with `/`.
    pub(crate) path: String,
    /// The function that answers.
    pub(crate) function: Key,
    /// Whether browsers of any origin may call it.
    pub(crate) cors: bool,
}

/// The HTTP API's limits, so that a public endpoint can't run up a bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Throttle {
    /// Requests a second, in the long run.
    pub(crate) rate_per_s: u32,
    /// Requests at once.
    pub(crate) burst: u32,
}

/// A state machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StateMachine {
    /// Where it is declared.
    pub(crate) at: Place,
    /// The definition's file, relative to the service file's folder.
    pub(crate) definition: String,
    /// Standard or express.
    pub(crate) kind: StateMachineKind,
    /// What its role allows beside what its definition shows that it needs.
    pub(crate) permissions: Vec<Permission>,
}

/// The two kinds of state machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StateMachineKind {
    /// Durable, exactly once, up to a year.
    Standard,
    /// At least once, up to five minutes.
    Express,
}

impl Architecture {
    /// The name that AWS and the service file use.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "arm64",
        }
    }

    /// The architecture of the machine this runs on, where Lambda has it; else x86_64.
    pub(crate) fn of_this_machine() -> Self {
        if cfg!(target_arch = "aarch64") { Self::Arm64 } else { Self::X86_64 }
    }
}

impl StateMachineKind {
    /// The name that AWS and the service file use.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "STANDARD",
            Self::Express => "EXPRESS",
        }
    }
}

impl Route {
    /// The route's key as API Gateway writes it: `POST /start`.
    pub(crate) fn key(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}
