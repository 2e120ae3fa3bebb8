//! A state machine as it is stored: what it is now, and every revision that an execution may still run.

use std::collections::BTreeMap;

use cloud_core::{Account, Location, ServiceError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::format::FormatVersion;
use crate::wire::errors;

/// The most versions that a state machine may have (API reference, `PublishStateMachineVersion`).
const MAX_VERSIONS: usize = 1000;

/// One row of the state machines' table. Revisions are rows of their own, so that an update writes only what is new.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Row {
    Machine(Machine),
    Revision(Revision),
}

/// A state machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Machine {
    pub(crate) format: FormatVersion<1>,
    /// Account and region, as [`Location::key_prefix`] writes them.
    pub(crate) location: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) kind: Kind,
    pub(crate) created_at: Timestamp,
    pub(crate) deleting: bool,
    /// The number of its current revision.
    pub(crate) revision: u64,
    /// Its published versions, oldest first.
    pub(crate) versions: Vec<Version>,
    /// Its aliases, oldest first.
    #[serde(default)]
    pub(crate) aliases: Vec<Alias>,
    /// The number that the next published version gets; numbers are never used twice.
    pub(crate) next_version: u64,
    pub(crate) tags: BTreeMap<String, String>,
}

/// A state machine's type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    /// Its executions are durable and may take a year.
    #[default]
    Standard,
    /// Its executions take five minutes at most and leave no history but in a log.
    Express,
}

impl Kind {
    /// The name as the API has it.
    pub(crate) fn api_name(self) -> &'static str {
        match self {
            Self::Standard => "STANDARD",
            Self::Express => "EXPRESS",
        }
    }
}

/// What one update made of a state machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Revision {
    pub(crate) format: FormatVersion<1>,
    pub(crate) number: u64,
    /// Absent for a state machine that was never updated, as on AWS.
    pub(crate) id: Option<String>,
    pub(crate) definition: String,
    pub(crate) role_arn: String,
    pub(crate) logging: Logging,
    pub(crate) tracing_enabled: bool,
    pub(crate) updated_at: Timestamp,
}

/// A published version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Version {
    pub(crate) number: u64,
    pub(crate) revision: u64,
    pub(crate) description: Option<String>,
    pub(crate) created_at: Timestamp,
}

/// A name for a version, or for two of which each gets a share of the executions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Alias {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) routes: Vec<Route>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// How many of a hundred executions a version gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Route {
    pub(crate) version: u64,
    pub(crate) weight: u64,
}

impl Alias {
    /// The version for an execution; `draw` is any number, evenly spread.
    pub(crate) fn pick(&self, draw: u64) -> Option<u64> {
        let mut left = draw % 100;
        for route in &self.routes {
            match left.checked_sub(route.weight) {
                Some(rest) => left = rest,
                None => return Some(route.version),
            }
        }
        self.routes.last().map(|route| route.version)
    }
}

/// `LoggingConfiguration` as it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Logging {
    #[serde(default = "off")]
    pub(crate) level: String,
    #[serde(default)]
    pub(crate) include_execution_data: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) destinations: Option<Vec<Value>>,
}

fn off() -> String {
    "OFF".to_owned()
}

impl Default for Logging {
    fn default() -> Self {
        Self { level: off(), include_execution_data: false, destinations: None }
    }
}

impl Logging {
    /// The log group of its destination, whose ARN ends with `:*`: location and name.
    pub(crate) fn group(&self) -> Option<(Location, String)> {
        let destination = self.destinations.as_ref()?.first()?;
        let arn = destination.get("cloudWatchLogsLogGroup")?.get("logGroupArn")?.as_str()?;
        let mut parts = arn.splitn(7, ':');
        let location = Location::new(Account::of_arn(arn)?, parts.nth(3)?);
        let name = parts.nth(2)?;
        Some((location, name.strip_suffix(":*").unwrap_or(name).to_owned()))
    }
}

impl Machine {
    /// The key of its row.
    pub(crate) fn key(&self) -> String {
        Location::from_key_prefix(&self.location).key(&self.name)
    }

    /// Its ARN, without version.
    pub(crate) fn arn(&self) -> String {
        Location::from_key_prefix(&self.location).arn("states", &format!("stateMachine:{}", self.name))
    }

    /// The ARN of one of its versions or aliases.
    pub(crate) fn version_arn(&self, version: impl std::fmt::Display) -> String {
        format!("{}:{version}", self.arn())
    }

