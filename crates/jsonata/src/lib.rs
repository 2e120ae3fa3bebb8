//! JSONata 2.0.6 as AWS Step Functions runs it: expressions, and JSON templates with `{% ... %}` in them.
//!
//! The crate is for everybody who has to evaluate JSONata that somebody else wrote: an evaluation is a pure function of the
//! expression and its [`Bindings`], and it ends, in bounded time and memory. It knows JSON and the language. It must not know
//! state machines, clocks, random sources, files, threads or async: the present and chance come in through [`Bindings`].
//!
//! ```
//! use jsonata::{Expression, Variables};
//! use serde_json::json;
//!
//! let expression = Expression::parse("$sum($order.lines.(price * quantity))")?;
//! let order = json!({"lines": [{"price": 2, "quantity": 3}, {"price": 10, "quantity": 1}]});
//! let variables = Variables::new("2026-03-01T09:00:00Z".parse()?, 1).with("order", order);
//! assert_eq!(expression.evaluate(&variables)?, Some(json!(16)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where to start
//!
//! - [`Expression::parse`] reads an expression; [`Expression::evaluate`] takes everything from variables, as Step Functions does;
//!   [`Expression::evaluate_over`] takes a context value, as other users of JSONata do.
//! - [`Template::parse`] reads JSON in which texts such as `{% $x %}` are expressions; [`Template::fill`] fills it in.
//! - [`Expression::reads`] says without an evaluation which variables an expression needs.
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
//! | this crate | 315 | 0 | 7 | ends after 2,000,000 steps | fails when evaluated |
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

mod bindings;
mod evaluate;
mod expression;
mod failure;
mod native;
mod number;
mod picture;
mod reads;
mod regex;
mod size;
mod syntax;
mod template;
mod text;
mod value;

#[cfg(test)]
mod tests;

pub use bindings::{Bindings, Variables};
pub use expression::Expression;
pub use failure::EvaluationError;
pub use reads::{Reads, StatesRead};
pub use size::min_json_size_bytes;
pub use syntax::SyntaxError;
pub use template::{FieldError, Template, TemplatePath, TemplateProblem, TemplateProblemKind};

/// The README's code is compiled with the documentation's.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
