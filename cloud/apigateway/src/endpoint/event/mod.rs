//! The event a function gets: payload format 2.0.
//!
//! Format: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>. With a
//! named stage, `rawPath` and `requestContext.http.path` hold the stage's name; `routeKey` does not. Both are decoded: a request to
//! `/a%2Fb%40c` has the path `/a/b@c` there (recorded by others, in both formats); `rawQueryString` is not.

pub(super) mod v1;

use std::borrow::Cow;
use std::collections::BTreeMap;

use cloud_core::Request;
use cloud_core::http_endpoint::{self, CalledRoute};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::authorized::Authorized;
use crate::model::{Api, Stage};

/// A request that found its route.
pub(super) struct Call<'a> {
    pub(super) api: &'a Api,
    pub(super) stage: &'a Stage,
    pub(super) route_key: &'a str,
    pub(super) path_parameters: &'a BTreeMap<String, String>,
    pub(super) request: &'a Request,
    /// The request's path without the stage's name.
    pub(super) path: &'a str,
    /// The whole path as functions get it.
    pub(super) shown_path: &'a str,
    /// Who calls, once the route has asked.
    pub(super) authorized: Authorized,
}

impl Call<'_> {
    /// The ARN that authorizers and policies know the request by: `<api>/<stage>/POST/start`, with its own path.
    pub(super) fn route_arn(&self) -> String {
        let id = &self.api.facts.api_id;
        let resource = format!("{id}/{}/{}{}", self.stage.stage_name, self.request.method, self.path);
        self.api.location().arn("execute-api", &resource)
    }

    /// The event.
    pub(super) fn event(&self) -> Value {
        let mut further = Vec::new();
        if !self.path_parameters.is_empty() {
            further.push(("pathParameters", json!(self.path_parameters)));
        }
        if !self.stage.stage_variables.is_empty() {
            further.push(("stageVariables", json!(self.stage.stage_variables)));
        }
        http_endpoint::event(self.request, self.route(), self.context(), further)
    }

    /// What is known of the request beside itself.
    pub(super) fn context(&self) -> Value {
        http_endpoint::context(self.request, self.route(), self.authorized.in_format_two())
    }

    fn route(&self) -> CalledRoute<'_> {
        CalledRoute {
            account_id: self.api.account.as_str(),
            api_id: &self.api.facts.api_id,
            route_key: self.route_key,
            stage: &self.stage.stage_name,
            path: self.shown_path,
        }
    }
}

/// A request's path as functions get it. One whose decoded bytes are no UTF-8 stays as the client sent it: a JSON text has no place
/// for them, and nothing of it is lost. (That is ours; what AWS makes of such a path is not known.)
pub(super) fn shown_path(request: &Request) -> Cow<'_, str> {
    percent_decode_str(&request.path).decode_utf8().unwrap_or(Cow::Borrowed(&request.path))
}

#[cfg(test)]
mod tests;
