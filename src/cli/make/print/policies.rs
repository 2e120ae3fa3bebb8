//! What each role may do and why, for people and for programs.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::cli::ui::{Tone, toned, visible};
use deploy::policy::{Invocation, Reason, Role, RoleOwner, Statement};
use model::service::Effect;
use model::stack::Stack;

/// Who invokes functions through the HTTP API, and what it then does.
const API: &str = "apigateway.amazonaws.com";
const INVOKES: &str = "lambda:InvokeFunction";

/// For people.
pub(super) fn text(roles: &[Role], invocations: &[Invocation]) -> String {
    let mut text = String::new();
    for role in roles {
        let (kind, key) = of(role);
        let kind = if kind == "function" { "function" } else { "state machine" };
        let _ = writeln!(text, "{}", toned(Tone::Strong, format!("role {}", role.name)));
        let _ = writeln!(text, "  of the {kind} {key} ({})", visible(&role.at.to_string()));
        let _ = writeln!(text, "  assumed by {}", role.assumed_by());
        if let Some(condition) = &role.condition {
            let _ = writeln!(text, "    if {}", visible(&condition.to_string()));
        }
        role.policy.statements.iter().for_each(|statement| add_statement(&mut text, statement));
        if role.policy.statements.is_empty() {
            let _ = writeln!(text, "  may do nothing");
        }
        for note in &role.policy.notes {
            let _ = writeln!(text, "  {} {}", toned(Tone::Warning, "note:"), reason(note));
        }
        text.push('\n');
    }
    for invocation in invocations {
        let _ = writeln!(text, "{}", toned(Tone::Strong, format!("policy of function {}", invocation.function)));
        let _ = writeln!(text, "  {API} may {INVOKES}");
        let _ = writeln!(text, "    for {}", visible(&invocation.source));
        add_reasons(&mut text, std::slice::from_ref(&invocation.reason));
        text.push('\n');
    }
    text
}

fn add_statement(text: &mut String, statement: &Statement) {
    let may = match statement.effect {
        Effect::Allow => "may",
        Effect::Deny => "may not",
    };
    let _ = writeln!(text, "  {may} {}", visible(&statement.actions.join(", ")));
    for resource in &statement.resources {
        let _ = writeln!(text, "    on {}", visible(resource));
    }
    if let Some(condition) = &statement.condition {
        let _ = writeln!(text, "    if {}", visible(&condition.to_string()));
    }
    add_reasons(text, &statement.reasons);
}

fn add_reasons(text: &mut String, reasons: &[Reason]) {
    for because in reasons {
        let _ = writeln!(text, "    {} {}", toned(Tone::Faint, "because"), reason(because));
    }
}

/// A line that editors can follow, the state, and why.
fn reason(reason: &Reason) -> String {
    let state = reason.state.as_ref().map(|state| format!(" state {state}")).unwrap_or_default();
    visible(&format!("{}{state}: {}", reason.at, reason.why))
}

fn of(role: &Role) -> (&'static str, &str) {
    match &role.owner {
        RoleOwner::Function(key) => ("function", key.as_str()),
        RoleOwner::StateMachine(key) => ("stateMachine", key.as_str()),
    }
}

/// For programs. The keys stay as they are.
pub(super) fn json(stack: &Stack, roles: &[Role], invocations: &[Invocation]) -> Value {
    json!({
        "stack": stack.name(),
        "account": stack.account.as_str(),
        "roles": roles.iter().map(role_json).collect::<Vec<_>>(),
        "invocations": invocations.iter().map(invocation_json).collect::<Vec<_>>(),
    })
}

fn role_json(role: &Role) -> Value {
    let (kind, key) = of(role);
    let statement = |statement: &Statement| {
        json!({
            "effect": statement.effect.as_str(),
            "actions": statement.actions,
            "resources": statement.resources,
            "condition": statement.condition,
            "reasons": statement.reasons.iter().map(reason_json).collect::<Vec<_>>(),
        })
    };
    json!({
        "role": role.name,
        "kind": kind,
        "key": key,
        "at": {"file": role.at.file, "line": role.at.line},
        "assumedBy": role.assumed_by(),
        "assumedIf": role.condition,
        "statements": role.policy.statements.iter().map(statement).collect::<Vec<_>>(),
        "notes": role.policy.notes.iter().map(reason_json).collect::<Vec<_>>(),
    })
}

fn invocation_json(invocation: &Invocation) -> Value {
    json!({
        "function": invocation.function,
        "principal": API,
        "action": INVOKES,
        "source": invocation.source,
        "reason": reason_json(&invocation.reason),
    })
}

fn reason_json(reason: &Reason) -> Value {
    json!({"file": reason.at.file, "line": reason.at.line, "state": reason.state, "why": reason.why})
}
