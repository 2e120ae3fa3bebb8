//! An execution's history as a tree: its states in order, and below each Map and Parallel the parts that ran side by side.

mod render;

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::failure::event_failure;
use super::waiting::is_end;
use aws::history::HistoryEvent;

/// A state, or a part of a Map or Parallel, with what it holds. The first node is the execution itself.
#[derive(Debug)]
struct Node {
    kind: Kind,
    /// The node that holds it; none for the execution.
    parent: Option<usize>,
    children: Vec<usize>,
    entered: Timestamp,
    left: Option<Timestamp>,
    /// Why its last try failed, as far as anything did.
    failure: Option<String>,
    /// How often its task was called.
    tries: usize,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Execution,
    /// A state: its name and its type, such as `Wait`.
    State(String, String),
    /// A branch of a Parallel, or an iteration of a Map with its index.
    Part(Option<i64>),
}

/// Where the event after an event belongs: the node that holds its state, and the state that is on, if one is.
#[derive(Debug, Clone, Copy)]
struct Position {
    holder: usize,
    state: Option<usize>,
}

/// A history as a tree.
#[derive(Debug)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    positions: BTreeMap<i64, Position>,
    /// Whether the execution has ended: what has not ended by then was cut short.
    ended: bool,
}

impl Tree {
    /// Of a whole history, oldest event first.
    pub(crate) fn of(events: &[HistoryEvent]) -> Self {
        let begun = events.first().map_or(Timestamp::UNIX_EPOCH, |event| event.timestamp);
        let mut tree = Self { nodes: Vec::new(), positions: BTreeMap::new(), ended: false };
        tree.push(Kind::Execution, None, begun);
        for event in events {
            let before = tree.positions.get(&event.previous_event()).copied();
            let position = tree.add(event, before.unwrap_or(Position { holder: 0, state: None }));
            tree.positions.insert(event.id, position);
        }
        tree
    }

    /// Whether anything ran side by side.
    pub(crate) fn has_parts(&self) -> bool {
        self.nodes.iter().any(|node| matches!(node.kind, Kind::Part(_)))
    }

    /// Adds an event, and answers where the events that it leads to belong.
    fn add(&mut self, event: &HistoryEvent, before: Position) -> Position {
        let kind = event.kind.as_str();
        if let (Some(state_type), Some(name)) = (kind.strip_suffix("StateEntered"), &event.state) {
            return self.enter(Kind::State(name.clone(), state_type.to_owned()), before.holder, event.timestamp);
        }
        if let (true, Some(name)) = (kind.ends_with("StateExited"), &event.state) {
            return self.leave(name, before, event.timestamp);
        }
        match kind {
            "MapStateStarted" | "ParallelStateStarted" => {
                Position { holder: before.state.unwrap_or(before.holder), state: before.state }
            }
            "MapIterationStarted" => {
                let part = self.push(Kind::Part(event.iteration), Some(before.holder), event.timestamp);
                Position { holder: part, state: None }
            }
            "MapIterationSucceeded" | "MapIterationFailed" | "MapIterationAborted" => {
                let part = self.climb(before.holder, |kind| matches!(kind, Kind::Part(_)));
                self.end(part, event);
                Position { holder: self.parent(part), state: None }
            }
            "MapStateSucceeded" | "MapStateFailed" => self.joined("Map", before, event),
            "ParallelStateSucceeded" | "ParallelStateFailed" => self.joined("Parallel", before, event),
            "ExecutionRedriven" => {
                self.go_on();
                before
            }
            kind if is_end(kind) => {
                self.ended = true;
                self.end(0, event);
                before
            }
            _ => {
                self.note(before, event);
                before
            }
        }
    }

    /// A state begins. One right below a Parallel begins a branch of it.
    fn enter(&mut self, kind: Kind, holder: usize, at: Timestamp) -> Position {
        let is_branch = self.nodes.get(holder).is_some_and(|node| matches!(node.kind, Kind::State(..)));
        let holder = if is_branch { self.push(Kind::Part(None), Some(holder), at) } else { holder };
        let state = self.push(kind, Some(holder), at);
        Position { holder, state: Some(state) }
    }

    /// A state ends, and its branch with it as long as no other state follows.
    fn leave(&mut self, name: &str, before: Position, at: Timestamp) -> Position {
        let is_named = |kind: &Kind| matches!(kind, Kind::State(it, _) if it == name);
        let state = before.state.unwrap_or(before.holder);
        let state = self.climb(state, is_named);
        let holder = self.parent(state);
        for ended in [state, holder] {
            if let Some(node) = self.nodes.get_mut(ended).filter(|_| ended != 0) {
                node.left = Some(at);
            }
        }
        Position { holder, state: None }
    }

    /// The parts of a Map or Parallel have come together.
    fn joined(&mut self, state_type: &str, before: Position, event: &HistoryEvent) -> Position {
        let is_it = |kind: &Kind| matches!(kind, Kind::State(_, it) if it == state_type);
        let state = self.climb(before.holder, is_it);
        self.note(Position { holder: before.holder, state: Some(state) }, event);
        Position { holder: self.parent(state), state: Some(state) }
    }

    /// What a task did.
    fn note(&mut self, position: Position, event: &HistoryEvent) {
        let Some(node) = position.state.and_then(|state| self.nodes.get_mut(state)) else { return };
        match event.kind.as_str() {
            kind if kind.ends_with("Scheduled") => node.tries += 1,
            kind if kind.ends_with("Succeeded") => node.failure = None,
            kind if kind.ends_with("Failed") || kind.ends_with("TimedOut") => {
                node.failure =
                    event_failure(event).or_else(|| node.failure.take()).or_else(|| Some("failed".to_owned()));
            }
            _ => {}
        }
    }

    fn end(&mut self, node: usize, event: &HistoryEvent) {
        if let Some(node) = self.nodes.get_mut(node) {
            node.left = Some(event.timestamp);
            let has_failed = !event.kind.ends_with("Succeeded");
            node.failure = has_failed.then(|| event_failure(event).unwrap_or_else(|| "failed".to_owned()));
        }
    }

    /// The execution goes on after its end, and with it all that had failed or was cut short.
    fn go_on(&mut self) {
        self.ended = false;
        for node in &mut self.nodes {
            if node.failure.take().is_some() {
                node.left = None;
            }
        }
    }

    fn push(&mut self, kind: Kind, parent: Option<usize>, entered: Timestamp) -> usize {
        let at = self.nodes.len();
        self.nodes.push(Node { kind, parent, children: Vec::new(), entered, left: None, failure: None, tries: 0 });
        if let Some(parent) = parent.and_then(|parent| self.nodes.get_mut(parent)) {
            parent.children.push(at);
        }
        at
    }

    /// The nearest node, this one or one that holds it, that is so; the execution where none is.
    fn climb(&self, from: usize, is_it: impl Fn(&Kind) -> bool) -> usize {
        let mut at = from;
        while let Some(node) = self.nodes.get(at).filter(|node| !is_it(&node.kind)) {
            match node.parent {
                Some(parent) => at = parent,
                None => return 0,
            }
        }
        at
    }

    fn parent(&self, node: usize) -> usize {
        self.nodes.get(node).and_then(|node| node.parent).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests;
