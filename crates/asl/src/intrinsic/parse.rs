//! Parses the text of a call.

use serde_json::Value;

use super::{Argument, Call, Function};
use crate::path::{Cursor, Path, PathSyntax};

/// How deep calls may nest: AWS's limit.
const MAX_DEPTH: usize = 10;

pub(super) fn call(text: &str) -> Result<Call, PathSyntax> {
    let mut cursor = Cursor::new(text);
    let call = nested(&mut cursor, 0)?;
    cursor.blanks();
    if cursor.peek().is_none() { Ok(call) } else { Err(cursor.malformed("the end")) }
}

fn nested(cursor: &mut Cursor<'_>, depth: usize) -> Result<Call, PathSyntax> {
    if depth >= MAX_DEPTH {
        return Err(PathSyntax(format!("calls nest deeper than {MAX_DEPTH} levels")));
    }
    let name = cursor.take_while(|c| c.is_ascii_alphanumeric() || c == '.');
    let Some(function) = Function::named(name) else {
        return Err(PathSyntax(format!("there is no function '{name}'")));
    };
    if !cursor.eat("(") {
        return Err(cursor.malformed("'('"));
    }
    let mut arguments = Vec::new();
    cursor.blanks();
    while !cursor.eat(")") {
        if !arguments.is_empty() && !cursor.eat(",") {
            return Err(cursor.malformed("',' or ')'"));
        }
        cursor.blanks();
        arguments.push(argument(cursor, depth)?);
        cursor.blanks();
    }
    Ok(Call { function, arguments })
}

fn argument(cursor: &mut Cursor<'_>, depth: usize) -> Result<Argument, PathSyntax> {
    match cursor.peek() {
        Some('$') => Path::parse_prefix(cursor).map(Argument::Path),
        Some('\'') => quoted(cursor).map(Argument::Text),
        Some('S') => nested(cursor, depth + 1).map(Argument::Call),
        _ => {
            let word = cursor.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.'));
            literal(word).map(Argument::Literal).ok_or_else(|| {
                cursor.malformed("a path, a text in single quotes, a number, true, false, null or a call")
            })
        }
    }
}

/// A literal; a number too large for any number is taken as the largest, because AWS takes it.
fn literal(word: &str) -> Option<Value> {
    serde_json::from_str(word).ok().or_else(|| {
        let number: f64 = word.parse().ok().filter(|_| word.contains(['e', 'E']))?;
        number.is_infinite().then(|| Value::from(f64::MAX.copysign(number)))
    })
}

/// The inside of a text in single quotes, as written. Only `\'`, `\{`, `\}` and `\\` are escapes (recorded from AWS).
fn quoted(cursor: &mut Cursor<'_>) -> Result<String, PathSyntax> {
    cursor.eat("'");
    let rest = cursor.rest();
    let mut characters = rest.char_indices();
    while let Some((offset, c)) = characters.next() {
        match c {
            '\'' => {
                cursor.at += offset + 1;
                return Ok(rest.get(..offset).unwrap_or_default().to_owned());
            }
            '\\' if !matches!(characters.next(), Some((_, '\'' | '{' | '}' | '\\'))) => {
                return Err(cursor.malformed("one of ' { } \\ after a backslash"));
            }
            _ => {}
        }
    }
    Err(cursor.malformed("a closing quote"))
}
