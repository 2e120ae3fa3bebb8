//! Which file of a crate uses which: the modules of each crate, and the names that their code takes from each other.
//!
//! A name that a module merely exports again leads to the file that has it. Tests do not count.

use super::file::File;
use super::paths;
use std::collections::{BTreeMap, BTreeSet};

/// The files of all crates and what they use, by path.
pub(super) struct Graph {
    uses: BTreeMap<String, BTreeMap<String, usize>>,
}

/// A module's names from its crate's root; the root's are none.
type Names = Vec<String>;

/// One crate's modules.
struct Crate<'a> {
    modules: BTreeMap<Names, Module<'a>>,
}

struct Module<'a> {
    path: &'a str,
    code: &'a str,
    /// Names that this module exports again, and where they lead.
    aliases: BTreeMap<String, Vec<String>>,
}

impl Graph {
    /// Reads all crates.
    pub(super) fn of(files: &[File]) -> Self {
        let mut crates: BTreeMap<&str, Crate<'_>> = BTreeMap::new();
        for file in files.iter().filter(|file| file.is_rust()) {
            if let Some((root, names)) = place(&file.path) {
                let code = without_tests(&file.code.code);
                let aliases = paths::reexports(code).into_iter().map(|(path, name)| (name, path)).collect();
                let module = Module { path: &file.path, code, aliases };
                let modules = &mut crates.entry(root).or_insert_with(|| Crate { modules: BTreeMap::new() }).modules;
                // Of `lib.rs` and `main.rs` in one crate, each is a root; the library's modules are the interesting ones.
                modules.entry(names).or_insert(module);
            }
        }
        let mut uses = BTreeMap::new();
        for one in crates.values() {
            for (names, module) in &one.modules {
                uses.insert(String::from(module.path), one.uses(names, module));
            }
        }
        Self { uses }
    }

    /// Each file with the files that it uses and the line where it first does.
    pub(super) fn edges(&self) -> impl Iterator<Item = (&str, &str, usize)> {
        self.uses.iter().flat_map(|(from, uses)| uses.iter().map(|(to, line)| (from.as_str(), to.as_str(), *line)))
    }

    /// The files.
    pub(super) fn files(&self) -> Vec<&str> {
        self.uses.keys().map(String::as_str).collect()
    }
}

impl Crate<'_> {
    fn uses(&self, names: &Names, module: &Module<'_>) -> BTreeMap<String, usize> {
        let children = self.children(names);
        let mut heads = vec!["crate", "super", "self"];
        heads.extend(children);
        let mut uses = BTreeMap::new();
        for (at, path) in paths::beginning_with(module.code, &heads) {
            if exported_again(module.code, at) {
                continue;
            }
            if let Some(target) = self.resolve(names, &path, 0).filter(|target| *target != module.path) {
                let line = module.code[..at].matches('\n').count() + 1;
                let first = uses.entry(String::from(target)).or_insert(line);
                *first = line.min(*first);
            }
        }
        uses
    }

    fn children(&self, names: &Names) -> BTreeSet<&str> {
        let below = self.modules.keys().filter(|other| other.len() == names.len() + 1 && other.starts_with(names));
        below.filter_map(|other| other.last()).map(String::as_str).collect()
    }

    /// The file that a path leads to from a module.
    fn resolve(&self, from: &Names, path: &[String], depth: usize) -> Option<&str> {
        let mut at = from.clone();
        let mut rest = path;
        match rest.first()?.as_str() {
            "crate" => (at, rest) = (Vec::new(), &rest[1..]),
            "self" => rest = &rest[1..],
            _ => {}
        }
        while rest.first().is_some_and(|name| name == "super") {
            at.pop()?;
            rest = &rest[1..];
        }
        while let Some(name) = rest.first() {
            at.push(String::from(name.split(' ').next().unwrap_or(name)));
            if !self.modules.contains_key(&at) {
                at.pop();
                break;
            }
            rest = &rest[1..];
        }
        let module = self.modules.get(&at)?;
        let alias = rest.first().and_then(|name| module.aliases.get(name.split(' ').next().unwrap_or(name)));
        // Eight names that lead on to each other are a circle of names.
        match alias.filter(|_| depth < 8) {
            Some(path) => self.resolve(&at, path, depth + 1).or(Some(module.path)),
            None => Some(module.path),
        }
    }
}

