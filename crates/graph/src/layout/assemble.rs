//! Puts the flows of a machine together: inner ones first, as a state is as large as what is inside.

use super::flow::{FlowLayout, flow};
use super::geometry::{Label, Layout, Line, Mark, Point, Rect, StateBox};
use super::size::{HEADER, LAYER_WIDTH, PADDING, StateText, state_text};
use crate::definition::{Graph, State};

/// Around the whole picture.
const MARGIN: i32 = 20;
/// Between branches side by side.
const REGION_GAP: i32 = 12;

/// Lays a whole machine out.
pub(super) fn layout(graph: &Graph) -> Layout {
    let texts: Vec<StateText> = graph.states.iter().map(state_text).collect();
    let mut sizes: Vec<(i32, i32)> = texts.iter().map(|text| (text.width, text.height)).collect();
    let mut flows: Vec<FlowLayout> = Vec::new();
    // Inner flows come after outer ones: what is collected is turned round afterwards.
    for (number, given) in graph.flows.iter().enumerate().rev() {
        flows.push(flow(graph, given, &sizes));
        let Some((outer, state)) = given.outer.and_then(|outer| Some((outer, graph.states.get(outer)?))) else {
            continue;
        };
        if state.inner.first() == Some(&number) {
            sizes[outer] = container(state, &texts[outer], &flows, graph.flows.len()).size;
        }
    }
    flows.reverse();
    place(graph, texts, flows)
}

/// Where the flows inside a state are, from its upper left corner.
struct Container {
    size: (i32, i32),
    regions: Vec<Rect>,
}

/// Puts the flows inside a state side by side, in rows. `backwards` has the flows from the last on.
fn container(state: &State, text: &StateText, backwards: &[FlowLayout], count: usize) -> Container {
    let flows = state.inner.iter().filter_map(|inner| backwards.get(count - 1 - inner));
    rows_of(text, flows)
}

fn rows_of<'a>(text: &StateText, flows: impl Iterator<Item = &'a FlowLayout>) -> Container {
    let mut regions: Vec<Rect> = Vec::new();
    let mut x = PADDING;
    let mut y = HEADER.max(text.height + 4);
    let mut row_height = 0;
    let mut row_begins = 0;
    let mut widest = text.width;
    for flow in flows {
        let width = flow.width + 2 * PADDING;
        let height = flow.height + 2 * PADDING;
        if x > PADDING && x + width > LAYER_WIDTH {
            level(&mut regions[row_begins..], row_height);
            row_begins = regions.len();
            x = PADDING;
            y += row_height + REGION_GAP;
            row_height = 0;
        }
        regions.push(Rect { x, y, width, height });
        row_height = row_height.max(height);
        widest = widest.max(x + width + PADDING);
        x += width + REGION_GAP;
    }
    level(&mut regions[row_begins..], row_height);
    // In the middle, where the name is what is widest.
    let used = regions.iter().map(|region| region.x + region.width + PADDING).max().unwrap_or(0);
    let by = Point { x: (widest - used) / 2, y: 0 };
    regions.iter_mut().for_each(|region| *region = region.moved(by));
    Container { size: ((widest + 1) / 2 * 2, y + row_height + PADDING), regions }
}

/// All branches of a row are as high as the highest.
fn level(row: &mut [Rect], height: i32) {
    row.iter_mut().for_each(|region| region.height = height);
}

/// Moves every flow to where the state is that it lies in.
fn place(graph: &Graph, texts: Vec<StateText>, flows: Vec<FlowLayout>) -> Layout {
    let margins = Point { x: MARGIN, y: MARGIN };
    let mut layout = Layout {
        width: flows.first().map_or(0, |flow| flow.width) + 2 * MARGIN,
        height: flows.first().map_or(0, |flow| flow.height) + 2 * MARGIN,
        states: Vec::new(),
        regions: Vec::new(),
        lines: Vec::new(),
        labels: Vec::new(),
        marks: Vec::new(),
    };
    let mut corners = vec![margins; flows.len()];
    for (number, flow) in flows.iter().enumerate() {
        let corner = corners[number];
        for (state, rect) in &flow.boxes {
            let rect = rect.moved(corner);
            let inner = graph.states.get(*state).map(|state| state.inner.as_slice()).unwrap_or_default();
            let text = &texts[*state];
            if !inner.is_empty() {
                let container = rows_of(text, inner.iter().filter_map(|inner| flows.get(*inner)));
                for (inner, region) in inner.iter().zip(container.regions) {
                    let region = region.moved(Point { x: rect.x, y: rect.y });
                    let spare = flows.get(*inner).map_or(0, |flow| region.width - 2 * PADDING - flow.width);
                    corners[*inner] = Point { x: region.x + PADDING + spare / 2, y: region.y + PADDING };
                    layout.regions.push(region);
                }
            }
            layout.states.push(StateBox {
                state: *state,
                rect,
                name: text.name.clone(),
                caption: text.caption.clone(),
            });
        }
        let moved = |line: &Line| Line {
            from: line.from.moved(corner),
            bend: line.bend + corner.y,
            straight: line.straight + corner.y,
            to: line.to.moved(corner),
            ..line.clone()
        };
        layout.lines.extend(flow.lines.iter().map(moved));
        layout.labels.extend(flow.labels.iter().map(|label| Label { rect: label.rect.moved(corner), ..label.clone() }));
        layout.marks.extend(flow.marks.iter().map(|mark| Mark { centre: mark.centre.moved(corner), ..*mark }));
    }
    layout
}
