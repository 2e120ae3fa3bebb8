//! Reading one state.

use serde_json::Value;

use super::fields::Fields;
use super::machine::{MAX_SECONDS, query_language};
use super::{DataPath, Findings, Pass, Rule, Seconds, State, StateKind, Text, Transition, WaitUntil, choice, task};
use crate::path::Path;
use crate::rfc3339;
use crate::template::Template;

pub(super) fn read(value: &Value, location: String, findings: &mut Findings) -> Option<State> {
    let mut fields = Fields::of(value, location, findings)?;
    fields.require(&["Type"]);
    let state_type = fields.string("Type")?;
    fields.string("Comment");
    query_language(&mut fields);
    let kind = match state_type {
        "Pass" => pass(&mut fields),
        "Task" => task::read(&mut fields)?,
        "Wait" => wait(&mut fields)?,
        "Choice" => choice(&mut fields)?,
        "Succeed" => StateKind::Succeed,
        "Fail" => fail(&mut fields),
        "Parallel" | "Map" => {
            let location = fields.at("Type");
            fields.findings.not_implemented(&location, format!("the state type {state_type}"));
            return None;
        }
        _ => {
            fields.wrong(
                "Type",
                "The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map]",
            );
            return None;
        }
    };
    let (input_path, output_path) = if matches!(kind, StateKind::Fail { .. }) {
        (DataPath::Path(Path::whole()), DataPath::Path(Path::whole()))
    } else {
        fields.not_implemented(&["Assign", "Output"]);
        (fields.data_path("InputPath"), fields.data_path("OutputPath"))
    };
    fields.finish();
    Some(State { input_path, output_path, kind })
}

fn pass(fields: &mut Fields<'_, '_>) -> StateKind {
    StateKind::Pass(Pass {
        parameters: template(fields, "Parameters"),
        result: fields.get("Result").cloned(),
        result_path: fields.result_path(),
        then: fields.transition(),
    })
}

pub(super) fn template(fields: &mut Fields<'_, '_>, name: &'static str) -> Option<Template> {
    let value = fields.get(name)?;
    let location = fields.at(name);
    Some(Template::parse(value, &location, fields.findings))
}

fn wait(fields: &mut Fields<'_, '_>) -> Option<StateKind> {
    const FORMS: [&str; 4] = ["Seconds", "SecondsPath", "Timestamp", "TimestampPath"];
    let given = FORMS.iter().filter(|form| fields.has(form)).count();
    let until = read_wait(fields);
    let then = fields.transition();
    if given != 1 {
        let location = fields.location.clone();
        let message = format!("Exactly one of these fields is required: [{}]", FORMS.join(", "));
        fields.findings.schema(&location, message);
        return None;
    }
    Some(StateKind::Wait { until: until?, then })
}

fn read_wait(fields: &mut Fields<'_, '_>) -> Option<WaitUntil> {
    let seconds = fields.integer("Seconds", 0, MAX_SECONDS).map(WaitUntil::Seconds);
    let seconds_path = fields.path("SecondsPath").map(WaitUntil::SecondsPath);
    let timestamp = fields.string("Timestamp").and_then(|text| match rfc3339::parse(text) {
        Some(instant) => Some(WaitUntil::Timestamp(instant)),
        None => {
            fields.wrong("Timestamp", "String does not match RFC3339 timestamp");
            None
        }
    });
    let timestamp_path = fields.path("TimestampPath").map(WaitUntil::TimestampPath);
    seconds.or(seconds_path).or(timestamp).or(timestamp_path)
}

fn choice(fields: &mut Fields<'_, '_>) -> Option<StateKind> {
    fields.require(&["Choices"]);
    let default = fields.string("Default").map(ToOwned::to_owned);
    let given = fields.array("Choices")?;
    if given.is_empty() {
        fields.wrong("Choices", "Value cannot be empty");
    }
    let place = fields.at("Choices");
    let rules: Vec<Rule> = given
        .iter()
        .enumerate()
        .filter_map(|(i, value)| choice::read_rule(value, format!("{place}[{i}]"), fields.findings))
        .collect();
    Some(StateKind::Choice { rules, default })
}

fn fail(fields: &mut Fields<'_, '_>) -> StateKind {
    StateKind::Fail { error: text(fields, "Error", "ErrorPath"), cause: text(fields, "Cause", "CausePath") }
}

fn text(fields: &mut Fields<'_, '_>, fixed: &'static str, by_path: &'static str) -> Option<Text> {
    let given = fields.string(fixed).map(|text| Text::Fixed(text.to_owned()));
    let computed = fields.expression(by_path).map(|expression| Text::Computed { field: by_path, expression });
    only_one(fields, fixed, by_path);
    given.or(computed)
}

/// `TimeoutSeconds` or `HeartbeatSeconds`, given or by path.
pub(super) fn seconds(fields: &mut Fields<'_, '_>, fixed: &'static str, by_path: &'static str) -> Option<Seconds> {
    let given = fields.integer(fixed, 1, MAX_SECONDS).map(Seconds::Fixed);
    let path = fields.path(by_path).map(|path| Seconds::Path { field: by_path, path });
    only_one(fields, fixed, by_path);
    given.or(path)
}

fn only_one(fields: &mut Fields<'_, '_>, one: &str, other: &str) {
    if fields.has(one) && fields.has(other) {
        let location = fields.location.clone();
        fields.findings.schema(&location, format!("Only one of the fields [{one}, {other}] can be set"));
    }
}

impl Transition {
    pub(crate) fn target(&self) -> Option<&str> {
        match self {
            Self::Next(target) => Some(target),
            Self::End => None,
        }
    }
}
