//! One step of an execution: what has arrived goes in, and what follows is collected.

mod untaken;

use std::collections::VecDeque;
use std::sync::Arc;

use asl::{Effect, Input, TaskId, TaskResource};
use cloud_core::ServiceError;
use jiff::Timestamp;

use crate::driver::loaded::{Loaded, MovedHistory};
use crate::driver::map_children;
use crate::driver::message::{Message, Reply, Skipped, ended_task};
use crate::driver::start::{self, Created};
use crate::executions::NewExecution;
use crate::integration::{Caller, awaited_child};
use crate::recovery::{MapChildStart, Work};
use crate::rows::execution::{EndedState, ExecutionHead, ExecutionKey, ExecutionState, ListChange, MapChild};
use crate::states::States;

/// What a step has come to so far.
#[derive(Default)]
pub(in crate::driver) struct Step {
    pub(in crate::driver) events: Vec<asl::HistoryEvent>,
    pub(in crate::driver) tasks: Vec<asl::TaskRequest>,
    /// Tasks that nobody waits for any more.
    pub(in crate::driver) released: Vec<TaskId>,
    /// Tasks that the holder of their token has ended: what they have started goes on.
    pub(in crate::driver) ended_by_token: Vec<TaskId>,
    /// Map Runs that have begun or ended.
    pub(in crate::driver) map_runs: Vec<asl::MapRunSummary>,
    /// Children of Map Runs to start.
    pub(in crate::driver) children: Vec<asl::ChildRequest>,
    /// Children of Map Runs to stop.
    pub(in crate::driver) stopped: Vec<asl::ChildId>,
    pub(in crate::driver) started: bool,
    /// That it goes on after its end.
    pub(in crate::driver) redriven: Option<Box<MovedHistory>>,
    /// The execution of the same name, long gone, whose place the one that started takes.
    pub(in crate::driver) replaced: Option<Box<ExecutionHead>>,
    pub(in crate::driver) ended: bool,
    /// Whether the state has changed, if only without an event: a task was heard from, a child has ended.
    pub(in crate::driver) dirty: bool,
    /// Whether the task that has started this execution is to be told of it.
    pub(in crate::driver) notify_parent: bool,
    /// Messages that must not be lost when the store fails.
    pub(in crate::driver) inputs: VecDeque<Message>,
    /// Whether the execution could not be read.
    pub(in crate::driver) load_failed: bool,
    /// The bytes of the events' payloads.
    payload_bytes: usize,
    answers: Vec<Answer>,
}

/// Answers somebody who waits: with the error, if there is one.
type Answer = Box<dyn FnOnce(Option<&ServiceError>) + Send>;

/// How many events a step has before it takes no more messages: with the last message's it has some hundreds more.
const MAX_EVENTS: usize = 1000;

/// How many bytes of payloads its events have before it takes no more messages: with the last message's it has about a
/// MiB more.
const MAX_PAYLOAD_BYTES: usize = 1 << 20;

impl Step {
    /// Whether the step has enough to commit.
    pub(in crate::driver) fn is_full(&self) -> bool {
        self.events.len() >= MAX_EVENTS || self.payload_bytes >= MAX_PAYLOAD_BYTES
    }

    /// How many bytes of payloads its events have.
    pub(in crate::driver) fn payload_bytes(&self) -> usize {
        self.payload_bytes
    }

    /// Whether there is anything to write.
    pub(in crate::driver) fn changes(&self) -> bool {
        !self.events.is_empty() || self.dirty
    }

    /// What it has done to the list of executions.
    pub(in crate::driver) fn change(&self) -> ListChange {
        match (self.started, self.redriven.is_some(), self.ended) {
            (true, _, true) => ListChange::StartedAndEnded,
            (true, _, false) => ListChange::Started,
            (false, true, true) => ListChange::RedrivenAndEnded,
            (false, true, false) => ListChange::Redriven,
            (false, false, true) => ListChange::Ended,
            (false, false, false) => ListChange::None,
        }
    }

