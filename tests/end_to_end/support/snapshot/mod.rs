//! Everything in an account, read through AWS's own operations and without what differs from run to run: ids, times.

mod services;
mod stable;

use serde_json::{Value, json};

use super::cloud::Cloud;
pub use stable::Versions;
use workshop_proxy::Names;

/// What an account holds.
pub struct Snapshot {
    value: Value,
    ids: Names,
}

impl Snapshot {
    /// Reads it all.
    pub fn of(cloud: &Cloud) -> Self {
        let mut ids = Names::new();
        let apis = services::apis(cloud, &mut ids);
        let value = json!({
            "roles": services::roles(cloud),
            "functions": services::functions(cloud, &mut ids),
            "logGroups": services::log_groups(cloud),
            "activities": services::activities(cloud),
            "stateMachines": services::state_machines(cloud),
            "apis": apis,
        });
        Self { value, ids }
    }

    /// As text that is the same whenever the same is there.
    pub fn text(&self, versions: Versions) -> String {
        stable::text(&self.value, &self.ids, versions)
    }

    /// What strangers have, which no command may touch: everything whose name says so.
    pub fn strangers(&self) -> String {
        let mut value = self.value.clone();
        for things in value.as_object_mut().into_iter().flat_map(|kinds| kinds.values_mut()) {
            let Some(things) = things.as_array_mut() else { continue };
            things.retain(|thing| thing.to_string().contains("stranger"));
        }
        stable::text(&value, &self.ids, Versions::Numbered)
    }

    /// What the ids that the cloud gave stand for.
    pub fn names(&self) -> Names {
        self.ids.clone()
    }
}

/// The lines in which two texts differ, `-` only in the first and `+` only in the second.
pub fn difference(expected: &str, found: &str) -> String {
    let only = |sign: char, one: &str, other: &str| {
        let mut left: Vec<&str> = other.lines().collect();
        let mut lines = Vec::new();
        for line in one.lines() {
            match left.iter().position(|there| *there == line) {
                Some(place) => drop(left.swap_remove(place)),
                None => lines.push(format!("{sign} {line}")),
            }
        }
        lines
    };
    [only('-', expected, found), only('+', found, expected)].concat().join("\n")
}
