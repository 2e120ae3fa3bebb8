//! Settings that functions, state machines and the provider have alike.

pub(super) mod environment;
pub(super) mod permissions;
pub(super) mod tags;

use crate::pseudo::Template;
use crate::serverless::reading::report::Report;
use crate::serverless::reading::section::{Located, Section, none_of};
use crate::serverless::references::intrinsics::Intrinsics;
use crate::service::{Architecture, RETENTION_DAYS};

/// The ARN of a role under a key.
pub(super) fn role(
    section: &mut Section<'_>,
    key: &'static str,
    intrinsics: Intrinsics<'_>,
    report: &mut Report,
) -> Option<Template> {
    let member = section.take(key)?;
    let path = section.path(key);
    let is_arn = member.value.as_text().is_none_or(|text| text.starts_with("arn:"));
    if !is_arn {
        let message = format!("`{path}` is no ARN of a role; `workshop` deploys no roles of `resources`.");
        let hint = "Write the ARN of a role that exists, or `iamRoleStatements` for a role of the function's own.";
        report.error(&member.value.at, message, hint);
        return None;
    }
    intrinsics.template(&member.value, &path, report)
}

/// The days that log lines are kept, if the section says so.
pub(super) fn retention(section: &mut Section<'_>, report: &mut Report) -> Option<u32> {
    let days: Located<u32> = section.number("logRetentionInDays", 1..=36_500, report)?;
    if RETENTION_DAYS.contains(&days.value) {
        return Some(days.value);
    }
    let hint = format!("Take one of {}.", RETENTION_DAYS.map(|days| days.to_string()).join(", "));
    report.error(&days.at, format!("CloudWatch Logs can't keep lines for {} days.", days.value), hint);
    None
}

/// The processor, if the section names one.
pub(super) fn architecture(section: &mut Section<'_>, report: &mut Report) -> Option<Architecture> {
    let written = section.text("architecture", report)?;
    let known = [Architecture::X86_64, Architecture::Arm64];
    let found = known.into_iter().find(|architecture| architecture.as_str() == written.value);
    if found.is_none() {
        none_of(&written, "architecture", &known.map(Architecture::as_str), report);
    }
    found
}
