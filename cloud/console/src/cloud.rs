//! The cloud as the page reaches it: calls of services, as any client would make them, and the count of changes.

use std::sync::{Arc, Mutex};

use cloud_core::{Changes, Clock, Dispatch, Location, Random, Request, Response, ServiceError, Stop};
use hyper::Method;
use serde_json::Value;

use crate::known::Histories;

/// What the page asks and is told by.
pub(crate) struct Cloud {
    pub(crate) dispatch: Arc<dyn Dispatch>,
    pub(crate) changes: Changes,
    /// The cloud's clock.
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) stop: Stop,
    /// Tells the streams of this run from those before it.
    pub(crate) run: String,
    pub(crate) histories: Mutex<Histories>,
}

/// What a call gave.
pub(crate) type Called = Result<Value, ServiceError>;

impl Cloud {
    /// Calls an operation of Step Functions.
    pub(crate) async fn states(&self, location: &Location, operation: &str, input: &Value) -> Called {
        let request = self.request(location, "states").with_target("AWSStepFunctions", operation, input.to_string());
        self.call(request).await
    }

    /// Calls an operation of CloudWatch Logs.
    pub(crate) async fn logs(&self, location: &Location, operation: &str, input: &Value) -> Called {
        let request = self.request(location, "logs").with_target("Logs_20140328", operation, input.to_string());
        self.call(request).await
    }

    /// Reads what a path of Lambda or API Gateway has.
    pub(crate) async fn read(&self, location: &Location, service: &str, path: &str) -> Called {
        self.call(self.request(location, service).with_path(Method::GET, path, "", "")).await
    }

    fn request(&self, location: &Location, service: &str) -> Request {
        Request::internal(self.random.uuid().to_string(), self.clock.now(), location, service)
    }

    async fn call(&self, request: Request) -> Called {
        let Response { body, .. } = self.dispatch.dispatch(request).await?;
        serde_json::from_slice(&body).map_err(|error| ServiceError::internal(error.to_string()))
    }
}
