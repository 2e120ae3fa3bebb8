//! The table of the control plane's operations. IAM knows them by the method and the path
//! ([service authorization reference]).
//!
//! [service authorization reference]: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagementv2.html

use cloud_core::{
    Access, Binding, Need, Operation, Otherwise, Protocol, Quota, Request, RequestModel, Resource, ServiceError,
    ServiceInfo,
};

use crate::absent_operations::ABSENT;
use crate::control::{apis, authorizers, deployments, integrations, routes, stages, tags};
use crate::service::Apis;

/// The service.
pub static INFO: ServiceInfo = ServiceInfo::new("API Gateway v2", "apigateway", Protocol::Rest)
    .with_throttled(throttled)
    .with_failed(failed)
    .with_conflict(conflict)
    .with_absent(ABSENT)
    .with_requests(REQUESTS);

/// Two ranges have texts of their own. Whether the other constraints have AWS's usual words here is a guess.
const REQUESTS: RequestModel =
    RequestModel::new("apigatewayv2", "BadRequestException").with_wrong_type("BadRequestException").except(&[
        Otherwise::said("timeoutInMillis", "", "Timeout should be between 50 ms and 30000 ms"),
        Otherwise::said("corsConfiguration.maxAge", "", "Invalid maxAge, it must be between -1 and 86400"),
    ]);

/// One line of the table: an operation and the function that answers it, which is async where it writes. The resource is
/// the path without its version.
macro_rules! operation {
    ($name:literal, $method:literal, $path:literal, Reads, $handler:path) => {
        operation!($name, $method, $path, Reads, |apis, request| Box::pin(async move { $handler(apis, request) }))
    };
    ($name:literal, $method:literal, $path:literal, Writes, $handler:path) => {
        operation!($name, $method, $path, Writes, |apis, request| Box::pin($handler(apis, request)))
    };
    ($name:literal, $method:literal, $path:literal, WritesAlone, $handler:path) => {
        operation!($name, $method, $path, WritesAlone, |apis, request| Box::pin($handler(apis, request)))
            .alone_on(Resource::Computed(whole_api))
    };
    ($name:literal, $method:literal, $path:literal, $access:ident, $handler:expr) => {
        Operation::new(
            $name,
            Binding::Rest($method, concat!("/v2", $path)),
            Access::$access,
            concat!("apigateway:", $method),
            Resource::Template(concat!("arn:aws:apigateway:{region}::", $path)),
            $handler,
        )
        .within(TOTAL)
    };
}

/// How many calls API Gateway takes: "total operations" of
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html>. The lower figures of single operations there
/// are about REST APIs.
const TOTAL: Quota = Quota::shared("all operations", 40, 10);

/// What of integrations, routes and stages is not there: private connections, templates and models, access logs, and what is
/// for WebSocket APIs alone.
const INTEGRATION: &[&str] = &[
    "connectionId",
    "contentHandlingStrategy",
    "passthroughBehavior",
    "requestTemplates",
    "templateSelectionExpression",
    "tlsConfig",
];
const ROUTE: &[&str] =
    &["modelSelectionExpression", "requestModels", "requestParameters", "routeResponseSelectionExpression"];
/// AWS takes it and does not use it.
const AUTHORIZER: &[&str] = &["identityValidationExpression"];
const STAGE: &[&str] = &[
    "accessLogSettings",
    "clientCertificateId",
    "defaultRouteSettings.dataTraceEnabled",
    "defaultRouteSettings.loggingLevel",
    "routeSettings.*.dataTraceEnabled",
    "routeSettings.*.loggingLevel",
];

/// Tags are checked as an action of their own.
const TAGGED_STAGE: &[Need] = &[tagged("arn:aws:apigateway:{region}::/apis/{ApiId}/stages")];

const fn tagged(resource: &'static str) -> Need {
    Need::when("tags", "apigateway:TagResource", Resource::Template(resource))
}

/// API Gateway is given a role.
const GATEWAY: &str = "apigateway.amazonaws.com";
const NEW_API: &[Need] = &[tagged("arn:aws:apigateway:{region}::/apis"), Need::pass_role("credentialsArn", GATEWAY)];
const OF_INTEGRATION: &[Need] = &[Need::pass_role("credentialsArn", GATEWAY)];
const OF_AUTHORIZER: &[Need] = &[Need::pass_role("authorizerCredentialsArn", GATEWAY)];

