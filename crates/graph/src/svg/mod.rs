//! A layout as an SVG picture. It is whole in itself: no script, no font, no address; colours follow the reader's theme.

mod escape;
mod icon;
mod path;
mod style;

use std::fmt::Write;

use escape::escaped;
use icon::icon;
use path::{heads, lines};

use crate::definition::{Graph, State};
use crate::layout::{Layout, Line, LineKind, NAME_LINE, Point, Rect, StateBox};
use crate::shown::width_px;
use crate::status::{Progress, Statuses};

/// The font's size of counts, as the style sheet has it.
const COUNT_PX: i32 = 11;

/// Where a picture's style comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SvgStyle {
    /// It is in the picture, which is a file of its own.
    Embedded,
    /// The page around it has [`Layout::style`] in a style sheet, and every state can be chosen.
    Page,
}

impl Layout {
    /// The style sheet of pictures, for a page with [`SvgStyle::Page`].
    pub fn style() -> String {
        style::style()
    }

    /// Draws the layout of `graph`; with the statuses of an execution where there are some. Each state is a group with the
    /// attribute `data-state`: its number in [`Graph::names`].
    pub fn svg(&self, graph: &Graph, statuses: Option<&Statuses>, style: SvgStyle) -> String {
        let drawing = Drawing { layout: self, graph, statuses };
        let mut svg = String::new();
        let what = format!("State machine with {} states", graph.states.len());
        let role = if style == SvgStyle::Page { "group" } else { "img" };
        // Writing to a string can't fail.
        let _ = writeln!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"graph\" role=\"{role}\" aria-label=\"{what}\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\">",
            self.width, self.height
        );
        if style == SvgStyle::Embedded {
            let _ = writeln!(
                svg,
                "<style>{}</style>\n<rect class=\"paper\" width=\"100%\" height=\"100%\"/>",
                style::style()
            );
        }
        drawing.containers(&mut svg);
        drawing.lines(&mut svg);
        drawing.labels(&mut svg);
        drawing.marks(&mut svg);
        for place in &self.states {
            let Some(state) = graph.states.get(place.state).filter(|state| state.inner.is_empty()) else { continue };
            drawing.state(&mut svg, place, state);
        }
        svg.push_str("</svg>\n");
        svg
    }
}

struct Drawing<'a> {
    layout: &'a Layout,
    graph: &'a Graph,
    statuses: Option<&'a Statuses>,
}

