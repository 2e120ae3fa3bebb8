//! Hands the events of groups with subscription filters to functions.

use std::ops::ControlFlow;
use std::sync::{Arc, Weak};
use std::time::Duration;

use cloud_core::{FunctionInvoker, FunctionReference, Location, ServiceError};
use cloud_store::{Batch, Range, StoreError};

use super::SubscriptionFilter;
use super::message::{self, EVENT_BYTES, MESSAGE_BYTES, Origin};
use crate::group::{Group, GroupFacts};
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
        if !group.lock().deliveries.note() {
            return;
        }
        let logs = self.clone();
        let group = Arc::clone(group);
        tokio::spawn(self.inner.clock.work(async move { logs.deliver_all(&group).await }));
    }

    async fn deliver_all(&self, group: &Group) {
        while group.lock().deliveries.take() {
            if let Err(error) = self.deliver_waiting(group).await {
                group.lock().deliveries.end();
                // The next events try again.
                tracing::warn!(%error, group = %group.lock().facts.name, "events wait for a subscription filter");
                return;
            }
        }
    }

    async fn deliver_waiting(&self, group: &Group) -> Result<(), StoreError> {
        loop {
            let mut rows: Vec<(String, DeliveryRow)> = Vec::new();
            let prefix = rows::group_prefix(group.id);
            self.inner.store.snapshot()?.scan_tolerant(DELIVERIES, Range::prefix(&prefix), |key, row| {
                match row {
                    Ok(row) => rows.push((key.to_owned(), row)),
                    Err(reason) => self.inner.unreadable.note(DELIVERIES, key, &reason),
                }
                if rows.len() < ROWS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            })?;
            if rows.is_empty() {
                return Ok(());
            }
            for (key, row) in rows {
                self.deliver_row(group, &key, &row).await?;
                let mut batch = Batch::new();
                batch.delete(DELIVERIES, key);
                self.inner.store.commit(batch).await?;
            }
        }
    }

    async fn deliver_row(&self, group: &Group, key: &str, row: &DeliveryRow) -> Result<(), StoreError> {
        let (facts, names) = {
            let state = group.lock();
            (state.facts.clone(), state.names())
        };
        // Of a stream that was deleted nobody is told any more, nor of a group whose deletion has taken the row.
        let (Some(stream), Some(first)) = (names.get(&row.stream), rows::delivery_sequence(key)) else { return Ok(()) };
        if facts.subscriptions.is_empty() {
            return Ok(());
        }
        let events = self.delivered_events(group, first, row)?;
        for (name, filter) in &facts.subscriptions {
            // It was read when it was put.
            let Ok(pattern) = Pattern::parse(&filter.pattern) else { continue };
            let wanted = events.iter().filter(|(_, message)| pattern.matches(message)).cloned();
            for part in parts(wanted) {
                self.send(&facts, stream, (name.as_str(), filter), &part).await;
            }
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

    /// Sends events to a function: again and again for a day where it can't take them now; once where it never will, which
    /// the log tells.
    async fn send(
        &self,
        facts: &GroupFacts,
        stream: &str,
        (name, filter): (&str, &SubscriptionFilter),
        events: &[(Position, String)],
    ) {
        let began_at = self.inner.clock.now();
        let mut pause = FIRST_PAUSE;
        while let Err(error) = self.try_to_send(facts, stream, (name, filter), events).await {
            let is_lost = error.status < 429 || self.inner.clock.since(began_at) >= TRIED;
            tracing::warn!(
                %error,
                is_lost,
                group = facts.name,
                filter = name,
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
