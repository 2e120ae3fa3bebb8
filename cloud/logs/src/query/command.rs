//! What a query consists of.

use super::aggregate::Aggregate;
use super::expression::Expression;
use super::extraction::Extraction;

/// The rows that a query gives without a `limit` of its own, and the most that it gives.
pub(super) const MOST_ROWS: usize = 10_000;

/// A query that was understood.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    pub(super) commands: Vec<Command>,
}

/// An expression under a name.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) expression: Expression,
}

/// One command of a query.
#[derive(Debug, Clone)]
pub(super) enum Command {
    Fields(Vec<Named>),
    Display(Vec<Named>),
    Filter(Expression),
    Parse { of: Expression, by: Extraction },
    Stats { aggregates: Vec<(String, Aggregate)>, by: Vec<Named> },
    Sort(Vec<(Expression, bool)>),
    Limit(usize),
    Dedup(Vec<Expression>),
}
