//! Every code that a problem can have, with what it is about.

use asl::{FindingKind, LintRule};

use crate::severity::{self, Severity};

/// The text is no JSON: AWS's own code for it.
pub(super) const INVALID_JSON: &str = "INVALID_JSON_DESCRIPTION";
/// The text is no YAML.
pub(super) const INVALID_YAML: &str = "invalid-yaml";
/// An object has a key twice.
pub(super) const REPEATED_KEY: &str = "repeated-key";
/// A `${AWS::...}` that has no value.
pub(super) const UNKNOWN_PSEUDO_PARAMETER: &str = "unknown-pseudo-parameter";
/// A `${...}` that something else puts in.
pub(super) const UNKNOWN_UNTIL_DEPLOYED: &str = "unknown-until-deployed";

/// A task that AWS does and the embedded cloud does not.
pub(super) const NOT_ON_EMBEDDED_CLOUD: &str = "not-on-embedded-cloud";

/// A rule as reports list it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Its stable name.
    pub code: &'static str,
    /// How bad it is to break it.
    pub severity: Severity,
    /// What breaks it, in a sentence.
    pub help: &'static str,
}

/// What AWS refuses or warns of, by its own codes.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinitionDiagnostic.html>.
const OF_AWS: [(FindingKind, &str); 17] = [
    (FindingKind::InvalidJson, "The text is not JSON."),
    (FindingKind::SchemaValidationFailed, "A field is missing, unknown, or has a value that it can't have."),
    (FindingKind::MissingTransitionTarget, "A way leads to no state, or no way leads to a state."),
    (FindingKind::MissingEndState, "No state ends the execution."),
    (FindingKind::DuplicateStateName, "Two states have the same name; names are unique over the whole definition."),
    (FindingKind::InvalidStateName, "A state's name is longer than 80 characters."),
    (FindingKind::DuplicateLabelName, "Two Map states have the same Label."),
    (FindingKind::InvalidLabelName, "A Map state's Label is too long or has characters that it can't have."),
    (FindingKind::DuplicateVariableName, "A branch or iteration assigns a variable of the flow around it."),
    (FindingKind::InvalidVariableName, "A variable's name is too long or no identifier."),
    (FindingKind::ReservedVariableName, "The variable $states is not to be assigned."),
    (FindingKind::InvalidJsonataExpression, "A JSONata expression is not well formed."),
    (FindingKind::UnsupportedJsonataExpression, "A JSONata expression reads what is not there in its field."),
    (FindingKind::TooDeeplyNested, "Values or states lie in each other at more levels than can be read."),
    (FindingKind::NoDollar, "A path or call is only evaluated when the field's name ends in `.$`."),
    (FindingKind::NoPath, "A path is only evaluated in the form of the field whose name ends in `Path`."),
    (FindingKind::PassResultIsStatic, "A Pass state's Result is taken as it is written; Parameters evaluates paths."),
];

const OWN: [Rule; 5] = [
    Rule { code: INVALID_YAML, severity: Severity::Error, help: "The text is not YAML, or says what JSON can't." },
    Rule {
        code: REPEATED_KEY,
        severity: Severity::Warning,
        help: "An object has a key twice: only the last one counts, and the first is lost.",
    },
    Rule {
        code: UNKNOWN_PSEUDO_PARAMETER,
        severity: Severity::Error,
        help: "A pseudo-parameter such as ${AWS::Region} is misspelt or has no value here, so that deploy refuses it.",
    },
    Rule {
        code: UNKNOWN_UNTIL_DEPLOYED,
        severity: Severity::Warning,
        help: "A value with ${...} that another tool puts in could not be checked.",
    },
    Rule {
        code: NOT_ON_EMBEDDED_CLOUD,
        severity: Severity::Note,
        help: "AWS does the task, and the embedded cloud does not: there an execution that comes to it fails.",
    },
];

/// Every rule.
pub fn all() -> Vec<Rule> {
    let of_aws =
        OF_AWS.into_iter().map(|(kind, help)| Rule { code: kind.code(), severity: severity::of_finding(kind), help });
    let lints = LintRule::ALL.into_iter();
    let lints = lints.map(|rule| Rule { code: rule.code(), severity: severity::of_lint(rule), help: rule.help() });
    of_aws.chain(OWN).chain(lints).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_apart_and_explained() {
        let rules = all();
        let codes: std::collections::BTreeSet<_> = rules.iter().map(|rule| rule.code).collect();
        assert_eq!(codes.len(), rules.len());
        assert!(rules.iter().all(|rule| rule.help.ends_with('.')));
    }
}
