//! The versions of each function.

use serde_json::json;

use crate::cli::deploy::versions::ranges;
use crate::cli::ui::table::columns;
use crate::cli::ui::text::size;
use deploy::{FunctionVersions, Versions};
use model::deployment::DeploymentId;
use model::names::Key;

/// For programs. The keys stay as they are.
pub(super) fn json(versions: &Versions) -> Vec<serde_json::Value> {
    let version = |it: &aws::function_versions::FunctionVersion| {
        let deployment = DeploymentId::of_description(&it.description).map(|id| id.to_string());
        json!({"version": it.number, "deployment": deployment, "sizeBytes": it.size_bytes, "codeSha256": it.code_sha256})
    };
    let function = |(key, it): (&Key, &FunctionVersions)| {
        let versions: Vec<_> = it.versions.iter().map(version).collect();
        json!({"key": key.as_str(), "name": it.name, "live": it.live, "versions": versions})
    };
    versions.functions.iter().map(function).collect()
}

/// For people.
pub(super) fn table(versions: &Versions) -> String {
    let bytes = |bytes: u64| size(usize::try_from(bytes).unwrap_or(usize::MAX));
    let rows = versions
        .functions
        .iter()
        .map(|(key, it)| {
            let live = it.versions.iter().find(|version| Some(version.number) == it.live);
            let numbers: Vec<u64> = it.versions.iter().map(|version| version.number).collect();
            let all = it.versions.iter().map(|version| version.size_bytes).sum();
            let live_size = live.map_or_else(|| "-".to_owned(), |it| bytes(it.size_bytes));
            [
                key.to_string(),
                it.live.map_or_else(|| "-".to_owned(), |it| it.to_string()),
                live_size,
                ranges(&numbers),
                bytes(all),
            ]
        })
        .collect();
    columns(["FUNCTION", "LIVE", "SIZE", "VERSIONS", "ALL SIZES"], rows)
}
