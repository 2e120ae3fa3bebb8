//! The fold: follows each event to the state that it belongs to.

use std::collections::{BTreeMap, BTreeSet};

use super::{Event, Progress, Status, Statuses, Taken, Visits};

/// One time that a state was entered.
struct Visit<'a> {
    name: &'a str,
    /// The visit around it: of the Parallel or Map state that it lies in.
    outer: Option<usize>,
    is_wait: bool,
    is_fail: bool,
    /// Other states lie inside of it.
    holds: bool,
    tries: u64,
    /// What it called has failed, and nothing has come after that.
    has_failed: bool,
    end: Option<Status>,
}

#[derive(Default)]
struct Fold<'a> {
    visits: Vec<Visit<'a>>,
    places: BTreeMap<i64, Place>,
    /// The transitions that led to a state: from which one, to which one, and whether a catcher led there.
    taken: BTreeSet<(Option<&'a str>, &'a str, bool)>,
}

/// Where an event stands.
#[derive(Clone, Copy, Default)]
struct Place {
    /// The visit that the event belongs to.
    visit: Option<usize>,
    /// The visit that a state entered next lies in.
    outer: Option<usize>,
}

/// How each state stands after some events.
pub(super) fn fold<'a>(events: impl IntoIterator<Item = Event<'a>>) -> Statuses {
    let mut fold = Fold::default();
    events.into_iter().for_each(|event| fold.take(event));
    fold.statuses()
}

/// The same, with each visit and the events that belong to it. A visit that stands as it did after the event `known` is told
/// so.
pub(super) fn fold_visits<'a>(events: impl IntoIterator<Item = Event<'a>>, known: i64) -> Visits {
    let mut fold = Fold::default();
    let mut before = None;
    let mut of_event = Vec::new();
    for event in events {
        if event.id > known && before.is_none() {
            before = Some(fold.shown_visits(&[]));
        }
        let id = event.id;
        fold.take(event);
        of_event.push(fold.places.get(&id).and_then(|place| place.visit));
    }
    let before = before.unwrap_or_else(|| fold.shown_visits(&[]));
    let visits = fold.shown_visits(&before);
    Visits { statuses: fold.statuses(), visits, of_event }
}

impl<'a> Fold<'a> {
    fn take(&mut self, event: Event<'a>) {
        let before = self.places.get(&event.previous_event_id).copied().unwrap_or_default();
        let place = self.add(event, before);
        self.places.insert(event.id, place);
    }

    /// All visits, as they stand, beside how they stood before.
    fn shown_visits(&self, before: &[super::Visit]) -> Vec<super::Visit> {
        let shown = |(at, visit): (usize, &Visit<'_>)| {
            let status = visit.status();
            let is_known = before.get(at).is_some_and(|known| known.status == status && known.tries == visit.tries);
            super::Visit { state: visit.name.to_owned(), outer: visit.outer, status, tries: visit.tries, is_known }
        };
        self.visits.iter().enumerate().map(shown).collect()
    }

    fn add(&mut self, event: Event<'a>, before: Place) -> Place {
        let kind = event.kind;
        match (kind.strip_suffix("StateEntered"), kind.strip_suffix("StateExited"), event.state) {
            (Some(state_type), _, Some(name)) => return self.enter(name, state_type, before),
            (_, Some(_), Some(name)) => return self.leave(name, before),
            _ => {}
        }
        match kind {
            "EvaluationFailed" => return self.evaluation_failed(event.state, before),
            "ExecutionFailed" => self.end(before.visit, Status::Failed),
            "ExecutionTimedOut" | "ExecutionAborted" => self.end(None, Status::Aborted),
            "ExecutionSucceeded" => self.end(None, Status::Succeeded),
            "ExecutionRedriven" => return self.reopen(),
            "ParallelStateStarted" | "MapStateStarted" => return self.go_inside(before.visit),
            "MapIterationStarted" => return self.go_inside(before.outer.or(before.visit)),
            "ParallelStateSucceeded"
            | "MapStateSucceeded"
            | "ParallelStateFailed"
            | "MapStateFailed"
            | "MapRunSucceeded"
            | "MapRunFailed" => return self.joined(kind.ends_with("Failed"), before),
            _ => {
                let place = self.known(before);
                self.note(kind, place.visit);
                return place;
            }
        }
        before
    }

