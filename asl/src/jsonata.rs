//! JSONata, the other query language: expressions, and templates with `{% ... %}` in them.
//!
//! # Why an engine of our own
//!
//! AWS runs JSONata 2.0.6 and says what it says. Two libraries were tried on 322 expressions against the results of the
//! reference implementation. `same`: the same value or error text; `text`: the right error code in other words; `else`: another
//! result (for jsonata-core six of the ten are functions as results, which it writes as empty texts).
//!
//! | | same | text | else | endless tail recursion | 1 MB of `(` |
//! | --- | --- | --- | --- | --- | --- |
//! | jsonata-core 2.2.13 | 295 | 17 | 10 | runs for ever | refused |
//! | jsonata-rs 0.3.4 | 213 | 24 | 85 | aborts: out of memory | aborts: stack overflow |
//! | this module | 315 | 0 | 7 | ends after 2,000,000 steps | fails when evaluated |
//!
//! The seven are wanted: they are the differences below. jsonata-core is nearly right, but only a clock or another thread
//! ends an evaluation, it has its own clock and random source, and brings assembler for its stack. jsonata-rs lacks `%`, and its
//! regular expressions backtrack.
//!
//! # What it promises
//!
//! An evaluation is a function of the expression and its [`Bindings`]: `$now`, `$millis`, `$random`, `$shuffle` and
//! `$uuid` have no source but those. It ends: steps (2,000,000), levels (100, as AWS has it) and bytes (of one value as
//! AWS has it, of all 128 MiB) are counted. Regular expressions take time that grows with the text and never explodes.
//!
//! # Where it differs from JSONata 2.0.6
//!
//! As AWS does: no `$eval`; `$parse`, `$partition`, `$range`, `$hash`, `$uuid` and a seed for `$random`; a number that
//! JSON can't hold comes out as `"Infinity"` or `"NaN"`. For safety: no look-around or back-references in regular
//! expressions, `i` for ASCII letters only; pictures are at most 1,000 bytes long. In small things: half a surrogate pair is U+FFFD;
//! objects keep the order of their members where JavaScript moves names that are numbers to the front; `$split(text, '')` cuts between
//! characters, not within them.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde_json::Value;

mod ast;
mod evaluate;
mod failure;
mod lexer;
mod native;
mod number;
mod parser;
mod picture;
mod reads;
mod regex;
mod resolve;
mod signature;
mod syntax;
mod template;
mod text;
mod typed;
mod value;

#[cfg(test)]
mod tests;

pub(crate) use reads::{Reads, StatesRead};
pub(crate) use syntax::Syntax;
pub(crate) use template::{EvaluationFailure, Template};

use evaluate::Evaluator;
use text::NoJson;

/// What an expression reads from.
pub(crate) trait Bindings {
    /// `states` and assigned variables; asked only for names that the expression reads.
    fn value(&self, variable: &str) -> Option<Cow<'_, Value>>;
    /// A field of `states`; asked for instead of all of it when the expression reads nothing else of it.
    fn states(&self, field: &str) -> Option<Cow<'_, Value>> {
        match self.value("states")? {
            Cow::Borrowed(states) => states.get(field).map(Cow::Borrowed),
            Cow::Owned(states) => states.get(field).cloned().map(Cow::Owned),
        }
    }
    /// The present.
    fn now(&self) -> jiff::Timestamp;
    /// The next of the numbers that chance consists of.
    fn random(&self) -> u64;
}

/// An expression. Cheap to clone; two are equal when their texts are.
#[derive(Clone)]
pub(crate) struct Expression(Arc<Program>);

struct Program {
    text: String,
    root: ast::Node,
    /// Under which label each slot of a `%` is bound.
    labels: Vec<usize>,
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
    pub(crate) fn parse(text: &str) -> Result<Self, Syntax> {
        let resolved = match parser::parse(text) {
            Ok(raw) => resolve::resolve(raw)?,
            // AWS accepts the definition and fails the state.
            Err(syntax) if syntax.code() == parser::TOO_DEEP => {
                resolve::Resolved { root: ast::Node::new(ast::Kind::TooDeep), labels: Vec::new() }
            }
            Err(syntax) => return Err(syntax),
        };
        let reads = Reads::of(&resolved.root);
        Ok(Self(Arc::new(Program { text: text.to_owned(), root: resolved.root, labels: resolved.labels, reads })))
    }

    /// Evaluates the expression; `None` is JSONata's undefined.
    ///
    /// # Errors
    /// The error with its code, as in `T1006: Attempted to invoke a non-function`.
    pub(crate) fn evaluate(&self, bindings: &dyn Bindings) -> Result<Option<Value>, String> {
        self.evaluate_over(None, bindings).map_err(|problem| match problem {
            NoJson::Failure(failure) => failure.to_string(),
            NoJson::Function => "The result is or contains a function".to_owned(),
        })
    }

    /// Evaluates over a context. Step Functions has none: there everything comes from variables.
    fn evaluate_over(&self, input: Option<&Value>, bindings: &dyn Bindings) -> Result<Option<Value>, NoJson> {
        let reads = &self.0.reads;
        let fields: Vec<(&str, Cow<'_, Value>)> =
            reads.fields().filter_map(|field| Some((field, bindings.states(field)?))).collect();
        let held: Vec<(&str, Cow<'_, Value>)> =
            reads.asked().filter_map(|name| Some((name, bindings.value(name)?))).collect();
        let outside: Vec<(&str, value::Value<'_>)> =
            held.iter().map(|(name, value)| (*name, value::Value::of_json(value))).collect();
        let mut evaluator = Evaluator::new(&self.0, bindings, &outside);
        evaluator.bind_states(&fields).map_err(NoJson::Failure)?;
        let input = input.map_or(value::Value::Undefined, value::Value::of_json);
        match evaluator.run(input).map_err(NoJson::Failure)? {
            value::Value::Undefined => Ok(None),
            result => evaluator.json_of(result, 0).map(Some),
        }
    }

    /// The text as it was parsed.
    pub(crate) fn text(&self) -> &str {
        &self.0.text
    }

    /// What the expression reads, found without evaluating it.
    pub(crate) fn reads(&self) -> &Reads {
        &self.0.reads
    }
}
