//! Policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}` and the escapes `${*}`, `${?}`, `${$}`
//! ([reference]). Only documents of version `2012-10-17` have them.
//!
//! [reference]: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html

use crate::context::Context;

/// What variables stand for in one document and request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Variables<'a> {
    /// Nothing where the document's version has no variables.
    context: Option<&'a Context>,
}

/// A part of a text that may have variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    /// Text as it is written; wildcards in it are wildcards.
    Written(&'a str),
    /// What a variable stands for; nothing in it is a wildcard.
    Literal(&'a str),
}

impl<'a> Variables<'a> {
    /// Those of a request, in a document that has variables or not.
    pub(crate) fn new(document_has_variables: bool, context: &'a Context) -> Self {
        Self { context: document_has_variables.then_some(context) }
    }

    /// Splits a text at its variables. Nothing when one of them has no value: the text then matches nothing.
    pub(crate) fn parts<'t>(&self, text: &'t str) -> Option<Vec<Part<'t>>>
    where
        'a: 't,
    {
        let Some(context) = self.context else {
            return Some(vec![Part::Written(text)]);
        };
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let Some((inside, behind)) = after.split_once('}') else {
                break;
            };
            parts.push(Part::Written(before));
            parts.push(Part::Literal(value(inside, context)?));
            rest = behind;
        }
        parts.push(Part::Written(rest));
        Some(parts)
    }

    /// The text with its variables replaced. Nothing when one of them has no value.
    pub(crate) fn replace(&self, text: &str) -> Option<String> {
        let texts = self.parts(text)?.into_iter().map(|part| match part {
            Part::Written(text) | Part::Literal(text) => text,
        });
        Some(texts.collect())
    }
}

/// What stands for the inside of `${...}`. A key with several values is no variable.
fn value<'t>(inside: &'t str, context: &'t Context) -> Option<&'t str> {
    if let "*" | "?" | "$" = inside {
        return Some(inside);
    }
    let (key, default) = match inside.split_once(',') {
        Some((key, default)) => (key, default.trim().strip_prefix('\'').and_then(|text| text.strip_suffix('\''))),
        None => (inside, None),
    };
    match context.get(key.trim()) {
        Some([value]) => Some(value),
        Some(_) => None,
        None => default,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replace(text: &str) -> Option<String> {
        let context = Context::default().with("aws:username", "ann").with_all("aws:TagKeys", ["a", "b"]);
        Variables::new(true, &context).replace(text)
    }

    #[test]
    fn variables_have_the_values_of_the_request() {
        assert_eq!(replace("home/${aws:username}/*").as_deref(), Some("home/ann/*"));
        assert_eq!(replace("${AWS:UserName}").as_deref(), Some("ann"), "keys have no case");
        assert_eq!(replace("${aws:none, 'any one'}").as_deref(), Some("any one"));
        assert_eq!(replace("${aws:none}"), None);
        assert_eq!(replace("${aws:TagKeys}"), None, "several values are none");
        assert_eq!(replace("${*}${?}${$}").as_deref(), Some("*?$"));
        assert_eq!(replace("a${b").as_deref(), Some("a${b"));
    }

    #[test]
    fn older_documents_have_no_variables() {
        let context = Context::default();
        assert_eq!(Variables::new(false, &context).replace("${x}").as_deref(), Some("${x}"));
    }
}
