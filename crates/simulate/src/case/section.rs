//! One object of a test file, read key by key: every key is known and of the right type, or told at its place.

use std::cell::RefCell;

use jiff::{SignedDuration, Timestamp};
use model::document::{Content, Member, Node};
use model::nearest;
use model::source::{ModelError, Source};
use serde_json::Value;

use super::parts::Located;
use crate::duration::{of_seconds, parse_duration};

/// What is wrong with a file, as far as it has been read.
#[derive(Default)]
pub(super) struct Report(RefCell<Vec<ModelError>>);

impl Report {
    pub(super) fn add(&self, error: ModelError) {
        self.0.borrow_mut().push(error);
    }

    /// Everything that is wrong, in the order of the file. Rows of a case have it in common, and are told once.
    pub(super) fn into_errors(self) -> Vec<ModelError> {
        let mut errors = self.0.into_inner();
        errors.sort_by_key(|error| error.position.map(|position| (position.line, position.column)));
        let mut told: Vec<ModelError> = Vec::new();
        for error in errors {
            if !told.contains(&error) {
                told.push(error);
            }
        }
        told
    }
}

/// An object that is being read. [`Section::finish`] refuses the keys that nobody asked for.
pub(super) struct Section<'n> {
    pub(super) source: &'n Source,
    pub(super) report: &'n Report,
    /// How errors name it, such as `cases.expect`.
    name: String,
    node: &'n Node,
    members: &'n [Member],
    known: Vec<&'static str>,
}

impl<'n> Section<'n> {
    /// Reads an object; what is none is an error.
    pub(super) fn of(source: &'n Source, report: &'n Report, name: String, node: &'n Node) -> Option<Self> {
        match &node.content {
            Content::Table(members) => Some(Self { source, report, name, node, members, known: Vec::new() }),
            _ => {
                let shown = if name.is_empty() { "The file".to_owned() } else { format!("`{name}`") };
                report.add(
                    source
                        .error_at(node.span.start, format!("{shown} must be a table; it is {}.", kind(&node.content))),
                );
                None
            }
        }
    }

    /// Where it begins.
    pub(super) fn offset(&self) -> usize {
        self.node.span.start
    }

    /// How errors name a key.
    pub(super) fn path(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }

