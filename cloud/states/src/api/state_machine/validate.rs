//! ValidateStateMachineDefinition.

use std::sync::Arc;

use asl::{Finding, Severity, StateMachine};
use cloud_core::{JacksonError, Request};
use serde::Deserialize;
use serde_json::{Value, json};

use super::settings;
use crate::api::answer::Answer;
use crate::states::States;
use crate::wire::errors;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Validate {
    definition: String,
    r#type: Option<String>,
    severity: Option<String>,
    max_results: Option<usize>,
}

/// What is wrong with a definition. Warnings are shown when they are asked for; a definition with nothing worse is `OK`.
pub(crate) async fn validate(_states: &Arc<States>, request: &Request) -> Answer {
    let input: Validate = request.json()?;
    let severity = input.severity.as_deref().unwrap_or("ERROR");
    let least = if severity == "WARNING" { Severity::Warning } else { Severity::Error };
    let size = errors::page_size(input.max_results).min(100);
    let checked = StateMachine::parse(&input.definition).and_then(|machine| match input.r#type.as_deref() {
        Some("EXPRESS") => machine.check_express().map(|()| machine.warnings().to_vec()),
        _ => Ok(machine.warnings().to_vec()),
    });
    let result = if checked.is_ok() { "OK" } else { "FAIL" };
    let mut findings = checked.unwrap_or_else(|error| error.findings().to_vec());
    findings.retain(|finding| finding.kind.severity() >= least);
    let shown: Vec<Value> = findings.iter().take(size).map(|finding| diagnostic(finding, &input.definition)).collect();
    Ok(json!({"result": result, "diagnostics": shown, "truncated": findings.len() > size}))
}

fn diagnostic(finding: &Finding, definition: &str) -> Value {
    let severity = if finding.kind.severity() == Severity::Error { "ERROR" } else { "WARNING" };
    if let Some(JacksonError { words, place }) = settings::no_json(finding, definition) {
        let message = format!("{words}\n at {place}");
        return json!({"severity": severity, "code": finding.kind.code(), "message": message, "location": place});
    }
    let mut diagnostic = json!({"severity": severity, "code": finding.kind.code(), "message": finding.message});
    if let Some(location) = &finding.location {
        diagnostic["location"] = json!(location);
    }
    diagnostic
}
