//! A whole cloud in memory, on a clock that the test moves and a seed that it chooses, and a client of it.

use std::io::{Cursor, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use cloud_core::{Account, Clock, ClockControl, Location, Random, Request, Response, Stop};
use cloud_lambda::{SimulatedRun, SimulatedRunner};
use cloud_server::{Cloud, Composition};
use cloud_store::Store;
use hyper::Method;
use jiff::Timestamp;
use serde_json::{Value, json};

/// The trust policy of the role that everything uses.
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["lambda.amazonaws.com","states.amazonaws.com"]},"Action":"sts:AssumeRole"}]}"#;

/// A policy that allows everything.
const ALL: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

/// A cloud with what a test needs of it.
pub(crate) struct World {
    pub(crate) cloud: Arc<Cloud>,
    pub(crate) control: ClockControl,
    clock: Clock,
    requests: AtomicU64,
    _functions: tempfile::TempDir,
}

impl World {
    /// A new, empty cloud; functions answer `{"sent":true}` after a second.
    pub(crate) fn new(seed: u64) -> Self {
        Self::open(seed, Store::in_memory().unwrap())
    }

    /// A cloud on a store; its clock begins at the same moment whatever the store holds.
    pub(crate) fn open(seed: u64, store: Store) -> Self {
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        Self::on(seed, store, Clock::moved_by_hand(start))
    }

    /// A cloud on a store and a clock.
    pub(crate) fn on(seed: u64, store: Store, (clock, control): (Clock, ClockControl)) -> Self {
        let functions = tempfile::tempdir().unwrap();
        let runner = SimulatedRunner::new(clock.clone(), |_, _| {
            SimulatedRun::answers(&json!({"sent": true})).after(std::time::Duration::from_secs(1)).printing("sending")
        });
        let cloud = Cloud::open(Composition {
            store,
            functions_dir: functions.path().to_owned(),
            address: SocketAddr::from(([127, 0, 0, 1], 4566)),
            clock: clock.clone(),
            random: Random::from_seed(seed),
            runner: Arc::new(runner),
            stop: Stop::new(),
            mock_config: None,
        });
        let cloud = cloud.unwrap();
        cloud.resume();
        Self { cloud, control, clock, requests: AtomicU64::new(0), _functions: functions }
    }

    /// A request of an account, signed for a service.
    pub(crate) fn request(&self, account: &str, service: &str) -> Request {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let location = Location::new(Account::parse(account).unwrap(), "us-east-1");
        Request::internal(format!("request-{number}"), self.clock.now(), &location, service)
    }

    /// Moves the cloud's time, as `workshop local time` does; gives the status and the answer.
    pub(crate) async fn move_time(&self, aim: &Value) -> (u16, Value) {
        let request = self.request("000000000000", "states");
        let request = request.with_path(Method::POST, "/_workshop/time", "", aim.to_string());
        let response = self.cloud.answer(request.with_header("x-workshop", "1")).await;
        (response.status, read(&response))
    }

    /// The cloud's clock, which is the machine's too.
    pub(crate) fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// What the cloud's clock shows.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Calls Step Functions.
    pub(crate) async fn states(&self, account: &str, operation: &str, input: &Value) -> Value {
        let request = self.request(account, "states").with_target("AWSStepFunctions", operation, input.to_string());
        read(&self.cloud.answer(request).await)
    }

    /// Calls CloudWatch Logs.
    pub(crate) async fn logs(&self, account: &str, operation: &str, input: &Value) -> Value {
        let request = self.request(account, "logs").with_target("Logs_20140328", operation, input.to_string());
        read(&self.cloud.answer(request).await)
    }

    /// Calls a service with a path.
    pub(crate) async fn rest(
        &self,
        account: &str,
        service: &str,
        method: Method,
        path: &str,
        input: &Value,
    ) -> Response {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let request = self.request(account, service).with_path(method, path, query, Bytes::from(input.to_string()));
        self.cloud.answer(request).await
    }

    /// Makes the role that functions and state machines use, which may do everything; gives its ARN.
    pub(crate) async fn create_role(&self, account: &str) -> String {
        let role = self.create_role_named(account, "all", TRUST).await;
        self.put_policy(account, "all", ALL).await;
        role
    }

    /// Makes a role that may do nothing; gives its ARN.
    pub(crate) async fn create_role_named(&self, account: &str, name: &str, trust: &str) -> String {
        let members = [("RoleName", name), ("AssumeRolePolicyDocument", trust)];
        self.query(account, "iam", "CreateRole", &members).await.unwrap();
        format!("arn:aws:iam::{account}:role/{name}")
    }

    /// Gives a role its policy, in the place of the one before.
    pub(crate) async fn put_policy(&self, account: &str, role: &str, document: &str) {
        let members = [("RoleName", role), ("PolicyName", "own"), ("PolicyDocument", document)];
        self.query(account, "iam", "PutRolePolicy", &members).await.unwrap();
    }

    /// Calls IAM or STS; gives the answer's XML, or the refusal's.
    pub(crate) async fn query(
        &self,
        account: &str,
        service: &str,
        action: &str,
        members: &[(&str, &str)],
    ) -> Result<String, String> {
        let request = self.request(account, service);
        self.query_with(request, action, members).await
    }

    /// The same with a request that is signed already.
    pub(crate) async fn query_with(
        &self,
        request: Request,
        action: &str,
        members: &[(&str, &str)],
    ) -> Result<String, String> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", action).extend_pairs(members);
        let response = self.cloud.answer(request.with_path(Method::POST, "/", "", form.finish())).await;
        let text = String::from_utf8_lossy(&response.body).into_owned();
        if response.status == 200 { Ok(text) } else { Err(text) }
    }

    /// Makes a function; gives its ARN.
    pub(crate) async fn create_function(&self, account: &str, name: &str, role: &str) -> String {
        let input = json!({
            "FunctionName": name, "Role": role, "Runtime": "provided.al2023", "Handler": "bootstrap", "Timeout": 10,
            "Code": {"ZipFile": BASE64_STANDARD.encode(function_zip())},
        });
        let response = self.rest(account, "lambda", Method::POST, "/2015-03-31/functions", &input).await;
        let answer = read(&response);
        assert_eq!(response.status, 201, "{answer}");
        answer["FunctionArn"].as_str().unwrap().to_owned()
    }

    /// Makes a state machine; gives its ARN.
    pub(crate) async fn create_machine(&self, account: &str, name: &str, role: &str, definition: &Value) -> String {
        let input = json!({"name": name, "roleArn": role, "definition": definition.to_string()});
        let answer = self.states(account, "CreateStateMachine", &input).await;
        answer["stateMachineArn"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }
}

/// The JSON of an answer.
pub(crate) fn read(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap_or(Value::Null)
}

fn function_zip() -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().unix_permissions(0o755);
    zip.start_file("bootstrap", options).unwrap();
    zip.write_all(b"#!/bin/sh\n").unwrap();
    zip.finish().unwrap().into_inner()
}
