//! Walks an expression. Every step, level and byte is counted, so that any expression ends, in bounded space.

use std::borrow::Cow;

use crate::bindings::Bindings;
use crate::expression::Program;
use crate::failure::{Bound, Evaluated, Failure};
use crate::native;
use crate::syntax::ast::{Kind, Literal, Node, Stage};
use crate::value::{Closure, Entries, Function, Heap, Name, Scope, Text, Value};

mod apply;
mod arguments;
mod axes;
mod group;
mod operators;
mod path;
mod sort;
mod transform;
mod tuples;

/// How deep evaluation may nest. AWS refuses what nests deeper, too.
const MAX_DEPTH: u32 = 100;
/// How many steps an evaluation may take. AWS bounds the time instead, which is no function of the input.
const MAX_STEPS: usize = 2_000_000;

/// One evaluation.
pub(super) struct Evaluator<'e> {
    pub(super) heap: Heap<'e>,
    pub(super) bindings: &'e dyn Bindings,
    program: &'e Program,
    /// The variables from outside that the expression names.
    outside: &'e [(&'e str, Value<'e>)],
    /// `$states`, made of the fields that the expression names.
    states: Option<Value<'e>>,
    depth: u32,
    /// How many functions are being applied, one within the other.
    calls: u32,
    steps: usize,
    /// The call that [`Value::TailCall`] stands for.
    pending: Option<apply::TailCall<'e>>,
}

impl<'e> Evaluator<'e> {
    pub(super) fn new(program: &'e Program, bindings: &'e dyn Bindings, outside: &'e [(&'e str, Value<'e>)]) -> Self {
        Self {
            heap: Heap::default(),
            bindings,
            program,
            outside,
            states: None,
            depth: 0,
            calls: 0,
            steps: 0,
            pending: None,
        }
    }

    /// Makes `$states` of some of its fields, without a copy of any.
    pub(super) fn bind_states(&mut self, fields: &'e [(&'e str, Cow<'e, serde_json::Value>)]) -> Evaluated<()> {
        if fields.is_empty() {
            return Ok(());
        }
        let mut states = Entries::default();
        for (name, value) in fields {
            states.set(Cow::Borrowed(name), Value::of_json(value));
        }
        self.states = Some(self.heap.object(states)?);
        Ok(())
    }

