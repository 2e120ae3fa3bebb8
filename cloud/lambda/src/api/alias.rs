//! CreateAlias, GetAlias, UpdateAlias, DeleteAlias and ListAliases.

use std::collections::BTreeMap;
use std::sync::Arc;

use cloud_core::{FunctionReference, LATEST, Request, Response, ServiceError};
use serde::Deserialize;

use super::access::named;
use super::checks::limits::invalid;
use super::list::page;
use super::update::stale;
use crate::model::{Alias, Function};
use crate::service::Functions;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Create {
    name: String,
    function_version: String,
    description: Option<String>,
    routing_config: Option<Routing>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Update {
    function_version: Option<String>,
    description: Option<String>,
    routing_config: Option<Routing>,
    revision_id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Routing {
    /// By version; an empty map takes the routing away.
    additional_version_weights: Option<BTreeMap<String, f64>>,
}

/// Gives a version a name.
pub(crate) async fn create(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = named(request)?.unqualified();
    let input: Create = request.json()?;
    let weights = weights(input.routing_config)?.unwrap_or_default();
    let description = input.description.unwrap_or_default();
    let reference = reference.with(&input.function_version);
    let created = functions.update(&reference, |function| {
        let mut alias = Alias {
            name: input.name,
            version: input.function_version,
            description,
            weights,
            revision_id: String::new(),
        };
        check_targets(function, &reference, &alias)?;
        let arn = function.latest.arn();
        if function.aliases.contains_key(&alias.name) {
            let message = format!("Alias already exists: {arn}:{}", alias.name);
            return Err(ServiceError::new(409, "ResourceConflictException", message));
        }
        alias.mark_changed(&functions.random);
        let answer = alias.to_json(&arn);
        function.aliases.insert(alias.name.clone(), alias);
        Ok(answer)
    });
    Ok(Response::json(201, &created.await?))
}

/// The version that an alias points to.
pub(crate) fn get(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = named(request)?.unqualified();
    let name = request.label("Name");
    let function = functions.function(&reference)?;
    let alias = function.aliases.get(name).ok_or_else(|| reference.with(name).alias_not_found())?;
    Ok(Response::json(200, &alias.to_json(&function.latest.arn())))
}

/// Points an alias elsewhere; what the request leaves out stays, the routing too.
pub(crate) async fn update(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = named(request)?.unqualified();
    let name = request.label("Name");
    let input: Update = request.json()?;
    let weights = weights(input.routing_config)?;
    let updated = functions.update(&reference, |function| {
        let missing = || not_found(format!("Alias not found: {}", reference.with(name).arn()));
        let mut alias = function.aliases.get(name).cloned().ok_or_else(missing)?;
        if input.revision_id.is_some_and(|seen| seen != alias.revision_id) {
            return Err(stale());
        }
        alias.version = input.function_version.unwrap_or(alias.version);
        alias.description = input.description.unwrap_or(alias.description);
        alias.weights = weights.unwrap_or(alias.weights);
        check_targets(function, &reference, &alias)?;
        alias.mark_changed(&functions.random);
        let answer = alias.to_json(&function.latest.arn());
        function.aliases.insert(name.to_owned(), alias);
        Ok(answer)
    });
    Ok(Response::json(200, &updated.await?))
}

/// Deletes an alias and its permissions; one that is not there counts as deleted.
pub(crate) async fn delete(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = named(request)?.unqualified();
    let name = request.label("Name");
    let deleted = functions.update(&reference, |function| {
        if function.aliases.remove(name).is_some() {
            function.policy.remove_resource(&reference.with(name).arn());
            function.event_invoke.remove(name);
        }
        Ok(())
    });
    deleted.await?;
    Ok(Response::empty(204))
}

/// The aliases of a function by name, or those that point to one version.
pub(crate) fn list(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = named(request)?.unqualified();
    let function = functions.function(&reference)?;
    let only = request.query_value("FunctionVersion");
    let wanted = |alias: &&Alias| only.as_ref().is_none_or(|only| alias.points_to(only));
    let arn = function.latest.arn();
    page(request, "Aliases", function.aliases.values().filter(wanted), |alias| alias.to_json(&arn))
}

fn not_found(message: String) -> ServiceError {
    ServiceError::new(404, "ResourceNotFoundException", message)
}

/// The weights of a routing, when they could be right for some function.
fn weights(routing: Option<Routing>) -> Result<Option<BTreeMap<String, f64>>, ServiceError> {
    let Some(weights) = routing.and_then(|routing| routing.additional_version_weights) else {
        return Ok(None);
    };
    if weights.len() > 1 {
        return Err(invalid("Number of items in AdditionalVersionWeights cannot be greater than 1"));
    }
    Ok(Some(weights))
}

/// Every version that the alias points to must be there, and only once.
fn check_targets(function: &Function, reference: &FunctionReference, alias: &Alias) -> Result<(), ServiceError> {
    let version = &alias.version;
    function.version(Some(version)).ok_or_else(|| reference.with(version).not_found())?;
    for other in alias.weights.keys() {
        if other == version {
            return Err(invalid(format!(
                "Invalid function version {version}. Function version {version} is already included in routing \
                 configuration."
            )));
        }
        if version == LATEST {
            return Err(invalid("$LATEST is not supported for an alias pointing to more than 1 version"));
        }
        function.version(Some(other)).ok_or_else(|| reference.with(other).not_found())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::function;
    use cloud_core::Location;

    fn routing(weights: &[(&str, f64)]) -> Option<Routing> {
        let weights = weights.iter().map(|(version, weight)| ((*version).to_owned(), *weight)).collect();
        Some(Routing { additional_version_weights: Some(weights) })
    }

    fn targets(version: &str, weights: &[(&str, f64)]) -> String {
        let reference = FunctionReference::parse("stack-sendEmail", &Location::default()).unwrap();
        let mut alias = function(2).aliases.remove("live").unwrap();
        alias.version = version.to_owned();
        alias.weights = weights.iter().map(|(version, weight)| ((*version).to_owned(), *weight)).collect();
        check_targets(&function(2), &reference, &alias).map_or_else(|error| error.message, |()| "right".to_owned())
    }

    #[test]
    fn weights_are_checked_as_aws_does() {
        let message = |given: &[(&str, f64)]| weights(routing(given)).unwrap_err().message;
        assert_eq!(weights(None).unwrap(), None);
        assert_eq!(weights(routing(&[])).unwrap(), Some(BTreeMap::new()));
        assert_eq!(
            message(&[("1", 0.1), ("2", 0.1)]),
            "Number of items in AdditionalVersionWeights cannot be greater than 1"
        );
    }

    #[test]
    fn targets_must_be_there_and_differ() {
        assert_eq!(targets("2", &[("1", 0.5)]), "right");
        assert_eq!(targets("$LATEST", &[]), "right");
        let arn = "arn:aws:lambda:us-east-1:000000000000:function:stack-sendEmail";
        assert_eq!(targets("3", &[]), format!("Function not found: {arn}:3"));
        assert_eq!(targets("2", &[("9", 0.5)]), format!("Function not found: {arn}:9"));
        assert_eq!(
            targets("$LATEST", &[("1", 0.5)]),
            "$LATEST is not supported for an alias pointing to more than 1 version"
        );
        assert!(targets("1", &[("1", 0.5)]).starts_with("Invalid function version 1."));
    }
}
