//! One module style: `x/mod.rs` for a module with parts, `x/tests.rs` for its tests, and no path told by hand.

use super::file::File;
use super::finding::{Finding, Rule};
use std::collections::BTreeSet;

const BESIDE: Rule =
    Rule { name: "module-style", reason: "a module with parts is `x/mod.rs`, with its tests in `x/tests.rs`" };
const PATH: Rule = Rule { name: "module-path", reason: "a module lies where the compiler looks for it" };
const TESTS: Rule = Rule { name: "tests-file", reason: "the tests of `x` live in `x/tests.rs`" };
pub(super) const RULES: &[Rule] = &[BESIDE, PATH, TESTS];

/// Checks where modules lie.
pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let folders: BTreeSet<&str> = files.iter().filter(|file| file.is_rust()).filter_map(folder).collect();
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        let mut found =
            |line, rule, found: String| findings.push(Finding { path: file.path.clone(), line, rule, found });
        let stem = file.path.trim_end_matches(".rs");
        if folders.contains(stem) {
            found(1, BESIDE, format!("it stands beside the folder `{}/`", stem.rsplit('/').next().unwrap_or(stem)));
        }
        if stem.ends_with("_tests") || stem.ends_with("_test") {
            found(1, TESTS, String::from("its name says tests"));
        }
        for line in file.code.lines_with("#[path") {
            found(line, PATH, String::from("`#[path]`"));
        }
    }
    findings
}

fn folder(file: &File) -> Option<&str> {
    file.path.rsplit_once('/').map(|(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<(String, usize, &'static str)> {
        let files: Vec<_> = files.iter().map(|(path, text)| File::new(path, String::from(*text))).collect();
        check(&files).into_iter().map(|finding| (finding.path, finding.line, finding.rule.name)).collect()
    }

    #[test]
    fn a_module_with_parts_is_a_folder() {
        assert_eq!(found(&[("src/a/mod.rs", ""), ("src/a/tests.rs", ""), ("src/b.rs", ""), ("src/b/c.py", "")]), []);
        let beside = found(&[("src/a.rs", ""), ("src/a/tests.rs", "")]);
        assert_eq!(beside, [(String::from("src/a.rs"), 1, "module-style")]);
    }

    #[test]
    fn paths_and_names_of_tests_are_not_told_by_hand() {
        let text = "// #[path] is not for us\n#[path = \"x.rs\"]\nmod y;";
        assert_eq!(found(&[("src/a.rs", text)]), [(String::from("src/a.rs"), 2, "module-path")]);
        assert_eq!(found(&[("src/a_tests.rs", "")]), [(String::from("src/a_tests.rs"), 1, "tests-file")]);
    }
}
