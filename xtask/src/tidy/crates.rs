//! Which of our crates may use which: the table, held against what each `Cargo.toml` asks for.

use super::file::File;
use super::finding::{Finding, Rule};
use std::collections::BTreeMap;

const IMPORTS: Rule = Rule {
    name: "crate-imports",
    reason: "a crate knows only those below it: the table is in xtask/src/tidy/crates.rs",
};
pub(super) const RULES: &[Rule] = &[IMPORTS];

/// Each crate and what it may use, by folder: `asl` lies in `crates/asl`, `cloud-core` in `cloud/core`. `cloud-*` stands for
/// every crate of the cloud. What tests alone use is free.
const TABLE: [(&str, &[&str]); 21] = [
    // Data, and whether a value fits it.
    ("api-models", &[]),
    ("runtimes", &[]),
    ("jsonata", &[]),
    ("policy", &[]),
    ("package", &[]),
    ("model", &["runtimes"]),
    ("asl", &["api-models", "jsonata"]),
    ("validate", &["model", "asl"]),
    ("aws", &["model"]),
    ("deploy", &["aws", "model", "policy", "runtimes"]),
    ("graph", &["asl"]),
    ("simulate", &["asl", "jsonata", "model", "graph"]),
    // It has the one conversion of the store's error, and the cached table.
    ("cloud-core", &["api-models", "cloud-store", "policy"]),
    ("cloud-store", &[]),
    ("cloud-iam", &["cloud-core", "cloud-store", "policy"]),
    ("cloud-logs", &["cloud-core", "cloud-store"]),
    ("cloud-lambda", &["cloud-core", "cloud-store", "policy", "runtimes"]),
    ("cloud-states", &["api-models", "cloud-core", "cloud-store", "asl"]),
    ("cloud-apigateway", &["cloud-core", "cloud-store"]),
    ("cloud-console", &["cloud-core", "graph"]),
    ("cloud-server", &["cloud-*"]),
];

/// Checks the manifests under `crates/` and `cloud/`.
pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let root = files.iter().find(|file| file.path == "Cargo.toml").map_or("", |file| file.text.as_str());
    let ours = ours(root);
    files.iter().filter_map(|file| Some((file, room(file.path.strip_suffix("/Cargo.toml")?)?))).fold(
        Vec::new(),
        |mut findings, (file, room)| {
            findings.extend(check_manifest(file, &room, &ours));
            findings
        },
    )
}

fn check_manifest(file: &File, room: &str, ours: &BTreeMap<String, String>) -> Vec<Finding> {
    let finding = |line, found| Finding { path: file.path.clone(), line, rule: IMPORTS, found };
    let Some((_, allowed)) = TABLE.iter().find(|(name, _)| *name == room) else {
        return vec![finding(1, format!("`{room}` is not in the table"))];
    };
    let used = dependencies(&file.text).into_iter().filter_map(|(line, name)| Some((line, ours.get(&name)?)));
    let refused = used.filter(|(_, used)| {
        let any_room = allowed.contains(&"cloud-*") && used.starts_with("cloud-");
        !any_room && !allowed.contains(&used.as_str())
    });
    refused.map(|(line, used)| finding(line, format!("`{room}` may not use `{used}`"))).collect()
}

/// A crate's name in the table, by its folder.
fn room(folder: &str) -> Option<String> {
    let parts: Vec<&str> = folder.split('/').collect();
    match parts.as_slice() {
        ["crates", name] => Some(String::from(*name)),
        ["cloud", name] => Some(format!("cloud-{name}")),
        _ => None,
    }
}

/// The workspace's dependencies that lie in this repository: what members call them, and their names in the table.
fn ours(root: &str) -> BTreeMap<String, String> {
    let entries = entries(root).into_iter().filter(|(_, section, ..)| section == "workspace.dependencies");
    let ours = entries.filter_map(|(_, _, name, value)| {
        let path = value.split_once("path = \"")?.1.split('"').next()?;
        Some((name, room(path)?))
    });
    ours.collect()
}

/// What a crate asks for beside what only its tests do, with lines.
fn dependencies(manifest: &str) -> Vec<(usize, String)> {
    let entries = entries(manifest).into_iter().filter(|(_, section, ..)| {
        let section = section.rsplit('.').next().unwrap_or_default();
        section == "dependencies" || section == "build-dependencies"
    });
    entries.map(|(line, _, name, _)| (line, name)).collect()
}

/// The `name = value` lines of a manifest: line, section, name up to its first dot, value. A section such as
/// `[dependencies.asl]` counts as an entry of the section above it.
fn entries(manifest: &str) -> Vec<(usize, String, String, String)> {
    let mut entries = Vec::new();
    let mut section = String::new();
    for (index, line) in manifest.lines().enumerate() {
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name.replace('"', "");
            if let Some((above, name)) = section.rsplit_once('.').filter(|(above, _)| above.ends_with("dependencies")) {
                entries.push((index + 1, String::from(above), String::from(name), String::new()));
            }
        } else if let Some((name, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) {
            let name = name.split('.').next().unwrap_or_default().trim().replace('"', "");
            entries.push((index + 1, section.clone(), name, String::from(value.trim())));
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = "[workspace.dependencies]\nasl = { path = \"crates/asl\", package = \"workshop-asl\" }\n\
        workshop-jsonata = { path = \"crates/jsonata\" }\ncloud-core = { path = \"cloud/core\" }\n\
        cloud-store = { path = \"cloud/store\" }\nserde = \"1\"\n";

    fn found(path: &str, manifest: &str) -> Vec<(usize, String)> {
        let files = [("Cargo.toml", ROOT), (path, manifest)].map(|(path, text)| File::new(path, String::from(text)));
        check(&files).into_iter().map(|finding| (finding.line, finding.found)).collect()
    }

    #[test]
    fn what_lies_below_may_be_used() {
        let asl = "[dependencies]\nserde.workspace = true\nworkshop-jsonata.workspace = true\n";
        assert_eq!(found("crates/asl/Cargo.toml", asl), []);
        let server = "[dependencies]\ncloud-core.workspace = true\ncloud-store = { workspace = true }\n";
        assert_eq!(found("cloud/server/Cargo.toml", server), []);
        assert_eq!(found("crates/model/Cargo.toml", "[dev-dependencies]\nasl.workspace = true\n"), []);
        assert_eq!(found("xtask/Cargo.toml", "[dependencies]\nasl.workspace = true\n"), []);
    }

    #[test]
    fn the_others_may_not() {
        let manifest = "[package]\nname = \"x\"\n\n[dependencies]\nasl.workspace = true\n";
        assert_eq!(found("crates/jsonata/Cargo.toml", manifest), [(5, String::from("`jsonata` may not use `asl`"))]);
        let section = "[dependencies.asl]\nworkspace = true\n";
        assert_eq!(found("cloud/logs/Cargo.toml", section), [(1, String::from("`cloud-logs` may not use `asl`"))]);
        let platform = "[target.'cfg(unix)'.dependencies]\ncloud-core.workspace = true\n";
        assert_eq!(found("crates/asl/Cargo.toml", platform), [(2, String::from("`asl` may not use `cloud-core`"))]);
    }

    #[test]
    fn a_crate_that_nobody_placed_is_found() {
        assert_eq!(found("crates/other/Cargo.toml", ""), [(1, String::from("`other` is not in the table"))]);
    }
}
