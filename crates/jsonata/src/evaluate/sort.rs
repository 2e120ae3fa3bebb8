//! Sorting: `^(...)` and what `$sort` needs. Merging keeps the order of what compares equal.

use std::cmp::Ordering;

use super::Evaluator;
use crate::failure::{Evaluated, Failure};
use crate::syntax::ast::Term;
use crate::value::{List, Scope, Value};

impl<'e> Evaluator<'e> {
    pub(super) fn sort_by(&mut self, terms: &'e [Term], input: Value<'e>, scope: Scope) -> Evaluated<Value<'e>> {
        let Value::Array(array) = input else { return Ok(input) };
        if self.heap.len(array) <= 1 {
            return Ok(input);
        }
        let tuples = self.heap.made(array).is_some_and(|list| list.tuples);
        let items = self.heap.items(array).collect();
        let items = self.merge_sort(items, &mut |this, left, right| this.comes_after(terms, left, right, scope))?;
        self.heap.list(List { items, tuples, sequence: tuples, ..List::default() })
    }

    fn comes_after(&mut self, terms: &'e [Term], left: Value<'e>, right: Value<'e>, scope: Scope) -> Evaluated<bool> {
        for term in terms {
            let (context, inner) = self.context_of(left, scope)?;
            let a = self.evaluate(&term.expression, context, inner)?;
            let (context, inner) = self.context_of(right, scope)?;
            let b = self.evaluate(&term.expression, context, inner)?;
            let order = match (a, b) {
                (Value::Undefined, Value::Undefined) => continue,
                // What is missing comes last, in either direction.
                (Value::Undefined, _) => return Ok(true),
                (_, Value::Undefined) => return Ok(false),
                (Value::Long(a), Value::Long(b)) => a.cmp(&b),
                (Value::Number(_) | Value::Long(_), Value::Number(_) | Value::Long(_)) => {
                    a.as_number().partial_cmp(&b.as_number()).unwrap_or(Ordering::Equal)
                }
                (Value::Text(a), Value::Text(b)) => self.text_order(a, b),
                _ => return Err(self.incomparable(a, b)),
            };
            let order = if term.descending { order.reverse() } else { order };
            if order != Ordering::Equal {
                return Ok(order == Ordering::Greater);
            }
        }
        Ok(false)
    }

    fn incomparable(&mut self, a: Value<'e>, b: Value<'e>) -> Failure {
        let sortable = |value| matches!(value, Value::Text(_) | Value::Number(_) | Value::Long(_));
        if !sortable(a) || !sortable(b) {
            let message = "The expressions within an order-by clause must evaluate to numeric or string values";
            return Failure::new("T2008", message);
        }
        let a = self.shown(a);
        let b = self.shown(b);
        Failure::new("T2007", format!("Type mismatch when comparing values {a} and {b} in order-by clause"))
    }

    /// Sorts by a comparison that can fail: whether the first of two comes after the second.
    pub(crate) fn merge_sort(
        &mut self,
        items: Vec<Value<'e>>,
        comes_after: &mut dyn FnMut(&mut Self, Value<'e>, Value<'e>) -> Evaluated<bool>,
    ) -> Evaluated<Vec<Value<'e>>> {
        if items.len() <= 1 {
            return Ok(items);
        }
        let mut left = items;
        let right = left.split_off(left.len() / 2);
        let left = self.merge_sort(left, comes_after)?;
        let right = self.merge_sort(right, comes_after)?;
        let mut merged = Vec::with_capacity(left.len() + right.len());
        let mut left = left.into_iter().peekable();
        let mut right = right.into_iter().peekable();
        while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
            self.step(1)?;
            let next = if comes_after(self, *a, *b)? { right.next() } else { left.next() };
            merged.extend(next);
        }
        merged.extend(left);
        merged.extend(right);
        Ok(merged)
    }
}
