//! Looks definitions over and says what is wrong with them, where in the text, and what to do: pure, without any cloud.

pub(crate) mod excerpt;
mod fixes;
mod locate;
mod problem;
pub(crate) mod rules;
pub(crate) mod sarif;

use jiff::Timestamp;

use crate::model::definition::Definition;
use crate::model::document::{Document, Format};
use crate::model::source::Source;
use crate::model::stack::Stack;
use locate::Locator;
pub(crate) use problem::{Checked, Placed, Problem, Severity};

/// Checks one definition. `stack` gives the values of pseudo-parameters.
pub(crate) fn check(source: Source, machine_type: asl::MachineType, stack: &Stack, now: Timestamp) -> Checked {
    let problems = match Document::parse(&source) {
        Ok(document) => of_document(&source, &document, machine_type, stack, now),
        Err(error) => vec![Problem {
            severity: Severity::Error,
            code: match Format::of(&source.file) {
                Format::Json => rules::INVALID_JSON,
                Format::Yaml => rules::INVALID_YAML,
            },
            location: None,
            message: error.in_source(&source).message,
            fix: error.hint,
            span: error.offset..error.offset,
        }],
    };
    Checked::new(source, problems)
}

fn of_document(
    source: &Source,
    document: &Document,
    machine_type: asl::MachineType,
    stack: &Stack,
    now: Timestamp,
) -> Vec<Problem> {
    let mut problems: Vec<Problem> = document.repeated.iter().map(problem::of_repeated).collect();
    let (definition, unknown) = Definition::of(source, document);
    problems.extend(unknown.into_iter().map(problem::of_unknown));
    let json = definition.resolve(stack).json;
    let locator = Locator::new(&source.text, &document.root);
    let findings = findings(&json, machine_type);
    problems.extend(findings.iter().map(|finding| locator.finding(finding)));
    let value = serde_json::from_str(&json).unwrap_or_default();
    let lints = asl::lint(&value, machine_type, now).into_iter();
    problems.extend(lints.filter(|lint| !is_said(lint, &findings)).map(|lint| locator.lint(lint)));
    problems
}

/// Whether AWS says the same, about the transitions of a definition that is well formed.
fn is_said(lint: &asl::Lint, findings: &[asl::Finding]) -> bool {
    matches!(lint.rule, asl::LintRule::UnreachableState | asl::LintRule::MissingTarget)
        && findings.iter().any(|finding| {
            finding.kind == asl::FindingKind::MissingTransitionTarget
                && finding.location.as_deref() == Some(lint.location.as_str())
        })
}

/// What AWS refuses and warns of.
fn findings(json: &str, machine_type: asl::MachineType) -> Vec<asl::Finding> {
    let machine = match asl::StateMachine::parse(json) {
        Ok(machine) => machine,
        Err(error) => return error.findings().to_vec(),
    };
    let mut findings = machine.warnings().to_vec();
    if machine_type == asl::MachineType::Express
        && let Err(error) = machine.check_express()
    {
        findings.extend_from_slice(error.findings());
    }
    findings
}

#[cfg(test)]
mod tests;
