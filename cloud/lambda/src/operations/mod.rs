//! The table of Lambda's operations (restJson1): what the router, injected faults and permission checks read.

mod not_served;
mod resource;

use cloud_core::Access::{Reads, Writes, WritesAlone};
use cloud_core::{
    Binding, Need, Operation, Otherwise, Protocol, Quota, RequestModel, Resource, ServiceError, ServiceInfo,
};

use crate::api::{
    absent, alias, concurrency, create, delete, event_invoke, invocation, list, permission, tag, update, version,
};
use crate::service::Functions;
use not_served::ABSENT;
pub use resource::facts;
use resource::{FUNCTION, function, new_function};

/// What is known of Lambda.
pub static INFO: ServiceInfo = ServiceInfo::new("Lambda", "lambda", Protocol::LambdaRest)
    .with_throttled(throttled)
    .with_failed(failed)
    .with_conflict(conflict)
    .with_requests(REQUESTS)
    .with_absent(ABSENT);

/// Runtimes are named in a text of Lambda's own, and so is a way of invoking that there is not.
const REQUESTS: RequestModel = RequestModel::new("lambda", "ValidationException")
    .except(&[Otherwise::left("runtime"), Otherwise::left("invocationType")]);

/// What of a function's settings has no meaning here, and would be left out otherwise.
const SETTINGS: &[&str] =
    &["VpcConfig", "DeadLetterConfig", "FileSystemConfigs", "ImageConfig", "CapacityProviderConfig", "DurableConfig"];

/// The same, and what only a new function is given.
const NEW_SETTINGS: &[&str] = &[
    "VpcConfig",
    "DeadLetterConfig",
    "FileSystemConfigs",
    "ImageConfig",
    "CapacityProviderConfig",
    "DurableConfig",
    "CodeSigningConfigArn",
    "TenancyConfig",
    "PublishTo",
    "Code.S3ObjectStorageMode",
    "Code.SourceKMSKeyArn",
];

/// A function is given a role.
const PASS_ROLE: Need = Need::pass_role("Role", "lambda.amazonaws.com");

/// How many calls Lambda takes: <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#api-requests>.
const GET_FUNCTION: Quota = Quota::each(100, 100);
const GET_POLICY: Quota = Quota::each(15, 15);
/// Of everything else, but for invocations: "across all APIs (not 15 requests per second per API)".
const CONTROL: Quota = Quota::shared("the rest of the control plane", 15, 15);

/// The largest request that carries a zip: AWS's text is "Request must be smaller than 70167211 bytes for the
/// CreateFunction operation".
const ZIP_REQUEST_BYTES: usize = 70_167_211;

