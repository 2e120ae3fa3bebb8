//! An API itself.

use std::collections::BTreeMap;

use cloud_core::{Account, Location};
use serde::{Deserialize, Serialize};

use super::{Authorizer, Deployment, Integration, Route, Stage};

/// One HTTP API with everything in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Api {
    /// Whose it is.
    #[serde(default)]
    pub(crate) account: Account,
    /// The region it was made in.
    pub(crate) region: String,
    pub(crate) facts: ApiFacts,
    pub(crate) integrations: BTreeMap<String, Integration>,
    pub(crate) routes: BTreeMap<String, Route>,
    pub(crate) stages: BTreeMap<String, Stage>,
    pub(crate) deployments: BTreeMap<String, Deployment>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) authorizers: BTreeMap<String, Authorizer>,
}

/// What is known of an API itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApiFacts {
    pub(crate) api_id: String,
    pub(crate) name: String,
    pub(crate) protocol_type: String,
    pub(crate) created_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cors_configuration: Option<Cors>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<String>,
    #[serde(default)]
    pub(crate) disable_execute_api_endpoint: bool,
    #[serde(default = "header_selects_key")]
    pub(crate) api_key_selection_expression: String,
    #[serde(default = "method_and_path_select_route")]
    pub(crate) route_selection_expression: String,
    #[serde(default = "ipv4")]
    pub(crate) ip_address_type: String,
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, String>,
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
pub(crate) struct Cors {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) allow_credentials: Option<bool>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) allow_headers: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) allow_methods: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) allow_origins: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) expose_headers: Vec<String>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_age: Option<i32>,
}

impl Api {
    /// A new API that has nothing in it.
    pub(crate) fn new(location: &Location, facts: ApiFacts) -> Self {
        Self {
            account: location.account().clone(),
            region: location.region().to_owned(),
            facts,
            integrations: BTreeMap::new(),
            routes: BTreeMap::new(),
            stages: BTreeMap::new(),
            deployments: BTreeMap::new(),
            authorizers: BTreeMap::new(),
        }
    }

    /// Where it is.
    pub(crate) fn location(&self) -> Location {
        Location::new(self.account.clone(), &self.region)
    }

    /// Whether it is in this account and region.
    pub(crate) fn is_in(&self, location: &Location) -> bool {
        self.account == *location.account() && self.region == location.region()
    }
}
