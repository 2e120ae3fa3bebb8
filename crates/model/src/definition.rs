//! A state machine's definition: Amazon States Language with pseudo-parameters, and what can be read off it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::Value;

use super::call::{self, Call};
use super::document::{Document, Format};
use super::names::Arn;
use super::pseudo::{self, Template, UnknownParameter};
use super::source::{ModelError, Source};
use super::stack::Stack;

/// A definition as JSON, its pseudo-parameters all known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The file's name as shown.
    pub file: String,
    /// What it calls, state by state.
    pub calls: Vec<Call>,
    template: Template,
}

/// A definition with every pseudo-parameter replaced, as it is deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedDefinition {
    /// The JSON text.
    pub json: String,
}

impl Definition {
    /// Reads a definition: JSON is kept as it is written, YAML becomes JSON.
    ///
    /// # Errors
    /// Text that is no JSON or YAML, or an unknown pseudo-parameter, with file, line and column.
    pub fn parse(source: &Source) -> Result<Self, ModelError> {
        let document = Document::parse(source).map_err(|error| error.in_source(source))?;
        Self::of_document(source, &document)
    }

    /// The definition that a document of `source`, or a part of it, is.
    ///
    /// # Errors
    /// An unknown pseudo-parameter, with file, line and column.
    pub fn of_document(source: &Source, document: &Document) -> Result<Self, ModelError> {
        match Self::of(source, document) {
            (_, mut unknown) if !unknown.is_empty() => Err(unknown.swap_remove(0).in_source(source)),
            (definition, _) => Ok(definition),
        }
    }

    /// The definition that a document of `source`, or a part of it, is, with those of its pseudo-parameters that nothing has a value for.
    pub fn of(source: &Source, document: &Document) -> (Self, Vec<UnknownParameter>) {
        let json = match document.format {
            Format::Json => Cow::Borrowed(source.text.as_str()),
            Format::Yaml | Format::Toml => Cow::Owned(format!("{:#}", document.value())),
        };
        let definition =
            Self { file: source.file.clone(), calls: call::of(source, document), template: Template::unchecked(&json) };
        let mut unknown = Vec::new();
        pseudo::unknown_in(source, &document.root, &mut unknown);
        (definition, unknown)
    }

    /// The definition for one stack.
    pub fn resolve(&self, stack: &Stack) -> ResolvedDefinition {
        ResolvedDefinition { json: self.template.resolve(stack) }
    }
}

impl ResolvedDefinition {
    /// The functions that the definition names by ARN, wherever it does: the state machine must be allowed to invoke
    /// these and no others.
    pub fn functions(&self) -> BTreeSet<Arn> {
        let mut found = BTreeSet::new();
        if let Ok(value) = serde_json::from_str(&self.json) {
            collect_functions(&value, &mut found);
        }
        found
    }
}

/// The places in a definition's text where a function is named without a version: by its ARN anywhere, by its name as a
/// `FunctionName`. Each is where a version would be put in.
fn unversioned(json: &str, arn: &str, name: &str) -> Vec<usize> {
    let ends = |text: &str| {
        let quoted = format!("\"{text}\"");
        json.match_indices(&quoted).map(|(at, _)| (at, at + quoted.len() - 1)).collect::<Vec<_>>()
    };
    let is_function_name = |at: usize| {
        let before = json[..at].trim_end().strip_suffix(':').map(str::trim_end);
        before.is_some_and(|before| before.ends_with("\"FunctionName\""))
    };
    let by_name = ends(name).into_iter().filter(|(at, _)| is_function_name(*at));
    ends(arn).into_iter().chain(by_name).map(|(_, end)| end).collect()
}

/// Whether a definition names a function without a version, by its ARN or name.
pub fn names_function(json: &str, arn: &Arn, name: &str) -> bool {
    !unversioned(json, arn.as_str(), name).is_empty()
}

