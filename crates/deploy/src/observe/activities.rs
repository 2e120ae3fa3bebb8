//! Reads activities: those that the service file declares, and those that their names or the tags of roles give away.

use std::collections::{BTreeMap, BTreeSet};

use super::observed::{Observed, ObservedActivity, ObservedRole};
use super::ownership::{Doubt, Ownership};
use super::reader::Reader;
use crate::desired::activity_names;
use crate::error::DeployError;
use crate::parallel;
use aws::{TagRead, sfn};
use model::names::Key;
use model::service::Service;
use model::stack::Stack;

/// The declared activities, and the names of others that begin as the stack's do.
pub(super) struct Activities {
    pub(super) declared: BTreeMap<Key, ObservedActivity>,
    listed: BTreeSet<String>,
}

/// Reads the declared activities and the list of all.
pub(super) async fn observe(reader: &Reader, service: &Service) -> Result<Activities, DeployError> {
    let declared = service.activities.keys().map(|key| activity(reader.clone(), key.clone()));
    let start = reader.stack.activity_name_start();
    let (declared, listed) =
        tokio::try_join!(parallel::all(declared), reader.call(|| sfn::activities::names(&reader.aws.sfn, &start)),)?;
    let listed = reader.answer(listed, Doubt::Others, || "the list of activities".to_owned()).unwrap_or_default();
    Ok(Activities { declared: declared.into_iter().flatten().collect(), listed: listed.into_iter().collect() })
}

impl Activities {
    /// The names of activities that may be the stack's and that the service file does not declare.
    pub(super) fn undeclared(
        &self,
        roles: &BTreeMap<Key, ObservedRole>,
        service: &Service,
        stack: &Stack,
    ) -> BTreeSet<String> {
        let mut names = self.listed.clone();
        names.extend(named(roles, stack));
        for key in service.activities.keys() {
            names.remove(&stack.activity_name(key));
        }
        names
    }
}

/// The activities that the stack's roles name.
pub(super) fn named(roles: &BTreeMap<Key, ObservedRole>, stack: &Stack) -> BTreeSet<String> {
    let ours = stack.name();
    let tags = roles.values().map(|it| &it.role.tags).filter(|tags| Ownership::of(tags, &ours).is_ours());
    tags.filter_map(TagRead::known).flat_map(activity_names::names).collect()
}

/// Reads activities that nothing declares; each gets a key that no declared one has.
pub(super) async fn add_undeclared(
    reader: &Reader,
    names: BTreeSet<String>,
    service: &Service,
    observed: &mut Observed,
) -> Result<(), DeployError> {
    for name in names {
        let usual = key_of(&name, &reader.stack);
        // A name of its own may be what another's ends with.
        let taken = service.activities.contains_key(&usual) || observed.names.activities.contains_key(&usual);
        let key = if taken { Key::hashed(&name) } else { usual };
        observed.names.activities.insert(key, name);
    }
    let reader = reader.with_names(&observed.names);
    let unread = observed.names.activities.keys().filter(|key| !observed.activities.contains_key(*key));
    let found = parallel::all(unread.map(|key| activity(reader.clone(), key.clone()))).await?;
    observed.activities.extend(found.into_iter().flatten());
    Ok(())
}

fn key_of(name: &str, stack: &Stack) -> Key {
    let own = name.strip_prefix(&format!("{}-", stack.name())).and_then(|rest| Key::parse(rest).ok());
    own.unwrap_or_else(|| Key::of_name(name))
}

async fn activity(reader: Reader, key: Key) -> Result<Option<(Key, ObservedActivity)>, DeployError> {
    let client = &reader.aws.sfn;
    let arn = reader.stack.activity_arn(&key);
    let exists = reader.call(|| sfn::activities::exists(client, arn.as_str())).await?;
    let name = reader.stack.activity_name(&key);
    let doubt = Doubt::Activity { key: key.clone(), name: name.clone() };
    if reader.answer(exists, doubt, || format!("the activity {name}")) != Some(true) {
        return Ok(None);
    }
    // Asked for only now, so that nobody needs the permission who has no activity yet.
    let tags = reader.call(|| sfn::tags(client, arn.as_str())).await?;
    let tags = tags.unwrap_or_else(|denied| Some(TagRead::Unreadable(denied)));
    // Without tags it is gone since it was described.
    Ok(tags.map(|tags| (key, ObservedActivity { tags })))
}
