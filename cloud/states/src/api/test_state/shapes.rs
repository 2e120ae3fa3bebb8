//! The shapes of what operations answer, and whether a value has one. Enumerations and patterns are not checked, and neither is what
//! a service answers that the table does not have.

use serde_json::{Map, Value};

/// `shapes.txt` says at its beginning how it is written.
const TABLE: &str = include_str!("shapes.txt");

/// Whether what a shape requires must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Required,
    Optional,
}

/// Checks the answer of an operation; one that the table does not have may be anything.
///
/// # Errors
/// The first problem, in AWS's words: the innermost member's name and what is wrong with it.
pub(super) fn check(service: &str, action: &str, answer: &Value, presence: Presence) -> Result<(), String> {
    let operation =
        action.char_indices().map(|(at, letter)| if at == 0 { letter.to_ascii_uppercase() } else { letter });
    let head = format!("{service}:{} = ", operation.collect::<String>());
    match TABLE.lines().find_map(|line| line.strip_prefix(&head)) {
        Some(shape) => Checker { service, presence }.value("result", answer, shape),
        None => Ok(()),
    }
}

struct Checker<'a> {
    service: &'a str,
    presence: Presence,
}

impl Checker<'_> {
    fn value(&self, name: &str, value: &Value, shape: &str) -> Result<(), String> {
        let must_be = |what: &str| Err(format!("Field '{name}' must be {what}"));
        let (plain, range) = shape.split_once('(').map_or((shape, ""), |(plain, range)| (plain, range));
        if let Some(item) = enclosed(shape, '[', ']') {
            return match value.as_array() {
                Some(items) => items.iter().try_for_each(|value| self.value(name, value, item)),
                None => must_be("an array"),
            };
        }
        if let Some(item) = enclosed(shape, '{', '}') {
            return match value.as_object() {
                Some(members) => members.values().try_for_each(|value| self.value(name, value, item)),
                None => must_be("an object"),
            };
        }
        match (plain, value) {
            ("any", _) => Ok(()),
            ("string", Value::String(text)) => check_length(name, text, range),
            ("string", _) => must_be("a string"),
            ("number", Value::Number(number)) => check_range(name, number.as_f64().unwrap_or_default(), range),
            ("number", _) => must_be("a number"),
            ("boolean", Value::Bool(_)) => Ok(()),
            ("boolean", _) => must_be("a boolean"),
            (structure, Value::Object(members)) => self.members(members, structure),
            _ => must_be("an object"),
        }
    }

    fn members(&self, members: &Map<String, Value>, structure: &str) -> Result<(), String> {
        let head = format!("{}.{structure} ", self.service);
        let line = TABLE.lines().find_map(|line| line.strip_prefix(&head)).unwrap_or_default();
        for member in line.split(' ') {
            let Some((name, shape)) = member.split_once(':') else {
                continue;
            };
            let required = name.strip_suffix('!');
            let name = required.unwrap_or(name);
            match members.get(name) {
                None if required.is_some() && self.presence == Presence::Required => {
                    return Err(format!("Required field '{name}' is missing"));
                }
                None => {}
                Some(value) => self.value(name, value, shape)?,
            }
        }
        Ok(())
    }
}

fn enclosed(shape: &str, open: char, close: char) -> Option<&str> {
    shape.strip_prefix(open)?.strip_suffix(close)
}

/// The ends of `1..256)`, each of which may be missing.
fn ends(range: &str) -> (Option<f64>, Option<f64>) {
    let (least, most) = range.trim_end_matches(')').split_once("..").unwrap_or_default();
    (least.parse().ok(), most.parse().ok())
}

fn check_range(name: &str, number: f64, range: &str) -> Result<(), String> {
    match ends(range) {
        (Some(least), _) if number < least => Err(format!("Field '{name}' is less than the minimum value")),
        (_, Some(most)) if number > most => Err(format!("Field '{name}' exceeds the maximum value")),
        _ => Ok(()),
    }
}

/// The text about one that is too long is not recorded.
fn check_length(name: &str, text: &str, range: &str) -> Result<(), String> {
    let length = text.chars().count() as f64;
    match ends(range) {
        (Some(least), _) if length < least => Err(format!("Field '{name}' is smaller than the minimum length")),
        (_, Some(most)) if length > most => Err(format!("Field '{name}' exceeds the maximum length")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn problem(service: &str, action: &str, answer: &Value, presence: Presence) -> String {
        check(service, action, answer, presence).err().unwrap_or_default()
    }

    #[test]
    fn the_innermost_member_is_named() {
        let strict = |service, action, answer: Value| problem(service, action, &answer, Presence::Required);
        assert_eq!(strict("events", "putEvents", json!({"Entries": "x"})), "Field 'Entries' must be an array");
        let second = json!({"Entries": [{"EventId": "a"}, {"EventId": ["b"]}]});
        assert_eq!(strict("events", "putEvents", second), "Field 'EventId' must be a string");
        let smallest = json!({"Configuration": {"MemorySize": 127}});
        assert_eq!(strict("lambda", "getFunction", smallest), "Field 'MemorySize' is less than the minimum value");
        let empty = json!({"CiphertextBlob": ""});
        assert_eq!(strict("kms", "encrypt", empty), "Field 'CiphertextBlob' is smaller than the minimum length");
        let item = json!({"Item": {"a": {"L": [{"S": 1}]}}});
        assert_eq!(strict("dynamodb", "getItem", item), "Field 'S' must be a string");
    }

    #[test]
    fn what_is_required_may_be_left_out_where_only_what_is_there_is_checked() {
        let answer = json!({"executionArn": "not in this letter case"});
        let required = "Required field 'ExecutionArn' is missing";
        assert_eq!(problem("sfn", "startExecution", &answer, Presence::Required), required);
        assert_eq!(problem("sfn", "startExecution", &answer, Presence::Optional), "");
        let moment = json!({"StartDate": 1.5});
        assert_eq!(problem("sfn", "startExecution", &moment, Presence::Optional), "Field 'StartDate' must be a string");
    }

    #[test]
    fn what_the_table_does_not_have_may_be_anything() {
        assert_eq!(problem("s3", "getObject", &json!(7), Presence::Required), "");
        assert_eq!(problem("task-lambda", "invoke", &json!({"Payload": [1], "More": 1}), Presence::Required), "");
    }

    #[test]
    fn every_line_of_the_table_can_be_read() {
        let lines = TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        for line in lines {
            let operation = line.split_once(" = ").map(|(name, shape)| (name.contains(':'), !shape.contains(' ')));
            let shape = line.split_once(' ').is_some_and(|(name, rest)| {
                name.contains('.') && rest.split(' ').all(|member| member.is_empty() || member.contains(':'))
            });
            assert!(operation == Some((true, true)) || shape, "{line}");
        }
    }
}
