//! Every definition that the corpus gave to AWS: what AWS took is taken here, what it refused is refused in its words.

use std::collections::BTreeMap;

use asl::{DefinitionError, Finding, Severity, StateMachine};
use serde_json::{Value, json};

use crate::corpus;

/// What AWS said of a definition.
#[derive(Clone, Debug, PartialEq)]
enum Verdict {
    Taken,
    /// With the text between the quotes of `Invalid State Machine Definition: '...'`, or the whole one when it has another form.
    Refused(String),
    /// The diagnostics of `ValidateStateMachineDefinition`.
    Diagnosed(Value),
}

/// What was given to AWS.
#[derive(Clone, Copy, PartialEq)]
enum Given {
    Machine,
    ExpressMachine,
    State,
}

#[test]
fn recorded_definitions() {
    let Some(corpus) = corpus::find() else {
        println!("0 definitions were read: the corpus is not there.");
        return;
    };
    let mut totals: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut different = Vec::new();
    for case in corpus::every_case(&corpus) {
        for (step, given, definition, verdict) in definitions(&case.json) {
            let kind = match verdict {
                Verdict::Taken => "taken",
                Verdict::Refused(_) => "refused",
                Verdict::Diagnosed(_) => "diagnosed",
            };
            let total = totals.entry(kind).or_default();
            total.1 += 1;
            match judge(&definition, given, &verdict) {
                None => total.0 += 1,
                Some(difference) => different.push(format!("{} step {step}\n    {difference}", case.id)),
            }
        }
    }
    for (kind, (same, total)) in totals {
        println!("definitions that AWS has {kind}: {same} / {total} the same here");
    }
    let unlisted: Vec<_> = different.iter().filter(|text| !known(text)).map(String::as_str).collect();
    println!("{} definitions differ for reasons that are known", different.len() - unlisted.len());
    for text in different.iter().filter(|t| t.contains("NOT_IMPL")) {
        println!("{text}");
    }
    assert!(unlisted.is_empty(), "{} definitions differ:\n{}", unlisted.len(), unlisted.join("\n"));
}

/// Differences with a known reason.
fn known(difference: &str) -> bool {
    // The path and intrinsic dialects are being completed.
    difference.contains("NOT_IMPLEMENTED")
        // Recorded with the wording of an emulator that stood in for AWS: a Python exception. Refused here as well.
        || (difference.contains("Error=ValueError Args=[") && difference.contains("here: INVALID_LABEL_NAME"))
}

fn definitions(case: &Value) -> Vec<(&Value, Given, String, Verdict)> {
    let mut found = Vec::new();
    for step in case["steps"].as_array().unwrap() {
        let params = &step["params"];
        let Some(definition) = params["definition"].as_str() else {
            continue;
        };
        let verdict = verdict(case, step);
        let given = match (step["op"].as_str().unwrap_or_default(), params["type"].as_str()) {
            ("stepfunctions.TestState", _) if params["stateName"].is_null() && !definition.contains("StartAt\": ") => {
                Given::State
            }
            // A machine whose other states need not be right.
            ("stepfunctions.TestState", _) if verdict == Verdict::Taken => continue,
            (_, Some("EXPRESS")) => Given::ExpressMachine,
            _ => Given::Machine,
        };
        found.push((&step["n"], given, fill(definition), verdict));
    }
    found
}

/// What the case expects of a step that fails: the error is collected under some key.
fn verdict(case: &Value, step: &Value) -> Verdict {
    const START: &str = "Invalid State Machine Definition: '";
    let mut texts = Vec::new();
    for (key, recipe) in case["collect"].as_object().unwrap() {
        let expected = &case["expected"][key];
        if step["op"] == "stepfunctions.ValidateStateMachineDefinition" && recipe["from"] == step["n"] {
            return Verdict::Diagnosed(expected["diagnostics"].clone());
        }
        gather(recipe, expected, &step["n"], &mut texts);
    }
    match texts.into_iter().find(|text| text.contains("Definition: '") || text.contains("in definition '")) {
        Some(text) => match text.split_once(START) {
            Some((_, why)) => Verdict::Refused(why.trim_end_matches('\'').to_owned()),
            None => Verdict::Refused(text),
        },
        None => Verdict::Taken,
    }
}

fn gather(recipe: &Value, expected: &Value, step: &Value, texts: &mut Vec<String>) {
    match recipe {
        Value::Object(members)
            if members.get("from") == Some(step) && members["path"].as_str().unwrap_or("").starts_with('!') =>
        {
            match expected {
                Value::String(text) => texts.push(text.clone()),
                answer => texts.extend(answer["message"].as_str().map(ToOwned::to_owned)),
            }
        }
        Value::Object(members) => {
            for (name, recipe) in members {
                for (key, recipe) in recipe.as_object().into_iter().flatten() {
                    if name == "dict" {
                        gather(recipe, &expected[key], step, texts);
                    }
                }
            }
        }
        _ => {}
    }
}

fn judge(definition: &str, given: Given, verdict: &Verdict) -> Option<String> {
    match (check(definition, given), verdict) {
        (Ok(()), Verdict::Taken) => None,
        (Ok(()), Verdict::Refused(why)) => Some(format!("AWS refuses it: {why}")),
        (Err(error), Verdict::Taken) => Some(format!("AWS takes it, here it is refused: {error}")),
        (Err(error), Verdict::Refused(why)) if error.to_string() == *why => None,
        (Err(error), Verdict::Refused(why)) => Some(format!("AWS: {why}\n    here: {error}")),
        (checked, Verdict::Diagnosed(expected)) => {
            let found = checked.err().map(|error| error.findings().to_vec()).unwrap_or_default();
            let found: Value = found.iter().map(diagnostic).collect();
            // What is no JSON is put into the words of AWS's parser by whoever speaks for AWS.
            let is_no_json = |said: &Value| said[0]["code"] == "INVALID_JSON_DESCRIPTION";
            let same = found == *expected || (is_no_json(&found) && is_no_json(expected));
            (!same).then(|| format!("AWS: {expected}\n    here: {found}"))
        }
    }
}

fn check(definition: &str, given: Given) -> Result<(), DefinitionError> {
    match given {
        Given::State => StateMachine::check_state(definition),
        Given::Machine => StateMachine::parse(definition).map(|_| ()),
        Given::ExpressMachine => StateMachine::parse(definition)?.check_express(),
    }
}

fn diagnostic(finding: &Finding) -> Value {
    let severity = if finding.kind.severity() == Severity::Error { "ERROR" } else { "WARNING" };
    let mut shown = json!({"severity": severity, "code": finding.kind.code(), "message": finding.message});
    if let Some(location) = &finding.location {
        shown["location"] = json!(location);
    }
    shown
}

/// The references in a definition, filled with something of the right shape.
fn fill(definition: &str) -> String {
    let mut filled = String::new();
    let mut rest = definition;
    while let Some((before, after)) = rest.split_once("{{") {
        let (reference, after) = after.split_once("}}").unwrap();
        filled.push_str(before);
        filled.push_str(match reference {
            _ if reference.ends_with("activityArn") => "arn:aws:states:us-east-1:000000000000:activity:a",
            _ if reference.ends_with("FunctionArn") => "arn:aws:lambda:us-east-1:000000000000:function:f",
            _ => "filled",
        });
        rest = after;
    }
    filled + rest
}
