//! For tests: versions as deployments publish them.

use std::collections::BTreeMap;

use super::deployments::{FunctionVersions, MachineVersions, Versions};
use super::fixtures::{key, stack};
use aws::function_versions::FunctionVersion;
use aws::lambda::Configuration;
use aws::machine_versions::MachineVersion;
use model::deployment::DeploymentId;

/// The deployment of a minute.
pub(super) fn id(minute: usize) -> DeploymentId {
    DeploymentId::new(format!("2026-11-22T20:{minute:02}:00Z").parse().unwrap())
}

/// A function with its versions, each with the minute of its deployment or none, and which is live.
pub(super) fn function(name: &str, versions: &[(u64, Option<usize>)], live: Option<u64>) -> FunctionVersions {
    let version = |(number, minute): &(u64, Option<usize>)| FunctionVersion {
        number: *number,
        description: description(*minute),
        configuration: Configuration {
            runtime: String::new(),
            handler: String::new(),
            role: String::new(),
            memory_mb: 128,
            timeout_s: 3,
            environment: BTreeMap::new(),
        },
        architecture: String::new(),
        code_sha256: String::new(),
        size_bytes: 1024,
    };
    let name = stack().function_name(&key(name));
    FunctionVersions { name, live, aliases: BTreeMap::new(), versions: versions.iter().map(version).collect() }
}

/// A state machine with its versions, each with the minute of its deployment and its definition; the current definition.
pub(super) fn machine(name: &str, versions: &[(u64, usize, String)], definition: &str) -> MachineVersions {
    let version = |(number, minute, definition): &(u64, usize, String)| MachineVersion {
        number: *number,
        description: description(Some(*minute)),
        definition: definition.clone(),
    };
    let role = stack().role_arn(&key(name)).to_string();
    let (name, definition) = (stack().state_machine_name(&key(name)), definition.to_owned());
    MachineVersions { name, kind: "STANDARD", role, definition, versions: versions.iter().map(version).collect() }
}

/// A definition that names versions of functions.
pub(super) fn definition(functions: &[(&str, u64)]) -> String {
    let arns = functions.iter().map(|(name, number)| format!("\"{}:{number}\"", stack().function_arn(&key(name))));
    format!("{{\"functions\": [{}]}}", arns.collect::<Vec<_>>().join(", "))
}

/// A stack of these.
pub(super) fn versions(functions: Vec<(&str, FunctionVersions)>, machines: Vec<(&str, MachineVersions)>) -> Versions {
    Versions {
        functions: functions.into_iter().map(|(name, it)| (key(name), it)).collect(),
        machines: machines.into_iter().map(|(name, it)| (key(name), it)).collect(),
    }
}

fn description(minute: Option<usize>) -> String {
    minute.map_or_else(|| "by hand".to_owned(), |minute| id(minute).description())
}
