//! Step Functions on a clock that the test moves and a seed that it chooses, with small stand-ins for the other services.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::Duration;

use bytes::Bytes;
use cloud_core::testing::{come_to_rest, run_for};
use cloud_core::{
    Account, Changes, Clock, ClockControl, Dispatch, FaultInjection, FunctionInvoker, FunctionReference, Invocation,
    Location, LogWriter, PortFuture, Principal, Random, Request, Response, RoleCredentials, RoleDirectory, RoleTrust,
    Routed, Service, ServiceError, Stop,
};
use cloud_store::Store;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{Handles, INFO, OPERATIONS, States};

pub(crate) const MACHINE: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:m";
pub(crate) const ROLE: &str = "arn:aws:iam::000000000000:role/r";

/// When every test begins.
pub(crate) const START: &str = "2026-01-02T03:04:05Z";

/// The service with its stand-ins.
pub(crate) struct Fixture {
    pub(crate) store: Store,
    pub(crate) states: Arc<States>,
    pub(crate) control: ClockControl,
    pub(crate) outside: Outside,
}

/// What stands in for everything that is not Step Functions; it outlives a restart.
#[derive(Clone)]
pub(crate) struct Outside {
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) faults: FaultInjection,
    pub(crate) functions: Arc<Functions>,
    pub(crate) logs: Arc<Logs>,
    pub(crate) roles: Arc<Roles>,
    pub(crate) mock_config: Option<std::path::PathBuf>,
}

impl Outside {
    pub(crate) fn new(seed: u64) -> (Self, ClockControl) {
        let (clock, control) = Clock::moved_by_hand(START.parse().unwrap());
        let roles = Roles::default();
        roles.trusted.lock().unwrap().insert(ROLE.to_owned(), "states.amazonaws.com".to_owned());
        let outside = Self {
            faults: FaultInjection::new(clock.clone()),
            random: Random::from_seed(seed),
            functions: Arc::new(Functions { invoked: Mutex::default(), clock: clock.clone() }),
            clock,
            logs: Arc::default(),
            roles: Arc::new(roles),
            mock_config: None,
        };
        (outside, control)
    }

