//! Objects: constructed from a context, or grouping a sequence by a key.

use std::collections::BTreeMap;

use super::Evaluator;
use crate::failure::{Evaluated, Failure};
use crate::syntax::ast::Pairs;
use crate::syntax::quoted;
use crate::value::{Entries, Key, Name, Scope, Text, Value, set};

/// The values that share a key.
struct Group<'e> {
    key: Key<'e>,
    pair: usize,
    members: Vec<Value<'e>>,
}

impl<'e> Evaluator<'e> {
    pub(super) fn group(&mut self, pairs: &'e Pairs, input: Value<'e>, scope: Scope) -> Evaluated<Value<'e>> {
        let mut items: Vec<Value<'e>> = match input {
            Value::Array(array) => self.heap.items(array).collect(),
            single => vec![single],
        };
        let tuples = matches!(input, Value::Array(array) if self.heap.made(array).is_some_and(|list| list.tuples));
        if items.is_empty() {
            items.push(Value::Undefined);
        }
        let groups = self.groups(pairs, items, scope)?;
        let mut entries = Entries::default();
        for group in groups {
            let (context, inner) =
                if tuples { self.reduced(&group.members, scope)? } else { (self.appended(&group.members)?, scope) };
            let Some((_, expression)) = pairs.get(group.pair) else { continue };
            let value = self.evaluate(expression, context, inner)?;
            if !value.is_undefined() {
                entries.set(group.key, value);
            }
        }
        self.heap.object(entries)
    }

    fn groups(&mut self, pairs: &'e Pairs, items: Vec<Value<'e>>, scope: Scope) -> Evaluated<Vec<Group<'e>>> {
        let mut groups: Vec<Group<'e>> = Vec::new();
        let mut places: BTreeMap<Key<'e>, usize> = BTreeMap::new();
        for item in items {
            let (context, inner) = self.context_of(item, scope)?;
            for (pair, (key, _)) in pairs.iter().enumerate() {
                let key = match self.evaluate(key, context, inner)? {
                    Value::Undefined => continue,
                    Value::Text(Text::Borrowed(text)) => Key::from(text),
                    Value::Text(text) => Key::from(self.heap.str(text).to_owned()),
                    other => {
                        let shown = self.shown(other);
                        let message = format!("Key in object structure must evaluate to a string; got: {shown}");
                        return Err(Failure::new("T1003", message));
                    }
                };
                match places.get(&key).and_then(|at| groups.get_mut(*at)) {
                    Some(group) if group.pair == pair => group.members.push(item),
                    Some(_) => {
                        let message = format!("Multiple key definitions evaluate to same key: {}", quoted(&key));
                        return Err(Failure::new("D1009", message));
                    }
                    None => {
                        self.heap.charge(key.len() * 2 + 96)?;
                        places.insert(key.clone(), groups.len());
                        groups.push(Group { key, pair, members: vec![item] });
                    }
                }
            }
        }
        Ok(groups)
    }

    /// Several values as one: a single one itself, more in an array.
    pub(crate) fn appended(&mut self, values: &[Value<'e>]) -> Evaluated<Value<'e>> {
        if let [only] = values {
            return Ok(*only);
        }
        let mut items = Vec::with_capacity(values.len());
        for value in values {
            match value {
                Value::Undefined => {}
                Value::Array(array) => self.gather(*array, &mut items)?,
                _ => items.push(*value),
            }
        }
        self.heap.array(items)
    }

    /// The context and the variables of several tuples, each appended.
    fn reduced(&mut self, tuples: &[Value<'e>], scope: Scope) -> Evaluated<(Value<'e>, Scope)> {
        let mut contexts = Vec::with_capacity(tuples.len());
        let mut variables: Vec<(Name<'e>, Vec<Value<'e>>)> = Vec::new();
        for tuple in tuples {
            let Value::Tuple(at) = tuple else { continue };
            let Some(tuple) = self.heap.tuple_of(*at) else { continue };
            contexts.push(tuple.at);
            for (name, value) in &tuple.bound {
                match variables.iter_mut().find(|(known, _)| known == name) {
                    Some((_, values)) => values.push(*value),
                    None => variables.push((*name, vec![*value])),
                }
            }
        }
        let context = self.appended(&contexts)?;
        let mut bound = Vec::with_capacity(variables.len());
        for (name, values) in variables {
            set(&mut bound, name, self.appended(&values)?);
        }
        Ok((context, self.heap.scope(Some(scope), bound)?))
    }
}
