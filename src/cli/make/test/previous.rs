//! Which cases failed when they were run last, so that they are run first.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::runner::CaseResult;
use super::selection::Selected;
use super::suite::Suite;

/// Where they are noted, from the project's folder: beside what is built.
const FILE: &str = "target/workshop-test/failed.json";

/// The cases that failed last, each as `FILE: NAME`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::cli::make) struct Previous(BTreeSet<String>);

impl Previous {
    pub(in crate::cli::make) fn has_failed(&self, suite: &Suite, selected: Selected) -> bool {
        let key = suite.case(selected).map(|(file, case)| key(&file.file.source.file, &case.name));
        key.is_some_and(|key| self.0.contains(&key))
    }
}

fn key(file: &str, name: &str) -> String {
    format!("{file}: {name}")
}

fn path(suite: &Suite) -> Option<PathBuf> {
    suite.project_dir.as_ref().map(|folder| folder.join(FILE))
}

/// What was noted; nothing where nothing was, or it can't be read: it only decides an order.
pub(in crate::cli::make) fn read(suite: &Suite) -> Previous {
    let text = path(suite).and_then(|path| std::fs::read_to_string(path).ok());
    Previous(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// Notes which of these cases failed; what was noted of others stays.
pub(in crate::cli::make) fn write(suite: &Suite, previous: &Previous, results: &[CaseResult]) {
    let Some(path) = path(suite) else { return };
    let mut failed = previous.0.clone();
    for result in results {
        let key = key(&result.file, &result.name);
        if result.has_passed() {
            failed.remove(&key);
        } else {
            failed.insert(key);
        }
    }
    if failed == previous.0 {
        return;
    }
    let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    let text = serde_json::to_string(&failed).unwrap_or_default();
    if let Err(error) = folder.and_then(|()| std::fs::write(&path, text)) {
        tracing::warn!(error = %error, "which cases failed was not noted");
    }
}
