//! The executions that run, in memory: by name, and newest first. What has ended is read from the store.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::Arc;

use jiff::Timestamp;

use super::rows::execution::{ExecutionHead, ExecutionKey, Position, Redriven, owner};

/// The running executions of every state machine.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Index {
    machines: BTreeMap<String, Executions>,
    /// How many executions are open in each account and region, as keys begin with it: those of standard workflows.
    open: BTreeMap<String, usize>,
    last_sequence: u64,
}

#[derive(Debug, Default, PartialEq)]
struct Executions {
    by_name: BTreeMap<Arc<str>, Position>,
    newest: BTreeMap<Position, Running>,
    /// How many run, the children of Map Runs included, and those whose start is not durable yet.
    running: usize,
}

/// What is kept of a running execution's head beside its place, which has the rest: there may be a million of them.
#[derive(Debug, PartialEq)]
struct Running {
    name: Arc<str>,
    revision: u64,
    /// Nearly always none.
    origin: Option<Box<Origin>>,
}

/// By what it was started, where that is more than its machine, and how often it was redriven, if it was.
#[derive(Debug, PartialEq)]
struct Origin {
    /// Its start, where that does not put it in its place.
    started_at: Option<Timestamp>,
    version: Option<u64>,
    alias: Option<Box<str>>,
    map_run: Option<Box<str>>,
    items: Option<u64>,
    is_express: bool,
    redriven: Option<Box<Redriven>>,
}

impl Running {
    fn new(name: Arc<str>, head: ExecutionHead) -> Self {
        let started_at = Some(head.started_at).filter(|started_at| *started_at != head.listed_at());
        let ExecutionHead { revision, version, alias, map_run, items, is_express, redriven, .. } = head;
        let is_plain = version.is_none() && alias.is_none() && map_run.is_none() && redriven.is_none();
        Self {
            name,
            revision,
            origin: (!is_plain)
                .then(|| Box::new(Origin { started_at, version, alias, map_run, items, is_express, redriven })),
        }
    }

    fn head(&self, (Reverse(listed_at), Reverse(sequence)): Position) -> ExecutionHead {
        let head = ExecutionHead::starting(listed_at, self.revision, sequence);
        match self.origin.as_deref() {
            None => head,
            Some(Origin { started_at, version, alias, map_run, items, is_express, redriven }) => ExecutionHead {
                started_at: started_at.unwrap_or(listed_at),
                version: *version,
                alias: alias.clone(),
                map_run: map_run.clone(),
                items: *items,
                is_express: *is_express,
                redriven: redriven.clone(),
                ..head
            },
        }
    }
}

impl Index {
    /// An index of the executions that were stored as running, in the order of their keys. It is built as a whole: there
    /// may be a million of them.
    pub(crate) fn of_stored(running: impl IntoIterator<Item = (ExecutionKey, ExecutionHead)>) -> Self {
        let mut index = Self::default();
        let mut listed: BTreeMap<String, Vec<(Position, Running)>> = BTreeMap::new();
        for (key, head) in running {
            let (machine, name) = key.parts();
            index.count_start(machine);
            index.load_sequence(head.sequence);
            let entry = (head.position(), Running::new(name.into(), head));
            match listed.get_mut(machine) {
                Some(entries) => entries.push(entry),
                None => drop(listed.insert(machine.to_owned(), vec![entry])),
            }
        }
        for (machine, entries) in listed {
            let executions = index.of(&machine);
            let names = entries.iter().map(|(position, running)| (Arc::clone(&running.name), *position));
            executions.by_name = names.collect();
            executions.newest = entries.into_iter().collect();
        }
        index
    }

    /// Takes in the sequence number of an execution that was stored.
    pub(crate) fn load_sequence(&mut self, sequence: u64) {
        self.last_sequence = self.last_sequence.max(sequence);
    }

    /// Announces a start, before it is known whether the machine takes it: a machine with starts is not deleted. Gives
    /// the start's sequence number.
    pub(crate) fn begin_start(&mut self, machine: &str) -> u64 {
        self.count_start(machine);
        self.next_sequence()
    }

    /// The next sequence number.
    pub(crate) fn next_sequence(&mut self) -> u64 {
        self.last_sequence += 1;
        self.last_sequence
    }

    /// How many executions of standard workflows are open where a machine is.
    pub(crate) fn open_beside(&self, machine: &str) -> usize {
        self.open.get(place(machine)).copied().unwrap_or_default()
    }

    /// Announces an express execution, which is not counted as open: its machine is not deleted.
    pub(crate) fn hold(&mut self, machine: &str) {
        self.of(owner(machine)).running += 1;
    }

    /// Tells that an express execution has ended.
    pub(crate) fn release(&mut self, machine: &str) {
        let machine = owner(machine);
        let executions = self.of(machine);
        executions.running = executions.running.saturating_sub(1);
        self.tidy(machine);
    }

    fn count_start(&mut self, machine: &str) {
        self.hold(machine);
        match self.open.get_mut(place(machine)) {
            Some(open) => *open += 1,
            None => drop(self.open.insert(place(machine).to_owned(), 1)),
        }
    }

