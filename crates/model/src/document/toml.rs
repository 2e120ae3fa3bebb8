//! Reading TOML with positions, as the values that JSON has: a date or time is the text that it is written as.

use std::ops::Range;

use serde_json::{Number, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Content, Document, Format, MAX_DEPTH, Member, Node, SyntaxError};

/// Reads a whole text.
pub(super) fn read(text: &str) -> Result<Document, SyntaxError> {
    let parsed = DeTable::parse(text).map_err(|error| SyntaxError {
        offset: error.span().map_or(0, |span| span.start),
        message: error.message().trim_end_matches('.').to_owned(),
        hint: "TOML writes texts in quotes, and tables as [name] or { key = value }.".to_owned(),
    })?;
    let span = parsed.span();
    let root = Node { span, content: table(parsed.into_inner(), 0)? };
    Ok(Document { root, repeated: Vec::new(), format: Format::Toml })
}

fn table(table: DeTable<'_>, depth: usize) -> Result<Content, SyntaxError> {
    let mut members = Vec::new();
    for (key, value) in table {
        let key_span = key.span();
        members.push(Member { key: key.into_inner().into_owned(), key_span, value: node(value, depth + 1)? });
    }
    // The reader sorts keys by name.
    members.sort_by_key(|member| member.key_span.start);
    Ok(Content::Table(members))
}

fn node(value: Spanned<DeValue<'_>>, depth: usize) -> Result<Node, SyntaxError> {
    let span = value.span();
    if depth > MAX_DEPTH {
        return Err(refused(&span, "values lie too deep in each other", "Write it flatter."));
    }
    let content = match value.into_inner() {
        DeValue::String(text) => Content::Scalar(text.into_owned().into()),
        DeValue::Boolean(value) => Content::Scalar(value.into()),
        DeValue::Datetime(moment) => Content::Scalar(moment.to_string().into()),
        DeValue::Integer(integer) => {
            let number = i64::from_str_radix(integer.as_str(), integer.radix());
            let number = number.map_err(|_| refused(&span, "the number is too large", "Use a smaller number."))?;
            Content::Scalar(number.into())
        }
        DeValue::Float(float) => {
            let number = float.as_str().parse().ok().and_then(Number::from_f64);
            let number = number.ok_or_else(|| refused(&span, "JSON has no such number", "Use a finite number."))?;
            Content::Scalar(Value::Number(number))
        }
        DeValue::Array(items) => {
            Content::List(items.into_iter().map(|item| node(item, depth + 1)).collect::<Result<_, _>>()?)
        }
        DeValue::Table(inner) => table(inner, depth)?,
    };
    Ok(Node { span, content })
}

fn refused(span: &Range<usize>, message: &str, hint: &str) -> SyntaxError {
    SyntaxError { offset: span.start, message: message.to_owned(), hint: hint.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    #[test]
    fn toml_becomes_the_values_that_json_has() {
        let text = "b = 1\na = { x = [1.5, true, 0x10], at = 2026-03-01T09:00:00Z }\n[c.d]\ne = 'f'\n";
        let document = read(text).unwrap();
        insta::assert_snapshot!(document.value(), @r#"{"b":1,"a":{"x":[1.5,true,16],"at":"2026-03-01T09:00:00Z"},"c":{"d":{"e":"f"}}}"#);
        let at = document.root.member("a").unwrap().value.member("at").unwrap();
        assert_eq!(&text[at.key_span.clone()], "at");
    }

    #[test]
    fn what_json_cannot_say_is_refused_with_its_place() {
        for text in ["a = nan", "a = 99999999999999999999", "a = ", "a = 1\na = 2"] {
            assert!(read(text).is_err(), "{text}");
        }
        let source = Source::new("a.toml", "a = 1\nb = inf\n");
        let error = Document::parse_data(&source).unwrap_err();
        assert_eq!(source.position(error.offset).line, 2);
    }
}
