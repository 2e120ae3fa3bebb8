//! One step of an execution: what has arrived goes in, one batch is committed, and what follows is done.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::start::{self, Started};
use super::{Message, Reply, task};
use crate::clock;
use crate::local::Cloud;
use crate::local::error::ServiceError;
use crate::local::sfn::Prepared;
use crate::local::sfn::execution::{ExecutionKey, ExecutionRow, Stage};
use crate::local::sfn::{deletion, refusal};
use crate::local::store::{Batch, StoreError, Table};

/// How long a step waits before it tries again what the store could not take.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// An execution in memory while it has something to do.
pub(super) struct Loaded {
    pub(super) row: ExecutionRow,
    pub(super) prepared: Arc<Prepared>,
}

/// What a step has come to so far.
#[derive(Default)]
struct Step {
    events: Vec<asl::HistoryEvent>,
    tasks: Vec<asl::TaskRequest>,
    started: bool,
    replies: Vec<(Reply, Result<Timestamp, ServiceError>)>,
    /// News that must not be lost when the store fails.
    inputs: VecDeque<Message>,
    /// Whether the execution could not be read.
    unread: bool,
}

/// Works on one execution's mailbox until it is empty.
pub(super) async fn run(cloud: Arc<Cloud>, key: ExecutionKey) {
    let driver = &cloud.step_functions.driver;
    let mut loaded = None;
    loop {
        let messages = driver.take(&key);
        if messages.is_empty() {
            return;
        }
        let (step, moved) = advance(&cloud, &key, loaded, messages);
        loaded = finish(&cloud, &key, step, moved).await;
    }
}

/// Feeds the messages to the execution; nothing outside has changed when it returns.
fn advance(
    cloud: &Arc<Cloud>,
    key: &ExecutionKey,
    mut loaded: Option<Loaded>,
    messages: VecDeque<Message>,
) -> (Step, Option<Loaded>) {
    let mut step = Step::default();
    for message in messages {
        let known = match loaded.take() {
            Some(known) => Ok(Some(known)),
            None => load(cloud, key),
        };
        match known {
            Ok(known) => loaded = step.take(cloud, key, known, message),
            Err(error) => step.fail(message, &error),
        }
    }
    (step, loaded)
}

/// Commits a step, answers who waited for it, and does what follows from it.
async fn finish(cloud: &Arc<Cloud>, key: &ExecutionKey, step: Step, loaded: Option<Loaded>) -> Option<Loaded> {
    if step.unread {
        return try_again(cloud, key, step).await;
    }
    let Some(loaded) = loaded else {
        step.replies.into_iter().for_each(|(reply, answer)| answer_with(reply, answer));
        return None;
    };
    if step.events.is_empty() {
        step.replies.into_iter().for_each(|(reply, answer)| answer_with(reply, answer));
        cloud.step_functions.driver.timers.set(key, loaded.next_wake());
        return Some(loaded);
    }
    if let Err(error) = commit(cloud, key, &step, &loaded).await {
        return roll_back(cloud, key, step, &error).await;
    }
    let (machine, name) = key.parts();
    let running = matches!(loaded.row.stage, Stage::Running(_));
    cloud.step_functions.driver.timers.set(key, loaded.next_wake());
    {
        let mut index = cloud.step_functions.index();
        index.show(machine, name, loaded.row.summary.clone());
        if !running {
            index.end(machine);
        }
    }
    step.replies.into_iter().for_each(|(reply, answer)| answer_with(reply, answer));
    for request in step.tasks {
        task::begin(cloud, key, request);
    }
    if !running {
        deletion::finish(cloud, machine).await;
        return None;
    }
    Some(loaded)
}

async fn commit(cloud: &Arc<Cloud>, key: &ExecutionKey, step: &Step, loaded: &Loaded) -> Result<(), StoreError> {
    let mut batch = Batch::new();
    batch.put(Table::Executions, key.row(), &loaded.row)?;
    if let Some(first) = step.events.first() {
        batch.put(Table::History, key.history(first.id), &step.events)?;
    }
    cloud.store.commit(batch).await
}

/// The store took nothing: whoever waits is told, and news are taken in again later, from the last durable state.
async fn roll_back(cloud: &Arc<Cloud>, key: &ExecutionKey, step: Step, error: &StoreError) -> Option<Loaded> {
    if step.started {
        cloud.step_functions.index().end(key.parts().0);
    }
    let failed = ServiceError::internal(format!(
        "The embedded cloud could not write its store, so nothing was changed. {error}"
    ));
    let replies = step.replies.into_iter().map(|(reply, _)| (reply, Err(failed.clone()))).collect();
    try_again(cloud, key, Step { replies, inputs: step.inputs, ..Step::default() }).await
}

/// Answers who waits; news go back into the mailbox after a pause.
async fn try_again(cloud: &Arc<Cloud>, key: &ExecutionKey, step: Step) -> Option<Loaded> {
    step.replies.into_iter().for_each(|(reply, answer)| answer_with(reply, answer));
    if !step.inputs.is_empty() {
        clock::sleep(STORE_PAUSE).await;
        cloud.step_functions.driver.put_back(key, step.inputs);
    }
    None
}

