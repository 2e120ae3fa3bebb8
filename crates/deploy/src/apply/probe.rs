//! Whether a new endpoint answers already. API Gateway knows a new API or stage everywhere only after some seconds; until
//! then it answers 404.
//!
//! Nothing may run for this. An API with CORS answers a browser's preflight itself, whatever its routes are
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html>), so that is what is asked. Where a
//! preflight could reach a function, nothing is: every other request would run one, or be refused by an endpoint that is
//! ready just as by one that is not. What no preflight shows: whether a route, and the permission to invoke its function, are
//! known everywhere.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde::Serialize;

use crate::desired::resource::Resource;
use crate::error::DeployError;
use crate::event::{Events, WaitingFor};
use crate::observe::Observed;
use crate::plan::{Change, Plan};
use crate::retry::Retry;
use crate::trace::TARGET;
use aws::{Aws, http};
use model::service::{Route, Service};
use model::stack::Stack;

/// Any origin: the lesson's kind of CORS allows all.
const ORIGIN: &str = "https://example.com";

/// How often a connection may fail until it is clear that this machine can't reach the endpoint.
const MAX_UNREACHABLE: usize = 8;

/// What is known of the endpoint after a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EndpointState {
    /// Neither API nor stage is new.
    Unchanged,
    /// It answers.
    Answers,
    /// It did not answer in time.
    Silent,
    /// It was not asked: only a request that may run a function could tell.
    NotAsked,
}

/// A preflight request.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Preflight {
    url: String,
    method: String,
}

/// Asks a new endpoint until it answers, for a minute at most. It is no failure when it does not: everything is deployed.
pub async fn probe_endpoint(
    aws: &Aws,
    stack: &Stack,
    service: &Service,
    plan: &Plan,
    observed: &Observed,
    events: &Events,
) -> EndpointState {
    let Some(api) = observed.apis.first().filter(|_| is_new(plan)) else { return EndpointState::Unchanged };
    let base = format!("{}/{}", api.api.endpoint.trim_end_matches('/'), stack.stage);
    // Another emulator than the embedded cloud, whose APIs have AWS's own addresses.
    let is_elsewhere = aws.endpoint.is_some() && !http::is_loopback(&base);
    match preflight(&service.routes, &base).filter(|_| !is_elsewhere) {
        Some(preflight) => wait(&preflight, events).await,
        None => EndpointState::NotAsked,
    }
}

/// Whether a plan makes an endpoint that was not there before.
fn is_new(plan: &Plan) -> bool {
    let is_made = |change: &Change| matches!(change, Change::Create(_));
    plan.steps.iter().any(|step| matches!(step.resource, Resource::Api | Resource::Stage) && is_made(&step.change))
}

/// What can be asked without running a function; none where CORS is off, or a route takes `OPTIONS` itself.
fn preflight(routes: &[Route], base: &str) -> Option<Preflight> {
    if routes.iter().any(|route| matches!(route.method.as_str(), "ANY" | "OPTIONS")) {
        return None;
    }
    let route = routes.iter().find(|route| route.cors.is_some())?;
    // A variable's place is taken by some word.
    let segments = route.path.split('/').map(|segment| if segment.starts_with('{') { "x" } else { segment });
    let path = segments.collect::<Vec<_>>().join("/");
    Some(Preflight { url: format!("{base}{path}"), method: route.method.clone() })
}

async fn wait(preflight: &Preflight, events: &Events) -> EndpointState {
    let failures = AtomicUsize::new(0);
    let ask = || async {
        let answer = http::preflight(&preflight.url, ORIGIN, &preflight.method).await;
        match answer {
            Ok(answer) if (200..300).contains(&answer.status) => Ok(Some(EndpointState::Answers)),
            Ok(answer) => {
                tracing::debug!(target: TARGET, url = preflight.url, status = answer.status, "the endpoint is not ready");
                Ok(None)
            }
            Err(error) => {
                tracing::debug!(target: TARGET, url = preflight.url, %error, "the endpoint can't be reached");
                let failed = failures.fetch_add(1, Ordering::Relaxed) + 1;
                Ok((failed >= MAX_UNREACHABLE).then_some(EndpointState::Silent))
            }
        }
    };
    let polled: Result<EndpointState, DeployError> =
        Retry::new(&Resource::Api, events).poll(WaitingFor::Endpoint, ask).await;
    // It fails only when the time is over.
    polled.unwrap_or(EndpointState::Silent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{LESSON, deployed, service, stack, wanted};
    use crate::plan::{ForeignResources, plan};
    use model::service::Cors;

    fn route(method: &str, path: &str, cors: bool) -> Route {
        let mut route = service(LESSON).routes.remove(0);
        (route.method, route.path) = (method.to_owned(), path.to_owned());
        route.cors = cors.then(Cors::open);
        route
    }

    fn asked(routes: &[Route]) -> Option<String> {
        preflight(routes, "https://a.example/dev").map(|it| format!("{} {}", it.method, it.url))
    }

    #[test]
    fn only_a_new_endpoint_is_asked() {
        let planned = |there: &Observed| plan(&wanted(LESSON), there, &stack(), ForeignResources::Refuse).unwrap();
        let fresh = planned(&Observed::default());
        assert!(is_new(&fresh));
        assert!(!is_new(&planned(&deployed(&fresh))));
    }

    #[test]
    fn only_what_runs_no_function_is_asked() {
        assert_eq!(asked(&[route("POST", "/start", true)]).as_deref(), Some("POST https://a.example/dev/start"));
        let pets = [route("POST", "/start", false), route("GET", "/pets/{id}/{rest+}", true)];
        assert_eq!(asked(&pets).as_deref(), Some("GET https://a.example/dev/pets/x/x"));
        assert_eq!(asked(&[route("POST", "/start", false)]), None, "no CORS: the API answers no preflight itself");
        assert_eq!(asked(&[route("POST", "/start", true), route("ANY", "/{all+}", true)]), None);
        assert_eq!(asked(&[route("POST", "/start", true), route("OPTIONS", "/start", true)]), None);
        assert_eq!(asked(&[]), None);
    }
}
