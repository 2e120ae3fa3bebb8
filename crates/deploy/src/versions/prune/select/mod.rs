//! Selects the versions that nothing needs any more, and says why the others are kept. Pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::plan::diff::same_json;
use crate::versions::deployments::{Deployment, FunctionVersions, MachineVersions, Versions};
use crate::versions::pinned;
use crate::versions::read::ExecutionGroup;
use model::deployment::DeploymentId;
use model::names::Key;

/// How many deployments are kept unless said otherwise.
pub const DEFAULT_KEEP: usize = 5;

/// How long the deployment before the newest stays after that one began, whatever was said: an execution that began on it
/// just before may not be listed yet.
const LISTED_AFTER: SignedDuration = SignedDuration::from_secs(30);

/// The same for stacks with express state machines, whose executions are never listed: they end within five minutes.
const EXPRESS_ENDED_AFTER: SignedDuration = SignedDuration::from_mins(6);

/// One version of a function or state machine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// Of a state machine.
    Machine(Key, u64),
    /// Of a function.
    Function(Key, u64),
}

/// Why a version is kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeepReason {
    /// It is live, or a current definition names it, or is it.
    Live,
    /// One of the newest deployments holds it.
    Recent,
    /// An execution that has not ended needs it.
    Executions,
    /// A deployment replaced it a moment ago, and executions that began before may not be listed yet.
    JustReplaced,
    /// An alias that somebody created points to it.
    Alias(String),
    /// Somebody else published it.
    PublishedByOthers,
}

/// Which versions are deleted and which are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// The versions that nothing needs: they are deleted.
    pub delete: BTreeSet<Version>,
    /// The versions that are kept, each with the first reason for it.
    pub keep: BTreeMap<Version, KeepReason>,
    /// The names of the executions that a version is kept for.
    pub executions: Vec<String>,
}

/// Decides about every version. Executions that are not in `in_flight` need nothing.
pub fn select_versions(versions: &Versions, in_flight: &[ExecutionGroup], keep: usize, now: Timestamp) -> Selection {
    let deployments = versions.deployments();
    let mut needs = Needs { versions, keep: BTreeMap::new() };
    for (key, function) in &versions.functions {
        needs.add(function.live.map(|number| Version::Function(key.clone(), number)), KeepReason::Live);
    }
    for (key, machine) in &versions.machines {
        let same = machine.versions.iter().filter(|it| same_json(&it.definition, &machine.definition));
        needs.add(same.map(|it| Version::Machine(key.clone(), it.number)).next_back(), KeepReason::Live);
        needs.definition(&machine.definition, &KeepReason::Live);
    }
    for deployment in deployments.iter().take(keep.max(1)) {
        needs.deployment(deployment, &KeepReason::Recent);
    }
    let mut selection = Selection { executions: needs.executions(in_flight), ..Selection::default() };
    for (place, deployment) in deployments.iter().enumerate() {
        if versions.is_just_replaced(&deployments, place, now) {
            needs.deployment(deployment, &KeepReason::JustReplaced);
        }
    }
    for (key, function) in &versions.functions {
        for (number, alias) in &function.aliases {
            needs.add([Version::Function(key.clone(), *number)], KeepReason::Alias(alias.clone()));
        }
    }
    for (version, description) in versions.all() {
        if DeploymentId::of_description(description).is_none() {
            needs.add([version], KeepReason::PublishedByOthers);
        }
    }
    for (version, _) in versions.all() {
        match needs.keep.remove(&version) {
            Some(why) => drop(selection.keep.insert(version, why)),
            None => drop(selection.delete.insert(version)),
        }
    }
    selection
}

/// The versions that are kept so far.
struct Needs<'a> {
    versions: &'a Versions,
    keep: BTreeMap<Version, KeepReason>,
}

impl Needs<'_> {
    fn add(&mut self, needed: impl IntoIterator<Item = Version>, why: KeepReason) {
        for version in needed {
            self.keep.entry(version).or_insert_with(|| why.clone());
        }
    }

    /// The versions of functions that a definition names.
    fn definition(&mut self, definition: &str, why: &KeepReason) {
        for (key, function) in &self.versions.functions {
            for number in pinned::versions_of(definition, &function.name) {
                self.keep.entry(Version::Function(key.clone(), number)).or_insert_with(|| why.clone());
            }
        }
    }

    /// What executions run on; returns the names of those that a version is kept for.
    fn executions(&mut self, in_flight: &[ExecutionGroup]) -> Vec<String> {
        let mut names = Vec::new();
        for running in in_flight {
            let before = self.keep.len();
            self.definition(&running.definition, &KeepReason::Executions);
            if let Some(machine) = self.versions.machines.get(&running.machine) {
                let same = machine.versions.iter().filter(|it| same_json(&it.definition, &running.definition));
                self.add(same.map(|it| Version::Machine(running.machine.clone(), it.number)), KeepReason::Executions);
            }
            if self.keep.len() > before {
                names.extend(running.executions.iter().map(|(name, _)| name.clone()));
            }
        }
        names
    }

    /// What a deployment holds, and what the definitions among that name.
    fn deployment(&mut self, deployment: &Deployment, why: &KeepReason) {
        let functions = deployment.functions.iter();
        let functions = functions.filter_map(|(key, held)| Some(Version::Function(key.clone(), held.number()?)));
        self.add(functions, why.clone());
        for (key, held) in &deployment.machines {
            let Some(number) = held.number() else { continue };
            self.add([Version::Machine(key.clone(), number)], why.clone());
            let version = self.versions.machines.get(key).and_then(|machine| machine.version(number));
            if let Some(version) = version {
                self.definition(&version.definition, why);
            }
        }
    }
}

impl Versions {
    /// Whether executions that began while a deployment was current may be unknown. `place` counts from the newest, 0.
    fn is_just_replaced(&self, deployments: &[Deployment], place: usize, now: Timestamp) -> bool {
        let Some(next) = place.checked_sub(1).and_then(|place| deployments.get(place)) else { return false };
        let since = now.duration_since(next.id.began());
        let express = self.machines.values().any(|machine| machine.kind == "EXPRESS");
        since < LISTED_AFTER && place == 1 || express && since < EXPRESS_ENDED_AFTER
    }

    /// Every version with its description.
    fn all(&self) -> impl Iterator<Item = (Version, &str)> {
        let functions = self.functions.iter().flat_map(|(key, FunctionVersions { versions, .. })| {
            versions.iter().map(|it| (Version::Function(key.clone(), it.number), it.description.as_str()))
        });
        let machines = self.machines.iter().flat_map(|(key, MachineVersions { versions, .. })| {
            versions.iter().map(|it| (Version::Machine(key.clone(), it.number), it.description.as_str()))
        });
        functions.chain(machines)
    }
}

#[cfg(test)]
mod tests;
