//! The layout of one flow, from its own upper left corner.

use super::geometry::{Label, Line, Mark, Point, Rect};
use super::layers::{ItemKind, layers};
use super::lines::{lines, rows, top};
use super::order::order;
use super::position::positions;
use super::size::{LABEL_HEIGHT, MARK_RADIUS, label_text};
use crate::definition::{Flow, Graph};

/// One flow's geometry.
pub(super) struct FlowLayout {
    pub(super) width: i32,
    pub(super) height: i32,
    /// The boxes of its states, by their numbers.
    pub(super) boxes: Vec<(usize, Rect)>,
    pub(super) lines: Vec<Line>,
    pub(super) labels: Vec<Label>,
    pub(super) marks: Vec<Mark>,
}

/// Lays a flow out; `sizes` are those of all states.
pub(super) fn flow(graph: &Graph, flow: &Flow, sizes: &[(i32, i32)]) -> FlowLayout {
    let layers = layers(graph, flow, sizes);
    let ordered = order(&layers);
    let middles = positions(&layers.items, &ordered);
    let rows = rows(&layers, &middles);
    let mut found = FlowLayout {
        width: 0,
        height: rows.bottoms.last().copied().unwrap_or(0),
        boxes: Vec::new(),
        lines: lines(&layers, &middles, &rows),
        labels: Vec::new(),
        marks: Vec::new(),
    };
    for (item, middle) in layers.items.iter().zip(&middles) {
        let y = top(item, &rows);
        let width = item.width - 2 * item.free;
        let rect = Rect { x: middle - width / 2, y, width, height: item.height };
        found.width = found.width.max(middle + item.width / 2);
        let mark = |is_end| Mark { is_end, centre: Point { x: *middle, y: y + MARK_RADIUS } };
        match &item.kind {
            ItemKind::Start => found.marks.push(mark(false)),
            ItemKind::End => found.marks.push(mark(true)),
            ItemKind::State(state) => found.boxes.push((*state, rect)),
            ItemKind::Label { kind, text, full } => {
                found.labels.push(Label { kind: *kind, rect, text: text.clone(), full: full.clone() });
            }
            ItemKind::Bend => {}
        }
    }
    for (number, (kind, conditions)) in layers.loops.iter().filter(|(_, (_, conditions))| !conditions.is_empty()) {
        let full = conditions.join(", ");
        let (text, width) = label_text(&full);
        let item = &layers.items[*number];
        let x = middles[*number] + item.width / 2 - width;
        let rect = Rect { x, y: top(item, &rows) + item.height / 2 - LABEL_HEIGHT / 2, width, height: LABEL_HEIGHT };
        found.labels.push(Label { kind: *kind, rect, text, full });
    }
    found
}
