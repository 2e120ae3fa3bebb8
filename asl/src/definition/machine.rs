//! Reading a whole definition.

use std::collections::BTreeMap;

use serde_json::Value;

use super::fields::Fields;
use super::{DefinitionError, FindingKind, Findings, State, StateMachine, graph, state};
use crate::resource::TaskResource;

/// The longest text of a definition, in characters: the API's limit.
const MAX_DEFINITION_CHARS: usize = 1_048_576;
/// The longest `TimeoutSeconds`, and `Seconds` of a Wait state.
pub(super) const MAX_SECONDS: u64 = 99_999_999;
/// The longest name of a state, in characters.
const MAX_STATE_NAME_CHARS: usize = 80;

impl StateMachine {
    /// Reads and checks a definition.
    ///
    /// # Errors
    /// Everything that is wrong with it. Texts are AWS's where it was observed what AWS says (the `InvalidDefinition`
    /// errors of `CreateStateMachine` and the diagnostics of `ValidateStateMachineDefinition`).
    pub fn parse(definition: &str) -> Result<Self, DefinitionError> {
        let mut findings = Findings::default();
        let Some(value) = json(definition, &mut findings) else {
            return Err(findings.into_error());
        };
        match read(&value, &mut findings) {
            Some(machine) if findings.is_empty() => {
                graph::check(&machine, &mut findings);
                if findings.is_empty() { Ok(machine) } else { Err(findings.into_error()) }
            }
            _ => Err(findings.into_error()),
        }
    }

    /// Checks what an express state machine cannot have: activities, job runs and callbacks.
    ///
    /// # Errors
    /// The Task states that an express state machine cannot have.
    pub fn check_express(&self) -> Result<(), DefinitionError> {
        let mut findings = Findings::default();
        for (name, resource) in self.resources() {
            let location = format!("/States/{name}/Resource");
            match resource {
                TaskResource::Activity { .. } => {
                    findings.schema(&location, "Express state machine does not support Activity ARN");
                }
                TaskResource::Service { resource, pattern, .. } if *pattern != crate::Pattern::RequestResponse => {
                    let suffix = resource.split_once('.').map_or("", |(_, suffix)| suffix);
                    findings.schema(
                        &location,
                        format!("Express state machine does not support '.{suffix}' service integration"),
                    );
                }
                _ => {}
            }
        }
        if findings.is_empty() { Ok(()) } else { Err(findings.into_error()) }
    }
}

fn json(definition: &str, findings: &mut Findings) -> Option<Value> {
    if definition.chars().nth(MAX_DEFINITION_CHARS).is_some() {
        let message = format!("The definition is longer than {MAX_DEFINITION_CHARS} characters");
        findings.add(FindingKind::SchemaValidationFailed, None, message);
        return None;
    }
    match serde_json::from_str(definition) {
        Ok(value @ Value::Object(_)) => Some(value),
        Ok(_) => {
            findings.add(FindingKind::SchemaValidationFailed, None, "Definition must be a valid JSON object");
            None
        }
        Err(_) if definition.trim().is_empty() => {
            findings.add(FindingKind::SchemaValidationFailed, None, "Definition must be a valid JSON object");
            None
        }
        Err(problem) => {
            let location = format!("line: {}, column: {}", problem.line(), problem.column());
            findings.add(FindingKind::InvalidJson, Some(location), problem.to_string());
            None
        }
    }
}

fn read(value: &Value, findings: &mut Findings) -> Option<StateMachine> {
    let mut fields = Fields::of(value, String::new(), findings)?;
    fields.location = "/".to_owned();
    fields.require(&["States", "StartAt"]);
    fields.location = String::new();
    query_language(&mut fields);
    fields.string("Comment");
    version(&mut fields);
    let start_at = fields.string("StartAt").map(ToOwned::to_owned);
    let timeout_s = fields.integer("TimeoutSeconds", 1, MAX_SECONDS);
    let states = match fields.get("States") {
        Some(value) => {
            let location = fields.at("States");
            states(value, &location, fields.findings)
        }
        None => None,
    };
    fields.location = "/".to_owned();
    fields.finish();
    Some(StateMachine { start_at: start_at?, timeout_s, states: states? })
}

/// Notes any query language but JSONPath.
pub(super) fn query_language(fields: &mut Fields<'_, '_>) {
    match fields.string("QueryLanguage") {
        None | Some("JSONPath") => {}
        Some("JSONata") => {
            let location = fields.at("QueryLanguage");
            fields.findings.not_implemented(&location, "the query language JSONata");
        }
        Some(_) => {
            fields.wrong(
                "QueryLanguage",
                "The field 'QueryLanguage' should have one of these values: [JSONPath, JSONata]",
            );
        }
    }
}

fn version(fields: &mut Fields<'_, '_>) {
    if fields.string("Version").is_some_and(|version| version != "1.0") {
        fields.wrong("Version", "The field 'Version' should have one of these values: [1.0]");
    }
}