    /// Takes one message; gives the execution as it is then.
    pub(in crate::driver) fn take(
        &mut self,
        states: &Arc<States>,
        key: &ExecutionKey,
        known: Option<Loaded>,
        message: Message,
    ) -> Option<Loaded> {
        let now = states.clock.now();
        let (message, mut loaded) = match (message, known) {
            (Message::Start(new, reply), known) => return self.start(states, known, *new, reply),
            (Message::StartMapChild(start), known) => return self.start_map_child(states, key, known, start),
            (message, Some(loaded)) => (message, loaded),
            (message, None) => {
                self.miss(key, message);
                return None;
            }
        };
        self.catch_up(states, &mut loaded, &message, now);
        match message {
            Message::Start(..) | Message::StartMapChild(_) => {}
            Message::Stop { error, cause, reply } => {
                if reply.is_none() {
                    // Nobody would ask again.
                    self.inputs.push_back(Message::Stop { error: error.clone(), cause: cause.clone(), reply: None });
                }
                self.apply(states, &mut loaded, Input::Stop { error, cause }, now);
                self.reply_with(reply, Ok(loaded.row.head.stopped_at.unwrap_or(now)));
            }
            Message::Redrive { token, reply } => self.redrive(states, key, &mut loaded, token, reply),
            Message::Skip { reply } => {
                let answer = Ok(self.skip(states, &mut loaded, now));
                self.reply_with(Some(reply), answer);
            }
            Message::Waits { reply } => self.reply_with(Some(reply), Ok(loaded.waits())),
            Message::Input(input) => self.handle_input(states, key, &mut loaded, input, now),
            Message::Take { offered, worker_name, reply } => {
                let task = offered.task;
                let taken = self.apply(states, &mut loaded, Input::TaskStarted { task, worker_name }, now);
                let request = loaded.task(task).filter(|_| taken).map(|(request, _)| request.clone());
                let states = Arc::clone(states);
                self.answers.push(Box::new(move |failed| {
                    if failed.is_some() {
                        states.driver.activities.put_back(offered);
                    }
                    // Whoever asked may have gone away.
                    drop(reply.send(failed.map_or(Ok(request), |error| Err(error.clone()))));
                }));
            }
            Message::Tell(input, reply) => {
                let released = self.released.len();
                let over = ended_task(&input);
                let taken = self.apply(states, &mut loaded, input, now);
                let is_over = |task: &mut TaskId| Some(*task) == over;
                self.ended_by_token.extend(self.released.extract_if(released.., is_over));
                self.reply_with(Some(reply), Ok(taken));
            }
            Message::GoOnAlone => {
                self.inputs.push_back(Message::GoOnAlone);
                self.dirty |= loaded.row.go_on_alone();
            }
            Message::ChildEnded { task, child, row } => {
                let caller = Caller::of(key, Arc::clone(&loaded.compiled.role_arn));
                if let Some((request, _)) = loaded.task(task) {
                    let input = awaited_child::ended(states, &caller, request, &child, &row);
                    self.handle_input(states, key, &mut loaded, input, now);
                }
            }
        }
        Some(loaded)
    }

    fn start(
        &mut self,
        states: &Arc<States>,
        known: Option<Loaded>,
        new: NewExecution,
        reply: Reply<Timestamp>,
    ) -> Option<Loaded> {
        let now = states.clock.now();
        let by_task = new.started_by.is_some();
        let known = match known {
            Some(gone) if gone.row.head.is_expired(now) => {
                self.replaced = Some(Box::new(gone.row.head));
                None
            }
            known => known,
        };
        match start::create(states, known.as_ref(), new, now) {
            Ok(Created::New(mut loaded, effects)) => {
                self.started = true;
                self.notify_parent = by_task;
                self.reply_with(Some(reply), Ok(now));
                self.collect(states, &mut loaded, effects, now);
                Some(*loaded)
            }
            Ok(Created::Already(started_at)) => {
                self.notify_parent = by_task;
                self.reply_with(Some(reply), Ok(started_at));
                known
            }
            Err(error) => {
                self.reply_with(Some(reply), Err(error));
                known
            }
        }
    }

    /// Starts a child of a Map Run; when it is there already, the parent is told of its end if it has come.
    fn start_map_child(
        &mut self,
        states: &Arc<States>,
        key: &ExecutionKey,
        known: Option<Loaded>,
        start: Box<MapChildStart>,
    ) -> Option<Loaded> {
        if let Some(known) = known {
            let is_of_before = |child: &MapChild| child.child.redrive < start.child().redrive;
            if known.row.map_child.as_deref().is_some_and(is_of_before) {
                return Some(self.redrive_map_child(states, key, known, start));
            }
            self.notify_parent = true;
            self.inputs.push_back(Message::StartMapChild(start));
            return Some(known);
        }
        match map_children::create(states, key, &start) {
            Ok((mut loaded, effects)) => {
                self.started = true;
                self.inputs.push_back(Message::StartMapChild(start));
                let now = loaded.row.head.started_at;
                self.collect(states, &mut loaded, effects, now);
                Some(loaded)
            }
            Err(error) => {
                let outcome = MapChildStart::failed(&error);
                map_children::notify_ended(states, start.parent(), start.child(), outcome);
                None
            }
        }
    }

    /// Lets what was due happen before what is asked now. A timer may be late, most of all after a restart: a stop must not
    /// come before the timeout of an hour ago. One that is in the middle of its work takes what is asked first.
    fn catch_up(&mut self, states: &Arc<States>, loaded: &mut Loaded, message: &Message, now: Timestamp) {
        if message.is_asked_now() && !loaded.has_more() && loaded.next_wake().is_some_and(|moment| moment <= now) {
            self.apply(states, loaded, Input::Wake, now);
        }
    }

