//! `cargo xtask tidy [RULE]`: the rules of the code that neither compiler nor clippy checks, each with its reason.

mod code;
mod crates;
mod cycles;
mod file;
mod finding;
mod functions;
mod graph;
mod modules;
mod packed;
mod paths;
mod rooms;
mod text;
mod tree;

use crate::failure::Failure;
use crate::{process, project, say};
use file::File;
use finding::{Finding, Rule};
use graph::Graph;
use std::fs;

/// Every rule there is.
const RULES: &[&[Rule]] = &[
    crates::RULES,
    cycles::RULES,
    functions::RULES,
    modules::RULES,
    packed::RULES,
    rooms::RULES,
    text::RULES,
    tree::RULES,
];

/// Checks every file that git has or would take against all rules, or against one.
pub(crate) fn run(only: Option<&str>) -> Result<(), Failure> {
    let known = || RULES.iter().flat_map(|rules| rules.iter());
    if let Some(unknown) = only.filter(|only| !known().any(|rule| rule.name == *only)) {
        let lines = known().map(|rule| format!("  {}: {}", rule.name, rule.reason));
        let lines = lines.collect::<Vec<_>>().join("\n");
        return Err(Failure::new(format!("there is no rule `{unknown}`; there are\n{lines}")));
    }
    let files = files()?;
    let mut findings = check(&files);
    findings.retain(|finding| only.is_none_or(|only| finding.rule.name == only));
    for finding in &findings {
        say::line(&finding.to_string());
    }
    match findings.len() {
        0 => {
            say::progress(&format!("{} files are tidy", files.len()));
            Ok(())
        }
        count => Err(Failure::new(format!("tidy: {count} places break a rule\n{}", finding::counts(&findings)))),
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
        Some(File::new(path, String::from_utf8(bytes).unwrap_or_default()))
    });
    Ok(files.collect())
}

fn check(files: &[File]) -> Vec<Finding> {
    let graph = Graph::of(files);
    let mut findings: Vec<Finding> = files.iter().flat_map(tree::check).collect();
    for file in files.iter().filter(|file| file.is_rust()) {
        findings.extend(text::check(file));
        findings.extend(packed::check(file));
        findings.extend(rooms::printing(file));
    }
    findings.extend(tree::siblings(files));
    findings.extend(modules::check(files));
    findings.extend(functions::check(files));
    findings.extend(crates::check(files));
    findings.extend(rooms::families(&graph));
    findings.extend(cycles::check(&graph));
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_of_all_kinds_come_together() {
        let files = [
            File::new(
                "src/cli/deploy/utils.rs",
                String::from("use crate::cli::logs::tail;\nfn f() { let (a, b) = (1, 2); todo!() }\n"),
            ),
            File::new("src/cli/mod.rs", String::from("//! Commands.\n")),
            File::new("src/cli/logs.rs", String::from("//! Logs.\nfn tail() { println!() }\n")),
        ];
        let names: Vec<_> = check(&files).iter().map(|finding| finding.rule.name).collect();
        let wanted = ["banned-name", "module-doc", "unfinished", "packed-tuple", "printing", "command-family"];
        assert_eq!(names, wanted);
    }

    #[test]
    fn every_rule_has_a_name_of_its_own() {
        let mut names: Vec<_> = RULES.iter().flat_map(|rules| rules.iter()).map(|rule| rule.name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
