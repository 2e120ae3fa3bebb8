//! The policy that a person needs who runs commands, and which command needs what of it.

use std::collections::BTreeSet;
use std::fmt::Write;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde_json::{Value, json};

use crate::cli::ui::{Tone, toned};
use deploy::policy::{CallerCommand, CallerNeed, Document, MANAGED_POLICY_LIMIT, caller_needs};
use model::stack::Stack;

/// Reads the name of a command.
pub(super) fn command_parser() -> impl TypedValueParser<Value = CallerCommand> {
    let names = PossibleValuesParser::new(CallerCommand::ALL.map(CallerCommand::as_str));
    names.try_map(|name| {
        let found = CallerCommand::ALL.into_iter().find(|command| command.as_str() == name);
        found.ok_or_else(|| format!("`{name}` calls nothing"))
    })
}

/// Which command needs what, for people.
pub(super) fn text(commands: &BTreeSet<CallerCommand>, stack: &Stack) -> String {
    let mut text = String::new();
    for command in commands {
        let _ = writeln!(text, "{}", toned(Tone::Strong, command.as_str()));
        for need in caller_needs(*command, stack) {
            let passed = need.passed_to.map(|service| format!(", to give it to {service}")).unwrap_or_default();
            let _ = writeln!(text, "  {} on {}{passed}", need.action, need.resource);
            let _ = writeln!(text, "    {} {}", toned(Tone::Faint, "for"), need.calls.join(", "));
        }
        text.push('\n');
    }
    text
}

/// The same for programs, with the policy. The keys stay as they are.
pub(super) fn json(commands: &BTreeSet<CallerCommand>, stack: &Stack, policy: &Document) -> Value {
    let need = |need: CallerNeed| {
        json!({
            "action": need.action, "resource": need.resource, "passedTo": need.passed_to, "calls": need.calls,
        })
    };
    let command = |command: &CallerCommand| {
        let needs: Vec<Value> = caller_needs(*command, stack).into_iter().map(need).collect();
        json!({ "command": command.as_str(), "needs": needs })
    };
    json!({
        "stack": stack.name(),
        "account": stack.account.as_str(),
        "commands": commands.iter().map(command).collect::<Vec<_>>(),
        "policy": policy.to_json(),
    })
}

/// What is to be said beside the policy.
pub(super) fn notes(policy: &Document, stack: &Stack) -> Vec<String> {
    let length = policy.to_string().chars().count();
    let mut notes = Vec::new();
    if stack.account.as_str().starts_with('<') {
        notes.push(format!("Put the account's id in the place of {} before IAM gets it.", stack.account));
    }
    notes.push(if length <= MANAGED_POLICY_LIMIT {
        format!("It has {length} characters; a managed policy may have {MANAGED_POLICY_LIMIT}.")
    } else {
        format!(
            "It has {length} characters, and a managed policy may have {MANAGED_POLICY_LIMIT}: make two, with `--command`."
        )
    });
    notes
}
