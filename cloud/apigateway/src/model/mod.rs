//! What an HTTP API consists of. Members are named as on the wire, so that one form serves clients and the store.

mod api;
mod authorizer;
mod deployment;
mod id;
mod integration;
mod mapping;
mod parameter;
mod route;
mod route_key;
mod service_action;
mod stage;
pub(crate) mod stage_variable;

use jiff::Timestamp;

pub(crate) use api::{Api, ApiFacts, Cors};
pub(crate) use authorizer::{Authorizer, AuthorizerType, JwtConfiguration, holds_token, identity_source};
pub(crate) use deployment::Deployment;
pub(crate) use id::new_id;
pub(crate) use integration::{Integration, PayloadFormat, function_arn};
pub(crate) use mapping::{Mapping, Part, Source, Step};
pub(crate) use parameter::{Change, RequestChange, ResponseChange};
pub(crate) use route::Route;
pub(crate) use route_key::{RouteKey, Segment};
pub(crate) use service_action::{REGION, ServiceAction, is_elsewhere};
pub(crate) use stage::{RouteSettings, Stage};

/// A moment as API Gateway writes it: to the second.
pub(crate) fn date(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
