//! The table against the sources of this crate.

use std::collections::BTreeSet;
use std::path::Path;

use super::*;

/// The operations that the sources of this crate name where they map an SDK's error.
fn called(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            called(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let service = text.split_once("const SERVICE: &str = \"").and_then(|(_, rest)| rest.split('"').next());
        for call in text.split("from_sdk(").skip(1).filter_map(|rest| rest.split_once(')')) {
            let words: Vec<&str> = call.0.split(',').map(|word| word.trim().trim_matches('"')).collect();
            let [of, name] = words.as_slice() else { continue };
            let service = if *of == "SERVICE" { service } else { Some(*of) };
            found.extend(service.filter(|_| name.starts_with(char::is_uppercase)).map(|it| format!("{it} {name}")));
        }
        // Lists of API Gateway name theirs to the macro that reads all pages.
        for call in text.split("all_pages!(client").skip(1) {
            let name = call.split("), \"").nth(1).and_then(|rest| rest.split('"').next());
            found.extend(name.zip(service).map(|(name, service)| format!("{service} {name}")));
        }
    }
}

#[test]
fn every_operation_that_is_called_has_its_row() {
    let mut called_operations = BTreeSet::new();
    called(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut called_operations);
    let rows: BTreeSet<String> = OPERATIONS.iter().map(|row| format!("{} {}", row.service, row.name)).collect();
    assert_eq!(rows.len(), OPERATIONS.len(), "one row each");
    let missing: Vec<_> = called_operations.difference(&rows).collect();
    assert!(missing.is_empty(), "add to crates/aws/src/permissions/operations.rs what these need: {missing:?}");
    let unused: Vec<_> = rows.difference(&called_operations).collect();
    assert!(unused.is_empty(), "nothing calls these any more: {unused:?}");
}

#[test]
fn an_operation_is_found_by_service_and_name() {
    let tags = |service| Operation::find(service, "TagResource").map(|row| row.needs[0].action);
    assert_eq!(tags("Lambda"), Some("lambda:TagResource"));
    assert_eq!(tags("CloudWatch Logs"), Some("logs:TagResource"));
    assert_eq!(tags("STS"), None);
}
