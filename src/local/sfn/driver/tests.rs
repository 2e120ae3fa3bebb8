//! The driver against a real store, through the API's own handlers.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper::Request as HttpRequest;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::local::Cloud;
use crate::local::data_dir::DataDir;
use crate::local::error::ServiceError;
use crate::local::form::Form;
use crate::local::http::{Request, Stop};
use crate::local::store::StoreError;
use crate::local::{iam, sfn};
use aws::clock;

const MACHINE: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:m";

/// An embedded cloud in a folder of its own, without a port.
pub(in crate::local::sfn) struct Fixture {
    folder: tempfile::TempDir,
    pub(in crate::local::sfn) cloud: Arc<Cloud>,
}

impl Fixture {
    pub(in crate::local::sfn) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cloud = open(&folder).expect("nobody has the folder yet");
        let fixture = Self { folder, cloud };
        fixture.create_role().await;
        fixture
    }

    /// Ends the cloud and opens it again on the same folder.
    pub(in crate::local::sfn) async fn restart(self) -> Self {
        self.cloud.step_functions.stop().await;
        self.cloud.store.flush().await.unwrap();
        drop(self.cloud);
        // A task that was just told to end still holds the store for an instant.
        let cloud = until(|| async { open(&self.folder) }).await;
        Self { folder: self.folder, cloud }
    }

    async fn create_role(&self) {
        let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"states.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("Action", "CreateRole"), ("RoleName", "r"), ("AssumeRolePolicyDocument", trust)])
            .finish();
        let request = request(body.into());
        iam::handle(&self.cloud, &Form::of(&request), &request).await.unwrap();
    }

    pub(in crate::local::sfn) async fn call(&self, operation: &str, input: Value) -> Result<Value, ServiceError> {
        let response = sfn::handle(&self.cloud, operation, &request(input.to_string().into())).await?;
        Ok(serde_json::from_slice(&response.body).unwrap())
    }

    async fn create(&self, definition: &Value) {
        self.create_as("m", "STANDARD", definition).await;
    }

    /// Creates a state machine and gives its ARN.
    pub(in crate::local::sfn) async fn create_as(&self, name: &str, kind: &str, definition: &Value) -> String {
        let role = "arn:aws:iam::000000000000:role/r";
        let input = json!({"name": name, "type": kind, "definition": definition.to_string(), "roleArn": role});
        let created = self.call("CreateStateMachine", input).await.unwrap();
        created["stateMachineArn"].as_str().unwrap().to_owned()
    }

    async fn start(&self, name: &str, input: &Value) -> Result<String, ServiceError> {
        self.start_of(MACHINE, name, input).await
    }

    /// Starts an execution of a state machine and gives its ARN.
    pub(in crate::local::sfn) async fn start_of(
        &self,
        machine: &str,
        name: &str,
        input: &Value,
    ) -> Result<String, ServiceError> {
        let started =
            self.call("StartExecution", json!({"stateMachineArn": machine, "name": name, "input": input.to_string()}));
        Ok(started.await?["executionArn"].as_str().unwrap().to_owned())
    }

    pub(in crate::local::sfn) async fn describe(&self, arn: &str) -> Value {
        self.call("DescribeExecution", json!({"executionArn": arn})).await.unwrap()
    }

    pub(in crate::local::sfn) async fn ended(&self, arn: &str) -> Value {
        until(|| async { Some(self.describe(arn).await).filter(|execution| execution["status"] != "RUNNING") }).await
    }

    pub(in crate::local::sfn) async fn history(&self, arn: &str) -> Vec<String> {
        let answer = self.call("GetExecutionHistory", json!({"executionArn": arn})).await.unwrap();
        let events = answer["events"].as_array().unwrap();
        for (expected, event) in (1..).zip(events) {
            assert_eq!(event["id"], expected, "no gap and no duplicate");
        }
        events.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
    }
}

/// The cloud of a folder, unless another one still has it.
fn open(folder: &tempfile::TempDir) -> Option<Arc<Cloud>> {
    let cloud = match Cloud::open(&DataDir::new(folder.path()), "127.0.0.1:1".parse().unwrap(), Stop::new()) {
        Err(StoreError::InUse { .. }) => return None,
        opened => opened.unwrap(),
    };
    cloud.step_functions.resume(&cloud);
    Some(cloud)
}

fn request(body: Bytes) -> Request {
    let (parts, ()) = HttpRequest::builder().method("POST").uri("/").body(()).unwrap().into_parts();
    Request::new(parts, body, "127.0.0.1:2".parse().unwrap(), clock::now())
}

