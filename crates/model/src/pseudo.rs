//! Pseudo-parameters: `#{AWS::Region}` and its kin, in both spellings that learners meet.

use std::ops::Range;

use serde_json::Value;

use super::document::{Content, Node};
use super::source::{ModelError, Source};
use super::stack::Stack;

const KNOWN: [&str; 5] = ["AWS::AccountId", "AWS::Partition", "AWS::Region", "AWS::StackName", "AWS::URLSuffix"];

/// One use of a pseudo-parameter in a text: where it stands and what it names.
struct ParameterUse<'a> {
    start: usize,
    end: usize,
    name: &'a str,
}

/// A pseudo-parameter that nothing has a value for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownParameter {
    /// Its bytes in the source.
    pub span: Range<usize>,
    /// What is wrong, in a full sentence.
    pub message: String,
    /// What to try.
    pub hint: String,
}

/// A text whose pseudo-parameters are all known; their values come with a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(String);

impl Template {
    /// Takes `value`, which stands in `source` between the bytes of `span`.
    ///
    /// # Errors
    /// An unknown pseudo-parameter, with its file, line and column.
    pub fn parse(source: &Source, span: Range<usize>, value: &str) -> Result<Self, ModelError> {
        match unknown(source, span).into_iter().next() {
            Some(unknown) => Err(unknown.in_source(source)),
            None => Ok(Self::unchecked(value)),
        }
    }

    /// Takes a text that [`unknown`] was asked about.
    pub(super) fn unchecked(value: &str) -> Self {
        Self(value.to_owned())
    }

    /// The text with every pseudo-parameter replaced by the stack's value, and names as they are deployed.
    pub fn resolve(&self, stack: &Stack) -> String {
        let mut resolved = String::with_capacity(self.0.len());
        let mut copied = 0;
        for found in uses(&self.0) {
            resolved.push_str(&self.0[copied..found.start]);
            resolved.push_str(&value(found.name, stack).unwrap_or_else(|| self.0[found.start..found.end].to_owned()));
            copied = found.end;
        }
        resolved.push_str(&self.0[copied..]);
        stack.with_deployed_names(resolved)
    }
}

impl UnknownParameter {
    /// The error of the file that it is in.
    pub(super) fn in_source(self, source: &Source) -> ModelError {
        source.error_at(self.span.start, self.message).with_hint(self.hint)
    }
}

/// The unknown pseudo-parameters in the texts of a document, wherever they stand in it.
pub(super) fn unknown_in(source: &Source, node: &Node, found: &mut Vec<UnknownParameter>) {
    match &node.content {
        Content::Scalar(Value::String(text)) => found.extend(unknown_of(source, node.span.clone(), text)),
        Content::Scalar(_) => {}
        Content::List(items) => items.iter().for_each(|item| unknown_in(source, item, found)),
        Content::Table(members) => {
            for member in members {
                found.extend(unknown_of(source, member.key_span.clone(), &member.key));
                unknown_in(source, &member.value, found);
            }
        }
    }
}

/// The unknown pseudo-parameters of a text that stands in a part of a source, perhaps written differently there.
pub(super) fn unknown_of(source: &Source, span: Range<usize>, text: &str) -> Vec<UnknownParameter> {
    let written = source.text.get(span.clone()).unwrap_or_default();
    let place = |mut unknown: UnknownParameter| {
        let at = written.find(&text[unknown.span.clone()]);
        unknown.span = at.map_or(span.clone(), |at| span.start + at..span.start + at + unknown.span.len());
        unknown
    };
    unknown_at(text, 0).into_iter().map(place).collect()
}

/// The unknown pseudo-parameters in a part of a source.
pub(super) fn unknown(source: &Source, span: Range<usize>) -> Vec<UnknownParameter> {
    let part = source.text.get(span.clone()).unwrap_or_default();
    unknown_at(part, span.start)
}

fn unknown_at(part: &str, start: usize) -> Vec<UnknownParameter> {
    let unknown = uses(part).into_iter().filter(|found| !KNOWN.contains(&found.name));
    let found = unknown.map(|found| {
        let written = &part[found.start..found.end];
        let hint = match super::names::nearest(found.name, &KNOWN) {
            Some(near) => format!("Did you mean `{near}`? Known are {}.", KNOWN.join(", ")),
            None => format!("Known are {}.", KNOWN.join(", ")),
        };
        let message = format!("`{written}` is no pseudo-parameter that a deployment has a value for.");
        UnknownParameter { span: start + found.start..start + found.end, message, hint }
    });
    found.collect()
}

/// Every `#{AWS…}` and `${AWS…}` in a text, in order. The case of `AWS` does not matter here, so that a misspelt one is
/// found and refused instead of being deployed as it stands.
fn uses(text: &str) -> Vec<ParameterUse<'_>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(brace) = text[from..].find('{').map(|at| from + at) {
        from = brace + 1;
        let opened = text[..brace].ends_with(['#', '$']);
        let inside = &text[brace + 1..];
        let Some(close) = inside.find('}').filter(|_| opened) else {
            continue;
        };
        let name = &inside[..close];
        if name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")) {
            found.push(ParameterUse { start: brace - 1, end: brace + close + 2, name });
            from = brace + close + 2;
        }
    }
    found
}

fn value(name: &str, stack: &Stack) -> Option<String> {
    Some(match name {
        "AWS::AccountId" => stack.account.to_string(),
        "AWS::Partition" => stack.region.partition().to_owned(),
        "AWS::Region" => stack.region.to_string(),
        "AWS::StackName" => stack.name(),
        "AWS::URLSuffix" => stack.region.url_suffix().to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::{AccountId, Region, ServiceName, StageName};
    use crate::role_path::RolePath;

    fn stack() -> Stack {
        Stack {
            service: ServiceName::parse("shop").unwrap(),
            stage: StageName::parse("dev").unwrap(),
            region: Region::parse("eu-west-1").unwrap(),
            account: AccountId::parse("123456789012").unwrap(),
            role_path: RolePath::default(),
            names: crate::stack::DeployedNames::default(),
        }
    }

    fn template(text: &str) -> Result<Template, ModelError> {
        let source = Source::new("a.asl.json", text);
        Template::parse(&source, 0..text.len(), text)
    }

    #[test]
    fn both_spellings_are_replaced() {
        let text = "arn:#{AWS::Partition}:lambda:${AWS::Region}:#{AWS::AccountId}:function:${AWS::StackName}-x";
        let resolved = template(text).unwrap().resolve(&stack());
        assert_eq!(resolved, "arn:aws:lambda:eu-west-1:123456789012:function:shop-dev-x");
    }

    #[test]
    fn other_braces_stay_as_they_are() {
        for text in ["${notOurs} {} #{ {AWS::Region}", "{% $states.input #{a} %}", "${", "é#{"] {
            assert_eq!(template(text).unwrap().resolve(&stack()), text);
        }
    }

    #[test]
    fn an_unknown_one_is_refused_with_its_place() {
        let error = template("{\n  \"a\": \"#{AWS::Regoin}\"\n}").unwrap_err();
        insta::assert_snapshot!(error, @"a.asl.json:2:9: `#{AWS::Regoin}` is no pseudo-parameter that a deployment has a value for.");
        insta::assert_snapshot!(error.hint.unwrap(), @"Did you mean `AWS::Region`? Known are AWS::AccountId, AWS::Partition, AWS::Region, AWS::StackName, AWS::URLSuffix.");
        assert!(template("${aws:region}").is_err());
    }
}