    fn skip(&mut self, states: &Arc<States>, loaded: &mut Loaded, now: Timestamp) -> Skipped {
        let ExecutionState::Running(execution) = &loaded.row.state else {
            return Skipped::default();
        };
        let standard = execution.running_children().filter(|child| child.child_type == asl::ChildType::Standard);
        let skipped = Skipped {
            states: execution.waiting_states().map(str::to_owned).collect(),
            children: standard.map(|child| child.execution_arn.to_string()).collect(),
        };
        if !skipped.states.is_empty() {
            self.apply(states, loaded, Input::Skip, now);
        }
        skipped
    }

    /// Takes what a timer or a task has to tell.
    fn handle_input(
        &mut self,
        states: &Arc<States>,
        key: &ExecutionKey,
        loaded: &mut Loaded,
        input: Input,
        now: Timestamp,
    ) {
        self.inputs.push_back(Message::Input(input.clone()));
        let submitted = match &input {
            Input::TaskSubmitted { task, .. } => Some(*task),
            _ => None,
        };
        if let Input::ChildEnded { child, .. } = &input {
            // An express one was a call; it is over.
            states.driver.in_flight.abandon(key, Work::Child(*child));
        }
        let input = match states.is_deleting(key.parts().0) {
            // "On the next state transition, the state machine's executions are terminated" (API reference,
            // DeleteStateMachine).
            true => Input::Stop { error: None, cause: None },
            false => input,
        };
        if !self.apply(states, loaded, input, now) {
            // The execution that it has started was not known when the task was released: it is stopped now.
            self.released.extend(submitted.filter(|task| loaded.task(*task).is_none()));
        }
    }

    /// Applies one input, and tells whether it was taken. What the execution does not take (the answer of a task that timed
    /// out, a timer after the end) has come too late.
    fn apply(&mut self, states: &Arc<States>, loaded: &mut Loaded, input: Input, now: Timestamp) -> bool {
        let ExecutionState::Running(execution) = &mut loaded.row.state else { return false };
        let over = ended_task(&input);
        let definition = states.definition(&loaded.compiled);
        let is_wake = matches!(input, Input::Wake);
        let handled = execution.handle(&definition, input, now);
        drop(definition);
        let Ok(effects) = handled else { return false };
        // A timer that is not due yet changes nothing.
        self.dirty |= !is_wake || !effects.is_empty();
        loaded.forget_mock(over);
        self.released.extend(over);
        self.collect(states, loaded, effects, now);
        true
    }

    /// Collects effects. Everything but an activity counts as started in the same step that schedules it, after all that
    /// was decided with it: so the events are in the order of their ids.
    pub(in crate::driver) fn collect(
        &mut self,
        states: &Arc<States>,
        loaded: &mut Loaded,
        effects: Vec<Effect>,
        now: Timestamp,
    ) {
        let mut starting = Vec::new();
        self.events.reserve(effects.len());
        for effect in effects {
            match effect {
                Effect::Event(event) => {
                    self.payload_bytes += event.payload_bytes();
                    self.events.push(event);
                }
                Effect::StartTask(request) => {
                    let is_mocked = loaded.choose_mock(&request);
                    if is_mocked || !matches!(request.resource, TaskResource::Activity { .. }) {
                        starting.push(request.task);
                    }
                    self.tasks.push(request);
                }
                // Its answer will be refused; the function itself runs on, as on AWS.
                Effect::CancelTask(task) => {
                    self.tasks.retain(|request| request.task != task);
                    self.released.push(task);
                }
                Effect::Ended(outcome) => self.end(loaded, outcome, now),
                Effect::StartMapRun(run) | Effect::EndMapRun(run) => self.map_runs.push(run),
                Effect::StartChild(request) => self.children.push(request),
                Effect::StopChild(child) => {
                    self.children.retain(|request| request.child != child);
                    self.stopped.push(child);
                }
                other => tracing::error!(effect = ?other, "an effect that the driver does not know"),
            }
        }
        // One that was cancelled meanwhile is refused.
        for task in starting {
            self.apply(states, loaded, Input::TaskStarted { task, worker_name: None }, now);
        }
    }

    fn end(&mut self, loaded: &mut Loaded, outcome: asl::Outcome, now: Timestamp) {
        let row = &mut loaded.row;
        if let ExecutionState::Running(execution) = &row.state {
            self.ended = true;
            row.head.status = execution.status();
            row.head.stopped_at = Some(now);
            let input = execution.input().to_owned();
            let unfinished = execution.has_unfinished().then(|| execution.clone());
            row.state = ExecutionState::Ended(Box::new(EndedState { input, outcome, unfinished }));
        }
    }

    pub(in crate::driver) fn reply_with<T: Send + 'static>(
        &mut self,
        reply: Option<Reply<T>>,
        answer: Result<T, ServiceError>,
    ) {
        let Some(reply) = reply else { return };
        self.answers.push(Box::new(move |failed| {
            // Whoever asked may have gone away.
            drop(reply.send(failed.map_or(answer, |error| Err(error.clone()))));
        }));
    }

    /// Answers everybody who waits: with the error, if the step has come to nothing.
    pub(in crate::driver) fn answer(&mut self, failed: Option<&ServiceError>) {
        self.answers.drain(..).for_each(|answer| answer(failed));
    }
}