/// Lambda's operations.
pub static OPERATIONS: &[Operation<Functions>] = &[
    Operation::new(
        "CreateFunction",
        Binding::Rest("POST", "/2015-03-31/functions"),
        Writes,
        "lambda:CreateFunction",
        Resource::Computed(new_function),
        |functions, request| Box::pin(create::create(functions, request)),
    )
    .refusing(NEW_SETTINGS)
    .needing(&[PASS_ROLE, Need::when("Tags", "lambda:TagResource", Resource::Computed(new_function))])
    .within(CONTROL)
    .with_body_limit(ZIP_REQUEST_BYTES),
    Operation::new(
        "ListFunctions",
        Binding::Rest("GET", "/2015-03-31/functions"),
        Reads,
        "lambda:ListFunctions",
        Resource::Any,
        |functions, request| Box::pin(async move { list::functions(functions, request) }),
    )
    .refusing(&["MasterRegion"])
    .within(CONTROL),
    Operation::new(
        "GetFunction",
        Binding::Rest("GET", "/2015-03-31/functions/{FunctionName}"),
        Reads,
        "lambda:GetFunction",
        FUNCTION,
        |functions, request| Box::pin(async move { list::function(functions, request) }),
    )
    .within(GET_FUNCTION),
    Operation::new(
        "DeleteFunction",
        Binding::Rest("DELETE", "/2015-03-31/functions/{FunctionName}"),
        Writes,
        "lambda:DeleteFunction",
        FUNCTION,
        |functions, request| Box::pin(delete::delete(functions, request)),
    )
    .within(CONTROL),
    Operation::new(
        "GetFunctionConfiguration",
        Binding::Rest("GET", "/2015-03-31/functions/{FunctionName}/configuration"),
        Reads,
        "lambda:GetFunctionConfiguration",
        FUNCTION,
        |functions, request| Box::pin(async move { list::configuration(functions, request) }),
    )
    .within(CONTROL),
    Operation::new(
        "UpdateFunctionConfiguration",
        Binding::Rest("PUT", "/2015-03-31/functions/{FunctionName}/configuration"),
        Writes,
        "lambda:UpdateFunctionConfiguration",
        FUNCTION,
        |functions, request| Box::pin(update::configuration(functions, request)),
    )
    .refusing(SETTINGS)
    .needing(&[PASS_ROLE])
    .within(CONTROL),
    Operation::new(
        "UpdateFunctionCode",
        Binding::Rest("PUT", "/2015-03-31/functions/{FunctionName}/code"),
        Writes,
        "lambda:UpdateFunctionCode",
        FUNCTION,
        |functions, request| Box::pin(update::code(functions, request)),
    )
    .refusing(&["PublishTo", "S3ObjectStorageMode", "SourceKMSKeyArn"])
    .within(CONTROL)
    .with_body_limit(ZIP_REQUEST_BYTES),
    // Its concurrency is limited, not its rate.
    Operation::new(
        "Invoke",
        Binding::Rest("POST", "/2015-03-31/functions/{FunctionName}/invocations"),
        Writes,
        "lambda:InvokeFunction",
        FUNCTION,
        |functions, request| Box::pin(invocation::invoke(functions, request)),
    )
    .with_body_limit(invocation::MAX_EVENT_BYTES),
    Operation::new(
        "PublishVersion",
        Binding::Rest("POST", "/2015-03-31/functions/{FunctionName}/versions"),
        Writes,
        "lambda:PublishVersion",
        FUNCTION,
        |functions, request| Box::pin(version::publish(functions, request)),
    )
    .refusing(&["PublishTo"])
    .within(CONTROL),
    Operation::new(
        "ListVersionsByFunction",
        Binding::Rest("GET", "/2015-03-31/functions/{FunctionName}/versions"),
        Reads,
        "lambda:ListVersionsByFunction",
        FUNCTION,
        |functions, request| Box::pin(async move { list::versions(functions, request) }),
    )
    .within(CONTROL),
    Operation::new(
        "AddPermission",
        Binding::Rest("POST", "/2015-03-31/functions/{FunctionName}/policy"),
        WritesAlone,
        "lambda:AddPermission",
        FUNCTION,
        |functions, request| Box::pin(permission::add(functions, request)),
    )
    .alone_on(Resource::Computed(function))
    .with_keys(&[("lambda:Principal", "Principal"), ("lambda:FunctionUrlAuthType", "FunctionUrlAuthType")])
    .within(CONTROL),
    Operation::new(
        "GetPolicy",
        Binding::Rest("GET", "/2015-03-31/functions/{FunctionName}/policy"),
        Reads,
        "lambda:GetPolicy",
        FUNCTION,
        |functions, request| Box::pin(async move { permission::get(functions, request) }),
    )
    .within(GET_POLICY),
    Operation::new(
        "RemovePermission",
        Binding::Rest("DELETE", "/2015-03-31/functions/{FunctionName}/policy/{StatementId}"),
        WritesAlone,
        "lambda:RemovePermission",
        FUNCTION,
        |functions, request| Box::pin(permission::remove(functions, request)),
    )
    .alone_on(Resource::Computed(function))
    .within(CONTROL),
    Operation::new(
        "CreateAlias",
        Binding::Rest("POST", "/2015-03-31/functions/{FunctionName}/aliases"),
        Writes,
        "lambda:CreateAlias",
        FUNCTION,
        |functions, request| Box::pin(alias::create(functions, request)),
    )
    .within(CONTROL),
    Operation::new(
        "ListAliases",
        Binding::Rest("GET", "/2015-03-31/functions/{FunctionName}/aliases"),
        Reads,
        "lambda:ListAliases",
        FUNCTION,
        |functions, request| Box::pin(async move { alias::list(functions, request) }),
    )
    .within(CONTROL),
    Operation::new(
        "GetAlias",
        Binding::Rest("GET", "/2015-03-31/functions/{FunctionName}/aliases/{Name}"),
        Reads,
        "lambda:GetAlias",
        FUNCTION,
        |functions, request| Box::pin(async move { alias::get(functions, request) }),
    )
    .within(CONTROL),
    Operation::new(
        "UpdateAlias",
        Binding::Rest("PUT", "/2015-03-31/functions/{FunctionName}/aliases/{Name}"),
        Writes,
        "lambda:UpdateAlias",
        FUNCTION,
        |functions, request| Box::pin(alias::update(functions, request)),
    )
    .within(CONTROL),
    Operation::new(
        "DeleteAlias",
        Binding::Rest("DELETE", "/2015-03-31/functions/{FunctionName}/aliases/{Name}"),
        Writes,
        "lambda:DeleteAlias",
        FUNCTION,
        |functions, request| Box::pin(alias::delete(functions, request)),
    )
    .within(CONTROL),
    Operation::new(
        "ListTags",
        Binding::Rest("GET", "/2017-03-31/tags/{Resource}"),
        Reads,
        "lambda:ListTags",
        Resource::Arn("Resource"),
        |functions, request| Box::pin(async move { tag::list(functions, request) }),
    )
    .within(CONTROL),
    Operation::new(
        "TagResource",
        Binding::Rest("POST", "/2017-03-31/tags/{Resource}"),
        Writes,
        "lambda:TagResource",
        Resource::Arn("Resource"),
        |functions, request| Box::pin(tag::add(functions, request)),
    )
    .within(CONTROL),
    Operation::new(
        "UntagResource",
        Binding::Rest("DELETE", "/2017-03-31/tags/{Resource}"),
        Writes,
        "lambda:UntagResource",
        Resource::Arn("Resource"),
        |functions, request| Box::pin(tag::remove(functions, request)),
    )
    .within(CONTROL),
    Operation::new(
        "GetFunctionConcurrency",
        Binding::Rest("GET", "/2019-09-30/functions/{FunctionName}/concurrency"),
        Reads,
        "lambda:GetFunctionConcurrency",
        FUNCTION,
        |functions, request| Box::pin(async move { concurrency::get(functions, request) }),
    )
    .within(CONTROL),
    Operation::new(
        "PutFunctionConcurrency",
        Binding::Rest("PUT", "/2017-10-31/functions/{FunctionName}/concurrency"),
        Writes,
        "lambda:PutFunctionConcurrency",
        FUNCTION,
        |functions, request| Box::pin(concurrency::put(functions, request)),
    )
    .within(CONTROL),
    Operation::new(
        "DeleteFunctionConcurrency",
        Binding::Rest("DELETE", "/2017-10-31/functions/{FunctionName}/concurrency"),
        Writes,
        "lambda:DeleteFunctionConcurrency",
        FUNCTION,
        |functions, request| Box::pin(concurrency::delete(functions, request)),
    )
    .within(CONTROL),
    Operation::new(
        "GetFunctionCodeSigningConfig",
        Binding::Rest("GET", "/2020-06-30/functions/{FunctionName}/code-signing-config"),
        Reads,
        "lambda:GetFunctionCodeSigningConfig",
        FUNCTION,
        |functions, request| Box::pin(async move { absent::code_signing(functions, request) }),
    )
    .within(CONTROL),
    Operation::new(
        "GetFunctionUrlConfig",
        Binding::Rest("GET", "/2021-10-31/functions/{FunctionName}/url"),
        Reads,
        "lambda:GetFunctionUrlConfig",
        FUNCTION,
        |functions, request| Box::pin(async move { absent::url(functions, request) }),
    )
    .within(CONTROL),
    Operation::new(
        "GetFunctionEventInvokeConfig",
        Binding::Rest("GET", "/2019-09-25/functions/{FunctionName}/event-invoke-config"),
        Reads,
        "lambda:GetFunctionEventInvokeConfig",
        FUNCTION,
        |functions, request| Box::pin(async move { event_invoke::get(functions, request) }),
    )
    .within(CONTROL),
    Operation::new(
        "PutFunctionEventInvokeConfig",
        Binding::Rest("PUT", "/2019-09-25/functions/{FunctionName}/event-invoke-config"),
        Writes,
        "lambda:PutFunctionEventInvokeConfig",
        FUNCTION,
        |functions, request| Box::pin(event_invoke::put(functions, request)),
    )
    .within(CONTROL),
    Operation::new(
        "UpdateFunctionEventInvokeConfig",
        Binding::Rest("POST", "/2019-09-25/functions/{FunctionName}/event-invoke-config"),
        Writes,
        "lambda:UpdateFunctionEventInvokeConfig",
        FUNCTION,
        |functions, request| Box::pin(event_invoke::update(functions, request)),
    )
    .within(CONTROL),
    Operation::new(
        "DeleteFunctionEventInvokeConfig",
        Binding::Rest("DELETE", "/2019-09-25/functions/{FunctionName}/event-invoke-config"),
        Writes,
        "lambda:DeleteFunctionEventInvokeConfig",
        FUNCTION,
        |functions, request| Box::pin(event_invoke::delete(functions, request)),
    )
    .within(CONTROL),
    Operation::new(
        "ListFunctionEventInvokeConfigs",
        Binding::Rest("GET", "/2019-09-25/functions/{FunctionName}/event-invoke-config/list"),
        Reads,
        "lambda:ListFunctionEventInvokeConfigs",
        FUNCTION,
        |functions, request| Box::pin(async move { event_invoke::list(functions, request) }),
    )
    .within(CONTROL),
    Operation::new(
        "ListEventSourceMappings",
        Binding::Rest("GET", "/2015-03-31/event-source-mappings"),
        Reads,
        "lambda:ListEventSourceMappings",
        Resource::Any,
        |_, _| Box::pin(async { Ok(absent::event_sources()) }),
    )
    .within(CONTROL),
    Operation::new(
        "ListLayers",
        Binding::Rest("GET", "/2018-10-31/layers"),
        Reads,
        "lambda:ListLayers",
        Resource::Any,
        |_, _| Box::pin(async { Ok(absent::layers()) }),
    )
    .within(CONTROL),
    Operation::new(
        "GetAccountSettings",
        Binding::Rest("GET", "/2016-08-19/account-settings"),
        Reads,
        "lambda:GetAccountSettings",
        Resource::Any,
        |functions, request| Box::pin(async move { Ok(concurrency::account(functions, request)) }),
    )
    .within(CONTROL),
];

fn throttled() -> ServiceError {
    ServiceError::new(429, "TooManyRequestsException", "Rate exceeded").with("Reason", "CallerRateLimitExceeded")
}

fn failed() -> ServiceError {
    ServiceError::new(500, "ServiceException", "An error occurred and the request cannot be processed.")
}

fn conflict() -> ServiceError {
    let message = "The function could not be updated due to a concurrent update operation.";
    ServiceError::new(409, "ResourceConflictException", message)
}
