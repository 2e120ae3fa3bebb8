//! Reading the text of a call.

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
        return Err(PathSyntax::Malformed(format!("calls nest deeper than {MAX_DEPTH} levels")));
    }
    let name = cursor.take_while(|c| c.is_ascii_alphanumeric() || c == '.');
    let (function, least, most) = function(name)?;
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
    if (least..=most).contains(&arguments.len()) {
        Ok(Call { function, arguments })
    } else {
        Err(PathSyntax::Malformed(format!("'{name}' does not take {} arguments", arguments.len())))
    }
}

/// A function by its name, with the least and the most arguments that it takes.
fn function(name: &str) -> Result<(Function, usize, usize), PathSyntax> {
    Ok(match name {
        "States.Format" => (Function::Format, 1, usize::MAX),
        "States.StringToJson" => (Function::StringToJson, 1, 1),
        "States.JsonToString" => (Function::JsonToString, 1, 1),
        "States.StringSplit" => (Function::StringSplit, 2, 2),
        "States.Base64Encode" => (Function::Base64Encode, 1, 1),
        "States.Base64Decode" => (Function::Base64Decode, 1, 1),
        "States.UUID" => (Function::Uuid, 0, 0),
        "States.JsonMerge" => (Function::JsonMerge, 3, 3),
        "States.Array" => (Function::Array, 0, usize::MAX),
        "States.ArrayPartition" => (Function::ArrayPartition, 2, 2),
        "States.ArrayContains" => (Function::ArrayContains, 2, 2),
        "States.ArrayRange" => (Function::ArrayRange, 3, 3),
        "States.ArrayGetItem" => (Function::ArrayGetItem, 2, 2),
        "States.ArrayLength" => (Function::ArrayLength, 1, 1),
        "States.ArrayUnique" => (Function::ArrayUnique, 1, 1),
        "States.MathAdd" => (Function::MathAdd, 2, 2),
        "States.MathRandom" => (Function::MathRandom, 2, 3),
        "States.Hash" => {
            return Err(PathSyntax::NotImplemented("the intrinsic function States.Hash"));
        }
        _ => {
            return Err(PathSyntax::Malformed(format!("there is no function '{name}'")));
        }
    })
}

fn argument(cursor: &mut Cursor<'_>, depth: usize) -> Result<Argument, PathSyntax> {
    match cursor.peek() {
        Some('$') => Path::parse_prefix(cursor).map(Argument::Path),
        Some('\'') => quoted(cursor).map(Argument::Text),
        Some('S') => nested(cursor, depth + 1).map(Argument::Call),
        _ => {
            let word = cursor.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.'));
            match serde_json::from_str::<Value>(word) {
                Ok(literal) => Ok(Argument::Literal(literal)),
                Err(_) => {
                    Err(cursor.malformed("a path, a text in single quotes, a number, true, false, null or a call"))
                }
            }
        }
    }
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
