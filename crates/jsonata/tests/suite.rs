//! The public test suite of jsonata-js, with the answers of jsonata-js 2.0.6, the version that AWS names.
//!
//! The cases are looked for at `$WORKSHOP_JSONATA_SUITE` and in `shared/jsonata-suite` beside the repository. `suite-differences.txt`
//! lists those that differ, with reasons: an unlisted case that differs is a regression, a listed one that does not must be
//! taken off the list.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test may stop at once, says what it has run, and the suite is a file, found by an environment variable"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use jsonata::{Expression, Variables};
use serde_json::Value;
use serde_json::value::RawValue;

const DIFFERENCES: &str = include_str!("suite-differences.txt");

#[test]
fn the_public_suite() {
    let Some(suite) = find() else {
        println!("0 cases were run: the suite is neither at $WORKSHOP_JSONATA_SUITE nor at ../shared/jsonata-suite.");
        return;
    };
    let text_of_suite = fs::read_to_string(suite).unwrap();
    let cases: Vec<&RawValue> = serde_json::from_str(&text_of_suite).unwrap();
    // A few cases have half a surrogate pair in a text, which is no Unicode and can't be read.
    let cases: Vec<Value> = cases.into_iter().filter_map(|case| serde_json::from_str(case.get()).ok()).collect();
    let listed = listed();
    let mut regressions = Vec::new();
    let mut overdue = Vec::new();
    let mut seen = BTreeSet::new();
    for case in &cases {
        let id = format!("{}/{}#{} {}", text(case, "group"), text(case, "file"), case["i"], text(case, "form"));
        let difference = difference(case);
        match (difference, listed.contains(id.as_str())) {
            (Some(difference), false) => {
                regressions.push(format!("{id}\n    {}\n    {difference}", text(case, "sent")))
            }
            (None, true) => overdue.push(id.clone()),
            _ => {}
        }
        seen.insert(id);
    }
    println!("{} cases of the public suite, {} of them with another answer", seen.len(), listed.len());
    let unknown: Vec<_> = listed.iter().filter(|id| !seen.contains(**id)).collect();
    assert!(
        regressions.is_empty(),
        "{} cases differ and are not listed:\n{}",
        regressions.len(),
        regressions.join("\n")
    );
    assert!(overdue.is_empty(), "these cases do not differ any more:\n{}", overdue.join("\n"));
    assert!(unknown.is_empty(), "the suite does not have these cases: {unknown:?}");
}

fn find() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let beside = ["../../../shared/jsonata-suite", "../../../../shared/jsonata-suite"].map(|path| here.join(path));
    let named = std::env::var_os("WORKSHOP_JSONATA_SUITE").map(PathBuf::from);
    let mut files = named.into_iter().chain(beside).map(|folder| folder.join("cases.json"));
    files.find(|file| file.is_file())
}

/// The ids in the list; a line that starts with `#` is the reason for those under it.
fn listed() -> BTreeSet<&'static str> {
    DIFFERENCES.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

fn text<'c>(case: &'c Value, name: &str) -> &'c str {
    case[name].as_str().unwrap_or_default()
}

/// What the case gives, where that is not what the reference implementation gives.
fn difference(case: &Value) -> Option<String> {
    let reference = &case["ref"];
    let states = serde_json::json!({ "input": case["input"] });
    let variables = Variables::new("2026-03-01T09:00:00Z".parse().unwrap(), 1).with("states", states);
    let actual = match Expression::parse(text(case, "sent")) {
        Err(error) => Err(Some(error.code())),
        Ok(expression) => expression.evaluate(&variables).map_err(|error| error.code()),
    };
    let same = match (text(reference, "kind"), &actual) {
        ("value", Ok(Some(value))) => {
            let expected: Value = serde_json::from_str(text(reference, "text")).unwrap();
            equal(&expected, value, case["unordered"] == true)
        }
        ("undefined", Ok(None)) => true,
        ("error", Err(code)) => *code == reference["code"].as_str(),
        _ => false,
    };
    (!same).then(|| format!("expected {reference}, got {actual:?}"))
}

/// Equal as values: 1.0 is 1, numbers may differ by the rounding of the JSON reader, and the order of an array may not count.
fn equal(one: &Value, other: &Value, unordered: bool) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            let one = one.as_f64().unwrap();
            let other = other.as_f64().unwrap();
            (one - other).abs() <= one.abs() * f64::EPSILON
        }
        (Value::Array(one), Value::Array(other)) if unordered => {
            one.len() == other.len() && one.iter().all(|item| other.iter().any(|other| equal(item, other, true)))
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| equal(one, other, false))
        }
        (Value::Object(one), Value::Object(other)) => {
            let same =
                |(name, value): (&String, &Value)| other.get(name).is_some_and(|other| equal(value, other, unordered));
            one.len() == other.len() && one.iter().all(same)
        }
        _ => one == other,
    }
}
