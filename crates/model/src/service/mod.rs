//! The service as its file declares it: functions, routes, state machines, activities.

mod code;

use std::collections::BTreeMap;

use runtimes::{Runtime, RuntimeError};

use super::document::Document;
use super::names::{AccountId, Key, Region, ServiceName, StageName, nearest};
use super::pseudo::Template;
use super::source::{Place, Source};
use super::stack::{DeployedNames, Stack};
use super::stack_settings::StackSettings;
pub use code::{Bundling, CodeSource, PackagePattern};

/// What an executable's handler is called: Lambda does not look at it, and wants one.
pub(super) const BOOTSTRAP: &str = "bootstrap";

/// The methods of an HTTP API's routes.
pub(super) const METHODS: [&str; 8] = ["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// The retention periods that CloudWatch Logs accepts, in days (PutRetentionPolicy's documentation).
pub(super) const RETENTION_DAYS: [u32; 23] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, 36500];

/// Which events of a state machine's executions are logged (CreateStateMachine's `LoggingConfiguration`).
pub(super) const LOG_LEVELS: [&str; 4] = ["ALL", "ERROR", "FATAL", LOG_LEVEL_OFF];

/// The level of a state machine that logs nothing.
pub(super) const LOG_LEVEL_OFF: &str = "OFF";

/// Everything that a service file declares. Paths in it are relative to the service file's folder.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// The service's name.
    pub name: ServiceName,
    /// The stage that is meant when the command names none.
    pub default_stage: StageName,
    /// The region that is meant when the command names none; it comes before the environment's, as with the Serverless Framework.
    pub default_region: Option<Region>,
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
    /// The activities by key.
    pub activities: BTreeMap<Key, Activity>,
}

/// A Lambda function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Where it is declared.
    pub at: Place,
    /// Its deployed name; `<stack>-<key>` when there is none.
    pub name: Option<Template>,
    /// What Lambda shows beside its name.
    pub description: Option<String>,
    /// What runs it.
    pub runtime: Runtime,
    /// What the runtime calls: `handler.start` for Node.js and Python, `bootstrap` for an executable.
    pub handler: String,
    /// Where its code is.
    pub code: CodeSource,
    /// Memory in MB.
    pub memory_mb: u32,
    /// How long one invocation may take, in seconds.
    pub timeout_s: u32,
    /// How long its log lines are kept, in days; for ever when there is no number.
    pub log_retention_days: Option<u32>,
    /// The processor it is built for.
    pub architecture: Architecture,
    /// Environment variables.
    pub environment: BTreeMap<String, Template>,
    /// Where these are declared; the function's own place when there are none.
    pub environment_at: Place,
    /// The ARN of the role that it has instead of one of its own.
    pub role: Option<Template>,
    /// What its role allows beside writing its own log.
    pub permissions: Vec<Permission>,
    /// Tags beside those of the whole stack.
    pub tags: BTreeMap<String, String>,
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
    /// Whether it allows or denies.
    pub effect: Effect,
    /// Actions such as `states:*`.
    pub actions: Vec<String>,
    /// The ARNs it is about.
    pub resources: Vec<Template>,
    /// When it holds, as a JSON object; always when there is none.
    pub condition: Option<Template>,
}

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// `Allow`.
    Allow,
    /// `Deny`.
    Deny,
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
    /// What the function receives.
    pub payload_format: PayloadFormat,
    /// Which pages of other origins may call it; none when absent.
    pub cors: Option<Cors>,
}

/// The form in which an HTTP API hands a request to a function.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PayloadFormat {
    /// `1.0`, the form of REST APIs.
    V1,
    /// `2.0`, HTTP APIs' own.
    #[default]
    V2,
}

/// Which pages of other origins may call a route, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cors {
    /// Origins, or `*`.
    pub origins: Vec<String>,
    /// Methods; the route's own when empty.
    pub methods: Vec<String>,
    /// Headers that requests may have.
    pub headers: Vec<String>,
    /// Headers of answers that pages may read.
    pub exposed_headers: Vec<String>,
    /// Whether requests may carry credentials.
    pub allow_credentials: bool,
    /// How long a browser may keep the answer, in seconds.
    pub max_age_s: Option<u32>,
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
#[derive(Debug, Clone, PartialEq)]
pub struct StateMachine {
    /// Where it is declared.
    pub at: Place,
    /// Its deployed name; `<stack>-<key>` when there is none.
    pub name: Option<Template>,
    /// Where its definition is.
    pub definition: DefinitionSource,
    /// Standard or express.
    pub kind: StateMachineKind,
    /// The ARN of the role that it has instead of one of its own.
    pub role: Option<Template>,
    /// What its role allows beside what its definition shows that it needs.
    pub permissions: Vec<Permission>,
    /// Which events of its executions go to a log group.
    pub logging: Option<Logging>,
    /// Tags beside those of the whole stack.
    pub tags: BTreeMap<String, String>,
}

