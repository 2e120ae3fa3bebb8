//! The axes of a path: a field, all fields, all descendants.

use super::Evaluator;
use crate::failure::{Bound, Evaluated, Failure};
use crate::value::{Array, List, Value};

/// How deep a value may nest that is walked from top to bottom. JSON that is read nests 128 levels at most.
pub(crate) const MAX_NESTING: usize = 200;

impl<'e> Evaluator<'e> {
    /// Refuses to walk deeper into a value.
    pub(crate) fn nested(&self, depth: usize) -> Evaluated<()> {
        if depth > MAX_NESTING { Err(Failure::bound(Bound::Depth)) } else { Ok(()) }
    }

    /// A field of an object, or of every object in an array.
    pub(crate) fn lookup(&mut self, input: Value<'e>, name: &str) -> Evaluated<Value<'e>> {
        match input {
            Value::Object(object) => Ok(self.heap.field(object, name)),
            Value::Array(array) => {
                let mut found = Vec::new();
                self.lookup_into(array, name, &mut found, 0)?;
                self.heap.sequence(found)
            }
            _ => Ok(Value::Undefined),
        }
    }

    fn lookup_into(&mut self, array: Array<'e>, name: &str, found: &mut Vec<Value<'e>>, depth: usize) -> Evaluated<()> {
        self.nested(depth)?;
        self.step(1 + self.heap.len(array) / 4)?;
        for at in 0..self.heap.len(array) {
            match self.heap.item(array, at) {
                Value::Object(object) => match self.heap.field(object, name) {
                    Value::Undefined => {}
                    Value::Array(inner) => self.gather(inner, found)?,
                    value => found.push(value),
                },
                Value::Array(inner) => self.lookup_into(inner, name, found, depth + 1)?,
                _ => {}
            }
        }
        Ok(())
    }

    pub(super) fn wildcard(&mut self, input: Value<'e>) -> Evaluated<Value<'e>> {
        let values: Vec<Value<'e>> = match input {
            Value::Array(array) => self.heap.items(array).collect(),
            Value::Object(object) => self.heap.members(object).into_iter().map(|(_, value)| value).collect(),
            _ => Vec::new(),
        };
        self.step(values.len() / 4)?;
        let mut items = Vec::with_capacity(values.len());
        // An array among the values makes the whole an array of its own, that stays one.
        let sequence = !values.iter().any(|value| matches!(value, Value::Array(_)));
        for value in values {
            self.flatten_into(value, &mut items, 0)?;
        }
        self.heap.list(List { items, sequence, ..List::default() })
    }

    fn flatten_into(&mut self, value: Value<'e>, items: &mut Vec<Value<'e>>, depth: usize) -> Evaluated<()> {
        let Value::Array(array) = value else {
            self.heap.allow(items.len() * 8)?;
            items.push(value);
            return Ok(());
        };
        self.nested(depth)?;
        self.step(1 + self.heap.len(array) / 4)?;
        for at in 0..self.heap.len(array) {
            self.flatten_into(self.heap.item(array, at), items, depth + 1)?;
        }
        Ok(())
    }

    pub(super) fn descendants(&mut self, input: Value<'e>) -> Evaluated<Value<'e>> {
        if input.is_undefined() {
            return Ok(Value::Undefined);
        }
        let mut items = Vec::new();
        self.descend(input, &mut items, 0)?;
        match items.as_slice() {
            [only] => Ok(*only),
            _ => self.heap.sequence(items),
        }
    }

    fn descend(&mut self, value: Value<'e>, items: &mut Vec<Value<'e>>, depth: usize) -> Evaluated<()> {
        self.nested(depth)?;
        self.step(1)?;
        self.heap.allow(items.len() * 8)?;
        match value {
            Value::Array(array) => {
                for at in 0..self.heap.len(array) {
                    self.descend(self.heap.item(array, at), items, depth + 1)?;
                }
            }
            Value::Object(object) => {
                items.push(value);
                for (_, member) in self.heap.members(object) {
                    self.descend(member, items, depth + 1)?;
                }
            }
            _ => items.push(value),
        }
        Ok(())
    }
}
