//! Rooms inside the CLI: families of commands do not know each other, and one folder prints.

use super::file::File;
use super::finding::{Finding, Rule};
use super::graph::Graph;

const FAMILY: Rule =
    Rule { name: "command-family", reason: "commands share what lies beside their folders, never each other" };
const PRINTING: Rule =
    Rule { name: "printing", reason: "only src/cli/ui knows what standard output and error are for" };
pub(super) const RULES: &[Rule] = &[FAMILY, PRINTING];

/// The folders under `src/cli` that hold commands.
const FAMILIES: [&str; 8] = ["deploy", "executions", "logs", "local", "test", "print", "validate", "init"];

/// What writes to the terminal.
const PRINTERS: [&str; 8] =
    ["println!", "print!", "eprintln!", "eprint!", "io::stdout()", "io::stderr()", "anstream::", "stdout().lock()"];

/// Finds commands that use another family's.
pub(super) fn families(graph: &Graph) -> Vec<Finding> {
    let between = graph.edges().filter_map(|(from, to, line)| {
        let one = family(from)?;
        let other = family(to)?;
        (one != other).then(|| Finding {
            path: String::from(from),
            line,
            rule: FAMILY,
            found: format!("`{one}` uses `{other}`"),
        })
    });
    between.collect()
}

fn family(path: &str) -> Option<&'static str> {
    let path = path.strip_prefix("src/cli/")?;
    // Commands that make a project, or look at one without a cloud, have a folder around theirs.
    let first = path.strip_prefix("make/").unwrap_or(path).split('/').next()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    FAMILIES.into_iter().find(|family| *family == name)
}

/// Finds what prints in the CLI beside the folder that does.
pub(super) fn printing(file: &File) -> Vec<Finding> {
    if !file.path.starts_with("src/") || file.path.starts_with("src/cli/ui") || file.path.ends_with("/tests.rs") {
        return Vec::new();
    }
    let tests = file.code.lines_with("#[cfg(test)]").first().copied().unwrap_or(usize::MAX);
    let found = PRINTERS.iter().flat_map(|word| file.code.lines_with(word).into_iter().map(move |line| (line, word)));
    let finding = |(line, word): (usize, &&str)| Finding {
        path: file.path.clone(),
        line,
        rule: PRINTING,
        found: format!("`{word}`"),
    };
    found.filter(|(line, _)| *line < tests).map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File::new(path, String::from(text))
    }

    #[test]
    fn families_do_not_use_each_other() {
        let files = [
            file("src/cli/deploy/mod.rs", "use crate::cli::logs::tail;\nuse crate::cli::ui::Ui;\nmod diff;"),
            file("src/cli/deploy/diff.rs", "use super::x;"),
            file("src/cli/logs/mod.rs", ""),
            file("src/cli/mod.rs", "mod deploy; mod logs; fn f() { deploy::run(); logs::run() }"),
            file("src/cli/ui/mod.rs", ""),
        ];
        let found: Vec<_> =
            families(&Graph::of(&files)).into_iter().map(|finding| (finding.path, finding.found)).collect();
        assert_eq!(found, [(String::from("src/cli/deploy/mod.rs"), String::from("`deploy` uses `logs`"))]);
    }

    #[test]
    fn one_folder_prints() {
        let text = "fn f() { println!() }\n// print!()\n#[cfg(test)]\nmod tests { fn g() { println!() } }";
        let lines = |path| printing(&file(path, text)).iter().map(|finding| finding.line).collect::<Vec<_>>();
        assert_eq!(lines("src/cli/logs/mod.rs"), [1]);
        assert_eq!(lines("src/cli/ui/mod.rs"), Vec::<usize>::new());
        assert_eq!(lines("crates/asl/src/lib.rs"), Vec::<usize>::new());
    }
}
