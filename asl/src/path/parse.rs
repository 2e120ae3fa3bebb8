//! Reading the text of a path.

use super::filter::{self, Condition};
use super::{Path, Root, Step};

/// How deep filters and their parentheses may nest.
const MAX_DEPTH: usize = 32;
/// How often `..` may stand in a path: every one multiplies what has to be looked at.
const MAX_DESCENTS: usize = 2;

/// Why a text is no path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PathSyntax {
    /// It breaks the grammar.
    Malformed(String),
    /// It is good JSONPath that is not supported here; the text names the feature.
    NotImplemented(&'static str),
}

impl Path {
    pub(crate) fn parse(text: &str) -> Result<Self, PathSyntax> {
        let mut cursor = Cursor::new(text);
        let path = Self::parse_prefix(&mut cursor)?;
        if cursor.peek().is_some() {
            return Err(cursor.malformed("the end"));
        }
        Ok(path)
    }

    /// Reads a path that something else may follow.
    pub(crate) fn parse_prefix(cursor: &mut Cursor<'_>) -> Result<Self, PathSyntax> {
        let from = cursor.at;
        if !cursor.eat("$") {
            return Err(cursor.malformed("'$'"));
        }
        let root = if cursor.eat("$") { Root::Context } else { Root::Payload };
        if root == Root::Payload && cursor.peek().is_some_and(|c| c.is_alphabetic() || c == '_') {
            return Err(PathSyntax::NotImplemented("variables"));
        }
        let steps = steps(cursor)?;
        if steps.iter().filter(|step| **step == Step::Descend).count() > MAX_DESCENTS {
            return Err(PathSyntax::NotImplemented("JSONPath with more than two '..'"));
        }
        let text = cursor.text.get(from..cursor.at).unwrap_or_default().to_owned();
        Ok(Self { text, root, steps })
    }
}

/// The steps up to the first character that cannot continue a path.
pub(super) fn steps(cursor: &mut Cursor<'_>) -> Result<Vec<Step>, PathSyntax> {
    let mut steps = Vec::new();
    loop {
        if cursor.eat("..") {
            steps.push(Step::Descend);
            match cursor.peek() {
                Some('[') => {}
                _ => steps.push(dotted(cursor)?),
            }
        } else if cursor.eat(".") {
            steps.push(dotted(cursor)?);
        } else if cursor.eat("[") {
            steps.push(bracketed(cursor)?);
        } else {
            return Ok(steps);
        }
    }
}

fn dotted(cursor: &mut Cursor<'_>) -> Result<Step, PathSyntax> {
    if cursor.eat("*") {
        return Ok(Step::Wildcard);
    }
    let name = cursor
        .take_while(|c| !matches!(c, '.' | '[' | ']' | '(' | ')' | ' ' | ',' | '=' | '<' | '>' | '!' | '&' | '|'));
    if cursor.peek() == Some('(') {
        return Err(PathSyntax::NotImplemented("JSONPath functions"));
    }
    if name.is_empty() {
        return Err(cursor.malformed("a member's name"));
    }
    Ok(Step::Member(name.to_owned()))
}

fn bracketed(cursor: &mut Cursor<'_>) -> Result<Step, PathSyntax> {
    cursor.blanks();
    let step = match cursor.peek() {
        Some('*') => {
            cursor.eat("*");
            Step::Wildcard
        }
        Some('?') => Step::Filter(filter(cursor)?),
        Some('\'' | '"') => names(cursor)?,
        Some(c) if c == '-' || c == ':' || c.is_ascii_digit() => numbers(cursor)?,
        Some('(') => return Err(PathSyntax::NotImplemented("JSONPath script expressions")),
        _ => return Err(cursor.malformed("an index, a quoted name, '*' or a filter")),
    };
    cursor.blanks();
    if cursor.eat("]") { Ok(step) } else { Err(cursor.malformed("']'")) }
}

fn filter(cursor: &mut Cursor<'_>) -> Result<Condition, PathSyntax> {
    cursor.eat("?");
    if !cursor.eat("(") {
        return Err(cursor.malformed("'(' after '?'"));
    }
    let condition = cursor.nested(filter::parse)?;
    cursor.blanks();
    if cursor.eat(")") { Ok(condition) } else { Err(cursor.malformed("')'")) }
}

fn names(cursor: &mut Cursor<'_>) -> Result<Step, PathSyntax> {
    let mut names = vec![cursor.quoted()?];
    while cursor.separator() {
        names.push(cursor.quoted()?);
    }
    Ok(if names.len() == 1 { Step::Member(names.remove(0)) } else { Step::Members(names) })
}