    /// Evaluates the whole expression over a context.
    pub(super) fn run(&mut self, input: Value<'e>) -> Evaluated<Value<'e>> {
        let root = self.heap.scope(None, vec![(Name::Variable("$"), input)])?;
        self.evaluate(&self.program.root, input, root)
    }

    /// Counts work.
    ///
    /// # Errors
    /// When there has been too much of it.
    pub(super) fn step(&mut self, count: usize) -> Evaluated<()> {
        self.steps = self.steps.saturating_add(count);
        if self.steps > MAX_STEPS { Err(Failure::bound(Bound::Steps)) } else { Ok(()) }
    }

    fn evaluate(&mut self, node: &'e Node, input: Value<'e>, scope: Scope) -> Evaluated<Value<'e>> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Failure::bound(Bound::Depth));
        }
        self.step(1)?;
        let mut value = self.plain(node, input, scope)?;
        for stage in &node.predicates {
            if let Stage::Filter(predicate) = stage {
                value = self.filter(predicate, value, scope)?;
            }
        }
        if let Some(pairs) = &node.group
            && !matches!(node.kind, Kind::Path { .. })
        {
            value = self.group(pairs, value, scope)?;
        }
        self.depth -= 1;
        Ok(self.settle(value, node.keep_array))
    }

    /// A query's result of one value is that value, of none is nothing.
    fn settle(&mut self, value: Value<'e>, keep_array: bool) -> Value<'e> {
        let Value::Array(array) = value else { return value };
        let Some(list) = self.heap.made_mut(array) else { return value };
        if !list.sequence || list.tuples {
            return value;
        }
        list.keep_singleton |= keep_array;
        match list.items.as_slice() {
            [] => Value::Undefined,
            [only] if !list.keep_singleton => *only,
            _ => value,
        }
    }

    fn plain(&mut self, node: &'e Node, input: Value<'e>, scope: Scope) -> Evaluated<Value<'e>> {
        match &node.kind {
            Kind::Path { steps, keep_singleton } => self.path(node, steps, *keep_singleton, input, scope),
            Kind::Name(name) => self.lookup(input, name),
            Kind::Text(text) => Ok(Value::Text(Text::Borrowed(text))),
            Kind::Number(number) => Ok(Value::Number(*number)),
            Kind::Literal(literal) => Ok(match literal {
                Literal::Null => Value::Null,
                Literal::True => Value::Bool(true),
                Literal::False => Value::Bool(false),
            }),
            Kind::Wildcard => self.wildcard(input),
            Kind::Descendant => self.descendants(input),
            Kind::Parent(slot) => {
                let label = self.program.labels.get(*slot).copied().unwrap_or(*slot);
                Ok(self.heap.lookup(scope, Name::Parent(label)).unwrap_or(Value::Undefined))
            }
            Kind::Regex(regex) => self.heap.closure(Closure::Regex(regex)),
            Kind::Variable(name) => Ok(self.variable(name, input, scope)),
            Kind::Negate(operand) => self.negate(operand, input, scope),
            Kind::Array(items) => self.array(node, items, input, scope),
            Kind::Object(pairs) => self.group(pairs, input, scope),
            Kind::Binary(op, sides) => self.binary(op, sides, input, scope),
            Kind::Bind(name, value) => {
                let value = self.evaluate(value, input, scope)?;
                self.heap.bind(scope, Name::Variable(name), value);
                Ok(value)
            }
            Kind::Condition(at, parts) => self.condition(*at, parts, input, scope),
            Kind::Block(expressions) => self.block(expressions, input, scope),
            Kind::Call(call) => self.call(call, None, input, scope),
            Kind::Partial(procedure, arguments) => self.partial(procedure, arguments, input, scope),
            Kind::Lambda(lambda) => self.heap.closure(Closure::Lambda {
                body: &lambda.body,
                parameters: lambda.parameters.iter().map(|name| &**name).collect(),
                signature: lambda.signature.as_ref(),
                scope,
                input,
            }),
            Kind::Apply(sides) => self.apply_operator(sides, input, scope),
            Kind::Transform(transform) => self.heap.closure(Closure::Transform { transform, scope }),
            Kind::TooDeep => Err(Failure::bound(Bound::Depth)),
            // A sort is a step of a path and evaluated there.
            Kind::Sort(_) => Ok(Value::Undefined),
        }
    }

    fn condition(
        &mut self,
        at: usize,
        parts: &'e (Node, Node, Option<Node>),
        input: Value<'e>,
        scope: Scope,
    ) -> Evaluated<Value<'e>> {
        let condition = self.evaluate(&parts.0, input, scope)?;
        let is_true = self.truth(condition)?;
        self.bindings.decided(&self.program.text, at, is_true);
        if is_true {
            return self.evaluate(&parts.1, input, scope);
        }
        match &parts.2 {
            Some(otherwise) => self.evaluate(otherwise, input, scope),
            None => Ok(Value::Undefined),
        }
    }

    fn block(&mut self, expressions: &'e [Node], input: Value<'e>, scope: Scope) -> Evaluated<Value<'e>> {
        let inner = self.heap.scope(Some(scope), Vec::new())?;
        let mut value = Value::Undefined;
        for expression in expressions {
            value = self.evaluate(expression, input, inner)?;
        }
        Ok(value)
    }

    /// A variable: the context, a binding, one from outside, or a function of the library.
    fn variable(&self, name: &'e str, input: Value<'e>, scope: Scope) -> Value<'e> {
        if name.is_empty() {
            return input;
        }
        if let Some(value) = self.heap.lookup(scope, Name::Variable(name)) {
            return value;
        }
        if name == "states"
            && let Some(states) = self.states
        {
            return states;
        }
        if let Some((_, value)) = self.outside.iter().find(|(known, _)| *known == name) {
            return *value;
        }
        native::find(name).map_or(Value::Undefined, |native| Value::Function(Function::Native(native)))
    }
}
