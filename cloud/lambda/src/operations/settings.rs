//! The operations on what is set beside a function's versions, and on what an account may have.

use cloud_core::Access::{Reads, Writes};
use cloud_core::{Binding, Operation, Resource};

use super::resource::{CONTROL, FUNCTION};
use crate::api::settings::{concurrency, event_invoke, provisioned, runtime_management};
use crate::service::Functions;

pub(super) const GET_FUNCTION_EVENT_INVOKE_CONFIG: Operation<Functions> = Operation::new(
    "GetFunctionEventInvokeConfig",
    Binding::Rest("GET", "/2019-09-25/functions/{FunctionName}/event-invoke-config"),
    Reads,
    "lambda:GetFunctionEventInvokeConfig",
    FUNCTION,
    |functions, request| Box::pin(async move { event_invoke::get(functions, request) }),
)
.within(CONTROL);

pub(super) const PUT_FUNCTION_EVENT_INVOKE_CONFIG: Operation<Functions> = Operation::new(
    "PutFunctionEventInvokeConfig",
    Binding::Rest("PUT", "/2019-09-25/functions/{FunctionName}/event-invoke-config"),
    Writes,
    "lambda:PutFunctionEventInvokeConfig",
    FUNCTION,
    |functions, request| Box::pin(event_invoke::put(functions, request)),
)
.within(CONTROL);

pub(super) const UPDATE_FUNCTION_EVENT_INVOKE_CONFIG: Operation<Functions> = Operation::new(
    "UpdateFunctionEventInvokeConfig",
    Binding::Rest("POST", "/2019-09-25/functions/{FunctionName}/event-invoke-config"),
    Writes,
    "lambda:UpdateFunctionEventInvokeConfig",
    FUNCTION,
    |functions, request| Box::pin(event_invoke::update(functions, request)),
)
.within(CONTROL);

pub(super) const DELETE_FUNCTION_EVENT_INVOKE_CONFIG: Operation<Functions> = Operation::new(
    "DeleteFunctionEventInvokeConfig",
    Binding::Rest("DELETE", "/2019-09-25/functions/{FunctionName}/event-invoke-config"),
    Writes,
    "lambda:DeleteFunctionEventInvokeConfig",
    FUNCTION,
    |functions, request| Box::pin(event_invoke::delete(functions, request)),
)
.within(CONTROL);

pub(super) const LIST_FUNCTION_EVENT_INVOKE_CONFIGS: Operation<Functions> = Operation::new(
    "ListFunctionEventInvokeConfigs",
    Binding::Rest("GET", "/2019-09-25/functions/{FunctionName}/event-invoke-config/list"),
    Reads,
    "lambda:ListFunctionEventInvokeConfigs",
    FUNCTION,
    |functions, request| Box::pin(async move { event_invoke::list(functions, request) }),
)
.within(CONTROL);

pub(super) const LIST_PROVISIONED_CONCURRENCY_CONFIGS: Operation<Functions> = Operation::new(
    "ListProvisionedConcurrencyConfigs",
    Binding::Rest("GET", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency?List=ALL"),
    Reads,
    "lambda:ListProvisionedConcurrencyConfigs",
    FUNCTION,
    |functions, request| Box::pin(async move { provisioned::list(functions, request) }),
)
.within(CONTROL);

pub(super) const GET_PROVISIONED_CONCURRENCY_CONFIG: Operation<Functions> = Operation::new(
    "GetProvisionedConcurrencyConfig",
    Binding::Rest("GET", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency"),
    Reads,
    "lambda:GetProvisionedConcurrencyConfig",
    FUNCTION,
    |functions, request| Box::pin(async move { provisioned::get(functions, request) }),
)
.within(CONTROL);

pub(super) const PUT_PROVISIONED_CONCURRENCY_CONFIG: Operation<Functions> = Operation::new(
    "PutProvisionedConcurrencyConfig",
    Binding::Rest("PUT", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency"),
    Writes,
    "lambda:PutProvisionedConcurrencyConfig",
    FUNCTION,
    |functions, request| Box::pin(provisioned::put(functions, request)),
)
.within(CONTROL);

pub(super) const DELETE_PROVISIONED_CONCURRENCY_CONFIG: Operation<Functions> = Operation::new(
    "DeleteProvisionedConcurrencyConfig",
    Binding::Rest("DELETE", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency"),
    Writes,
    "lambda:DeleteProvisionedConcurrencyConfig",
    FUNCTION,
    |functions, request| Box::pin(provisioned::delete(functions, request)),
)
.within(CONTROL);

pub(super) const GET_RUNTIME_MANAGEMENT_CONFIG: Operation<Functions> = Operation::new(
    "GetRuntimeManagementConfig",
    Binding::Rest("GET", "/2021-07-20/functions/{FunctionName}/runtime-management-config"),
    Reads,
    "lambda:GetRuntimeManagementConfig",
    FUNCTION,
    |functions, request| Box::pin(async move { runtime_management::get(functions, request) }),
)
.within(CONTROL);

pub(super) const PUT_RUNTIME_MANAGEMENT_CONFIG: Operation<Functions> = Operation::new(
    "PutRuntimeManagementConfig",
    Binding::Rest("PUT", "/2021-07-20/functions/{FunctionName}/runtime-management-config"),
    Writes,
    "lambda:PutRuntimeManagementConfig",
    FUNCTION,
    |functions, request| Box::pin(runtime_management::put(functions, request)),
)
.within(CONTROL);

pub(super) const GET_FUNCTION_RECURSION_CONFIG: Operation<Functions> = Operation::new(
    "GetFunctionRecursionConfig",
    Binding::Rest("GET", "/2024-08-31/functions/{FunctionName}/recursion-config"),
    Reads,
    "lambda:GetFunctionRecursionConfig",
    FUNCTION,
    |functions, request| Box::pin(async move { runtime_management::recursion(functions, request) }),
)
.within(CONTROL);

pub(super) const PUT_FUNCTION_RECURSION_CONFIG: Operation<Functions> = Operation::new(
    "PutFunctionRecursionConfig",
    Binding::Rest("PUT", "/2024-08-31/functions/{FunctionName}/recursion-config"),
    Writes,
    "lambda:PutFunctionRecursionConfig",
    FUNCTION,
    |functions, request| Box::pin(runtime_management::put_recursion(functions, request)),
)
.within(CONTROL);

pub(super) const GET_ACCOUNT_SETTINGS: Operation<Functions> = Operation::new(
    "GetAccountSettings",
    Binding::Rest("GET", "/2016-08-19/account-settings"),
    Reads,
    "lambda:GetAccountSettings",
    Resource::Any,
    |functions, request| Box::pin(async move { Ok(concurrency::account(functions, request)) }),
)
.within(CONTROL);
