//! Invoking a function: which version runs, and how much may wait.

use std::sync::Arc;

use bytes::Bytes;
use cloud_core::{Document, FunctionInvoker, FunctionReference, Invocation, PortFuture, ServiceError};
use jiff::Timestamp;

use crate::api::policy_resource;
use crate::async_queue::AsyncEvent;
use crate::model::{Function, FunctionVersion};
use crate::pool::throttled;
use crate::run_version::{FinishedRun, run_version};
use crate::runtime::{InvocationEvent, client_context};
use crate::service::Functions;

/// How many bytes of synchronous invocations wait or run at once; one function has half of it at most.
pub(crate) const MAX_INVOKING_BYTES: usize = 128 << 20;

/// What a synchronous invocation counts beside its event: so that one function has no more than about 1,000 of them, which
/// is the concurrency that an account has on AWS (Lambda quotas).
const INVOKING_OVERHEAD_BYTES: usize = 64 << 10;

impl Functions {
    /// The version that a reference names; of an alias with two versions, the one that gets what its weights leave.
    pub(crate) fn resolve(&self, reference: &FunctionReference) -> Result<FunctionVersion, ServiceError> {
        self.choose(reference, |function| function.version(reference.qualifier.as_deref()))
    }

    /// The version that one invocation runs.
    fn route(&self, reference: &FunctionReference) -> Result<FunctionVersion, ServiceError> {
        let version =
            self.choose(reference, |function| function.route(reference.qualifier.as_deref(), self.random.fraction()))?;
        self.refuse_pending(reference, &version.version)?;
        Ok(version)
    }

    fn choose(
        &self,
        reference: &FunctionReference,
        choose: impl FnOnce(&Function) -> Option<&FunctionVersion>,
    ) -> Result<FunctionVersion, ServiceError> {
        let key = reference.key();
        let chosen = self.table.read(|functions| functions.get(&key).and_then(choose).cloned());
        chosen.ok_or_else(|| self.table.missing(&key, || reference.not_found()))
    }

    fn reserved_concurrency(&self, reference: &FunctionReference) -> Option<u32> {
        let key = reference.key();
        self.table.read(|functions| functions.get(&key).and_then(|function| function.reserved_concurrency))
    }

    /// Runs a function and waits for its answer. It runs to its end even when whoever waits goes away, as on AWS.
    pub(crate) async fn run(
        &self,
        reference: &FunctionReference,
        payload: Bytes,
        trace_id: Option<&str>,
        client_context: Option<String>,
    ) -> Result<FinishedRun, ServiceError> {
        let version = self.route(reference)?;
        let size_bytes = payload.len() + INVOKING_OVERHEAD_BYTES;
        let room = self.invoking.take(&reference.key(), size_bytes).ok_or_else(throttled)?;
        let event = InvocationEvent { client_context, ..self.event(reference, payload, trace_id) };
        let reserved = self.reserved_concurrency(reference);
        let pool = Arc::clone(&self.pool);
        let running = tokio::spawn(self.clock.part_of_work(async move {
            let ran = run_version(&pool, &version, event, reserved).await;
            drop(room);
            ran
        }));
        running.await.unwrap_or_else(|error| {
            tracing::error!(error = %error, function = %reference.arn(), "an invocation was interrupted");
            let message = "The invocation was interrupted; the cloud's log has more.";
            Err(ServiceError::new(500, "ServiceException", message))
        })
    }

    /// Accepts an asynchronous invocation, which is durable then; gives its request id.
    ///
    /// # Errors
    /// `TooManyRequestsException` when too many wait already; the store's failure.
    pub(crate) async fn enqueue(&self, reference: &FunctionReference, payload: Bytes) -> Result<String, ServiceError> {
        let version = self.route(reference)?;
        let now = self.clock.now();
        let event = AsyncEvent {
            request_id: self.random.uuid().to_string(),
            function_arn: reference.arn(),
            version: version.version,
            trace_id: self.new_trace_id(now),
            received_at: now,
            size_bytes: payload.len(),
            failures: 0,
            refusals: 0,
            next_try_at: now,
        };
        let request_id = event.request_id.clone();
        self.queue.accept(&reference.key(), event, payload).await?;
        Ok(request_id)
    }

    fn event(&self, reference: &FunctionReference, payload: Bytes, trace_id: Option<&str>) -> InvocationEvent {
        InvocationEvent {
            request_id: self.random.uuid().to_string(),
            function_arn: reference.arn(),
            trace_id: trace_id.map_or_else(|| self.new_trace_id(self.clock.now()), str::to_owned),
            payload,
            client_context: None,
        }
    }

    /// An X-Ray header as Lambda makes one for a request that brought none (X-Ray developer guide, "Tracing header").
    fn new_trace_id(&self, now: Timestamp) -> String {
        let root = u128::from(self.random.next_u64()) << 32 | u128::from(self.random.next_u64() >> 32);
        let parent = self.random.next_u64();
        format!("Root=1-{:08x}-{root:024x};Parent={parent:016x};Sampled=0", now.as_second())
    }
}

impl FunctionInvoker for Functions {
    fn invoke<'a>(
        &'a self,
        function: &'a FunctionReference,
        payload: Bytes,
    ) -> PortFuture<'a, Result<Invocation, ServiceError>> {
        self.invoke_for(function, payload, None)
    }

    fn invoke_for<'a>(
        &'a self,
        function: &'a FunctionReference,
        payload: Bytes,
        context: Option<&'a str>,
    ) -> PortFuture<'a, Result<Invocation, ServiceError>> {
        Box::pin(async move {
            let context = context.map(client_context).transpose()?;
            Ok(self.run(function, payload, None, context).await?.invocation)
        })
    }

    fn invoke_later<'a>(
        &'a self,
        function: &'a FunctionReference,
        payload: Bytes,
    ) -> PortFuture<'a, Result<String, ServiceError>> {
        Box::pin(self.enqueue(function, payload))
    }

    fn version(&self, function: &FunctionReference) -> Result<String, ServiceError> {
        Ok(self.resolve(function)?.version)
    }

    fn resource_policy(&self, function: &FunctionReference) -> Option<Document> {
        let resource = policy_resource(function);
        self.table.read(|functions| functions.get(&function.key())?.policy.document(&resource))
    }

    fn tags(&self, function: &FunctionReference) -> Vec<(String, String)> {
        let tags = self.table.read(|functions| functions.get(&function.key()).map(|found| found.tags.clone()));
        tags.into_iter().flatten().collect()
    }

    /// A function, its versions and its aliases have policies of their own: what may invoke the one may not therefore invoke
    /// the other.
    fn may_invoke(&self, function: &FunctionReference, service: &str, source_arn: &str) -> bool {
        let key = function.key();
        let resource = function.arn();
        self.table.read(|functions| {
            functions.get(&key).is_some_and(|found| found.policy.allows_service(&resource, service, source_arn))
        })
    }
}
