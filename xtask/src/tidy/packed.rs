//! Several bindings packed into one tuple to save lines: `let (a, b) = (x, y);`.

use super::file::File;
use super::finding::{Finding, Rule};

const PACKED: Rule =
    Rule { name: "packed-tuple", reason: "one binding a line: a line limit is met by splitting thoughts" };
pub(super) const RULES: &[Rule] = &[PACKED];

/// Finds the packed tuples of a file.
pub(super) fn check(file: &File) -> Vec<Finding> {
    let code = file.code.code.as_str();
    let starts = code.match_indices("let (").filter(|(at, _)| is_packed(&code[at + 4..]));
    let finding = |(at, _): (usize, &str)| Finding {
        path: file.path.clone(),
        line: code[..at].matches('\n').count() + 1,
        rule: PACKED,
        found: String::from("a tuple is taken apart where it is made"),
    };
    starts.map(finding).collect()
}

/// Whether a pattern, which starts here, is bound to nothing but a tuple that is written out.
fn is_packed(pattern: &str) -> bool {
    let bound = || {
        let after = &pattern[parenthesised(pattern)?..];
        let (kind, value) = after.split_once('=')?;
        let plain = kind.trim().is_empty() || kind.trim_start().starts_with(':');
        let value = value.trim_start();
        let end = parenthesised(value).filter(|_| plain)?;
        (has_comma(&value[1..end - 1]) && value[end..].trim_start().starts_with(';')).then_some(())
    };
    bound().is_some()
}

/// Where the parenthesis that opens here has been closed.
fn parenthesised(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, character) in text.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return (at > 0).then_some(at + 1);
        }
    }
    None
}

/// Whether a comma stands outside of all brackets.
fn has_comma(text: &str) -> bool {
    let mut depth = 0_i32;
    text.chars().any(|character| {
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        character == ',' && depth == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        check(&File::new("a.rs", String::from(text))).iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn tuples_that_are_made_to_be_taken_apart_are_found() {
        assert_eq!(lines("let (a, b) = (x, y);"), [1]);
        assert_eq!(lines("f();\nlet (a, b): (u8, u8) = (\n    x(1, 2),\n    \"y\",\n);"), [2]);
        assert_eq!(lines("let (mut a, (b, c)) = (0, pair);"), [1]);
    }

    #[test]
    fn other_tuples_are_not() {
        for text in [
            "let (a, b) = f(x, y);",
            "let (a, b) = (x, y).swapped();",
            "let (a, b) = (pair);",
            "let (a, b) = if c { (x, y) } else { (y, x) };",
            "let a = (x, y);",
            "// let (a, b) = (x, y);",
            "if let (Some(a), Some(b)) = (x, y) { }",
            "let (Some(a), Some(b)) = (x, y) else { return };",
            "let (a, b) =",
        ] {
            assert_eq!(lines(text), Vec::<usize>::new(), "{text}");
        }
    }
}
