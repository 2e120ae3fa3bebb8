//! Rules about one Rust file's text.

use super::code::{Code, is_word};
use super::file::File;
use super::finding::{Finding, Rule};
use super::tree::{BANNED_NAME, is_banned};

const MAX_LINES: usize = 400;

const LENGTH: Rule =
    Rule { name: "file-length", reason: "a file is read as a whole: split one of more than 400 lines" };
const MODULE_DOC: Rule =
    Rule { name: "module-doc", reason: "each module opens with a `//!` line that says what it is for" };
const IGNORED_TEST: Rule =
    Rule { name: "ignored-test", reason: "a test that does not run proves nothing: mend it or remove it" };
const UNFINISHED: Rule = Rule { name: "unfinished", reason: "what is not finished is not committed" };
const SLEEP: Rule = Rule {
    name: "sleeping-test",
    reason: "a fixed sleep is too long or too short: wait for a condition or move the clock",
};
const REAL_SOURCE: Rule = Rule {
    name: "real-source",
    reason: "time and chance are values: only the composition in cloud/server makes the machine's clock and random source",
};
const UNSAFE: Rule = Rule { name: "unsafe", reason: "the compiler's guarantees hold everywhere here" };

pub(super) const RULES: &[Rule] = &[LENGTH, MODULE_DOC, IGNORED_TEST, UNFINISHED, SLEEP, REAL_SOURCE, UNSAFE];

/// Checks one file.
pub(super) fn check(file: &File) -> Vec<Finding> {
    let code = &file.code;
    let mut found = Vec::new();
    let lines = file.text.lines().count();
    if lines > MAX_LINES {
        found.push((MAX_LINES + 1, LENGTH, format!("{lines} lines")));
    }
    if !["//!", "#![doc = include_str!"].iter().any(|opening| file.text.starts_with(opening)) {
        found.push((1, MODULE_DOC, String::from("the file opens with something else")));
    }
    let mut words = |rule: Rule, word: &str, lines: Vec<usize>| {
        found.extend(lines.into_iter().map(|line| (line, rule, format!("`{word}`"))));
    };
    for word in ["todo!", "unimplemented!"] {
        words(UNFINISHED, word, code.lines_with(word));
    }
    for word in ["FIXME", "XXX", "TODO"] {
        words(UNFINISHED, word, code.comment_lines_with(word));
    }
    words(UNSAFE, "unsafe", code.lines_with("unsafe"));
    words(IGNORED_TEST, "#[ignore]", code.lines_with("#[ignore"));
    words(SLEEP, "sleep", sleeping_tests(file));
    for word in ["Clock::system(", "Random::from_system("] {
        words(REAL_SOURCE, word, real_sources(file, word));
    }
    found.extend(declared_names(code));
    found.into_iter().map(|(line, rule, found)| Finding { path: file.path.clone(), line, rule, found }).collect()
}

/// Sleeps in tests.
fn sleeping_tests(file: &File) -> Vec<usize> {
    let tests = first_test_line(file);
    // A clock that tests move sleeps no longer than the test wants.
    let moved = |line: usize| file.code.code.lines().nth(line - 1).is_some_and(|text| text.contains("clock.sleep("));
    file.code.lines_with("sleep(").into_iter().filter(|line| *line >= tests && !moved(*line)).collect()
}

/// Where a service takes the machine's clock or randomness: everywhere but in tests, measurements and the composition.
fn real_sources(file: &File, word: &str) -> Vec<usize> {
    let is_service = file.path.starts_with("cloud/") && file.path.contains("/src/");
    if !is_service || file.path.starts_with("cloud/server/src/") {
        return Vec::new();
    }
    let tests = first_test_line(file);
    file.code.lines_with(word).into_iter().filter(|line| *line < tests).collect()
}

/// Where a file's tests begin: at once in a test file, else at its `#[cfg(test)]`, which by custom comes last.
fn first_test_line(file: &File) -> usize {
    match file.path.starts_with("tests/") || file.path.contains("/tests/") || file.path.ends_with("/tests.rs") {
        true => 1,
        false => file.code.lines_with("#[cfg(test)]").first().copied().unwrap_or(usize::MAX),
    }
}

