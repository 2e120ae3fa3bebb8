//! Paths beside the answers of the library that AWS reads them with.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::tests::Surroundings;
use super::{Path, PathScope};

/// What the library answered, by document.
const RECORDED: &str = include_str!("jayway.txt");
/// The paths that are answered otherwise here, each under the reason.
const DIFFERENCES: &str = include_str!("jayway-differences.txt");

/// The answer as the recording writes it.
fn answer(path: &str, document: &Value) -> String {
    let Ok(path) = Path::parse(path) else { return "malformed".to_owned() };
    let context = Surroundings(json!({}));
    match path.read(PathScope { payload: document, document: None, context: &context }) {
        Ok(value) => format!("value {value}"),
        Err(missing) => format!("error {}", missing.reason),
    }
}

/// A path that is answered otherwise, with both answers.
struct Difference {
    path: &'static str,
    recorded: &'static str,
    ours: String,
}

fn differences() -> (usize, Vec<Difference>) {
    let mut document = Value::Null;
    let mut found = Vec::new();
    let mut count = 0;
    let mut lines = RECORDED.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    while let Some(line) = lines.next() {
        if let Some(text) = line.strip_prefix("document ") {
            document = serde_json::from_str(text).unwrap();
            continue;
        }
        let recorded = lines.next().unwrap().strip_prefix("    ").unwrap();
        let ours = answer(line, &document);
        count += 1;
        if ours != recorded {
            found.push(Difference { path: line, recorded, ours });
        }
    }
    (count, found)
}

/// The reason of each path that is known to be answered otherwise.
fn reasons() -> BTreeMap<&'static str, &'static str> {
    let mut reasons = BTreeMap::new();
    let mut reason = "";
    for line in DIFFERENCES.lines().filter(|line| !line.is_empty()) {
        match line.strip_prefix("# ") {
            Some(text) => reason = text,
            None => assert!(reasons.insert(line, reason).is_none(), "{line} is listed twice"),
        }
    }
    reasons
}

#[test]
fn paths_are_answered_as_by_the_library() {
    let (count, found) = differences();
    assert!(count > 400, "only {count} paths were recorded");
    let reasons = reasons();
    let unknown = found.iter().filter(|difference| !reasons.contains_key(difference.path));
    let unknown: Vec<String> = unknown
        .map(|Difference { path, recorded, ours }| format!("{path}\n    recorded: {recorded}\n    ours:     {ours}"))
        .collect();
    assert!(unknown.is_empty(), "{} paths are answered otherwise:\n{}", unknown.len(), unknown.join("\n"));
    let differs = |path: &str| found.iter().any(|difference| difference.path == path);
    let listed: Vec<_> = reasons.into_iter().filter(|(path, _)| !differs(path)).collect();
    assert!(listed.is_empty(), "these are answered as recorded: {listed:?}");
}
