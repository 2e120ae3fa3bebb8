//! The keys that docs/commands.md promises for `--json` are those that the program prints, command by command.

mod samples;
mod table;

use std::collections::BTreeSet;

use serde_json::Value;

use samples::{NAMES, Sample};
use table::Row;

/// Below these keys stands what others named: the service file, AWS, a function.
const FOREIGN: [&str; 16] = [
    "Statement",
    "actual",
    "answer",
    "assumedIf",
    "condition",
    "definition",
    "environment",
    "eventual",
    "expected",
    "fields",
    "input",
    "output",
    "parts",
    "payload",
    "policy",
    "tags",
];

/// Keys that only a damaged store brings about, or a case that a recording can't hold to: `damaged_stores` and `testing` have
/// those.
const RARE: [(&str, &str); 5] = [
    ("local status", "unreadableValues"),
    ("local repair", "key"),
    ("local repair", "reason"),
    ("test record", "about"),
    ("test record", "message"),
];

/// The keys in a value at any depth.
fn keys(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| keys(item, found)),
        Value::Object(members) => {
            for (key, member) in members {
                if !NAMES.contains(&key.as_str()) {
                    found.insert(key.clone());
                }
                if !FOREIGN.contains(&key.as_str()) {
                    keys(member, found);
                }
            }
        }
        _ => {}
    }
}

/// The keys that a row names, and those of the rows that it says it is like.
fn allowed<'r>(row: &'r Row, rows: &'r [Row]) -> BTreeSet<&'r String> {
    let like = rows.iter().filter(|other| row.like.iter().any(|like| other.commands.contains(like)));
    like.flat_map(|other| allowed(other, rows)).chain(&row.keys).collect()
}

/// What is printed and not written down, and what is written down and not printed.
fn differences(row: &Row, rows: &[Row], samples: &[Sample]) -> Vec<String> {
    let name = row.commands.join(", ");
    let mut real = BTreeSet::new();
    let of_row = samples.iter().filter(|sample| row.commands.iter().any(|command| command == sample.command));
    of_row.for_each(|sample| keys(&sample.printed, &mut real));
    let mut wrong = Vec::new();
    for command in row.commands.iter().filter(|it| samples.iter().all(|sample| sample.command != it.as_str())) {
        wrong.push(format!("{command}: this test does not run it"));
    }
    let allowed = allowed(row, rows);
    let unwritten: Vec<&String> = real.iter().filter(|key| !allowed.contains(key)).collect();
    let is_rare = |key: &String| RARE.iter().any(|(command, of)| *command == name && of == key);
    let unseen: Vec<&String> = row.keys.iter().filter(|key| !real.contains(*key) && !is_rare(key)).collect();
    if !unwritten.is_empty() {
        wrong.push(format!("{name}: printed, and not in the table: {unwritten:?}"));
    }
    if !unseen.is_empty() {
        wrong.push(format!("{name}: in the table, and not printed: {unseen:?}"));
    }
    wrong
}

#[test]
fn the_keys_in_the_table_are_those_that_are_printed() {
    let rows = table::rows();
    assert!(rows.len() > 30, "only {} rows were found", rows.len());
    let samples = samples::taken();
    let wrong: Vec<String> = rows.iter().flat_map(|row| differences(row, &rows, &samples)).collect();
    assert!(wrong.is_empty(), "docs/commands.md, JSON:\n{}", wrong.join("\n"));
}
