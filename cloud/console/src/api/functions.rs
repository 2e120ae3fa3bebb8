//! Functions: their configuration and versions; and invoking one.

use cloud_core::{Request, ServiceError};
use serde_json::{Value, json};

use super::parameters::{asked, asked_location, list, location_named};
use crate::cloud::Cloud;
use crate::long_text::{LONGEST_TEXT, cut};

/// Of a path, the part before the function's name.
const FUNCTIONS: &str = "/2015-03-31/functions";

/// A function. The values of its environment are there only if `reveal` asks for them.
pub(super) async fn function(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    let location = asked_location(request);
    let path = path_of(&asked(request, "name")?)?;
    let mut configuration = cloud.read(&location, "lambda", &format!("{path}/configuration")).await?;
    let mut environment = configuration["Environment"]["Variables"].take();
    if request.query_value("reveal").is_none() {
        environment.as_object_mut().into_iter().flatten().for_each(|(_, value)| *value = Value::Null);
    }
    let versions = cloud.read(&location, "lambda", &format!("{path}/versions")).await?;
    let aliases = cloud.read(&location, "lambda", &format!("{path}/aliases")).await?;
    Ok(json!({
        "now": cloud.handles.clock.now(),
        "logGroup": log_group(&configuration),
        "configuration": configuration,
        "environment": environment,
        "versions": list(versions, "Versions").iter().map(shown_version).collect::<Vec<_>>(),
        "aliases": list(aliases, "Aliases"),
    }))
}

/// A version without its configuration: each has an environment of its own.
fn shown_version(version: &Value) -> Value {
    json!({ "Version": version["Version"], "LastModified": version["LastModified"] })
}

/// Invokes a function: the body has `name`, `payload`, and `account`, `region` and `qualifier` where these are meant.
pub(super) async fn invoke(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    let input: Value = request.json()?;
    let text = |member: &str| input[member].as_str().filter(|text| !text.is_empty());
    let location = location_named(text("account"), text("region"));
    let path = path_of(text("name").unwrap_or_default())?;
    let query = text("qualifier").map(|qualifier| format!("Qualifier={qualifier}")).unwrap_or_default();
    let payload = text("payload").unwrap_or("{}");
    let answer = cloud.invoke(&location, &format!("{path}/invocations"), &query, payload).await?;
    let header = |name: &str| {
        let found = answer.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    };
    let mut payload = json!(String::from_utf8_lossy(&answer.body));
    cut(&mut payload, LONGEST_TEXT);
    Ok(json!({
        "payload": payload,
        "functionError": header("x-amz-function-error"),
        "version": header("x-amz-executed-version"),
        "requestId": header("x-amzn-requestid"),
        "log": header("x-amz-log-result"),
    }))
}

/// The log group that a function writes to, by its configuration.
pub(super) fn log_group(configuration: &Value) -> String {
    let name = configuration["FunctionName"].as_str().unwrap_or_default();
    let own = configuration["LoggingConfig"]["LogGroup"].as_str();
    own.map_or_else(|| format!("/aws/lambda/{name}"), str::to_owned)
}

/// The path of a function whose name is nothing else.
pub(super) fn path_of(name: &str) -> Result<String, ServiceError> {
    if name.is_empty() || !name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter)) {
        return Err(ServiceError::bad_request("ValidationException", "This is no name of a function."));
    }
    Ok(format!("{FUNCTIONS}/{name}"))
}
