//! A flow as layers of items: states, marks, labels, and bends where a line runs through a layer. Every segment of a line
//! leads from one layer to the next.

use std::collections::BTreeMap;

use super::geometry::{Arrow, LineKind, Route};
use super::rank::{Arc, back_arcs, ranks};
use super::size::{BEND_GAP, BOX_GAP, LABEL_HEIGHT, LAYER_WIDTH, LOOP_ROOM, MARK_RADIUS, label_text};
use crate::definition::{Flow, Graph};

/// A line through more layers than this is not drawn: a label names where it leads.
const LONGEST_LINE: usize = 40;
/// How many bends a flow may have for each of its states; the longest lines become labels where it had more.
const BENDS_PER_STATE: usize = 12;
const LEAST_BENDS: usize = 600;

/// Something in a layer.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) kind: ItemKind,
    pub(super) layer: usize,
    /// With what is kept free on both sides.
    pub(super) width: i32,
    /// What is kept free on each side, where a state leads to itself.
    pub(super) free: i32,
    pub(super) height: i32,
}

#[derive(Debug, Clone)]
pub(super) enum ItemKind {
    Start,
    End,
    /// By the state's number.
    State(usize),
    Label {
        kind: LineKind,
        text: String,
        full: String,
    },
    Bend,
}

/// A piece of a line, between items of neighbouring layers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment {
    pub(super) upper: usize,
    pub(super) lower: usize,
    pub(super) kind: LineKind,
    pub(super) arrow: Option<Arrow>,
}

/// A flow in layers.
#[derive(Debug, Default)]
pub(super) struct Layers {
    pub(super) items: Vec<Item>,
    pub(super) segments: Vec<Segment>,
    /// For each segment, the transitions whose lines it is part of.
    pub(super) routes: Vec<Vec<Route>>,
    pub(super) count: usize,
    /// The items of states that lead to themselves, each with its kind and conditions.
    pub(super) loops: BTreeMap<usize, (LineKind, Vec<String>)>,
}

/// A transition that is to be drawn, between items that are states or marks; both ends are as the layers have them, so a
/// line that leads back has its target above.
struct Link {
    upper: usize,
    lower: usize,
    is_back: bool,
    kind: LineKind,
    label: Option<String>,
}

/// Which end of lines an item is: with its number, their kind and the layer, what their bends are shared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Source,
    Target,
    /// The target of lines that lead back.
    TargetAbove,
}

struct Builder<'a> {
    graph: &'a Graph,
    layers: Layers,
    /// What is taken of each layer's width.
    used: Vec<i32>,
    /// Bends that all lines of a kind from or to one item share.
    shared: BTreeMap<(Side, usize, LineKind, usize), usize>,
    /// The segments that are drawn, by their items.
    drawn: BTreeMap<(usize, usize), usize>,
    /// For each state and mark, whether it lies lower than it could, for want of room.
    moved: Vec<bool>,
}

