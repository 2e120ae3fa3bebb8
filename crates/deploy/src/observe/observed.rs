//! What a stack has, as AWS answered it.

use std::collections::BTreeMap;

use super::ownership::Unread;
use crate::desired::spec::Statement;
use aws::function_versions::FunctionVersion;
use aws::{DeniedRead, TagRead, apis, iam, lambda, sfn};
use model::names::Key;
use model::stack::{DeployedNames, Stack};

/// What a stack has. Things that are no longer declared are here too, as long as they carry the stack's tag.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Observed {
    /// Roles.
    pub roles: BTreeMap<Key, ObservedRole>,
    /// Log groups of functions.
    pub log_groups: BTreeMap<Key, ObservedLogGroup>,
    /// Functions.
    pub functions: BTreeMap<Key, ObservedFunction>,
    /// Activities.
    pub activities: BTreeMap<Key, ObservedActivity>,
    /// State machines.
    pub state_machines: BTreeMap<Key, ObservedStateMachine>,
    /// The HTTP APIs with the stack's name and tag, oldest first; more than one is an accident.
    pub apis: Vec<ObservedApi>,
    /// HTTP APIs with the stack's name that do not carry its tag, or whose tags may not be read, oldest first.
    pub foreign_apis: Vec<ObservedApi>,
    /// What could not be read, but for tags.
    pub unread: Vec<Unread>,
    /// How many executions have not ended; counted only when something is there that is no longer declared.
    pub running: usize,
    /// The deployed names of what is no longer declared, where an earlier service file gave them; for activities, of all.
    pub names: DeployedNames,
}

/// A role with our inline policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedRole {
    /// The role.
    pub role: iam::Role,
    /// Our inline policy: JSON.
    pub policy: Option<String>,
}

/// A log group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedLogGroup {
    /// How long lines are kept, in days; for ever when absent.
    pub retention_days: Option<u32>,
    /// Its tags.
    pub tags: TagRead,
    /// Whose function writes to it.
    pub writer: Writer,
}

/// Whose function writes to a log group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Writer {
    /// One of this stack's.
    OurFunction,
    /// Nothing shows that it is one of this stack's.
    Unproven,
    /// Nobody can tell: the function may not be read.
    Unreadable(DeniedRead),
}

/// A function and which routes may invoke it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedFunction {
    /// The function as it is now; its versions may be older.
    pub function: lambda::Function,
    /// Our statements in the policy of its alias.
    pub statements: Vec<Statement>,
    /// Its published versions, oldest first.
    pub versions: Vec<FunctionVersion>,
    /// The version that its alias points to, if it has one.
    pub live: Option<u64>,
    /// Whether its role is the one that it was made with.
    pub grant: Grant,
}

/// Whether what Lambda granted to a function's role still counts. Lambda encrypts environment variables and grants the role,
/// by the id of that very role, to decrypt them: a role made again under the same name has another id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// The role is older than the function's configuration, as far as is known.
    Valid,
    /// The role is gone, or was made again after the function was configured.
    Stale,
}

/// An activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedActivity {
    /// Its tags.
    pub tags: TagRead,
}

/// A state machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedStateMachine {
    /// The state machine.
    pub machine: sfn::StateMachine,
    /// Whether an execution has not ended.
    pub runs: bool,
    /// Its tags.
    pub tags: TagRead,
}

/// An HTTP API with what is in it.
#[derive(Debug, Clone, PartialEq)]
pub struct ObservedApi {
    /// The API.
    pub api: apis::Api,
    /// Its integrations.
    pub integrations: Vec<apis::Integration>,
    /// Its routes.
    pub routes: Vec<apis::Route>,
    /// Its stages.
    pub stages: Vec<apis::Stage>,
}

impl ObservedFunction {
    /// The version that is what the function is now: only the newest can be, for nothing is published twice.
    pub fn published(&self) -> Option<u64> {
        let newest = self.versions.last()?;
        let same = newest.code_sha256 == self.function.code_sha256
            && newest.configuration == self.function.configuration
            && newest.architecture == self.function.architecture;
        same.then_some(newest.number)
    }
}

impl Observed {
    /// The stack with the names of what is no longer declared too.
    pub(crate) fn stack(&self, stack: &Stack) -> Stack {
        let mut stack = stack.clone();
        stack.names.extend(&self.names);
        stack
    }

    /// Whether nothing is there.
    pub fn is_empty(&self) -> bool {
        self.roles.is_empty()
            && self.log_groups.is_empty()
            && self.functions.is_empty()
            && self.activities.is_empty()
            && self.state_machines.is_empty()
            && self.apis.is_empty()
    }
}
