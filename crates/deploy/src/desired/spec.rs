//! How each resource should be, with all its fields.

use serde_json::Value;

use aws::apis::Cors;
use aws::lambda::{Code, Configuration};
use aws::{Tags, sfn};
use model::definition;
use model::names::{Arn, Key};
use model::role_path::RolePath;
use model::service::Route;
use model::stack::Stack;

/// How one resource should be.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Spec {
    /// A role.
    Role(RoleSpec),
    /// A log group.
    LogGroup(LogGroupSpec),
    /// A function.
    Function(FunctionSpec),
    /// The alias `live` of a function.
    Alias(AliasSpec),
    /// An activity.
    Activity(ActivitySpec),
    /// A state machine.
    StateMachine(StateMachineSpec),
    /// The HTTP API.
    Api(ApiSpec),
    /// The API's integration with a function.
    Integration(IntegrationSpec),
    /// A route.
    Route(RouteSpec),
    /// The API's stage.
    Stage(StageSpec),
    /// A route's right to invoke its function.
    Permission(PermissionSpec),
}

/// A role with its one inline policy.
#[derive(Debug, Clone, PartialEq)]
pub struct RoleSpec {
    /// The deployed name.
    pub name: String,
    /// Its path, which it keeps for life.
    pub path: RolePath,
    /// The ARN of the policy that bounds what it may do, if there is to be one.
    pub permissions_boundary: Option<String>,
    /// Who may assume it.
    pub trust: Value,
    /// What it allows; nothing when absent.
    pub policy: Option<Value>,
    /// Its tags.
    pub tags: Tags,
}

/// A log group.
#[derive(Debug, Clone, PartialEq)]
pub struct LogGroupSpec {
    /// The deployed name.
    pub name: String,
    /// Its ARN.
    pub arn: Arn,
    /// How long lines are kept; for ever when absent.
    pub retention_days: Option<u32>,
    /// Its tags.
    pub tags: Tags,
}

/// A function. Each change is published as a version.
#[derive(Debug, Clone, PartialEq)]
pub struct FunctionSpec {
    /// The deployed name.
    pub name: String,
    /// Its ARN.
    pub arn: Arn,
    /// How it runs.
    pub configuration: Configuration,
    /// What it runs.
    pub code: Code,
    /// The base64 of the SHA-256 of its zip.
    pub code_sha256: String,
    /// Its tags.
    pub tags: Tags,
}

/// The alias `live` of a function, which HTTP APIs invoke.
#[derive(Debug, Clone, PartialEq)]
pub struct AliasSpec {
    /// The function's deployed name.
    pub function_name: String,
    /// The version that it should point to; the one that is deployed now when absent.
    pub version: Option<u64>,
}

/// An activity.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivitySpec {
    /// The deployed name.
    pub name: String,
    /// Its ARN.
    pub arn: Arn,
    /// Its tags.
    pub tags: Tags,
}

/// A state machine.
#[derive(Debug, Clone, PartialEq)]
pub struct StateMachineSpec {
    /// The deployed name.
    pub name: String,
    /// Its ARN.
    pub arn: Arn,
    /// What it should be. Its definition names the functions of this stack without their versions.
    pub settings: sfn::Settings,
    /// The functions of this stack that its definition names so: each becomes the version that is deployed with it, so that
    /// an execution that waits for days ends in the code that it was tested with.
    pub functions: Vec<NamedFunction>,
    /// Whether it is a deployment's own, to be published as a version; else it is that of an earlier one.
    pub publish: bool,
    /// Its tags.
    pub tags: Tags,
}

/// A function that a definition names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFunction {
    /// Its key in the service file.
    pub key: Key,
    /// Its ARN.
    pub arn: Arn,
    /// Its deployed name.
    pub name: String,
}

impl StateMachineSpec {
    /// What it should be, with the versions of its functions; one whose version is not known stays without.
    pub fn with_versions(&self, version: impl Fn(&Key) -> Option<u64>) -> sfn::Settings {
        let known = self.functions.iter().filter_map(|it| Some((&it.arn, it.name.as_str(), version(&it.key)?)));
        sfn::Settings {
            definition: definition::pin_versions(&self.settings.definition, known),
            ..self.settings.clone()
        }
    }
}

/// The HTTP API.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiSpec {
    /// The deployed name.
    pub name: String,
    /// What browsers of other origins may do.
    pub cors: Option<Cors>,
    /// Its tags.
    pub tags: Tags,
}

/// The API's integration with a function.
#[derive(Debug, Clone, PartialEq)]
pub struct IntegrationSpec {
    /// The ARN of the function's alias `live`.
    pub uri: String,
    /// The version of the event that the function gets.
    pub payload_format: &'static str,
}

/// A route.
#[derive(Debug, Clone, PartialEq)]
pub struct RouteSpec {
    /// Method and path: `POST /start`.
    pub key: String,
    /// The function that answers.
    pub function: Key,
}

/// The API's stage.
#[derive(Debug, Clone, PartialEq)]
pub struct StageSpec {
    /// Its name.
    pub name: String,
    /// Requests a second, in the long run.
    pub rate_per_s: u32,
    /// Requests at once.
    pub burst: u32,
    /// The tags that the service file wants on everything. That it is ours follows from its API.
    pub tags: Tags,
}

/// A route's right to invoke its function.
#[derive(Debug, Clone, PartialEq)]
pub struct PermissionSpec {
    /// The function's deployed name.
    pub function_name: String,
    /// What the source's ARN begins with, up to the API's id.
    pub source_start: String,
    /// What follows the API's id: any stage, the method, the path.
    pub source_end: String,
}

/// A statement of a function's policy that lets a route invoke it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its id: the same for the same source, so that it is never added twice.
    pub sid: String,
    /// The ARN of the route on every stage.
    pub source_arn: String,
}

/// The name of the inline policy that our roles have.
pub(crate) const POLICY_NAME: &str = "workshop";

/// How the ids of our statements begin.
pub(crate) const SID_PREFIX: &str = "workshop-";

impl PermissionSpec {
    /// What a route needs. The source is the route on any stage: a path parameter is any text there, and `ANY` any method.
    pub fn of_route(route: &Route, stack: &Stack) -> Self {
        let parameter = |part: &str| if part.starts_with('{') { "*".to_owned() } else { part.to_owned() };
        let path = route.path.split('/').map(parameter).collect::<Vec<_>>().join("/");
        let method = if route.method == "ANY" { "*" } else { &route.method };
        Self {
            function_name: stack.function_name(&route.function),
            source_start: stack.api_requests_arn_start(),
            source_end: format!("/*/{method}{path}"),
        }
    }

    /// The statement for one API.
    pub fn statement(&self, api_id: &str) -> Statement {
        use sha2::Digest;
        let source_arn = format!("{}{api_id}{}", self.source_start, self.source_end);
        let digest = sha2::Sha256::digest(source_arn.as_bytes());
        let short: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Statement { sid: format!("{SID_PREFIX}{short}"), source_arn }
    }
}
