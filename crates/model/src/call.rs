//! What a definition calls, and where it says so: its tasks, what its Maps read and write, and their child executions.

use std::ops::Range;

use serde_json::{Value, json};

use super::document::{Content, Document, Node};
use super::pseudo::Template;
use super::source::{Place, Source};
use super::stack::Stack;

/// Something that an execution does beyond its own state machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The state that does it.
    pub state: String,
    /// The line that says so.
    pub at: Place,
    /// The bytes of the source that say so: the value of `Resource`, or a Map's `ItemProcessor` key.
    pub span: Range<usize>,
    /// Which part of the state says so.
    pub kind: CallKind,
    /// The [`CallFields`] as JSON.
    fields: Template,
}

/// The part of a state that calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallKind {
    /// A Task.
    Task,
    /// A Map's `ItemReader`.
    Reader,
    /// A Map's `ResultWriter`.
    Writer,
    /// A Map in distributed mode, which starts its state machine's own child executions.
    Children,
}

/// The fields of a state that a call consists of, with every pseudo-parameter replaced.
#[derive(Debug, Clone, PartialEq)]
pub struct CallFields {
    /// The `Resource`.
    pub resource: String,
    /// `Parameters` or `Arguments`; null when there are none.
    pub arguments: Value,
    /// A task's `Credentials`; null when it has none.
    pub credentials: Value,
    /// A reader's `ReaderConfig`; null when it has none.
    pub reader: Value,
}

/// A member of a call's arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Argument<'a> {
    /// It is written down.
    Literal(&'a str),
    /// Only an execution knows it: a path, an expression, or no text.
    Computed,
    /// It does not exist.
    Missing,
}

impl Call {
    /// The fields of the call for one stack. Values of pseudo-parameters hold no quotes, so the JSON stays JSON.
    pub fn resolve(&self, stack: &Stack) -> CallFields {
        let mut fields: Value = serde_json::from_str(&self.fields.resolve(stack)).unwrap_or_default();
        CallFields {
            resource: fields["resource"].as_str().unwrap_or_default().to_owned(),
            arguments: fields["arguments"].take(),
            credentials: fields["credentials"].take(),
            reader: fields["reader"].take(),
        }
    }
}

/// A member of an object of arguments, in either query language.
pub fn argument<'a>(arguments: &'a Value, name: &str) -> Argument<'a> {
    match arguments {
        Value::Null => Argument::Missing,
        Value::Object(members) => match members.get(name) {
            Some(Value::String(text)) if !is_expression(text) => Argument::Literal(text),
            Some(_) => Argument::Computed,
            None if members.contains_key(&format!("{name}.$")) => Argument::Computed,
            None => Argument::Missing,
        },
        _ => Argument::Computed,
    }
}

fn is_expression(text: &str) -> bool {
    text.starts_with("{%") && text.ends_with("%}")
}

/// Every call of a definition, state by state in the order of the text.
pub(super) fn of(source: &Source, document: &Document) -> Vec<Call> {
    let mut found = CallFinder { source, calls: Vec::new() };
    found.flow(&document.root);
    found.calls
}

struct CallFinder<'a> {
    source: &'a Source,
    calls: Vec<Call>,
}

