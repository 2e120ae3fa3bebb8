//! The end of a step: one batch is committed, who waits is answered, and what follows is done.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use cloud_core::{ServiceError, Topic};
use cloud_store::{Batch, StoreError};

use super::loaded::Loaded;
use super::message::Message;
use super::step::Step;
use super::{children, map_children, task};
use crate::deletion;
use crate::integration::{Caller, awaited_child};
use crate::recovery::{MapChildStart, Work};
use crate::rows::execution::{ExecutionKey, ExecutionState, ListChange, MapRunRow, owner};
use crate::rows::format::FormatVersion;
use crate::rows::history::{pack_short, put_events};
use crate::rows::put_execution::put_execution;
use crate::rows::{ENDED_EXECUTIONS, EXECUTION_HEADS, HISTORY, MAP_RUNS};
use crate::states::States;
use crate::wire::errors;
use crate::wire::names::MapRunReference;

/// How long a step waits before it tries again what the store could not take.
pub(crate) const STORE_PAUSE: Duration = Duration::from_secs(1);

/// Works on one execution's mailbox until it is empty.
pub(super) async fn run(states: Arc<States>, key: ExecutionKey) {
    let driver = &states.driver;
    let mut loaded = driver.cache().take(&key);
    loop {
        let messages = {
            let mut mailboxes = driver.mailboxes();
            let messages = mailboxes.take(&key);
            if messages.is_empty() {
                // Under the lock of the mailboxes: whoever works on this mailbox next finds it.
                if let Some(loaded) = loaded.take() {
                    keep(&states, &key, loaded);
                }
                drop(mailboxes);
                return driver.notify_if_idle();
            }
            messages
        };
        let (step, moved, rest) = advance(&states, &key, loaded, messages);
        if !rest.is_empty() {
            driver.put_back(&key, rest);
        }
        loaded = finish(&states, &key, step, moved).await;
    }
}

/// Keeps an execution for its next step; whoever does it works on its mailbox.
pub(super) fn keep(states: &States, key: &ExecutionKey, loaded: Loaded) {
    let driver = &states.driver;
    let is_due_soon = driver.timers.is_due_soon(loaded.next_wake());
    driver.cache().put(key, loaded, is_due_soon);
}

/// Applies the messages to the execution, as far as one step may go, and gives those that are left; nothing outside has
/// changed when it returns.
pub(super) fn advance(
    states: &Arc<States>,
    key: &ExecutionKey,
    mut loaded: Option<Loaded>,
    mut messages: VecDeque<Message>,
) -> (Step, Option<Loaded>, VecDeque<Message>) {
    let mut step = Step::default();
    while !step.is_full()
        && let Some(message) = messages.pop_front()
    {
        let known = match loaded.take() {
            Some(known) => Ok(Some(known)),
            None if message.is_of_nothing_known() => Ok(None),
            None => states.load(key),
        };
        match known {
            Ok(known) => loaded = step.take(states, key, known, message),
            Err(error) => {
                tracing::error!(error = %error, execution = key.arn(), "an execution could not be read");
                step.fail(states, message, &error);
                messages.drain(..).for_each(|message| step.fail(states, message, &error));
            }
        }
    }
    (step, loaded, messages)
}

impl States {
    /// Loads an execution from the store, if there is one.
    pub(super) fn load(&self, key: &ExecutionKey) -> Result<Option<Loaded>, ServiceError> {
        let Some((row, size_bytes)) = self.sized_execution(key)? else {
            return Ok(None);
        };
        let compiled = self.compiled(key.parts().0, row.head.revision)?;
        Ok(Some(Loaded::stored(row, compiled, size_bytes)))
    }
}

/// Commits a step, answers who waited for it, and does what follows from it. Gives the execution if it goes on.
pub(super) async fn finish(
    states: &Arc<States>,
    key: &ExecutionKey,
    mut step: Step,
    loaded: Option<Loaded>,
) -> Option<Loaded> {
    if step.load_failed {
        return try_again(states, key, step, None).await;
    }
    let Some(mut loaded) = loaded else {
        step.answer(None);
        return None;
    };
    if step.changes() {
        let committed = match batch(key, &step, &mut loaded) {
            Ok(batch) => states.store.commit(batch).await,
            Err(error) => Err(error),
        };
        if let Err(error) = committed {
            return roll_back(states, key, step, &error).await;
        }
        loaded.listed_at = Some(loaded.row.head.listed_at());
    }
    settle(states, key, &mut step, &loaded).await;
    loaded.row.is_running().then_some(loaded)
}

/// Answers who waited for a step that is durable, and does what follows from it.
pub(super) async fn settle(states: &Arc<States>, key: &ExecutionKey, step: &mut Step, loaded: &Loaded) {
    if step.changes() {
        show(states, key, step, loaded);
        states.changes.mark(|| topics(key, step));
        if let Some(destination) = &loaded.compiled.log_destination {
            destination.write(&*states.logs, &key.arn(), loaded.row.head.redrive_count(), &step.events).await;
        }
    }
    if loaded.has_more() {
        // In a later turn, after what has arrived meanwhile. The stored row has a moment to wake it after a restart.
        states.driver.set_timer(key, None, None);
        states.driver.post(key, Message::Input(asl::Input::Wake));
    } else if loaded.row.is_running() || !step.started {
        // One that ends in the step that starts it has no timer.
        states.driver.set_timer(key, loaded.next_wake(), loaded.next_wait());
    }
    step.answer(None);
    act(states, key, step, loaded);
    if loaded.row.is_running() {
        return;
    }
    if !step.notify_parent && !step.events.is_empty() {
        children::ended(states, key, &loaded.row);
    }
    deletion::finish(states, key.parts().0).await;
}

