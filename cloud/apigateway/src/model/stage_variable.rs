//! Stage variables in the texts of an integration: `${stageVariables.name}` ([where they may stand]).
//!
//! [where they may stand]: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-stages.stage-variables-reference.html

use std::borrow::Cow;
use std::collections::BTreeMap;

const OPEN: &str = "${stageVariables.";

/// A stage has no variable of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the stage has no variable {0}")]
pub(crate) struct NoVariable(pub(crate) String);

/// A text with its stage variables filled in.
///
/// # Errors
/// The stage lacks one.
pub(crate) fn filled<'t>(text: &'t str, variables: &BTreeMap<String, String>) -> Result<Cow<'t, str>, NoVariable> {
    replaced(text, |name| variables.get(name).map(String::as_str).ok_or_else(|| NoVariable(name.to_owned())))
}

/// A text with the same word for each stage variable: what it is the text of can be told, not where it leads.
pub(crate) fn with_placeholders(text: &str) -> Cow<'_, str> {
    replaced(text, |_| Ok("x")).unwrap_or(Cow::Borrowed(text))
}

/// Whether a text has stage variables.
pub(crate) fn has_variables(text: &str) -> bool {
    text.split_once(OPEN).is_some_and(|(_, rest)| rest.contains('}'))
}

fn replaced<'t, 'v>(
    text: &'t str,
    value: impl Fn(&str) -> Result<&'v str, NoVariable>,
) -> Result<Cow<'t, str>, NoVariable> {
    let mut rest = text;
    let mut filled = String::new();
    while let Some((before, after)) = rest.split_once(OPEN) {
        let Some((name, left)) = after.split_once('}') else { break };
        filled.push_str(before);
        filled.push_str(value(name)?);
        rest = left;
    }
    if rest.len() == text.len() {
        return Ok(Cow::Borrowed(text));
    }
    filled.push_str(rest);
    Ok(Cow::Owned(filled))
}

/// Whether a variable may have this name and this value (the guide to stage variables).
pub(crate) fn is_valid(name: &str, value: &str) -> bool {
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_of_value = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#&=,".contains(&byte);
    !name.is_empty() && name.bytes().all(is_of_name) && !value.is_empty() && value.bytes().all(is_of_value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_in_wherever_they_stand() {
        let variables = BTreeMap::from([("f".to_owned(), "send".to_owned()), ("v".to_owned(), "live".to_owned())]);
        let of = |text: &str| filled(text, &variables).map(Cow::into_owned);
        assert_eq!(of("function:${stageVariables.f}:${stageVariables.v}/x"), Ok("function:send:live/x".to_owned()));
        assert_eq!(of("plain {path} ${stageVariables.f"), Ok("plain {path} ${stageVariables.f".to_owned()));
        assert_eq!(of("${stageVariables.none}"), Err(NoVariable("none".to_owned())));
        assert_eq!(with_placeholders("http://${stageVariables.host}/{p}"), "http://x/{p}");
        assert!(has_variables("a${stageVariables.b}") && !has_variables("a${stageVariables.b"));
    }

    #[test]
    fn names_and_values_have_letters_of_their_own() {
        for (name, value) in [("a_1", "example.com/a?b=c,d"), ("A", "~")] {
            assert!(is_valid(name, value), "{name} {value}");
        }
        for (name, value) in [("", "a"), ("a-b", "c"), ("a", ""), ("a", "b c"), ("a", "{b}"), ("a", "user@host")] {
            assert!(!is_valid(name, value), "{name} {value}");
        }
    }
}