impl CallFinder<'_> {
    fn flow(&mut self, flow: &Node) {
        if let Some(Content::Table(states)) = flow.member("States").map(|states| &states.value.content) {
            states.iter().for_each(|state| self.state(&state.key, &state.value));
        }
    }

    fn state(&mut self, name: &str, state: &Node) {
        match text(state, "Type") {
            Some("Task") => self.calls_by(CallKind::Task, name, state),
            Some("Map") => {
                if let Some(reader) = state.member("ItemReader") {
                    self.calls_by(CallKind::Reader, name, &reader.value);
                }
                self.items(name, state);
                if let Some(writer) = state.member("ResultWriter") {
                    self.calls_by(CallKind::Writer, name, &writer.value);
                }
            }
            Some("Parallel") => {
                if let Some(Content::List(branches)) = state.member("Branches").map(|branches| &branches.value.content)
                {
                    branches.iter().for_each(|branch| self.flow(branch));
                }
            }
            _ => {}
        }
    }

    fn items(&mut self, name: &str, map: &Node) {
        let Some(processor) = map.member("ItemProcessor").or_else(|| map.member("Iterator")) else { return };
        let mode = processor.value.member("ProcessorConfig").and_then(|config| text(&config.value, "Mode"));
        if mode == Some("DISTRIBUTED") {
            self.add(CallKind::Children, name, processor.key_span.start, processor.key_span.clone(), &json!({}));
        }
        self.flow(&processor.value);
    }

    /// A part of a state that names a `Resource`.
    fn calls_by(&mut self, kind: CallKind, name: &str, node: &Node) {
        let Some(resource) = node.member("Resource") else { return };
        let value = |key: &str| node.member(key).map(|member| member.value.value());
        let fields = json!({
            "resource": resource.value.value(),
            "arguments": value("Parameters").or_else(|| value("Arguments")),
            "credentials": value("Credentials"),
            "reader": value("ReaderConfig"),
        });
        self.add(kind, name, resource.key_span.start, resource.value.span.clone(), &fields);
    }

    fn add(&mut self, kind: CallKind, state: &str, offset: usize, span: Range<usize>, fields: &Value) {
        let fields = Template::unchecked(&fields.to_string());
        self.calls.push(Call { state: state.to_owned(), at: self.source.place(offset), span, kind, fields });
    }
}

fn text<'a>(node: &'a Node, key: &str) -> Option<&'a str> {
    match &node.member(key)?.value.content {
        Content::Scalar(value) => value.as_str(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOW: &str = "
StartAt: Both
States:
  Both:
    Type: Parallel
    End: true
    Branches:
      - StartAt: Send
        States:
          Send:
            Type: Task
            Resource: arn:aws:states:::lambda:invoke
            Arguments: { FunctionName: f, Payload: '{% $states.input %}' }
            End: true
  All:
    Type: Map
    ItemReader:
      Resource: arn:aws:states:::s3:getObject
      ReaderConfig: { InputType: CSV }
    ItemProcessor:
      ProcessorConfig: { Mode: DISTRIBUTED }
      StartAt: One
      States:
        One: { Type: Task, Resource: arn:aws:states:::sns:publish, Parameters: { TopicArn.$: $.topic } }
        Not: { Type: Pass, Resource: no }
    ResultWriter:
      Resource: arn:aws:states:::s3:putObject
";

    #[test]
    fn calls_are_found_at_every_depth_with_their_lines() {
        let source = Source::new("flow.asl.yml", FLOW);
        let calls = of(&source, &Document::parse(&source).unwrap());
        let shown: Vec<String> =
            calls.iter().map(|call| format!("{} {} {:?}", call.at, call.state, call.kind)).collect();
        insta::assert_snapshot!(shown.join("\n"), @r"
        flow.asl.yml:12 Send Task
        flow.asl.yml:18 All Reader
        flow.asl.yml:20 All Children
        flow.asl.yml:24 One Task
        flow.asl.yml:27 All Writer
        ");
    }

    #[test]
    fn arguments_are_written_down_or_computed() {
        let given = json!({"Name": "f", "Path.$": "$.x", "Expression": "{% $x %}", "Object": {}});
        assert_eq!(argument(&given, "Name"), Argument::Literal("f"));
        for computed in ["Path", "Expression", "Object"] {
            assert_eq!(argument(&given, computed), Argument::Computed, "{computed}");
        }
        assert_eq!(argument(&given, "Other"), Argument::Missing);
        assert_eq!(argument(&json!("{% $all %}"), "Name"), Argument::Computed);
        assert_eq!(argument(&Value::Null, "Name"), Argument::Missing);
    }
}
