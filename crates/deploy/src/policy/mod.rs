//! The roles of functions and state machines: what each may do, and why.

mod builder;
mod caller;
mod calls;
mod document;
mod integration;
mod owner;
mod resource;
mod sdk;
mod statements;

use std::collections::BTreeMap;

pub use ::policy::Document;
use ::policy::{Effect, Principal, Version};
use serde_json::{Value, json};

use crate::desired::spec::{PermissionSpec, RoleSpec};
use crate::error::DeployError;
use aws::Tags;
use model::definition::Definition;
use model::names::Key;
use model::service::{Function, Route, Service, StateMachine};
use model::source::Place;
use model::stack::Stack;
use model::stack_settings::StackSettings;

pub use caller::{CallerCommand, CallerNeed, MANAGED_POLICY_LIMIT, caller_needs, caller_policy};
pub(super) use document::{is_equivalent, with_earlier_statements};
pub use owner::RolePlace;
pub use statements::{Policy, Reason, Statement};

/// A role: what it is for, who may assume it and what it allows. It is both deployed and explained.
#[derive(Debug, Clone, PartialEq)]
pub struct Role {
    /// The deployed name.
    pub name: String,
    /// What runs as it.
    pub owner: RoleOwner,
    /// Where that is declared.
    pub at: Place,
    /// When it may be assumed, as IAM writes conditions; always when absent.
    pub condition: Option<Value>,
    /// What it allows.
    pub policy: Policy,
}

/// What runs as a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoleOwner {
    /// A function.
    Function(Key),
    /// A state machine.
    StateMachine(Key),
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
    /// removed while the function still runs would come back. Lambda assumes it without a condition: its guide does not say
    /// that it sends `aws:SourceAccount` and `aws:SourceArn` when it does.
    pub fn of_function(key: &Key, function: &Function, stack: &Stack) -> Self {
        let mut policy = Policy::default();
        policy.add(Statement {
            effect: model::service::Effect::Allow,
            actions: vec!["logs:CreateLogStream".to_owned(), "logs:PutLogEvents".to_owned()],
            resources: vec![format!("{}:*", stack.log_group_arn(&stack.log_group(key)))],
            condition: None,
            reasons: vec![Reason { at: function.at.clone(), state: None, why: "it writes its own log".to_owned() }],
        });
        policy.add_declared(&function.permissions, stack);
        Self {
            name: stack.role_name(key),
            owner: RoleOwner::Function(key.clone()),
            at: function.at.clone(),
            condition: None,
            policy,
        }
    }

    /// A state machine may do what its definition shows that it needs, and what the service file allows it. Step Functions
    /// may assume its role for state machines of this account and region alone, which is the condition that its guide shows
    /// ([confused deputy]). A narrower one would name an ARN that nobody has seen it send before a state machine exists.
    ///
    /// [confused deputy]: https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
    pub fn of_state_machine(key: &Key, machine: &StateMachine, definition: &Definition, stack: &Stack) -> Self {
        let mut policy = calls::policy(key, machine, definition, stack);
        policy.add_declared(&machine.permissions, stack);
        if machine.logging.as_ref().is_some_and(|logging| logging.level != "OFF") {
            policy.add(log_delivery(machine));
        }
        let condition = json!({
            "StringEquals": {"aws:SourceAccount": stack.account.as_str()},
            "ArnLike": {"aws:SourceArn": stack.state_machine_arn_of("*").as_str()},
        });
        Self {
            name: stack.role_name(key),
            owner: RoleOwner::StateMachine(key.clone()),
            at: machine.at.clone(),
            condition: Some(condition),
            policy,
        }
    }

    /// The service that may assume it.
    pub fn assumed_by(&self) -> &'static str {
        match self.owner {
            RoleOwner::Function(_) => "lambda.amazonaws.com",
            RoleOwner::StateMachine(_) => "states.amazonaws.com",
        }
    }

    /// The role as it is deployed.
    pub fn spec(&self, settings: &StackSettings, tags: Tags, stack: &Stack) -> RoleSpec {
        RoleSpec {
            name: self.name.clone(),
            path: settings.role_path.clone(),
            permissions_boundary: settings.permissions_boundary.as_ref().map(|arn| arn.resolve(stack)),
            trust: trust(self.assumed_by(), self.condition.as_ref()),
            policy: self.policy.document(),
            tags,
        }
    }
}

/// What a state machine needs to log its executions' events. These actions take no resources ([logging]).
///
/// [logging]: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
fn log_delivery(machine: &StateMachine) -> Statement {
    let actions = [
        "logs:CreateLogDelivery",
        "logs:GetLogDelivery",
        "logs:UpdateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:DescribeResourcePolicies",
        "logs:DescribeLogGroups",
    ];
    Statement {
        effect: model::service::Effect::Allow,
        actions: actions.map(str::to_owned).to_vec(),
        resources: vec!["*".to_owned()],
        condition: None,
        reasons: vec![Reason { at: machine.at.clone(), state: None, why: "it logs its executions' events".to_owned() }],
    }
}

/// Lets a service assume a role.
fn trust(service: &str, condition: Option<&Value>) -> Value {
    let statement = ::policy::Statement::new(Effect::Allow)
        .with_principal(Principal::service(service))
        .with_actions("sts:AssumeRole");
    let mut statement = statement.to_json();
    if let Some(condition) = condition {
        statement["Condition"] = condition.clone();
    }
    json!({"Version": Version::V2012.as_str(), "Statement": [statement]})
}
