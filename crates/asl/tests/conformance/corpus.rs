//! Finding the corpus and choosing the cases that need nothing but the engine.
#![allow(clippy::disallowed_methods, reason = "the corpus is files, found by an environment variable")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// What a case may need: the rest has no answer here.
const SERVICES: [&str; 4] = ["stepfunctions", "iam", "sts", "lambda"];
const KINDS: [&str; 2] = ["execution", "express_sync"];

/// A recorded case.
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) category: String,
    pub(crate) json: Value,
}

pub(crate) fn find() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance");
    let main_checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/conformance");
    let named = std::env::var_os("WORKSHOP_CONFORMANCE").map(PathBuf::from);
    named.into_iter().chain([beside, main_checkout]).find(|corpus| corpus.join("cases").is_dir())
}

/// The cases that need nothing but the engine.
pub(crate) fn cases(corpus: &Path) -> Vec<Case> {
    every_case(corpus).into_iter().filter(|case| in_scope(&case.json)).collect()
}

pub(crate) fn every_case(corpus: &Path) -> Vec<Case> {
    let mut cases = BTreeMap::new();
    for category in folder(&corpus.join("cases")) {
        for file in folder(&category) {
            let json: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
            let id = json["id"].as_str().unwrap().to_owned();
            let category = json["category"].as_str().unwrap().to_owned();
            cases.insert(id.clone(), Case { id, category, json });
        }
    }
    cases.into_values().collect()
}

fn folder(path: &Path) -> Vec<PathBuf> {
    fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn in_scope(case: &Value) -> bool {
    let needs = case["needs"].as_array().unwrap();
    // Of S3 the runner has what an ItemReader needs.
    let reads_items = case["steps"].to_string().contains("ItemReader");
    let served = |need: &Value| SERVICES.iter().any(|service| need == service) || (need == "s3" && reads_items);
    KINDS.iter().any(|kind| case["kind"] == *kind) && needs.iter().all(served)
}
