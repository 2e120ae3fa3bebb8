//! One try of an asynchronous invocation, and what becomes of it.

use std::ops::ControlFlow;
use std::sync::Arc;

use bytes::Bytes;
use cloud_core::{Invocation, ServiceError};
use cloud_store::{Range, StoreError};

use super::Inner;
use super::destination::Condition;
use super::event::{ASYNC_PAYLOADS, AsyncEvent, key};
use crate::model::{DEFAULT_MAX_AGE_S, DEFAULT_MAX_RETRIES, EventInvokeConfig, FunctionVersion};
use crate::run_version::run_version;
use crate::runtime::InvocationEvent;

/// How one try went.
pub(super) enum Try {
    /// The function has succeeded.
    Done(Box<Invocation>),
    /// The function has failed.
    Failed(Box<Invocation>),
    /// It could not be run now.
    Refused(ServiceError),
    /// It is not tried any more, for this reason.
    GivenUp(Condition),
    /// It can't be run at all.
    Impossible(String),
    /// Its event, or its function, can't be read: it is left as it is.
    Unreadable(String),
}

/// What its function says of an event: its settings and its reserved concurrency.
#[derive(Default)]
struct Settings {
    config: Option<EventInvokeConfig>,
    reserved: Option<u32>,
    /// The queue or topic of the version that runs it.
    dead_letter_arn: Option<String>,
}

impl Settings {
    fn max_retries(&self) -> u32 {
        self.config.as_ref().and_then(|config| config.max_retries).unwrap_or(DEFAULT_MAX_RETRIES)
    }

    fn max_age_s(&self) -> u32 {
        self.config.as_ref().and_then(|config| config.max_age_s).unwrap_or(DEFAULT_MAX_AGE_S)
    }

    /// Who gets a record of the end.
    fn destination(&self, condition: Condition) -> Option<&str> {
        let config = self.config.as_ref()?;
        match condition {
            Condition::Success => config.on_success.as_deref(),
            _ => config.on_failure.as_deref(),
        }
    }
}

impl Inner {
    pub(super) async fn try_and_settle(self: &Arc<Self>, sequence: u64) {
        let Some(mut event) = self.lock().event(sequence).cloned() else { return };
        let settings = self.settings(&event);
        let tried = if settings.reserved == Some(0) {
            Try::GivenUp(Condition::ZeroReservedConcurrency)
        } else if event.is_too_old(&self.clock, settings.max_age_s()) {
            Try::GivenUp(Condition::EventAgeExceeded)
        } else {
            self.try_once(sequence, &event, settings.reserved).await
        };
        if self.stop.is_given() {
            return;
        }
        let function = event.function_arn.clone();
        let request_id = event.request_id.clone();
        let now = self.clock.now();
        let (condition, invocation) = match tried {
            Try::Done(invocation) => (Some(Condition::Success), Some(invocation)),
            // The function's log has its error.
            Try::Failed(invocation) => {
                if event.fail(now, settings.max_retries()) {
                    return self.wait_again(sequence, event).await;
                }
                (Some(Condition::RetriesExhausted), Some(invocation))
            }
            Try::Refused(error) => {
                tracing::warn!(error = %error, function, request_id, "an asynchronous invocation could not be run yet");
                event.put_off(now);
                return self.wait_again(sequence, event).await;
            }
            Try::GivenUp(condition) => {
                tracing::warn!(reason = ?condition, function, request_id, "an asynchronous invocation was given up");
                (Some(condition), None)
            }
            Try::Impossible(reason) => {
                tracing::warn!(reason, function, request_id, "an asynchronous invocation was given up");
                (None, None)
            }
            Try::Unreadable(reason) => {
                tracing::warn!(
                    reason,
                    function,
                    request_id,
                    "an asynchronous invocation waits for a value that can't be read"
                );
                self.lock().remove(sequence);
                return;
            }
        };
        if let Some(condition) = condition
            && let Some(destination) = settings.destination(condition)
        {
            self.tell(destination, sequence, &event, condition, invocation.as_deref()).await;
        }
        if let (Some(condition), Some(queue)) = (condition, &settings.dead_letter_arn)
            && condition != Condition::Success
        {
            // What AWS counts as DeadLetterErrors.
            tracing::warn!(
                target: "cloud::lambda",
                queue,
                function,
                request_id,
                "a dead letter was not sent: there are no queues and topics here"
            );
        }
        self.remove_row(sequence).await;
        self.lock().remove(sequence);
    }

