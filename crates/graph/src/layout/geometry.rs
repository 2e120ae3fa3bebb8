//! What a layout consists of.

use crate::definition::TransitionKind;

/// A picture's geometry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// In pixels.
    pub width: i32,
    /// In pixels.
    pub height: i32,
    /// Those of outer flows first: what is drawn later lies on top.
    pub(crate) states: Vec<StateBox>,
    /// Around each flow inside a state.
    pub(crate) regions: Vec<Rect>,
    pub(crate) lines: Vec<Line>,
    pub(crate) labels: Vec<Label>,
    /// Where flows begin and end.
    pub(crate) marks: Vec<Mark>,
}

/// A rectangle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Rect {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) width: i32,
    pub(crate) height: i32,
}

/// A point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) x: i32,
    pub(crate) y: i32,
}

/// A state's box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StateBox {
    /// The state's number.
    pub(crate) state: usize,
    pub(crate) rect: Rect,
    /// The name as it fits.
    pub(crate) name: Vec<String>,
    /// Type and detail as they fit.
    pub(crate) caption: String,
}

/// What a line is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LineKind {
    /// Into or out of a mark, or an ordinary transition.
    Ordinary,
    /// The `Default` of a Choice.
    Default,
    /// A catcher's.
    Caught,
}

/// A piece of a transition from one layer to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) kind: LineKind,
    /// Where it begins, above.
    pub(crate) from: Point,
    /// From here it bends: straight down from `from`.
    pub(crate) bend: i32,
    /// Until here it bends: straight down to `to`.
    pub(crate) straight: i32,
    /// Where it ends, below.
    pub(crate) to: Point,
    pub(crate) arrow: Option<Arrow>,
    /// The transitions that it is part of.
    pub(crate) routes: Vec<Route>,
}

/// From which state a transition leads to which; none where it begins or ends its flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) from: Option<usize>,
    pub(crate) to: Option<usize>,
}

/// Where a line has its head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrow {
    /// At its lower end.
    Down,
    /// At its upper end: it leads back.
    Up,
    /// It leads from a state to itself; `from` and `to` are on the right side of its box.
    Itself,
}

/// The condition of a transition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) kind: LineKind,
    pub(crate) rect: Rect,
    /// As it fits.
    pub(crate) text: String,
    /// Whole.
    pub(crate) full: String,
}

/// Where a flow begins or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) is_end: bool,
    pub(crate) centre: Point,
}

impl LineKind {
    pub(super) fn of(kind: TransitionKind) -> Self {
        match kind {
            TransitionKind::Next | TransitionKind::Rule => Self::Ordinary,
            TransitionKind::Default => Self::Default,
            TransitionKind::Caught => Self::Caught,
        }
    }
}

impl Rect {
    pub(crate) fn moved(self, by: Point) -> Self {
        Self { x: self.x + by.x, y: self.y + by.y, ..self }
    }
}

impl Point {
    pub(crate) fn moved(self, by: Self) -> Self {
        Self { x: self.x + by.x, y: self.y + by.y }
    }
}
