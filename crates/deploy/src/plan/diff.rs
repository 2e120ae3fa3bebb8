//! Pure: in which fields a resource differs from what it should be. Where AWS has several ways to say the same, they count
//! as the same.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

use crate::desired::spec::{
    ActivitySpec, ApiSpec, FunctionSpec, IntegrationSpec, LogGroupSpec, RoleSpec, StageSpec, StateMachineSpec,
    Statement,
};
use crate::observe::{
    Grant, ObservedActivity, ObservedApi, ObservedFunction, ObservedLogGroup, ObservedRole, ObservedStateMachine,
};
use crate::policy;
use aws::{TagRead, Tags, apis, lambda};
use model::names::{Arn, Key};

/// A field that differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Field {
    /// Who may assume a role.
    Trust,
    /// What a role allows.
    Policy,
    /// The policy that bounds what a role allows.
    Boundary,
    /// The path of a role, which it keeps for life.
    Path,
    /// How long lines are kept.
    Retention,
    /// The tags that say whose it is.
    Tags,
    /// A function's zip.
    Code,
    /// The processor.
    Architecture,
    /// The runtime.
    Runtime,
    /// The handler.
    Handler,
    /// Memory.
    Memory,
    /// Timeout.
    Timeout,
    /// Environment variables.
    Environment,
    /// The role that something runs as.
    Role,
    /// The role that a function runs as was made again after it.
    RoleMadeAgain,
    /// What a function is now is not published as a version.
    Unpublished,
    /// The version that an alias points to.
    Version,
    /// Lambda failed to make or change the function.
    Failed,
    /// Lambda is still making or changing the function.
    Pending,
    /// A state machine's definition.
    Definition,
    /// A state machine's own log.
    Logging,
    /// Traces.
    Tracing,
    /// What browsers of other origins may do.
    Cors,
    /// The version of the event that a function gets.
    PayloadFormat,
    /// What a route invokes.
    Target,
    /// A stage's limits.
    Throttle,
    /// Whether changes go live at once.
    AutoDeploy,
    /// The source that a permission is for.
    Source,
}

/// A field that differs, and from what to what where that is short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The field.
    pub field: Field,
    /// `128 -> 256 MB`, or the names of what differs.
    pub detail: Option<String>,
}

impl Field {
    fn name(self) -> &'static str {
        match self {
            Self::Trust => "trust policy",
            Self::Policy => "permissions",
            Self::Boundary => "permissions boundary",
            Self::Path => "path",
            Self::Retention => "retention",
            Self::Tags => "tags",
            Self::Code => "code",
            Self::Architecture => "architecture",
            Self::Runtime => "runtime",
            Self::Handler => "handler",
            Self::Memory => "memory",
            Self::Timeout => "timeout",
            Self::Environment => "environment",
            Self::Role => "role",
            Self::RoleMadeAgain => "its role was made again after it",
            Self::Unpublished => "no version of it",
            Self::Version => "version",
            Self::Failed => "failed",
            Self::Pending => "not ready yet",
            Self::Definition => "definition",
            Self::Logging => "logging",
            Self::Tracing => "tracing",
            Self::Cors => "CORS",
            Self::PayloadFormat => "payload format",
            Self::Target => "target",
            Self::Throttle => "throttling",
            Self::AutoDeploy => "auto-deploy",
            Self::Source => "source",
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.field.name())?;
        match &self.detail {
            Some(detail) => write!(f, " ({detail})"),
            None => Ok(()),
        }
    }
}

/// The differences found so far.
#[derive(Default)]
struct Differences(Vec<Difference>);

impl Differences {
    fn flag(&mut self, differs: bool, field: Field) {
        if differs {
            self.0.push(Difference { field, detail: None });
        }
    }

    fn compare<T: PartialEq + fmt::Display>(&mut self, field: Field, was: T, wanted: T, unit: &str) {
        if was != wanted {
            self.0.push(Difference { field, detail: Some(format!("{was} -> {wanted}{unit}")) });
        }
    }

