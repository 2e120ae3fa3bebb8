//! What a stack has, as AWS answered it.

use std::collections::BTreeMap;

use crate::desired::spec::Statement;
use aws::function_versions::FunctionVersion;
use aws::{Tags, apis, iam, lambda, sfn};
use model::names::Key;
use model::stack::{OWNER_TAG, Stack};

/// What a stack has. Things that are no longer declared are here too, as long as they carry the stack's tag.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Observed {
    /// Roles.
    pub roles: BTreeMap<Key, ObservedRole>,
    /// Log groups of functions.
    pub log_groups: BTreeMap<Key, ObservedLogGroup>,
    /// Functions.
    pub functions: BTreeMap<Key, ObservedFunction>,
    /// State machines.
    pub state_machines: BTreeMap<Key, ObservedStateMachine>,
    /// The HTTP APIs with the stack's name and tag, oldest first; more than one is an accident.
    pub apis: Vec<ObservedApi>,
    /// HTTP APIs with the stack's name that do not carry its tag, oldest first.
    pub foreign_apis: Vec<ObservedApi>,
    /// How many executions have not ended; counted only when something is there that is no longer declared.
    pub running: usize,
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
    pub tags: Tags,
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
}

/// A state machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedStateMachine {
    /// The state machine.
    pub machine: sfn::StateMachine,
    /// Whether an execution has not ended.
    pub runs: bool,
    /// Its tags.
    pub tags: Tags,
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

/// The stack that a resource belongs to, as its tag says.
pub(crate) fn owner(tags: &Tags) -> Option<&String> {
    tags.get(OWNER_TAG)
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
    /// Whether nothing is there.
    pub fn is_empty(&self) -> bool {
        self.roles.is_empty()
            && self.log_groups.is_empty()
            && self.functions.is_empty()
            && self.state_machines.is_empty()
            && self.apis.is_empty()
    }

    /// What has one of our names and belongs to somebody else: kind and name of each.
    pub fn foreign(&self, stack: &Stack) -> Vec<String> {
        let ours = stack.name();
        let foreign = |tags: &Tags| owner(tags) != Some(&ours);
        let roles = self.roles.iter().filter(|(_, it)| foreign(&it.role.tags));
        let functions = self.functions.iter().filter(|(_, it)| foreign(&it.function.tags));
        let machines = self.state_machines.iter().filter(|(_, it)| foreign(&it.tags));
        let groups = self.log_groups.iter().filter(|(_, it)| owner(&it.tags).is_some_and(|owner| *owner != ours));
        let roles = roles.map(|(key, _)| format!("role {}", stack.role_name(key)));
        let functions = functions.map(|(key, _)| format!("function {}", stack.function_name(key)));
        let machines = machines.map(|(key, _)| format!("state machine {}", stack.state_machine_name(key)));
        let groups = groups.map(|(key, _)| format!("log group {}", stack.log_group(key)));
        roles.chain(functions).chain(machines).chain(groups).collect()
    }

    /// Leaves only what carries the stack's tag, and log groups without any: Lambda makes those by itself.
    pub fn ours(mut self, stack: &Stack) -> Self {
        let ours = stack.name();
        self.keep_owned(&ours);
        self.log_groups.retain(|_, it| owner(&it.tags).is_none_or(|owner| *owner == ours));
        self.foreign_apis.clear();
        self
    }

    pub(super) fn keep_owned(&mut self, stack: &String) {
        self.roles.retain(|_, it| owner(&it.role.tags) == Some(stack));
        self.functions.retain(|_, it| owner(&it.function.tags) == Some(stack));
        self.state_machines.retain(|_, it| owner(&it.tags) == Some(stack));
    }
}
