//! Reads what a stack has, from the APIs themselves: no state file. Everything is asked at once; what needs an earlier
//! answer (what is in the API, tags of log groups, things that are no longer declared) makes one more round trip.

mod api;
mod keys;
mod things;

use std::collections::BTreeMap;

use super::error::DeployError;
use super::spec::Statement;
use crate::aws::{Aws, Tags, apis, iam, lambda, sfn};
use crate::model::names::Key;
use crate::model::service::Service;
use crate::model::stack::{OWNER_TAG, Stack};
use keys::Keys;

pub(crate) use things::running;

/// The name of the inline policy that our roles have.
pub(crate) const POLICY_NAME: &str = "workshop";

/// What a stack has. Things that are no longer declared are here too, as long as they carry the stack's tag.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Observed {
    /// Roles.
    pub(crate) roles: BTreeMap<Key, ObservedRole>,
    /// Log groups of functions.
    pub(crate) log_groups: BTreeMap<Key, ObservedLogGroup>,
    /// Functions.
    pub(crate) functions: BTreeMap<Key, ObservedFunction>,
    /// State machines.
    pub(crate) state_machines: BTreeMap<Key, ObservedStateMachine>,
    /// The HTTP APIs with the stack's name and tag, oldest first; more than one is a mishap.
    pub(crate) apis: Vec<ObservedApi>,
    /// How many executions have not ended; counted only when something is there that is no longer declared.
    pub(crate) running: usize,
}

/// A role with our inline policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ObservedRole {
    /// The role.
    pub(crate) role: iam::Role,
    /// Our inline policy: JSON.
    pub(crate) policy: Option<String>,
}

/// A log group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ObservedLogGroup {
    /// How long lines are kept, in days; for ever when absent.
    pub(crate) retention_days: Option<u32>,
    /// Its tags.
    pub(crate) tags: Tags,
}

/// A function and which routes may invoke it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ObservedFunction {
    /// The function.
    pub(crate) function: lambda::Function,
    /// Our statements in its policy.
    pub(crate) statements: Vec<Statement>,
}

/// A state machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ObservedStateMachine {
    /// The state machine.
    pub(crate) machine: sfn::StateMachine,
    /// Its tags.
    pub(crate) tags: Tags,
}

/// An HTTP API with what is in it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ObservedApi {
    /// The API.
    pub(crate) api: apis::Api,
    /// Its integrations.
    pub(crate) integrations: Vec<apis::Integration>,
    /// Its routes.
    pub(crate) routes: Vec<apis::Route>,
    /// Its stages.
    pub(crate) stages: Vec<apis::Stage>,
}

/// Reads what a stack has.
///
/// # Errors
/// A call that fails, or something at one of our names that does not carry the stack's tag.
pub(crate) async fn observe(aws: &Aws, stack: &Stack, service: &Service) -> Result<Observed, DeployError> {
    let declared = Keys::declared(service);
    let (mut observed, log_groups, apis, (role_keys, machine_keys)) = tokio::try_join!(
        things::observe(aws, stack, &declared),
        things::log_groups(aws, stack),
        api::observe(aws, stack),
        keys::named(aws, stack),
    )?;
    observed.apis = apis;
    observed.refuse_foreign(&log_groups, &declared, stack)?;
    let group_keys: Vec<Key> = log_groups.keys().cloned().collect();
    let leftover = declared.leftover(&role_keys, &machine_keys, &group_keys);
    observed.log_groups = log_groups;
    observed
        .log_groups
        .retain(|key, group| declared.functions.contains(key) || owner(&group.tags) == Some(&stack.name()));
    if !leftover.is_empty() {
        let mut old = things::observe(aws, stack, &leftover).await?;
        old.keep_owned(&stack.name());
        let something = !(old.roles.is_empty() && old.functions.is_empty() && old.state_machines.is_empty());
        observed.roles.append(&mut old.roles);
        observed.functions.append(&mut old.functions);
        observed.state_machines.append(&mut old.state_machines);
        if something {
            let all = running(aws, stack, &observed).await?;
            observed.running = all.values().map(Vec::len).sum();
        }
    }
    Ok(observed)
}

/// The stack that a resource belongs to, as its tag says.
pub(crate) fn owner(tags: &Tags) -> Option<&String> {
    tags.get(OWNER_TAG)
}

impl Observed {
    /// Whether nothing is there.
    pub(crate) fn is_empty(&self) -> bool {
        self.roles.is_empty()
            && self.log_groups.is_empty()
            && self.functions.is_empty()
            && self.state_machines.is_empty()
            && self.apis.is_empty()
    }

    /// Refuses to go on when something at one of our names is not ours. A log group without a tag is ours when it has our
    /// function's name: Lambda makes such groups by itself.
    fn refuse_foreign(
        &self,
        log_groups: &BTreeMap<Key, ObservedLogGroup>,
        declared: &Keys,
        stack: &Stack,
    ) -> Result<(), DeployError> {
        let ours = stack.name();
        let foreign = |tags: &Tags| owner(tags) != Some(&ours);
        let roles =
            self.roles.iter().filter(|(_, it)| foreign(&it.role.tags)).map(|it| ("role", stack.role_name(it.0)));
        let functions = self.functions.iter().filter(|(_, it)| foreign(&it.function.tags));
        let functions = functions.map(|it| ("function", stack.function_name(it.0)));
        let machines = self.state_machines.iter().filter(|(_, it)| foreign(&it.tags));
        let machines = machines.map(|it| ("state machine", stack.state_machine_name(it.0)));
        let groups = log_groups.iter().filter(|(key, it)| {
            declared.functions.contains(*key) && owner(&it.tags).is_some_and(|owner| *owner != ours)
        });
        let groups = groups.map(|it| ("log group", stack.log_group(it.0)));
        match functions.chain(machines).chain(roles).chain(groups).next() {
            Some((kind, name)) => Err(DeployError::NotOurs { kind, name, stack: ours }),
            None => Ok(()),
        }
    }

    fn keep_owned(&mut self, stack: &String) {
        self.roles.retain(|_, it| owner(&it.role.tags) == Some(stack));
        self.functions.retain(|_, it| owner(&it.function.tags) == Some(stack));
        self.state_machines.retain(|_, it| owner(&it.tags) == Some(stack));
    }
}
