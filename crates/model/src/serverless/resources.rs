//! `resources`: what the file would have CloudFormation make beside functions and state machines.

use crate::serverless::reading::report::Report;
use crate::serverless::reading::section::{Ineffective, Refusal, Section, entries, has_failed};
use crate::serverless::reading::tree::{Content, Member, Node};
use crate::serverless::references::declared::Declared;

const REFUSED: &[Refusal] = &[
    Refusal {
        key: "Conditions",
        why: "`workshop` evaluates no conditions of CloudFormation.",
        hint: "Choose with a variable instead: `${self:custom.sizes.${sls:stage}}`.",
    },
    Refusal {
        key: "Mappings",
        why: "`workshop` evaluates no `Fn::FindInMap`.",
        hint: "Put the values under `custom`: `${self:custom.sizes.${sls:stage}}`.",
    },
    Refusal {
        key: "Parameters",
        why: "there is no CloudFormation stack.",
        hint: "Use `${param:NAME}` and `--param NAME=value`.",
    },
    Refusal { key: "Rules", why: "there is no CloudFormation stack.", hint: "Take it out." },
    Refusal { key: "Transform", why: "there is no CloudFormation stack.", hint: "Write out what it makes." },
    Refusal {
        key: "extensions",
        why: "it changes the framework's own template.",
        hint: "Take it out; `workshop print` shows what is deployed.",
    },
];

const INEFFECTIVE: &[Ineffective] = &[
    Ineffective { key: "Description", why: "there is no CloudFormation stack to describe." },
    Ineffective { key: "Metadata", why: "there is no CloudFormation stack." },
    Ineffective {
        key: "Outputs",
        why: "there is no CloudFormation stack; variables can read its values, and `workshop info` shows the endpoint and ARNs.",
    },
];

/// Reads `resources`, which may be a list. Every resource is refused; references to it need no second error.
pub(super) fn resources(member: Option<&Member>, declared: &mut Declared, report: &mut Report) {
    let Some(member) = member else { return };
    let parts: Vec<&Node> = match &member.value.content {
        Content::List(items) => items.iter().collect(),
        _ => vec![&member.value],
    };
    for part in parts {
        let Some(mut section) = Section::of(part, "resources", report) else { continue };
        section.take("AWSTemplateFormatVersion");
        section.refuse(REFUSED, report);
        section.note(INEFFECTIVE, report);
        if let Some(resources) = section.take("Resources") {
            for resource in entries(&resources.value, "resources.Resources", report) {
                declared.add_refused(&resource.key);
                refuse(resource, report);
            }
        }
        section.finish(report);
    }
}

fn refuse(resource: &Member, report: &mut Report) {
    let kind = resource.value.member("Type").and_then(|kind| kind.value.as_text()).unwrap_or_default();
    if has_failed(&resource.value, report) {
        return;
    }
    let message = match kind {
        "" => format!("The resource `{}` can't be made: it has no `Type`.", resource.key),
        kind => format!("`workshop` makes no {kind}: the resource `{}` would be missing.", resource.key),
    };
    report.error(&resource.at, message, advice(kind));
}

/// What to do instead of a resource of a type.
fn advice(kind: &str) -> &'static str {
    match kind {
        "AWS::IAM::Role" | "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" => {
            "Functions and state machines get roles of their own: list what they need under `iamRoleStatements`."
        }
        "AWS::Lambda::Permission" => "What calls functions is allowed to: take it out.",
        "AWS::Lambda::Function" => "Declare it under `functions`.",
        "AWS::StepFunctions::StateMachine" => "Declare it under `stepFunctions.stateMachines`.",
        "AWS::StepFunctions::Activity" => "Declare it under `stepFunctions.activities`.",
        "AWS::Logs::LogGroup" => {
            "Functions get their log groups, with `logRetentionInDays`. Make another one beforehand, and name it by its ARN."
        }
        "AWS::Events::Rule" | "AWS::Scheduler::Schedule" => {
            "Start the state machine or call the function from outside."
        }
        _ if kind.starts_with("AWS::ApiGateway") => "The API follows from the events of functions: take it out.",
        _ => {
            "Make it beforehand (AWS's console, CloudFormation, Terraform), take it out here, and pass its name or ARN with \
             `${param:NAME}`."
        }
    }
}
