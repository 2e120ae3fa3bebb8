//! The values of a service file, which may come from several files: each value knows its own.

use std::ops::Range;
use std::rc::Rc;

use serde_json::Value;

use crate::document;
use crate::source::{ModelError, Place, Source};

/// Where a value stands.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    pub(crate) source: Rc<Source>,
    pub(crate) span: Range<usize>,
}

/// A value with its place.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) at: Origin,
    pub(crate) content: Content,
}

/// What a value is.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// A text, a number, a boolean or null.
    Scalar(Value),
    /// A list.
    List(Vec<Node>),
    /// An object, in the order of the text.
    Table(Vec<Member>),
    /// Variables without a value, and why they have none. It is an error only if somebody needs the value.
    Failed(Vec<ModelError>),
}

/// A member of an object.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) key: String,
    pub(crate) at: Origin,
    pub(crate) value: Node,
}

impl Origin {
    /// An error here.
    pub(crate) fn error(&self, message: impl Into<String>) -> ModelError {
        self.source.error_in(self.span.clone(), message)
    }

    /// The line.
    pub(crate) fn place(&self) -> Place {
        self.source.place(self.span.start)
    }

    /// The place of a part of a text, as far as it is written here as it reads.
    pub(crate) fn of_part(&self, part: &str) -> Self {
        let written = self.source.text.get(self.span.clone()).unwrap_or_default();
        let span = match written.find(part) {
            Some(at) => self.span.start + at..self.span.start + at + part.len(),
            None => self.span.clone(),
        };
        Self { source: Rc::clone(&self.source), span }
    }
}

impl Node {
    /// The value of a document of `source`.
    pub(crate) fn of(source: &Rc<Source>, node: &document::Node) -> Self {
        let at = |span: &Range<usize>| Origin { source: Rc::clone(source), span: span.clone() };
        let content = match &node.content {
            document::Content::Scalar(value) => Content::Scalar(value.clone()),
            document::Content::List(items) => Content::List(items.iter().map(|item| Self::of(source, item)).collect()),
            document::Content::Table(members) => {
                let member = |member: &document::Member| Member {
                    key: member.key.clone(),
                    at: at(&member.key_span),
                    value: Self::of(source, &member.value),
                };
                // Of a repeated key, which is an error of its own, the last counts.
                Content::Table(members.iter().map(member).collect())
            }
        };
        Self { at: at(&node.span), content }
    }

    /// A scalar at a place.
    pub(crate) fn scalar(at: &Origin, value: impl Into<Value>) -> Self {
        Self { at: at.clone(), content: Content::Scalar(value.into()) }
    }

    /// The member of an object with this key.
    pub(crate) fn member(&self, key: &str) -> Option<&Member> {
        match &self.content {
            Content::Table(members) => members.iter().rev().find(|member| member.key == key),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar(value) => value.as_str(),
            _ => None,
        }
    }

    /// The text that it is, or that a number or boolean becomes; JavaScript writes `1.0` as `1`.
    pub(crate) fn written(&self) -> Option<String> {
        match &self.content {
            Content::Scalar(Value::String(text)) => Some(text.clone()),
            Content::Scalar(Value::Number(number)) => match number.as_f64() {
                Some(float) if number.is_f64() => Some(float.to_string()),
                _ => Some(number.to_string()),
            },
            Content::Scalar(Value::Bool(value)) => Some(value.to_string()),
            _ => None,
        }
    }

    /// Whether it is null, or an empty value of YAML.
    pub(crate) fn is_null(&self) -> bool {
        matches!(self.content, Content::Scalar(Value::Null))
    }

    /// Its kind, for errors.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.content {
            Content::Scalar(Value::String(_)) => "a text",
            Content::Scalar(Value::Number(_)) => "a number",
            Content::Scalar(Value::Bool(_)) => "true or false",
            Content::Scalar(_) => "empty",
            Content::List(_) => "a list",
            Content::Table(_) => "an object",
            Content::Failed(_) => "unknown",
        }
    }

    /// The value as a part of the file that it begins in. What came from another file stands where that was included.
    pub(crate) fn to_document(&self) -> document::Node {
        self.in_file(&self.at.source, &self.at.span)
    }

    fn in_file(&self, source: &Rc<Source>, included_at: &Range<usize>) -> document::Node {
        let is_here = |at: &Origin| Rc::ptr_eq(&at.source, source);
        let span = if is_here(&self.at) { self.at.span.clone() } else { included_at.clone() };
        let content = match &self.content {
            Content::Scalar(value) => document::Content::Scalar(value.clone()),
            Content::Failed(_) => document::Content::Scalar(Value::Null),
            Content::List(items) => {
                document::Content::List(items.iter().map(|item| item.in_file(source, &span)).collect())
            }
            Content::Table(members) => {
                let member = |member: &Member| {
                    let key_span = if is_here(&member.at) { member.at.span.clone() } else { span.clone() };
                    let value = member.value.in_file(source, &key_span);
                    document::Member { key: member.key.clone(), key_span, value }
                };
                document::Content::Table(members.iter().map(member).collect())
            }
        };
        document::Node { span, content }
    }
}
