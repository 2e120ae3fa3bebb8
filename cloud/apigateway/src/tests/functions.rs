//! Functions that answer what a test wants.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use cloud_core::{Clock, FunctionInvoker, FunctionReference, Invocation, PortFuture, ServiceError};
use serde_json::Value;

/// Answers every invocation in the same way and remembers it.
pub(super) struct Functions {
    clock: Clock,
    /// Function ARN, and the source ARN that may invoke it.
    pub(super) allowed: Mutex<Vec<(String, String)>>,
    /// Function ARN and event of each invocation.
    pub(super) invoked: Mutex<Vec<(String, Value)>>,
    pub(super) behaviour: Mutex<Behaviour>,
    /// Of single functions, by ARN.
    of_function: Mutex<BTreeMap<String, Behaviour>>,
}

/// What an invocation gives.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Behaviour {
    Answers(&'static str),
    FailsUnhandled,
    Throws(&'static str),
    Takes(Duration),
    Refuses(ServiceError),
}

impl Functions {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            allowed: Mutex::default(),
            invoked: Mutex::default(),
            behaviour: Mutex::new(Behaviour::Answers(r#"{"started":true}"#)),
            of_function: Mutex::default(),
        }
    }

    pub(super) fn allow(&self, function: &str, source: &str) {
        self.allowed.lock().unwrap().push((function.to_owned(), source.to_owned()));
    }

    pub(super) fn behave_as(&self, function: &str, behaviour: Behaviour) {
        self.of_function.lock().unwrap().insert(function.to_owned(), behaviour);
    }

    pub(super) fn behave(&self, behaviour: Behaviour) {
        *self.behaviour.lock().unwrap() = behaviour;
    }
}

impl FunctionInvoker for Functions {
    fn invoke<'a>(
        &'a self,
        function: &'a FunctionReference,
        payload: Bytes,
    ) -> PortFuture<'a, Result<Invocation, ServiceError>> {
        let event = serde_json::from_slice(&payload).unwrap();
        self.invoked.lock().unwrap().push((function.arn(), event));
        let own = self.of_function.lock().unwrap().get(&function.arn()).cloned();
        let behaviour = own.unwrap_or_else(|| self.behaviour.lock().unwrap().clone());
        Box::pin(async move {
            let mut invocation = Invocation {
                request_id: "invocation-1".to_owned(),
                payload: Bytes::from_static(b"{}"),
                function_error: None,
                log_tail: Vec::new(),
                executed_version: "$LATEST".to_owned(),
                trace_id: String::new(),
            };
            match behaviour {
                Behaviour::Answers(payload) => invocation.payload = Bytes::from_static(payload.as_bytes()),
                Behaviour::FailsUnhandled => invocation.function_error = Some("Unhandled".to_owned()),
                Behaviour::Throws(payload) => {
                    invocation.function_error = Some("Unhandled".to_owned());
                    invocation.payload = Bytes::from_static(payload.as_bytes());
                }
                Behaviour::Takes(duration) => self.clock.sleep(duration).await,
                Behaviour::Refuses(error) => return Err(error),
            }
            Ok(invocation)
        })
    }

    fn invoke_later<'a>(&'a self, _: &'a FunctionReference, _: Bytes) -> PortFuture<'a, Result<String, ServiceError>> {
        Box::pin(async { Err(ServiceError::internal("an API waits for its function")) })
    }

    fn version(&self, function: &FunctionReference) -> Result<String, ServiceError> {
        Err(function.not_found())
    }

    fn resource_policy(&self, _function: &FunctionReference) -> Option<cloud_core::Document> {
        None
    }

    fn tags(&self, _: &FunctionReference) -> Vec<(String, String)> {
        Vec::new()
    }

    fn may_invoke(&self, function: &FunctionReference, service: &str, source_arn: &str) -> bool {
        let wanted = (function.arn(), source_arn.to_owned());
        service == "apigateway.amazonaws.com" && self.allowed.lock().unwrap().contains(&wanted)
    }
}
