//! Adds what a definition's calls need to a policy, each statement and note with the state and line that ask for it.

use serde_json::Value;

use super::statements::{Policy, Reason, Statement};
use model::call::{Argument, Call, CallFields, argument};
use model::definition::Definition;
use model::names::Key;
use model::service::{Effect, Permission};
use model::stack::Stack;

/// Adds what one call needs to a policy.
pub(super) struct PolicyBuilder<'a> {
    pub(super) key: &'a Key,
    pub(super) declared: &'a [Permission],
    pub(super) definition: &'a Definition,
    pub(super) stack: &'a Stack,
    pub(super) call: &'a Call,
    pub(super) fields: &'a CallFields,
    pub(super) policy: &'a mut Policy,
}

impl<'a> PolicyBuilder<'a> {
    /// Allows to invoke a function. More than the version that is deployed, unless one is named: an execution that waits
    /// keeps the version it began with.
    pub(super) fn invoke(&mut self, function: Vec<String>) {
        let why = match function.len() {
            1 => "it invokes this version or alias of the function",
            _ => {
                "it invokes the function; `:*` is any version, for an execution that waits keeps the version it began with"
            }
        };
        self.allow(&["lambda:InvokeFunction"], function, why);
    }

    /// The ARN of the state machine itself.
    pub(super) fn machine_arn(&self) -> String {
        self.stack.state_machine_arn(self.key).to_string()
    }

    /// An argument of the call.
    pub(super) fn argument(&self, name: &str) -> Argument<'a> {
        argument(&self.fields.arguments, name)
    }

    /// An argument of the call, if it is written down.
    pub(super) fn literal(&self, name: &str) -> Option<&'a str> {
        match self.argument(name) {
            Argument::Literal(text) => Some(text),
            Argument::Computed | Argument::Missing => None,
        }
    }

    /// Allows actions.
    pub(super) fn allow(&mut self, actions: &[&str], resources: Vec<String>, why: &str) {
        self.allow_when(actions, resources, None, why);
    }

    /// Allows actions under a condition.
    pub(super) fn allow_when(&mut self, actions: &[&str], resources: Vec<String>, condition: Option<Value>, why: &str) {
        let reason = self.reason(why.to_owned());
        let actions = actions.iter().map(|&action| action.to_owned()).collect();
        self.policy.add(Statement { effect: Effect::Allow, actions, resources, condition, reasons: vec![reason] });
    }

    /// Notes that something is known only to an execution, unless the service file allows the actions.
    pub(super) fn undetermined(&mut self, what: &str, actions: &[&str]) {
        if !self.declares(actions) {
            let table = self.permissions_table();
            self.note(format!(
                "{what} is known only when it runs, so nothing is allowed for it: add {table} with {}",
                actions.join(", ")
            ));
        }
    }

    /// Adds a note about this call.
    pub(super) fn note(&mut self, text: String) {
        let reason = self.reason(text);
        self.policy.notes.push(reason);
    }

    /// How the service file's table of permissions of this state machine begins.
    pub(super) fn permissions_table(&self) -> String {
        format!("[[state_machines.{}.permissions]]", self.key)
    }

    /// Whether the service file allows these actions on whatever it names.
    pub(super) fn declares(&self, actions: &[&str]) -> bool {
        let declared = |action: &str| {
            self.declared.iter().flat_map(|permission| &permission.actions).any(|pattern| matches(pattern, action))
        };
        actions.iter().all(|action| declared(action))
    }

    /// Whether the service file allows any action of a service. The SDK's name for it may be longer than IAM's:
    /// `bedrockruntime` is `bedrock`.
    pub(super) fn declares_some_of(&self, service: &str) -> bool {
        let mut actions = self.declared.iter().flat_map(|permission| &permission.actions);
        actions.any(|action| {
            let prefix = action.split(':').next().unwrap_or_default().to_ascii_lowercase();
            prefix == "*" || (!prefix.is_empty() && service.starts_with(&prefix))
        })
    }

    fn reason(&self, why: String) -> Reason {
        Reason { at: self.call.at.clone(), state: Some(self.call.state.clone()), why }
    }
}

/// Whether an action is one that a pattern of a policy means. The case of letters does not matter to IAM.
fn matches(pattern: &str, action: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => action.get(..start.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(start)),
        None => pattern.eq_ignore_ascii_case(action),
    }
}
