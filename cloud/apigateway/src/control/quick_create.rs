//! Quick create: an API with an integration, a route and a stage of its own, from `target`, `routeKey` and `credentialsArn`.

use cloud_core::{Random, ServiceError};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::integrations::check as check_integration;
use super::members::read;
use super::routes::check as check_route;
use crate::errors::bad_request;
use crate::model::{Api, Integration, Route, Stage, date, function_arn, new_id};

/// The route of a quick create that names none.
const DEFAULT_ROUTE: &str = "$default";

/// What a request asks of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct QuickCreate {
    target: Option<String>,
    route_key: Option<String>,
    credentials_arn: Option<String>,
}

impl QuickCreate {
    /// Takes it out of a request's members.
    ///
    /// # Errors
    /// A member that is no text.
    pub(super) fn take(members: &mut Map<String, Value>) -> Result<Self, ServiceError> {
        let mut text = |name: &str| match members.remove(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(bad_request(format!("Invalid request body: {name} is no text: {other}"))),
        };
        Ok(Self { target: text("target")?, route_key: text("routeKey")?, credentials_arn: text("credentialsArn")? })
    }

    fn is_asked(&self) -> bool {
        *self != Self::default()
    }

    /// Gives a new API what it asks for, and deploys it.
    ///
    /// # Errors
    /// AWS's; also of a target that is no function.
    pub(super) fn fill(self, api: &mut Api, random: &Random, now: Timestamp) -> Result<(), ServiceError> {
        if !self.is_asked() {
            return Ok(());
        }
        let Some(target) = self.target else {
            return Err(bad_request("A target is required when a routeKey or credentialsArn is given"));
        };
        let mut integration: Integration =
            read(target_members(&target)?, json!({ "integrationId": new_id(random, 7) }))?;
        integration.credentials_arn = self.credentials_arn;
        integration.api_gateway_managed = true;
        check_integration(&integration)?;
        let to = format!("integrations/{}", integration.integration_id);
        api.integrations.insert(integration.integration_id.clone(), integration);
        let key = self.route_key.unwrap_or_else(|| DEFAULT_ROUTE.to_owned());
        let members = json!({ "routeId": new_id(random, 7), "routeKey": key, "target": to });
        let mut route: Route = read(Map::new(), members)?;
        route.api_gateway_managed = true;
        check_route(api, &route)?;
        api.routes.insert(route.route_id.clone(), route);
        let moment = date(now);
        let members = json!({
            "stageName": "$default", "autoDeploy": true, "createdDate": moment, "lastUpdatedDate": moment
        });
        let mut stage: Stage = read(Map::new(), members)?;
        stage.api_gateway_managed = true;
        api.stages.insert(stage.stage_name.clone(), stage);
        api.deploy_automatically(random, now);
        Ok(())
    }

    /// Changes what an API got that way.
    ///
    /// # Errors
    /// It was not made that way.
    pub(super) fn change(self, api: &mut Api, random: &Random, now: Timestamp) -> Result<(), ServiceError> {
        if !self.is_asked() {
            return Ok(());
        }
        let absent = || {
            bad_request(
                "target, routeKey and credentialsArn can only be updated on an API that was made by quick create",
            )
        };
        let managed = api.integrations.values_mut().find(|integration| integration.api_gateway_managed);
        let integration = managed.ok_or_else(absent)?;
        if let Some(target) = self.target {
            let known = read::<Integration>(target_members(&target)?, json!({}))?;
            integration.integration_type = known.integration_type;
            integration.integration_method = known.integration_method;
            integration.payload_format_version = known.payload_format_version;
            integration.integration_uri = known.integration_uri;
        }
        integration.credentials_arn = self.credentials_arn.or(integration.credentials_arn.take());
        check_integration(integration)?;
        if let Some(key) = self.route_key {
            let managed = api.routes.values().find(|route| route.api_gateway_managed).cloned();
            let route = Route { route_key: key, ..managed.ok_or_else(absent)? };
            check_route(api, &route)?;
            api.routes.insert(route.route_id.clone(), route);
        }
        api.deploy_automatically(random, now);
        Ok(())
    }
}

/// The integration that leads to a target: a function, by its ARN. AWS takes a URL too.
fn target_members(target: &str) -> Result<Map<String, Value>, ServiceError> {
    let (kind, method, format) = match function_arn(target) {
        Some(_) => ("AWS_PROXY", "POST", "2.0"),
        None => ("HTTP_PROXY", "ANY", "1.0"),
    };
    let members = json!({
        "integrationType": kind, "integrationUri": target, "integrationMethod": method, "payloadFormatVersion": format
    });
    match members {
        Value::Object(members) => Ok(members),
        _ => Err(ServiceError::internal("An integration has no members.")),
    }
}
