//! One step of an execution: what has arrived goes in, and what follows is collected.

use std::collections::VecDeque;
use std::sync::Arc;

use asl::{Input, TaskId, TaskPhase, TaskResource};
use jiff::Timestamp;

use super::items::{self, ItemStart};
use super::start::{self, StartRequest, Started};
use super::{Message, Reply};
use crate::local::Cloud;
use crate::local::error::ServiceError;
use crate::local::sfn::execution::{ExecutionKey, ExecutionRow, Stage};
use crate::local::sfn::{Prepared, integration, refusal};
use aws::clock;

/// An execution in memory while it has something to do.
pub(super) struct Loaded {
    pub(super) row: ExecutionRow,
    pub(super) prepared: Arc<Prepared>,
}

/// What a step has come to so far.
#[derive(Default)]
pub(super) struct Step {
    pub(super) events: Vec<asl::HistoryEvent>,
    pub(super) tasks: Vec<asl::TaskRequest>,
    /// Tasks that nobody waits for any more.
    pub(super) released: Vec<TaskId>,
    /// Map Runs that have begun or ended.
    pub(super) map_runs: Vec<asl::MapRunSummary>,
    /// Children of Map Runs to start.
    pub(super) items: Vec<asl::ChildRequest>,
    /// Children of Map Runs to stop.
    pub(super) stopped: Vec<asl::ChildId>,
    pub(super) started: bool,
    pub(super) ended: bool,
    /// Whether the state has changed, if only without an event: a task was heard from, a child has ended.
    pub(super) heard: bool,
    /// Whether the task that has started this execution is to be told of it.
    pub(super) announce: bool,
    /// News that must not be lost when the store fails.
    pub(super) inputs: VecDeque<Message>,
    /// Whether the execution could not be read.
    pub(super) unread: bool,
    answers: Vec<Answer>,
}

/// Answers somebody who waits: with the error, if there is one.
type Answer = Box<dyn FnOnce(Option<&ServiceError>) + Send>;

impl Loaded {
    /// Reads an execution from the store, if there is one.
    pub(super) fn read(cloud: &Arc<Cloud>, key: &ExecutionKey) -> Result<Option<Self>, ServiceError> {
        let (machine, name) = key.parts();
        if cloud.step_functions.index().get(machine, name).is_none() {
            return Ok(None);
        }
        let Some(row) = cloud.step_functions.row(cloud, key)? else {
            return Ok(None);
        };
        let prepared = cloud.step_functions.prepared(machine, row.summary.revision)?;
        Ok(Some(Self { row, prepared }))
    }

    /// When it wants to be woken; never once it has ended.
    pub(super) fn next_wake(&self) -> Option<Timestamp> {
        match &self.row.stage {
            Stage::Running(execution) => execution.next_wake(),
            Stage::Ended { .. } => None,
        }
    }

    /// A task under way.
    fn task(&self, task: TaskId) -> Option<(&asl::TaskRequest, TaskPhase)> {
        match &self.row.stage {
            Stage::Running(execution) => execution.running_tasks().find(|(request, _)| request.task == task),
            Stage::Ended { .. } => None,
        }
    }
}