/// Whether the path at a place belongs to a `pub use`.
fn exported_again(code: &str, at: usize) -> bool {
    let start = code[..at].rfind(';').map_or(0, |end| end + 1);
    let statement = code[start..at].trim_start();
    let statement = statement.rsplit('}').next().unwrap_or(statement).trim_start();
    statement.starts_with("pub") && statement.contains("use ")
}

/// The crate that a file belongs to and the module that it is; nothing for files that are no part of a crate's source.
fn place(path: &str) -> Option<(&str, Names)> {
    let (root, inside) = match path.strip_prefix("src/") {
        Some(inside) => ("", inside),
        None => path.split_once("/src/")?,
    };
    let mut names: Names = inside.strip_suffix(".rs")?.split('/').map(String::from).collect();
    match names.last()?.as_str() {
        "tests" => return None,
        "mod" => _ = names.pop(),
        "lib" | "main" if names.len() == 1 => _ = names.pop(),
        _ => {}
    }
    (!names.iter().any(|name| name == "tests")).then_some((root, names))
}

/// The code above a file's tests, which by custom come last.
fn without_tests(code: &str) -> &str {
    let tests = code.match_indices("#[cfg(test)]").find(|(at, _)| {
        let after = code[at + "#[cfg(test)]".len()..].trim_start();
        after.starts_with("mod tests") && !after.starts_with("mod tests;")
    });
    tests.map_or(code, |(at, _)| &code[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(files: &[(&str, &str)]) -> Vec<String> {
        let files: Vec<_> = files.iter().map(|(path, text)| File::new(path, String::from(*text))).collect();
        Graph::of(&files).edges().map(|(from, to, line)| format!("{from} -> {to} {line}")).collect()
    }

    #[test]
    fn paths_lead_to_files() {
        let files = [
            ("a/src/lib.rs", "mod b;\nmod c;\nfn f() { b::g() }"),
            ("a/src/b.rs", "use crate::c::d::E;\nuse std::fmt;"),
            ("a/src/c/mod.rs", "mod d;\n"),
            ("a/src/c/d.rs", "use super::F;\nuse crate::b;"),
        ];
        assert_eq!(
            edges(&files),
            [
                "a/src/b.rs -> a/src/c/d.rs 1",
                "a/src/c/d.rs -> a/src/b.rs 2",
                "a/src/c/d.rs -> a/src/c/mod.rs 1",
                "a/src/lib.rs -> a/src/b.rs 3",
            ]
        );
    }

    #[test]
    fn what_is_exported_again_leads_on() {
        let files = [
            ("src/main.rs", "mod a;\nmod c;\n"),
            ("src/a/mod.rs", "mod b;\npub(crate) use b::{B, x as y};\n"),
            ("src/a/b.rs", ""),
            ("src/c.rs", "use crate::a::B;\nuse crate::a::{y, Z};"),
        ];
        assert_eq!(edges(&files), ["src/c.rs -> src/a/b.rs 1", "src/c.rs -> src/a/mod.rs 2"]);
    }

    #[test]
    fn tests_do_not_count() {
        let files = [
            ("src/main.rs", "mod a;\n#[cfg(test)]\nmod tests { use crate::a; }"),
            ("src/a/mod.rs", ""),
            ("src/a/tests.rs", "use crate::b;"),
            ("tests/a.rs", "use crate::b;"),
        ];
        assert_eq!(edges(&files), Vec::<String>::new());
    }
}
