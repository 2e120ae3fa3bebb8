//! Takes out of a snapshot what is different in every run.

use serde_json::{Map, Value};

use workshop_proxy::Names;

/// How versions are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Versions {
    /// Every one, with its number.
    Numbered,
    /// Only what is live, whatever its number: several deployments came together.
    Live,
}

/// Keys of times, revisions and the like.
const VOLATILE: [&str; 14] = [
    "LastModified",
    "RevisionId",
    "revisionId",
    "creationDate",
    "updateDate",
    "createdDate",
    "lastUpdatedDate",
    "deploymentId",
    "lastDeploymentStatusMessage",
    "Location",
    "apiEndpoint",
    "CreationTime",
    "creationTime",
    "SnapStart",
];

pub fn text(value: &Value, ids: &Names, versions: Versions) -> String {
    let mut value = value.clone();
    if versions == Versions::Live {
        only_live(&mut value);
    }
    scrub(&mut value);
    let text = format!("{value:#}");
    let text = ids.iter().fold(text, |text, (id, name)| text.replace(id, name));
    let text = without_deployment_ids(&text);
    if versions == Versions::Live { without_pins(&text) } else { text }
}

fn scrub(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|key, _| !VOLATILE.contains(&key.as_str()));
            map.values_mut().for_each(scrub);
        }
        Value::Array(items) => items.iter_mut().for_each(scrub),
        _ => {}
    }
}

/// Deployments are called by the moment they began.
fn without_deployment_ids(text: &str) -> String {
    let length = "2026-11-22T20:59:26.123Z".len();
    let mut pieces = text.split("workshop 20");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        plain.push_str("workshop (then)");
        plain.push_str(piece.get(length - 2..).unwrap_or_default());
    }
    plain
}

/// Puts in the place of each alias the version that it names, and forgets every other version.
fn only_live(value: &mut Value) {
    for function in value["functions"].as_array_mut().into_iter().flatten() {
        let versions = function["versions"].as_array().cloned().unwrap_or_default();
        for alias in function["aliases"].as_array_mut().into_iter().flatten() {
            let mut named = versions.iter().find(|it| it["Version"] == alias["FunctionVersion"]).cloned();
            if let Some(version) = named.as_mut().and_then(Value::as_object_mut) {
                forget(version, &["Version", "FunctionArn", "Description"]);
            }
            alias["FunctionVersion"] = named.unwrap_or(Value::Null);
        }
        if let Some(function) = function.as_object_mut() {
            function.remove("versions");
        }
    }
    for machine in value["stateMachines"].as_array_mut().into_iter().flatten() {
        if let Some(machine) = machine.as_object_mut() {
            machine.remove("versions");
        }
    }
}

fn forget(map: &mut Map<String, Value>, keys: &[&str]) {
    map.retain(|key, _| !keys.contains(&key.as_str()));
}

/// Calls every version that is pinned by number the same.
fn without_pins(text: &str) -> String {
    let mut pieces = text.split(":function:");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        plain.push_str(":function:");
        let name =
            piece.find(|sign: char| !sign.is_ascii_alphanumeric() && !"-_".contains(sign)).unwrap_or(piece.len());
        let (name, rest) = piece.split_at(name);
        let digits = rest.strip_prefix(':').map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
        plain.push_str(name);
        plain.push_str(if digits > 0 { &rest[digits + 1..] } else { rest });
    }
    plain
}
