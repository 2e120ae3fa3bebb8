//! The operations about what the embedded cloud has nothing of: code signing, event sources, layers.

use cloud_core::Access::{Reads, Writes};
use cloud_core::{Binding, Operation, Resource};

use super::resource::{CONTROL, FUNCTION};
use crate::api::absent;
use crate::service::Functions;

/// The event source mapping that the path names.
const EVENT_SOURCE: Resource = Resource::Template("arn:aws:lambda:{region}:{account}:event-source-mapping:{UUID}");

pub(super) const GET_FUNCTION_CODE_SIGNING_CONFIG: Operation<Functions> = Operation::new(
    "GetFunctionCodeSigningConfig",
    Binding::Rest("GET", "/2020-06-30/functions/{FunctionName}/code-signing-config"),
    Reads,
    "lambda:GetFunctionCodeSigningConfig",
    FUNCTION,
    |functions, request| Box::pin(async move { absent::code_signing(functions, request) }),
)
.within(CONTROL);

pub(super) const DELETE_FUNCTION_CODE_SIGNING_CONFIG: Operation<Functions> = Operation::new(
    "DeleteFunctionCodeSigningConfig",
    Binding::Rest("DELETE", "/2020-06-30/functions/{FunctionName}/code-signing-config"),
    Writes,
    "lambda:DeleteFunctionCodeSigningConfig",
    FUNCTION,
    |functions, request| Box::pin(async move { absent::no_code_signing(functions, request) }),
)
.within(CONTROL);

pub(super) const LIST_CODE_SIGNING_CONFIGS: Operation<Functions> = Operation::new(
    "ListCodeSigningConfigs",
    Binding::Rest("GET", "/2020-04-22/code-signing-configs"),
    Reads,
    "lambda:ListCodeSigningConfigs",
    Resource::Any,
    |_, _| Box::pin(async { Ok(absent::code_signing_configs()) }),
)
.within(CONTROL);

pub(super) const GET_CODE_SIGNING_CONFIG: Operation<Functions> = Operation::new(
    "GetCodeSigningConfig",
    Binding::Rest("GET", "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}"),
    Reads,
    "lambda:GetCodeSigningConfig",
    Resource::Arn("CodeSigningConfigArn"),
    |_, request| Box::pin(async move { absent::no_code_signing_config(request) }),
)
.within(CONTROL);

pub(super) const LIST_FUNCTIONS_BY_CODE_SIGNING_CONFIG: Operation<Functions> = Operation::new(
    "ListFunctionsByCodeSigningConfig",
    Binding::Rest("GET", "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}/functions"),
    Reads,
    "lambda:ListFunctionsByCodeSigningConfig",
    Resource::Arn("CodeSigningConfigArn"),
    |_, request| Box::pin(async move { absent::no_code_signing_config(request) }),
)
.within(CONTROL);

pub(super) const LIST_EVENT_SOURCE_MAPPINGS: Operation<Functions> = Operation::new(
    "ListEventSourceMappings",
    Binding::Rest("GET", "/2015-03-31/event-source-mappings"),
    Reads,
    "lambda:ListEventSourceMappings",
    Resource::Any,
    |_, _| Box::pin(async { Ok(absent::event_sources()) }),
)
.within(CONTROL);

pub(super) const GET_EVENT_SOURCE_MAPPING: Operation<Functions> = Operation::new(
    "GetEventSourceMapping",
    Binding::Rest("GET", "/2015-03-31/event-source-mappings/{UUID}"),
    Reads,
    "lambda:GetEventSourceMapping",
    EVENT_SOURCE,
    |_, _| Box::pin(async { absent::no_event_source() }),
)
.within(CONTROL);

pub(super) const DELETE_EVENT_SOURCE_MAPPING: Operation<Functions> = Operation::new(
    "DeleteEventSourceMapping",
    Binding::Rest("DELETE", "/2015-03-31/event-source-mappings/{UUID}"),
    Writes,
    "lambda:DeleteEventSourceMapping",
    EVENT_SOURCE,
    |_, _| Box::pin(async { absent::no_event_source() }),
)
.within(CONTROL);

pub(super) const LIST_LAYERS: Operation<Functions> = Operation::new(
    "ListLayers",
    Binding::Rest("GET", "/2018-10-31/layers"),
    Reads,
    "lambda:ListLayers",
    Resource::Any,
    |_, _| Box::pin(async { Ok(absent::layers()) }),
)
.within(CONTROL);
