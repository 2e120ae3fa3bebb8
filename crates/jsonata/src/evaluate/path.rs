//! Paths: steps over sequences, and predicates.

use super::Evaluator;
use crate::failure::Evaluated;
use crate::syntax::ast::{Kind, Node, Stage};
use crate::value::{Array, List, Scope, Value};

impl<'e> Evaluator<'e> {
    pub(super) fn path(
        &mut self,
        node: &'e Node,
        steps: &'e [Node],
        keep_singleton: bool,
        input: Value<'e>,
        scope: Scope,
    ) -> Evaluated<Value<'e>> {
        let starts_at_variable = matches!(steps.first().map(|step| &step.kind), Some(Kind::Variable(_)));
        let mut items = match input {
            Value::Array(_) if !starts_at_variable => input,
            _ => self.heap.sequence(vec![input])?,
        };
        let mut result = Value::Undefined;
        let mut tuples: Option<Vec<u32>> = None;
        let mut in_tuples = false;
        for (at, step) in steps.iter().enumerate() {
            in_tuples |= step.tuple;
            if at == 0 && step.cons_array {
                result = self.evaluate(step, items, scope)?;
            } else if in_tuples {
                tuples = Some(self.tuple_step(step, items, tuples.take(), scope)?);
            } else {
                result = self.path_step(step, items, at + 1 == steps.len(), scope)?;
            }
            if !in_tuples {
                if self.count(result) == 0 {
                    break;
                }
                if step.focus.is_none() {
                    items = result;
                }
            }
        }
        if in_tuples {
            result = self.tuple_result(node, tuples.unwrap_or_default())?;
        }
        if keep_singleton {
            result = self.kept(result)?;
        }
        match &node.group {
            Some(pairs) => self.group(pairs, result, scope),
            None => Ok(result),
        }
    }

    /// What a path over tuples gives: the tuples to a path around it or to a grouping, else the values in them.
    fn tuple_result(&mut self, node: &'e Node, tuples: Vec<u32>) -> Evaluated<Value<'e>> {
        if node.tuple || node.group.is_some() {
            let items = tuples.into_iter().map(Value::Tuple).collect();
            return self.heap.list(List { items, sequence: true, tuples: true, ..List::default() });
        }
        let values = tuples.into_iter().map(|at| self.heap.tuple_of(at).map_or(Value::Undefined, |tuple| tuple.at));
        let values = values.collect();
        self.heap.sequence(values)
    }

    /// Marks a result so that a single value stays in its array.
    fn kept(&mut self, result: Value<'e>) -> Evaluated<Value<'e>> {
        let Value::Array(array) = result else { return Ok(result) };
        let constructed = self.heap.made(array).is_some_and(|list| list.cons && !list.sequence);
        let result = if constructed { self.heap.sequence(vec![result])? } else { result };
        if let Value::Array(array) = result
            && let Some(list) = self.heap.made_mut(array)
        {
            list.keep_singleton = true;
        }
        Ok(result)
    }

    /// How many values stand in a result.
    pub(super) fn count(&self, value: Value<'e>) -> usize {
        match value {
            Value::Undefined => 0,
            Value::Array(array) => self.heap.len(array),
            _ => 1,
        }
    }

    fn path_step(&mut self, step: &'e Node, input: Value<'e>, last: bool, scope: Scope) -> Evaluated<Value<'e>> {
        if let Kind::Sort(terms) = &step.kind {
            let sorted = self.sort_by(terms, input, scope)?;
            return self.stages(&step.stages, sorted, scope);
        }
        let Value::Array(array) = input else { return Ok(Value::Undefined) };
        let mut results = Vec::new();
        for at in 0..self.heap.len(array) {
            let item = self.heap.item(array, at);
            let mut result = self.evaluate(step, item, scope)?;
            for stage in &step.stages {
                if let Stage::Filter(predicate) = stage {
                    result = self.filter(predicate, result, scope)?;
                }
            }
            if !result.is_undefined() {
                results.push(result);
            }
        }
        if last
            && let [Value::Array(only)] = results.as_slice()
            && !self.heap.made(*only).is_some_and(|list| list.sequence)
        {
            return Ok(Value::Array(*only));
        }
        self.flattened(&results)
    }

    /// One sequence of what several steps gave; only what an array constructor made stays an array in it.
    fn flattened(&mut self, results: &[Value<'e>]) -> Evaluated<Value<'e>> {
        let mut items = Vec::with_capacity(results.len());
        for result in results {
            match result {
                Value::Array(array) if !self.heap.made(*array).is_some_and(|list| list.cons) => {
                    self.gather(*array, &mut items)?;
                }
                _ => items.push(*result),
            }
        }
        self.heap.sequence(items)
    }

    /// Adds an array's members to others.
    pub(crate) fn gather(&mut self, array: Array<'e>, items: &mut Vec<Value<'e>>) -> Evaluated<()> {
        let length = self.heap.len(array);
        self.step(length / 8)?;
        self.heap.allow((items.len() + length) * 8)?;
        items.extend(self.heap.items(array));
        Ok(())
    }

    /// Applies the predicates of a step to all of its result.
    pub(super) fn stages(&mut self, stages: &'e [Stage], input: Value<'e>, scope: Scope) -> Evaluated<Value<'e>> {
        let mut result = input;
        for stage in stages {
            match stage {
                Stage::Filter(predicate) => result = self.filter(predicate, result, scope)?,
                Stage::Index(name) => self.number_tuples(result, name),
            }
        }
        Ok(result)
    }

    /// A predicate: an index, or a condition for each value.
    pub(super) fn filter(&mut self, predicate: &'e Node, input: Value<'e>, scope: Scope) -> Evaluated<Value<'e>> {
        let input = if matches!(input, Value::Array(_)) { input } else { self.heap.sequence(vec![input])? };
        let Value::Array(array) = input else { return Ok(input) };
        let tuples = self.heap.made(array).is_some_and(|list| list.tuples);
        let length = self.heap.len(array);
        let mut items = Vec::new();
        if let Kind::Number(number) = predicate.kind {
            if let Some(at) = place(number, length) {
                match self.heap.item(array, at) {
                    Value::Undefined => {}
                    Value::Array(inner) => return Ok(Value::Array(inner)),
                    item => items.push(item),
                }
            }
        } else {
            for at in 0..length {
                self.filter_one(predicate, array, at, scope, &mut items)?;
            }
        }
        self.heap.list(List { items, sequence: true, tuples, ..List::default() })
    }

    fn filter_one(
        &mut self,
        predicate: &'e Node,
        array: Array<'e>,
        at: usize,
        scope: Scope,
        items: &mut Vec<Value<'e>>,
    ) -> Evaluated<()> {
        let item = self.heap.item(array, at);
        let (context, inner) = self.context_of(item, scope)?;
        let result = self.evaluate(predicate, context, inner)?;
        let places = match result {
            Value::Number(_) | Value::Long(_) => self.finite(result)?.map(|number| vec![number]),
            Value::Array(numbers) => self.all_numbers(numbers)?,
            _ => None,
        };
        let length = self.heap.len(array);
        match places {
            Some(places) => {
                let hits = places.into_iter().filter(|number| place(*number, length) == Some(at)).count();
                items.extend(std::iter::repeat_n(item, hits));
            }
            None if self.truth(result)? => items.push(item),
            None => {}
        }
        self.heap.allow(items.len() * 8)
    }

    /// The members of an array that holds numbers only.
    fn all_numbers(&mut self, array: Array<'e>) -> Evaluated<Option<Vec<f64>>> {
        self.step(self.heap.len(array) / 8)?;
        let mut numbers = Vec::with_capacity(self.heap.len(array));
        for at in 0..self.heap.len(array) {
            match self.finite(self.heap.item(array, at))? {
                Some(number) => numbers.push(number),
                None => return Ok(None),
            }
        }
        Ok(Some(numbers))
    }

    /// The context that a value of a sequence is for what is applied to it, and the scope with its variables.
    pub(super) fn context_of(&mut self, item: Value<'e>, scope: Scope) -> Evaluated<(Value<'e>, Scope)> {
        let Value::Tuple(at) = item else { return Ok((item, scope)) };
        let context = self.heap.tuple_of(at).map_or(Value::Undefined, |tuple| tuple.at);
        Ok((context, self.heap.scope_of_tuple(scope, at)?))
    }
}

/// Where an index points in so many values; from the end when negative.
fn place(number: f64, length: usize) -> Option<usize> {
    let floor = number.floor();
    let at = if floor < 0.0 { floor + length as f64 } else { floor };
    (0.0..9e15).contains(&at).then_some(at as usize).filter(|at| *at < length)
}
