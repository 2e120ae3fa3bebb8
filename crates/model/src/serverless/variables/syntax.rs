//! The syntax of variables: `${kind(parameters):address, fallback, 'literal'}`, alone or within a text, also nested.

use serde_json::Value;
use std::ops::Range;

/// How deep variables may stand in each other's addresses.
const MAX_NESTED: usize = 16;

/// A part of a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    /// What stands for itself.
    Text(String),
    /// What is replaced.
    Variable(Variable),
}

/// A variable: the first of its alternatives that has a value counts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Variable {
    /// Its bytes in the text that was parsed.
    pub(super) span: Range<usize>,
    pub(super) alternatives: Vec<Alternative>,
}

/// One way to a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Alternative {
    /// A number, `true`, `false` or `null`.
    Literal(Value),
    /// A quoted text.
    Text(Vec<Part>),
    /// A lookup such as `self:custom.stage` or `file(a.yml):b`.
    Lookup(Lookup),
    /// A variable of its own.
    Nested(Variable),
}

/// Where to look, and for what.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lookup {
    pub(super) kind: String,
    pub(super) parameters: Option<Vec<Part>>,
    pub(super) address: Vec<Part>,
}

/// A variable that does not end, or has something in it that is no alternative.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Malformed {
    /// Its bytes in the text, as far as it was read.
    pub(super) span: Range<usize>,
}

/// The parts of a text. What is no variable, such as `${AWS::Region}` or `${Topic}`, stands for itself.
pub(super) fn parse(text: &str) -> Result<Vec<Part>, Malformed> {
    let mut scanner = Scanner { text, at: 0, nested: 0 };
    scanner.parts(&[])
}

/// Whether a text may hold a variable.
pub(super) fn may_have_variables(text: &str) -> bool {
    text.contains("${")
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    nested: usize,
}

impl Scanner<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self, expected: &str) -> bool {
        let found = self.rest().starts_with(expected);
        if found {
            self.at += expected.len();
        }
        found
    }

    fn skip_space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    /// Reads parts up to one of `ends`, or to the end of the text without any.
    fn parts(&mut self, ends: &[char]) -> Result<Vec<Part>, Malformed> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        while let Some(next) = self.peek().filter(|next| !ends.contains(next)) {
            if self.rest().starts_with("\\${") && self.is_variable(self.at + 1) {
                plain.push_str("${");
                self.at += 3;
                continue;
            }
            if self.rest().starts_with("${") && self.is_variable(self.at) {
                if !plain.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut plain)));
                }
                parts.push(Part::Variable(self.variable()?));
                continue;
            }
            plain.push(next);
            self.at += next.len_utf8();
        }
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(parts)
    }

    /// Whether a variable begins at a byte: `${`, then a kind and its `:` or `(`, or another variable.
    fn is_variable(&self, at: usize) -> bool {
        let Some(inside) = self.text.get(at..).and_then(|rest| rest.strip_prefix("${")) else { return false };
        let inside = inside.trim_start();
        let kind = inside.len() - inside.trim_start_matches(is_kind_character).len();
        let after = &inside[kind..];
        let is_lookup = inside.starts_with(|first: char| first.is_ascii_lowercase())
            && (after.starts_with('(') || (after.starts_with(':') && !after.starts_with("::")));
        is_lookup || inside.starts_with("${") || inside.starts_with(['\'', '"'])
    }

    fn variable(&mut self) -> Result<Variable, Malformed> {
        let start = self.at;
        self.at += 2;
        self.nested += 1;
        let malformed = |at: usize| Malformed { span: start..at };
        if self.nested > MAX_NESTED {
            return Err(malformed(self.at));
        }
        let mut alternatives = Vec::new();
        loop {
            self.skip_space();
            alternatives.push(self.alternative()?.ok_or_else(|| malformed(self.at))?);
            self.skip_space();
            if self.take("}") {
                break;
            }
            if !self.take(",") {
                return Err(malformed(self.at));
            }
        }
        self.nested -= 1;
        Ok(Variable { span: start..self.at, alternatives })
    }

    fn alternative(&mut self) -> Result<Option<Alternative>, Malformed> {
        match self.peek() {
            Some(quote @ ('\'' | '"')) => {
                self.at += 1;
                let parts = self.parts(&[quote])?;
                Ok(self.take(&quote.to_string()).then_some(Alternative::Text(parts)))
            }
            Some('$') if self.rest().starts_with("${") => Ok(Some(Alternative::Nested(self.variable()?))),
            Some(first) if first.is_ascii_digit() || first == '-' => Ok(self.word().and_then(number)),
            _ => self.lookup(),
        }
    }

    fn word(&mut self) -> Option<&str> {
        let length = self.rest().find(|c: char| c == ',' || c == '}' || c.is_whitespace())?;
        let start = self.at;
        self.at += length;
        self.text.get(start..self.at)
    }

    fn lookup(&mut self) -> Result<Option<Alternative>, Malformed> {
        let length = self.rest().len() - self.rest().trim_start_matches(is_kind_character).len();
        let kind = self.rest()[..length].to_owned();
        self.at += length;
        let mut parameters = None;
        if self.take("(") {
            parameters = Some(self.parts(&[')'])?);
            if !self.take(")") {
                return Ok(None);
            }
        }
        let has_address = !self.rest().starts_with("::") && self.take(":");
        if !has_address && parameters.is_none() {
            let literal = match kind.as_str() {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                "null" => Value::Null,
                _ => return Ok(None),
            };
            return Ok(Some(Alternative::Literal(literal)));
        }
        if kind.is_empty() {
            return Ok(None);
        }
        let mut address = if has_address { self.parts(&[',', '}'])? } else { Vec::new() };
        if let Some(Part::Text(last)) = address.last_mut() {
            last.truncate(last.trim_end().len());
        }
        if let Some(Part::Text(first)) = address.first_mut() {
            first.drain(..first.len() - first.trim_start().len());
        }
        Ok(Some(Alternative::Lookup(Lookup { kind, parameters, address })))
    }
}

