//! Where lines leave and enter what they tie, and how far apart layers are so that lines are not too flat.

use super::geometry::{Arrow, Line, Point, Route};
use super::layers::{Item, ItemKind, Layers};
use super::size::LAYER_GAP;

/// Between lines side by side at the edge of a box, at most.
const PORT_GAP: i32 = 22;
/// The corners of a box are free of lines.
const CORNER: i32 = 22;
/// How much higher a gap may become.
const MOST_EXTRA: i32 = 70;

/// Where layers are from top to bottom.
pub(super) struct Rows {
    pub(super) tops: Vec<i32>,
    pub(super) bottoms: Vec<i32>,
}

/// Puts layers below each other: as high as their items, with room for the lines between them.
pub(super) fn rows(layers: &Layers, middles: &[i32]) -> Rows {
    let mut heights = vec![0; layers.count];
    for item in &layers.items {
        heights[item.layer] = heights[item.layer].max(item.height);
    }
    let mut widest = vec![0; layers.count];
    for segment in &layers.segments {
        let layer = layers.items[segment.upper].layer;
        widest[layer] = widest[layer].max((middles[segment.upper] - middles[segment.lower]).abs());
    }
    let mut rows = Rows { tops: Vec::new(), bottoms: Vec::new() };
    let mut at = 0;
    for (height, widest) in heights.iter().zip(widest) {
        rows.tops.push(at);
        rows.bottoms.push(at + height);
        at += height + LAYER_GAP + (widest / 10).min(MOST_EXTRA);
    }
    rows
}

/// An item's upper edge.
pub(super) fn top(item: &Item, rows: &Rows) -> i32 {
    (rows.tops[item.layer] + rows.bottoms[item.layer] - item.height) / 2
}

/// The lines of a flow.
pub(super) fn lines(layers: &Layers, middles: &[i32], rows: &Rows) -> Vec<Line> {
    let leaving = ports(layers, middles, true);
    let entering = ports(layers, middles, false);
    let mut lines = Vec::with_capacity(layers.segments.len());
    for (number, segment) in layers.segments.iter().enumerate() {
        let upper = &layers.items[segment.upper];
        let lower = &layers.items[segment.lower];
        // A bend is a line straight through its layer.
        let begin =
            if matches!(upper.kind, ItemKind::Bend) { rows.tops[upper.layer] } else { top(upper, rows) + upper.height };
        lines.push(Line {
            kind: segment.kind,
            from: Point { x: leaving[number], y: begin },
            bend: rows.bottoms[upper.layer],
            straight: rows.tops[lower.layer],
            to: Point {
                x: entering[number],
                y: if matches!(lower.kind, ItemKind::Bend) { rows.tops[lower.layer] } else { top(lower, rows) },
            },
            arrow: segment.arrow,
            routes: layers.routes[number].clone(),
        });
    }
    lines.extend(layers.loops.iter().map(|(item, (kind, _))| {
        let item_at = &layers.items[*item];
        let right = middles[*item] + item_at.width / 2 - item_at.free;
        let middle = top(item_at, rows) + item_at.height / 2;
        let from = Point { x: right, y: middle - 9 };
        Line {
            kind: *kind,
            from,
            bend: from.y,
            straight: middle + 9,
            to: Point { x: right, y: middle + 9 },
            arrow: Some(Arrow::Itself),
            routes: itself(item_at),
        }
    }));
    lines
}

/// The transition of a state to itself.
fn itself(item: &Item) -> Vec<Route> {
    match item.kind {
        ItemKind::State(state) => vec![Route { from: Some(state), to: Some(state) }],
        ItemKind::Start | ItemKind::End | ItemKind::Label { .. } | ItemKind::Bend => Vec::new(),
    }
}

/// For each segment, where it leaves the lower edge of its upper item, or enters the upper edge of its lower one: side by side
/// in the order of what is at the other end.
fn ports(layers: &Layers, middles: &[i32], leaving: bool) -> Vec<i32> {
    let mut by_item: Vec<Vec<usize>> = vec![Vec::new(); layers.items.len()];
    for (number, segment) in layers.segments.iter().enumerate() {
        by_item[if leaving { segment.upper } else { segment.lower }].push(number);
    }
    let mut ports = vec![0; layers.segments.len()];
    for (item, segments) in by_item.iter_mut().enumerate() {
        let other = |segment: &usize| {
            let segment = &layers.segments[*segment];
            middles[if leaving { segment.lower } else { segment.upper }]
        };
        segments.sort_by_key(other);
        let count = segments.len() as i32;
        let room = layers.items[item].width - 2 * (layers.items[item].free + CORNER);
        let gap = if count > 1 && matches!(layers.items[item].kind, ItemKind::State(_)) {
            PORT_GAP.min(room / (count - 1)).max(0)
        } else {
            0
        };
        for (place, segment) in (0..).zip(segments.iter()) {
            ports[*segment] = middles[item] + gap * (2 * place - count + 1) / 2;
        }
    }
    ports
}
