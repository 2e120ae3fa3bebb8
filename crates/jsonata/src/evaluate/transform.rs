//! `|pattern|update, delete|`: a copy of a value with some of its objects changed.

use super::Evaluator;
use crate::failure::{Evaluated, Failure};
use crate::number::in_text;
use crate::syntax::ast::Transform;
use crate::value::{Entries, Scope, Value};

impl<'e> Evaluator<'e> {
    pub(super) fn transform(
        &mut self,
        transform: &'e Transform,
        value: Value<'e>,
        scope: Scope,
    ) -> Evaluated<Value<'e>> {
        if value.is_undefined() {
            return Ok(Value::Undefined);
        }
        let copy = self.copy(value, 0)?;
        let matches = match self.evaluate(&transform.pattern, copy, scope)? {
            Value::Undefined => return Ok(copy),
            Value::Array(array) => self.heap.items(array).collect(),
            single => vec![single],
        };
        for found in matches {
            self.step(1)?;
            self.update(transform, found, scope)?;
            self.delete(transform, found, scope)?;
        }
        Ok(copy)
    }

    fn update(&mut self, transform: &'e Transform, found: Value<'e>, scope: Scope) -> Evaluated<()> {
        let update = match self.evaluate(&transform.update, found, scope)? {
            Value::Undefined => return Ok(()),
            Value::Object(object) => self.heap.members(object),
            other => {
                let shown = self.shown(other);
                let message =
                    format!("The insert/update clause of the transform expression must evaluate to an object: {shown}");
                return Err(Failure::new("T2011", message));
            }
        };
        let Value::Object(object) = found else { return Ok(()) };
        self.heap.charge(update.len() * 48)?;
        if let Some(entries) = self.heap.entries_mut(object) {
            for (key, value) in update {
                entries.set(key, value);
            }
        }
        Ok(())
    }

    fn delete(&mut self, transform: &'e Transform, found: Value<'e>, scope: Scope) -> Evaluated<()> {
        let Some(delete) = &transform.delete else { return Ok(()) };
        let names = self.evaluate(delete, found, scope)?;
        let values: Vec<Value<'e>> = match names {
            Value::Undefined => return Ok(()),
            Value::Array(array) => self.heap.items(array).collect(),
            single => vec![single],
        };
        let mut keys = Vec::with_capacity(values.len());
        for value in values {
            let Value::Text(text) = value else {
                let shown = self.shown(names);
                let message = format!(
                    "The delete clause of the transform expression must evaluate to a string or array of strings: {shown}"
                );
                return Err(Failure::new("T2012", message));
            };
            keys.push(self.heap.str(text).to_owned());
        }
        let Value::Object(object) = found else { return Ok(()) };
        self.step(keys.len() * (1 + self.heap.member_count(object) / 8))?;
        if let Some(entries) = self.heap.entries_mut(object) {
            for key in keys {
                entries.remove(&key);
            }
        }
        Ok(())
    }

    /// A value of its own, changed only here. As it goes through JSON text in JSONata, numbers lose what
    /// `$string` hides and functions become empty texts.
    pub(crate) fn copy(&mut self, value: Value<'e>, depth: usize) -> Evaluated<Value<'e>> {
        self.nested(depth)?;
        self.step(1)?;
        match value {
            Value::Number(_) => {
                let again = |number| Value::Number(in_text(number).parse().unwrap_or(number));
                Ok(self.finite(value)?.map_or(Value::Null, again))
            }
            Value::Long(_) => Ok(value),
            Value::Function(_) => self.heap.text(""),
            Value::Undefined => Ok(if depth == 0 { value } else { Value::Null }),
            Value::Array(array) => {
                let mut items = Vec::with_capacity(self.heap.len(array));
                for at in 0..self.heap.len(array) {
                    items.push(self.copy(self.heap.item(array, at), depth + 1)?);
                }
                self.heap.array(items)
            }
            Value::Object(object) => {
                let mut entries = Entries::default();
                for (key, member) in self.heap.members(object) {
                    let member = self.copy(member, depth + 1)?;
                    entries.set(key, member);
                }
                self.heap.object(entries)
            }
            _ => Ok(value),
        }
    }
}
