//! One state machine of `stepFunctions.stateMachines`.

use std::collections::BTreeMap;

use crate::names::Key;
use crate::pseudo::Template;
use crate::serverless::reading::report::Report;
use crate::serverless::reading::section::{Ineffective, Refusal, Section, items, mismatch, none_of};
use crate::serverless::reading::tree::{Content, Member};
use crate::serverless::references::intrinsics::Intrinsics;
use crate::serverless::settings::permissions::statements;
use crate::serverless::settings::role;
use crate::serverless::settings::tags::tags;
use crate::service::{LOG_LEVEL_OFF, LOG_LEVELS, Logging, Permission, StateMachine, StateMachineKind};

use super::definition::definition;

const REFUSED: &[Refusal] = &[
    Refusal {
        key: "retain",
        why: "`workshop remove` leaves nothing behind.",
        hint: "Take it out, and keep the stage instead of removing it.",
    },
    Refusal {
        key: "notifications",
        why: "`workshop` makes no rules of EventBridge.",
        hint: "Send the message from a last state, or from a `Catch`.",
    },
    Refusal {
        key: "alarms",
        why: "`workshop` makes no alarms of CloudWatch.",
        hint: "Make them in AWS's console, and take it out.",
    },
    Refusal {
        key: "encryptionConfig",
        why: "the definition and the executions are encrypted with AWS's key, not with this one.",
        hint: "Take it out if that is enough.",
    },
    Refusal {
        key: "kmsKeyArns",
        why: "the definition and the executions are encrypted with AWS's key, not with this one.",
        hint: "Take it out if that is enough.",
    },
    Refusal {
        key: "configureTaskTimeouts",
        why: "it changes the definition.",
        hint: "Write `TimeoutSeconds` into the tasks.",
    },
];

const INEFFECTIVE: &[Ineffective] = &[
    Ineffective { key: "dependsOn", why: "a deployment finds the order itself." },
    Ineffective { key: "useExactVersion", why: "deployments always name the functions' versions in the definition." },
];

/// What an event of a state machine would need.
fn instead_of_event(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "http" => "Start it from a function with an event `http`, as the lesson does, or with `workshop start`.",
        "schedule" => {
            "Start it on time from outside: `workshop start` in a cron job, or let it wait in a `Wait` state."
        }
        "eventBridge" | "cloudwatchEvent" => "Start it from what sends the event.",
        _ => return None,
    })
}

/// Reads one state machine.
pub(super) fn machine(
    key: &Key,
    member: &Member,
    name: Option<&str>,
    tags_of_all: &BTreeMap<String, String>,
    intrinsics: Intrinsics<'_>,
    report: &mut Report,
) -> Option<StateMachine> {
    let mut section = Section::of(&member.value, format!("stepFunctions.stateMachines.{key}"), report)?;
    // References need both, and have read them.
    section.take("name");
    section.text("id", report);
    let written = section.take("definition");
    if written.is_none() {
        let hint = "Write it there, or name its file: `definition: ${file(machine.asl.json)}`.";
        report.error(&member.at, format!("`{}` is missing.", section.path("definition")), hint);
    }
    let path = section.path("definition");
    let definition = written.and_then(|written| definition(written, &path, intrinsics, report));
    let kind = kind(&mut section, report);
    let role = role(&mut section, "role", intrinsics, report);
    let permissions = permissions(&mut section, role.is_some(), intrinsics, report);
    events(&mut section, report);
    let logging = logging(&mut section, intrinsics, report);
    tracing(&mut section, report);
    let inherits_tags = section.flag("inheritGlobalTags", report).unwrap_or(true);
    let mut machine_tags = if inherits_tags { tags_of_all.clone() } else { BTreeMap::new() };
    machine_tags.extend(tags(section.take("tags"), &section.path("tags"), report));
    section.refuse(REFUSED, report);
    section.note(INEFFECTIVE, report);
    section.finish(report);
    Some(StateMachine {
        at: member.at.place(),
        name: name.map(Template::unchecked),
        definition: definition?,
        kind,
        role,
        permissions,
        logging,
        tags: machine_tags,
    })
}

fn kind(section: &mut Section<'_>, report: &mut Report) -> StateMachineKind {
    let kinds = [StateMachineKind::Standard, StateMachineKind::Express];
    let Some(written) = section.text("type", report) else { return StateMachineKind::Standard };
    let found = kinds.into_iter().find(|kind| kind.as_str() == written.value);
    found.unwrap_or_else(|| {
        none_of(&written, "type", &kinds.map(StateMachineKind::as_str), report);
        StateMachineKind::Standard
    })
}

/// Its own statements. In the plugin they replace those that follow from the definition.
fn permissions(
    section: &mut Section<'_>,
    has_role: bool,
    intrinsics: Intrinsics<'_>,
    report: &mut Report,
) -> Vec<Permission> {
    let Some(member) = section.take("iamRoleStatements") else { return Vec::new() };
    let path = section.path("iamRoleStatements");
    let message = if has_role {
        format!("`{path}` has no effect: the state machine has the role that `role` names.")
    } else {
        format!(
            "`{path}` is added to what the definition shows that the state machine needs; the plugin would replace that."
        )
    };
    report.note(&member.at, message);
    let permissions = statements(member, &path, intrinsics, report);
    if has_role { Vec::new() } else { permissions }
}

fn events(section: &mut Section<'_>, report: &mut Report) {
    let Some(member) = section.take("events") else { return };
    let path = section.path("events");
    for item in items(&member.value, &path, report).unwrap_or_default() {
        let Content::Table(events) = &item.content else {
            mismatch(item, &path, "a list of objects", report);
            continue;
        };
        for event in events {
            let message = format!("`workshop` makes no event `{}`: nothing would start the state machine.", event.key);
            let hint = instead_of_event(&event.key).unwrap_or("Start it with `workshop start`, or from a function.");
            report.error(&event.at, message, hint);
        }
    }
}

fn logging(section: &mut Section<'_>, intrinsics: Intrinsics<'_>, report: &mut Report) -> Option<Logging> {
    let mut section = section.section("loggingConfig", report)?;
    let level = section.text("level", report);
    if let Some(level) = level.as_ref().filter(|level| !LOG_LEVELS.contains(&level.value.as_str())) {
        none_of(level, "level", &LOG_LEVELS, report);
    }
    let level = level.map_or_else(|| LOG_LEVEL_OFF.to_owned(), |level| level.value);
    let include_execution_data = section.flag("includeExecutionData", report).unwrap_or(false);
    let path = section.path("destinations");
    let destinations: Vec<Template> = match section.items("destinations", report) {
        Some(items) => items.into_iter().filter_map(|item| intrinsics.template(item, &path, report)).collect(),
        None => Vec::new(),
    };
    let has_destinations = section.take("destinations").is_some();
    if level != LOG_LEVEL_OFF && !has_destinations {
        let hint = "Add the ARN of a log group, which ends in `:*`.";
        report.error(section.at, format!("`{path}` is missing: the level {level} needs a log group."), hint);
    }
    section.finish(report);
    (level != LOG_LEVEL_OFF).then_some(Logging { level, include_execution_data, destinations })
}

fn tracing(section: &mut Section<'_>, report: &mut Report) {
    let Some(member) = section.take("tracingConfig") else { return };
    let Some(mut tracing) = section.section("tracingConfig", report) else { return };
    if tracing.flag("enabled", report) == Some(true) {
        report.note(
            &member.at,
            format!("`{}` has no effect: executions are not traced by X-Ray.", section.path("tracingConfig")),
        );
    }
    tracing.finish(report);
}
