//! The Lambda API (restJson1): which operation a request is, and its answer.

mod alias;
mod configure;
mod create;
mod delete;
mod invocation;
mod limits;
mod listing;
mod permission;
mod role;
mod tag;
mod version;

use std::sync::Arc;

use hyper::Method;

use super::reference::FunctionReference;
use crate::local::Cloud;
use crate::local::error::ServiceError;
use crate::local::http::{Request, Response};

/// Answers one Lambda request.
pub(crate) async fn handle(cloud: &Arc<Cloud>, request: &Request) -> Result<Response, ServiceError> {
    let segments = request.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match segments.as_slice() {
        ["2015-03-31", "functions", rest @ ..] => functions(cloud, request, rest).await,
        ["2017-03-31", "tags", arn] => tag::handle(cloud, request, arn).await,
        _ => Err(not_implemented(request)),
    }
}

async fn functions(cloud: &Arc<Cloud>, request: &Request, rest: &[&str]) -> Result<Response, ServiceError> {
    let named = |name: &str| reference(request, name);
    let function = |name: &str| named(name).map(|reference| reference.unqualified());
    match (&request.method, rest) {
        (&Method::POST, []) => create::create(cloud, request).await,
        (&Method::GET, []) => listing::functions(cloud, request),
        (&Method::GET, [name]) => listing::function(cloud, &named(name)?),
        (&Method::DELETE, [name]) => delete::delete(cloud, &named(name)?).await,
        (&Method::GET, [name, "configuration"]) => listing::configuration(cloud, &named(name)?),
        (&Method::PUT, [name, "configuration"]) => configure::configuration(cloud, request, &named(name)?).await,
        (&Method::PUT, [name, "code"]) => configure::code(cloud, request, &named(name)?).await,
        (&Method::POST, [name, "invocations"]) => invocation::invoke(cloud, request, &named(name)?).await,
        (&Method::POST, [name, "versions"]) => version::publish(cloud, request, &named(name)?).await,
        (&Method::GET, [name, "versions"]) => listing::versions(cloud, request, &named(name)?),
        (&Method::POST, [name, "policy"]) => permission::add(cloud, request, &named(name)?).await,
        (&Method::GET, [name, "policy"]) => permission::policy(cloud, &named(name)?),
        (&Method::DELETE, [name, "policy", id]) => permission::remove(cloud, request, &named(name)?, id).await,
        (&Method::POST, [name, "aliases"]) => alias::create(cloud, request, &function(name)?).await,
        (&Method::GET, [name, "aliases"]) => alias::list(cloud, request, &function(name)?),
        (&Method::GET, [name, "aliases", alias]) => alias::get(cloud, &function(name)?, alias),
        (&Method::PUT, [name, "aliases", alias]) => alias::update(cloud, request, &function(name)?, alias).await,
        (&Method::DELETE, [name, "aliases", alias]) => alias::delete(cloud, &function(name)?, alias).await,
        _ => Err(not_implemented(request)),
    }
}

/// The function a path names, with the `Qualifier` of the query.
fn reference(request: &Request, name: &str) -> Result<FunctionReference, ServiceError> {
    FunctionReference::parse(name, &request.region())?.qualified(request.query_value("Qualifier"))
}

/// Lambda's operations that are not here, by the part of the path that tells them.
fn not_implemented(request: &Request) -> ServiceError {
    ServiceError::not_implemented(&format!("lambda: {} {}", request.method, request.path))
}
