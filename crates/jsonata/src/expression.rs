//! Expressions: parsed once, evaluated as often as needed.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::bindings::Bindings;
use crate::evaluate::Evaluator;
use crate::failure::EvaluationError;
use crate::reads::Reads;
use crate::syntax::SyntaxError;
use crate::syntax::ast;
use crate::syntax::parser;
use crate::syntax::resolve;
use crate::text::NotJson;
use crate::value;

/// An expression. Cheap to clone; two are equal when their texts are.
#[derive(Clone)]
pub struct Expression(Arc<Program>);

pub(crate) struct Program {
    pub(crate) text: String,
    pub(crate) root: ast::Node,
    /// Under which label each slot of a `%` is bound.
    pub(crate) labels: Vec<usize>,
    conditions: Vec<usize>,
    reads: Reads,
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.0.text == other.0.text
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Expression").field(&self.0.text).finish()
    }
}

impl Expression {
    /// Parses an expression, the text between `{%` and `%}`.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        let resolved = match parser::parse(text) {
            Ok(raw) => resolve::resolve(raw)?,
            // AWS accepts the definition and fails the state.
            Err(error) if error.code() == parser::TOO_DEEP => resolve::Resolved {
                root: ast::Node::new(ast::Kind::TooDeep),
                labels: Vec::new(),
                conditions: Vec::new(),
            },
            Err(error) => return Err(error),
        };
        let reads = Reads::of(&resolved.root);
        let resolve::Resolved { root, labels, conditions } = resolved;
        Ok(Self(Arc::new(Program { text: text.to_owned(), root, labels, conditions, reads })))
    }

    /// Evaluates the expression without a context value; `None` is JSONata's undefined.
    ///
    /// # Errors
    /// The error with its code, as in `T1006: Attempted to invoke a non-function`.
    pub fn evaluate(&self, bindings: &dyn Bindings) -> Result<Option<Value>, EvaluationError> {
        self.run(None, bindings).map_err(EvaluationError::from)
    }

    /// Evaluates over a context value, which `$` and names at the top level read. Step Functions has none: there everything
    /// comes from variables.
    ///
    /// # Errors
    /// Like [`Expression::evaluate`].
    pub fn evaluate_over(&self, context: &Value, bindings: &dyn Bindings) -> Result<Option<Value>, EvaluationError> {
        self.run(Some(context), bindings).map_err(EvaluationError::from)
    }

    pub(crate) fn run(&self, context: Option<&Value>, bindings: &dyn Bindings) -> Result<Option<Value>, NotJson> {
        let reads = &self.0.reads;
        let fields: Vec<(&str, Cow<'_, Value>)> =
            reads.fields().filter_map(|field| Some((field, bindings.states(field)?))).collect();
        let held: Vec<(&str, Cow<'_, Value>)> =
            reads.requested().filter_map(|name| Some((name, bindings.value(name)?))).collect();
        let outside: Vec<(&str, value::Value<'_>)> =
            held.iter().map(|(name, value)| (*name, value::Value::of_json(value))).collect();
        let mut evaluator = Evaluator::new(&self.0, bindings, &outside);
        evaluator.bind_states(&fields).map_err(NotJson::Failure)?;
        let context = context.map_or(value::Value::Undefined, value::Value::of_json);
        match evaluator.run(context).map_err(NotJson::Failure)? {
            value::Value::Undefined => Ok(None),
            result => evaluator.json_of(result, 0).map(Some),
        }
    }

    /// The text as it was parsed.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// Where in the text its conditions `?:` are, in order: bytes from its beginning.
    pub fn conditions(&self) -> &[usize] {
        &self.0.conditions
    }

    /// What the expression reads, found without evaluating it.
    pub fn reads(&self) -> &Reads {
        &self.0.reads
    }
}
