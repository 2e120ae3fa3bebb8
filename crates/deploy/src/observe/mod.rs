//! Reads what a stack has, from the APIs themselves: no state file. Everything is asked at once; what needs an earlier
//! answer (what is in the API, tags of log groups, resources that are no longer declared) costs one more round trip.

mod activities;
mod api;
mod keys;
mod observed;
mod owned;
mod ownership;
mod reader;
mod resources;

use std::collections::{BTreeMap, BTreeSet};

use crate::desired::resource::Resource;
use crate::error::DeployError;
use crate::event::Events;
use aws::{Aws, TagRead, Tags};
use keys::Keys;
use model::names::Key;
use model::service::Service;
use model::stack::Stack;
use reader::Reader;

pub use observed::{
    Grant, Observed, ObservedActivity, ObservedApi, ObservedFunction, ObservedLogGroup, ObservedRole,
    ObservedStateMachine, Writer,
};
pub use ownership::{Doubt, Owner, Ownership, Unread};
pub use resources::running_executions;

/// What is known of a stack from work that was just done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecentChanges {
    /// The id of the HTTP API.
    pub api: Option<String>,
    /// What was deleted.
    pub deleted: BTreeSet<Resource>,
    /// What was created, with its tags: whose it is need not be read.
    pub created: BTreeMap<Resource, Tags>,
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
    let (mut observed, log_groups, apis, activities, (role_keys, machine_keys)) = tokio::try_join!(
        resources::observe(&reader, &declared),
        resources::log_groups(&reader, &declared),
        api::observe(&reader, known.api.as_deref()),
        activities::observe(&reader, service),
        keys::named(&reader, &declared),
    )?;
    let ours = stack.name();
    let apis = apis.into_iter().map(|it| with_created_tags(it, known));
    (observed.apis, observed.foreign_apis) = apis.partition(|it| Ownership::of(&it.api.tags, &ours).is_ours());
    let group_keys: Vec<Key> = log_groups.keys().cloned().collect();
    let deleted = known.deleted.iter().filter_map(|resource| resource.key().cloned());
    let role_keys: Vec<Key> = role_keys.into_iter().chain(deleted).collect();
    let leftover = declared.leftover(&role_keys, &machine_keys, &group_keys);
    observed.log_groups = log_groups;
    let undeclared = activities.undeclared(&observed.roles, service, stack);
    observed.activities = activities.declared;
    let mut strangers = BTreeSet::new();
    if !(leftover.is_empty() && undeclared.is_empty()) {
        let mut old = undeclared_things(&reader, &leftover, undeclared, service).await?;
        observed.names = std::mem::take(&mut old.names);
        strangers = old.without_foreign(&ours);
        let something = !(old.roles.is_empty()
            && old.functions.is_empty()
            && old.activities.is_empty()
            && old.state_machines.is_empty());
        observed.roles.append(&mut old.roles);
        observed.log_groups.append(&mut old.log_groups);
        observed.functions.append(&mut old.functions);
        observed.activities.append(&mut old.activities);
        observed.state_machines.append(&mut old.state_machines);
        if something {
            let all = running_executions(aws, stack, &observed).await?;
            observed.running = all.values().map(Vec::len).sum();
        }
    }
    observed.unread = reader.unread();
    observed.trust_created(&known.created);
    observed.find_writers(&strangers, &known.deleted, &ours);
    observed.find_grants(stack);
    observed.log_groups.retain(|key, group| {
        declared.functions.contains(key) || !matches!(group.ownership(&ours), Ownership::Foreign(_))
    });
    Ok(observed)
}

/// Reads what nothing declares: what is under leftover keys, and activities by their names.
async fn undeclared_things(
    reader: &Reader,
    leftover: &Keys,
    activities: BTreeSet<String>,
    service: &Service,
) -> Result<Observed, DeployError> {
    let mut named = Observed::default();
    let (mut old, ()) = tokio::try_join!(
        resources::observe_undeclared(reader, leftover),
        activities::add_undeclared(reader, activities.clone(), service, &mut named),
    )?;
    old.activities = named.activities;
    old.names.activities = named.names.activities;
    let mut further = activities::named(&old.roles, &reader.stack);
    further.retain(|name| !activities.contains(name));
    for key in service.activities.keys() {
        further.remove(&reader.stack.activity_name(key));
    }
    if !further.is_empty() {
        activities::add_undeclared(reader, further, service, &mut old).await?;
    }
    Ok(old)
}

/// An API that was created a moment ago has the tags that it was created with, also where they may not be read.
fn with_created_tags(mut there: ObservedApi, known: &RecentChanges) -> ObservedApi {
    let created = known.created.get(&Resource::Api).filter(|_| known.api.as_ref() == Some(&there.api.id));
    if let (TagRead::Unreadable(_), Some(tags)) = (&there.api.tags, created) {
        there.api.tags = TagRead::Known(tags.clone());
    }
    there
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
    let reader = Reader::new(aws, stack, events);
    let found = resources::function_and_machines(&reader, key, state_machines).await?;
    match reader.unread() {
        unread if unread.is_empty() => Ok(found),
        unread => Err(DeployError::Unreadable(unread)),
    }
}
