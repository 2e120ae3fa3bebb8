//! An example of a state machine's input, made from the paths that its definition reads.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// Keys whose paths lead to a number of seconds or of something else.
const NUMBERS: [&str; 8] = [
    "SecondsPath",
    "TimeoutSecondsPath",
    "HeartbeatSecondsPath",
    "MaxConcurrencyPath",
    "MaxItemsPath",
    "ToleratedFailureCountPath",
    "ToleratedFailurePercentagePath",
    "MaxItemsPerBatchPath",
];
/// What an expression reads the input of its state by.
const INPUT: &str = "$states.input.";
/// What reads the input of the execution, wherever it stands.
const EXECUTION_INPUTS: [&str; 2] = ["$states.context.Execution.Input.", "$$.Execution.Input."];
/// A moment that an example is made with.
const MOMENT: &str = "2030-01-01T12:00:00Z";

/// An input that has all that the definition reads of it, as far as paths tell. What a state puts there itself is left out.
pub(crate) fn example_input(definition: &Value) -> Value {
    let mut reader = Reader { is_jsonata: definition["QueryLanguage"] == "JSONata", ..Reader::default() };
    reader.find_results(definition);
    reader.flow(definition, true);
    Value::Object(reader.input)
}

#[derive(Default)]
struct Reader {
    is_jsonata: bool,
    /// The state that is read sees what came in at the start.
    reads_input: bool,
    /// What states put into their input: the first member of each `ResultPath`.
    made: BTreeSet<String>,
    input: Map<String, Value>,
}

impl Reader {
    fn find_results(&mut self, value: &Value) {
        let members = value.as_object().into_iter().flatten();
        for (key, value) in members {
            if let (true, Some(path)) = (key == "ResultPath", value.as_str()) {
                self.made.extend(members_of(path.strip_prefix("$.").unwrap_or_default()).first().cloned());
            }
            self.find_results(value);
        }
        value.as_array().into_iter().flatten().for_each(|value| self.find_results(value));
    }

    /// Reads the states of a flow. `has_input`: what comes in there is what came in at the start.
    fn flow(&mut self, flow: &Value, has_input: bool) {
        for (name, state) in flow["States"].as_object().into_iter().flatten() {
            let is_jsonata = match state["QueryLanguage"].as_str() {
                Some(language) => language == "JSONata",
                None => self.is_jsonata,
            };
            let is_first = flow["StartAt"] == name.as_str();
            self.reads_input = has_input && (!is_jsonata || is_first);
            self.fields(state, is_jsonata);
            for inner in state["Branches"].as_array().into_iter().flatten() {
                self.flow(inner, has_input && state["Parameters"].is_null() && state["Arguments"].is_null());
            }
            for inner in ["ItemProcessor", "Iterator"] {
                self.flow(&state[inner], false);
            }
        }
    }

    fn fields(&mut self, value: &Value, is_jsonata: bool) {
        for (key, value) in value.as_object().into_iter().flatten() {
            // What happens to a result reads no input, and flows are read on their own.
            if matches!(&**key, "ResultSelector" | "OutputPath" | "Branches" | "ItemProcessor" | "Iterator" | "Result")
            {
                continue;
            }
            if let Some(text) = value.as_str() {
                self.text(key, text, is_jsonata);
            } else {
                self.fields(value, is_jsonata);
                self.comparison(value);
            }
        }
        for value in value.as_array().into_iter().flatten() {
            self.comparison(value);
            match value.as_str() {
                Some(text) => self.text("", text, is_jsonata),
                None => self.fields(value, is_jsonata),
            }
        }
    }

    fn text(&mut self, key: &str, text: &str, is_jsonata: bool) {
        for start in EXECUTION_INPUTS {
            text.split(start).skip(1).for_each(|path| self.put(path, key));
        }
        if !self.reads_input {
            return;
        }
        if is_jsonata {
            text.split(INPUT).skip(1).for_each(|path| self.put(path, key));
        } else if key.ends_with(".$") || key.ends_with("Path") || key == "Variable" {
            let own = text.replace("$$.", " ");
            for path in own.split("$.").skip(1) {
                let is_made = members_of(path).first().is_none_or(|first| self.made.contains(first));
                if !is_made {
                    self.put(path, key);
                }
            }
        }
    }

