//! The operations on function URLs.

use cloud_core::Access::{Reads, Writes};
use cloud_core::{Binding, Operation};

use super::resource::{CONTROL, FUNCTION};
use crate::api::url;
use crate::service::Functions;

/// The condition key of what creates or changes a URL.
const URL_AUTH_TYPE: &[(&str, &str)] = &[("lambda:FunctionUrlAuthType", "AuthType")];

pub(super) const CREATE_FUNCTION_URL_CONFIG: Operation<Functions> = Operation::new(
    "CreateFunctionUrlConfig",
    Binding::Rest("POST", "/2021-10-31/functions/{FunctionName}/url"),
    Writes,
    "lambda:CreateFunctionUrlConfig",
    FUNCTION,
    |functions, request| Box::pin(url::create(functions, request)),
)
.with_keys(URL_AUTH_TYPE)
.within(CONTROL);

pub(super) const GET_FUNCTION_URL_CONFIG: Operation<Functions> = Operation::new(
    "GetFunctionUrlConfig",
    Binding::Rest("GET", "/2021-10-31/functions/{FunctionName}/url"),
    Reads,
    "lambda:GetFunctionUrlConfig",
    FUNCTION,
    |functions, request| Box::pin(async move { url::get(functions, request) }),
)
.within(CONTROL);

pub(super) const UPDATE_FUNCTION_URL_CONFIG: Operation<Functions> = Operation::new(
    "UpdateFunctionUrlConfig",
    Binding::Rest("PUT", "/2021-10-31/functions/{FunctionName}/url"),
    Writes,
    "lambda:UpdateFunctionUrlConfig",
    FUNCTION,
    |functions, request| Box::pin(url::update(functions, request)),
)
.with_keys(URL_AUTH_TYPE)
.within(CONTROL);

pub(super) const DELETE_FUNCTION_URL_CONFIG: Operation<Functions> = Operation::new(
    "DeleteFunctionUrlConfig",
    Binding::Rest("DELETE", "/2021-10-31/functions/{FunctionName}/url"),
    Writes,
    "lambda:DeleteFunctionUrlConfig",
    FUNCTION,
    |functions, request| Box::pin(url::delete(functions, request)),
)
.within(CONTROL);

pub(super) const LIST_FUNCTION_URL_CONFIGS: Operation<Functions> = Operation::new(
    "ListFunctionUrlConfigs",
    Binding::Rest("GET", "/2021-10-31/functions/{FunctionName}/urls"),
    Reads,
    "lambda:ListFunctionUrlConfigs",
    FUNCTION,
    |functions, request| Box::pin(async move { url::list(functions, request) }),
)
.within(CONTROL);
