//! Where a fork begins: the states of the other execution as they were at an event, each with what it goes on with.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::containers::{Containers, Path};
use super::event::{Kind, PastEvent};
use super::past::{Entered, Past, Thread};
use super::{ForkError, ForkedState, KeptResults, TakenOver};
use crate::definition::{MapMode, StateKind, StateMachine, ends};
use crate::document::Document;

/// Where a fork begins.
#[derive(Clone, Debug)]
pub struct ForkPoint {
    pub(super) place: Place,
    taken_over: TakenOver,
}

/// A thread of states, and how it goes on.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) state: Arc<str>,
    /// The Parallel and Map states around it with the branch or iteration, the outermost first.
    around: Vec<String>,
    pub(super) input: Document,
    pub(super) variables: Vec<(Arc<str>, Document)>,
    /// What is inside its Parallel or Map state, which goes on; none where the state begins.
    pub(super) inside: Option<BTreeMap<u64, Inside>>,
}

/// A branch or an iteration.
#[derive(Clone, Debug)]
pub(super) enum Inside {
    /// It had ended.
    Ended(Document),
    /// It goes on.
    GoesOn(Box<Place>),
    /// It had begun, and entered no state.
    NotEntered,
}

/// What is being put together.
struct Finder<'a> {
    past: Past<'a>,
    /// The thread whose state begins, whatever it was in; none when all that had not ended begins.
    target: Option<(Path, Entered)>,
    input: Option<Document>,
    taken_over: TakenOver,
}

impl Place {
    /// What is said where a definition does not have the state there.
    pub(super) fn missing(&self) -> ForkError {
        let inside = if self.around.is_empty() { String::new() } else { format!(" in {}", self.around.join(", ")) };
        ForkError::NoState { state: self.state.to_string(), inside }
    }
}

impl ForkPoint {
    /// Finds where an execution was at an event of its history: the state that the event belongs to begins anew, and so does what
    /// had not ended beside it. At the end of an execution without success, all that had not ended does. `machine` has the
    /// definition that the history is of; `at` is the last event unless it is given; `input` is another input for the state.
    ///
    /// # Errors
    /// Why the history does not say enough, or the input is for no single state.
    pub fn find(
        machine: &StateMachine,
        events: &[PastEvent],
        at: Option<u64>,
        input: Option<&str>,
    ) -> Result<Self, ForkError> {
        let last = events.last().map_or(0, |event| event.id);
        let at = at.unwrap_or(last);
        if !events.iter().any(|event| event.id == at) {
            return Err(ForkError::NoSuchEvent { event: at, last });
        }
        let input = input.map(|text| document(&Arc::from(text), || "the input".to_owned())).transpose()?;
        let containers = Containers::of(machine);
        let past = Past::read(&containers, events, at)?;
        let target = target(&past)?;
        let mut finder = Finder { past, target, input: input.clone(), taken_over: TakenOver::default() };
        let place = finder.place(&Path::new())?;
        let count = finder.taken_over.begins.len();
        if input.is_some() && finder.target.is_none() && count != 1 {
            return Err(ForkError::SeveralStates { event: at, count });
        }
        let mut taken_over = finder.taken_over;
        taken_over.variables.sort_unstable();
        taken_over.variables.dedup();
        Ok(Self { place, taken_over })
    }

    /// What a fork there takes over.
    pub fn taken_over(&self) -> &TakenOver {
        &self.taken_over
    }
}

/// The state that the event belongs to, with its thread.
fn target(past: &Past<'_>) -> Result<Option<(Path, Entered)>, ForkError> {
    let nothing = || ForkError::NothingEntered { event: past.at };
    let event = past.event(past.at).ok_or_else(nothing)?;
    let path = past.path(event.id).cloned().unwrap_or_default();
    let entered = |path: &Path| past.threads.get(path).and_then(|thread: &Thread| thread.state.clone());
    let found = match &event.kind {
        Kind::Whole if past.threads.is_empty() => past.entered_after(0).map(|first| (Path::new(), first)),
        Kind::Whole => return Ok(None),
        Kind::IterationStarted { .. } => past.entered_after(event.id).map(|first| (path, first)),
        Kind::ContainerEnded => {
            let own = entered(&path).filter(|state| state.left.is_none() && is_container(past, state));
            match (own, path.split_last()) {
                (None, Some((_, around))) => entered(&around.to_vec()).map(|state| (around.to_vec(), state)),
                (own, _) => own.map(|state| (path, state)),
            }
        }
        Kind::Succeeded => entered(&Path::new()).map(|state| (Path::new(), state)),
        _ => entered(&path).map(|state| (path, state)),
    };
    found.map(Some).ok_or_else(nothing)
}

fn is_container(past: &Past<'_>, state: &Entered) -> bool {
    matches!(past.containers.kind(&state.name), Some(StateKind::Parallel(_) | StateKind::Map(_)))
}

