//! Parses the text of a path.

use super::filter::{self, Condition};
use super::{Path, Root, Segment};
use crate::quotas::MAX_VARIABLE_NAME_CHARS;

/// How deep filters and their parentheses may nest.
const MAX_DEPTH: usize = 32;

/// Why a text is no path, or no call: what was expected, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathSyntax(pub(crate) String);

impl Path {
    /// Blanks and control characters around it count for nothing, as in Jayway's JsonPath, which AWS reads paths with.
    pub(crate) fn parse(text: &str) -> Result<Self, PathSyntax> {
        let mut cursor = Cursor::new(text.trim_matches(|c| c <= ' '));
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
        let root = root(cursor)?;
        let segments = segments(cursor)?;
        let text = cursor.text.get(from..cursor.at).unwrap_or_default().to_owned();
        Ok(Self { text, root, segments })
    }
}

fn root(cursor: &mut Cursor<'_>) -> Result<Root, PathSyntax> {
    if cursor.eat("$") {
        return Ok(Root::Context);
    }
    if !cursor.peek().is_some_and(starts_name) {
        return Ok(Root::Payload);
    }
    let name = cursor.take_while(|c| starts_name(c) || c.is_numeric());
    if name.chars().count() > MAX_VARIABLE_NAME_CHARS {
        return Err(PathSyntax(format!("the variable '{name}' is longer than {MAX_VARIABLE_NAME_CHARS} characters")));
    }
    Ok(Root::Variable(name.to_owned()))
}

