//! Paths with variables: `@$v`, `#$i` and `%`.

use super::Evaluator;
use crate::failure::Evaluated;
use crate::syntax::ast::{Kind, Node};
use crate::value::{List, Name, Scope, Tuple, Value, set};

impl<'e> Evaluator<'e> {
    /// One step over tuples; `before` are those of the step before, none at first.
    pub(super) fn tuple_step(
        &mut self,
        step: &'e Node,
        input: Value<'e>,
        before: Option<Vec<u32>>,
        scope: Scope,
    ) -> Evaluated<Vec<u32>> {
        let result = match (&step.kind, before) {
            (Kind::Sort(terms), Some(before)) => {
                let stream = self.stream(before)?;
                self.sort_by(terms, stream, scope)?
            }
            (Kind::Sort(terms), None) => {
                let sorted = self.sort_by(terms, input, scope)?;
                self.numbered(step, sorted)?
            }
            (_, before) => self.step_over(step, input, before, scope)?,
        };
        let result = self.stages(&step.stages, result, scope)?;
        Ok(self.tuples_in(result))
    }

    fn stream(&mut self, tuples: Vec<u32>) -> Evaluated<Value<'e>> {
        let items = tuples.into_iter().map(Value::Tuple).collect();
        self.heap.list(List { items, sequence: true, tuples: true, ..List::default() })
    }

    fn tuples_in(&self, value: Value<'e>) -> Vec<u32> {
        let number = |item| if let Value::Tuple(at) = item { Some(at) } else { None };
        match value {
            Value::Array(array) => self.heap.items(array).filter_map(number).collect(),
            other => number(other).into_iter().collect(),
        }
    }

    /// Makes values into tuples with their index.
    fn numbered(&mut self, step: &'e Node, values: Value<'e>) -> Evaluated<Value<'e>> {
        let Value::Array(array) = values else { return self.stream(Vec::new()) };
        let mut tuples = Vec::new();
        for at in 0..self.heap.len(array) {
            let bound = step.index.iter().map(|name| (Name::Variable(name), counted(at))).collect();
            let tuple = Tuple { at: self.heap.item(array, at), bound };
            if let Value::Tuple(number) = self.heap.tuple(tuple)? {
                tuples.push(number);
            }
        }
        self.stream(tuples)
    }

    fn step_over(
        &mut self,
        step: &'e Node,
        input: Value<'e>,
        before: Option<Vec<u32>>,
        scope: Scope,
    ) -> Evaluated<Value<'e>> {
        let before = match before {
            Some(before) => before,
            None => self.plain_tuples(input)?,
        };
        let mut after = Vec::new();
        for tuple in before {
            let (context, inner) = self.context_of(Value::Tuple(tuple), scope)?;
            let result = self.evaluate(step, context, inner)?;
            self.extend(step, tuple, context, result, &mut after)?;
        }
        self.stream(after)
    }

    fn plain_tuples(&mut self, input: Value<'e>) -> Evaluated<Vec<u32>> {
        let Value::Array(array) = input else { return Ok(Vec::new()) };
        let mut tuples = Vec::with_capacity(self.heap.len(array));
        for at in 0..self.heap.len(array) {
            let item = self.heap.item(array, at);
            let tuple = match item {
                Value::Tuple(_) => item,
                _ => self.heap.tuple(Tuple { at: item, bound: Vec::new() })?,
            };
            if let Value::Tuple(number) = tuple {
                tuples.push(number);
            }
        }
        Ok(tuples)
    }

    /// The tuples that follow from one: one for each value that the step gave.
    fn extend(
        &mut self,
        step: &'e Node,
        tuple: u32,
        context: Value<'e>,
        result: Value<'e>,
        after: &mut Vec<u32>,
    ) -> Evaluated<()> {
        let values: Vec<Value<'e>> = match result {
            Value::Undefined => return Ok(()),
            Value::Array(array) => self.heap.items(array).collect(),
            single => vec![single],
        };
        for (at, value) in values.into_iter().enumerate() {
            self.step(1)?;
            let mut bound = self.heap.tuple_of(tuple).map(|tuple| tuple.bound.clone()).unwrap_or_default();
            let mut here = value;
            if let Value::Tuple(inner) = value {
                let Some(inner) = self.heap.tuple_of(inner) else { continue };
                here = inner.at;
                for (name, value) in &inner.bound {
                    set(&mut bound, *name, *value);
                }
            } else {
                if let Some(focus) = &step.focus {
                    set(&mut bound, Name::Variable(focus), value);
                    here = context;
                }
                if let Some(index) = &step.index {
                    set(&mut bound, Name::Variable(index), counted(at));
                }
                if let Some(slot) = step.ancestor {
                    let label = self.program.labels.get(slot).copied().unwrap_or(slot);
                    set(&mut bound, Name::Parent(label), context);
                }
            }
            if let Value::Tuple(number) = self.heap.tuple(Tuple { at: here, bound })? {
                after.push(number);
            }
        }
        Ok(())
    }

    /// `#$i` after predicates: each tuple gets its index in what is left.
    pub(super) fn number_tuples(&mut self, tuples: Value<'e>, name: &'e str) {
        for (at, tuple) in self.tuples_in(tuples).into_iter().enumerate() {
            if let Some(tuple) = self.heap.tuple_mut(tuple) {
                set(&mut tuple.bound, Name::Variable(name), counted(at));
            }
        }
    }
}

fn counted<'e>(at: usize) -> Value<'e> {
    Value::Number(at as f64)
}
