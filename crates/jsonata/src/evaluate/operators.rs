//! Operators between values.

use std::cmp::Ordering;

use super::Evaluator;
use crate::failure::{Evaluated, Failure};
use crate::syntax::ast::Node;
use crate::syntax::quoted;
use crate::value::{Closure, Function, List, Scope, Text, Value, is_array_constructor};

impl<'e> Evaluator<'e> {
    pub(super) fn binary(
        &mut self,
        op: &'static str,
        sides: &'e (Node, Node),
        input: Value<'e>,
        scope: Scope,
    ) -> Evaluated<Value<'e>> {
        let left = self.evaluate(&sides.0, input, scope)?;
        if op == "and" || op == "or" {
            let decided = self.truth(left)?;
            if decided == (op == "or") {
                return Ok(Value::Bool(decided));
            }
            let right = self.evaluate(&sides.1, input, scope)?;
            return Ok(Value::Bool(self.truth(right)?));
        }
        let right = self.evaluate(&sides.1, input, scope)?;
        match op {
            "+" | "-" | "*" | "/" | "%" => self.arithmetic(op, left, right),
            "=" => Ok(Value::Bool(self.both(left, right) && self.equal(left, right, 0)?)),
            "!=" => Ok(Value::Bool(self.both(left, right) && !self.equal(left, right, 0)?)),
            "<" | "<=" | ">" | ">=" => self.comparison(op, left, right),
            "&" => self.concatenation(left, right),
            ".." => self.range(left, right),
            _ => self.includes(left, right),
        }
    }

    fn both(&self, left: Value<'e>, right: Value<'e>) -> bool {
        !left.is_undefined() && !right.is_undefined()
    }

    /// A finite number; JSONata refuses an infinite operand.
    pub(crate) fn finite(&self, value: Value<'e>) -> Evaluated<Option<f64>> {
        match value.as_number() {
            Some(number) if number.is_infinite() => Err(Failure::new("D1001", "Number out of range: null")),
            Some(number) if !number.is_nan() => Ok(Some(number)),
            _ => Ok(None),
        }
    }

    fn arithmetic(&mut self, op: &str, left: Value<'e>, right: Value<'e>) -> Evaluated<Value<'e>> {
        let side = |this: &Self, value: Value<'e>, code, name| match this.finite(value)? {
            None if !value.is_undefined() => {
                let message = format!("The {name} side of the {} operator must evaluate to a number", quoted(op));
                Err(Failure::new(code, message))
            }
            number => Ok(number),
        };
        let left = side(self, left, "T2001", "left")?;
        let right = side(self, right, "T2002", "right")?;
        let (Some(left), Some(right)) = (left, right) else { return Ok(Value::Undefined) };
        Ok(Value::Number(match op {
            "+" => left + right,
            "-" => left - right,
            "*" => left * right,
            "/" => left / right,
            _ => left % right,
        }))
    }

    pub(super) fn negate(&mut self, operand: &'e Node, input: Value<'e>, scope: Scope) -> Evaluated<Value<'e>> {
        let value = self.evaluate(operand, input, scope)?;
        match self.finite(value)? {
            Some(number) => Ok(Value::Number(-number)),
            None if value.is_undefined() => Ok(Value::Undefined),
            None => {
                let shown = self.shown(value);
                Err(Failure::new("D1002", format!("Cannot negate a non-numeric value: {shown}")))
            }
        }
    }

    /// Whether two values are the same, whatever made them.
    pub(crate) fn equal(&mut self, left: Value<'e>, right: Value<'e>, depth: usize) -> Evaluated<bool> {
        self.nested(depth)?;
        self.step(1)?;
        Ok(match (left, right) {
            (Value::Null, Value::Null) => true,
            (Value::Bool(left), Value::Bool(right)) => left == right,
            (Value::Long(left), Value::Long(right)) => left == right,
            (Value::Number(_) | Value::Long(_), Value::Number(_) | Value::Long(_)) => {
                left.as_number() == right.as_number()
            }
            (Value::Text(left), Value::Text(right)) => {
                let same = self.heap.str(left) == self.heap.str(right);
                self.step(self.heap.str(left).len() / 256)?;
                same
            }
            (Value::Array(left), Value::Array(right)) => {
                let length = self.heap.len(left);
                if length != self.heap.len(right) {
                    return Ok(false);
                }
                for at in 0..length {
                    if !self.equal(self.heap.item(left, at), self.heap.item(right, at), depth + 1)? {
                        return Ok(false);
                    }
                }
                true
            }
            (Value::Object(left), Value::Object(right)) => {
                if self.heap.member_count(left) != self.heap.member_count(right) {
                    return Ok(false);
                }
                for (key, value) in self.heap.members(left) {
                    let other = self.heap.field(right, &key);
                    if other.is_undefined() || !self.equal(value, other, depth + 1)? {
                        return Ok(false);
                    }
                }
                true
            }
            (Value::Function(left), Value::Function(right)) => same_function(left, right),
            _ => false,
        })
    }

    fn comparison(&mut self, op: &str, left: Value<'e>, right: Value<'e>) -> Evaluated<Value<'e>> {
        let comparable = |value| matches!(value, Value::Undefined | Value::Text(_) | Value::Number(_) | Value::Long(_));
        if !comparable(left) || !comparable(right) {
            let message = format!(
                "The expressions either side of operator {} must evaluate to numeric or string values",
                quoted(op)
            );
            return Err(Failure::new("T2010", message));
        }
        let order = match (left, right) {
            (Value::Undefined, _) | (_, Value::Undefined) => return Ok(Value::Undefined),
            (Value::Long(left), Value::Long(right)) => Some(left.cmp(&right)),
            (Value::Number(_) | Value::Long(_), Value::Number(_) | Value::Long(_)) => {
                left.as_number().partial_cmp(&right.as_number())
            }
            (Value::Text(left), Value::Text(right)) => Some(self.text_order(left, right)),
            _ => {
                let message = format!(
                    "The values {} and {} either side of operator {} must be of the same data type",
                    self.shown(left),
                    self.shown(right),
                    quoted(op)
                );
                return Err(Failure::new("T2009", message));
            }
        };
        Ok(Value::Bool(match op {
            "<" => order == Some(Ordering::Less),
            "<=" => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            ">" => order == Some(Ordering::Greater),
            _ => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        }))
    }

    /// The order of texts by their UTF-16 units, as JavaScript compares them.
    pub(crate) fn text_order(&self, left: Text<'e>, right: Text<'e>) -> Ordering {
        let left = self.heap.str(left);
        let right = self.heap.str(right);
        if left.is_ascii() && right.is_ascii() {
            return left.cmp(right);
        }
        left.encode_utf16().cmp(right.encode_utf16())
    }

    fn concatenation(&mut self, left: Value<'e>, right: Value<'e>) -> Evaluated<Value<'e>> {
        let mut text = self.text_of(left, false)?;
        let right = self.text_of(right, false)?;
        self.heap.allow(text.len() + right.len())?;
        text.push_str(&right);
        self.step(text.len() / 256)?;
        self.heap.text(text)
    }

    fn range(&mut self, left: Value<'e>, right: Value<'e>) -> Evaluated<Value<'e>> {
        let whole = |value: Value<'e>, code, side| match value {
            Value::Undefined => Ok(None),
            Value::Number(number) if number.fract() == 0.0 => Ok(Some(number)),
            Value::Long(whole) => Ok(Some(whole as f64)),
            _ => {
                let message = format!("The {side} side of the range operator (..) must evaluate to an integer");
                Err(Failure::new(code, message))
            }
        };
        let first = whole(left, "T2003", "left")?;
        let last = whole(right, "T2004", "right")?;
        let (Some(first), Some(last)) = (first, last) else { return Ok(Value::Undefined) };
        if first > last {
            return Ok(Value::Undefined);
        }
        let size = last - first + 1.0;
        if size > 1e7 {
            let message = format!(
                "The size of the sequence allocated by the range operator (..) must not exceed 1e6.  Attempted to allocate {}.",
                crate::number::to_text(size)
            );
            return Err(Failure::new("D2014", message));
        }
        let size = size as u32;
        self.heap.allow(usize::try_from(size).unwrap_or(usize::MAX).saturating_mul(8))?;
        self.step(usize::try_from(size / 16).unwrap_or(usize::MAX))?;
        let items = (0..size).map(|at| Value::Number(first + f64::from(at))).collect();
        self.heap.sequence(items)
    }

    fn includes(&mut self, left: Value<'e>, right: Value<'e>) -> Evaluated<Value<'e>> {
        let plain = |value| !matches!(value, Value::Array(_) | Value::Object(_));
        if !self.both(left, right) || !plain(left) {
            return Ok(Value::Bool(false));
        }
        let Value::Array(array) = right else { return Ok(Value::Bool(plain(right) && self.equal(left, right, 0)?)) };
        for at in 0..self.heap.len(array) {
            let item = self.heap.item(array, at);
            if plain(item) && self.equal(left, item, 0)? {
                return Ok(Value::Bool(true));
            }
        }
        Ok(Value::Bool(false))
    }

    pub(super) fn array(
        &mut self,
        node: &'e Node,
        expressions: &'e [Node],
        input: Value<'e>,
        scope: Scope,
    ) -> Evaluated<Value<'e>> {
        let mut items = Vec::with_capacity(expressions.len());
        for expression in expressions {
            let value = self.evaluate(expression, input, scope)?;
            match value {
                Value::Undefined => {}
                Value::Array(array) if !is_array_constructor(expression) => self.gather(array, &mut items)?,
                _ => items.push(value),
            }
        }
        self.heap.list(List { items, cons: node.cons_array, ..List::default() })
    }

    /// What a condition makes of a value: nothing and what is empty is false, an array true by any of its members, and a function is
    /// true.
    pub(crate) fn truth(&mut self, value: Value<'e>) -> Evaluated<bool> {
        self.truth_within(value, 0)
    }

    fn truth_within(&mut self, value: Value<'e>, depth: usize) -> Evaluated<bool> {
        self.nested(depth)?;
        Ok(match value {
            Value::Bool(value) => value,
            Value::Number(_) | Value::Long(_) => self.finite(value)?.is_some_and(|number| number != 0.0),
            Value::Text(text) => !self.heap.str(text).is_empty(),
            Value::Object(object) => self.heap.member_count(object) > 0,
            Value::Array(array) => {
                self.step(self.heap.len(array) / 8)?;
                let mut any = false;
                for at in 0..self.heap.len(array) {
                    any |= self.truth_within(self.heap.item(array, at), depth + 1)?;
                }
                any
            }
            Value::Tuple(_) => true,
            // To JSONata a function is an object with members; a regular expression is a function of JavaScript.
            Value::Function(function) => !self.is_regex(function),
            Value::Undefined | Value::Null | Value::TailCall => false,
        })
    }

    fn is_regex(&self, function: Function) -> bool {
        matches!(function, Function::Closure(at) if matches!(self.heap.made_function(at), Some(Closure::Regex(_))))
    }
}

fn same_function(left: crate::value::Function, right: crate::value::Function) -> bool {
    use crate::value::Function::{Closure, Native};
    match (left, right) {
        (Native(left), Native(right)) => std::ptr::eq(left, right),
        (Closure(left), Closure(right)) => left == right,
        _ => false,
    }
}
