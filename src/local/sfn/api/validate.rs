//! ValidateStateMachineDefinition.

use asl::{Finding, StateMachine};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Answer;
use crate::local::http::Request;
use crate::local::sfn::refusal;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Validate {
    definition: String,
    r#type: Option<String>,
    severity: Option<String>,
    max_results: Option<i64>,
}

/// What is wrong with a definition. There are errors only: the embedded cloud has no warnings to give.
pub(super) fn validate(request: &Request) -> Answer {
    let input: Validate = request.json()?;
    refusal::one_of(input.r#type.as_deref().unwrap_or("STANDARD"), "type", &["STANDARD", "EXPRESS"])?;
    refusal::one_of(input.severity.as_deref().unwrap_or("ERROR"), "severity", &["ERROR", "WARNING"])?;
    let size = refusal::page_size(input.max_results)?.min(100);
    let checked = StateMachine::parse(&input.definition).and_then(|machine| match input.r#type.as_deref() {
        Some("EXPRESS") => machine.check_express(),
        _ => Ok(()),
    });
    let findings = checked.err().map(|error| error.findings().to_vec()).unwrap_or_default();
    let shown: Vec<Value> = findings.iter().take(size).map(diagnostic).collect();
    let result = if findings.is_empty() { "OK" } else { "FAIL" };
    Ok(json!({"result": result, "diagnostics": shown, "truncated": findings.len() > size}))
}

fn diagnostic(finding: &Finding) -> Value {
    let mut diagnostic = json!({"severity": "ERROR", "code": finding.kind.code(), "message": finding.message});
    if let Some(location) = &finding.location {
        diagnostic["location"] = json!(location);
    }
    diagnostic
}
