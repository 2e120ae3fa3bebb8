//! An event as a line. Pure.

use std::collections::BTreeMap;
use std::fmt;

use tracing::field::{Field, Visit};

use crate::cli::ui::text::visible;

/// The room for a call's service and operation.
const WIDTH: usize = 34;

/// The fields of an event, in the order of their names.
#[derive(Debug, Default)]
pub(super) struct Fields {
    message: String,
    others: BTreeMap<&'static str, String>,
}

impl Fields {
    fn put(&mut self, field: &Field, value: &str) {
        // On one line, and without what could steer the terminal.
        let value = visible(value).replace('\n', "\\n").replace('\t', " ");
        if field.name() == "message" {
            self.message = value;
        } else {
            self.others.insert(field.name(), value);
        }
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, &format!("{value:?}"));
    }
}

/// The line of an event of a target.
pub(super) fn text(target: &str, fields: &Fields) -> String {
    if target == aws::TARGET { call(fields) } else { other(target, fields) }
}

/// `  lambda:GetFunction  200  12 ms  request 1f..`; the second attempt at a call and those after it are numbered.
fn call(fields: &Fields) -> String {
    let get = |name: &str| fields.others.get(name).map(String::as_str);
    let operation = format!("{}:{}", service(get("service").unwrap_or_default()), get("operation").unwrap_or_default());
    let duration = get("duration_ms").map(|ms| format!("{ms} ms")).unwrap_or_default();
    let mut text = format!("  {operation:<WIDTH$}  {:>3}  {duration:>8}", get("status").unwrap_or("-"));
    if let Some(id) = get("request_id") {
        text.push_str(&format!("  request {id}"));
    }
    if let Some(attempt) = get("attempt").filter(|attempt| *attempt != "1") {
        text.push_str(&format!("  attempt {attempt}"));
    }
    if let Some(outcome) = get("outcome").filter(|outcome| !matches!(*outcome, "success" | "service error")) {
        text.push_str(&format!("  {outcome}"));
    }
    text
}

/// The service as IAM names it in actions.
fn service(sdk_name: &str) -> String {
    match sdk_name {
        "SFN" => "states".to_owned(),
        "CloudWatch Logs" => "logs".to_owned(),
        "ApiGatewayV2" => "apigateway".to_owned(),
        other => other.to_lowercase().replace(' ', ""),
    }
}

/// What is neither a call nor shown otherwise: a retry of a deployment, something that was left out.
fn other(target: &str, fields: &Fields) -> String {
    let part = target.rsplit("::").next().unwrap_or(target);
    let details: Vec<String> = fields.others.iter().map(|(name, value)| format!("{name} {value}")).collect();
    let details = if details.is_empty() { String::new() } else { format!(" ({})", details.join(", ")) };
    format!("  {part}: {}{details}", fields.message)
}

#[cfg(test)]
mod tests;