    /// The version with this number.
    pub(crate) fn version(&self, qualifier: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.number.to_string() == qualifier)
    }

    /// The alias with this name.
    pub(crate) fn alias(&self, qualifier: &str) -> Option<&Alias> {
        self.aliases.iter().find(|alias| alias.name == qualifier)
    }

    /// Publishes the current revision; gives the newest version of it when there is one already.
    ///
    /// # Errors
    /// `ServiceQuotaExceededException` when it has as many versions as it may have.
    pub(crate) fn publish(&mut self, description: Option<String>, now: Timestamp) -> Result<Version, ServiceError> {
        if let Some(known) = self.versions.iter().rev().find(|version| version.revision == self.revision) {
            return Ok(known.clone());
        }
        if self.versions.len() >= MAX_VERSIONS {
            return Err(errors::too_many_versions(&self.arn(), MAX_VERSIONS));
        }
        let version = Version { number: self.next_version, revision: self.revision, description, created_at: now };
        self.next_version += 1;
        self.versions.push(version.clone());
        Ok(version)
    }
}

impl Revision {
    /// The first number of the revisions that forks run with a definition of their own: above those of any state machine's own.
    pub(crate) const FIRST_OF_FORKS: u64 = 90_000_000;

    /// The key of its row: beside its machine's, where no machine's key can be.
    pub(crate) fn key(machine: &str, number: u64) -> String {
        format!("{machine}/{number:08}")
    }

    /// Whether it would run, log and trace the same as another.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.definition == other.definition
            && self.role_arn == other.role_arn
            && self.logging == other.logging
            && self.tracing_enabled == other.tracing_enabled
    }

    /// The members that every description of a state machine has.
    pub(crate) fn describe(&self) -> Map<String, Value> {
        let mut members = Map::new();
        members.insert("definition".into(), json!(self.definition));
        members.insert("roleArn".into(), json!(self.role_arn));
        members.insert("loggingConfiguration".into(), json!(self.logging));
        members.insert("tracingConfiguration".into(), json!({"enabled": self.tracing_enabled}));
        members.insert("encryptionConfiguration".into(), json!({"type": "AWS_OWNED_KEY"}));
        if let Some(id) = &self.id {
            members.insert("revisionId".into(), json!(id));
        }
        members
    }
}

/// A moment on the awsJson wire: seconds since 1970, with milliseconds.
#[allow(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
pub(crate) fn seconds(moment: Timestamp) -> Value {
    json!(moment.as_millisecond() as f64 / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine() -> Machine {
        Machine {
            format: FormatVersion,
            location: "us-east-1".to_owned(),
            name: "m".to_owned(),
            kind: Kind::Standard,
            created_at: Timestamp::UNIX_EPOCH,
            deleting: false,
            revision: 0,
            versions: Vec::new(),
            aliases: Vec::new(),
            next_version: 1,
            tags: BTreeMap::new(),
        }
    }

    #[test]
    fn publishing_twice_gives_the_same_version() {
        let mut machine = machine();
        assert_eq!(machine.publish(None, Timestamp::UNIX_EPOCH).unwrap().number, 1);
        assert_eq!(machine.publish(None, Timestamp::UNIX_EPOCH).unwrap().number, 1);
        machine.revision = 1;
        assert_eq!(machine.publish(None, Timestamp::UNIX_EPOCH).unwrap().number, 2);
    }

    #[test]
    fn an_alias_shares_executions_out() {
        let routes = vec![Route { version: 1, weight: 70 }, Route { version: 2, weight: 30 }];
        let alias = Alias {
            name: "a".to_owned(),
            description: None,
            routes,
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
        };
        let first = (0..100).filter(|draw| alias.pick(*draw) == Some(1)).count();
        assert_eq!((first, alias.pick(69), alias.pick(70)), (70, Some(1), Some(2)));
    }

    #[test]
    fn numbers_of_deleted_versions_are_not_used_again() {
        let mut machine = machine();
        machine.publish(None, Timestamp::UNIX_EPOCH).unwrap();
        machine.versions.clear();
        assert_eq!(machine.publish(None, Timestamp::UNIX_EPOCH).unwrap().number, 2);
    }

    #[test]
    fn there_is_a_most_of_versions() {
        let mut machine = machine();
        for revision in 0..1000 {
            machine.revision = revision;
            machine.publish(None, Timestamp::UNIX_EPOCH).unwrap();
        }
        assert_eq!(machine.publish(None, Timestamp::UNIX_EPOCH).unwrap().number, 1000, "it is published already");
        machine.revision = 1000;
        let refused = machine.publish(None, Timestamp::UNIX_EPOCH).unwrap_err();
        assert_eq!(refused.code, "ServiceQuotaExceededException");
        machine.versions.remove(0);
        assert_eq!(machine.publish(None, Timestamp::UNIX_EPOCH).unwrap().number, 1001);
    }

    #[test]
    fn moments_have_milliseconds() {
        assert_eq!(seconds("2017-11-16T14:33:21.123Z".parse().unwrap()), json!(1_510_842_801.123));
    }
}
