//! Parses a whole definition.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::fields::Fields;
use super::redefinition::Assignments;
use super::{
    Budget, Flow, FlowIndex, QueryLanguage, State, StateIndex, StateMachine, Target, express, graph, json,
    redefinition, state,
};
use crate::finding::{DefinitionError, FindingKind, Findings};
use crate::quotas::{MAX_SECONDS, MAX_STATE_NAME_CHARS};

/// The name that AWS gives a state that is tested on its own.
pub(crate) const STATE_ON_ITS_OWN: &str = "StateName";

/// A definition that is being parsed: what was read so far, and the findings.
pub(super) struct Parser {
    pub(super) machine: StateMachine,
    /// The machine's query language: that of every state that names none.
    pub(super) language: QueryLanguage,
    pub(super) findings: Findings,
    pub(super) assignments: Assignments,
    pub(super) labels: BTreeSet<String>,
    names: BTreeSet<Arc<str>>,
    /// Whether what tasks call is checked.
    pub(super) checks_calls: bool,
}

impl StateMachine {
    /// Parses and checks a definition: JSON text, as `CreateStateMachine` takes it. This is the one way to read a definition; one in
    /// YAML is read with a YAML library and given as JSON text.
    ///
    /// # Errors
    /// Everything that is wrong with it, and what AWS warns of. Texts are AWS's where it is known what AWS says: recorded
    /// `InvalidDefinition` errors of `CreateStateMachine` and diagnostics of `ValidateStateMachineDefinition`, and what
    /// others have published of them.
    pub fn parse(definition: &str) -> Result<Self, DefinitionError> {
        Self::read(definition, true)
    }

    /// Parses a definition that was accepted once, perhaps by an older version, and runs as it was accepted: what its tasks
    /// call is not checked against the integrations and parameters that AWS has now.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_accepted(definition: &str) -> Result<Self, DefinitionError> {
        Self::read(definition, false)
    }

    fn read(definition: &str, checks_calls: bool) -> Result<Self, DefinitionError> {
        let mut findings = Findings::default();
        let Some(value) = json::read(definition, &mut findings) else {
            return Err(findings.into_error());
        };
        let Parser { mut machine, mut findings, assignments, .. } = read(&value, findings, checks_calls);
        redefinition::check(&machine, &assignments, &mut findings);
        if !findings.has_errors() {
            graph::check(&machine, &mut findings);
        }
        if !findings.has_errors() {
            express::check_children(&machine, &mut findings);
        }
        if findings.has_errors() {
            return Err(findings.into_error());
        }
        graph::link(&mut machine);
        machine.warnings = findings.into_warnings();
        Ok(machine)
    }

    /// Checks a state on its own, as `TestState` takes one; where its transitions lead is not known.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the place that AWS gives such a state: `/States/StateName`.
    pub fn check_state(state: &str) -> Result<(), DefinitionError> {
        Self::of_state(state).map(|_| ())
    }

    /// The machine that a state is on its own, under the name that AWS gives it. What its transitions lead to is there by name
    /// alone.
    ///
    /// # Errors
    /// As [`check_state`](Self::check_state).
    pub(crate) fn of_state(state: &str) -> Result<Self, DefinitionError> {
        let mut findings = Findings::default();
        let Some(value) = json::read(state, &mut findings) else {
            return Err(findings.into_error());
        };
        let mut parser = Parser::new(findings);
        let around =
            Flow { location: String::new(), start_at: Target::named(STATE_ON_ITS_OWN), states: BTreeMap::new() };
        parser.machine.flows.push(around);
        let location = format!("/States/{STATE_ON_ITS_OWN}");
        if let Some(state) = state::read(STATE_ON_ITS_OWN, &value, location, FlowIndex(0), &mut parser) {
            parser.add(state);
        }
        let Parser { mut machine, mut findings, assignments, .. } = parser;
        redefinition::check(&machine, &assignments, &mut findings);
        if !findings.has_errors() {
            graph::check_inside(&machine, &mut findings);
        }
        if findings.has_errors() {
            return Err(findings.into_error());
        }
        graph::add_stand_ins(&mut machine);
        graph::link(&mut machine);
        Ok(machine)
    }
}

