//! Prints how long it takes to page through a history of about 25,000 events, and to start again with ended executions.
//!
//! `cargo run --release -p cloud-states --example figures [ENDED_EXECUTIONS]`

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "it measures, and tells what it has measured")]

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use cloud_core::{
    Changes, Clock, Dispatch, FaultInjection, FunctionInvoker, FunctionReference, Invocation, Location, LogWriter,
    PortFuture, Principal, Random, Request, Response, RoleCredentials, RoleDirectory, RoleTrust, Routed, Service,
    ServiceError, Stop,
};
use cloud_states::{Handles, INFO, OPERATIONS, States};
use cloud_store::Store;
use jiff::Timestamp;
use serde_json::{Value, json};

type Failure = Box<dyn Error + Send + Sync>;

/// How many items the Map state has whose history is read: four events each, and six for the rest.
const ITEMS: usize = 6_000;

/// Stands in for every other service: it trusts every role and has nothing else.
struct Nothing;

impl FunctionInvoker for Nothing {
    fn invoke<'a>(
        &'a self,
        function: &'a FunctionReference,
        _payload: Bytes,
    ) -> PortFuture<'a, Result<Invocation, ServiceError>> {
        Box::pin(async { Err(function.not_found()) })
    }

    fn invoke_later<'a>(
        &'a self,
        function: &'a FunctionReference,
        _payload: Bytes,
    ) -> PortFuture<'a, Result<String, ServiceError>> {
        Box::pin(async { Err(function.not_found()) })
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

    fn may_invoke(&self, _function: &FunctionReference, _service: &str, _source_arn: &str) -> bool {
        false
    }
}

impl LogWriter for Nothing {
    fn write<'a>(
        &'a self,
        _location: &'a Location,
        _group: &'a str,
        _stream: &'a str,
        _lines: Vec<(Timestamp, String)>,
    ) -> PortFuture<'a, Result<(), ServiceError>> {
        Box::pin(async { Ok(()) })
    }

    fn flush<'a>(&'a self, _location: &'a Location, _group: &'a str) -> PortFuture<'a, ()> {
        Box::pin(async {})
    }

    fn has_group(&self, _location: &Location, _group: &str) -> bool {
        false
    }
}