    /// Others may add tags of their own.
    fn tags(&mut self, wanted: &Tags, there: &TagRead) {
        let Some(there) = there.known() else { return };
        let differs = |(name, value): &(&String, &String)| there.get(*name) != Some(*value);
        let differing: Vec<&str> = wanted.iter().filter(differs).map(|(name, _)| name.as_str()).collect();
        if !differing.is_empty() {
            self.add(Field::Tags, differing.join(", "));
        }
    }

    fn add(&mut self, field: Field, detail: String) {
        self.0.push(Difference { field, detail: Some(detail) });
    }
}

/// A role: both policies by what they say. Its path can't be changed.
pub(crate) fn role(wanted: &RoleSpec, there: &ObservedRole) -> Vec<Difference> {
    let mut found = Differences::default();
    found.compare(Field::Path, there.role.path.as_str(), wanted.path.as_str(), "");
    let boundary = |arn: &Option<String>| arn.clone().unwrap_or_else(|| "none".to_owned());
    found.compare(
        Field::Boundary,
        boundary(&there.role.permissions_boundary),
        boundary(&wanted.permissions_boundary),
        "",
    );
    found.flag(!policy::is_equivalent(&there.role.trust, &wanted.trust), Field::Trust);
    let same = match (&wanted.policy, &there.policy) {
        (Some(wanted), Some(there)) => policy::is_equivalent(there, wanted),
        (None, None) => true,
        _ => false,
    };
    found.flag(!same, Field::Policy);
    found.tags(&wanted.tags, &there.role.tags);
    found.0
}

/// A log group. One that Lambda made by itself has neither tags nor retention.
pub(crate) fn log_group(wanted: &LogGroupSpec, there: &ObservedLogGroup) -> Vec<Difference> {
    let mut found = Differences::default();
    let shown = |days: Option<u32>| days.map_or("for ever".to_owned(), |days| format!("{days} days"));
    found.compare(Field::Retention, shown(there.retention_days), shown(wanted.retention_days), "");
    found.tags(&wanted.tags, &there.tags);
    found.0
}

/// A function: its zip by hash, the rest field by field. Values of environment variables may be secret and are not shown.
pub(crate) fn function(wanted: &FunctionSpec, observed: &ObservedFunction) -> Vec<Difference> {
    let mut found = Differences::default();
    let there = &observed.function;
    found.flag(there.code_sha256 != wanted.code_sha256, Field::Code);
    found.compare(Field::Architecture, &there.architecture, &wanted.code.architecture, "");
    let was = &there.configuration;
    let new = &wanted.configuration;
    found.compare(Field::Runtime, &was.runtime, &new.runtime, "");
    found.compare(Field::Handler, &was.handler, &new.handler, "");
    found.compare(Field::Memory, was.memory_mb, new.memory_mb, " MB");
    found.compare(Field::Timeout, was.timeout_s, new.timeout_s, " s");
    found.flag(was.role != new.role, Field::Role);
    found.flag(was.role == new.role && observed.grant == Grant::Stale, Field::RoleMadeAgain);
    let names: BTreeSet<&String> = was.environment.keys().chain(new.environment.keys()).collect();
    let differing: Vec<&str> = names
        .into_iter()
        .filter(|name| was.environment.get(*name) != new.environment.get(*name))
        .map(String::as_str)
        .collect();
    if !differing.is_empty() {
        found.add(Field::Environment, differing.join(", "));
    }
    match &there.readiness {
        lambda::Readiness::Ready => {}
        lambda::Readiness::Pending => found.flag(true, Field::Pending),
        lambda::Readiness::Failed(reason) => found.add(Field::Failed, reason.clone()),
    }
    if found.0.is_empty() {
        found.flag(observed.published().is_none(), Field::Unpublished);
    }
    found.tags(&wanted.tags, &there.tags);
    found.0
}

