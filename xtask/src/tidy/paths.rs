//! The paths that Rust code names, groups of `use` taken apart: `a::{b, c::d}` is `a::b` and `a::c::d`.

use super::code::is_word;

/// A path: where it begins, counted in bytes, and its names.
pub(super) type Path = (usize, Vec<String>);

/// Every path that begins with one of the given names.
pub(super) fn beginning_with(code: &str, heads: &[&str]) -> Vec<Path> {
    let mut paths = Vec::new();
    for head in heads {
        for (at, _) in code.match_indices(head) {
            let before = code[..at].chars().next_back();
            let whole =
                !before.is_some_and(|before| is_word(before) || before == ':' || before == '.' || before == '$');
            if whole && code[at + head.len()..].starts_with("::") {
                let mut names = Vec::new();
                let mut tree = Tree { text: &code[at..], at: 0 };
                tree.read(&mut Vec::new(), &mut names);
                paths.extend(names.into_iter().map(|names| (at, names)));
            }
        }
    }
    paths
}

/// What a `use` calls a path: its last name, or the one after `as`.
pub(super) type Alias = (Vec<String>, String);

/// The paths of all `pub use`, with the names that they give.
pub(super) fn reexports(code: &str) -> Vec<Alias> {
    let mut aliases = Vec::new();
    for (at, word) in code.match_indices("use ") {
        let line_start = code[..at].rfind('\n').map_or(0, |end| end + 1);
        if code[line_start..at].trim_start().starts_with("pub") {
            let text = &code[at + word.len()..];
            let mut names = Vec::new();
            Tree { text, at: 0 }.read(&mut Vec::new(), &mut names);
            aliases.extend(names.into_iter().filter_map(|names| {
                let last = names.last()?.clone();
                Some(match last.split_once(" as ") {
                    Some((name, alias)) => {
                        let mut path = names.clone();
                        path.pop();
                        path.push(String::from(name));
                        (path, String::from(alias))
                    }
                    None => (names, last),
                })
            }));
        }
    }
    aliases
}

/// Reads a tree of paths.
struct Tree<'a> {
    text: &'a str,
    at: usize,
}

impl Tree<'_> {
    /// Adds the paths that begin here, each after the names that lead to it.
    fn read(&mut self, prefix: &mut Vec<String>, into: &mut Vec<Vec<String>>) {
        self.blank();
        if self.eat("{") {
            while !self.eat("}") && self.at < self.text.len() {
                let before = self.at;
                self.read(prefix, into);
                self.blank();
                self.eat(",");
                self.blank();
                if self.at == before {
                    return;
                }
            }
            return;
        }
        let name = if self.eat("*") { String::from("*") } else { self.word() };
        if name.is_empty() {
            return;
        }
        let is_self = name == "self" && !prefix.is_empty();
        let depth = prefix.len();
        if !is_self {
            prefix.push(name);
        }
        if self.eat("::") {
            let before = into.len();
            self.read(prefix, into);
            if into.len() == before {
                into.push(prefix.clone());
            }
        } else {
            self.alias(prefix);
            into.push(prefix.clone());
        }
        prefix.truncate(depth);
    }

    /// Joins ` as name` to the last name.
    fn alias(&mut self, path: &mut [String]) {
        let before = self.at;
        self.blank();
        if self.eat("as ") {
            self.blank();
            let alias = self.word();
            if let Some(last) = path.last_mut() {
                *last = format!("{last} as {alias}");
            }
        } else {
            self.at = before;
        }
    }

    fn word(&mut self) -> String {
        let word: String = self.text[self.at..].chars().take_while(|character| is_word(*character)).collect();
        self.at += word.len();
        word
    }

    fn blank(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    fn eat(&mut self, text: &str) -> bool {
        let eaten = self.text[self.at..].starts_with(text);
        self.at += if eaten { text.len() } else { 0 };
        eaten
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(code: &str) -> Vec<String> {
        beginning_with(code, &["crate", "super"]).into_iter().map(|(_, names)| names.join("::")).collect()
    }

    #[test]
    fn groups_are_taken_apart() {
        assert_eq!(
            paths("use crate::a::{b, c::{self, D}, e::*};"),
            ["crate::a::b", "crate::a::c", "crate::a::c::D", "crate::a::e::*"]
        );
        assert_eq!(paths("use crate::{\n    a,\n    b::C as E,\n};"), ["crate::a", "crate::b::C as E"]);
    }

    #[test]
    fn paths_in_code_are_found() {
        assert_eq!(paths("fn f() -> super::A { crate::b::c::<u8>(x) }"), ["crate::b::c", "super::A"]);
        assert_eq!(paths("pub(in crate::a) my_crate::b; x::crate::y"), ["crate::a"]);
        assert_eq!(paths("crate::{"), ["crate"]);
    }

    #[test]
    fn what_is_exported_again_has_a_name() {
        let code = "pub use a::{B, c::D as E};\npub(crate) use f::g;\nuse h::I;";
        let aliases: Vec<_> = reexports(code).into_iter().map(|(path, name)| (path.join("::"), name)).collect();
        let wanted = [("a::B", "B"), ("a::c::D", "E"), ("f::g", "g")];
        assert_eq!(aliases, wanted.map(|(path, name)| (String::from(path), String::from(name))));
    }
}
