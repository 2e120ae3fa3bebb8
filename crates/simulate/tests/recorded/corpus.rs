//! The executions of the corpus: definition and history of each.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use simulate::{Recorded, RecordedEvent};

/// When the corpus was recorded: its timestamps are masked, and some definitions wait for moments near it.
const RECORDED_AT: &str = "2026-11-22T12:57:00Z";

pub(crate) struct Execution {
    pub(crate) id: String,
    pub(crate) definition: String,
    pub(crate) is_express: bool,
    pub(crate) recorded: Recorded,
    /// A mock configuration of Step Functions Local that must give the same history, and its test case.
    pub(crate) mocked: Option<(Value, String)>,
}

pub(crate) fn find() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance");
    let main_checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/conformance");
    let named = std::env::var_os("WORKSHOP_CONFORMANCE").map(PathBuf::from);
    named.into_iter().chain([beside, main_checkout]).find(|corpus| corpus.join("cases").is_dir())
}

/// Every history of which the corpus has the definition, sorted by id.
pub(crate) fn executions(corpus: &Path) -> Vec<Execution> {
    let mut executions = Vec::new();
    for category in folder(&corpus.join("cases")) {
        for file in folder(&category) {
            let case: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
            let Some(collected) = case["collect"].as_object() else { continue };
            for (key, recipe) in collected {
                executions.extend(execution(&case, key, recipe));
            }
        }
    }
    executions.sort_by(|one, other| one.id.cmp(&other.id));
    executions
}

fn folder(path: &Path) -> Vec<PathBuf> {
    fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// The execution whose history a key of the case is, if a machine of the case made it.
fn execution(case: &Value, key: &str, recipe: &Value) -> Option<Execution> {
    let events = case["expected"][key]["events"].as_array()?;
    let step = |number: u64| case["steps"].as_array()?.iter().find(|step| step["n"].as_u64() == Some(number));
    let history = step(recipe["from"].as_u64()?)?;
    let start = step(reference(&history["params"]["executionArn"], "executionArn")?)?;
    let machine = step(reference(&start["params"]["stateMachineArn"], "stateMachineArn")?)?;
    let definition = filled(machine["params"]["definition"].as_str()?);
    let name = case["id"].as_str()?;
    let id = if key == "get_execution_history" { name.to_owned() } else { format!("{name} {key}") };
    // Histories of what ran side by side were sorted, and have no chain any more.
    if events.iter().any(|event| !event["id"].is_u64()) {
        return None;
    }
    let events = events.iter().map(event).collect();
    let recorded = Recorded { name: id.clone(), machine: "m".to_owned(), events, children: Vec::new() };
    Some(Execution {
        id,
        definition,
        is_express: machine["params"]["type"] == "EXPRESS",
        recorded,
        mocked: mocked(case),
    })
}

fn mocked(case: &Value) -> Option<(Value, String)> {
    let config = case["mocked"].get("mock_config")?.to_string().replace("{{state_machine_name}}", "m");
    Some((serde_json::from_str(&config).unwrap(), case["mocked"]["test_case"].as_str()?.to_owned()))
}

/// The number of the step that a parameter refers to.
fn reference(value: &Value, member: &str) -> Option<u64> {
    let inner = value.as_str()?.strip_prefix("{{")?.strip_suffix("}}")?;
    let (number, path) = inner.split_once(":/")?;
    (path == member).then(|| number.parse().ok())?
}

/// A definition in which what other steps would have given is made up.
fn filled(definition: &str) -> String {
    let mut filled = String::new();
    let mut rest = definition;
    while let Some((before, after)) = rest.split_once("{{") {
        let (inside, after) = after.split_once("}}").unwrap();
        filled.push_str(before);
        filled.push_str(match inside.rsplit('/').next().unwrap_or_default() {
            "FunctionArn" => "arn:aws:lambda:us-east-1:111111111111:function:f",
            "activityArn" => "arn:aws:states:us-east-1:111111111111:activity:a",
            "stateMachineArn" => "arn:aws:states:us-east-1:111111111111:stateMachine:other",
            "Arn" => "arn:aws:iam::111111111111:role/r",
            _ if inside == "account" => "111111111111",
            _ if inside == "region" => "us-east-1",
            _ => "made-up",
        });
        rest = after;
    }
    filled.push_str(rest);
    filled
}

fn event(event: &Value) -> RecordedEvent {
    let details = event.as_object().unwrap().iter().find(|(name, _)| name.ends_with("EventDetails"));
    let details = details.map(|(_, details)| details.clone()).unwrap_or_default();
    let json = |name: &str| details.get(name).map(parsed);
    RecordedEvent {
        id: event["id"].as_u64().unwrap(),
        previous: event["previousEventId"].as_u64().unwrap_or_default(),
        at: RECORDED_AT.parse().unwrap(),
        kind: event["type"].as_str().unwrap().to_owned(),
        state: details["name"].as_str().map(str::to_owned),
        iteration: details["index"].as_u64(),
        input: json("input").or_else(|| json("parameters")),
        output: json("output"),
        assigned: std::collections::BTreeMap::new(),
        error: details.get("error").map(text),
        cause: details.get("cause").map(text),
    }
}

/// A payload: objects are parsed in the corpus, anything else is the text of it.
fn parsed(value: &Value) -> Value {
    match value {
        Value::String(text) => serde_json::from_str(text).unwrap_or_else(|_| value.clone()),
        other => other.clone(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