impl Step {
    /// Takes one message; gives the execution as it is then.
    pub(super) fn take(
        &mut self,
        cloud: &Arc<Cloud>,
        key: &ExecutionKey,
        known: Option<Loaded>,
        message: Message,
    ) -> Option<Loaded> {
        let now = clock::now();
        let (message, mut loaded) = match (message, known) {
            (Message::Start(request, reply), known) => return self.start(cloud, key, known, &request, reply),
            (Message::StartItem(item), known) => return self.start_item(cloud, key, known, item),
            (message, Some(loaded)) => (message, loaded),
            (message, None) => {
                self.miss(key, message);
                return None;
            }
        };
        match message {
            Message::Start(..) | Message::StartItem(_) => {}
            Message::Stop { error, cause, reply } => {
                self.feed(cloud, &mut loaded, Input::Stop { error, cause }, now);
                let stopped_at = loaded.row.summary.stopped_at.unwrap_or(now);
                self.reply_with(reply, Ok(stopped_at));
            }
            Message::Input(input) => self.news(cloud, key, &mut loaded, input, now),
            Message::Take { task, worker_name, reply } => {
                let taken = self.feed(cloud, &mut loaded, Input::TaskStarted { task, worker_name }, now);
                let request = loaded.task(task).filter(|_| taken).map(|(request, _)| request.clone());
                self.reply_with(Some(reply), Ok(request));
            }
            Message::Tell(input, reply) => {
                let taken = self.feed(cloud, &mut loaded, input, now);
                self.reply_with(Some(reply), Ok(taken));
            }
            Message::ChildEnded { task, child, row } => {
                let settled = loaded.task(task).map(|(request, _)| integration::settle(request, &child, &row));
                if let Some(input) = settled {
                    self.news(cloud, key, &mut loaded, input, now);
                }
            }
        }
        Some(loaded)
    }

