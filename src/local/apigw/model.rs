//! What an HTTP API consists of. Members are named as on the wire, so that one form serves clients and the store.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One HTTP API with everything in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Api {
    /// The region it was made in.
    pub(super) region: String,
    pub(super) facts: ApiFacts,
    pub(super) integrations: BTreeMap<String, Integration>,
    pub(super) routes: BTreeMap<String, Route>,
    pub(super) stages: BTreeMap<String, Stage>,
    pub(super) deployments: BTreeMap<String, Deployment>,
}

/// What is known of an API itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ApiFacts {
    pub(super) api_id: String,
    pub(super) name: String,
    pub(super) protocol_type: String,
    pub(super) created_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cors_configuration: Option<Cors>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<String>,
    #[serde(default)]
    pub(super) disable_execute_api_endpoint: bool,
    #[serde(default = "header_selects_key")]
    pub(super) api_key_selection_expression: String,
    #[serde(default = "method_and_path_select_route")]
    pub(super) route_selection_expression: String,
    #[serde(default = "ipv4")]
    pub(super) ip_address_type: String,
    #[serde(default)]
    pub(super) tags: BTreeMap<String, String>,
}

fn header_selects_key() -> String {
    "$request.header.x-api-key".to_owned()
}

fn method_and_path_select_route() -> String {
    "$request.method $request.path".to_owned()
}

fn ipv4() -> String {
    "ipv4".to_owned()
}

/// Who may call the API from a page in a browser.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Cors {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) allow_credentials: Option<bool>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) allow_headers: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) allow_methods: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) allow_origins: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) expose_headers: Vec<String>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_age: Option<i32>,
}

/// What a route leads to: a Lambda function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Integration {
    #[serde(default)]
    pub(super) integration_id: String,
    pub(super) integration_type: String,
    #[serde(default)]
    pub(super) integration_uri: String,
    #[serde(default = "post")]
    pub(super) integration_method: String,
    #[serde(default = "internet")]
    pub(super) connection_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) payload_format_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) integration_subtype: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) credentials_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    #[serde(default = "thirty_seconds")]
    pub(super) timeout_in_millis: u64,
}

fn post() -> String {
    "POST".to_owned()
}

fn internet() -> String {
    "INTERNET".to_owned()
}

fn thirty_seconds() -> u64 {
    30_000
}

/// Which requests go where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Route {
    #[serde(default)]
    pub(super) route_id: String,
    /// `POST /start`, `ANY /{proxy+}` or `$default`.
    pub(super) route_key: String,
    /// `integrations/<id>`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) target: Option<String>,
    #[serde(default = "no_authorization")]
    pub(super) authorization_type: String,
    #[serde(default)]
    pub(super) api_key_required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) operation_name: Option<String>,
}

fn no_authorization() -> String {
    "NONE".to_owned()
}

impl Route {
    /// The id of the integration it leads to.
    pub(super) fn integration_id(&self) -> Option<&str> {
        self.target.as_deref()?.strip_prefix("integrations/")
    }
}

/// Limits of a route or, as the stage's default, of all routes together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RouteSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) detailed_metrics_enabled: Option<bool>,
    /// How many requests may come at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) throttling_burst_limit: Option<u32>,
    /// Requests per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) throttling_rate_limit: Option<f64>,
}

/// Where an API can be called.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Stage {
    /// `$default`, or the first segment of its paths.
    pub(super) stage_name: String,
    #[serde(default)]
    pub(super) auto_deploy: bool,
    #[serde(default)]
    pub(super) created_date: String,
    #[serde(default)]
    pub(super) last_updated_date: String,
    #[serde(default)]
    pub(super) default_route_settings: RouteSettings,
    #[serde(default)]
    pub(super) route_settings: BTreeMap<String, RouteSettings>,
    #[serde(default)]
    pub(super) stage_variables: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) tags: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) deployment_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) last_deployment_status_message: Option<String>,
}

/// The routes as they stood at one moment: what a stage without automatic deployment serves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Deployment {
    pub(super) facts: DeploymentFacts,
    pub(super) integrations: BTreeMap<String, Integration>,
    pub(super) routes: BTreeMap<String, Route>,
}

/// What is known of a deployment itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeploymentFacts {
    pub(super) deployment_id: String,
    pub(super) auto_deployed: bool,
    pub(super) created_date: String,
    pub(super) deployment_status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
}

impl Api {
    /// A snapshot of the routes as they stand.
    pub(super) fn deployment(&self, auto_deployed: bool, description: Option<String>, now: Timestamp) -> Deployment {
        Deployment {
            facts: DeploymentFacts {
                deployment_id: new_id(6),
                auto_deployed,
                created_date: date(now),
                deployment_status: "DEPLOYED".to_owned(),
                description,
            },
            integrations: self.integrations.clone(),
            routes: self.routes.clone(),
        }
    }

    /// Deploys to the stages that deploy by themselves; called after every change to routes and integrations. Each has one
    /// automatic deployment: an older one goes, unless a stage that no longer deploys by itself still serves it.
    pub(super) fn deploy_automatically(&mut self, now: Timestamp) {
        let pinned: Vec<String> = self
            .stages
            .values()
            .filter(|stage| !stage.auto_deploy)
            .filter_map(|stage| stage.deployment_id.clone())
            .collect();
        self.deployments.retain(|id, deployment| !deployment.facts.auto_deployed || pinned.contains(id));
        let names: Vec<String> =
            self.stages.values().filter(|stage| stage.auto_deploy).map(|stage| stage.stage_name.clone()).collect();
        for name in names {
            let deployment = self.deployment(
                true,
                Some("Automatic deployment triggered by changes to the Api configuration".to_owned()),
                now,
            );
            let id = deployment.facts.deployment_id.clone();
            self.deployments.insert(id.clone(), deployment);
            if let Some(stage) = self.stages.get_mut(&name) {
                stage.last_deployment_status_message =
                    Some(format!("Successfully deployed stage with deployment ID '{id}'"));
                stage.deployment_id = Some(id);
                stage.last_updated_date = date(now);
            }
        }
    }
}

/// A moment as API Gateway writes it: to the second.
pub(super) fn date(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A new id of lower-case letters and digits that begins with a letter, so that it can be a label of a host name.
pub(super) fn new_id(length: usize) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let id = uuid::Uuid::new_v4();
    // Byte 6 and byte 8 carry the kind of UUID, not chance.
    let random =
        id.as_bytes().iter().enumerate().filter(|(index, _)| *index != 6 && *index != 8).map(|(_, byte)| *byte);
    let letter = |(index, byte): (usize, u8)| char::from(LETTERS[usize::from(byte % if index == 0 { 26 } else { 32 })]);
    random.take(length).enumerate().map(letter).collect()
}