/// Puts a flow into layers; `sizes` are those of all states.
pub(super) fn layers(graph: &Graph, flow: &Flow, sizes: &[(i32, i32)]) -> Layers {
    let mut layers = Layers::default();
    let mut numbers = BTreeMap::new();
    for state in &flow.states {
        let (width, height) = sizes.get(*state).copied().unwrap_or_default();
        numbers.insert(*state, layers.items.len());
        layers.items.push(Item { kind: ItemKind::State(*state), layer: 0, width, free: 0, height });
    }
    let mut links: Vec<Link> = Vec::new();
    let mark = |kind| Item { kind, layer: 0, width: 2 * MARK_RADIUS, free: 0, height: 2 * MARK_RADIUS };
    let ordinary = |upper, lower| Link { upper, lower, is_back: false, kind: LineKind::Ordinary, label: None };
    let start = flow.start.and_then(|start| numbers.get(&start).copied());
    let root = layers.items.len();
    if let Some(start) = start {
        layers.items.push(mark(ItemKind::Start));
        links.push(ordinary(root, start));
    }
    for transition in &flow.transitions {
        let (Some(from), Some(to)) = (numbers.get(&transition.from), numbers.get(&transition.to)) else { continue };
        let kind = LineKind::of(transition.kind);
        let label = transition.label();
        match from == to {
            true => layers.loops.entry(*from).or_insert((kind, Vec::new())).1.extend(label),
            false => links.push(Link { upper: *from, lower: *to, is_back: false, kind, label }),
        }
    }
    let ends = flow.states.iter().filter(|state| graph.states.get(**state).is_some_and(|state| state.ends));
    let ends: Vec<usize> = ends.filter_map(|state| numbers.get(state).copied()).collect();
    if !ends.is_empty() {
        let end = layers.items.len();
        layers.items.push(mark(ItemKind::End));
        links.extend(ends.into_iter().map(|from| ordinary(from, end)));
    }
    for (item, (_, conditions)) in &layers.loops {
        let item = &mut layers.items[*item];
        item.free = LOOP_ROOM + label_text(&conditions.join(", ")).1;
        item.width += 2 * item.free;
    }
    let roots: Vec<usize> = start.map(|_| root).into_iter().collect();
    let mut builder =
        Builder { graph, layers, used: Vec::new(), shared: BTreeMap::new(), drawn: BTreeMap::new(), moved: Vec::new() };
    builder.rank(&roots, &mut links);
    let longest = builder.longest_line(&links);
    for link in &links {
        builder.draw(link, longest);
    }
    builder.layers
}