    /// The execution goes on: what had not finished is on again. A Fail state is entered again instead.
    fn reopen(&mut self) -> Place {
        for visit in &mut self.visits {
            if matches!(visit.end, Some(Status::Failed | Status::Aborted)) && !visit.is_fail {
                visit.end = None;
                visit.has_failed = false;
                visit.tries = 0;
            }
        }
        Place::default()
    }

    /// The place of an event that names `ExecutionRedriven` before it, as calls do that are made again: that of the state that
    /// is on, where there is one alone.
    fn known(&self, before: Place) -> Place {
        if before.visit.is_some() || before.outer.is_some() {
            return before;
        }
        let mut open = self.visits.iter().enumerate().filter(|(_, visit)| visit.end.is_none() && !visit.holds);
        match (open.next(), open.next()) {
            (Some((at, visit)), None) => Place { visit: Some(at), outer: visit.outer },
            _ => before,
        }
    }

    /// A field of a state had no usable value. The event that it names before it may be one before the state was entered, so
    /// that the state is found by its name.
    fn evaluation_failed(&mut self, state: Option<&str>, before: Place) -> Place {
        let is_it = |visit: &Visit<'_>| visit.end.is_none() && state.is_none_or(|name| visit.name == name);
        let Some(at) = self.visits.iter().rposition(is_it) else { return before };
        let Some(visit) = self.visits.get_mut(at) else { return before };
        visit.has_failed = true;
        Place { visit: Some(at), outer: if visit.holds { Some(at) } else { visit.outer } }
    }

    /// What follows lies inside of a Parallel or Map state.
    fn go_inside(&mut self, container: Option<usize>) -> Place {
        if let Some(visit) = container.and_then(|at| self.visits.get_mut(at)) {
            visit.has_failed = false;
        }
        Place { visit: container, outer: container }
    }

    /// The branches or items of a state have come together, or one of them has failed.
    fn joined(&mut self, has_failed: bool, before: Place) -> Place {
        let container = before.outer.or(before.visit);
        if has_failed && before.visit != container {
            self.fail(before.visit);
        }
        let Some(visit) = container.and_then(|at| self.visits.get_mut(at)) else { return before };
        visit.has_failed = has_failed;
        Place { visit: container, outer: visit.outer }
    }

    /// A state that ends what it lies in.
    fn fail(&mut self, at: Option<usize>) {
        if let Some(visit) = at.and_then(|at| self.visits.get_mut(at)) {
            visit.end.get_or_insert(Status::Failed);
        }
    }

    fn enter(&mut self, name: &'a str, state_type: &str, before: Place) -> Place {
        let visit = self.visits.len();
        let is_wait = state_type == "Wait";
        let is_fail = state_type == "Fail";
        let holds = matches!(state_type, "Parallel" | "Map");
        let outer = before.outer;
        // Inside of a state, what comes first follows that state itself.
        let from = before.visit.and_then(|at| self.visits.get(at)).filter(|from| from.outer == outer);
        let is_caught = from.is_some_and(|from| from.end == Some(Status::Caught));
        self.taken.insert((from.map(|from| from.name), name, is_caught));
        self.visits.push(Visit { name, outer, is_wait, is_fail, holds, tries: 0, has_failed: false, end: None });
        Place { visit: Some(visit), outer }
    }

    fn leave(&mut self, name: &str, before: Place) -> Place {
        let mut at = before.visit;
        while let Some(visit) = at.and_then(|at| self.visits.get(at)).filter(|visit| visit.name != name) {
            at = visit.outer;
        }
        // After a redrive the event before may be of no state.
        let is_it = |visit: &Visit<'_>| visit.end.is_none() && visit.name == name;
        let at = at.or_else(|| self.visits.iter().rposition(is_it));
        let Some(visit) = at.and_then(|at| self.visits.get_mut(at)) else { return before };
        visit.end = Some(if visit.has_failed { Status::Caught } else { Status::Succeeded });
        let outer = visit.outer;
        let holds = visit.holds;
        if let Some(at) = at.filter(|_| holds) {
            self.abort_inside(at);
        }
        Place { visit: at, outer }
    }

