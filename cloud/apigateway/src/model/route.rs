//! A route: which requests go where.

use serde::{Deserialize, Serialize};

/// Which requests go where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Route {
    #[serde(default)]
    pub(crate) route_id: String,
    /// `POST /start`, `ANY /{proxy+}` or `$default`.
    pub(crate) route_key: String,
    /// `integrations/<id>`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) target: Option<String>,
    #[serde(default = "no_authorization")]
    pub(crate) authorization_type: String,
    /// The authorizer, where the type of authorization needs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) authorizer_id: Option<String>,
    /// The scopes of which a token has to have one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) authorization_scopes: Vec<String>,
    #[serde(default)]
    pub(crate) api_key_required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) operation_name: Option<String>,
    /// Whether quick create made it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) api_gateway_managed: bool,
}

fn no_authorization() -> String {
    "NONE".to_owned()
}

impl Route {
    /// The id of the integration it leads to.
    pub(crate) fn integration_id(&self) -> Option<&str> {
        self.target.as_deref()?.strip_prefix("integrations/")
    }
}
