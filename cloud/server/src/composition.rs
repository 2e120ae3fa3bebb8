//! Puts the services together: each gets the handles it uses, and the router gets all of them.
//!
//! A new service is one crate, one line where it is opened and one in the list of [`services`].

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use cloud_apigateway::Apis;
use cloud_core::{
    Changes, Clock, ClockMover, CountedLogs, Dispatch, FaultInjection, FunctionInvoker, Inhabited, Location, LogWriter,
    PortFuture, Random, Request, Response, RoleDirectory, Routed, Service, ServiceError, Stop, TcpSockets, Topic,
};
use cloud_iam::{Iam, sts};
use cloud_lambda::{CODE_PATH, Functions, Machine, Part, ProcessRunner, ProcessRunnerSettings, Runner};
use cloud_logs::Logs;
use cloud_states::{ForkRequest, Forked, MockedStart, States};
use cloud_store::{Store, StoreError};
use jiff::Timestamp;

use super::admin;
use super::backup::{self, BackupError, Contents, Source};
use super::data_dir::DataDir;
use super::file_error::FileError;
use super::guard::Permissions;
use super::http::{Host, at_own_name, foreign_host, is_endpoint_in_path};
use super::router::{InternalDispatch, Router};
use super::time::{self, Aim, CloudTime, MoveError};

/// What a cloud is made of: where its state is, its clock, its source of random values, and what runs functions.
pub struct Composition {
    /// The durable store, or one in memory.
    pub store: Store,
    /// The folder of the functions' code.
    pub functions_dir: PathBuf,
    /// Where it listens, as clients are told.
    pub address: SocketAddr,
    /// The time.
    pub clock: Clock,
    /// Chance: identifiers, tokens and draws.
    pub random: Random,
    /// Runs functions: processes of this machine, or a simulation.
    pub runner: Arc<dyn Runner>,
    /// Given when the cloud is to end.
    pub stop: Stop,
    /// The mock configuration of Step Functions Local, where `SFN_MOCK_CONFIG` names one.
    pub mock_config: Option<PathBuf>,
}

/// An embedded cloud that answers requests.
pub struct Cloud {
    pub(crate) faults: FaultInjection,
    pub(crate) address: SocketAddr,
    pub(crate) started_at: Timestamp,
    pub(crate) stop: Stop,
    pub(crate) time: CloudTime,
    data_dir: DataDir,
    /// What functions are kept apart with, once it is known.
    pub(crate) sandbox: OnceLock<String>,
    runner: Arc<dyn Runner>,
    store: Store,
    pub(crate) clock: Clock,
    pub(crate) router: Arc<Router>,
    /// Calls services as the cloud's own page does.
    pub(crate) dispatch: Arc<dyn Dispatch>,
    /// Counts what can be seen anew.
    pub(crate) changes: Changes,
    pub(crate) iam: Arc<Iam>,
    logs: Arc<Logs>,
    functions: Arc<Functions>,
    pub(crate) states: Arc<States>,
    apis: Arc<Apis>,
}

impl Cloud {
    /// Opens every service on the store; nothing runs before [`Cloud::resume`].
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn open(composition: Composition) -> Result<Arc<Self>, StoreError> {
        let Composition { store, functions_dir, address, clock, random, runner, stop, mock_config } = composition;
        time::restore(&store, &clock)?;
        let data_dir = DataDir::new(functions_dir.parent().unwrap_or(&functions_dir));
        let faults = FaultInjection::new(clock.clone());
        let dispatch = Arc::new(InternalDispatch::default());
        let changes = Changes::new();
        let iam = Arc::new(Iam::open(&store, clock.clone(), random.fork(), faults.clone())?);
        let roles = Arc::clone(&iam) as Arc<dyn RoleDirectory>;
        let logs = Arc::new(Logs::open(&store, clock.clone())?);
        let log_writer: Arc<dyn LogWriter> = Arc::new(CountedLogs::new(logs.clone(), changes.clone()));
        let functions = Functions::open(cloud_lambda::Handles {
            store: store.clone(),
            code_folder: functions_dir,
            clock: clock.clone(),
            random: random.fork(),
            faults: faults.clone(),
            logs: Arc::clone(&log_writer),
            roles: Arc::clone(&roles),
            runner: Arc::clone(&runner),
            endpoint_url: endpoint(address),
        })?;
        let invoker = Arc::clone(&functions) as Arc<dyn FunctionInvoker>;
        logs.deliver_to(&invoker);
        let states = States::open(cloud_states::Handles {
            store: store.clone(),
            clock: clock.clone(),
            random: random.fork(),
            faults: faults.clone(),
            functions: Arc::clone(&invoker),
            logs: log_writer,
            roles: Arc::clone(&roles),
            dispatch: Arc::clone(&dispatch) as Arc<dyn Dispatch>,
            changes: changes.clone(),
            stop: stop.clone(),
            mock_config,
        })?;
        let apis = Arc::new(Apis::open(cloud_apigateway::Handles {
            store: store.clone(),
            clock: clock.clone(),
            random: random.fork(),
            faults: faults.clone(),
            functions: invoker,
            roles: Arc::clone(&roles),
            dispatch: Arc::clone(&dispatch) as Arc<dyn Dispatch>,
            endpoint_port: address.port(),
        })?);
        let services = services(&states, &functions, &logs, &apis, &iam);
        let router = Router::new(services, faults.clone(), clock.clone(), changes.clone(), Permissions::new(roles));
        Ok(Arc::new(Self {
            faults,
            address,
            started_at: clock.machine().now(),
            stop,
            time: CloudTime::new(clock.clone(), store.clone(), Arc::clone(&states)),
            data_dir,
            sandbox: OnceLock::new(),
            runner,
            store,
            clock,
            router: dispatch.connected(router),
            dispatch,
            changes,
            iam,
            logs,
            functions,
            states,
            apis,
        }))
    }

