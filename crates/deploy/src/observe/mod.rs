//! Reads what a stack has, from the APIs themselves: no state file. Everything is asked at once; what needs an earlier
//! answer (what is in the API, tags of log groups, things that are no longer declared) makes one more round trip.

mod api;
mod keys;
mod reader;
mod things;

use std::collections::{BTreeMap, BTreeSet};

use super::error::DeployError;
use super::event::Events;
use super::spec::Statement;
use aws::function_versions::FunctionVersion;
use aws::{Aws, Tags, apis, iam, lambda, sfn};
use keys::Keys;
use model::names::Key;
use model::service::Service;
use model::stack::{OWNER_TAG, Stack};
use reader::Reader;

pub use things::running_executions;

/// The name of the inline policy that our roles have.
pub(crate) const POLICY_NAME: &str = "workshop";

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
    /// The HTTP APIs with the stack's name and tag, oldest first; more than one is a mishap.
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
    /// The version that its alias leads to, if it has one.
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

/// What is known of a stack from work that was just done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecentChanges {
    /// The id of the HTTP API.
    pub api: Option<String>,
    /// Keys of what was deleted.
    pub deleted: BTreeSet<Key>,
}

/// Reads what a stack has.
///
/// # Errors
/// A call that fails for good.
pub async fn observe(
    aws: &Aws,
    stack: &Stack,
    service: &Service,
    known: &RecentChanges,
    events: &Events,
) -> Result<Observed, DeployError> {
    let (reader, declared) = (Reader::new(aws, stack, events), Keys::declared(service));
    let (mut observed, log_groups, apis, (role_keys, machine_keys)) = tokio::try_join!(
        things::observe(&reader, &declared),
        things::log_groups(&reader, &declared),
        api::observe(&reader, known.api.as_deref()),
        keys::named(&reader, &declared),
    )?;
    let ours = stack.name();
    (observed.apis, observed.foreign_apis) = apis.into_iter().partition(|it| owner(&it.api.tags) == Some(&ours));
    let group_keys: Vec<Key> = log_groups.keys().cloned().collect();
    let role_keys: Vec<Key> = role_keys.into_iter().chain(known.deleted.iter().cloned()).collect();
    let leftover = declared.leftover(&role_keys, &machine_keys, &group_keys);
    observed.log_groups = log_groups;
    observed.log_groups.retain(|key, group| declared.functions.contains(key) || owner(&group.tags) == Some(&ours));
    if !leftover.is_empty() {
        let mut old = things::observe(&reader, &leftover).await?;
        old.keep_owned(&ours);
        let something = !(old.roles.is_empty() && old.functions.is_empty() && old.state_machines.is_empty());
        observed.roles.append(&mut old.roles);
        observed.functions.append(&mut old.functions);
        observed.state_machines.append(&mut old.state_machines);
        if something {
            let all = running_executions(aws, stack, &observed).await?;
            observed.running = all.values().map(Vec::len).sum();
        }
    }
    Ok(observed)
}

/// Reads one function and some state machines, and nothing else; none when the function is not there.
///
/// # Errors
/// A call that fails for good.
pub async fn observe_function(
    aws: &Aws,
    stack: &Stack,
    key: &Key,
    state_machines: impl Iterator<Item = Key>,
    events: &Events,
) -> Result<Option<(ObservedFunction, BTreeMap<Key, ObservedStateMachine>)>, DeployError> {
    things::function_and_machines(&Reader::new(aws, stack, events), key, state_machines).await
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

    fn keep_owned(&mut self, stack: &String) {
        self.roles.retain(|_, it| owner(&it.role.tags) == Some(stack));
        self.functions.retain(|_, it| owner(&it.function.tags) == Some(stack));
        self.state_machines.retain(|_, it| owner(&it.tags) == Some(stack));
    }
}
