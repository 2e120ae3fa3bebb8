//! Values as text and as JSON.

use serde_json::{Map, Value as Json};

use crate::evaluate::Evaluator;
use crate::failure::{Bound, Evaluated, Failure};
use crate::number::{in_text, to_json, to_text};
use crate::value::Value;

/// How deep a result may nest: it must still be readable where it is read next, which is 128 levels.
const MAX_RESULT_NESTING: usize = 120;

/// Why a result is no JSON.
pub(super) enum NotJson {
    Function,
    Failure(Failure),
}

impl<'e> Evaluator<'e> {
    /// The text of a value, as `$string` and `&` make it.
    pub(super) fn text_of(&mut self, value: Value<'e>, pretty: bool) -> Evaluated<String> {
        Ok(match value {
            Value::Undefined | Value::Function(_) | Value::TailCall => String::new(),
            Value::Text(text) => self.heap.str(text).to_owned(),
            Value::Number(number) if !number.is_finite() => {
                return Err(Failure::new("D3001", "Attempting to invoke string function on Infinity or NaN"));
            }
            _ => {
                let mut out = String::new();
                self.write(value, pretty.then_some(0), 0, &mut out)?;
                out
            }
        })
    }

    /// A value within the text of an error.
    pub(super) fn shown(&mut self, value: Value<'e>) -> String {
        if let Value::Number(number) = value {
            return if number.is_finite() { to_text(number) } else { "null".to_owned() };
        }
        let mut out = String::new();
        match value {
            Value::Long(whole) => whole.to_string(),
            Value::Undefined => "undefined".to_owned(),
            _ => self.write(value, None, 0, &mut out).map_or_else(|_| "...".to_owned(), |()| out),
        }
    }

    /// Writes JSON; `indent` is the level when it is to be read by people.
    fn write(&mut self, value: Value<'e>, indent: Option<usize>, depth: usize, out: &mut String) -> Evaluated<()> {
        self.nested(depth)?;
        self.step(1)?;
        self.heap.allow(out.len())?;
        match value {
            Value::Undefined | Value::Null | Value::TailCall => out.push_str("null"),
            Value::Bool(value) => out.push_str(if value { "true" } else { "false" }),
            Value::Number(_) => match self.finite(value)? {
                Some(number) => out.push_str(&in_text(number)),
                None => out.push_str("null"),
            },
            Value::Long(whole) => out.push_str(&whole.to_string()),
            Value::Text(text) => push_quoted(self.heap.str(text), out),
            Value::Function(_) => out.push_str("\"\""),
            Value::Tuple(at) => {
                let inner = self.heap.tuple_of(at).map_or(Value::Undefined, |tuple| tuple.at);
                self.write(inner, indent, depth + 1, out)?;
            }
            Value::Array(array) => {
                let deeper = indent.map(|level| level + 1);
                out.push('[');
                for at in 0..self.heap.len(array) {
                    separate(at, deeper, out);
                    self.write(self.heap.item(array, at), deeper, depth + 1, out)?;
                }
                finish(self.heap.len(array), indent, out);
                out.push(']');
            }
            Value::Object(object) => {
                let deeper = indent.map(|level| level + 1);
                let members = self.heap.members(object);
                let count = members.len();
                out.push('{');
                for (at, (key, member)) in members.into_iter().enumerate() {
                    separate(at, deeper, out);
                    push_quoted(&key, out);
                    out.push_str(if deeper.is_some() { ": " } else { ":" });
                    self.write(member, deeper, depth + 1, out)?;
                }
                finish(count, indent, out);
                out.push('}');
            }
        }
        Ok(())
    }

    /// The result of an evaluation.
    pub(super) fn json_of(&mut self, value: Value<'e>, depth: usize) -> Result<Json, NotJson> {
        if depth > MAX_RESULT_NESTING {
            return Err(NotJson::Failure(Failure::bound(Bound::Depth)));
        }
        self.step(1).and_then(|()| self.heap.charge(32)).map_err(NotJson::Failure)?;
        Ok(match value {
            Value::Undefined | Value::Null | Value::TailCall => Json::Null,
            Value::Bool(value) => Json::Bool(value),
            Value::Number(number) => to_json(number),
            Value::Long(whole) => Json::from(whole),
            Value::Text(text) => {
                let text = self.heap.str(text);
                let bytes = text.len();
                let json = Json::from(text);
                self.heap.charge(bytes).map_err(NotJson::Failure)?;
                json
            }
            Value::Function(_) => return Err(NotJson::Function),
            Value::Tuple(at) => {
                let inner = self.heap.tuple_of(at).map_or(Value::Undefined, |tuple| tuple.at);
                self.json_of(inner, depth + 1)?
            }
            Value::Array(array) => {
                let mut items = Vec::with_capacity(self.heap.len(array));
                for at in 0..self.heap.len(array) {
                    items.push(self.json_of(self.heap.item(array, at), depth + 1)?);
                }
                Json::Array(items)
            }
            Value::Object(object) => {
                let members = self.heap.members(object);
                let mut map = Map::with_capacity(members.len());
                for (key, member) in members {
                    let member = self.json_of(member, depth + 1)?;
                    map.insert(key.into_owned(), member);
                }
                Json::Object(map)
            }
        })
    }
}

/// A text in quotes. Of the control characters AWS escapes those that have a letter (measured by others).
fn push_quoted(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        let letter = match c {
            '"' | '\\' => c,
            '\u{8}' => 'b',
            '\u{c}' => 'f',
            '\n' => 'n',
            '\r' => 'r',
            '\t' => 't',
            _ => {
                out.push(c);
                continue;
            }
        };
        out.extend(['\\', letter]);
    }
    out.push('"');
}

fn separate(at: usize, level: Option<usize>, out: &mut String) {
    if at > 0 {
        out.push(',');
    }
    new_line(level, out);
}

fn finish(count: usize, level: Option<usize>, out: &mut String) {
    if count > 0 {
        new_line(level, out);
    }
}

fn new_line(level: Option<usize>, out: &mut String) {
    if let Some(level) = level {
        out.push('\n');
        out.push_str(&"  ".repeat(level));
    }
}
