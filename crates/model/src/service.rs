//! The service as its file declares it: functions, routes, state machines.

use std::collections::BTreeMap;

use super::names::{AccountId, Key, Region, ServiceName, StageName};
use super::pseudo::Template;
use super::source::Place;
use super::stack::Stack;
use super::stack_settings::StackSettings;

/// Everything that a service file declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// The service's name.
    pub name: ServiceName,
    /// The stage that is meant when the command names none.
    pub default_stage: StageName,
    /// What holds for every resource of a deployment.
    pub stack_settings: StackSettings,
    /// The functions by key.
    pub functions: BTreeMap<Key, Function>,
    /// The HTTP API's routes, in the file's order. Without any there is no API.
    pub routes: Vec<Route>,
    /// How many requests the HTTP API lets through.
    pub throttle: Throttle,
    /// The state machines by key.
    pub state_machines: BTreeMap<Key, StateMachine>,
}

/// A Lambda function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Where it is declared.
    pub at: Place,
    /// The folder of its crate, relative to the service file's folder.
    pub source: String,
    /// Memory in MB.
    pub memory_mb: u32,
    /// How long one invocation may take, in seconds.
    pub timeout_s: u32,
    /// How long its log lines are kept, in days.
    pub log_retention_days: u32,
    /// The processor it is built for.
    pub architecture: Architecture,
    /// Environment variables.
    pub environment: BTreeMap<String, Template>,
    /// Where these are declared; the function's own place when there are none.
    pub environment_at: Place,
    /// What its role allows beside writing its own log.
    pub permissions: Vec<Permission>,
}

/// The processor a function runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Architecture {
    /// `x86_64`.
    X86_64,
    /// `arm64`, AWS's Graviton.
    Arm64,
}

/// A statement of the role of a function or state machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// Where it is declared.
    pub at: Place,
    /// Actions such as `states:*`.
    pub actions: Vec<String>,
    /// The ARNs it is about.
    pub resources: Vec<Template>,
}

/// A route of the HTTP API to a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Where it is declared.
    pub at: Place,
    /// The HTTP method, or `ANY`.
    pub method: String,
    /// The path, beginning with `/`.
    pub path: String,
    /// The function that answers.
    pub function: Key,
    /// Whether browsers of any origin may call it.
    pub cors: bool,
}

/// The HTTP API's limits, so that a public endpoint can't run up a bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throttle {
    /// Requests a second, in the long run.
    pub rate_per_s: u32,
    /// Requests at once.
    pub burst: u32,
}

/// A state machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateMachine {
    /// Where it is declared.
    pub at: Place,
    /// The definition's file, relative to the service file's folder.
    pub definition: String,
    /// Standard or express.
    pub kind: StateMachineKind,
    /// What its role allows beside what its definition shows that it needs.
    pub permissions: Vec<Permission>,
}

/// The two kinds of state machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateMachineKind {
    /// Durable, exactly once, up to a year.
    Standard,
    /// At least once, up to five minutes.
    Express,
}

impl Service {
    /// One deployment of this service.
    pub fn stack(&self, stage: StageName, region: Region, account: AccountId) -> Stack {
        let role_path = self.stack_settings.role_path.clone();
        Stack { service: self.name.clone(), stage, region, account, role_path }
    }
}

impl Architecture {
    /// The name that AWS and the service file use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "arm64",
        }
    }

    /// The architecture of the machine this runs on, where Lambda has it; else x86_64.
    pub fn of_this_machine() -> Self {
        if cfg!(target_arch = "aarch64") { Self::Arm64 } else { Self::X86_64 }
    }
}

impl StateMachineKind {
    /// The name that AWS and the service file use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "STANDARD",
            Self::Express => "EXPRESS",
        }
    }
}

impl Route {
    /// The route's key as API Gateway writes it: `POST /start`.
    pub fn key(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}
