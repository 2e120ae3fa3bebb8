//! A state machine's definition: Amazon States Language with pseudo-parameters, and what can be read off it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::names::Arn;
use super::pseudo::Template;
use super::source::{ModelError, Source};
use super::stack::Stack;

/// A definition as written: JSON, its pseudo-parameters all known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Definition {
    template: Template,
}

/// A definition with every pseudo-parameter replaced, as it is deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ResolvedDefinition {
    /// The JSON text.
    pub(crate) json: String,
}

impl Definition {
    /// Reads a definition.
    ///
    /// # Errors
    /// Text that is no JSON, or an unknown pseudo-parameter, with file, line and column.
    pub(crate) fn parse(source: &Source) -> Result<Self, ModelError> {
        if let Err(error) = serde_json::from_str::<Value>(&source.text) {
            let offset = offset_of(&source.text, error.line(), error.column());
            let reason = error.to_string();
            let reason = reason.split(" at line ").next().unwrap_or_default();
            return Err(source.error_at(offset, format!("The definition is not valid JSON: {reason}.")).with_hint(
                "Look at the character before this place: a missing comma, quote or brace is the usual cause.",
            ));
        }
        let template = Template::parse(source, 0..source.text.len(), &source.text)?;
        Ok(Self { template })
    }

    /// The definition for one stack.
    pub(crate) fn resolve(&self, stack: &Stack) -> ResolvedDefinition {
        ResolvedDefinition { json: self.template.resolve(stack) }
    }
}

impl ResolvedDefinition {
    /// The functions that the definition names by ARN, wherever it does: the state machine must be allowed to invoke
    /// these and no others.
    pub(crate) fn functions(&self) -> BTreeSet<Arn> {
        let mut found = BTreeSet::new();
        if let Ok(value) = serde_json::from_str(&self.json) {
            collect_functions(&value, &mut found);
        }
        found
    }
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

/// The byte offset of a one-based line and column as serde_json counts them.
fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let line_start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    line_start + column.saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_json_is_refused_with_its_place() {
        let error =
            Definition::parse(&Source::new("m.asl.json", "{\n  \"StartAt\": \"A\"\n  \"x\": 1\n}")).unwrap_err();
        insta::assert_snapshot!(error, @"m.asl.json:3:3: The definition is not valid JSON: expected `,` or `}`.");
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
