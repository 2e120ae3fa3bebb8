//! Every execution's summary in memory: by name, and newest first.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::execution::{Summary, owner};

/// The executions of every state machine.
#[derive(Debug, Default)]
pub(super) struct Index {
    machines: BTreeMap<String, Executions>,
    last_sequence: u64,
}

/// A place in the list of a machine's executions, newest first.
pub(super) type Position = (Reverse<Timestamp>, Reverse<u64>);

#[derive(Debug, Default)]
struct Executions {
    by_name: BTreeMap<Arc<str>, Summary>,
    newest: BTreeMap<Position, Arc<str>>,
    /// How many run, the children of Map Runs included, and those whose start is not durable yet.
    running: usize,
}

impl Summary {
    /// Where it is in the list.
    pub(super) fn position(&self) -> Position {
        (Reverse(self.started_at), Reverse(self.sequence))
    }
}

impl Index {
    /// Takes in an execution that was stored.
    pub(super) fn load(&mut self, machine: &str, name: &str, summary: Summary) {
        self.last_sequence = self.last_sequence.max(summary.sequence);
        if summary.status == asl::Status::Running {
            self.of(owner(machine)).running += 1;
        }
        self.show(machine, name, summary);
    }

    /// Announces a start, before it is known whether the machine takes it: a machine with starts is not deleted. Gives
    /// the start's sequence number.
    pub(super) fn begin_start(&mut self, machine: &str) -> u64 {
        self.of(owner(machine)).running += 1;
        self.last_sequence += 1;
        self.last_sequence
    }

    /// Takes an announced start back, or tells that an execution has ended.
    pub(super) fn end(&mut self, machine: &str) {
        let executions = self.of(owner(machine));
        executions.running = executions.running.saturating_sub(1);
    }

    /// Shows an execution, or what has become of it.
    pub(super) fn show(&mut self, machine: &str, name: &str, summary: Summary) {
        let executions = self.of(machine);
        let name: Arc<str> = match executions.newest.get(&summary.position()) {
            Some(known) => Arc::clone(known),
            None => Arc::from(name),
        };
        executions.newest.insert(summary.position(), Arc::clone(&name));
        executions.by_name.insert(name, summary);
    }

    /// One execution's summary.
    pub(super) fn get(&self, machine: &str, name: &str) -> Option<&Summary> {
        self.machines.get(machine)?.by_name.get(name)
    }

    /// How many executions of a machine run, the children of its Map Runs included.
    pub(super) fn running(&self, machine: &str) -> usize {
        self.machines.get(machine).map_or(0, |executions| executions.running)
    }

    /// Forgets a machine's executions.
    pub(super) fn remove(&mut self, machine: &str) {
        self.machines.retain(|key, _| owner(key) != machine);
    }

    /// A machine's executions after a place, newest first.
    pub(super) fn after(&self, machine: &str, place: Option<Position>) -> impl Iterator<Item = (&str, &Summary)> {
        use std::ops::Bound::{Excluded, Unbounded};
        let from = place.map_or(Unbounded, Excluded);
        let executions = self.machines.get(machine).into_iter();
        executions.flat_map(move |executions| {
            let names = executions.newest.range((from, Unbounded)).map(|(_, name)| name);
            names.filter_map(|name| executions.by_name.get(name).map(|summary| (&**name, summary)))
        })
    }

    fn of(&mut self, machine: &str) -> &mut Executions {
        self.machines.entry(machine.to_owned()).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(second: i64, sequence: u64) -> Summary {
        Summary {
            status: asl::Status::Running,
            started_at: Timestamp::from_second(second).unwrap(),
            stopped_at: None,
            revision: 0,
            version: None,
            alias: None,
            map_run: None,
            sequence,
        }
    }

    #[test]
    fn lists_newest_first_from_any_place() {
        let mut index = Index::default();
        for (name, second) in [("old", 1), ("same-a", 2), ("same-b", 2), ("new", 3)] {
            let sequence = index.begin_start("m");
            index.show("m", name, summary(second, sequence));
        }
        let names = |place| index.after("m", place).map(|(name, _)| name.to_owned()).collect::<Vec<_>>();
        assert_eq!(names(None), ["new", "same-b", "same-a", "old"]);
        let place = index.get("m", "same-b").unwrap().position();
        assert_eq!(names(Some(place)), ["same-a", "old"]);
        assert_eq!(index.after("other", None).count(), 0);
    }

    #[test]
    fn counts_what_runs() {
        let mut index = Index::default();
        index.load("m", "a", summary(1, 7));
        assert_eq!(index.begin_start("m"), 8);
        assert_eq!(index.running("m"), 2);
        index.end("m");
        let ended = Summary { status: asl::Status::Succeeded, ..summary(1, 7) };
        index.show("m", "a", ended.clone());
        assert_eq!(index.running("m"), 1);
        assert_eq!(index.get("m", "a"), Some(&ended));
        assert_eq!(index.after("m", None).count(), 1);
    }
}
