//! Hands the events of groups with subscription filters to functions.

use std::ops::{Bound, ControlFlow};
use std::sync::{Arc, Weak};
use std::time::Duration;

use cloud_core::{FunctionInvoker, FunctionReference, Location, ServiceError};
use cloud_store::{Batch, Range, StoreError};

use super::SubscriptionFilter;
use super::message::{self, EVENT_BYTES, MESSAGE_BYTES, Origin};
use crate::group::{Group, GroupFacts, GroupState};
use crate::pattern::Pattern;
use crate::position::Position;
use crate::rows::{self, DELIVERIES, DeliveryRow, EVENTS, EventRow};
use crate::service::Logs;

/// How many rows are looked at together.
const ROWS: usize = 32;

/// The pause before events that a function could not take are handed over again; each one doubles it.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// How long that is tried ("up to 24 hours", the guide to subscription filters).
const TRIED: Duration = Duration::from_secs(24 * 60 * 60);

/// The names under which CloudWatch Logs invokes functions: its own, and that of its region.
pub(crate) fn invokers(region: &str) -> [String; 2] {
    ["logs.amazonaws.com".to_owned(), format!("logs.{region}.amazonaws.com")]
}

impl Logs {
    /// Has subscription filters send events to these functions.
    pub fn deliver_to(&self, functions: &Arc<dyn FunctionInvoker>) {
        // Only the composition says so, once.
        let _ = self.inner.functions.set(Arc::downgrade(functions));
    }

    /// Hands over what an earlier process has left; called once, when the cloud is ready to serve.
    pub fn resume(&self) {
        for (_, group) in self.groups("") {
            if !group.lock().facts.subscriptions.is_empty() {
                self.deliver(&group);
            }
        }
    }

    /// The functions, while they are there.
    pub(crate) fn functions(&self) -> Option<Arc<dyn FunctionInvoker>> {
        self.inner.functions.get().and_then(Weak::upgrade)
    }

    /// Whether CloudWatch Logs may invoke a function for a group.
    pub(crate) fn may_deliver(functions: &dyn FunctionInvoker, function: &FunctionReference, group_arn: &str) -> bool {
        let source = format!("{group_arn}:*");
        let region = function.location.region();
        invokers(region).iter().any(|service| functions.may_invoke(function, service, &source))
    }

    /// Has the group's events handed over that wait.
    pub(crate) fn deliver(&self, group: &Arc<Group>) {
        let begun: Vec<String> = {
            let mut state = group.lock();
            let GroupState { facts, deliveries, .. } = &mut *state;
            facts.subscriptions.keys().filter(|filter| deliveries.note(filter)).cloned().collect()
        };
        for filter in begun {
            let logs = self.clone();
            let group = Arc::clone(group);
            tokio::spawn(self.inner.clock.work(async move { logs.deliver_all(&group, &filter).await }));
        }
    }

    async fn deliver_all(&self, group: &Group, filter: &str) {
        while group.lock().deliveries.take(filter) {
            if let Err(error) = self.deliver_waiting(group, filter).await {
                group.lock().deliveries.end(filter);
                // The next events try again.
                tracing::warn!(%error, filter, group = %group.lock().facts.name, "events wait for a subscription filter");
                return;
            }
        }
    }

    async fn deliver_waiting(&self, group: &Group, filter: &str) -> Result<(), StoreError> {
        loop {
            let rows = self.next_rows(group, filter)?;
            if rows.is_empty() {
                return Ok(());
            }
            for (key, row) in rows {
                if row.waits_for(filter) {
                    self.deliver_row(group, filter, &key, &row).await?;
                    self.settle_row(group, filter, &key).await?;
                } else if !group.lock().facts.subscriptions.keys().any(|other| row.waits_for(other)) {
                    // It waited for filters that are gone.
                    self.settle_row(group, filter, &key).await?;
                }
                group.lock().deliveries.see(filter, key);
            }
        }
    }

