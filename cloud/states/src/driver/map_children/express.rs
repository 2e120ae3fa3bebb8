//! Express children of Map Runs in lists: they run in memory, and what lists show of them is kept when they have ended.

use std::sync::Arc;

use asl::Status;
use cloud_store::{Batch, StoreError};
use tokio::runtime::Handle;

use super::notify_ended;
use crate::express;
use crate::recovery::MapChildStart;
use crate::rows::EXECUTION_HEADS;
use crate::rows::execution::{ExecutionHead, ExecutionKey};
use crate::rows::head::HeadRow;
use crate::states::States;

/// Runs an express child of a Map Run to its end, and tells of it. It begins anew after a restart.
pub(super) async fn run(states: Arc<States>, start: MapChildStart) {
    let Ok(key) = start.key() else {
        // Nobody can list it then; its outcome counts all the same.
        if let Some(outcome) = express::run_map_child(&states, &start).await {
            notify_ended(&states, start.parent(), start.child(), outcome);
        }
        return;
    };
    let mut listed = Listed::begin(Arc::clone(&states), key, &start);
    let Some(outcome) = express::run_map_child(&states, &start).await else {
        return listed.forget();
    };
    listed.end(outcome.status()).await;
    notify_ended(&states, start.parent(), start.child(), outcome);
}

/// A child that lists show. One that nobody waits for any more was stopped.
struct Listed {
    states: Arc<States>,
    key: ExecutionKey,
    head: ExecutionHead,
    is_running: bool,
}

impl Listed {
    fn begin(states: Arc<States>, key: ExecutionKey, start: &MapChildStart) -> Self {
        let (machine, name) = key.parts();
        let sequence = {
            let mut index = states.index();
            index.hold(machine);
            index.next_sequence()
        };
        let head = ExecutionHead {
            map_run: start.map_run_id(),
            items: start.items(),
            is_express: true,
            ..ExecutionHead::starting(states.clock.now(), start.revision(), sequence)
        };
        states.index().show(machine, name, head.clone());
        Self { states, key, head, is_running: true }
    }

    async fn end(&mut self, status: Status) {
        self.close(status);
        let kept = keep(&self.states, &self.key, &self.head).await;
        if let Err(error) = kept {
            tracing::warn!(error = %error, child = self.key.arn(), "a Map Run's express child is in no list");
        }
    }

    /// It goes on after the next start.
    fn forget(mut self) {
        self.close(Status::Aborted);
    }

    /// Takes it from among those that run.
    fn close(&mut self, status: Status) {
        self.head.status = status;
        self.head.stopped_at = Some(self.states.clock.now());
        self.is_running = false;
        let (machine, name) = self.key.parts();
        let mut index = self.states.index();
        index.show(machine, name, self.head.clone());
        index.release(machine);
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        if !self.is_running {
            return;
        }
        self.close(Status::Aborted);
        // At the end of the cloud it was not stopped: it goes on after the next start.
        let Ok(runtime) = Handle::try_current() else { return };
        if self.states.stop.is_given() {
            return;
        }
        let states = Arc::clone(&self.states);
        let key = self.key.clone();
        let head = self.head.clone();
        runtime.spawn(self.states.clock.work(async move {
            if let Err(error) = keep(&states, &key, &head).await {
                tracing::warn!(error = %error, child = key.arn(), "a Map Run's express child is in no list");
            }
        }));
    }
}

async fn keep(states: &States, key: &ExecutionKey, head: &ExecutionHead) -> Result<(), StoreError> {
    let mut batch = Batch::new();
    batch.put(EXECUTION_HEADS, head.key(key), &HeadRow::new(head))?;
    states.store.commit(batch).await
}