impl Drawing<'_> {
    /// The states that others lie in, outer ones first, each with the regions inside it.
    fn containers(&self, svg: &mut String) {
        let mut regions = self.layout.regions.iter();
        for place in &self.layout.states {
            let Some(state) = self.graph.states.get(place.state).filter(|state| !state.inner.is_empty()) else {
                continue;
            };
            self.state(svg, place, state);
            for Rect { x, y, width, height } in regions.by_ref().take(state.inner.len()) {
                let _ = writeln!(
                    svg,
                    "<rect class=\"region\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"6\"/>"
                );
            }
        }
    }

    fn lines(&self, svg: &mut String) {
        for (kind, class) in
            [(LineKind::Ordinary, "ordinary"), (LineKind::Default, "default"), (LineKind::Caught, "caught")]
        {
            let of_kind = self.layout.lines.iter().filter(|line| line.kind == kind);
            let (taken, others): (Vec<_>, Vec<_>) = of_kind.partition(|line| self.is_taken(line));
            // What was taken lies on top.
            for (drawn, taken) in [(others, ""), (taken, " taken")] {
                if !drawn.is_empty() {
                    let _ =
                        writeln!(svg, "<path class=\"line {class}{taken}\" d=\"{}\"/>", lines(drawn.iter().copied()));
                    let _ =
                        writeln!(svg, "<path class=\"head {class}{taken}\" d=\"{}\"/>", heads(drawn.iter().copied()));
                }
            }
        }
    }

    /// Whether an execution took one of the transitions that a line is part of.
    fn is_taken(&self, line: &Line) -> bool {
        let Some(statuses) = self.statuses else { return false };
        let name =
            |state: Option<usize>| state.and_then(|state| self.graph.states.get(state)).map(|it| it.name.as_str());
        let is_caught = line.kind == LineKind::Caught;
        line.routes.iter().any(|route| statuses.has_taken(name(route.from), name(route.to), is_caught))
    }

    fn labels(&self, svg: &mut String) {
        for label in &self.layout.labels {
            let class = if label.kind == LineKind::Caught { "label caught" } else { "label" };
            let x = label.rect.x + label.rect.width / 2;
            let y = label.rect.y + label.rect.height / 2 + 4;
            let text = escaped(&label.text);
            let _ = writeln!(
                svg,
                "<text class=\"{class}\" x=\"{x}\" y=\"{y}\"><title>{}</title>{text}</text>",
                escaped(&label.full)
            );
        }
    }

    fn marks(&self, svg: &mut String) {
        for mark in &self.layout.marks {
            let Point { x, y } = mark.centre;
            if mark.is_end {
                let _ = writeln!(
                    svg,
                    "<circle class=\"mark ring\" cx=\"{x}\" cy=\"{y}\" r=\"7\"/><circle class=\"mark\" cx=\"{x}\" cy=\"{y}\" r=\"4\"/>"
                );
            } else {
                let _ = writeln!(svg, "<circle class=\"mark\" cx=\"{x}\" cy=\"{y}\" r=\"6\"/>");
            }
        }
    }

    fn state(&self, svg: &mut String, place: &StateBox, state: &State) {
        let progress = self.statuses.map(|statuses| statuses.progress(&state.name));
        let kind = state.kind.map_or("unknown", |kind| kind.name()).to_lowercase();
        let class = progress.map_or("", |progress| progress.status.class());
        let holds = if state.inner.is_empty() { "" } else { " holds" };
        let _ = write!(svg, "<g class=\"state {kind}{holds} {class}\" data-state=\"{}\">", place.state);
        let _ = write!(svg, "<title>{}</title>", escaped(&described(state, progress)));
        svg.push_str(&shape(&kind, place.rect));
        let middle = place.rect.x + place.rect.width / 2;
        let mut y = place.rect.y + 17;
        let _ = write!(svg, "<text class=\"caption\" x=\"{middle}\" y=\"{y}\">{}</text>", escaped(&place.caption));
        for line in &place.name {
            y += NAME_LINE;
            let _ = write!(svg, " <text class=\"name\" x=\"{middle}\" y=\"{y}\">{}</text>", escaped(line));
        }
        // The page changes them, so they are there where nothing has happened yet.
        if let Some(progress) = progress {
            svg.push_str(&icon(progress.status, place.rect.x + place.rect.width, place.rect.y));
            svg.push_str(&count(progress, place.rect));
        }
        svg.push_str("</g>\n");
    }
}

/// A state in words, for a tooltip and for a screen reader.
fn described(state: &State, progress: Option<Progress>) -> String {
    let detail = if state.detail.is_empty() { String::new() } else { format!(" ({})", state.detail) };
    let status = progress.map(|progress| format!(": {}", progress.words())).unwrap_or_default();
    format!("{}, {}{detail}{status}", state.shown, state.type_name())
}

/// The outline of a state, by its type.
fn shape(kind: &str, Rect { x, y, width, height }: Rect) -> String {
    let rect = |x: i32, y: i32, rx: i32, class: &str| {
        format!("<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{rx}\"/>")
    };
    match kind {
        "choice" => {
            let tip = 12;
            let middle = y + height / 2;
            format!(
                "<path class=\"box\" d=\"M{} {y}H{}L{} {middle}L{} {}H{}L{x} {middle}Z\"/>",
                x + tip,
                x + width - tip,
                x + width,
                x + width - tip,
                y + height,
                x + tip
            )
        }
        "succeed" | "fail" => rect(x, y, height / 2, "box"),
        // A pile: what is inside happens for each item.
        "map" => rect(x + 4, y + 4, 8, "box behind") + &rect(x, y, 8, "box"),
        _ => rect(x, y, 8, "box"),
    }
}

/// How often a state was entered, where that was more than once: on its upper left corner, where no text of its own is.
fn count(progress: Progress, rect: Rect) -> String {
    if progress.entered < 2 {
        return String::new();
    }
    let text = match progress.left < progress.entered {
        true => format!("{}/{}", progress.left, progress.entered),
        false => format!("×{}", progress.entered),
    };
    let width = width_px(&text, COUNT_PX) + 12;
    let x = rect.x - 5;
    let y = rect.y - 5;
    format!(
        " <g class=\"tally\"><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"17\" rx=\"8.5\"/><text class=\"count\" x=\"{}\" y=\"{}\">{text}</text></g>",
        x + width / 2,
        y + 12
    )
}

#[cfg(test)]
mod tests;