/// Where a state machine's definition is.
#[derive(Debug, Clone, PartialEq)]
pub enum DefinitionSource {
    /// In a file of its own.
    File(String),
    /// In the service file itself.
    Inline {
        /// The service file.
        source: Source,
        /// The definition, whose places are those in the service file.
        document: Document,
    },
}

/// Which events of a state machine's executions are logged, and where (CreateStateMachine's `loggingConfiguration`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logging {
    /// `ALL`, `ERROR`, `FATAL` or `OFF`.
    pub level: String,
    /// Whether inputs and outputs are logged too.
    pub include_execution_data: bool,
    /// The ARNs of log groups.
    pub destinations: Vec<Template>,
}

/// An activity: workers that run anywhere ask Step Functions for its tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Where it is declared.
    pub at: Place,
    /// Its deployed name; `<stack>-<key>` when there is none.
    pub name: Option<Template>,
    /// Tags beside those of the whole stack.
    pub tags: BTreeMap<String, String>,
}

/// The two kinds of state machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateMachineKind {
    /// Durable, exactly once, up to a year.
    Standard,
    /// At least once, up to five minutes.
    Express,
}

/// The runtime of a function whose file names one. What the command names wins among runtimes of the same language, so that
/// it can replace a retired one.
///
/// # Errors
/// Functions can't be deployed with the runtime.
pub(super) fn chosen_runtime(written: &str, named_by_command: Option<Runtime>) -> Result<Runtime, RuntimeError> {
    let parsed = Runtime::parse(written);
    let language = match &parsed {
        Ok(runtime) | Err(RuntimeError::Retired { successor: runtime, .. }) => Some(runtime.language()),
        Err(_) => None,
    };
    match named_by_command.filter(|named| Some(named.language()) == language) {
        Some(named) => Ok(named),
        None => parsed,
    }
}

/// What to do about a runtime that functions can't be deployed with.
pub(super) fn runtime_advice(error: &RuntimeError) -> String {
    let known = Runtime::ALL.map(Runtime::as_str);
    match error {
        RuntimeError::Retired { successor, .. } => {
            format!(
                "Write `{successor}` there, or deploy with `--runtime {successor}`; check that the code runs on it."
            )
        }
        RuntimeError::Unknown { name } if nearest(name, &known).is_some() => {
            format!("Did you mean `{}`? Known are {}.", nearest(name, &known).unwrap_or_default(), known.join(", "))
        }
        _ => format!("Known are {}.", known.join(", ")),
    }
}

impl Service {
    /// One deployment of this service.
    pub fn stack(&self, stage: StageName, region: Region, account: AccountId) -> Stack {
        let role_path = self.stack_settings.role_path.clone();
        let names = DeployedNames::default();
        let mut stack = Stack { service: self.name.clone(), stage, region, account, role_path, names };
        stack.names = self.deployed_names(&stack);
        stack
    }

    /// The names that the service file itself gives, for one deployment.
    fn deployed_names(&self, stack: &Stack) -> DeployedNames {
        let resolved = |(key, name): (&Key, &Template)| (key.clone(), name.resolve(stack));
        let functions = self.functions.iter().filter_map(|(key, function)| Some((key, function.name.as_ref()?)));
        let machines = self.state_machines.iter().filter_map(|(key, machine)| Some((key, machine.name.as_ref()?)));
        let activities = self.activities.iter().filter_map(|(key, activity)| Some((key, activity.name.as_ref()?)));
        DeployedNames {
            functions: functions.map(resolved).collect(),
            state_machines: machines.map(resolved).collect(),
            activities: activities.map(resolved).collect(),
        }
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

impl DefinitionSource {
    /// The file's path; the service file's name for a definition that stands in it.
    pub fn file(&self) -> &str {
        match self {
            Self::File(path) => path,
            Self::Inline { source, .. } => &source.file,
        }
    }
}

impl Cors {
    /// What `cors = true` stands for: pages of any origin may send JSON and keys of callers, with the route's method.
    pub fn open() -> Self {
        Self {
            origins: vec!["*".to_owned()],
            methods: Vec::new(),
            headers: ["authorization", "content-type"].map(str::to_owned).to_vec(),
            exposed_headers: Vec::new(),
            allow_credentials: false,
            max_age_s: None,
        }
    }
}

impl PayloadFormat {
    /// The version's number in API Gateway's API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "1.0",
            Self::V2 => "2.0",
        }
    }
}

impl Effect {
    /// The word that policies use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
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
