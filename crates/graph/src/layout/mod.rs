//! Where everything of a picture is, in pixels from its upper left corner. All whole numbers: the same on every machine.

mod assemble;
mod flow;
mod geometry;
mod layers;
mod lines;
mod order;
mod position;
mod rank;
mod size;

use crate::definition::Graph;
pub use geometry::Layout;
pub(crate) use geometry::{Arrow, Line, LineKind, Point, Rect, StateBox};
pub(crate) use size::NAME_LINE;

impl Graph {
    /// Places everything.
    pub fn layout(&self) -> Layout {
        assemble::layout(self)
    }
}

#[cfg(test)]
mod tests;
