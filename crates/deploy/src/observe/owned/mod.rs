//! What of that which was observed is the stack's, what is not, and what nobody can tell. Each thing is asked for itself.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::observed::{Grant, Observed, ObservedLogGroup, ObservedRole, Writer};
use super::ownership::{Doubt, Owner, Ownership, Unread};
use crate::desired::activity_names;
use crate::desired::resource::Resource;
use crate::error::DeployError;
use aws::{TagRead, Tags};
use model::names::Key;
use model::stack::Stack;

/// The service that functions' roles are assumed by.
const LAMBDA: &str = "lambda.amazonaws.com";

/// The kind of activities.
const ACTIVITY: &str = "activity";

/// Something with tags of its own.
struct Thing {
    key: Key,
    kind: &'static str,
    name: String,
    ownership: Ownership,
}

impl Thing {
    /// What stays in doubt when its tags could not be read.
    fn doubt(self) -> Doubt {
        match self.kind {
            ACTIVITY => Doubt::Activity { key: self.key, name: self.name },
            _ => Doubt::Key(self.key),
        }
    }
}

impl ObservedLogGroup {
    /// Whose it is: as its tags say, or, as Lambda makes groups without tags, whose function writes to it.
    pub fn ownership(&self, stack: &str) -> Ownership {
        match (Ownership::of(&self.tags, stack), &self.writer) {
            (Ownership::Foreign(Owner::Nobody), Writer::OurFunction) => Ownership::Ours,
            (Ownership::Foreign(Owner::Nobody), Writer::Unreadable(denied)) => Ownership::Unknown(denied.clone()),
            (ownership, _) => ownership,
        }
    }
}

impl Observed {
    /// Everything that is found by its name.
    fn things(&self, stack: &Stack) -> Vec<Thing> {
        let stack = &self.stack(stack);
        let ours = stack.name();
        let thing =
            |key: &Key, kind, name, tags| Thing { key: key.clone(), kind, name, ownership: Ownership::of(tags, &ours) };
        let roles = self.roles.iter().map(|(key, it)| thing(key, "role", stack.role_name(key), &it.role.tags));
        let functions = self.functions.iter();
        let functions = functions.map(|(key, it)| thing(key, "function", stack.function_name(key), &it.function.tags));
        let activities = self.activities.iter();
        let activities = activities.map(|(key, it)| thing(key, ACTIVITY, stack.activity_name(key), &it.tags));
        let machines = self.state_machines.iter();
        let machines = machines.map(|(key, it)| thing(key, "state machine", stack.state_machine_name(key), &it.tags));
        let groups = self.log_groups.iter().map(|(key, it)| {
            let ownership = it.ownership(&ours);
            Thing { key: key.clone(), kind: "log group", name: stack.log_group(key), ownership }
        });
        roles.chain(functions).chain(activities).chain(machines).chain(groups).collect()
    }

    /// What has one of our names and is not ours: kind and name of each, and whose it is.
    pub fn foreign(&self, stack: &Stack) -> Vec<(String, Owner)> {
        let foreign = |thing: Thing| match thing.ownership {
            Ownership::Foreign(owner) => Some((format!("{} {}", thing.kind, thing.name), owner)),
            Ownership::Ours | Ownership::Unknown(_) => None,
        };
        self.things(stack).into_iter().filter_map(foreign).collect()
    }

    /// What could not be read, of tags and of everything else.
    pub fn unread(&self, stack: &Stack) -> Vec<Unread> {
        let things = self.things(stack).into_iter().filter_map(|thing| match &thing.ownership {
            Ownership::Unknown(denied) => {
                let what = format!("the tags of the {} {}", thing.kind, thing.name);
                Some(Unread { what, denied: denied.clone(), doubt: thing.doubt() })
            }
            Ownership::Ours | Ownership::Foreign(_) => None,
        });
        let apis = self.foreign_apis.iter().filter_map(|it| match &it.api.tags {
            TagRead::Unreadable(denied) => {
                let what = format!("the tags of the HTTP API {} ({})", it.api.name, it.api.id);
                Some(Unread { what, denied: denied.clone(), doubt: Doubt::Api })
            }
            TagRead::Known(_) => None,
        });
        let mut unread: Vec<Unread> = self.unread.iter().cloned().chain(things).chain(apis).collect();
        unread.sort();
        unread.dedup_by(|one, other| one.what == other.what);
        unread
    }

    /// What was observed, all of which could be read.
    ///
    /// # Errors
    /// Something could not.
    pub fn readable(self, stack: &Stack) -> Result<Self, DeployError> {
        match self.unread(stack) {
            unread if unread.is_empty() => Ok(self),
            unread => Err(DeployError::Unreadable(unread)),
        }
    }

    /// What could not be read and may hide something that is the stack's.
    pub fn doubtful(&self, stack: &Stack) -> Vec<Unread> {
        self.unread(stack).into_iter().filter(|it| it.doubt != Doubt::Details).collect()
    }