    /// The next rows that a filter has not seen; later ones have greater keys.
    fn next_rows(&self, group: &Group, filter: &str) -> Result<Vec<(String, DeliveryRow)>, StoreError> {
        let prefix = rows::group_prefix(group.id);
        let seen = group.lock().deliveries.seen(filter).map(str::to_owned);
        let behind = seen.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        let mut rows: Vec<(String, DeliveryRow)> = Vec::new();
        self.inner.store.snapshot()?.scan_tolerant(DELIVERIES, Range::prefix(&prefix).from(behind), |key, row| {
            match row {
                Ok(row) => rows.push((key.to_owned(), row)),
                Err(reason) => self.inner.unreadable.note(DELIVERIES, key, &reason),
            }
            if rows.len() < ROWS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        Ok(rows)
    }

    /// A filter has had a row: it goes once no other one waits for it.
    async fn settle_row(&self, group: &Group, filter: &str, key: &str) -> Result<(), StoreError> {
        let _one_at_a_time = group.settling.lock().await;
        // Gone with its group.
        let Some(mut row) = self.inner.store.snapshot()?.get::<DeliveryRow>(DELIVERIES, key)? else { return Ok(()) };
        let durable = {
            let state = group.lock();
            if state.closed {
                return Ok(());
            }
            let filters = state.facts.subscriptions.keys();
            let left: Vec<String> = filters.filter(|other| *other != filter && row.waits_for(other)).cloned().collect();
            let mut batch = Batch::new();
            match left.is_empty() {
                true => batch.delete(DELIVERIES, key),
                false => {
                    row.filters = Some(left);
                    batch.put(DELIVERIES, key, &row)?;
                }
            }
            // Under the group's lock: the group's deletion comes behind it in the store.
            self.inner.store.commit(batch)
        };
        durable.await
    }

    async fn deliver_row(&self, group: &Group, filter: &str, key: &str, row: &DeliveryRow) -> Result<(), StoreError> {
        let (facts, names) = {
            let state = group.lock();
            (state.facts.clone(), state.names())
        };
        // Of a stream that was deleted nobody is told any more, nor of a group whose deletion has taken the row.
        let (Some(stream), Some(first)) = (names.get(&row.stream), rows::delivery_sequence(key)) else { return Ok(()) };
        // It was read when it was put.
        let Some(pattern) = facts.subscriptions.get(filter).and_then(|found| Pattern::parse(&found.pattern).ok())
        else {
            return Ok(());
        };
        let events = self.delivered_events(group, first, row)?;
        for part in parts(events.into_iter().filter(|(_, message)| pattern.matches(message))) {
            self.send(group, stream, filter, &part).await;
        }
        Ok(())
    }

    /// The events of a row that are still there.
    fn delivered_events(
        &self,
        group: &Group,
        first: u64,
        row: &DeliveryRow,
    ) -> Result<Vec<(Position, String)>, StoreError> {
        let snapshot = self.inner.store.snapshot()?;
        let mut events = Vec::new();
        for (timestamp_ms, sequence) in row.timestamps_ms.iter().zip(first..) {
            let position = Position { timestamp_ms: *timestamp_ms, sequence };
            if let Some(found) = snapshot.get::<EventRow>(EVENTS, &rows::event_key(group.id, position))? {
                events.push((position, found.message));
            }
        }
        Ok(events)
    }

    /// Sends events to a filter's function: again and again for a day where it can't take them now; once where it never will,
    /// which the log tells. A filter that was deleted meanwhile sends nothing any more.
    async fn send(&self, group: &Group, stream: &str, filter: &str, events: &[(Position, String)]) {
        let began_at = self.inner.clock.now();
        let mut pause = FIRST_PAUSE;
        loop {
            let facts = group.lock().facts.clone();
            let Some(found) = facts.subscriptions.get(filter) else { return };
            let Err(error) = self.try_to_send(&facts, stream, (filter, found), events).await else { return };
            let is_lost = error.status < 429 || self.inner.clock.since(began_at) >= TRIED;
            tracing::warn!(
                %error,
                is_lost,
                group = facts.name,
                filter,
                "a subscription filter's function did not take events"
            );
            if is_lost {
                return;
            }
            self.inner.clock.sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn try_to_send(
        &self,
        facts: &GroupFacts,
        stream: &str,
        (name, filter): (&str, &SubscriptionFilter),
        events: &[(Position, String)],
    ) -> Result<(), ServiceError> {
        let location = Location::of_arn(&facts.arn).unwrap_or_default();
        let function = FunctionReference::parse(&filter.destination_arn, &location)?;
        let ending = || ServiceError::new(503, "ServiceUnavailable", "The embedded cloud is ending.");
        let functions = self.functions().ok_or_else(ending)?;
        if !Self::may_deliver(&*functions, &function, &facts.arn) {
            let text = format!("the policy of {} does not let CloudWatch Logs invoke it", function.arn());
            return Err(ServiceError::new(403, "AccessDeniedException", text));
        }
        let account = location.account().as_str();
        let origin = Origin { account, group: &facts.name, stream, filter: name };
        let payload = message::event(&origin, events).map_err(|error| ServiceError::internal(error.to_string()))?;
        functions.invoke_later(&function, payload).await.map(|_| ())
    }
}

/// Events in parts that fit into one event of a function each.
fn parts(events: impl Iterator<Item = (Position, String)>) -> Vec<Vec<(Position, String)>> {
    let mut parts: Vec<Vec<(Position, String)>> = Vec::new();
    let mut left_bytes = 0;
    for event in events {
        let taken = event.1.len() + EVENT_BYTES;
        match parts.last_mut() {
            Some(part) if taken <= left_bytes => part.push(event),
            _ => {
                parts.push(vec![event]);
                left_bytes = MESSAGE_BYTES;
            }
        }
        left_bytes = left_bytes.saturating_sub(taken);
    }
    parts
}