    /// Opens the service on a store.
    pub(crate) fn open(&self, store: &Store) -> Arc<States> {
        let router = Arc::new(Router::default());
        let states = States::open(Handles {
            store: store.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            faults: self.faults.clone(),
            functions: Arc::clone(&self.functions) as _,
            logs: Arc::clone(&self.logs) as _,
            roles: Arc::clone(&self.roles) as _,
            dispatch: Arc::clone(&router) as _,
            changes: Changes::new(),
            stop: Stop::new(),
            mock_config: self.mock_config.clone(),
        });
        let states = states.unwrap();
        router.states.set(Arc::downgrade(&states)).unwrap();
        states
    }
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        Self::seeded(1).await
    }

    pub(crate) async fn seeded(seed: u64) -> Self {
        let (outside, control) = Outside::new(seed);
        let store = Store::in_memory().unwrap();
        let states = outside.open(&store);
        states.resume();
        Self { store, states, control, outside }
    }

    /// Ends the service and opens it again on the same store.
    pub(crate) async fn restart(self) -> Self {
        self.states.stop().await;
        self.store.flush().await.unwrap();
        let Self { store, states, control, outside } = self;
        drop(states);
        let states = outside.open(&store);
        states.resume();
        Self { store, states, control, outside }
    }

    pub(crate) async fn call(&self, operation: &str, input: Value) -> Result<Value, ServiceError> {
        self.call_in(&Location::default(), operation, input).await
    }

    /// Calls an operation as somebody in this location.
    pub(crate) async fn call_in(
        &self,
        location: &Location,
        operation: &str,
        input: Value,
    ) -> Result<Value, ServiceError> {
        call(&self.states, location, operation, input).await
    }

    pub(crate) async fn create(&self, definition: &Value) {
        self.create_as("m", "STANDARD", definition).await;
    }

    /// Creates a state machine and gives its ARN.
    pub(crate) async fn create_as(&self, name: &str, kind: &str, definition: &Value) -> String {
        let input = json!({"name": name, "type": kind, "definition": definition.to_string(), "roleArn": ROLE});
        let created = self.call("CreateStateMachine", input).await.unwrap();
        created["stateMachineArn"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn start(&self, name: &str, input: &Value) -> Result<String, ServiceError> {
        self.start_of(MACHINE, name, input).await
    }

    /// Starts an execution of a state machine and gives its ARN.
    pub(crate) async fn start_of(&self, machine: &str, name: &str, input: &Value) -> Result<String, ServiceError> {
        let started =
            self.call("StartExecution", json!({"stateMachineArn": machine, "name": name, "input": input.to_string()}));
        Ok(started.await?["executionArn"].as_str().unwrap().to_owned())
    }

    pub(crate) async fn describe(&self, arn: &str) -> Value {
        self.call("DescribeExecution", json!({"executionArn": arn})).await.unwrap()
    }

    pub(crate) async fn ended(&self, arn: &str) -> Value {
        until(|| async { Some(self.describe(arn).await).filter(|execution| execution["status"] != "RUNNING") }).await
    }

    /// The types of an execution's events.
    pub(crate) async fn history(&self, arn: &str) -> Vec<String> {
        let answer = self.call("GetExecutionHistory", json!({"executionArn": arn})).await.unwrap();
        let events = answer["events"].as_array().unwrap();
        for (expected, event) in (1..).zip(events) {
            assert_eq!(event["id"], expected, "no gap and no duplicate");
        }
        events.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
    }

    /// Moves the clock, with everything that follows.
    pub(crate) async fn run_for(&self, duration: Duration) {
        run_for(&self.control, duration).await;
    }
}

/// A request of a client in a location.
pub(crate) fn request(now: Timestamp, location: &Location, operation: &str, input: &Value) -> Request {
    Request::internal("id".to_owned(), now, location, "states").with_target(
        "AWSStepFunctions",
        operation,
        input.to_string(),
    )
}

/// Calls an operation through its table.
pub(crate) async fn call(
    states: &Arc<States>,
    location: &Location,
    operation: &str,
    input: Value,
) -> Result<Value, ServiceError> {
    let request = request(states.clock.now(), location, operation, &input);
    let service = Routed::new(&INFO, OPERATIONS, Arc::clone(states));
    let (found, _) = service.find(&request).expect("it is served");
    let response = service.call(found, &request).await?;
    Ok(serde_json::from_slice(&response.body).unwrap())
}

/// Asks again until there is an answer, letting everything come to rest in between. The clock stands still.
pub(crate) async fn until<T, F: Future<Output = Option<T>>>(mut ask: impl FnMut() -> F) -> T {
    for _ in 0..100 {
        if let Some(answer) = ask().await {
            return answer;
        }
        come_to_rest().await;
    }
    panic!("everything came to rest, and it did not happen");
}

pub(crate) fn waiting() -> Value {
    json!({"StartAt": "W", "States": {
        "W": {"Type": "Wait", "TimestampPath": "$.until", "Next": "P"},
        "P": {"Type": "Pass", "End": true},
    }})
}

pub(crate) fn in_an_hour() -> Value {
    let now: Timestamp = START.parse().unwrap();
    json!({"until": (now + jiff::SignedDuration::from_hours(1)).to_string()})
}

/// Stands in for Lambda: a function named `echo` gives back its event, one named `slow` does so after a second, and there is
/// no other.
pub(crate) struct Functions {
    pub(crate) invoked: Mutex<Vec<String>>,
    clock: Clock,
}

impl Functions {
    fn find(function: &FunctionReference) -> Result<(), ServiceError> {
        if ["echo", "slow"].contains(&function.name.as_str()) { Ok(()) } else { Err(function.not_found()) }
    }
}

impl FunctionInvoker for Functions {
    fn invoke<'a>(
        &'a self,
        function: &'a FunctionReference,
        payload: Bytes,
    ) -> PortFuture<'a, Result<Invocation, ServiceError>> {
        Box::pin(async move {
            Self::find(function)?;
            self.invoked.lock().unwrap().push(format!("{} {}", function.name, String::from_utf8_lossy(&payload)));
            if function.name == "slow" {
                self.clock.sleep(Duration::from_secs(1)).await;
            }
            Ok(Invocation {
                request_id: "request".to_owned(),
                payload,
                function_error: None,
                log_tail: Vec::new(),
                executed_version: "$LATEST".to_owned(),
                trace_id: "trace".to_owned(),
            })
        })
    }

    fn invoke_for<'a>(
        &'a self,
        function: &'a FunctionReference,
        payload: Bytes,
        client_context: Option<&'a str>,
    ) -> PortFuture<'a, Result<Invocation, ServiceError>> {
        self.invoked.lock().unwrap().extend(client_context.map(|context| format!("for {context}")));
        self.invoke(function, payload)
    }

    fn invoke_later<'a>(
        &'a self,
        function: &'a FunctionReference,
        _payload: Bytes,
    ) -> PortFuture<'a, Result<String, ServiceError>> {
        Box::pin(async move { Self::find(function).map(|()| "request".to_owned()) })
    }

    fn version(&self, function: &FunctionReference) -> Result<String, ServiceError> {
        Self::find(function).map(|()| "$LATEST".to_owned())
    }

    fn resource_policy(&self, _function: &FunctionReference) -> Option<cloud_core::Document> {
        None
    }

    fn tags(&self, _: &FunctionReference) -> Vec<(String, String)> {
        Vec::new()
    }

    fn may_invoke(&self, _function: &FunctionReference, _service: &str, _source_arn: &str) -> bool {
        true
    }
}

