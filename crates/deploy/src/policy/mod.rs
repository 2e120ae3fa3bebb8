//! Who may do what, and why.

mod calls;
mod document;
mod integration;
mod resource;
mod sdk;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::error::DeployError;
use super::spec::{PermissionSpec, RoleSpec};
use aws::Tags;
use model::definition::Definition;
use model::names::Key;
use model::service::{Function, Permission, Route, Service, StateMachine};
use model::source::Place;
use model::stack::Stack;

pub(super) use document::{says, with_earlier};

/// A role: what it is for, who may assume it and what it allows. It is both deployed and explained.
#[derive(Debug, Clone, PartialEq)]
pub struct Role {
    /// The deployed name.
    pub name: String,
    /// What runs as it.
    pub of: RoleOf,
    /// Where that is declared.
    pub at: Place,
    /// What it allows.
    pub policy: Policy,
}

/// What runs as a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoleOf {
    /// A function.
    Function(Key),
    /// A state machine.
    StateMachine(Key),
}

/// A policy with its reasons.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Policy {
    /// What is allowed.
    pub statements: Vec<Statement>,
    /// What could not be read off a definition, and what to do about it.
    pub notes: Vec<Reason>,
}

/// Actions that are allowed on resources.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Such as `lambda:InvokeFunction`.
    pub actions: Vec<String>,
    /// Their ARNs, or `*`.
    pub resources: Vec<String>,
    /// When it holds, as IAM writes it; always when absent.
    pub condition: Option<Value>,
    /// What asks for it; at least one.
    pub reasons: Vec<Reason>,
}

/// What asks for a statement, or needs more than could be read off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The line of the service file or definition.
    pub at: Place,
    /// The state, when it is a definition's.
    pub state: Option<String>,
    /// Why, as the rest of a sentence.
    pub why: String,
}

/// The roles of all functions and state machines.
///
/// # Errors
/// A state machine without its definition.
pub fn roles(
    service: &Service,
    definitions: &BTreeMap<Key, Definition>,
    stack: &Stack,
) -> Result<Vec<Role>, DeployError> {
    let functions = service.functions.iter().map(|(key, function)| Ok(Role::of_function(key, function, stack)));
    let machines = service.state_machines.iter().map(|(key, machine)| {
        let definition = definitions.get(key).ok_or_else(|| DeployError::no_definition(key, machine))?;
        Ok(Role::of_state_machine(key, machine, definition, stack))
    });
    functions.chain(machines).collect()
}

/// A route's right to invoke its function, which is in the function's own policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    /// The function's deployed name.
    pub function: String,
    /// The ARN of the requests that may; `<api>` stands for the API's id, which AWS chooses.
    pub source: String,
    /// The route that asks for it.
    pub reason: Reason,
}

/// Who may invoke functions through the HTTP API.
pub fn invocations(service: &Service, stack: &Stack) -> Vec<Invocation> {
    let invocation = |route: &Route| {
        let spec = PermissionSpec::of_route(route, stack);
        let source = format!("{}<api>{}", spec.source_start, spec.source_end);
        let reason =
            Reason { at: route.at.clone(), state: None, why: format!("the route {} leads to it", route.key()) };
        Invocation { function: spec.function_name, source, reason }
    };
    service.routes.iter().map(invocation).collect()
}

impl Role {
    /// A function may write its own log and do what the service file allows it. It may not make log groups: one that is
    /// removed while the function still runs would come back.
    pub fn of_function(key: &Key, function: &Function, stack: &Stack) -> Self {
        let mut policy = Policy::default();
        policy.add(Statement {
            actions: vec!["logs:CreateLogStream".to_owned(), "logs:PutLogEvents".to_owned()],
            resources: vec![format!("{}:*", stack.log_group_arn(&stack.log_group(key)))],
            condition: None,
            reasons: vec![Reason { at: function.at.clone(), state: None, why: "it writes its own log".to_owned() }],
        });
        policy.declared(&function.permissions, stack);
        Self { name: stack.role_name(key), of: RoleOf::Function(key.clone()), at: function.at.clone(), policy }
    }

    /// A state machine may do what its definition shows that it needs, and what the service file allows it.
    pub fn of_state_machine(key: &Key, machine: &StateMachine, definition: &Definition, stack: &Stack) -> Self {
        let mut policy = calls::policy(key, machine, definition, stack);
        policy.declared(&machine.permissions, stack);
        Self { name: stack.role_name(key), of: RoleOf::StateMachine(key.clone()), at: machine.at.clone(), policy }
    }

    /// The service that may assume it.
    pub fn assumed_by(&self) -> &'static str {
        match self.of {
            RoleOf::Function(_) => "lambda.amazonaws.com",
            RoleOf::StateMachine(_) => "states.amazonaws.com",
        }
    }

    /// The role as it is deployed.
    pub fn spec(&self, tags: Tags) -> RoleSpec {
        RoleSpec { name: self.name.clone(), trust: trust(self.assumed_by()), policy: self.policy.document(), tags }
    }
}

impl Policy {
    /// The document that is deployed; none when it allows nothing, for IAM takes no policy without a statement.
    pub fn document(&self) -> Option<Value> {
        let statements: Vec<Value> = self.statements.iter().map(Statement::document).collect();
        (!statements.is_empty()).then(|| json!({"Version": "2012-10-17", "Statement": statements}))
    }

    /// Adds a statement; one that is there already gets the reasons.
    fn add(&mut self, statement: Statement) {
        let same = |there: &&mut Statement| {
            there.actions == statement.actions
                && there.resources == statement.resources
                && there.condition == statement.condition
        };
        match self.statements.iter_mut().find(same) {
            Some(there) => there.reasons.extend(statement.reasons),
            None => self.statements.push(statement),
        }
    }

    fn declared(&mut self, permissions: &[Permission], stack: &Stack) {
        for permission in permissions {
            self.add(Statement {
                actions: permission.actions.clone(),
                resources: permission.resources.iter().map(|resource| resource.resolve(stack)).collect(),
                condition: None,
                reasons: vec![Reason {
                    at: permission.at.clone(),
                    state: None,
                    why: "its `permissions` say so".to_owned(),
                }],
            });
        }
    }
}

impl Statement {
    fn document(&self) -> Value {
        let mut document = json!({"Effect": "Allow", "Action": self.actions, "Resource": self.resources});
        if let Some(condition) = &self.condition {
            document["Condition"] = condition.clone();
        }
        document::with_sid(document)
    }
}

/// Lets a service assume a role.
fn trust(service: &str) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}],
    })
}
