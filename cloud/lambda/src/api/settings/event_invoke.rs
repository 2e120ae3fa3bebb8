//! Put-, Update-, Get-, Delete- and ListFunctionEventInvokeConfigs.

use std::sync::Arc;

use cloud_core::{FunctionReference, LATEST, Request, Response, ServiceError};
use serde::Deserialize;

use crate::api::access::named;
use crate::api::checks::limits::invalid;
use crate::api::list::page;
use crate::async_queue::may_tell;
use crate::model::EventInvokeConfig;
use crate::service::Functions;

/// The input of both operations that set something.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Settings {
    maximum_retry_attempts: Option<u32>,
    maximum_event_age_in_seconds: Option<u32>,
    destination_config: Option<Destinations>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Destinations {
    on_success: Option<Destination>,
    on_failure: Option<Destination>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Destination {
    destination: Option<String>,
}

/// Sets all of it anew.
pub(crate) async fn put(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = named(request)?;
    set(functions, request, &reference, |_, fresh| Ok(fresh)).await
}

/// Sets what is given; the rest stays.
pub(crate) async fn update(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = named(request)?;
    let named = reference.clone();
    set(functions, request, &reference, move |before, _| before.ok_or_else(|| none(&named))).await
}

/// Sets what is given in what `base` makes of the settings before and of fresh ones.
async fn set(
    functions: &Functions,
    request: &Request,
    reference: &FunctionReference,
    base: impl FnOnce(Option<EventInvokeConfig>, EventInvokeConfig) -> Result<EventInvokeConfig, ServiceError>,
) -> Result<Response, ServiceError> {
    let settings: Settings = request.json()?;
    if settings.is_empty() {
        return Err(invalid("You must specify at least one of error handling or destination setting."));
    }
    let version = functions.resolve(reference)?;
    for destination in settings.named(reference)? {
        let asked = may_tell(functions.roles.as_ref(), &functions.table, &version, &destination);
        asked.map_err(|_| {
            invalid(format!(
                "The function execution role does not have permissions to call InvokeFunction on {destination}"
            ))
        })?;
    }
    let now = request.received_at;
    let qualifier = reference.qualifier.as_deref().unwrap_or(LATEST);
    let whole = reference.unqualified();
    let changed = functions.update(&whole, |function| {
        let before = function.event_invoke.get(qualifier).cloned();
        let mut config = base(before, EventInvokeConfig::new(now))?;
        settings.apply(&mut config, reference)?;
        config.last_modified = now;
        let answer = config.to_json(&reference.location, &reference.name, qualifier);
        function.event_invoke.insert(qualifier.to_owned(), config);
        Ok(answer)
    });
    Ok(Response::json(200, &changed.await?))
}

/// What is set for a version or an alias.
pub(crate) fn get(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = named(request)?;
    functions.resolve(&reference)?;
    let function = functions.function(&reference)?;
    let qualifier = reference.qualifier.as_deref().unwrap_or(LATEST);
    let config = function.event_invoke(Some(qualifier)).ok_or_else(|| none(&reference))?;
    Ok(Response::json(200, &config.to_json(&reference.location, &reference.name, qualifier)))
}

/// Removes what is set for a version or an alias.
pub(crate) async fn delete(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = named(request)?;
    functions.resolve(&reference)?;
    let whole = reference.unqualified();
    let deleted = functions.update(&whole, |function| {
        let qualifier = reference.qualifier.as_deref().unwrap_or(LATEST);
        function.event_invoke.remove(qualifier).map(|_| ()).ok_or_else(|| none(&reference))
    });
    deleted.await?;
    Ok(Response::empty(204))
}

/// All that is set for a function.
pub(crate) fn list(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = named(request)?;
    let function = functions.function(&reference.unqualified())?;
    page(request, "FunctionEventInvokeConfigs", function.event_invoke.iter(), |(qualifier, config)| {
        config.to_json(&reference.location, &reference.name, qualifier)
    })
}

impl Settings {
    fn is_empty(&self) -> bool {
        self.maximum_retry_attempts.is_none()
            && self.maximum_event_age_in_seconds.is_none()
            && self.destination_config.is_none()
    }

    /// The destinations that are given.
    fn named(&self, reference: &FunctionReference) -> Result<Vec<String>, ServiceError> {
        let given = self.destination_config.iter().flat_map(|given| [&given.on_success, &given.on_failure]).flatten();
        let arns = given.filter_map(|destination| destination.destination.as_deref().filter(|arn| !arn.is_empty()));
        arns.map(|arn| checked(arn, reference)).collect()
    }

    fn apply(&self, config: &mut EventInvokeConfig, reference: &FunctionReference) -> Result<(), ServiceError> {
        config.max_retries = self.maximum_retry_attempts.or(config.max_retries);
        config.max_age_s = self.maximum_event_age_in_seconds.or(config.max_age_s);
        let given = self.destination_config.iter();
        for (destination, on_success) in given.flat_map(|given| [(&given.on_success, true), (&given.on_failure, false)])
        {
            let Some(destination) = destination else { continue };
            let arn = destination.destination.as_deref().filter(|arn| !arn.is_empty());
            let arn = arn.map(|arn| checked(arn, reference)).transpose()?;
            let place = if on_success { &mut config.on_success } else { &mut config.on_failure };
            *place = arn;
        }
        Ok(())
    }
}

/// A destination: another function, by its ARN. AWS has queues, topics, buckets and buses too.
fn checked(arn: &str, reference: &FunctionReference) -> Result<String, ServiceError> {
    let service = arn.split(':').nth(2).unwrap_or_default();
    if arn.starts_with("arn:") && service != "lambda" {
        let what = format!("destinations in {service} (DestinationConfig of lambda:PutFunctionEventInvokeConfig)");
        return Err(ServiceError::not_implemented(&what));
    }
    let named = FunctionReference::parse(arn, &reference.location).ok().filter(|_| arn.starts_with("arn:"));
    let named =
        named.ok_or_else(|| invalid(format!("The provided destination config DestinationConfig is invalid: {arn}")))?;
    if named.key() == reference.key() {
        return Err(invalid("You can't specify the function as a destination for itself."));
    }
    Ok(arn.to_owned())
}

fn none(reference: &FunctionReference) -> ServiceError {
    let qualifier = reference.qualifier.as_deref().unwrap_or(LATEST);
    let arn = reference.with(qualifier).arn();
    let message = format!("The function {arn} doesn't have an EventInvokeConfig");
    ServiceError::new(404, "ResourceNotFoundException", message)
}
