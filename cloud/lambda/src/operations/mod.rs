//! The table of Lambda's operations (restJson1): what the router, injected faults and permission checks read.

mod absent;
mod not_served;
mod resource;
mod settings;
mod urls;

use cloud_core::Access::{Reads, Writes, WritesAlone};
use cloud_core::{
    Binding, Need, Operation, Otherwise, Protocol, Quota, RequestModel, Resource, ServiceError, ServiceInfo,
};

use crate::api::settings::concurrency;
use crate::api::{alias, create, delete, invocation, list, permission, tag, update, version};
use crate::service::Functions;
use not_served::ABSENT;
use resource::{CONTROL, FUNCTION, function, new_function};
pub use resource::{resource_policy, resource_tags};

/// What is known of Lambda.
pub static INFO: ServiceInfo = ServiceInfo::new("Lambda", "lambda", Protocol::LambdaRest)
    .with_throttled(throttled)
    .with_failed(failed)
    .with_conflict(conflict)
    .with_requests(REQUESTS)
    .with_absent(ABSENT);

/// What of a function's settings would change what its code does, and can't here: a file system would be missing, there are no
/// container images, no managed instances and no durable executions.
const SETTINGS: &[&str] = &["FileSystemConfigs", "ImageConfig", "CapacityProviderConfig", "DurableConfig"];

/// Runtimes are named in a text of Lambda's own, and so is a way of invoking that there is not.
const REQUESTS: RequestModel = RequestModel::new("lambda", "ValidationException")
    .except(&[Otherwise::left("runtime"), Otherwise::left("invocationType")]);

/// The same, and what only a new function is given.
const NEW_SETTINGS: &[&str] = &[
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
    absent::GET_FUNCTION_CODE_SIGNING_CONFIG,
    absent::DELETE_FUNCTION_CODE_SIGNING_CONFIG,
    absent::LIST_CODE_SIGNING_CONFIGS,
    absent::GET_CODE_SIGNING_CONFIG,
    absent::LIST_FUNCTIONS_BY_CODE_SIGNING_CONFIG,
    absent::LIST_EVENT_SOURCE_MAPPINGS,
    absent::GET_EVENT_SOURCE_MAPPING,
    absent::DELETE_EVENT_SOURCE_MAPPING,
    absent::LIST_LAYERS,
    urls::CREATE_FUNCTION_URL_CONFIG,
    urls::GET_FUNCTION_URL_CONFIG,
    urls::UPDATE_FUNCTION_URL_CONFIG,
    urls::DELETE_FUNCTION_URL_CONFIG,
    urls::LIST_FUNCTION_URL_CONFIGS,
    settings::GET_FUNCTION_EVENT_INVOKE_CONFIG,
    settings::PUT_FUNCTION_EVENT_INVOKE_CONFIG,
    settings::UPDATE_FUNCTION_EVENT_INVOKE_CONFIG,
    settings::DELETE_FUNCTION_EVENT_INVOKE_CONFIG,
    settings::LIST_FUNCTION_EVENT_INVOKE_CONFIGS,
    // Before the one whose path is its own without a query.
    settings::LIST_PROVISIONED_CONCURRENCY_CONFIGS,
    settings::GET_PROVISIONED_CONCURRENCY_CONFIG,
    settings::PUT_PROVISIONED_CONCURRENCY_CONFIG,
    settings::DELETE_PROVISIONED_CONCURRENCY_CONFIG,
    settings::GET_RUNTIME_MANAGEMENT_CONFIG,
    settings::PUT_RUNTIME_MANAGEMENT_CONFIG,
    settings::GET_FUNCTION_RECURSION_CONFIG,
    settings::PUT_FUNCTION_RECURSION_CONFIG,
    settings::GET_ACCOUNT_SETTINGS,
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
