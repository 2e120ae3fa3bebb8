//! The record of an asynchronous invocation's end, as a destination gets it ([AWS's form]).
//!
//! [AWS's form]: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html

use std::sync::Arc;

use bytes::Bytes;
use cloud_core::{
    Actor, CachedTable, FunctionReference, Invocation, LATEST, Location, Permit, Refused, RoleDirectory, ServiceError,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::event::AsyncEvent;
use super::{Inner, QUEUED_OVERHEAD_BYTES};
use crate::api::policy_resource;
use crate::model::{Function, FunctionVersion};

/// Why it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Condition {
    /// The function has succeeded.
    Success,
    /// It has failed as often as it is tried.
    RetriesExhausted,
    /// The event is older than it is kept.
    EventAgeExceeded,
    /// The function may run nothing.
    ZeroReservedConcurrency,
}

impl Condition {
    /// The record of an event that ended so; `invocation` is the last one, if there was any.
    pub(super) fn record(
        self,
        event: &AsyncEvent,
        payload: &[u8],
        invocation: Option<&Invocation>,
        now: Timestamp,
    ) -> Value {
        let json_of =
            |bytes: &[u8]| serde_json::from_slice(bytes).unwrap_or_else(|_| json!(String::from_utf8_lossy(bytes)));
        let arn = match event.function() {
            Ok(reference) if reference.qualifier.is_none() => reference.with(LATEST).arn(),
            _ => event.function_arn.clone(),
        };
        let succeeded = u32::from(self == Self::Success);
        let mut record = json!({
            "version": "1.0",
            "timestamp": now.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string(),
            "requestContext": {
                "requestId": event.request_id,
                "functionArn": arn,
                "condition": format!("{self:?}"),
                "approximateInvokeCount": event.failures + succeeded,
            },
            "requestPayload": json_of(payload),
        });
        if let Some(invocation) = invocation {
            record["responseContext"] = json!({"statusCode": 200, "executedVersion": invocation.executed_version});
            if let Some(error) = &invocation.function_error {
                record["responseContext"]["functionError"] = json!(error);
            }
            record["responsePayload"] = json_of(&invocation.payload);
        }
        record
    }
}

/// Asks whether a function's role may send to a destination, as AWS does when it is set and with each record.
pub(crate) fn may_tell(
    roles: &dyn RoleDirectory,
    functions: &CachedTable<Function>,
    version: &FunctionVersion,
    destination: &str,
) -> Result<(), Refused> {
    // Whoever sets a destination, or sends to it, refuses one that names no function: it has no policy either.
    let reference = FunctionReference::parse(destination, &Location::default()).ok();
    let policy = reference.and_then(|reference| {
        functions.read(|all| all.get(&reference.key())?.policy.document(&policy_resource(&reference)))
    });
    let actor = Actor::Role { arn: &version.role, session: &version.name };
    let asked = Permit::new(actor, "lambda:InvokeFunction", destination);
    roles.permit(&Permit { resource_policy: policy.as_ref(), ..asked })
}

impl Inner {
    /// Has a function run with a record, asynchronously; the record is durable when this ends.
    ///
    /// # Errors
    /// The role of the function that ended may not; there is no such function any more; the store's failure.
    pub(super) async fn send_record(
        self: &Arc<Self>,
        destination: &str,
        record: Value,
        ended: &AsyncEvent,
    ) -> Result<(), ServiceError> {
        let reference = FunctionReference::parse(destination, &Location::default())?;
        if let Ok(version) = self.version(ended) {
            let may = may_tell(self.roles.as_ref(), &self.functions, &version, destination);
            may.map_err(|refused| ServiceError::new(403, "AccessDeniedException", refused.to_string()))?;
        }
        let version = self.functions.read(|functions| {
            let function = functions.get(&reference.key())?;
            function.route(reference.qualifier.as_deref(), self.random.fraction()).map(|found| found.version.clone())
        });
        let payload = Bytes::from(record.to_string());
        let now = self.clock.now();
        let event = AsyncEvent {
            request_id: self.random.uuid().to_string(),
            function_arn: destination.to_owned(),
            version: version.ok_or_else(|| reference.not_found())?,
            trace_id: ended.trace_id.clone(),
            received_at: now,
            size_bytes: payload.len(),
            failures: 0,
            refusals: 0,
            next_try_at: now,
        };
        let room = self.room.take_at_any_rate(&reference.key(), event.size_bytes + QUEUED_OVERHEAD_BYTES);
        Ok(Arc::clone(self).store_new(reference.key(), event, payload, room).await?)
    }
}
