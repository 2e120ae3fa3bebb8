//! The cloud as the page reaches it: calls of services, as any client would make them, and the count of changes.

use std::sync::{Arc, Mutex};

use cloud_core::{
    Changes, Clock, ClockMover, Dispatch, ExecutionHistories, ExecutionWaits, Inhabited, Location, Random, Request,
    Response, ServiceError, Stop,
};
use hyper::Method;
use serde_json::Value;

use crate::history::Histories;

/// What the page is given: nothing else is in its reach.
pub struct Handles {
    /// Calls services, as any client would.
    pub dispatch: Arc<dyn Dispatch>,
    /// Knows what executions wait for.
    pub waits: Arc<dyn ExecutionWaits>,
    /// Knows histories in short, and how much runs.
    pub histories: Arc<dyn ExecutionHistories>,
    /// Knows where there is anything.
    pub places: Arc<dyn Inhabited>,
    /// Moves the clock.
    pub mover: Arc<dyn ClockMover>,
    /// Counts what can be seen anew.
    pub changes: Changes,
    /// The cloud's clock.
    pub clock: Clock,
    /// Where identifiers come from.
    pub random: Random,
    /// Given when the cloud is to end.
    pub stop: Stop,
}

/// What the page asks and is told by.
pub(crate) struct Cloud {
    pub(crate) handles: Handles,
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
        self.read_page(location, service, path, "").await
    }

    /// The same with a query, which says where a page begins.
    pub(crate) async fn read_page(&self, location: &Location, service: &str, path: &str, query: &str) -> Called {
        self.call(self.request(location, service).with_path(Method::GET, path, query, "")).await
    }

    /// Calls an operation of IAM by its form; gives the answer's XML.
    pub(crate) async fn iam(&self, location: &Location, form: String) -> Result<String, ServiceError> {
        let request = self.request(location, "iam").with_path(Method::POST, "/", "", form);
        let request = request.with_header("content-type", "application/x-www-form-urlencoded");
        let Response { body, .. } = self.handles.dispatch.dispatch(request).await?;
        Ok(String::from_utf8_lossy(&body).into_owned())
    }

    /// Invokes a function, and gives its answer as it is.
    pub(crate) async fn invoke(
        &self,
        location: &Location,
        path: &str,
        query: &str,
        payload: &str,
    ) -> Result<Response, ServiceError> {
        let request = self.request(location, "lambda").with_path(Method::POST, path, query, payload.to_owned());
        self.handles.dispatch.dispatch(request.with_header("x-amz-log-type", "Tail")).await
    }

    fn request(&self, location: &Location, service: &str) -> Request {
        Request::internal(self.handles.random.uuid().to_string(), self.handles.clock.now(), location, service)
    }

    async fn call(&self, request: Request) -> Called {
        let Response { body, .. } = self.handles.dispatch.dispatch(request).await?;
        serde_json::from_slice(&body).map_err(|error| ServiceError::internal(error.to_string()))
    }
}
