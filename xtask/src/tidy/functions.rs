//! How long functions are, each by itself and all together.

use super::code::{Code, is_word};
use super::file::File;
use super::finding::{Finding, Rule};
use std::collections::BTreeMap;

const MAX_LINES: usize = 70;
const MAX_LINES_AT_90TH_PERCENTILE: usize = 40;

const LENGTH: Rule =
    Rule { name: "function-length", reason: "a function of more than 70 lines does not fit on a screen: split it" };
const PERCENTILE: Rule = Rule {
    name: "function-length-90th-percentile",
    reason: "nine functions in ten of a crate have at most 40 lines: split the longest ones",
};

pub(super) const RULES: &[Rule] = &[LENGTH, PERCENTILE];

/// A function and its length from signature to closing brace.
#[derive(Debug, PartialEq)]
struct Function {
    path: String,
    line: usize,
    name: String,
    lines: usize,
}

/// The functions with a body in one file.
fn of(path: &str, code: &Code) -> Vec<Function> {
    let text = &code.code;
    let starts = text.match_indices("fn ").filter(|(at, _)| !text[..*at].ends_with(is_word));
    starts.filter_map(|(at, _)| function(path, text, at)).collect()
}

fn function(path: &str, text: &str, at: usize) -> Option<Function> {
    let name: String = text[at + 3..].trim_start().chars().take_while(|character| is_word(*character)).collect();
    let open = at + body(&text[at..])?;
    let close = open + matching_brace(&text[open..])?;
    let line = text[..at].matches('\n').count() + 1;
    let lines = text[at..close].matches('\n').count() + 1;
    (!name.is_empty()).then(|| Function { path: String::from(path), line, name, lines })
}

/// Where the body opens; `None` for a signature alone. Array types hold a `;` inside brackets.
fn body(text: &str) -> Option<usize> {
    let mut depth = 0_i32;
    for (at, character) in text.char_indices() {
        match character {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            '{' if depth == 0 => return Some(at),
            ';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

fn matching_brace(text: &str) -> Option<usize> {
    let mut depth = 0_i32;
    for (at, character) in text.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// Checks each function, and those of each crate together.
pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let mut crates: BTreeMap<&str, Vec<Function>> = BTreeMap::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        crates.entry(crate_of(&file.path)).or_default().extend(of(&file.path, &file.code));
    }
    crates.into_values().flat_map(check_crate).collect()
}

/// What lies above a crate's `src`; `tests` for the end-to-end tests.
fn crate_of(path: &str) -> &str {
    match path.split_once("/src/") {
        Some((folder, _)) => folder,
        None => path.split('/').next().unwrap_or_default(),
    }
}

fn check_crate(mut functions: Vec<Function>) -> Vec<Finding> {
    let too_long = functions.iter().filter(|function| function.lines > MAX_LINES);
    let mut findings: Vec<_> = too_long.map(|function| finding(function, LENGTH)).collect();
    functions.sort_by_key(|function| function.lines);
    // The nearest rank: the smallest length that nine in ten do not exceed.
    let rank = (functions.len() * 9).div_ceil(10);
    let at_rank = rank.checked_sub(1).and_then(|index| functions.get(index));
    findings.extend(
        at_rank
            .filter(|function| function.lines > MAX_LINES_AT_90TH_PERCENTILE)
            .map(|function| finding(function, PERCENTILE)),
    );
    findings
}

fn finding(function: &Function, rule: Rule) -> Finding {
    Finding {
        path: function.path.clone(),
        line: function.line,
        rule,
        found: format!("`{}` has {} lines", function.name, function.lines),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(text: &str) -> Vec<(String, usize, usize)> {
        let functions = of("a.rs", &Code::of(text)).into_iter();
        functions.map(|function| (function.name, function.line, function.lines)).collect()
    }

    fn long(lines: usize) -> Vec<Function> {
        vec![Function { path: String::from("a.rs"), line: 1, name: String::from("f"), lines }]
    }

    #[test]
    fn functions_are_measured_from_signature_to_brace() {
        let text =
            "/// fn in words\nfn one() {}\n\npub fn two(\n    a: [u8; 3],\n) -> u8 {\n    if a { '}' } else { 2 }\n}\n";
        assert_eq!(lengths(text), [(String::from("one"), 2, 1), (String::from("two"), 4, 5)]);
    }

    #[test]
    fn signatures_and_function_types_are_not_functions() {
        assert_eq!(lengths("trait A { fn a(&self); }\ntype B = fn (u8) -> u8;\nlet often = 1;\n"), []);
    }

    #[test]
    fn seventy_lines_pass_and_seventy_one_do_not() {
        let rules = |lines| check_crate(long(lines)).iter().map(|finding| finding.rule.name).collect::<Vec<_>>();
        assert!(!rules(70).contains(&"function-length"));
        assert!(rules(71).contains(&"function-length"));
    }

    #[test]
    fn each_crate_is_measured_by_itself() {
        assert_eq!(crate_of("crates/asl/src/path/mod.rs"), "crates/asl");
        assert_eq!(crate_of("src/cli/mod.rs"), "src");
        assert_eq!(crate_of("tests/end_to_end/cli.rs"), "tests");
    }

    #[test]
    fn nine_in_ten_must_be_short() {
        let sizes = |long_ones| {
            let mut functions: Vec<_> = (0..20 - long_ones).flat_map(|_| long(5)).collect();
            functions.extend((0..long_ones).flat_map(|_| long(41)));
            check_crate(functions).len()
        };
        assert_eq!(sizes(2), 0);
        assert_eq!(sizes(3), 1);
        assert_eq!(check_crate(Vec::new()), []);
    }
}
