//! Data in a test file: any value, in which fixtures and files are named.

use std::collections::BTreeMap;

use model::document::{Content, Document, Member, Node};
use model::source::{ModelError, Source};
use serde_json::{Map, Value};

use super::section::{Report, one_of, text_of};

/// The member that names a fixture of the same file, a file, or JSON text that TOML can't say (`null`).
const FIXTURE: &str = "$fixture";
const FILE: &str = "$file";
const JSON: &str = "$json";

/// All of them.
pub(super) const NAMING: [&str; 3] = [FIXTURE, FILE, JSON];

/// Reads a file by its path from the test file.
pub(super) type ReadFile<'a> = &'a dyn Fn(&str) -> Result<Source, String>;

/// Makes values of what a file writes.
pub(super) struct DataReader<'a> {
    pub(super) source: &'a Source,
    pub(super) report: &'a Report,
    read: ReadFile<'a>,
    fixtures: BTreeMap<String, Value>,
}

impl<'a> DataReader<'a> {
    pub(super) fn new(source: &'a Source, report: &'a Report, read: ReadFile<'a>) -> Self {
        Self { source, report, read, fixtures: BTreeMap::new() }
    }

    /// Takes up a fixture; those after it can use it.
    pub(super) fn add_fixture(&mut self, member: &Member) {
        if let Some(value) = self.value(&member.value) {
            self.fixtures.insert(member.key.clone(), value);
        }
    }

    /// The value, or nothing when something in it is wrong, which is then told.
    pub(super) fn value(&self, node: &Node) -> Option<Value> {
        match &node.content {
            Content::Scalar(value) => Some(value.clone()),
            Content::List(items) => items.iter().map(|item| self.value(item)).collect(),
            Content::Table(members) => match self.named(members) {
                Ok(Some(base)) => self.with_members(base, members, node),
                Ok(None) => self.with_members(Value::Object(Map::new()), members, node),
                Err(error) => {
                    self.report.add(error);
                    None
                }
            },
        }
    }

    /// The members of an object over those of what it names.
    fn with_members(&self, base: Value, members: &[Member], node: &Node) -> Option<Value> {
        let own: Vec<&Member> = members.iter().filter(|it| !NAMING.contains(&it.key.as_str())).collect();
        if own.is_empty() {
            return Some(base);
        }
        let Value::Object(mut object) = base else {
            let message = "What is named here is no object, so no member can be put over it.";
            self.report.add(self.source.error_at(node.span.start, message));
            return None;
        };
        let mut is_whole = true;
        for member in own {
            match self.value(&member.value) {
                Some(value) => drop(object.insert(member.key.clone(), value)),
                None => is_whole = false,
            }
        }
        is_whole.then_some(Value::Object(object))
    }

    fn named(&self, members: &[Member]) -> Result<Option<Value>, ModelError> {
        let Some(member) = members.iter().find(|it| NAMING.contains(&it.key.as_str())) else {
            return Ok(None);
        };
        let offset = member.value.span.start;
        let Some(text) = text_of(&member.value) else {
            return Err(self.source.error_at(offset, format!("`{}` must be a text.", member.key)));
        };
        let text = text.value;
        match member.key.as_str() {
            FIXTURE => self.fixture(&text, offset).map(Some),
            FILE => self.file(&text, offset).map(Some),
            _ => serde_json::from_str(&text)
                .map(Some)
                .map_err(|error| self.source.error_at(offset, format!("The text is not valid JSON: {error}."))),
        }
    }

    fn fixture(&self, name: &str, offset: usize) -> Result<Value, ModelError> {
        self.fixtures.get(name).cloned().ok_or_else(|| {
            let known: Vec<&str> = self.fixtures.keys().map(String::as_str).collect();
            let hint = if known.is_empty() {
                "Put it under `fixtures`, above what uses it.".to_owned()
            } else {
                one_of(name, &known)
            };
            self.source.error_at(offset, format!("There is no fixture `{name}`.")).with_hint(hint)
        })
    }

    fn file(&self, path: &str, offset: usize) -> Result<Value, ModelError> {
        let source = (self.read)(path).map_err(|why| {
            let message = format!("`{path}` can't be read: {why}.");
            self.source.error_at(offset, message).with_hint("Its path starts from the folder of this file.")
        })?;
        Document::parse_data(&source).map(|document| document.value()).map_err(|error| {
            source.error_at(error.offset, format!("The file is not valid: {}.", error.message)).with_hint(error.hint)
        })
    }
}
