//! The routes of HTTP APIs, and which of them starts a state machine.

use cloud_core::{Location, ServiceError};
use serde_json::{Value, json};

use super::functions::path_of;
use super::parameters::list;
use crate::cloud::Cloud;

/// The routes of all HTTP APIs. Each has the path below which this very origin serves it, and the function behind it if there is one.
pub(super) async fn endpoints(cloud: &Cloud, location: &Location) -> Result<Vec<Value>, ServiceError> {
    let mut endpoints = Vec::new();
    for api in list(cloud.read(location, "apigateway", "/v2/apis").await?, "items") {
        let Some(id) = api["apiId"].as_str() else { continue };
        let of_api = async |kind: &str| {
            let listed = cloud.read(location, "apigateway", &format!("/v2/apis/{id}/{kind}")).await?;
            Ok::<_, ServiceError>(list(listed, "items"))
        };
        let routes = of_api("routes").await?;
        let integrations = of_api("integrations").await?;
        let stages = of_api("stages").await?;
        for stage in stages.iter().filter_map(|stage| stage["stageName"].as_str()) {
            let stage_path = if stage == "$default" { String::new() } else { format!("/{stage}") };
            for route in &routes {
                let key = route["routeKey"].as_str().unwrap_or_default();
                let (method, path) = key.split_once(' ').unwrap_or(("ANY", "/"));
                endpoints.push(json!({
                    "api": api["name"],
                    "method": method,
                    "path": format!("{stage_path}{path}"),
                    "here": format!("/_api/{id}{stage_path}{path}"),
                    "function": function_behind(route, &integrations),
                }));
            }
        }
    }
    Ok(endpoints)
}

/// The name of the function that a route leads to.
fn function_behind<'a>(route: &Value, integrations: &'a [Value]) -> Option<&'a str> {
    let id = route["target"].as_str()?.strip_prefix("integrations/")?;
    let integration = integrations.iter().find(|integration| integration["integrationId"] == id)?;
    let (_, named) = integration["integrationUri"].as_str()?.split_once(":function:")?;
    named.split([':', '/']).next().filter(|name| !name.is_empty())
}

/// The endpoint that starts a state machine by a task's name and a moment, as the lesson's does: `POST …/start`, whose function has the machine's ARN in
/// its environment.
pub(super) async fn schedules(
    cloud: &Cloud,
    location: &Location,
    endpoints: &[Value],
    machine_arn: &str,
) -> Option<Value> {
    for endpoint in endpoints {
        let is_start = endpoint["path"].as_str().is_some_and(|path| path.ends_with("/start"));
        let function = endpoint["function"].as_str().filter(|_| is_start && endpoint["method"] == "POST");
        let Some(Ok(path)) = function.map(path_of) else { continue };
        match cloud.read(location, "lambda", &format!("{path}/configuration")).await {
            Ok(configuration) if names(&configuration, machine_arn) => return Some(endpoint.clone()),
            Ok(_) => {}
            // The route may lead to a function that is gone.
            Err(error) => tracing::debug!(error = error.message, "whether a route starts the machine is not known"),
        }
    }
    None
}

/// Whether the environment of a function has this value.
fn names(configuration: &Value, machine_arn: &str) -> bool {
    let environment = configuration["Environment"]["Variables"].as_object();
    environment.is_some_and(|variables| variables.values().any(|value| value == machine_arn))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_function_behind_a_route_is_named_in_either_form_of_a_uri() {
        let route = json!({ "target": "integrations/i" });
        let integration = |uri: &str| json!({ "integrationId": "i", "integrationUri": uri });
        for (uri, name) in [
            ("arn:aws:lambda:us-east-1:000000000000:function:start", Some("start")),
            ("arn:aws:lambda:us-east-1:000000000000:function:start:live", Some("start")),
            (
                "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:start/invocations",
                Some("start"),
            ),
            ("https://example.com/function", None),
        ] {
            assert_eq!(function_behind(&route, &[integration(uri)]), name, "{uri}");
        }
        assert_eq!(function_behind(&json!({ "target": "integrations/other" }), &[integration("a:function:b")]), None);
    }

    #[test]
    fn a_machine_is_named_by_its_whole_arn() {
        let configuration = json!({ "Environment": { "Variables": { "A": "x", "MACHINE": "arn:m" } } });
        assert!(names(&configuration, "arn:m") && !names(&configuration, "arn:") && !names(&json!({}), "arn:m"));
    }
}