impl RoleDirectory for Nothing {
    fn trust(&self, _role_arn: &str, _principal: Principal<'_>) -> RoleTrust {
        RoleTrust::Trusted
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

impl Dispatch for Nothing {
    fn dispatch(&self, _request: Request) -> PortFuture<'static, Result<Response, ServiceError>> {
        Box::pin(async { Err(ServiceError::not_implemented("everything")) })
    }
}

fn open(folder: &Path) -> Result<Arc<States>, Failure> {
    let clock = Clock::system();
    Ok(States::open(Handles {
        store: Store::open(folder)?,
        faults: FaultInjection::new(clock.clone()),
        clock,
        random: Random::from_system()?,
        functions: Arc::new(Nothing),
        logs: Arc::new(Nothing),
        roles: Arc::new(Nothing),
        dispatch: Arc::new(Nothing),
        changes: Changes::new(),
        stop: Stop::new(),
        mock_config: None,
    })?)
}

async fn call(states: &Arc<States>, operation: &str, input: &Value) -> Result<Value, Failure> {
    let request = Request::internal("id".to_owned(), Timestamp::now(), &Location::default(), "states");
    let request = request.with_target("AWSStepFunctions", operation, input.to_string());
    let service = Routed::new(&INFO, OPERATIONS, Arc::clone(states));
    let (found, _) = service.find(&request).ok_or("it is not served")?;
    Ok(serde_json::from_slice(&service.call(found, &request).await?.body)?)
}

async fn create(states: &Arc<States>, name: &str, definition: &Value) -> Result<Value, Failure> {
    let role = "arn:aws:iam::000000000000:role/r";
    let input = json!({"name": name, "definition": definition.to_string(), "roleArn": role});
    Ok(call(states, "CreateStateMachine", &input).await?["stateMachineArn"].clone())
}

/// Reads all pages of a list, and tells how many items there were.
async fn pages(states: &Arc<States>, operation: &str, member: &str, mut input: Value) -> Result<usize, Failure> {
    let mut items = 0;
    loop {
        let page = call(states, operation, &input).await?;
        items += page[member].as_array().map_or(0, Vec::len);
        if page["nextToken"].is_null() {
            return Ok(items);
        }
        input["nextToken"] = page["nextToken"].clone();
    }
}

async fn history(states: &Arc<States>) -> Result<(), Failure> {
    let pass = json!({"StartAt": "S", "States": {"S": {"Type": "Pass", "End": true}}});
    let map = json!({"StartAt": "M", "States": {"M": {"Type": "Map", "ItemProcessor": pass, "End": true}}});
    let machine = create(states, "map", &map).await?;
    let items = json!(vec![0; ITEMS]).to_string();
    let started = call(states, "StartExecution", &json!({"stateMachineArn": machine, "input": items})).await?;
    let execution = &started["executionArn"];
    while call(states, "DescribeExecution", &json!({"executionArn": execution})).await?["status"] == "RUNNING" {
        tokio::task::yield_now().await;
    }
    for reverse in [false, true] {
        let begun = Instant::now();
        let input = json!({"executionArn": execution, "reverseOrder": reverse});
        let events = pages(states, "GetExecutionHistory", "events", input).await?;
        println!("history: {events} events in pages of 100, reverse {reverse}: {:?}", begun.elapsed());
    }
    Ok(())
}

/// Starts executions of one state, 128 at a time, and gives the state machine.
async fn start_many(states: &Arc<States>, name: &str, state: &Value, count: usize) -> Result<Value, Failure> {
    let machine = create(states, name, &json!({"StartAt": "S", "States": {"S": state}})).await?;
    let begun = Instant::now();
    let mut starting = tokio::task::JoinSet::new();
    for worker in 0..128 {
        let states = Arc::clone(states);
        let input = json!({"stateMachineArn": machine, "input": "{\"payload\":\"some text of an ordinary length\"}"});
        starting.spawn(async move {
            for _ in (worker..count).step_by(128) {
                call(&states, "StartExecution", &input).await?;
            }
            Ok::<(), Failure>(())
        });
    }
    while let Some(ended) = starting.join_next().await {
        ended??;
    }
    println!("started {count} executions of {name}: {:?}", begun.elapsed());
    Ok(machine)
}

/// Resident memory, in KiB; zero where the system does not tell.
fn memory_kib() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}

/// Ends the service and opens it again.
async fn restart(states: Arc<States>, folder: &Path, what: &str) -> Result<Arc<States>, Failure> {
    states.stop().await;
    drop(states);
    loop {
        // A task that was just told to end still holds the store for an instant.
        tokio::task::yield_now().await;
        let begun = Instant::now();
        if let Ok(states) = open(folder) {
            let opened = begun.elapsed();
            states.resume();
            println!("restart with {what}: open {opened:?}, resumed after {:?}", begun.elapsed());
            return Ok(states);
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let count = std::env::args().nth(1).map_or(Ok(100_000), |count| count.parse())?;
    let folder = tempfile::tempdir()?;
    let states = open(folder.path())?;
    states.resume();
    history(&states).await?;
    let machine = start_many(&states, "pass", &json!({"Type": "Pass", "End": true}), count).await?;
    let states = restart(states, folder.path(), &format!("{count} ended executions")).await?;
    let begun = Instant::now();
    call(&states, "ListExecutions", &json!({"stateMachineArn": machine})).await?;
    println!("one page of ListExecutions: {:?}", begun.elapsed());
    let begun = Instant::now();
    let listed =
        pages(&states, "ListExecutions", "executions", json!({"stateMachineArn": machine, "maxResults": 1000}));
    println!("all {} executions listed: {:?}", listed.await?, begun.elapsed());
    start_many(&states, "wait", &json!({"Type": "Wait", "Seconds": 86_400, "End": true}), count).await?;
    restart(states, folder.path(), &format!("as many ended, and {count} that wait")).await?;
    println!("resident memory then: {} KiB", memory_kib());
    Ok(())
}
