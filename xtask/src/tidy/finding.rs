//! What breaks which rule, and where.

use std::collections::BTreeMap;
use std::fmt;

/// One place that breaks a rule.
#[derive(Debug, PartialEq)]
pub(super) struct Finding {
    pub(super) path: String,
    /// Counted from 1.
    pub(super) line: usize,
    pub(super) rule: Rule,
    /// What was found there.
    pub(super) found: String,
}

/// A rule's name and why it is one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) reason: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, rule, found } = self;
        write!(formatter, "{path}:{line}: {}: {found} ({})", rule.name, rule.reason)
    }
}

/// How often each rule is broken, one line each.
pub(super) fn counts(findings: &[Finding]) -> String {
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts.entry(finding.rule.name).or_insert(0_usize) += 1;
    }
    counts.iter().map(|(rule, count)| format!("{count:>6} {rule}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(rule: &'static str) -> Finding {
        Finding {
            path: String::from("src/a.rs"),
            line: 7,
            rule: Rule { name: rule, reason: "a file is read as a whole" },
            found: String::from("401 lines"),
        }
    }

    #[test]
    fn a_finding_names_file_line_rule_and_reason() {
        let text = finding("file-length").to_string();
        assert_eq!(text, "src/a.rs:7: file-length: 401 lines (a file is read as a whole)");
    }

    #[test]
    fn findings_are_counted_by_rule() {
        assert_eq!(counts(&[finding("b"), finding("a"), finding("b")]), "     1 a\n     2 b");
    }
}
