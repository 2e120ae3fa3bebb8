//! A route that leads to an operation of a service: the request becomes the operation's input, its answer is the answer.

use cloud_core::{Location, Request, Response, ServiceError};
use serde_json::{Map, Value};

use super::event::Call;
use super::invocation::assume;
use super::mapped;
use crate::model::{Integration, Mapping, REGION, ServiceAction};
use crate::service::Apis;

/// The prefix of `X-Amz-Target` of Step Functions.
const STATES_TARGET: &str = "AWSStepFunctions";

/// Calls the operation as the integration's role.
///
/// # Errors
/// Why it could not be called, which the client is not told.
pub(super) async fn run(
    apis: &Apis,
    call: &Call<'_>,
    action: ServiceAction,
    integration: &Integration,
    source_arn: &str,
) -> Result<Response, String> {
    let role = integration.credentials_arn.as_deref().unwrap_or_default();
    let acting = assume(apis, call, role, source_arn)?;
    let location = location(call, integration);
    let id = apis.random.uuid().to_string();
    let sent = Request::internal(id, apis.clock.now(), &location, "states").acting_as(acting);
    let body = Value::Object(input(call, action, integration)).to_string();
    match apis.dispatch.dispatch(sent.with_target(STATES_TARGET, action.operation(), body)).await {
        Ok(answer) => Ok(Response::new(answer.status, "application/json", answer.body)),
        Err(error) => Ok(refusal(&error)),
    }
}

/// The account of the API, in the region that the integration names.
fn location(call: &Call<'_>, integration: &Integration) -> Location {
    let own = call.api.location();
    match value(call, integration, REGION) {
        Some(region) => Location::new(own.account().clone(), &region),
        None => own,
    }
}

/// The operation's input: of each parameter what the request gives; what it does not give is left out.
fn input(call: &Call<'_>, action: ServiceAction, integration: &Integration) -> Map<String, Value> {
    let given = action.parameters().iter().filter_map(|parameter| {
        let value = value(call, integration, parameter.name)?;
        Some((parameter.member.to_owned(), Value::String(value)))
    });
    given.collect()
}

fn value(call: &Call<'_>, integration: &Integration, name: &str) -> Option<String> {
    let mapping = Mapping::parse(integration.request_parameters.get(name)?)?;
    mapped::value(call, &mapping)
}

/// What the service refused, as it says it.
fn refusal(error: &ServiceError) -> Response {
    let body = serde_json::json!({ "__type": error.code, "message": error.message });
    Response::json(error.status, &body)
}