    fn start(
        &mut self,
        cloud: &Arc<Cloud>,
        key: &ExecutionKey,
        known: Option<Loaded>,
        request: &StartRequest,
        reply: Reply<Timestamp>,
    ) -> Option<Loaded> {
        let now = clock::now();
        match start::start(cloud, key, known.as_ref(), request, now) {
            Ok(Started::New(mut loaded, effects)) => {
                self.started = true;
                self.announce = request.origin.is_some();
                self.reply_with(Some(reply), Ok(now));
                self.carry(cloud, &mut loaded, effects, now);
                Some(*loaded)
            }
            Ok(Started::Already(started_at)) => {
                self.announce = request.origin.is_some();
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
    fn start_item(
        &mut self,
        cloud: &Arc<Cloud>,
        key: &ExecutionKey,
        known: Option<Loaded>,
        item: Box<ItemStart>,
    ) -> Option<Loaded> {
        if known.is_some() {
            self.announce = true;
            return known;
        }
        match items::start(cloud, key, &item) {
            Ok((mut loaded, effects)) => {
                self.started = true;
                self.inputs.push_back(Message::StartItem(item));
                let now = loaded.row.summary.started_at;
                self.carry(cloud, &mut loaded, effects, now);
                Some(loaded)
            }
            Err(error) => {
                items::tell(cloud, item.parent(), item.child(), items::not_started(&error));
                None
            }
        }
    }

    /// The execution is not there: it was deleted with its machine, or never was.
    fn miss(&mut self, key: &ExecutionKey, message: Message) {
        let missing = || refusal::execution_missing(&key.arn());
        match message {
            Message::Start(_, reply) => self.reply_with(Some(reply), Err(missing())),
            Message::Stop { reply, .. } => self.reply_with(reply, Err(missing())),
            Message::Take { reply, .. } => self.reply_with(Some(reply), Ok(None)),
            Message::Tell(_, reply) => self.reply_with(Some(reply), Ok(false)),
            Message::Input(_) | Message::ChildEnded { .. } | Message::StartItem(_) => {}
        }
    }

    /// The execution could not be read: who waits is told, news stay.
    pub(super) fn fail(&mut self, message: Message, error: &ServiceError) {
        self.unread = true;
        match message {
            Message::Start(_, reply) => self.reply_with(Some(reply), Err(error.clone())),
            Message::Stop { reply: Some(reply), .. } => self.reply_with(Some(reply), Err(error.clone())),
            Message::Take { reply, .. } => self.reply_with(Some(reply), Err(error.clone())),
            Message::Tell(_, reply) => self.reply_with(Some(reply), Err(error.clone())),
            Message::Stop { reply: None, .. }
            | Message::Input(_)
            | Message::ChildEnded { .. }
            | Message::StartItem(_) => {
                self.inputs.push_back(message);
            }
        }
    }

    /// Takes what a timer or a task has to tell.
    fn news(&mut self, cloud: &Arc<Cloud>, key: &ExecutionKey, loaded: &mut Loaded, input: Input, now: Timestamp) {
        self.inputs.push_back(Message::Input(input.clone()));
        let input = match cloud.step_functions.is_deleting(key.parts().0) {
            // "On the next state transition, the state machine's executions are terminated" (API reference,
            // DeleteStateMachine).
            true => Input::Stop { error: None, cause: None },
            false => input,
        };
        self.feed(cloud, loaded, input, now);
    }

    /// Feeds one input, and tells whether it was taken. What the execution does not take (the answer of a task that timed
    /// out, a timer after the end) is news that came too late.
    fn feed(&mut self, cloud: &Arc<Cloud>, loaded: &mut Loaded, input: Input, now: Timestamp) -> bool {
        let Stage::Running(execution) = &mut loaded.row.stage else { return false };
        let over = match &input {
            Input::TaskSucceeded { task, .. }
            | Input::TaskFailed { task, .. }
            | Input::TaskStartFailed { task, .. } => Some(*task),
            _ => None,
        };
        let definition = loaded.prepared.definition(&cloud.step_functions);
        let is_wake = matches!(input, Input::Wake);
        let handled = execution.handle(&definition, input, now);
        drop(definition);
        let Ok(effects) = handled else { return false };
        // A timer that is not due yet changes nothing.
        self.heard |= !is_wake || !effects.is_empty();
        self.released.extend(over);
        self.carry(cloud, loaded, effects, now);
        true
    }

    /// Collects effects. Everything but an activity counts as started in the same step that schedules it.
    fn carry(&mut self, cloud: &Arc<Cloud>, loaded: &mut Loaded, effects: Vec<asl::Effect>, now: Timestamp) {
        for effect in effects {
            match effect {
                asl::Effect::Event(event) => self.events.push(event),
                asl::Effect::StartTask(request) => {
                    let (task, is_activity) = (request.task, matches!(request.resource, TaskResource::Activity { .. }));
                    self.tasks.push(request);
                    if !is_activity {
                        self.feed(cloud, loaded, Input::TaskStarted { task, worker_name: None }, now);
                    }
                }
                // Its answer will be refused; the function itself runs on, as on AWS.
                asl::Effect::CancelTask(task) => {
                    self.tasks.retain(|request| request.task != task);
                    self.released.push(task);
                }
                asl::Effect::Ended(outcome) => self.end(loaded, outcome, now),
                asl::Effect::StartMapRun(run) | asl::Effect::EndMapRun(run) => self.map_runs.push(run),
                asl::Effect::StartChild(request) => self.items.push(request),
                asl::Effect::StopChild(child) => {
                    self.items.retain(|request| request.child != child);
                    self.stopped.push(child);
                }
                // The engine is built together with this driver and has no other effects.
                _ => {}
            }
        }
    }

    fn end(&mut self, loaded: &mut Loaded, outcome: asl::Outcome, now: Timestamp) {
        if let Stage::Running(execution) = &loaded.row.stage {
            self.ended = true;
            loaded.row.summary.status = execution.status();
            loaded.row.summary.stopped_at = Some(now);
            let input = execution.input().to_owned();
            loaded.row.stage = Stage::Ended { input, outcome };
        }
    }

    fn reply_with<T: Send + 'static>(&mut self, reply: Option<Reply<T>>, answer: Result<T, ServiceError>) {
        let Some(reply) = reply else { return };
        self.answers.push(Box::new(move |failed| {
            // Whoever asked may have gone away.
            let _ = reply.send(failed.map_or(answer, |error| Err(error.clone())));
        }));
    }

    /// Answers everybody who waits: with the error, if the step has come to nothing.
    pub(super) fn answer(&mut self, failed: Option<&ServiceError>) {
        self.answers.drain(..).for_each(|answer| answer(failed));
    }
}
