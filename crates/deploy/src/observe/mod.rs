//! Reads what a stack has, from the APIs themselves: no state file. Everything is asked at once; what needs an earlier
//! answer (what is in the API, tags of log groups, resources that are no longer declared) costs one more round trip.

mod api;
mod keys;
mod observed;
mod reader;
mod resources;

use std::collections::{BTreeMap, BTreeSet};

use crate::error::DeployError;
use crate::event::Events;
use aws::Aws;
use keys::Keys;
use model::names::Key;
use model::service::Service;
use model::stack::Stack;
use reader::Reader;

pub(crate) use observed::owner;
pub use observed::{Observed, ObservedApi, ObservedFunction, ObservedLogGroup, ObservedRole, ObservedStateMachine};
pub use resources::running_executions;

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
    let reader = Reader::new(aws, stack, events);
    let declared = Keys::declared(service);
    let (mut observed, log_groups, apis, (role_keys, machine_keys)) = tokio::try_join!(
        resources::observe(&reader, &declared),
        resources::log_groups(&reader, &declared),
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
        let mut old = resources::observe(&reader, &leftover).await?;
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

/// Reads one function and some state machines, and nothing else; none when the function does not exist.
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
    resources::function_and_machines(&Reader::new(aws, stack, events), key, state_machines).await
}
