//! Reading a history up to an event: which threads of states there were, where each was, and with which variables.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ForkError;
use super::containers::{Containers, Path};
use super::event::{Kind, PastEvent};

/// A thread of states as it was: the execution itself, a branch or an iteration.
#[derive(Clone, Debug, Default)]
pub(super) struct Thread {
    /// The state that it was in last; none before the first.
    pub(super) state: Option<Entered>,
    /// Its own variables, as JSON texts.
    pub(super) variables: BTreeMap<String, Arc<str>>,
    /// The event before its first state.
    began_after: u64,
}

/// A state as it was entered, and left if it was.
#[derive(Clone, Debug)]
pub(super) struct Entered {
    pub(super) name: Arc<str>,
    pub(super) event: u64,
    pub(super) input: Option<Arc<str>>,
    pub(super) left: Option<Left>,
}

/// The end of a state.
#[derive(Clone, Debug)]
pub(super) struct Left {
    pub(super) event: u64,
    pub(super) output: Option<Arc<str>>,
}

/// A history, read up to an event.
pub(super) struct Past<'a> {
    pub(super) containers: &'a Containers<'a>,
    events: &'a [PastEvent],
    pub(super) at: u64,
    pub(super) threads: BTreeMap<Path, Thread>,
    /// The thread that each event belongs to.
    paths: BTreeMap<u64, Path>,
}

impl<'a> Past<'a> {
    /// Reads the events up to `at`; `events` are in order.
    pub(super) fn read(containers: &'a Containers<'a>, events: &'a [PastEvent], at: u64) -> Result<Self, ForkError> {
        let mut past = Self { containers, events, at, threads: BTreeMap::new(), paths: BTreeMap::new() };
        for event in events.iter().take_while(|event| event.id <= at) {
            past.apply(event)?;
        }
        Ok(past)
    }

    fn apply(&mut self, event: &PastEvent) -> Result<(), ForkError> {
        let before = self.paths.get(&event.previous).cloned().unwrap_or_default();
        let path = match &event.kind {
            Kind::Entered { name, input } => {
                let path = self.resolve(event, name, &before)?;
                let is_first = self.is_parallel_start(event.previous);
                if is_first && self.threads.get(&path).is_some_and(|thread| thread.began_after != event.previous) {
                    self.forget_inside_around(&path);
                }
                self.forget_inside(&path);
                let thread = self.threads.entry(path.clone()).or_default();
                if is_first {
                    thread.began_after = event.previous;
                }
                let input = input.clone();
                thread.state = Some(Entered { name: Arc::clone(name), event: event.id, input, left: None });
                path
            }
            Kind::Exited { name, output, assigned } => {
                let path = self.resolve(event, name, &before)?;
                let missing = || ForkError::NoPayload { event: event.id, what: "the variables" };
                let assigned = assigned.clone().ok_or_else(missing)?;
                let thread = self.threads.entry(path.clone()).or_default();
                thread.variables.extend(assigned);
                if let Some(state) = &mut thread.state {
                    state.left = Some(Left { event: event.id, output: output.clone() });
                }
                path
            }
            Kind::IterationStarted { name, index } => {
                let mut path = self.resolve(event, name, &before)?;
                path.push((Arc::clone(name), *index));
                if *index == 0 && self.threads.contains_key(&path) {
                    self.forget_inside_around(&path);
                }
                self.threads.insert(path.clone(), Thread::default());
                path
            }
            _ => before,
        };
        self.paths.insert(event.id, path);
        Ok(())
    }

    fn resolve(&self, event: &PastEvent, state: &Arc<str>, before: &Path) -> Result<Path, ForkError> {
        let unclear = || ForkError::Unclear { event: event.id, state: state.to_string() };
        self.containers.path_of(state, before).ok_or_else(unclear)
    }

    fn is_parallel_start(&self, event: u64) -> bool {
        self.event(event).is_some_and(|event| event.kind == Kind::ParallelStarted)
    }

    /// The state that a thread is in begins anew: what was inside it is gone.
    fn forget_inside(&mut self, path: &Path) {
        self.threads.retain(|other, _| other.len() <= path.len() || !other.starts_with(path));
    }

    /// The state around a thread begins anew.
    fn forget_inside_around(&mut self, path: &Path) {
        if let Some((_, around)) = path.split_last() {
            self.forget_inside(&around.to_vec());
        }
    }

    pub(super) fn event(&self, id: u64) -> Option<&'a PastEvent> {
        let place = self.events.binary_search_by_key(&id, |event| event.id).ok()?;
        self.events.get(place)
    }

    /// The thread of an event that was read.
    pub(super) fn path(&self, event: u64) -> Option<&Path> {
        self.paths.get(&event)
    }

    /// The state that follows an event later than what was read: its name, its input and its own event.
    pub(super) fn entered_after(&self, previous: u64) -> Option<Entered> {
        self.events.iter().skip_while(|event| event.id <= previous).find_map(|event| match &event.kind {
            Kind::Entered { name, input } if event.previous == previous => {
                Some(Entered { name: Arc::clone(name), event: event.id, input: input.clone(), left: None })
            }
            _ => None,
        })
    }

    /// The threads inside the state that a thread is in, by index.
    pub(super) fn inside(&self, path: &Path) -> BTreeMap<u64, Path> {
        let of = |other: &&Path| other.len() == path.len() + 1 && other.starts_with(path);
        let inside = self.threads.keys().filter(of);
        inside.filter_map(|other| Some((other.last()?.1, other.clone()))).collect()
    }
}
