//! Finds what is wrong with a state machine's definition: where in the text it is, and what to do about it.
//!
//! [`check`] takes the text of a definition, [`check_document`] a part of a file; both return a [`Checked`]: its problems, each with a severity, a code of
//! [`rules`], a place and, where one is known, a fix. The rules of the language are those of the crate `asl`; this crate maps
//! their JSON locations back to lines of JSON or YAML, and shows them as an [`excerpt`] or as [`sarif`].
//!
//! What this crate must not know: AWS, the embedded cloud, the file system and the clock. The moment of the check is a
//! parameter.

pub mod excerpt;
mod fixes;
mod locate;
mod problem;
pub mod rules;
pub mod sarif;
mod severity;

use jiff::Timestamp;

use locate::Locator;
use model::call::CallKind;
use model::definition::Definition;
use model::document::{Document, Format};
use model::source::Source;
use model::stack::Stack;
pub use problem::{Checked, Placed, Problem};
pub use severity::Severity;

/// What a definition is checked for.
pub struct Target<'a> {
    /// The type of the state machine.
    pub machine_type: asl::MachineType,
    /// The deployment that gives the values of pseudo-parameters.
    pub stack: &'a Stack,
    /// The moment of the check.
    pub now: Timestamp,
    /// Whether the embedded cloud can do a task with this `Resource`.
    pub serves: fn(&str) -> bool,
}

/// Checks one definition.
pub fn check(source: Source, target: &Target<'_>) -> Checked {
    let problems = match Document::parse(&source) {
        Ok(document) => of_document(&source, &document, target),
        Err(error) => vec![Problem {
            severity: Severity::Error,
            code: match Format::of(&source.file) {
                Format::Json | Format::Toml => rules::INVALID_JSON,
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

/// Checks a definition that is a part of a source, such as one in a service file.
pub fn check_document(source: Source, document: &Document, target: &Target<'_>) -> Checked {
    let problems = of_document(&source, document, target);
    Checked::new(source, problems)
}

fn of_document(source: &Source, document: &Document, target: &Target<'_>) -> Vec<Problem> {
    let Target { machine_type, stack, now, serves } = *target;
    let mut problems: Vec<Problem> = document.repeated.iter().map(problem::of_repeated).collect();
    let (definition, unknown) = Definition::of(source, document);
    problems.extend(unknown.into_iter().map(problem::of_unknown));
    problems.extend(definition.calls.iter().filter_map(|call| {
        let resource = call.resolve(stack).resource;
        (!serves(&resource) && aws_has(call.kind, &resource)).then(|| problem::of_unserved(call, &resource))
    }));
    let json = definition.resolve(stack).json;
    let locator = Locator::new(&source.text, &document.root);
    let findings = findings(&json, machine_type);
    let told = findings.iter().filter(|finding| !fixes::is_consequence(finding, &findings));
    problems.extend(told.filter_map(|finding| locator.finding(finding)));
    let value = serde_json::from_str(&json).unwrap_or_default();
    let lints = asl::lint(&value, machine_type, now).into_iter();
    problems.extend(lints.filter(|lint| !already_reported(lint, &findings)).map(|lint| locator.lint(lint)));
    problems
}

/// Whether AWS does what the embedded cloud does not; of what AWS does not do either, AWS's own finding is enough.
fn aws_has(kind: CallKind, resource: &str) -> bool {
    kind != CallKind::Task || asl::TaskResource::parse(resource).is_none_or(|resource| resource.is_recognised())
}

/// Whether AWS says the same, about the transitions of a definition that is well formed.
fn already_reported(lint: &asl::Lint, findings: &[asl::Finding]) -> bool {
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
