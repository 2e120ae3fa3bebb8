//! Finds the service a request is for.

use std::sync::Arc;

use super::arn::{Account, Region};
use super::error::ServiceError;
use super::eventual::{self, Call};
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
pub(crate) async fn dispatch(cloud: Arc<Cloud>, mut request: Request) -> Response {
    enter_session_account(&cloud, &mut request);
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
    let shown = cloud.eventual.shown().and_then(|shown| Some((shown, call(&target, &request)?)));
    let answer = match (&request.scope, shown) {
        (None, _) => Err(unsigned()),
        (Some(_), None) => handle(&cloud, target, &request).await,
        // In a box of its own, so that requests stay small where nothing is shown.
        (Some(_), Some((shown, call))) => {
            let work = handle(&cloud, target, &request);
            Box::pin(eventual::answer(&cloud, shown, call, &request, work)).await
        }
    };
    answer.unwrap_or_else(|error| protocol.error(&error, &request.id))
}

/// The credentials of an assumed role act in the role's account.
fn enter_session_account(cloud: &Cloud, request: &mut Request) {
    let Some(scope) = &mut request.scope else { return };
    let session = cloud.iam.sessions.get(&scope.access_key);
    if let Some(account) = session.and_then(|session| Account::of_arn(&session.arn)) {
        scope.region = Region::of(account, scope.region.as_str());
    }
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

/// What the request does to a service; none for what is not there.
fn call(target: &Target, request: &Request) -> Option<Call> {
    match target {
        Target::StepFunctions(operation) => Some(Call::step_functions(operation)),
        Target::Logs(operation) => Some(Call::logs(operation, request)),
        Target::Iam => Some(Call::iam(&Form::of(request))),
        Target::Sts => Some(Call::sts()),
        Target::Lambda => Some(Call::lambda(request)),
        Target::ApiGateway => Some(Call::api_gateway(request)),
        Target::Unknown(..) | Target::Private => None,
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

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn asked(method: &str, uri: &str, headers: &[(&str, &str)], body: &str) -> Target {
        let start = hyper::Request::builder().method(method).uri(uri);
        let builder = headers.iter().fold(start, |builder, (name, value)| builder.header(*name, *value));
        let (parts, ()) = builder.body(()).unwrap().into_parts();
        let body = Bytes::copy_from_slice(body.as_bytes());
        let (source, now) = ("127.0.0.1:1".parse().unwrap(), "2026-01-01T00:00:00Z".parse().unwrap());
        target(&Request::new(parts, body, source, now))
    }

    fn signed(service: &str) -> String {
        format!("AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, Signature=x")
    }

    #[test]
    fn the_target_header_names_service_and_operation() {
        let of = |target: &str| asked("POST", "/", &[("x-amz-target", target)], "{}");
        assert_eq!(of("AWSStepFunctions.StartExecution"), Target::StepFunctions("StartExecution".to_owned()));
        assert_eq!(of("Logs_20140328.PutLogEvents"), Target::Logs("PutLogEvents".to_owned()));
        assert_eq!(
            of("DynamoDB_20120810.GetItem"),
            Target::Unknown(Protocol::Json11, "DynamoDB_20120810.GetItem".to_owned())
        );
    }

    #[test]
    fn else_the_signature_names_the_service() {
        let of = |service: &str, uri: &str| asked("POST", uri, &[("authorization", &signed(service))], "Action=x");
        assert_eq!(of("iam", "/"), Target::Iam);
        assert_eq!(of("sts", "/"), Target::Sts);
        assert_eq!(of("lambda", "/2015-03-31/functions"), Target::Lambda);
        assert_eq!(of("apigateway", "/v2/apis"), Target::ApiGateway);
        assert_eq!(
            of("apigateway", "/restapis"),
            Target::Unknown(Protocol::Rest, "apigateway: POST /restapis".to_owned())
        );
        assert_eq!(of("s3", "/_workshop/health"), Target::Private);
    }

    #[test]
    fn an_unsigned_request_is_refused_in_its_own_protocol() {
        assert_eq!(asked("POST", "/", &[], "Action=CreateRole"), Target::Iam);
        assert_eq!(asked("GET", "/v2/apis", &[], ""), Target::ApiGateway);
        assert_eq!(asked("GET", "/2015-03-31/functions", &[], ""), Target::Lambda);
    }
}