    async fn wait_again(&self, sequence: u64, event: AsyncEvent) {
        self.store_next_try(sequence, &event).await;
        self.lock().put_back(sequence, event);
    }

    /// Sends a record of an event's end to its destination. It is on disk before the event is gone from there: a process that
    /// ends in between sends it twice, none loses it.
    async fn tell(
        self: &Arc<Self>,
        destination: &str,
        sequence: u64,
        event: &AsyncEvent,
        condition: Condition,
        invocation: Option<&Invocation>,
    ) {
        let payload = match self.payload(sequence) {
            Ok(payload) => payload.unwrap_or_default(),
            Err(error) => {
                tracing::warn!(%error, destination, "the record of an asynchronous invocation is without its event");
                Bytes::new()
            }
        };
        let record = condition.record(event, &payload, invocation, self.clock.now());
        if let Err(error) = self.send_record(destination, record, event).await {
            tracing::warn!(%error, destination, request_id = event.request_id, "a destination got no record");
        }
    }

    async fn try_once(&self, sequence: u64, event: &AsyncEvent, reserved: Option<u32>) -> Try {
        let version = match self.version(event) {
            Ok(version) => version,
            Err(outcome) => return outcome,
        };
        let payload = match self.payload(sequence) {
            Ok(Some(payload)) => payload,
            Ok(None) => return Try::Impossible("its event is not in the store".to_owned()),
            Err(reason) => {
                self.unreadable.note(ASYNC_PAYLOADS, &key(sequence), &reason);
                return Try::Unreadable(reason.to_string());
            }
        };
        let invocation = InvocationEvent {
            request_id: event.request_id.clone(),
            function_arn: event.function_arn.clone(),
            trace_id: event.trace_id.clone(),
            payload,
            // Lambda passes it on in synchronous invocations only.
            client_context: None,
        };
        match run_version(&self.pool, &version, invocation, reserved).await.map(|run| run.invocation) {
            Ok(invocation) if invocation.function_error.is_none() => Try::Done(Box::new(invocation)),
            Ok(invocation) => Try::Failed(Box::new(invocation)),
            Err(error) => Try::Refused(error),
        }
    }

    fn settings(&self, event: &AsyncEvent) -> Settings {
        let Ok(reference) = event.function() else { return Settings::default() };
        self.functions.read(|functions| {
            let function = functions.get(&reference.key());
            Settings {
                config: function.and_then(|found| found.event_invoke(reference.qualifier.as_deref())).cloned(),
                reserved: function.and_then(|found| found.reserved_concurrency),
                dead_letter_arn: function
                    .and_then(|found| found.version(Some(&event.version)))
                    .and_then(|version| version.dead_letter_arn.clone()),
            }
        })
    }

    /// The version as it is now.
    pub(super) fn version(&self, event: &AsyncEvent) -> Result<FunctionVersion, Try> {
        let reference = event.function().map_err(|error| Try::Impossible(error.to_string()))?;
        let found = self.functions.read(|functions| {
            functions.get(&reference.key()).and_then(|function| function.version(Some(&event.version))).cloned()
        });
        match found {
            Some(version) => Ok(version),
            // The row of the function is left as it is, and so is what waits for it.
            None => match self.functions.refuse_unreadable(&reference.key()) {
                Err(reason) => Err(Try::Unreadable(reason.to_string())),
                Ok(()) => {
                    let reason = format!("{} has no version {} any more", event.function_arn, event.version);
                    Err(Try::Impossible(reason))
                }
            },
        }
    }

    fn payload(&self, sequence: u64) -> Result<Option<Bytes>, StoreError> {
        let key = key(sequence);
        let mut payload = None;
        self.store.scan_bytes(ASYNC_PAYLOADS, Range::prefix(&key), |_, value| {
            payload = Some(Bytes::copy_from_slice(value));
            ControlFlow::Break(())
        })?;
        Ok(payload)
    }
}
