//! Circles of files inside a crate: files of which each needs all others can only be understood together.

use super::finding::{Finding, Rule};
use super::graph::Graph;
use std::collections::BTreeMap;

const CYCLE: Rule = Rule {
    name: "file-cycle",
    reason: "files that need each other are read as one: cut the circle, or list it with its reason in tidy/cycles.rs",
};
pub(super) const RULES: &[Rule] = &[CYCLE];

/// Two neighbours that know each other, as a type and its part, are still read as one; three are not.
const MAX_NEIGHBOURS: usize = 2;

/// A circle that is in the nature of what it does: the end of the folder's path, how many files, and why.
struct Natural {
    folder: &'static str,
    max_files: usize,
    reason: &'static str,
}

const NATURAL: [Natural; 10] = [
    natural("asl/src/path", 99, "a path's filter holds paths"),
    natural("asl/src/intrinsic", 99, "an intrinsic function's argument is a call again"),
    natural("asl/src/execution", 13, "a state runs states: Map, Parallel"),
    natural("asl/src/definition", 10, "a state holds states: Map, Parallel"),
    natural("jsonata/src", 28, "a value can be a function, which evaluates an expression, which calls functions"),
    natural("model/src/document", 99, "a value holds values, in JSON and in YAML"),
    natural("store/src", 99, "the journal, its snapshots and its tables are one machine"),
    natural("logs/src/pattern", 99, "a filter pattern's term is a pattern again"),
    natural("api-models/src", 3, "a service's lines are its shapes, and keep what is checked of each"),
    natural("driver", 8, "the drive loop: a step's effects bring the next step"),
];

const fn natural(folder: &'static str, max_files: usize, reason: &'static str) -> Natural {
    Natural { folder, max_files, reason }
}

/// Finds the circles that are not listed.
pub(super) fn check(graph: &Graph) -> Vec<Finding> {
    circles(graph).into_iter().filter(|circle| !is_natural(circle)).map(|circle| finding(&circle)).collect()
}

fn is_natural(circle: &[&str]) -> bool {
    let folder = shared_folder(circle);
    let neighbours = circle.iter().all(|path| path.rsplit_once('/').is_some_and(|(above, _)| above == folder));
    if neighbours && circle.len() <= MAX_NEIGHBOURS {
        return true;
    }
    NATURAL.iter().any(|natural| {
        let named = folder == natural.folder || folder.ends_with(&format!("/{}", natural.folder));
        named && circle.len() <= natural.max_files && !natural.reason.is_empty()
    })
}

fn finding(circle: &[&str]) -> Finding {
    let folder = shared_folder(circle);
    let mut names: Vec<&str> = circle.iter().map(|path| path[folder.len()..].trim_start_matches('/')).collect();
    let more = names.len().saturating_sub(12);
    names.truncate(12);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let found = format!("{} files of {folder} need each other: {}{more}", circle.len(), names.join(", "));
    Finding { path: String::from(circle[0]), line: 1, rule: CYCLE, found }
}

/// The folder that holds all of them, at whatever depth.
fn shared_folder<'a>(paths: &[&'a str]) -> &'a str {
    let mut folder = paths.first().and_then(|path| path.rsplit_once('/')).map_or("", |(folder, _)| folder);
    while !folder.is_empty()
        && !paths.iter().all(|path| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
    {
        folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
    }
    folder
}

/// Groups of files of which each reaches all others, by Tarjan's algorithm; files by name, groups by their first file.
fn circles(graph: &Graph) -> Vec<Vec<&str>> {
    let mut uses: BTreeMap<&str, Vec<&str>> = graph.files().into_iter().map(|file| (file, Vec::new())).collect();
    for (from, to, _) in graph.edges() {
        uses.entry(from).or_default().push(to);
    }
    let mut search = Search { uses: &uses, seen: BTreeMap::new(), stack: Vec::new(), circles: Vec::new() };
    for file in uses.keys() {
        if !search.seen.contains_key(file) {
            search.visit(file);
        }
    }
    let mut circles = search.circles;
    circles.sort();
    circles
}

struct Search<'a, 'g> {
    uses: &'a BTreeMap<&'g str, Vec<&'g str>>,
    /// Each file's number in the order of the visit, and the lowest number that it reaches on the stack.
    seen: BTreeMap<&'g str, (usize, usize)>,
    stack: Vec<&'g str>,
    circles: Vec<Vec<&'g str>>,
}

impl<'g> Search<'_, 'g> {
    /// Gives the lowest number that the file reaches.
    fn visit(&mut self, file: &'g str) -> usize {
        let number = self.seen.len();
        let mut low = number;
        self.seen.insert(file, (number, number));
        self.stack.push(file);
        for next in self.uses.get(file).into_iter().flatten() {
            match self.seen.get(next) {
                None => low = low.min(self.visit(next)),
                Some((number, _)) if self.stack.contains(next) => low = low.min(*number),
                Some(_) => {}
            }
        }
        self.seen.insert(file, (number, low));
        if low == number {
            let start = self.stack.iter().position(|other| *other == file).unwrap_or_default();
            let mut circle = self.stack.split_off(start);
            circle.sort_unstable();
            if circle.len() > 1 {
                self.circles.push(circle);
            }
        }
        low
    }
}

#[cfg(test)]
mod tests {
    use super::super::file::File;
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let files: Vec<_> = files.iter().map(|(path, text)| File::new(path, String::from(*text))).collect();
        check(&Graph::of(&files)).into_iter().map(|finding| finding.found).collect()
    }

    #[test]
    fn a_circle_is_told_with_its_files() {
        let files = [
            ("a/src/lib.rs", "mod b;"),
            ("a/src/b/mod.rs", "mod c;\nmod d;"),
            ("a/src/b/c.rs", "use super::d::D;"),
            ("a/src/b/d.rs", "use crate::e::E;"),
            ("a/src/e.rs", "use crate::b::c::C;"),
        ];
        assert_eq!(found(&files), ["3 files of a/src need each other: b/c.rs, b/d.rs, e.rs"]);
    }

    #[test]
    fn two_neighbours_are_read_as_one() {
        let pair = |other: &str| {
            let there = format!("use crate::{other}::D;");
            let path = format!("a/src/{}.rs", other.replace("::", "/"));
            let files =
                [("a/src/lib.rs", ""), ("a/src/b/mod.rs", ""), ("a/src/c.rs", &there), (&path, "use crate::c::C;")];
            found(&files).len()
        };
        assert_eq!(pair("d"), 0);
        assert_eq!(pair("b::d"), 1);
    }

    #[test]
    fn a_natural_circle_is_none() {
        let files = [
            ("crates/asl/src/path/a.rs", "use super::b::B;"),
            ("crates/asl/src/path/b.rs", "use super::c::C;"),
            ("crates/asl/src/path/c.rs", "use super::a::A;"),
            ("crates/asl/src/path/mod.rs", ""),
        ];
        assert_eq!(found(&files), Vec::<String>::new());
    }

    #[test]
    fn files_in_a_row_are_no_circle() {
        let files = [
            ("a/src/b.rs", "use crate::c::C;\nuse crate::d::D;"),
            ("a/src/c.rs", "use crate::d::D;"),
            ("a/src/d.rs", ""),
        ];
        assert_eq!(found(&files), Vec::<String>::new());
    }
}
