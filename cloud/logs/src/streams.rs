//! Creating and deleting streams: one at a time in each group, shown once it is durable.

use std::sync::Arc;

use cloud_core::ServiceError;
use cloud_store::{Batch, StoreError};
use tokio::sync::OwnedMutexGuard;
use tokio::task::JoinHandle;

use crate::catalog::landed;
use crate::errors::already_exists;
use crate::group::{Group, GroupState, StreamFacts};
use crate::rows::{self, STREAMS};
use crate::service::Logs;
use crate::sweep::queue::Sweep;

/// How a change of a stream shows.
enum Show {
    Create(StreamFacts),
    Delete,
}

impl Logs {
    /// Creates a stream.
    pub(crate) async fn create_stream(&self, key: &str, name: &str, now_ms: i64) -> Result<(), ServiceError> {
        self.change_streams(key, |state, batch| {
            if state.has_stream(name) {
                return Err(already_exists("stream"));
            }
            if state.is_unreadable(name) {
                return Err(state.no_stream(name));
            }
            let facts = state.new_stream(now_ms);
            batch.put(STREAMS, rows::stream_key(state.facts.id, name), &facts)?;
            Ok((name.to_owned(), Show::Create(facts)))
        })
        .await
    }

    /// Deletes a stream; its events are swept afterwards.
    pub(crate) async fn delete_stream(&self, key: &str, name: &str) -> Result<(), ServiceError> {
        self.change_streams(key, |state, batch| {
            if !state.has_stream(name) {
                return Err(state.no_stream(name));
            }
            if let Some(facts) = state.stream_mut(name) {
                facts.closed = true;
            }
            batch.delete(STREAMS, rows::stream_key(state.facts.id, name));
            Ok((name.to_owned(), Show::Delete))
        })
        .await
    }

    async fn change_streams(
        &self,
        key: &str,
        decide: impl Fn(&mut GroupState, &mut Batch) -> Result<(String, Show), ServiceError>,
    ) -> Result<(), ServiceError> {
        loop {
            let group = self.known_group(key)?;
            let alone = Arc::clone(&group.changing).lock_owned().await;
            let landing = {
                let mut state = group.lock();
                if state.closed {
                    None
                } else {
                    let mut batch = Batch::new();
                    let (name, show) = decide(&mut state, &mut batch)?;
                    Some(self.land_stream(alone, &group, &mut state, batch, name, show))
                }
            };
            match landing {
                Some(landing) => return landed(landing.await),
                None => self.groups_settled().await,
            }
        }
    }

    fn land_stream(
        &self,
        alone: OwnedMutexGuard<()>,
        group: &Arc<Group>,
        state: &mut GroupState,
        batch: Batch,
        name: String,
        show: Show,
    ) -> JoinHandle<Result<(), StoreError>> {
        let ticket = state.hand_over();
        let durable = self.inner.store.commit(batch);
        let logs = self.clone();
        let group = Arc::clone(group);
        tokio::spawn(async move {
            let written = durable.await;
            logs.show_stream(&group, &name, show, written.is_ok());
            group.settle(ticket, written.is_ok().then(Vec::new), &logs.inner.store);
            drop(alone);
            written
        })
    }

    fn show_stream(&self, group: &Group, name: &str, show: Show, durable: bool) {
        let mut state = group.lock();
        match show {
            Show::Create(facts) if durable => state.show_stream(name, facts),
            Show::Create(_) => {}
            Show::Delete if durable => {
                if let Some(facts) = state.hide_stream(name) {
                    self.sweep(Sweep::Stream(group.id, facts.id));
                }
            }
            Show::Delete => {
                if let Some(facts) = state.stream_mut(name) {
                    facts.closed = false;
                }
            }
        }
    }
}
