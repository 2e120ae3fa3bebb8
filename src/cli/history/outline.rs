//! A state machine as a terminal shows it, with how each state of an execution stands.

use aws::history::HistoryEvent;
use graph::{Event, Graph, Statuses};
use serde_json::Value;

use crate::cli::ui::{Tone, toned};

/// How the states of an execution stand after some events, oldest first.
pub(crate) fn statuses(events: &[HistoryEvent]) -> Statuses {
    Statuses::of(events.iter().map(|event| Event {
        id: event.id,
        previous_event_id: event.previous_event(),
        kind: &event.kind,
        state: event.state.as_deref(),
    }))
}

/// The states of a definition, a line each.
pub(crate) fn outline(definition: &Value, statuses: Option<&Statuses>, room: Option<usize>) -> String {
    let lines = Graph::read(definition).outline(statuses, room);
    let lines = lines.into_iter().map(|line| {
        let pieces = line.pieces.into_iter().map(|piece| match tone(piece.tone) {
            Some(tone) if !piece.text.trim().is_empty() => toned(tone, piece.text),
            _ => piece.text,
        });
        pieces.collect::<String>().trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn tone(tone: graph::Tone) -> Option<Tone> {
    match tone {
        graph::Tone::Plain => None,
        graph::Tone::Active => Some(Tone::Strong),
        graph::Tone::Faint => Some(Tone::Faint),
        graph::Tone::Good => Some(Tone::Good),
        graph::Tone::Warning => Some(Tone::Warning),
        graph::Tone::Bad => Some(Tone::Bad),
    }
}
