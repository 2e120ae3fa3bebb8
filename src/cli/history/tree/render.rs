//! The tree as lines: a state each, its type, how long it took and how it ended.

use super::{Kind, Node, Tree};
use crate::cli::time::moment;
use crate::cli::ui::table::{Cell, Column, fitted};
use crate::cli::ui::{Tone, visible};

/// How many parts of one Map or Parallel are shown, beside those that failed.
const PARTS: usize = 10;

impl Tree {
    /// As lines that fit.
    pub(crate) fn render(&self, room: Option<usize>) -> String {
        let mut rows = Vec::new();
        self.states(0, "", "", &mut rows);
        let column = |heading: &str, least, rank| Column { heading: heading.to_owned(), least, rank };
        let columns = [column("STATE", 16, 0), column("TYPE", 8, 2), column("TOOK", 9, 1), column("", 12, 0)];
        fitted(&columns, &rows, room)
    }

    /// The states below a node: the first with one lead, those after it with another.
    fn states(&self, holder: usize, first: &str, others: &str, rows: &mut Vec<Vec<Cell>>) {
        let mut lead = first;
        for at in self.children(holder) {
            let Some(node) = self.nodes.get(at) else { continue };
            if let Kind::State(name, state_type) = &node.kind {
                rows.push(self.row(node, &format!("{lead}{}", visible(name)), state_type));
                self.parts(at, others, rows);
            }
            lead = others;
        }
    }

    /// The parts of a Map or Parallel.
    fn parts(&self, state: usize, lead: &str, rows: &mut Vec<Vec<Cell>>) {
        let parts = self.children(state);
        let has_failed = |at: &usize| self.nodes.get(*at).is_some_and(|node| node.failure.is_some());
        let shown: Vec<(usize, usize)> = parts
            .iter()
            .copied()
            .enumerate()
            .filter(|(number, at)| *number < PARTS || has_failed(at))
            .take(2 * PARTS)
            .collect();
        let left_out = parts.len() - shown.len();
        let count = shown.len();
        for (place, (number, at)) in shown.into_iter().enumerate() {
            let label = match self.nodes.get(at).map(|node| &node.kind) {
                Some(Kind::Part(Some(index))) => format!("#{index}"),
                _ => (number + 1).to_string(),
            };
            let is_last = place + 1 == count && left_out == 0;
            let (corner, line) = if is_last { ("└", " ") } else { ("├", "│") };
            let space = " ".repeat(label.chars().count());
            let first = format!("{lead}{corner} {label} ");
            let others = format!("{lead}{line} {space} ");
            self.states(at, &first, &others, rows);
        }
        if left_out > 0 {
            let cell = |text: String| Cell { text, tone: Some(Tone::Faint) };
            let none = String::new;
            rows.push(vec![cell(format!("{lead}└ … {left_out} more")), cell(none()), cell(none()), cell(none())]);
        }
    }

    fn row(&self, node: &Node, name: &str, state_type: &str) -> Vec<Cell> {
        let took = node.left.map(|left| moment::measured(moment::ms_between(node.entered, left)));
        let parts = self.count_of_parts(node);
        let (tone, how) = match (node.left, &node.failure) {
            (Some(_), Some(failure)) => (Some(Tone::Warning), format!("caught {}", one_line(failure))),
            (None, Some(failure)) => (Some(Tone::Bad), one_line(failure)),
            (Some(_), None) if node.tries > 1 => (None, format!("{} tries", node.tries)),
            (Some(_), None) => (None, parts),
            (None, None) if self.ended => (Some(Tone::Warning), "did not end".to_owned()),
            (None, None) if node.tries > 1 => (Some(Tone::Strong), format!("on, try {}", node.tries)),
            (None, None) => (Some(Tone::Strong), if state_type == "Wait" { "waits" } else { "on" }.to_owned()),
        };
        vec![
            Cell { text: name.to_owned(), tone: None },
            Cell { text: state_type.to_owned(), tone: Some(Tone::Faint) },
            Cell { text: took.unwrap_or_default(), tone: None },
            Cell { text: how, tone },
        ]
    }

    fn count_of_parts(&self, node: &Node) -> String {
        let is_part = |at: &&usize| self.nodes.get(**at).is_some_and(|node| matches!(node.kind, Kind::Part(_)));
        let count = node.children.iter().filter(is_part).count();
        match (&node.kind, count) {
            (Kind::State(_, state_type), 1) if state_type == "Map" => "1 item".to_owned(),
            (Kind::State(_, state_type), count) if state_type == "Map" => format!("{count} items"),
            _ => String::new(),
        }
    }

    fn children(&self, node: usize) -> Vec<usize> {
        self.nodes.get(node).map(|node| node.children.clone()).unwrap_or_default()
    }
}

fn one_line(text: &str) -> String {
    visible(text).replace('\n', " ")
}
