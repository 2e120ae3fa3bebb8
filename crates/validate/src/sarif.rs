//! SARIF 2.1.0: the form in which editors and CI take the findings of a checker.
//! Source: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use sha2::Digest;

use super::{Checked, Placed, Problem, rules};
use model::serverless::Note;
use model::source::Source;

/// What stays as it is in the path of a URI.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The log of one run over some definitions, and over the service file that says without effect what is in `notes`.
pub fn log(checked: &[Checked], notes: &[Note]) -> Value {
    let rules = rules::all();
    let descriptors: Vec<Value> = rules.iter().map(descriptor).collect();
    let results: Vec<Value> = checked
        .iter()
        .flat_map(|checked| checked.problems.iter().map(|problem| result(&checked.source, problem, &rules)))
        .chain(notes.iter().map(note))
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "workshop validate",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": descriptors,
            }},
            "columnKind": "unicodeCodePoints",
            "artifacts": checked.iter().map(|checked| json!({"location": artifact(&checked.source.file)})).collect::<Vec<_>>(),
            "results": results,
        }],
    })
}

fn descriptor(rule: &rules::Rule) -> Value {
    json!({
        "id": rule.code,
        "shortDescription": {"text": rule.help},
        "help": {"text": rule.help},
        "defaultConfiguration": {"level": rule.severity.name()},
    })
}

fn result(source: &Source, placed: &Placed, rules: &[rules::Rule]) -> Value {
    let Placed { problem, start, end } = placed;
    let mut location = json!({"physicalLocation": {
        "artifactLocation": artifact(&source.file),
        "region": {
            "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column,
        },
    }});
    if let Some(place) = &problem.location {
        location["logicalLocations"] = json!([{"fullyQualifiedName": place}]);
    }
    let mut result = json!({
        "ruleId": problem.code,
        "level": problem.severity.name(),
        "message": {"text": format!("{} {}", problem.message, problem.fix)},
        "locations": [location],
        "partialFingerprints": {"problem/v1": fingerprint(problem)},
    });
    if let Some(index) = rules.iter().position(|rule| rule.code == problem.code) {
        result["ruleIndex"] = json!(index);
    }
    result
}

/// What a service file says without effect.
fn note(note: &Note) -> Value {
    let Note { at, message } = note;
    json!({
        "ruleId": "without-effect",
        "level": "note",
        "message": {"text": message},
        "locations": [{"physicalLocation": {
            "artifactLocation": artifact(&at.file), "region": {"startLine": at.line},
        }}],
    })
}

fn artifact(file: &str) -> Value {
    let uri = match file.strip_prefix('/') {
        Some(absolute) => format!("file:///{}", utf8_percent_encode(absolute, PATH)),
        None => utf8_percent_encode(file, PATH).to_string(),
    };
    json!({"uri": uri})
}

/// The same for the same problem, wherever it moves in the text.
fn fingerprint(problem: &Problem) -> String {
    let what = format!("{}\n{}\n{}", problem.code, problem.location.as_deref().unwrap_or_default(), problem.message);
    sha2::Sha256::digest(what).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
