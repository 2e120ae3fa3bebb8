//! A graph as text for a terminal: a state a line, what a state decides or catches indented below it, and arrows to states
//! that stand elsewhere.

mod dominators;
mod fit;
mod walk;

use crate::definition::Graph;
use crate::status::{Status, Statuses};

/// No outline needs more columns: names have at most eighty characters, and conditions are cut.
const WIDEST: usize = 10_000;

/// A line of an outline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its pieces from left to right; together they fit.
    pub pieces: Vec<Piece>,
}

/// A piece of a line. Its text has no control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What is written.
    pub text: String,
    /// How.
    pub tone: Tone,
}

/// What a piece of text is, for its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// What is read first.
    Plain,
    /// A state that is on.
    Active,
    /// What ties and explains.
    Faint,
    /// Done well.
    Good,
    /// To look at.
    Warning,
    /// A failure.
    Bad,
}

impl Graph {
    /// The outline, at most so many columns wide; with the statuses of an execution where there are some.
    pub fn outline(&self, statuses: Option<&Statuses>, columns: Option<usize>) -> Vec<Line> {
        let columns = columns.unwrap_or(WIDEST).min(WIDEST);
        fit::fit(walk::walk(self, columns), self, statuses, columns)
    }
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.pieces.iter().try_for_each(|piece| f.write_str(&piece.text))
    }
}

impl Tone {
    fn of(status: Status) -> Self {
        match status {
            Status::NotReached => Self::Faint,
            Status::Running | Status::Waiting => Self::Active,
            Status::Succeeded | Status::Covered => Self::Good,
            Status::Retrying | Status::Caught | Status::Aborted | Status::PartlyCovered => Self::Warning,
            Status::Failed => Self::Bad,
        }
    }
}

#[cfg(test)]
mod tests;
