//! Waking executions whose time has come: a few in a task each, many together.

use std::sync::Arc;

use asl::Input;
use cloud_store::{Batch, StoreError};

use crate::driver::commit;
use crate::driver::loaded::Loaded;
use crate::driver::message::Message;
use crate::driver::step::Step;
use crate::rows::execution::ExecutionKey;
use crate::states::States;

/// From how many on they are woken together: below, a task and a commit each are joined by the store well enough.
const TOGETHER: usize = 16;

/// How many executions one task holds in memory at a time, before anything of them is written: so many that ten thousand
/// which are due at one instant all go on before the first of them waits for the disk, and some megabytes.
const MOST_AT_ONCE: usize = 5_000;

/// How many bytes of rows and payloads these are at most, about: with large ones fewer go on together.
const MOST_BYTES_AT_ONCE: usize = 16 << 20;

/// After how many executions the others on this thread have a turn: a part of a millisecond.
const TURN: usize = 32;

/// How many bytes are committed together, about.
const COMMIT_BYTES: usize = 1 << 20;

/// How many executions are read ahead at a time.
pub(in crate::driver) const MOST_READ_AHEAD: usize = 10_000;

/// An execution that has had its step, which is not written.
struct Stepped {
    key: ExecutionKey,
    step: Step,
    loaded: Loaded,
}

/// Wakes executions, those that are due first of all.
pub(in crate::driver) fn wake(states: &Arc<States>, due: Vec<ExecutionKey>) {
    if due.len() < TOGETHER {
        for key in due {
            states.driver.post(&key, Message::Input(Input::Wake));
        }
        return;
    }
    let workers = tokio::runtime::Handle::current().metrics().num_workers().max(1);
    let share = due.len().div_ceil(workers);
    let mut due = due.into_iter();
    loop {
        let part: Vec<ExecutionKey> = due.by_ref().take(share).collect();
        if part.is_empty() {
            return;
        }
        tokio::spawn(states.clock.work(wake_together(Arc::clone(states), part)));
    }
}

/// Reads executions that are due soon, so that they are in memory when they are.
pub(in crate::driver) fn read_ahead(states: &Arc<States>, soon: Vec<ExecutionKey>) {
    // A few are read soon enough when they are due.
    if soon.len() < TOGETHER {
        return;
    }
    let clock = states.clock.clone();
    let states = Arc::clone(states);
    tokio::spawn(clock.work(async move {
        let driver = &states.driver;
        for (index, key) in soon.iter().enumerate() {
            if index % TURN == TURN - 1 {
                tokio::task::yield_now().await;
            }
            if !driver.cache().has_room_for_due() {
                return;
            }
            if !driver.claim_idle(key) {
                continue;
            }
            let known = driver.cache().take(key);
            let loaded = known.map_or_else(|| states.load(key), |known| Ok(Some(known)));
            match loaded {
                Ok(Some(loaded)) => commit::keep(&states, key, loaded),
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(error = %error, execution = key.arn(), "an execution that is due soon was not read");
                }
            }
            // Nothing is in its mailbox, nearly always: it is closed.
            commit::run(Arc::clone(&states), key.clone()).await;
        }
    }));
}

/// Lets every execution go on, then writes what they have come to in a few commits, then does what follows.
async fn wake_together(states: Arc<States>, due: Vec<ExecutionKey>) {
    let mut due = due.iter().enumerate().peekable();
    while due.peek().is_some() {
        let mut stepped = Vec::new();
        let mut held_bytes = 0;
        while stepped.len() < MOST_AT_ONCE
            && held_bytes < MOST_BYTES_AT_ONCE
            && let Some((index, key)) = due.next()
        {
            if index % TURN == TURN - 1 {
                tokio::task::yield_now().await;
            }
            if let Some(next) = take_step(&states, key) {
                held_bytes += next.loaded.size_bytes + next.step.payload_bytes();
                stepped.push(next);
            }
        }
        let mut stepped = stepped.into_iter();
        while commit_some(&states, &mut stepped).await {}
    }
}

/// One execution's step, unless somebody else works on it, who does it then.
fn take_step(states: &Arc<States>, key: &ExecutionKey) -> Option<Stepped> {
    let driver = &states.driver;
    if !driver.claim_due(key) {
        return None;
    }
    let loaded = driver.cache().take(key);
    // One message is never too many for a step.
    let (step, loaded, _) = commit::advance(states, key, loaded, [Message::Input(Input::Wake)].into());
    match loaded {
        Some(loaded) if !step.load_failed => Some(Stepped { key: key.clone(), step, loaded }),
        loaded => {
            on_its_own(states, key.clone(), step, loaded, None);
            None
        }
    }
}

/// Commits the steps of the next executions in one batch; tells whether there were any.
async fn commit_some(states: &Arc<States>, stepped: &mut impl Iterator<Item = Stepped>) -> bool {
    let mut batch = Batch::new();
    let mut written = Vec::new();
    for mut next in stepped {
        if next.step.changes() {
            match commit::batch(&next.key, &next.step, &mut next.loaded) {
                Ok(changes) => batch.append(changes),
                Err(error) => {
                    on_its_own(states, next.key, next.step, None, Some(error));
                    continue;
                }
            }
        }
        written.push(next);
        if batch.size_bytes() >= COMMIT_BYTES {
            break;
        }
    }
    if written.is_empty() {
        return false;
    }
    let committed = if batch.is_empty() { Ok(()) } else { states.store.commit(batch).await };
    for Stepped { key, mut step, loaded } in written {
        match &committed {
            Ok(()) => {
                commit::settle(states, &key, &mut step, &loaded).await;
                if loaded.row.is_running() {
                    commit::keep(states, &key, loaded);
                }
                let has_more = states.driver.has_messages(&key);
                let rest = commit::run(Arc::clone(states), key);
                // Without a message it closes the mailbox and is done.
                if has_more {
                    tokio::spawn(states.clock.work(rest));
                } else {
                    rest.await;
                }
            }
            Err(error) => on_its_own(states, key, step, None, Some(error.clone())),
        }
    }
    true
}

/// Goes on with an execution whose step could not be taken or written, in a task of its own: it waits before it tries again.
fn on_its_own(
    states: &Arc<States>,
    key: ExecutionKey,
    step: Step,
    loaded: Option<Loaded>,
    failure: Option<StoreError>,
) {
    let clock = states.clock.clone();
    let states = Arc::clone(states);
    tokio::spawn(clock.work(async move {
        let loaded = match failure {
            Some(error) => commit::roll_back(&states, &key, step, &error).await,
            None => commit::finish(&states, &key, step, loaded).await,
        };
        if let Some(loaded) = loaded {
            commit::keep(&states, &key, loaded);
        }
        commit::run(states, key).await;
    }));
}