fn is_kind_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || ".-_".contains(character)
}

fn number(word: &str) -> Option<Alternative> {
    let value: Value = serde_json::from_str(word).ok()?;
    value.is_number().then_some(Alternative::Literal(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match parse(text) {
            Ok(parts) => parts.iter().map(part).collect::<Vec<_>>().join(" + "),
            Err(malformed) => format!("malformed: {}", &text[malformed.span]),
        }
    }

    fn part(part: &Part) -> String {
        match part {
            Part::Text(text) => format!("{text:?}"),
            Part::Variable(variable) => {
                format!("<{}>", variable.alternatives.iter().map(alternative).collect::<Vec<_>>().join(" | "))
            }
        }
    }

    fn alternative(alternative: &Alternative) -> String {
        let joined = |parts: &[Part]| parts.iter().map(part).collect::<String>();
        match alternative {
            Alternative::Literal(value) => value.to_string(),
            Alternative::Text(parts) => format!("'{}'", joined(parts)),
            Alternative::Nested(variable) => part(&Part::Variable(variable.clone())),
            Alternative::Lookup(Lookup { kind, parameters, address }) => {
                let parameters = parameters.as_ref().map(|parts| format!("({})", joined(parts))).unwrap_or_default();
                format!("{kind}{parameters}:{}", joined(address))
            }
        }
    }

    #[test]
    fn variables_are_read() {
        insta::assert_snapshot!(shown("${opt:stage, 'dev'}"), @r#"<opt:"stage" | '"dev"'>"#);
        insta::assert_snapshot!(shown("a-${opt:stage, self:provider.stage}-b"), @r#""a-" + <opt:"stage" | self:"provider.stage"> + "-b""#);
        insta::assert_snapshot!(shown("${self:custom.${opt:stage, 'dev'}.size, 512}"), @r#"<self:"custom."<opt:"stage" | '"dev"'>".size" | 512>"#);
        insta::assert_snapshot!(shown("${file(./${self:x}.yml):a.b, ${env:B, null}}"), @r#"<file("./"<self:"x">".yml"):"a.b" | <env:"B" | null>>"#);
        insta::assert_snapshot!(shown("${strToBool(${opt:x, 'false'})}"), @r#"<strToBool(<opt:"x" | '"false"'>):>"#);
        insta::assert_snapshot!(shown("${opt:a, 'x, }y'}"), @r#"<opt:"a" | '"x, }y"'>"#);
        insta::assert_snapshot!(shown("${ env:A }"), @r#"<env:"A">"#);
    }

    #[test]
    fn other_braces_stand_for_themselves() {
        for text in
            ["${AWS::Region}", "${Topic}", "${Topic.Arn}", "$ {a:b}", "#{AWS::Region}", "${", "${!x}", "${foo::bar}"]
        {
            assert_eq!(shown(text), format!("{text:?}"));
        }
        insta::assert_snapshot!(shown("\\${self:a}"), @r#""${self:a}""#);
    }

    #[test]
    fn what_does_not_end_is_malformed() {
        insta::assert_snapshot!(shown("a ${opt:stage, dev}"), @"malformed: ${opt:stage, dev");
        insta::assert_snapshot!(shown("${self:a"), @"malformed: ${self:a");
        insta::assert_snapshot!(shown(&"${self:".repeat(40)), @"malformed: ${");
    }
}