impl Builder<'_> {
    /// Gives every item its layer, and turns the links that lead back.
    fn rank(&mut self, roots: &[usize], links: &mut [Link]) {
        let arc =
            |link: &Link| Arc { from: link.upper, to: link.lower, span: if link.label.is_some() { 2 } else { 1 } };
        let arcs: Vec<Arc> = links.iter().map(arc).collect();
        let back = back_arcs(self.layers.items.len(), roots, &arcs);
        for (link, is_back) in links.iter_mut().zip(back) {
            if is_back {
                std::mem::swap(&mut link.upper, &mut link.lower);
                link.is_back = true;
            }
        }
        let arcs: Vec<Arc> = links.iter().map(arc).collect();
        let widths: Vec<i32> = self.layers.items.iter().map(|item| item.width + BOX_GAP).collect();
        let ranks = ranks(&widths, &arcs, LAYER_WIDTH);
        self.layers.count = ranks.iter().map(|rank| rank.layer + 1).max().unwrap_or(0);
        self.used = vec![0; self.layers.count];
        for (item, rank) in self.layers.items.iter_mut().zip(ranks) {
            item.layer = rank.layer;
            self.used[rank.layer] += item.width + BOX_GAP;
            self.moved.push(rank.is_moved);
        }
    }

    fn span(&self, link: &Link) -> usize {
        self.layers.items[link.lower].layer - self.layers.items[link.upper].layer
    }

    /// Through how many layers a line may run, so that there are not too many bends.
    fn longest_line(&self, links: &[Link]) -> usize {
        let room = LEAST_BENDS.max(BENDS_PER_STATE * self.layers.items.len());
        let mut longest = LONGEST_LINE;
        loop {
            let mut spans: BTreeMap<(bool, usize, LineKind), usize> = BTreeMap::new();
            for link in links {
                let span = self.span(link);
                let end = if link.is_back { link.upper } else { link.lower };
                let known = spans.entry((link.is_back, end, link.kind)).or_default();
                *known = (*known).max(if span > longest { 0 } else { span });
            }
            if longest <= 4 || spans.values().sum::<usize>() <= room {
                return longest;
            }
            longest /= 2;
        }
    }

    /// Adds what lies on a link between its ends.
    fn draw(&mut self, link: &Link, longest: usize) {
        if self.span(link) > longest {
            return self.draw_as_label(link);
        }
        let top = self.layers.items[link.upper].layer;
        let bottom = self.layers.items[link.lower].layer;
        let label = link.label.as_ref().map(|label| self.label(label, link, top, bottom));
        let mut before = link.upper;
        for layer in top + 1..bottom {
            let item = match label {
                Some(label) if self.layers.items[label].layer == layer => label,
                // Down to their labels, lines are one with others from their source; from there with others to their target.
                Some(label) if self.layers.items[label].layer > layer && !link.is_back => {
                    self.shared_bend(Side::Source, link.upper, link, layer)
                }
                _ if link.is_back => self.shared_bend(Side::TargetAbove, link.upper, link, layer),
                _ => self.shared_bend(Side::Target, link.lower, link, layer),
            };
            self.segment(before, item, link, None);
            before = item;
        }
        self.segment(before, link.lower, link, None);
    }

    /// Names where a link leads, beside the state that it comes from.
    fn draw_as_label(&mut self, link: &Link) {
        let target = if link.is_back { link.upper } else { link.lower };
        let ItemKind::State(state) = self.layers.items[target].kind else { return };
        let name = self.graph.states.get(state).map_or("", |state| state.shown.as_str());
        let arrow = if link.is_back { "↑" } else { "↓" };
        let full = match &link.label {
            Some(label) => format!("{label} {arrow} {name}"),
            None => format!("{arrow} {name}"),
        };
        let top = self.layers.items[link.upper].layer;
        let bottom = self.layers.items[link.lower].layer;
        let label = self.label(&full, link, top, bottom);
        if link.is_back {
            self.segment(label, link.lower, link, Some(Arrow::Up));
        } else {
            self.segment(link.upper, label, link, Some(Arrow::Down));
        }
    }

    /// Adds a label beside the state that the link comes from; above the other where that makes a row of many with those
    /// beside it, and where there is no room.
    fn label(&mut self, full: &str, link: &Link, top: usize, bottom: usize) -> usize {
        let (text, width) = label_text(full);
        let has_room = |layer: &usize| self.used[*layer] + width <= LAYER_WIDTH;
        let layer = match link.is_back || self.moved[link.lower] {
            true => bottom - 1,
            false => (top + 1..bottom).find(has_room).unwrap_or(bottom - 1),
        };
        let kind = ItemKind::Label { kind: link.kind, text, full: full.to_owned() };
        self.push(kind, layer, width, LABEL_HEIGHT)
    }

    fn shared_bend(&mut self, side: Side, item: usize, link: &Link, layer: usize) -> usize {
        let key = (side, item, link.kind, layer);
        if let Some(known) = self.shared.get(&key) {
            return *known;
        }
        let bend = self.push(ItemKind::Bend, layer, 0, 0);
        self.shared.insert(key, bend);
        bend
    }

    fn push(&mut self, kind: ItemKind, layer: usize, width: i32, height: i32) -> usize {
        self.used[layer] += width + BEND_GAP;
        self.layers.items.push(Item { kind, layer, width, free: 0, height });
        self.layers.items.len() - 1
    }

    /// The states that a link ties.
    fn route(&self, link: &Link) -> Route {
        let state = |item: usize| match self.layers.items[item].kind {
            ItemKind::State(state) => Some(state),
            ItemKind::Start | ItemKind::End | ItemKind::Label { .. } | ItemKind::Bend => None,
        };
        let upper = state(link.upper);
        let lower = state(link.lower);
        if link.is_back { Route { from: lower, to: upper } } else { Route { from: upper, to: lower } }
    }

    fn segment(&mut self, upper: usize, lower: usize, link: &Link, arrow: Option<Arrow>) {
        let ends_here = if link.is_back { upper == link.upper } else { lower == link.lower };
        let arrow = arrow.or(match (ends_here, link.is_back) {
            (true, true) => Some(Arrow::Up),
            (true, false) => Some(Arrow::Down),
            (false, _) => None,
        });
        let route = self.route(link);
        let Layers { segments, routes, .. } = &mut self.layers;
        let number = *self.drawn.entry((upper, lower)).or_insert_with(|| {
            segments.push(Segment { upper, lower, kind: link.kind, arrow });
            routes.push(Vec::new());
            segments.len() - 1
        });
        routes[number].push(route);
    }
}
