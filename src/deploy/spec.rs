//! How each resource shall be, with all its fields.

use serde_json::Value;

use crate::aws::apis::Cors;
use crate::aws::lambda::{Code, Configuration};
use crate::aws::{Tags, sfn};
use crate::model::definition;
use crate::model::names::{Arn, Key};

/// How one resource shall be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Spec {
    /// A role.
    Role(RoleSpec),
    /// A log group.
    LogGroup(LogGroupSpec),
    /// A function.
    Function(FunctionSpec),
    /// The alias `live` of a function.
    Alias(AliasSpec),
    /// A state machine.
    StateMachine(StateMachineSpec),
    /// The HTTP API.
    Api(ApiSpec),
    /// The API's way to a function.
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
pub(crate) struct RoleSpec {
    /// The deployed name.
    pub(crate) name: String,
    /// Who may assume it.
    pub(crate) trust: Value,
    /// What it allows; nothing when absent.
    pub(crate) policy: Option<Value>,
    /// Its tags.
    pub(crate) tags: Tags,
}

/// A log group.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LogGroupSpec {
    /// The deployed name.
    pub(crate) name: String,
    /// Its ARN.
    pub(crate) arn: String,
    /// How long lines are kept.
    pub(crate) retention_days: u32,
    /// Its tags.
    pub(crate) tags: Tags,
}

/// A function. Each change is published as a version.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FunctionSpec {
    /// The deployed name.
    pub(crate) name: String,
    /// Its ARN.
    pub(crate) arn: Arn,
    /// How it runs.
    pub(crate) configuration: Configuration,
    /// What it runs.
    pub(crate) code: Code,
    /// The base64 of the SHA-256 of its zip.
    pub(crate) code_sha256: String,
    /// Its tags.
    pub(crate) tags: Tags,
}

/// The alias `live` of a function, which HTTP APIs invoke.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AliasSpec {
    /// The function's deployed name.
    pub(crate) function_name: String,
    /// The version that it shall lead to; the one that is deployed now when absent.
    pub(crate) version: Option<u64>,
}

/// A state machine.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StateMachineSpec {
    /// The deployed name.
    pub(crate) name: String,
    /// Its ARN.
    pub(crate) arn: String,
    /// What it shall be. Its definition names the functions of this stack without their versions.
    pub(crate) wanted: sfn::Wanted,
    /// The functions of this stack that its definition names so: each becomes the version that is deployed with it, so that
    /// an execution that waits for days ends in the code that it was tested with.
    pub(crate) functions: Vec<NamedFunction>,
    /// Whether it is a deployment's own, to be published as a version; else it is that of an earlier one.
    pub(crate) publish: bool,
    /// Its tags.
    pub(crate) tags: Tags,
}

/// A function that a definition names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedFunction {
    /// Its key in the service file.
    pub(crate) key: Key,
    /// Its ARN.
    pub(crate) arn: Arn,
    /// Its deployed name.
    pub(crate) name: String,
}

impl StateMachineSpec {
    /// What it shall be, with the versions of its functions; one whose version is not known stays without.
    pub(crate) fn with_versions(&self, version: impl Fn(&Key) -> Option<u64>) -> sfn::Wanted {
        let known = self.functions.iter().filter_map(|it| Some((&it.arn, it.name.as_str(), version(&it.key)?)));
        sfn::Wanted { definition: definition::pinned(&self.wanted.definition, known), ..self.wanted.clone() }
    }
}

/// The HTTP API.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ApiSpec {
    /// The deployed name.
    pub(crate) name: String,
    /// Its ARN begins with this and ends with its id.
    pub(crate) arn_start: String,
    /// What browsers of other origins may do.
    pub(crate) cors: Option<Cors>,
    /// Its tags.
    pub(crate) tags: Tags,
}

/// The API's way to a function.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct IntegrationSpec {
    /// The ARN of the function's alias `live`.
    pub(crate) uri: String,
}

/// A route.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RouteSpec {
    /// Method and path: `POST /start`.
    pub(crate) key: String,
    /// The function that answers.
    pub(crate) function: Key,
}

/// The API's stage.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StageSpec {
    /// Its name.
    pub(crate) name: String,
    /// Requests a second, in the long run.
    pub(crate) rate_per_s: u32,
    /// Requests at once.
    pub(crate) burst: u32,
}

/// A route's right to invoke its function.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PermissionSpec {
    /// The function's deployed name.
    pub(crate) function_name: String,
    /// What the source's ARN begins with, up to the API's id.
    pub(crate) source_start: String,
    /// What follows the API's id: any stage, the method, the path.
    pub(crate) source_end: String,
}

/// A statement of a function's policy that lets a route invoke it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    /// Its id: the same for the same source, so that it is never added twice.
    pub(crate) sid: String,
    /// The ARN of the route on every stage.
    pub(crate) source_arn: String,
}

/// How the ids of our statements begin.
pub(crate) const SID_PREFIX: &str = "workshop-";

impl PermissionSpec {
    /// The statement for one API.
    pub(crate) fn statement(&self, api_id: &str) -> Statement {
        use sha2::Digest;
        let source_arn = format!("{}{api_id}{}", self.source_start, self.source_end);
        let digest = sha2::Sha256::digest(source_arn.as_bytes());
        let short: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Statement { sid: format!("{SID_PREFIX}{short}"), source_arn }
    }
}
