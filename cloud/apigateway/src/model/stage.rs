//! A stage: where an API can be called.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Limits of a route or, as the stage's default, of all routes together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RouteSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) detailed_metrics_enabled: Option<bool>,
    /// How many requests may come at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) throttling_burst_limit: Option<u32>,
    /// Requests per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) throttling_rate_limit: Option<f64>,
}

/// Where an API can be called.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Stage {
    /// `$default`, or the first segment of its paths.
    pub(crate) stage_name: String,
    #[serde(default)]
    pub(crate) auto_deploy: bool,
    #[serde(default)]
    pub(crate) created_date: String,
    #[serde(default)]
    pub(crate) last_updated_date: String,
    #[serde(default)]
    pub(crate) default_route_settings: RouteSettings,
    #[serde(default)]
    pub(crate) route_settings: BTreeMap<String, RouteSettings>,
    #[serde(default)]
    pub(crate) stage_variables: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) deployment_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_deployment_status_message: Option<String>,
    /// Whether quick create made it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) api_gateway_managed: bool,
}