impl Loaded {
    /// When it wants to be woken; never once it has ended.
    fn next_wake(&self) -> Option<Timestamp> {
        match &self.row.stage {
            Stage::Running(execution) => execution.next_wake(),
            Stage::Ended { .. } => None,
        }
    }
}

impl Step {
    /// Takes one message; gives the execution as it is then.
    fn take(
        &mut self,
        cloud: &Arc<Cloud>,
        key: &ExecutionKey,
        known: Option<Loaded>,
        message: Message,
    ) -> Option<Loaded> {
        let now = clock::now();
        match (message, known) {
            (Message::Start(request, reply), known) => match start::start(cloud, key, known.as_ref(), &request, now) {
                Ok(Started::New(mut loaded, effects)) => {
                    self.started = true;
                    self.replies.push((reply, Ok(now)));
                    self.carry(&mut loaded, effects, now);
                    Some(loaded)
                }
                Ok(Started::Already(started_at)) => {
                    self.replies.push((reply, Ok(started_at)));
                    known
                }
                Err(error) => {
                    self.replies.push((reply, Err(error)));
                    known
                }
            },
            (Message::Stop { error, cause, reply }, Some(mut loaded)) => {
                self.feed(&mut loaded, asl::Input::Stop { error, cause }, now);
                let stopped_at = loaded.row.summary.stopped_at.unwrap_or(now);
                self.replies.push((reply, Ok(stopped_at)));
                Some(loaded)
            }
            (Message::Stop { reply, .. }, None) => {
                self.replies.push((reply, Err(refusal::execution_missing(key.parts().1))));
                None
            }
            (Message::Input(input), Some(mut loaded)) => {
                self.inputs.push_back(Message::Input(input.clone()));
                let input = match cloud.step_functions.is_deleting(key.parts().0) {
                    // "On the next state transition, the state machine's executions are terminated" (API reference,
                    // DeleteStateMachine).
                    true => asl::Input::Stop { error: None, cause: None },
                    false => input,
                };
                self.feed(&mut loaded, input, now);
                Some(loaded)
            }
            // News for an execution that was deleted with its machine.
            (Message::Input(_), None) => None,
        }
    }

    /// The execution could not be read: who waits is told, news stay.
    fn fail(&mut self, message: Message, error: &ServiceError) {
        self.unread = true;
        match message {
            Message::Start(_, reply) | Message::Stop { reply, .. } => self.replies.push((reply, Err(error.clone()))),
            Message::Input(_) => self.inputs.push_back(message),
        }
    }

    /// Feeds one input. What the execution does not take (the answer of a task that timed out, a timer after the end) is
    /// news that came too late.
    fn feed(&mut self, loaded: &mut Loaded, input: asl::Input, now: Timestamp) {
        let Stage::Running(execution) = &mut loaded.row.stage else { return };
        if let Ok(effects) = execution.handle(&loaded.prepared.definition, input, now) {
            self.carry(loaded, effects, now);
        }
    }

    /// Collects effects. A function counts as started in the same step that schedules it.
    fn carry(&mut self, loaded: &mut Loaded, effects: Vec<asl::Effect>, now: Timestamp) {
        for effect in effects {
            match effect {
                asl::Effect::Event(event) => self.events.push(event),
                asl::Effect::StartTask(request) => {
                    let task = request.task;
                    self.tasks.push(request);
                    self.feed(loaded, asl::Input::TaskStarted { task, worker_name: None }, now);
                }
                // Its answer will be refused; the function itself runs on, as on AWS.
                asl::Effect::CancelTask(task) => self.tasks.retain(|request| request.task != task),
                asl::Effect::Ended(outcome) => self.end(loaded, outcome, now),
            }
        }
    }

    fn end(&mut self, loaded: &mut Loaded, outcome: asl::Outcome, now: Timestamp) {
        if let Stage::Running(execution) = &loaded.row.stage {
            loaded.row.summary.status = execution.status();
            loaded.row.summary.stopped_at = Some(now);
            let input = execution.input().to_owned();
            loaded.row.stage = Stage::Ended { input, outcome };
        }
    }
}

/// Reads an execution from the store, if there is one.
fn load(cloud: &Arc<Cloud>, key: &ExecutionKey) -> Result<Option<Loaded>, ServiceError> {
    let (machine, name) = key.parts();
    if cloud.step_functions.index().get(machine, name).is_none() {
        return Ok(None);
    }
    let Some(row) = cloud.step_functions.row(cloud, key)? else {
        return Ok(None);
    };
    let prepared = cloud.step_functions.prepared(machine, row.summary.revision)?;
    Ok(Some(Loaded { row, prepared }))
}

fn answer_with(reply: Reply, answer: Result<Timestamp, ServiceError>) {
    // Whoever asked may have gone away.
    let _ = reply.send(answer);
}
