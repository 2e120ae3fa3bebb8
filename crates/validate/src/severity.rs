//! How bad a problem is.

use asl::{FindingKind, LintRule};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// AWS refuses the definition.
    Error,
    /// AWS accepts it, and it probably does not do what is meant.
    Warning,
    /// AWS accepts it, and it does what is meant there, but not everywhere.
    Note,
}

/// How bad a finding of a kind is in a report.
pub(super) fn of_finding(kind: FindingKind) -> Severity {
    match kind.severity() {
        asl::Severity::Warning => Severity::Warning,
        asl::Severity::Error => Severity::Error,
    }
}

/// AWS refuses one thing that the lints know too, since it looks for it only in a definition that is well formed.
pub(super) fn of_lint(rule: LintRule) -> Severity {
    if rule == LintRule::MissingTarget { Severity::Error } else { Severity::Warning }
}