/// Stands in for CloudWatch Logs: groups that the test names, and what was written.
#[derive(Default)]
pub(crate) struct Logs {
    pub(crate) groups: Mutex<BTreeSet<String>>,
    pub(crate) lines: Mutex<Vec<String>>,
    /// The groups that somebody waited for.
    pub(crate) flushed: Mutex<Vec<String>>,
    /// Whether writing fails.
    pub(crate) is_broken: std::sync::atomic::AtomicBool,
}

impl LogWriter for Logs {
    fn write<'a>(
        &'a self,
        _location: &'a Location,
        _group: &'a str,
        _stream: &'a str,
        lines: Vec<(Timestamp, String)>,
    ) -> PortFuture<'a, Result<(), ServiceError>> {
        Box::pin(async move {
            if self.is_broken.load(std::sync::atomic::Ordering::SeqCst) {
                return Err(ServiceError::internal("broken"));
            }
            self.lines.lock().unwrap().extend(lines.into_iter().map(|(_, line)| line));
            Ok(())
        })
    }

    fn flush<'a>(&'a self, _location: &'a Location, group: &'a str) -> PortFuture<'a, ()> {
        Box::pin(async move { self.flushed.lock().unwrap().push(group.to_owned()) })
    }

    fn has_group(&self, _location: &Location, group: &str) -> bool {
        self.groups.lock().unwrap().contains(group)
    }
}

/// Stands in for IAM: each role trusts one principal, a service or an account.
#[derive(Default)]
pub(crate) struct Roles {
    pub(crate) trusted: Mutex<BTreeMap<String, String>>,
}

impl RoleDirectory for Roles {
    fn trust(&self, role_arn: &str, principal: Principal<'_>) -> RoleTrust {
        let trusted = self.trusted.lock().unwrap();
        let Some(trusts) = trusted.get(role_arn) else { return RoleTrust::Missing };
        let is_it = match principal {
            Principal::Service { name, .. } => trusts == name,
            Principal::Task { role, .. } => Account::of_arn(role).is_some_and(|account| account.as_str() == trusts),
        };
        if is_it { RoleTrust::Trusted } else { RoleTrust::Refused }
    }

    fn may_do_all(&self, _actor: cloud_core::Actor<'_>, _resource_arn: &str) -> bool {
        true
    }

    fn identify(&self, _actor: cloud_core::Actor<'_>) -> cloud_core::CallerIdentity {
        let account = cloud_core::Account::default();
        cloud_core::CallerIdentity { arn: account.global_arn("iam", "root"), id: account.as_str().to_owned(), account }
    }

    fn permit(&self, _asked: &cloud_core::Permit<'_>) -> Result<(), cloud_core::Refused> {
        Ok(())
    }

    fn open_session(&self, _role_arn: &str, _principal: Principal<'_>, _session_name: &str) -> Option<RoleCredentials> {
        None
    }

    fn roles_propagate_slowly(&self) -> bool {
        false
    }
}

/// Stands in for the router: it serves Step Functions alone, and lets what writes run to its end.
#[derive(Default)]
pub(crate) struct Router {
    states: OnceLock<Weak<States>>,
}

impl Dispatch for Router {
    fn dispatch(&self, request: Request) -> PortFuture<'static, Result<Response, ServiceError>> {
        let states = self.states.get().and_then(Weak::upgrade);
        Box::pin(async move {
            let states = states.ok_or_else(|| ServiceError::internal("gone"))?;
            let service = Routed::new(&INFO, OPERATIONS, states);
            let (found, _) = service
                .find(&request)
                .ok_or_else(|| ServiceError::not_implemented(request.target_operation().unwrap_or_default()))?;
            if !found.access.writes() {
                return service.call(found, &request).await;
            }
            tokio::spawn(async move { service.call(found, &request).await }).await.unwrap()
        })
    }
}

/// Lets every other task that is ready go on once.
pub(crate) async fn turn() {
    let mut is_over = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut is_over, true) {
            return std::task::Poll::Ready(());
        }
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}
