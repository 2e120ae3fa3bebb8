//! The end of a step: one batch is committed, who waits is answered, and what follows is done.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::calls::Work;
use super::items::{self, ItemStart};
use super::step::{Loaded, Step};
use super::{Message, children, task};
use crate::local::Cloud;
use crate::local::error::ServiceError;
use crate::local::sfn::deletion;
use crate::local::sfn::execution::{ExecutionKey, MapRunRow, Stage};
use crate::local::sfn::names::MapRunReference;
use crate::local::store::{Batch, StoreError, Table};
use aws::clock;

/// How long a step waits before it tries again what the store could not take.
const STORE_PAUSE: Duration = Duration::from_secs(1);

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
            None => Loaded::read(cloud, key),
        };
        match known {
            Ok(known) => loaded = step.take(cloud, key, known, message),
            Err(error) => step.fail(message, &error),
        }
    }
    (step, loaded)
}

/// Commits a step, answers who waited for it, and does what follows from it.
async fn finish(cloud: &Arc<Cloud>, key: &ExecutionKey, mut step: Step, loaded: Option<Loaded>) -> Option<Loaded> {
    let driver = &cloud.step_functions.driver;
    if step.unread {
        return try_again(cloud, key, step, None).await;
    }
    let Some(loaded) = loaded else {
        step.answer(None);
        return None;
    };
    if !step.events.is_empty() || step.heard {
        let committed = match batch(key, &step, &loaded) {
            Ok(batch) => cloud.store.commit(batch).await,
            Err(error) => Err(error),
        };
        if let Err(error) = committed {
            return roll_back(cloud, key, step, &error).await;
        }
        show(cloud, key, &step, &loaded);
        if let Some(sink) = &loaded.prepared.sink {
            sink.write(cloud, &key.arn(), &step.events);
        }
    }
    driver.timers.set(key, loaded.next_wake());
    step.answer(None);
    for task in std::mem::take(&mut step.released) {
        driver.release(cloud, key, task);
    }
    for child in std::mem::take(&mut step.stopped) {
        driver.calls.give_up(key, Work::Item(child));
        driver.stop_child(cloud, key, Work::Item(child));
    }
    if step.announce {
        children::started(cloud, key, &loaded.row);
    }
    if let Stage::Running(execution) = &loaded.row.stage {
        for request in std::mem::take(&mut step.items) {
            items::begin(cloud, ItemStart::new(request, key, loaded.row.summary.revision, execution));
        }
    }
    for request in std::mem::take(&mut step.tasks) {
        task::begin(cloud, key, &loaded.prepared.role_arn, request);
    }
    if matches!(loaded.row.stage, Stage::Running(_)) {
        return Some(loaded);
    }
    if !step.announce && !step.events.is_empty() {
        children::ended(cloud, key, &loaded.row);
    }
    deletion::finish(cloud, key.parts().0).await;
    None
}

/// What a step writes.
fn batch(key: &ExecutionKey, step: &Step, loaded: &Loaded) -> Result<Batch, StoreError> {
    let mut batch = Batch::new();
    batch.put(Table::Executions, key.row(), &loaded.row)?;
    if let Some(first) = step.events.first() {
        batch.put(Table::History, key.history(first.id), &step.events)?;
    }
    for summary in &step.map_runs {
        let reference = MapRunReference::parse(&summary.arn);
        if let Ok(MapRunReference { machine, id, .. }) = reference {
            let row = MapRunRow { execution: key.clone(), summary: summary.clone() };
            batch.put(Table::MapRuns, ExecutionKey::new(&machine, &id).row(), &row)?;
        }
    }
    Ok(batch)
}

/// Lets the index show what was committed.
fn show(cloud: &Arc<Cloud>, key: &ExecutionKey, step: &Step, loaded: &Loaded) {
    let (machine, name) = key.parts();
    let mut index = cloud.step_functions.index();
    index.show(machine, name, loaded.row.summary.clone());
    if step.ended {
        index.end(machine);
    }
}

/// The store took nothing: whoever waits is told, and news are taken in again later, from the last durable state.
async fn roll_back(cloud: &Arc<Cloud>, key: &ExecutionKey, step: Step, error: &StoreError) -> Option<Loaded> {
    if step.started {
        cloud.step_functions.index().end(key.parts().0);
    }
    let failed = ServiceError::internal(format!(
        "The embedded cloud could not write its store, so nothing was changed. {error}"
    ));
    try_again(cloud, key, step, Some(&failed)).await
}

/// Answers who waits; news go back into the mailbox after a pause.
async fn try_again(
    cloud: &Arc<Cloud>,
    key: &ExecutionKey,
    mut step: Step,
    failed: Option<&ServiceError>,
) -> Option<Loaded> {
    step.answer(failed);
    let inputs = std::mem::take(&mut step.inputs);
    if !inputs.is_empty() {
        clock::sleep(STORE_PAUSE).await;
        cloud.step_functions.driver.put_back(key, inputs);
    }
    None
}
