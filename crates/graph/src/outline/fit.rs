//! Fits rows into the columns that there are: names, then what a state is and does, then its status.

use super::walk::{Row, What};
use super::{Line, Piece, Tone};
use crate::definition::{Graph, State};
use crate::shown::{columns as width, cut};
use crate::status::{Status, Statuses};

/// Between columns.
const GAP: usize = 2;
/// The narrowest column of what a state is: with less room there is none.
const NARROWEST: usize = 8;

/// The lines of some rows.
pub(super) fn fit(rows: Vec<Row>, graph: &Graph, statuses: Option<&Statuses>, room: usize) -> Vec<Line> {
    let state = |row: &Row| match row.what {
        What::State(number) => graph.states.get(number),
        _ => None,
    };
    let status = |state: &State| statuses.map(|statuses| statuses.progress(&state.name));
    let status_width = rows.iter().filter_map(|row| Some(width(&status(state(row)?)?.words()) + 2)).max().unwrap_or(0);
    let name_width = rows.iter().filter_map(|row| Some(name_width(row, state(row)?))).max().unwrap_or(0);
    let left = room.saturating_sub(if status_width > 0 { status_width + GAP } else { 0 });
    // Names have two thirds where there is not enough for all.
    let names = name_width.min((left * 2 / 3).max(left.saturating_sub(40)));
    let kinds = left.saturating_sub(names + GAP);
    let kind_width = rows.iter().filter_map(|row| Some(width(&kind(state(row)?)))).max().unwrap_or(0).min(kinds);
    let lines = rows.iter().map(|row| match &row.what {
        What::State(number) => {
            let Some(state) = graph.states.get(*number) else { return Line { pieces: Vec::new() } };
            let progress = status(state);
            let mut pieces =
                vec![faint(cut(&row.lead, names)), faint(format!("{} ", glyph(state, progress.map(|it| it.status))))];
            let name = cut(&state.shown, names.saturating_sub(width(&row.lead) + 2));
            let tone = match progress.map(|progress| progress.status) {
                Some(Status::NotReached) => Tone::Faint,
                Some(Status::Running | Status::Waiting | Status::Retrying) => Tone::Active,
                _ => Tone::Plain,
            };
            pieces.push(Piece { text: name, tone });
            if kinds >= NARROWEST {
                pad(&mut pieces, names + GAP);
                pieces.push(faint(cut(&kind(state), kind_width)));
            }
            if let Some(progress) = progress.filter(|progress| progress.status != Status::NotReached) {
                pad(&mut pieces, names + GAP + if kinds >= NARROWEST { kind_width + GAP } else { 0 });
                pieces.push(Piece { text: progress.words(), tone: Tone::of(progress.status) });
            }
            Line { pieces }
        }
        What::Way { label, to } => way(&row.lead, label, to.as_deref(), room),
        What::Next(next) => {
            let lead = format!("{}→ ", row.lead);
            let name = graph.states.get(*next).map_or("", |state| state.shown.as_str());
            let name = cut(name, room.saturating_sub(width(&lead)));
            Line { pieces: vec![faint(lead), faint(name)] }
        }
        What::Unreached => Line { pieces: vec![faint(cut(&format!("{}no way leads to:", row.lead), room))] },
    });
    lines.collect()
}

/// A condition, and where it leads.
fn way(lead: &str, label: &str, to: Option<&str>, room: usize) -> Line {
    let to = to.map(|to| format!(" → {to}")).unwrap_or_default();
    let left = room.saturating_sub(width(lead));
    let to = cut(&to, left.saturating_sub(if label.is_empty() { 0 } else { 2 }).max(left / 2));
    let label = cut(label, left.saturating_sub(width(&to)));
    Line { pieces: vec![faint(lead.to_owned()), Piece { text: label, tone: Tone::Plain }, faint(to)] }
}

fn name_width(row: &Row, state: &State) -> usize {
    width(&row.lead) + 2 + width(&state.shown)
}

/// What a state is and does.
fn kind(state: &State) -> String {
    let ends = if state.ends { " ■" } else { "" };
    match state.detail.as_str() {
        "" => format!("{}{ends}", state.type_name()),
        detail => format!("{} · {detail}{ends}", state.type_name()),
    }
}

/// What stands before a name: how the state stands, or what shape it has.
fn glyph(state: &State, status: Option<Status>) -> &'static str {
    match status {
        None if state.is_terminal() => "■",
        None if state.kind == Some(asl::StateType::Choice) => "◇",
        None => "●",
        Some(Status::NotReached) => "·",
        Some(Status::Running) => "▶",
        Some(Status::Waiting) => "◷",
        Some(Status::Retrying) => "↻",
        Some(Status::Succeeded | Status::Covered) => "✓",
        Some(Status::Caught | Status::PartlyCovered) => "!",
        Some(Status::Failed) => "✗",
        Some(Status::Aborted) => "▪",
    }
}

fn faint(text: String) -> Piece {
    Piece { text, tone: Tone::Faint }
}

/// Blanks up to a column.
fn pad(pieces: &mut Vec<Piece>, column: usize) {
    let used: usize = pieces.iter().map(|piece| width(&piece.text)).sum();
    pieces.push(faint(" ".repeat(column.saturating_sub(used))));
}
