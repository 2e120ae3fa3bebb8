//! Whether a request is one that an operation takes, in the words in which AWS's services say that it is not.

use std::fmt;

use regex_lite::Regex;
use serde_json::{Map, Value};

use crate::service::Operation;
use crate::shape::{Inner, Kind, Shape, Structure};

/// A constraint that a request breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    at: String,
    /// The value as it is repeated: with quotes, `null`, or nothing when it is secret.
    value: String,
    constraint: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, value, constraint } = self;
        write!(formatter, "Value {value}at '{at}' failed to satisfy constraint: {constraint}")
    }
}

/// What a service says of a request that breaks constraints; nothing when it breaks none.
pub fn refusal(violations: &[Violation]) -> Option<String> {
    let texts: Vec<String> = violations.iter().map(Violation::to_string).collect();
    match texts.len() {
        0 => None,
        1 => Some(format!("1 validation error detected: {}", texts.concat())),
        count => Some(format!("{count} validation errors detected: {}", texts.join("; "))),
    }
}

impl Operation<'_> {
    /// The constraints that a request's members break: required ones, lengths, ranges, enumerations and patterns. A value of
    /// another type is nothing to this: see [`wrong_type`](Self::wrong_type). How many items a list has is not looked at either: how
    /// AWS repeats such a list is not known.
    pub fn violations(&self, request: &Map<String, Value>) -> Vec<Violation> {
        let mut found = Vec::new();
        if let Some(Kind::Structure(structure)) = self.input().map(|shape| shape.kind) {
            members("", request, &structure, &mut found);
        }
        found
    }
}

fn members(around: &str, given: &Map<String, Value>, structure: &Structure<'_>, found: &mut Vec<Violation>) {
    for member in structure.members() {
        let at = if around.is_empty() { member.name.to_owned() } else { format!("{around}.{}", member.name) };
        match given.get(member.name).filter(|value| !value.is_null()) {
            Some(given) => value(&at, given, &member.shape, found),
            None if member.is_required => found.push(Violation {
                at,
                value: "null ".to_owned(),
                constraint: "Member must not be null".to_owned(),
            }),
            None => {}
        }
    }
}

fn value(at: &str, given: &Value, shape: &Shape<'_>, found: &mut Vec<Violation>) {
    match (&shape.kind, given) {
        (Kind::Structure(structure), Value::Object(inner)) => members(at, inner, structure, found),
        (Kind::List(inner), Value::Array(items)) => list(at, items, inner, found),
        (Kind::Map(inner), Value::Object(values)) => {
            let inner = inner.shape();
            values.iter().for_each(|(key, given)| value(&format!("{at}.{key}"), given, &inner, found));
        }
        _ => {
            let broken = constraints(shape).into_iter().filter(|constraint| !constraint.holds(given));
            found.extend(broken.map(|constraint| Violation {
                at: at.to_owned(),
                value: if shape.is_secret { String::new() } else { format!("'{}' ", written(given)) },
                constraint: constraint.text,
            }));
        }
    }
}

/// Items that are structures are named by their place; of plain ones the list is named, with all that holds for each.
fn list(at: &str, items: &[Value], inner: &Inner<'_>, found: &mut Vec<Violation>) {
    let inner = inner.shape();
    if matches!(inner.kind, Kind::Structure(_) | Kind::List(_) | Kind::Map(_)) {
        for (place, item) in (1..).zip(items) {
            value(&format!("{at}.{place}.member"), item, &inner, found);
        }
        return;
    }
    let constraints = constraints(&inner);
    if items.iter().all(|item| constraints.iter().all(|constraint| constraint.holds(item))) {
        return;
    }
    let texts = constraints.into_iter().map(|constraint| constraint.text);
    let texts: Vec<String> = texts.chain(["Member must not be null".to_owned()]).collect();
    let items: Vec<String> = items.iter().map(written).collect();
    found.push(Violation {
        at: at.to_owned(),
        value: format!("'[{}]' ", items.join(", ")),
        constraint: format!("Member must satisfy constraint: [{}]", texts.join(", ")),
    });
}

fn written(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A constraint on a plain value, in AWS's words.
struct Constraint<'a> {
    text: String,
    rule: Rule<'a>,
}

enum Rule<'a> {
    AtMost(f64),
    AtLeast(f64),
    OneOf(&'a str),
    Like(Regex),
}