fn states(value: &Value, location: &str, findings: &mut Findings) -> Option<BTreeMap<String, State>> {
    let Value::Object(members) = value else {
        findings.schema(location, "Expected value of type Object");
        return None;
    };
    if members.is_empty() {
        findings.schema(location, "Value cannot be empty");
        return None;
    }
    let mut states = BTreeMap::new();
    for (name, value) in members {
        let location = format!("{location}/{name}");
        if name.chars().nth(MAX_STATE_NAME_CHARS).is_some() {
            findings.schema(&location, format!("State name cannot be longer than {MAX_STATE_NAME_CHARS} characters"));
        }
        if let Some(state) = state::read(value, location, findings) {
            states.insert(name.clone(), state);
        }
    }
    Some(states)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(definition: &str) -> String {
        StateMachine::parse(definition).unwrap_err().aws_text()
    }

    #[test]
    fn says_what_aws_says() {
        insta::assert_snapshot!(problem("{}"), @"SCHEMA_VALIDATION_FAILED: These fields are required: [States, StartAt] at /");
        insta::assert_snapshot!(problem(""), @"SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object");
        insta::assert_snapshot!(problem(r#"{"StartAt":"A"}"#), @"SCHEMA_VALIDATION_FAILED: These fields are required: [States] at /");
        insta::assert_snapshot!(problem(r#"{"StartAt":"A","States":{"A":{"Type":"Wait","Timestamp":"2016-12-05 21:29:29Z","End":true}}}"#), @"SCHEMA_VALIDATION_FAILED: String does not match RFC3339 timestamp at /States/A/Timestamp");
        insta::assert_snapshot!(problem(r#"{"StartAt":"A","States":{"A":{"Type":"Nap","End":true}}}"#), @"SCHEMA_VALIDATION_FAILED: The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map] at /States/A/Type");
        insta::assert_snapshot!(problem(r#"{"StartAt":"A","States":{"A":{"Type":"Pass","End":true,"Parameters":{"a.$":"b"}}}}"#), @"SCHEMA_VALIDATION_FAILED: The value for the field 'a.$' must be a valid JSONPath or a valid intrinsic function call at /States/A/Parameters");
        insta::assert_snapshot!(problem(r#"{"StartAt":"A","States":{"A":{"Type":"Pass","End":true,"Catch":[]}}}"#), @"SCHEMA_VALIDATION_FAILED: Field 'Catch' is not supported at /States/A");
    }

    #[test]
    fn a_backslash_escapes_only_what_aws_lets_it() {
        let refused = "SCHEMA_VALIDATION_FAILED: The value for the field 'parsed.$' must be a valid JSONPath or a valid intrinsic function call at /States/A/Parameters";
        for call in [
            r#"States.StringToJson('{"text":"An \"escaped double quote\" here"}')"#,
            r#"States.Format('He said, \"Hello, {}!\"', 'Test \"Name\" Here')"#,
        ] {
            let state = serde_json::json!({ "Type": "Pass", "Parameters": { "parsed.$": call }, "End": true });
            let definition = serde_json::json!({ "StartAt": "A", "States": { "A": state } });
            assert_eq!(problem(&definition.to_string()), refused);
        }
    }

    #[test]
    fn collects_everything_and_names_what_is_missing_here() {
        let definition = r#"{"StartAt":"A","QueryLanguage":"JSONata","States":{
            "A":{"Type":"Pass","Assign":{"x":1},"Next":"B"},
            "B":{"Type":"Parallel","Branches":[],"End":true},
            "C":{"Type":"Pass","Parameters":{"y.$":"States.Hash('a','MD5')","z.$":"$v"},"End":true}}}"#;
        insta::assert_snapshot!(problem(definition).replace(", N", ",\nN"), @r"
        NOT_IMPLEMENTED: the query language JSONata is not implemented yet at /QueryLanguage,
        NOT_IMPLEMENTED: the field 'Assign' is not implemented yet at /States/A/Assign,
        NOT_IMPLEMENTED: the state type Parallel is not implemented yet at /States/B/Type,
        NOT_IMPLEMENTED: the intrinsic function States.Hash, used by the field 'y.$', is not implemented yet at /States/C/Parameters,
        NOT_IMPLEMENTED: variables, used by the field 'z.$', is not implemented yet at /States/C/Parameters
        ");
    }

    #[test]
    fn an_express_machine_has_no_activities() {
        let machine = StateMachine::parse(
            r#"{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:us-east-1:000000000000:activity:x","End":true}}}"#,
        )
        .unwrap();
        insta::assert_snapshot!(machine.check_express().unwrap_err(), @"SCHEMA_VALIDATION_FAILED: Express state machine does not support Activity ARN at /States/A/Resource");
    }
}