/// A function's alias.
pub(crate) fn alias(wanted: Option<u64>, there: u64) -> Vec<Difference> {
    let mut found = Differences::default();
    let wanted = wanted.map_or("the new one".to_owned(), |version| version.to_string());
    found.compare(Field::Version, there.to_string(), wanted, "");
    found.0
}

/// An activity.
pub(crate) fn activity(wanted: &ActivitySpec, there: &ObservedActivity) -> Vec<Difference> {
    let mut found = Differences::default();
    found.tags(&wanted.tags, &there.tags);
    found.0
}

/// A state machine: its definition by what it says, whatever its spaces. `version` knows the versions of functions that stay
/// as they are; a definition that names one that is to be published differs in any case.
pub(crate) fn state_machine(
    wanted: &StateMachineSpec,
    observed: &ObservedStateMachine,
    version: impl Fn(&Key) -> Option<u64>,
) -> Vec<Difference> {
    let mut found = Differences::default();
    let there = &observed.machine;
    let coming: Vec<&str> =
        wanted.functions.iter().map(|it| &it.key).filter(|key| version(key).is_none()).map(Key::as_str).collect();
    if !coming.is_empty() {
        found.add(Field::Definition, format!("the new version of {}", coming.join(", ")));
    } else if !same_json(&there.definition, &wanted.with_versions(version).definition) {
        found.flag(true, Field::Definition);
    }
    found.flag(there.role != wanted.settings.role, Field::Role);
    found.flag(there.logging != wanted.settings.logging, Field::Logging);
    found.flag(there.traces, Field::Tracing);
    found.tags(&wanted.tags, &observed.tags);
    found.0
}

/// Whether two texts are the same JSON, whatever their spaces.
pub(crate) fn same_json(one: &str, other: &str) -> bool {
    match (serde_json::from_str::<Value>(one), serde_json::from_str::<Value>(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

/// An HTTP API.
pub(crate) fn api(wanted: &ApiSpec, there: &apis::Api) -> Vec<Difference> {
    let mut found = Differences::default();
    found.flag(there.cors != wanted.cors, Field::Cors);
    found.tags(&wanted.tags, &there.tags);
    found.0
}

/// An integration with the right function.
pub(crate) fn integration(wanted: &IntegrationSpec, there: &apis::Integration) -> Vec<Difference> {
    let mut found = Differences::default();
    found.compare(Field::PayloadFormat, there.payload_format.as_str(), wanted.payload_format, "");
    found.0
}

/// A route: its target should be the first integration with its function.
pub(crate) fn route(function: &Arn, there: &apis::Route, api: &ObservedApi) -> Vec<Difference> {
    let mut found = Differences::default();
    let wanted = api.integrations.iter().find(|it| it.uri == function.as_str());
    let wanted = wanted.map(|it| integration_target(&it.id));
    found.flag(wanted.is_none_or(|wanted| wanted != there.target), Field::Target);
    found.0
}

/// A stage.
pub(crate) fn stage(wanted: &StageSpec, there: &apis::Stage) -> Vec<Difference> {
    let mut found = Differences::default();
    let shown = |rate: Option<f64>, burst: Option<i32>| match (rate, burst) {
        (None, None) => "none".to_owned(),
        (rate, burst) => format!("{}/s, burst {}", rate.unwrap_or_default(), burst.unwrap_or_default()),
    };
    let burst = i32::try_from(wanted.burst).ok();
    let wanted_limits = shown(Some(f64::from(wanted.rate_per_s)), burst);
    found.compare(Field::Throttle, shown(there.rate_per_s, there.burst), wanted_limits, "");
    found.flag(!there.auto_deploy, Field::AutoDeploy);
    found.tags(&wanted.tags, &there.tags);
    found.0
}

/// A statement of a function's policy.
pub(crate) fn permission(wanted: &Statement, there: &Statement) -> Vec<Difference> {
    let mut found = Differences::default();
    found.flag(wanted.source_arn != there.source_arn, Field::Source);
    found.0
}

/// How a route names its integration.
pub(crate) fn integration_target(id: &str) -> String {
    format!("integrations/{id}")
}