fn numbers(cursor: &mut Cursor<'_>) -> Result<Step, PathSyntax> {
    let first = cursor.number()?;
    if cursor.eat(":") {
        let to = cursor.number()?;
        if cursor.peek() == Some(':') {
            return Err(PathSyntax::NotImplemented("JSONPath slices with a step"));
        }
        return Ok(Step::Slice { from: first, to });
    }
    let mut indices = vec![first.ok_or_else(|| cursor.malformed("a number"))?];
    while cursor.separator() {
        indices.push(cursor.number()?.ok_or_else(|| cursor.malformed("a number"))?);
    }
    Ok(if indices.len() == 1 { Step::Index(indices.remove(0)) } else { Step::Indices(indices) })
}

/// A place in a path's text.
pub(crate) struct Cursor<'a> {
    pub(crate) text: &'a str,
    pub(crate) at: usize,
    /// How many filters and parentheses are open.
    open: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0, open: 0 }
    }

    /// Reads something that may hold itself, down to a limit.
    pub(crate) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, PathSyntax>) -> Result<T, PathSyntax> {
        if self.open == MAX_DEPTH {
            return Err(PathSyntax::Malformed(format!("a filter nests deeper than {MAX_DEPTH} levels")));
        }
        self.open += 1;
        let result = read(self);
        self.open -= 1;
        result
    }

    pub(crate) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(crate) fn eat(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    pub(crate) fn blanks(&mut self) {
        self.take_while(|c| c == ' ');
    }

    pub(crate) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    fn separator(&mut self) -> bool {
        self.blanks();
        let found = self.eat(",");
        self.blanks();
        found
    }

    fn number(&mut self) -> Result<Option<i64>, PathSyntax> {
        self.blanks();
        let digits = self.take_while(|c| c == '-' || c.is_ascii_digit());
        self.blanks();
        if digits.is_empty() {
            return Ok(None);
        }
        digits.parse().map(Some).map_err(|_| self.malformed("an index that fits"))
    }

    /// A quoted text. A backslash escapes the quote and itself; before anything else it stands for itself (recorded from
    /// AWS: in single quotes, `\\"` is a backslash and a double quote).
    pub(crate) fn quoted(&mut self) -> Result<String, PathSyntax> {
        let quote = match self.peek() {
            Some(c @ ('\'' | '"')) => c,
            _ => return Err(self.malformed("a quoted name")),
        };
        self.at += 1;
        let mut name = String::new();
        let mut characters = self.rest().char_indices().peekable();
        while let Some((offset, c)) = characters.next() {
            if c == quote {
                self.at += offset + c.len_utf8();
                return Ok(name);
            }
            let escaped = characters.next_if(|(_, next)| c == '\\' && (*next == quote || *next == '\\'));
            name.push(escaped.map_or(c, |(_, escaped)| escaped));
        }
        Err(self.malformed("a closing quote"))
    }

    pub(crate) fn malformed(&self, wanted: &str) -> PathSyntax {
        PathSyntax::Malformed(format!("expected {wanted} at position {} of '{}'", self.at, self.text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_dialect() {
        for good in [
            "$",
            "$$",
            "$.a",
            "$.a-b",
            "$['a b'][0]",
            "$[\"x\"]",
            "$.a[*].b",
            "$.a[1:]",
            "$.a[:1]",
            "$.a[-1]",
            "$..b",
            "$..[0]",
            "$.a[0,1]",
            "$['a','b']",
            "$.a[?(@.x > 1 && @.y == 'z')]",
            "$$.Execution.Input.a",
            "$.ä",
        ] {
            assert!(Path::parse(good).is_ok(), "{good}: {:?}", Path::parse(good));
        }
        for bad in [
            "",
            "a",
            "$.",
            "$..",
            "$[",
            "$[]",
            "$['a",
            "$.a]",
            "$[99999999999999999999]",
            "$[?]",
            "$[?(@.x",
            "$. a",
            "$[1:2:3",
        ] {
            assert!(Path::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(Path::parse("$x.a"), Err(PathSyntax::NotImplemented("variables")));
        assert_eq!(Path::parse("$.a.length()"), Err(PathSyntax::NotImplemented("JSONPath functions")));
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = format!("$[?({}@.a{})]", "(".repeat(10_000), ")".repeat(10_000));
        assert!(Path::parse(&deep).is_err());
        let deep = format!("$[?({}@.a{})]", "@[?(".repeat(10_000), ")]".repeat(10_000));
        assert!(Path::parse(&deep).is_err());
        assert!(Path::parse("$[?((@.a || @[?(@.b)]) && !(@.c))]").is_ok());
        assert!(Path::parse("$..a..b..c").is_err());
    }
}
