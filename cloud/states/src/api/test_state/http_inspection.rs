//! What TestState shows of an HTTP task's request and response where it is asked for everything (`TRACE`).
//!
//! The form is that of the developer guide's example ("Testing a state using the TRACE inspection level"). What a connection adds to
//! a request is not in it: there are no connections here. The headers that Step Functions sets itself are.

use std::sync::Arc;

use asl::{Inspection, TaskResource};
use serde_json::{Map, Value, json};

/// Whether a task calls an HTTP endpoint.
pub(super) fn is_http(resource: &TaskResource) -> bool {
    matches!(resource, TaskResource::Service { resource_type, resource, .. } if resource_type == "http" && resource == "invoke")
}

/// The members `request` and `response`, as far as the state came.
pub(super) fn members(found: &Inspection, region: &str) -> Map<String, Value> {
    let object = |text: &Option<Arc<str>>| match text.as_deref().map(serde_json::from_str) {
        Some(Ok(Value::Object(members))) => Some(members),
        _ => None,
    };
    let asked = object(&found.after_arguments).or_else(|| object(&found.after_parameters));
    let answered = object(&found.result);
    let asked = asked.map(|asked| ("request".to_owned(), request(&asked, region)));
    let answered = answered.map(|answered| ("response".to_owned(), response(&answered)));
    asked.into_iter().chain(answered).collect()
}

fn request(asked: &Map<String, Value>, region: &str) -> Value {
    let endpoint = asked.get("ApiEndpoint").and_then(Value::as_str).unwrap_or_default();
    let own = [
        format!("User-Agent: Amazon|StepFunctions|HttpInvoke|{region}"),
        // Step Functions takes so much of an answer.
        "Range: bytes=0-262144".to_owned(),
    ];
    let headers = headers(asked.get("Headers")).into_iter().chain(own).collect::<Vec<_>>();
    let mut request = json!({
        "protocol": protocol(endpoint),
        "method": asked.get("Method"),
        "url": with_query(endpoint, asked.get("QueryParameters")),
        "headers": format!("[{}]", headers.join(", ")),
    });
    if let Some(body) = asked.get("RequestBody") {
        request["body"] = json!(text(body));
    }
    request
}

fn response(answered: &Map<String, Value>) -> Value {
    let mut response = json!({
        "protocol": "https",
        "headers": format!("[{}]", headers(answered.get("Headers")).join(", ")),
    });
    let members = [("statusCode", "StatusCode"), ("statusMessage", "StatusText"), ("body", "ResponseBody")];
    for (member, name) in members {
        if let Some(value) = answered.get(name) {
            response[member] = json!(text(value));
        }
    }
    response
}

fn protocol(endpoint: &str) -> &str {
    endpoint.split_once("://").map_or("https", |(scheme, _)| scheme)
}

/// `name: value`, each value of a name that has several.
fn headers(given: Option<&Value>) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, value) in given.and_then(Value::as_object).into_iter().flatten() {
        match value {
            Value::Array(values) => lines.extend(values.iter().map(|value| format!("{name}: {}", text(value)))),
            value => lines.push(format!("{name}: {}", text(value))),
        }
    }
    lines
}

fn with_query(endpoint: &str, parameters: Option<&Value>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in parameters.and_then(Value::as_object).into_iter().flatten() {
        match value {
            Value::Array(values) => query.extend_pairs(values.iter().map(|value| (name, text(value)))),
            value => query.append_pair(name, &text(value)),
        };
    }
    let query = query.finish();
    match (query.is_empty(), endpoint.contains('?')) {
        (true, _) => endpoint.to_owned(),
        (false, true) => format!("{endpoint}&{query}"),
        (false, false) => format!("{endpoint}?{query}"),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