fn declared_names(code: &Code) -> Vec<(usize, Rule, String)> {
    let mut found = Vec::new();
    for (index, line) in code.code.lines().enumerate() {
        for keyword in ["struct ", "enum ", "trait ", "mod "] {
            let Some((before, after)) = line.split_once(keyword) else {
                continue;
            };
            let name: String = after.chars().take_while(|character| is_word(*character)).collect();
            if !before.ends_with(is_word) && is_banned(&name) {
                found.push((index + 1, BANNED_NAME, format!("`{name}`")));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found_in(path: &str, text: &str) -> Vec<(usize, &'static str)> {
        let findings = check(&File::new(path, String::from(text))).into_iter();
        findings.map(|finding| (finding.line, finding.rule.name)).collect()
    }

    fn found(text: &str) -> Vec<(usize, &'static str)> {
        found_in("src/a.rs", &format!("//! A module.\n{text}"))
    }

    #[test]
    fn four_hundred_lines_pass_and_one_more_does_not() {
        assert_eq!(found(&"\n".repeat(399)), []);
        assert_eq!(found(&"\n".repeat(400)), [(401, "file-length")]);
    }

    #[test]
    fn a_module_opens_with_its_purpose() {
        assert_eq!(found_in("src/a.rs", "//! What for.\nuse std::fmt;\n"), []);
        assert_eq!(found_in("src/a.rs", "#![doc = include_str!(\"../README.md\")]\n"), []);
        assert_eq!(found_in("src/a.rs", "use std::fmt;\n//! Too late.\n"), [(1, "module-doc")]);
        assert_eq!(found_in("src/a.rs", ""), [(1, "module-doc")]);
    }

    #[test]
    fn unfinished_code_is_found() {
        assert_eq!(found("fn f() { todo!() }"), [(2, "unfinished")]);
        assert_eq!(found("fn f() { unimplemented!(\"x\") }"), [(2, "unfinished")]);
        assert_eq!(found("fn f() {} // FIXME: later\n/* XXX */"), [(2, "unfinished"), (3, "unfinished")]);
        assert_eq!(found("let text = \"FIXME todo!()\"; my_todo!();"), []);
    }

    #[test]
    fn unsafe_code_and_ignored_tests_are_found() {
        assert_eq!(found("fn f() { unsafe { g() } }"), [(2, "unsafe")]);
        assert_eq!(found("#![forbid(unsafe_code)] // never unsafe"), []);
        assert_eq!(found("#[test]\n#[ignore = \"slow\"]\nfn f() {}"), [(3, "ignored-test")]);
        assert_eq!(found("// #[ignore] is not for us"), []);
    }

    #[test]
    fn services_make_no_real_clock() {
        let text = "//! M.\nfn f() { Clock::system(); }\n#[cfg(test)]\nmod tests { fn g() { Clock::system(); } }";
        assert_eq!(found_in("cloud/logs/src/a.rs", text), [(2, "real-source")]);
        for path in ["cloud/server/src/run.rs", "cloud/logs/examples/cost.rs", "cloud/logs/src/tests.rs", "src/a.rs"] {
            assert_eq!(found_in(path, text), [], "{path}");
        }
    }

    #[test]
    fn tests_do_not_sleep() {
        let sleeping = "fn f() { thread::sleep(TICK); }\n#[cfg(test)]\nmod tests { fn g() { sleep(TICK).await } }";
        assert_eq!(found(sleeping), [(4, "sleeping-test")]);
        assert_eq!(found_in("tests/a.rs", "//! T.\nfn f() { thread::sleep(TICK); }"), [(2, "sleeping-test")]);
        assert_eq!(found_in("tests/a.rs", "//! T.\nfn f() { wait_until_asleep(1); }"), []);
        assert_eq!(found_in("tests/a.rs", "//! T.\nfn f() { self.clock.sleep(TICK).await }"), []);
    }

    #[test]
    fn names_that_fit_anything_are_found() {
        assert_eq!(found("struct StateManager;\nmod helpers;"), [(2, "banned-name"), (3, "banned-name")]);
        assert_eq!(found("struct Manages;\nenum Command { Utilise }\nmod communal;"), []);
    }
}
