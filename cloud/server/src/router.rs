//! Finds the service and the operation that a request names, and answers it.

use std::sync::{Arc, OnceLock, Weak};

use jiff::Timestamp;

use cloud_core::{
    Answering, Changes, Clock, Dispatch, FaultInjection, Form, OperationInfo, PortFuture, Protocol, Request, Response,
    Service, ServiceError, ServiceInfo, Topic,
};

use super::guard::{Permissions, Refusal};

/// The services of the cloud, in the order of the composition.
pub(crate) struct Router {
    services: Vec<Arc<dyn Service>>,
    faults: FaultInjection,
    clock: Clock,
    changes: Changes,
    permissions: Permissions,
}

/// What a request names.
enum Target {
    /// An operation that is served.
    Operation(Arc<dyn Service>, &'static OperationInfo),
    /// A service that is served, but not this operation; named as IAM names it, or by method and path.
    UnknownOperation(&'static ServiceInfo, String),
    /// A service that is not served.
    UnknownService(Protocol, String),
}

impl Router {
    pub(crate) fn new(
        services: Vec<Arc<dyn Service>>,
        faults: FaultInjection,
        clock: Clock,
        changes: Changes,
        permissions: Permissions,
    ) -> Self {
        Self { services, faults, clock, changes, permissions }
    }

    /// Every service with its operations: what documentation and tests read.
    pub(crate) fn services(&self) -> impl Iterator<Item = &Arc<dyn Service>> {
        self.services.iter()
    }

    /// Answers one request to a service, in the service's own protocol.
    pub(crate) async fn answer(&self, mut request: Request) -> Response {
        let began_at = self.clock.machine().now();
        let target = self.target(&mut request);
        let name = target.name();
        let protocol = target.protocol();
        // The guard refuses most of them before their bodies are read.
        let lacks_signature = request.scope.is_none() && target.needs_signature();
        let answered = match target {
            _ if lacks_signature => Err(Refusal::Unsigned.error(protocol)),
            Target::Operation(service, operation) => {
                let work = async {
                    self.permissions.check(&*service, operation, &request)?;
                    service.call(operation, &request).await
                };
                let answered = self.faults.answer(service.info(), operation, &request, work).await;
                if operation.access.writes() {
                    self.changes.mark(|| topic(service.info(), operation, &request));
                }
                answered
            }
            Target::UnknownOperation(_, name) | Target::UnknownService(_, name) => {
                Err(ServiceError::not_implemented(&name))
            }
        };
        self.trace(&name, began_at, &request, &answered);
        answered.unwrap_or_else(|error| protocol.error(&error, &request.id))
    }

    /// The operation that a request names, as far as that can be told before its body is there.
    pub(crate) fn operation(&self, head: &Request) -> Option<&'static OperationInfo> {
        match self.target(&mut head.clone()) {
            Target::Operation(_, operation) => Some(operation),
            Target::UnknownOperation(..) | Target::UnknownService(..) => None,
        }
    }

    /// Refuses a request before its body is read, in the protocol of the service that it names.
    pub(crate) fn refuse(&self, head: &Request, error: impl FnOnce(Protocol) -> ServiceError) -> Response {
        let target = self.target(&mut head.clone());
        let error = error(target.protocol());
        let response = target.protocol().error(&error, &head.id);
        self.trace(&target.name(), self.clock.machine().now(), head, &Err(error));
        response
    }

    fn trace(
        &self,
        operation: &str,
        began_at: Timestamp,
        request: &Request,
        answered: &Result<Response, ServiceError>,
    ) {
        let duration_ms = self.clock.machine().since(began_at).as_secs_f64() * 1_000.0;
        let (status, error) = match answered {
            Ok(response) => (response.status, None),
            Err(error) => (error.status, Some(error)),
        };
        let code = error.map_or("", |error| error.code.as_str());
        let cause = error.map_or("", |error| error.message.as_str());
        match status {
            500.. => {
                tracing::error!(target: "cloud::request", operation, status, duration_ms, request_id = %request.id, code, cause);
            }
            400.. => {
                tracing::info!(target: "cloud::request", operation, status, duration_ms, request_id = %request.id, code, cause);
            }
            _ => tracing::info!(target: "cloud::request", operation, status, duration_ms, request_id = %request.id),
        }
    }

    /// The operation that a request names; the values of its path's labels are put into the request.
    fn target(&self, request: &mut Request) -> Target {
        let service = match request.header("x-amz-target").and_then(|target| target.split_once('.')) {
            Some((prefix, operation)) => {
                let found = self.services.iter().find(|service| service.info().target_prefix == Some(prefix));
                let unknown = || Target::UnknownService(Protocol::Json11, format!("{prefix}.{operation}"));
                match found {
                    Some(service) => service,
                    None => return unknown(),
                }
            }
            None => match self.by_signature(request) {
                Ok(service) => service,
                Err(unknown) => return unknown,
            },
        };
        match service.find(request) {
            Some((operation, labels)) => {
                request.labels = labels;
                request.protocol = Some(service.info().protocol);
                Target::Operation(Arc::clone(service), operation)
            }
            None => Target::UnknownOperation(service.info(), unknown_name(service.info(), request)),
        }
    }

    fn by_signature(&self, request: &Request) -> Result<&Arc<dyn Service>, Target> {
        let Some(scope) = &request.scope else {
            return self.by_form(request);
        };
        let name = scope.service.as_str();
        let is_served = name != "apigateway" || request.path.starts_with("/v2/");
        let found = self.services.iter().find(|service| is_served && service.info().signing_name == name);
        found.ok_or_else(|| unknown_service(name, request))
    }

    /// Without a signature only the form of the request tells the service; the answer is a refusal in its shape.
    fn by_form(&self, request: &Request) -> Result<&Arc<dyn Service>, Target> {
        let is_unsigned = |service: &&Arc<dyn Service>| {
            service.find(request).is_some_and(|(operation, _)| !operation.needs_signature)
        };
        if let Some(service) = self.services.iter().find(is_unsigned) {
            return Ok(service);
        }
        let action = Form::of(request).get("Action").unwrap_or_default().to_owned();
        let name = if request.path.starts_with("/v2/") {
            "apigateway"
        } else if request.path.starts_with("/20") {
            "lambda"
        } else if SAML.ends_with(&format!(":{action}")) {
            "sts"
        } else if !action.is_empty() || is_form(request) {
            "iam"
        } else {
            ""
        };
        let found = self.services.iter().find(|service| service.info().signing_name == name);
        found.ok_or_else(|| Target::UnknownService(Protocol::Rest, format!("{} {}", request.method, request.path)))
    }
}

/// What executions do and functions write is counted where it happens: these operations are no settings.
const RUNS: [&str; 12] = [
    "CreateLogStream",
    "GetActivityTask",
    "Invoke",
    "InvokeAsync",
    "InvokeWithResponseStream",
    "RedriveExecution",
    "SendTaskFailure",
    "SendTaskHeartbeat",
    "SendTaskSuccess",
    "StartExecution",
    "StartSyncExecution",
    "StopExecution",
];

/// What an operation that writes has changed.
fn topic(service: &ServiceInfo, operation: &OperationInfo, request: &Request) -> Option<Topic> {
    match operation.name {
        "PutLogEvents" if service.signing_name == "logs" => {
            let group = request.member("logGroupName")?;
            Some(Topic::log(&request.location(), &group))
        }
        name if RUNS.contains(&name) => None,
        _ => Some(Topic::settings()),
    }
}

/// A service that is not served, by the name that it is signed for: it is refused as its clients read refusals.
fn unknown_service(name: &str, request: &Request) -> Target {
    if is_form(request) {
        let protocol = if name == "ec2" { Protocol::Ec2 } else { Protocol::Query("https://aws.amazon.com/") };
        let action = Form::of(request).get("Action").unwrap_or_default().to_owned();
        return Target::UnknownService(protocol, format!("{name}:{action}"));
    }
    let protocol = if REST_XML.contains(&name) { Protocol::RestXml } else { Protocol::Rest };
    Target::UnknownService(protocol, format!("{name}: {} {}", request.method, request.path))
}

/// What is not served and is sent without a signature, as AWS has it: it is told that it is not there.
const SAML: &str = "sts:AssumeRoleWithSAML";
/// What the names of the services of user and identity pools begin with: their clients sign in with them.
pub(crate) const COGNITO: &str = "AWSCognitoIdentity";

/// Services whose errors are XML although their requests are no forms.
const REST_XML: [&str; 6] = ["s3", "s3express", "s3-object-lambda", "s3control", "route53", "cloudfront"];

/// Whether the body, which may not be there yet, is a form.
pub(crate) fn is_form(request: &Request) -> bool {
    request.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}

impl Target {
    /// The operation as the log names it: `states:StartExecution`.
    fn name(&self) -> String {
        match self {
            Self::Operation(service, operation) => format!("{}:{}", service.info().signing_name, operation.name),
            Self::UnknownOperation(_, name) | Self::UnknownService(_, name) => name.clone(),
        }
    }

