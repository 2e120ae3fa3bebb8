//! Who calls a route, as its function is told.

use std::collections::BTreeMap;

use cloud_core::CallerIdentity;
use serde_json::{Map, Value, json};

/// Who calls, as far as the route asked.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum Authorized {
    /// The route asks nobody.
    #[default]
    Anybody,
    /// Who bears a token.
    Bearer {
        /// What the token says, each as text.
        claims: BTreeMap<String, String>,
        /// The token's scopes, where the route asks for some.
        scopes: Option<Vec<String>>,
    },
    /// Whom a function let in.
    LetIn {
        /// What the function said of the caller.
        context: Map<String, Value>,
        /// Whom it named.
        principal: Option<String>,
    },
    /// Who signed the request.
    Signer {
        /// With this access key.
        access_key: String,
        /// Who that is.
        identity: CallerIdentity,
    },
}

impl Authorized {
    /// `requestContext.authorizer` of an event of format 2.0.
    pub(super) fn in_format_two(&self) -> Option<Value> {
        match self {
            Self::Anybody => None,
            Self::Bearer { claims, scopes } => Some(json!({ "jwt": { "claims": claims, "scopes": scopes } })),
            Self::LetIn { context, .. } => {
                Some(json!({ "lambda": Some(context).filter(|context| !context.is_empty()) }))
            }
            Self::Signer { access_key, identity } => Some(identity.authorizer(access_key)),
        }
    }

    /// `requestContext.authorizer` of an event of format 1.0. Who signs is in `requestContext.identity` there.
    pub(super) fn in_format_one(&self) -> Option<Value> {
        match self {
            Self::Anybody | Self::Signer { .. } => None,
            Self::Bearer { claims, scopes } => Some(json!({ "claims": claims, "scopes": scopes })),
            Self::LetIn { context, principal } => {
                let mut members = context.clone();
                if let Some(principal) = principal {
                    members.insert("principalId".to_owned(), Value::from(principal.clone()));
                }
                Some(Value::Object(members))
            }
        }
    }

    /// Access key, account, user id and ARN of who signed.
    pub(super) fn signer(&self) -> Option<(&str, &CallerIdentity)> {
        match self {
            Self::Signer { access_key, identity } => Some((access_key, identity)),
            _ => None,
        }
    }
}