impl Constraint<'_> {
    /// Whether it holds for a value; one of another type is not its business.
    fn holds(&self, value: &Value) -> bool {
        match (&self.rule, value) {
            (Rule::AtMost(most), value) => size(value).is_none_or(|size| size <= *most),
            (Rule::AtLeast(least), value) => size(value).is_none_or(|size| size >= *least),
            (Rule::OneOf(values), Value::String(text)) => values.split('|').any(|value| value == text),
            (Rule::Like(regex), Value::String(text)) => regex.is_match(text),
            _ => true,
        }
    }
}

/// The length of a text, or a number.
#[allow(clippy::cast_precision_loss, reason = "lengths are far below 2^52")]
fn size(value: &Value) -> Option<f64> {
    match value {
        Value::String(text) => Some(text.chars().count() as f64),
        Value::Number(number) => number.as_f64(),
        _ => None,
    }
}

/// What holds for a plain value, in AWS's order.
fn constraints<'a>(shape: &Shape<'a>) -> Vec<Constraint<'a>> {
    let of = if matches!(shape.kind, Kind::Number) { "value" } else { "length" };
    let mut all = Vec::new();
    if let Some(most) = shape.range.most {
        let text = format!("Member must have {of} less than or equal to {most}");
        all.push(Constraint { text, rule: Rule::AtMost(most) });
    }
    if let Some(least) = shape.range.least.filter(|least| *least > 0.0 || of == "value") {
        let text = format!("Member must have {of} greater than or equal to {least}");
        all.push(Constraint { text, rule: Rule::AtLeast(least) });
    }
    if let Kind::Enumeration(values) = shape.kind {
        let text = format!("Member must satisfy enum value set: [{}]", values.replace('|', ", "));
        all.push(Constraint { text, rule: Rule::OneOf(values) });
    }
    // One that only Java reads is checked by the service itself.
    let pattern = shape.pattern.and_then(|pattern| Some((pattern, regex(pattern)?)));
    if let Some((pattern, regex)) = pattern {
        let text = format!("Member must satisfy regular expression pattern: {pattern}");
        all.push(Constraint { text, rule: Rule::Like(regex) });
    }
    all
}

/// A model's pattern, which the whole text must match.
pub(crate) fn regex(pattern: &str) -> Option<Regex> {
    Regex::new(&format!("^(?:{})$", pattern.replace("\\p{ASCII}", "[\\x00-\\x7F]"))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(action: &str, request: &Value) -> String {
        let operation = crate::requests("sfn").unwrap().operation(action).unwrap();
        refusal(&operation.violations(request.as_object().unwrap())).unwrap_or_default()
    }

    #[test]
    fn constraints_are_told_in_awss_words() {
        assert_eq!(said("deleteActivity", &json!({"activityArn": "arn:x"})), "");
        insta::assert_snapshot!(said("deleteActivity", &json!({})), @"1 validation error detected: Value null at 'activityArn' failed to satisfy constraint: Member must not be null");
        insta::assert_snapshot!(said("listActivities", &json!({"maxResults": 1001, "nextToken": ""})), @"2 validation errors detected: Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000; Value '' at 'nextToken' failed to satisfy constraint: Member must have length greater than or equal to 1");
        insta::assert_snapshot!(said("describeExecution", &json!({"executionArn": "a", "includedData": "SOME"})), @"1 validation error detected: Value 'SOME' at 'includedData' failed to satisfy constraint: Member must satisfy enum value set: [ALL_DATA, METADATA_ONLY]");
        let tags = json!({"resourceArn": "a", "tags": [{"key": "k"}, {"key": ""}]});
        insta::assert_snapshot!(said("tagResource", &tags), @"1 validation error detected: Value '' at 'tags.2.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1");
        insta::assert_snapshot!(said("untagResource", &json!({"resourceArn": "a", "tagKeys": ["b", ""]})), @"1 validation error detected: Value '[b, ]' at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must not be null]");
        insta::assert_snapshot!(said("redriveExecution", &json!({"executionArn": "a", "clientToken": "a b"})), @"1 validation error detected: Value 'a b' at 'clientToken' failed to satisfy constraint: Member must satisfy regular expression pattern: [!-~]+");
        let secret = json!({"taskToken": "t".repeat(2049), "output": "{}"});
        insta::assert_snapshot!(said("sendTaskSuccess", &secret), @"1 validation error detected: Value at 'taskToken' failed to satisfy constraint: Member must have length less than or equal to 2048");
    }
}