/// Asks again until there is an answer.
pub(in crate::local::sfn) async fn until<T, F: Future<Output = Option<T>>>(mut ask: impl FnMut() -> F) -> T {
    let answer = async {
        loop {
            match ask().await {
                Some(answer) => return answer,
                None => clock::sleep(Duration::from_millis(1)).await,
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), answer).await.expect("it happens within half a minute")
}

pub(in crate::local::sfn) fn waiting() -> Value {
    json!({"StartAt": "W", "States": {
        "W": {"Type": "Wait", "TimestampPath": "$.until", "Next": "P"},
        "P": {"Type": "Pass", "End": true},
    }})
}

pub(in crate::local::sfn) fn in_an_hour() -> Value {
    json!({"until": (clock::now() + jiff::SignedDuration::from_hours(1)).to_string()})
}

#[tokio::test]
async fn a_wait_ends_at_its_time_and_not_before() {
    let fixture = Fixture::new().await;
    fixture.create(&waiting()).await;
    // A whole second, which the answer's seconds hold exactly.
    let due = Timestamp::from_second(clock::now().as_second() + 1).unwrap();
    let arn = fixture.start("e", &json!({"until": due.to_string()})).await.unwrap();
    let ended = fixture.ended(&arn).await;
    assert_eq!(ended["status"], "SUCCEEDED");
    assert!(ended["stopDate"].as_f64().unwrap() >= due.as_second() as f64);
    assert_eq!(
        fixture.history(&arn).await,
        [
            "ExecutionStarted",
            "WaitStateEntered",
            "WaitStateExited",
            "PassStateEntered",
            "PassStateExited",
            "ExecutionSucceeded"
        ]
    );
}

#[tokio::test]
async fn the_same_start_again_is_the_same_execution() {
    let fixture = Fixture::new().await;
    fixture.create(&waiting()).await;
    let input = in_an_hour();
    let (one, other) = tokio::join!(fixture.start("e", &input), fixture.start("e", &input));
    assert_eq!(one, other);
    assert_eq!(fixture.history(&one.unwrap()).await, ["ExecutionStarted", "WaitStateEntered"]);
    assert_eq!(fixture.start("e", &json!({})).await.unwrap_err().code, "ExecutionAlreadyExists");
    assert_eq!(fixture.cloud.step_functions.index().running("us-east-1/m"), 1);
}

#[tokio::test]
async fn executions_go_on_after_a_restart() {
    let mut fixture = Fixture::new().await;
    fixture.create(&waiting()).await;
    let due = Timestamp::from_second(clock::now().as_second() + 1).unwrap();
    let soon = fixture.start("soon", &json!({"until": due.to_string()})).await.unwrap();
    let later = fixture.start("later", &in_an_hour()).await.unwrap();
    fixture = fixture.restart().await;
    assert_eq!(fixture.ended(&soon).await["status"], "SUCCEEDED");
    assert_eq!(fixture.history(&soon).await.len(), 6);
    assert_eq!(fixture.describe(&later).await["status"], "RUNNING");
    assert_eq!(fixture.start("soon", &json!({})).await.unwrap_err().code, "ExecutionAlreadyExists");
}

#[tokio::test]
async fn a_task_under_way_is_begun_again_after_a_restart() {
    let mut fixture = Fixture::new().await;
    let function = "arn:aws:lambda:us-east-1:000000000000:function:missing";
    fixture
        .create(&json!({"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": function, "End": true}}}))
        .await;
    let arn = fixture.start("e", &json!({})).await.unwrap();
    fixture = fixture.restart().await;
    let ended = fixture.ended(&arn).await;
    assert_eq!(ended["error"], "Lambda.ResourceNotFoundException");
    assert_eq!(
        fixture.history(&arn).await,
        [
            "ExecutionStarted",
            "TaskStateEntered",
            "LambdaFunctionScheduled",
            "LambdaFunctionStarted",
            "LambdaFunctionFailed",
            "ExecutionFailed"
        ]
    );
}

#[tokio::test]
async fn stopping_is_durable_and_final() {
    let mut fixture = Fixture::new().await;
    fixture.create(&waiting()).await;
    let arn = fixture.start("e", &in_an_hour()).await.unwrap();
    let stop = json!({"executionArn": arn, "error": "E", "cause": "C"});
    let first = fixture.call("StopExecution", stop.clone()).await.unwrap();
    assert_eq!(fixture.call("StopExecution", stop).await.unwrap(), first);
    fixture = fixture.restart().await;
    let stopped = fixture.describe(&arn).await;
    assert_eq!(
        (&stopped["status"], &stopped["error"], &stopped["cause"]),
        (&json!("ABORTED"), &json!("E"), &json!("C"))
    );
    assert_eq!(fixture.history(&arn).await, ["ExecutionStarted", "WaitStateEntered", "ExecutionAborted"]);
}

#[tokio::test]
async fn a_deleted_machine_goes_with_its_last_execution() {
    let fixture = Fixture::new().await;
    fixture.create(&waiting()).await;
    let arn = fixture.start("e", &in_an_hour()).await.unwrap();
    fixture.call("DeleteStateMachine", json!({"stateMachineArn": MACHINE})).await.unwrap();
    let machine = fixture.call("DescribeStateMachine", json!({"stateMachineArn": MACHINE})).await.unwrap();
    assert_eq!(machine["status"], "DELETING");
    assert_eq!(fixture.start("f", &json!({})).await.unwrap_err().code, "StateMachineDeleting");

    fixture.call("StopExecution", json!({"executionArn": arn})).await.unwrap();
    let gone =
        until(|| async { fixture.call("DescribeStateMachine", json!({"stateMachineArn": MACHINE})).await.err() }).await;
    assert_eq!(gone.code, "StateMachineDoesNotExist");
    fixture.create(&waiting()).await;
    assert_eq!(fixture.start("e", &in_an_hour()).await, Ok(arn), "the name is free again");
}
