//! Finds the service a request is for.

use std::sync::Arc;

use super::error::ServiceError;
use super::form::Form;
use super::http::{Host, Request, Response};
use super::protocol::Protocol;
use super::{Cloud, apigw, iam, lambda, logs, private, sfn, sts};

/// Which service and operation a request names.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    Private,
    StepFunctions(String),
    Logs(String),
    Iam,
    Sts,
    Lambda,
    ApiGateway,
    Unknown(Protocol, String),
}

/// Answers one request.
pub(crate) async fn dispatch(cloud: Arc<Cloud>, request: Request) -> Response {
    match Host::parse(request.header("host").unwrap_or_default()) {
        Host::Service => {}
        Host::Api(id) => return apigw::execute(&cloud, &id, &request).await,
        Host::Foreign => return foreign_host(),
    }
    let target = target(&request);
    if target == Target::Private {
        return private::handle(&cloud, &request);
    }
    let protocol = protocol(&target);
    let answer = match request.scope {
        None => Err(unsigned()),
        Some(_) => handle(&cloud, target, &request).await,
    };
    answer.unwrap_or_else(|error| protocol.error(&error, &request.id))
}

async fn handle(cloud: &Arc<Cloud>, target: Target, request: &Request) -> Result<Response, ServiceError> {
    match target {
        Target::StepFunctions(operation) => sfn::handle(cloud, &operation, request).await,
        Target::Logs(operation) => logs::handle(cloud, &operation, request).await,
        Target::Iam => iam::handle(cloud, &Form::of(request), request).await,
        Target::Sts => sts::handle(cloud, &Form::of(request), request),
        Target::Lambda => lambda::handle(cloud, request).await,
        Target::ApiGateway => apigw::handle(cloud, request).await,
        Target::Unknown(_, name) => Err(ServiceError::not_implemented(&name)),
        Target::Private => Ok(private::handle(cloud, request)),
    }
}

fn protocol(target: &Target) -> Protocol {
    match target {
        Target::StepFunctions(_) => Protocol::Json10,
        Target::Logs(_) => Protocol::Json11,
        Target::Iam => Protocol::Query(iam::NAMESPACE),
        Target::Sts => Protocol::Query(sts::NAMESPACE),
        Target::Lambda => Protocol::LambdaRest,
        Target::ApiGateway | Target::Private => Protocol::Rest,
        Target::Unknown(protocol, _) => *protocol,
    }
}

fn target(request: &Request) -> Target {
    if request.path.starts_with("/_workshop/") {
        return Target::Private;
    }
    if let Some((service, operation)) = request.header("x-amz-target").and_then(|target| target.split_once('.')) {
        return match service {
            "AWSStepFunctions" => Target::StepFunctions(operation.to_owned()),
            "Logs_20140328" => Target::Logs(operation.to_owned()),
            other => Target::Unknown(Protocol::Json11, format!("{other}.{operation}")),
        };
    }
    match request.scope.as_ref().map(|scope| scope.service.as_str()) {
        Some("iam") => Target::Iam,
        Some("sts") => Target::Sts,
        Some("lambda") => Target::Lambda,
        Some("apigateway") if request.path.starts_with("/v2/") => Target::ApiGateway,
        Some(other) => Target::Unknown(Protocol::Rest, format!("{other}: {} {}", request.method, request.path)),
        None => unsigned_target(request),
    }
}

/// Without a signature only the form of the request tells the service; the answer is a refusal in its shape.
fn unsigned_target(request: &Request) -> Target {
    if request.path.starts_with("/v2/") {
        Target::ApiGateway
    } else if request.path.starts_with("/20") {
        Target::Lambda
    } else if Form::of(request).get("Action").is_some() {
        Target::Iam
    } else {
        Target::Unknown(Protocol::Rest, format!("{} {}", request.method, request.path))
    }
}

/// A page in a browser can make this machine send a request, but it cannot sign one: so no page can change anything here.
fn unsigned() -> ServiceError {
    ServiceError::new(
        403,
        "MissingAuthenticationToken",
        "Request is missing Authentication Token. Any credentials will do: access key test, secret key test.",
    )
}

fn foreign_host() -> Response {
    let message = "The Host header names another machine. The embedded cloud answers only to 127.0.0.1, localhost and names under .localhost.";
    Response::json(403, &serde_json::json!({ "message": message }))
}
