//! Tests of the service through its operations: with closures for functions, a clock moved by hand and a seed.

mod accounts;
mod async_events;
mod attached;
mod destinations;
mod determinism;
mod dropped;
mod faults;
mod invocations;
mod kept_logs;
mod operations;
mod permissions;
mod qualifiers;
mod restart;
mod settings;

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use cloud_core::{
    Clock, ClockControl, FaultInjection, Location, Principal, Random, Request, Response, RoleCredentials,
    RoleDirectory, RoleTrust, Routed, Service, ServiceError,
};
use cloud_store::Store;
use hyper::Method;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::runtime::{InvocationEvent, SimulatedRun, SimulatedRunner};
use crate::{Functions, Handles, INFO, OPERATIONS};

pub(crate) use kept_logs::KeptLogs;

/// Where the cloud would be.
pub(crate) const ENDPOINT: &str = "http://127.0.0.1:4566";

/// Every role trusts Lambda.
#[derive(Default)]
pub(crate) struct AllRoles {
    /// How often somebody was asked about.
    pub(crate) asked: std::sync::atomic::AtomicUsize,
}

impl RoleDirectory for AllRoles {
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
        self.asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Ok(())
    }

    fn open_session(&self, _role_arn: &str, _principal: Principal<'_>, _session_name: &str) -> Option<RoleCredentials> {
        None
    }

    fn roles_propagate_slowly(&self) -> bool {
        false
    }
}

/// One Lambda with everything that belongs to it; clones share it.
#[derive(Clone)]
pub(crate) struct Fixture {
    pub(crate) functions: Arc<Functions>,
    pub(crate) store: Store,
    pub(crate) logs: Arc<KeptLogs>,
    pub(crate) clock: Clock,
    pub(crate) control: ClockControl,
    pub(crate) faults: FaultInjection,
    pub(crate) folder: Arc<tempfile::TempDir>,
}

impl Fixture {
    /// Functions that answer with their event.
    pub(crate) fn new() -> Self {
        Self::with(|_, event| SimulatedRun::answers(&serde_json::from_slice(&event.payload).unwrap()))
    }

    /// Functions that do this.
    pub(crate) fn with(
        handler: impl Fn(&crate::FunctionVersion, &InvocationEvent) -> SimulatedRun + Send + Sync + 'static,
    ) -> Self {
        Self::seeded(1, handler)
    }

    /// The same, with a seed.
    pub(crate) fn seeded(
        seed: u64,
        handler: impl Fn(&crate::FunctionVersion, &InvocationEvent) -> SimulatedRun + Send + Sync + 'static,
    ) -> Self {
        Self::run_by(seed, |clock| SimulatedRunner::new(clock, handler))
    }

    /// The same, with the runner that is made with its clock.
    pub(crate) fn run_by(seed: u64, runner: impl FnOnce(Clock) -> SimulatedRunner) -> Self {
        let (clock, control) = Clock::moved_by_hand(start());
        let runner = Arc::new(runner(clock.clone()));
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let store = Store::in_memory().unwrap();
        let logs = Arc::new(KeptLogs::default());
        let faults = FaultInjection::new(clock.clone());
        let handles = Handles {
            store: store.clone(),
            code_folder: folder.path().to_owned(),
            clock: clock.clone(),
            random: Random::from_seed(seed),
            faults: faults.clone(),
            logs: logs.clone(),
            roles: Arc::new(AllRoles::default()),
            runner,
            endpoint_url: ENDPOINT.to_owned(),
        };
        let functions = Functions::open(handles).unwrap();
        Self { functions, store, logs, clock, control, faults, folder }
    }

    /// Another Lambda on the same store and folder, as after a restart.
    pub(crate) fn reopened(&self) -> Arc<Functions> {
        Functions::open(handles(self)).unwrap()
    }

    /// Sends a request as a client of the default account.
    pub(crate) async fn send(&self, method: &str, path: &str, body: &Value) -> Result<Response, ServiceError> {
        self.send_as(&Location::default(), method, path, body).await
    }

    /// Sends a request as a client of some account.
    pub(crate) async fn send_as(
        &self,
        location: &Location,
        method: &str,
        path: &str,
        body: &Value,
    ) -> Result<Response, ServiceError> {
        let request = request(location, self.clock.now(), method, path, body);
        answer(&self.functions, &self.faults, request).await
    }

    /// The JSON answer of a request that must succeed.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        value(&self.send(method, path, body).await.unwrap())
    }

    /// Creates a function.
    pub(crate) async fn create(&self, name: &str) -> Value {
        self.ask("POST", "/2015-03-31/functions", &creation(name, "code")).await
    }
}

/// What another Lambda on the same store and folder is given.
pub(crate) fn handles(lambda: &Fixture) -> Handles {
    Handles {
        store: lambda.store.clone(),
        code_folder: lambda.folder.path().to_owned(),
        clock: lambda.clock.clone(),
        random: Random::from_seed(2),
        faults: lambda.faults.clone(),
        logs: lambda.logs.clone(),
        roles: Arc::new(AllRoles::default()),
        runner: Arc::new(SimulatedRunner::new(lambda.clock.clone(), |_, _| SimulatedRun::hangs())),
        endpoint_url: ENDPOINT.to_owned(),
    }
}

pub(crate) fn start() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

/// What the router makes of a request, with injected faults.
pub(crate) async fn answer(
    functions: &Arc<Functions>,
    faults: &FaultInjection,
    mut request: Request,
) -> Result<Response, ServiceError> {
    let service = Routed::new(&INFO, OPERATIONS, Arc::clone(functions));
    let Some((operation, labels)) = service.find(&request) else {
        return Err(ServiceError::not_implemented(&format!("lambda: {} {}", request.method, request.path)));
    };
    request.labels = labels;
    faults.answer(&INFO, operation, &request, service.call(operation, &request)).await
}

pub(crate) fn request(location: &Location, now: Timestamp, method: &str, path: &str, body: &Value) -> Request {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    Request::internal("id".to_owned(), now, location, "lambda").with_path(method, path, query, body)
}

pub(crate) fn value(response: &Response) -> Value {
    if response.body.is_empty() { Value::Null } else { serde_json::from_slice(&response.body).unwrap() }
}

/// A zip with a `bootstrap` of this content.
pub(crate) fn zip(content: &str) -> String {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().unix_permissions(0o755);
    zip.start_file("bootstrap", options).unwrap();
    std::io::Write::write_all(&mut zip, content.as_bytes()).unwrap();
    BASE64_STANDARD.encode(zip.finish().unwrap().into_inner())
}

/// CreateFunction's input.
pub(crate) fn creation(name: &str, content: &str) -> Value {
    json!({
        "FunctionName": name,
        "Runtime": "provided.al2023",
        "Role": "arn:aws:iam::000000000000:role/r",
        "Handler": "bootstrap",
        "Code": {"ZipFile": zip(content)},
    })
}
