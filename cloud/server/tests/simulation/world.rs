//! One life of a whole cloud: from its opening on a disk to its end or its crash; and a client of it.

use std::io::{Cursor, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use cloud_core::{Clock, Location, Random, Request, Stop};
use cloud_server::{Cloud, Composition};
use cloud_store::{SimulatedDisk, Store, StoreError};
use hyper::Method;
use serde_json::{Value, json};

use crate::outside::Outside;
use crate::workflow::Callees;

/// A policy that allows everything.
const ALL: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["lambda.amazonaws.com","states.amazonaws.com"]},"Action":"sts:AssumeRole"}]}"#;

/// How commits reach the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Commits {
    /// Each by itself, at the call.
    Alone,
    /// Those of one moment together, which the callers wait for.
    Joined,
}

/// A cloud that runs, as its clients see it; clones share it.
#[derive(Clone)]
pub(crate) struct World {
    cloud: Arc<Cloud>,
    clock: Clock,
    requests: Arc<AtomicU64>,
}

impl World {
    /// Opens a cloud on a disk.
    pub(crate) fn open(
        disk: &SimulatedDisk,
        commits: Commits,
        functions: &Path,
        clock: &Clock,
        outside: &Outside,
        seed: u64,
    ) -> Result<Self, StoreError> {
        let cloud = Cloud::open(Composition {
            store: match commits {
                Commits::Alone => Store::open_simulated(disk)?,
                Commits::Joined => Store::open_simulated_joining(disk)?,
            },
            functions_dir: functions.to_owned(),
            address: SocketAddr::from(([127, 0, 0, 1], 4566)),
            clock: clock.clone(),
            random: Random::from_seed(seed),
            runner: Arc::new(outside.runner(clock)),
            stop: Stop::new(),
            mock_config: None,
        })?;
        cloud.resume();
        Ok(Self { cloud, clock: clock.clone(), requests: Arc::default() })
    }

    pub(crate) async fn stop(&self) -> Result<(), StoreError> {
        self.cloud.stop().await
    }

    fn request(&self, service: &str) -> Request {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        Request::internal(format!("request-{number}"), self.clock.now(), &Location::default(), service)
    }

    async fn answer(&self, request: Request) -> (u16, Value) {
        let response = self.cloud.answer(request).await;
        (response.status, serde_json::from_slice(&response.body).unwrap_or(Value::Null))
    }

    /// Calls Step Functions.
    pub(crate) async fn states(&self, operation: &str, input: &Value) -> (u16, Value) {
        self.answer(self.request("states").with_target("AWSStepFunctions", operation, input.to_string())).await
    }

    /// Calls CloudWatch Logs.
    pub(crate) async fn logs(&self, operation: &str, input: &Value) -> (u16, Value) {
        self.answer(self.request("logs").with_target("Logs_20140328", operation, input.to_string())).await
    }

    /// Invokes the function asynchronously.
    pub(crate) async fn invoke_later(&self, event: &Value) -> u16 {
        let path = "/2015-03-31/functions/f/invocations";
        let request = self.request("lambda").with_path(Method::POST, path, "", Bytes::from(event.to_string()));
        self.answer(request.with_header("x-amz-invocation-type", "Event")).await.0
    }

    /// Makes what workflows call, and the log group of the clients.
    pub(crate) async fn set_up(&self) -> Callees {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("Action", "CreateRole")
            .append_pair("RoleName", "all")
            .append_pair("AssumeRolePolicyDocument", TRUST)
            .finish();
        let made = self.answer(self.request("iam").with_path(Method::POST, "/", "", form)).await;
        assert_eq!(made.0, 200, "{}", made.1);
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("Action", "PutRolePolicy")
            .append_pair("RoleName", "all")
            .append_pair("PolicyName", "all")
            .append_pair("PolicyDocument", ALL)
            .finish();
        let made = self.answer(self.request("iam").with_path(Method::POST, "/", "", form)).await;
        assert_eq!(made.0, 200, "{}", made.1);
        let role = "arn:aws:iam::000000000000:role/all".to_owned();
        let function = json!({
            "FunctionName": "f", "Role": role, "Runtime": "provided.al2023", "Handler": "bootstrap", "Timeout": 900,
            "Code": {"ZipFile": BASE64_STANDARD.encode(function_zip())},
        });
        let path = "/2015-03-31/functions";
        let request = self.request("lambda").with_path(Method::POST, path, "", function.to_string());
        let (status, made) = self.answer(request).await;
        assert_eq!(status, 201, "{made}");
        let function = made["FunctionArn"].as_str().unwrap().to_owned();
        let (_, made) = self.states("CreateActivity", &json!({"name": "a"})).await;
        let activity = made["activityArn"].as_str().unwrap().to_owned();
        for (operation, input) in [
            ("CreateLogGroup", json!({"logGroupName": "clients"})),
            ("CreateLogStream", json!({"logGroupName": "clients", "logStreamName": "one"})),
        ] {
            assert_eq!(self.logs(operation, &input).await.0, 200);
        }
        let mut callees = Callees { function, activity, child: String::new(), role };
        callees.child = self.create_machine("child", &child(&callees), false, &callees.role).await;
        callees
    }

    /// Makes a state machine; gives its ARN.
    pub(crate) async fn create_machine(&self, name: &str, definition: &Value, is_express: bool, role: &str) -> String {
        let kind = if is_express { "EXPRESS" } else { "STANDARD" };
        let input = json!({"name": name, "type": kind, "roleArn": role, "definition": definition.to_string()});
        let (status, answer) = self.states("CreateStateMachine", &input).await;
        assert_eq!(status, 200, "{answer}\n{definition:#}");
        answer["stateMachineArn"].as_str().unwrap().to_owned()
    }

    /// All pages of a list.
    pub(crate) async fn all(&self, operation: &str, input: &Value, member: &str) -> Result<Vec<Value>, String> {
        let mut input = input.clone();
        let mut all = Vec::new();
        loop {
            let (status, answer) = self.states(operation, &input).await;
            if status != 200 {
                return Err(format!("{operation}: {status} {answer}"));
            }
            all.extend(answer[member].as_array().unwrap().iter().cloned());
            if answer["nextToken"].is_null() {
                return Ok(all);
            }
            input["nextToken"] = answer["nextToken"].clone();
        }
    }
}

/// The state machine that others start.
fn child(callees: &Callees) -> Value {
    json!({"StartAt": "W", "States": {
        "W": {"Type": "Wait", "SecondsPath": "$.wait", "Next": "F"},
        "F": {"Type": "Task", "Resource": callees.function, "End": true, "Parameters": {
            "state.$": "$$.State.Name", "attempt.$": "$$.State.RetryCount", "data.$": "$", "plan": {"takes_ms": 500}}},
    }})
}

fn function_zip() -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("bootstrap", zip::write::SimpleFileOptions::default().unix_permissions(0o755)).unwrap();
    zip.write_all(b"#!/bin/sh\n").unwrap();
    zip.finish().unwrap().into_inner()
}