    /// Continues what was under way when the cloud ended; called once, when it is ready to serve.
    pub fn resume(&self) {
        self.states.resume();
        self.functions.resume();
        self.logs.resume();
    }

    /// Finds out what functions are kept apart with, and says so in the log. Whoever starts a function first waits for it.
    pub async fn find_protection(&self) {
        let protection = self.runner.protection().await;
        tracing::info!(target: "cloud::lifecycle", "functions are kept apart with {protection}");
        // It is found once.
        let _ = self.sandbox.set(protection);
    }

    /// Answers one request, whoever it is for.
    pub async fn answer(&self, mut request: Request) -> Response {
        self.enter_session_account(&mut request);
        match Host::of(&request) {
            Host::Service if request.path.starts_with(admin::PREFIX) => admin::handle(self, &request).await,
            Host::Service if request.path.starts_with(CODE_PATH) => self.functions.fetch_code(&request).await,
            Host::Service => self.router.answer(request).await,
            host @ (Host::Api(_) | Host::FunctionUrl(_)) if is_endpoint_in_path(&request) => {
                let answer = self.answer_endpoint(&host, request).await;
                // A page that a function answers is not the cloud's own, although it has the cloud's origin.
                answer.with_header("content-security-policy", "sandbox allow-scripts allow-forms")
            }
            host @ (Host::Api(_) | Host::FunctionUrl(_)) => self.answer_endpoint(&host, request).await,
            Host::Foreign => foreign_host(),
        }
    }

    /// Ends what runs, and closes the store; what waits continues at the next start.
    ///
    /// # Errors
    /// When the last changes could not be written.
    pub async fn stop(&self) -> Result<(), StoreError> {
        self.states.stop().await;
        self.functions.stop();
        self.store.flush().await
    }

    /// Writes all that the cloud holds to a new file, while it goes on.
    pub(crate) async fn back_up(&self, file: &Path) -> Result<Contents, BackupError> {
        // A zip that the copy of the store names stays until it is in the file.
        let _no_zip_goes = self.functions.prevent_code_removal().await;
        let store = self.store.clone();
        let data_dir = self.data_dir.clone();
        let created_at = self.clock.machine().now();
        let file = file.to_owned();
        let write = move || backup::write(&Source { store: &store, data_dir: &data_dir, created_at }, &file);
        let written = tokio::task::spawn_blocking(write).await;
        written.unwrap_or_else(|error| Err(FileError::new(self.data_dir.root(), std::io::Error::other(error)).into()))
    }

    /// Ends the waits that an execution is in; gives the names of the states that waited.
    pub(crate) async fn skip(&self, execution_arn: &str) -> Result<Vec<String>, ServiceError> {
        self.states.skip(execution_arn).await
    }

    /// Starts an execution where another one was.
    pub(crate) async fn fork(&self, request: ForkRequest) -> Result<Forked, ServiceError> {
        self.states.fork(request).await
    }

    /// Starts an execution whose tasks mocks answer; gives its ARN.
    pub(crate) async fn start_mocked(&self, asked: MockedStart) -> Result<String, ServiceError> {
        self.states.start_mocked(asked).await
    }

    /// How many stored values could not be read.
    #[must_use]
    pub fn unreadable_rows(&self) -> usize {
        self.iam.unreadable_rows()
            + self.logs.unreadable_rows()
            + self.functions.unreadable_rows()
            + self.states.unreadable_rows()
            + self.apis.unreadable_rows()
    }

    /// Every service with its operations, in the order of the composition.
    pub fn services(&self) -> impl Iterator<Item = &Arc<dyn Service>> {
        self.router.services()
    }