/// What the page shows of a step: the execution, and where it begins or ends the lists that it is in.
fn topics(key: &ExecutionKey, step: &Step) -> Vec<Topic> {
    let mut topics = vec![Topic::execution(&key.arn())];
    if step.change() != ListChange::None {
        topics.push(Topic::machine(&ExecutionKey::new(owner(key.parts().0), "").machine_arn()));
    }
    topics
}

/// Does outside what the step has decided.
fn act(states: &Arc<States>, key: &ExecutionKey, step: &mut Step, loaded: &Loaded) {
    let driver = &states.driver;
    let caller = Caller::of(key, Arc::clone(&loaded.compiled.role_arn));
    for task in std::mem::take(&mut step.released) {
        driver.release(key, task, |child| awaited_child::may_stop(states, &caller, child));
    }
    for task in std::mem::take(&mut step.ended_by_token) {
        driver.let_go(key, task);
    }
    for child in std::mem::take(&mut step.stopped) {
        driver.in_flight.abandon(key, Work::Child(child));
        driver.stop_child(key, Work::Child(child));
    }
    map_children::turns::changed(states, key, &step.map_runs);
    if step.notify_parent {
        children::started(states, key, &loaded.row);
    }
    if let ExecutionState::Running(execution) = &loaded.row.state {
        for request in std::mem::take(&mut step.children) {
            let start = MapChildStart::new(request, key, loaded.row.head.revision, execution);
            map_children::begin(states, start.with_mocks(loaded.row.mocks.as_deref()));
        }
    }
    for request in std::mem::take(&mut step.tasks) {
        let mock = loaded.row.mocks.as_ref().and_then(|mocks| mocks.given(request.task)).cloned();
        task::begin(states, key, &loaded.compiled.role_arn, request, mock);
    }
}

/// What a step writes.
pub(super) fn batch(key: &ExecutionKey, step: &Step, loaded: &mut Loaded) -> Result<Batch, StoreError> {
    let mut batch = Batch::new();
    if let Some(gone) = &step.replaced {
        batch.delete(EXECUTION_HEADS, gone.key(key));
        batch.delete(EXECUTION_HEADS, gone.key_at(key, gone.started_at));
        batch.delete(ENDED_EXECUTIONS, key.row());
        batch.delete_prefix(HISTORY, key.row());
    }
    let history = match step.change() {
        ListChange::StartedAndEnded => pack_short(&step.events),
        ListChange::None
        | ListChange::Started
        | ListChange::Ended
        | ListChange::Redriven
        | ListChange::RedrivenAndEnded => None,
    };
    put_execution(&mut batch, key, &mut loaded.row, step.change(), loaded.listed_at, history.as_ref())?;
    loaded.size_bytes = batch.size_bytes();
    if let Some(moved) = &step.redriven {
        put_events(&mut batch, key, &moved.events)?;
    }
    if history.is_none() {
        put_events(&mut batch, key, &step.events)?;
    }
    for summary in &step.map_runs {
        match MapRunReference::parse(&summary.arn) {
            Ok(MapRunReference { machine, id, .. }) => {
                let row = MapRunRow { format: FormatVersion, execution: key.clone(), summary: summary.clone() };
                batch.put(MAP_RUNS, ExecutionKey::new(&machine, &id).row(), &row)?;
            }
            Err(error) => tracing::error!(error = %error, arn = &*summary.arn, "a Map Run was not stored"),
        }
    }
    Ok(batch)
}

/// Lets the index show what was committed.
fn show(states: &Arc<States>, key: &ExecutionKey, step: &Step, loaded: &Loaded) {
    let (machine, name) = key.parts();
    let mut index = states.index();
    if step.change() != ListChange::None {
        index.show(machine, name, loaded.row.head.clone());
    }
    if step.ended {
        index.end(machine);
    }
}

/// The store took nothing: whoever waits is told, and inputs are taken in again later, from the last durable state.
pub(super) async fn roll_back(
    states: &Arc<States>,
    key: &ExecutionKey,
    step: Step,
    error: &StoreError,
) -> Option<Loaded> {
    if step.started || step.redriven.as_ref().is_some_and(|moved| moved.is_announced) {
        states.index().end(key.parts().0);
    }
    tracing::error!(error = %error, execution = key.arn(), "a step was not written; it is tried again");
    try_again(states, key, step, Some(&errors::not_written(error))).await
}

/// Answers who waits; inputs go back into the mailbox after a pause.
async fn try_again(
    states: &Arc<States>,
    key: &ExecutionKey,
    mut step: Step,
    failed: Option<&ServiceError>,
) -> Option<Loaded> {
    step.answer(failed);
    let inputs = std::mem::take(&mut step.inputs);
    if inputs.is_empty() {
        return None;
    }
    if states.is_unreadable(key) {
        tracing::warn!(execution = key.arn(), "an execution that can't be read does not go on before the next start");
        return None;
    }
    let driver = &states.driver;
    let machine = states.clock.machine();
    tokio::select! {
        biased;
        // What is not durable is done again after the next start.
        () = driver.is_ending() => {}
        // Boxed: it is rare, and the future of every step has room for it.
        () = Box::pin(machine.sleep(STORE_PAUSE)) => driver.put_back(key, inputs),
    }
    None
}
