//! A text as a tree whose keys and values know where they stand: a definition in JSON or YAML, data in TOML as well.

mod json;
mod scalar;
mod toml;
mod yaml;

use std::ops::Range;

use serde_json::{Map, Value};

use super::source::{ModelError, Source};

/// How deep values may lie in each other. JSON readers stop at the same depth.
const MAX_DEPTH: usize = 127;

/// A text that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The outermost value.
    pub root: Node,
    /// Keys that an object already had.
    pub repeated: Vec<Repeated>,
    /// How it is written.
    pub format: Format,
}

/// The ways to write a definition, and TOML for other data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON.
    Json,
    /// YAML 1.2, or a part of a file.
    Yaml,
    /// TOML 1.1; no definition is written in it.
    Toml,
}

/// A value with its place. What an alias of YAML stands for lies where the alias is.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its bytes in the text.
    pub span: Range<usize>,
    /// The value.
    pub content: Content,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// A text, a number, a boolean or null.
    Scalar(Value),
    /// A list.
    List(Vec<Node>),
    /// An object, in the order of the text. Of a repeated key the last counts.
    Table(Vec<Member>),
}

/// A member of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Its key.
    pub key: String,
    /// The bytes of the key in the text.
    pub key_span: Range<usize>,
    /// Its value.
    pub value: Node,
}

/// A key that its object has more than once.
#[derive(Debug, Clone, PartialEq)]
pub struct Repeated {
    /// The key.
    pub key: String,
    /// The bytes of the repetition in the text.
    pub span: Range<usize>,
    /// The key of the object that it is in; none for the outermost.
    pub within: Option<String>,
}

/// Why a text is no JSON or YAML, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// The byte of the text at which reading stopped.
    pub offset: usize,
    /// What was expected, as the rest of a sentence.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl Format {
    /// The format that a file's name stands for: YAML for `.yml` and `.yaml`, else JSON.
    pub fn of(file: &str) -> Self {
        let extension = file.rsplit('.').next().unwrap_or_default();
        if extension.eq_ignore_ascii_case("yml") || extension.eq_ignore_ascii_case("yaml") {
            Self::Yaml
        } else {
            Self::Json
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Yaml => "YAML",
            Self::Toml => "TOML",
        }
    }
}

impl Document {
    /// Reads a source as its name says.
    ///
    /// # Errors
    /// Text that is no JSON or YAML, or says something that JSON can't.
    pub fn parse(source: &Source) -> Result<Self, SyntaxError> {
        match Format::of(&source.file) {
            Format::Yaml => yaml::read(&source.text, yaml::Tags::Core),
            Format::Json | Format::Toml => json::read(&source.text),
        }
    }

    /// Reads data that is no definition: TOML where the name ends in `.toml`, else as [`parse`](Self::parse).
    ///
    /// # Errors
    /// Text that is none of these, or says something that JSON can't.
    pub fn parse_data(source: &Source) -> Result<Self, SyntaxError> {
        if source.file.to_ascii_lowercase().ends_with(".toml") { toml::read(&source.text) } else { Self::parse(source) }
    }

    /// Reads a template: in YAML, `!Ref a` and its like are the objects that they are short for.
    ///
    /// # Errors
    /// Text that is no JSON or YAML, or says something that JSON can't.
    pub fn parse_template(source: &Source) -> Result<Self, SyntaxError> {
        match Format::of(&source.file) {
            Format::Yaml => yaml::read(&source.text, yaml::Tags::CloudFormation),
            Format::Json | Format::Toml => json::read(&source.text),
        }
    }

    /// The text without its positions.
    pub fn value(&self) -> Value {
        self.root.value()
    }
}

impl Node {
    /// The value without its positions.
    pub fn value(&self) -> Value {
        match &self.content {
            Content::Scalar(value) => value.clone(),
            Content::List(items) => items.iter().map(Self::value).collect(),
            Content::Table(members) => {
                let members = members.iter().map(|member| (member.key.clone(), member.value.value()));
                Value::Object(members.collect::<Map<_, _>>())
            }
        }
    }

    /// The member of an object that counts.
    pub fn member(&self, key: &str) -> Option<&Member> {
        match &self.content {
            Content::Table(members) => members.iter().rev().find(|member| member.key == key),
            _ => None,
        }
    }
}

impl SyntaxError {
    /// The error of the whole definition.
    pub fn in_source(&self, source: &Source) -> ModelError {
        let format = Format::of(&source.file).name();
        let message = format!("The definition is not valid {format}: {}.", self.message);
        source.error_at(self.offset, message).with_hint(self.hint.as_str())
    }
}

/// The keys of a table that come again.
fn repeated(members: &[Member], within: Option<&str>) -> Vec<Repeated> {
    let mut seen = std::collections::BTreeSet::new();
    let again = members.iter().filter(|member| !seen.insert(member.key.as_str()));
    let repeated = again.map(|member| Repeated {
        key: member.key.clone(),
        span: member.key_span.clone(),
        within: within.map(str::to_owned),
    });
    repeated.collect()
}
