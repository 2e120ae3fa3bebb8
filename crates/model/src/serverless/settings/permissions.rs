//! `iamRoleStatements`: the statements of a role.

use serde_json::{Map, Value};

use crate::pseudo::Template;
use crate::service::{Effect, Permission};

use crate::serverless::reading::report::Report;
use crate::serverless::reading::section::{Refusal, Section, has_failed, items, mismatch, none_of};
use crate::serverless::reading::tree::{Content, Member, Node};
use crate::serverless::references::intrinsics::{Intrinsics, check, function};

const REFUSED: &[Refusal] = &[
    Refusal { key: "NotAction", why: "it allows every action but those.", hint: "List what is needed under `Action`." },
    Refusal {
        key: "NotResource",
        why: "it is about everything but that.",
        hint: "List what is needed under `Resource`.",
    },
    Refusal { key: "Principal", why: "a role's policy has none.", hint: "Take it out." },
    Refusal { key: "NotPrincipal", why: "a role's policy has none.", hint: "Take it out." },
];

/// Reads the statements under a key.
pub(crate) fn statements(
    member: &Member,
    path: &str,
    intrinsics: Intrinsics<'_>,
    report: &mut Report,
) -> Vec<Permission> {
    let items = items(&member.value, path, report).unwrap_or_default();
    items.into_iter().filter_map(|item| statement(item, path, intrinsics, report)).collect()
}

fn statement(node: &Node, path: &str, intrinsics: Intrinsics<'_>, report: &mut Report) -> Option<Permission> {
    let mut section = Section::of(node, path, report)?;
    section.take("Sid");
    section.refuse(REFUSED, report);
    let effect = effect(&mut section, report);
    let actions = section.texts("Action", report);
    let resources = section.take("Resource");
    let resources =
        resources.map(|member| self::resources(&member.value, &section.path("Resource"), intrinsics, report));
    let condition = section.take("Condition");
    let condition_path = section.path("Condition");
    let condition = condition.and_then(|member| self::condition(&member.value, &condition_path, intrinsics, report));
    for (key, missing) in [("Action", actions.is_none()), ("Resource", resources.is_none())] {
        if missing && section.members().iter().all(|member| member.key != format!("Not{key}")) {
            report.error(section.at, format!("`{}` is missing.", section.path(key)), "Add it: a statement needs it.");
        }
    }
    for (key, is_empty) in [
        ("Action", actions.as_ref().is_some_and(Vec::is_empty)),
        ("Resource", section.take("Resource").is_some_and(|member| is_empty_list(&member.value))),
    ] {
        if is_empty {
            let message = format!("`{}` is empty.", section.path(key));
            report.error(section.at, message, "Name at least one, or take the statement out.");
        }
    }
    section.finish(report);
    let actions = actions?.into_iter().map(|action| action.value).collect();
    Some(Permission { at: node.at.place(), effect: effect?, actions, resources: resources?, condition })
}

fn is_empty_list(node: &Node) -> bool {
    matches!(&node.content, Content::List(items) if items.is_empty())
}

fn effect(section: &mut Section<'_>, report: &mut Report) -> Option<Effect> {
    let Some(written) = section.text("Effect", report) else {
        if section.take("Effect").is_none() {
            report.error(section.at, format!("`{}` is missing.", section.path("Effect")), "Write `Effect: Allow`.");
        }
        return None;
    };
    match written.value.as_str() {
        "Allow" => Some(Effect::Allow),
        "Deny" => Some(Effect::Deny),
        _ => {
            none_of(&written, "Effect", &["Allow", "Deny"], report);
            None
        }
    }
}

fn resources(node: &Node, path: &str, intrinsics: Intrinsics<'_>, report: &mut Report) -> Vec<Template> {
    match &node.content {
        Content::List(_) => {
            let items = items(node, path, report).unwrap_or_default();
            items.into_iter().filter_map(|item| intrinsics.template(item, path, report)).collect()
        }
        _ => intrinsics.template(node, path, report).into_iter().collect(),
    }
}

/// A condition as JSON, its functions replaced.
fn condition(node: &Node, path: &str, intrinsics: Intrinsics<'_>, report: &mut Report) -> Option<Template> {
    if !matches!(node.content, Content::Table(_)) {
        mismatch(node, path, "an object", report);
        return None;
    }
    condition_value(node, path, intrinsics, report).map(|value| Template::unchecked(&value.to_string()))
}

fn condition_value(node: &Node, path: &str, intrinsics: Intrinsics<'_>, report: &mut Report) -> Option<Value> {
    match &node.content {
        Content::Scalar(Value::String(_)) => condition_text(node, path, intrinsics, report),
        Content::Table(_) if function(node).is_some() => condition_text(node, path, intrinsics, report),
        Content::Scalar(value) => Some(value.clone()),
        Content::List(items) => items
            .iter()
            .map(|item| condition_value(item, path, intrinsics, report))
            .collect::<Option<Vec<_>>>()
            .map(Value::from),
        Content::Table(members) => {
            let member =
                |member: &Member| Some((member.key.clone(), condition_value(&member.value, path, intrinsics, report)?));
            members.iter().map(member).collect::<Option<Map<_, _>>>().map(Value::Object)
        }
        Content::Failed(_) => {
            has_failed(node, report);
            None
        }
    }
}

fn condition_text(node: &Node, path: &str, intrinsics: Intrinsics<'_>, report: &mut Report) -> Option<Value> {
    let text = intrinsics.text(node, path, intrinsics.hashes(), report)?;
    check(&text, &node.at, report).then(|| Value::from(text))
}