    /// Every member, for an object whose keys the user chooses.
    pub(super) fn members(&self) -> &'n [Member] {
        self.members
    }

    /// Tells what is wrong at a place.
    pub(super) fn refuse(&self, offset: usize, message: impl Into<String>, hint: impl Into<String>) {
        self.report.add(self.source.error_at(offset, message).with_hint(hint));
    }

    /// The value of a key, if it is there.
    pub(super) fn take(&mut self, key: &'static str) -> Option<&'n Node> {
        self.known.push(key);
        self.members.iter().rev().find(|member| member.key == key).map(|member| &member.value)
    }

    /// Whether a key is there, without reading it.
    pub(super) fn has(&self, key: &str) -> bool {
        self.members.iter().any(|member| member.key == key)
    }

    fn mismatch(&self, key: &str, expected: &str, node: &Node) {
        let message = format!("`{}` must be {expected}; it is {}.", self.path(key), kind(&node.content));
        self.report.add(self.source.error_at(node.span.start, message));
    }

    /// A text.
    pub(super) fn text(&mut self, key: &'static str) -> Option<Located<String>> {
        let node = self.take(key)?;
        let text = text_of(node);
        if text.is_none() {
            self.mismatch(key, "a text", node);
        }
        text
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, key: &'static str) -> Option<Vec<Located<String>>> {
        let node = self.take(key)?;
        let Content::List(items) = &node.content else {
            self.mismatch(key, "a list of texts", node);
            return None;
        };
        let mut texts = Vec::new();
        for item in items {
            match text_of(item) {
                Some(text) => texts.push(text),
                None => self.mismatch(key, "a list of texts", item),
            }
        }
        Some(texts)
    }

    /// Yes or no.
    pub(super) fn flag(&mut self, key: &'static str) -> Option<Located<bool>> {
        let node = self.take(key)?;
        if let Content::Scalar(Value::Bool(value)) = node.content {
            return Some(Located { value, offset: node.span.start });
        }
        self.mismatch(key, "true or false", node);
        None
    }

    /// A whole number that is not negative.
    pub(super) fn whole(&mut self, key: &'static str) -> Option<Located<u64>> {
        let node = self.take(key)?;
        let whole = whole_of(node);
        if whole.is_none() {
            self.mismatch(key, "a whole number that is not negative", node);
        }
        whole
    }

    /// A duration: a text such as `3h`, or a number of seconds.
    pub(super) fn duration(&mut self, key: &'static str) -> Option<SignedDuration> {
        let node = self.take(key)?;
        let duration = match &node.content {
            Content::Scalar(Value::String(text)) => parse_duration(text),
            Content::Scalar(Value::Number(seconds)) => seconds.as_f64().and_then(of_seconds),
            _ => None,
        };
        if duration.is_none() {
            let message = format!("`{}` is no duration.", self.path(key));
            self.refuse(
                node.span.start,
                message,
                "Write it as \"90s\", \"3h\" or \"2d 12h\", or as a number of seconds.",
            );
        }
        duration
    }

    /// A moment in time with its zone.
    pub(super) fn moment(&mut self, key: &'static str) -> Option<Timestamp> {
        let text = self.text(key)?;
        let moment = text.value.parse().ok();
        if moment.is_none() {
            let message = format!("`{}` is no moment: `{}`.", self.path(key), text.value);
            self.refuse(text.offset, message, "Write it as \"2026-03-01T09:00:00Z\".");
        }
        moment
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(&mut self, key: &'static str, known: &[(&str, T)]) -> Option<T> {
        let written = self.text(key)?;
        let found = known.iter().find(|(word, _)| *word == written.value);
        if found.is_none() {
            let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
            let message = format!("`{}` can't be `{}`.", self.path(key), written.value);
            self.refuse(written.offset, message, one_of(&written.value, &words));
        }
        found.map(|(_, value)| *value)
    }

    /// An object.
    pub(super) fn section(&mut self, key: &'static str) -> Option<Section<'n>> {
        let node = self.take(key)?;
        Self::of(self.source, self.report, self.path(key), node)
    }

    /// A list of values.
    pub(super) fn list(&mut self, key: &'static str) -> Option<&'n [Node]> {
        let node = self.take(key)?;
        match &node.content {
            Content::List(items) => Some(items),
            _ => {
                self.mismatch(key, "a list of tables", node);
                None
            }
        }
    }

    /// Refuses every key that nobody asked for, naming the nearest that exists here.
    pub(super) fn finish(self) {
        let place = if self.name.is_empty() { "at the top level".to_owned() } else { format!("in `{}`", self.name) };
        let known = self.known.join(", ");
        for member in self.members.iter().filter(|member| !self.known.contains(&member.key.as_str())) {
            let hint = match nearest(&member.key, &self.known) {
                Some(near) => format!("Did you mean `{near}`? Known here are {known}."),
                None => format!("Known here are {known}."),
            };
            self.refuse(member.key_span.start, format!("There is no key `{}` {place}.", member.key), hint);
        }
    }
}

/// The advice for a word that is none of those that are known.
pub(super) fn one_of(written: &str, known: &[&str]) -> String {
    match nearest(written, known) {
        Some(near) => format!("Did you mean `{near}`? Possible are {}.", known.join(", ")),
        None => format!("Possible are {}.", known.join(", ")),
    }
}

/// A text, if it is one.
pub(super) fn text_of(node: &Node) -> Option<Located<String>> {
    match &node.content {
        Content::Scalar(Value::String(text)) => Some(Located { value: text.clone(), offset: node.span.start }),
        _ => None,
    }
}

/// A whole number, if it is one.
pub(super) fn whole_of(node: &Node) -> Option<Located<u64>> {
    match &node.content {
        Content::Scalar(value) => value.as_u64().map(|value| Located { value, offset: node.span.start }),
        _ => None,
    }
}

/// What a value is, for errors.
pub(super) fn kind(content: &Content) -> &'static str {
    match content {
        Content::Scalar(Value::String(_)) => "a text",
        Content::Scalar(Value::Number(_)) => "a number",
        Content::Scalar(Value::Bool(_)) => "true or false",
        Content::Scalar(_) => "empty",
        Content::List(_) => "a list",
        Content::Table(_) => "a table",
    }
}