    /// Announces that an execution goes on after its end, as [`Self::begin_start`] does a start.
    pub(crate) fn begin_redrive(&mut self, machine: &str) {
        self.count_start(machine);
    }

    /// Takes an announced start back, or tells that an execution has ended.
    pub(crate) fn end(&mut self, machine: &str) {
        if let Some(open) = self.open.get_mut(place(machine)) {
            *open = open.saturating_sub(1);
        }
        self.release(machine);
    }

    /// Shows an execution that runs, and no longer one that has ended.
    pub(crate) fn show(&mut self, machine: &str, name: &str, head: ExecutionHead) {
        self.load_sequence(head.sequence);
        let executions = self.of(machine);
        let known = executions.by_name.remove_entry(name);
        if let Some((_, before)) = &known {
            executions.newest.remove(before);
        }
        if head.status != asl::Status::Running {
            return self.tidy(machine);
        }
        let position = head.position();
        let name: Arc<str> = known.map_or_else(|| Arc::from(name), |(name, _)| name);
        executions.newest.insert(position, Running::new(Arc::clone(&name), head));
        executions.by_name.insert(name, position);
    }

    /// Whether an execution runs.
    pub(crate) fn is_running(&self, machine: &str, name: &str) -> bool {
        self.machines.get(machine).is_some_and(|executions| executions.by_name.contains_key(name))
    }

    /// How many executions of a machine run, the children of its Map Runs included.
    pub(crate) fn running(&self, machine: &str) -> usize {
        self.machines.get(machine).map_or(0, |executions| executions.running)
    }

    /// A machine's running executions after a place, newest first.
    pub(crate) fn after(&self, machine: &str, place: Option<Position>) -> impl Iterator<Item = (&str, ExecutionHead)> {
        let from = place.map_or(Unbounded, Excluded);
        let executions = self.machines.get(machine).into_iter();
        let running = executions.flat_map(move |executions| executions.newest.range((from, Unbounded)));
        running.map(|(position, running)| (&*running.name, running.head(*position)))
    }

    /// The machines of which something runs.
    #[cfg(test)]
    pub(crate) fn machines(&self) -> String {
        format!("{:#?}", self.machines)
    }

    fn of(&mut self, machine: &str) -> &mut Executions {
        self.machines.entry(machine.to_owned()).or_default()
    }

    /// Forgets a machine of which nothing runs.
    fn tidy(&mut self, machine: &str) {
        let is_idle = |executions: &Executions| executions.running == 0 && executions.by_name.is_empty();
        if self.machines.get(machine).is_some_and(is_idle) {
            self.machines.remove(machine);
        }
    }
}

/// The account and the region in a machine's key.
pub(crate) fn place(machine: &str) -> &str {
    machine.split('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(second: i64, sequence: u64) -> ExecutionHead {
        ExecutionHead::starting(Timestamp::from_second(second).unwrap(), 0, sequence)
    }

    #[test]
    fn lists_newest_first_from_any_place() {
        let mut index = Index::default();
        let mut place = None;
        for (name, second) in [("old", 1), ("same-a", 2), ("same-b", 2), ("new", 3)] {
            let sequence = index.begin_start("m");
            index.show("m", name, head(second, sequence));
            if name == "same-b" {
                place = Some(head(second, sequence).position());
            }
        }
        let names = |place| index.after("m", place).map(|(name, _)| name.to_owned()).collect::<Vec<_>>();
        assert_eq!(names(None), ["new", "same-b", "same-a", "old"]);
        assert_eq!(names(place), ["same-a", "old"]);
        assert_eq!(index.after("other", None).count(), 0);
        let at = Timestamp::from_second(9).unwrap();
        let again = ExecutionHead { redriven: Some(Box::new(Redriven { count: 1, at })), ..head(1, 1) };
        index.show("m", "old", again.clone());
        assert_eq!(index.after("m", None).next(), Some(("old", again)), "one that was redriven is the newest");
        assert_eq!(index.after("m", None).count(), 4);
    }

    #[test]
    fn counts_what_runs_and_keeps_nothing_of_what_has_ended() {
        let mut index = Index::of_stored([(ExecutionKey::new("m", "a"), head(1, 7))]);
        assert!(index.is_running("m", "a"));
        assert_eq!((index.open_beside("m"), index.open_beside("us-east-1/m")), (1, 0));
        index.hold("m");
        assert_eq!((index.open_beside("m"), index.running("m")), (1, 2), "an express one is not open");
        index.release("m");
        assert_eq!(index.begin_start("m"), 8);
        assert_eq!(index.open_beside("m"), 2);
        assert_eq!(index.running("m"), 2);
        index.end("m");
        let ended = ExecutionHead { status: asl::Status::Succeeded, ..head(1, 7) };
        index.show("m", "a", ended);
        assert_eq!(index.running("m"), 1);
        assert!(!index.is_running("m", "a"));
        assert_eq!(index.after("m", None).count(), 0);
        index.end("m");
        assert!(index.machines.is_empty());
    }
}