    /// What a call or an iteration did.
    fn note(&mut self, kind: &str, at: Option<usize>) {
        if kind == "MapIterationFailed" {
            return self.fail(at);
        }
        let Some(visit) = at.and_then(|at| self.visits.get_mut(at)) else { return };
        if kind.ends_with("Scheduled") {
            visit.tries += 1;
            visit.has_failed = false;
        } else if kind.ends_with("StateAborted") {
            visit.end.get_or_insert(if visit.has_failed { Status::Failed } else { Status::Aborted });
        } else if kind.ends_with("Failed") || kind.ends_with("TimedOut") {
            visit.has_failed = true;
        } else if kind.ends_with("Succeeded") {
            visit.has_failed = false;
        }
    }

    /// The execution has ended: the state in which it failed, with those around it, and the others that were on.
    fn end(&mut self, failed_in: Option<usize>, status: Status) {
        let mut at = failed_in;
        while let Some(visit) = at.and_then(|at| self.visits.get_mut(at)) {
            // A state that was left has passed on what the execution failed of.
            visit.end.get_or_insert(status);
            at = visit.outer;
        }
        let rest = if status == Status::Succeeded { Status::Succeeded } else { Status::Aborted };
        for visit in &mut self.visits {
            let failed = visit.has_failed && rest == Status::Aborted;
            visit.end.get_or_insert(if failed { Status::Failed } else { rest });
        }
    }

    /// Ends what is on inside of a visit that has ended.
    fn abort_inside(&mut self, container: usize) {
        for at in container + 1..self.visits.len() {
            let mut outer = self.visits.get(at).and_then(|visit| visit.outer);
            while outer.is_some_and(|outer| outer > container) {
                outer = outer.and_then(|outer| self.visits.get(outer)?.outer);
            }
            if let Some(visit) = self.visits.get_mut(at).filter(|_| outer == Some(container)) {
                visit.end.get_or_insert(if visit.has_failed { Status::Failed } else { Status::Aborted });
            }
        }
    }

    fn statuses(&self) -> Statuses {
        let name = |name: &str| Some(name.to_owned());
        let led = self.taken.iter().map(|(from, to, is_caught)| Taken {
            from: from.map(str::to_owned),
            to: name(to),
            is_caught: *is_caught,
        });
        let succeeded = self.visits.iter().filter(|visit| visit.end == Some(Status::Succeeded));
        let ended: BTreeSet<&str> = succeeded.map(|visit| visit.name).collect();
        let ended = ended.into_iter().map(|state| Taken { from: name(state), to: None, is_caught: false });
        Statuses { by_name: self.progress(), taken: led.chain(ended).collect() }
    }

    fn progress(&self) -> BTreeMap<String, Progress> {
        let mut found: BTreeMap<String, Progress> = BTreeMap::new();
        for visit in &self.visits {
            let status = visit.status();
            let progress = found.entry(visit.name.to_owned()).or_insert(Progress { status, ..Progress::NOT_REACHED });
            progress.entered += 1;
            progress.left += u64::from(matches!(visit.end, Some(Status::Succeeded | Status::Caught)));
            progress.tries = visit.tries;
            if rank(status) >= rank(progress.status) {
                progress.status = status;
            }
        }
        found
    }
}

impl Visit<'_> {
    fn status(&self) -> Status {
        match self.end {
            Some(end) => end,
            None if self.has_failed || self.tries > 1 => Status::Retrying,
            None if self.is_wait => Status::Waiting,
            None => Status::Running,
        }
    }
}

/// Which status stands for a state that was entered several times: what goes on, then what is worst.
fn rank(status: Status) -> u8 {
    match status {
        Status::NotReached => 0,
        Status::Succeeded | Status::Covered => 1,
        Status::Aborted => 2,
        Status::Caught | Status::PartlyCovered => 3,
        Status::Failed => 4,
        Status::Waiting => 5,
        Status::Running => 6,
        Status::Retrying => 7,
    }
}