fn starts_name(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

/// The segments up to the first character that cannot continue a path.
pub(super) fn segments(cursor: &mut Cursor<'_>) -> Result<Vec<Segment>, PathSyntax> {
    let mut segments = Vec::new();
    loop {
        if cursor.eat("..") {
            segments.push(Segment::Descend);
            segments.push(after_dot(cursor)?);
        } else if cursor.eat(".") {
            segments.push(after_dot(cursor)?);
        } else if cursor.eat("[") {
            segments.push(bracketed(cursor)?);
        } else {
            return Ok(segments);
        }
    }
}

/// What may follow a dot: a name, `*`, or a bracket as in `$.['a b']`.
fn after_dot(cursor: &mut Cursor<'_>) -> Result<Segment, PathSyntax> {
    if cursor.eat("[") { bracketed(cursor) } else { dotted(cursor) }
}

fn dotted(cursor: &mut Cursor<'_>) -> Result<Segment, PathSyntax> {
    if cursor.eat("*") {
        return Ok(Segment::Wildcard);
    }
    let from = cursor.at;
    cursor.take_while(|c| !ends_name(c));
    // AWS knows no functions: `length()` is a name like any other, and so never there.
    if cursor.at > from && cursor.peek() == Some('(') {
        cursor.call()?;
    }
    match cursor.text.get(from..cursor.at) {
        None | Some("") => Err(cursor.malformed("a member's name")),
        Some(name) => Ok(Segment::Member(name.to_owned())),
    }
}

fn ends_name(c: char) -> bool {
    c.is_whitespace() || matches!(c, '.' | '[' | ']' | '(' | ')' | ',' | '=' | '<' | '>' | '!' | '&' | '|')
}

fn bracketed(cursor: &mut Cursor<'_>) -> Result<Segment, PathSyntax> {
    cursor.blanks();
    let segment = match cursor.peek() {
        Some('*') => {
            cursor.eat("*");
            Segment::Wildcard
        }
        Some('?') => Segment::Filter(filter(cursor)?),
        Some('\'' | '"') => names(cursor)?,
        Some(c) if c == '-' || c == ':' || c.is_ascii_digit() => numbers(cursor)?,
        Some('(') => from_end(cursor)?,
        _ => return Err(cursor.malformed("an index, a quoted name, '*' or a filter")),
    };
    cursor.blanks();
    if cursor.eat("]") { Ok(segment) } else { Err(cursor.malformed("']'")) }
}

/// `(@.length-1)`, the one script that the library knows.
fn from_end(cursor: &mut Cursor<'_>) -> Result<Segment, PathSyntax> {
    cursor.eat("(");
    cursor.blanks();
    if !cursor.eat("@.length()") && !cursor.eat("@.length") && !cursor.eat("@.size()") {
        return Err(cursor.malformed("'@.length' after '('"));
    }
    let back = cursor.number()?.filter(|number| *number < 0);
    let back = back.and_then(i64::checked_neg).ok_or_else(|| cursor.malformed("'-' and a number"))?;
    if cursor.eat(")") { Ok(Segment::FromEnd(back)) } else { Err(cursor.malformed("')'")) }
}

fn filter(cursor: &mut Cursor<'_>) -> Result<Condition, PathSyntax> {
    cursor.eat("?");
    cursor.blanks();
    if !cursor.eat("(") {
        return Err(cursor.malformed("'(' after '?'"));
    }
    let condition = cursor.nested(filter::parse)?;
    cursor.blanks();
    if cursor.eat(")") { Ok(condition) } else { Err(cursor.malformed("')'")) }
}

fn names(cursor: &mut Cursor<'_>) -> Result<Segment, PathSyntax> {
    let mut names = vec![cursor.quoted()?];
    while cursor.separator() {
        names.push(cursor.quoted()?);
    }
    Ok(if names.len() == 1 { Segment::Member(names.remove(0)) } else { Segment::Members(names) })
}

fn numbers(cursor: &mut Cursor<'_>) -> Result<Segment, PathSyntax> {
    let first = cursor.number()?;
    if cursor.eat(":") {
        let to = cursor.number()?;
        if cursor.eat(":") {
            // The library reads a segment and continues as if there were none.
            cursor.number()?;
        }
        return match (first, to) {
            (None, None) => Err(cursor.malformed("a number before or after ':'")),
            (from, to) => Ok(Segment::Slice { from, to }),
        };
    }
    let mut indices = vec![first.ok_or_else(|| cursor.malformed("a number"))?];
    while cursor.separator() {
        indices.push(cursor.number()?.ok_or_else(|| cursor.malformed("a number"))?);
    }
    Ok(if indices.len() == 1 { Segment::Index(indices.remove(0)) } else { Segment::Indices(indices) })
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
            return Err(PathSyntax(format!("a filter nests deeper than {MAX_DEPTH} levels")));
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

    pub(crate) fn take_while(&mut self, mut wanted: impl FnMut(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    /// Skips `(...)`, whatever is in it.
    fn call(&mut self) -> Result<(), PathSyntax> {
        let mut open = 0_usize;
        for (offset, c) in self.rest().char_indices() {
            match c {
                '(' => open += 1,
                ')' => open -= 1,
                _ => {}
            }
            if open == 0 {
                self.at += offset + 1;
                return Ok(());
            }
        }
        Err(self.malformed("')'"))
    }

    fn separator(&mut self) -> bool {
        self.blanks();
        let found = self.eat(",");
        self.blanks();
        found
    }

    fn number(&mut self) -> Result<Option<i64>, PathSyntax> {
        self.blanks();
        let from = self.at;
        self.eat("-");
        self.blanks();
        self.take_while(|c| c.is_ascii_digit());
        let digits = self.text.get(from..self.at).unwrap_or_default().replace(' ', "");
        self.blanks();
        if digits.is_empty() {
            return Ok(None);
        }
        // The library's indices have 32 bits.
        digits.parse::<i32>().map(|index| Some(index.into())).map_err(|_| self.malformed("an index that fits"))
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
        PathSyntax(format!("expected {wanted} at position {} of '{}'", self.at, self.text))
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
            "$.['a b'].[0]",
            "$.a.length()",
            "$.a.concat($.b, 'x').c",
            "$[(@.length-1)]",
            "$[(@.size() - 2)].a",
            "$[0:10:2]",
            "$..a..b..*",
            "$..[?(@.a == bare)]..b",
            "$[?(!@.a && !(@['b'] || $.c))]",
            "$[?(@.a =~ /a\\/b.*/i)]",
            "$[?(@.a == 1 || $.b[0].c < 'x')]",
            " $.a ",
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
            "$[:]",
            "$[(@.length+1)]",
            "$[(@.other-1)]",
            "$.a.f(",
            "$[?(@.a ~ 1)]",
            "$[?(@.a == 'x]",
            "$[?(1)]",
            "$[?(@.a =~ /(/)]",
            "$[?(@.a in ['x'])]",
            "$[?(@.a size 2)]",
            "$[?(@.a === 1)]",
            "$[?(@.a == {\"b\": 1})]",
            "$[?(@.a[*])]",
            "$[?(@..a == 1)]",
        ] {
            assert!(Path::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(Path::parse("$x1.a").unwrap().variable(), Some("x1"));
        assert_eq!(Path::parse("$$.a").unwrap().variable(), None);
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = format!("$[?({}@.a{})]", "(".repeat(10_000), ")".repeat(10_000));
        assert!(Path::parse(&deep).is_err());
        let deep = format!("$[?({}@.a{})]", "@[?(".repeat(10_000), ")]".repeat(10_000));
        assert!(Path::parse(&deep).is_err());
        assert!(Path::parse("$[?((@.a || @.b) && !(@.c))]").is_ok());
        let deep = format!("$[?({}@.a)]", "!".repeat(10_000));
        assert!(Path::parse(&deep).is_err());
        assert!(Path::parse(&format!("$.f{}", "(".repeat(100_000))).is_err());
    }
}