fn read(value: &Value, findings: Findings, checks_calls: bool) -> Parser {
    let mut parser = Parser::new(findings);
    parser.checks_calls = checks_calls;
    let Some(mut fields) = Fields::of(value, "/".to_owned(), QueryLanguage::JsonPath, &mut parser) else {
        return parser;
    };
    fields.require(&["States", "StartAt"]);
    fields.location = String::new();
    fields.parser.language = query_language(&mut fields).unwrap_or(QueryLanguage::JsonPath);
    fields.string("Comment");
    fields.one_of("Version", &[("1.0", ())]);
    fields.parser.machine.timeout_s = fields.integer("TimeoutSeconds", 0, MAX_SECONDS);
    flow(&mut fields);
    fields.location = "/".to_owned();
    fields.finish();
    parser
}

/// `QueryLanguage`, when it is there. What is neither of the two is noted, and then taken as AWS takes it: as JSONata.
pub(super) fn query_language(fields: &mut Fields<'_, '_>) -> Option<QueryLanguage> {
    const NAME: &str = "QueryLanguage";
    fields.has(NAME).then(|| {
        let known = [("JSONPath", QueryLanguage::JsonPath), ("JSONata", QueryLanguage::Jsonata)];
        fields.one_of(NAME, &known).unwrap_or(QueryLanguage::Jsonata)
    })
}

/// Reads `StartAt` and `States`, of the machine or of a flow inside a state.
pub(super) fn flow(fields: &mut Fields<'_, '_>) -> Option<FlowIndex> {
    let start_at = fields.string("StartAt").map(Target::named);
    let index = FlowIndex(u32::try_from(fields.parser.machine.flows.len()).ok()?);
    let place = Flow {
        location: fields.location.clone(),
        start_at: start_at.clone().unwrap_or_else(|| Target::named("")),
        states: BTreeMap::new(),
    };
    fields.parser.machine.flows.push(place);
    let location = fields.at("States");
    let read = fields.get("States").and_then(|value| states(value, &location, index, fields.parser));
    read.and(start_at).map(|_| index)
}

fn states(value: &Value, location: &str, flow: FlowIndex, parser: &mut Parser) -> Option<()> {
    let Value::Object(members) = value else {
        parser.findings.schema(location, "Expected value of type [OBJECT]");
        return None;
    };
    if members.is_empty() {
        parser.findings.schema(location, "Value cannot be empty");
        return None;
    }
    for (name, value) in members {
        if name.chars().nth(MAX_STATE_NAME_CHARS).is_some() {
            let message = format!(
                "Invalid State name: State '{name}' exceeds the {MAX_STATE_NAME_CHARS}-character limit allowed by the service"
            );
            parser.findings.add(FindingKind::InvalidStateName, Some(format!("{location}/{name}")), message);
            continue;
        }
        let location = format!("{location}/{name}");
        if !parser.names.insert(Arc::from(name.as_str())) {
            let message = format!("Duplicate State name: {name}");
            parser.findings.add(FindingKind::DuplicateStateName, Some(location.clone()), message);
        }
        if let Some(state) = state::read(name, value, location, flow, parser) {
            parser.add(state)?;
        }
    }
    Some(())
}

impl Parser {
    fn new(findings: Findings) -> Self {
        let machine = StateMachine {
            timeout_s: None,
            states: Vec::new(),
            flows: Vec::new(),
            warnings: Vec::new(),
            missing_activities: BTreeSet::new(),
            step_budget: Budget::default(),
            queues_map_runs: false,
        };
        let language = QueryLanguage::JsonPath;
        let assignments = Assignments::default();
        let labels = BTreeSet::new();
        Self { machine, language, findings, assignments, labels, names: BTreeSet::new(), checks_calls: true }
    }

    fn add(&mut self, state: State) -> Option<()> {
        let name = Arc::clone(&state.name);
        let index = StateIndex(u32::try_from(self.machine.states.len()).ok()?);
        let flow = usize::try_from(state.flow.0).ok()?;
        self.machine.flows.get_mut(flow)?.states.insert(name, index);
        self.machine.states.push(state);
        Some(())
    }
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
        insta::assert_snapshot!(problem(""), @"SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object at null");
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
}
