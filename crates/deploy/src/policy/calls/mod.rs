//! From what a definition calls to what its state machine may do, and what can't be determined from it.

use super::builder::PolicyBuilder;
use super::statements::Policy;
use super::{integration, resource};
use model::call::{Argument, CallKind, argument};
use model::definition::Definition;
use model::names::Key;
use model::service::StateMachine;
use model::stack::Stack;

/// What a definition's calls need.
pub(super) fn policy(key: &Key, machine: &StateMachine, definition: &Definition, stack: &Stack) -> Policy {
    let mut policy = Policy::default();
    for call in &definition.calls {
        let fields = call.resolve(stack);
        let declared = &machine.permissions;
        let mut builder =
            PolicyBuilder { key, declared, definition, stack, call, fields: &fields, policy: &mut policy };
        match call.kind {
            CallKind::Task => task(&mut builder),
            CallKind::Reader => integration::reader(&mut builder),
            CallKind::Writer => integration::writer(&mut builder),
            CallKind::Children => children(&mut builder),
        }
    }
    policy
}

fn task(builder: &mut PolicyBuilder<'_>) {
    let fields = builder.fields;
    if !fields.credentials.is_null() {
        return another_role(builder);
    }
    if resource::is_function(&fields.resource) {
        builder.invoke(resource::with_versions(&fields.resource));
    } else {
        // An activity needs nothing: its workers ask for their tasks.
        integration::task(builder);
    }
}

/// A task with `Credentials` calls as another role, which must allow the call itself.
fn another_role(builder: &mut PolicyBuilder<'_>) {
    match argument(&builder.fields.credentials, "RoleArn") {
        Argument::Literal(role) => {
            builder.allow(&["sts:AssumeRole"], vec![role.to_owned()], "its `Credentials` make the call as this role");
        }
        _ => builder.undetermined("as which role it makes the call", &["sts:AssumeRole"]),
    }
}

/// A Map in distributed mode runs its items as executions of the same state machine.
fn children(builder: &mut PolicyBuilder<'_>) {
    let why = "a Map in distributed mode runs its items as child executions";
    builder.allow(&["states:StartExecution"], vec![builder.machine_arn()], why);
    let executions = builder.stack.execution_arn(builder.key, "*").to_string();
    // A child's ARN has the Map state's label beside the state machine (Step Functions developer guide, "IAM policies for using
    // Distributed Map states").
    let children = format!("{}/*:*", executions.trim_end_matches(":*"));
    builder.allow(&["states:DescribeExecution", "states:StopExecution"], vec![executions], why);
    builder.allow(&["states:RedriveExecution"], vec![children], "a redrive goes on with its child executions");
}

#[cfg(test)]
mod tests;