/// The operations of the control plane.
#[rustfmt::skip]
pub static OPERATIONS: &[Operation<Apis>] = &[
    operation!("CreateApi", "POST", "/apis", Writes, apis::create).refusing(&["disableSchemaValidation"]).needing(NEW_API),
    operation!("GetApis", "GET", "/apis", Reads, apis::list),
    operation!("GetApi", "GET", "/apis/{ApiId}", Reads, apis::get),
    operation!("UpdateApi", "PATCH", "/apis/{ApiId}", WritesAlone, apis::update).refusing(&["disableSchemaValidation"]).needing(OF_INTEGRATION),
    operation!("DeleteApi", "DELETE", "/apis/{ApiId}", WritesAlone, apis::delete),
    operation!("DeleteCorsConfiguration", "DELETE", "/apis/{ApiId}/cors", WritesAlone, apis::delete_cors),
    operation!("CreateIntegration", "POST", "/apis/{ApiId}/integrations", WritesAlone, integrations::create).refusing(INTEGRATION).needing(OF_INTEGRATION),
    operation!("GetIntegrations", "GET", "/apis/{ApiId}/integrations", Reads, integrations::list),
    operation!("GetIntegration", "GET", "/apis/{ApiId}/integrations/{IntegrationId}", Reads, integrations::get),
    operation!("UpdateIntegration", "PATCH", "/apis/{ApiId}/integrations/{IntegrationId}", WritesAlone, integrations::update).refusing(INTEGRATION).needing(OF_INTEGRATION),
    operation!("DeleteIntegration", "DELETE", "/apis/{ApiId}/integrations/{IntegrationId}", WritesAlone, integrations::delete),
    operation!("CreateAuthorizer", "POST", "/apis/{ApiId}/authorizers", WritesAlone, authorizers::create).refusing(AUTHORIZER).needing(OF_AUTHORIZER),
    operation!("GetAuthorizers", "GET", "/apis/{ApiId}/authorizers", Reads, authorizers::list),
    operation!("GetAuthorizer", "GET", "/apis/{ApiId}/authorizers/{AuthorizerId}", Reads, authorizers::get),
    operation!("UpdateAuthorizer", "PATCH", "/apis/{ApiId}/authorizers/{AuthorizerId}", WritesAlone, authorizers::update).refusing(AUTHORIZER).needing(OF_AUTHORIZER),
    operation!("DeleteAuthorizer", "DELETE", "/apis/{ApiId}/authorizers/{AuthorizerId}", WritesAlone, authorizers::delete),
    operation!("ResetAuthorizersCache", "DELETE", "/apis/{ApiId}/stages/{StageName}/cache/authorizers", WritesAlone, authorizers::reset_cache),
    operation!("CreateRoute", "POST", "/apis/{ApiId}/routes", WritesAlone, routes::create).refusing(ROUTE),
    operation!("GetRoutes", "GET", "/apis/{ApiId}/routes", Reads, routes::list),
    operation!("GetRoute", "GET", "/apis/{ApiId}/routes/{RouteId}", Reads, routes::get),
    operation!("UpdateRoute", "PATCH", "/apis/{ApiId}/routes/{RouteId}", WritesAlone, routes::update).refusing(ROUTE),
    operation!("DeleteRoute", "DELETE", "/apis/{ApiId}/routes/{RouteId}", WritesAlone, routes::delete),
    operation!("CreateStage", "POST", "/apis/{ApiId}/stages", WritesAlone, stages::create).refusing(STAGE).needing(TAGGED_STAGE),
    operation!("GetStages", "GET", "/apis/{ApiId}/stages", Reads, stages::list),
    operation!("GetStage", "GET", "/apis/{ApiId}/stages/{StageName}", Reads, stages::get),
    operation!("UpdateStage", "PATCH", "/apis/{ApiId}/stages/{StageName}", WritesAlone, stages::update).refusing(STAGE),
    operation!("DeleteStage", "DELETE", "/apis/{ApiId}/stages/{StageName}", WritesAlone, stages::delete),
    operation!("CreateDeployment", "POST", "/apis/{ApiId}/deployments", WritesAlone, deployments::create),
    operation!("GetDeployments", "GET", "/apis/{ApiId}/deployments", Reads, deployments::list),
    operation!("GetDeployment", "GET", "/apis/{ApiId}/deployments/{DeploymentId}", Reads, deployments::get),
    operation!("DeleteDeployment", "DELETE", "/apis/{ApiId}/deployments/{DeploymentId}", WritesAlone, deployments::delete),
    operation!("GetTags", "GET", "/tags/{ResourceArn}", Reads, tags::list),
    operation!("TagResource", "POST", "/tags/{ResourceArn}", WritesAlone, tags::tag),
    operation!("UntagResource", "DELETE", "/tags/{ResourceArn}", WritesAlone, tags::untag),
];

/// No two writes may be under way to one API, whatever part of it they change.
fn whole_api(request: &Request) -> Option<String> {
    let path = request.segments().join("/");
    let (_, rest) = path.split_once("apis/")?;
    let id = rest.split('/').next()?;
    Some(format!("arn:aws:apigateway:{}::/apis/{id}", request.location().region()))
}

fn throttled() -> ServiceError {
    ServiceError::new(429, "TooManyRequestsException", "Too Many Requests")
}

fn failed() -> ServiceError {
    ServiceError::new(500, "InternalServerErrorException", "Internal server error")
}

fn conflict() -> ServiceError {
    let message = "Unable to complete operation due to concurrent modification. Please try again later.";
    ServiceError::new(409, "ConflictException", message)
}

#[cfg(test)]
mod tests {
    use cloud_core::Location;
    use hyper::Method;
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn writes_to_any_part_of_an_api_exclude_each_other() {
        let exclusive = |path: &str| {
            let request = Request::internal(String::new(), Timestamp::UNIX_EPOCH, &Location::default(), "apigateway");
            whole_api(&request.with_path(Method::POST, path, "", ""))
        };
        let api = Some("arn:aws:apigateway:us-east-1::/apis/abc".to_owned());
        assert_eq!(exclusive("/v2/apis/abc/routes"), api);
        assert_eq!(exclusive("/v2/apis/abc"), api);
        assert_eq!(exclusive("/v2/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2Fabc"), api);
        assert_eq!(exclusive("/v2/apis"), None);
    }
}
