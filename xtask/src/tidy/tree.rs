//! Rules about where files lie and what they are called.

use super::file::File;
use super::finding::{Finding, Rule};
use std::collections::{BTreeMap, BTreeSet};

const MAX_FOLDERS_BELOW_SRC: usize = 3;
const MAX_SIBLINGS: usize = 15;

const DEPTH: Rule =
    Rule { name: "folder-depth", reason: "more than three folders below src hide more than they order" };
pub(super) const BANNED_NAME: Rule =
    Rule { name: "banned-name", reason: "a name says what a thing does, and this one fits anything" };
const GENERATED: Rule = Rule { name: "generated-file", reason: "what a program makes is made anew, not committed" };

const SIBLINGS: Rule = Rule {
    name: "folder-siblings",
    reason: "a folder of more than fifteen files and folders has an order that is not told",
};
pub(super) const RULES: &[Rule] = &[DEPTH, BANNED_NAME, GENERATED, SIBLINGS];

/// Names that say nothing, as a whole or as the last word.
const BANNED: [&str; 7] = ["utils", "util", "helpers", "helper", "common", "manager", "managers"];

/// Checks one path.
pub(super) fn check(file: &File) -> Vec<Finding> {
    let path = file.path.as_str();
    let mut found = Vec::new();
    if folders_below_src(path) > MAX_FOLDERS_BELOW_SRC {
        found.push((DEPTH, String::from("this file lies deeper")));
    }
    let names = path.split('/').map(|part| part.split('.').next().unwrap_or(part));
    found.extend(names.filter(|name| is_banned(name)).map(|name| (BANNED_NAME, format!("`{name}`"))));
    if is_generated(path) {
        found.push((GENERATED, String::from("a generated file")));
    }
    let finding = |(rule, found)| Finding { path: file.path.clone(), line: 1, rule, found };
    found.into_iter().map(finding).collect()
}

/// Counts what lies side by side in each folder of sources. A module's own file and its tests are no siblings of its parts.
pub(super) fn siblings(files: &[File]) -> Vec<Finding> {
    let mut folders: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for path in files.iter().map(|file| file.path.as_str()).filter(|path| path.ends_with(".rs") && is_source(path)) {
        let mut rest = path;
        while let Some((folder, name)) = rest.rsplit_once('/') {
            if !["mod.rs", "lib.rs", "main.rs", "tests.rs"].contains(&name) && is_source(rest) {
                folders.entry(folder).or_default().insert(name);
            }
            rest = folder;
        }
    }
    let crowded = folders.into_iter().filter(|(_, names)| names.len() > MAX_SIBLINGS);
    let finding = |(folder, names): (&str, BTreeSet<&str>)| Finding {
        path: String::from(folder),
        line: 1,
        rule: SIBLINGS,
        found: format!("{} files and folders", names.len()),
    };
    crowded.map(finding).collect()
}

fn is_source(path: &str) -> bool {
    path.starts_with("src/") || path.contains("/src/")
}

/// Whether a name is one of the banned words or ends with one: `utils`, `http_utils`, `StateManager`.
pub(super) fn is_banned(name: &str) -> bool {
    let lower = name.to_lowercase();
    BANNED.iter().any(|word| {
        let Some(before) = lower.strip_suffix(word) else {
            return false;
        };
        // A word of its own: all of it, after a separator, or a capital inside a type's name.
        let last_word = name.get(before.len()..).unwrap_or_default();
        before.is_empty() || before.ends_with(['_', '-']) || last_word.starts_with(char::is_uppercase)
    })
}

fn folders_below_src(path: &str) -> usize {
    let below = path.strip_prefix("src/").or_else(|| path.split_once("/src/").map(|(_, below)| below));
    below.map_or(0, |below| below.matches('/').count())
}

fn is_generated(path: &str) -> bool {
    let ends = [".zip", ".pyc", ".pending-snap", ".snap.new", ".profraw"];
    let folders = ["target", "__pycache__", "node_modules"];
    let mut parts = path.split('/').rev();
    ends.iter().any(|end| path.ends_with(end)) || parts.by_ref().skip(1).any(|part| folders.contains(&part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str) -> Vec<&'static str> {
        let file = File::new(path, String::new());
        check(&file).iter().map(|finding| finding.rule.name).collect()
    }

    #[test]
    fn three_folders_below_src_pass_and_four_do_not() {
        assert_eq!(found("src/local/sfn/history/event.rs"), Vec::<&str>::new());
        assert_eq!(found("src/local/sfn/history/kinds/event.rs"), ["folder-depth"]);
        assert_eq!(found("lambdas/send-email/src/a/b/c/d/e.rs"), ["folder-depth"]);
        assert_eq!(found("tests/a/b/c/d/e/f.json"), Vec::<&str>::new());
    }

    #[test]
    fn fifteen_siblings_pass_and_sixteen_do_not() {
        let folder = |count: usize| {
            let mut files: Vec<_> = (1..count).map(|n| File::new(&format!("a/src/b/f{n}.rs"), String::new())).collect();
            files.push(File::new("a/src/b/c/d.rs", String::new()));
            files.push(File::new("a/src/b/mod.rs", String::new()));
            siblings(&files).into_iter().map(|finding| (finding.path, finding.found)).collect::<Vec<_>>()
        };
        assert_eq!(folder(15), []);
        assert_eq!(folder(16), [(String::from("a/src/b"), String::from("16 files and folders"))]);
    }

    #[test]
    fn names_that_say_nothing_are_found() {
        for path in ["src/utils.rs", "src/common/mod.rs", "src/http_helpers.rs", "tests/common/mod.rs"] {
            assert_eq!(found(path), ["banned-name"], "{path}");
        }
        for path in ["src/uncommon.rs", "src/management.rs", "README.md"] {
            assert_eq!(found(path), Vec::<&str>::new(), "{path}");
        }
        assert!(is_banned("StateManager") && is_banned("Helper") && !is_banned("Uncommon"));
    }

    #[test]
    fn generated_files_are_found() {
        for path in ["target/debug/a", "a/sendEmail.zip", "tests/__pycache__/a.pyc", "src/.a.rs.pending-snap"] {
            assert_eq!(found(path), ["generated-file"], "{path}");
        }
        assert_eq!(found("docs/target.md"), Vec::<&str>::new());
    }
}
