//! Every definition that AWS accepted, as recorded in the corpus, is accepted here; what the lints say is counted.
#![allow(missing_docs, reason = "a test")]
#![allow(clippy::disallowed_methods, reason = "the corpus is files, found by an environment variable")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test reports and fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use asl::{Finding, LintRule, MachineType, StateMachine};
use serde_json::Value;

/// A definition that a recorded step gave to AWS.
struct Given {
    case: String,
    definition: String,
    machine_type: MachineType,
    is_refused: bool,
}

#[test]
fn what_aws_accepts_is_accepted() {
    let Some(corpus) = find() else {
        println!("no corpus beside this project: 0 definitions were read");
        return;
    };
    let given = definitions(&corpus);
    assert!(given.len() > 500, "only {} definitions were found in {}", given.len(), corpus.display());
    let mut problems = Vec::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for one in &given {
        let errors = errors(&one.definition);
        if !errors.is_empty() && !one.is_refused {
            problems.push(format!("{}: {}\n{}", one.case, errors[0], one.definition));
        }
        let Ok(value) = serde_json::from_str(&one.definition) else { continue };
        for lint in asl::lint(&value, one.machine_type, "2026-01-01T00:00:00Z".parse().unwrap()) {
            *counts.entry(lint.rule.code()).or_default() += 1;
            if lint.rule == LintRule::MissingTarget && !one.is_refused {
                problems.push(format!("{}: {} at {}\n{}", one.case, lint.message, lint.location, one.definition));
            }
            if std::env::var_os("ASL_SHOW_LINTS").is_some() {
                println!("{}: {} {}: {}", one.case, lint.rule.code(), lint.location, lint.message);
            }
        }
    }
    println!("{} definitions; lints: {counts:?}", given.len());
    assert!(problems.is_empty(), "AWS accepted these:\n{}", problems.join("\n"));
}

fn errors(definition: &str) -> Vec<Finding> {
    StateMachine::parse(definition).err().map(|error| error.findings().to_vec()).unwrap_or_default()
}

fn find() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let beside = ["../../../shared/conformance", "../../../../shared/conformance"].map(|path| here.join(path));
    let named = std::env::var_os("WORKSHOP_CONFORMANCE").map(PathBuf::from);
    named.into_iter().chain(beside).find(|corpus| corpus.join("cases").is_dir())
}

fn definitions(corpus: &Path) -> Vec<Given> {
    let folder = |path: &Path| fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    let mut given = Vec::new();
    for file in folder(&corpus.join("cases")).iter().flat_map(|category| folder(category)) {
        let case: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        given.extend(case["steps"].as_array().into_iter().flatten().filter_map(|step| of_step(&case, step)));
    }
    given
}

fn of_step(case: &Value, step: &Value) -> Option<Given> {
    let operation = step["op"].as_str()?.strip_prefix("stepfunctions.")?;
    if !["CreateStateMachine", "UpdateStateMachine", "ValidateStateMachineDefinition"].contains(&operation) {
        return None;
    }
    let machine_type = match step["params"]["type"].as_str() {
        Some("EXPRESS") => MachineType::Express,
        _ => MachineType::Standard,
    };
    Some(Given {
        case: case["id"].as_str()?.to_owned(),
        definition: filled(step["params"]["definition"].as_str()?),
        machine_type,
        is_refused: is_refused(case, step),
    })
}

/// Whether AWS's answer to the step was an error, or a diagnosis that found one. Some cases record that in the words of the
/// error only.
fn is_refused(case: &Value, step: &Value) -> bool {
    let is_in_text = case["expected"].to_string().contains("Invalid State Machine Definition");
    let is_collected = case["collect"].as_object().into_iter().flatten().any(|(key, recipe)| {
        let is_error = recipe["path"].as_str().is_some_and(|path| path.starts_with('!'));
        recipe["from"] == step["n"] && (is_error || case["expected"][key]["result"] == "FAIL")
    });
    is_in_text || is_collected || !step["client_side_error"].is_null()
}

/// The definition with something plausible for each of its references to what other steps made.
fn filled(definition: &str) -> String {
    let mut filled = String::new();
    let mut rest = definition;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((reference, after)) = after.split_once("}}") else { break };
        filled.push_str(before);
        filled.push_str(&stand_in(reference));
        rest = after;
    }
    filled + rest
}

fn stand_in(reference: &str) -> String {
    let known = [
        ("Role", "arn:aws:iam::000000000000:role/r"),
        ("roleArn", "arn:aws:iam::000000000000:role/r"),
        ("activityArn", "arn:aws:states:us-east-1:000000000000:activity:a"),
        ("stateMachineArn", "arn:aws:states:us-east-1:000000000000:stateMachine:m"),
        ("FunctionArn", "arn:aws:lambda:us-east-1:000000000000:function:f"),
    ];
    if let Some((text, times)) = reference.strip_prefix("repeat:").and_then(|repeat| repeat.split_once(':')) {
        return text.repeat(times.parse().unwrap());
    }
    match (reference, known.into_iter().find(|(name, _)| reference.contains(name))) {
        ("account", _) => "000000000000".to_owned(),
        ("region", _) => "us-east-1".to_owned(),
        (_, Some((_, arn))) => arn.to_owned(),
        _ => "something".to_owned(),
    }
}
