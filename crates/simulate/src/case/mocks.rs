//! Reads mocks.

use std::collections::BTreeMap;

use asl::FieldValidation;
use jiff::SignedDuration;
use model::document::{Content, Node};

use super::data::DataReader;
use super::parts::{Answer, ExecutionEnd, Mock, StateMocks};
use super::section::{Section, text_of};

/// The keys of which a mock has exactly one.
const ANSWERS: [&str; 7] = ["return", "payload", "throw", "execution", "never", "function", "cloud"];

/// How a result is held against the API's model, in the words of TestState.
pub(super) const VALIDATIONS: [(&str, FieldValidation); 3] =
    [("STRICT", FieldValidation::Strict), ("PRESENT", FieldValidation::Present), ("NONE", FieldValidation::None)];

/// Reads the mocks of every state.
pub(super) fn mocks(section: &Section<'_>, data: &DataReader<'_>, is_shared: bool) -> BTreeMap<String, StateMocks> {
    let mut mocks = BTreeMap::new();
    for member in section.members() {
        let path = section.path(&member.key);
        let answers = match &member.value.content {
            Content::List(items) => {
                let read = items.iter().filter_map(|item| mock(item, path.clone(), Place::InList, data));
                read.collect()
            }
            _ => mock(&member.value, path, Place::Alone, data).into_iter().collect(),
        };
        mocks.insert(member.key.clone(), StateMocks { offset: member.key_span.start, is_shared, answers });
    }
    mocks
}

/// Where a mock stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// It is the only one of its state, and answers any number of calls.
    Alone,
    /// In a list: it answers one call, unless it says more.
    InList,
}

fn mock(node: &Node, path: String, place: Place, data: &DataReader<'_>) -> Option<Mock> {
    let mut section = Section::of(data.source, data.report, path, node)?;
    let given: Vec<&str> = ANSWERS.into_iter().filter(|key| section.has(key)).collect();
    let answer = answer(&mut section, data);
    let after = section.duration("after").unwrap_or(SignedDuration::ZERO);
    let submitted = section.take("submitted").and_then(|node| data.value(node));
    let heartbeat = section.duration("heartbeat");
    let times = section.whole("times").map(|times| times.value);
    let index = section.whole("index").map(|index| index.value);
    let attempt = section.whole("attempt").map(|attempt| attempt.value);
    let validation = section.word("validate", &VALIDATIONS).unwrap_or(FieldValidation::Strict);
    if heartbeat.is_some_and(|heartbeat| heartbeat.is_zero()) {
        section.refuse(node.span.start, "A heartbeat can't come every 0 seconds.", "Give the time between two.");
    }
    if given.len() != 1 {
        let message = if given.is_empty() {
            "The mock says nothing that the task gives.".to_owned()
        } else {
            format!("The mock has {}, of which it can have one.", given.join(" and "))
        };
        section.refuse(node.span.start, message, format!("It has one of {}.", ANSWERS.join(", ")));
    }
    section.finish();
    let is_bound = index.is_some() || attempt.is_some();
    let once = (place == Place::InList && !is_bound).then_some(1);
    let line = data.source.position(node.span.start).line;
    Some(Mock { line, index, attempt, times: times.or(once), after, submitted, heartbeat, validation, answer: answer? })
}

fn answer(section: &mut Section<'_>, data: &DataReader<'_>) -> Option<Answer> {
    let returned = section.take("return").and_then(|node| data.value(node));
    let payload = section.take("payload").and_then(|node| data.value(node));
    let thrown = throw(section);
    let execution = section.section("execution").and_then(|inner| execution(inner, data));
    let never = section.flag("never").filter(|never| never.value);
    let function = section.text("function");
    let cloud = section.flag("cloud").filter(|cloud| cloud.value);
    let answers = [
        returned.map(Answer::Return),
        payload.map(Answer::Payload),
        thrown,
        execution.map(Answer::Execution),
        never.map(|_| Answer::Never),
        function.map(|function| Answer::Function(function.value)),
        cloud.map(|_| Answer::Cloud),
    ];
    answers.into_iter().flatten().next()
}

/// An error's name, or a table with name and cause.
fn throw(section: &mut Section<'_>) -> Option<Answer> {
    let node = section.take("throw")?;
    if let Some(error) = text_of(node) {
        return Some(Answer::Throw { error: Some(error.value), cause: None });
    }
    let mut inner = Section::of(section.source, section.report, section.path("throw"), node)?;
    let error = inner.text("error").map(|text| text.value);
    let cause = inner.text("cause").map(|text| text.value);
    inner.finish();
    Some(Answer::Throw { error, cause })
}

fn execution(mut section: Section<'_>, data: &DataReader<'_>) -> Option<ExecutionEnd> {
    let output = section.take("output").and_then(|node| data.value(node));
    let error = section.text("error").map(|text| text.value);
    let cause = section.text("cause").map(|text| text.value);
    let offset = section.offset();
    match (output, error.is_some() || cause.is_some()) {
        (Some(output), false) => {
            section.finish();
            Some(ExecutionEnd::Succeeded(output))
        }
        (None, true) => {
            section.finish();
            Some(ExecutionEnd::Failed { error, cause })
        }
        _ => {
            section.refuse(
                offset,
                "An execution ends with an output, or with an error.",
                "Give `output`, or `error` and `cause`.",
            );
            section.finish();
            None
        }
    }
}