    /// What a rule compares a variable with is a fit value of it.
    fn comparison(&mut self, rule: &Value) {
        let path = rule["Variable"].as_str().filter(|_| self.reads_input);
        let Some(path) = path.and_then(|path| path.strip_prefix("$.")) else { return };
        let members = members_of(path);
        if members.first().is_none_or(|first| self.made.contains(first)) {
            return;
        }
        let compared = rule.as_object().into_iter().flatten().find(|(key, value)| {
            !key.ends_with("Path") && (key.contains("Equals") || key.contains("Than")) && !value.is_object()
        });
        if let Some((_, value)) = compared {
            put(&mut self.input, &members, value.clone());
        }
    }

    fn put(&mut self, path: &str, key: &str) {
        let members = members_of(path);
        let value = match key.trim_end_matches(".$") {
            "Timestamp" | "TimestampPath" => json!(MOMENT),
            "ItemsPath" | "Items" => json!([{}]),
            "Seconds" => json!(1),
            key if NUMBERS.contains(&key) => json!(1),
            _ => json!("…"),
        };
        put(&mut self.input, &members, value);
    }
}

/// The names at the beginning of a path, until something else comes.
fn members_of(path: &str) -> Vec<String> {
    let mut members = Vec::new();
    let mut rest = path;
    loop {
        let end = rest.find(|letter: char| !(letter.is_alphanumeric() || "_-".contains(letter))).unwrap_or(rest.len());
        // A function follows: it is no member.
        if end == 0 || rest[end..].starts_with('(') {
            return members;
        }
        members.push(rest[..end].to_owned());
        match rest[end..].strip_prefix('.') {
            Some(more) => rest = more,
            None => return members,
        }
    }
}

/// Puts a value there, unless there is more already.
fn put(into: &mut Map<String, Value>, members: &[String], value: Value) {
    match members {
        [] => {}
        [last] => {
            let known = into.entry(last).or_insert(Value::Null);
            if known.is_null() || known == "…" {
                *known = value;
            }
        }
        [first, rest @ ..] => {
            let known = into.entry(first).or_insert_with(|| json!({}));
            if !known.is_object() {
                *known = json!({});
            }
            if let Some(inner) = known.as_object_mut() {
                put(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_has_what_paths_read() {
        let definition = json!({ "StartAt": "Wait", "States": {
            "Wait": { "Type": "Wait", "TimestampPath": "$.startAt", "Next": "Send" },
            "Send": { "Type": "Task", "Resource": "r", "ResultPath": "$.sent", "Next": "Each", "Parameters": {
                "to.$": "$.order.customer.email", "all.$": "States.Format('{} {}', $.order.id, $$.Execution.Name)",
                "who.$": "$$.Execution.Input.sender" } },
            "Each": { "Type": "Map", "ItemsPath": "$.order.lines", "Next": "Enough",
                "ItemProcessor": { "StartAt": "P", "States": { "P": { "Type": "Pass", "InputPath": "$.own", "End": true } } } },
            "Enough": { "Type": "Choice", "Default": "Wait", "Choices": [
                { "Variable": "$.count", "NumericGreaterThan": 3, "Next": "Wait" },
                { "And": [{ "Variable": "$.sent.ok", "BooleanEquals": true }, { "Variable": "$.kind", "StringEquals": "big" }],
                  "Next": "Wait" }] },
        }});
        insta::assert_snapshot!(example_input(&definition), @r#"{"startAt":"2030-01-01T12:00:00Z","order":{"customer":{"email":"…"},"id":"…","lines":[{}]},"sender":"…","count":3,"kind":"big"}"#);
    }

    #[test]
    fn expressions_are_read_too() {
        let definition = json!({ "QueryLanguage": "JSONata", "StartAt": "A", "States": {
            "A": { "Type": "Pass", "Output": { "x": "{% $states.input.order.id & $states.input.name.$uppercase() %}" }, "Next": "B" },
            "B": { "Type": "Wait", "Seconds": "{% $states.context.Execution.Input.delay %}", "Next": "C" },
            "C": { "Type": "Pass", "Output": "{% $states.input.ofB %}", "End": true },
        }});
        insta::assert_snapshot!(example_input(&definition), @r#"{"order":{"id":"…"},"name":"…","delay":1}"#);
        assert_eq!(example_input(&json!(null)), json!({}));
    }
}
