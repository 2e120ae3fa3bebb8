//! Pure: from the versions of functions and state machines to the deployments that published them.
//!
//! A deployment consists of the newest version of everything at that time. Nothing else is written down anywhere, so what
//! was deleted since shows only as a gap in the numbers, which never return.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::plan::diff::same_json;
use aws::function_versions::FunctionVersion;
use aws::machine_versions::MachineVersion;
use aws::sfn;
use model::deployment::DeploymentId;
use model::names::Key;

/// The versions that a stack has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Versions {
    /// Those of functions.
    pub functions: BTreeMap<Key, FunctionVersions>,
    /// Those of state machines.
    pub machines: BTreeMap<Key, MachineVersions>,
}

/// The versions of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionVersions {
    /// The deployed name.
    pub name: String,
    /// The version that is live.
    pub live: Option<u64>,
    /// The versions that aliases point to, with one such alias.
    pub aliases: BTreeMap<u64, String>,
    /// The versions, oldest first.
    pub versions: Vec<FunctionVersion>,
}

/// The versions of a state machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachineVersions {
    /// The deployed name.
    pub name: String,
    /// `STANDARD` or `EXPRESS`.
    pub kind: &'static str,
    /// Which events of its executions it logs now.
    pub logging: sfn::Logging,
    /// The ARN of its role.
    pub role: String,
    /// Its definition as it is now.
    pub definition: String,
    /// The versions, oldest first.
    pub versions: Vec<MachineVersion>,
}

/// A deployment: what was live once it had ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// When it began.
    pub id: DeploymentId,
    /// The functions.
    pub functions: BTreeMap<Key, DeployedVersion>,
    /// The state machines.
    pub machines: BTreeMap<Key, DeployedVersion>,
}

/// What a deployment holds of a function or state machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeployedVersion {
    /// This version.
    Version {
        /// Its number.
        number: u64,
        /// Whether this deployment published it.
        changed: bool,
    },
    /// Nothing: it did not exist yet.
    NotYet,
    /// Unknown, because versions of about that time were deleted since.
    Deleted {
        /// The version that it was, unless that was one of the deleted.
        probably: Option<u64>,
    },
}

impl DeployedVersion {
    /// The version's number, if it exists.
    pub fn number(self) -> Option<u64> {
        match self {
            Self::Version { number, .. } => Some(number),
            Self::NotYet | Self::Deleted { .. } => None,
        }
    }

    /// The version's number, if this deployment published it.
    pub fn changed(self) -> Option<u64> {
        match self {
            Self::Version { number, changed: true } => Some(number),
            _ => None,
        }
    }
}

impl Deployment {
    /// Whether every version that it held is still there.
    pub fn is_complete(&self) -> bool {
        !self
            .functions
            .values()
            .chain(self.machines.values())
            .any(|held| matches!(held, DeployedVersion::Deleted { .. }))
    }
}

impl Versions {
    /// The deployments, newest first.
    pub fn deployments(&self) -> Vec<Deployment> {
        let functions = numbers_of(&self.functions, |it| &it.versions, |it| (it.number, &it.description));
        let machines = numbers_of(&self.machines, |it| &it.versions, |it| (it.number, &it.description));
        let ids: BTreeSet<DeploymentId> =
            functions.values().chain(machines.values()).flatten().filter_map(|(_, id)| *id).collect();
        let at = |things: &BTreeMap<&Key, Vec<Published>>, id| {
            things.iter().map(|(key, published)| ((*key).clone(), held(published, id))).collect()
        };
        let deployment = |id| Deployment { id, functions: at(&functions, id), machines: at(&machines, id) };
        ids.into_iter().rev().map(deployment).collect()
    }

    /// The newest deployment whose versions are the live ones and whose definitions are the current ones. What was deleted
    /// is live no more, so one with gaps is taken for what it may have been.
    pub fn current(&self, deployments: &[Deployment]) -> Option<DeploymentId> {
        deployments.iter().find(|deployment| self.is_live(deployment)).map(|deployment| deployment.id)
    }

    fn is_live(&self, deployment: &Deployment) -> bool {
        let functions = deployment.functions.iter().all(|(key, held)| match held {
            DeployedVersion::NotYet => true,
            DeployedVersion::Deleted { probably: None } => false,
            DeployedVersion::Version { number, .. } | DeployedVersion::Deleted { probably: Some(number) } => {
                self.functions.get(key).and_then(|it| it.live) == Some(*number)
            }
        });
        functions
            && deployment.machines.iter().all(|(key, held)| match held {
                DeployedVersion::NotYet => true,
                DeployedVersion::Deleted { probably: None } => false,
                DeployedVersion::Version { number, .. } | DeployedVersion::Deleted { probably: Some(number) } => {
                    self.machines.get(key).is_some_and(|machine| machine.is_now(*number))
                }
            })
    }

    /// The deployment that an execution runs on, by its definition: of several with the same, the newest that had begun.
    pub fn runs_on(
        &self,
        deployments: &[Deployment],
        machine: &Key,
        definition: &str,
        started: Timestamp,
    ) -> Option<DeploymentId> {
        let versions = self.machines.get(machine)?;
        let same = |number| versions.version(number).is_some_and(|it| same_json(&it.definition, definition));
        let numbers: BTreeSet<u64> = versions.versions.iter().map(|it| it.number).filter(|it| same(*it)).collect();
        let holds = |it: &&Deployment| {
            it.machines.get(machine).and_then(|held| held.number()).is_some_and(|number| numbers.contains(&number))
        };
        let held: Vec<DeploymentId> = deployments.iter().filter(holds).map(|it| it.id).collect();
        held.iter().find(|id| id.began() <= started).or(held.last()).copied()
    }
}

impl MachineVersions {
    /// Whether the definition is that of a version.
    fn is_now(&self, number: u64) -> bool {
        self.version(number).is_some_and(|it| same_json(&it.definition, &self.definition))
    }

    /// The version with a number.
    pub fn version(&self, number: u64) -> Option<&MachineVersion> {
        self.versions.iter().find(|version| version.number == number)
    }
}

/// A version's number and the deployment that published it, if one did.
type Published = (u64, Option<DeploymentId>);

fn numbers_of<'a, T, V: 'a>(
    things: &'a BTreeMap<Key, T>,
    versions: impl Fn(&'a T) -> &'a Vec<V>,
    read: impl Fn(&'a V) -> (u64, &'a String),
) -> BTreeMap<&'a Key, Vec<Published>> {
    let published = |version| {
        let (number, description) = read(version);
        (number, DeploymentId::of_description(description))
    };
    things.iter().map(|(key, thing)| (key, versions(thing).iter().map(published).collect())).collect()
}

/// What a deployment holds of something with these versions, oldest first.
fn held(published: &[Published], at: DeploymentId) -> DeployedVersion {
    let there = |number: &u64| published.iter().any(|(other, _)| other == number);
    let ours = || published.iter().filter_map(|(number, id)| Some((*number, (*id)?)));
    let newest = ours().rfind(|(_, id)| *id <= at);
    let before = newest.map_or(0, |(number, _)| number);
    let next = ours().find(|(number, id)| *number > before && *id > at);
    let gap = next.is_some_and(|(next, _)| !(before + 1..next).all(|number| there(&number)));
    match newest {
        Some((number, id)) if id == at => DeployedVersion::Version { number, changed: true },
        _ if gap => DeployedVersion::Deleted { probably: newest.map(|(number, _)| number) },
        Some((number, _)) => DeployedVersion::Version { number, changed: false },
        None => DeployedVersion::NotYet,
    }
}

#[cfg(test)]
mod tests;