/// A definition in which some functions, each with its ARN, name and version, are named with their versions. The text is
/// left as it is otherwise, so that people find their own lines again in the console.
pub fn pin_versions<'a>(json: &str, functions: impl IntoIterator<Item = (&'a Arn, &'a str, u64)>) -> String {
    let mut versions: Vec<(usize, u64)> = functions
        .into_iter()
        .flat_map(|(arn, name, version)| unversioned(json, arn.as_str(), name).into_iter().map(move |at| (at, version)))
        .collect();
    versions.sort_unstable();
    let mut pinned = String::with_capacity(json.len());
    let mut copied = 0;
    for (at, version) in versions {
        pinned.push_str(&json[copied..at]);
        pinned.push_str(&format!(":{version}"));
        copied = at;
    }
    pinned.push_str(&json[copied..]);
    pinned
}

fn collect_functions(value: &Value, found: &mut BTreeSet<Arn>) {
    match value {
        Value::String(text) if is_function_arn(text) => {
            found.insert(Arn::new(text.as_str()));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_functions(item, found)),
        Value::Object(members) => members.values().for_each(|member| collect_functions(member, found)),
        _ => {}
    }
}

fn is_function_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    matches!(parts[..], ["arn", _, "lambda", _, _, "function", _] | ["arn", _, "lambda", _, _, "function", _, _])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::{AccountId, Region, ServiceName, StageName};
    use crate::role_path::RolePath;

    #[test]
    fn broken_json_is_refused_with_its_place() {
        let error =
            Definition::parse(&Source::new("m.asl.json", "{\n  \"StartAt\": \"A\"\n  \"x\": 1\n}")).unwrap_err();
        insta::assert_snapshot!(error, @"m.asl.json:3:3: The definition is not valid JSON: expected `,` or `}`.");
    }

    #[test]
    fn yaml_becomes_json() {
        let text = "StartAt: A\nStates:\n  A:\n    Type: Pass\n    Comment: in ${AWS::Region}\n    End: true\n";
        let definition = Definition::parse(&Source::new("m.asl.yml", text)).unwrap();
        let stack = Stack {
            service: ServiceName::parse("shop").unwrap(),
            stage: StageName::parse("dev").unwrap(),
            region: Region::parse("eu-west-1").unwrap(),
            account: AccountId::parse("123456789012").unwrap(),
            role_path: RolePath::default(),
            names: crate::stack::DeployedNames::default(),
        };
        let json: Value = serde_json::from_str(&definition.resolve(&stack).json).unwrap();
        let state = serde_json::json!({"Type": "Pass", "Comment": "in eu-west-1", "End": true});
        assert_eq!(json, serde_json::json!({"StartAt": "A", "States": {"A": state}}));
    }

    #[test]
    fn functions_are_named_with_their_versions() {
        let one = Arn::new("arn:aws:lambda:r:1:function:one");
        let two = Arn::new("arn:aws:lambda:r:1:function:one-two");
        let json = r#"{"a": "arn:aws:lambda:r:1:function:one", "FunctionName" : "one-two", "Other": "one-two",
            "b": ["arn:aws:lambda:r:1:function:one-two", "arn:aws:lambda:r:1:function:one:live"]}"#;
        assert!(names_function(json, &one, "one") && names_function(json, &two, "one-two"));
        assert!(!names_function(json, &Arn::new("arn:aws:lambda:r:1:function:on"), "on"));
        insta::assert_snapshot!(pin_versions(json, [(&one, "one", 7), (&two, "one-two", 12)]), @r#"
        {"a": "arn:aws:lambda:r:1:function:one:7", "FunctionName" : "one-two:12", "Other": "one-two",
                    "b": ["arn:aws:lambda:r:1:function:one-two:12", "arn:aws:lambda:r:1:function:one:live"]}
        "#);
        assert_eq!(pin_versions(json, []), json);
    }

    #[test]
    fn functions_are_found_wherever_they_are_named() {
        let resolved = ResolvedDefinition {
            json: r#"{"States":{"A":{"Resource":"arn:aws:lambda:us-east-1:1:function:a"},
                "B":{"Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"arn:aws:lambda:us-east-1:1:function:b:live"}}}}"#
                .to_owned(),
        };
        let found: Vec<String> = resolved.functions().iter().map(ToString::to_string).collect();
        assert_eq!(found, ["arn:aws:lambda:us-east-1:1:function:a", "arn:aws:lambda:us-east-1:1:function:b:live"]);
    }
}
