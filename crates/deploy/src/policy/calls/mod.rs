//! From what a definition calls to what its state machine may do, and what can't be read off it.

use serde_json::Value;

use super::{Policy, Reason, Statement, integration, resource};
use model::call::{Argument, Call, Caller, Said, argument};
use model::definition::Definition;
use model::names::Key;
use model::service::{Permission, StateMachine};
use model::stack::Stack;

/// What a definition's calls need.
pub(super) fn policy(key: &Key, machine: &StateMachine, definition: &Definition, stack: &Stack) -> Policy {
    let mut policy = Policy::default();
    for call in &definition.calls {
        let said = call.said(stack);
        let declared = &machine.permissions;
        let mut asking = Asking { key, declared, definition, stack, call, said: &said, policy: &mut policy };
        match call.by {
            Caller::Task => asking.task(),
            Caller::Reader => integration::reader(&mut asking),
            Caller::Writer => integration::writer(&mut asking),
            Caller::Children => asking.children(),
        }
    }
    policy
}

/// One call that asks for its permissions.
pub(super) struct Asking<'a> {
    key: &'a Key,
    declared: &'a [Permission],
    pub(super) definition: &'a Definition,
    pub(super) stack: &'a Stack,
    call: &'a Call,
    pub(super) said: &'a Said,
    policy: &'a mut Policy,
}

impl<'a> Asking<'a> {
    fn task(&mut self) {
        let said = self.said;
        if !said.credentials.is_null() {
            return self.another_role();
        }
        if resource::is_function(&said.resource) {
            self.invoke(resource::with_versions(&said.resource));
        } else {
            // An activity needs nothing: its workers ask for their tasks.
            integration::task(self);
        }
    }

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

    /// A task with `Credentials` calls as another role, which must allow the call itself.
    fn another_role(&mut self) {
        match argument(&self.said.credentials, "RoleArn") {
            Argument::Literal(role) => {
                self.allow(&["sts:AssumeRole"], vec![role.to_owned()], "its `Credentials` make the call as this role");
            }
            _ => self.unread("as which role it makes the call", &["sts:AssumeRole"]),
        }
    }

    /// A Map in distributed mode runs its items as executions of the same state machine.
    fn children(&mut self) {
        let why = "a Map in distributed mode runs its items as child executions";
        let machine = self.machine_arn();
        self.allow(&["states:StartExecution"], vec![machine], why);
        let executions = self.stack.execution_arn(self.key, "*").to_string();
        self.allow(&["states:DescribeExecution", "states:StopExecution"], vec![executions], why);
    }

    /// The ARN of the state machine itself.
    pub(super) fn machine_arn(&self) -> String {
        self.stack.state_machine_arn(self.key).to_string()
    }

    /// An argument of the call.
    pub(super) fn argument(&self, name: &str) -> Argument<'a> {
        argument(&self.said.arguments, name)
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
        self.policy.add(Statement { actions, resources, condition, reasons: vec![reason] });
    }

    /// Notes that something is known only to an execution, unless the service file allows the actions.
    pub(super) fn unread(&mut self, what: &str, actions: &[&str]) {
        if !self.declares(actions) {
            let table = self.table();
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
    pub(super) fn table(&self) -> String {
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

#[cfg(test)]
mod tests;
