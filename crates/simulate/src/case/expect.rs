//! Reads what a case expects.

use std::collections::BTreeMap;

use asl::Status;
use model::document::{Content, Document, Node};
use model::source::Source;
use serde_json::{Map, Value, json};

use super::data::DataReader;
use super::parts::{Calls, Expectation, Expected, Located, Predicate, Test};
use super::section::{Section, text_of, whole_of};

/// How an execution can end.
pub(super) const STATUSES: [(&str, Status); 4] = [
    ("SUCCEEDED", Status::Succeeded),
    ("FAILED", Status::Failed),
    ("TIMED_OUT", Status::TimedOut),
    ("ABORTED", Status::Aborted),
];

pub(super) fn expectation(mut section: Section<'_>, data: &DataReader<'_>) -> Expectation {
    let text = |text: Option<Located<String>>| text.map(|text| text.value);
    let output = section.take("output").and_then(|node| expected(node, data));
    let expectation = Expectation {
        status: section.word("status", &STATUSES),
        output,
        output_contains: section.take("output_contains").and_then(|node| data.value(node)),
        output_matches: predicates(&mut section),
        error: text(section.text("error")),
        cause: text(section.text("cause")),
        cause_contains: text(section.text("cause_contains")),
        path: section.texts("path"),
        visits: section.texts("visits").unwrap_or_default(),
        avoids: section.texts("avoids").unwrap_or_default(),
        calls: calls(&mut section, data),
        retries: retries(&mut section),
        duration: section.duration("duration"),
        duration_at_least: section.duration("duration_at_least"),
        duration_at_most: section.duration("duration_at_most"),
        variables: variables(&mut section, data),
        events: section.texts("events").map(|events| events.into_iter().map(|event| event.value).collect()),
        is_any_end: false,
    };
    section.finish();
    expectation
}

fn expected(node: &Node, data: &DataReader<'_>) -> Option<Expected> {
    let value = data.value(node)?;
    let span = is_written_at(data.source, node, &value).then(|| node.span.clone());
    Some(Expected { value, span })
}

/// Whether a value is written out in its place. What names fixtures is not, nor what TOML spreads over tables.
fn is_written_at(source: &Source, node: &Node, value: &Value) -> bool {
    let text = source.text.get(node.span.clone()).unwrap_or_default();
    let is_toml = source.file.to_ascii_lowercase().ends_with(".toml");
    let alone = Source::new(source.file.as_str(), if is_toml { format!("x = {text}") } else { text.to_owned() });
    let Ok(document) = Document::parse_data(&alone) else { return false };
    let read = document.value();
    if is_toml { read.get("x") == Some(value) } else { read == *value }
}

/// One condition, or a list of them.
fn predicates(section: &mut Section<'_>) -> Vec<Predicate> {
    let Some(node) = section.take("output_matches") else { return Vec::new() };
    let items: Vec<&Node> = match &node.content {
        Content::List(items) => items.iter().collect(),
        _ => vec![node],
    };
    items.into_iter().filter_map(|item| predicate(section, item)).collect()
}

fn predicate(section: &Section<'_>, node: &Node) -> Option<Predicate> {
    let hint = "Write it as \"{% $output.total > 10 %}\"; it may read $output, $input and $variables.";
    if let Content::Table(_) = &node.content {
        return rule(section, node);
    }
    let Some(written) = text_of(node) else {
        let message = "A condition is a text with a JSONata expression, or a table with a rule of a Choice state.";
        section.refuse(node.span.start, message, hint);
        return None;
    };
    let trimmed = written.value.trim();
    let inner = trimmed.strip_prefix("{%").and_then(|rest| rest.strip_suffix("%}")).unwrap_or(trimmed).trim();
    match jsonata::Expression::parse(inner) {
        Ok(expression) => Some(Predicate { text: inner.to_owned(), test: Test::Expression(expression) }),
        Err(error) => {
            section.refuse(written.offset, format!("The condition is no JSONata: {error}"), hint);
            None
        }
    }
}

/// A rule as a Choice state in JSONPath has it, without `Next`.
fn rule(section: &Section<'_>, node: &Node) -> Option<Predicate> {
    let rule = node.value();
    let mut choice = rule.clone();
    choice["Next"] = "true".into();
    let definition = json!({"StartAt": "decides", "States": {
        "decides": {"Type": "Choice", "Choices": [choice], "Default": "false"},
        "true": {"Type": "Succeed"}, "false": {"Type": "Succeed"},
    }});
    match asl::StateMachine::parse(&definition.to_string()) {
        Ok(machine) => Some(Predicate { text: rule.to_string(), test: Test::Rule(Box::new(machine)) }),
        Err(error) => {
            let why = error.findings().first().map(|finding| finding.message.clone()).unwrap_or_default();
            let hint = "Write it as { Variable = \"$.total\", NumericGreaterThan = 10 }; `$` is the output.";
            section.refuse(node.span.start, format!("The condition is no rule of a Choice state: {why}"), hint);
            None
        }
    }
}

fn calls(section: &mut Section<'_>, data: &DataReader<'_>) -> BTreeMap<String, Located<Calls>> {
    let mut calls = BTreeMap::new();
    let Some(inner) = section.section("calls") else { return calls };
    for member in inner.members() {
        let value = match &member.value.content {
            Content::List(items) => {
                let arguments: Option<Vec<Value>> = items.iter().map(|item| data.value(item)).collect();
                arguments.map(Calls::Arguments)
            }
            _ => match whole_of(&member.value) {
                Some(count) => Some(Calls::Count(count.value)),
                None => {
                    let message = format!(
                        "`{}` must be how many calls there are, or the list of their arguments.",
                        inner.path(&member.key)
                    );
                    inner.refuse(member.value.span.start, message, "Write 2, or [{ id = 1 }, { id = 2 }].");
                    None
                }
            },
        };
        calls.extend(value.map(|value| (member.key.clone(), Located { value, offset: member.key_span.start })));
    }
    calls
}

fn retries(section: &mut Section<'_>) -> BTreeMap<String, Located<u64>> {
    let mut retries = BTreeMap::new();
    let Some(inner) = section.section("retries") else { return retries };
    for member in inner.members() {
        match whole_of(&member.value) {
            Some(count) => {
                let located = Located { value: count.value, offset: member.key_span.start };
                retries.insert(member.key.clone(), located);
            }
            None => inner.refuse(
                member.value.span.start,
                format!("`{}` must be how often the state is tried again.", inner.path(&member.key)),
                "Write a whole number.",
            ),
        }
    }
    retries
}

fn variables(section: &mut Section<'_>, data: &DataReader<'_>) -> Map<String, Value> {
    let Some(inner) = section.section("variables") else { return Map::new() };
    let read = inner.members().iter().filter_map(|it| Some((it.key.clone(), data.value(&it.value)?)));
    read.collect()
}