    /// Leaves only what is proven to be the stack's. The role of something that could not be read stays out too: it is the
    /// trace by which a later run finds what belongs to it.
    pub fn ours(mut self, stack: &Stack) -> Self {
        let ours = stack.name();
        let unread = self.unread(stack);
        let log_groups_hidden = unread.iter().any(|it| it.doubt == Doubt::LogGroups);
        let doubtful: BTreeSet<&Key> = unread.iter().filter_map(|it| it.doubt.key()).collect();
        self.roles.retain(|key, it| {
            let names = it.role.tags.known().map(activity_names::names).unwrap_or_default();
            let names_doubtful =
                unread.iter().any(|it| matches!(&it.doubt, Doubt::Activity { name, .. } if names.contains(name)));
            let needed = doubtful.contains(key) || names_doubtful || log_groups_hidden && is_of_function(it);
            Ownership::of(&it.role.tags, &ours).is_ours() && !needed
        });
        self.functions.retain(|_, it| Ownership::of(&it.function.tags, &ours).is_ours());
        self.activities.retain(|_, it| Ownership::of(&it.tags, &ours).is_ours());
        self.state_machines.retain(|_, it| Ownership::of(&it.tags, &ours).is_ours());
        self.log_groups.retain(|_, it| it.ownership(&ours).is_ours());
        self.foreign_apis.clear();
        self
    }

    /// Leaves out what is somebody else's; returns the keys of the functions among it.
    pub(super) fn without_foreign(&mut self, ours: &str) -> BTreeSet<Key> {
        let foreign = |tags: &TagRead| matches!(Ownership::of(tags, ours), Ownership::Foreign(_));
        self.roles.retain(|_, it| !foreign(&it.role.tags));
        self.activities.retain(|_, it| !foreign(&it.tags));
        self.state_machines.retain(|_, it| !foreign(&it.tags));
        let strangers = self.functions.extract_if(.., |_, it| foreign(&it.function.tags));
        strangers.map(|(key, _)| key).collect()
    }

    /// Finds out for each log group whether a function of the stack writes to it: one that is there, one that was deleted a
    /// moment ago, or one that is gone and whose role is there still. A stranger's function at that name disproves it.
    pub(super) fn find_writers(&mut self, strangers: &BTreeSet<Key>, deleted: &BTreeSet<Resource>, ours: &str) {
        for (key, group) in &mut self.log_groups {
            let unread = self.unread.iter().find(|it| it.doubt.key() == Some(key));
            let role = self.roles.get(key).filter(|it| Ownership::of(&it.role.tags, ours).is_ours());
            let traces = [Resource::Function(key.clone()), Resource::LogGroup(key.clone())];
            group.writer = match self.functions.get(key) {
                Some(function) => match Ownership::of(&function.function.tags, ours) {
                    Ownership::Ours => Writer::OurFunction,
                    Ownership::Foreign(_) => Writer::Unproven,
                    Ownership::Unknown(denied) => Writer::Unreadable(denied),
                },
                None if strangers.contains(key) => Writer::Unproven,
                None if unread.is_some() => {
                    unread.map_or(Writer::Unproven, |unread| Writer::Unreadable(unread.denied.clone()))
                }
                None if traces.iter().any(|trace| deleted.contains(trace)) => Writer::OurFunction,
                None if role.is_some_and(is_of_function) => Writer::OurFunction,
                None => Writer::Unproven,
            };
        }
    }

    /// Finds out for each function whether its own role was made again after it; times have whole seconds. Of a role that the
    /// service file names nobody here knows.
    pub(crate) fn find_grants(&mut self, stack: &Stack) {
        for (key, there) in &mut self.functions {
            let newer = |role: &ObservedRole| there.function.modified_s.is_some_and(|it| role.role.created_s > it);
            let own = there.function.configuration.role == stack.role_arn(key).as_str();
            let stale = own && self.roles.get(key).is_none_or(newer);
            there.grant = if stale { Grant::Stale } else { Grant::Valid };
        }
    }

    /// What was created a moment ago has the tags that it was created with, also where they may not be read.
    pub(super) fn trust_created(&mut self, created: &BTreeMap<Resource, Tags>) {
        let trust = |resource: Resource, tags: &mut TagRead| {
            if let (TagRead::Unreadable(_), Some(known)) = (&*tags, created.get(&resource)) {
                *tags = TagRead::Known(known.clone());
            }
        };
        self.roles.iter_mut().for_each(|(key, it)| trust(Resource::Role(key.clone()), &mut it.role.tags));
        self.log_groups.iter_mut().for_each(|(key, it)| trust(Resource::LogGroup(key.clone()), &mut it.tags));
        self.functions.iter_mut().for_each(|(key, it)| trust(Resource::Function(key.clone()), &mut it.function.tags));
        self.activities.iter_mut().for_each(|(key, it)| trust(Resource::Activity(key.clone()), &mut it.tags));
        self.state_machines.iter_mut().for_each(|(key, it)| trust(Resource::StateMachine(key.clone()), &mut it.tags));
    }
}

/// Whether a role is that of a function, as its trust policy says, and not that of a state machine with the same key.
pub(super) fn is_of_function(role: &ObservedRole) -> bool {
    let document: Value = serde_json::from_str(&role.role.trust).unwrap_or_default();
    let services = |statement: &Value| match &statement["Principal"]["Service"] {
        Value::Array(services) => services.iter().any(|service| service == LAMBDA),
        service => service == LAMBDA,
    };
    ::policy::statements(&document).iter().any(services)
}

#[cfg(test)]
mod tests;
