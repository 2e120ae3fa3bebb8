//! The values to try as inputs and answers: what the cases have, and what makes each rule of a Choice state true.

use std::collections::BTreeMap;

use asl::TaskResource;
use serde_json::{Value, json};

use super::rules;
use crate::case::{Answer, Case};
use crate::run::Subject;

/// So many values are tried; the small ones first.
const MOST: usize = 64;

/// The values to try, the shortest first.
pub(super) fn candidates(definition: &Value, cases: &[&Case]) -> Vec<Value> {
    let mut bases: Vec<Value> = vec![json!({})];
    bases.extend(cases.iter().map(|case| case.input.clone()));
    let mut values = bases.clone();
    for rule in rules::of(definition) {
        for base in bases.iter().take(MOST / 8) {
            values.extend(rule.satisfied(base));
        }
    }
    values.sort_by_key(|value| (value.to_string().len(), value.to_string()));
    values.dedup();
    values.truncate(MOST);
    values
}

/// What each task may answer: what the cases' mocks do, else an empty object in its shape.
pub(super) fn answers(subject: &Subject, cases: &[&Case]) -> BTreeMap<String, Vec<Answer>> {
    let mut answers: BTreeMap<String, Vec<Answer>> = BTreeMap::new();
    for (state, resource) in subject.machine.resources() {
        answers.insert(state.to_owned(), of_cases(state, cases, default(resource)));
    }
    for map in &subject.maps {
        let reader = format!("{map}/ItemReader");
        answers.insert(reader.clone(), of_cases(&reader, cases, Answer::Return(json!([{}]))));
        let writer = format!("{map}/ResultWriter");
        answers.insert(writer.clone(), of_cases(&writer, cases, Answer::Return(json!({}))));
    }
    answers
}

fn of_cases(state: &str, cases: &[&Case], default: Answer) -> Vec<Answer> {
    let mut answers = Vec::new();
    for case in cases {
        for mock in case.mocks.get(state).into_iter().flat_map(|mocks| &mocks.answers) {
            let gives = matches!(mock.answer, Answer::Return(_) | Answer::Payload(_) | Answer::Execution(_));
            if gives && !answers.contains(&mock.answer) {
                answers.push(mock.answer.clone());
            }
        }
    }
    if answers.is_empty() { vec![default] } else { answers }
}

fn default(resource: &TaskResource) -> Answer {
    match resource {
        TaskResource::Service { resource_type, resource, .. } if resource_type == "lambda" && resource == "invoke" => {
            Answer::Payload(json!({}))
        }
        _ => Answer::Return(json!({})),
    }
}

/// A state of a definition, wherever it lies.
pub(super) fn state<'d>(definition: &'d Value, name: &str) -> Option<&'d Value> {
    flows(definition).into_iter().find_map(|flow| flow.get("States")?.get(name))
}

/// Every flow: the machine, branches, item processors.
pub(super) fn flows(definition: &Value) -> Vec<&Value> {
    let mut flows = vec![definition];
    let mut at = 0;
    while let Some(flow) = flows.get(at).copied() {
        at += 1;
        for (_, state) in flow.get("States").and_then(Value::as_object).into_iter().flatten() {
            flows.extend(state.get("Branches").and_then(Value::as_array).into_iter().flatten());
            flows.extend(["ItemProcessor", "Iterator"].iter().filter_map(|field| state.get(field)));
        }
    }
    flows
}