impl Finder<'_> {
    fn place(&mut self, path: &Path) -> Result<Place, ForkError> {
        match self.inside(path)? {
            Inside::GoesOn(place) => Ok(*place),
            // The execution itself is never asked for when it has ended.
            Inside::Ended(_) | Inside::NotEntered => Err(ForkError::NothingEntered { event: self.past.at }),
        }
    }

    fn inside(&mut self, path: &Path) -> Result<Inside, ForkError> {
        let thread = self.past.threads.get(path).cloned().unwrap_or_default();
        if let Some((target, state)) = self.target.clone()
            && target.starts_with(path)
        {
            if target == *path {
                return self.begins(path, &thread, &state);
            }
            if let Some(state) = &thread.state {
                return self.goes_on(path, &thread, state);
            }
        }
        let Some(state) = &thread.state else {
            return Ok(Inside::NotEntered);
        };
        let Some(left) = &state.left else {
            return self.goes_on(path, &thread, state);
        };
        if let Some(next) = self.past.entered_after(left.event) {
            return self.begins(path, &thread, &next);
        }
        if path.is_empty() || !self.may_end(state) {
            return self.begins(path, &thread, state);
        }
        let output = left.output.as_ref();
        let output = output.ok_or(ForkError::NoPayload { event: left.event, what: "the output" })?;
        document(output, || format!("the output of event {}", left.event)).map(Inside::Ended)
    }

    /// Whether a branch may end with a state.
    fn may_end(&self, state: &Entered) -> bool {
        let kind = self.past.containers.kind(&state.name);
        kind.is_some_and(ends)
    }

    /// A state begins anew.
    fn begins(&mut self, path: &Path, thread: &Thread, state: &Entered) -> Result<Inside, ForkError> {
        let is_target = self.target.as_ref().is_none_or(|(target, _)| target == path);
        let input = match self.input.clone().filter(|_| is_target) {
            Some(input) => input,
            None => input_of(state)?,
        };
        let kind = self.past.containers.kind(&state.name);
        self.taken_over.begins.push(ForkedState {
            state: state.name.to_string(),
            inside: shown(path),
            entered_event_id: state.event,
            was_open: state.left.is_none() && state.event <= self.past.at,
            runs_children_again: matches!(kind, Some(StateKind::Map(map)) if matches!(map.mode, MapMode::Distributed(_))),
        });
        self.place_of(path, (thread, state), input, None)
    }

    /// A Parallel or Map state goes on with what is inside it; any other state that had not ended begins anew.
    fn goes_on(&mut self, path: &Path, thread: &Thread, state: &Entered) -> Result<Inside, ForkError> {
        let inside = self.past.inside(path);
        let is_first = (0..).zip(inside.keys()).all(|(expected, index)| expected == *index);
        let is_map = matches!(self.past.containers.kind(&state.name), Some(StateKind::Map(_)));
        if inside.is_empty() || (is_map && !is_first) {
            return self.begins(path, thread, state);
        }
        let mut threads = BTreeMap::new();
        for (index, path) in inside {
            threads.insert(index, self.inside(&path)?);
        }
        let ended = threads.values().filter(|inside| matches!(inside, Inside::Ended(_))).count();
        let count = u64::try_from(ended).unwrap_or(u64::MAX);
        if count > 0 {
            self.taken_over.results.push(KeptResults { state: state.name.to_string(), count });
        }
        self.place_of(path, (thread, state), input_of(state)?, Some(threads))
    }

    fn place_of(
        &mut self,
        path: &Path,
        (thread, state): (&Thread, &Entered),
        input: Document,
        inside: Option<BTreeMap<u64, Inside>>,
    ) -> Result<Inside, ForkError> {
        let mut variables = Vec::new();
        for (name, text) in &thread.variables {
            variables.push((Arc::from(name.as_str()), document(text, || format!("the variable {name}"))?));
        }
        self.taken_over.variables.extend(thread.variables.keys().cloned());
        Ok(Inside::GoesOn(Box::new(Place {
            state: Arc::clone(&state.name),
            around: shown(path),
            input,
            variables,
            inside,
        })))
    }
}

fn shown(path: &Path) -> Vec<String> {
    path.iter().map(|(name, index)| format!("{name}[{index}]")).collect()
}

fn input_of(state: &Entered) -> Result<Document, ForkError> {
    let input = state.input.as_ref().ok_or(ForkError::NoPayload { event: state.event, what: "the input" })?;
    document(input, || format!("the input of event {}", state.event))
}

fn document(text: &Arc<str>, what: impl FnOnce() -> String) -> Result<Document, ForkError> {
    Document::parse(Arc::clone(text))
        .map_err(|problem| ForkError::NotJson { what: what(), reason: problem.to_string() })
}
