//! `cargo xtask tidy`: the rules of the code that neither compiler nor clippy checks, each with its reason.

mod code;
mod functions;
mod imports;
mod rules;
mod tree;

use crate::failure::Failure;
use crate::{process, project, say};
use std::fmt;
use std::fs;

/// One place that breaks a rule.
#[derive(Debug, PartialEq)]
struct Finding {
    path: String,
    /// Counted from 1.
    line: usize,
    rule: Rule,
    /// What was found there.
    found: String,
}

/// A rule's name and why it is one.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Rule {
    name: &'static str,
    reason: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, rule, found } = self;
        write!(formatter, "{path}:{line}: {}: {found} ({})", rule.name, rule.reason)
    }
}

/// A file of the repository.
struct File {
    /// From the root, with `/`.
    path: String,
    /// Its text; empty where it is not text.
    text: String,
}

/// Checks every file that git has or would take.
pub(crate) fn run() -> Result<(), Failure> {
    let files = files()?;
    let findings = check(&files);
    for finding in &findings {
        say::line(&finding.to_string());
    }
    match findings.len() {
        0 => {
            say::progress(&format!("{} files are tidy", files.len()));
            Ok(())
        }
        count => Err(Failure::new(format!("tidy: {count} places break a rule"))),
    }
}

fn files() -> Result<Vec<File>, Failure> {
    let mut git = process::command("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let listing = process::output(&mut git)?;
    let paths = listing.split('\0').filter(|path| !path.is_empty());
    // A file that was deleted and not yet committed is still listed.
    let files = paths.filter_map(|path| {
        let bytes = fs::read(project::root().join(path)).ok()?;
        Some(File { path: String::from(path), text: String::from_utf8(bytes).unwrap_or_default() })
    });
    Ok(files.collect())
}

fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut functions = Vec::new();
    for file in files {
        findings.extend(tree::check(file));
        if file.path.ends_with(".rs") {
            let code = code::Code::of(&file.text);
            findings.extend(rules::check(file, &code));
            findings.extend(imports::check(file, &code));
            functions.extend(functions::of(&file.path, &code));
        }
    }
    findings.extend(functions::check(functions));
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_names_file_line_rule_and_reason() {
        let finding = Finding {
            path: String::from("src/a.rs"),
            line: 7,
            rule: Rule { name: "file-length", reason: "a file is read as a whole" },
            found: String::from("401 lines"),
        };
        assert_eq!(finding.to_string(), "src/a.rs:7: file-length: 401 lines (a file is read as a whole)");
    }

    #[test]
    fn findings_of_all_kinds_come_together() {
        let file = File {
            path: String::from("src/local/utils.rs"),
            text: String::from("use crate::deploy::plan;\nfn f() { todo!() }\n"),
        };
        let names: Vec<_> = check(&[file]).iter().map(|finding| finding.rule.name).collect();
        assert_eq!(names, ["banned-name", "module-doc", "unfinished", "room"]);
    }
}