    /// Whether it has to be signed.
    fn needs_signature(&self) -> bool {
        match self {
            Self::Operation(_, operation) => operation.needs_signature,
            Self::UnknownOperation(_, name) => name != SAML,
            Self::UnknownService(_, name) => !name.starts_with(COGNITO),
        }
    }

    fn protocol(&self) -> Protocol {
        match self {
            Self::Operation(service, _) => service.info().protocol,
            Self::UnknownOperation(info, _) => info.protocol,
            Self::UnknownService(protocol, _) => *protocol,
        }
    }
}

/// An operation that the service does not list, as IAM would name it, or by the part of the request that tells it.
fn unknown_name(service: &ServiceInfo, request: &Request) -> String {
    let name = service.signing_name;
    match service.protocol {
        Protocol::Json10 | Protocol::Json11 => format!("{name}:{}", request.target_operation().unwrap_or_default()),
        Protocol::Query(_) => format!("{name}:{}", Form::of(request).get("Action").unwrap_or_default()),
        Protocol::Rest | Protocol::LambdaRest | Protocol::Ec2 | Protocol::RestXml => {
            match service.absent_operation(request) {
                Some(operation) => format!("{name}:{operation}"),
                None => format!("{name}: {} {}", request.method, request.path),
            }
        }
    }
}

/// The router as the services call it from inside. It is set once the router is there, which itself holds the services.
#[derive(Default)]
pub(crate) struct InternalDispatch {
    router: OnceLock<Weak<Router>>,
}

impl InternalDispatch {
    /// Lets calls reach the router.
    pub(crate) fn connected(&self, router: Router) -> Arc<Router> {
        let router = Arc::new(router);
        // Only the composition connects it, once.
        let _ = self.router.set(Arc::downgrade(&router));
        router
    }
}

impl Dispatch for InternalDispatch {
    fn dispatch(&self, mut request: Request) -> PortFuture<'static, Result<Response, ServiceError>> {
        let router = self.router.get().and_then(Weak::upgrade);
        Box::pin(async move {
            let router = router.ok_or_else(ending)?;
            let (service, operation) = match router.target(&mut request) {
                Target::Operation(service, operation) => (service, operation),
                Target::UnknownOperation(_, name) | Target::UnknownService(_, name) => {
                    return Err(ServiceError::not_implemented(&name));
                }
            };
            router.permissions.check(&*service, operation, &request)?;
            if !operation.access.writes() {
                return service.call(operation, &request).await;
            }
            // Half an operation would be worse than one that nobody waited for: what writes runs to its end.
            let clock = router.clock.clone();
            let work = tokio::spawn(clock.part_of_work(async move { answer(&service, operation, &request).await }));
            work.await.unwrap_or_else(|_| Err(ending()))
        })
    }
}

fn answer<'a>(service: &'a Arc<dyn Service>, operation: &'static OperationInfo, request: &'a Request) -> Answering<'a> {
    service.call(operation, request)
}

fn ending() -> ServiceError {
    ServiceError::new(503, "ServiceUnavailable", "The embedded cloud is ending.")
}
