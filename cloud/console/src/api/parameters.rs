//! What a request asks for, and lists in answers.

use cloud_core::{Account, Location, Request, ServiceError};
use serde_json::Value;

/// A parameter of the query that must be there.
pub(super) fn asked(request: &Request, name: &str) -> Result<String, ServiceError> {
    let missing = || ServiceError::bad_request("ValidationException", format!("The parameter {name} is missing."));
    request.query_value(name).filter(|value| !value.is_empty()).ok_or_else(missing)
}

/// The account and the region that are asked for, or the default ones.
pub(super) fn asked_location(request: &Request) -> Location {
    location_named(request.query_value("account").as_deref(), request.query_value("region").as_deref())
}

/// An account's region by their names; what is not named is the default one.
pub(super) fn location_named(account: Option<&str>, region: Option<&str>) -> Location {
    let default = Location::default();
    let account = account.and_then(Account::parse).unwrap_or_else(|| default.account().clone());
    let region = region.filter(|region| !region.is_empty()).unwrap_or_else(|| default.region());
    Location::new(account, region)
}

/// Where an ARN belongs.
pub(super) fn location_of(arn: &str) -> Result<Location, ServiceError> {
    let wrong = || ServiceError::bad_request("InvalidArn", "This is no ARN.");
    Location::of_arn(arn).ok_or_else(wrong)
}

/// A list in an answer.
pub(super) fn list(mut answer: Value, name: &str) -> Vec<Value> {
    answer[name].as_array_mut().map(std::mem::take).unwrap_or_default()
}

/// The log group that the executions of a state machine are written to, as it is described.
pub(super) fn log_group(described: &Value) -> Option<String> {
    let arn = described["loggingConfiguration"]["destinations"][0]["cloudWatchLogsLogGroup"]["logGroupArn"].as_str()?;
    let (_, group) = arn.split_once(":log-group:")?;
    Some(group.trim_end_matches(":*").to_owned())
}
