//! Who may import whom among the rooms of the program.

use super::code::{Code, is_word};
use super::{File, Finding, Rule};

const RULE: Rule =
    Rule { name: "room", reason: "rooms know only those below them, and deploy and local meet over HTTP alone" };

/// The rooms under `src/` and what each may name: other rooms, and our own libraries.
const ROOMS: [(&str, &[&str]); 7] = [
    ("cli", &["deploy", "local", "aws", "model", "validate", "clock", "asl", "workshop_package"]),
    ("deploy", &["aws", "model", "clock"]),
    ("local", &["model", "clock", "asl"]),
    ("aws", &["model", "clock"]),
    ("validate", &["model", "asl"]),
    ("model", &[]),
    ("clock", &[]),
];

const LIBRARIES: [&str; 2] = ["asl", "workshop_package"];

/// Checks one file of the program; files elsewhere and `main.rs` have no room.
pub(super) fn check(file: &File, code: &Code) -> Vec<Finding> {
    let Some((room, allowed)) = room_of(&file.path) else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    for (line, name) in names(&code.code) {
        let ours = ROOMS.iter().any(|(other, _)| *other == name) || LIBRARIES.contains(&name.as_str());
        if ours && name != room && !allowed.contains(&name.as_str()) {
            findings.push(Finding {
                path: file.path.clone(),
                line,
                rule: RULE,
                found: format!("`{room}` may not use `{name}`"),
            });
        }
    }
    findings
}

fn room_of(path: &str) -> Option<(&'static str, &'static [&'static str])> {
    let first = path.strip_prefix("src/")?.split('/').next()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    ROOMS.iter().find(|(room, _)| *room == name).copied()
}

/// Rooms and libraries that the code names, with their lines: `crate::room`, `crate::{room, ..}`, `library::`.
fn names(code: &str) -> Vec<(usize, String)> {
    let line_of = |at: usize| code[..at].matches('\n').count() + 1;
    let whole = |at: usize| !code[..at].ends_with(|character| is_word(character) || character == ':');
    let mut names = Vec::new();
    for (at, prefix) in code.match_indices("crate::").filter(|(at, _)| whole(*at)) {
        let paths = heads(&code[at + prefix.len()..]);
        names.extend(paths.into_iter().map(|name| (line_of(at), name)));
    }
    for library in LIBRARIES {
        let path = format!("{library}::");
        let uses = code.match_indices(&path).filter(|(at, _)| whole(*at));
        names.extend(uses.map(|(at, _)| (line_of(at), String::from(library))));
    }
    names
}

/// The first names of a path or of a group of paths.
fn heads(path: &str) -> Vec<String> {
    let Some(group) = path.strip_prefix('{') else {
        return vec![head(path)];
    };
    let mut heads = vec![head(group)];
    let mut depth = 1;
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => heads.push(head(&group[at + 1..])),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    heads
}

fn head(path: &str) -> String {
    path.trim_start().chars().take_while(|character| is_word(*character)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<(usize, String)> {
        let file = File { path: String::from(path), text: String::from(text) };
        let findings = check(&file, &Code::of(text)).into_iter();
        findings.map(|finding| (finding.line, finding.found)).collect()
    }

    #[test]
    fn rooms_that_lie_below_may_be_used() {
        assert_eq!(found("src/deploy/plan.rs", "use crate::{aws::lambda, model::{Arn, Stage}, clock};"), []);
        assert_eq!(found("src/local/sfn/start.rs", "use crate::local::store;\nuse asl::Machine;"), []);
        assert_eq!(found("src/cli/deploy.rs", "use crate::deploy;\nuse workshop_package::package;"), []);
        assert_eq!(found("src/main.rs", "use crate::deploy;"), []);
        assert_eq!(found("tests/lesson.rs", "use crate::deploy;"), []);
    }

    #[test]
    fn the_others_may_not() {
        let text = "use std::fmt;\nuse crate::deploy::Plan;\n";
        assert_eq!(found("src/local/mod.rs", text), [(2, String::from("`local` may not use `deploy`"))]);
        let text = "fn f() { crate::local::serve() }";
        assert_eq!(found("src/deploy/mod.rs", text), [(1, String::from("`deploy` may not use `local`"))]);
        let text = "use crate::{model::Arn,\n    cli::ui};";
        assert_eq!(found("src/aws.rs", text), [(1, String::from("`aws` may not use `cli`"))]);
        assert_eq!(found("src/model/arn.rs", "use crate::clock;").len(), 1);
        assert_eq!(found("src/deploy/plan.rs", "use asl::Machine;").len(), 1);
    }

    #[test]
    fn words_and_other_crates_are_no_imports() {
        let text = "// crate::deploy does more\nlet a = \"crate::deploy\";\nuse my_asl::x;\nuse other::asl::x;";
        assert_eq!(found("src/deploy/plan.rs", text), []);
    }
}