    /// The endpoint for AWS clients, such as `http://127.0.0.1:4566`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        endpoint(self.address)
    }

    /// The credentials of an assumed role act in the role's account.
    fn enter_session_account(&self, request: &mut Request) {
        let Some(scope) = &mut request.scope else { return };
        if let Some(account) = self.iam.session_account(&scope.access_key) {
            scope.location = Location::new(account, scope.location.region());
        }
    }

    async fn answer_endpoint(&self, host: &Host, request: Request) -> Response {
        let machine = self.clock.machine();
        let began_at = machine.now();
        let (id, response, request) = match host {
            Host::FunctionUrl(id) => {
                let region = self.functions.url_region(id).unwrap_or_default();
                let request = at_own_name(request, &region);
                (id.as_str(), self.functions.answer_url(id, &request).await, request)
            }
            Host::Api(id) => {
                let request = at_own_name(request, "");
                (id.as_str(), self.apis.execute(id, &request).await, request)
            }
            Host::Service | Host::Foreign => ("", foreign_host(), request),
        };
        let duration_ms = machine.since(began_at).as_secs_f64() * 1_000.0;
        let operation = format!("{id}: {} {}", request.method, request.path);
        tracing::info!(target: "cloud::request", operation, status = response.status, duration_ms, request_id = %request.id);
        response
    }
}

impl Inhabited for Cloud {
    fn locations(&self) -> BTreeSet<Location> {
        let Self { states, functions, apis, logs, .. } = self;
        let found = [states.locations(), functions.locations(), apis.locations(), logs.locations()];
        found.into_iter().flatten().collect()
    }
}

impl ClockMover for Cloud {
    fn advance<'a>(&'a self, by_ms: u64) -> PortFuture<'a, Result<Timestamp, ServiceError>> {
        Box::pin(async move {
            let moved = self.time.move_clock(Aim::AdvanceMs(by_ms), self.stop.given()).await;
            self.changes.mark(|| [Topic::settings()]);
            match moved {
                Ok(moved) => Ok(moved.to),
                Err(error @ MoveError::Store { .. }) => Err(ServiceError::internal(error.to_string())),
                Err(error) => Err(ServiceError::new(409, "ConflictException", error.to_string())),
            }
        })
    }
}

/// All services, as the router and the documentation list them.
fn services(
    states: &Arc<States>,
    functions: &Arc<Functions>,
    logs: &Arc<Logs>,
    apis: &Arc<Apis>,
    iam: &Arc<Iam>,
) -> Vec<Arc<dyn Service>> {
    vec![
        Arc::new(
            Routed::new(&cloud_states::INFO, cloud_states::OPERATIONS, Arc::clone(states))
                .with_tags(cloud_states::resource_tags)
                .finding(cloud_states::resource),
        ),
        Arc::new(
            Routed::new(&cloud_lambda::INFO, cloud_lambda::OPERATIONS, Arc::clone(functions))
                .with_policies(cloud_lambda::resource_policy)
                .with_tags(cloud_lambda::resource_tags),
        ),
        Arc::new(
            Routed::new(&cloud_logs::INFO, cloud_logs::OPERATIONS, Arc::clone(logs))
                .with_tags(cloud_logs::resource_tags),
        ),
        Arc::new(
            Routed::new(&cloud_apigateway::INFO, cloud_apigateway::OPERATIONS, Arc::clone(apis))
                .with_tags(cloud_apigateway::resource_tags),
        ),
        Arc::new(
            Routed::new(&cloud_iam::INFO, cloud_iam::OPERATIONS, Arc::clone(iam)).with_tags(cloud_iam::resource_tags),
        ),
        Arc::new(Routed::new(&sts::INFO, sts::OPERATIONS, Arc::clone(iam))),
    ]
}

/// The functions' runner of a real cloud: processes of this machine, each with this program as its supervisor.
pub(crate) fn process_runner(
    data_dir: &DataDir,
    address: SocketAddr,
    sockets: TcpSockets,
    without: Vec<Part>,
    clock: &Clock,
    random: &Random,
) -> Arc<dyn Runner> {
    let settings = ProcessRunnerSettings {
        code_folder: data_dir.functions(),
        data_folder: data_dir.root().to_owned(),
        endpoint_url: endpoint(address),
        supervisor: this_program(),
        machine_clock: Clock::system(),
        sockets,
        machine: Machine::this(),
        without,
    };
    Arc::new(ProcessRunner::new(settings, clock.machine(), random))
}

/// This very program: on Linux even when its file has been replaced meanwhile.
fn this_program() -> PathBuf {
    let own = PathBuf::from("/proc/self/exe");
    if own.exists() { own } else { std::env::current_exe().unwrap_or(own) }
}

fn endpoint(address: SocketAddr) -> String {
    format!("http://{address}")
}

/// Whether a task with this `Resource`, an item reader or a result writer can be done here, by the tables of the services. What
/// is no `Resource` at all is not for this function to judge.
pub fn serves_task(resource: &str) -> bool {
    cloud_states::serves_task(resource, |name| cloud_logs::OPERATIONS.iter().any(|served| served.info.name == name))
}
